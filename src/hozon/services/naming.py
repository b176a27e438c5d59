"""Find what a path names, of whatever kind it is."""

from hozon.errors import InvalidPathError, NotFoundError
from hozon.model.access import Action
from hozon.model.named_paths import FORMS, AnyPath, NamedPath
from hozon.model.names import CollectionName, RunId, SweepId
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath, RunPath, SweepPath
from hozon.model.runs import Run
from hozon.model.sweeps import Sweep
from hozon.model.versions import Version
from hozon.ports.catalog import Collection
from hozon.ports.projects import ProjectRecord
from hozon.services.access import authorize
from hozon.services.context import Context
from hozon.services.projects import find_project
from hozon.services.resolve import resolve_collection, resolve_version
from hozon.services.runs import find_run
from hozon.services.sweeps import find_sweep

Named = ProjectRecord | Run | Sweep | Collection | Version
"""What may stand behind a path."""


def find_named(context: Context, path: NamedPath) -> Named:
    """Find what a path names.

    Args:
        context: The capabilities.
        path: The path.

    Raises:
        NotFoundError: There is no such thing; the class is that of its kind, where the path says
            of which kind it is.
        InvalidPathError: It names several things; the hint says how to name each of them.
    """
    match path:
        case ProjectPath():
            return find_project(context, path)
        case RunPath():
            return find_run(context, path)
        case SweepPath():
            return find_sweep(context, path)
        case CollectionPath():
            return resolve_collection(context, path)
        case ArtifactPath():
            return resolve_version(context, path)
        case AnyPath():
            return find_named(context, _only_kind(context, path))


def _only_kind(context: Context, path: AnyPath) -> RunPath | SweepPath | CollectionPath:
    """Tell which one thing a path names."""
    run = RunPath(path.at, RunId(path.name))
    sweep = SweepPath(path.at, SweepId(path.name))
    collection = CollectionPath(path.at, CollectionName(path.name))
    found: dict[str, RunPath | SweepPath | CollectionPath] = {}
    with context.catalog.read() as session:
        missing = NotFoundError(
            f"{path} names no run, no sweep and no collection",
            hint=f"Check the spelling, the entity and the project. {FORMS}",
        )
        authorize(session, context, Action.READ, path.at, missing=missing)
        if session.runs.find(run) is not None:
            found["run"] = run
        if session.sweeps.find(sweep) is not None:
            found["sweep"] = sweep
        known = session.collections.find(collection)
        if known is not None and session.versions.newest(known.key) is not None:
            found["collection"] = collection
    if not found:
        raise missing
    if len(found) > 1:
        forms = " or ".join(f"{path.at}/{kind}s/{path.name}" for kind in found)
        raise InvalidPathError(
            f"{path} names {' and '.join(f'a {kind}' for kind in found)}", hint=f"Write {forms}."
        )
    return next(iter(found.values()))
