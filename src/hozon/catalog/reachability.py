"""Reachability: what is needed, what is due, and what is of no use any more, as conditions.

Owns the one definition of each. Refuses to own statements.
"""

from sqlalchemy import ColumnElement, and_, exists

from hozon.catalog.schema import entries, entry_sources, keys, objects, pins, stray_keys, versions
from hozon.model.garbage import Cutoffs
from hozon.model.versions import VersionState

_REFERRER = versions.alias("referrer")
_REFERRED = exists().where(
    entry_sources.c.source_id == versions.c.id,
    _REFERRER.c.id == entry_sources.c.version_id,
    _REFERRER.c.state.in_((VersionState.COMMITTED, VersionState.DELETED)),
)


def due(cutoffs: Cutoffs) -> ColumnElement[bool]:
    """Tell deleted versions that may not be restored any more."""
    return and_(
        versions.c.state == VersionState.DELETED,
        versions.c.deleted_at <= cutoffs.deleted_until,
        ~_REFERRED,
    )


def abandoned(cutoffs: Cutoffs) -> ColumnElement[bool]:
    """Tell uploads whose lease ran out."""
    return and_(
        versions.c.state == VersionState.PENDING,
        versions.c.lease_expires_at <= cutoffs.lease_until,
    )


def reached(*by: ColumnElement[bool]) -> ColumnElement[bool]:
    """Tell objects that an entry of such a version has."""
    return exists().where(
        entries.c.digest == objects.c.digest,
        versions.c.id == entries.c.version_id,
        versions.c.store == objects.c.store,
        *by,
    )


def held(*by: ColumnElement[bool]) -> ColumnElement[bool]:
    """Tell objects that such an upload holds."""
    return exists().where(
        pins.c.digest == objects.c.digest,
        versions.c.id == pins.c.version_id,
        versions.c.store == objects.c.store,
        *by,
    )


def unreached(cutoffs: Cutoffs) -> ColumnElement[bool]:
    """Tell old objects that no version reaches, be it deleted, and that no upload holds."""
    alive = versions.c.state != VersionState.PURGED
    return and_(objects.c.created_at <= cutoffs.unreached_until, ~reached(alive), ~held())


def unreached_soon(cutoffs: Cutoffs) -> ColumnElement[bool]:
    """Tell those that nothing would reach if all that is due were purged and abandoned."""
    alive = and_(versions.c.state != VersionState.PURGED, ~due(cutoffs))
    old = objects.c.created_at <= cutoffs.unreached_until
    return and_(old, ~reached(alive), ~held(~abandoned(cutoffs)))


def old_stray(cutoffs: Cutoffs) -> ColumnElement[bool]:
    """Tell strays that were seen long enough ago: condemned by now, or gone by themselves."""
    return stray_keys.c.seen_at <= cutoffs.unreached_until


def unrecoverable(cutoffs: Cutoffs) -> ColumnElement[bool]:
    """Tell purged versions whose bytes are kept nowhere any more, and whose entries are."""
    return and_(
        versions.c.state == VersionState.PURGED,
        versions.c.purged_at <= cutoffs.removed_until,
        exists().where(entries.c.version_id == versions.c.id),
    )


def long_removed(cutoffs: Cutoffs) -> ColumnElement[bool]:
    """Tell keys that were removed so long ago that nothing brings them back."""
    return and_(keys.c.condemned_at.is_not(None), keys.c.removed_at <= cutoffs.removed_until)
