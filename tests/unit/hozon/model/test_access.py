"""Access: one function decides."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from hozon.errors import InvalidAccessError, InvalidNameError, LastAdminError
from hozon.model.access import (
    ANONYMOUS,
    Action,
    Member,
    Principal,
    Role,
    Standing,
    Verdict,
    Visibility,
    check_admins_left,
    check_member_name,
    check_role,
    check_visibility,
    decide,
    role_of,
)
from hozon.model.names import EntityName

VISION = EntityName("vision")
GRACE = Principal(EntityName("grace"))
TEAM = Standing(VISION, is_claimed=True)
NOW = datetime(2026, 1, 2, tzinfo=UTC)


def verdicts(standing: Standing, principal: Principal = GRACE) -> dict[Action, Verdict]:
    """Ask about everything."""
    return {action: decide(principal, action, standing) for action in Action}


def allowed(standing: Standing, principal: Principal = GRACE) -> set[Action]:
    """List what is allowed."""
    found = verdicts(standing, principal)
    return {action for action, verdict in found.items() if verdict is Verdict.ALLOWED}


def test_an_admin_does_everything() -> None:
    """Whatever the visibility."""
    for visibility in Visibility:
        standing = replace(TEAM, role=Role.ADMIN, visibility=visibility)
        assert allowed(standing) == set(Action)


def test_a_member_decides_over_nobody() -> None:
    """And does everything else."""
    assert allowed(replace(TEAM, role=Role.MEMBER)) == set(Action) - {Action.ADMINISTER}


def test_a_team_may_leave_ttl_to_its_admins() -> None:
    """Then members set none, and admins go on."""
    strict = replace(TEAM, members_may_set_ttl=False)
    assert Action.SET_TTL not in allowed(replace(strict, role=Role.MEMBER))
    assert Action.SET_TTL in allowed(replace(strict, role=Role.ADMIN))


def test_a_viewer_reads() -> None:
    """The audit log, too."""
    assert allowed(replace(TEAM, role=Role.VIEWER)) == {Action.READ, Action.READ_AUDIT}


@pytest.mark.parametrize("principal", [GRACE, ANONYMOUS])
def test_visibility_is_for_everyone(principal: Principal) -> None:
    """Known or not; and nothing more than it says."""
    found = {v: allowed(replace(TEAM, visibility=v), principal) for v in Visibility}
    assert found == {
        Visibility.PRIVATE: set(),
        Visibility.PUBLIC: {Action.READ},
        Visibility.OPEN: {Action.READ, Action.WRITE},
    }


def test_a_role_takes_nothing_away() -> None:
    """A viewer writes to an open project, as everyone does."""
    standing = replace(TEAM, role=Role.VIEWER, visibility=Visibility.OPEN)
    assert Action.WRITE in allowed(standing)


def test_what_may_not_be_read_is_hidden() -> None:
    """Whatever is asked; what may be read is refused openly."""
    assert set(verdicts(TEAM).values()) == {Verdict.HIDDEN}
    public = verdicts(replace(TEAM, visibility=Visibility.PUBLIC))
    assert Verdict.HIDDEN not in public.values()


def test_whoever_may_do_anything_may_read() -> None:
    """For every role and visibility there is."""
    for role, visibility in product([None, *Role], Visibility):
        found = allowed(replace(TEAM, role=role, visibility=visibility))
        assert not found or Action.READ in found


def test_the_owner_of_an_entity_is_its_admin() -> None:
    """Also when they are recorded as something else, or not at all."""
    own = Standing(GRACE.name, is_claimed=True, role=Role.VIEWER)
    assert role_of(GRACE, own) is Role.ADMIN
    assert role_of(GRACE, replace(own, role=None)) is Role.ADMIN


def test_an_unclaimed_entity_is_the_operators() -> None:
    """Whoever owns the installation acts as its admin, until there is a member; nobody else."""
    operator = replace(GRACE, operator=True)
    assert role_of(operator, Standing(VISION)) is Role.ADMIN
    assert role_of(GRACE, Standing(VISION)) is None
    assert role_of(operator, TEAM) is None


def test_nobody_in_particular_has_no_role() -> None:
    """Not even in an entity of that name, nor as the operator."""
    anybody = replace(ANONYMOUS, operator=True)
    for standing in (Standing(ANONYMOUS.name), Standing(VISION), replace(TEAM, role=Role.ADMIN)):
        assert role_of(anybody, standing) is None


@pytest.mark.parametrize("value", ["secret", "Private", "", None])
def test_an_unknown_visibility_is_refused(value: object) -> None:
    """The hint lists the known ones."""
    with pytest.raises(InvalidAccessError, match="Choose one of private, public, open"):
        check_visibility(value)


def test_names_of_visibility_and_roles_are_read() -> None:
    """As people write them."""
    assert [check_visibility(str(v)) for v in Visibility] == list(Visibility)
    assert [check_role(str(role)) for role in Role] == list(Role)
    with pytest.raises(InvalidAccessError, match="There is no role 'owner'"):
        check_role("owner")


@pytest.mark.parametrize("name", ["anonymous", "collector"])
def test_reserved_names_are_nobodys(name: str) -> None:
    """The audit log could not tell them apart."""
    with pytest.raises(InvalidAccessError, match="is reserved"):
        check_member_name(name)


def test_a_member_has_a_name() -> None:
    """By the rules for names."""
    assert check_member_name("grace") == "grace"
    with pytest.raises(InvalidNameError):
        check_member_name("a/b")


def test_the_last_admin_stays() -> None:
    """Others come and go, and so does one of two admins."""
    ada, grace = (EntityName(name) for name in ("ada", "grace"))
    admin = Member(ada, Role.ADMIN, ada, NOW)
    other = Member(grace, Role.MEMBER, ada, NOW)
    check_admins_left(VISION, [admin, other], without=grace)
    check_admins_left(VISION, [admin, replace(other, role=Role.ADMIN)], without=ada)
    with pytest.raises(LastAdminError, match="ada is the last admin of vision"):
        check_admins_left(VISION, [admin, other], without=ada)
