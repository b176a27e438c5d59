"""Usage: what collections and versions hold in the store, and what nothing else holds."""

from collections.abc import Iterable

from hozon.errors import CollectionKindError
from hozon.model.access import Action
from hozon.model.links import CollectionKind
from hozon.model.missing import no_artifact, no_usage
from hozon.model.names import TypeName
from hozon.model.paths import CollectionPath, ProjectPath
from hozon.model.usage import CollectionUsage, NamePatterns, VersionUsage
from hozon.model.versions import Version
from hozon.ports.catalog import CatalogSession
from hozon.ports.paging import Listing
from hozon.services.access import authorize, may
from hozon.services.context import Context
from hozon.services.listing import CatalogListing


def list_usage(
    context: Context, at: ProjectPath, *, names: NamePatterns, type_name: TypeName | None
) -> Listing[CollectionUsage]:
    """List what the collections of a project hold, oldest first, also where all is deleted.

    Args:
        context: The capabilities.
        at: The project.
        names: Which collections; those named without a wildcard have to exist.
        type_name: What they hold; None for anything.

    Raises:
        CollectionNotFoundError: There is no collection of such a name.
        CollectionKindError: A name is that of a portfolio, which holds no bytes.
    """
    with context.catalog.read() as session:
        check_logged_to(session, context, at, names=names)
    return CatalogListing(
        context, lambda s: s.usage.by_collection(at, names=names, type_name=type_name), at=at
    )


def list_version_usage(context: Context, path: CollectionPath) -> Listing[VersionUsage]:
    """List what the versions of a collection hold, deleted ones included, newest first.

    Args:
        context: The capabilities.
        path: The collection.

    Raises:
        CollectionNotFoundError: There is no such collection.
        CollectionKindError: It is a portfolio, which holds no bytes.
    """
    with context.catalog.read() as session:
        check_logged_to(session, context, path.at, names=NamePatterns((path.name,)))
    return CatalogListing(context, lambda s: s.usage.by_version(path), at=path.at)


def measure_freed(context: Context, versions: Iterable[Version]) -> int:
    """Tell how many bytes nothing would need any more once versions are deleted and purged.

    Args:
        context: The capabilities, and on whose behalf to act.
        versions: Versions of any collections; links free nothing.

    Returns:
        Bytes, 0 or more.

    Raises:
        CollectionNotFoundError: They may not see one of them.
    """
    measured = list(versions)
    with context.catalog.read() as session:
        for at, version in {version.collection.at: version for version in measured}.items():
            missing = no_artifact(version.collection)
            authorize(session, context, Action.READ, at, missing=missing)
        return session.usage.freed_bytes(v.id for v in measured if not v.is_link)


def check_logged_to(
    session: CatalogSession, context: Context, at: ProjectPath, *, names: NamePatterns
) -> None:
    """Let names without a wildcard stand for collections that versions were logged to.

    Args:
        session: The transaction.
        context: On whose behalf; in a project that they may not see there is nothing.
        at: The project.
        names: Names, and patterns, which may match nothing.

    Raises:
        CollectionNotFoundError: There is no collection of such a name.
        CollectionKindError: A name is that of a portfolio.
    """
    is_visible = may(session, context, Action.READ, at)
    for name in names.names:
        path = CollectionPath(at, name)
        found = session.collections.find(path) if is_visible else None
        if found is None:
            raise no_usage(at, name)
        if found.kind is not CollectionKind.SEQUENCE:
            raise CollectionKindError(
                f"{path} is a portfolio: its links hold no bytes of their own",
                hint="Name the collections that the linked versions were logged to.",
            )
