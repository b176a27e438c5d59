"""What a block of this site costs, its world included.

Owns the run of every page of this project, and the reading of the ledger that it leaves behind.
Refuses to compare: no other tool makes the worlds of these blocks.
"""

import os
import statistics
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.sessions import Duration, MeasurementError, run_timed
from hozon_docs.config import load_config
from hozon_docs.ledger import read_ledger

ROOT = Path(__file__).parents[1]
"""The folder of the project."""

_PAGES = ("docs", "README.md", "src")
_MS = 1000


@dataclass(frozen=True, slots=True)
class SiteCost:
    """What the Python blocks of the site cost."""

    blocks: int
    """How many ran."""
    mean_ms: float
    """Milliseconds that a block took on average, its world included."""
    median_ms: float
    """Milliseconds that the block in the middle took."""
    p95_ms: float
    """Milliseconds that 95 of 100 blocks did not exceed."""
    session: Duration
    """The whole session, blocks of shells and of data included."""


def measure_site() -> SiteCost:
    """Run every page of this project, one after the other, and look into the ledger.

    Returns:
        What its Python blocks cost.

    Raises:
        MeasurementError: A block failed; `make test` shows which.
    """
    begin = datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="seconds")
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:randomly", *_PAGES]
    done, took = run_timed(command, folder=ROOT, environment={**os.environ, "PYTHONUTF8": "1"})
    if done.returncode:
        raise MeasurementError(
            "a page of the site failed; run `make test`, repair it and measure again.\n\n"
            f"{(done.stdout + done.stderr)[-2000:]}"
        )
    durations = [
        entry.duration_s * _MS
        for entry in read_ledger(load_config(ROOT).ledger).entries
        if entry.kind == "python" and entry.outcome == "passed" and entry.ran_at >= begin
    ]
    return SiteCost(
        blocks=len(durations),
        mean_ms=statistics.fmean(durations),
        median_ms=statistics.median(durations),
        p95_ms=statistics.quantiles(durations, n=20)[-1],
        session=took,
    )
