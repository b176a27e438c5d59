"""The built site shows what ran, loads nothing from elsewhere, and knows its languages."""

import functools
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from built import ADDRESS
from hozon_docs.config import Config
from hozon_docs.findings import Finding
from hozon_docs.markdown import Block, Scan
from hozon_docs.pages import all_pages, read_page
from hozon_docs.proof_report import blocks_of
from hozon_docs.rendered import (
    BuiltPage,
    compare_examples,
    compare_other_code,
    compare_rendered,
    foreign_addresses,
    page_file,
    read_built,
    stylesheet_loads,
)


@pytest.fixture(scope="session")
def examples(docs_config: Config) -> list[Block]:
    """Give the blocks of all docstrings."""
    modules = [page for page in all_pages(docs_config) if page.path.suffix == ".py"]
    return [block for page in modules for block in read_page(page).blocks]


@functools.cache
def _read(file: Path) -> BuiltPage:
    """Read a page of the site once, for all that is asked of it."""
    return read_built(file)


def test_the_site_shows_the_blocks_that_ran(
    scanned: Scan,
    site: Path,
    examples: list[Block],
    refuse: Callable[[Iterable[Finding]], None],
) -> None:
    """Rendered and executed Python is the same text, so no fence escapes the tests."""
    page = scanned.page
    built = _read(page_file(site, page))
    refuse(compare_rendered(page, built=built, blocks=scanned.blocks))
    refuse(compare_examples(page, built=built, examples=examples))
    refuse(compare_other_code(page, built=built, fences=scanned.fences))


def test_every_example_is_shown_in_every_language(
    language: str, site: Path, examples: list[Block], scans: dict[tuple[str, str], Scan]
) -> None:
    """What ran in a docstring of the public API is read somewhere, as it ran."""
    shown = {
        text
        for (code, _), one in scans.items()
        if code == language
        for text in _read(page_file(site, one.page)).examples
    }
    missing = {
        f"{block.page}: {block.name}"
        for block in examples
        if block.source.rstrip("\n") not in shown
    }
    assert missing == set()


def test_every_block_has_a_mark(scanned: Scan, site: Path) -> None:
    """No block that has to run stands there without a word on whether it did."""
    file = page_file(site, scanned.page)
    soup = BeautifulSoup(file.read_text("utf-8"), "html.parser")
    expected = len(blocks_of(scanned)) + len(_read(file).examples)
    assert len(soup.select(".docs-mark")) == expected


def test_every_built_page_is_one_that_was_read(
    site: Path, scans: dict[tuple[str, str], Scan]
) -> None:
    """But for the root and the page not found, there is no page that nobody checked."""
    read = {page_file(site, one.page) for one in scans.values()}
    built = {file for file in site.rglob("*.html") if file.name != "404.html"}
    assert built - {site / "index.html"} == read


def test_every_docstring_is_in_the_language_of_its_page(scanned: Scan, site: Path) -> None:
    """None falls back to the source language; so none is read out with the wrong voice."""
    soup = BeautifulSoup(page_file(site, scanned.page).read_text("utf-8"), "html.parser")
    assert [str(tag) for tag in soup.select(".docs-untranslated, .doc-contents[lang]")] == []
    assert scanned.page.language == "en" or not soup.select('[title="Permanent link"]')


def test_the_page_knows_its_language_and_address(
    scanned: Scan, site: Path, docs_config: Config
) -> None:
    """The root element, the canonical address and the switcher name the right languages."""
    page = scanned.page
    file = page_file(site, page)
    built = _read(file)
    place = file.parent.relative_to(site).as_posix()
    assert built.language == page.language
    assert built.canonical == f"{ADDRESS}{place}/"
    assert built.switches == tuple(docs_config.languages)


def test_each_page_names_its_counterparts(scanned: Scan, site: Path, docs_config: Config) -> None:
    """Search engines find the same page in every language, and the source for all others."""
    page = scanned.page
    place = page_file(site, page).parent.relative_to(site / page.language).as_posix()
    tail = "" if place == "." else f"{place}/"
    expected = {code: f"{ADDRESS}{code}/{tail}" for code in docs_config.languages}
    expected["x-default"] = expected[docs_config.source]
    assert _read(page_file(site, page)).alternates == expected


def test_no_page_loads_from_another_host(site: Path) -> None:
    """Nothing that a browser loads by itself leaves the site."""
    foreign = {
        f"{file.relative_to(site)}: {address}"
        for file in site.rglob("*.html")
        for address in foreign_addresses(ADDRESS, loads=_read(file).loads)
    }
    assert foreign == set()


def test_no_stylesheet_loads_from_another_host(site: Path) -> None:
    """Neither fonts nor images of the theme leave the site."""
    foreign = {
        f"{file.relative_to(site)}: {address}"
        for file in site.rglob("*.css")
        for address in foreign_addresses(ADDRESS, loads=stylesheet_loads(file.read_text("utf-8")))
    }
    assert foreign == set()


def test_each_language_has_its_own_page_not_found(language: str, site: Path) -> None:
    """The page for a wrong address speaks the language of that address."""
    assert _read(site / language / "404.html").language == language


def test_the_root_lists_every_language_without_a_script(site: Path, docs_config: Config) -> None:
    """A reader without scripts finds a plain link to each language."""
    text = (site / "index.html").read_text("utf-8")
    missing = [code for code in docs_config.languages if f'<a href="{code}/"' not in text]
    assert missing == []
