"""What the reader of the built site sees, held against what ran.

Owns the reading of built HTML: its Python blocks, its language, its canonical address, what it
loads. Refuses to build the site and to run blocks.

A rendered Python block is a `highlight` element whose class names a Python lexer, whatever spelling
of the fence made it; the signatures that mkdocstrings writes are not blocks.

Invariant: a page passes only if the texts of its rendered blocks and of its executed blocks are the
same, in the same order.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag

from hozon_docs.findings import Finding, shown
from hozon_docs.markdown import Block, Page

_MARK = "language-"
# The names under which Pygments highlights Python, its prompts and its tracebacks. `pyi` and
# `bazel` share the lexer of Python.
_PYTHON = frozenset({
    "python", "py", "sage", "python3", "py3", "bazel", "starlark", "pyi", "python2", "py2",
    "pycon", "python-console", "pytb", "py3tb", "py2tb", "ipython", "ipython3",
})  # fmt: skip
_CSS_ADDRESS = re.compile(r"""(?:@import\s*["']|url\(\s*["']?)([^"')\s]+)""")
_LOADED = (
    ("script", "src"), ("img", "src"), ("iframe", "src"), ("video", "src"), ("audio", "src"),
    ("source", "src"), ("embed", "src"), ("object", "data"), ("use", "href"),
)  # fmt: skip
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
    """The texts of its Python blocks, in order, without line ends at their end."""
    loads: tuple[str, ...]
    """The addresses of everything that it loads by itself; links that a reader follows are not."""
    switches: tuple[str, ...]
    """The languages that its switcher offers."""
    alternates: Mapping[str, str]
    """The address of the same page in each language, and `x-default`."""


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
    return BuiltPage(
        path=path,
        language=_text(root, "lang"),
        canonical=_text(canonical, "href"),
        blocks=tuple(_python_texts(soup)),
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


def _python_texts(soup: BeautifulSoup) -> Iterator[str]:
    for element in soup.select("[class*=highlight]"):
        classes = element.get_attribute_list("class")
        languages = {str(c).removeprefix(_MARK) for c in classes if str(c).startswith(_MARK)}
        code = element.select_one("pre code")
        if languages & _PYTHON and code is not None and "doc-signature" not in classes:
            yield code.get_text().rstrip("\n")


def _loads(soup: BeautifulSoup) -> Iterator[str]:
    for name, attribute in _LOADED:
        yield from (_text(tag, attribute) for tag in soup.find_all(name) if tag.has_attr(attribute))
    for link in soup.find_all("link"):
        if _LOADING_RELS & set(link.get_attribute_list("rel")):
            yield _text(link, "href")
    for style in soup.find_all("style"):
        yield from stylesheet_loads(style.get_text())


def _text(tag: Tag | None, attribute: str) -> str:
    return str(tag.get(attribute, "")) if tag is not None else ""


def _not_run(page: Page, text: str) -> Finding:
    reason = (
        f"{page}: the site renders this as Python, but it was not run; write it as a plain "
        f'```python title="…" fence in {shown(page.path)}:{_cut(text)}'
    )
    return Finding(page.path, _line_of(page, text), reason)


def _line_of(page: Page, text: str) -> int:
    """Find the line in which a rendered text begins; 1 where it cannot be found."""
    # Quotation marks and indentation are not rendered.
    lines = [line.strip("> \t") for line in page.path.read_text("utf-8").split("\n")]
    wanted = [line.strip("> \t") for line in text.split("\n")]
    starts = range(len(lines) - len(wanted) + 1)
    hits = [start + 1 for start in starts if lines[start : start + len(wanted)] == wanted]
    return hits[-1] if hits else 1


def _cut(text: str) -> str:
    return "\n" + "\n".join(f"    {line}".rstrip() for line in text.split("\n"))
