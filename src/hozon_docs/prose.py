"""Whether prose keeps the conventions of its language.

Owns the form of the rules and their use: a project writes them in the folder `prose` of its
localisation, `all.toml` for every language and `<language>.toml` for one, so that a convention is
data with an example of what is wrong and of what is right. Refuses to know any language itself,
and to look at code.

Invariants: a rule finds its own wrong example and leaves its right one alone, or it is not loaded;
code, addresses and front matter are never judged.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from hozon_docs.catalogs import Catalog
from hozon_docs.config import Config
from hozon_docs.findings import DocsError, Finding, shown
from hozon_docs.markdown import Page
from hozon_docs.passages import (
    CODE,
    Kind,
    Passage,
    passages_of,
    passages_of_docstring,
    read_passages,
)

FOLDER = "prose"
"""The folder of the rules in the folder of the localisation."""

_EVERY_LANGUAGE = "all"


class _RuleTable(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A rule as it is written."""

    name: str
    pattern: str
    reason: str
    wrong: list[str]
    right: list[str]
    kinds: list[Kind] = []
    letters: bool = False
    codes: bool = False
    docstrings: bool = True


class _File(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A file of rules as it is written."""

    rule: list[_RuleTable]


@dataclass(frozen=True, slots=True)
class Rule:
    """One convention."""

    name: str
    """What it is about."""
    pattern: re.Pattern[str]
    """What must not be found in a passage."""
    reason: str
    """What is wrong there, and what to write instead."""
    kinds: frozenset[Kind]
    """The passages that it holds for."""
    letters: bool
    """Whether Hangul is taken apart first, so that a pattern can speak of a final consonant."""
    codes: bool
    """Whether the pattern sees what stands in inline code, between two `CODE`."""
    docstrings: bool
    """Whether it holds for docstrings, too, whose items may be phrases."""

    def faults_in(self, passage: Passage) -> Iterator[tuple[int, str]]:
        """Find the places of a passage that break the convention.

        Args:
            passage: The passage.

        Yields:
            The line and the words at fault, with a little of what stands around them.
        """
        if passage.kind not in self.kinds:
            return
        text = _with_codes(passage) if self.codes else passage.text
        if self.letters:
            text = unicodedata.normalize("NFD", text)
        for match in self.pattern.finditer(text):
            line = passage.line + text.count("\n", 0, match.start())
            yield line, _excerpt(text, match, passage, coded=self.codes)


def load_rules(config: Config, language: str) -> tuple[Rule, ...]:
    """Read the conventions of a language.

    Args:
        config: Where the documentation lives.
        language: The code of the language.

    Returns:
        The rules for every language, then its own; none where the project has no files.

    Raises:
        DocsError: A file is no TOML, a rule lacks a key, its pattern is not valid, or it does not
            find its wrong example or finds its right one. The message names the rule.
    """
    rules: list[Rule] = []
    for name in (_EVERY_LANGUAGE, language):
        path = config.l10n / FOLDER / f"{name}.toml"
        if path.exists():
            rules += [_rule(path, table) for table in _read(path).rule]
    return tuple(rules)


def check_prose(rules: Sequence[Rule], page: Page) -> list[Finding]:
    """Check a page against the conventions of its language.

    Args:
        rules: The conventions.
        page: The page.

    Returns:
        What breaks them, in the order of the page's lines.
    """
    return sorted(
        Finding(page.path, line, f"{words!r}: {rule.reason} ({rule.name})")
        for passage in read_passages(page)
        for rule in rules
        for line, words in rule.faults_in(passage)
    )


def check_catalog_prose(rules: Sequence[Rule], catalog: Catalog, *, path: Path) -> list[Finding]:
    """Check translated docstrings against the conventions of their language.

    Args:
        rules: The conventions.
        catalog: The docstrings and their translations; those that readers do not get are left out.
        path: Its file.

    Returns:
        What breaks them, in the order of the file.
    """
    return [
        Finding(path, message.line, f"{words!r}: {rule.reason} ({rule.name})")
        for message in catalog.messages
        if message.is_shown
        for passage in passages_of_docstring(message.translation)
        for rule in rules
        if rule.docstrings
        for _, words in rule.faults_in(passage)
    ]


def _read(path: Path) -> _File:
    try:
        return msgspec.toml.decode(path.read_text("utf-8"), type=_File)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise DocsError(f"{shown(path)} is not understood: {error}; correct it.") from None


def _rule(path: Path, table: _RuleTable) -> Rule:
    where = f"{shown(path)}: the rule {table.name!r}"
    written = unicodedata.normalize("NFD" if table.letters else "NFC", table.pattern)
    try:
        pattern = re.compile(written)
    except re.error as error:
        raise DocsError(f"{where} has no valid pattern: {error}; correct it.") from None
    rule = Rule(
        name=table.name,
        pattern=pattern,
        reason=table.reason,
        kinds=frozenset(table.kinds or Kind),
        letters=table.letters,
        codes=table.codes,
        docstrings=table.docstrings,
    )
    for wrong in table.wrong:
        if not _breaks(rule, wrong):
            raise DocsError(f"{where} does not find {wrong!r}; correct the pattern.")
    for right in table.right:
        if _breaks(rule, right):
            raise DocsError(f"{where} finds {right!r}, which is right; correct the pattern.")
    return rule


def _breaks(rule: Rule, example: str) -> bool:
    return any(True for passage in passages_of(example) for _ in rule.faults_in(passage))


def _with_codes(passage: Passage) -> str:
    """Give a passage's text with what stands in its codes, each between two marks."""
    codes = iter(passage.codes)
    return re.sub(CODE, lambda _: f"{CODE}{next(codes)}{CODE}", passage.text)


_AROUND = 8


def _excerpt(text: str, match: re.Match[str], passage: Passage, *, coded: bool) -> str:
    before, after = max(match.start() - _AROUND, 0), match.end() + _AROUND
    words = unicodedata.normalize("NFC", text[before:after]).replace("\n", " ")
    if coded:
        return words.replace(CODE, "`").strip()
    codes = iter(passage.codes[text.count(CODE, 0, before) :])
    return re.sub(CODE, lambda _: f"`{next(codes)}`", words).strip()
