"""Whether a translation uses the terms of the glossary.

Owns the check of one page against its source, and of the translated docstrings, passage by passage;
and the check that no exception outlives its need. Refuses to judge anything but terms.

Invariants: a page never has a finding where its source uses no term; every finding names both files
and both lines, the term, and what the glossary expects.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hozon_docs.catalogs import Catalog
from hozon_docs.findings import Finding, shown
from hozon_docs.glossary import Glossary, Term, TermException, forbidden_in
from hozon_docs.markdown import Page
from hozon_docs.passages import (
    CODE,
    Kind,
    Pair,
    Passage,
    pair_passages,
    passages_of_docstring,
    read_passages,
)

_ALONE = frozenset({Kind.HEADING, Kind.CELL, Kind.TITLE})


def check_terms(glossary: Glossary, source: Page, translation: Page) -> list[Finding]:
    """Compare the terms of a page with those of its source.

    Args:
        glossary: The terms.
        source: The page in the source language.
        translation: The same page in another language.

    Returns:
        A finding for each term that a passage leaves out, and for each forbidden word, in the order
        of the translation's lines.
    """
    return _findings(glossary, *_texts_of_pages(source, translation))


def check_catalog_terms(glossary: Glossary, catalog: Catalog, *, path: Path) -> list[Finding]:
    """Compare the terms of translated docstrings with those of the docstrings.

    Args:
        glossary: The terms.
        catalog: The docstrings and their translations; those that readers do not get are left out.
        path: Its file.

    Returns:
        A finding for each term that a passage leaves out, and for each forbidden word, in the order
        of the file.
    """
    return [
        finding
        for texts in _texts_of_messages(catalog, path)
        for finding in _findings(glossary, *texts)
    ]


def check_exceptions(
    glossary: Glossary,
    pages: Iterable[tuple[Page, Page]],
    *,
    catalog: Catalog,
    path: Path,
) -> list[Finding]:
    """Find the exceptions of a language that excuse nothing any more.

    Args:
        glossary: The terms and the exceptions.
        pages: Every page of the source language with its translation into this one.
        catalog: The translated docstrings of the language.
        path: Its file.

    Returns:
        A finding in the glossary for each exception without a fault.
    """
    exceptions = [one for one in glossary.exceptions if one.language == catalog.language]
    excused = {exception.page for exception in exceptions}
    needed: set[TermException] = set()
    texts = (_texts_of_pages(*pair) for pair in pages)
    for source, translation in (*texts, *_texts_of_messages(catalog, path)):
        if translation.name in excused:
            for fault in _faults(glossary, source, translation):
                needed |= {one for one in exceptions if _excuses(one, fault, translation)}
    return [
        Finding(
            glossary.path,
            exception.line,
            f"the exception for {exception.term!r} in {catalog.language}/{exception.page} excuses "
            "nothing; take it away.",
        )
        for exception in exceptions
        if exception not in needed
    ]


@dataclass(frozen=True, slots=True)
class _Text:
    """One side of a comparison: a page, or a docstring."""

    path: Path
    name: str
    language: str
    passages: tuple[Passage, ...]
    line: int = 0
    """The line of everything in it; 0 where each passage has its own."""


def _texts_of_pages(*pages: Page) -> tuple[_Text, ...]:
    return tuple(_Text(page.path, page.name, page.language, read_passages(page)) for page in pages)


def _texts_of_messages(catalog: Catalog, path: Path) -> Iterator[tuple[_Text, ...]]:
    for message in catalog.messages:
        if message.is_shown:
            yield tuple(
                _Text(
                    path=path,
                    name=message.path,
                    language=catalog.language,
                    passages=passages_of_docstring(text),
                    line=message.line,
                )
                for text in (message.text, message.translation)
            )


@dataclass(frozen=True, slots=True)
class _Fault:
    """One finding before the exceptions are asked."""

    line: int
    terms: tuple[Term, ...]
    text: str
    reason: str


def _excuses(exception: TermException, fault: _Fault, translation: _Text) -> bool:
    return (
        (exception.page, exception.language) == (translation.name, translation.language)
        and exception.passage in fault.text
        and any(term.name == exception.term for term in fault.terms)
    )


def _findings(glossary: Glossary, source: _Text, translation: _Text) -> list[Finding]:
    return sorted(
        Finding(translation.path, translation.line or fault.line, fault.reason)
        for fault in _faults(glossary, source, translation)
        if not any(_excuses(exception, fault, translation) for exception in glossary.exceptions)
    )


def _faults(glossary: Glossary, source: _Text, translation: _Text) -> Iterator[_Fault]:
    for pair in pair_passages(source.passages, translation.passages):
        yield from _Checked(glossary, source, translation.language, pair).faults()


class _Checked:
    """One pair of passages under check."""

    def __init__(self, glossary: Glossary, source: _Text, language: str, pair: Pair) -> None:
        self._glossary = glossary
        self._source = source
        self._language = language
        self._ours, self._theirs = pair
        self._text = "\n".join(_without_names(one, glossary.names) for one in self._theirs)
        self._uses = list(self._used())

    def faults(self) -> Iterator[_Fault]:
        told: set[tuple[str, ...]] = set()
        for form, line, terms in self._uses:
            key = tuple(term.name for term in terms)
            if key in told:
                continue
            if not any(term.renderings[self._language].is_in(self._text) for term in terms):
                told.add(key)
                yield self._left_out(form, line, terms)
        yield from self._forbidden()

    def _used(self) -> Iterator[tuple[str, int, tuple[Term, ...]]]:
        """Give each form of the source with its line and the terms that it may stand for."""
        for passage in self._ours:
            text = _without_names(passage, self._glossary.names)
            for form, terms in self._glossary.terms_in(text, page=self._source.name):
                at = passage.text.lower().find(form)
                yield form, passage.line_of(max(at, 0)), terms

    def _forbidden(self) -> Iterator[_Fault]:
        terms = {term.name: (term, line) for _, line, terms in self._uses for term in terms}
        for term, line in terms.values():
            rendering = term.renderings[self._language]
            beside = [other.renderings[self._language] for other, _ in terms.values()]
            for word in rendering.forbidden:
                if forbidden_in(self._text, rendering=rendering, word=word, beside=beside):
                    reason = (
                        f"{word!r} is not how {term.name!r} of {self._place(line)} is written; "
                        f"write {rendering.text!r}.{_because(rendering.reason)}"
                    )
                    yield self._fault((term,), reason, word=word)

    def _left_out(self, form: str, line: int, terms: Sequence[Term]) -> _Fault:
        wanted = " or ".join(repr(term.renderings[self._language].text) for term in terms)
        first = terms[0].renderings[self._language]
        reason = (
            f"{form!r} of {self._place(line)} is missing; write {wanted}, or say under "
            f"`exceptions` in {shown(self._glossary.path)} why not.{_because(first.reason)}"
        )
        return self._fault(tuple(terms), reason)

    def _fault(self, terms: tuple[Term, ...], reason: str, *, word: str = "") -> _Fault:
        named = (one for one in self._theirs if word and word.lower() in one.text.lower())
        passage = next(named, self._theirs[0])
        offset = max(passage.text.lower().find(word.lower()), 0)
        return _Fault(passage.line_of(offset), terms, _as_written(self._theirs), reason)

    def _place(self, line: int) -> str:
        return f"{shown(self._source.path)}:{self._source.line or line}"


def _without_names(passage: Passage, names: frozenset[str]) -> str:
    """Take the names out of a text: products anywhere, classes where they stand alone."""
    text = passage.text
    if passage.kind in _ALONE and text.strip() in names:
        return CODE
    for name in names:
        if " " in name:
            text = text.replace(name, CODE)
        elif name in passage.links:
            text = text.replace(name, CODE, 1)
    return text


def _as_written(passages: Sequence[Passage]) -> str:
    return "\n".join(passage.markdown for passage in passages)


def _because(reason: str) -> str:
    return f" {reason}" if reason else ""
