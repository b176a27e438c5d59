"""References: other people's bytes, which are looked at, recorded and read, and never copied.

Owns the shape of the capability, one handler for a scheme. Refuses to own paths inside an artifact;
those are chosen by services.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from hozon.model.manifest import NO_EXTRA, ManifestEntry
from hozon.model.metadata import JsonObject


@dataclass(frozen=True, slots=True)
class FoundObject:
    """One object behind a URI, as it is now."""

    name: str
    """Its path below what was named, or the base name of a single object; empty, where the URI
    gives none."""

    ref: str
    """The URI of this very object, without its version."""

    digest: str
    """What tells this content from another, such as an ETag; the URI, where nothing does."""

    size: int | None
    """Its length in bytes, 0 or more; None where nobody says."""

    extra: JsonObject = field(default_factory=lambda: NO_EXTRA, hash=False)
    """What it takes to find it again: `etag`, and `versionID` where the bucket is versioned."""

    single: bool = False
    """Whether the URI named this very object, rather than a prefix or a folder above it."""


class ReferenceHandler(Protocol):
    """Looks at and reads what URIs of one scheme refer to.

    Concurrency:
        Every method may be called from several threads at once.
    """

    def find(self, uri: str, *, checksum: bool, max_objects: int | None) -> Iterator[FoundObject]:
        """Look at what is behind a URI, page by page; no body is read over a network.

        Args:
            uri: An object, or a prefix or folder above several.
            checksum: Whether the digest is to tell contents apart; if not, it is the URI of each.
            max_objects: How many objects there may be, 1 or more; None for what the scheme allows
                by default: 10,000 in a bucket, any number elsewhere.

        Yields:
            Each object once, in the order of the names.

        Raises:
            InvalidReferenceError: The URI is malformed, or nothing is behind it.
            TooManyObjectsError: There are more objects than allowed; record none of them.
            ReferenceBackendError: What keeps the objects refused, failed, or did not answer.
        """
        ...

    def read(self, entry: ManifestEntry) -> Iterator[bytes]:
        """Read what was recorded, and nothing else, in flat memory.

        Args:
            entry: A reference of this scheme.

        Yields:
            Chunks of at most 1 MiB. They are right only when the last one came without an error.

        Raises:
            ReferenceChangedError: What is there now is not what was recorded.
            MissingReferenceError: Nothing is there any more.
            InvalidReferenceError: The scheme is one that Hozon cannot read.
            ReferenceBackendError: What keeps the object refused, failed, or did not answer.
        """
        ...

    def matches(self, entry: ManifestEntry, file: Path) -> bool:
        """Tell whether a local file surely holds what was recorded; False, if nobody can tell.

        Args:
            entry: A reference of this scheme.
            file: A readable file.

        Raises:
            OSError: The file cannot be read.
        """
        ...

    def target(self, entry: ManifestEntry) -> str:
        """Give the URI that opens what was recorded, with its version where one is known."""
        ...

    def close(self) -> None:
        """Release connections; calling it again does nothing."""
        ...


class References(Protocol):
    """Knows a handler for every scheme.

    Concurrency:
        Every method may be called from several threads at once.
    """

    def handler(self, uri: str) -> ReferenceHandler:
        """Give the handler for the scheme of a URI.

        Raises:
            InvalidReferenceError: It is no URI, or it carries a password.
            MissingExtraError: The library for this scheme is not installed.
            ReferenceBackendError: The client for this scheme cannot be set up.
        """
        ...

    def close(self) -> None:
        """Release the connections of all handlers; calling it again does nothing."""
        ...
