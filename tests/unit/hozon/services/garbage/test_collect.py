"""Collect: what goes, what stays, and what a pass tells."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from collecting import WINDOWS, Collect, Log, Remove, digests_of, download, keys_of, stored_bytes
from hozon.errors import (
    CollectorBusyError,
    CollectorLeaseError,
    InputError,
    StorageError,
    UploadLeaseError,
)
from hozon.model.garbage import CLOCK_SKEW, COLLECTOR_LEASE, CollectReport, Windows
from hozon.model.places import PackSizes, Place
from hozon.model.versions import VersionState
from hozon.services import uploads
from hozon.services.commit import commit_version
from hozon.services.contents import StagedFile
from hozon.services.context import Context
from hozon.services.delete import delete_version
from hozon.services.drafts import hold_content, release_content
from hozon.services.garbage.collect import collect_garbage, last_pass
from hozon.services.garbage.tenure import collecting
from hozon.services.leases import LEASE
from hozon.services.references import refer_to_entry
from hozon.services.resolve import find_entry
from hozon.testing.clocks import ManualClock
from hozon.testing.memory import MemoryObjectStore
from worlds import Logger

DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)


def state_of(context: Context, version_id: int) -> VersionState:
    """Read the state of a version."""
    with context.catalog.read() as session:
        return session.versions.get(version_id).state  # type: ignore[arg-type]


def test_what_nothing_reaches_goes(
    log: Log, remove: Remove, collect: Collect, store: MemoryObjectStore
) -> None:
    """A deleted version past its window takes its bytes along."""
    remove(log({"a": b"one"}))
    report = collect()
    assert keys_of(store) == []
    assert report == CollectReport(
        versions_purged=1,
        objects_condemned=1,
        condemned_bytes=3,
        keys_removed=1,
        freed_bytes=3,
    )


def test_a_second_pass_finds_nothing(log: Log, remove: Remove, collect: Collect) -> None:
    """All is done after the first."""
    remove(log({"a": b"one"}))
    collect()
    assert collect() == CollectReport()


def test_what_a_version_reaches_stays(
    log: Log, remove: Remove, collect: Collect, context: Context, tmp_path: Path
) -> None:
    """Bytes that two versions share go with neither of them alone."""
    old = log({"a": b"one", "b": b"two"})
    new = log({"a": b"one", "c": b"three"})
    remove(old)
    assert collect().objects_condemned == 1
    assert download(context, new, tmp_path) == {"a": b"one", "c": b"three"}


@pytest.mark.parametrize(("waited", "purged"), [(7 * DAY - MOMENT, 0), (7 * DAY, 1)])
def test_a_version_may_be_restored_until_the_last_moment(
    log: Log,
    collect: Collect,
    context: Context,
    clock: ManualClock,
    *,
    waited: timedelta,
    purged: int,
) -> None:
    """It is purged seven days after its delete, and not before."""
    version = log({"a": b"one"})
    delete_version(context, version, delete_aliases=True)
    clock.advance(waited)
    report = collect()
    assert (report.versions_purged, report.versions_restorable) == (purged, 1 - purged)
    assert report.objects_condemned == purged


@pytest.mark.parametrize(("waited", "condemned"), [(DAY - MOMENT, 0), (DAY, 1)])
def test_young_objects_are_left_alone(
    log: Log,
    collect: Collect,
    context: Context,
    clock: ManualClock,
    *,
    waited: timedelta,
    condemned: int,
) -> None:
    """What failed an hour ago may be tried again, and need not be sent again."""
    version = log({"a": b"one"})
    delete_version(context, version, delete_aliases=True)
    clock.advance(waited)
    windows = replace(WINDOWS, restore=timedelta())
    assert collect(windows).objects_condemned == condemned


def test_a_draft_keeps_what_it_takes_over(log: Log, collect: Collect, context: Context) -> None:
    """Until it is given up."""
    version = log({"a": b"one"})
    holder = hold_content(context, version)
    delete_version(context, version, delete_aliases=True)
    windows = replace(WINDOWS, restore=timedelta(), grace=timedelta())
    assert collect(windows).versions_purged == 1
    assert collect(windows).objects_condemned == 0
    release_content(context, holder)
    assert collect(windows).objects_condemned == 1


@pytest.mark.parametrize(
    ("waited", "abandoned"), [(LEASE + CLOCK_SKEW - MOMENT, 0), (LEASE + CLOCK_SKEW, 1)]
)
def test_silent_uploads_are_abandoned(
    log: Log,
    collect: Collect,
    context: Context,
    clock: ManualClock,
    *,
    waited: timedelta,
    abandoned: int,
) -> None:
    """After a day and a margin for clocks that differ."""
    hold_content(context, log({"a": b"one"}))
    clock.advance(waited)
    assert collect().uploads_abandoned == abandoned


def test_a_writer_that_was_given_up_is_told(
    logger: Logger, collect: Collect, context: Context, clock: ManualClock, store: MemoryObjectStore
) -> None:
    """Its version is not committed over bytes that are gone; the next try is."""
    request = logger.request(files={"a": b"one"})
    real = store.put

    def put_slowly(key: str, source: Path, *, may_link: bool = False) -> None:
        real(key, source, may_link=may_link)
        clock.advance(LEASE + CLOCK_SKEW)
        collect()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "put", put_slowly)
        with pytest.raises(UploadLeaseError, match="nothing of it arrived for 24 hours"):
            commit_version(context, request)
    assert keys_of(store) == []
    assert commit_version(context, logger.request(files={"a": b"one"})).version.index == 0


def test_an_upload_that_is_under_way_is_no_stray(
    logger: Logger, collect: Collect, context: Context, store: MemoryObjectStore
) -> None:
    """Its key has no place yet, but its version is PENDING."""
    real, reports = store.put, list[CollectReport]()

    def put(key: str, source: Path, *, may_link: bool = False) -> None:
        real(key, source, may_link=may_link)
        reports.append(collect(replace(WINDOWS, grace=timedelta())))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "put", put)
        commit_version(context, logger.request(files={"a": b"one"}))
    assert reports == [CollectReport()]
    assert len(keys_of(store)) == 1


def test_strays_wait_for_their_grace(
    collect: Collect, store: MemoryObjectStore, tmp_path: Path, clock: ManualClock
) -> None:
    """What a crashed upload left is removed a day after it was first seen."""
    left = tmp_path / "left"
    left.write_bytes(b"half")
    store.put("packs/0123/0", left)
    assert collect() == CollectReport(strays_waiting=1)
    clock.advance(DAY - MOMENT)
    assert collect() == CollectReport(strays_waiting=1)
    clock.advance(MOMENT)
    assert collect() == CollectReport(strays_removed=1, keys_removed=1, freed_bytes=4)
    assert keys_of(store) == []


def test_no_grace_removes_strays_at_once(
    collect: Collect, store: MemoryObjectStore, tmp_path: Path
) -> None:
    """Whoever knows that nobody is writing need not wait."""
    left = tmp_path / "left"
    left.write_bytes(b"half")
    store.put("packs/0123/0", left)
    assert collect(replace(WINDOWS, grace=timedelta())).strays_removed == 1
    assert keys_of(store) == []


def test_what_others_refer_to_is_not_purged(
    log: Log,
    logger: Logger,
    remove: Remove,
    collect: Collect,
    context: Context,
    tmp_path: Path,
) -> None:
    """An entry of another artifact needs the version that it is in, until that one goes, too."""
    source = log({"a": b"one"})
    entry = find_entry(context, source, "a")
    assert entry is not None
    request = logger.request("borrowed", files={"own": b"two"})
    request.contents.put(StagedFile(refer_to_entry(source.id, entry, path="borrowed"), None))
    borrower = commit_version(context, request).version
    remove(source)
    assert collect().versions_restorable == 1
    assert download(context, borrower, tmp_path)["borrowed"] == b"one"
    remove(borrower)
    assert collect().versions_purged == 2


def test_dead_bytes_are_told_or_rewritten(
    log: Log,
    remove: Remove,
    collect: Collect,
    context: Context,
    store: MemoryObjectStore,
    tmp_path: Path,
) -> None:
    """A pack that is partly dead stays as it is up to a bound, and not beyond."""
    old = log({"a": b"1111", "b": b"22", "c": b"33"})
    kept = log({"b": b"22", "c": b"33"})
    remove(old)
    report = collect(max_unused=0.5)
    assert (report.dead_bytes, report.keys_rewritten) == (4, 0)
    report = collect(max_unused=0.25)
    assert (report.keys_rewritten, report.copied_bytes, report.dead_bytes) == (1, 4, 0)
    assert (report.keys_removed, report.freed_bytes) == (1, 8)
    assert stored_bytes(store) == 4
    assert download(context, kept, tmp_path) == {"b": b"22", "c": b"33"}


def test_several_keys_become_one(
    log: Log, remove: Remove, collect: Collect, store: MemoryObjectStore
) -> None:
    """Rewriting leaves no crumbs."""
    for number in range(3):
        text = str(number)
        remove(log({"big": (text * 9).encode(), f"keep{number}": text.encode()}))
        log({f"keep{other}": str(other).encode() for other in range(number + 1)})
    collect(max_unused=1)
    assert len(keys_of(store)) == 3
    assert collect().keys_rewritten == 3
    assert len(keys_of(store)) == 1


def test_a_dry_run_tells_and_changes_nothing(
    log: Log, remove: Remove, collect: Collect, context: Context, store: MemoryObjectStore
) -> None:
    """It counts what would be purged, abandoned and condemned."""
    kept = log({"a": b"one"})
    hold_content(context, kept)
    remove(log({"b": b"three"}))
    before = keys_of(store)
    report = collect(dry_run=True)
    assert report == CollectReport(
        dry_run=True,
        uploads_abandoned=1,
        versions_purged=1,
        objects_condemned=1,
        condemned_bytes=5,
    )
    assert keys_of(store) == before
    done = collect()
    fields = [f.name for f in dataclasses.fields(report) if f.name != "dry_run"]
    told = {name: getattr(report, name) for name in fields if getattr(report, name)}
    assert told == {name: getattr(done, name) for name in told}


def test_a_damaged_store_loses_nothing_more(
    log: Log, remove: Remove, collect: Collect, context: Context, store: MemoryObjectStore
) -> None:
    """Where something is missing that a version needs, all else stays for its repair."""
    kept = log({"a": b"one"})
    lost = keys_of(store)
    gone = log({"b": b"two"})
    remove(gone)
    store.discard(lost, now=context.catalog.now())
    report = collect()
    assert report == CollectReport(missing=tuple(lost))
    assert report.is_damaged
    assert state_of(context, gone.id) is VersionState.DELETED
    assert state_of(context, kept.id) is VersionState.COMMITTED


def test_a_key_that_lost_its_end_is_damage(
    log: Log, collect: Collect, store: MemoryObjectStore, tmp_path: Path
) -> None:
    """Its size tells."""
    log({"a": b"one"})
    (key,) = keys_of(store)
    short = tmp_path / "short"
    short.write_bytes(b"on")
    store.put(key, short)
    assert collect().missing == (key,)


def test_what_nothing_needs_may_be_missing(
    log: Log, collect: Collect, context: Context, store: MemoryObjectStore
) -> None:
    """Somebody else removed what was to be removed: that is success."""
    version = log({"a": b"one"})
    delete_version(context, version, delete_aliases=True)
    windows = replace(WINDOWS, restore=timedelta(), grace=DAY)
    collect(windows)
    store.delete(keys_of(store))
    assert collect(windows).missing == ()
    report = collect(replace(windows, grace=timedelta()))
    assert (report.missing, report.keys_removed) == ((), 1)


def test_one_failure_does_not_stop_the_rest(
    log: Log, remove: Remove, collect: Collect, store: MemoryObjectStore
) -> None:
    """What could not be removed is told, and tried again by the next pass."""
    remove(log({"a": b"one"}))
    stubborn = keys_of(store)[0]
    remove(log({"b": b"two"}))
    real = store.discard

    def discard(keys: Iterable[str], *, now: datetime) -> Mapping[str, str]:
        wanted = list(keys)
        real([key for key in wanted if key != stubborn], now=now)
        return {stubborn: "it is locked"} if stubborn in wanted else {}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "discard", discard)
        report = collect()
    assert (report.keys_removed, report.failures) == (1, {stubborn: "it is locked"})
    assert keys_of(store) == [stubborn]
    assert collect().keys_removed == 1
    assert keys_of(store) == []


def test_a_store_that_vanishes_ends_the_pass(
    log: Log, remove: Remove, collect: Collect, store: MemoryObjectStore
) -> None:
    """The next one goes on, and nobody waits for the lease."""
    remove(log({"a": b"one"}))

    def vanish(_keys: Iterable[str], *, now: datetime) -> Mapping[str, str]:
        raise StorageError(f"The bucket vanished at {now}", hint="Make it again.")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "discard", vanish)
        with pytest.raises(StorageError, match="vanished"):
            collect()
    assert collect().keys_removed == 1


def test_there_is_one_collector_at_a_time(context: Context, collect: Collect) -> None:
    """The second one is told who is at work, and until when to wait."""
    with collecting(context):
        with pytest.raises(CollectorBusyError, match=r"ada on .* \(process \d+\) has been") as told:
            collect()
        assert "another may begin at 2026-01-02 03:19:05 UTC" in told.value.hint
    collect()


def test_a_collector_that_was_silent_stops(context: Context, clock: ManualClock) -> None:
    """Another took over; what the first one still wants to write is not written."""
    with collecting(context) as first:
        clock.advance(COLLECTOR_LEASE + CLOCK_SKEW)
        taken_over = pytest.raises(CollectorLeaseError, match=r"ada on .* took it over")
        with collecting(context), taken_over, first.write():
            pytest.fail("It wrote.")
        with pytest.raises(CollectorLeaseError, match="it ran out"):
            first.go_on()


def test_work_extends_the_lease(context: Context, clock: ManualClock) -> None:
    """A pass may take as long as it needs, if it says something now and then."""
    with collecting(context) as tenure:
        for _ in range(5):
            clock.advance(COLLECTOR_LEASE)
            tenure.go_on()


def test_a_pinned_digest_that_was_condemned_is_stored_anew(
    log: Log, remove: Remove, collect: Collect, store: MemoryObjectStore
) -> None:
    """Under a new key, because the old one may be removed at any time."""
    version = log({"a": b"one"})
    (old,) = keys_of(store)
    remove(version)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "discard", lambda keys, now: dict.fromkeys(keys, f"not yet {now}"))
        collect()
    log({"a": b"one"})
    assert old in keys_of(store)
    assert len(keys_of(store)) == 2
    collect()
    assert old not in keys_of(store)
    assert len(keys_of(store)) == 1


def test_what_cannot_be_recovered_any_more_is_forgotten(
    log: Log, remove: Remove, collect: Collect, context: Context, clock: ManualClock
) -> None:
    """The list of the files of a purged version, and where they once lay."""
    version = log({"a": b"one"})
    remove(version)
    collect()
    clock.advance(30 * DAY - MOMENT)
    collect()
    held = digests_of(context, version)
    assert list(held) == ["a"]
    clock.advance(2 * DAY)
    assert collect().trash_bytes == 3
    assert digests_of(context, version) == {}
    with context.catalog.read() as session:
        assert session.garbage.lost_places(held.values()) == []


def test_passes_are_remembered(collect: Collect, context: Context, clock: ManualClock) -> None:
    """So that everybody knows when the last one began; a dry run is none."""
    assert last_pass(context) is None
    collect(dry_run=True)
    assert last_pass(context) is None
    collect()
    clock.advance(DAY)
    collect()
    assert last_pass(context) == clock.now()


@pytest.mark.parametrize("share", [-0.01, 1.01, float("nan")])
def test_shares_lie_between_none_and_all(collect: Collect, share: float) -> None:
    """Anything else is a mistake."""
    with pytest.raises(InputError, match="not between 0 and 1"):
        collect(max_unused=share)


def test_windows_are_not_negative() -> None:
    """Nothing is given up before it came to be."""
    with pytest.raises(InputError, match="trash window is negative"):
        Windows(trash=-MOMENT)


def test_steps_are_told(context: Context) -> None:
    """Somebody may be watching."""
    steps: list[str] = []
    collect_garbage(context, tell=steps.append)
    assert steps[0] == "Deleting versions whose time has come"
    assert steps[-1] == "Removing keys"


def test_passes_go_by_ranges(
    logger: Logger, remove: Remove, collect: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However small they are, all is found."""
    for name in ("sweep._RANGE", "sweep._KEYS", "survey._PAGE", "rewrite._PAGE", "collect._BATCH"):
        monkeypatch.setattr(f"hozon.services.garbage.{name}", 2)
    files = {str(number): str(number).encode() for number in range(9)}
    request = logger.request(files=files, apart=True)
    monkeypatch.setattr(uploads, "PACKED_FILES", 1)
    sizes = replace(logger.context, sizes=PackSizes(packed_file_bytes=0))
    remove(commit_version(sizes, request).version)
    for number in range(3):
        remove(logger.log(f"text {number}").version)
    report = collect()
    assert (report.versions_purged, report.objects_condemned) == (4, 12)
    assert report.keys_removed == 12


def test_an_upload_that_was_given_up_meanwhile_says_so(
    logger: Logger,
    store: MemoryObjectStore,
    collect: Collect,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its key is gone when it is read back: no store has lost anything."""
    read = store.read

    def fall_silent(place: Place) -> Iterator[bytes]:
        monkeypatch.setattr(store, "read", read)
        for _ in range(2):  # Strays are seen by one pass, and removed by the next.
            clock.advance(timedelta(hours=25))
            collect()
        return read(place)

    monkeypatch.setattr(store, "read", fall_silent)
    with pytest.raises(UploadLeaseError):
        commit_version(logger.context, logger.request(files={"a": b"one"}))
    assert keys_of(store) == []
