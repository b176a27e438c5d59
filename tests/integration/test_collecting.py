"""Collection that begins by itself, when a run finishes."""

import logging
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

import hozon
from hozon.bootstrap import open_context
from hozon.errors import StorageError
from hozon.sdk.session import current_session, use_clock
from hozon.services.garbage import collect
from hozon.services.garbage.tenure import collecting
from hozon.settings import load_settings
from hozon.storage.local import LocalObjectStore
from hozon.testing.clocks import ManualClock
from worlds import Bucket

DAY = timedelta(days=1)

FORK = """
import os
from datetime import timedelta

import hozon
from hozon.sdk.session import current_session, use_clock
from hozon.services.garbage.collect import last_pass
from hozon.testing.clocks import ManualClock

clock = ManualClock()
with use_clock(clock):
    with hozon.init():
        clock.advance(timedelta(days=8))
        child = os.fork()
        if child:
            assert os.waitpid(child, 0)[1] == 0
    who = "parent" if child else "child"
    print(who, last_pass(current_session().context) == clock.now(), flush=True)
"""


@pytest.fixture
def clock(home: Path) -> ManualClock:
    """Give the clock of an installation in which a version was deleted long ago."""
    assert home
    clock = ManualClock()
    with use_clock(clock):
        log("one")
        log("two")
        hozon.Api().artifact("mnist:v0").delete()
    return clock


def log(text: str) -> str:
    """Log a version, and give the state in which its run ended."""
    artifact = hozon.Artifact("mnist", type="dataset")
    with artifact.new_file("data.txt") as file:
        file.write(text)
    with hozon.init() as run:
        run.log_artifact(artifact)
    return run.state


def last_pass() -> object:
    """Tell when the last pass began."""
    context = open_context(load_settings())
    try:
        return collect.last_pass(context)
    finally:
        context.close()


def test_a_run_collects_when_it_finishes(clock: ManualClock, home: Path) -> None:
    """Once the last pass is a day ago; what was deleted for longer than its window goes."""
    with use_clock(clock):
        log("three")
        assert last_pass() is None
        clock.advance(8 * DAY)
        assert log("four") == "finished"
        assert last_pass() == clock.now()
        assert not hozon.Api().explain("mnist:v0").kept
        passed = clock.now()
        clock.advance(DAY - timedelta(seconds=1))
        log("five")
        assert last_pass() == passed
        clock.advance(timedelta(seconds=1))
        log("six")
        assert last_pass() == clock.now()
    assert (home / "objects" / "trash").is_dir()


@pytest.mark.parametrize(
    ("name", "value"),
    [("HOZON_GC_INTERVAL", "0s"), ("HOZON_DEPLOYMENT", "dedicated-cloud")],
)
def test_it_can_be_left_to_others(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """By setting the interval to nothing; and it is embedded data alone that needs it."""
    monkeypatch.setenv(name, value)
    clock.advance(8 * DAY)
    with use_clock(clock):
        log("three")
    assert last_pass() is None


def test_a_run_that_fails_does_not_collect(clock: ManualClock) -> None:
    """Somebody waits for the error."""
    clock.advance(8 * DAY)
    with use_clock(clock), pytest.raises(ZeroDivisionError), hozon.init():
        raise ZeroDivisionError
    assert last_pass() is None


def test_a_failed_run_does_not_collect_when_it_is_finished_later(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interrupted end is made up for, and the run stays failed."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    clock.advance(8 * DAY)
    with use_clock(clock):
        run = hozon.init()
        with monkeypatch.context() as patched:
            patched.setattr("hozon.sdk.journal.end_run", interrupt)
            with pytest.raises(KeyboardInterrupt):
                run.__exit__(ValueError, ValueError("of the block"), None)
        run.finish()
    assert run.state == "failed"
    assert last_pass() is None


def test_a_forked_child_that_leaves_the_block_does_not_collect(home: Path) -> None:
    """The run is its parent's, and goes on."""
    assert home
    done = subprocess.run(  # noqa: S603  Our own interpreter, no shell.
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORK],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout.splitlines() == ["child False", "parent True"]


def test_what_collection_requires_is_required_here_too(
    bucket: Bucket,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A bucket without versioning is left alone, without a word."""
    assert home
    monkeypatch.setenv("HOZON_STORAGE_URL", f"s3://{bucket.name}/hozon")
    clock = ManualClock()
    with use_clock(clock):
        log("one")
        clock.advance(8 * DAY)
        log("two")
        assert last_pass() is None
        bucket.keep_versions()
        log("three")
        assert last_pass() == clock.now()
    assert not caplog.records


def test_another_collector_is_left_to_its_work(
    clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a word: what is due is done."""
    clock.advance(8 * DAY)
    with use_clock(clock), collecting(current_session().context):
        assert log("three") == "finished"
    assert last_pass() is None
    assert not caplog.records


@pytest.mark.parametrize(
    "failure",
    [StorageError("The disk is gone", hint="Bring it back."), RuntimeError("The disk is gone")],
    ids=["known", "unforeseen"],
)
def test_a_failure_is_told_and_leaves_the_run_finished(
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    failure: Exception,
) -> None:
    """The run has nothing to do with it, whatever it was."""

    def fail(*_: object, **__: object) -> None:
        raise failure

    clock.advance(8 * DAY)
    with monkeypatch.context() as patched, use_clock(clock):
        patched.setattr(LocalObjectStore, "discard", fail)
        assert log("three") == "finished"
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "The disk is gone" in record.getMessage()
    assert "hozon gc run" in record.getMessage()


def test_damage_is_told(clock: ManualClock, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing was removed, and somebody has to look."""
    context = open_context(load_settings())
    with context.catalog.read() as session:
        key = session.garbage.live_keys(after="", limit=1)[0].key
    context.store.delete([key])
    context.close()
    clock.advance(8 * DAY)
    with use_clock(clock):
        assert log("three") == "finished"
    (record,) = caplog.records
    assert f"has lost something that versions need, such as {key}" in record.getMessage()


def test_what_could_not_be_removed_is_told(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The next pass tries again."""
    clock.advance(8 * DAY)
    with monkeypatch.context() as patched, use_clock(clock):
        patched.setattr(
            LocalObjectStore, "discard", lambda _self, keys, **_: dict.fromkeys(keys, "it is held")
        )
        assert log("three") == "finished"
    (record,) = caplog.records
    assert ": it is held. The next pass tries again." in record.getMessage()
