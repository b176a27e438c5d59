"""The pages keep the rules, and those of all languages say the same."""

from collections.abc import Callable, Iterable

from hozon_docs.config import Config
from hozon_docs.findings import Finding
from hozon_docs.markdown import Scan, find_strays
from hozon_docs.parity import compare_page_sets, compare_scans

Refuse = Callable[[Iterable[Finding]], None]


def test_the_page_keeps_the_rules(scanned: Scan, refuse: Refuse) -> None:
    """Blocks are named and cannot be skipped, headings have ids of their own."""
    refuse(scanned.findings)


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
