"""How figures are shown: as tables on a terminal, as JSON, and as Markdown.

Owns their form. Refuses to compute more than medians and ratios to our own.
"""

import dataclasses
import statistics
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bench.contestants import CONTESTANTS, OURS, TITLES, Contestant, Measurement
from bench.data import Sizes
from bench.goals import Verdict
from bench.machine import Machine
from bench.rounds import Results, Runs

_MIB = 1 << 20
_MS = 1000
_TIMES = " \N{MULTIPLICATION SIGN}"
_SHORT_S, _LONG_S = 0.1, 10
_SMALL_SHARE = 0.01
_HEADINGS = ("", "median", "from", "to", f"of {OURS}", "memory", "requests")
_PREFACE = (
    "Written by `python -m bench.artifact --write`; [README.md](README.md) tells how it is"
    " measured. Figures are those of one machine: compare ratios."
)


@dataclass(frozen=True, slots=True)
class Report:
    """All that came of a measurement."""

    results: Results
    """The figures."""
    verdicts: tuple[Verdict, ...]
    """The goals, and what came of them."""
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

    @property
    def rounds(self) -> int:
        """How many rounds counted, at most."""
        return max(map(self._rounds_of, self._steps), default=0)

    def as_json(self) -> dict[str, object]:
        """Give all figures as data.

        Returns:
            What JSON can hold.
        """
        return {
            "machine": dataclasses.asdict(self.machine),
            "versions": dict(self.versions),
            "absent": dict(self.absent),
            "sizes": dataclasses.asdict(self.sizes),
            "rounds": self.rounds,
            "later": [step.value for step in self._steps if step in self.later],
            "measurements": {
                step.value: [_as_data(name, runs) for name, runs in self._rows(step)]
                for step in self._steps
            },
            "goals": [
                {**dataclasses.asdict(one), "met": one.met, "missed_by": one.missed_by}
                for one in self.verdicts
            ],
        }

    def print(self, console: Console) -> None:
        """Show the tables.

        Args:
            console: Where.
        """
        for step in self._steps:
            table = Table(title=self._title(step), title_justify="left", box=SIMPLE_HEAD)
            headings, *rows = self._cells(step)
            for at, heading in enumerate(headings):
                table.add_column(heading, justify="right" if at else "left", no_wrap=True)
            for row in rows:
                table.add_row(*row, style="bold" if row[0] == OURS else None)
            console.print(table)
            for reason in self._reasons(step):
                console.print(Text(reason, style="dim"))
            console.print()
        goals = Table(title="Goals", title_justify="left", box=SIMPLE_HEAD)
        goals.add_column()
        goals.add_column("at most", justify="right", no_wrap=True)
        goals.add_column("is", justify="right", no_wrap=True)
        goals.add_column(no_wrap=True)
        for one in self.verdicts:
            goals.add_row(one.goal, *_goal_cells(one))
        console.print(goals)
        for one in self._explained():
            console.print(Text(f"{one.goal}: {one.cause}", style="dim"))
        for note in self._notes():
            console.print(Text(note, style="dim"))

    def as_markdown(self) -> str:
        """Write the tables as Markdown.

        Returns:
            A page.
        """
        machine = self.machine
        lines = [
            "# Results",
            "",
            _PREFACE,
            "",
            f"- {machine.processor}, {machine.cores} cores, {machine.memory_gib:.0f} GiB of memory",
            f"- {machine.file_system}, {machine.kernel}, {machine.python}",
            f"- {', '.join(f'{name} {version}' for name, version in self.versions.items())}",
            *(f"- {note}" for note in self._notes()),
            "",
            "## Goals",
            "",
            *_markdown_table(
                ["", "at most", "is", ""],
                ([one.goal, *_goal_cells(one)] for one in self.verdicts),
                left={0, 3},
            ),
        ]
        causes = [f"- {one.goal}: {one.cause}" for one in self._explained()]
        lines += ["", "Why goals are missed:", "", *causes] if causes else []
        for step in self._steps:
            headings, *rows = self._cells(step)
            lines += ["", f"## {self._title(step)}", ""]
            lines += _markdown_table(headings, rows, left={0})
            for reason in self._reasons(step):
                lines += ["", reason]
        return "\n".join([*lines, ""])

    @property
    def _steps(self) -> list[Measurement]:
        return [step for step in Measurement if step in self.results]

    def _rounds_of(self, step: Measurement) -> int:
        return max((len(runs.seconds) for runs in self.results[step].values()), default=0)

    def _explained(self) -> list[Verdict]:
        """List the goals that were missed and of which it is known why."""
        return [one for one in self.verdicts if one.met is False and one.cause]

    def _title(self, step: Measurement) -> str:
        return TITLES[step].format(**dataclasses.asdict(self.sizes))

    def _rows(self, step: Measurement) -> list[tuple[str, Runs]]:
        """List who took part, in the order of contestants and not of turns."""
        results = self.results[step]
        return [(one.name, results[one.name]) for one in CONTESTANTS if one.name in results]

    def _cells(self, step: Measurement) -> list[list[str]]:
        """Give the headings and the rows, without columns that are empty in each row."""
        ours = self.results[step].get(OURS)
        rows = [[name, *_cells(runs, ours)] for name, runs in self._rows(step)]
        used = [at for at in range(len(_HEADINGS)) if any(row[at] for row in rows)]
        return [[row[at] for at in used] for row in (list(_HEADINGS), *rows)]

    def _reasons(self, step: Measurement) -> Iterator[str]:
        for one in CONTESTANTS:
            reason = one.cannot.get(step)
            if reason and self._took_part(one):
                yield f"{one.name}: {reason}."

    def _took_part(self, contestant: Contestant) -> bool:
        return contestant.peer is not None and contestant.peer.name in self.versions

    def _notes(self) -> Iterator[str]:
        rounds = f"{self.rounds} rounds" if self.rounds > 1 else "one round"
        yield (
            f"Time is that of the work alone, without imports; medians of {rounds}, in which"
            " contestants took turns."
        )
        once = [step for step in self._steps if self._rounds_of(step) == 1 < self.rounds]
        if once:
            yield f"Measured in one round: {_listed(once)}."
        if self.later:
            yield f"Measured in a later run: {_listed(s for s in self._steps if s in self.later)}."
        yield (
            "Memory is the peak of the process over that of an idle interpreter, libraries"
            " included, processes that it started not."
        )
        if self.sizes != Sizes():
            yield "The goals are meant for the default sizes; these are others."
        for name, reason in self.absent.items():
            yield f"{name} could not be installed: {reason}"


def _listed(steps: Iterable[Measurement]) -> str:
    return ", ".join(f"`{step}`" for step in steps)


def _as_data(name: str, runs: Runs) -> dict[str, object]:
    return {
        "contestant": name,
        "seconds": runs.seconds,
        "median_s": statistics.median(runs.seconds),
        "over_idle_bytes": runs.over_idle_bytes,
        "requests": runs.requests,
    }


def _cells(runs: Runs, ours: Runs | None) -> list[str]:
    median = statistics.median(runs.seconds)
    ratio = f"{median / statistics.median(ours.seconds):.2f}" if ours else ""
    peaks = runs.over_idle_bytes
    return [
        _spoken(median),
        _spoken(min(runs.seconds)),
        _spoken(max(runs.seconds)),
        ratio,
        f"{statistics.median(peaks) / _MIB:.0f} MiB" if peaks else "",
        f"{statistics.median(runs.requests):,.0f}" if runs.requests else "",
    ]


def _spoken(seconds: float) -> str:
    if seconds < 1:
        return f"{seconds * _MS:.{int(seconds < _SHORT_S)}f} ms"
    return f"{seconds:.{1 + (seconds < _LONG_S)}f} s"


def _goal_cells(one: Verdict) -> list[str]:
    unit = f" {one.unit}" if one.unit else _TIMES
    if one.value is None:
        return [f"{one.limit:g}{unit}", "", "not measured"]
    said = "✓" if one.met else _missed(one)
    digits = 3 if one.limit < 1 else 2 if not one.unit else 0
    return [f"{one.limit:g}{unit}", f"{one.value:,.{digits}f}{unit}", said]


def _missed(one: Verdict) -> str:
    over = one.missed_by
    digits = 1 if over < _SMALL_SHARE else 0
    return f"missed by {over:.{digits}%}" if over < 1 else f"{over + 1:.1f}{_TIMES} the limit"


def _markdown_table(
    headings: list[str], rows: Iterable[list[str]], *, left: set[int]
) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"| {' | '.join('---' if at in left else '---:' for at in range(len(headings)))} |"
    for row in rows:
        yield f"| {' | '.join(row)} |"
