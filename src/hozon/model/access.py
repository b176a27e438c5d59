"""Access: who may do what.

Owns the one function that decides, `decide`, and what it is told: who asks, and what the catalog
knows of the project. Refuses to own how that is looked up and what is said to whoever is refused;
those are `hozon.services.access` and `hozon.services.audit`. Invariants: nothing but the arguments
counts; what a project's visibility gives to everyone, a role never takes away; whoever may do
anything with a project may read it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from hozon.errors import InvalidAccessError, LastAdminError, MemberNotFoundError
from hozon.model.names import EntityName, check_name


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks for something to be done."""

    name: EntityName
    """The user, as settings or a server know them."""

    operator: bool = False
    """Whether the installation is theirs: they could open its files anyway."""

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody knows who it is."""
        return self.name == ANONYMOUS_NAME


ANONYMOUS_NAME: Final = EntityName("anonymous")
"""The name under which acts of people are recorded whom nobody knows."""

ANONYMOUS: Final = Principal(ANONYMOUS_NAME)
"""Anybody. Nobody's member, and the owner of nothing."""

COLLECTOR_NAME: Final = EntityName("collector")
"""The name under which acts of the garbage collector are recorded."""

RESERVED_NAMES: Final = frozenset({ANONYMOUS_NAME, COLLECTOR_NAME})
"""Names that no member has."""


class Visibility(StrEnum):
    """What a project shows to people who are not of its team."""

    PRIVATE = "private"
    """Nothing: to them it looks as if it did not exist."""

    PUBLIC = "public"
    """Everyone reads."""

    OPEN = "open"
    """Everyone reads and writes."""


class Role(StrEnum):
    """What a member of a team is there for."""

    ADMIN = "admin"
    """Does everything, and decides who else may do what."""

    MEMBER = "member"
    """Reads, writes and deletes."""

    VIEWER = "viewer"
    """Reads."""


class Action(StrEnum):
    """What somebody wants to do; the value says it in words, before the name of a project."""

    READ = "read"
    """See anything of a project."""

    WRITE = "write to"
    """Log, use, link, edit; begin runs and sweeps, and go on with them."""

    DELETE = "delete or restore anything in"
    """Take away what can be brought back, and bring it back."""

    SET_TTL = "set a TTL or a retention policy in"
    """Decide when something will be deleted without anybody asking."""

    READ_AUDIT = "read the audit log of"
    """See who did what."""

    ADMINISTER = "administer"
    """Decide over others: visibility, members, protected aliases, what can never be undone."""


class Verdict(StrEnum):
    """What comes of asking."""

    ALLOWED = "allowed"
    """It may be done."""

    DENIED = "denied"
    """It may not be done, and whoever asks may know that the thing is there."""

    HIDDEN = "hidden"
    """It may not be done, and the thing is to look as if it did not exist."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the catalog knows of a project, or of all projects of a team, and of one who asks."""

    entity: EntityName
    """The owner of the project."""

    visibility: Visibility = Visibility.PRIVATE
    """What the project shows to others; that of a new one where there is none yet."""

    role: Role | None = None
    """The role that is recorded of the one who asks; None for none."""

    is_claimed: bool = False
    """Whether any member is recorded."""

    members_may_set_ttl: bool = True
    """Whether members may set TTLs, too, and not only admins."""


@dataclass(frozen=True, slots=True)
class Member:
    """Who belongs to a team. `Team.members` lists them.

    Examples:
        See who is there, and by whose decision.

        ```python
        import hozon

        team = hozon.Api().team("ada")
        team.add_member("grace", role="viewer")
        for member in team.members:
            print(member.name, member.role, member.added_by)
            #> ada admin ada
            #> grace viewer ada
        ```
    """

    name: EntityName
    """The user."""

    role: Role
    """What they are there for."""

    added_by: EntityName
    """Who gave them this role."""

    added_at: datetime
    """When, UTC."""


_OF_ROLES: Mapping[Role, frozenset[Action]] = MappingProxyType(
    {
        Role.ADMIN: frozenset(Action),
        Role.MEMBER: frozenset(Action) - {Action.ADMINISTER},
        Role.VIEWER: frozenset({Action.READ, Action.READ_AUDIT}),
    }
)
"""What roles allow."""

_OF_EVERYONE: Mapping[Visibility, frozenset[Action]] = MappingProxyType(
    {
        Visibility.PRIVATE: frozenset(),
        Visibility.PUBLIC: frozenset({Action.READ}),
        Visibility.OPEN: frozenset({Action.READ, Action.WRITE}),
    }
)
"""What visibility allows, whoever asks."""


def role_of(principal: Principal, standing: Standing) -> Role | None:
    """Tell in which role somebody acts.

    The owner of a personal entity is its admin. Where no member is recorded, so is whoever owns
    the installation: one who works alone needs no team.

    Args:
        principal: Who asks.
        standing: What the catalog knows.
    """
    if principal.is_anonymous:
        return None
    if principal.name == standing.entity:
        return Role.ADMIN
    if not standing.is_claimed:
        return Role.ADMIN if principal.operator else None
    return standing.role


def decide(principal: Principal, action: Action, standing: Standing) -> Verdict:
    """Decide whether somebody may do something in a project.

    Args:
        principal: Who asks.
        action: What for.
        standing: What the catalog knows of the project and of them.
    """
    role = role_of(principal, standing)
    of_role = _OF_ROLES[role] if role is not None else frozenset()
    if role is Role.MEMBER and not standing.members_may_set_ttl:
        of_role -= {Action.SET_TTL}
    allowed = of_role | _OF_EVERYONE[standing.visibility]
    if action in allowed:
        return Verdict.ALLOWED
    return Verdict.DENIED if Action.READ in allowed else Verdict.HIDDEN


def check_visibility(value: object) -> Visibility:
    """Accept the name of a visibility.

    Raises:
        InvalidAccessError: It is none.
    """
    return Visibility(_check_one_of(value, [*Visibility], what="visibility"))


def check_role(value: object) -> Role:
    """Accept the name of a role.

    Raises:
        InvalidAccessError: It is none.
    """
    return Role(_check_one_of(value, [*Role], what="role"))


def check_member_name(value: object) -> EntityName:
    """Accept the name of somebody who is to belong to a team.

    Raises:
        InvalidNameError: It breaks the rules for names.
        InvalidAccessError: It stands for nobody in particular.
    """
    name = EntityName(check_name(value, kind="user"))
    if name in RESERVED_NAMES:
        raise InvalidAccessError(
            f"The name {name!r} is reserved and cannot be that of a member",
            hint="The audit log uses it for acts of nobody in particular; choose another name.",
        )
    return name


def check_admins_left(team: EntityName, members: Iterable[Member], *, without: EntityName) -> None:
    """Keep a team from losing its last admin.

    Args:
        team: The team.
        members: Its members as they are now.
        without: The member who is to be removed, or to get another role.

    Raises:
        LastAdminError: Nobody else is an admin.
    """
    admins = {member.name for member in members if member.role is Role.ADMIN}
    if admins == {without}:
        raise LastAdminError(
            f"{without} is the last admin of {team}",
            hint=f"Make somebody else an admin first: hozon team add {team} USER --role admin",
        )


def no_member(team: EntityName, name: EntityName) -> MemberNotFoundError:
    """Say that somebody does not belong to a team."""
    return MemberNotFoundError(
        f"{name} is no member of {team}", hint=f"List the members with: hozon team ls {team}"
    )


def _check_one_of(value: object, names: Iterable[str], *, what: str) -> str:
    """Accept one of some names."""
    known = list(names)
    if not isinstance(value, str) or value not in known:
        raise InvalidAccessError(
            f"There is no {what} {value!r}", hint=f"Choose one of {', '.join(map(str, known))}."
        )
    return value
