"""Drafts of what is logged: content that is taken over, and kept while it is worked on.

Owns the pins. Invariant: from the moment that a draft of a version is begun until it is logged or
given up, or its lease runs out, no collector removes what it takes over.
"""

import uuid
from contextlib import suppress

from hozon.errors import HozonError
from hozon.model.missing import no_artifact
from hozon.model.versions import Version, check_editable
from hozon.ports.catalog import NewVersion
from hozon.services.access import authorize_content
from hozon.services.context import Context
from hozon.services.leases import LEASE, Upload
from hozon.services.resolve import find_collection


def hold_content(context: Context, version: Version) -> Upload:
    """Pin everything that a version holds, for a draft that takes it over.

    Args:
        context: The capabilities, and on whose behalf to act.
        version: A committed version.

    Returns:
        What holds the pins, for `release_content`.

    Raises:
        CollectionNotFoundError: They may not see it.
        VersionStateError: The version is not committed, for instance deleted.
        CatalogError: The catalog failed.
    """
    with context.catalog.write() as session:
        missing = no_artifact(version.collection)
        authorize_content(session, context, version.id, missing=missing)
        current = session.versions.get(version.id)
        check_editable(current)
        now, upload_id = context.catalog.now(), uuid.uuid4().hex
        holder = session.versions.open(
            find_collection(session, current.collection).key,
            NewVersion(
                digest=current.digest,
                size=current.size,
                file_count=current.file_count,
                description=None,
                metadata={},
                logged_by=None,
                created_by=context.principal,
                created_at=now,
                lease_expires_at=now + LEASE,
                upload_id=upload_id,
                store=current.store,
            ),
        )
        manifest = session.versions.manifest(version.id)
        session.objects.pin(holder, (digest for digest, _ in manifest.contents()))
    return Upload(holder, upload_id)


def release_content(context: Context, holder: Upload) -> None:
    """Let go of what a draft held; what cannot be reached now is left to the lease.

    Args:
        context: The capabilities.
        holder: What `hold_content` gave.
    """
    with suppress(HozonError), context.catalog.write() as session:
        session.versions.abandon(holder.version, upload_id=holder.upload_id)
