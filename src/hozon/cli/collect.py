"""`hozon gc run|watch|explain|recover|erase`: collect garbage, look into it, and undo it."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import click

from hozon.bootstrap import report_gate
from hozon.cli.completing import complete_version
from hozon.cli.gc import gc
from hozon.cli.opening import opened
from hozon.cli.options import JSON, YES, confirm
from hozon.cli.printing import (
    advise,
    counted,
    print_facts,
    print_json,
    size,
    steps,
)
from hozon.errors import ConflictError, HozonError
from hozon.model.garbage import MAX_UNUSED, CollectReport
from hozon.model.spans import parse_span
from hozon.services.context import Context
from hozon.services.garbage.collect import CollectOptions, collect_garbage, report_as_json
from hozon.services.gate import require_open

_DAMAGED = 6
"""The exit code where the store lost something; that of `hozon.errors.IntegrityError`."""

_FAILED = 7
"""The exit code where something could not be removed; that of `hozon.errors.BackendError`."""

_MAX_UNUSED = click.option(
    "--max-unused",
    type=click.FloatRange(0, 1),
    default=MAX_UNUSED,
    show_default=True,
    help="Which share of an object of the store may be dead before it is rewritten; 0 leaves no"
    " dead byte.",
)


@gc.command()
@click.option("--dry-run", is_flag=True, help="Change nothing; tell what would be done.")
@_MAX_UNUSED
@JSON
def run(*, dry_run: bool, max_unused: float, as_json: bool) -> None:
    """Collect garbage once.

    It can be interrupted at any time: the next run goes on. Only one runs at a time; a second one
    says who is at work. Exit code 6 means that the store has lost something that a version needs:
    then nothing was removed. It does not ask: what goes was deleted before, the trash keeps it for
    a while, and schedulers call it. It refuses to run while 'hozon gc status' names something that
    is required and missing; --dry-run always runs.

    \b
      hozon gc run --dry-run
      hozon gc run --max-unused 0
    """  # noqa: D301  click knows the character \b.
    options = CollectOptions(max_unused=max_unused, dry_run=dry_run)
    with _opened(gate=not dry_run) as context, steps("Beginning") as tell:
        report = collect_garbage(context, options, tell=tell)
    if as_json:
        print_json(report_as_json(report))
    else:
        _print(report)
    if report.is_damaged:
        raise SystemExit(_DAMAGED)
    if report.failures:
        raise SystemExit(_FAILED)


@gc.command()
@click.option(
    "--every", default="1h", show_default=True, metavar="SPAN", help="Such as 30m, 1h or 1d."
)
@_MAX_UNUSED
@JSON
def watch(*, every: str, max_unused: float, as_json: bool) -> None:
    """Collect garbage again and again, until Ctrl-C.

    A run that fails says why, and the next one goes on. Where another collector is at work, this
    one waits for its next turn.

    \b
      hozon gc watch --every 6h
    """  # noqa: D301  click knows the character \b.
    span = parse_span(every, what="--every")
    if span <= timedelta():
        raise click.BadParameter("It is no time at all.", param_hint="--every")
    try:
        while True:
            _collect_once(max_unused=max_unused, as_json=as_json)
            time.sleep(span.total_seconds())
    except KeyboardInterrupt:
        advise("Stopped.")


@gc.command(short_help="Say why a version or an object is kept.")
@click.argument("target", shell_complete=complete_version)
@JSON
def explain(target: str, *, as_json: bool) -> None:
    """Say why TARGET is kept: a version, or the digest of an object.

    \b
      hozon gc explain mnist:v3
      hozon gc explain 3b1f9c
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        why = at.api().explain(target)
    if as_json:
        print_json(why)
    else:
        click.echo(str(why))


@gc.command(short_help="Bring a purged version back.")
@click.argument("version")
@JSON
def recover(version: str, *, as_json: bool) -> None:
    """Bring back VERSION, which was purged, from the trash or from old versions of the bucket.

    \b
      hozon gc recover mnist:v3
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        artifact = at.api().recover(version)
    if as_json:
        print_json({"path": artifact.qualified_name, "files": artifact.file_count})
        return
    click.echo(f"{artifact.qualified_name} is back, with {counted(artifact.file_count, 'file')}.")
    click.echo(
        "Its aliases were forgotten when it was purged: give it new ones where you need them."
    )


@gc.command(short_help="Leave nothing of a version or an object.")
@click.argument("target")
@YES
@JSON
def erase(target: str, *, yes: bool, as_json: bool) -> None:
    """Leave nothing of TARGET: a deleted version, or the digest of an object that nothing needs.

    Live bytes, trash and old versions of the bucket go, and the list of the version's files. What
    other versions share stays, and is listed. Nothing can bring it back.

    \b
      hozon gc erase mnist:v3
    """  # noqa: D301  click knows the character \b.
    confirm(f"Erase {target} for ever?", yes=yes)
    with opened() as at:
        report = at.api().erase(target)
    if as_json:
        print_json(report)
        return
    click.echo(f"Erased {len(report.digests)} objects under {len(report.keys)} keys.")
    for key in report.keys:
        click.echo(f"  {key}: nothing is left")
    for digest, paths in report.shared.items():
        click.echo(f"  {digest[:12]}… stays: {', '.join(paths) or 'others'} need it")


def _collect_once(*, max_unused: float, as_json: bool) -> None:
    """Collect, and say what came of it; an error ends this turn only."""
    try:
        with _opened(gate=True) as context:
            report = collect_garbage(context, CollectOptions(max_unused=max_unused))
    except ConflictError as error:
        advise(f"Not now: {error.message}.")
    except HozonError as error:
        click.secho(f"Error: {error.message}.", err=True, fg="red")
        advise(error.hint)
    else:
        if as_json:
            click.echo(json.dumps(report_as_json(report)))
        else:
            _print(report)


@contextmanager
def _opened(*, gate: bool) -> Iterator[Context]:
    """Open what a pass works on, and refuse where something is missing that it requires."""
    with opened() as at:
        if gate:
            require_open(report_gate(at.settings, at.context.store))
        yield at.context


def _print(report: CollectReport) -> None:
    """Say what a pass did, or would do."""
    if report.is_damaged:
        click.secho(
            "The store is damaged: nothing was removed, so that nothing is lost that may help to"
            " repair it.",
            fg="red",
        )
        for key in report.missing:
            click.echo(f"  {key} is missing, or not whole")
        click.echo("Bring these keys back from a backup, then run it again.")
        return
    rows = {
        "Versions expired": str(report.versions_expired),
        "Uploads abandoned": str(report.uploads_abandoned),
        "Versions purged": str(report.versions_purged),
        "Versions restorable": str(report.versions_restorable),
        "Objects unneeded": f"{report.objects_condemned}, {size(report.condemned_bytes)}",
        "Strays waiting": str(report.strays_waiting),
        "Dead in live keys": size(report.dead_bytes),
    }
    if not report.dry_run:
        rows |= {
            "Keys rewritten": f"{report.keys_rewritten}, {size(report.copied_bytes)} copied",
            "Keys removed": f"{report.keys_removed}, {size(report.freed_bytes)}",
            "Trash emptied": size(report.trash_bytes),
        }
    else:
        click.echo("Nothing was changed; this is what a run would do.")
    print_facts(rows)
    for key, reason in report.failures.items():
        click.secho(f"{key} stayed: {reason}", err=True, fg="red")
