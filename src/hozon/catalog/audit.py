"""The audit log in SQL.

Owns the rows and how they are found. Invariant: rows are only ever added; by
`hozon.catalog.append_only` the database itself refuses anything else.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, insert, or_, select

from hozon.catalog.batches import batches
from hozon.catalog.listings import AnyRow, SqlListing
from hozon.catalog.schema import audit
from hozon.model.audit import Act, AuditQuery, AuditRecord, Subject
from hozon.model.names import CollectionName, EntityName, ProjectName, RunId
from hozon.ports.paging import Listing

_C: Final = audit.c


class SqlAudit:
    """The audit log within one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Use the transaction of this connection."""
        self._connection = connection

    def add(self, records: Iterable[AuditRecord]) -> None:
        """Record acts, in their order."""
        for batch in batches(records):
            self._connection.execute(insert(audit), [_row(record) for record in batch])

    def listing(self, query: AuditQuery) -> Listing[AuditRecord]:
        """List acts, the newest first."""
        return SqlListing(
            self._connection,
            select(audit).where(*_conditions(query)),
            key=_C.id,
            decode=_decode,
            newest_first=True,
        )


def _conditions(query: AuditQuery) -> Iterable[ColumnElement[bool]]:
    """Say which rows are asked for."""
    yield _C.entity == query.entity
    if query.project is not None:
        yield _C.project == query.project
    if query.name is not None:
        yield or_(_C.collection == query.name, _C.run == query.name)
    if query.index is not None:
        yield _C.version == query.index
    if query.who is not None:
        yield _C.who == query.who
    if query.action is not None:
        yield _C.action == query.action
    if query.since is not None:
        yield _C.at >= query.since


def _row(record: AuditRecord) -> dict[str, Any]:
    """Turn a record into a row."""
    subject = record.subject
    return {
        "at": record.at,
        "who": record.who,
        "action": record.action,
        "entity": subject.entity,
        "project": subject.project,
        "collection": subject.collection,
        "version": subject.index,
        "run": subject.run,
        "details": record.details,
    }


def _decode(rows: Sequence[AnyRow]) -> list[AuditRecord]:
    """Turn rows into records."""
    return [
        AuditRecord(
            row.at,
            row.who,
            Act(row.action),
            Subject(
                EntityName(row.entity),
                None if row.project is None else ProjectName(row.project),
                None if row.collection is None else CollectionName(row.collection),
                row.version,
                None if row.run is None else RunId(row.run),
            ),
            row.details,
        )
        for row in rows
    ]
