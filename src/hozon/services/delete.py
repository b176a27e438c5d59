"""Delete: take versions out of every listing, softly.

Owns what happens in the one transaction of a delete. The bytes stay; a collector that frees them
later is another use case. Invariant: after a delete no alias points at a deleted version, and the
aliases that it had are remembered.
"""

from hozon.model.aliases import after_delete
from hozon.model.versions import Version, VersionState, check_deletable
from hozon.ports.catalog import Collection
from hozon.services.context import Context
from hozon.services.resolve import find_collection


def delete_version(context: Context, version: Version, *, delete_aliases: bool) -> Version:
    """Soft-delete one version.

    Args:
        context: The capabilities, and on whose behalf to act.
        version: A committed version.
        delete_aliases: Whether its aliases may go with it.

    Returns:
        The version as it is now.

    Raises:
        AliasedVersionError: It has aliases and `delete_aliases` is False; the message lists them.
        VersionStateError: It is not committed, for instance deleted already.
    """
    with context.catalog.write() as session:
        current = session.versions.get(version.id)
        check_deletable(current, delete_aliases=delete_aliases)
        key, now = find_collection(session, current.collection).key, context.catalog.now()
        session.versions.remember_aliases(dict.fromkeys(current.aliases, current.id))
        session.versions.change_state(
            current.id, VersionState.DELETED, by=context.principal, now=now
        )
        pointers = after_delete(
            session.collections.pointers(key),
            deleted=[current.id],
            newest=session.versions.newest(key),
        )
        session.collections.set_pointers(key, pointers, now=now)
        return session.versions.get(version.id)


def delete_collection(context: Context, collection: Collection) -> int:
    """Soft-delete all versions of a collection with their aliases, all or none.

    Args:
        context: The capabilities, and on whose behalf to act.
        collection: The collection; its name stays reserved and its numbers go on.

    Returns:
        How many versions were deleted.

    Raises:
        CollectionNotFoundError: Nothing is left in it.
    """
    with context.catalog.write() as session:
        key, now = find_collection(session, collection.path).key, context.catalog.now()
        pointers = session.collections.pointers(key)
        session.versions.remember_aliases(pointers)
        count = session.versions.delete_committed(key, by=context.principal, now=now)
        left = after_delete(pointers, deleted=pointers.values(), newest=None)
        session.collections.set_pointers(key, left, now=now)
        return count
