"""`Html`: a page of HTML.

Refuses to change it: nothing is put into it. Invariant: it is UTF-8.
"""

from os import PathLike
from typing import IO

from hozon.errors import InvalidMediaError
from hozon.sdk.objects.contents import Content
from hozon.sdk.objects.inputs import bytes_of, describe, file_of
from hozon.sdk.objects.media import Media

_SUFFIXES = (".html", ".htm")


class Html(Media, type_name="html-file", folder="html", formats={"html"}):
    """A page of HTML, kept as it is.

    There is no `inject`, because nothing is put into the page: it needs no style of ours.

    Args:
        data: HTML as text; the path of a file; or a file open for reading. Text is taken for a
            path if it ends in `.html` or `.htm` and has neither a `<` nor a line break.
        caption: A text to show beside it.

    Raises:
        InvalidMediaError: It is no text in UTF-8.
        SourceFileError: The file cannot be read.

    Examples:
        Keep a report.

        ```python
        import hozon

        report = hozon.Html("<h1>Accuracy</h1><p>0.98</p>", caption="report")
        print(report, report.size)
        #> <Html 'report' html> 28
        ```
    """

    def __init__(
        self, data: str | PathLike[str] | IO[str] | IO[bytes], caption: str | None = None
    ) -> None:
        """Check that it is text."""
        content: Content | None = file_of(data) if _is_path(data) else bytes_of(data)
        if content is None:
            raise InvalidMediaError(
                f"A {type(data).__name__} is no HTML", hint="Give text, a path or an open file."
            )
        _decode(content)
        self._keep(content, format="html", caption=caption)

    @property
    def html(self) -> str:
        """The page as text.

        Raises:
            CorruptObjectError: The artifact holds other bytes than the object file says.
            StorageError: The store refused or failed.

        Examples:
            Read it from wherever it is.

            ```python
            from pathlib import Path

            import hozon

            Path("report.html").write_text("<h1>Report</h1>")
            print(hozon.Html("report.html").html)
            #> <h1>Report</h1>
            ```
        """
        return _decode(self._content)


def _is_path(data: object) -> bool:
    """Tell whether a user means a path."""
    if isinstance(data, str):
        return data.lower().endswith(_SUFFIXES) and not {"<", "\n"} & set(data)
    return isinstance(data, PathLike)


def _decode(content: Content) -> str:
    """Read the text."""
    try:
        return content.read().decode()
    except UnicodeDecodeError as error:
        raise InvalidMediaError(
            f"{describe(content)} is no text in UTF-8 ({error.reason})",
            hint="Save it in UTF-8.",
        ) from error
