"""Holds: what drafts of versions keep in the store, and when they let go of it.

Owns when the pins of a draft end: when it has been logged or cleared, when nobody has the draft any
more, and when the connections are closed, which the end of the process does. Refuses to own the
pins; they are `hozon.services.drafts`'.

Invariants: a draft that is collected waits for nobody and raises nothing, wherever Python collects
it; nothing is let go of over connections that are closed, nor by a process that did not take hold.
"""

import os
import threading
import weakref
from contextlib import suppress
from queue import SimpleQueue
from typing import Final

from hozon.model.versions import Version
from hozon.services.context import Context
from hozon.services.drafts import hold_content, release_content
from hozon.services.leases import Upload

_LOCK: Final = threading.RLock()
"""Is held while something is let go of, so that closing connections waits for it."""


class Hold:
    """What one draft keeps in the store.

    Args:
        context: The connections over which it was taken.
        holder: What holds the pins.
    """

    def __init__(self, context: Context, holder: Upload) -> None:
        """Take note of it."""
        self._context = context
        self._holder = holder
        self._owner = os.getpid()
        self._ended = False

    def end(self) -> None:
        """Let go; in a forked child, or when called again, nothing happens."""
        with _LOCK:
            if not self._ended and os.getpid() == self._owner:
                self._ended = True
                release_content(self._context, self._holder)

    def end_with(self, owner: object) -> None:
        """Let go, in another thread and soon, when nobody has an object any more.

        Args:
            owner: The object.
        """
        _begin_to_wait()
        # The end of the process closes connections, and that comes before `weakref` looks.
        weakref.finalize(owner, _drop, self).atexit = False

    @property
    def has_ended(self) -> bool:
        """Whether it holds nothing any more."""
        return self._ended


class Holds:
    """All holds that were taken over the same connections."""

    def __init__(self) -> None:
        """Begin with none."""
        self._all: set[Hold] = set()

    def take(self, context: Context, version: Version) -> Hold:
        """Keep everything that a version holds.

        Args:
            context: The connections.
            version: A committed version.

        Raises:
            VersionStateError: The version is not committed, for instance deleted.
            CatalogError: The catalog failed.
        """
        hold = Hold(context, hold_content(context, version))
        with _LOCK:
            self._all = {known for known in self._all if not known.has_ended} | {hold}
        return hold

    def end(self) -> None:
        """Let go of all of them: their connections are about to be closed."""
        with _LOCK:
            for hold in self._all:
                hold.end()
            self._all.clear()


_DROPPED: "list[SimpleQueue[Hold]]" = []
"""The queue of the thread that lets go; none before it is needed."""


def _begin_to_wait() -> None:
    """Start the thread that lets go of what dropped drafts hold, if it does not run yet."""
    with _LOCK:
        if _DROPPED:
            return
        queue: SimpleQueue[Hold] = SimpleQueue()
        thread = threading.Thread(target=_let_go, args=[queue], name="hozon-holds", daemon=True)
        with suppress(RuntimeError):  # The process ends, and takes the connections along.
            thread.start()
            _DROPPED.append(queue)


def _drop(hold: Hold) -> None:
    """Hand on what a draft held.

    Python may call this anywhere: in the middle of a transaction, or with any lock held. So nothing
    is waited for here.
    """
    for queue in _DROPPED:
        queue.put(hold)


def _let_go(queue: "SimpleQueue[Hold]") -> None:
    """Let go of whatever comes."""
    while True:
        queue.get().end()


if hasattr(os, "register_at_fork"):
    # The thread may hold the lock while another forks, and the child does not have that thread.
    os.register_at_fork(before=_LOCK.acquire, after_in_parent=_LOCK.release)

    def _begin_anew() -> None:
        _DROPPED.clear()
        _LOCK.release()

    os.register_at_fork(after_in_child=_begin_anew)
