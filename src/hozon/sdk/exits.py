"""Exits: with which exception a program ends that left its run open.

Owns the watch over `sys.exit`: Python tells nobody which exit code a program ends with, so that a
run that is open is told by the call itself. Refuses to own what becomes of the run. Invariant: a
call whose exception was caught counts for nothing; when nobody watches, `sys.exit` is Python's own.
"""

import dis
import sys
import threading
from types import FrameType
from typing import Final, NoReturn

_EXIT: Final = sys.exit

_CALLED: Final[list[tuple[SystemExit, FrameType]]] = []
"""The last call: its exception, and the frame in which the program began."""


def watch_exit() -> None:
    """Look at calls of `sys.exit` from now on; a function that somebody else put there stays."""
    if sys.exit is _EXIT:
        sys.exit = _noted_exit


def forget_exit() -> None:
    """Give `sys.exit` back, and forget what was seen."""
    if sys.exit is _noted_exit:
        sys.exit = _EXIT
    _CALLED.clear()


def last_words() -> BaseException | None:
    """Tell which exception ends this program.

    Returns:
        That of a call of `sys.exit` in the main thread that nothing caught, or what else nothing
        caught; None for a program that came to its end, an interactive one, and one whose
        exception was raised by other means, such as `raise SystemExit(3)`.
    """
    uncaught = next((error for error, began in _CALLED if not _has_returned(began)), None)
    if uncaught is None and not hasattr(sys, "ps1"):
        # What an interactive session raised along the way says nothing about its end.
        return getattr(sys, "last_value", None)
    return uncaught


def _noted_exit(status: str | int | None = None, /) -> NoReturn:
    """Do what `sys.exit` does, and remember it."""
    try:
        _EXIT(status)
    except SystemExit as error:
        if threading.current_thread() is threading.main_thread():
            _CALLED[:] = [(error, _outermost(sys._getframe()))]  # noqa: SLF001  As inspect does.
        raise


def _outermost(frame: FrameType) -> FrameType:
    """Find the frame in which the program began."""
    while frame.f_back is not None:
        frame = frame.f_back
    return frame


def _has_returned(frame: FrameType) -> bool:
    """Tell whether a frame that has ended came to its end, rather than being left by a raise."""
    return dis.opname[frame.f_code.co_code[frame.f_lasti]].startswith("RETURN")
