"""A process that logs and one that collects, both killed again and again: nothing is lost."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

import endless
import hozon
from endless import SharedClock
from hozon.bootstrap import open_store
from hozon.errors import CollectionNotFoundError
from hozon.sdk.session import use_clock
from hozon.settings import load_settings

KILLS: Final = int(os.environ.get("HOZON_TORTURE_KILLS", "8"))
"""How often a process is killed; 200 for a nightly run."""

STEPS: Final = (
    timedelta(minutes=20),
    timedelta(minutes=20),
    timedelta(hours=25),
    timedelta(days=8),
)
"""How far time goes on with a kill: a lease of a collector, one of an upload, a window."""

ROLES: Final = ("log", "collect")

PATIENCE_S: Final = 60
"""How long a process may take to do its first thing."""

Record = Callable[[str, object], None]


class Processes:
    """The programs that run now, and what all of them have said.

    Args:
        folder: Where they write.
    """

    def __init__(self, folder: Path) -> None:
        """Begin without any."""
        self._folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._said: dict[str, Path] = {}
        self._number = 0

    def keep_running(self) -> None:
        """Start who does not run."""
        for role in ROLES:
            if role not in self._running:
                self._number += 1
                path = self._folder / f"{self._number:04}-{role}"
                self._said[role] = path.with_suffix(".out")
                with (
                    self._said[role].open("wb") as said,
                    path.with_suffix(".err").open("wb") as errors,
                ):
                    self._running[role] = subprocess.Popen(  # noqa: S603  Our own interpreter.
                        [sys.executable, endless.__file__, role, self._folder, str(self._number)],
                        stdout=said,
                        stderr=errors,
                    )

    def wait_for(self, role: str) -> None:
        """Wait until one has done something: on a busy machine it takes long to begin."""
        until = time.monotonic() + PATIENCE_S
        said = self._said[role]
        while not said.stat().st_size and self._running[role].poll() is None:
            assert time.monotonic() < until, f"the process that is to {role} does nothing"
            time.sleep(0.01)

    def kill(self, role: str) -> None:
        """Kill one, which must have been at work until then."""
        process = self._running.pop(role)
        process.send_signal(signal.SIGKILL)
        ended = process.wait()
        assert ended == -signal.SIGKILL, "".join(
            path.read_text("utf-8") for path in self._folder.glob("*.err")
        )

    def kill_all(self) -> None:
        """Kill whoever still runs."""
        for role in list(self._running):
            self.kill(role)

    def said(self) -> Iterator[list[str]]:
        """Give the words of each line, in the order of the processes."""
        for path in sorted(self._folder.glob("*.out")):
            for line in path.read_text("utf-8").splitlines():
                yield line.split()


@contextmanager
def processes(folder: Path) -> Iterator[Processes]:
    """Run processes until the block ends."""
    running = Processes(folder)
    try:
        yield running
    finally:
        running.kill_all()


@pytest.fixture(autouse=True)
def small_packs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a version have several keys, of which some hold several files."""
    monkeypatch.setenv("HOZON_PACK_SIZE", "300")
    monkeypatch.setenv("HOZON_PACKED_FILE_SIZE", "100")


@pytest.mark.usefixtures("catalog_url")
def test_nothing_is_lost_by_kills(tmp_path: Path, record_property: Record) -> None:
    """What was acknowledged is whole, and a quiet collection leaves no dead byte."""
    torture(tmp_path, kills=KILLS, record=record_property)


@pytest.mark.usefixtures("home")
def test_a_promise_that_a_kill_breaks_is_noticed(
    tmp_path: Path, record_property: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A torture that missed it would prove nothing."""
    monkeypatch.setenv("HOZON_TORTURE_FAULT", "1")
    with pytest.raises(AssertionError, match="though acknowledged"):
        torture(tmp_path, kills=4, record=record_property, pause_s=0.01)


def torture(folder: Path, *, kills: int, record: Record, pause_s: float = 0.5) -> None:
    """Let processes work and be killed, and hold what is left to what they said.

    Args:
        folder: Where they write.
        kills: How often one is killed.
        record: Takes what they said.
        pause_s: How long one works at most before it is killed, in seconds.
    """
    written = folder / "torture"
    written.mkdir()
    clock = SharedClock(written)
    chance = random.Random(kills)  # noqa: S311  Chance that can be repeated.
    with processes(written) as running:
        for _ in range(kills):
            running.keep_running()
            victim = chance.choice(ROLES)
            running.wait_for(victim)
            time.sleep(chance.uniform(0, pause_s))
            running.kill(victim)
            clock.advance(chance.choice(STEPS))
    told, gone, counts = set[tuple[str, int]](), set[str](), Counter[str]()
    for what, *about in running.said():
        counts[what] += 1
        if what == "logged":
            told.add((about[0], int(about[1])))
        elif what == "deleting":
            gone.add(about[0])
    record("said", dict(counts))
    with use_clock(clock):
        _collect_quietly(clock)
        found = _download(folder / "found")
    lost = {
        version
        for version, seed in told
        if version not in gone and found.get(version) != endless.contents(seed)
    }
    assert not lost, f"lost, though acknowledged: {sorted(lost)}"
    for version, seed in told:
        assert version not in found or found[version] == endless.contents(seed)
    assert counts["logged"]
    assert counts["collected"]
    needed = {content for files in found.values() for content in files.values()}
    assert _stored_bytes() == sum(map(len, needed)), "dead bytes are left in live keys"


def _collect_quietly(clock: SharedClock) -> None:
    """Let everything run out, and collect: strays are seen by one pass, and removed by the next."""
    for days in (40, 2):
        clock.advance(timedelta(days=days))
        report = hozon.Api().collect_garbage(max_unused=0)
        assert not report.missing, report.missing
        assert not report.failures, report.failures
    assert report.versions_restorable == 0


def _download(root: Path) -> dict[str, dict[str, bytes]]:
    """Download and verify every version there is, and read its files."""
    found = dict[str, dict[str, bytes]]()
    try:
        artifacts = list(hozon.Api().artifacts("dataset", "mnist"))
    except CollectionNotFoundError:
        return found  # None was ever committed.
    for artifact in artifacts:
        folder = Path(artifact.download(root / artifact.version))
        assert artifact.verify(folder)
        found[artifact.version] = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
    return found


def _stored_bytes() -> int:
    """Sum up what is under live keys."""
    store = open_store(load_settings().storage_url)
    try:
        return sum(stored.size for stored in store.keys(""))
    finally:
        store.close()
