"""Figures that were saved: a report is made of them again, without measuring.

Owns how the JSON of a report is read, and how several are put together. Refuses to judge and to
show anything.

Invariant: only figures of the same sizes and of the same machine are put together.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.contestants import Measurement
from bench.data import Sizes
from bench.machine import Machine
from bench.processes import MeasurementError
from bench.rounds import Results, Runs


@dataclass(frozen=True, slots=True)
class Saved:
    """What a report is made of."""

    results: Results
    """The figures."""
    sizes: Sizes
    """How much was measured."""
    machine: Machine
    """On what."""
    versions: Mapping[str, str]
    """The versions of what was measured, by distribution."""
    absent: Mapping[str, str]
    """The peers that could not be installed, and why."""
    later: frozenset[Measurement] = frozenset()
    """What a later run than the others measured."""

    def replaced(self, by: "Saved") -> "Saved":
        """Put the measurements of a later run in the place of ours.

        Args:
            by: What the later run gave, with the same sizes and on the same machine.

        Returns:
            The measurements of both.

        Raises:
            MeasurementError: The two cannot be compared.
        """
        for what, ours, others in (
            ("sizes", self.sizes, by.sizes),
            ("machine", self.machine, by.machine),
        ):
            if ours != others:
                raise MeasurementError(
                    f"the {what} of two runs differ, {ours} and {others}; "
                    "measure again what should stand together"
                )
        return Saved(
            {**self.results, **by.results},
            self.sizes,
            self.machine,
            {**self.versions, **by.versions},
            {**self.absent, **by.absent},
            self.later.union(by.results),
        )


def read_saved(paths: Sequence[Path]) -> Saved:
    """Read what `--json` wrote.

    Args:
        paths: One file or more; of a measurement that several have, the last counts.

    Returns:
        All of it.

    Raises:
        MeasurementError: A file cannot be read, or two cannot be compared.
    """
    first, *others = map(_read, paths)
    for one in others:
        first = first.replaced(one)
    return first


def _read(path: Path) -> Saved:
    try:
        data = json.loads(path.read_text("utf-8"))
        return Saved(
            {Measurement(step): _runs(rows) for step, rows in data["measurements"].items()},
            Sizes(**data["sizes"]),
            Machine(**data["machine"]),
            data["versions"],
            data["absent"],
            frozenset(map(Measurement, data.get("later", ()))),
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise MeasurementError(
            f"{path} holds no figures of this program ({error}); name a file that --json wrote"
        ) from error


def _runs(rows: Sequence[Mapping[str, Any]]) -> dict[str, Runs]:
    return {
        row["contestant"]: Runs(row["seconds"], row["over_idle_bytes"], row["requests"])
        for row in rows
    }
