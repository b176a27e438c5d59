"""The proof page: what ran in which language, how much of the API it used, what it would notice.

Owns the tables that take the place of `<!-- hozon_docs:proof -->` in a page, or of one part alone,
as in `<!-- hozon_docs:proof blocks -->`. Refuses to count (`hozon_docs.proof_report` does), and to
hold prose: the page itself says what a mark means and what was compared.

Invariant: shares are rounded down, so 100 % means all.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from hozon_docs.config import Config
from hozon_docs.findings import DocsError
from hozon_docs.interface import Message, Words, render
from hozon_docs.marks import versions_text
from hozon_docs.proof_report import Count, PageReport, Report

PLACEHOLDER = re.compile(r"<!-- hozon_docs:proof(?: +([\w-]+))? +-->")
"""What a page writes where it wants all parts, or the part that it names."""


_NONE = "\N{EN DASH}"
"""What a cell shows that has nothing to say."""


@dataclass(frozen=True, slots=True)
class _Cell:
    """One cell of a table."""

    text: str
    """What it says."""
    href: str = ""
    """Where it leads; empty for nowhere."""
    code: bool = False
    """Whether it is a name of code."""
    lang: str = ""
    """The language of its text, where that is not the reader's."""
    span: int = 1
    """How many columns it takes."""
    whole: bool = False
    """Whether everything that it counts is proven."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of the page: a sentence, a table, or both."""

    sentence: str = ""
    """What is said above the table, or instead of it."""
    caption: str = ""
    """What the table shows."""
    heads: Sequence[_Cell] = ()
    """The heads of its columns."""
    rows: Sequence[Sequence[_Cell]] = ()
    """Its rows; none for no table. The first cell of each is its head."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofPage:
    """Puts a report into words, for one page."""

    config: Config
    """The languages, and what is configured."""
    report: Report
    """What is proven."""
    words: Words
    """The reader's language."""
    language: str
    """The language of the page."""
    url: str
    """The page's place below its language: `about/proof/`."""
    order: Sequence[str] = ()
    """The other pages in the order of the navigation; those that are not in it follow."""

    def fill(self, html: str) -> str:
        """Put the tables into the page.

        Args:
            html: The page, or its content.

        Returns:
            The page with each placeholder replaced.

        Raises:
            DocsError: A placeholder names a part that does not exist; the message lists those that
                do.
        """
        return PLACEHOLDER.sub(self._replace, html)

    def _replace(self, match: re.Match[str]) -> str:
        makers: dict[str, Callable[[], Iterator[_Part]]] = {
            "run": self._run,
            "blocks": self._blocks,
            "skips": self._skips,
            "coverage": self._coverage,
            "mutants": self._mutants,
        }
        name = match[1]
        if name is not None and name not in makers:
            raise DocsError(
                f"{match[0]}: there is no part {name!r} of the proof page; choose among "
                f"{', '.join(makers)}."
            )
        chosen = [makers[name]] if name else makers.values()
        parts = [part for make in chosen for part in make()]
        lang = self.words.language if self.words.language != self.language else None
        return render("proof", {"parts": parts, "lang": lang})

    def _run(self) -> Iterator[_Part]:
        """Say when the blocks ran, and with what."""
        minutes = sorted(self.words.minute(one.ran_at) for one in self.report.runs if one.ran_at)
        if not minutes:
            yield _Part(sentence=self.words.say(Message.NO_RUN))
            return
        first, last = minutes[0], minutes[-1]
        versions = sorted(
            {versions_text(entry.versions, words=self.words) for entry in self.report.runs}
        )
        values = {
            "first": first,
            "last": last,
            "versions": "; ".join(versions),
        }
        message = Message.RUN if first != last else Message.RUN_ONCE
        yield _Part(sentence=self.words.say(message, values))

    def _blocks(self) -> Iterator[_Part]:
        """Show the blocks of each page in each language."""
        rows = [*self._tree_rows(), *self._shared_rows()]
        totals = [self._count(self.report.total(language)) for language in self.config.languages]
        heads = [
            _Cell(name, lang=language if language != self.language else "")
            for language, name in self.config.languages.items()
        ]
        yield _Part(
            caption=self.words.say(Message.BLOCKS),
            heads=[_Cell(self.words.say(Message.PAGE)), *heads],
            rows=[*rows, [_Cell(self.words.say(Message.ALL_PAGES)), *totals]] if rows else (),
        )

    def _tree_rows(self) -> Iterator[list[_Cell]]:
        by_name: dict[str, dict[str, PageReport]] = {}
        for one in self.report.pages:
            if one.page.translated:
                by_name.setdefault(one.page.name, {})[one.page.language] = one
        root = "../" * (self.url.count("/") + 1)
        ranks = {name: rank for rank, name in enumerate(self.order)}
        for name in sorted(by_name, key=lambda name: (ranks.get(name, len(ranks)), name)):
            ones = by_name[name]
            if not any(one.count.whole for one in ones.values()):
                continue
            own = self.language if self.language in ones else next(iter(ones))
            lang = own if own != self.language else ""
            cells = [
                self._count(ones[language].count, href=f"{root}{language}/{_place(name)}")
                if language in ones
                else _Cell(_NONE)
                for language in self.config.languages
            ]
            yield [_Cell(ones[own].title, lang=lang), *cells]

    def _shared_rows(self) -> Iterator[list[_Cell]]:
        """Give what all languages share: pages outside the trees, and docstrings."""
        span = len(self.config.languages)
        docstrings = Count()
        for one in self.report.pages:
            if one.page.path.suffix == ".py":
                docstrings += one.count
            elif not one.page.translated and one.count.whole:
                yield [_Cell(one.page.path.name, code=True), self._count(one.count, span=span)]
        if docstrings.whole:
            yield [_Cell(self.words.say(Message.DOCSTRINGS)), self._count(docstrings, span=span)]

    @staticmethod
    def _count(count: Count, *, href: str = "", span: int = 1) -> _Cell:
        if not count.whole:
            return _Cell(_NONE, span=span)
        whole = count.proven == count.whole
        return _Cell(f"{count.proven} / {count.whole}", href=href, span=span, whole=whole)

    def _skips(self) -> Iterator[_Part]:
        """List the blocks that are not run."""
        if not self.report.skips:
            yield _Part(sentence=self.words.say(Message.NO_SKIPS))
            return
        yield _Part(
            caption=self.words.say(Message.SKIPS),
            heads=self._heads(Message.PAGE, Message.BLOCK, Message.REASON),
            rows=[
                [
                    _Cell(f"{skip.page}:{skip.line}", code=True),
                    _Cell(skip.title, code=True),
                    _Cell(skip.reason, lang=self._english),
                ]
                for skip in self.report.skips
            ],
        )

    def _coverage(self) -> Iterator[_Part]:
        """Show how much of the API the blocks use."""
        names = self.report.names
        if not names:
            yield _Part(sentence=self.words.say(Message.NO_COVERAGE))
            return
        left = self.report.unexercised
        no_reason = self.words.say(Message.NO_REASON)
        yield _Part(
            sentence=self._share(Message.COVERAGE, len(names) - len(left), whole=len(names)),
            caption=self.words.say(Message.UNEXERCISED),
            heads=self._heads(Message.NAME, Message.REASON),
            rows=[
                [
                    _Cell(name, code=True),
                    _Cell(reason, lang=self._english) if reason else _Cell(no_reason),
                ]
                for name, reason in left.items()
            ],
        )

    def _mutants(self) -> Iterator[_Part]:
        """Show what the blocks would notice."""
        mutants = self.report.mutants
        if not mutants:
            yield _Part(sentence=self.words.say(Message.NO_MUTANTS))
            return
        survivors = [one for one in mutants if one.outcome == "survived"]
        killed = len(mutants) - len(survivors)
        stubs = {str(stub): self.words.say(stub) for stub in _STUBS}
        yield _Part(
            sentence=self._share(Message.MUTANTS, killed, whole=len(mutants)),
            caption=self.words.say(Message.SURVIVORS),
            heads=self._heads(Message.NAME, Message.STUB, Message.BLOCK, Message.REASON),
            rows=[
                [
                    _Cell(one.name, code=True),
                    _Cell(stubs.get(one.stub, one.stub)),
                    _Cell(f"{one.page}:{one.line} {one.title}", code=True),
                    _Cell(one.reason or _NONE, lang=self._english if one.reason else ""),
                ]
                for one in survivors
            ],
        )

    @property
    def _english(self) -> str:
        """Give the mark for what contributors wrote, which is in the source language."""
        return self.config.source if self.language != self.config.source else ""

    def _heads(self, *messages: Message) -> list[_Cell]:
        return [_Cell(self.words.say(message)) for message in messages]

    def _share(self, message: Message, part: int, *, whole: int) -> str:
        share = self.words.share(part, whole=whole)
        return self.words.say(message, {"part": part, "all": whole, "share": share})


_STUBS = (Message.RETURNS_NOTHING, Message.SKIPS_EFFECT)


def _place(name: str) -> str:
    """Give the address of a page below its language."""
    place = name.removesuffix("index").rstrip("/")
    return f"{place}/" if place else ""
