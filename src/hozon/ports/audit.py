"""The audit log: acts are added, and never changed or taken away.

Owns the shape of the capability. Refuses to own what is recorded; that is
`hozon.model.audit` and the services'.
"""

from collections.abc import Iterable
from typing import Protocol

from hozon.model.audit import AuditQuery, AuditRecord
from hozon.ports.paging import Listing


class AuditRecords(Protocol):
    """The acts that are on record."""

    def add(self, records: Iterable[AuditRecord]) -> None:
        """Record acts, in their order, together with what the transaction does."""
        ...

    def listing(self, query: AuditQuery) -> Listing[AuditRecord]:
        """List acts, the newest first."""
        ...
