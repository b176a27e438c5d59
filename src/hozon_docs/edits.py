"""Exact edits of an HTML text: what is not edited stays as it is, to the byte.

Owns the places of tags in a text, and the replacing of spans. Refuses to choose what is edited.
Writing a parsed page out again would change quotes, entities and white space that the theme, its
scripts and the reader's clipboard may depend on.

Invariant: edits do not overlap; the text between them is copied.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

_TAG = re.compile(r"""<[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>""")


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """One span of a text and what takes its place."""

    start: int
    """Where it begins, in characters."""
    end: int
    """Where it ends; the same as `start` where something is inserted."""
    text: str
    """What takes its place."""


class Document:
    """A text and its parsed tree, which knows where each tag begins in the text."""

    def __init__(self, html: str) -> None:
        """Parse a text.

        Args:
            html: A page or a part of one.
        """
        self.html = html
        """The text."""
        self.soup = BeautifulSoup(html, "html.parser")
        """The tree."""
        self._lines = [0, *(match.end() for match in re.finditer("\n", html))]

    def start(self, tag: Tag) -> int:
        """Find a tag in the text.

        Args:
            tag: A tag of this tree.

        Returns:
            The place of its `<`.

        Raises:
            ValueError: The parser made the tag up; it stands nowhere.
        """
        if tag.sourceline is None or tag.sourcepos is None:
            raise ValueError(f"<{tag.name}> stands nowhere in the text")
        return self._lines[tag.sourceline - 1] + tag.sourcepos

    def opening(self, tag: Tag) -> Edit:
        """Give the span of an opening tag.

        Args:
            tag: A tag of this tree.

        Returns:
            An edit that changes nothing: its text is what stands there.
        """
        start = self.start(tag)
        match = _TAG.match(self.html, start)
        end = match.end() if match else start
        return Edit(start, end, self.html[start:end])


def apply_edits(html: str, edits: Iterable[Edit]) -> str:
    """Carry out edits.

    Args:
        html: The text.
        edits: What to replace, in any order; spans do not overlap.

    Returns:
        The new text.
    """
    parts: list[str] = []
    place = 0
    for edit in sorted(edits):
        parts += (html[place : edit.start], edit.text)
        place = edit.end
    return "".join([*parts, html[place:]])
