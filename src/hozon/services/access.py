"""Access: let through what may be done, refuse the rest, and say who belongs to a team.

Owns asking `hozon.model.access` for every service, and what is said to whoever is refused.
Invariants: the answer is that of the transaction in which the work is done, so that a role that was
taken away counts from that moment on; what somebody may not read looks as if it did not exist.
"""

from collections.abc import Sequence

from hozon.errors import AccessDeniedError, NotFoundError
from hozon.model.access import (
    Action,
    Member,
    Principal,
    Role,
    Standing,
    Verdict,
    Visibility,
    check_admins_left,
    check_member_name,
    decide,
    no_member,
    role_of,
)
from hozon.model.audit import Act
from hozon.model.missing import no_place, no_project, no_version_key
from hozon.model.names import EntityName
from hozon.model.paths import ProjectPath
from hozon.model.versions import VersionId
from hozon.ports.catalog import CatalogSession
from hozon.services.acts import record_act
from hozon.services.context import Context


def authorize(
    session: CatalogSession,
    context: Context,
    action: Action,
    at: ProjectPath | EntityName,
    *,
    missing: NotFoundError | None = None,
) -> None:
    """Refuse what may not be done.

    Args:
        session: The transaction in which it is to be done.
        context: On whose behalf.
        action: What is to be done.
        at: Where: in a project, or with a team itself.
        missing: What to raise if they may not even see it: what they would be told if it were not
            there; None for that there is no such project.

    Raises:
        NotFoundError: They may not see it.
        AccessDeniedError: They may see it, and not do this.
    """
    standing = session.access.standing(at, context.principal.name)
    verdict = decide(context.principal, action, standing)
    if verdict is Verdict.ALLOWED:
        return
    if verdict is Verdict.HIDDEN and isinstance(at, ProjectPath):
        raise missing or (no_project(at) if action is Action.READ else no_place(at))
    raise _denied(session, context.principal, action, at, standing, verdict)


def authorize_content(
    session: CatalogSession,
    context: Context,
    version: VersionId,
    *,
    missing: NotFoundError | None = None,
) -> None:
    """Refuse to show a version, or a link to one: a link shows no more than its source does.

    Args:
        session: The transaction in which it is read.
        context: On whose behalf.
        version: The version.
        missing: What to raise if they may not see it; None for that no version has the key.

    Raises:
        NotFoundError: They may not see it, or there is none.
    """
    projects = session.access.projects_of_version(version)
    if not projects or not Sight(session, context).shows(*projects):
        raise missing or no_version_key(version)


def judge(
    session: CatalogSession, context: Context, action: Action, at: ProjectPath | EntityName
) -> Verdict:
    """Tell whether something may be done, and raise nothing."""
    standing = session.access.standing(at, context.principal.name)
    return decide(context.principal, action, standing)


def may(
    session: CatalogSession, context: Context, action: Action, at: ProjectPath | EntityName
) -> bool:
    """Tell whether something may be done; whoever may not need not learn of it."""
    return judge(session, context, action, at) is Verdict.ALLOWED


def authorize_operator(context: Context) -> None:
    """Let only whoever owns the installation do what concerns all projects at once.

    Raises:
        AccessDeniedError: It is not theirs.
    """
    if not context.principal.operator:
        raise AccessDeniedError(
            f"{context.principal.name} does not own this installation and may not maintain it",
            hint="Ask whoever runs it.",
        )


class Sight:
    """What somebody may see, within one transaction: each project is asked about once.

    Args:
        session: The transaction.
        context: On whose behalf.
    """

    def __init__(self, session: CatalogSession, context: Context) -> None:
        """Know of nothing yet."""
        self._session = session
        self._context = context
        self._known: dict[ProjectPath, bool] = {}

    def shows(self, *projects: ProjectPath) -> bool:
        """Tell whether all of some projects may be read."""
        return all(self._shows(at) for at in projects)

    def _shows(self, at: ProjectPath) -> bool:
        if at not in self._known:
            self._known[at] = may(self._session, self._context, Action.READ, at)
        return self._known[at]


def read_visibility(context: Context, at: ProjectPath) -> Visibility:
    """Tell what a project shows to others.

    Args:
        context: The capabilities, and on whose behalf to act.
        at: The project; one that does not exist is private.

    Raises:
        ProjectNotFoundError: They may not see it.
    """
    with context.catalog.read() as session:
        authorize(session, context, Action.READ, at)
        return session.access.standing(at, context.principal.name).visibility


def set_visibility(context: Context, at: ProjectPath, visibility: Visibility) -> None:
    """Set what a project shows to others.

    Args:
        context: The capabilities, and on whose behalf to act.
        at: The project; made if need be.
        visibility: What it shows.

    Raises:
        ProjectNotFoundError: They may not see it.
        AccessDeniedError: They are no admin.
    """
    with context.catalog.write() as session:
        authorize(session, context, Action.ADMINISTER, at)
        before = session.access.standing(at, context.principal.name).visibility
        session.access.set_visibility(at, visibility, now=context.catalog.now())
        if before is not visibility:
            details = {"from": str(before), "to": str(visibility)}
            record_act(session, context, Act.SET_VISIBILITY, at, details)


def list_members(context: Context, team: EntityName) -> Sequence[Member]:
    """List the members of a team, sorted; none for those who do not belong to it.

    Args:
        context: The capabilities, and on whose behalf to act.
        team: The team.
    """
    with context.catalog.read() as session:
        if not may(session, context, Action.READ, team):
            return []
        return session.access.members(team)


def add_member(context: Context, team: EntityName, name: str, role: Role) -> Sequence[Member]:
    """Give somebody a role in a team, or another role.

    The first member makes an entity a team: whoever adds it becomes an admin, too.

    Args:
        context: The capabilities, and on whose behalf to act.
        team: The team.
        name: The user.
        role: What they are there for.

    Returns:
        All members as they are now.

    Raises:
        InvalidNameError: The name breaks the rules.
        InvalidAccessError: The name stands for nobody in particular.
        AccessDeniedError: Whoever asks is no admin.
        LastAdminError: The last admin would become something else.
    """
    member = check_member_name(name)
    with context.catalog.write() as session:
        authorize(session, context, Action.ADMINISTER, team)
        if not session.access.members(team):
            _set_role(session, context, team, context.principal.name, Role.ADMIN)
        members = session.access.members(team)
        if role is not Role.ADMIN:
            check_admins_left(team, members, without=member)
        if (member, role) not in {(known.name, known.role) for known in members}:
            _set_role(session, context, team, member, role)
        return session.access.members(team)


def remove_member(context: Context, team: EntityName, name: str) -> Sequence[Member]:
    """Remove somebody from a team.

    Args:
        context: The capabilities, and on whose behalf to act.
        team: The team.
        name: The user.

    Returns:
        All members as they are now.

    Raises:
        InvalidNameError: The name breaks the rules.
        AccessDeniedError: Whoever asks is no admin.
        MemberNotFoundError: There is no such member.
        LastAdminError: It is the last admin.
    """
    member = check_member_name(name)
    with context.catalog.write() as session:
        authorize(session, context, Action.ADMINISTER, team)
        check_admins_left(team, session.access.members(team), without=member)
        if not session.access.remove_member(team, member):
            raise no_member(team, member)
        record_act(session, context, Act.REMOVE_MEMBER, team, {"member": member})
        return session.access.members(team)


def _set_role(
    session: CatalogSession, context: Context, team: EntityName, name: EntityName, role: Role
) -> None:
    """Record a member and who made them one."""
    member = Member(name, role, context.principal.name, context.catalog.now())
    session.access.set_member(team, member)
    record_act(session, context, Act.ADD_MEMBER, team, {"member": name, "role": str(role)})


def _denied(
    session: CatalogSession,
    principal: Principal,
    action: Action,
    at: ProjectPath | EntityName,
    standing: Standing,
    verdict: Verdict,
) -> AccessDeniedError:
    """Say what may not be done, and who could do it; to those who see nothing, no names."""
    team, role = standing.entity, role_of(principal, standing)
    is_what = f"is a {role} of" if role else "is no member of"
    admins = [member.name for member in session.access.members(team) if member.role is Role.ADMIN]
    named = f": {', '.join(admins)}" if admins and verdict is Verdict.DENIED else ""
    return AccessDeniedError(
        f"{principal.name} {is_what} {team} and may not {action} {at}",
        hint=f"Ask an admin of {team}{named}.",
    )
