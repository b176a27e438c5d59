# ruff: noqa: ANN401, SLF001  Faults reach into what they break, whatever it is.
"""Nine faults that would lose data or leave it behind, as patches.

Owns the faults. Refuses to own finding them; the machine must, or it proves nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from sqlalchemy import delete, true

from hozon.catalog import garbage as garbage_sql
from hozon.catalog.garbage import SqlGarbage
from hozon.catalog.objects import SqlObjects
from hozon.catalog.schema import keys
from hozon.catalog.versions import SqlVersions
from hozon.model.digests import ContentDigest
from hozon.model.garbage import Cutoffs, Windows
from hozon.model.names import MAIN_STORE
from hozon.model.places import Place
from hozon.model.versions import Version, VersionId, VersionState
from hozon.services import uploads
from hozon.services.context import Context
from hozon.services.garbage import collect, rewrite, sweep
from hozon.services.garbage.tenure import Tenure

Plant = Callable[[pytest.MonkeyPatch], None]


def no_pin(patch: pytest.MonkeyPatch) -> None:
    """A writer holds nothing of what it found in the store."""
    patch.setattr(SqlObjects, "pin", lambda *_: None)


def place_before_copy(patch: pytest.MonkeyPatch) -> None:
    """Rewriting moves the places first, and copies the bytes then."""

    def copy_then(context: Context, tenure: Tenure, group: Any, key: str) -> int:
        with context.catalog.read() as session:
            objects = [item for use in group for item in session.garbage.objects_in(use.key)]
        places, at = dict[ContentDigest, Place](), 0
        for item in objects:
            places[item.digest] = Place(key, at, item.place.length)
            at += item.place.length
        with tenure.write() as session:
            session.garbage.move(
                places, away_from=[use.key for use in group], now=context.catalog.now()
            )
        with uploads.scratch_space(context) as folder:
            copy = folder / "rewritten"
            rewrite._copy(context, objects, copy, key)
            rewrite.put_checked(
                context, key, copy, [(d, p.offset, p.length) for d, p in places.items()]
            )
        return at

    patch.setattr(rewrite, "_rewrite", copy_then)


def pin_after_check(patch: pytest.MonkeyPatch) -> None:
    """A writer looks for what is stored first, and holds it then."""
    waiting: dict[VersionId, list[ContentDigest]] = {}
    pin, renew = SqlObjects.pin, SqlVersions.renew

    def pin_later(_self: SqlObjects, version: VersionId, digests: Iterable[ContentDigest]) -> None:
        waiting[version] = list(digests)

    def renew_and_pin(self: SqlVersions, version: VersionId, **options: Any) -> bool:
        done = renew(self, version, **options)
        if done:
            pin(SqlObjects(self._connection, MAIN_STORE), version, waiting.pop(version, []))
        return done

    patch.setattr(SqlObjects, "pin", pin_later)
    patch.setattr(SqlVersions, "renew", renew_and_pin)


def shared_keys(patch: pytest.MonkeyPatch) -> None:
    """The key of an upload follows from its content, so that two uploads may share it."""
    begin = uploads._Plan._begin

    def begin_shared(self: Any, key: Any, file: Any, parts: Sequence[Any]) -> Any:
        upload = begin(self, key, file, parts)
        name = "-".join(digest[:12] for digest, _, _ in parts)
        return replace(upload, key=f"packs/shared/{name}")

    add = SqlObjects.add

    def add_shared(
        self: SqlObjects, places: Mapping[ContentDigest, Place], *, now: datetime
    ) -> int:
        for key in {place.key for place in places.values()}:
            self._connection.execute(delete(keys).where(keys.c.key == key))
        return add(self, places, now=now)

    patch.setattr(uploads._Plan, "_begin", begin_shared)
    patch.setattr(SqlObjects, "add", add_shared)


def delete_before_condemn(patch: pytest.MonkeyPatch) -> None:
    """Keys are removed as soon as nothing seems to reach them, before their places are taken."""
    condemn = sweep.condemn_unreached

    def remove_first(stores: Sequence[Context], cutoffs: Cutoffs, tenure: Tenure | None) -> Any:
        (context,) = stores
        with context.catalog.read() as session:
            found = session.garbage.unreached(cutoffs, after=None, limit=1000).objects
            dead = {item.digest for item in found}
            keys = {item.place.key for item in found}
            gone = [k for k in keys if {o.digest for o in session.garbage.objects_in(k)} <= dead]
        context.store.discard(gone, now=context.catalog.now())
        return condemn(stores, cutoffs, tenure)

    patch.setattr(collect, "condemn_unreached", remove_first)


def off_by_one_window(patch: pytest.MonkeyPatch) -> None:
    """A version is purged a moment before its window ends."""
    real = Windows.cutoffs

    def early(self: Windows, now: datetime) -> Cutoffs:
        cutoffs = real(self, now)
        return replace(cutoffs, deleted_until=cutoffs.deleted_until + timedelta(microseconds=1))

    patch.setattr(Windows, "cutoffs", early)


def wrong_clock(patch: pytest.MonkeyPatch) -> None:
    """The collector judges ages by a clock of its own, which is ahead."""
    real = Windows.cutoffs
    ahead = timedelta(days=3)
    patch.setattr(Windows, "cutoffs", lambda self, now: real(self, now + ahead))


def restore_over_purged(patch: pytest.MonkeyPatch) -> None:
    """A purged version is restored as if its bytes were there."""

    def restore(context: Context, version: Version, **_options: Any) -> None:
        with context.catalog.write() as session:
            now = context.catalog.now()
            session.versions.change_state(
                version.id, VersionState.COMMITTED, by=context.principal, now=now
            )

    import lifecycle  # noqa: PLC0415  It is being patched.

    patch.setattr(lifecycle, "restore_version", restore)


def double_free(patch: pytest.MonkeyPatch) -> None:
    """What a purged version held goes with it, whoever else has it."""
    purge = SqlGarbage.purge

    def purge_all(
        self: SqlGarbage, versions: Iterable[VersionId], *, by: str, now: datetime
    ) -> None:
        going = list(versions)
        held = [
            ContentDigest(entry.digest)
            for version in going
            for entry in SqlVersions(self._connection).manifest(version)
        ]
        purge(self, going, by=by, now=now)
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(garbage_sql, "unreached", lambda _: true())
            self.condemn(sorted(set(held)), Windows().cutoffs(now))

    patch.setattr(SqlGarbage, "purge", purge_all)


FAULTS: Final[Sequence[Plant]] = (
    no_pin,
    place_before_copy,
    pin_after_check,
    shared_keys,
    delete_before_condemn,
    off_by_one_window,
    wrong_clock,
    restore_over_purged,
    double_free,
)
"""Each of them, alone, must be found."""
