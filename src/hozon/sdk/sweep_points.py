"""Points of sweeps that this process holds.

Owns the thread that renews the lease of a point, and the way by which a program that `hozon agent`
started finds its point. Invariant: a point that was lost, or whose sweep was canceled, lets its run
record nothing more.
"""

import json
import threading
import time
from datetime import timedelta
from types import TracebackType
from typing import Final, Self

from hozon.bootstrap import open_optimizer
from hozon.errors import HozonError, InputError, SweepLeaseError, SweepStateError
from hozon.model.metadata import JsonObject
from hozon.model.paths import SweepPath
from hozon.model.runs import Run, RunKey, RunState
from hozon.model.sweep_config import Method
from hozon.model.sweeps import Sweep, SweepState
from hozon.sdk.session import Session
from hozon.services.runs import HeldRun
from hozon.services.sweep_points import (
    Claim,
    begin_point,
    claim_point,
    close_claim,
    end_point,
    find_claim,
    renew_claim,
)
from hozon.services.sweeps import find_sweep
from hozon.settings import read_sweep_point

VARIABLE: Final = "HOZON_SWEEP_POINT"
"""What tells a program that `hozon agent` started which point it is to try."""

_BEATS: Final = 4
"""How often a lease is renewed while it runs."""

_LONGEST_WAIT: Final = timedelta(seconds=5)
_JOINED: Final[set[str]] = set()


class HeldPoint:
    """A point that this process holds, and renews in a thread until it lets go.

    Args:
        session: The connections, and how long a lease is.
        claim: The point.
    """

    def __init__(self, session: Session, claim: Claim) -> None:
        """Begin to renew the lease."""
        self.claim: Final = claim
        """The point."""
        self.taken = False
        """Whether a run has taken it."""
        self.refusal: HozonError | None = None
        """Why its run may record nothing more; None while it may."""
        self._session = session
        self._lease = session.settings.sweep_lease
        self._stop = threading.Event()
        name = f"hozon-point-{claim.point.number}"
        self._thread = threading.Thread(target=self._renew, name=name, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        """Hold it for the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of it, whatever it came to."""
        self.close()

    @property
    def sweep(self) -> Sweep:
        """The sweep that it is of."""
        return self.claim.sweep

    @property
    def values(self) -> JsonObject:
        """A value for each parameter."""
        return self.claim.point.values

    @property
    def variable(self) -> str:
        """What a program needs to know, for `HOZON_SWEEP_POINT`."""
        point = self.claim.point
        place = {"sweep": str(self.sweep.path), "point": point.number, "token": point.token}
        return json.dumps(place)

    def begin(self, run: RunKey) -> None:
        """Record which run tries the point.

        Raises:
            SweepLeaseError: The point is in other hands by now.
        """
        begin_point(self._session.context, self.claim, run)
        self.taken = True

    def end_run(self, held: HeldRun, state: RunState, *, exit_code: int) -> RunState:
        """Record how the run ended, and with it the point.

        Returns:
            How it ended: `FAILED` if the point was lost or the sweep canceled.

        Raises:
            RunLostError: Another process has gone on with the run.
        """
        self._stop.set()
        if self.refusal is not None:
            state, exit_code = RunState.FAILED, exit_code or 1
        return end_point(self._session.context, self.claim, held, state, exit_code=exit_code)

    def close(self) -> Run | None:
        """Let go of the point, and tell which run tried it; calling it again does nothing new."""
        self._stop.set()
        self._thread.join()
        return close_claim(self._session.context, self.claim)

    def _renew(self) -> None:
        """Say from time to time that somebody is at work."""
        while not self._stop.wait(self._lease.total_seconds() / _BEATS):
            try:
                if not renew_claim(self._session.context, self.claim, lease=self._lease):
                    return
            except (SweepLeaseError, SweepStateError) as error:
                self.refusal = error
                return
            except HozonError:
                continue  # The catalog may answer in time for the next beat.


class PointQueue:
    """Gives an agent one point after the other.

    Args:
        session: The connections.
        sweep: The sweep.

    Raises:
        MissingExtraError: The method is `bayes`, and Optuna is not installed.
    """

    def __init__(self, session: Session, sweep: Sweep) -> None:
        """Open what the method needs."""
        self._session = session
        self._sweep = sweep
        self._optimizer = open_optimizer() if sweep.config.method is Method.BAYES else None

    def next(self) -> HeldPoint | None:
        """Take a point, and wait for it where one may come.

        Returns:
            The point; None if there will be none.
        """
        lease = self._session.settings.sweep_lease
        while True:
            found = claim_point(
                self._session.context, self._sweep, lease=lease, optimizer=self._optimizer
            )
            if isinstance(found, Claim):
                return HeldPoint(self._session, found)
            if not found.may_come:
                return None
            time.sleep(min(lease / _BEATS, _LONGEST_WAIT).total_seconds())

    @property
    def is_canceled(self) -> bool:
        """Whether the sweep has been canceled."""
        return find_sweep(self._session.context, self._sweep.path).state is SweepState.CANCELED


def join_point(session: Session) -> HeldPoint | None:
    """Take the point that `hozon agent` started this process for, once.

    Returns:
        The point; None if there is none, or if a run tries it already.

    Raises:
        SweepLeaseError: The point is in other hands by now.
        InputError: The variable holds what no agent has written.
    """
    text = read_sweep_point()
    if text is None or text in _JOINED:
        return None
    try:
        place = json.loads(text)
        path = SweepPath.parse(place["sweep"], default=session.settings.default_path)
        number, token = int(place["point"]), str(place["token"])
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(
            f"{VARIABLE} is {text!r}", hint="Leave it to hozon agent to set it."
        ) from error
    sweep = find_sweep(session.context, path)
    claim = find_claim(session.context, sweep, number=number, token=token)
    _JOINED.add(text)
    return HeldPoint(session, claim) if claim is not None else None
