"""Processes: tell one from another, and whether it has ended.

Owns the realm in which ids of processes are unique. Refuses to own what a process leaves behind.
"""

import os
import platform
import re
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

CAN_ASK: Final = os.name == "posix"
"""Whether the system can be asked for a process; on Windows the question would end it."""


@cache
def realm() -> str:
    """Name the realm in which ids of processes are unique: the machine, or a container on it.

    Containers may share the machine's name, and a folder, but not their processes.
    """
    name = platform.node()
    with suppress(OSError):
        name += f".{Path('/proc/self/ns/pid').stat().st_ino}"
    return re.sub(r"[^A-Za-z0-9.]", "_", name)


def has_ended(pid: int) -> bool:
    """Tell whether a process of this realm is known to have ended.

    Args:
        pid: Its id. Another process may have been given it since.
    """
    if not CAN_ASK:
        return False
    try:
        os.kill(pid, 0)
    except OSError as error:
        return isinstance(error, ProcessLookupError)  # One of somebody else may not be asked.
    return False


def this_process() -> str:
    """Write down which process this is, for `has_left`."""
    return f"{realm()}-{os.getpid()}"


def has_left(process: str) -> bool:
    """Tell whether a process, perhaps of another realm, is known to have ended.

    Args:
        process: What `this_process` gave in it.

    Returns:
        False where it goes on, and where nobody can tell.
    """
    where, _, pid = process.rpartition("-")
    return where == realm() and pid.isdecimal() and has_ended(int(pid))


def describe_process() -> str:
    """Say which process this is, for people."""
    return f"process {os.getpid()} on {platform.node() or 'this machine'}"
