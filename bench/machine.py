"""The machine that is measured on, as far as figures depend on it.

Owns what is told of it. Refuses to tell its name, its addresses and its paths: figures are
published.
"""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

_GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Machine:
    """What figures depend on."""

    processor: str
    """The model of its processor."""
    cores: int
    """How many of its cores this program may use."""
    memory_gib: float
    """Its memory, in GiB."""
    file_system: str
    """The kind of file system that was written to."""
    kernel: str
    """Its operating system and the release of that."""
    python: str
    """The implementation and the version of Python."""


def describe(folder: Path) -> Machine:
    """Describe this machine.

    Args:
        folder: A folder that exists, on the file system that is written to.

    Returns:
        The description; what cannot be found out is `unknown`.
    """
    return Machine(
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else _all_cores(),
        memory_gib=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIB,
        file_system=_file_system(folder),
        kernel=f"{platform.system()} {platform.release()}",
        python=f"{platform.python_implementation()} {platform.python_version()}",
    )


def _all_cores() -> int:
    return os.cpu_count() or 1


def _processor() -> str:
    for line in _lines("/proc/cpuinfo"):
        key, _, value = line.partition(":")
        if key.strip() == "model name":
            return value.strip()
    return platform.processor() or "unknown"


def _file_system(folder: Path) -> str:
    """Find the mount that is nearest above a folder."""
    found, nearest = "unknown", -1
    for line in _lines("/proc/self/mountinfo"):
        before, _, after = line.partition(" - ")
        mount = Path(before.split()[4])
        depth = len(mount.parts)
        # Of two mounts at one place the later hides the earlier.
        if depth >= nearest and folder.resolve().is_relative_to(mount):
            found, nearest = after.split()[0], depth
    return found


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text("utf-8").splitlines()
    except OSError:
        return []
