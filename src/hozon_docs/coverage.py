"""Which public names the blocks exercise, and which none does.

Owns the reading of a run's trace in the words of the inventory, and the judgement of all runs
together. Refuses to trace and to run.

A function, method or property is exercised where a block's own code calls it; a class where the
block makes one, or calls a member of it; an error where it comes up to the block's code, exactly
this class, unless it is a group that is never raised itself; a command where a shell block runs it.

Invariants: only a block that passed exercises anything; a name without an example is excused with a
reason or is a fault, and an excuse that is not needed is a fault, too.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hozon_docs.config import Config
from hozon_docs.findings import Finding
from hozon_docs.inventory import Inventory, Name
from hozon_docs.ledger import Entry
from hozon_docs.runner import Run

_SETTING = "[tool.hozon_docs] unexercised"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which names are exercised, and by which blocks."""

    names: tuple[Name, ...]
    """The public names, in order."""
    blocks: Mapping[str, tuple[str, ...]]
    """The names that are exercised, each with the blocks, as `page:line`."""
    excuses: Mapping[str, str]
    """The names that the configuration excuses, each with the reason."""

    @property
    def missing(self) -> tuple[Name, ...]:
        """Give the names that are neither exercised nor excused."""
        return tuple(
            one
            for one in self.names
            if one.name not in self.blocks and one.name not in self.excuses
        )

    @property
    def excused(self) -> tuple[Name, ...]:
        """Give the names that are excused and need to be."""
        return tuple(
            one for one in self.names if one.name in self.excuses and one.name not in self.blocks
        )


def exercised(run: Run, inventory: Inventory) -> frozenset[str]:
    """Find the public names that a Python block exercised.

    Args:
        run: What came of it; a run that was not watched exercises nothing.
        inventory: The public names.

    Returns:
        The names.
    """
    if run.trace is None:
        return frozenset()
    called = frozenset(
        name for call in run.trace.called.values() for name in inventory.exercised_by(call)
    )
    raised = frozenset(filter(None, map(inventory.error_name, run.trace.raised)))
    groups = frozenset(
        group for group, below in inventory.groups.items() if not below.isdisjoint(raised)
    )
    return called | raised | groups


def measure(entries: Iterable[Entry], inventory: Inventory, *, config: Config) -> Coverage:
    """Put together what all blocks exercise.

    Args:
        entries: The results that hold; those that did not pass do not count.
        inventory: The public names.
        config: Which names are excused.

    Returns:
        The names with their blocks.
    """
    blocks: dict[str, list[str]] = {}
    for entry in entries:
        for name in entry.exercised if entry.outcome == "passed" else ():
            blocks.setdefault(name, []).append(f"{entry.page}:{entry.line}")
    return Coverage(
        names=inventory.names,
        blocks={name: tuple(places) for name, places in sorted(blocks.items())},
        excuses=dict(config.unexercised),
    )


def coverage_findings(coverage: Coverage, *, config: Config) -> list[Finding]:
    """Find names without an example, and excuses that are not right.

    Args:
        coverage: What the blocks exercise.
        config: How many names may be excused.

    Returns:
        The findings: at the definition of a name, or in `pyproject.toml`.
    """
    return [*_missing(coverage), *_wrong_excuses(coverage, config.root / "pyproject.toml", config)]


def describe(coverage: Coverage) -> list[str]:
    """Tell about the coverage in a few lines.

    Args:
        coverage: What the blocks exercise.

    Returns:
        A sentence with the figures, then a line for each name that no block exercises.
    """
    whole = len(coverage.names)
    idle = [*coverage.excused, *coverage.missing]
    return [
        f"{whole - len(idle)} of {whole} public names are exercised by a block that passed.",
        *(f"excused {one.name}: {coverage.excuses[one.name]}" for one in coverage.excused),
        *(f"missing {one.name} ({one.kind})" for one in coverage.missing),
    ]


def _missing(coverage: Coverage) -> Iterator[Finding]:
    for one in coverage.missing:
        reason = (
            f"no block exercises the {one.kind} {one.name}; show it in a page or in its docstring, "
            f"or give the reason why not in {_SETTING} of pyproject.toml."
        )
        yield Finding(one.path, one.line, reason)


def _wrong_excuses(coverage: Coverage, path: Path, config: Config) -> Iterator[Finding]:
    lines = path.read_text("utf-8").split("\n") if path.exists() else []
    known = {one.name for one in coverage.names}
    for name, reason in coverage.excuses.items():
        line = next((i for i, text in enumerate(lines, start=1) if f'"{name}"' in text), 1)
        if name not in known:
            fault = "is no public name; correct it, or take it out."
        elif name in coverage.blocks:
            fault = f"is exercised by {coverage.blocks[name][0]}; take it out."
        elif not reason.strip():
            fault = "has no reason; say why no block exercises it."
        else:
            continue
        yield Finding(path, line, f"{_SETTING}: {name!r} {fault}")
    bound = config.unexercised_share * len(known)
    if len(coverage.excused) > bound:
        reason = (
            f"{_SETTING} excuses {len(coverage.excused)} of {len(known)} public names, more than "
            f"unexercised_share allows ({config.unexercised_share:.0%}); write examples."
        )
        yield Finding(path, 1, reason)
