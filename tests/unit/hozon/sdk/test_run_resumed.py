"""Runs that go on: at which step, with what, and what becomes of those that were left."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

import hozon
from hozon.errors import (
    InputError,
    RunExistsError,
    RunHeldError,
    RunLostError,
    RunNotFoundError,
    StorageError,
)
from hozon.services.runs import HeldRun

LOGGING = """
import sys, hozon
run = hozon.init(id="r1", resume="allow", config={"from": sys.argv[1]})
run.log({"by": sys.argv[1]})
print("ready", flush=True)
sys.stdin.readline()
"""


def start(program: str, *arguments: str) -> "subprocess.Popen[str]":
    """Run lines of Python in another process, and wait until they say that they are ready."""
    process = subprocess.Popen(  # noqa: S603  Our own interpreter, no shell.
        [sys.executable, "-c", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def steps(run_id: str = "r1") -> list[tuple[int, object]]:
    """Read the history of a run: each step with its only metric."""
    return [
        (row["_step"], next(value for key, value in row.items() if not key.startswith("_")))
        for row in hozon.Api().run(run_id).history()
    ]


@pytest.mark.parametrize("resume", ["must", "allow"])
def test_a_run_goes_on_at_the_next_step(resume: str) -> None:
    """With its history, config and summary; what is given anew wins."""
    with hozon.init(id="r1", config={"rate": 0.1, "epochs": 1}, tags=["a"]) as run:
        assert (run.resumed, run.step) == (False, 0)
        run.log({"loss": 0.5})
    with hozon.init(id="r1", resume=resume, config={"epochs": 2}, name="again") as run:
        assert (run.resumed, run.step, run.tags, run.name) == (True, 1, ["a"], "again")
        assert (dict(run.config), dict(run.summary)) == (
            {"rate": 0.1, "epochs": 2},
            {"loss": 0.5},
        )
        run.log({"loss": 0.4})
    assert steps() == [(0, 0.5), (1, 0.4)]
    assert hozon.Api().run("r1").summary == {"loss": 0.4}


def test_the_rules_of_the_summary_hold_after_resuming() -> None:
    """The best value of both parts is kept."""
    with hozon.init(id="r1") as run:
        run.define_metric("loss", summary="min")
        run.log({"loss": 0.2})
    with hozon.init(id="r1", resume="must") as run:
        run.log({"loss": 0.4})
        assert run.summary["loss"] == 0.2


def test_an_id_that_must_be_there_is_needed() -> None:
    """Neither a mistyped id nor none makes a run."""
    with pytest.raises(RunNotFoundError, match="no run ada/digits/r1"):
        hozon.init(id="r1", resume="must")
    with pytest.raises(InputError, match="'must' without an id"):
        hozon.init(resume="must")
    assert len(hozon.Api().runs()) == 0


@pytest.mark.parametrize("resume", ["never", None])
def test_a_run_that_is_there_is_not_begun_again(resume: str | None) -> None:
    """It stays as it is."""
    with hozon.init(id="r1"):
        pass
    with pytest.raises(RunExistsError):
        hozon.init(id="r1", resume=resume)


@pytest.mark.parametrize("resume", ["always", True, ""])
def test_what_resume_does_not_know_is_refused(resume: object) -> None:
    """The hint lists what there is."""
    with pytest.raises(InputError, match="resume is") as caught:
        hozon.init(id="r1", resume=resume)  # type: ignore[arg-type]
    assert "'auto'" in caught.value.hint


def test_a_cell_that_is_run_again_goes_on() -> None:
    """The run that is current is ended first, though it is the very one."""
    first = hozon.init(id="r1", resume="allow")
    first.log({"loss": 1})
    second = hozon.init(id="r1", resume="allow")
    assert (first.state, second.state, second.step) == ("finished", "running", 1)
    second.finish()


def test_another_process_cannot_go_on_with_what_goes_on() -> None:
    """It is told who has the run; afterwards it can."""
    other = start(LOGGING, "other")
    with pytest.raises(RunHeldError, match=f"going on in process {other.pid} on "):
        hozon.init(id="r1", resume="must")
    assert other.communicate("go\n")[1] == ""
    with hozon.init(id="r1", resume="must") as run:
        run.log({"by": "me"})
    assert steps() == [(0, "other"), (1, "me")]


def test_of_processes_that_race_for_a_run_one_gets_it() -> None:
    """The others are refused, and no step has two authors."""
    with hozon.init(id="r1") as run:
        run.log({"by": "first"})
    racing = """
import sys, hozon
from hozon.errors import RunHeldError
print("ready", flush=True)
sys.stdin.readline()
try:
    run = hozon.init(id="r1", resume="must")
except RunHeldError:
    print("refused", flush=True)
else:
    print("going on", flush=True)
    sys.stdin.readline()
    run.log({"by": sys.argv[1]})
    run.finish()
"""
    racers = [start(racing, name) for name in ("one", "two", "three")]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    said = [racer.stdout.readline() for racer in racers if racer.stdout]
    assert sorted(said) == ["going on\n", "refused\n", "refused\n"]
    for racer in racers:
        assert racer.communicate("go\n")[1] == ""
    assert [step for step, _ in steps()] == [0, 1]


def test_a_killed_process_leaves_a_run_that_goes_on_at_once() -> None:
    """On the same machine nobody need wait: what it logged is there."""
    other = start(LOGGING, "other")
    other.send_signal(signal.SIGKILL)
    other.communicate()
    with hozon.init(id="r1", resume="must") as run:
        assert (run.step, run.config["from"]) == (1, "other")
    assert steps() == [(0, "other")]


@pytest.mark.parametrize(
    ("ending", "state", "code"),
    [
        ("raise ValueError", "failed", 1),
        ("raise SystemExit(3)", "failed", 3),
        ("raise SystemExit('no')", "failed", 1),
        ("raise SystemExit", "finished", 0),
        ("raise KeyboardInterrupt", "killed", 130),
        ("run.finish(exit_code=7)", "failed", 7),
        ("run.finish()", "finished", 0),
        ("pass", "finished", 0),
    ],
)
def test_a_run_remembers_how_it_ended(ending: str, state: str, code: int) -> None:
    """By its state, and by the exit code that the block ended with."""
    with suppress(BaseException), hozon.init(id="r1") as run:
        exec(ending, {"run": run})  # noqa: S102  Lines of this file.
    recorded = hozon.Api().run("r1")
    assert (run.state, run.exit_code) == (recorded.state, recorded.exit_code) == (state, code)


def test_an_interrupt_kills_a_run() -> None:
    """Ctrl-C in the middle of the work; what was logged is there."""
    heard = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)"
    program = heard + (
        LOGGING.replace("run = hozon.init", "with hozon.init")
        .replace("})\nrun.log", "}) as run:\n    run.log")
        .replace("\nprint", "\n    print")
        .replace("\nsys.stdin", "\n    sys.stdin")
    )
    other = start(program, "other")
    other.send_signal(signal.SIGINT)
    other.communicate()
    recorded = hozon.Api().run("r1")
    assert (recorded.state, recorded.exit_code, steps()) == ("killed", 130, [(0, "other")])


def test_a_run_that_was_taken_over_ends_with_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says that another process goes on, and touches nothing of it."""
    monkeypatch.setattr("hozon.services.runs.RUN_LEASE", timedelta(seconds=-1))
    run = hozon.init(id="r1")
    taker = """
import hozon
with hozon.init(id="r1", resume="must") as run:
    run.log({"by": "taker"})
print("ready", flush=True)
"""
    start(taker).communicate()
    with pytest.raises(RunLostError):
        run.log({"by": "me"})
    with pytest.raises(RunLostError, match="Another process"):
        run.finish()
    assert run.state == "failed"
    assert (hozon.Api().run("r1").state, steps()) == ("finished", [(0, "taker")])


def test_a_run_that_logs_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread says that its process is alive, until the run ends; a failure does not end it."""
    said: list[str] = []

    def keep(_: object, held: HeldRun) -> bool:
        said.append(held.run.id)
        if len(said) == 1:
            raise StorageError("The catalog is away", hint="Wait.")
        return True

    monkeypatch.setattr("hozon.sdk.journal.keep_run", keep)
    monkeypatch.setattr("hozon.sdk.journal.RENEWED_EVERY", timedelta(milliseconds=1))
    with hozon.init(id="r1"):
        deadline = time.monotonic() + 10
        while len(said) < 2 and time.monotonic() < deadline:
            time.sleep(0.001)
    assert said[:2] == ["r1", "r1"]


def in_folder(folder: Path) -> Callable[[], hozon.Run]:
    """Give what begins a run that goes on by itself, in a folder."""
    folder.mkdir(exist_ok=True)
    return lambda: hozon.init(resume="auto", dir=folder)


def test_the_last_run_of_a_folder_goes_on_by_itself(tmp_path: Path) -> None:
    """If it has not finished; each folder has its own."""
    begin, elsewhere = in_folder(tmp_path / "a"), in_folder(tmp_path / "b")
    with pytest.raises(ValueError, match="diverged"), begin() as first:
        raise ValueError("diverged")
    with elsewhere() as other:
        assert not other.resumed
    with begin() as second:
        assert (second.id, second.resumed) == (first.id, True)
    with begin() as third:
        assert (third.id != first.id, third.resumed) == (True, False)


@pytest.mark.parametrize("note", ["", "[]", "{}", '{"run": "absent"}', "\udcff"])
def test_a_note_that_says_nothing_begins_a_run(tmp_path: Path, note: str, home: Path) -> None:
    """Somebody else may have written it."""
    begin = in_folder(tmp_path / "a")
    with begin():
        pass
    (kept,) = (home / "resume").iterdir()
    assert list(json.loads(kept.read_text())) == ["run"]
    kept.write_bytes(os.fsencode(note))
    with begin() as run:
        assert not run.resumed


def test_a_note_that_cannot_be_written_is_named(tmp_path: Path, home: Path) -> None:
    """And the run that was begun for it has failed."""
    (home / "resume").write_text("a file")
    with pytest.raises(StorageError, match="resume"):
        in_folder(tmp_path / "a")()
    (run,) = hozon.Api().runs()
    assert run.state == "failed"
