"""Erase: leave nothing of a version, for the sake of privacy.

Owns what has to go, and the proof that it went. Invariants: what other versions share stays, and
is reported; the list of files goes last, so that an interrupted erase can be finished.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

from hozon.errors import ObjectInUseError, StorageError, VersionStateError
from hozon.model.access import Action
from hozon.model.audit import Act
from hozon.model.digests import ContentDigest
from hozon.model.garbage import Windows
from hozon.model.missing import no_artifact
from hozon.model.versions import Version, VersionState
from hozon.ports.catalog import CatalogSession
from hozon.services.access import Sight, authorize, authorize_content, authorize_operator
from hozon.services.acts import record_act
from hozon.services.context import Context
from hozon.services.garbage.rewrite import rewrite
from hozon.services.garbage.tenure import Tenure, collecting

ERASE = "erase"
"""By what versions are purged, for people."""

_AT_ONCE = Windows(restore=timedelta(), trash=timedelta(), grace=timedelta())


@dataclass(frozen=True, slots=True)
class EraseReport:
    """What was erased, and what was not because others need it."""

    digests: Sequence[ContentDigest]
    """Objects of which nothing is left: no live byte, no trash, no old version of a bucket."""

    keys: Sequence[str]
    """Keys that were erased; each was looked for afterwards and not found."""

    shared: Mapping[ContentDigest, Sequence[str]]
    """Objects that stay, and the versions that reach them, the first hundred of each."""


def erase_version(context: Context, version: Version) -> EraseReport:
    """Remove the bytes of a deleted version from everywhere, and the list of its files.

    Args:
        context: The capabilities, and on whose behalf to act.
        version: A deleted or purged version. Nobody can restore or recover it afterwards.

    Returns:
        What went, and what stays because other versions share it.

    Raises:
        CollectionNotFoundError: They may not see it.
        AccessDeniedError: They are no admin of the team.
        InvalidSettingError: Its bytes are in a store that the settings do not name.
        VersionStateError: It is not deleted; delete it first.
        CollectorBusyError: A collector is at work; wait for it.
        StorageError: Something could not be erased; erase it again to go on.
        CatalogError: The catalog failed; erase it again to go on.
    """
    context = context.for_version(version)
    with context.catalog.read() as session:  # Before the lease of the collector is taken for it.
        _authorize(session, context, version)
    with collecting(context) as tenure:
        digests = _purge(context, tenure, version)
        report = _erase(context, tenure, digests)
        with tenure.write() as session:
            session.garbage.erase_version(version.id)
            record_act(session, context, Act.ERASE, session.versions.get(version.id).path)
    return report


def _authorize(session: CatalogSession, context: Context, version: Version) -> None:
    """Let only admins erase: nobody can undo it."""
    at = version.collection.at
    missing = no_artifact(version.collection)
    authorize(session, context, Action.ADMINISTER, at, missing=missing)
    authorize_content(session, context, version.id, missing=missing)


def erase_object(context: Context, digest: ContentDigest) -> EraseReport:
    """Remove an object that no version needs from everywhere.

    Args:
        context: The capabilities, and on whose behalf to act.
        digest: Its SHA-256.

    Returns:
        What went.

    Raises:
        AccessDeniedError: They do not own the installation.
        ObjectInUseError: Versions or uploads need it; erase those versions first, and let the
            uploads end.
        CollectorBusyError: A collector is at work; wait for it.
        StorageError: It could not be erased; erase it again to go on.
        CatalogError: The catalog failed; erase it again to go on.
    """
    authorize_operator(context)
    parts = list(context.each_store())
    for part in parts:
        _check_unneeded(part, digest)
    with collecting(context) as tenure:
        erased = [_erase(part, tenure.of(part), [digest]) for part in parts]
    return EraseReport(
        digests=list(dict.fromkeys(chain.from_iterable(report.digests for report in erased))),
        keys=[
            part.name_of(key)
            for part, report in zip(parts, erased, strict=True)
            for key in report.keys
        ],
        shared={digest: paths for report in erased for digest, paths in report.shared.items()},
    )


def _check_unneeded(context: Context, digest: ContentDigest) -> None:
    """Refuse to erase what a version or an upload needs."""
    with context.catalog.read() as session:
        reasons = session.garbage.reasons(digest)
    if reasons.version_count or reasons.uploads:
        names = ", ".join(str(version.path) for version in reasons.versions[:5])
        raise ObjectInUseError(
            f"{digest[:12]}… is still needed. Versions: {reasons.version_count}"
            f" ({names or 'none'}). Uploads: {reasons.uploads}",
            hint="Delete and erase those versions first, and let the uploads end.",
        )


def _purge(context: Context, tenure: Tenure, version: Version) -> list[ContentDigest]:
    """Purge a deleted version whatever its window, and list what it held."""
    with tenure.write() as session:
        _authorize(session, context, version)
        current = session.versions.get(version.id)
        state = current.state
        if state not in {VersionState.DELETED, VersionState.PURGED}:
            raise VersionStateError(
                f"{version.path} is {state} and cannot be erased",
                hint="Delete it first; what is erased can never be restored.",
            )
        if state is VersionState.DELETED:
            session.garbage.purge([version.id], by=ERASE, now=context.catalog.now())
            # Nothing brings this back, even if the bytes cannot be erased now.
            record_act(session, context, Act.PURGE, current.path, {"reason": "erase"})
        return sorted({digest for digest, _ in session.versions.manifest(version.id).contents()})


def _erase(context: Context, tenure: Tenure, digests: Sequence[ContentDigest]) -> EraseReport:
    """Erase objects that nothing reaches, wherever they lie or once lay."""
    cutoffs = _AT_ONCE.cutoffs(context.catalog.now())
    with tenure.write() as session:
        session.garbage.condemn(digests, cutoffs)
        stored = session.objects.places(digests)
    gone = [digest for digest in digests if digest not in stored]
    with context.catalog.read() as session:
        keys = sorted({item.place.key for item in session.garbage.lost_places(gone)})
        shared = {d: _sharing(session, context, d) for d in stored}
    _move_away(context, tenure, keys)
    _remove(context, keys)
    _forget_cached(context, gone)
    with tenure.write() as session:
        session.garbage.erase_objects(gone, keys)
    return EraseReport(digests=gone, keys=keys, shared=shared)


def _sharing(session: CatalogSession, context: Context, digest: ContentDigest) -> list[str]:
    """Name the versions that share an object; those that may not be seen only to the operator."""
    versions, sight = session.garbage.reasons(digest).versions, Sight(session, context)
    return [
        str(version.path)
        for version in versions
        if context.principal.operator or sight.shows(version.collection.at)
    ]


def _move_away(context: Context, tenure: Tenure, keys: Iterable[str]) -> None:
    """Copy what others need out of keys that are to be erased."""
    with context.catalog.read() as session:
        uses = [use for key in keys if (use := session.garbage.use_of(key)) is not None]
    failures = rewrite(context, tenure, uses).failures
    for key, reason in failures.items():
        raise StorageError(
            f"{key} holds objects that others need, and they could not be copied: {reason}",
            hint="Erase it again; if it stays so, verify the versions that need them.",
        )


def _remove(context: Context, keys: Sequence[str]) -> None:
    """Erase keys from the store, and look whether they are gone."""
    failures = dict(context.store.erase(keys))
    for key in keys:
        if any(stored.key == key for stored in context.store.keys(key)):
            failures.setdefault(key, "it is still listed")
    for key, reason in failures.items():
        raise StorageError(
            f"{key} could not be erased from {context.store.url}: {reason}",
            hint="Check that the credentials may delete old versions, and erase it again.",
        )


def _forget_cached(context: Context, digests: Iterable[ContentDigest]) -> None:
    """Remove what this machine keeps of objects that it read."""
    if context.cache is not None:
        for digest in digests:
            context.cache.discard(digest)
