"""Sessions: the open connections of this process, one for each set of settings.

Owns when connections are opened (at the first use) and closed (`teardown`, or the end of the
process). Refuses to own what is done over them.
"""

import atexit
import os
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Final

from hozon.bootstrap import SystemClock, open_context, open_file_index
from hozon.model.digests import ContentDigest
from hozon.model.versions import Version
from hozon.ports.clock import Clock
from hozon.sdk.holding import Hold, Holds
from hozon.services.context import Context
from hozon.services.known_files import KnownFiles
from hozon.services.staging import StagingArea
from hozon.services.transfers import find_anywhere
from hozon.settings import Settings, load_settings

_LOCK: Final = threading.RLock()


class Session:
    """The settings of a moment, and the connections that follow from them.

    Objects that users hold keep their session. It opens connections again where it has none: after
    `close`, and in a forked child, which must not touch those of its parent.

    Args:
        settings: What was configured when the session began.
        clock: Tells the catalog's time; None for the clock that the catalog has by itself.
        timeout: How long to wait for the catalog and for each answer of an object store; None for
            as long as each adapter does by itself.
    """

    def __init__(
        self, settings: Settings, *, clock: Clock | None = None, timeout: timedelta | None = None
    ) -> None:
        """Remember the settings; nothing is opened yet."""
        self.settings: Final = settings
        """What was configured when the session began."""
        self._clock: Final = clock
        self._timeout: Final = timeout
        self._opened: dict[int, Context] = {}
        self._holds: Final = Holds()
        self._file_index: Final = open_file_index(settings)

    @property
    def context(self) -> Context:
        """The capabilities, opened by the first call in each process.

        Raises:
            InvalidSettingError: A URL is not understood.
            MissingExtraError: The library of an adapter is not installed.
            CatalogError: The catalog cannot be opened.
        """
        process = os.getpid()
        with _LOCK:
            if process not in self._opened:
                self._opened[process] = open_context(
                    self.settings, clock=self._clock, timeout=self._timeout
                )
                _OPENED.add(self)
            return self._opened[process]

    def hold(self, version: Version) -> Hold:
        """Keep everything that a version holds until the hold, or this session, ends.

        Args:
            version: A committed version.

        Raises:
            VersionStateError: The version is not committed, for instance deleted.
            CatalogError: The catalog failed.
        """
        return self._holds.take(self.context, version)

    def new_staging_area(self) -> StagingArea:
        """Make room for the private copies of a draft; nothing is opened before it is needed."""
        known = KnownFiles(self._file_index, stored=self._stored, clock=SystemClock())
        return StagingArea(self.settings.staging, sizes=self.settings.sizes, known=known)

    def _stored(self, digests: Collection[ContentDigest]) -> Collection[ContentDigest]:
        """Tell which digests a store holds, be it that of another team."""
        found = find_anywhere(self.context, digests)
        return {digest for _, places in found for digest in places}

    def close(self) -> None:
        """Let go of what drafts hold, and close what this process opened; again does nothing."""
        self._holds.end()
        self._file_index.close()
        context = self._opened.pop(os.getpid(), None)
        if context is not None:
            context.close()


_SESSIONS: Final[dict[tuple[Settings, Clock | None, timedelta | None], Session]] = {}
_OPENED: Final[set[Session]] = set()

_CHOSEN: Final[ContextVar[Settings | None]] = ContextVar("chosen_settings", default=None)
_CLOCK: Final[ContextVar[Clock | None]] = ContextVar("chosen_clock", default=None)


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


@contextmanager
def use_clock(clock: Clock) -> Iterator[None]:
    """Let what the block does happen at another time: demo data may be old.

    Args:
        clock: Tells the catalog's time.

    Concurrency:
        Holds for the thread (or task) that enters the block; others keep theirs.
    """
    token = _CLOCK.set(clock)
    try:
        yield
    finally:
        _CLOCK.reset(token)


def current_session(*, timeout: timedelta | None = None) -> Session:
    """Give the session for the settings as they are now.

    A changed environment gives another session, and so does another timeout.

    Args:
        timeout: How long to wait for the catalog and for each answer of an object store; None for
            as long as each adapter does by itself.

    Raises:
        InvalidSettingError: The configuration file cannot be used.
        InvalidNameError: The entity or the project breaks the rules for names.
    """
    settings, clock = _CHOSEN.get() or load_settings(), _CLOCK.get()
    with _LOCK:
        key = (settings, clock, timeout)
        if key not in _SESSIONS:
            _SESSIONS[key] = Session(settings, clock=clock, timeout=timeout)
        return _SESSIONS[key]


def close_sessions() -> None:
    """Close all connections of this process."""
    with _LOCK:
        sessions = {*_OPENED, *_SESSIONS.values()}
        _OPENED.clear()
        _SESSIONS.clear()
    for session in sessions:
        session.close()


# A program that began no run closes nothing by itself.
atexit.register(close_sessions)
if hasattr(os, "register_at_fork"):
    # Another thread may hold the lock while this one forks: the child would wait for ever.
    os.register_at_fork(
        before=_LOCK.acquire, after_in_parent=_LOCK.release, after_in_child=_LOCK.release
    )
