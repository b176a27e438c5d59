"""The command `hozon` of the shells of pages does what the installed one does."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from docs.preloaded import preloaded

pytestmark = pytest.mark.skipif(
    not hasattr(os, "pidfd_open"),
    reason="only Linux runs commands so; elsewhere they are installed",
)

INSTALLED = Path(sys.executable).with_name("hozon")
WAIT_SECONDS = 60


@pytest.fixture(scope="module")
def command() -> Iterator[Path]:
    """Give the command."""
    with tempfile.TemporaryDirectory() as folder, preloaded(Path(folder)) as commands:
        yield commands / "hozon"


def run(
    command: Path, *words: str, home: Path, **variables: str
) -> "subprocess.CompletedProcess[str]":
    """Run a command in a folder of its own."""
    return subprocess.run(  # noqa: S603  Words of this file.
        [command, *words],
        cwd=home,
        env={"PATH": os.environ["PATH"], "HOZON_HOME": str(home), **variables},
        input="",
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize(
    "words",
    [
        ["--version"],
        ["status", "--json"],
        ["artifact", "show", "absent"],
        ["artifact", "ls", "a:b:c"],
        ["no-such-command"],
    ],
    ids=lambda words: words[0] if words[0].startswith("-") else "-".join(words[:2]),
)
def test_it_prints_and_ends_as_the_installed_command(
    command: Path, tmp_path: Path, words: list[str]
) -> None:
    """What goes to either stream, and the exit code."""
    ours, theirs = (run(each, *words, home=tmp_path) for each in (command, INSTALLED))
    assert (ours.returncode, ours.stdout, ours.stderr) == (
        theirs.returncode,
        theirs.stdout,
        theirs.stderr,
    )


def test_it_has_the_environment_of_the_call(command: Path, tmp_path: Path) -> None:
    """And not that of the process that imported."""
    for project in ("digits", "letters"):
        ended = run(command, "status", "--json", home=tmp_path, HOZON_PROJECT=project)
        assert json.loads(ended.stdout)["project"] == project


def test_it_reads_what_is_typed(command: Path, tmp_path: Path) -> None:
    """Standard input is that of the call."""
    ended = run(command, "artifact", "put", "-", "names", "--type", "dataset", home=tmp_path)
    assert (ended.returncode, ended.stdout.endswith("names:v0\n")) == (0, True)


def test_it_ends_with_whoever_typed_it(command: Path, tmp_path: Path) -> None:
    """A command that would go on for ever is gone when its shell is."""
    typed = subprocess.Popen(  # noqa: S603  Words of this file.
        [command, "gc", "watch"],
        env={"PATH": os.environ["PATH"], "HOZON_HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    until((tmp_path / "catalog.db").exists)
    typed.send_signal(signal.SIGKILL)
    typed.communicate(timeout=WAIT_SECONDS)  # It fails while anybody holds the streams.


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + WAIT_SECONDS
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)
