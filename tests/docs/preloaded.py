"""The command `hozon` for the shells of the documentation, without the wait for its imports.

Importing takes most of the time of most commands, and pages have more than a thousand. Here a
process imports once and forks for each command: the child has the arguments, the folder, the
environment and the streams of the command that was typed, runs the same program to the same end,
and hands its exit code on. The installed command itself is run by `tests/integration`.

Invariants: commands share nothing but what was imported; one whose shell has gone is killed; all of
it ends with the process that asked for it.
"""

import array
import atexit
import contextlib
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Any

CLIENT = """#!{python} -IS
import array, json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    what = dict(words=sys.argv, folder=os.getcwd(), variables=dict(os.environ))
    told = json.dumps(what).encode("utf-8", "surrogateescape")
    streams = array.array("i", [0, 1, 2]).tobytes()
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)]
    server.sendmsg([len(told).to_bytes(4, "big")], rights)
    server.sendall(told)
    code = server.recv(1)
os._exit(code[0] if code else 1)
"""
"""What stands in the place of the command: it must start fast, so it imports next to nothing."""

_STREAMS = 3


@contextlib.contextmanager
def preloaded(folder: Path) -> Iterator[Path]:
    """Start the process that imports, and put a command `hozon` into a folder.

    Args:
        folder: An empty folder; its path must be short enough for the address of a socket.

    Yields:
        The folder that belongs at the front of PATH.
    """
    address = folder / "socket"
    process = subprocess.Popen(  # noqa: S603  This file.
        [sys.executable, __file__, str(address)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()  # It listens now.
        commands = folder / "bin"
        commands.mkdir()
        command = commands / "hozon"
        command.write_text(CLIENT.format(python=sys.executable, address=str(address)), "utf-8")
        command.chmod(0o755)
        yield commands
    finally:
        process.communicate()  # It ends with its input.


def _serve(address: str) -> None:
    """Fork for each command, until standard input ends; returns in the child, to run it."""
    import boto3  # noqa: F401, PLC0415  What most commands import, too.
    import botocore.httpsession  # noqa: F401, PLC0415
    import rich.table  # noqa: F401, PLC0415

    import hozon.catalog.sqlite  # noqa: PLC0415
    import hozon.cli.main  # noqa: PLC0415
    import hozon.storage.s3  # noqa: F401, PLC0415

    gc.collect()
    gc.freeze()  # What is never looked at is never copied.
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    listening.listen(16)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # Nobody waits for those who supervise.
    while True:
        ready, _, _ = select.select([listening, 0], [], [])
        if 0 in ready:
            os._exit(0)
        asked, _ = listening.accept()
        if os.fork():
            asked.close()
            continue
        listening.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _supervise(asked)
        return


def _supervise(asked: socket.socket) -> None:
    """Fork once more: wait for the command and for whoever typed it; returns in the command."""
    size, ancillary, _, _ = asked.recvmsg(4, socket.CMSG_SPACE(_STREAMS * 4))
    streams = array.array("i", ancillary[0][2])
    told = bytearray()
    while len(told) < int.from_bytes(size, "big"):
        told += asked.recv(1 << 16)
    command = os.fork()
    if command == 0:
        asked.close()
        _become(streams, json.loads(told.decode("utf-8", "surrogateescape")))
        return
    for stream in streams:
        os.close(stream)
    ended = os.pidfd_open(command)
    ready, _, _ = select.select([asked, ended], [], [])
    if ended not in ready:
        os.killpg(command, signal.SIGKILL)
    _, status = os.waitpid(command, 0)
    code = os.waitstatus_to_exitcode(status)
    with contextlib.suppress(OSError):
        asked.sendall(bytes([code if code >= 0 else 128 - code]))
    os._exit(0)


def _become(streams: "array.array[int]", what: dict[str, Any]) -> None:
    """Take the place of the process that was typed."""
    os.setsid()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(what["folder"])
    os.environ.clear()
    os.environ.update(what["variables"])
    sys.argv[:] = what["words"]
    sys.stdin = sys.__stdin__ = TextIOWrapper(open(0, "rb"), encoding="utf-8")  # noqa: SIM115
    sys.stdout = sys.__stdout__ = _output(1, errors="strict")
    sys.stderr = sys.__stderr__ = _output(2, errors="backslashreplace")


def _output(stream: int, *, errors: str) -> TextIOWrapper:
    """Open a stream as Python does."""
    return TextIOWrapper(
        open(stream, "wb"),
        encoding="utf-8",
        errors=errors,
        line_buffering=stream == 2 or os.isatty(stream),
    )


def _run() -> int:
    """Run the program to the end that Python would bring it to; tell its exit code."""
    from hozon.cli.main import cli  # noqa: PLC0415  The command may be another process's.

    code: object = None
    try:
        cli()
    except SystemExit as error:
        code = error.code
    threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001  As Python does.
    atexit._run_exitfuncs()  # noqa: SLF001  As above.
    sys.stdout.flush()
    sys.stderr.flush()
    return code if isinstance(code, int) else int(code is not None)


if __name__ == "__main__":
    _serve(sys.argv[1])
    os._exit(_run())  # Taking down what was imported would take longer than most commands.
