"""Edges between runs and versions in SQL."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Column, Connection, Table, insert, select

from hozon.catalog.batches import batches
from hozon.catalog.runs import SELECT_RUNS, decode_runs
from hozon.catalog.schema import run_inputs, run_outputs, runs, versions
from hozon.catalog.versions import SELECT_VERSIONS, version_listing
from hozon.model.runs import Run, RunKey
from hozon.model.versions import Version, VersionId, VersionState
from hozon.ports.paging import Listing

K = TypeVar("K")


class SqlLineage:
    """Edges within one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Use the transaction of this connection."""
        self._connection = connection

    def add_output(self, run: RunKey, version: VersionId, *, now: datetime) -> None:
        """Record that a run logged a version."""
        self._add(run_outputs, run, version, now=now)

    def add_input(self, run: RunKey, version: VersionId, *, now: datetime) -> None:
        """Record that a run used a version."""
        self._add(run_inputs, run, version, now=now)

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

    def _add(self, table: Table, run: RunKey, version: VersionId, *, now: datetime) -> None:
        """Draw an edge, once."""
        known = select(table.c.id).where(table.c.run_id == run, table.c.version_id == version)
        if self._connection.execute(known).first() is None:
            self._connection.execute(insert(table).values(run_id=run, version_id=version, at=now))

    def _far_ends(
        self, near: Column[int], keys: AbstractSet[int], far: Column[int], kind: Callable[[int], K]
    ) -> set[K]:
        """Follow all edges that have one of the keys at one end."""
        found: set[K] = set()
        for batch in batches(keys):
            rows = self._connection.execute(select(far).where(near.in_(batch)))
            found.update(kind(key) for key in rows.scalars())
        return found

    def _versions(self, table: Table, run: RunKey) -> Listing[Version]:
        """List the committed versions at the far end of a run's edges."""
        query = SELECT_VERSIONS.join(table, table.c.version_id == versions.c.id).where(
            table.c.run_id == run, versions.c.state == VersionState.COMMITTED
        )
        return version_listing(self._connection, query, key=table.c.id)
