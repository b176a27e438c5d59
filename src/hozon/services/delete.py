"""Delete: take versions out of every listing, softly.

Owns what happens in the one transaction of a delete. The bytes stay; a collector that frees them
later is another use case. Invariant: after a delete no alias points at a deleted version, and the
aliases that it had are remembered.
"""

from collections.abc import Sequence

from hozon.errors import AliasedVersionError
from hozon.model.aliases import after_delete
from hozon.model.versions import Version, VersionState, check_transition
from hozon.ports.catalog import CatalogSession, Collection
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
        check_transition(str(current.path), before=current.state, after=VersionState.DELETED)
        if current.aliases and not delete_aliases:
            raise AliasedVersionError(
                f"{current.path} has the aliases {', '.join(current.aliases)}",
                hint="Pass delete_aliases=True to delete it together with them.",
            )
        collection = find_collection(session, current.collection)
        _delete(session, context, collection, [current])
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
        find_collection(session, collection.path)
        doomed = [session.versions.get(key) for key in session.versions.committed(collection.key)]
        _delete(session, context, collection, doomed)
        return len(doomed)


def _delete(
    session: CatalogSession, context: Context, collection: Collection, doomed: Sequence[Version]
) -> None:
    """Delete committed versions of one collection, and settle its aliases."""
    now = context.catalog.now()
    for version in doomed:
        session.versions.remember_aliases(version.id, version.aliases)
        session.versions.change_state(
            version.id, VersionState.DELETED, by=context.principal, now=now
        )
    pointers = after_delete(
        session.collections.pointers(collection.key),
        deleted=[version.id for version in doomed],
        newest=session.versions.newest(collection.key),
    )
    session.collections.set_pointers(collection.key, pointers)
