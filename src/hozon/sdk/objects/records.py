"""Records: the JSON objects that stand for objects, as they are read back.

Owns the distrust of them: every value is checked before use, paths above all. Invariant: whatever
stands in an object file, the answer is a checked value or a `CorruptObjectError` that names it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn

from hozon.errors import CorruptObjectError, InvalidEntryPathError
from hozon.model.paths import check_entry_path
from hozon.sdk.objects.contents import SourceContent

if TYPE_CHECKING:
    from hozon.sdk.objects.base import ObjectSource

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Record:
    """A JSON object that nobody has checked yet."""

    values: Mapping[str, Any]
    """The JSON object."""

    where: str
    """The object file that it stands in."""

    def text(self, key: str) -> str:
        """Get a text."""
        value = self.values.get(key)
        if not isinstance(value, str):
            self.refuse(key, "a text")
        return value

    def optional_text(self, key: str) -> str | None:
        """Get a text or None."""
        return None if self.values.get(key) is None else self.text(key)

    def flag(self, key: str) -> bool:
        """Get true or false."""
        value = self.values.get(key)
        if not isinstance(value, bool):
            self.refuse(key, "true or false")
        return value

    def integer(self, key: str) -> int:
        """Get an integer of 0 or more."""
        value = self.values.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            self.refuse(key, "an integer of 0 or more")
        return value

    def optional_integer(self, key: str) -> int | None:
        """Get an integer of 0 or more, or None."""
        return None if self.values.get(key) is None else self.integer(key)

    def optional_number(self, key: str) -> float | None:
        """Get a number of 0 or more, or None."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, (int, float)) or isinstance(value, bool) or value < 0:
            self.refuse(key, "a number of 0 or more")
        return value

    def items(self, key: str) -> list[Any]:
        """Get a list."""
        value = self.values.get(key)
        if not isinstance(value, list):
            self.refuse(key, "a list")
        return value

    def records(self, key: str) -> "list[Record]":
        """Get a list of JSON objects."""
        values = self.items(key)
        if not all(isinstance(value, dict) for value in values):
            self.refuse(key, "a list of objects")
        return [Record(value, self.where) for value in values]

    def mapping(self, key: str) -> Mapping[str, Any]:
        """Get a JSON object."""
        value = self.values.get(key)
        if not isinstance(value, dict):
            self.refuse(key, "an object")
        return value

    def path(self, key: str) -> str:
        """Get a path inside the artifact.

        Raises:
            CorruptObjectError: It is none, or leads outside.
        """
        try:
            return check_entry_path(self.text(key))
        except InvalidEntryPathError as error:
            raise CorruptObjectError(
                f"{self.where!r} names a path outside the artifact: {error.message}",
                hint="Do not trust this object file.",
            ) from error

    def content(self, source: "ObjectSource") -> SourceContent:
        """Find the bytes that belong to the object, without fetching them.

        Args:
            source: The artifact.

        Raises:
            CorruptObjectError: They are described wrongly, or the artifact lacks them.
        """
        path, digest, size = self.path("path"), self.text("sha256"), self.integer("size")
        if _SHA256.fullmatch(digest) is None:
            self.refuse("sha256", "64 hexadecimal digits")
        if not source.has(path):
            raise CorruptObjectError(
                f"{self.where!r} needs the file {path!r}, which the artifact lacks",
                hint="Read the version before it, or log the object again.",
            )
        return SourceContent(source, path, digest, size)

    def refuse(self, key: str, expected: str) -> NoReturn:
        """Say what a value should have been.

        Raises:
            CorruptObjectError: Always.
        """
        found = "nothing" if key not in self.values else type(self.values[key]).__name__
        raise CorruptObjectError(
            f"{self.where!r} should have {expected} as {key!r}, not {found}",
            hint="Read the version before it, or log the object again.",
        )
