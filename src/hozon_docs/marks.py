"""The mark on each block of a built page: whether this very text passed against this very code.

Owns the judgement of a rendered block by the ledger, and the markup of the mark. Refuses to read
files, and to decide whether an unproven block stops a build: the plug-in does.

A text is looked up by its digest, as the reader will see it: one character more or less, and there
is no proof. A block in a docstring may have been run from any module; any other block must have
been run from the very page.

Invariants: a page without its marks is the page as it was, to the byte; a mark says in words what
its sign says, in the reader's language.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from hozon_docs.edits import Document, Edit
from hozon_docs.interface import Message, Words, render
from hozon_docs.ledger import Entry, Ledger, text_digest
from hozon_docs.rendered import RenderedBlock, rendered_blocks


class State(StrEnum):
    """What is known of a block."""

    PASSED = "passed"
    """Its text passed against this code."""
    FAILED = "failed"
    """Its text failed against this code."""
    SKIPPED = "skipped"
    """Its page says, with a reason, that it is not run."""
    NOT_RUN = "not-run"
    """No run knows this text with this code."""


_MESSAGES = MappingProxyType(
    {
        State.PASSED: Message.PASSED,
        State.FAILED: Message.FAILED,
        State.SKIPPED: Message.SKIPPED,
        State.NOT_RUN: Message.NOT_RUN,
    }
)
# A tick, a cross, a dash, a ring: they differ by shape, for those who see no colours.
_SHAPES = MappingProxyType(
    {
        State.PASSED: "M3 8.5 6.5 12 13 4.5",
        State.FAILED: "M4 4l8 8M12 4l-8 8",
        State.SKIPPED: "M3.5 8h9",
        State.NOT_RUN: "M8 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 1 0 0-7z",
    }
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A block and what is known of it."""

    block: RenderedBlock
    """The block."""
    state: State
    """What is known."""
    entry: Entry | None
    """The result that says so; None where no run knows the text."""


@dataclass(frozen=True, slots=True)
class Judge:
    """What holds now."""

    ledger: Ledger
    """The results of the last runs."""
    package: str
    """The digest of the documented packages."""
    modules: Collection[str]
    """The files that may have run a block in a docstring."""

    def marks(self, document: Document, *, page: str) -> list[Mark]:
        """Judge the blocks of a page.

        Args:
            document: The built page.
            page: The file that it was built from, as the ledger names it.

        Returns:
            A mark for each block of Python and the shell, in order.
        """
        return [self._mark(block, page=page) for block in rendered_blocks(document)]

    def skips(self) -> list[Entry]:
        """List the blocks of all pages that their pages skip.

        Returns:
            The results that hold.
        """
        return [
            entry
            for entry in self.ledger.entries
            if entry.outcome == "skipped" and entry.package == self.package
        ]

    def state_of(self, source: str, *, pages: Collection[str]) -> State:
        """Judge the text of a block.

        Args:
            source: The text.
            pages: The files that may have run it.

        Returns:
            What is known of it.
        """
        return self._known(source, pages=pages)[0]

    def _mark(self, block: RenderedBlock, *, page: str) -> Mark:
        pages = self.modules if block.in_docstring else (page,)
        return Mark(block, *self._known(block.text, pages=pages))

    def _known(self, source: str, *, pages: Collection[str]) -> tuple[State, Entry | None]:
        text = text_digest(source)
        proof = self.ledger.proof_for(text, pages=pages, package=self.package)
        if proof is not None:
            return State.PASSED, proof
        results = self.ledger.results_for(text, pages=pages, package=self.package)
        for outcome, state in (("failed", State.FAILED), ("skipped", State.SKIPPED)):
            for entry in results:
                if entry.outcome == outcome:
                    return state, entry
        return State.NOT_RUN, None


def mark_edits(marks: Sequence[Mark], *, words: Words, href: str | None, around: str) -> list[Edit]:
    """Write the marks.

    Args:
        marks: The marks of a page.
        words: The reader's language.
        href: Where a mark leads, relative to the page; None where there is no such page.
        around: The language of the text around them.

    Returns:
        Insertions into the page.
    """
    lang = words.language if words.language != around else None
    return [
        Edit(mark.block.place, mark.block.place, _markup(mark, words=words, href=href, lang=lang))
        for mark in marks
    ]


def _markup(mark: Mark, *, words: Words, href: str | None, lang: str | None) -> str:
    values = {
        "state": mark.state.value,
        "shape": _SHAPES[mark.state],
        "titled": mark.block.titled,
        "href": href,
        "lang": lang,
        "text": describe(mark, words=words),
    }
    return render("mark", values)


def describe(mark: Mark, *, words: Words) -> str:
    """Say in words what a mark says.

    Args:
        mark: The mark.
        words: The reader's language.

    Returns:
        One sentence.
    """
    message = _MESSAGES[mark.state]
    if mark.entry is None:
        return words.say(message)
    values = {
        "date": words.day(mark.entry.ran_at),
        "versions": versions_text(mark.entry.versions, words=words),
        "reason": mark.entry.reason,
    }
    return words.say(message, values)


def versions_text(versions: Mapping[str, str], *, words: Words) -> str:
    """Write the versions of a run, Python's first.

    Args:
        versions: Versions by name.
        words: The reader's language.

    Returns:
        `Python 3.11.7 and moto 5.2.5`.
    """
    others = [f"{name} {version}" for name, version in versions.items() if name != "python"]
    return words.listed([f"Python {versions.get('python', '?')}", *others])
