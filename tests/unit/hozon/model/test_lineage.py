"""Which edges may be drawn: nothing comes from itself."""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import pytest

from hozon.model.lineage import may_log, may_use
from hozon.model.runs import RunKey
from hozon.model.versions import VersionId


@dataclass
class Graph:
    """Edges in memory, which count how many steps are asked for."""

    logged: set[tuple[int, int]] = field(default_factory=set)
    """Run, version."""

    used: set[tuple[int, int]] = field(default_factory=set)
    """Run, version."""

    steps: int = 0
    """How often it was asked."""

    def logged_by(self, runs: AbstractSet[RunKey]) -> set[VersionId]:
        """Find versions."""
        return {VersionId(v) for r, v in self._asked(self.logged) if r in runs}

    def used_by(self, runs: AbstractSet[RunKey]) -> set[VersionId]:
        """Find versions."""
        return {VersionId(v) for r, v in self._asked(self.used) if r in runs}

    def makers_of(self, versions: AbstractSet[VersionId]) -> set[RunKey]:
        """Find runs."""
        return {RunKey(r) for r, v in self._asked(self.logged) if v in versions}

    def users_of(self, versions: AbstractSet[VersionId]) -> set[RunKey]:
        """Find runs."""
        return {RunKey(r) for r, v in self._asked(self.used) if v in versions}

    def _asked(self, edges: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int]]:
        """Count a question."""
        self.steps += 1
        return edges


def log(graph: Graph, run: int, version: int) -> bool:
    """Ask whether a run may log a version."""
    return may_log(graph, run=RunKey(run), version=VersionId(version))


def use(graph: Graph, run: int, version: int) -> bool:
    """Ask whether a run may use a version."""
    return may_use(graph, run=RunKey(run), version=VersionId(version))


def test_anything_may_be_drawn_where_nothing_is() -> None:
    """The first edges of a graph close nothing."""
    assert log(Graph(), 1, 1)
    assert use(Graph(), 1, 1)


def test_a_run_that_used_a_version_does_not_log_it() -> None:
    """The shortest cycle, one way round."""
    assert not log(Graph(used={(1, 10)}), 1, 10)


def test_a_run_that_logged_a_version_does_not_use_it() -> None:
    """The shortest cycle, the other way round."""
    assert not use(Graph(logged={(1, 10)}), 1, 10)


@pytest.mark.parametrize("length", [2, 3, 8])
def test_a_longer_cycle_is_found(length: int) -> None:
    """Run 1 uses version 0 and makes version 1, run 2 uses that and makes version 2, and so on."""
    runs = range(1, length + 1)
    chain = Graph(logged={(n, n) for n in runs}, used={(n, n - 1) for n in runs})
    assert not use(chain, 1, length)
    assert not log(chain, length, 0)


def test_a_diamond_is_no_cycle() -> None:
    """One version, two runs that use it, one run that uses what both made."""
    diamond = Graph({(1, 1), (2, 2), (3, 3)}, {(2, 1), (3, 1), (4, 2)})
    assert use(diamond, 4, 3)
    assert log(diamond, 4, 4)
    assert log(diamond, 3, 2)


def test_each_ancestor_is_asked_for_once() -> None:
    """Twenty diamonds in a row have a million paths and are walked in 41 steps."""
    tower = Graph()
    for n in range(20):
        tower.logged |= {(n, 2 * n), (n, 2 * n + 1)}
        tower.used |= {(n + 1, 2 * n), (n + 1, 2 * n + 1)}
    assert log(tower, 19, 99)
    tower.used.add((77, 99))
    tower.steps = 0
    assert log(tower, 19, 99)
    assert tower.steps == 41


@pytest.mark.parametrize(("ask", "version"), [(log, 100), (use, 99)])
def test_a_new_end_costs_one_step(ask: Callable[[Graph, int, int], bool], version: int) -> None:
    """However long the history is: nothing comes from a new version, or from a new run."""
    chain = Graph({(n, n) for n in range(100)}, {(n + 1, n) for n in range(100)})
    assert ask(chain, 100, version)
    assert chain.steps == 1
