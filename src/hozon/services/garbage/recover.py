"""Recover: bring a purged version back, as long as its bytes are somewhere.

Owns finding old bytes and proving them. Invariant: a version comes back only whole; every object
that is brought back is read and checked first.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import count

from hozon.errors import HozonError, MissingObjectError, VersionStateError
from hozon.model.access import Action
from hozon.model.audit import Act
from hozon.model.digests import ContentDigest, digest_of_chunks
from hozon.model.missing import no_artifact
from hozon.model.places import Place, pack_key
from hozon.model.versions import Version, VersionState
from hozon.ports.catalog import CatalogSession
from hozon.services.access import authorize, authorize_content
from hozon.services.acts import record_act
from hozon.services.context import Context
from hozon.services.garbage.tenure import collecting
from hozon.services.resolve import read_entries


def recover_version(context: Context, version: Version) -> Version:
    """Make a purged version committed again, with bytes from the trash or old versions.

    Its aliases are not given back: they were forgotten when it was purged.

    Args:
        context: The capabilities, and on whose behalf to act.
        version: A purged version.

    Returns:
        The version as it is now.

    Raises:
        CollectionNotFoundError: They may not see it.
        AccessDeniedError: They may see it, and not restore it.
        InvalidSettingError: Its bytes were in a store that the settings do not name.
        VersionStateError: It is not purged; a deleted one can be restored.
        MissingObjectError: Some of its bytes, or the list of its files, are kept nowhere any more;
            nothing was changed.
        CollectorBusyError: A collector is at work; wait for it.
        StorageError: The store refused or failed.
        CatalogError: The catalog failed.
    """
    context = context.for_version(version)
    with context.catalog.read() as session:  # Before the lease of the collector is taken for it.
        _authorize(session, context, version)
    with collecting(context) as tenure:
        _check_purged(context, version)
        missing = _missing(context, version)
        rescue = _Rescue(context)
        try:
            places = rescue.bring_back(missing, name=version.name)
            with tenure.write() as session:
                _authorize(session, context, version)
                session.garbage.recover(
                    version.id, places, sizes=rescue.sizes, now=context.catalog.now()
                )
                record_act(session, context, Act.RECOVER, session.versions.get(version.id).path)
        except BaseException:
            rescue.undo()
            raise
    with context.catalog.read() as session:
        return session.versions.get(version.id)


def _authorize(session: CatalogSession, context: Context, version: Version) -> None:
    """Let those bring a version back who may restore one."""
    missing = no_artifact(version.collection)
    authorize(session, context, Action.DELETE, version.collection.at, missing=missing)
    authorize_content(session, context, version.id, missing=missing)


def _check_purged(context: Context, version: Version) -> None:
    """Refuse what need not be recovered."""
    with context.catalog.read() as session:
        state = session.versions.get(version.id).state
    if state is not VersionState.PURGED:
        hint = "Restore it with restore()." if state is VersionState.DELETED else "Use it as it is."
        raise VersionStateError(f"{version.path} is {state}, not purged", hint=hint)


def _missing(context: Context, version: Version) -> dict[ContentDigest, str]:
    """Find what a version needs and the store has not: digest → the first path that has it."""
    missing: dict[ContentDigest, str] = {}
    count_of_entries = 0
    for entries in read_entries(context, version.id, batch=_BATCH):
        count_of_entries += len(entries)
        needed = {e.content: e.path for e in reversed(entries) if e.content is not None}
        with context.catalog.read() as session:
            stored = session.objects.places(needed)
        missing.update({d: path for d, path in needed.items() if d not in stored})
    if count_of_entries < version.file_count:
        raise MissingObjectError(
            f"The list of the files of {version.path} was removed",
            hint="It is kept for as long as HOZON_TRASH_WINDOW says, and not after an erase."
            " Restore the catalog from a backup.",
        )
    return missing


_BATCH = 4096


class _Rescue:
    """Copies old bytes to new keys, one key after the other."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._names = _new_keys()
        self._made: list[str] = []
        self.sizes: dict[str, int] = {}
        """New keys, and the size of each in bytes."""

    def bring_back(
        self, missing: Mapping[ContentDigest, str], *, name: str
    ) -> dict[ContentDigest, Place]:
        """Find every object under one of the keys that it once had."""
        with self._context.catalog.read() as session:
            once = session.garbage.lost_places(missing)
        by_key = defaultdict[str, dict[ContentDigest, Place]](dict)
        for item in once:
            by_key[item.place.key][item.digest] = item.place
        found: dict[ContentDigest, Place] = {}
        for key, old in by_key.items():
            wanted = {digest: place for digest, place in old.items() if digest not in found}
            if wanted:
                found.update(self._copy(key, wanted))
        lost = [path for digest, path in missing.items() if digest not in found]
        if lost:
            raise MissingObjectError(
                f"The bytes of {len(lost)} files of {name} are kept nowhere any more, such as"
                f" those of {lost[0]!r}",
                hint="Look into backups of the store: its trash, or its old versions, are empty.",
            )
        return found

    def _copy(
        self, key: str, wanted: Mapping[ContentDigest, Place]
    ) -> Iterable[tuple[ContentDigest, Place]]:
        """Bring a key back under a new one, and check what is needed of it."""
        new_key = next(self._names)
        self._made.append(new_key)
        if not self._context.store.recover(key, new_key):
            return []
        stored = next((k for k in self._context.store.keys(new_key) if k.key == new_key), None)
        self.sizes[new_key] = stored.size if stored else 0
        right: list[tuple[ContentDigest, Place]] = []
        for digest, place in wanted.items():
            here = Place(new_key, place.offset, place.length)
            if self._is_right(digest, here):
                right.append((digest, here))
        if not right:
            self.sizes.pop(new_key)
            self._context.store.delete([new_key])
        return right

    def _is_right(self, digest: ContentDigest, place: Place) -> bool:
        """Read what was brought back."""
        try:
            return digest_of_chunks(self._context.store.read(place)) == digest
        except HozonError:
            return False

    def undo(self) -> None:
        """Remove the new keys, unless something has a place there.

        An interrupt may arrive just after the commit. What cannot be told now is left to the
        collector, as a stray.
        """
        with suppress(HozonError):
            # As a writer, so that a transaction that may still be recording places ends first.
            with self._context.catalog.write() as session:
                unused = session.garbage.unknown_keys(self._made)
            self._context.store.delete(unused)


def _new_keys() -> Iterator[str]:
    """Name keys that nobody ever used."""
    recovery_id = uuid.uuid4().hex
    return (pack_key(recovery_id, number) for number in count())
