"""Several transfers at a time."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def for_each(work: Callable[[T], None], items: Iterable[T], *, threads: int) -> None:
    """Do the same work for every item, several at a time.

    The first failure stops what has not begun; when it is raised, nothing is at work any more.

    Args:
        work: What to do; called from several threads at once.
        items: What to do it for.
        threads: How many at a time, 1 or more.

    Raises:
        BaseException: Whatever the work raised first, in the order of the items.
    """
    with ThreadPoolExecutor(threads) as pool:
        jobs = [pool.submit(work, item) for item in items]
        try:
            for job in jobs:
                job.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
