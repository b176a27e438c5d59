"""What all media have in common: bytes that are kept as they are, and a caption.

Owns where the bytes come from and how they are described in a record. Invariant: bytes that were
given as a file are stored unchanged.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar, Self

from hozon.sdk.objects.base import Reader, StoredObject
from hozon.sdk.objects.contents import Content
from hozon.sdk.objects.inputs import check_optional_text
from hozon.sdk.objects.media_sink import MediaSink
from hozon.sdk.objects.records import Record


class Media(StoredObject):
    """An object whose bytes are a file of an ordinary format."""

    folder: ClassVar[str]
    """Where the bytes lie below `media` in an artifact."""

    formats: ClassVar[frozenset[str]]
    """The formats that the bytes may have."""

    caption: str | None
    """A text to show beside it, or None."""

    format: str
    """The format of the bytes, such as `png`: how the name of the stored file ends."""

    size: int
    """How many bytes there are."""

    digest: str
    """The SHA-256 of the bytes, 64 hexadecimal digits."""

    def __init_subclass__(
        cls,
        *,
        type_name: str | None = None,
        folder: str | None = None,
        formats: Iterable[str] | None = None,
    ) -> None:
        """Take where the bytes lie and which formats they have."""
        super().__init_subclass__(type_name=type_name)
        if folder is not None:
            cls.folder = folder
        if formats is not None:
            cls.formats = frozenset(formats)

    def __repr__(self) -> str:
        """Show the class, the format and the caption."""
        caption = "" if self.caption is None else f" {self.caption!r}"
        return f"<{type(self).__name__}{caption} {self._facts()}>"

    @property
    def path(self) -> Path | None:
        """A local file with the bytes, fetched if need be; None if they were made in memory.

        Raises:
            StorageError: The store refused or failed.

        Examples:
            Open the file with what reads its format.

            ```python
            from pathlib import Path

            import hozon

            Path("report.html").write_text("<h1>Report</h1>")
            print(hozon.Html("report.html").path, hozon.Html("<h1>Report</h1>").path)
            #> report.html None
            ```
        """
        return self._content.path

    def _keep(self, content: Content, *, format: str, caption: object) -> None:
        """Take bytes of a known format."""
        self._content = content
        self.format = format
        self.size, self.digest = content.size, content.digest
        self.caption = check_optional_text(caption, what="caption")

    def _facts(self) -> str:
        """Say in a word or two what the bytes are."""
        return self.format

    def _to_record(self, sink: MediaSink) -> dict[str, Any]:
        """Describe the bytes."""
        where = sink.add(self._content, folder=self.folder, suffix=f".{self.format}")
        return {**where, "format": self.format, "caption": self.caption}

    @classmethod
    def _of_record(cls, record: Record, reader: Reader) -> Self:
        """Find the bytes, without fetching them."""
        if record.text("format") not in cls.formats:
            record.refuse("format", f"one of {', '.join(sorted(cls.formats))}")
        made = cls.__new__(cls)
        made._keep(  # noqa: SLF001  Its own.
            record.content(reader.source),
            format=record.text("format"),
            caption=record.optional_text("caption"),
        )
        made._recall(record, reader)  # noqa: SLF001  Its own.
        return made

    def _recall(self, record: Record, reader: Reader) -> None:
        """Take what the class knows beyond the bytes."""
