"""Listings that open a session for each page.

Owns that, and that a listing shows only what may be seen: between two pages no transaction stays
open, so that a reader who takes an hour blocks nobody, and each page asks anew.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from hozon.model.access import Action, Verdict
from hozon.model.names import EntityName
from hozon.model.paths import ProjectPath
from hozon.ports.catalog import CatalogSession
from hozon.ports.paging import Keyed, Listing, PageKey
from hozon.services.access import Sight, authorize, judge
from hozon.services.context import Context

T = TypeVar("T")

Place = ProjectPath | EntityName
"""What decides over access."""

_PAGE = 500


class CatalogListing(Generic[T]):
    """A list of the catalog, read a page at a time; empty for those who may not see it.

    Args:
        context: Where to read, and on whose behalf.
        query: Chooses the list within a session.
        at: Where it is, or how to find out; where that gives None, nothing is. Without it, items
            of several projects are listed, and `shows` decides.
        action: What reading it is.
        shows: Names other projects of which an item tells: it is left out unless all may be read.
    """

    def __init__(
        self,
        context: Context,
        query: Callable[[CatalogSession], Listing[T]],
        *,
        at: Place | Callable[[CatalogSession], Place | None] | None = None,
        action: Action = Action.READ,
        shows: Callable[[T], Iterable[ProjectPath]] | None = None,
    ) -> None:
        """Remember what to ask; nothing is read yet."""
        self._context = context
        self._query = query
        self._at = at
        self._action = action
        self._shows = shows

    def count(self) -> int:
        """Count what is listed now."""
        with self._context.catalog.read() as session:
            if not self._is_visible(session):
                return 0
            if self._shows is None:
                return self._query(session).count()
            sight, listing, after, total = (
                Sight(session, self._context),
                self._query(session),
                None,
                0,
            )
            while page := listing.page(after=after, limit=_PAGE):
                total += len(self._seen(sight, page))
                after = page[-1].key
            return total

    def page(self, *, after: PageKey | None, limit: int) -> Sequence[Keyed[T]]:
        """Read what follows a key."""
        with self._context.catalog.read() as session:
            if not self._is_visible(session):
                return []
            listing = self._query(session)
            if self._shows is None:
                return listing.page(after=after, limit=limit)
            sight, found = Sight(session, self._context), list[Keyed[T]]()
            while len(found) < limit and (page := listing.page(after=after, limit=limit)):
                found += self._seen(sight, page)
                after = page[-1].key
            return found[:limit]

    def _is_visible(self, session: CatalogSession) -> bool:
        """Tell whether anything is to be seen, and refuse those who may know that there is."""
        if self._at is None:
            return True
        at = self._at(session) if callable(self._at) else self._at
        if at is None:
            return False
        verdict = judge(session, self._context, self._action, at)
        if verdict is Verdict.DENIED:
            authorize(session, self._context, self._action, at)
        return verdict is Verdict.ALLOWED

    def _seen(self, sight: Sight, page: Sequence[Keyed[T]]) -> list[Keyed[T]]:
        """Leave out what tells of hidden projects."""
        shows = self._shows or (lambda _: ())
        return [item for item in page if sight.shows(*shows(item.value))]
