"""`hozon team`: who belongs to a team, and what for."""

from collections.abc import Sequence

import click

from hozon.cli.opening import opened
from hozon.cli.options import JSON, YES, confirm
from hozon.cli.printing import print_json, print_table
from hozon.model.access import Member, Role, check_role
from hozon.model.names import EntityName, check_name
from hozon.services.access import add_member, list_members, remove_member


@click.group()
def team() -> None:
    """Say who belongs to a team.

    \b
      admin   does everything, and decides who else may do what
      member  reads, writes and deletes
      viewer  reads

    An entity without members needs none of this: whoever owns the installation acts as its admin.
    The first 'hozon team add' makes it a team, and whoever does it becomes an admin, too.

    Where somebody could open the files of the installation themselves, roles are advice and no
    lock.
    """  # noqa: D301  click knows the character \b.


@team.command()
@click.argument("team")
@click.argument("user")
@click.option(
    "--role",
    type=click.Choice(list(map(str, Role))),
    default=str(Role.MEMBER),
    show_default=True,
    help="What they are there for.",
)
@JSON
def add(team: str, user: str, *, role: str, as_json: bool) -> None:
    """Give USER a role in TEAM, or another role.

    \b
      hozon team add vision grace
      hozon team add vision grace --role viewer
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        members = add_member(at.context, _team(team), user, check_role(role))
    _print(members, as_json=as_json)


@team.command()
@click.argument("team")
@click.argument("user")
@YES
@JSON
def remove(team: str, user: str, *, yes: bool, as_json: bool) -> None:
    """Remove USER from TEAM.

    What they logged stays. From then on they see what everyone sees. The last admin cannot be
    removed.

    \b
      hozon team remove vision grace
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        entity = _team(team)
        confirm(f"Remove {user} from {entity}?", yes=yes)
        members = remove_member(at.context, entity, user)
    _print(members, as_json=as_json)


@team.command()
@click.argument("team")
@JSON
def ls(team: str, *, as_json: bool) -> None:
    """List the members of TEAM; nothing for those who do not belong to it.

    \b
      hozon team ls vision
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        members = list_members(at.context, _team(team))
    _print(members, as_json=as_json)


def _team(text: str) -> EntityName:
    """Read the name of a team."""
    return EntityName(check_name(text, kind="entity"))


def _print(members: Sequence[Member], *, as_json: bool) -> None:
    """Show all members."""
    if as_json:
        print_json(members)
        return
    print_table(
        ("MEMBER", "ROLE", "ADDED", "BY"),
        [(each.name, each.role, each.added_at, each.added_by) for each in members],
    )
