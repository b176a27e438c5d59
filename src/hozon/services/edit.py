"""Edit: change what may change of a committed version, in one transaction.

Invariant: what the caller did not change is left as it is now, even when somebody else changed it
since the caller looked.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hozon.model.access import Action
from hozon.model.aliases import after_edit
from hozon.model.links import check_own_ttl
from hozon.model.missing import no_artifact
from hozon.model.names import Alias
from hozon.model.notes import Notes, merge_notes, merge_tags
from hozon.model.tags import Tag
from hozon.model.versions import Version, check_editable
from hozon.ports.catalog import CatalogSession
from hozon.services.access import authorize, authorize_content
from hozon.services.context import Context
from hozon.services.protection import move_aliases
from hozon.services.resolve import find_collection


def edit_version(
    context: Context, version: Version, *, aliases: Sequence[Alias], notes: Notes
) -> Version:
    """Store what the caller changed of a version's aliases and notes.

    The aliases of a link are its own. Its notes are those of its source: they change for all who
    see it.

    Args:
        context: The capabilities, and on whose behalf to act.
        version: A committed version, as the caller last saw it.
        aliases: The aliases as the caller wants them; compared with what it last saw. Added ones
            are taken from the version that has them now.
        notes: The notes as the caller wants them; stored as far as they differ from what was last
            seen.

    Returns:
        The version as it is now; if `latest` was taken away from it, the newest version has it.

    Raises:
        CollectionNotFoundError: They may not see it.
        AccessDeniedError: They may see it, and not change it, or not its TTL.
        VersionStateError: It is not committed, for instance deleted.
        ProtectedAliasError: A protected alias would be taken from it, or from another version.
        LinkStateError: It is a link, and the TTL was changed; change that of its source.
    """
    with context.catalog.write() as session:
        current = session.versions.get(version.id)
        missing = no_artifact(version.collection)
        authorize(session, context, Action.WRITE, current.collection.at, missing=missing)
        authorize_content(session, context, version.id, missing=missing)
        check_editable(current)
        if notes.ttl != version.ttl:
            check_own_ttl(current)
            authorize(session, context, Action.SET_TTL, current.collection.at, missing=missing)
        now = context.catalog.now()
        collection = find_collection(session, current.collection)
        pointers = after_edit(
            session.collections.pointers(collection.key),
            version=version.id,
            add=set(aliases) - set(version.aliases),
            remove=set(version.aliases) - set(aliases),
            newest=session.versions.newest(collection.key) or version.id,
        )
        move_aliases(session, context, collection, pointers, now=now)
        merged = merge_notes(current.notes, seen=version.notes, wanted=notes)
        if current.is_link and merged != current.notes:
            authorize(session, context, Action.WRITE, current.origin.collection.at, missing=missing)
        _describe(session, current, merged, now=now)
        return session.versions.get(version.id)


def add_tags(
    session: CatalogSession, version: Version, tags: Sequence[Tag], *, now: datetime
) -> None:
    """Give a version tags beside those that it has, within a transaction that is going on.

    Args:
        session: The transaction.
        version: The version as it is now.
        tags: What to add; what it has already changes nothing.
        now: When, UTC.
    """
    added = merge_tags(version.tags, seen=(), wanted=tuple(tags))
    _describe(session, version, replace(version.notes, tags=added), now=now)


def _describe(session: CatalogSession, version: Version, notes: Notes, *, now: datetime) -> None:
    """Write notes where their owner is, unless they are there already."""
    if notes != version.notes:
        session.versions.describe(version.content_id, notes, now=now)
