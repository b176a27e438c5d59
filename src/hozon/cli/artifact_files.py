"""`hozon artifact put` and `get`: files become a version, and a version becomes files."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click

from hozon.cli.completing import complete_collection, complete_run, complete_version
from hozon.cli.opening import Opened, opened
from hozon.cli.options import JSON, JsonObject
from hozon.cli.printing import advise, print_json
from hozon.errors import CollectionNotFoundError, InputError
from hozon.model.aliases import check_aliases
from hozon.model.paths import CollectionPath
from hozon.model.tags import check_tags
from hozon.model.versions import LogOutcome
from hozon.sdk.active import run_for_draft
from hozon.sdk.artifact import Artifact
from hozon.services.resolve import resolve_collection

_STDIN: Final = "-"
_UNSPECIFIED: Final = "unspecified"
_OUTCOMES: Final[Mapping[LogOutcome | None, str]] = {
    LogOutcome.UNCHANGED: "Nothing is new: its content is that of the latest version.",
    LogOutcome.REUSED: "This version had the content already: 'latest' and the aliases moved back.",
}


@click.command(short_help="Log files as the next version of an artifact.")
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    metavar="PATH...",
    type=click.Path(exists=True, allow_dash=True),
)
@click.argument("name", shell_complete=complete_collection)
@click.option(
    "--type",
    "type_name",
    metavar="TYPE",
    help="What it is, such as dataset; by default that of NAME, or 'unspecified'.",
)
@click.option("--alias", "aliases", multiple=True, help="A name for the version; may be repeated.")
@click.option("--tag", "tags", multiple=True, help="A label for the version; may be repeated.")
@click.option("--description", metavar="TEXT", help="A note for people.")
@click.option("--metadata", type=JsonObject(), metavar="JSON", help="Values, as a JSON object.")
@click.option(
    "--run",
    "run_id",
    metavar="ID",
    help="Go on with this run to log it; by default a run of job type 'auto' is made.",
    shell_complete=complete_run,
)
@click.option(
    "--stdin-name",
    default="stdin",
    show_default=True,
    metavar="FILE",
    help="What the file from standard input is called inside the artifact.",
)
@JSON
def put(  # noqa: PLR0913  One for each option.
    paths: tuple[str, ...],
    name: str,
    *,
    type_name: str | None,
    aliases: tuple[str, ...],
    tags: tuple[str, ...],
    description: str | None,
    metadata: Mapping[str, Any] | None,
    run_id: str | None,
    stdin_name: str,
    as_json: bool,
) -> None:
    """Log files as the next version of the artifact NAME, and print its path.

    PATH is a file, a folder, or - for standard input. The contents of a single folder land at the
    top of the artifact; of several PATHs a folder keeps its own name. NAME is
    [[entity/]project/]name. Content that the latest version has already makes no new version.

    A run that --run names is on for as long as this takes, and has finished then. Ctrl-C stores no
    version; what was uploaded is not uploaded again the next time.

    \b
      hozon artifact put data/ mnist --type dataset --alias reviewed
      hozon artifact put model.pt config.json classifier --metadata '{"epochs": 3}'
      pg_dump digits | hozon artifact put - backup --stdin-name digits.sql
    """  # noqa: D301  click knows the character \b.
    # All that can be refused is looked at before a run begins.
    names, labels = check_aliases(aliases), check_tags(tags)
    with opened() as at:
        path = at.collection(name)
        made = Artifact(
            path.name, type_name or _type_of(at, path), description, dict(metadata or {})
        )
        _fill(made, paths, stdin_name=stdin_name)
        with run_for_draft(path.at, run_id) as run:
            run.log_artifact(made, aliases=names, tags=labels)
        facts = {
            "path": made.qualified_name,
            "type": made.type,
            "digest": made.digest,
            "size_bytes": made.size,
            "files": made.file_count,
            "aliases": made.aliases,
            "outcome": str(made.log_outcome),
            "run": str(run.id),
        }
        if as_json:
            print_json(facts)
            return
        click.echo(made.qualified_name)
        if (told := _OUTCOMES.get(made.log_outcome)) is not None:
            advise(told)


@click.command(short_help="Bring the files of a version into a folder.")
@click.argument("path", shell_complete=complete_version)
@click.option(
    "--root",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to bring it into; by default ./artifacts/<name>-<version>.",
)
@click.option("--path-prefix", metavar="TEXT", help="Bring only files whose paths begin so.")
@click.option(
    "--allow-missing-references",
    is_flag=True,
    help="Pass over references behind which nothing is left.",
)
@click.option("--skip-cache", is_flag=True, help="Read everything from the store.")
@click.option(
    "--recursive", is_flag=True, help="Bring whole the artifacts whose entries it refers to, too."
)
@JSON
def get(
    path: str,
    *,
    root: Path | None,
    path_prefix: str | None,
    allow_missing_references: bool,
    skip_cache: bool,
    recursive: bool,
    as_json: bool,
) -> None:
    """Bring the files of the version PATH into a folder, and print the folder.

    Each file is checked against its digest before it appears under its name. Files that are there
    and right are not fetched again, so that after Ctrl-C or an error the same command goes on;
    other files stay. It draws no lineage: in a program, use run.use_artifact.

    \b
      hozon artifact get mnist
      hozon artifact get mnist:reviewed --root data --path-prefix splits/
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        found = at.api().artifact(path)
        folder = found.download(
            root,
            allow_missing_references=allow_missing_references,
            skip_cache=skip_cache,
            path_prefix=path_prefix,
            recursive=recursive,
        )
    if as_json:
        print_json({"path": found.qualified_name, "folder": folder})
    else:
        click.echo(folder)


def _type_of(at: Opened, path: CollectionPath) -> str:
    """Give the type that a new version has to have, if versions are there already."""
    try:
        return resolve_collection(at.context, path).type
    except CollectionNotFoundError:
        return _UNSPECIFIED


def _fill(artifact: Artifact, paths: Sequence[str], *, stdin_name: str) -> None:
    """Add what was named."""
    for path in paths:
        source = Path(path)
        if path == _STDIN:
            if sys.stdin is None:
                raise InputError(
                    "Standard input is closed", hint="Name a file, or give it an input."
                )
            with click.open_file(path, "rb") as given, artifact.new_file(stdin_name, "xb") as file:
                shutil.copyfileobj(given, file)
        elif source.is_dir():
            artifact.add_dir(source, name=source.resolve().name if len(paths) > 1 else None)
        else:
            artifact.add_file(source)
