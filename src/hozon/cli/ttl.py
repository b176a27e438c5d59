"""`hozon ttl`: how long versions live, and the pass that lets those go that are due."""

from collections.abc import Mapping
from dataclasses import replace

import click

from hozon.cli.completing import complete_collection, complete_project
from hozon.cli.opening import Opened, opened
from hozon.cli.options import JSON, LIMIT, PROJECT
from hozon.cli.printing import advise, counted, print_facts, print_json, print_table
from hozon.model.expiry import TeamTtl, format_ttl, parse_ttl
from hozon.model.names import EntityName, check_name
from hozon.model.paths import CollectionPath, ProjectPath
from hozon.services.context import Context
from hozon.services.expire import ExpiryReport, expire
from hozon.services.resolve import resolve_collection
from hozon.services.ttl import (
    ScheduledVersion,
    list_expiring,
    read_collection_policy,
    read_project_ttl,
    read_team_ttl,
    set_collection_policy,
    set_project_ttl,
    set_team_ttl,
)

Target = CollectionPath | ProjectPath | EntityName
"""What a default is set on."""

_FORM = "%Y-%m-%d %H:%M:%S"
"""To the second: a TTL may be short."""


@click.group()
def ttl() -> None:
    """Say how long versions live, and let those go that are due.

    A TTL counts from the creation of a version. The nearest that is set applies: on the version,
    its collection, its project, its team. 'never' counts as set, 'inherit' does not. A link to a
    version or a protected alias on it suspends its TTL.

    \b
      hozon ttl set 90d --project digits
      hozon ttl ls
      hozon ttl expire --dry-run
    """  # noqa: D301  click knows the character \b.


@ttl.command("ls")
@PROJECT
@LIMIT
@JSON
def list_versions(*, project: str | None, limit: int, as_json: bool) -> None:
    """List what expires when, the soonest first.

    Versions whose TTL is suspended come last, with what suspends it. Versions to which no TTL
    applies are not listed. Times are in UTC.

    \b
      hozon ttl ls --limit 10
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        schedule = list_expiring(at.context, at.project(project), limit=limit or None)
    if as_json:
        rows = list(map(_as_json, schedule.versions))
        print_json({"versions": rows, "total": schedule.total})
        return
    print_table(("VERSION", "EXPIRES", "TTL", "SET ON"), map(_row, schedule.versions))
    hidden = schedule.total - len(schedule.versions)
    if hidden:
        advise(f"{hidden} more; --limit 0 lists all.")


@ttl.command("set")
@click.argument("span", required=False)
@click.option(
    "--collection",
    metavar="[[ENTITY/]PROJECT/]NAME",
    help="Set it on a collection.",
    shell_complete=complete_collection,
)
@click.option(
    "--project",
    metavar="[ENTITY/]PROJECT",
    help="Set it on a project.",
    shell_complete=complete_project,
)
@click.option("--team", metavar="ENTITY", help="Set it on a team or a user.")
@click.option(
    "--members-may-set/--only-admins-may-set",
    "members",
    default=None,
    help="With --team: who may set TTLs.",
)
@JSON
def set_default(
    span: str | None,
    collection: str | None,
    project: str | None,
    team: str | None,
    *,
    members: bool | None,
    as_json: bool,
) -> None:
    """Set how long versions live for which nothing nearer is set.

    SPAN is a number of weeks, days, hours, minutes or seconds, such as 30d or 1d12h; 'never'; or
    'inherit' for what is set above. It holds at once for the versions that are there.

    \b
      hozon ttl set 30d --collection mnist
      hozon ttl set never --project digits
      hozon ttl set 365d --team ada --only-admins-may-set
    """  # noqa: D301  click knows the character \b.
    if members is not None and team is None:
        raise click.UsageError("Who may set TTLs is set with --team.")
    if span is None and members is None:
        raise click.UsageError("Give a SPAN, such as 30d, never or inherit.")
    with opened() as at:
        target = _target(at, collection=collection, project=project, team=team)
        if target is None:
            raise click.UsageError("Give one of --collection, --project and --team.")
        _set(at.context, target, span, members=members)
        described = {_label(target): _described(at.context, target)}
    _print_settings(described, as_json=as_json)


@ttl.command(short_help="Show which TTLs are set.")
@click.option(
    "--collection",
    metavar="[[ENTITY/]PROJECT/]NAME",
    help="Show a collection, too.",
    shell_complete=complete_collection,
)
@PROJECT
@JSON
def show(*, collection: str | None, project: str | None, as_json: bool) -> None:
    """Show what is set on a project, on its owner, and perhaps on a collection.

    \b
      hozon ttl show --collection mnist
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        where = at.project(project)
        targets: list[Target] = [where.entity, where]
        if collection is not None:
            path = at.collection(collection, at=where)
            targets = [path.at.entity, path.at, path]
        shown = {_label(target): _described(at.context, target) for target in targets}
    _print_settings(shown, as_json=as_json)


@ttl.command("expire", short_help="Let those versions go that are due.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and change nothing.")
@JSON
def expire_versions(*, dry_run: bool, as_json: bool) -> None:
    """Soft-delete what has expired, and what no retention policy keeps, in all projects.

    It is safe at any time and beside everything else. The aliases of what goes are removed and
    remembered; 'latest' falls to the newest version that is left. It does not ask: what goes can be
    restored, and schedulers call it.

    \b
      hozon ttl expire --dry-run
    """  # noqa: D301  click knows the character \b.
    with opened() as at:
        report = expire(at.context, dry_run=dry_run)
    if as_json:
        print_json(report)
    else:
        _print_report(report)


def _target(
    at: Opened, *, collection: str | None, project: str | None, team: str | None
) -> Target | None:
    """Read which one of the three is meant; None unless it is one."""
    if sum(option is not None for option in (collection, project, team)) != 1:
        return None
    if collection is not None:
        return at.collection(collection)
    if project is not None:
        return at.project(project)
    return EntityName(check_name(team, kind="entity"))


def _set(context: Context, target: Target, span: str | None, *, members: bool | None) -> None:
    """Store a TTL where it belongs, and who may set it."""
    if isinstance(target, CollectionPath):
        collection = resolve_collection(context, target)
        seen = read_collection_policy(context, collection)
        wanted = replace(seen, ttl=parse_ttl(span or ""))
        set_collection_policy(context, collection, seen=seen, wanted=wanted)
    elif isinstance(target, ProjectPath):
        set_project_ttl(context, target, parse_ttl(span or ""))
    else:
        team = read_team_ttl(context, target)
        changed = TeamTtl(
            team.ttl if span is None else parse_ttl(span),
            team.members_may_set_ttl if members is None else members,
        )
        set_team_ttl(context, target, seen=team, wanted=changed)


def _described(context: Context, target: Target) -> Mapping[str, object]:
    """Say what is set on a target."""
    if isinstance(target, CollectionPath):
        policy = read_collection_policy(context, resolve_collection(context, target))
        return {"ttl": format_ttl(policy.ttl)}
    if isinstance(target, ProjectPath):
        return {"ttl": format_ttl(read_project_ttl(context, target))}
    team = read_team_ttl(context, target)
    return {"ttl": format_ttl(team.ttl), "members_may_set_ttl": team.members_may_set_ttl}


def _label(target: Target) -> str:
    """Name a target with its kind."""
    if isinstance(target, CollectionPath):
        return f"collection {target}"
    return f"project {target}" if isinstance(target, ProjectPath) else f"team {target}"


def _print_settings(shown: Mapping[str, Mapping[str, object]], *, as_json: bool) -> None:
    """Print what is set, the widest first."""
    if as_json:
        print_json(shown)
        return
    print_facts({label: _words(settings) for label, settings in shown.items()})


def _words(settings: Mapping[str, object]) -> str:
    """Write a TTL, and who may set one, for people."""
    by_all = settings.get("members_may_set_ttl", True)
    return f"{settings['ttl']}{'' if by_all else '  (set by admins only)'}"


def _as_json(version: ScheduledVersion) -> dict[str, object]:
    """Write a version for programs."""
    expiry = version.expiry
    return {
        "version": str(version.path),
        "expires_at": expiry.expires_at,
        "ttl_seconds": expiry.ttl.span,
        "set_on": expiry.ttl.level,
        "suspended_by": expiry.suspended_by,
    }


def _row(version: ScheduledVersion) -> tuple[str, str, str, str]:
    """Write a version for people."""
    expiry = version.expiry
    at = expiry.expires_at
    when = f"{at:{_FORM}}" if at else f"suspended: {expiry.suspended_by}"
    return str(version.path), when, format_ttl(expiry.ttl.span), str(expiry.ttl.level)


def _print_report(report: ExpiryReport) -> None:
    """Print each version that went, or would go, and how many."""
    for path in report.by_ttl:
        click.echo(f"{path}  TTL ran out")
    for path in report.by_retention:
        click.echo(f"{path}  not kept by the retention policy")
    count = len(report.by_ttl) + len(report.by_retention)
    verb = "Would delete" if report.dry_run else "Deleted"
    advise(f"{verb} {counted(count, 'version')}.")
