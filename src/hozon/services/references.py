"""References: record what lies outside, and read what was recorded.

Owns the paths that references get inside an artifact. Refuses to own how something outside is
looked at; that is the handlers' behind `hozon.ports.references`. Invariant: all objects behind a
URI are found and have a path, or nothing is.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from hozon.errors import (
    EntryConflictError,
    InvalidEntryPathError,
    InvalidReferenceError,
)
from hozon.model.manifest import ARTIFACT_SCHEME, ManifestEntry, source_key
from hozon.model.paths import check_entry_path, paths_in_files
from hozon.model.versions import Version, VersionId
from hozon.ports.references import FoundObject
from hozon.services.access import Sight
from hozon.services.context import Context
from hozon.services.resolve import read_entries

_BATCH = 16_384


def find_references(
    context: Context, uri: str, *, name: str | None, checksum: bool, max_objects: int | None
) -> list[ManifestEntry]:
    """Look at everything behind a URI and give each object a path inside the artifact.

    Args:
        context: The capabilities.
        uri: An object, or a prefix or folder above several.
        name: The path of a single object, or the folder for the objects below a prefix or folder;
            None for the base name, or the top.
        checksum: Whether the digests are to tell contents apart; if not, each is the URI.
        max_objects: How many objects there may be, 1 or more; None for what the scheme allows by
            default: 10,000 in a bucket, any number elsewhere.

    Returns:
        All entries, in path order.

    Raises:
        InvalidReferenceError: The URI is malformed or gives no name, or nothing is behind it.
        TooManyObjectsError: There are more objects than allowed.
        InvalidEntryPathError: An object's name could leave the folder of a download; give `name`
            for a single one.
        EntryConflictError: One object's name is the folder of another; add them one by one.
        MissingExtraError: The library for this scheme is not installed.
        ReferenceBackendError: What keeps the objects refused, failed, or did not answer.
    """
    if max_objects is not None and max_objects < 1:
        raise InvalidReferenceError(
            f"max_objects is {max_objects}", hint="Give 1 or more, or leave it out."
        )
    if name is not None:
        check_entry_path(name)
    handler = context.references.handler(uri)
    found = handler.find(uri, checksum=checksum, max_objects=max_objects)
    entries = [_entry(item, name=name) for item in found]
    _refuse_folders(entries)
    return sorted(entries, key=lambda entry: entry.path)


def read_reference(context: Context, entry: ManifestEntry) -> Iterator[bytes]:
    """Read what a reference was recorded for, and nothing else, in flat memory.

    Args:
        context: The capabilities.
        entry: A reference to something outside.

    Yields:
        Chunks of at most 1 MiB. They are right only when the last one came without an error.

    Raises:
        ReferenceChangedError: What is there now is not what was recorded.
        MissingReferenceError: Nothing is there any more.
        InvalidReferenceError: The scheme is one that Hozon cannot read.
        MissingExtraError: The library for this scheme is not installed.
        ReferenceBackendError: What keeps the object refused, failed, or did not answer.
    """
    return context.references.handler(entry.ref or "").read(entry)


def matches_reference(context: Context, entry: ManifestEntry, file: Path) -> bool:
    """Tell whether a local file surely holds what was recorded; False, if nobody can tell.

    Args:
        context: The capabilities.
        entry: A reference to something outside.
        file: A readable file.

    Raises:
        OSError: The file cannot be read.
        MissingExtraError: The library for this scheme is not installed.
    """
    return context.references.handler(entry.ref or "").matches(entry, file)


def target_of(context: Context, entry: ManifestEntry) -> str:
    """Give the URI that opens what a reference was recorded for, with its version if there is one.

    Args:
        context: The capabilities.
        entry: A reference, perhaps to an entry of another artifact.

    Raises:
        InvalidReferenceError: It is a file whose bytes Hozon keeps.
        MissingExtraError: The library for this scheme is not installed.
    """
    if entry.ref is None:
        raise InvalidReferenceError(
            f"{entry.path!r} is a file of the artifact and refers to nothing outside",
            hint="Use download() to bring it.",
        )
    if entry.ref.startswith(ARTIFACT_SCHEME):
        return entry.ref
    return context.references.handler(entry.ref).target(entry)


def refer_to_entry(source: VersionId, entry: ManifestEntry, *, path: str) -> ManifestEntry:
    """Make a reference to an entry of a logged version.

    Its bytes have the digest of that entry: as long as the reference is kept, so are they.

    Args:
        source: The version that the entry is in.
        entry: What to refer to; if it is a reference itself, the new one leads to the same place.
        path: The path of the reference.

    Raises:
        InvalidEntryPathError: The path is absolute or leads outside.
    """
    check_entry_path(path)
    ref = entry.ref or f"{ARTIFACT_SCHEME}{source}/{entry.path}"
    return replace(entry, path=path, ref=ref)


def source_versions(context: Context, version: Version) -> list[Version]:
    """List the versions whose entries a version refers to, in no order, each once.

    Those that may not be seen are left out.

    Args:
        context: The capabilities.
        version: A version.

    Raises:
        ArtifactNotFoundError: They may not see the version itself.
    """
    found: set[int] = set()
    for entries in read_entries(context, version.id, batch=_BATCH):
        for entry in entries:
            if entry.ref is not None and (key := source_key(entry.ref)) is not None:
                found.add(int(key))
    with context.catalog.read() as session:
        sight, sources = (
            Sight(session, context),
            session.versions.get_all(map(VersionId, sorted(found))),
        )
        return [version for version in sources if sight.shows(version.collection.at)]


def _entry(found: FoundObject, *, name: str | None) -> ManifestEntry:
    """Give an object its path."""
    path = found.name if name is None else name if found.single else f"{name}/{found.name}"
    if found.single and not path:
        raise InvalidReferenceError(
            f"The reference {found.ref!r} gives no name", hint="Pass name='…', such as 'data.csv'."
        )
    try:
        check_entry_path(path)
    except InvalidEntryPathError as error:
        raise InvalidEntryPathError(
            f"{found.ref!r} cannot be a file of the artifact: {error.message}",
            hint="Rename the object, or add the others one by one and this one with name='…'.",
        ) from None
    return ManifestEntry(path, found.digest, found.size, found.ref, found.extra)


def _refuse_folders(entries: list[ManifestEntry]) -> None:
    """Refuse a path that would be both a file and a folder, as keys of a bucket may be."""
    refs = {entry.path: entry.ref for entry in entries}
    clash = next(paths_in_files(refs), None)
    if clash is not None:
        raise EntryConflictError(
            f"{refs[clash]!r} would be a file, and a folder of others",
            hint="Add them one by one, one of them with name='…'.",
        )
