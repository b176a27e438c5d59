"""Delete: take versions out of every listing, softly.

Owns what happens in the one transaction of a delete. The bytes stay; a collector that frees them
later is another use case. Invariants: after a delete no alias points at a deleted version, and no
link leads to one; the aliases and the links that it had are remembered. A protected alias is never
taken away.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from hozon.errors import AccessDeniedError, LinkedVersionError, RunNotFoundError
from hozon.model.access import Action
from hozon.model.aliases import after_delete
from hozon.model.audit import Act
from hozon.model.deletion import DeleteReason
from hozon.model.links import CollectionKind, check_unlinked
from hozon.model.missing import no_artifact, no_run
from hozon.model.paths import ArtifactPath, CollectionPath
from hozon.model.runs import Run
from hozon.model.versions import Version, VersionId, check_deletable
from hozon.ports.catalog import CatalogSession, Collection
from hozon.services.access import Sight, authorize
from hozon.services.acts import record_act, record_versions
from hozon.services.context import Context
from hozon.services.protection import check_aliases_free, move_aliases
from hozon.services.resolve import find_collection, shown_by

_PAGE: Final = 500
"""How many versions of a run are held at a time."""


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
        CollectionNotFoundError: They may not see it.
        AccessDeniedError: They may see it, and not delete it, or not a link that leads to it.
        ProtectedAliasError: It, or a link that leads to it, has a protected alias.
        AliasedVersionError: It has aliases and `delete_aliases` is False; the message lists them.
        LinkedVersionError: Links lead to it and `force_links` is False; the message lists them.
        VersionStateError: It is not committed, for instance deleted already.
    """
    (deleted,) = delete_versions(
        context, [version], delete_aliases=delete_aliases, force_links=force_links
    )
    return deleted


def delete_versions(
    context: Context,
    versions: Sequence[Version],
    *,
    delete_aliases: bool,
    force_links: bool = False,
) -> Sequence[Version]:
    """Soft-delete versions of any collections in one transaction, all or none.

    Of links only the links are removed; their sources stay as they are.

    Args:
        context: The capabilities, and on whose behalf to act.
        versions: Committed versions, each once.
        delete_aliases: Whether their aliases may go with them.
        force_links: Whether the links that lead to them may go with them, together with their
            aliases.

    Returns:
        The versions as they are now, in the order given.

    Raises:
        ProtectedAliasError: One, or a link that leads to one, has a protected alias.
        AliasedVersionError: One has aliases and `delete_aliases` is False; the message lists them.
        LinkedVersionError: Links lead to one and `force_links` is False; the message lists them.
        VersionStateError: One is not committed, for instance deleted already.
    """
    ids = [version.id for version in versions]
    with context.catalog.write() as session:
        delete_in_session(
            session,
            context,
            session.versions.get_all(ids),
            delete_aliases=delete_aliases,
            force_links=force_links,
        )
        return session.versions.get_all(ids)


def delete_in_session(
    session: CatalogSession,
    context: Context,
    versions: Sequence[Version],
    *,
    reason: DeleteReason = DeleteReason.DELETE,
    delete_aliases: bool = True,
    force_links: bool = False,
) -> None:
    """Soft-delete versions within a transaction that is going on, all or none.

    Args:
        session: The transaction, to be rolled back if this raises.
        context: The capabilities, and on whose behalf to act.
        versions: Versions of any collections, as they are now.
        reason: Why.
        delete_aliases: Whether their aliases may go with them.
        force_links: Whether the links that lead to them may go with them.

    Raises:
        CollectionNotFoundError: They may not see one.
        AccessDeniedError: They may not delete one, or a link that leads to one.
        ProtectedAliasError: One of them, or a link that leads to one, has a protected alias.
        AliasedVersionError: One has aliases and `delete_aliases` is False.
        LinkedVersionError: Links lead to one and `force_links` is False.
        VersionStateError: One is not committed.
    """
    _authorize(session, context, versions)
    for version in versions:
        check_deletable(version, delete_aliases=True)
    for path, keys in _by_collection(versions).items():
        collection = find_collection(session, path)
        left = after_delete(session.collections.pointers(collection.key), deleted=keys, newest=None)
        check_aliases_free(session, collection, left)  # No permission of the caller's overrides it.
    for version in versions:
        check_deletable(version, delete_aliases=delete_aliases)
    taken = _take_links(session, context, versions, force_links=force_links)
    rest = (version for version in versions if version.id not in taken)
    for path, keys in _by_collection(rest).items():
        _remove(session, context, find_collection(session, path), keys, reason=reason)
    # Of a link that its source took along there is a record already.
    alone = [version for version in versions if version.id not in taken]
    _record(session, context, alone, reason=reason)


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
        CollectionNotFoundError: Nothing is left in it, or they may not see it.
        AccessDeniedError: They may see it, and not delete it, or not a link that leads there.
        ProtectedAliasError: A version, or a link that leads to one, has a protected alias.
        LinkedVersionError: Links lead to its versions and `force_links` is False; the message
            lists them.
    """
    return delete_collections(context, [collection], force_links=force_links)


def delete_collections(
    context: Context, collections: Sequence[Collection], *, force_links: bool = False
) -> int:
    """Soft-delete all versions of collections in one transaction, all or none.

    See `delete_collection`. A portfolio among them goes first, and its links need not be forced.

    Args:
        context: The capabilities, and on whose behalf to act.
        collections: The collections, each once.
        force_links: Whether other links that lead to their versions may go with them.

    Returns:
        How many versions were deleted; the links that went along are not counted.

    Raises:
        CollectionNotFoundError: Nothing is left in one, or they may not see it.
        AccessDeniedError: They may see one, and not delete it, or not a link that leads there.
        ProtectedAliasError: A version, or a link that leads to one, has a protected alias.
        LinkedVersionError: Links lead to versions of one and `force_links` is False; the message
            lists them.
    """
    ordered = sorted(collections, key=lambda each: each.kind is CollectionKind.SEQUENCE)
    with context.catalog.write() as session:
        return sum(_delete_whole(session, context, c, force_links=force_links) for c in ordered)


def delete_run(context: Context, run: Run, *, delete_artifacts: bool) -> Run:
    """Take a run out of every listing and look-up, with the versions that it logged, or without.

    Lineage keeps the run: who asks what logged or used a version is still told. Its id is not
    given again.

    Args:
        context: The capabilities, and on whose behalf to act.
        run: The run.
        delete_artifacts: Whether to soft-delete the committed versions that it logged, too, with
            their aliases, all or none.

    Returns:
        The run as it is now.

    Raises:
        RunNotFoundError: It has been deleted already, or they may not see it.
        AccessDeniedError: They may not delete it, or not a version that it logged.
        ProtectedAliasError: A version has a protected alias.
        LinkedVersionError: Links lead to a version.
    """
    with context.catalog.write() as session:
        authorize(session, context, Action.DELETE, run.path.at, missing=no_run(run.path))
        if session.runs.find(run.path) is None:
            raise RunNotFoundError(
                f"The run {run.path} has been deleted already",
                hint="List the runs of the project with Api().runs().",
            )
        # What is deleted leaves the listing: the next page is always the first.
        while delete_artifacts and (
            page := session.lineage.outputs(run.key).page(after=None, limit=_PAGE)
        ):
            logged = [item.value for item in page]
            _check_seen(session, context, run, logged)
            delete_in_session(session, context, logged, reason=DeleteReason.RUN)
        session.runs.delete(run.key, now=context.catalog.now())
        record_act(session, context, Act.DELETE, run.path)
        found = session.runs.find(run.path, deleted=True)
    return found or run


def _check_seen(
    session: CatalogSession, context: Context, run: Run, logged: Sequence[Version]
) -> None:
    """Keep a run with all that it logged where a part may not be seen, and do not name that."""
    sight = Sight(session, context)
    if not all(sight.shows(*shown_by(version)) for version in logged):
        raise AccessDeniedError(
            f"{run.path} logged versions in projects that you cannot see",
            hint="Delete the run without its artifacts, or ask an admin of the team.",
        )


def _delete_whole(
    session: CatalogSession, context: Context, collection: Collection, *, force_links: bool
) -> int:
    """Delete all versions of a collection, and count them."""
    current = session.collections.get(collection.key)
    at, missing = current.path.at, no_artifact(collection.path)
    authorize(session, context, Action.DELETE, at, missing=missing)
    found, now = find_collection(session, current.path), context.catalog.now()
    pointers = session.collections.pointers(found.key)
    left = after_delete(pointers, deleted=pointers.values(), newest=None)
    check_aliases_free(session, found, left)
    links = session.links.to_collection(found.key)
    _check_unlinked(Sight(session, context), found.path, links, force_links=force_links)
    _authorize(session, context, links)
    take_links_along(session, context, links)
    session.versions.remember_aliases(pointers)
    count = session.versions.delete_committed(found.key, by=context.principal, now=now)
    session.collections.set_pointers(found.key, left, now=now)
    aliases = {"aliases": sorted(map(str, pointers))} if pointers else {}
    record_act(session, context, Act.DELETE, found.path, {"versions": count, **aliases})
    return count


def _authorize(session: CatalogSession, context: Context, versions: Sequence[Version]) -> None:
    """Refuse to delete versions from projects in which they may not, each asked about once."""
    by_project = {version.collection.at: version for version in reversed(versions)}
    for at, version in by_project.items():
        authorize(session, context, Action.DELETE, at, missing=no_artifact(version.collection))
    sight = Sight(session, context)
    for version in versions:
        if version.is_link and not sight.shows(version.origin.collection.at):
            raise no_artifact(version.collection)


def _check_unlinked(
    sight: Sight,
    what: ArtifactPath | CollectionPath,
    links: Sequence[Version],
    *,
    force_links: bool,
) -> None:
    """Let no link stand in the way; those in projects that they may not see are not named."""
    seen = [link.path for link in links if sight.shows(link.collection.at)]
    check_unlinked(what, links=seen, force_links=force_links)
    if len(seen) < len(links):
        raise LinkedVersionError(
            f"{what} has links in projects that you cannot see",
            hint="Ask an admin of the team to delete it.",
        )


def _record(
    session: CatalogSession,
    context: Context,
    versions: Sequence[Version],
    *,
    reason: DeleteReason,
) -> None:
    """Put into the audit log what is deleted, a link as unlinked, with the aliases that it had."""
    why = {} if reason is DeleteReason.DELETE else {"reason": str(reason)}
    had = {version.id: version.aliases for version in versions}
    for act, is_link in ((Act.DELETE, False), (Act.UNLINK, True)):
        chosen = [version for version in versions if version.is_link is is_link]
        record_versions(session, context, act, chosen, aliases=had, details=why)


def _take_links(
    session: CatalogSession, context: Context, versions: Sequence[Version], *, force_links: bool
) -> AbstractSet[VersionId]:
    """Take the links along that lead to versions, if they may go, and tell which they were."""
    links = session.links.to_versions(version.id for version in versions)
    leading = defaultdict[VersionId, list[Version]](list)
    for link in links:
        leading[link.content_id].append(link)
    sight = Sight(session, context)
    for version in versions:
        _check_unlinked(sight, version.path, leading[version.id], force_links=force_links)
    _authorize(session, context, links)
    take_links_along(session, context, links)
    return {link.id for link in links}


def _remove(
    session: CatalogSession,
    context: Context,
    collection: Collection,
    keys: Sequence[VersionId],
    *,
    reason: DeleteReason,
) -> None:
    """Delete versions of one collection, and remember their aliases."""
    now, before = context.catalog.now(), session.collections.pointers(collection.key)
    gone = set(keys)
    session.versions.remember_aliases({a: key for a, key in before.items() if key in gone})
    session.deleted.add(keys, by=context.principal, now=now, reason=reason)
    newest = session.versions.newest(collection.key)
    after = after_delete(before, deleted=keys, newest=newest)
    move_aliases(session, context, collection, after, now=now, told=gone)


def take_links_along(session: CatalogSession, context: Context, links: Sequence[Version]) -> None:
    """Remove the links to what is deleted from their portfolios, and remember them.

    Args:
        session: The transaction of the delete.
        context: On whose behalf to act, which was checked before.
        links: Committed links.
    """
    now = context.catalog.now()
    for path, keys in _by_collection(links).items():
        portfolio, gone = find_collection(session, path), set(keys)
        before = session.collections.pointers(portfolio.key)
        session.versions.remember_aliases({a: key for a, key in before.items() if key in gone})
        session.links.take_along(keys, by=context.principal, now=now)
        chosen = [link for link in links if link.id in gone]
        had = {link.id: link.aliases for link in chosen}
        record_versions(
            session,
            context,
            Act.UNLINK,
            chosen,
            aliases=had,
            details={"reason": "source"},
        )
        newest = session.versions.newest(portfolio.key)
        after = after_delete(before, deleted=keys, newest=newest)
        move_aliases(session, context, portfolio, after, now=now, told=gone)


def _by_collection(versions: Iterable[Version]) -> dict[CollectionPath, list[VersionId]]:
    """Sort versions by their collection."""
    found = defaultdict[CollectionPath, list[VersionId]](list)
    for version in versions:
        found[version.collection].append(version.id)
    return found
