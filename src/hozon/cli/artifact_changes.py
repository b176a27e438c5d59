"""`hozon artifact alias`, `delete` and `restore`: what changes of versions that were logged."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from hozon.cli.completing import complete_version
from hozon.cli.opening import Opened, opened
from hozon.cli.options import JSON, YES, confirm
from hozon.cli.printing import advise, counted, print_json, read, size
from hozon.errors import (
    AliasedVersionError,
    ArtifactNotFoundError,
    HozonError,
    InputError,
    LinkedVersionError,
)
from hozon.model.aliases import check_aliases
from hozon.model.restoring import Restored
from hozon.model.versions import Version
from hozon.sdk.artifact import Artifact
from hozon.services.delete import delete_collections, delete_versions
from hozon.services.resolve import list_versions, resolve_collection, resolve_version
from hozon.services.restore import restore_collection, restore_path
from hozon.services.usage import measure_freed

_SHOWN = 20
"""How many versions are shown at most before a question."""

_PATH = click.argument("path", shell_complete=complete_version)
_ALIASES = click.argument("names", nargs=-1, required=True, metavar="ALIAS...")


@click.group()
def alias() -> None:
    """Give aliases to a version, or take them away.

    An alias is on one version of an artifact at a time: adding it takes it from the version that
    has it. Either can be undone by the other, so neither asks.

    \b
      hozon artifact alias add mnist:v2 reviewed
      hozon artifact alias remove mnist:v2 reviewed
    """  # noqa: D301  click knows the character \b.


@alias.command(short_help="Give aliases to a version.")
@_PATH
@_ALIASES
@JSON
def add(path: str, names: tuple[str, ...], *, as_json: bool) -> None:
    """Give each ALIAS to the version PATH, and take it from the version that has it.

    \b
      hozon artifact alias add mnist:v2 reviewed candidate
    """  # noqa: D301  click knows the character \b.
    wanted = check_aliases(names)
    with opened() as at:
        found = at.api().artifact(path)
        found.aliases = [*found.aliases, *(name for name in wanted if name not in found.aliases)]
        found.save()
        _print_aliases(found, as_json=as_json)


@alias.command(short_help="Take aliases away from a version.")
@_PATH
@_ALIASES
@JSON
def remove(path: str, names: tuple[str, ...], *, as_json: bool) -> None:
    """Take each ALIAS away from the version PATH.

    'latest' falls to the newest version.

    \b
      hozon artifact alias remove mnist:v2 candidate
    """  # noqa: D301  click knows the character \b.
    wanted = check_aliases(names)
    with opened() as at:
        found = at.api().artifact(path)
        for name in wanted:
            if name not in found.aliases:
                raise ArtifactNotFoundError(
                    f"{found.qualified_name} has no alias {name!r}",
                    hint=f"Its aliases are {', '.join(found.aliases) or 'none'}.",
                )
        found.aliases = [name for name in found.aliases if name not in wanted]
        found.save()
        _print_aliases(found, as_json=as_json)


@click.command(short_help="Delete versions, after showing what goes.")
@click.argument(
    "paths", nargs=-1, required=True, metavar="PATH...", shell_complete=complete_version
)
@click.option("--all-versions", is_flag=True, help="Each PATH is an artifact; all of it goes.")
@click.option("--delete-aliases", is_flag=True, help="Take versions with aliases, too.")
@click.option("--force-links", is_flag=True, help="Take versions with links, and the links, too.")
@YES
@JSON
def delete(
    paths: tuple[str, ...],
    *,
    all_versions: bool,
    delete_aliases: bool,
    force_links: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Delete the versions PATH..., all or none, after showing what goes and what that frees.

    Each PATH names a version, such as mnist:v2 or mnist:candidate. With --all-versions it names an
    artifact, such as mnist: all its versions go, with their aliases.

    Deleted versions can be restored for a while; see HOZON_RESTORE_WINDOW. Their bytes are freed
    by the garbage collections after that. Of a link, the link goes and its source stays. To choose
    by age or number, use 'hozon plan delete'.

    \b
      hozon artifact delete mnist:v0 mnist:v1
      hozon artifact delete mnist:candidate --delete-aliases
      hozon artifact delete old-experiment --all-versions --yes
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        chosen = dict.fromkeys(map(at.collection, paths)) if all_versions else {}
        collections = [resolve_collection(at.context, path) for path in chosen]
        found = [v for each in collections for v in read(list_versions(at.context, each))]
        if not all_versions:
            found = _named(at, paths)
        freed = measure_freed(at.context, found)
        if not yes:
            _show(found, freed)
        confirm("Delete them?", yes=yes)
        with _hints():
            if all_versions:
                delete_collections(at.context, collections, force_links=force_links)
            else:
                delete_versions(
                    at.context, found, delete_aliases=delete_aliases, force_links=force_links
                )
    gone = [str(version.path) for version in found]
    if as_json:
        print_json({"deleted": gone, "freed_bytes": freed})
        return
    for path in gone:
        click.echo(f"Deleted  {path}")
    advise(f"Purging will free {size(freed)}. To undo: hozon artifact restore PATH")


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@JSON
def restore(paths: tuple[str, ...], *, as_json: bool) -> None:
    """Bring deleted versions back, with their aliases and links.

    Name versions by number, such as mnist:v2. A PATH without a version restores a collection that
    was deleted as a whole; versions that were deleted one by one stay deleted.

    Aliases come back where no other version has them now, links where their portfolio still
    stands. What did not come back is listed. What a collector has purged cannot be restored. Each
    PATH is restored completely or not at all; the first that fails ends the command.

    \b
      hozon artifact ls --deleted
      hozon artifact restore mnist:v2 classifier:v0
      hozon artifact restore mnist
    """  # noqa: D301  click knows the character \b.
    reports: list[Restored] = []
    with opened() as at:
        try:
            for path in paths:
                reports.append(_restore(at, path))  # noqa: PERF401  Errors may end it.
        finally:  # What was restored before an error is told all the same.
            _print_restored(reports, as_json=as_json)


def _named(at: Opened, paths: Sequence[str]) -> list[Version]:
    """Find the versions that are to go, each once."""
    for path in paths:
        if ":" not in path:
            raise InputError(
                f"{path!r} names no version",
                hint=f"Name one, such as {path}:latest, or add --all-versions to delete all of it.",
            )
    found = {v.id: v for path in paths for v in [resolve_version(at.context, at.version(path))]}
    return list(found.values())


def _show(versions: Sequence[Version], freed: int) -> None:
    """Show what is about to go."""
    for version in versions[:_SHOWN]:
        aliases = f", aliases {', '.join(version.aliases)}" if version.aliases else ""
        advise(f"  {version.path}{aliases}")
    if len(versions) > _SHOWN:
        advise(f"  and {len(versions) - _SHOWN} more")
    whole = sum(version.size for version in versions if not version.is_link)
    held = f"of {size(whole)}, {size(freed)} are held by nothing else and would be freed"
    advise(f"{counted(len(versions), 'version')}; {held} once purged.")


@contextmanager
def _hints() -> Iterator[None]:
    """Let errors name the options of the command line."""
    try:
        yield
    except AliasedVersionError as error:
        raise _with_hint(error, "Add --delete-aliases to delete it together with them.") from error
    except LinkedVersionError as error:
        raise _with_hint(error, "Add --force-links to delete it together with them.") from error


def _with_hint(error: HozonError, hint: str) -> HozonError:
    """Say the same with another next step."""
    return type(error)(error.message, hint=hint)


def _restore(at: Opened, path: str) -> Restored:
    """Restore a version, or a collection."""
    if ":" in path:
        return restore_path(at.context, at.version(path))
    return restore_collection(at.context, at.collection(path))


def _print_aliases(artifact: Artifact, *, as_json: bool) -> None:
    """Tell which aliases a version has now."""
    if as_json:
        print_json({"path": artifact.qualified_name, "aliases": artifact.aliases})
    else:
        click.echo(f"{artifact.qualified_name}  {', '.join(artifact.aliases) or 'no aliases'}")


def _print_restored(reports: Sequence[Restored], *, as_json: bool) -> None:
    """Tell what came back, and what did not."""
    if as_json:
        print_json(reports)
        return
    for report in reports:
        for path in report.versions:
            click.echo(f"Restored  {path}")
        for path in report.links:
            click.echo(f"Link      {path}")
        for path in report.aliases:
            click.echo(f"Alias     {path}")
        for path, holder in report.conflicts.items():
            click.echo(f"Taken     {path} is {holder} now")
        for path in report.lost_links:
            click.echo(f"Lost      {path} did not come back")
