"""Where objects put their bytes while they are described.

Owns the paths of media inside an artifact: a folder, and a name made of the digest, so that bytes
that many rows show are stored once. Refuses to own the bytes. Invariant: one path, one content.
"""

import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from hozon.sdk.objects.contents import Content

_DIGITS: Final = 20
"""How many hexadecimal digits of the SHA-256 name a file."""


class MediaSink:
    """Collects contents by the paths that they will have."""

    def __init__(self) -> None:
        """Begin empty: no contents by their paths, no names of tables that must be there."""
        self.contents: dict[str, Content] = {}
        self.tables: list[str] = []
        self._files = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        """Begin to collect."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Remove the files that were made on the way."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def add(self, content: Content, *, folder: str, suffix: str) -> dict[str, Any]:
        """Take a content.

        Args:
            content: The bytes.
            folder: Where to put them below `media`.
            suffix: How the name ends, such as `.png`.

        Returns:
            What a record says of it: `path`, `sha256` and `size` in bytes.
        """
        path = f"media/{folder}/{content.digest[:_DIGITS]}{suffix}"
        self.contents.setdefault(path, content)
        return {"path": path, "sha256": content.digest, "size": content.size}

    def new_file(self) -> Path:
        """Name a file that does not exist yet and lives as long as the sink."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="hozon-objects-")
        self._files += 1
        return Path(self._folder.name) / str(self._files)
