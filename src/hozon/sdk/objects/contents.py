"""The bytes of media: in memory, in a local file, or in an artifact that is not fetched yet.

Owns their identity, a SHA-256 taken when the object is made. Invariant: what is stored has the
digest that it is named after, and so has what is read; a file that has changed is refused.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from hozon.errors import CorruptObjectError, SourceFileError
from hozon.model.digests import digest_of_file

if TYPE_CHECKING:
    from hozon.sdk.objects.base import ObjectSource, ObjectTarget


@dataclass(frozen=True, slots=True)
class BytesContent:
    """Bytes in memory."""

    data: bytes
    """The bytes."""

    digest: str
    """Their SHA-256, 64 hexadecimal digits."""

    @classmethod
    def of(cls, data: bytes) -> Self:
        """Identify bytes."""
        return cls(data, hashlib.sha256(data).hexdigest())

    @property
    def size(self) -> int:
        """How many bytes."""
        return len(self.data)

    @property
    def path(self) -> Path | None:
        """None: there is no file."""
        return None

    def read(self) -> bytes:
        """Give all bytes."""
        return self.data

    def send(self, target: "ObjectTarget", path: str) -> None:
        """Store the bytes in an artifact."""
        target.write(path, self.data)


@dataclass(frozen=True, slots=True)
class LocalContent:
    """A file of the user's own."""

    path: Path
    """The file."""

    digest: str
    """Its SHA-256 when the object was made."""

    size: int
    """Its size in bytes at the same time."""

    @classmethod
    def of(cls, path: Path) -> Self:
        """Identify a file.

        Raises:
            SourceFileError: It is missing, a folder, or unreadable.
        """
        with _reading(path), path.open("rb") as file:
            digest = digest_of_file(file)
            return cls(path, digest, file.tell())

    def read(self) -> bytes:
        """Give all bytes.

        Raises:
            SourceFileError: The file has gone.
        """
        with _reading(self.path):
            return self.path.read_bytes()

    def send(self, target: "ObjectTarget", path: str) -> None:
        """Store the file in an artifact.

        Raises:
            SourceFileError: The file has gone, or has changed since the object was made.
        """
        if LocalContent.of(self.path).digest != self.digest:
            raise SourceFileError(
                f"{str(self.path)!r} has changed since the object was made of it",
                hint="Make the object again.",
            )
        target.add_file(path, self.path)


@dataclass(frozen=True, slots=True)
class SourceContent:
    """A file of an artifact, fetched when it is first needed."""

    source: "ObjectSource"
    """The artifact."""

    entry: str
    """The path inside it."""

    digest: str
    """Its SHA-256."""

    size: int
    """Its size in bytes."""

    @property
    def path(self) -> Path:
        """A local copy."""
        return self.source.local(self.entry)

    def read(self) -> bytes:
        """Give all bytes.

        Raises:
            CorruptObjectError: They are not those that the object file names.
        """
        data = LocalContent(self.path, self.digest, self.size).read()
        if hashlib.sha256(data).hexdigest() != self.digest:
            raise CorruptObjectError(
                f"{self.entry!r} holds other bytes than the object file says",
                hint="Read the version before it, or log the object again.",
            )
        return data

    def send(self, target: "ObjectTarget", path: str) -> None:
        """Store the file in another artifact."""
        LocalContent(self.path, self.digest, self.size).send(target, path)


Content = BytesContent | LocalContent | SourceContent
"""The bytes of an object."""


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn errors of the operating system into ours."""
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path.
        reason = getattr(error, "strerror", None) or error
        raise SourceFileError(
            f"{str(path)!r} cannot be read ({reason})",
            hint="Check that the path is right and that you may read it.",
        ) from error
