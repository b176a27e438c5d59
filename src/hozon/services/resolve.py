"""Resolve: from paths to collections, versions, manifests and lists of them.

Invariant: whoever may not read a project is told the same as if there were nothing in it.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice

from hozon.errors import (
    ArtifactNotFoundError,
    CollectionNotFoundError,
    InvalidEntryPathError,
    NotFoundError,
    TypeConflictError,
)
from hozon.model.access import Action
from hozon.model.links import CollectionKind
from hozon.model.manifest import Manifest, ManifestEntry
from hozon.model.missing import no_artifact, no_collection
from hozon.model.names import Alias, TypeName, format_version
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath, check_entry_path
from hozon.model.restoring import check_kept
from hozon.model.versions import Version, VersionId, VersionState
from hozon.ports.catalog import CatalogSession, Collection
from hozon.ports.paging import Keyed, Listing, PageKey
from hozon.services.access import Sight, authorize, authorize_content, may
from hozon.services.context import Context
from hozon.services.listing import CatalogListing

_NAMED = 5
"""How many existing versions or aliases an error names at most."""


def resolve_version(
    context: Context, path: ArtifactPath, *, type_name: TypeName | None = None
) -> Version:
    """Find the committed version behind a path.

    Args:
        context: The capabilities.
        path: The collection, and a version or an alias.
        type_name: What it must be; None for anything.

    Raises:
        CollectionNotFoundError: There is no such collection.
        ArtifactNotFoundError: The collection has no such version or alias; the hint names some
            that it has, or says how to restore one that was deleted.
        PurgedVersionError: The version was deleted, and its bytes were given up.
        TypeConflictError: It is of another type.
    """
    with context.catalog.read() as session:
        authorize(
            session, context, Action.READ, path.collection.at, missing=no_artifact(path.collection)
        )
        version = _select(session, context, path)
    if type_name is not None and version.type != type_name:
        raise TypeConflictError(
            f"{path} is of type {version.type!r}, not {type_name!r}",
            hint="Leave the type out, or name the right one.",
        )
    return version


def find_any_version(context: Context, path: ArtifactPath) -> Version:
    """Find a version by its number, whatever its state, or a committed one by an alias.

    Args:
        context: The capabilities.
        path: What to find.

    Raises:
        CollectionNotFoundError: There never was such a collection.
        ArtifactNotFoundError: There never was such a version, or no version has the alias.
    """
    if path.index is not None:
        return any_version(context, path.collection, path.index)
    return resolve_version(context, path)


def find_collection(session: CatalogSession, path: CollectionPath) -> Collection:
    """Find a collection that has a committed version.

    Raises:
        CollectionNotFoundError: There is none.
    """
    collection = session.collections.find(path)
    if collection is None or session.versions.newest(collection.key) is None:
        missing = no_artifact(path)
        if collection and session.deleted.of_collection(collection.key):
            hint = f"It was deleted; bring it back with: hozon artifact restore {path}"
        elif renamed := session.collections.renamed(path):
            hint = f"It was renamed: look for {renamed.path}."
        else:
            raise missing
        raise CollectionNotFoundError(missing.message, hint=hint)
    return collection


def any_collection(session: CatalogSession, path: CollectionPath) -> Collection:
    """Find a collection, also when nothing is left in it.

    Raises:
        CollectionNotFoundError: There never was one.
    """
    collection = session.collections.find(path)
    if collection is None:
        missing = no_collection(path)
        if renamed := session.collections.renamed(path):
            hint = f"It was renamed: look for {renamed.path}."
            raise CollectionNotFoundError(missing.message, hint=hint)
        raise missing
    return collection


def any_version(context: Context, path: CollectionPath, index: int) -> Version:
    """Find a version by its number, whatever its state.

    Args:
        context: The capabilities.
        path: The collection.
        index: The number.

    Raises:
        CollectionNotFoundError: There never was such a collection.
        ArtifactNotFoundError: There never was such a version.
    """
    with context.catalog.read() as session:
        authorize(session, context, Action.READ, path.at, missing=no_collection(path))
        collection = any_collection(session, path)
        version = session.versions.find_by_index(collection.key, index)
        if version is not None and not _is_shown(session, context, version):
            version = None
    if version is None:
        raise ArtifactNotFoundError(
            f"There never was a version {format_version(index)} of {path}",
            hint="Check the number, and the name of the collection.",
        )
    return version


def resolve_collection(
    context: Context, path: CollectionPath, *, type_name: TypeName | None = None
) -> Collection:
    """Find a collection by its path.

    Args:
        context: The capabilities.
        path: Where it is.
        type_name: What it must hold; None for anything.

    Raises:
        CollectionNotFoundError: There is none, or one of another type.
    """
    with context.catalog.read() as session:
        authorize(session, context, Action.READ, path.at, missing=no_artifact(path))
        collection = find_collection(session, path)
    if type_name is not None and collection.type != type_name:
        raise CollectionNotFoundError(
            f"{path} holds artifacts of type {collection.type!r}, not {type_name!r}",
            hint=f"Ask for type {collection.type!r}.",
        )
    return collection


def read_version(context: Context, version_id: VersionId) -> Version:
    """Read a version as it is now, whatever its state.

    Raises:
        ArtifactNotFoundError: They may not see it.
    """
    with context.catalog.read() as session:
        authorize_content(session, context, version_id)
        return session.versions.get(version_id)


def load_manifest(context: Context, version_id: VersionId) -> Manifest:
    """Read all entries of a version, or of the source of a link.

    Raises:
        ArtifactNotFoundError: They may not see it.
    """
    with context.catalog.read() as session:
        authorize_content(session, context, version_id)
        return session.versions.manifest(version_id)


def read_entries(
    context: Context, version_id: VersionId, *, prefix: str = "", batch: int
) -> Iterator[list[ManifestEntry]]:
    """Read the entries of a version some at a time, so that memory stays flat.

    Args:
        context: The capabilities.
        version_id: The version.
        prefix: Text that the paths begin with; empty for all.
        batch: How many at a time, 1 or more.

    Yields:
        Entries in path order; no transaction is open meanwhile.

    Raises:
        ArtifactNotFoundError: They may not see the version, or not any more.
    """
    after: str | None = None
    while True:
        with context.catalog.read() as session:
            authorize_content(session, context, version_id)
            entries = list(
                session.versions.entries(version_id, prefix=prefix, after=after, limit=batch)
            )
        if entries:
            yield entries
            after = entries[-1].path
        if len(entries) < batch:
            return


def find_entry(context: Context, version: Version, path: str) -> ManifestEntry | None:
    """Find the entry of a path; None where the version has none, and for what is no path.

    Raises:
        CollectionNotFoundError: They may not see the version.
    """
    try:
        check_entry_path(path)
    except InvalidEntryPathError:
        return None
    with context.catalog.read() as session:
        _authorize_version(session, context, version)
        found = next(session.versions.entries(version.id, prefix=path, limit=1), None)
    return found if found and found.path == path else None


class _Entries:
    """The entries of a version as a listing, by path."""

    def __init__(self, context: Context, version: Version, names: AbstractSet[str] | None) -> None:
        self._context = context
        self._version = version
        self._names = names

    def count(self) -> int:
        if self._names is None:
            with self._context.catalog.read() as session:
                _authorize_version(session, self._context, self._version)
            return self._version.file_count
        return sum(find_entry(self._context, self._version, n) is not None for n in self._names)

    def page(self, *, after: PageKey | None, limit: int) -> Sequence[Keyed[ManifestEntry]]:
        last = None if after is None else str(after)
        if self._names is None:
            with self._context.catalog.read() as session:
                _authorize_version(session, self._context, self._version)
                entries = list(session.versions.entries(self._version.id, after=last, limit=limit))
        else:
            names = [name for name in sorted(self._names) if last is None or name > last]
            found = (find_entry(self._context, self._version, name) for name in names)
            entries = list(islice((entry for entry in found if entry), limit))
        return [Keyed(entry.path, entry) for entry in entries]


def list_entries(
    context: Context, version: Version, *, names: AbstractSet[str] | None = None
) -> Listing[ManifestEntry]:
    """List the entries of a version, in path order; reading it raises if they may not see it.

    Args:
        context: The capabilities.
        version: The version.
        names: The paths to list; None for all.
    """
    return _Entries(context, version, names)


def collection_of(context: Context, version: Version) -> Collection:
    """Find the collection of a version, also when nothing is left in it.

    Raises:
        CollectionNotFoundError: They may not see it.
    """
    path = version.collection
    with context.catalog.read() as session:
        authorize(session, context, Action.READ, path.at, missing=no_collection(path))
        # Where it was renamed since the caller read the version, its old name still leads to it.
        renamed = session.collections.renamed(path)
        return renamed or any_collection(session, path)


def list_versions(context: Context, collection: Collection) -> Listing[Version]:
    """List the committed versions of a collection, newest first.

    Links to versions that may not be seen are left out.
    """
    return CatalogListing(
        context,
        lambda s: s.versions.listing(collection.key),
        at=collection.path.at,
        shows=shown_by if collection.kind is CollectionKind.PORTFOLIO else None,
    )


def shown_by(version: Version) -> Iterable[ProjectPath]:
    """Name the projects of which a version tells: its own, and that of the source of a link."""
    return {version.collection.at, version.origin.collection.at}


def list_collections(
    context: Context, at: ProjectPath, *, type_name: TypeName | None
) -> Listing[Collection]:
    """List the collections of a project that have a committed version, oldest first."""
    return CatalogListing(context, lambda s: s.collections.listing(at, type_name=type_name), at=at)


def collection_aliases(context: Context, collection: Collection) -> Sequence[Alias]:
    """List the aliases that versions of a collection have, sorted; none if they may not see it."""
    with context.catalog.read() as session:
        if not may(session, context, Action.READ, collection.path.at):
            return []
        return _aliases(session, context, collection)


def _authorize_version(session: CatalogSession, context: Context, version: Version) -> None:
    """Refuse to show a version, as if nothing had been logged under its name."""
    authorize_content(session, context, version.id, missing=no_artifact(version.collection))


def _is_shown(session: CatalogSession, context: Context, version: Version) -> bool:
    """Tell whether a version of a project that may be read leads to none that may not."""
    return not version.is_link or Sight(session, context).shows(*shown_by(version))


def _aliases(session: CatalogSession, context: Context, collection: Collection) -> list[Alias]:
    """List the aliases of a collection, sorted, but for those of links that may not be seen."""
    pointers = session.collections.pointers(collection.key)
    if collection.kind is not CollectionKind.PORTFOLIO:
        return sorted(pointers)
    sight, links = Sight(session, context), session.versions.get_all(set(pointers.values()))
    seen = {link.id for link in links if sight.shows(*shown_by(link))}
    return sorted(alias for alias, link in pointers.items() if link in seen)


def _select(session: CatalogSession, context: Context, path: ArtifactPath) -> Version:
    """Find a version by number or alias, in a project that may be read."""
    collection = session.collections.find(path.collection)
    if collection and path.index is not None:
        version = session.versions.find_by_index(collection.key, path.index)
        if version is not None and _is_shown(session, context, version):
            _check_there(version)
            return version
    collection = find_collection(session, path.collection)
    if path.index is not None:
        raise _absent(session, context, collection, path)
    target = session.collections.pointers(collection.key).get(Alias(path.selector))
    version = None if target is None else session.versions.get(target)
    if version is None or not _is_shown(session, context, version):
        raise _absent(session, context, collection, path)
    return version


def _check_there(version: Version) -> None:
    """Say what became of a version that is not there any more."""
    check_kept(version)
    if version.state is not VersionState.COMMITTED:
        raise ArtifactNotFoundError(
            f"{version.path} is {version.state.lower()}",
            hint=f"Bring it back with: hozon artifact restore {version.path}",
        )


def _absent(
    session: CatalogSession, context: Context, collection: Collection, path: ArtifactPath
) -> NotFoundError:
    """Say what is missing, and what there is instead."""
    newest = [
        item.value
        for item in session.versions.listing(collection.key).page(after=None, limit=_NAMED)
        if _is_shown(session, context, item.value)
    ]
    if not newest:
        return no_artifact(path.collection)
    if path.index is not None:
        known = ", ".join(format_version(version.index) for version in newest)
        return ArtifactNotFoundError(
            f"There is no version {path.selector} of {path.collection}",
            hint=f"The newest versions are {known}.",
        )
    known = ", ".join(_aliases(session, context, collection)[:_NAMED])
    return ArtifactNotFoundError(
        f"No version of {path.collection} has the alias {path.selector!r}",
        hint=f"Aliases in use are {known}.",
    )
