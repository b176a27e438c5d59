"""`hozon project`: what holds for all collections of a project."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import click

from hozon.bootstrap import open_context
from hozon.model.names import check_alias
from hozon.model.paths import ProjectPath
from hozon.model.protection import check_protectable
from hozon.services.context import Context
from hozon.services.protection import list_protected, protect_alias, unprotect_alias
from hozon.settings import load_settings

_PROJECT = click.option(
    "--project",
    "path",
    default="",
    metavar="[ENTITY/]PROJECT",
    help="Another project than that of the settings.",
)


@click.group()
def project() -> None:
    """Protect the aliases of a project.

    A version under a protected alias cannot be deleted, and the alias stays where it is: nobody can
    move it or take it away until the protection is lifted. That holds for all artifacts and
    portfolios of the project.
    """


@project.command()
@click.argument("alias")
@_PROJECT
def protect(alias: str, *, path: str) -> None:
    """Hold ALIAS where it is.

    No version need have it yet. 'latest' moves by itself and cannot be protected.

    \b
      hozon project protect production
    """  # noqa: D301  click knows the character \b.
    with _opened(path) as (context, at):
        protect_alias(context, at, check_protectable(alias))
    click.echo(f"Protected   {alias} in {at}")


@project.command()
@click.argument("alias")
@_PROJECT
def unprotect(alias: str, *, path: str) -> None:
    """Let ALIAS move and go again.

    \b
      hozon project unprotect production
    """  # noqa: D301  click knows the character \b.
    with _opened(path) as (context, at):
        unprotect_alias(context, at, check_alias(alias))
    click.echo(f"Unprotected {alias} in {at}")


@project.command()
@_PROJECT
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def protected(*, path: str, as_json: bool) -> None:
    """List the protected aliases, and who protected them when."""
    with _opened(path) as (context, at):
        found = list_protected(context, at)
    if as_json:
        facts = [
            {
                "alias": item.alias,
                "protected_by": item.protected_by,
                "protected_at": item.protected_at.isoformat(),
            }
            for item in found
        ]
        click.echo(json.dumps(facts, indent=2))
        return
    width = max((len(item.alias) for item in found), default=0) + 2
    for item in found:
        when = f"{item.protected_at:%Y-%m-%d %H:%M} UTC"
        click.echo(f"{item.alias:<{width}}{when}  {item.protected_by}")


@contextmanager
def _opened(path: str) -> Iterator[tuple[Context, ProjectPath]]:
    """Open what the settings name, and close it again."""
    settings = load_settings()
    at = ProjectPath.parse(path, default=settings.default_path)
    context = open_context(settings)
    try:
        yield context, at
    finally:
        context.close()
