"""Text files: what somebody asked to have written where they said.

Owns the writing. Invariant: a file holds all of the text, or what it held before.
"""

import secrets
from pathlib import Path

from hozon.errors import SourceFileError


def save_text(text: str, path: Path, *, what: str) -> None:
    """Write a text to a file, which replaces one that is there; all of it or nothing.

    Args:
        text: The text, written as UTF-8 and with its line ends as they are.
        path: The file; its folder exists.
        what: What it is, for the message, such as `plan`.

    Raises:
        SourceFileError: The file cannot be written.
    """
    beside = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise SourceFileError(
            f"The {what} cannot be saved to {path} ({error.strerror})",
            hint="Name a file in a folder that exists and that you may write to.",
        ) from error
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
