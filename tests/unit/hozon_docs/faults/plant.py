"""What a planted fault is, as data: which edits make it, and which checks must name which places.

Nothing here knows the project into which faults are planted; it stands in `clean`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Edit(Protocol):
    """One change of one file."""

    @property
    def path(self) -> str:
        """Give the file, from the project's folder."""
        ...

    def apply(self, root: Path) -> None:
        """Change the file in a copy of the project."""
        ...


@dataclass(frozen=True, slots=True)
class Replace:
    """Replace a text that stands in a file exactly once."""

    path: str
    """The file."""
    old: str
    """The text."""
    new: str
    """What takes its place."""

    def apply(self, root: Path) -> None:
        """Write the file; a text that is not there, or twice, is an error in the table."""
        text = (root / self.path).read_text("utf-8")
        assert text.count(self.old) == 1, f"{self.path} holds {self.old!r} {text.count(self.old)}x"
        (root / self.path).write_text(text.replace(self.old, self.new), "utf-8", newline="")


@dataclass(frozen=True, slots=True)
class Add:
    """Add a file."""

    path: str
    """The file."""
    text: str
    """What it holds."""

    def apply(self, root: Path) -> None:
        """Write the file, which must be new."""
        assert not (root / self.path).exists()
        (root / self.path).write_text(self.text, "utf-8", newline="")


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove a file."""

    path: str
    """The file."""

    def apply(self, root: Path) -> None:
        """Remove the file."""
        (root / self.path).unlink()


@dataclass(frozen=True, slots=True)
class Rename:
    """Give a file another name."""

    path: str
    """The file."""
    name: str
    """Its new name, in the same folder."""

    def apply(self, root: Path) -> None:
        """Rename the file."""
        (root / self.path).rename((root / self.path).with_name(self.name))


@dataclass(frozen=True, slots=True)
class Windows:
    """Write every line end of a file as Windows does."""

    path: str
    """The file, with line feeds alone so far."""

    def apply(self, root: Path) -> None:
        """Write the file."""
        data = (root / self.path).read_bytes()
        assert b"\r" not in data
        (root / self.path).write_bytes(data.replace(b"\n", b"\r\n"))


@dataclass(frozen=True, slots=True)
class Marked:
    """Begin a file with a byte order mark, as some editors do."""

    path: str
    """The file."""

    def apply(self, root: Path) -> None:
        """Write the file."""
        data = (root / self.path).read_bytes()
        (root / self.path).write_bytes(b"\xef\xbb\xbf" + data)


@dataclass(frozen=True, slots=True)
class Caught:
    """What one check must say."""

    check: str
    """The check: a key of what `all_findings` gives."""
    path: str
    """The file that it names; empty where the words begin with it, as in the report of a build."""
    at: str
    """Text that stands in the line which it names, and in no other; empty for the first line."""
    words: str
    """How the reason begins."""
    below: int = 0
    """How many lines below that one it names, where that line itself is no sure mark."""

    def beginning(self, root: Path) -> str:
        """Give the beginning of what is said.

        Args:
            root: The project with the fault in it.

        Returns:
            `docs/ja/guide.md:18: ` and the words.
        """
        place = f"{self.path}:{self._line(root) if self.at else 1}: " if self.path else ""
        return place + self.words

    def _line(self, root: Path) -> int:
        lines = (root / self.path).read_text("utf-8").split("\n")
        found = [number for number, text in enumerate(lines, start=1) if self.at in text]
        assert len(found) == 1, f"{self.at!r} stands in {len(found)} lines of {self.path}"
        return found[0] + self.below


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault, and the checks that must speak up: the one that is meant for it comes first."""

    name: str
    """What is wrong."""
    edits: tuple[Edit, ...]
    """What makes it so."""
    caught: tuple[Caught, ...]
    """All that must be said: by the check that is meant, and what follows from the fault."""
    stamped: bool = False
    """Whether somebody stamps the translations after the edits."""
    afterwards: tuple[Edit, ...] = ()
    """What is edited when the blocks have run."""
    built: tuple[str, ...] = ()
    """The languages of the site to build, and to compare with what ran."""
    published: tuple[str, ...] = ()
    """The languages to build for publishing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Harmless:
    """An edit that nothing may speak up about."""

    name: str
    """What is changed."""
    edits: tuple[Edit, ...]
    """The changes."""
    stamped: bool = False
    """Whether it changes words, so that somebody has to stamp the translations."""
    built: tuple[str, ...] = ()
    """The languages of the site to build, and to compare with what ran."""
    published: tuple[str, ...] = ()
    """The languages to build for publishing: what ran again is proven again."""

    @property
    def afterwards(self) -> tuple[Edit, ...]:
        """Give what is edited after the run: nothing."""
        return ()


def everywhere(path: str, old: str, new: str) -> tuple[Replace, ...]:
    """Make the same edit in every language.

    Args:
        path: The file within the tree of a language.
        old: What stands there, the same in every language.
        new: What takes its place.

    Returns:
        The edits.
    """
    return tuple(Replace(f"docs/{language}/{path}", old, new) for language in LANGUAGES)


LANGUAGES = ("en", "ja", "es")
"""The languages of the clean project, the source first."""


def unequal(found: dict[str, list[str]], expected: tuple[Caught, ...], root: Path) -> Iterator[str]:
    """Compare what the checks said with what they must say.

    Args:
        found: The findings by check, as `path:line: reason`.
        expected: What must be said.
        root: The project with the fault in it.

    Yields:
        A line for everything that was said and is not expected, or was expected and not said.
    """
    wanted = [(one.check, one.beginning(root)) for one in expected]
    said = [(check, finding) for check, findings in found.items() for finding in findings]
    for check, beginning in wanted:
        if not any(one == check and text.startswith(beginning) for one, text in said):
            yield f"not said by {check}: {beginning}"
    for check, text in said:
        if not any(one == check and text.startswith(beginning) for one, beginning in wanted):
            yield f"said by {check}: {text}"
