"""Lineage: which edges between runs and versions may be drawn.

Owns the rule that nothing comes from itself: an edge that would close a cycle is not drawn. An
edge leads from a run to a version that it logged, and from a version to a run that uses it.
Refuses to own where edges are kept: it asks for them a step at a time.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hozon.model.runs import RunKey
from hozon.model.versions import VersionId


class EdgeKind(StrEnum):
    """What a run did with a version."""

    LOGGED = "logged"
    """The run logged the version: the version comes from the run."""

    USED = "used"
    """The run used the version: the run comes from the version."""


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge between a run and a version, drawn or left out."""

    run: RunKey
    """The run."""

    version: VersionId
    """The version that holds the content; never a link."""

    kind: EdgeKind
    """What the run did."""

    use_as: tuple[str, ...] = ()
    """What the run used the version as, each once, in the order of using; empty if it never said
    so, and where the run logged it."""


class Edges(Protocol):
    """The edges drawn so far, a step at a time; versions count in every state."""

    def logged_by(self, runs: AbstractSet[RunKey]) -> AbstractSet[VersionId]:
        """Find the versions that any of the runs logged."""
        ...

    def used_by(self, runs: AbstractSet[RunKey]) -> AbstractSet[VersionId]:
        """Find the versions that any of the runs used."""
        ...

    def makers_of(self, versions: AbstractSet[VersionId]) -> AbstractSet[RunKey]:
        """Find the runs that logged any of the versions."""
        ...

    def users_of(self, versions: AbstractSet[VersionId]) -> AbstractSet[RunKey]:
        """Find the runs that used any of the versions."""
        ...


def may_log(edges: Edges, *, run: RunKey, version: VersionId) -> bool:
    """Tell whether the edge from a run to a version that it logs closes no cycle.

    Args:
        edges: The edges drawn so far, without a cycle.
        run: The run that logs.
        version: The version, new or found again.

    Returns:
        False if the run comes from the version: it used it, or something made from it.
    """
    if not edges.users_of({version}):
        return True  # Nothing comes from the version yet, as with every new one.
    return all(version not in versions for versions, _ in _generations(edges, {run}))


def may_use(edges: Edges, *, run: RunKey, version: VersionId) -> bool:
    """Tell whether the edge from a version to a run that uses it closes no cycle.

    Args:
        edges: The edges drawn so far, without a cycle.
        run: The run that uses.
        version: The version.

    Returns:
        False if the version comes from the run: it logged it, or something that it is made from.
    """
    if not edges.logged_by({run}):
        return True  # Nothing comes from the run yet.
    makers = edges.makers_of({version})
    return run not in makers and all(run not in runs for _, runs in _generations(edges, makers))


def _generations(
    edges: Edges, runs: AbstractSet[RunKey]
) -> Iterator[tuple[AbstractSet[VersionId], AbstractSet[RunKey]]]:
    """Walk up from runs: the versions that they used, and who made those; each only once."""
    seen_runs, seen_versions = set(runs), set[VersionId]()
    while runs:
        versions = edges.used_by(runs) - seen_versions
        runs = edges.makers_of(versions) - seen_runs
        seen_versions |= versions
        seen_runs |= runs
        yield versions, runs
