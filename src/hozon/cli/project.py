"""`hozon project`: what holds for all collections of a project."""

from typing import Final

import click

from hozon.cli.completing import complete_project
from hozon.cli.opening import opened
from hozon.cli.options import JSON, PROJECT, YES, confirm
from hozon.cli.printing import print_facts, print_json, print_table
from hozon.model.access import Visibility
from hozon.model.expiry import format_ttl
from hozon.model.names import check_alias
from hozon.model.protection import check_protectable
from hozon.services.access import read_visibility, set_visibility
from hozon.services.protection import list_protected, protect_alias, unprotect_alias
from hozon.services.ttl import read_project_ttl

_SHOWS: Final = {
    Visibility.PRIVATE: "members of {team} see it",
    Visibility.PUBLIC: "everyone reads, members of {team} write",
    Visibility.OPEN: "everyone reads and writes",
}
"""What a visibility means, for people."""


@click.group()
def project() -> None:
    """Say who sees a project, and protect its aliases.

    A project is private to its team, public, or open; see 'hozon project set-visibility --help'.

    A version under a protected alias cannot be deleted, and the alias stays where it is: nobody can
    move it or take it away until the protection is lifted. That holds for all artifacts and
    portfolios of the project.
    """


@project.command("set-visibility")
@click.argument("project", metavar="[ENTITY/]PROJECT", shell_complete=complete_project)
@click.argument("visibility", type=click.Choice(list(map(str, Visibility))))
@YES
@JSON
def set_project_visibility(project: str, visibility: str, *, yes: bool, as_json: bool) -> None:
    """Say who sees PROJECT.

    \b
      private  members of its team see it; to others it looks as if it did not exist
      public   everyone reads, members write
      open     everyone reads and writes; members alone delete and restore

    Admins may change it; a project that nobody logged to yet is made. What shows more than before
    asks first.

    \b
      hozon project set-visibility vision/detectors public
      hozon project set-visibility detectors private
    """  # noqa: D301  click knows the character \b.
    wanted = Visibility(visibility)
    with opened() as at:
        path = at.project(project)
        order = list(Visibility)
        if order.index(wanted) > order.index(read_visibility(at.context, path)):
            meaning = _SHOWS[wanted].format(team=path.entity)
            confirm(f"Make {path} {wanted}, so that {meaning}?", yes=yes)
        set_visibility(at.context, path, wanted)
    if as_json:
        print_json({"project": str(path), "visibility": wanted})
    else:
        click.echo(f"{path} is {wanted}: {_SHOWS[wanted].format(team=path.entity)}")


@project.command(short_help="Show who sees a project, and what holds in it.")
@click.argument(
    "project", required=False, metavar="[ENTITY/]PROJECT", shell_complete=complete_project
)
@JSON
def show(project: str | None, *, as_json: bool) -> None:
    """Show who sees PROJECT, by default that of the settings, and what holds in it.

    \b
      hozon project show vision/detectors
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        path = at.project(project)
        visibility = read_visibility(at.context, path)
        ttl = format_ttl(read_project_ttl(at.context, path))
        aliases = [item.alias for item in list_protected(at.context, path)]
    if as_json:
        document = {"project": str(path), "visibility": visibility, "ttl": ttl}
        print_json({**document, "protected_aliases": aliases})
        return
    meaning = _SHOWS[visibility].format(team=path.entity)
    print_facts(
        {
            "Project": path,
            "Visibility": f"{visibility}: {meaning}",
            "TTL": ttl,
            "Protected aliases": ", ".join(aliases),
        }
    )


@project.command()
@click.argument("alias")
@PROJECT
@JSON
def protect(alias: str, *, project: str | None, as_json: bool) -> None:
    """Hold ALIAS where it is.

    No version need have it yet. 'latest' moves by itself and cannot be protected.

    \b
      hozon project protect production
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        path = at.project(project)
        protect_alias(at.context, path, check_protectable(alias))
    _tell(alias, str(path), protected=True, as_json=as_json)


@project.command()
@click.argument("alias")
@PROJECT
@JSON
def unprotect(alias: str, *, project: str | None, as_json: bool) -> None:
    """Let ALIAS move and go again.

    \b
      hozon project unprotect production
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        path = at.project(project)
        unprotect_alias(at.context, path, check_alias(alias))
    _tell(alias, str(path), protected=False, as_json=as_json)


@project.command()
@PROJECT
@JSON
def protected(*, project: str | None, as_json: bool) -> None:
    """List the protected aliases, and who protected them when.

    \b
      hozon project protected
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        found = list_protected(at.context, at.project(project))
    if as_json:
        print_json(found)
        return
    print_table(
        ("ALIAS", "PROTECTED", "BY"),
        [(item.alias, item.protected_at, item.protected_by) for item in found],
    )


def _tell(alias: str, project: str, *, protected: bool, as_json: bool) -> None:
    """Say what was done."""
    if as_json:
        print_json({"project": project, "alias": alias, "protected": protected})
    else:
        click.echo(f"{'Protected' if protected else 'Unprotected':<11} {alias} in {project}")
