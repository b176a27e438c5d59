"""Paths: how names combine to name a version, a run or a sweep, and a file inside an artifact.

Owns parsing and writing of paths. Refuses to own whether anything stands behind them.
Invariant: `parse_…(str(path)) == path` for every path value.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final, Self

from hozon.errors import InvalidEntryPathError, InvalidPathError
from hozon.model.names import (
    LATEST,
    CollectionName,
    EntityName,
    ProjectName,
    RunId,
    SweepId,
    check_alias,
    check_name,
    format_version,
    parse_version,
)

_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")
"""Most paths inside artifacts: what matches is right beyond doubt, and need not be taken apart."""

UNFINISHED: Final = ".hozon-unfinished"
"""The folder below the target of a download in which files lie until they are checked."""


@dataclass(frozen=True, slots=True)
class ProjectPath:
    """Where names are looked up: one project of one entity."""

    entity: EntityName
    """The owner."""

    project: ProjectName
    """The project."""

    def __str__(self) -> str:
        """Write `entity/project`."""
        return f"{self.entity}/{self.project}"

    @classmethod
    def of(cls, entity: object, project: object) -> Self:
        """Check both names and join them.

        Raises:
            InvalidNameError: One of the two breaks the rules for names.
        """
        return cls(
            EntityName(check_name(entity, kind="entity")),
            ProjectName(check_name(project, kind="project")),
        )

    @classmethod
    def parse(cls, text: str, *, default: "ProjectPath") -> Self:
        """Read `[entity/]project`; an empty text means the default project.

        Raises:
            InvalidPathError: There are more than two parts, or an empty one.
            InvalidNameError: A part breaks the rules for names.
        """
        if not text:
            return cls(default.entity, default.project)
        return cls.of(*_split(text, form="[entity/]project", defaults=(default.entity,)))


@dataclass(frozen=True, slots=True)
class CollectionPath:
    """All versions of one name in one project."""

    at: ProjectPath
    """The project."""

    name: CollectionName
    """The name."""

    def __str__(self) -> str:
        """Write `entity/project/name`."""
        return f"{self.at}/{self.name}"

    @classmethod
    def parse(cls, text: str, *, default: ProjectPath) -> Self:
        """Read `[[entity/]project/]name`.

        Raises:
            InvalidPathError: A part is empty or surplus, or a version or alias follows.
            InvalidNameError: A part breaks the rules for names.
        """
        form = "[[entity/]project/]name"
        if ":" in _text(text, form=form):
            raise InvalidPathError(
                f"The path {text!r} names a version, not a collection",
                hint=f"Leave out {text[text.index(':') :]!r}.",
            )
        entity, project, name = _split(text, form=form, defaults=(default.entity, default.project))
        return cls(
            ProjectPath.of(entity, project), CollectionName(check_name(name, kind="artifact"))
        )


@dataclass(frozen=True, slots=True)
class ArtifactPath:
    """One version of a collection, by index or by alias."""

    collection: CollectionPath
    """The collection."""

    selector: str
    """A version such as `v3`, or an alias."""

    def __str__(self) -> str:
        """Write `entity/project/name:selector`."""
        return f"{self.collection}:{self.selector}"

    @property
    def index(self) -> int | None:
        """The index, when the selector is a version; else None."""
        return parse_version(self.selector)

    @classmethod
    def at_index(cls, collection: CollectionPath, index: int) -> Self:
        """Name the version with this index, 0 or more."""
        return cls(collection, format_version(index))

    @classmethod
    def parse(cls, text: str, *, default: ProjectPath) -> Self:
        """Read `[[entity/]project/]name[:version-or-alias]`; no selector means `latest`.

        Raises:
            InvalidPathError: A part is empty or surplus.
            InvalidNameError: A part breaks the rules for names.
            InvalidAliasError: The selector is neither a version nor an alias.
        """
        form = "[[entity/]project/]name[:version-or-alias]"
        head, colon, selector = _text(text, form=form).partition(":")
        if colon and not selector:
            raise InvalidPathError(
                f"The path {text!r} ends with ':'",
                hint="Add a version or an alias after the colon, or leave the colon out.",
            )
        collection = CollectionPath.parse(head, default=default)
        selector = selector or LATEST
        return cls(
            collection, selector if parse_version(selector) is not None else check_alias(selector)
        )


@dataclass(frozen=True, slots=True)
class RunPath:
    """One run of a project."""

    at: ProjectPath
    """The project."""

    run_id: RunId
    """The run."""

    def __str__(self) -> str:
        """Write `entity/project/run_id`."""
        return f"{self.at}/{self.run_id}"

    @classmethod
    def parse(cls, text: str, *, default: ProjectPath) -> Self:
        """Read `[[entity/]project/]run_id`.

        Raises:
            InvalidPathError: A part is empty or surplus.
            InvalidNameError: A part breaks the rules for names.
        """
        form = "[[entity/]project/]run_id"
        entity, project, run = _split(text, form=form, defaults=(default.entity, default.project))
        return cls(ProjectPath.of(entity, project), RunId(check_name(run, kind="run")))


@dataclass(frozen=True, slots=True)
class SweepPath:
    """One sweep of a project."""

    at: ProjectPath
    """The project."""

    sweep_id: SweepId
    """The sweep."""

    def __str__(self) -> str:
        """Write `entity/project/sweep_id`."""
        return f"{self.at}/{self.sweep_id}"

    @classmethod
    def parse(cls, text: str, *, default: ProjectPath) -> Self:
        """Read `[[entity/]project/]sweep_id`.

        Raises:
            InvalidPathError: A part is empty or surplus.
            InvalidNameError: A part breaks the rules for names.
        """
        form = "[[entity/]project/]sweep_id"
        entity, project, sweep = _split(text, form=form, defaults=(default.entity, default.project))
        return cls(ProjectPath.of(entity, project), SweepId(check_name(sweep, kind="sweep")))


def check_entry_path(path: object) -> str:
    r"""Accept the path of a file inside an artifact.

    Args:
        path: A relative POSIX path, such as `images/cat.png`.

    Returns:
        The path, unchanged.

    Raises:
        InvalidEntryPathError: It is empty, absolute, holds `.`, `..`, an empty part, a NUL, or
            starts like a Windows drive (`C:`); it could leave the folder of a download. Or it
            begins with the name of the folder in which downloads keep what is not checked yet.
    """
    if isinstance(path, str) and _PLAIN.fullmatch(path):
        return path
    hint = "Use a relative path with '/' between its parts, such as 'images/cat.png'."
    if not isinstance(path, str) or not path:
        raise InvalidEntryPathError(f"The path {path!r} inside the artifact is empty", hint=hint)
    _check_characters(path, what="path", hint=hint)
    parts = path.split("/")
    if path.startswith(("/", "\\")) or any(part in {"", ".", ".."} for part in parts):
        raise InvalidEntryPathError(
            f"The path {path!r} is absolute or has an empty, '.' or '..' part", hint=hint
        )
    if parts[0] == UNFINISHED:
        raise InvalidEntryPathError(
            f"The path {path!r} lies where downloads keep what is not checked yet",
            hint="Give it another name.",
        )
    windows = path.replace("\\", "/").split("/")
    if (len(path) > 1 and path[1] == ":" and path[0].isalpha()) or ".." in windows:
        raise InvalidEntryPathError(f"The path {path!r} could leave a folder on Windows", hint=hint)
    return path


def check_entry_prefix(prefix: object) -> str:
    """Accept the text that paths inside an artifact may begin with.

    Args:
        prefix: Any text; empty for all paths.

    Returns:
        The text, unchanged.

    Raises:
        InvalidEntryPathError: It is no text, holds a NUL, or is not valid Unicode: no path does.
    """
    hint = "Give the text that the paths begin with, such as 'images/'."
    if not isinstance(prefix, str):
        raise InvalidEntryPathError(f"The prefix {prefix!r} is not text", hint=hint)
    _check_characters(prefix, what="prefix", hint=hint)
    return prefix


def _check_characters(text: str, *, what: str, hint: str) -> None:
    """Refuse characters that no file system and no database takes."""
    if "\0" in text:
        raise InvalidEntryPathError(f"The {what} {text!r} holds a NUL character", hint=hint)
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidEntryPathError(f"The {what} {text!r} is not valid Unicode", hint=hint)


def folders_above(path: str) -> Iterator[str]:
    """Give the folders above a path inside an artifact, the top one first."""
    at = path.find("/")
    while at != -1:
        yield path[:at]
        at = path.find("/", at + 1)


def paths_in_files(paths: Collection[str]) -> Iterator[str]:
    """Find what is both a file and a folder of other files, so that no disk could hold it.

    Args:
        paths: Paths inside an artifact; asked for membership, too.

    Yields:
        Each such path, once for every file below it.
    """
    return (folder for path in paths for folder in folders_above(path) if folder in paths)


def _text(value: object, *, form: str) -> str:
    """Accept text only."""
    if isinstance(value, str):
        return value
    raise InvalidPathError(f"The path {value!r} is not text", hint=f"Give {form}.")


def _split(text: object, *, form: str, defaults: tuple[str, ...]) -> list[str]:
    """Split at slashes and put the defaults before what is missing."""
    parts = _text(text, form=form).split("/")
    if not all(parts):
        raise InvalidPathError(f"The path {text!r} has an empty part", hint=f"Give {form}.")
    missing = len(defaults) + 1 - len(parts)
    if missing < 0:
        raise InvalidPathError(
            f"The path {text!r} has {len(parts)} parts, {-missing} too many", hint=f"Give {form}."
        )
    return [*defaults[:missing], *parts]
