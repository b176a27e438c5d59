"""Whether a catalog of docstrings is complete, and says what the code says.

Owns the findings about one catalog: what is missing, fuzzy or surplus, and where a translation has
other sections, names, code or targets than its original. griffe parses both, with the options of
the site. Refuses to judge words: glossary and prose have checks of their own.

Invariants: code in a docstring is never translated, not even its comments; inside one piece of text
(a paragraph of the description, a parameter) inline code and targets may change places, between
pieces they may not; of what follows from one fault, only the fault is reported.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import griffe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from hozon_docs.catalogs import Message, Original, read_catalog
from hozon_docs.findings import Finding

_MARKDOWN = MarkdownIt("commonmark").enable("table")
# A reference of autorefs: `[text][path]`, or `[path][]`.
_REFERENCE = re.compile(r"\[([^\[\]]*)\]\[([^\[\]]*)\]")
_CODE = {"fence", "code_block"}
_LINKS = ("href", "src")


@dataclass(frozen=True, slots=True)
class _Item:
    """One piece of a section: a parameter, an exception, or the text as a whole."""

    name: str
    """What is never translated: a name with its type, or an example for doctest."""
    text: str
    """What is translated, as Markdown."""


@dataclass(frozen=True, slots=True)
class _Section:
    """One section of a docstring."""

    kind: str
    """`text`, `parameters`, `danger` …"""
    items: tuple[_Item, ...]
    """Its pieces."""


@dataclass(frozen=True, slots=True)
class _Marks:
    """What of a piece of Markdown must be the same in every language."""

    blocks: tuple[str, ...]
    """Its kinds of blocks, in order."""
    code: tuple[str, ...]
    """Its blocks of code, each with its language."""
    inline: Counter[str]
    """Its inline code."""
    targets: Counter[str]
    """Where its links and cross-references lead."""
    has_words: bool
    """Whether it holds anything to translate."""


def check_catalog(path: Path, *, language: str, originals: Iterable[Original]) -> list[Finding]:
    """Compare a catalog with the docstrings that it translates.

    Args:
        path: The catalog.
        language: The language of its translations.
        originals: The docstrings of now.

    Returns:
        What is missing, stale or different, in the order of the lines.

    Raises:
        DocsError: The file is no PO file; correct the line that the message names.
    """
    catalog = read_catalog(path, language=language)
    current = {original.path: original for original in originals}
    known = {message.path for message in catalog.messages}
    findings = [
        Finding(path, 1, f"{name} has no message; run `python -m hozon_docs extract`.")
        for name in sorted(current.keys() - known)
    ]
    for message in catalog.messages:
        reasons = _reasons(message, current.get(message.path))
        findings += [Finding(path, message.line, f"{message.path}: {why}") for why in reasons]
    findings += [
        Finding(path, message.line, f"{message.path}: an obsolete message; delete its lines.")
        for message in catalog.obsolete
    ]
    return sorted(findings)


def compare_translation(original: griffe.Docstring, translation: str) -> Iterator[str]:
    """Compare a translated docstring with its original.

    Args:
        original: The docstring in the source language, with its parser and options.
        translation: Its translation.

    Yields:
        Each difference and how to mend it; after a difference in sections or names, no other.
    """
    theirs = _sections(original, original.value)
    ours = _sections(original, translation)
    if [section.kind for section in ours] != [section.kind for section in theirs]:
        yield (
            f"its sections are {_kinds(ours)}, those of the original {_kinds(theirs)}; keep every "
            "section and its keyword (`Args:`), in the same order."
        )
        return
    for one, other in zip(ours, theirs, strict=True):
        names = [item.name for item in one.items]
        expected = [item.name for item in other.items]
        if names != expected:
            yield (
                f"its {one.kind} are {_listed(names)}, those of the original {_listed(expected)}; "
                "keep names, types and examples as they are."
            )
            return
    pairs = [
        (_marks(item.text), _marks(counterpart.text))
        for one, other in zip(ours, theirs, strict=True)
        for item, counterpart in zip(one.items, other.items, strict=True)
    ]
    for mark, counterpart in pairs:
        yield from _differences(mark, counterpart)
    if translation == original.value and any(mark.has_words for mark, _ in pairs):
        yield "it is the original, word for word; translate it, or leave it empty."


def _reasons(message: Message, original: Original | None) -> Iterator[str]:
    if original is None:
        yield "no page shows it any more; run `python -m hozon_docs extract` to drop it."
    elif message.text != original.text:
        yield "the original has changed; run `python -m hozon_docs extract`, then translate it."
    elif not message.translation:
        yield "it is not translated; write the translation after `msgstr`."
    elif message.fuzzy:
        yield "it is fuzzy, for the original changed; correct it and delete the mark `fuzzy`."
    else:
        yield from compare_translation(original.docstring, message.translation)


def _sections(original: griffe.Docstring, text: str) -> list[_Section]:
    """Parse a text as the site parses the original, but apart from its object, and in silence."""
    parser = griffe.Parser(original.parser or griffe.Parser.google)
    # Warnings are for the original, when the site is built; only `auto` has no such option.
    silence = {} if parser is griffe.Parser.auto else {"warnings": False}
    sections = griffe.Docstring(text).parse(parser, **{**original.parser_options, **silence})
    return [_section(section) for section in sections]


def _section(section: griffe.DocstringSection) -> _Section:
    value = section.value
    kind, items = section.kind.value, []
    if isinstance(value, griffe.DocstringAdmonition):
        kind, items = str(value.annotation), [_Item("", value.description)]
    elif isinstance(value, griffe.DocstringDeprecated):
        items = [_Item(value.version, value.description)]
    elif isinstance(value, str):
        items = [_Item("", value)]
    else:
        items = [_item(part) for part in value]
    # A title that only repeats the keyword is worded by the templates.
    title = section.title or kind
    if title.lower().replace(" ", "-") != kind:
        items.insert(0, _Item("", title))
    return _Section(kind, tuple(items))


def _item(part: griffe.DocstringElement | tuple[griffe.DocstringSectionKind, str]) -> _Item:
    if isinstance(part, tuple):
        kind, text = part
        is_text = kind is griffe.DocstringSectionKind.text
        return _Item("", text) if is_text else _Item(text, "")
    name = part.name if isinstance(part, griffe.DocstringNamedElement) else ""
    names = (name, str(part.annotation or ""))
    return _Item(": ".join(filter(None, names)), part.description)


def _marks(text: str) -> _Marks:
    tokens = _MARKDOWN.parse(text)
    inline = [child for token in tokens for child in token.children or ()]
    targets = [str(child.attrs[name]) for child in inline for name in _LINKS if name in child.attrs]
    for token in tokens:
        targets += _references(token.children or ())
    return _Marks(
        blocks=tuple(token.type for token in tokens if token.nesting >= 0),
        code=tuple(token.info + "\n" + token.content for token in tokens if token.type in _CODE),
        inline=Counter(child.content for child in inline if child.type == "code_inline"),
        targets=Counter(targets),
        has_words=any(
            letter.isalpha() for child in inline if child.type == "text" for letter in child.content
        ),
    )


def _references(inline: Iterable[Token]) -> Iterator[str]:
    """Give the paths of cross-references, which are text to a parser that knows no autorefs."""
    # What stands in inline code is no mark-up, but may be the text of a reference.
    texts = (
        re.sub(r"[\[\]]", " ", child.content) if child.type == "code_inline" else child.content
        for child in inline
    )
    for words, path in _REFERENCE.findall("".join(texts)):
        yield path or words


def _differences(ours: _Marks, theirs: _Marks) -> Iterator[str]:
    if ours.code != theirs.code:
        yield "its blocks of code differ from those of the original; copy them unchanged."
    elif ours.blocks != theirs.blocks:
        yield (
            "its paragraphs, lists or tables differ from those of the original; keep one for each, "
            "in the same order."
        )
    if ours.inline != theirs.inline:
        yield f"its inline code differs: {_change(ours.inline, theirs.inline)}; keep it unchanged."
    if ours.targets != theirs.targets:
        yield f"its links lead elsewhere: {_change(ours.targets, theirs.targets)}; correct them."


def _change(ours: Counter[str], theirs: Counter[str]) -> str:
    """Say what is missing and what is too much."""
    missing, surplus = sorted((theirs - ours).elements()), sorted((ours - theirs).elements())
    parts = (("missing", missing), ("surplus", surplus))
    return ", ".join(f"{word} {_listed(names)}" for word, names in parts if names)


def _kinds(sections: Iterable[_Section]) -> str:
    return ", ".join(section.kind for section in sections)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"
