"""The plug-in in real builds of a small foreign site: marks, notices, the proof page, the gate."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup, Tag

from hozon_docs.config import Config
from hozon_docs.ledger import Ledger
from hozon_docs.lock import Lock, Stamp, lock_path, write_lock
from hozon_docs.pages import all_pages
from hozon_docs.site import BuildError, build_site
from hozon_docs.structure import read_structure

Prove = Callable[[Config], Ledger]
GUIDE = """# Guide {#guide}

```python title="plain.py"
print("a < b")
#> a < b
```

=== "Tab"

    ```python title="tab.py"
    x = 1
    ```

!!! note

    ```python title="note.py"
    x = 2
    ```

- item

    ```python title="list.py"
    x = 3
    ```

```console
$ true
```

```json
{"a": 1}
```

| a |
| - |
| b |
"""
PROOF = "# Proof {#proof}\n\n<!-- hozon_docs:proof -->\n"
PAGES = {
    "guide": GUIDE,
    "proof": PROOF,
    "more/deep": '# Deep {#deep}\n\n[s](../index.md)\n\n```python title="a.py"\ny = 1\n```\n',
}
MARK = re.compile(r'<a class="docs-mark.*?</a>', re.DOTALL)


def _soup(config: Config, language: str, place: str) -> BeautifulSoup:
    text = (config.site / language / place / "index.html").read_text("utf-8")
    return BeautifulSoup(text, "html.parser")


def _states(config: Config, language: str, place: str = "guide") -> list[str]:
    marks = _soup(config, language, place).select(".docs-mark")
    return [name for mark in marks for name in mark.get_attribute_list("class")[1:2]]


@pytest.fixture(scope="module")
def proven(foreign_project: Callable[..., Config], prove: Prove) -> Config:
    """Give a site whose blocks all passed, ready to be published."""
    config = foreign_project(PAGES)
    prove(config)
    build_site(config, publish=True)
    return config


@pytest.mark.parametrize("language", ["de", "ja"])
def test_every_block_is_marked(proven: Config, language: str) -> None:
    """Python and shell, in tabs, notes and lists; data is not run and not marked."""
    assert _states(proven, language) == ["docs-mark--passed"] * 5


def test_a_mark_leads_to_the_proof_page_of_its_language(proven: Config) -> None:
    """The address is relative, so the site may stand under any prefix."""
    links = [mark.get("href") for mark in _soup(proven, "ja", "more/deep").select(".docs-mark")]
    assert links == ["../../proof/"]


def test_a_mark_speaks_the_language_of_the_page(proven: Config) -> None:
    """Japanese has a catalog; German has none and gets English, marked as English."""
    german, japanese = (
        _soup(proven, code, "guide").select_one(".docs-mark__text") for code in ("de", "ja")
    )
    assert isinstance(german, Tag)
    assert isinstance(japanese, Tag)
    assert (german.get("lang"), german.get_text()[:15]) == ("en", "Ran and passed ")
    assert (japanese.get("lang"), japanese.get_text()[:10]) == (None, "2026年5月4日に")


def test_marks_stay_out_of_the_search_index(proven: Config) -> None:
    """A reader who searches for a version finds text, not marks."""
    index = (proven.site / "de/search/search_index.json").read_text("utf-8")
    assert "Guide" in index
    assert "Ran and passed" not in index


def test_the_style_sheet_comes_with_the_plug_in(proven: Config) -> None:
    """Nobody has to copy it, and every page links it."""
    sheet = "assets/stylesheets/hozon_docs.css"
    assert ".docs-mark" in (proven.site / "ja" / sheet).read_text("utf-8")
    assert _soup(proven, "ja", "guide").select(f'link[href="../{sheet}"]')


def test_the_proof_page_counts_both_languages(proven: Config) -> None:
    """Its table takes the place of the comment, and holds what the other build made, too."""
    cells = [cell.get_text() for cell in _soup(proven, "de", "proof").select(".docs-proof td")]
    assert cells == ["5 / 5", "5 / 5", "1 / 1", "1 / 1", "6 / 6", "6 / 6"]


def test_a_site_without_its_marks_is_the_site_without_the_plug_in(
    foreign_project: Callable[..., Config], prove: Prove
) -> None:
    """Content of pages is the same to the byte, once the marks are taken out."""
    config = foreign_project(PAGES)
    prove(config)
    build_site(config, languages=["de"])
    page = config.site / "de/guide/index.html"
    marked = page.read_text("utf-8")
    settings = config.mkdocs.read_text("utf-8").replace("  - hozon_docs\n", "")
    config.mkdocs.write_text(settings, "utf-8")
    build_site(config, languages=["de"])

    def article(html: str) -> str:
        return html[html.index("<article") : html.index("</article>")]

    plain = article(page.read_text("utf-8"))
    assert article(marked).count("docs-mark--passed") == 5
    assert MARK.sub("", article(marked)) == plain


def test_one_character_takes_the_mark_and_stops_publishing(
    foreign_project: Callable[..., Config], prove: Prove
) -> None:
    """A plain build shows it, a publishing build names page, line and title, for each language."""
    config = foreign_project(PAGES)
    prove(config)
    for language, old, new in [("ja", "x = 1", "x = 7"), ("de", "$ true", "$ false")]:
        page = config.tree(language) / "guide.md"
        page.write_text(page.read_text("utf-8").replace(old, new), "utf-8")
    build_site(config)
    assert _states(config, "ja").index("docs-mark--not-run") == 1
    assert _states(config, "ja").count("docs-mark--passed") == 4
    before = (config.site / "ja/guide/index.html").read_bytes()
    with pytest.raises(BuildError) as error:
        build_site(config, publish=True)
    assert re.search(r"ja: .*docs/ja/guide\.md:10: tab\.py has no proof", str(error.value))
    assert re.search(r"de: .*docs/de/guide\.md:26: console has no proof", str(error.value))
    assert (config.site / "ja/guide/index.html").read_bytes() == before


def test_every_missing_proof_of_a_language_is_named(
    foreign_project: Callable[..., Config],
) -> None:
    """Without a run nothing is proven, and all blocks are listed, not the first one."""
    config = foreign_project(PAGES)
    with pytest.raises(BuildError) as error:
        build_site(config, languages=["de"], publish=True)
    assert str(error.value).count("has no proof") == 7
    build_site(config, languages=["de"])
    assert _states(config, "de") == ["docs-mark--not-run"] * 5


def test_a_ledger_edited_by_hand_stops_every_build(
    foreign_project: Callable[..., Config], prove: Prove
) -> None:
    """Nobody publishes what an editor made pass."""
    config = foreign_project({"guide": GUIDE})
    prove(config)
    text = config.ledger.read_text("utf-8")
    config.ledger.write_text(text.replace("tab.py", "tap.py", 1), "utf-8")
    with pytest.raises(BuildError, match=r"\(tap\.py\) was edited by hand; .* run the tests again"):
        build_site(config, languages=["de"])


def test_a_skip_needs_its_budget(foreign_project: Callable[..., Config], prove: Prove) -> None:
    """A skipped block shows its reason, and too many of them stop publishing."""
    text = '# A {#a}\n\n```{.python title="a.py" skip="needs a GPU"}\nx = 1\n```\n'
    config = foreign_project({"guide": text})
    prove(config)
    with pytest.raises(BuildError, match=r"2 python blocks are skipped, .* allows 0"):
        build_site(config, languages=["de"], publish=True)
    project = config.root / "pyproject.toml"
    table = "[tool.hozon_docs]\nskips = {python = 2}\n"
    project.write_text(table + project.read_text("utf-8"), "utf-8")
    build_site(config, languages=["de"], publish=True)
    (mark,) = _soup(config, "de", "guide").select(".docs-mark--skipped")
    assert mark.get_text() == "Not run: needs a GPU"


MADE_UP = """\
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File

TEXT = "# Made up {#made-up}\\n\\n```python\\nx = 1\\n```\\n"

@event_priority(-105)  # After static-i18n, which knows files on a disk only.
def on_files(files, config):
    files.append(File.generated(config, "made-up.md", content=TEXT))
"""
"""Another plug-in, which makes a page that stands in no tree."""


def test_a_page_that_another_plug_in_made_up_needs_proof_as_well(
    foreign_project: Callable[..., Config], prove: Prove
) -> None:
    """Nothing could have run it, so it is not published; a plain build shows that."""
    config = foreign_project(PAGES)
    prove(config)
    (config.root / "made_up.py").write_text(MADE_UP, "utf-8")
    settings = config.mkdocs.read_text("utf-8").replace("hooks: [", "hooks: [made_up.py, ")
    config.mkdocs.write_text(settings, "utf-8")
    with pytest.raises(BuildError, match=r"made-up\.md:1: python has no proof"):
        build_site(config, languages=["de"], publish=True)
    build_site(config, languages=["de"])
    assert _states(config, "de", "made-up") == ["docs-mark--not-run"]


@pytest.fixture(scope="module")
def lacking(foreign_project: Callable[..., Config], prove: Prove) -> Config:
    """Give a site of which one page is not translated."""
    config = foreign_project(PAGES | {"index": "# Start {#start}\n\n[d](more/deep.md)\n"})
    (config.tree("ja") / "more/deep.md").unlink()
    prove(config)
    build_site(config)
    return config


def test_a_missing_page_is_shown_in_the_source_language(lacking: Config) -> None:
    """It stands at its address, in the words of the source, and links stay in the language."""
    soup = _soup(lacking, "ja", "more/deep")
    article = soup.find("article")
    assert article is not None
    assert (article["lang"], article.find("h1", id="deep") is not None) == ("de", True)
    assert article.select_one("a[href='../../']") is not None
    assert _states(lacking, "ja", "more/deep") == ["docs-mark--passed"]


def test_a_missing_page_says_so_in_the_readers_language(lacking: Config) -> None:
    """The notice and the marks are Japanese, and marked as such within the foreign text."""
    soup = _soup(lacking, "ja", "more/deep")
    for name in (".docs-fallback", ".docs-mark__text"):
        notice = soup.select_one(name)
        assert notice is not None
        assert notice["lang"] == "ja"
    assert "ドイツ語" in soup.get_text()


def test_a_missing_page_is_no_page_for_search_engines(lacking: Config) -> None:
    """Its canonical address is the source's, and it is neither indexed nor listed."""
    soup = _soup(lacking, "ja", "more/deep")
    canonical = soup.select_one("link[rel=canonical]")
    assert canonical is not None
    assert canonical["href"] == "http://127.0.0.1:8000/de/more/deep/"
    assert soup.select("meta[name=robots][content=noindex]")
    assert not soup.select("link[hreflang]")
    assert "more/deep" not in (lacking.site / "ja/sitemap.xml").read_text("utf-8")


def test_a_missing_page_stops_publishing(lacking: Config) -> None:
    """The message names the file that is missing and the one to translate."""
    with pytest.raises(BuildError, match=r"docs/ja/more/deep\.md:1: is missing; translate .*deep"):
        build_site(lacking, languages=["ja"], publish=True)


STALE = """---
title: T
---

# Guide {#guide}

One.

## More {#more}

- Two.
- Three.
"""


def test_a_stale_unit_shows_a_notice_and_only_that_unit(
    foreign_project: Callable[..., Config],
) -> None:
    """One changed sentence of the source is one notice in the translation, none in the source."""
    config = foreign_project({"guide": STALE})
    pages = {page.language: page for page in all_pages(config) if page.name == "guide"}
    # Both say the same, so each unit was compared with itself.
    stamps = {Stamp(unit.digest, unit.digest) for unit in read_structure(pages["ja"]).units}
    write_lock(lock_path(config), Lock({("ja", "guide"): frozenset(stamps)}))
    build_site(config)
    assert _soup(config, "ja", "guide").select(".docs-stale") == []
    text = pages["de"].path.read_text("utf-8")
    pages["de"].path.write_text(text.replace("Three.", "Four."), "utf-8")
    build_site(config)
    (notice,) = _soup(config, "ja", "guide").select(".docs-stale")
    link = notice.find("a")
    assert link is not None
    assert link["href"] == "../../de/guide/#more"
    assert [item.get_text()[:6] for item in _soup(config, "ja", "guide").select("article li")] == [
        "Two.",
        "Three.",
    ]
    assert notice.parent is not None
    assert notice.parent.get_text().startswith("Three. ")
    assert _soup(config, "de", "guide").select(".docs-stale") == []


def test_the_link_of_a_heading_speaks_the_language(foreign_project: Callable[..., Config]) -> None:
    """Themes write it in English otherwise."""
    config = foreign_project({"guide": GUIDE})
    settings = config.mkdocs.read_text("utf-8")
    config.mkdocs.write_text(f"{settings}  - toc: {{permalink: true}}\n", "utf-8")
    build_site(config, languages=["ja"])
    link = _soup(config, "ja", "guide").select_one("h1 a.headerlink")
    assert link is not None
    assert link["title"] == "この見出しへのリンク"


def test_a_site_of_another_theme_is_marked_too(
    foreign_project: Callable[..., Config], prove: Prove
) -> None:
    """Marks need no script and no template of a theme."""
    config = foreign_project({"guide": GUIDE})
    prove(config)
    settings = config.mkdocs.read_text("utf-8")
    settings = re.sub(r"theme: .*", "theme: {name: readthedocs}", settings)
    config.mkdocs.write_text(re.sub(r"- search: .*", "- search", settings), "utf-8")
    build_site(config, languages=["de"], publish=True)
    assert _states(config, "de") == ["docs-mark--passed"] * 5


def test_a_skip_that_was_taken_away_is_no_reason_any_more(
    foreign_project: Callable[..., Config], prove: Prove
) -> None:
    """The text is the same, but the page says now that it runs, and it never did."""
    block = '# A {{#a}}\n\n```{{.python title="a.py"{}}}\nx = 1\n```\n'
    config = replace(foreign_project({"guide": block.format(' skip="slow"')}), skips={"python": 2})
    prove(config)
    build_site(config)
    assert _states(config, "de") == ["docs-mark--skipped"]
    (config.tree("de") / "guide.md").write_text(block.format(""), "utf-8")
    build_site(config, languages=["de"])
    assert _states(config, "de") == ["docs-mark--not-run"]


def test_a_fault_of_a_page_stops_publishing(
    foreign_project: Callable[..., Config], prove: Prove
) -> None:
    """Every block is proven, and a fence that nothing checks is found nevertheless."""
    config = foreign_project({"guide": "# A {#a}\n\n```c\nx\n```\n"})
    prove(config)
    with pytest.raises(BuildError, match=r"docs/de/guide\.md:3: nothing checks a fence in 'c'"):
        build_site(config, languages=["de"], publish=True)
