"""The proof page: what it counts, and what it says of it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup, Tag

from hozon_docs.config import Config
from hozon_docs.findings import DocsError
from hozon_docs.interface import words_in
from hozon_docs.ledger import (
    Entry,
    Ledger,
    MutantResult,
    PublicNames,
    package_digest,
    seal,
)
from hozon_docs.proof_page import ProofPage
from hozon_docs.proof_report import Count, Report, make_report

PAGES = {
    "index": "# Start {#start}\n",
    "guide": (
        "# The `guide` {#guide}\n\n"
        '```python title="one.py"\nx = 1\n```\n\n'
        '```{.python title="two.py" skip="needs a GPU"}\nx = 2\n```\n\n'
        "```console\n$ true\n```\n\n"
        '```json title="data.json"\n{}\n```\n'
    ),
    "deep/page": '# Deep {#deep}\n\n```python title="a.py"\ny = 1\n```\n',
}
Prove = Callable[[Config], Ledger]


@pytest.fixture(scope="module")
def project(foreign_project: Callable[..., Config]) -> Config:
    """Give a project with three pages in two languages."""
    config = foreign_project(PAGES)
    (config.tree("ja") / "deep/page.md").unlink()
    return config


def _report(config: Config, ledger: Ledger) -> Report:
    return make_report(config, ledger=ledger, package=package_digest(config))


def _soup(config: Config, ledger: Ledger, *, part: str = "", language: str = "ja") -> BeautifulSoup:
    html = ProofPage(
        config=config,
        report=_report(config, ledger),
        words=words_in(language),
        language=language,
        url="about/proof/",
        order=("index", "guide"),
    ).fill(f"<p>before</p>\n<!-- hozon_docs:proof{part} -->\n<p>after</p>")
    return BeautifulSoup(html, "html.parser")


def _table(soup: BeautifulSoup) -> list[list[str]]:
    return [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in soup.select("tr")]


def test_blocks_are_counted_by_page_and_language(project: Config, prove: Prove) -> None:
    """A row for each page that has blocks, in the order of the navigation, and the sums."""
    assert _table(_soup(project, prove(project), part=" blocks")) == [
        ["ページ", "Deutsch", "日本語"],
        ["The guide", "2 / 3", "2 / 3"],
        ["Deep", "1 / 1", "\N{EN DASH}"],
        ["合計", "3 / 4", "2 / 3"],
    ]


def test_a_number_leads_to_its_page(project: Config, prove: Prove) -> None:
    """The way goes through the root of the site, whatever its prefix."""
    soup = _soup(project, prove(project), part=" blocks")
    assert [link["href"] for link in soup.select("a")] == [
        "../../../de/guide/",
        "../../../ja/guide/",
        "../../../de/deep/page/",
    ]


def test_a_whole_page_is_told_from_a_part(project: Config, prove: Prove) -> None:
    """The sign stands where nothing is missing."""
    soup = _soup(project, prove(project), part=" blocks")
    assert [cell.get_text() for cell in soup.select(".docs-proof__whole")] == ["1 / 1"]


def test_one_changed_character_is_counted(project: Config, prove: Prove) -> None:
    """What the page holds now is what counts, not what it held when it ran."""
    ledger = prove(project)
    page = project.tree("ja") / "guide.md"
    text = page.read_text("utf-8")
    page.write_text(text.replace("x = 1", "x = 3"), "utf-8")
    try:
        report = _report(project, ledger)
    finally:
        page.write_text(text, "utf-8")
    assert (report.total("de"), report.total("ja")) == (Count(3, 4), Count(1, 3))


def test_results_for_other_code_count_for_nothing(project: Config, prove: Prove) -> None:
    """The page then says that nothing has been run."""
    stale = Ledger(tuple(replace(entry, package="old") for entry in prove(project).entries))
    assert _report(project, stale).total("de") == Count(0, 4)
    assert (
        "まだどのコードブロックも実行していません" in _soup(project, stale, part=" run").get_text()
    )


def test_without_a_ledger_the_page_says_so(project: Config) -> None:
    """Each part has a sentence for having nothing to show."""
    text = _soup(project, Ledger(), language="en").get_text()
    for sentence in (
        "No block has been run against this code yet.",
        "No block is skipped.",
        "The public names have not been counted yet.",
        "No block has been tried against a stub yet.",
    ):
        assert sentence in text


def test_the_run_is_dated_and_names_its_versions(project: Config, prove: Prove) -> None:
    """One minute is named once, a span by both its ends."""
    ledger = prove(project)
    at = "The blocks ran on 2026-05-04 23:30 (UTC), with Python 3.13.0 and moto 5.2.5."
    assert at in _soup(project, ledger, part=" run", language="en").get_text()
    later = replace(ledger.entries[0], ran_at="2026-05-05T00:10:00+00:00")
    span = "between 2026-05-04 23:30 and 2026-05-05 00:10 (UTC)"
    more = Ledger((*ledger.entries, later))
    assert span in _soup(project, more, part=" run", language="en").get_text()


def test_skips_are_listed_with_their_reasons(project: Config, prove: Prove) -> None:
    """Page, line, block and reason, for each language."""
    rows = _table(_soup(project, prove(project), part=" skips"))
    assert rows[0] == ["ページ", "コードブロック", "理由"]
    assert ["docs/ja/guide.md:7", "two.py", "needs a GPU"] in rows


def _exercising(config: Config, *names: str) -> Entry:
    return seal(
        Entry(
            page="docs/de/guide.md",
            line=3,
            title="one.py",
            kind="python",
            language="de",
            text="",
            package=package_digest(config),
            versions={},
            outcome="passed",
            exercised=names,
        )
    )


def test_the_use_of_the_api_is_a_share_with_names(project: Config) -> None:
    """Names that no block uses stand there with the reason, or with the word that there is none."""
    listed = replace(project, unexercised={"shop.b": "needs a <GPU>"})
    public = PublicNames(package=package_digest(project), names=("shop.a", "shop.b", "shop.c"))
    ledger = Ledger((_exercising(project, "shop.a", "other"),), public=public)
    soup = _soup(listed, ledger, part=" coverage", language="en")
    assert "Blocks exercise 1 of 3 public names: 33.3%." in soup.get_text()
    assert _table(soup)[1:] == [["shop.b", "needs a <GPU>"], ["shop.c", "No reason is given."]]


def test_a_name_that_only_a_failed_block_used_is_not_exercised(project: Config) -> None:
    """A block that failed shows nothing of how the name works."""
    public = PublicNames(package=package_digest(project), names=("shop.a",))
    failed = replace(_exercising(project, "shop.a"), outcome="failed")
    assert _report(project, Ledger((failed,), public=public)).unexercised == {"shop.a": ""}


def test_mutants_are_a_share_with_survivors(project: Config) -> None:
    """Those that no block noticed are listed; those that were noticed are counted."""
    killed = MutantResult(
        page="docs/de/guide.md",
        line=3,
        title="one.py",
        text="",
        package=package_digest(project),
        name="shop.a",
        stub="returns nothing",
        outcome="killed",
    )
    survived = replace(killed, name="shop.b", stub="skips the effect", outcome="survived")
    old = replace(survived, package="old")
    soup = _soup(project, Ledger(mutants=(killed, survived, old)), part=" mutants", language="ko")
    assert "스텁 2개 가운데 1개를 알아챘습니다(50.0%)" in soup.get_text()
    row = _table(soup)[1:]
    assert row == [["shop.b", "효과를 건너뜀", "docs/de/guide.md:3 one.py", "\N{EN DASH}"]]


def test_what_is_not_in_the_readers_language_says_so(project: Config, prove: Prove) -> None:
    """Titles of untranslated pages, reasons, and the names of other languages."""
    soup = _soup(project, prove(project))
    deep = soup.find("th", string="Deep")
    reason = soup.find("td", string="needs a GPU")
    heads = [cell.get("lang") for cell in soup.select("thead th")][:3]
    assert isinstance(deep, Tag)
    assert isinstance(reason, Tag)
    assert (deep["lang"], reason["lang"], heads) == ("de", "de", [None, "de", None])


def test_tables_can_be_read_aloud(project: Config, prove: Prove) -> None:
    """Each has a caption, and each cell a head for its row and its column."""
    soup = _soup(project, prove(project))
    assert len(soup.select("table > caption")) == len(soup.select("table")) == 2
    assert all(row.select_one("th[scope=row]") for row in soup.select("tbody tr"))
    assert all(cell["scope"] == "col" for cell in soup.select("thead th"))


def test_the_text_around_stays(project: Config) -> None:
    """Only the placeholder is replaced."""
    html = str(_soup(project, Ledger()))
    assert html.startswith("<p>before</p>\n<div")
    assert html.endswith("</div>\n<p>after</p>")


def test_an_unknown_part_is_an_error(project: Config) -> None:
    """The message lists the parts that there are."""
    with pytest.raises(DocsError, match=r"no part 'blok'.*run, blocks, skips, coverage, mutants"):
        _soup(project, Ledger(), part=" blok")
