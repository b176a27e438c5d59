"""Deletion: what is remembered of a delete."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hozon.model.names import EntityName


class DeleteReason(StrEnum):
    """Why a version was soft-deleted."""

    DELETE = "delete"
    """Somebody deleted it, by itself."""

    COLLECTION = "collection"
    """Its whole collection was deleted."""

    RUN = "run"
    """The run that logged it was deleted together with its artifacts."""

    SOURCE = "source"
    """It is a link, and the version that it leads to was deleted."""

    TTL = "ttl"
    """Its time to live ran out."""

    RETENTION = "retention"
    """The retention policy of its collection no longer kept it."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """A soft delete, and the purge that followed it, if one did."""

    at: datetime
    """When it was deleted, UTC."""

    by: EntityName
    """Who deleted it."""

    reason: DeleteReason
    """Why."""

    purged_at: datetime | None = None
    """When its bytes were given up, UTC; None while it can be restored."""

    purged_by: EntityName | None = None
    """Who gave them up; None while it can be restored."""
