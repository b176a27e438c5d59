"""The glossary: one meaning, one rendering, in every language.

Owns the file `glossary.yml` in the folder of the localisation: its form, what it means for a text,
and the exceptions in it. Refuses to read pages: `hozon_docs.terms` does.

Invariants: a `Glossary` is sound when it exists (each term is rendered in every language, and no
rendering is forbidden); the longest form of a term wins; the case of letters never counts, and in
languages that put spaces between words accents do not count either.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec
import yaml

from hozon_docs.config import Config
from hozon_docs.findings import DocsError, shown

FILE = "glossary.yml"
"""The name of the file in the folder of the localisation."""

_WITHIN_WORDS = frozenset({"ja", "ko", "zh", "th"})
"""Languages that put endings or nothing at all between words: a stem is found anywhere in them."""
_TERM_KEYS = ("term", "forms", "pages", "meaning")


_Struct = TypeVar("_Struct", bound=msgspec.Struct)


class _RenderingTable(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A rendering as it is written."""

    rendering: str
    stems: list[str] = []
    forbidden: list[str] = []
    reason: str = ""


class _TermTable(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What a term says besides its renderings, as it is written."""

    term: str
    meaning: str
    forms: list[str] = []
    pages: list[str] = []


class _ExceptionTable(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """An exception as it is written."""

    page: str
    language: str
    term: str
    passage: str
    reason: str


class _File(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The file as it is written."""

    terms: list[dict[str, Any]]
    names: list[str] = []
    exceptions: list[dict[str, Any]] = []


@dataclass(frozen=True)
class Rendering:
    """How one language writes a term."""

    language: str
    """The code of the language."""
    text: str
    """What to write, in its dictionary form."""
    stems: tuple[str, ...]
    """What proves that it was written: one of them is enough."""
    forbidden: tuple[str, ...]
    """What must not be written for this term."""
    reason: str
    """Why this one; empty where nobody would ask."""

    def is_in(self, text: str) -> bool:
        """Tell whether a text writes the term so.

        Args:
            text: A text in this language.

        Returns:
            Whether one of the stems is found.
        """
        return any(pattern.search(fold(text, language=self.language)) for pattern in self._found)

    def without(self, text: str, *, word: str) -> str:
        """Take out of a text what this term may write, as far as it contains a forbidden word.

        Args:
            text: A folded text in this language.
            word: The forbidden word, folded.

        Returns:
            The text in which the word, if it is still found, stands for itself.
        """
        for pattern, own in zip(self._found, self._own, strict=True):
            if word in own or (self._at_words and word.startswith(own)):
                text = pattern.sub(" ", text)
        return text

    @cached_property
    def _at_words(self) -> bool:
        return self.language not in _WITHIN_WORDS

    @cached_property
    def _own(self) -> tuple[str, ...]:
        """What may be written, the longest first."""
        own = {fold(stem, language=self.language) for stem in (self.text, *self.stems)}
        return tuple(sorted(own, key=lambda stem: (-len(stem), stem)))

    @cached_property
    def _found(self) -> tuple[re.Pattern[str], ...]:
        form = r"(?<!\w){}\w*" if self._at_words else "{}"
        return tuple(re.compile(form.format(re.escape(own))) for own in self._own)


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the source language."""

    name: str
    """The term itself."""
    forms: tuple[str, ...]
    """All that a page may write for it, in lower case."""
    pages: tuple[str, ...]
    """Patterns of the names of the pages on which it has this meaning; none for all pages."""
    meaning: str
    """What it stands for."""
    renderings: Mapping[str, Rendering] = field(hash=False)
    """How each language writes it."""

    def is_on(self, page: str) -> bool:
        """Tell whether the term has this meaning on a page.

        Args:
            page: The page's name.

        Returns:
            Whether one of its patterns matches, or it has none.
        """
        return not self.pages or any(fnmatchcase(page, pattern) for pattern in self.pages)


@dataclass(frozen=True, slots=True)
class TermException:
    """One passage in which a term may be left out, or a forbidden word may stand."""

    line: int
    """Its line in the glossary."""
    page: str
    """The name of the page, the same in every language."""
    language: str
    """The language of the translation."""
    term: str
    """The term that it excuses."""
    passage: str
    """Words of the translated passage."""
    reason: str
    """Why the passage is right as it is."""


@dataclass(frozen=True)
class Glossary:
    """All terms, and what is excused from them."""

    path: Path
    """The file."""
    terms: tuple[Term, ...]
    """The terms, in the order of the file."""
    names: frozenset[str]
    """What is never translated: names of products anywhere, names of classes where they stand
    alone in a heading, a link or a cell."""
    exceptions: tuple[TermException, ...]
    """What is excused."""

    def terms_in(self, text: str, *, page: str) -> Iterator[tuple[str, tuple[Term, ...]]]:
        """Find the terms that a text of the source language uses.

        Args:
            text: The text.
            page: The name of the page in which it stands.

        Yields:
            Each form that is found, once, with the terms that it may stand for. The longest form
            wins: where "artifact version" is found, its words are not found again.
        """
        for form in dict.fromkeys(match[0].lower() for match in self._pattern.finditer(text)):
            terms = self._by_form[" ".join(form.split())]
            if meant := tuple(term for term in terms if term.is_on(page)):
                yield form, meant

    @cached_property
    def _by_form(self) -> Mapping[str, tuple[Term, ...]]:
        forms: dict[str, tuple[Term, ...]] = {}
        for term in self.terms:
            for form in term.forms:
                forms[form] = (*forms.get(form, ()), term)
        return forms

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._by_form, key=lambda form: (-len(form), form))
        forms = "|".join(re.escape(form).replace(r"\ ", r"\s+") for form in longest_first)
        # A hyphen joins words into another one: "run-down" uses no run, "soft-deleted" is a form.
        return re.compile(rf"(?<![\w-])(?:{forms or '(?!)'})(?![\w-])", re.IGNORECASE)


def fold(text: str, *, language: str) -> str:
    """Give a text in which what does not count is gone.

    Args:
        text: Any text.
        language: The code of its language.

    Returns:
        The text in lower case, with single spaces, and without accents where the language puts
        spaces between its words.
    """
    text = " ".join(text.lower().split())
    if language in _WITHIN_WORDS:
        return unicodedata.normalize("NFC", text)
    marked = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in marked if not unicodedata.combining(letter))


def load_glossary(config: Config) -> Glossary:
    """Read the glossary of a project.

    Args:
        config: Where the documentation lives, and its languages.

    Returns:
        The glossary; an empty one where the project has none.

    Raises:
        DocsError: The file is no YAML, a term or an exception lacks a key, has one too many, or
            contradicts itself. The message names the term and the key.
    """
    path = config.l10n / FILE
    if not path.exists():
        return Glossary(path, (), frozenset(), ())
    text = path.read_text("utf-8")
    file = _file(path, text)
    terms = tuple(_term(path, table, config.translations) for table in file.terms)
    names = [term.name for term in terms]
    for name in names:
        if names.count(name) > 1:
            raise DocsError(f"{shown(path)}: the term {name!r} stands there twice; join the two.")
    lines = _exception_lines(text)
    exceptions = [
        _exception(path, table, line) for line, table in zip(lines, file.exceptions, strict=True)
    ]
    for exception in exceptions:
        if exception.term not in names or exception.language not in config.translations:
            raise DocsError(
                f"{shown(path)}:{exception.line}: the exception is for {exception.term!r} in "
                f"{exception.language!r}, which is no term or no language here; correct it."
            )
    return Glossary(path, terms, frozenset(file.names), tuple(exceptions))


def _file(path: Path, text: str) -> _File:
    try:
        return msgspec.convert(yaml.safe_load(text), _File)
    except yaml.YAMLError as error:
        raise DocsError(f"{shown(path)} is not valid YAML: {error}; correct it.") from None
    except msgspec.ValidationError as error:
        raise DocsError(
            f"{shown(path)} is not understood: {error}; it holds terms, names and exceptions."
        ) from None


def _term(path: Path, table: Mapping[str, Any], languages: Sequence[str]) -> Term:
    name = str(table.get("term", "without a name"))
    where = f"{shown(path)}: the term {name!r}"
    own = {key: value for key, value in table.items() if key in _TERM_KEYS}
    term = _convert(own, _TermTable, where=where)
    for key in table.keys() - own.keys() - set(languages):
        raise DocsError(
            f"{where} has the key {key!r}; it takes {', '.join((*_TERM_KEYS, *languages))}."
        )
    renderings = {}
    for language in languages:
        if language not in table:
            raise DocsError(f"{where} has no rendering in {language!r}; add it.")
        written = _convert(table[language], _RenderingTable, where=f"{where}, {language!r}")
        renderings[language] = _rendering(written, language, where=where)
    forms = term.forms or [term.term, f"{term.term}s"]
    return Term(
        name=term.term,
        forms=tuple(form.lower() for form in forms),
        pages=tuple(term.pages),
        meaning=term.meaning,
        renderings=MappingProxyType(renderings),
    )


def _rendering(table: _RenderingTable, language: str, *, where: str) -> Rendering:
    rendering = Rendering(
        language=language,
        text=table.rendering,
        stems=tuple(table.stems or [table.rendering]),
        forbidden=tuple(table.forbidden),
        reason=table.reason,
    )
    if not any(
        fold(stem, language=language) in fold(rendering.text, language=language)
        for stem in rendering.stems
    ):
        raise DocsError(
            f"{where}, {language!r}: none of the stems is in the rendering {rendering.text!r}; "
            "add one that is."
        )
    for word in set(rendering.forbidden) & {rendering.text, *rendering.stems}:
        raise DocsError(
            f"{where}, {language!r}: the forbidden {word!r} is also how it is written; take one of "
            "them away."
        )
    return rendering


def forbidden_in(
    text: str, *, rendering: Rendering, word: str, beside: Sequence[Rendering] = ()
) -> bool:
    """Tell whether a text writes a forbidden word.

    Args:
        text: A text in the language of the rendering.
        rendering: The rendering for which the word is forbidden.
        word: The word.
        beside: Renderings of other terms that the text has to write as well.

    Returns:
        Whether the word is found when all that those renderings may write is taken out: フォルダー
        does not contain フォルダ, and a word that is right for one term is free for another.
    """
    language = rendering.language
    rest, sought = fold(text, language=language), fold(word, language=language)
    for one in (rendering, *beside):
        rest = one.without(rest, word=sought)
    if language in _WITHIN_WORDS:
        return sought in rest
    return re.search(rf"(?<!\w){re.escape(sought)}(?!\w)", rest) is not None


def _exception(path: Path, table: Mapping[str, Any], line: int) -> TermException:
    where = f"{shown(path)}:{line}: the exception"
    written = _convert(table, _ExceptionTable, where=where)
    for key in ("passage", "reason"):
        if not getattr(written, key).strip():
            raise DocsError(f"{where} has an empty {key!r}; say it.")
    return TermException(
        line, written.page, written.language, written.term, written.passage, written.reason
    )


def _convert(table: object, kind: type[_Struct], *, where: str) -> _Struct:
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        raise DocsError(f"{where} is not understood: {error}; see the head of the file.") from None


def _exception_lines(text: str) -> list[int]:
    """Give the line of each exception, which the values do not know."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        if key.value == "exceptions" and isinstance(value, yaml.SequenceNode):
            return [item.start_mark.line + 1 for item in value.value]
    return []
