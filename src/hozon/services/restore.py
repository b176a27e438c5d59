"""Restore: bring back what was soft-deleted, with its aliases and links as far as they are free.

Owns what happens in the one transaction of a restore; what comes back is decided in
`hozon.model.restoring`. Invariant: what was remembered for restoring is forgotten when it was used.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hozon.errors import ArtifactNotFoundError, VersionStateError
from hozon.model.access import Action
from hozon.model.audit import Act
from hozon.model.links import CollectionKind
from hozon.model.metadata import JsonObject
from hozon.model.missing import no_artifact, no_collection
from hozon.model.names import Alias, CollectionName, TypeName
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath
from hozon.model.restoring import Restored, after_restore, check_restorable, check_source, stands
from hozon.model.versions import Version, VersionId
from hozon.ports.catalog import CatalogSession, Collection
from hozon.ports.paging import Listing
from hozon.services.access import Sight, authorize, authorize_content, may
from hozon.services.acts import record_act, record_versions
from hozon.services.context import Context
from hozon.services.listing import CatalogListing
from hozon.services.resolve import any_collection, any_version, shown_by


def list_deleted(
    context: Context, at: ProjectPath, *, type_name: TypeName | None, name: CollectionName | None
) -> Listing[Version]:
    """List the versions of a project that can be restored, by the newest delete.

    Args:
        context: The capabilities.
        at: The project.
        type_name: What their collections hold; None for anything.
        name: The collection; None for all.
    """
    return CatalogListing(
        context,
        lambda s: s.deleted.listing(at, type_name=type_name, name=name),
        at=at,
        shows=shown_by,
    )


def restore_path(context: Context, path: ArtifactPath) -> Restored:
    """Restore the version with a number.

    Args:
        context: The capabilities, and on whose behalf to act.
        path: The collection and the number; a deleted version has no aliases.

    Raises:
        ArtifactNotFoundError: There is no such version, or the path names an alias.
        CollectionNotFoundError: There never was such a collection, or they may not see it.
        AccessDeniedError: They may see it, and not restore it.
        PurgedVersionError: Its bytes were given up.
        VersionStateError: It has not been deleted, or it is a link that cannot come back.
    """
    if path.index is None:
        raise ArtifactNotFoundError(
            f"{path} names an alias, and a deleted version has none",
            hint="Name it by its number; 'hozon artifact ls --deleted' lists what there is.",
        )
    return restore_version(context, any_version(context, path.collection, path.index))


def restore_version(context: Context, version: Version) -> Restored:
    """Restore one version, or a link that was removed by itself.

    Args:
        context: The capabilities, and on whose behalf to act.
        version: A soft-deleted version.

    Returns:
        What came back, and what did not.

    Raises:
        CollectionNotFoundError: They may not see it.
        AccessDeniedError: They may see it, and not restore it.
        PurgedVersionError: Its bytes were given up.
        VersionStateError: It has not been deleted; or it is a link whose source is deleted or of
            another type by now, or whose portfolio has another link to it.
    """
    with context.catalog.write() as session:
        current = session.versions.get(version.id)
        missing = no_artifact(version.collection)
        authorize(session, context, Action.DELETE, current.collection.at, missing=missing)
        authorize_content(session, context, version.id, missing=missing)
        check_restorable(current)
        collection = any_collection(session, current.collection)
        if current.is_link:
            equal = session.links.find(collection.key, current.content_id)
            check_source(
                current,
                source=session.versions.get(current.content_id),
                equal=None if equal is None else session.versions.get(equal),
            )
        restored = _restore(session, context, collection, [current.id])
        details = _came_along(collection, restored)
        record_versions(session, context, Act.RESTORE, [current], details=details)
        return restored


def restore_collection(context: Context, path: CollectionPath) -> Restored:
    """Restore what went when a collection was last deleted as a whole.

    Versions that were deleted one by one stay deleted. Of a portfolio the links come back that
    still lead somewhere, and that nobody made again.

    Args:
        context: The capabilities, and on whose behalf to act.
        path: The collection.

    Returns:
        What came back, and what did not.

    Raises:
        CollectionNotFoundError: There never was such a collection, or they may not see it.
        AccessDeniedError: They may see it, and not restore it.
        VersionStateError: It was not deleted as a whole, or nothing of that can be restored.
    """
    with context.catalog.write() as session:
        authorize(session, context, Action.DELETE, path.at, missing=no_collection(path))
        collection = any_collection(session, path)
        gone = session.deleted.of_collection(collection.key)
        if not gone:
            raise VersionStateError(
                f"{path} was not deleted as a whole, or what was deleted has been purged",
                hint="Restore versions one by one; Api().deleted_artifacts() lists them.",
            )
        restored = _restore(session, context, collection, gone)
        details = {"versions": len(restored.versions), **_came_along(collection, restored)}
        record_act(session, context, Act.RESTORE, path, details)
        return _told(session, context, restored, gone)


def _came_along(collection: Collection, restored: Restored) -> JsonObject:
    """Say which aliases of the collection came back, and how many links.

    The links may be in other projects; each has a record of its own there.
    """
    own = [name for name in restored.aliases if name.startswith(f"{collection.path}:")]
    return {
        **({"aliases": list(own)} if own else {}),
        **({"links": len(restored.links)} if restored.links else {}),
    }


def _told(
    session: CatalogSession, context: Context, restored: Restored, gone: Sequence[VersionId]
) -> Restored:
    """Leave out the links of a portfolio that lead to what they may not see."""
    sight, unseen = Sight(session, context), set[str]()
    for version in session.versions.get_all(gone):
        if not sight.shows(*shown_by(version)):
            unseen |= {str(version.path)}
            unseen |= {f"{version.collection}:{alias}" for alias in version.aliases}
    return replace(
        restored,
        versions=tuple(name for name in restored.versions if name not in unseen),
        aliases=tuple(name for name in restored.aliases if name not in unseen),
        conflicts={a: held for a, held in restored.conflicts.items() if held not in unseen},
        lost_links=tuple(name for name in restored.lost_links if name not in unseen),
    )


@dataclass(slots=True)
class _Report:
    """What comes back, while it is put together."""

    versions: list[str]
    aliases: list[str]
    conflicts: dict[str, str]
    links: list[str]
    lost_links: list[str]

    def finished(self) -> Restored:
        """Give what users get."""
        return Restored(
            versions=tuple(self.versions),
            aliases=tuple(self.aliases),
            conflicts=self.conflicts,
            links=tuple(self.links),
            lost_links=tuple(self.lost_links),
        )


def _restore(
    session: CatalogSession, context: Context, collection: Collection, gone: Sequence[VersionId]
) -> Restored:
    """Restore versions of one collection, then the links that were taken along with them."""
    report = _Report([], [], {}, [], [])
    lost: Sequence[VersionId] = []
    if collection.kind is CollectionKind.PORTFOLIO:
        fitting = session.deleted.fitting_links(gone)
        lost = [link for link in gone if link not in fitting]
        gone = [link for link in gone if link in fitting]
    report.lost_links += _paths(session, collection, lost)
    report.versions += _bring_back(session, context, collection, gone, report)
    by_portfolio = defaultdict[CollectionPath, list[Version]](list)
    for link in session.deleted.links_to(gone):
        by_portfolio[link.collection].append(link)
    for path, links in by_portfolio.items():
        if not may(session, context, Action.DELETE, path.at):
            # They stay away; to those who may not see the portfolio nothing is told of it.
            if may(session, context, Action.READ, path.at):
                report.lost_links += [str(link.path) for link in links]
            continue
        portfolio = any_collection(session, path)
        back = _standing(session, portfolio, links)
        report.links += _bring_back(session, context, portfolio, back, report)
        _record_links(session, context, back)
        report.lost_links += [str(link.path) for link in links if link.id not in back]
    # Those that are lost may be restored by themselves from now on.
    session.deleted.forget_links(gone)
    return report.finished()


def _record_links(session: CatalogSession, context: Context, back: Sequence[VersionId]) -> None:
    """Put into the audit log which links came back with their source."""
    links = session.versions.get_all(back)
    had, why = {link.id: link.aliases for link in links}, {"reason": "source"}
    record_versions(session, context, Act.RESTORE, links, aliases=had, details=why)


def _standing(
    session: CatalogSession, portfolio: Collection, links: Sequence[Version]
) -> Sequence[VersionId]:
    """Choose the links that come back into a portfolio."""
    fitting = session.deleted.fitting_links(link.id for link in links)
    has_link = session.versions.newest(portfolio.key) is not None
    deleted_at = session.deleted.collection_deleted_at(portfolio.key)
    return [
        link.id
        for link in links
        if link.id in fitting
        and stands(
            has_link=has_link,
            deleted_at=deleted_at,
            taken_at=link.deletion.at if link.deletion else None,
        )
    ]


def _bring_back(
    session: CatalogSession,
    context: Context,
    collection: Collection,
    gone: Sequence[VersionId],
    report: _Report,
) -> list[str]:
    """Make versions of a collection COMMITTED, and give them their aliases back."""
    if not gone:
        return []
    now, key = context.catalog.now(), collection.key
    before, newest_before = session.collections.pointers(key), session.versions.newest(key)
    fell, remembered = session.deleted.latest_fell(key), session.deleted.aliases(gone)
    session.deleted.restore(gone, now=now)
    after = after_restore(
        before,
        remembered=remembered,
        newest_before=newest_before,
        newest=session.versions.newest(key) or gone[0],
        latest_fell=fell,
    )
    session.collections.set_pointers(key, after, now=now)
    session.deleted.forget_aliases(gone)
    back, held = (
        set(gone),
        {alias: after[alias] for alias, had in remembered if after[alias] != had},
    )
    report.aliases += [
        f"{collection.path}:{alias}" for alias, version in sorted(after.items()) if version in back
    ]
    for alias, path in _holders(session, collection, held).items():
        report.conflicts[f"{collection.path}:{alias}"] = path
    return _paths(session, collection, gone)


def _holders(
    session: CatalogSession, collection: Collection, held: Mapping[Alias, VersionId]
) -> dict[str, str]:
    """Name the versions that have aliases."""
    numbers = session.deleted.numbers(held.values())
    return {
        str(alias): str(ArtifactPath.at_index(collection.path, numbers[version]))
        for alias, version in sorted(held.items())
    }


def _paths(
    session: CatalogSession, collection: Collection, versions: Sequence[VersionId]
) -> list[str]:
    """Name versions by number, in their order."""
    numbers = session.deleted.numbers(versions)
    return [str(ArtifactPath.at_index(collection.path, numbers[version])) for version in versions]
