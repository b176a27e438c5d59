"""What a check has to say about a place in a file.

Owns the value that every check returns and the one error that ends a command. Refuses to decide
whether a finding is fatal: a test, or a command, does.

Invariant: a finding names the file, the line (1 when the whole file is meant) and the reason, and
the reason ends with the next step.
"""

from dataclasses import dataclass
from pathlib import Path

from typing_extensions import override


class DocsError(Exception):
    """A command cannot go on; the message names the cause and the next step."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One fault, at one line of one file."""

    path: Path
    """The file at fault, as it should be shown."""
    line: int
    """The line at fault, counted from 1."""
    reason: str
    """What is wrong, and what to do about it."""

    @override
    def __str__(self) -> str:
        """Give the finding as editors and continuous integration read it."""
        return f"{shown(self.path)}:{self.line}: {self.reason}"


def shown(path: Path) -> str:
    """Give a path relative to the working directory where it lies below it.

    Args:
        path: Any path.

    Returns:
        The shorter spelling, with forward slashes.
    """
    try:
        return path.absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()
