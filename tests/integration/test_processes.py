"""Flows across processes: the command line, several writers, programs that just end."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import hozon
from hozon.demo import SCENES
from worlds import EMPTY_PAGES

HOZON = str(Path(sys.executable).with_name("hozon"))
Shell = Callable[[str], str]

WRITER = """
import sys, hozon
sys.stdin.readline()
with hozon.init() as run:
    for number in range(50):
        artifact = hozon.Artifact(
            "mnist", type="dataset", metadata={"writer": sys.argv[1], "number": number}
        )
        with artifact.new_file("data.txt") as file:
            file.write(f"{sys.argv[1]} {number}")
        run.log_artifact(artifact)
"""

FORGETFUL = """
import hozon
run = hozon.init(id="r1")
artifact = hozon.Artifact("mnist", type="dataset")
with artifact.new_file("data.txt") as file:
    file.write("hello")
run.log_artifact(artifact)
"""


@pytest.fixture(autouse=True)
def alone(home: Path) -> Path:
    """Give the processes an installation of their own, by the environment."""
    return home


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Give a function that runs lines in a real shell, where `hozon` and `python` are ours."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    def run(lines: str) -> str:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(  # noqa: S603  Lines of this file.
            ["sh", "-euc", lines],  # noqa: S607  The shell that readers have.
            env={**os.environ, "PATH": path, "TMPDIR": str(scratch)},
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout

    return run


@pytest.mark.usefixtures("catalog_url")
def test_two_processes_number_their_versions_without_gaps() -> None:
    """Two writers with fifty versions each: v0 to v99, each once, `latest` on the last of them.

    Each writer's own versions are in the order in which it logged them.
    """
    writers = [
        subprocess.Popen(  # noqa: S603  Our own interpreter, no shell.
            [sys.executable, "-c", WRITER, name],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for name in ("one", "two")
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    assert [writer.communicate()[1] for writer in writers] == ["", ""]
    versions = list(hozon.Api().artifacts("dataset", "mnist"))
    assert [artifact.version for artifact in versions] == [f"v{n}" for n in range(99, -1, -1)]
    assert len({artifact.digest for artifact in versions}) == 100
    assert [artifact.version for artifact in versions if artifact.aliases] == ["v99"]
    for name in ("one", "two"):
        logged = [artifact.metadata for artifact in reversed(versions)]
        assert [of["number"] for of in logged if of["writer"] == name] == list(range(50))


def test_a_run_that_the_program_forgot_is_ended() -> None:
    """When the process ends, what was logged is stored and the run has finished."""
    done = subprocess.run(  # noqa: S603  Our own interpreter, no shell.
        [sys.executable, "-c", FORGETFUL], capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert hozon.Api().run("r1").state == "finished"
    assert hozon.Api().artifact("mnist").file_count == 1


FAILING = """
import hozon

run = hozon.init(id="r1")
run.log({"a": 1})
raise ValueError("not caught")
"""

WORKING = """
import threading
import hozon

begun, finished = threading.Event(), threading.Event()

def work():
    with hozon.init(id="r1") as run:
        begun.set()
        # The main thread has nothing left to do but to end.
        threading.main_thread().join()
        run.log({"a": 1})
        try:
            run.log_artifact(hozon.Artifact("mnist", type="dataset"))
        except hozon.errors.RunFinishedError as error:
            print(error.hint)

threading.Thread(target=work).start()
begun.wait()
"""

FULL = """
import hozon
from hozon.errors import StorageError
from hozon.storage.local import LocalObjectStore

def put(*_, **__):
    raise StorageError("The store is full", hint="Buy a larger one.")

LocalObjectStore.put = put
run = hozon.init(id="r1")
artifact = hozon.Artifact("mnist", type="dataset")
with artifact.new_file("data.txt") as file:
    file.write("hello")
run.log_artifact(artifact)
"""


def test_a_program_that_ends_with_an_exception_has_failed() -> None:
    """The run that it left open says so."""
    done = subprocess.run(  # noqa: S603  Our own interpreter, no shell.
        [sys.executable, "-c", FAILING], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 1
    assert hozon.Api().run("r1").state == "failed"


def ends(lines: str) -> tuple[int, str, int | None]:
    """Run a program that leaves its run open; give its exit code, and the run's state and code."""
    program = f"import sys, threading\nimport hozon\nrun = hozon.init(id='r1')\n{lines}"
    done = subprocess.run(  # noqa: S603  Our own interpreter, no shell.
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=False
    )
    run = hozon.Api().run("r1")
    return done.returncode, run.state, run.exit_code


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("sys.exit(3)", 3),
        ("sys.exit('the data is missing')", 1),
        ("def main():\n    sys.exit(3)\nmain()", 3),
        ("try:\n    sys.exit(3)\nfinally:\n    run.log({'a': 1})\n    print(run.summary)", 3),
        ("try:\n    sys.exit(3)\nexcept SystemExit:\n    print('cleans up')\n    raise", 3),
        ("try:\n    sys.exit(3)\nexcept SystemExit:\n    sys.exit(4)", 4),
    ],
    ids=["at once", "a text", "in a function", "finally", "raised again", "another code"],
)
def test_a_program_that_exits_with_a_code_has_failed_with_it(lines: str, code: int) -> None:
    """The run that it left open keeps the exit code."""
    assert ends(lines) == (code, "failed", code)


@pytest.mark.parametrize(
    "lines",
    [
        "sys.exit()",
        "sys.exit(0)",
        "try:\n    sys.exit(3)\nexcept SystemExit:\n    pass",
        "def main():\n    try:\n        sys.exit(3)\n    except SystemExit:\n        pass\nmain()",
        "thread = threading.Thread(target=sys.exit, args=(3,))\nthread.start()\nthread.join()",
    ],
    ids=["no code", "zero", "caught", "caught in a function", "of another thread"],
)
def test_an_exit_that_does_not_end_the_program_badly_counts_for_nothing(lines: str) -> None:
    """The program ends well, and so does its run."""
    assert ends(lines) == (0, "finished", 0)


def test_a_program_that_is_interrupted_was_killed() -> None:
    """Also where its run was left open: Ctrl-C is no failure of the work."""
    _, state, code = ends("raise KeyboardInterrupt")
    assert (state, code) == ("killed", 130)


def test_exit_is_watched_no_longer_than_a_run_is_open() -> None:
    """Then `sys.exit` is Python's own again; what somebody else put there is never touched."""
    before = sys.exit
    run = hozon.init(id="r1")
    assert sys.exit is not before
    run.finish()
    assert sys.exit is before


def test_an_exit_of_somebody_else_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """A framework that watches `sys.exit` itself goes on doing so."""

    def theirs(_: object = None) -> None:
        """Do nothing."""

    monkeypatch.setattr(sys, "exit", theirs)
    with hozon.init(id="r1"):
        assert sys.exit is theirs
    assert sys.exit is theirs


def test_a_run_of_another_thread_is_left_to_it() -> None:
    """It is not ended under the feet of the thread that works; what it cannot do is said."""
    done = subprocess.run(  # noqa: S603  Our own interpreter, no shell.
        [sys.executable, "-c", WORKING], capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Let the main thread wait for the threads that log.\n"
    run = hozon.Api().run("r1")
    assert (run.state, run.summary) == ("finished", {"a": 1})


def test_what_could_not_be_stored_at_the_end_is_said() -> None:
    """In two sentences on standard error, where nobody can catch an error any more."""
    done = subprocess.run(  # noqa: S603  Our own interpreter, no shell.
        [sys.executable, "-c", FULL], capture_output=True, encoding="utf-8", check=False
    )
    assert done.stderr == "hozon: The store is full. Buy a larger one.\n"
    assert hozon.Api().run("r1").state == "failed"


@pytest.mark.parametrize("page", [page for page in SCENES if page not in EMPTY_PAGES])
def test_a_demo_is_what_the_shell_uses(shell: Shell, home: Path, page: str) -> None:
    """After `eval`, programs of the same shell see the world of the page, and only they."""
    before = (home / "catalog.db").read_bytes()
    shown = shell(f'eval "$(hozon demo {page} 2>/dev/null)"; hozon status --json')
    status = json.loads(shown)
    assert (status["entity"], status["project"]) == (SCENES[page].entity, SCENES[page].project)
    assert status["versions"] > 0
    assert "/hozon-demo-" in status["catalog"]
    assert (home / "catalog.db").read_bytes() == before


@pytest.mark.parametrize("page", sorted(EMPTY_PAGES))
def test_a_demo_of_a_page_that_begins_with_nothing_is_empty(shell: Shell, page: str) -> None:
    """Its world is there all the same; variables that were set before are not followed."""
    shown = shell(
        "export HOZON_CATALOG_URL=sqlite:////nowhere/x.db HOZON_STORAGE_URL=s3://nowhere\n"
        f'eval "$(hozon demo {page} 2>/dev/null)"; hozon status --json'
    )
    assert json.loads(shown)["versions"] == 0


def test_a_snippet_runs_in_the_world_of_its_page(shell: Shell) -> None:
    """As the help of `hozon demo` promises."""
    snippet = "import hozon; print(hozon.Api().artifact('mnist').name)"
    shown = shell(f'eval "$(hozon demo guides/delete 2>/dev/null)"; python -c "{snippet}"')
    assert shown == "mnist:v4\n"


def test_an_unknown_page_ends_with_its_code() -> None:
    """Message and hint on standard error; nothing for `eval` to run."""
    done = subprocess.run(  # noqa: S603  Our own command, no shell.
        [HOZON, "demo", "absent"], capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("Error: ")
    assert "'absent'" in done.stderr
    assert "guides/delete" in done.stderr


def test_the_command_tells_its_version() -> None:
    """As it is installed."""
    done = subprocess.run(  # noqa: S603  Our own command, no shell.
        [HOZON, "--version"], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout == f"hozon, version {hozon.__version__}\n"
