"""The processes of a measurement, and the folder that they write to.

Owns their start, their variables and their end. Refuses to know what they do.

Invariants: whatever ends this program, be it an error, Ctrl-C or SIGTERM, ends each process with
all that it started, and removes the folder; a process sees no file and no setting of the user.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType

from bench.children.stopwatch import Answer, Job

ROOT = Path(__file__).parents[1]
"""The folder of the project."""

_MARK = "HOZON_BENCH_FOLDER"
_PATIENCE_S = 3600
_KIB = 1024
_SPOKEN = 2000
# What steers a contestant, or leads it out of its folder, must not come from the user.
_FOREIGN = ("AWS_", "DVC_", "HF_", "HOZON_", "MLFLOW_", "TRACKIO_", "WANDB_", "XDG_")
_IMPORT = """\
import time
begin = time.perf_counter()
import {name}
print(time.perf_counter() - begin)
"""
# Nothing is imported that is not there anyway.
_IDLE = """\
with open("/proc/self/status") as file:
    print(file.read().partition("VmHWM:")[2].split()[0])
"""
_IDLE_ELSEWHERE = """\
import resource, sys
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak // 1024 if sys.platform == "darwin" else peak)
"""


class MeasurementError(Exception):
    """What was measured is not what should have been; the message names the next step."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one process came to."""

    seconds: float
    """Seconds of the work alone."""
    peak_bytes: int
    """The peak of its memory when the work was done, in bytes."""
    answer: Answer
    """What it says that it did."""


@contextmanager
def scratch_folder(above: Path | None) -> Iterator[Path]:
    """Make a folder, and remove it in the end.

    Args:
        above: Where; None for the system's folder of temporary files.

    Yields:
        The folder.
    """
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=above)).resolve()
    try:
        yield folder
    finally:
        # It may hold millions of files: a second Ctrl-C must not leave half of them.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            shutil.rmtree(folder)
        finally:
            signal.signal(signal.SIGINT, before)


def end_on_sigterm() -> None:
    """Let SIGTERM end this program as Ctrl-C does, with everything cleaned up."""

    def interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  What signal calls.
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)


def run_program(
    python: Path,
    program: str,
    job: Job,
    *,
    paths: Sequence[str],
    variables: Mapping[str, str],
    folder: Path,
) -> Figures:
    """Run a measured program.

    Args:
        python: Its interpreter.
        program: The module below `bench.children`.
        job: What it is to do; its working directory is the store.
        paths: Where it finds modules, beside its environment.
        variables: The variables that it needs of its own.
        folder: A folder for its papers.

    Returns:
        What it came to.

    Raises:
        MeasurementError: It failed; the message holds the end of what it wrote.
    """
    order, answer = folder / "job.json", folder / "answer.json"
    order.write_text(json.dumps(asdict(job), default=str), "utf-8")
    answer.unlink(missing_ok=True)
    environment = child_environment(folder, paths=[str(ROOT), *paths], variables=variables)
    command = [str(python), "-m", f"bench.children.{program}", str(order), str(answer)]
    run(command, folder=job.store, environment=environment)
    figures = json.loads(answer.read_text("utf-8"))
    return Figures(figures["seconds"], figures["peak_bytes"], Answer(**figures["answer"]))


def import_seconds(
    python: Path, module: str, *, paths: Sequence[str], variables: Mapping[str, str], folder: Path
) -> float:
    """Measure how long an import takes in a fresh interpreter.

    Args:
        python: The interpreter.
        module: What is imported.
        paths: Where it finds modules, beside its environment.
        variables: The variables that it needs of its own.
        folder: Its working directory.

    Returns:
        Seconds.

    Raises:
        MeasurementError: It failed; the message holds the end of what it wrote.
    """
    environment = child_environment(folder, paths=paths, variables=variables)
    command = [str(python), "-c", _IMPORT.format(name=module)]
    return float(run(command, folder=folder, environment=environment).split()[-1])


def idle_bytes(folder: Path) -> int:
    """Measure how much memory an interpreter needs that does nothing.

    Args:
        folder: Its working directory.

    Returns:
        The peak of its resident set, in bytes.
    """
    # Not what the kernel tells of a process that has ended: that begins with the size of the one
    # that started it, which is this one.
    program = _IDLE if Path("/proc/self/status").exists() else _IDLE_ELSEWHERE
    environment = child_environment(folder, paths=[], variables={})
    command = [sys.executable, "-c", program]
    return int(run(command, folder=folder, environment=environment)) * _KIB


def run(command: Sequence[str], *, folder: Path, environment: Mapping[str, str]) -> str:
    """Run a command in a process group of its own.

    Args:
        command: The command.
        folder: Its working directory.
        environment: All its variables.

    Returns:
        What it wrote to standard output.

    Raises:
        MeasurementError: It failed, or took an hour; the message holds the end of what it wrote.
    """
    process = subprocess.Popen(  # noqa: S603  What is measured, without a shell.
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    with _ended(process, mark=environment.get(_MARK)):
        try:
            written, errors = process.communicate(timeout=_PATIENCE_S)
        except subprocess.TimeoutExpired:
            raise MeasurementError(
                f"{_spoken(command)} did not end within an hour; measure less, or leave it out."
            ) from None
    if process.returncode:
        raise MeasurementError(
            f"{_spoken(command)} failed; repair what it says, or leave it out.\n\n"
            f"{(written + errors)[-_SPOKEN:]}"
        )
    return written


class Bucket:
    """A mocked S3 in a process of its own."""

    def __init__(self, url: str) -> None:
        """Remember its address."""
        self._url = url

    @property
    def variables(self) -> dict[str, str]:
        """What boto3 needs to find it."""
        return {
            "AWS_ENDPOINT_URL": self._url,
            "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "bench",
            "AWS_DEFAULT_REGION": "us-east-1",
            "NO_PROXY": "127.0.0.1",
        }

    def empty(self) -> None:
        """Forget all buckets."""
        request = urllib.request.Request(f"{self._url}/moto-api/reset", method="POST")  # noqa: S310  Our own server.
        # No proxy of the user's leads to loopback.
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request):
            pass


@contextmanager
def serving_bucket(folder: Path) -> Iterator[Bucket]:
    """Serve a mocked S3 on loopback.

    Args:
        folder: Its working directory.

    Yields:
        The server.

    Raises:
        MeasurementError: It did not start.
    """
    environment = child_environment(folder, paths=[str(ROOT), *our_paths()], variables={})
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.children.moto_server"],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        start_new_session=True,
    )
    with _ended(process, mark=environment[_MARK]):
        url = process.stdout.readline().strip() if process.stdout else ""
        if not url:
            raise MeasurementError(
                "The mocked S3 did not start; run `make bench-artifacts`, which installs it."
            )
        yield Bucket(url)


def our_paths() -> list[str]:
    """Tell where this program was told to look for modules; its children shall do so, too."""
    return [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]


@contextmanager
def _ended(process: subprocess.Popen[str], *, mark: str | None) -> Iterator[None]:
    """End a process, with all that it started and left behind.

    Some services make a group of their own. On Linux they are known by the mark that they inherit.
    """
    try:
        yield
    finally:
        # The group outlives its leader for as long as somebody is in it.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        while mark and (strays := _marked(mark)):
            for stray in strays:
                with suppress(ProcessLookupError):
                    os.kill(stray, signal.SIGKILL)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                stream.close()


def _marked(mark: str) -> list[int]:
    """Find the processes that bear a mark, where the system shows their variables."""
    wanted, found = f"{_MARK}={mark}".encode(), []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # It has ended meanwhile, or is another user's.
            if wanted in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
    return found


def child_environment(
    folder: Path, *, paths: Sequence[str], variables: Mapping[str, str]
) -> dict[str, str]:
    """Give the variables of a process: those of this one, with nothing of the user's own.

    Args:
        folder: Where its home is.
        paths: Where it finds modules, beside its environment.
        variables: The variables that it needs of its own.

    Returns:
        All its variables.
    """
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_FOREIGN) and name not in {"PYTHONPATH", "VIRTUAL_ENV"}
    }
    home = folder / "home"
    home.mkdir(exist_ok=True)
    return {
        **ours,
        _MARK: str(folder),
        "HOME": str(home),
        "TMPDIR": str(home),
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONUTF8": "1",
        "NO_COLOR": "1",
        "DO_NOT_TRACK": "1",
        **variables,
    }


def _spoken(command: Sequence[str]) -> str:
    """Name a command without its interpreter, whose path says nothing."""
    return " ".join(["python", *command[1:3]])
