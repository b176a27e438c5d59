"""What the reader of the built site sees, held against what ran.

Owns the reading of built HTML: its Python blocks, its language, its canonical address, what it
loads. Refuses to build the site and to run blocks.

A rendered Python block is code whose element names a lexer of Python, whatever spelling of the
fence made it; the signatures that mkdocstrings writes are not blocks. Other code of a page must be
a fence that says its language, so that no Python hides in an indented block, in raw HTML or in a
fence without a word. Docstrings may hold such text, but no prompt.

Invariant: a page passes only if the texts of its rendered blocks and of its executed blocks are the
same, in the same order.
"""

import contextlib
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.lexers.python import (
    Python2Lexer,
    Python2TracebackLexer,
    PythonConsoleLexer,
    PythonLexer,
    PythonTracebackLexer,
)
from pygments.util import ClassNotFound

from hozon_docs.edits import Document
from hozon_docs.findings import Finding, shown
from hozon_docs.markdown import Block, Fence, Page

_MARK = "language-"
_FENCES = frozenset({"```", "````", "~~~", "~~~~"})
_PYTHON = (
    PythonLexer,
    Python2Lexer,
    PythonConsoleLexer,
    PythonTracebackLexer,
    Python2TracebackLexer,
)
"""What highlights Python, its prompts and its tracebacks; NumPy's and others' are kinds of it."""
_SHELLS = "pygments.lexers.shell"
"""The module of everything that highlights a shell, of any kind."""
_PROMPT = re.compile(r"^\s*>>> ", re.MULTILINE)
_CSS_ADDRESS = re.compile(r"""(?:@import\s*["']|url\(\s*["']?)([^"')\s]+)""")
_LOADED = (
    ("script", "src"), ("img", "src"), ("iframe", "src"), ("video", "src"), ("audio", "src"),
    ("source", "src"), ("embed", "src"), ("object", "data"), ("use", "href"), ("track", "src"),
    ("input", "src"), ("image", "href"), ("video", "poster"),
)  # fmt: skip
_REMOTE = re.compile(r"""https?://[^\s"'`<>\\)]+""")
_LOADING_RELS = frozenset({
    "stylesheet", "icon", "preload", "prefetch", "modulepreload", "preconnect", "dns-prefetch",
    "manifest", "apple-touch-icon",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class BuiltPage:
    """One HTML file of the built site."""

    path: Path
    """The file."""
    language: str
    """What its root element says: `<html lang>`; empty where it says nothing."""
    canonical: str
    """The address that it calls its own; empty where it gives none."""
    blocks: tuple[str, ...]
    """The texts of its Python blocks, in order, without line ends at their end; those of docstrings
    are not among them."""
    examples: tuple[str, ...]
    """The texts of the Python blocks in the docstrings that it shows, in order."""
    others: tuple[str, ...]
    """The texts of all other code that stands in a block of its own, in order."""
    loads: tuple[str, ...]
    """The addresses of everything that it loads by itself; links that a reader follows are not."""
    switches: tuple[str, ...]
    """The languages that its switcher offers."""
    alternates: Mapping[str, str]
    """The address of the same page in each language, and `x-default`."""


@dataclass(frozen=True, slots=True)
class RenderedBlock:
    """One block of code as a reader sees it, of a kind that has to run."""

    kind: Literal["python", "shell"]
    """What would run it."""
    text: str
    """Its text, without line ends at its end."""
    in_docstring: bool
    """Whether a docstring of the API reference holds it."""
    titled: bool
    """Whether its frame begins with a title."""
    place: int
    """Where in the HTML a mark may stand: before everything that its frame holds."""


def rendered_blocks(document: Document) -> list[RenderedBlock]:
    """Find the blocks of a page that have to run.

    Args:
        document: The page's HTML, or a part of it.

    Returns:
        Its Python and shell blocks, in order, wherever they stand: in tabs, admonitions, details,
        lists, docstrings.
    """
    found: list[RenderedBlock] = []
    for code in _codes(document.soup):
        kind = _kind(code)
        if kind is not None:
            # With line numbers the frame holds a table; without highlighting there is none.
            frame = next(reversed(code.find_parents(class_="highlight")), None)
            inner = frame.find(name=True) if frame is not None else code.find_parent("pre")
            found.append(
                RenderedBlock(
                    kind=kind,
                    text=_text_of(code),
                    in_docstring=_in_docstring(code),
                    titled=frame is not None and frame.select_one(".filename") is not None,
                    place=document.start(inner or code),
                )
            )
    return found


def page_file(site: Path, page: Page) -> Path:
    """Give the HTML file that a page becomes.

    Args:
        site: The folder of the built site.
        page: The page.

    Returns:
        The file, which may not exist.
    """
    name = page.name.removesuffix("index").rstrip("/")
    return site / page.language / name / "index.html"


def read_built(path: Path) -> BuiltPage:
    """Read one HTML file.

    Args:
        path: The file.

    Returns:
        What the checks want to know of it.
    """
    soup = BeautifulSoup(path.read_text("utf-8"), "html.parser")
    root = soup.find("html")
    canonical = soup.select_one("link[rel=canonical]")
    python = [code for code in _codes(soup) if _is_python(code)]
    return BuiltPage(
        path=path,
        language=_text(root, "lang"),
        canonical=_text(canonical, "href"),
        blocks=tuple(_text_of(code) for code in python if not _in_docstring(code)),
        examples=tuple(_text_of(code) for code in python if _in_docstring(code)),
        others=tuple(_text_of(code) for code in _codes(soup) if _is_unexplained(code)),
        loads=tuple(_loads(soup)),
        switches=tuple(_text(link, "hreflang") for link in soup.select(".md-select__link")),
        alternates={
            _text(link, "hreflang"): _text(link, "href")
            for link in soup.select("link[rel~=alternate][hreflang]")
        },
    )


def compare_rendered(page: Page, *, built: BuiltPage, blocks: Sequence[Block]) -> list[Finding]:
    """Hold what a page shows against what ran.

    Args:
        page: The page.
        built: Its HTML file.
        blocks: The blocks that are run for it.

    Returns:
        A finding for each text that is rendered and not run, or run and not rendered, and one where
        only the order differs.
    """
    ran = [block.source.rstrip("\n") for block in blocks]
    surplus = list((Counter(built.blocks) - Counter(ran)).elements())
    lost = list((Counter(ran) - Counter(built.blocks)).elements())
    findings = [_not_run(page, text) for text in surplus]
    findings += [
        Finding(page.path, block.line, f"{page}: ran, but the site does not render it:{_cut(text)}")
        for block, text in zip(blocks, ran, strict=True)
        if text in lost
    ]
    if not findings and list(built.blocks) != ran:
        findings = [Finding(page.path, 1, f"{page}: renders its blocks in another order.")]
    return findings


def compare_examples(page: Page, *, built: BuiltPage, examples: Iterable[Block]) -> list[Finding]:
    """Hold the docstrings that a page shows against what ran.

    Args:
        page: The page.
        built: Its HTML file.
        examples: The blocks of all docstrings that are run.

    Returns:
        A finding for each text that is rendered and not run. A page need not show all docstrings.
    """
    ran = {block.source.rstrip("\n") for block in examples}
    reason = (
        f"{page}: the site renders this in a docstring, but it was not run; write it as a plain "
        "```python fence in the docstring:"
    )
    return [
        Finding(page.path, 1, reason + _cut(text)) for text in built.examples if text not in ran
    ]


def foreign_addresses(address: str, *, loads: Sequence[str]) -> list[str]:
    """Pick the addresses that lead to another host.

    Args:
        address: The address of the site.
        loads: The addresses that a page loads.

    Returns:
        Those with a host of their own that is not the site's.
    """
    host = urlsplit(address).netloc
    return [load for load in loads if urlsplit(load).netloc not in {"", host}]


def stylesheet_loads(text: str) -> list[str]:
    """List what a stylesheet loads.

    Args:
        text: The stylesheet.

    Returns:
        The addresses in `@import` and `url()`; data within the sheet is left out.
    """
    return [load for load in _CSS_ADDRESS.findall(text) if not load.startswith(("data:", "#"))]


def compare_other_code(page: Page, *, built: BuiltPage, fences: Sequence[Fence]) -> list[Finding]:
    """Hold the code of a page that is not Python against its fences.

    Args:
        page: The page.
        built: Its HTML file.
        fences: The fences of the page that are not Python.

    Returns:
        A finding for each text that is no fence with a language.
    """
    known = {fence.source.rstrip("\n") for fence in fences if fence.info.strip()}
    reason = f"{page}: the site renders this as code, but no fence says its language:"
    return [
        Finding(page.path, line_of(page, text), reason + _cut(text))
        for text in built.others
        if text not in known
    ]


def _codes(soup: BeautifulSoup) -> Iterator[Tag]:
    """Find the code that stands in a block of its own, but for signatures."""
    for code in soup.select("pre code, pre:not(:has(code))"):
        # The numbers of lines stand in a frame of their own.
        if code.find_parent(class_=["doc-signature", "linenodiv"]) is None:
            yield code


def kind_of(language: str) -> Literal["python", "shell"] | None:
    """Tell what would run code in a language.

    Args:
        language: What a fence names, or the class of rendered code: `py`, `console`.

    Returns:
        The interpreter or the shell; None where neither would.
    """
    lexer = next(_lexers([language]), None)
    if isinstance(lexer, _PYTHON):
        return "python"
    return "shell" if type(lexer).__module__ == _SHELLS else None


def _kind(code: Tag) -> Literal["python", "shell"] | None:
    """Tell what would run rendered code; None where nothing would."""
    if _is_python(code):
        return "python"
    return "shell" if "shell" in map(kind_of, _languages(code)) else None


def _is_python(code: Tag) -> bool:
    """Tell whether code is highlighted as Python, or shows its prompt."""
    if any(isinstance(lexer, _PYTHON) for lexer in _lexers(_languages(code))):
        return True
    return _PROMPT.search(code.get_text()) is not None


def _lexers(languages: Iterable[str]) -> Iterator[Lexer]:
    """Give what highlights the languages that are known."""
    for language in languages:
        with contextlib.suppress(ClassNotFound):
            yield get_lexer_by_name(language)


def _is_unexplained(code: Tag) -> bool:
    """Tell whether code has to be a fence of its page; a docstring may hold text of its own."""
    return not _is_python(code) and not _in_docstring(code)


def _in_docstring(code: Tag) -> bool:
    return code.find_parent(class_="doc-contents") is not None


def _languages(code: Tag) -> set[str]:
    """Read the languages that an element around code, or the code itself, names."""
    around = [code, *code.find_parents(class_="highlight")]
    names = (str(name) for tag in around for name in tag.get_attribute_list("class"))
    return {name.removeprefix(_MARK) for name in names if name.startswith(_MARK)}


def _text_of(code: Tag) -> str:
    return code.get_text().rstrip("\n")


def _loads(soup: BeautifulSoup) -> Iterator[str]:
    for name, attribute in _LOADED:
        yield from (_text(tag, attribute) for tag in soup.find_all(name) if tag.has_attr(attribute))
    for link in soup.find_all("link"):
        if _LOADING_RELS & set(link.get_attribute_list("rel")):
            yield _text(link, "href")
    for style in soup.find_all("style"):
        yield from stylesheet_loads(style.get_text())
    for tag in soup.select("[style]"):
        yield from stylesheet_loads(_text(tag, "style"))
    for tag in soup.select("[srcset]"):
        yield from (part.split()[0] for part in _text(tag, "srcset").split(",") if part.strip())
    for refresh in soup.select("meta[http-equiv=refresh i]"):
        yield from _REMOTE.findall(_text(refresh, "content"))
    for script in soup.find_all("script", src=False):
        yield from _REMOTE.findall(script.get_text())


def _text(tag: Tag | None, attribute: str) -> str:
    return str(tag.get(attribute, "")) if tag is not None else ""


def _not_run(page: Page, text: str) -> Finding:
    reason = (
        f"{page}: the site renders this as Python, but it was not run; write it as a plain "
        f'```python title="…" fence in {shown(page.path)}:{_cut(text)}'
    )
    return Finding(page.path, line_of(page, text), reason)


def line_of(page: Page, text: str) -> int:
    """Find the line in which a rendered text begins.

    Args:
        page: The page that shows it.
        text: The text.

    Returns:
        The line, counted from 1; 1 where the page does not hold the text.
    """
    # Quotation marks and indentation are not rendered.
    lines = [line.strip("> \t") for line in page.path.read_text("utf-8").split("\n")]
    wanted = [line.strip("> \t") for line in text.strip("\n").split("\n")]
    if not text.strip():
        # Of a block without a line there is only the fence, closed in the line below.
        pairs = enumerate(itertools.pairwise(lines), start=1)
        return next((n for n, (line, below) in pairs if below in _FENCES and below in line), 1)
    starts = range(len(lines) - len(wanted) + 1)
    hits = [start + 1 for start in starts if lines[start : start + len(wanted)] == wanted]
    # Raw HTML has tags around the text.
    hits = hits or [n for n, line in enumerate(lines, start=1) if wanted[0] and wanted[0] in line]
    return hits[-1] if hits else 1


def _cut(text: str) -> str:
    return "\n" + "\n".join(f"    {line}".rstrip() for line in text.split("\n"))
