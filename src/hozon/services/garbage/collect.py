"""Collect: one pass of garbage collection, from its first step to its last.

Owns the order of the steps. Refuses to own any of them; see `hozon.services.garbage`. Invariant: a
store found damaged loses nothing more.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from hozon.model.audit import Act
from hozon.model.garbage import (
    MAX_UNUSED,
    CollectReport,
    Cutoffs,
    Windows,
    check_max_unused,
)
from hozon.model.metadata import JsonObject
from hozon.ports.garbage import Outlook
from hozon.services.access import authorize_operator
from hozon.services.acts import as_collector, record_versions
from hozon.services.context import Context
from hozon.services.expire import expire
from hozon.services.garbage.rewrite import rewrite_keys
from hozon.services.garbage.survey import survey
from hozon.services.garbage.sweep import (
    condemn_unreached,
    dead_bytes,
    forget_removed,
    remove_condemned,
)
from hozon.services.garbage.tenure import Tenure, collecting

_BATCH: Final = 200
"""How many versions are purged, or uploads abandoned, in one transaction."""

COLLECTOR: Final = "garbage collection"
"""By what versions are purged, for people."""

Tell = Callable[[str], None]
"""Is told which step begins."""


@dataclass(frozen=True, slots=True)
class CollectOptions:
    """How to collect."""

    windows: Windows | None = None
    """How long to wait before something is given up; None for what the settings say."""

    max_unused: float = MAX_UNUSED
    """Which share of a key may be dead before it is rewritten, from 0 to 1."""

    dry_run: bool = False
    """Whether to change nothing, and only tell what would be done."""


def collect_garbage(
    context: Context, options: CollectOptions | None = None, *, tell: Tell = lambda _: None
) -> CollectReport:
    """Purge what may not be restored any more, and remove the bytes that nothing needs.

    Args:
        context: The capabilities, and on whose behalf to act.
        options: How to collect.
        tell: Is told which step begins.

    Returns:
        What was done. A store that lost something that is needed is reported as damaged; then
        nothing was given up.

    Raises:
        AccessDeniedError: They do not own the installation.
        InputError: The share of dead bytes is not between 0 and 1.
        CollectorBusyError: Another collector is at work; wait for it.
        CollectorLeaseError: The collector was silent for too long, and another took over.
        InvalidSettingError: A team has bytes in a store that the settings do not name.
        StorageError: The store cannot be reached; the next pass goes on.
        CatalogError: The catalog failed; the next pass goes on.
    """
    authorize_operator(context)
    chosen = options or CollectOptions()
    check_max_unused(chosen.max_unused)
    context.catalog.take_stock()
    began_at = context.catalog.now()
    cutoffs = (chosen.windows or context.windows).cutoffs(began_at)
    if chosen.dry_run:
        return _rehearse(context, cutoffs, tell)
    expired = _expire(context, tell)
    with collecting(context) as tenure:
        report = _collect(context, chosen, cutoffs, tenure, tell)
        report = replace(report, versions_expired=expired)
        _record(context, tenure, report, began_at=began_at)
    return report


def last_pass(context: Context) -> datetime | None:
    """Tell when the last pass began that came to its end.

    Args:
        context: The capabilities.

    Returns:
        The time, UTC; None before the first.

    Raises:
        AccessDeniedError: They do not own the installation.
    """
    authorize_operator(context)
    with context.catalog.read() as session:
        return session.garbage.last_pass()


def is_due(context: Context, interval: timedelta) -> bool:
    """Tell whether the last pass is so long ago, or the first write, if there was no pass yet.

    Args:
        context: The capabilities.
        interval: How long, more than nothing.

    Returns:
        Whether it is; False for an empty catalog.

    Raises:
        AccessDeniedError: They do not own the installation.
        CatalogError: The catalog failed.
    """
    authorize_operator(context)
    with context.catalog.read() as session:
        since = session.garbage.uncollected_since()
    return since is not None and context.catalog.now() - since >= interval


def _collect(
    context: Context, options: CollectOptions, cutoffs: Cutoffs, tenure: Tenure, tell: Tell
) -> CollectReport:
    """Go through all steps."""
    tell("Giving up uploads that fell silent")
    abandoned = _abandon(context, cutoffs, tenure)
    tell("Comparing the store with the catalog")
    stores = list(context.each_store())
    seen = survey(stores, cutoffs, tenure)
    if seen.missing:
        return CollectReport(
            uploads_abandoned=abandoned,
            strays_waiting=seen.strays_waiting,
            missing=tuple(seen.missing),
        )
    tell("Purging versions")
    purged = _purge(context, cutoffs, tenure)
    tell("Looking for objects that nothing needs")
    condemned = condemn_unreached(stores, cutoffs, tenure)
    tell("Rewriting keys that are mostly dead")
    rewritten = rewrite_keys(stores, tenure, max_unused=options.max_unused)
    tell("Removing keys")
    removed = remove_condemned(stores, tenure)
    trash_bytes = forget_removed(stores, cutoffs, tenure)
    restorable = _outlook(context, cutoffs).versions_restorable
    return CollectReport(
        uploads_abandoned=abandoned,
        versions_purged=purged,
        versions_restorable=restorable,
        objects_condemned=condemned.count,
        condemned_bytes=condemned.size,
        keys_removed=removed.count,
        freed_bytes=removed.size,
        strays_waiting=seen.strays_waiting,
        strays_removed=seen.strays_condemned,
        keys_rewritten=rewritten.keys,
        copied_bytes=rewritten.size,
        dead_bytes=dead_bytes(stores),
        trash_bytes=trash_bytes,
        failures={**rewritten.failures, **removed.failures},
    )


def _rehearse(context: Context, cutoffs: Cutoffs, tell: Tell) -> CollectReport:
    """Tell what a pass would do, without changing anything."""
    tell("Comparing the store with the catalog")
    stores = list(context.each_store())
    seen = survey(stores, cutoffs, None)
    tell("Looking for objects that nothing needs")
    condemned = condemn_unreached(stores, cutoffs, None)
    outlook = _outlook(context, cutoffs)
    return CollectReport(
        dry_run=True,
        versions_expired=_expire(context, tell, dry_run=True),
        uploads_abandoned=outlook.uploads_due,
        versions_purged=outlook.versions_due,
        versions_restorable=outlook.versions_restorable,
        objects_condemned=condemned.count,
        condemned_bytes=condemned.size,
        strays_waiting=seen.strays_waiting,
        dead_bytes=dead_bytes(stores),
        missing=tuple(seen.missing),
    )


def _abandon(context: Context, cutoffs: Cutoffs, tenure: Tenure) -> int:
    """Give up uploads whose lease ran out, together with what they held."""
    total = 0
    while _outlook(context, cutoffs).uploads_due:
        with tenure.write() as session:
            found = session.garbage.expired_uploads(cutoffs, limit=_BATCH)
            for version, upload_id in found.items():
                session.versions.abandon(version, upload_id=upload_id)
        total += len(found)
    return total


def _purge(context: Context, cutoffs: Cutoffs, tenure: Tenure) -> int:
    """Purge versions that may not be restored any more.

    What refers to another version goes first, and the other one in the next round.
    """
    total = 0
    while _outlook(context, cutoffs).versions_due:
        with tenure.write() as session:
            found = session.garbage.purgeable(cutoffs, limit=_BATCH)
            versions = session.versions.get_all(found)
            session.garbage.purge(found, by=COLLECTOR, now=context.catalog.now())
            record_versions(session, as_collector(context), Act.PURGE, versions)
        total += len(found)
    return total


def _expire(context: Context, tell: Tell, *, dry_run: bool = False) -> int:
    """Delete what has lived its time; it can be restored as whatever is deleted."""
    tell("Deleting versions whose time has come")
    report = expire(context, dry_run=dry_run)
    return len(report.by_ttl) + len(report.by_retention)


def _outlook(context: Context, cutoffs: Cutoffs) -> Outlook:
    """Look without keeping anybody from writing: most passes find nothing to do."""
    with context.catalog.read() as session:
        return session.garbage.outlook(cutoffs)


def _record(context: Context, tenure: Tenure, report: CollectReport, *, began_at: datetime) -> None:
    """Remember the pass, so that everybody knows when the last one was."""
    with tenure.write() as session:
        session.garbage.record_pass(
            began_at=began_at, now=context.catalog.now(), report=report_as_json(report)
        )


def report_as_json(report: CollectReport) -> JsonObject:
    """Turn a report into JSON values.

    Args:
        report: What a pass did.
    """
    values = asdict(report)
    return {**values, "failures": dict(report.failures), "missing": list(report.missing)}
