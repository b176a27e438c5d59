"""Ctrl-C at the command line: what a real process leaves behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import hozon

HOZON = Path(sys.executable).parent / "hozon"
SLOW = r"""
import os, sys, threading
from hozon.cli.main import cli
from hozon.storage.local import LocalObjectStore

put = LocalObjectStore.put

def put_slowly(self, key, source, **options):
    os.write(1, b"uploading\n")
    threading.Event().wait(0.2)
    put(self, key, source, **options)

LocalObjectStore.put = put_slowly
cli(sys.argv[1:])
"""


def start(*command: str) -> "subprocess.Popen[bytes]":
    """Start a program whose input and outputs are ours."""
    return subprocess.Popen(  # noqa: S603  Our own program.
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(os.environ),
    )


def interrupt(process: "subprocess.Popen[bytes]") -> tuple[int, list[str]]:
    """Press Ctrl-C, and give the exit code and the errors."""
    process.send_signal(signal.SIGINT)
    errors = process.communicate(timeout=60)[1]
    return process.returncode, errors.decode().split()


@pytest.mark.usefixtures("home")
def test_nothing_is_left_of_a_file_that_was_being_read() -> None:
    """No run has begun, and the exit code is that of Ctrl-C."""
    process = start(str(HOZON), "artifact", "put", "-", "dump")
    assert process.stdin is not None
    process.stdin.write(b"x" * 2**20)  # More than a pipe holds: the program has begun to read.
    process.stdin.flush()
    assert interrupt(process) == (130, ["Interrupted."])
    assert list(hozon.Api().runs()) == []


def test_an_upload_stops_and_makes_no_version(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run was killed; what arrived is in the store, and the same command then makes one."""
    monkeypatch.setenv("HOZON_PACKED_FILE_SIZE", "0")
    for number in range(100):
        path = Path("data", f"{number}.txt")
        path.parent.mkdir(exist_ok=True)
        path.write_text(str(number))
    process = start(sys.executable, "-c", SLOW, "artifact", "put", "data", "numbers")
    assert process.stdout is not None
    assert process.stdout.readline() == b"uploading\n"
    assert interrupt(process) == (130, ["Interrupted."])
    assert not hozon.Api().artifact_exists("numbers:latest")
    (run,) = hozon.Api().runs()
    assert (run.state, list(run.logged_artifacts())) == ("killed", [])
    arrived = len(list((home / "objects").rglob("*")))
    assert arrived < 100
    done = start(str(HOZON), "artifact", "put", "data", "numbers")
    assert done.communicate(timeout=60)[0] == b"ada/digits/numbers:v0\n"
    assert hozon.Api().artifact("numbers").file_count == 100
