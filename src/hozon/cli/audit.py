"""`hozon audit`: who did what."""

from datetime import UTC, datetime

import click

from hozon.cli.opening import opened
from hozon.cli.options import JSON, LIMIT
from hozon.cli.printing import print_json, print_table, read, tell_rest
from hozon.errors import InputError
from hozon.model.audit import Act, AuditRecord, parse_audited
from hozon.model.spans import parse_span
from hozon.services.audit import read_audit


@click.command()
@click.argument("path", required=False)
@click.option("--who", metavar="USER", help="Only what USER did.")
@click.option(
    "--action", type=click.Choice(list(map(str, Act))), metavar="ACTION", help="Only such acts."
)
@click.option(
    "--since",
    metavar="WHEN",
    help="Only what was done since then: a date or a time in UTC, or how long ago, such as 7d.",
)
@LIMIT
@JSON
def audit(
    path: str | None,
    *,
    who: str | None,
    action: str | None,
    since: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Show who did what, the newest act first.

    PATH is entity, entity/project, entity/project/name or entity/project/name:version; without it
    the project of the settings is meant. A name is that of an artifact, of a portfolio or of a run.

    \b
    Actions:
      create, delete, restore, purge, recover, erase    of versions, collections, runs
      alias, unalias, link, unlink, protect, unprotect  of names
      rename, retype                                    of collections
      add-member, remove-member, set-visibility         of teams and projects

    What the garbage collector does, it does as 'collector'. Members of the team read the log;
    nobody changes it.

    \b
      hozon audit
      hozon audit ada/digits/mnist --action delete
      hozon audit vision --who grace --since 7d
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        begin = None if since is None else _moment(since, now=at.context.catalog.now())
        query = parse_audited(path, default=at.default, who=who, action=action, since=begin)
        listing = read_audit(at.context, query)
        records = read(listing, limit=limit)
        if as_json:
            print_json(list(map(_document, records)))
        else:
            print_table(
                ("AT", "WHO", "ACTION", "WHAT", "DETAILS"),
                [(each.at, each.who, each.action, each.path, _told(each)) for each in records],
            )
        tell_rest(listing, shown=len(records), limit=limit)


def _document(record: AuditRecord) -> dict[str, object]:
    """Give a record to programs."""
    return {
        "at": record.at,
        "who": record.who,
        "action": record.action,
        "path": record.path,
        "details": record.details,
    }


def _told(record: AuditRecord) -> str:
    """Write the details in one line."""
    return ", ".join(
        f"{key} {' '.join(map(str, value)) if isinstance(value, list) else value}"
        for key, value in record.details.items()
    )


def _moment(text: str, *, now: datetime) -> datetime:
    """Read a date, a time, or how long ago."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        pass
    else:
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    try:
        return now - parse_span(text, what="--since")
    except (InputError, OverflowError):
        raise InputError(
            f"{text!r} is no time for --since",
            hint="Write 2026-01-31, 2026-01-31T12:00, or how long ago, such as 36h or 7d.",
        ) from None
