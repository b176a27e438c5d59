"""Audit: read who did what."""

from collections.abc import Iterator

from hozon.model.access import Action
from hozon.model.audit import AuditQuery, AuditRecord
from hozon.model.names import EntityName, ProjectName
from hozon.model.paths import ArtifactPath, ProjectPath
from hozon.ports.paging import Listing
from hozon.services.context import Context
from hozon.services.listing import CatalogListing


def read_audit(context: Context, query: AuditQuery) -> Listing[AuditRecord]:
    """List what is on record, the newest act first.

    Acts that name something of a project that they may not read are left out.

    Args:
        context: The capabilities, and on whose behalf to act.
        query: Which records.

    Returns:
        The listing; empty for those who may not see the project. Reading it raises
        `AccessDeniedError` for those who may, and do not belong to the team.
    """
    return CatalogListing(
        context,
        lambda s: s.audit.listing(query),
        at=query.at,
        action=Action.READ_AUDIT,
        shows=_mentioned,
    )


def _mentioned(record: AuditRecord) -> Iterator[ProjectPath]:
    """Name the other projects of which a record tells."""
    source = record.details.get("source")
    if isinstance(source, str):
        nowhere = ProjectPath(EntityName("-"), ProjectName("-"))
        yield ArtifactPath.parse(source, default=nowhere).collection.at
