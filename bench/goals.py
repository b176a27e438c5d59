"""What is to be reached, and whether it was.

Owns the goals and their arithmetic. A goal compares medians of the same run, or holds a median to a
figure. Refuses to measure and to show anything.

Invariants: what was not measured is neither reached nor missed; what is said of another contestant
is computed from the figures.
"""

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bench.contestants import (
    CHECK,
    CONTESTANTS,
    COPY,
    COPY_COMMAND,
    OURS,
    PUTS,
    THIRTY_LINES,
    Measurement,
)
from bench.data import Sizes
from bench.rounds import Results, Runs

M = Measurement
_MS = 1000
_MIB = 1 << 20
_PEERS = tuple(one.name for one in CONTESTANTS if one.peer)
_DIGESTS = {one.name: one.digest for one in CONTESTANTS if one.peer and one.digest}
_AT_ONCE = (
    "one log both copies the file and computes its SHA-256, two threads side by side, and has it on"
    " the disk (fsync, in parts on the way) before the version counts, which neither of the two"
    " does. Even without fsync it used 1.5 s of processor time, a SHA-256 pass 0.75 s. How much of"
    " its time is fsync was not clear on two cores that others used, too: of six logs each, by"
    " turns, those without had a median 13% lower, within their spread. The catalog is no cause:"
    " storing and committing what had been taken in took 0.01 to 0.13 s, the less the quieter."
)
"""Why the log of a large file takes longer than the slower of its parts, as far as it was looked
into."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A goal, and what came of it."""

    goal: str
    """What is to be reached, in words."""
    limit: float
    """The figure that must not be exceeded."""
    unit: str
    """The unit of both figures; empty for a ratio."""
    value: float | None
    """The figure; None where something that it needs was not measured."""
    cause: str = ""
    """Why it is missed where it is, as a sentence; empty where nobody knows."""

    @property
    def met(self) -> bool | None:
        """Whether it was reached; None where that is not known."""
        return None if self.value is None else self.value <= self.limit

    @property
    def missed_by(self) -> float:
        """By which share of the limit it was missed; 0 where it was not."""
        return 0.0 if self.value is None or self.met else self.value / self.limit - 1


def judge(results: Results, sizes: Sizes) -> list[Verdict]:
    """Hold the figures to the goals.

    Args:
        results: The figures.
        sizes: Of how much.

    Returns:
        All goals.
    """
    read = _Reading(results)
    return [
        Verdict(
            "First log of small files, beside the thirty lines",
            3,
            "",
            read.ratio(M.SMALL, [THIRTY_LINES]),
        ),
        Verdict(
            "First log of small files, beside the fastest peer", 1, "", read.ratio(M.SMALL, _PEERS)
        ),
        Verdict("To S3: time, beside the faster of the PUTs", 0.1, "", read.s3_time()),
        Verdict("To S3: requests, beside one PUT per file", 0.01, "", read.s3_requests()),
        Verdict(
            "Log of the large file, beside the slower of copy and SHA-256",
            1.15,
            "",
            read.of_slower(M.LARGE),
            cause=_AT_ONCE,
        ),
        Verdict(
            "Log of the large file, beside the fastest peer",
            1,
            "",
            read.ratio(M.LARGE, _PEERS),
            cause=read.without_digest(M.LARGE),
        ),
        Verdict("Logging again, beside DVC", 1, "", read.ratio(M.AGAIN, ["dvc"])),
        Verdict(
            "Download of the large file, beside the slower of the two",
            1.15,
            "",
            read.of_slower(M.LARGE_DOWNLOAD),
        ),
        Verdict(
            "Download of small files, beside cp -r",
            2,
            "",
            read.ratio(M.SMALL_DOWNLOAD, [COPY_COMMAND]),
        ),
        Verdict(
            "Download of small files, beside the fastest peer",
            1,
            "",
            read.ratio(M.SMALL_DOWNLOAD, _PEERS),
        ),
        Verdict("Import", 150, "ms", read.import_ms()),
        Verdict(
            "Memory for the large file, over an idle interpreter", 100, "MiB", read.memory_mib()
        ),
        Verdict(
            "Memory for each of many entries, over an idle interpreter",
            300,
            "B",
            read.bytes_an_entry(sizes),
        ),
    ]


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads figures; each is None where one of its parts was not measured."""

    results: Results

    def seconds(self, step: Measurement, name: str) -> float | None:
        runs = self._runs(step, name)
        return statistics.median(runs.seconds) if runs else None

    def ratio(self, step: Measurement, names: Iterable[str]) -> float | None:
        """Divide our time by that of the fastest of some others."""
        times = [took for name in names if (took := self.seconds(step, name)) is not None]
        ours = self.seconds(step, OURS)
        return None if ours is None or not times else ours / min(times)

    def without_digest(self, step: Measurement) -> str:
        """Name the fastest peer if it computes no digest, and compare with those that do."""
        times = {name: took for name in _PEERS if (took := self.seconds(step, name)) is not None}
        fastest = min(times, key=times.__getitem__, default=None)
        if fastest is None or fastest in _DIGESTS:
            return ""
        said = f"{fastest} copies, and computes no digest"
        reading = min(times.keys() & _DIGESTS, key=times.__getitem__, default=None)
        ratio = None if reading is None else self.ratio(step, [reading])
        if reading is None or ratio is None:
            return f"{said}."
        return (
            f"{said}; beside the fastest peer that computes one ({reading}, {_DIGESTS[reading]}) it"
            f" is {ratio:.2f} \N{MULTIPLICATION SIGN}."
        )

    def of_slower(self, step: Measurement) -> float | None:
        """Divide our time by the longer of those of a copy and of a digest."""
        ours, *times = (self.seconds(step, name) for name in (OURS, COPY, CHECK))
        known = [took for took in times if took is not None]
        return None if ours is None or len(known) < len(times) else ours / max(known)

    def s3_time(self) -> float | None:
        return self.ratio(M.S3, PUTS)

    def s3_requests(self) -> float | None:
        ours, script = (self._runs(M.S3, name) for name in (OURS, PUTS[0]))
        if not ours or not script:
            return None
        return statistics.median(ours.requests) / statistics.median(script.requests)

    def import_ms(self) -> float | None:
        took = self.seconds(M.IMPORT, OURS)
        return None if took is None else took * _MS

    def memory_mib(self) -> float | None:
        """Give the higher peak of logging and downloading."""
        return self._peak([M.LARGE, M.LARGE_DOWNLOAD], lambda peak: peak / _MIB)

    def bytes_an_entry(self, sizes: Sizes) -> float | None:
        """Give the highest peak of logging, listing and downloading a part."""
        return self._peak([M.ENTRIES, M.PAGE, M.PREFIX], lambda peak: peak / sizes.entries)

    def _peak(self, steps: Iterable[Measurement], scale: Callable[[float], float]) -> float | None:
        ours = [runs for step in steps if (runs := self._runs(step, OURS))]
        known = [statistics.median(peaks) for runs in ours if (peaks := runs.over_idle_bytes)]
        return scale(max(known)) if known else None

    def _runs(self, step: Measurement, name: str) -> Runs | None:
        return self.results.get(step, {}).get(name)
