"""Lineage: which run logged or used which version, and how that goes on."""

from collections.abc import Sequence
from dataclasses import dataclass

from hozon.errors import CollectionNotFoundError, InputError
from hozon.model.access import Action
from hozon.model.lineage import Edge, EdgeKind, may_use
from hozon.model.lineage_graph import Direction, Ends, Graph, Reach, build_graph, walk
from hozon.model.names import CollectionName
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath, RunPath
from hozon.model.runs import Run, RunKey
from hozon.model.versions import Version, VersionId
from hozon.ports.catalog import CatalogSession
from hozon.ports.paging import Listing
from hozon.services.access import Sight, authorize_content, may
from hozon.services.context import Context
from hozon.services.listing import CatalogListing
from hozon.services.resolve import find_any_version, shown_by
from hozon.services.runs import authorize_run, find_run


@dataclass(frozen=True, slots=True)
class Lineage:
    """A graph of lineage with the records of its nodes, in the order of the nodes."""

    graph: Graph
    """The graph."""

    runs: Sequence[Run]
    """Its runs."""

    versions: Sequence[Version]
    """Its versions."""


def record_use(
    context: Context, run: RunKey, version: VersionId, *, use_as: str | None = None
) -> bool:
    """Draw the edge from a version to a run that uses it; once is enough.

    Args:
        context: The capabilities.
        run: The run.
        version: The version.
        use_as: What the run uses it as, beside what it has used it as before; None for nothing in
            particular.

    Returns:
        Whether the edge is drawn; it is not when the version comes from the run, because lineage
        has no cycles. That is remembered.

    Raises:
        NotFoundError: They may not see the run or the version.
        AccessDeniedError: They may not write to the project of the run.
    """
    with context.catalog.write() as session:
        authorize_run(session, context, run)
        authorize_content(session, context, version)
        now = context.catalog.now()
        drawn = may_use(session.lineage, run=run, version=version)
        if drawn:
            session.lineage.add_input(run, version, now=now, use_as=use_as)
        else:
            session.lineage.leave_out(Edge(run, version, EdgeKind.USED), now=now)
        return drawn


def list_logged(context: Context, run: RunKey) -> Listing[Version]:
    """List the committed versions that a run logged, in the order of logging.

    Those that may not be seen are left out.
    """
    return CatalogListing(
        context,
        lambda s: s.lineage.outputs(run),
        at=lambda s: s.access.project_of_run(run),
        shows=shown_by,
    )


def list_used(context: Context, run: RunKey) -> Listing[Version]:
    """List the committed versions that a run used, in the order of using.

    Those that may not be seen are left out.
    """
    return CatalogListing(
        context,
        lambda s: s.lineage.inputs(run),
        at=lambda s: s.access.project_of_run(run),
        shows=shown_by,
    )


def list_users(context: Context, version: VersionId) -> Sequence[Run]:
    """List the runs that used a version, in the order of using.

    Those that may not be seen are left out; there are none for those who may not see the version.
    """
    with context.catalog.read() as session:
        now, sight = context.catalog.now(), Sight(session, context)
        if not sight.shows(*session.access.projects_of_version(version)):
            return []
        users = session.lineage.users(version)
        return [run.seen_at(now) for run in users if sight.shows(run.path.at)]


def trace_lineage(
    context: Context, root: Ends, *, direction: Direction, depth: int | None, most: int
) -> Lineage:
    """Follow lineage from a run or a version.

    Args:
        context: The capabilities.
        root: The run or the version, which the caller has found.
        direction: Which way to go.
        depth: How many edges to follow at most, 0 or more; None for all.
        most: How many nodes to reach at most, 1 or more.

    Raises:
        NotFoundError: They may not see the run or the version.
        CatalogError: The catalog failed.

    Concurrency:
        All of it is read in one transaction: nobody changes the graph meanwhile.
    """
    with context.catalog.read() as session:
        for run_key in root.runs:
            authorize_run(session, context, run_key, action=Action.READ)
        for version_id in root.versions:
            authorize_content(session, context, version_id)
        reach = walk(session.lineage, root, direction=direction, depth=depth, most=most)
        runs, versions = _load_nodes(context, session, reach)
        keys, ids = {run.key for run in runs}, {version.id for version in versions}
        edges = session.lineage.between(keys, ids)
        left_out = session.lineage.left_out_between(keys, ids)
    graph = build_graph(
        root,
        runs=runs,
        versions=versions,
        edges=edges,
        left_out=left_out,
        hidden=len(reach.ends) - len(runs) - len(versions),
        is_cut=reach.is_cut,
    )
    places = {node.path: place for place, node in enumerate(graph.nodes)}
    return Lineage(
        graph,
        sorted(runs, key=lambda run: places[str(run.path)]),
        sorted(versions, key=lambda version: places[str(version.path)]),
    )


def find_root(context: Context, path: str, *, default: ProjectPath) -> Ends:
    """Find the run or the version that a path names, be it deleted.

    Args:
        context: The capabilities.
        path: `[[entity/]project/]name[:version-or-alias]`, or `[[entity/]project/]run_id`.
        default: What is meant where the path leaves something out.

    Raises:
        InvalidPathError: The path is malformed.
        InputError: A run and an artifact have this name.
        CollectionNotFoundError: There is neither.
        ArtifactNotFoundError: The artifact has no such version or alias.
    """
    at = RunPath.parse(path, default=default) if ":" not in path else None
    if at is None:
        return _root_of_version(context, ArtifactPath.parse(path, default=default))
    collection = CollectionPath(at.at, CollectionName(at.run_id))
    with context.catalog.read() as session:
        is_visible = may(session, context, Action.READ, at.at)
        run = session.runs.find(at, deleted=True) if is_visible else None
        is_artifact = is_visible and session.collections.find(collection) is not None
        renamed = session.collections.renamed(collection) if is_visible else None
    if run is not None and is_artifact:
        raise InputError(
            f"Both a run and an artifact are called {str(at)!r}",
            hint=f"Write '{path}:latest' for the artifact; of the run give what"
            f" hozon.Api().run({path!r}) returns, or --run at a terminal.",
        )
    if run is not None:
        return Ends.of_run(run.key)
    if is_artifact or renamed is not None:  # Of a renamed one, the error says where it is.
        return _root_of_version(context, ArtifactPath.parse(path, default=default))
    raise CollectionNotFoundError(
        f"There is no artifact and no run {at.run_id!r} in {at.at}",
        hint="Check the spelling, the entity and the project; 'hozon status' shows them.",
    )


def find_root_run(context: Context, path: str, *, default: ProjectPath) -> Ends:
    """Find the run that a path names, be it deleted.

    Args:
        context: The capabilities.
        path: `[[entity/]project/]run_id`.
        default: What is meant where the path leaves something out.

    Raises:
        InvalidPathError: The path is malformed.
        RunNotFoundError: There is no such run.
    """
    at = RunPath.parse(path, default=default)
    return Ends.of_run(find_run(context, at, deleted=True).key)


def _root_of_version(context: Context, path: ArtifactPath) -> Ends:
    """Give the version that holds the content: of a link, its source."""
    return Ends.of_version(find_any_version(context, path).content_id)


def _load_nodes(
    context: Context, session: CatalogSession, reach: Reach
) -> tuple[Sequence[Run], Sequence[Version]]:
    """Read what was reached and may be seen; whatever is missing here is counted as hidden."""
    now, sight = context.catalog.now(), Sight(session, context)
    runs = session.runs.get_all(sorted(reach.ends.runs))
    versions = session.versions.get_all(sorted(reach.ends.versions))
    return (
        [run.seen_at(now) for run in runs if sight.shows(run.path.at)],
        [version for version in versions if sight.shows(*shown_by(version))],
    )
