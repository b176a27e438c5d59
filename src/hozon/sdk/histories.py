"""The history of a run, as users read it.

Owns the shape of a row. Refuses to own paging; that is the listing's.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from hozon.errors import InputError
from hozon.model.metadata import check_json_object
from hozon.model.runs import RunKey
from hozon.ports.runs import HistoryRow
from hozon.sdk.session import Session
from hozon.services.runs import read_history

_PAGE = 1000


class History:
    """What a run logged, read when it is asked for.

    Args:
        session: The connections.
        key: The run's key in the catalog; None for a run that stores nothing.
    """

    def __init__(self, session: Session, key: RunKey | None) -> None:
        """Remember the run; nothing is read yet."""
        self._session = session
        self._key = key

    def rows(self, keys: Sequence[str] | None, *, samples: int | None) -> list[dict[str, Any]]:
        """Read all rows, or evenly spaced ones.

        Args:
            keys: Metrics that a row must have, and is cut down to; None for all.
            samples: The most rows to give, 1 or more; None for all.

        Raises:
            InputError: `samples` is below 1.
        """
        if samples is not None and samples < 1:
            raise InputError(f"samples is {samples}", hint="Ask for 1 or more, or leave it out.")
        rows = list(self.scan(keys, page_size=_PAGE))
        if samples is None or len(rows) <= samples:
            return rows
        last = max(samples - 1, 1)
        return [rows[number * (len(rows) - 1) // last] for number in range(samples)]

    def scan(
        self,
        keys: Sequence[str] | None,
        *,
        page_size: int,
        first: int | None = None,
        end: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Read rows a page at a time; see `rows`.

        Args:
            keys: As for `rows`.
            page_size: How many to fetch at a time, 1 or more.
            first: The first step; None for the very first.
            end: The step before which to stop; None for all.

        Raises:
            InputError: `page_size` is below 1.
        """
        if page_size < 1:
            raise InputError(f"page_size is {page_size}", hint="Fetch 1 or more at a time.")
        return self._scan(keys, page_size=page_size, first=first, end=end)

    def _scan(
        self, keys: Sequence[str] | None, *, page_size: int, first: int | None, end: int | None
    ) -> Iterator[dict[str, Any]]:
        if self._key is None:
            return
        listing = read_history(self._session.context, self._key, first=first, end=end)
        after = None
        while page := listing.page(after=after, limit=page_size):
            after = page[-1].key
            for item in page:
                if keys is None or all(key in item.value.row for key in keys):
                    yield _shown(item.value, keys)


def _shown(row: HistoryRow, keys: Sequence[str] | None) -> dict[str, Any]:
    """Give a row as users read it."""
    shown = check_json_object(row.row, what="logged data", finite=False)
    kept = shown if keys is None else {key: shown[key] for key in keys}
    return {"_step": row.step, "_timestamp": row.logged_at.timestamp(), **kept}
