"""Journals: where a run that is going on writes what it does.

Owns the hold of this process on its run, and the thread that renews it. Refuses to own what is
logged and when. Invariant: after the journal of a run has ended, its thread writes nothing more.
"""

import threading
from collections.abc import Mapping
from typing import Final, Protocol

from hozon.errors import HozonError
from hozon.model.metadata import JsonObject
from hozon.model.run_metrics import SummaryRule
from hozon.model.runs import RunDetails, RunKey, RunState
from hozon.model.versions import Version
from hozon.sdk.session import Session
from hozon.sdk.sweep_points import HeldPoint
from hozon.services.lineage import record_use
from hozon.services.runs import (
    RUN_LEASE,
    HeldRun,
    describe_run,
    end_run,
    keep_run,
    log_metrics,
    save_config,
    save_metrics,
    save_summary,
)

RENEWED_EVERY: Final = RUN_LEASE / 5
"""How often a run says that its process is alive, though it logs nothing."""


class Journal(Protocol):
    """Where a run writes what it does."""

    @property
    def key(self) -> RunKey | None:
        """The run's key in the catalog; None where nothing is stored."""
        ...

    def log(self, row: JsonObject, *, step: int, summary: JsonObject, again: bool) -> None:
        """Store the row of a step, and the summary with it."""
        ...

    def save_config(self, config: JsonObject) -> None:
        """Store the configuration."""
        ...

    def save_summary(self, summary: JsonObject) -> None:
        """Store the summary."""
        ...

    def save_rules(self, rules: Mapping[str, SummaryRule]) -> None:
        """Store by which rules the summary takes metrics over."""
        ...

    def describe(self, details: RunDetails) -> None:
        """Store what people say of the run."""
        ...

    def use(self, version: Version, *, use_as: str | None) -> bool:
        """Draw the edge from a version to the run; tell whether it could be drawn."""
        ...

    @property
    def refusal(self) -> HozonError | None:
        """Why the run may record nothing more; None while it may."""
        ...

    def end(self, state: RunState, *, exit_code: int) -> RunState:
        """Record that the run ended; tell how it did, which need not be as asked."""
        ...


class CatalogJournal:
    """Writes into the catalog, as long as this process holds the run.

    Args:
        session: The connections.
        held: The run, and the token of this process.

    Concurrency:
        A thread of its own renews the hold.
    """

    def __init__(self, session: Session, held: HeldRun) -> None:
        """Begin to say that the process is alive."""
        self._session = session
        self._held = held
        self._ended = threading.Event()
        threading.Thread(target=self._keep, name=f"hozon-keeps-{held.run.id}", daemon=True).start()

    @property
    def key(self) -> RunKey:
        """The run's key in the catalog."""
        return self._held.run.key

    def log(self, row: JsonObject, *, step: int, summary: JsonObject, again: bool) -> None:
        """Store the row of a step, and the summary with it."""
        log_metrics(self._session.context, self._held, row, step=step, summary=summary, again=again)

    def save_config(self, config: JsonObject) -> None:
        """Store the configuration."""
        save_config(self._session.context, self._held, config)

    def save_summary(self, summary: JsonObject) -> None:
        """Store the summary."""
        save_summary(self._session.context, self._held, summary)

    def save_rules(self, rules: Mapping[str, SummaryRule]) -> None:
        """Store by which rules the summary takes metrics over."""
        stored = {name: str(rule) for name, rule in rules.items()}
        save_metrics(self._session.context, self._held, stored)

    def describe(self, details: RunDetails) -> None:
        """Store what people say of the run."""
        describe_run(self._session.context, self.key, details)

    def use(self, version: Version, *, use_as: str | None) -> bool:
        """Draw the edge from a version to the run; tell whether it could be drawn."""
        return record_use(self._session.context, self.key, version.content_id, use_as=use_as)

    @property
    def refusal(self) -> HozonError | None:
        """Nothing: whoever lost the run hears of it when it writes."""
        return None

    def end(self, state: RunState, *, exit_code: int) -> RunState:
        """Record that the run ended; nothing is renewed any more, also if that fails."""
        self._ended.set()
        end_run(self._session.context, self._held, state, exit_code=exit_code)
        return state

    def _keep(self) -> None:
        """Say now and then that the process is alive, until the run ends or is another's."""
        while not self._ended.wait(RENEWED_EVERY.total_seconds()):
            try:
                if not keep_run(self._session.context, self._held):
                    return  # The next write of the run says so.
            except HozonError:
                continue  # It may be there again before the hold runs out.


class PointJournal(CatalogJournal):
    """Writes for a run that tries a point of a sweep, which ends with it.

    Args:
        session: The connections.
        held: The run, and the token of this process.
        point: The point.
    """

    def __init__(self, session: Session, held: HeldRun, point: HeldPoint) -> None:
        """Begin to say that the process is alive."""
        super().__init__(session, held)
        self._point = point

    @property
    def refusal(self) -> HozonError | None:
        """Why the run may record nothing more: the point was lost, or the sweep canceled."""
        return self._point.refusal

    def end(self, state: RunState, *, exit_code: int) -> RunState:
        """Record that the run ended, and with it the point."""
        self._ended.set()
        return self._point.end_run(self._held, state, exit_code=exit_code)


class NoJournal:
    """Stores nothing: for runs that are only tried."""

    key = None
    """No key."""

    def log(self, row: JsonObject, *, step: int, summary: JsonObject, again: bool) -> None:
        """Do nothing."""

    def save_config(self, config: JsonObject) -> None:
        """Do nothing."""

    def save_summary(self, summary: JsonObject) -> None:
        """Do nothing."""

    def save_rules(self, rules: Mapping[str, SummaryRule]) -> None:
        """Do nothing."""

    def describe(self, details: RunDetails) -> None:
        """Do nothing."""

    def use(self, version: Version, *, use_as: str | None) -> bool:  # noqa: ARG002  There is nothing to draw it in.
        """Draw no edge, and leave none out."""
        return True

    @property
    def refusal(self) -> HozonError | None:
        """Nothing."""
        return None

    def end(self, state: RunState, *, exit_code: int) -> RunState:  # noqa: ARG002  Nothing is stored.
        """Do nothing."""
        return state
