"""An artifact for tests of typed objects: a folder that can be written to and read from.

It takes the place of a draft and of a logged version, and remembers what was asked of it.
"""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hozon.errors import EntryConflictError


class FolderArtifact:
    """Both ports of typed objects, on a folder."""

    def __init__(self, root: Path) -> None:
        """Begin with what is in the folder; it is made if need be."""
        self.root = root
        self.root.mkdir(parents=True, exist_ok=True)
        self.fetched: list[str] = []
        self.added: list[str] = []

    @property
    def files(self) -> list[str]:
        """All paths, in order."""
        return sorted(self.paths(""))

    def has(self, path: str) -> bool:
        """Tell whether there is a file."""
        return (self.root / path).is_file()

    def paths(self, prefix: str) -> Iterable[str]:
        """Give the paths that begin with a text, the last one first."""
        found = (path.relative_to(self.root) for path in self.root.rglob("*") if path.is_file())
        return sorted(
            (path.as_posix() for path in found if path.as_posix().startswith(prefix)), reverse=True
        )

    def local(self, path: str) -> Path:
        """Give the file, and remember that it was asked for."""
        self.fetched.append(path)
        return self.root / path

    def write(self, path: str, content: bytes) -> None:
        """Add bytes."""
        self.added.append(path)
        where = self.root / path
        if where.exists() and where.read_bytes() != content:
            raise EntryConflictError(f"There is another {path!r}", hint="Choose another name.")
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_bytes(content)

    def add_file(self, path: str, source: Path) -> None:
        """Add a file, without taking it into memory."""
        self.added.append(path)
        where = self.root / path
        if where.exists() and where.read_bytes() != source.read_bytes():
            raise EntryConflictError(f"There is another {path!r}", hint="Choose another name.")
        where.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, where)

    def record(self, path: str) -> dict[str, Any]:
        """Read an object file as plain JSON."""
        record: dict[str, Any] = json.loads((self.root / path).read_text("utf-8"))
        return record

    def change(self, name: str, /, **values: object) -> None:
        """Change values in an object file."""
        (self.root / name).write_text(json.dumps({**self.record(name), **values}), "utf-8")
