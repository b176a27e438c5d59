"""Delete: take versions out of every listing, softly.

Owns what happens in the one transaction of a delete. The bytes stay; a collector that frees them
later is another use case. Invariants: after a delete no alias points at a deleted version, and no
link leads to one; the aliases and the links that it had are remembered.
"""

from collections import defaultdict
from collections.abc import Iterable

from hozon.model.aliases import after_delete
from hozon.model.links import check_unlinked
from hozon.model.paths import CollectionPath
from hozon.model.versions import Version, VersionState, check_deletable
from hozon.ports.catalog import CatalogSession, Collection
from hozon.services.context import Context
from hozon.services.resolve import find_collection


def delete_version(
    context: Context, version: Version, *, delete_aliases: bool, force_links: bool = False
) -> Version:
    """Soft-delete one version, or remove a link; the source of a link stays as it is.

    Args:
        context: The capabilities, and on whose behalf to act.
        version: A committed version.
        delete_aliases: Whether its aliases may go with it.
        force_links: Whether the links that lead to it may go with it, together with their aliases.

    Returns:
        The version as it is now.

    Raises:
        AliasedVersionError: It has aliases and `delete_aliases` is False; the message lists them.
        LinkedVersionError: Links lead to it and `force_links` is False; the message lists them.
        VersionStateError: It is not committed, for instance deleted already.
    """
    with context.catalog.write() as session:
        current = session.versions.get(version.id)
        check_deletable(current, delete_aliases=delete_aliases)
        links = session.links.to_version(current.id)
        check_unlinked(current.path, links=[link.path for link in links], force_links=force_links)
        take_links_along(session, context, links)
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


def delete_collection(
    context: Context, collection: Collection, *, force_links: bool = False
) -> int:
    """Soft-delete all versions of a collection with their aliases, all or none.

    Of a portfolio the links are removed; their sources stay as they are.

    Args:
        context: The capabilities, and on whose behalf to act.
        collection: The collection; its name stays reserved and its numbers go on.
        force_links: Whether the links that lead to its versions may go with them.

    Returns:
        How many versions were deleted; the links that went along are not counted.

    Raises:
        CollectionNotFoundError: Nothing is left in it.
        LinkedVersionError: Links lead to its versions and `force_links` is False; the message
            lists them.
    """
    with context.catalog.write() as session:
        key, now = find_collection(session, collection.path).key, context.catalog.now()
        links = session.links.to_collection(key)
        check_unlinked(
            collection.path, links=[link.path for link in links], force_links=force_links
        )
        take_links_along(session, context, links)
        pointers = session.collections.pointers(key)
        session.versions.remember_aliases(pointers)
        count = session.versions.delete_committed(key, by=context.principal, now=now)
        left = after_delete(pointers, deleted=pointers.values(), newest=None)
        session.collections.set_pointers(key, left, now=now)
        return count


def take_links_along(session: CatalogSession, context: Context, links: Iterable[Version]) -> None:
    """Remove the links to what is deleted from their portfolios, and remember them.

    Args:
        session: The transaction of the delete.
        context: On whose behalf to act.
        links: Committed links.
    """
    now = context.catalog.now()
    by_portfolio = defaultdict[CollectionPath, list[Version]](list)
    for link in links:
        by_portfolio[link.collection].append(link)
    for path, gone in by_portfolio.items():
        key = find_collection(session, path).key
        keys = [link.id for link in gone]
        session.versions.remember_aliases({a: link.id for link in gone for a in link.aliases})
        session.links.take_along(keys, by=context.principal, now=now)
        pointers = after_delete(
            session.collections.pointers(key), deleted=keys, newest=session.versions.newest(key)
        )
        session.collections.set_pointers(key, pointers, now=now)
