"""Leases: how long what a writer needs is kept without a word from it.

Owns the lease of PENDING versions. Invariant: as long as a version is PENDING, everything that it
pinned is kept; once its lease ran out and a collector gave it up, its writer records nothing more.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from hozon.errors import UploadLeaseError
from hozon.model.versions import VersionId
from hozon.ports.catalog import CatalogSession
from hozon.services.context import Context

LEASE: Final = timedelta(hours=24)
"""How long a PENDING version holds its bytes without a word from its writer."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What is stored for a PENDING version."""

    version: VersionId
    """The version's key in the catalog; once it is given up, another may be given the same."""

    upload_id: str
    """What the keys of the upload contain, never used before."""


def renew_lease(session: CatalogSession, context: Context, upload: Upload) -> None:
    """Say that the writer of a PENDING version is alive.

    Args:
        session: A writing session; what else it does counts only while the version is PENDING.
        context: The capabilities.
        upload: The upload for it.

    Raises:
        UploadLeaseError: It was given up meanwhile.
    """
    expires_at = context.catalog.now() + LEASE
    renewed = session.versions.renew(
        upload.version, upload_id=upload.upload_id, lease_expires_at=expires_at
    )
    if not renewed:
        hours = LEASE.total_seconds() / 3600
        raise UploadLeaseError(
            f"The upload was given up, because nothing of it arrived for {hours:g} hours",
            hint="Log the artifact again: what has arrived is not sent again while it is kept.",
        )
