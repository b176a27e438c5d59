"""Audit: who did what to which artifact, run, project or team.

Owns what a record of an act says, and what may be asked of the records. Refuses to own when one is
made; that is the services'. Invariant: a record names things as they were called at the time.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Self

from hozon.errors import InvalidAccessError
from hozon.model.metadata import JsonObject
from hozon.model.names import (
    CollectionName,
    EntityName,
    ProjectName,
    RunId,
    check_name,
    format_version,
    parse_version,
)
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath, RunPath


class Act(StrEnum):
    """What was done."""

    CREATE = "create"
    """A version was logged, with the aliases that it got."""

    ALIAS = "alias"
    """An alias was given to a version, or moved to it from another one."""

    UNALIAS = "unalias"
    """An alias was taken away, and no other version has it."""

    LINK = "link"
    """A version was linked into a portfolio."""

    UNLINK = "unlink"
    """A link was removed."""

    DELETE = "delete"
    """A version, a collection or a run was deleted, with the aliases that it had."""

    RESTORE = "restore"
    """A version or a collection was brought back."""

    PURGE = "purge"
    """The bytes of a deleted version were given up."""

    RECOVER = "recover"
    """A purged version was brought back."""

    ERASE = "erase"
    """A version was erased, for the sake of privacy."""

    RENAME = "rename"
    """A collection got another name; its versions are found under that from then on."""

    RETYPE = "retype"
    """A collection got another type."""

    PROTECT = "protect"
    """An alias was protected in a project."""

    UNPROTECT = "unprotect"
    """The protection of an alias was lifted."""

    SET_VISIBILITY = "set-visibility"
    """A project was shown to others, or hidden from them."""

    ADD_MEMBER = "add-member"
    """Somebody got a role in a team, or another one."""

    REMOVE_MEMBER = "remove-member"
    """Somebody was removed from a team."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What something was done to: a team, or something that is its own."""

    entity: EntityName
    """The team."""

    project: ProjectName | None = None
    """The project; None where it is the team itself."""

    collection: CollectionName | None = None
    """The collection, or the portfolio; None where it is none."""

    index: int | None = None
    """The number of the version, or of the link; None where it is the whole collection."""

    run: RunId | None = None
    """The run; None where it is none."""

    @classmethod
    def of(cls, thing: EntityName | ProjectPath | CollectionPath | ArtifactPath | RunPath) -> Self:
        """Name a thing; a version by its number."""
        match thing:
            case ProjectPath():
                return cls(thing.entity, thing.project)
            case CollectionPath():
                return cls(thing.at.entity, thing.at.project, thing.name)
            case ArtifactPath():
                at = thing.collection.at
                return cls(at.entity, at.project, thing.collection.name, thing.index)
            case RunPath():
                return cls(thing.at.entity, thing.at.project, run=thing.run_id)
            case _:
                return cls(thing)

    @property
    def at(self) -> ProjectPath | EntityName:
        """Where it is: its project, or the team itself."""
        return self.entity if self.project is None else ProjectPath(self.entity, self.project)

    def __str__(self) -> str:
        """Write it as a path."""
        name = self.run or self.collection
        path = "/".join(part for part in (self.entity, self.project, name) if part)
        return path if self.index is None else f"{path}:{format_version(self.index)}"


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """An act, as the audit log keeps it.

    Examples:
        See who logged the versions of an artifact.

        ```python
        import hozon

        for record in hozon.Api().audit_log("ada/digits/mnist", action="create"):
            print(record.who, record.action, record.path)
            #> ada create ada/digits/mnist:v2
            #> ada create ada/digits/mnist:v1
            #> ada create ada/digits/mnist:v0
        ```
    """

    at: datetime
    """When it was done, UTC."""

    who: str
    """The user; `collector` for the garbage collector, `anonymous` for somebody unknown."""

    action: Act
    """What was done."""

    subject: Subject
    """To what."""

    details: JsonObject = field(default_factory=dict)
    """What else there is to say, such as the aliases that went with it."""

    @property
    def path(self) -> str:
        """The path of what it was done to, as it was called at the time."""
        return str(self.subject)


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Which records somebody wants to see; what is None does not matter."""

    entity: EntityName
    """The team."""

    project: ProjectName | None = None
    """The project; None for all of the team, and for what concerns the team itself."""

    name: str | None = None
    """The collection, or the run."""

    index: int | None = None
    """The number of the version."""

    who: str | None = None
    """Who did it."""

    action: Act | None = None
    """What was done."""

    since: datetime | None = None
    """From when on, itself included, UTC."""

    @property
    def at(self) -> ProjectPath | EntityName:
        """The project, or the team."""
        return self.entity if self.project is None else ProjectPath(self.entity, self.project)


_FORM = "entity[/project[/name[:version]]]"


def parse_audited(
    path: str | None,
    *,
    default: ProjectPath,
    who: str | None = None,
    action: str | None = None,
    since: datetime | None = None,
) -> AuditQuery:
    """Read which records somebody wants to see.

    Args:
        path: `entity`, `entity/project`, `entity/project/name` or `entity/project/name:version`;
            None for the default project.
        default: The project to take without a path.
        who: A user; None for all.
        action: The name of an act; None for all.
        since: From when on; None for the beginning.

    Raises:
        InvalidAccessError: The path is malformed, or there is no such act.
        InvalidNameError: A part of the path breaks the rules for names.
    """
    if action is not None and action not in list(Act):
        raise InvalidAccessError(
            f"There is no action {action!r} in the audit log",
            hint=f"Choose one of {', '.join(Act)}.",
        )
    chosen = {"who": who, "action": Act(action) if action else None, "since": since}
    if path is None:
        return AuditQuery(default.entity, default.project, **chosen)  # type: ignore[arg-type]
    whole, colon, selector = path.partition(":")
    parts = whole.split("/")
    index = parse_version(selector)
    if len(parts) > 3 or (colon and (len(parts) < 3 or index is None)):  # noqa: PLR2004  As in _FORM.
        raise InvalidAccessError(
            f"The audit log cannot be asked for {path!r}",
            hint=f"Write {_FORM}, with the number of the version, such as v3.",
        )
    kinds = ("entity", "project", "artifact")
    names = [check_name(part, kind=kind) for part, kind in zip(parts, kinds, strict=False)]
    entity, project, name = (*names, None, None)[:3]
    return AuditQuery(
        EntityName(str(entity)),
        None if project is None else ProjectName(project),
        name,
        index,
        **chosen,  # type: ignore[arg-type]
    )
