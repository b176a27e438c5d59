"""Expire: soft-delete what has lived its time, and what retention policies do not keep.

Owns what a pass does, in short transactions. Refuses to own which TTL applies and which version a
policy keeps; those are `hozon.model.expiry` and `hozon.model.retention`. Invariants: a version is
judged in the transaction that deletes it; its aliases are removed and remembered, and `latest`
falls to the newest version that is left; age is judged by the catalog's clock.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hozon.model.access import Action
from hozon.model.aliases import after_delete
from hozon.model.audit import Act
from hozon.model.deletion import DeleteReason
from hozon.model.expiry import cutoffs
from hozon.model.links import CollectionKind
from hozon.model.paths import ArtifactPath
from hozon.model.retention import (
    RetentionDecision,
    RetentionPolicy,
    VersionFacts,
    decide_retention,
    without_expired,
)
from hozon.model.versions import VersionId
from hozon.ports.catalog import CatalogSession, Collection, CollectionKey
from hozon.ports.retention import GovernedCollection, TimedVersion
from hozon.services.access import authorize_operator, may
from hozon.services.acts import as_collector, record_aliases, record_versions
from hozon.services.context import Context
from hozon.services.delete import take_links_along

Cutoffs = Mapping[timedelta, datetime]
"""For each span the latest creation whose time has come."""

TTL: Final = DeleteReason.TTL
"""The reason that is recorded of versions whose TTL ran out."""

RETENTION: Final = DeleteReason.RETENTION
"""The reason that is recorded of versions that a retention policy did not keep."""

_BATCH: Final = 500
"""How many versions a transaction deletes at most."""

_COLLECTIONS: Final = 100
"""How many collections with a policy are listed at a time."""


@dataclass(frozen=True, slots=True)
class ExpiryReport:
    """What a pass deleted, or would delete. `Api.expire` returns it.

    Examples:
        See what would go, and change nothing.

        ```python
        import hozon

        api = hozon.Api()
        collection = api.artifact_collection("model", "sweep-classifier")
        collection.retention = hozon.RetentionPolicy(keep_newest=1)
        collection.save()
        report = api.expire(dry_run=True)
        print(report.dry_run, report.by_ttl, len(report.by_retention))
        #> True () 2
        print(len(collection.artifacts()))
        #> 3
        ```
    """

    dry_run: bool
    """Whether nothing was changed."""

    by_ttl: tuple[str, ...]
    """The full paths of the versions whose TTL ran out, in the order in which they are deleted."""

    by_retention: tuple[str, ...]
    """The full paths of the versions that a retention policy does not keep."""


def expire(context: Context, *, dry_run: bool = False) -> ExpiryReport:
    """Soft-delete what has lived its time, then what retention policies do not keep.

    The collector does it, on nobody's behalf, whoever starts it.

    Args:
        context: The capabilities, and on whose behalf to start it.
        dry_run: Whether only to say what would go.

    Returns:
        What went, or would go.

    Raises:
        InvalidRetentionError: A stored policy is of a newer release.
        AccessDeniedError: They do not own the installation.

    Concurrency:
        Several may run at once, and beside everything else: each version is judged again in the
        transaction that deletes it. A pass that is interrupted has deleted a part; the next one
        goes on.
    """
    authorize_operator(context)
    context = as_collector(context)
    due = _due(context)
    by_ttl = list(_by_ttl(context, due, dry_run=dry_run))
    by_retention = list(_by_retention(context, due, dry_run=dry_run))
    return ExpiryReport(dry_run, tuple(map(str, by_ttl)), tuple(map(str, by_retention)))


def preview_retention(
    context: Context, collection: Collection, policy: RetentionPolicy
) -> Sequence[RetentionDecision]:
    """Say what a policy would keep of a collection now, and by which rules; nothing is changed.

    Args:
        context: The capabilities.
        collection: The collection.
        policy: Its policy, or one that it might have.

    Returns:
        A decision for each version, newest first; those whose TTL has run out are left out. None
        for those who may not see the collection.
    """
    due = _due(context)
    with context.catalog.read() as session:
        if not may(session, context, Action.READ, collection.path.at):
            return []
        return _decide(session, context, due, collection.key, policy)


def _due(context: Context) -> Cutoffs:
    """Say for each span in use up to which creation its versions have expired."""
    with context.catalog.read() as session:
        return cutoffs(session.retention.spans(), now=context.catalog.now())


def _by_ttl(context: Context, due: Cutoffs, *, dry_run: bool) -> Iterator[ArtifactPath]:
    """Delete what has expired, a batch at a time."""
    after: VersionId | None = None
    while True:
        with context.catalog.read() as session:
            found = session.retention.expired(due, after=after, limit=_BATCH)
        if not found:
            return
        after = found[-1].id
        yield from (version.path for version in _expire(context, due, found, dry_run=dry_run))


def _expire(
    context: Context, due: Cutoffs, found: Sequence[TimedVersion], *, dry_run: bool
) -> Sequence[TimedVersion]:
    """Delete those of some versions that are still due."""
    if dry_run:
        return found
    with context.catalog.write() as session:
        among = [version.id for version in found]
        still = session.retention.expired(due, among=among, limit=len(among))
        by_collection = defaultdict[CollectionKey, list[VersionId]](list)
        for version in still:
            by_collection[version.collection].append(version.id)
        for key, gone in by_collection.items():
            _delete(session, context, key, gone, reason=TTL)
    return still


def _by_retention(context: Context, due: Cutoffs, *, dry_run: bool) -> Iterator[ArtifactPath]:
    """Delete what policies do not keep, a collection after the other.

    Portfolios come last: a link that goes keeps its source until the next pass.
    """
    for kind in (CollectionKind.SEQUENCE, CollectionKind.PORTFOLIO):
        after: CollectionKey | None = None
        while True:
            with context.catalog.read() as session:
                found = session.retention.governed(kind, after=after, limit=_COLLECTIONS)
            for collection in found:
                yield from _retain(context, due, collection, dry_run=dry_run)
            if len(found) < _COLLECTIONS:
                break
            after = found[-1].key


def _retain(
    context: Context, due: Cutoffs, collection: GovernedCollection, *, dry_run: bool
) -> Iterator[ArtifactPath]:
    """Delete what the policy of a collection does not keep, oldest first."""
    while True:
        # Most collections have nothing that goes, and so no reason to wait for other writers.
        with context.catalog.read() as session:
            going = _going(_decide(session, context, due, collection.key, collection.retention))
        if going and not dry_run:
            with context.catalog.write() as session:
                going = _delete_going(session, context, due, collection.key)
        yield from (ArtifactPath.at_index(collection.path, facts.index) for facts in going)
        if dry_run or not going:
            return


def _delete_going(
    session: CatalogSession, context: Context, due: Cutoffs, key: CollectionKey
) -> Sequence[VersionFacts]:
    """Delete at most a batch of what the policy, as it is now, does not keep."""
    policy = session.retention.collection_policy(key).retention
    if policy is None:
        return []
    going = _going(_decide(session, context, due, key, policy))[:_BATCH]
    for facts in going:
        if facts.linked:
            take_links_along(session, context, session.links.to_version(facts.id))
    if going:
        _delete(session, context, key, [facts.id for facts in going], reason=RETENTION)
    return going


def _going(decisions: Sequence[RetentionDecision]) -> Sequence[VersionFacts]:
    """List what goes, oldest first."""
    return [decision.facts for decision in reversed(decisions) if decision.goes]


def _decide(
    session: CatalogSession,
    context: Context,
    due: Cutoffs,
    key: CollectionKey,
    policy: RetentionPolicy,
) -> Sequence[RetentionDecision]:
    """Weigh a policy for the versions of a collection whose TTL has not run out."""
    facts = session.retention.facts(key, metric=policy.metric)
    keys = [version.id for version in facts]
    expired = session.retention.expired(due, among=keys, limit=len(keys)) if due and keys else ()
    left = without_expired(facts, gone={version.id for version in expired})
    return decide_retention(policy, left, now=context.catalog.now())


def _delete(
    session: CatalogSession,
    context: Context,
    key: CollectionKey,
    gone: Sequence[VersionId],
    *,
    reason: DeleteReason,
) -> None:
    """Soft-delete versions of a collection; their aliases are removed and remembered."""
    now, going = context.catalog.now(), set(gone)
    pointers = session.collections.pointers(key)
    session.versions.remember_aliases(
        {alias: version for alias, version in pointers.items() if version in going}
    )
    session.deleted.add(gone, reason=reason, by=context.principal, now=now)
    left = after_delete(pointers, deleted=gone, newest=session.versions.newest(key))
    session.collections.set_pointers(key, left, now=now)
    versions = session.versions.get_all(gone)
    had = defaultdict[VersionId, list[str]](list)
    for alias, version in pointers.items():
        had[version].append(alias)
    details = {"reason": str(reason)}
    gone_links = [version for version in versions if version.is_link]
    own = [version for version in versions if not version.is_link]
    record_versions(session, context, Act.DELETE, own, aliases=had, details=details)
    record_versions(session, context, Act.UNLINK, gone_links, aliases=had, details=details)
    record_aliases(session, context, before=pointers, after=left, told=going)
