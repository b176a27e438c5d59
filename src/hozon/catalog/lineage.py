"""Edges between runs and versions in SQL."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import product
from typing import Final, TypeVar

from sqlalchemy import Column, Connection, Table, insert, select, update

from hozon.catalog.batches import batches
from hozon.catalog.listings import AnyRow
from hozon.catalog.runs import SELECT_RUNS, decode_runs
from hozon.catalog.schema import left_out_edges, run_inputs, run_outputs, runs, versions
from hozon.catalog.versions import SELECT_VERSIONS, version_listing
from hozon.model.lineage import Edge, EdgeKind
from hozon.model.runs import Run, RunKey
from hozon.model.versions import Version, VersionId, VersionState
from hozon.ports.paging import Listing

K = TypeVar("K")

_PAIR_BATCH: Final = 400
"""Values per `IN (…)` where a statement has two of them: below the limit of 999 parameters."""


class SqlLineage:
    """Edges within one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Use the transaction of this connection."""
        self._connection = connection

    def add_output(self, run: RunKey, version: VersionId, *, now: datetime) -> None:
        """Record that a run logged a version."""
        self._add(run_outputs, run, version, now=now)

    def add_input(
        self, run: RunKey, version: VersionId, *, now: datetime, use_as: str | None = None
    ) -> None:
        """Record that a run used a version, and as what."""
        self._add(run_inputs, run, version, now=now)
        if use_as is None:
            return
        edge = (run_inputs.c.run_id == run, run_inputs.c.version_id == version)
        known = self._connection.execute(select(run_inputs.c.use_as).where(*edge)).scalar_one()
        if use_as not in known:
            told = update(run_inputs).where(*edge).values(use_as=[*known, use_as])
            self._connection.execute(told)

    def leave_out(self, edge: Edge, *, now: datetime) -> None:
        """Record that an edge is not drawn."""
        self._add(left_out_edges, edge.run, edge.version, now=now, kind=edge.kind)

    def between(
        self, runs: AbstractSet[RunKey], versions: AbstractSet[VersionId]
    ) -> Sequence[Edge]:
        """Find the edges between runs and versions."""
        logged = self._pairs(run_outputs, runs, versions)
        used = self._pairs(run_inputs, runs, versions)
        return [
            *(
                Edge(RunKey(row.run_id), VersionId(row.version_id), EdgeKind.LOGGED)
                for row in logged
            ),
            *(
                Edge(RunKey(row.run_id), VersionId(row.version_id), EdgeKind.USED, row.use_as)
                for row in used
            ),
        ]

    def left_out_between(
        self, runs: AbstractSet[RunKey], versions: AbstractSet[VersionId]
    ) -> Sequence[Edge]:
        """Find the edges between runs and versions that were left out."""
        found = [
            Edge(RunKey(row.run_id), VersionId(row.version_id), EdgeKind(row.kind))
            for row in self._pairs(left_out_edges, runs, versions)
        ]
        return sorted(found, key=lambda edge: list(EdgeKind).index(edge.kind))

    def outputs(self, run: RunKey) -> Listing[Version]:
        """List the committed versions that a run logged."""
        return self._versions(run_outputs, run)

    def inputs(self, run: RunKey) -> Listing[Version]:
        """List the committed versions that a run used."""
        return self._versions(run_inputs, run)

    def logged_by(self, runs: AbstractSet[RunKey]) -> AbstractSet[VersionId]:
        """Find the versions that any of the runs logged."""
        return self._far_ends(run_outputs.c.run_id, runs, run_outputs.c.version_id, VersionId)

    def used_by(self, runs: AbstractSet[RunKey]) -> AbstractSet[VersionId]:
        """Find the versions that any of the runs used."""
        return self._far_ends(run_inputs.c.run_id, runs, run_inputs.c.version_id, VersionId)

    def makers_of(self, versions: AbstractSet[VersionId]) -> AbstractSet[RunKey]:
        """Find the runs that logged any of the versions."""
        return self._far_ends(run_outputs.c.version_id, versions, run_outputs.c.run_id, RunKey)

    def users_of(self, versions: AbstractSet[VersionId]) -> AbstractSet[RunKey]:
        """Find the runs that used any of the versions."""
        return self._far_ends(run_inputs.c.version_id, versions, run_inputs.c.run_id, RunKey)

    def users(self, version: VersionId) -> Sequence[Run]:
        """List the runs that used a version, in the order of using."""
        query = (
            SELECT_RUNS.join(run_inputs, run_inputs.c.run_id == runs.c.id)
            .where(run_inputs.c.version_id == version)
            .order_by(run_inputs.c.id)
        )
        return decode_runs(self._connection.execute(query).all())

    def _add(
        self, table: Table, run: RunKey, version: VersionId, *, now: datetime, **more: str
    ) -> None:
        """Write down an edge, once."""
        edge = {"run_id": run, "version_id": version, **more}
        known = select(table.c.id).where(*(table.c[name] == end for name, end in edge.items()))
        if self._connection.execute(known).first() is None:
            self._connection.execute(insert(table).values(at=now, **edge))

    def _far_ends(
        self, near: Column[int], keys: AbstractSet[int], far: Column[int], kind: Callable[[int], K]
    ) -> set[K]:
        """Follow all edges that have one of the keys at one end."""
        found: set[K] = set()
        for batch in batches(keys):
            rows = self._connection.execute(select(far).where(near.in_(batch)))
            found.update(kind(key) for key in rows.scalars())
        return found

    def _pairs(
        self, table: Table, runs: AbstractSet[RunKey], versions: AbstractSet[VersionId]
    ) -> Sequence[AnyRow]:
        """Read the rows with one end among the runs and the other among the versions."""
        ends = (list(batches(sorted(keys), size=_PAIR_BATCH)) for keys in (runs, versions))
        found: list[AnyRow] = []
        for some_runs, some_versions in product(*ends):
            query = select(table).where(
                table.c.run_id.in_(some_runs), table.c.version_id.in_(some_versions)
            )
            found += self._connection.execute(query)
        return sorted(found, key=lambda row: row.id)

    def _versions(self, table: Table, run: RunKey) -> Listing[Version]:
        """List the committed versions at the far end of a run's edges."""
        query = SELECT_VERSIONS.join(table, table.c.version_id == versions.c.id).where(
            table.c.run_id == run, versions.c.state == VersionState.COMMITTED
        )
        return version_listing(self._connection, query, key=table.c.id)
