"""List the runs of a project that a filter lets through, in a given order.

Owns how such a list is read: the filter is asked of each run as pages of the catalog go by, so that
it means the same over every database.
"""

from collections.abc import Iterator, Sequence

from hozon.model.access import Action
from hozon.model.filters import Every, Filter, matches
from hozon.model.names import RunId
from hozon.model.orders import Order
from hozon.model.paths import ProjectPath, RunPath
from hozon.model.runs import Run, RunKey
from hozon.ports.paging import Keyed, Listing, PageKey
from hozon.services.access import may
from hozon.services.context import Context
from hozon.services.runs import SeenRuns

_PAGE = 200


class FilteredRuns:
    """The runs of a listing that a filter lets through, in the order of the listing.

    Args:
        listing: All runs.
        asked: What is asked of each.
    """

    def __init__(self, listing: Listing[Run], asked: Filter) -> None:
        """Remember what to read; nothing is read yet."""
        self._listing = listing
        self._asked = asked

    def count(self) -> int:
        """Count what is listed now, by reading it."""
        return sum(1 for _ in self.scan(after=None, limit=_PAGE))

    def page(self, *, after: PageKey | None, limit: int) -> Sequence[Keyed[Run]]:
        """Read what follows a key."""
        found: list[Keyed[Run]] = []
        for item in self.scan(after=after, limit=max(limit, _PAGE)):
            found.append(item)
            if len(found) == limit:
                break
        return found

    def scan(self, *, after: PageKey | None, limit: int) -> Iterator[Keyed[Run]]:
        """Give all that follow a key, reading pages of `limit`."""
        while page := self._listing.page(after=after, limit=limit):
            after = page[-1].key
            yield from (item for item in page if matches(self._asked, item.value))


class OrderedRuns:
    """Runs in an order that the catalog does not keep.

    The order is taken when the first page is read; of each run its id is remembered, no more. Runs
    that are deleted after that are left out, and nothing is skipped for them.

    Args:
        context: Where to read, and on whose behalf.
        at: The project.
        runs: Which runs, earliest first.
        order: How to sort them.
    """

    def __init__(
        self, context: Context, at: ProjectPath, runs: FilteredRuns, *, order: Order
    ) -> None:
        """Remember what to read; nothing is read yet."""
        self._context = context
        self._at = at
        self._runs = runs
        self._order = order
        self._sorted: list[RunId] | None = None

    def count(self) -> int:
        """Count what is listed now, by reading it."""
        return self._runs.count()

    def page(self, *, after: PageKey | None, limit: int) -> Sequence[Keyed[Run]]:
        """Read what follows a place in the order."""
        if self._sorted is None:
            self._sorted = self._sort()
        found: list[Keyed[Run]] = []
        with self._context.catalog.read() as session:
            if not may(session, self._context, Action.READ, self._at):
                return []
            now = self._context.catalog.now()
            for place in range(0 if after is None else int(after) + 1, len(self._sorted)):
                run = session.runs.find(RunPath(self._at, self._sorted[place]))
                if run is not None:
                    found.append(Keyed(place, run.seen_at(now)))
                if len(found) == limit:
                    break
        return found

    def _sort(self) -> list[RunId]:
        """Read all runs once, and keep their ids in order."""
        ids: dict[RunKey, RunId] = {}
        standings = []
        for item in self._runs.scan(after=None, limit=_PAGE):
            ids[item.value.key] = item.value.id
            standings.append((item.value.key, self._order.standing(item.value)))
        return [ids[key] for key in self._order.sort(standings)]


def list_runs(
    context: Context,
    at: ProjectPath,
    *,
    filters: Filter | None = None,
    order: Order | None = None,
) -> Listing[Run]:
    """List the runs of a project; none if they may not see it.

    Args:
        context: The capabilities.
        at: The project.
        filters: Which runs; None for all.
        order: How they are sorted; None for the order of creation.

    Concurrency:
        No transaction stays open between pages. Deleting what was listed skips nothing.
    """
    in_creation = order is None or order.is_creation
    newest_first = order is not None and order.is_creation and order.descending
    everything: Listing[Run] = SeenRuns(
        context, lambda s: s.runs.listing(at, newest_first=newest_first), at=at
    )
    if filters in (None, Every()) and in_creation:
        return everything
    chosen = FilteredRuns(everything, filters or Every())
    if order is None or order.is_creation:
        return chosen
    return OrderedRuns(context, at, chosen, order=order)
