"""The pages keep the rules, and those of all languages say the same."""

from collections.abc import Callable, Iterable

from hozon_docs.config import Config
from hozon_docs.findings import Finding
from hozon_docs.freshness import find_lags
from hozon_docs.markdown import Scan, find_strays
from hozon_docs.pages import all_pages, read_page
from hozon_docs.parity import compare_page_sets, compare_scans
from hozon_docs.style import check_style

Refuse = Callable[[Iterable[Finding]], None]


def test_every_page_is_read(language: str, docs_config: Config, refuse: Refuse) -> None:
    """No file that MkDocs would render escapes the checks by its ending."""
    refuse(find_strays(docs_config.tree(language)))


def test_every_page_exists_in_every_language(
    scans: dict[tuple[str, str], Scan], docs_config: Config, refuse: Refuse
) -> None:
    """The languages have the same pages."""
    pages = {
        language: [one.page for (code, _), one in scans.items() if code == language]
        for language in docs_config.languages
    }
    refuse(
        finding
        for language in docs_config.languages
        for finding in compare_page_sets(pages[docs_config.source], pages[language])
    )


def test_the_translation_says_the_same(pair: tuple[Scan, Scan], refuse: Refuse) -> None:
    """Headings, code, output and other blocks are those of the source page."""
    source, translation = pair
    refuse(compare_scans(source, translation))


def test_every_translation_is_of_today(docs_config: Config, refuse: Refuse) -> None:
    """Each unit was compared with the text that its source holds now."""
    refuse(find_lags(docs_config))


def test_the_blocks_are_written_as_the_field_writes_python(
    docs_config: Config, refuse: Refuse
) -> None:
    """Format and doubtful code are judged in the source; translations have its syntax tree."""
    pages = [page for page in all_pages(docs_config) if page.language == docs_config.source]
    refuse(check_style(block for page in pages for block in read_page(page).blocks))
