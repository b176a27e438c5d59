"""Several transfers at a time."""

import signal
import threading
from collections.abc import Callable, Iterator

import pytest

from hozon.services.parallel import for_each

WAIT_SECONDS = 20


def refuse_after(started: int) -> Callable[[threading.Thread], None]:
    """Start so many threads and refuse the others, as Python does while the interpreter ends."""
    start, calls = threading.Thread.start, list[int]()

    def maybe(thread: threading.Thread) -> None:
        calls.append(1)
        if len(calls) > started:
            raise RuntimeError("can't create new thread at interpreter shutdown")
        start(thread)

    return maybe


def test_everything_is_done_once() -> None:
    """Whatever the number of threads, more than items included."""
    for threads in (1, 3, 50):
        done: list[int] = []
        for_each(done.append, range(20), threads=threads)
        assert sorted(done) == list(range(20))


def test_several_work_at_a_time() -> None:
    """The calling thread is one of them."""
    meeting = threading.Barrier(3, timeout=WAIT_SECONDS)
    workers: list[threading.Thread] = []

    def work(_: int) -> None:
        workers.append(threading.current_thread())
        meeting.wait()

    for_each(work, range(3), threads=3)
    assert threading.current_thread() in workers


@pytest.mark.parametrize("started", [0, 1])
def test_everything_is_done_where_no_thread_can_be_started(
    monkeypatch: pytest.MonkeyPatch, started: int
) -> None:
    """The calling thread does it, with those that did start."""
    monkeypatch.setattr(threading.Thread, "start", refuse_after(started))
    done: list[int] = []
    for_each(done.append, range(20), threads=4)
    assert sorted(done) == list(range(20))


class FailingBesideSlow:
    """Two items begin together: one fails at once, one when the thread of the other has ended."""

    def __init__(self) -> None:
        """Wait for two."""
        self.begun: list[int] = []
        self._workers: dict[int, threading.Thread] = {}
        self._meeting = threading.Barrier(2, timeout=WAIT_SECONDS)

    def __call__(self, item: int) -> None:
        """Be slow in the calling thread, and fail in the other."""
        self.begun.append(item)
        self._workers[item] = threading.current_thread()
        self._meeting.wait()
        if self._workers[item] is not threading.main_thread():
            raise ValueError("first")
        self._workers[1 - item].join(WAIT_SECONDS)
        raise ValueError("second")


def test_after_a_failure_nothing_new_begins() -> None:
    """Not even while another item is slow to end."""
    work = FailingBesideSlow()
    with pytest.raises(ValueError):  # noqa: PT011  Which one is the next test's.
        for_each(work, range(100), threads=2)
    assert sorted(work.begun) == [0, 1]


def test_the_failure_that_came_first_is_raised() -> None:
    """By the clock; the other one is of no use to anybody."""
    with pytest.raises(ValueError, match="first"):
        for_each(FailingBesideSlow(), range(2), threads=2)


def test_an_interrupt_stops_what_has_not_begun_and_waits_for_the_rest() -> None:
    """Ctrl-C arrives in the calling thread; what others have begun is done when it is raised."""
    meeting = threading.Barrier(2, timeout=WAIT_SECONDS)
    begun: list[int] = []
    ended: list[int] = []
    interrupted = threading.Event()

    def work(item: int) -> None:
        begun.append(item)
        meeting.wait()
        if threading.current_thread() is threading.main_thread():
            interrupted.set()
            signal.raise_signal(signal.SIGINT)
        assert interrupted.wait(WAIT_SECONDS)
        ended.append(item)

    with pytest.raises(KeyboardInterrupt):
        for_each(work, range(2), threads=2)
    assert sorted(begun) == [0, 1]
    assert len(ended) == 1


def test_items_are_taken_one_by_one() -> None:
    """They may be made on the way, as many as there are threads at a time and no more."""
    made: list[int] = []
    done: list[int] = []
    ahead: list[int] = []

    def items() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    def work(number: int) -> None:
        ahead.append(len(made) - len(done))
        done.append(number)

    for_each(work, items(), threads=3)
    assert sorted(done) == list(range(100))
    assert max(ahead) <= 3 + 1


def test_items_that_cannot_be_made_are_a_failure() -> None:
    """What was under way is finished, and the error comes out."""

    def items() -> Iterator[int]:
        yield 1
        raise ZeroDivisionError

    done: list[int] = []
    with pytest.raises(ZeroDivisionError):
        for_each(done.append, items(), threads=2)
    assert done in ([1], [])
