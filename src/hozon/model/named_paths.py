"""Paths that may name anything: a project, a run, a sweep, a collection or a version.

Owns which form names what. Refuses to own whether anything stands behind it. Invariant: a form that
could name several kinds of things is read as such, never guessed.

Source: the published interface reads `entity/project`, `entity/project/runs/id` and
`entity/project/sweeps/id`.
"""

from dataclasses import dataclass
from typing import Final

from hozon.errors import InvalidPathError
from hozon.model.names import check_name
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath, RunPath, SweepPath

FORMS: Final = (
    "Give [entity/]project, entity/project/runs/id, entity/project/sweeps/id,"
    " entity/project/collections/name or [[entity/]project/]name:version-or-alias;"
    " entity/project/name where it can mean one of them only."
)
"""The forms, for people."""


@dataclass(frozen=True, slots=True)
class AnyPath:
    """A run, a sweep or a collection, whichever there is."""

    at: ProjectPath
    """The project."""

    name: str
    """The name."""

    def __str__(self) -> str:
        """Write `entity/project/name`."""
        return f"{self.at}/{self.name}"


NamedPath = ProjectPath | RunPath | SweepPath | CollectionPath | ArtifactPath | AnyPath
"""What a path may name."""

_RUNS: Final = ("run", "runs")
_SWEEPS: Final = ("sweep", "sweeps")
_COLLECTIONS: Final = ("collection", "collections")
_ARTIFACTS: Final = ("artifact", "artifacts")
_KEYWORDS: Final = (*_RUNS, *_SWEEPS, *_COLLECTIONS, *_ARTIFACTS)


def parse_named(text: object, *, default: ProjectPath) -> NamedPath:
    """Read a path that may name anything.

    Args:
        text: One of the forms.
        default: Where names are looked up that say nothing else.

    Raises:
        InvalidPathError: It has none of the forms.
        InvalidNameError: A part breaks the rules for names.
        InvalidAliasError: What follows the colon is neither a version nor an alias.
    """
    if not isinstance(text, str):
        raise InvalidPathError(f"The path {text!r} is not text", hint=FORMS)
    parts = text.split("/")
    if not all(parts):
        raise InvalidPathError(f"The path {text!r} has an empty part", hint=FORMS)
    match parts:
        case [entity, project, keyword, name] if keyword in _KEYWORDS:
            return _after_keyword(f"{entity}/{project}/{name}", keyword, default=default)
        case [_] | [_, _] | [_, _, _] if ":" in text:
            return ArtifactPath.parse(text, default=default)
        case [_] | [_, _]:
            return ProjectPath.parse(text, default=default)
        case [entity, project, name]:
            kind = "run, sweep or collection"
            return AnyPath(ProjectPath.of(entity, project), check_name(name, kind=kind))
    raise InvalidPathError(f"The path {text!r} names nothing that is known", hint=FORMS)


def _after_keyword(path: str, keyword: str, *, default: ProjectPath) -> NamedPath:
    """Read a path whose kind is said."""
    if keyword in _RUNS:
        return RunPath.parse(path, default=default)
    if keyword in _SWEEPS:
        return SweepPath.parse(path, default=default)
    if keyword in _COLLECTIONS:
        return CollectionPath.parse(path, default=default)
    return ArtifactPath.parse(path, default=default)
