"""What every measured program shares: its job, its clock, its answer.

Owns how a job comes in and how figures go out. Needs nothing but the standard library.

Invariants: the clock is not running while modules are imported or a store is made; the peak of
memory is read as soon as the clock stops, so that no check afterwards counts.
"""

import hashlib
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType

NAME = "data"
"""What the measured content is called, wherever a tool asks for a name."""
WARM_UP = "warm-up"
"""What is logged before the clock starts, so that the store is there and every module imported."""

_KIB = 1024

_TOUCH = """
import mmap, sys
with mmap.mmap(-1, int(sys.argv[1])) as memory:
    for start in range(0, len(memory), mmap.PAGESIZE):
        memory[start] = 1
"""
"""A program that uses every page of so much memory once."""

_MEMORY_PER_BYTE = 3
"""How much memory to have at hand for each byte of a large file: the page cache keeps what is read,
what is stored and what is brought back."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a program is to do."""

    action: str
    """`log`, `download`, or another that it knows."""
    source: Path
    """The folder or the file that is logged."""
    store: Path
    """A folder of its own, which stays between the jobs of one round; the working directory."""
    target: Path
    """A folder that does not exist yet, for what is downloaded."""
    changed: str | None = None
    """The one path below `source` that was rewritten since it was logged; None the first time."""
    bucket: str | None = None
    """The bucket to store in, which does not exist yet; None where the store is the folder."""
    threads: int = 1
    """How many threads a program of ours may use, where it leaves that open."""
    prefix: str | None = None
    """The folder below `source` that is downloaded; None for all of it."""
    versions: int = 0
    """How many versions are logged, where the program writes the files itself."""
    files: int = 0
    """How many files each of them has."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program did, so that one that did nothing is found out."""

    files: int
    """How many files it says that it treated."""
    size_bytes: int
    """How long they are together."""
    version: str | None = None
    """What it calls this content; other content must be called otherwise. None: it has no names."""
    digest: str | None = None
    """The digest of all content as `digest_of` computes it; None where it knows no SHA-256."""
    root: str | None = None
    """Where the files lie that it brought back; None where it brought none."""
    stored_bytes: int | None = None
    """By how much its store grew; None where the store is the folder, with nothing else in it."""
    requests: int | None = None
    """How many HTTP requests it sent while the clock ran; None where it sends none."""


class Stopwatch:
    """Takes the time of a `with` block, and the peak of memory at its end."""

    def __init__(self, *, memory_bytes: int = 0) -> None:
        """Begin with nothing taken.

        Args:
            memory_bytes: How much memory the system should have at hand when the clock starts.
        """
        self._memory_bytes = memory_bytes
        self.seconds = 0.0
        self.peak_bytes = 0
        self._begin = 0.0

    def __enter__(self) -> None:
        """Start the clock, with memory at hand that the host has given already."""
        touch_memory(self._memory_bytes)
        self._begin = time.perf_counter()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the clock."""
        self.seconds = time.perf_counter() - self._begin
        self.peak_bytes = peak_bytes()


Action = Callable[[Job, Stopwatch], Answer]
"""Does a job, and runs the clock over the work alone."""


def serve(actions: Mapping[str, Action]) -> None:
    """Do the job that the first argument names, and write the figures to the second.

    Args:
        actions: What the program can do, by name.
    """
    job, answer = map(Path, sys.argv[1:])
    fields = json.loads(job.read_text("utf-8"))
    source, store, target = (Path(fields.pop(name)) for name in ("source", "store", "target"))
    size = source.stat().st_size if source.is_file() else 0
    clock = Stopwatch(memory_bytes=_MEMORY_PER_BYTE * size)
    given = actions[fields["action"]](
        Job(source=source, store=store, target=target, **fields), clock
    )
    if not clock.seconds:
        raise RuntimeError(f"{sys.argv[0]} never started the clock")
    figures = {"seconds": clock.seconds, "peak_bytes": clock.peak_bytes, "answer": asdict(given)}
    answer.write_text(json.dumps(figures), "utf-8")


def touch_memory(size_bytes: int) -> None:
    """Have the host give memory to this machine before the clock starts.

    A virtual machine hands memory that was free for some seconds back to its host. Who writes a
    large file next waits until the host gives it again: on one machine a GiB took 1.2 s instead of
    0.2 s, depending on who had run before. Every contestant begins with memory at hand. A process
    of its own takes it and gives it back, so that it does not count for the one that is measured.

    Args:
        size_bytes: How much; 0 for none.
    """
    if size_bytes:
        subprocess.run([sys.executable, "-c", _TOUCH, str(size_bytes)], check=True)  # noqa: S603 -- our own interpreter, no shell


def peak_bytes() -> int:
    """Tell how much memory this process had in use at most.

    Returns:
        The peak of its resident set, in bytes. Where the kernel tells it of the present program
        alone, it does not contain what the process was before it became this program.
    """
    try:
        status = Path("/proc/self/status").read_text("ascii")
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * _KIB
    return int(status.partition("VmHWM:")[2].split()[0]) * _KIB


def digest_of(digests: Iterable[tuple[str, str]]) -> str:
    """Identify content by the SHA-256 of its files.

    Args:
        digests: Relative POSIX paths, each with 64 hexadecimal digits; in any order.

    Returns:
        The SHA-256 of what `sha256sum` prints for them, in the order of paths.
    """
    sha = hashlib.sha256()
    for path, digest in sorted(digests):
        sha.update(f"{digest}  {path}\n".encode())
    return sha.hexdigest()


def bytes_below(folder: Path) -> int:
    """Tell how much lies below a folder.

    Args:
        folder: A folder.

    Returns:
        The length of all files; of several links to one file one counts.
    """
    statuses = (path.lstat() for path in folder.rglob("*") if path.is_file())
    return sum({(one.st_dev, one.st_ino): one.st_size for one in statuses}.values())


def write_warm_up(folder: Path) -> Path:
    """Write the file that is logged before the clock starts.

    Args:
        folder: Where; made if need be.

    Returns:
        The file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / WARM_UP
    path.write_text("imports what is imported late", "utf-8")
    return path
