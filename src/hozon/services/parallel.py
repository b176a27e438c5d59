"""The same work for many items, several at a time.

Owns when a thread takes an item and when it stops. Invariants: the calling thread works, too, so
that everything is done even where no other thread can be started, as while the interpreter ends;
after a failure nothing new begins.
"""

import threading
from collections.abc import Callable, Iterable, Sequence, Sized
from contextlib import suppress
from itertools import islice
from typing import Generic, TypeVar

T = TypeVar("T")


def for_each(work: Callable[[T], None], items: Iterable[T], *, threads: int) -> None:
    """Do the same work for every item, several at a time.

    The first failure, or Ctrl-C, stops what has not begun; when it is raised, what was under way
    has ended. Only a second Ctrl-C does not wait for that.

    Args:
        work: What to do; called from several threads at once, this one among them.
        items: What to do it for; taken one by one, so that they may be made on the way.
        threads: How many at a time, 1 or more; fewer, where no more can be started.

    Raises:
        BaseException: Whatever the work raised first, by the clock.
    """
    queue = _Queue(work, items)
    wanted = min(threads, len(items)) if isinstance(items, Sized) else threads
    helpers = [threading.Thread(target=queue.work_off) for _ in range(wanted - 1)]
    try:
        with suppress(RuntimeError):  # None can be started any more: those that work do it all.
            for helper in helpers:
                helper.start()
        queue.work_off()
        _wait(helpers)
    except BaseException as error:  # noqa: BLE001  Ctrl-C, wherever this thread was just then.
        queue.failures.append(error)
        _wait(helpers)
    if queue.failures:
        raise queue.failures[0]


class _Queue(Generic[T]):
    """Items, each of which one thread takes, until there are none left or one failed."""

    def __init__(self, work: Callable[[T], None], items: Iterable[T]) -> None:
        self._work = work
        self._items = iter(items)
        self._lock = threading.Lock()
        self.failures: list[BaseException] = []

    def work_off(self) -> None:
        """Take items and do the work until there is nothing to take; what it raises is kept."""
        try:
            while taken := self._take():
                self._work(*taken)
        except BaseException as error:  # noqa: BLE001  Raised in the calling thread.
            self.failures.append(error)

    def _take(self) -> tuple[T, ...]:
        """Give the next item, or none."""
        with self._lock:
            return () if self.failures else tuple(islice(self._items, 1))


def _wait(helpers: Sequence[threading.Thread]) -> None:
    """Wait until no helper works any more; one that never started is none."""
    for helper in helpers:
        if helper.is_alive():
            helper.join()
