"""Edges between runs and versions in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Table, insert, select

from hozon.catalog.runs import SELECT_RUNS, decode_runs
from hozon.catalog.schema import run_inputs, run_outputs, runs, versions
from hozon.catalog.versions import SELECT_VERSIONS, version_listing
from hozon.model.runs import Run, RunKey
from hozon.model.versions import Version, VersionId, VersionState
from hozon.ports.paging import Listing


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

    def _versions(self, table: Table, run: RunKey) -> Listing[Version]:
        """List the committed versions at the far end of a run's edges."""
        query = SELECT_VERSIONS.join(table, table.c.version_id == versions.c.id).where(
            table.c.run_id == run, versions.c.state == VersionState.COMMITTED
        )
        return version_listing(self._connection, query, key=table.c.id)
