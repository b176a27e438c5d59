"""Paginators: lists that are fetched a page at a time, when they are read."""

from collections.abc import Callable, Iterator
from typing import Final, Generic, TypeVar, overload

from hozon.errors import InputError
from hozon.ports.paging import Listing, PageKey

S = TypeVar("S")
T = TypeVar("T")

_MOST: Final = 2**63 - 1
"""The largest number that databases know."""


class Paginator(Generic[T]):
    """A list that is fetched a page at a time.

    Nothing is fetched before it is needed, and what was fetched is kept. Pages follow each other
    by key: deleting what you iterate over skips nothing.

    Args:
        listing: Where pages come from.
        wrap: Turns what the listing gives into what users hold.
        per_page: How many to fetch at a time, 1 or more.

    Raises:
        InputError: `per_page` is below 1.

    Examples:
        Count, pick and go through versions, newest first.

        ```python
        import hozon

        versions = hozon.Api().artifacts("dataset", "mnist", per_page=2)
        print(len(versions), versions[0].name)
        #> 3 mnist:v2
        print([version.name for version in versions[1:]])
        #> ['mnist:v1', 'mnist:v0']
        for version in versions:
            print(version.name, version.aliases)
            #> mnist:v2 ['candidate', 'latest']
            #> mnist:v1 []
            #> mnist:v0 ['reviewed']
        ```

        Take one after the other.

        ```python
        import hozon

        runs = hozon.Api().runs()
        print(next(runs).id)
        #> prepare-data
        print(next(runs).id)
        #> train-model
        ```
    """

    def __init__(self, listing: Listing[S], wrap: Callable[[S], T], *, per_page: int) -> None:
        """Remember what to fetch; nothing is fetched yet."""
        self._read = _reader(listing, wrap, _check_per_page(per_page))
        self._count = listing.count
        self._fetched: list[T] = []
        self._position = 0
        self._after: PageKey | None = None
        self._is_whole = False

    def __iter__(self) -> Iterator[T]:
        """Give the values one by one, fetching pages as they are needed."""
        position = 0
        while self._fetch(position + 1):
            yield self._fetched[position]
            position += 1

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> list[T]: ...

    def __getitem__(self, index: int | slice) -> T | list[T]:
        """Give one value, or a list of several.

        Args:
            index: A place in the list, from 0, or a slice; negative ones count from the end, which
                fetches everything.

        Raises:
            IndexError: There are not so many.
        """
        self._fetch(_needed(index))
        return self._fetched[index]

    def __next__(self) -> T:
        """Give the value after the one that `next` gave last."""
        if not self._fetch(self._position + 1):
            raise StopIteration
        self._position += 1
        return self._fetched[self._position - 1]

    def __len__(self) -> int:
        """Count what is listed now, without fetching it."""
        return self._count()

    def _fetch(self, wanted: int | None) -> bool:
        """Fetch pages until so many values are here; None fetches all."""
        while not self._is_whole and (wanted is None or len(self._fetched) < wanted):
            # If reading fails, nothing has changed: who asks again gets the page that is missing.
            page, last = self._read(self._after)
            self._fetched += page
            self._after, self._is_whole = last, not page
        return wanted is None or len(self._fetched) >= wanted


def _needed(index: int | slice) -> int | None:
    """Tell how many values an index needs; None for all."""
    if isinstance(index, int):
        return index + 1 if index >= 0 else None
    if index.stop is None or index.stop < 0 or (index.start or 0) < 0 or (index.step or 1) < 0:
        return None
    return int(index.stop)


def _reader(
    listing: Listing[S], wrap: Callable[[S], T], per_page: int
) -> Callable[[PageKey | None], tuple[list[T], PageKey | None]]:
    """Give a function that reads the page after a key, and tells the key at which it ends."""

    def read(after: PageKey | None) -> tuple[list[T], PageKey | None]:
        page = listing.page(after=after, limit=per_page)
        return [wrap(item.value) for item in page], page[-1].key if page else None

    return read


def _check_per_page(per_page: object) -> int:
    """Accept how many to fetch at a time; databases count no further than `_MOST`."""
    if isinstance(per_page, int) and per_page is not True and per_page >= 1:
        return min(per_page, _MOST)
    raise InputError(f"per_page is {per_page!r}", hint="Fetch 1 or more at a time.")
