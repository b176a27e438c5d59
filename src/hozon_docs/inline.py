"""What stands inside one unit of a page: its words, its inline code, its links.

Owns the sorting of inline Markdown, and of a block of HTML, into what is translated and what is the
same in every language. markdown-it-py and Beautiful Soup read. Refuses to know where a unit stands;
`hozon_docs.structure` does.

Invariant: what a reader reads is in the words; what a program reads is in the codes or the links.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag
from markdown_it.token import Token

_CODE = "\N{OBJECT REPLACEMENT CHARACTER}"
_ATTRIBUTES = re.compile(r"\{:?[ \t]*((?:[.#]|[\w-]+=)[^{}]*)\}")
_REFERENCE = re.compile(r"\]\[([^\[\]\s]+)\]")
_TARGETS = ("href", "src")
_SPOKEN = ("alt", "title", "aria-label")
"""Attributes of HTML whose values are words."""


@dataclass(frozen=True, slots=True)
class Inline:
    """What one unit holds."""

    words: str
    """What a reader reads, as it is written, in one line; empty where there is only code or
    punctuation."""
    codes: tuple[str, ...]
    """Inline code, tags of HTML and lists of attributes, in order."""
    links: tuple[str, ...]
    """The targets of links, images and cross-references, in order."""


def read_inline(parts: Sequence[Token]) -> Inline:
    """Read inline Markdown.

    Args:
        parts: What the parser made of it: one token of the type `inline`, or one for each cell of a
            row.

    Returns:
        What it holds.
    """
    codes: list[str] = []
    links: list[str] = []
    prose = "\n".join(_sort(part.children or [], codes, links) for part in parts)
    # The parser knows neither what attr_list nor what autorefs makes of a text.
    codes += [match[1].strip() for match in _ATTRIBUTES.finditer(prose)]
    links += _REFERENCE.findall(prose)
    has_words = any(_says_something(one) for one in _ATTRIBUTES.sub("", prose))
    written = " | ".join(part.content for part in parts)
    return Inline(one_line(written) if has_words else "", tuple(codes), tuple(links))


def read_html(text: str) -> Inline:
    """Read a block of HTML.

    Args:
        text: The block.

    Returns:
        What it holds.
    """
    tags = BeautifulSoup(text, "html.parser")
    found = tags.find_all()
    spoken = [str(tag[name]) for tag in found for name in _SPOKEN if name in tag.attrs]
    return Inline(
        words=one_line(" ".join([tags.get_text(" "), *spoken])),
        codes=tuple(map(_for_programs, found)),
        links=tuple(target for tag in found for target in _targets(tag)),
    )


def _targets(tag: Tag) -> tuple[str, ...]:
    return tuple(str(tag[name]) for name in _TARGETS if name in tag.attrs)


def _for_programs(tag: Tag) -> str:
    """Write a tag without what is compared elsewhere: its words and its targets."""
    kept = {name: value for name, value in tag.attrs.items() if name not in _SPOKEN + _TARGETS}
    # A class may be several, and hides a text as well as `style` does.
    written = (
        f'{name}="{one_line(value if isinstance(value, str) else " ".join(value))}"'
        for name, value in sorted(kept.items())
    )
    return f"<{' '.join([tag.name, *written])}>"


def _says_something(letter: str) -> bool:
    """Tell whether a letter is more than punctuation: a figure or a tick is as true as a word."""
    return letter.isalnum() or (unicodedata.category(letter) == "So" and letter != _CODE)


def one_line(text: str) -> str:
    """Put a text into one line, so that it is the same however it is wrapped.

    Args:
        text: The text.

    Returns:
        Its words, one space between them.
    """
    return " ".join(text.split())


def _sort(tokens: Sequence[Token], codes: list[str], links: list[str]) -> str:
    """Put code and targets where they belong; give the prose, with a mark for each code."""
    prose = ""
    for token in tokens:
        if token.type == "text":
            prose += token.content
        elif token.type == "code_inline":
            codes.append(token.content)
            prose += _CODE
        elif token.type == "html_inline" and not token.content.startswith("<!--"):
            tag = BeautifulSoup(token.content, "html.parser").find()
            codes.append(_for_programs(tag) if tag else token.content)
            links += _targets(tag) if tag else ()
        elif token.type == "link_open":
            links.append(str(token.attrs["href"]))
        elif token.type == "image":
            links.append(str(token.attrs["src"]))
            prose += _sort(token.children or [], codes, links)
        elif token.type in {"softbreak", "hardbreak"}:
            prose += " "
    return prose
