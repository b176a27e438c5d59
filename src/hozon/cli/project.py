"""`hozon project`: what holds for all collections of a project."""

import click

from hozon.cli.opening import opened
from hozon.cli.options import JSON, PROJECT
from hozon.cli.printing import print_json, print_table
from hozon.model.names import check_alias
from hozon.model.protection import check_protectable
from hozon.services.protection import list_protected, protect_alias, unprotect_alias


@click.group()
def project() -> None:
    """Protect the aliases of a project.

    A version under a protected alias cannot be deleted, and the alias stays where it is: nobody can
    move it or take it away until the protection is lifted. That holds for all artifacts and
    portfolios of the project.
    """


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
