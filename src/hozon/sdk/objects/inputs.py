"""What users hand in: files, bytes, texts and numbers, accepted or refused.

Owns the words of the refusals that several media share. Refuses to know any medium. Invariant: what
is accepted is a plain value that JSON can carry, or bytes with a digest.
"""

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Final, NoReturn

from hozon.errors import InvalidMediaError
from hozon.sdk.objects.contents import BytesContent, Content, LocalContent

Start = tuple[int, bytes]
"""Bytes that a format has at an offset."""

HEAD_BYTES: Final = 16
"""How many bytes tell a format."""


def check_optional_text(text: object, *, what: str) -> str | None:
    """Accept text or None.

    Raises:
        InvalidMediaError: It is neither, or UTF-8 cannot carry it.
    """
    return None if text is None else check_text(text, what=what)


def check_text(text: object, *, what: str) -> str:
    """Accept text.

    Raises:
        InvalidMediaError: It is none, or UTF-8 cannot carry it.
    """
    if not isinstance(text, str) or any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidMediaError(f"The {what} is {text!r}, not text", hint="Give text as a str.")
    return str.__str__(text)


def check_labels(labels: object) -> dict[int, str]:
    """Accept the names of classes by their numbers.

    Raises:
        InvalidMediaError: It is no mapping from integers to text.
    """
    if labels is None:
        return {}
    if isinstance(labels, Mapping):
        return {
            check_integer(key, what="class id"): check_text(label, what=f"label of class {key}")
            for key, label in labels.items()
        }
    raise InvalidMediaError(
        f"class_labels is of type {type(labels).__name__}",
        hint="Give a mapping from class ids to labels, such as {0: 'sky'}.",
    )


def check_integer(value: Any, *, what: str) -> int:  # noqa: ANN401  Whatever users give.
    """Accept an integer, also one of NumPy.

    Raises:
        InvalidMediaError: It is none.
    """
    if hasattr(value, "__index__") and not isinstance(value, bool):
        return int(value.__index__())
    raise InvalidMediaError(f"The {what} is {value!r}, not an integer", hint="Give an integer.")


def file_of(data_or_path: object) -> LocalContent | None:
    """Identify the file that a user names; None if the value is no path.

    Raises:
        SourceFileError: It is missing, a folder, or unreadable.
    """
    if isinstance(data_or_path, (str, PathLike)):
        return LocalContent.of(Path(data_or_path))
    return None


def bytes_of(data: object) -> BytesContent | None:
    """Take bytes, or what a binary or text file holds; None if the value is neither."""
    if hasattr(data, "read"):
        data = data.read()
    if isinstance(data, str):
        data = check_text(data, what="content").encode()
    return BytesContent.of(bytes(data)) if isinstance(data, (bytes, bytearray)) else None


def head_of(content: BytesContent | LocalContent) -> bytes:
    """Read the first bytes."""
    if isinstance(content, BytesContent):
        return content.data[:HEAD_BYTES]
    with content.path.open("rb") as file:
        return file.read(HEAD_BYTES)


def suffix_of(path: Path, known: Mapping[str, str], *, what: str) -> str:
    """Find the format that the name of a file tells.

    Args:
        path: The file.
        known: The formats by the end of a name, without the first dot.
        what: What the file should be, for messages.

    Raises:
        InvalidMediaError: The name ends otherwise.
    """
    name = path.name.lower()
    for suffix, form in known.items():
        if name.endswith(f".{suffix}"):
            return form
    return refuse_format(str(path), known, what=what)


def check_head(
    content: BytesContent | LocalContent, form: str, starts: Mapping[str, Sequence[Start]]
) -> None:
    """Insist that bytes begin as their format does.

    Args:
        content: The bytes.
        form: The format.
        starts: How formats begin: one of these each. A format that is not there is not checked.

    Raises:
        InvalidMediaError: They begin otherwise.
    """
    head = head_of(content)
    known = starts.get(form)
    if known and not any(head[at : at + len(start)] == start for at, start in known):
        raise InvalidMediaError(
            f"{describe(content)} does not begin as {form} does",
            hint="Check that the file is whole, and of the format that its name tells.",
        )


def describe(content: Content) -> str:
    """Name bytes in a message."""
    return repr(str(content.path)) if isinstance(content, LocalContent) else "The content"


def refuse_format(found: str, known: Mapping[str, str], *, what: str) -> NoReturn:
    """Say which formats there are.

    Raises:
        InvalidMediaError: Always.
    """
    raise InvalidMediaError(
        f"{found!r} is of no format that {what} has",
        hint=f"Formats are {', '.join(sorted({*known.values()}))}.",
    )
