"""The built site in a real browser: what a reader does, in every language."""

import re
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, FloatRect, Page, expect

from browser.watching import Watched
from hozon_docs.config import Config
from hozon_docs.interface import ENGLISH, Message
from hozon_docs.markdown import Page as Source
from hozon_docs.markdown import Scan, scan
from hozon_docs.proof_report import blocks_of
from hozon_docs.search import endings

pytestmark = pytest.mark.browser

GUIDE = "guides/delete"


@pytest.fixture
def guide(language: str, docs_config: Config) -> Scan:
    """Give the source of the guide in the language under test."""
    path = docs_config.tree(language) / f"{GUIDE}.md"
    return scan(Source(language=language, name=GUIDE, path=path))


def _switch(page: Page, language: str) -> None:
    page.locator(".md-header .md-select").hover()
    page.locator(f".md-select__link[hreflang={language}]").click()


def test_the_guide_opens_quietly_and_alone(watched: Watched, address: str, language: str) -> None:
    """No request leaves the site, and nothing is logged as an error."""
    watched.page.goto(f"{address}{language}/{GUIDE}/")
    watched.page.wait_for_load_state("networkidle")
    expect(watched.page.locator("html")).to_have_attribute("lang", language)
    expect(watched.page.locator("article h1")).to_be_visible()
    assert watched.hosts == {urlsplit(address).netloc}
    assert watched.errors == []


def test_the_switcher_keeps_page_and_anchor(
    watched: Watched, address: str, guide: Scan, docs_config: Config
) -> None:
    """From the guide, each other language opens the guide at the same heading."""
    anchor = guide.headings[1].id
    page = watched.page
    for other in docs_config.languages.keys() - {guide.page.language}:
        page.goto(f"{address}{guide.page.language}/{GUIDE}/#{anchor}")
        _switch(page, other)
        expect(page).to_have_url(f"{address}{other}/{GUIDE}/#{anchor}")
        expect(page.locator("html")).to_have_attribute("lang", other)
        expect(page.locator(f"[id='{anchor}']")).to_be_in_viewport()
    assert watched.errors == []


def test_the_switcher_knows_the_page_after_instant_navigation(
    watched: Watched, address: str, language: str, docs_config: Config
) -> None:
    """The header outlives the page that it was made for, and still leads to the right one."""
    page = watched.page
    page.goto(f"{address}{language}/")
    # Navigation is instant from the moment at which the theme has read the list of pages.
    page.wait_for_load_state("networkidle")
    page.evaluate("window.stillTheSame = true")
    page.locator(f".md-sidebar--primary a[href$='{GUIDE}/']").click()
    expect(page).to_have_url(f"{address}{language}/{GUIDE}/")
    assert page.evaluate("window.stillTheSame")
    other = next(code for code in docs_config.languages if code != language)
    _switch(page, other)
    expect(page).to_have_url(f"{address}{other}/{GUIDE}/")


def test_the_copy_button_copies_exactly_what_ran(
    watched: Watched, address: str, guide: Scan
) -> None:
    """What lands in the clipboard is the text of the block, for every block of the guide."""
    page = watched.page
    page.goto(f"{address}{guide.page.language}/{GUIDE}/")
    copied = []
    rendered = page.locator(".language-python.highlight")
    expect(rendered).to_have_count(len(guide.blocks))
    for index in range(len(guide.blocks)):
        page.evaluate("navigator.clipboard.writeText('')")
        # A block in a tab that is not open has no button that a mouse could reach.
        rendered.nth(index).locator("[data-md-type=copy]").dispatch_event("click")
        page.wait_for_function("navigator.clipboard.readText().then((text) => text !== '')")
        copied.append(page.evaluate("navigator.clipboard.readText()"))
    assert copied == [block.source.rstrip("\n") for block in guide.blocks]


_ON_TOP = """(element) => {
  const box = element.getBoundingClientRect();
  const found = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return element.contains(found) || found?.contains(element) === true;
}"""
"""Whether a reader sees an element: it is what lies on top where it stands."""


def _overlap(one: FloatRect, other: FloatRect) -> bool:
    return (
        one["x"] < other["x"] + other["width"]
        and other["x"] < one["x"] + one["width"]
        and one["y"] < other["y"] + other["height"]
        and other["y"] < one["y"] + one["height"]
    )


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_every_block_carries_its_mark_beside_the_code(
    watched: Watched, address: str, guide: Scan, width: int, scheme: Literal["light", "dark"]
) -> None:
    """Each mark is seen, and lies neither on the code nor on the button that copies it."""
    page = watched.page
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{address}{guide.page.language}/{GUIDE}/")
    frames = page.locator(".highlight:has(> .docs-mark)")
    expect(frames).to_have_count(len(blocks_of(guide)))
    for frame in frames.all():
        mark = frame.locator(".docs-mark")
        # Not by Playwright: for it, what lies below the header is in view already.
        mark.evaluate("(element) => element.scrollIntoView({block: 'center'})")
        assert mark.evaluate(_ON_TOP)
        box, code = mark.bounding_box(), frame.locator("pre > code").bounding_box()
        assert box is not None
        assert code is not None
        assert not _overlap(box, code)
        for button in frame.locator("[data-md-type=copy]").all():
            other = button.bounding_box()
            assert other is not None
            assert not _overlap(box, other)


@pytest.mark.parametrize("width", [360, 1280])
def test_a_mark_tells_by_keyboard_and_by_mouse_what_it_means(
    watched: Watched, address: str, guide: Scan, width: int
) -> None:
    """Its words are hidden until it is pointed at or reached, and are whole on a telephone."""
    page = watched.page
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{address}{guide.page.language}/{GUIDE}/")
    mark = page.locator(".docs-mark").first
    words = mark.locator(".docs-mark__text")
    mark.scroll_into_view_if_needed()
    assert not words.evaluate(_ON_TOP)
    # As the Tab key does: a focus that a script alone sets would not count as seen.
    page.keyboard.press("Tab")
    mark.focus()
    assert words.evaluate(_ON_TOP)
    expect(words).to_be_in_viewport(ratio=1)
    mark.blur()
    mark.hover()
    assert words.evaluate(_ON_TOP)
    said = words.text_content()
    assert said
    assert guide.page.language == ENGLISH or not said.startswith(Message.NOT_RUN)
    mark.click()
    expect(page).to_have_url(f"{address}{guide.page.language}/about/proof/")
    expect(page.locator(".docs-proof table").first).to_be_visible()


def test_search_finds_the_guide(watched: Watched, address: str, guide: Scan) -> None:
    """A word of its headings leads to the guide; in Japanese and Korean a part of a word does."""
    words = " ".join(heading.text for heading in guide.headings)
    parts = endings(words).split()
    query = max(parts, key=len) if parts else max(re.findall(r"\w+", words), key=len)
    page = watched.page
    page.goto(f"{address}{guide.page.language}/")
    field = page.locator(".md-search__input")
    field.click()
    field.fill(query)
    # The theme searches when a key comes up, as it does after any input method.
    field.press("End")
    found = page.locator(f".md-search-result__link[href*='/{GUIDE}/']").first
    expect(found).to_be_attached()
    assert watched.hosts == {urlsplit(address).netloc}


def test_the_root_leads_to_the_language_of_the_browser(
    browser: Browser, address: str, language: str
) -> None:
    """A reader who asks for a language in a regional form gets it."""
    context = browser.new_context(locale=f"{language}-XX")
    page = context.new_page()
    page.goto(address)
    expect(page).to_have_url(f"{address}{language}/")
    context.close()


def test_the_root_leads_anyone_else_to_the_source(
    browser: Browser, address: str, docs_config: Config
) -> None:
    """A reader of a language that is not offered gets the one that all others come from."""
    context = browser.new_context(locale="fi-FI")
    page = context.new_page()
    page.goto(address)
    expect(page).to_have_url(f"{address}{docs_config.source}/")
    context.close()


def test_the_choice_of_colours_stays_in_every_language(
    watched: Watched, address: str, docs_config: Config
) -> None:
    """The toggle changes the scheme, and the next language remembers it."""
    page = watched.page
    page.goto(f"{address}{docs_config.source}/")
    body = page.locator("body")
    expect(body).to_have_attribute("data-md-color-scheme", "default")
    page.locator("form[data-md-component=palette] label:visible").click()
    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    for language in docs_config.languages:
        page.goto(f"{address}{language}/")
        expect(body).to_have_attribute("data-md-color-scheme", "slate")


def test_a_wrong_address_is_explained_in_its_language(
    watched: Watched, address: str, language: str
) -> None:
    """The page not found leads home, in the language of the address."""
    page = watched.page
    page.goto(f"{address}{language}/404.html")
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.locator("article a:not(.headerlink)").click()
    expect(page).to_have_url(f"{address}{language}/")


def test_a_narrow_screen_needs_no_sideways_scrolling(
    watched: Watched, address: str, language: str
) -> None:
    """On a telephone the guide is as wide as the screen."""
    page = watched.page
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{address}{language}/{GUIDE}/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
