"""Sessions: the open connections of this process, one for each set of settings.

Owns when connections are opened (at the first use) and closed (`teardown`, or the end of the
process). Refuses to own what is done over them.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from hozon.bootstrap import open_context
from hozon.services.context import Context
from hozon.settings import Settings, load_settings

_LOCK: Final = threading.Lock()


@dataclass
class Session:
    """The settings of a moment, and the connections that follow from them."""

    settings: Settings
    """What was configured when the session began."""

    _opening: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @cached_property
    def _context(self) -> Context:
        return open_context(self.settings)

    @property
    def context(self) -> Context:
        """The capabilities, opened by the first call.

        Raises:
            InvalidSettingError: A URL is not understood.
            MissingExtraError: The library of an adapter is not installed.
            CatalogError: The catalog cannot be opened.
        """
        with self._opening:
            return self._context

    def close(self) -> None:
        """Close what was opened; calling it again does nothing."""
        if "_context" in self.__dict__:
            self._context.close()


_OPEN: Final[dict[tuple[int, Settings], Session]] = {}


_CHOSEN: Final[ContextVar[Settings | None]] = ContextVar("chosen_settings", default=None)


@contextmanager
def use_settings(settings: Settings) -> Iterator[None]:
    """Let the block work with these settings, whatever the environment says.

    Args:
        settings: Where data lives, and what names are looked up in.

    Concurrency:
        Holds for the thread (or task) that enters the block; others keep theirs.
    """
    token = _CHOSEN.set(settings)
    try:
        yield
    finally:
        _CHOSEN.reset(token)


def current_session() -> Session:
    """Give the session for the settings as they are now.

    A changed environment gives another session, and so does a forked process: connections must
    not cross a fork.

    Raises:
        InvalidSettingError: The configuration file cannot be used.
        InvalidNameError: The entity or the project breaks the rules for names.
    """
    settings = _CHOSEN.get() or load_settings()
    with _LOCK:
        return _OPEN.setdefault((os.getpid(), settings), Session(settings))


def close_sessions() -> None:
    """Close all connections of this process."""
    with _LOCK:
        # Connections inherited over a fork are the parent's to close.
        sessions = [session for (pid, _), session in _OPEN.items() if pid == os.getpid()]
        _OPEN.clear()
    for session in sessions:
        session.close()
