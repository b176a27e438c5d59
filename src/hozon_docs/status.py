"""What there is to do for the translators, language by language.

Owns the count of pages and units, and how it is shown. Refuses to judge: `hozon_docs.parity` and
`hozon_docs.freshness` do, and what is proven it is told.

Invariant: a project is done when every language has every page of the source and none besides, and
no unit of them is unequal, stale or unstamped.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from rich.table import Table

from hozon_docs.config import Config
from hozon_docs.findings import Finding, shown
from hozon_docs.freshness import State, forgotten_pages, judge_page, read_pairs
from hozon_docs.lock import Lock, lock_path, read_lock
from hozon_docs.markdown import Page, find_pages
from hozon_docs.parity import compare_page_sets, compare_structures

_COLUMNS = ("Pages", "Missing", "Units", "Unequal", "Stale", "Unstamped", "Proof")


@dataclass(frozen=True, slots=True)
class LanguageStatus:
    """How far one language is."""

    language: str
    """Its code."""
    name: str
    """Its own name for itself."""
    pages: int
    """How many pages it has."""
    missing: tuple[str, ...]
    """The names of the pages that only the source has."""
    units: int
    """How many units were translated, on the pages that both have; 0 for the source."""
    unequal: int
    """How many places differ from the source in more than words."""
    stale: int
    """How many units are older than their source."""
    unstamped: int
    """How many units were never compared as they stand."""
    proof: str
    """How many of its blocks are proven, in words."""


@dataclass(frozen=True, slots=True)
class Status:
    """How far all languages are."""

    languages: tuple[LanguageStatus, ...]
    """The languages, in the order of the configuration."""
    findings: tuple[Finding, ...]
    """What there is to do, place by place."""

    @property
    def is_done(self) -> bool:
        """Tell whether there is nothing to do."""
        return not self.findings


def read_status(config: Config, *, proof: Callable[[str], str] = lambda _language: "-") -> Status:
    """Count what there is in every language.

    Args:
        config: Where the documentation lives.
        proof: Says how many blocks of a language are proven.

    Returns:
        The counts, and what there is to do.

    Raises:
        DocsError: The lock of the translations cannot be read.
    """
    lock = read_lock(lock_path(config))
    source = find_pages(config.tree(config.source), language=config.source)
    languages: list[LanguageStatus] = []
    findings = list(forgotten_pages(config, lock))
    for language in config.languages:
        status, found = _read_language(config, language, source=source, lock=lock, proof=proof)
        languages.append(status)
        findings += found
    return Status(tuple(languages), tuple(sorted(findings)))


def status_table(status: Status) -> Table:
    """Show the counts.

    Args:
        status: The counts.

    Returns:
        A table with one row for each language.
    """
    table = Table("Language")
    for column in _COLUMNS:
        table.add_column(column, justify="right")
    for one in status.languages:
        numbers = (one.pages, len(one.missing), one.units, one.unequal, one.stale, one.unstamped)
        table.add_row(one.language, *map(str, numbers), one.proof)
    return table


def status_data(status: Status) -> dict[str, object]:
    """Give the counts to a program.

    Args:
        status: The counts.

    Returns:
        What JSON can hold: `done`, `languages` with the attributes of `LanguageStatus`, and
        `findings` with `path`, `line` and `reason`.
    """
    return {
        "done": status.is_done,
        "languages": [asdict(one) for one in status.languages],
        "findings": [
            {"path": shown(found.path), "line": found.line, "reason": found.reason}
            for found in status.findings
        ],
    }


def _read_language(
    config: Config,
    language: str,
    *,
    source: list[Page],
    lock: Lock,
    proof: Callable[[str], str],
) -> tuple[LanguageStatus, list[Finding]]:
    pages = find_pages(config.tree(language), language=language)
    # The source needs no comparison with itself.
    languages = [language] if language != config.source else []
    pairs = list(read_pairs(config, languages=languages))
    unequal = [found for pair in pairs for found in compare_structures(*pair)]
    ages = [judge_page(*pair, lock=lock) for pair in pairs]
    states = [lag.state for age in ages for lag in age.lags]
    names = {page.name for page in pages}
    status = LanguageStatus(
        language=language,
        name=config.languages[language],
        pages=len(pages),
        missing=tuple(page.name for page in source if page.name not in names),
        units=sum(age.units for age in ages),
        unequal=len(unequal),
        stale=states.count(State.STALE),
        unstamped=states.count(State.UNSTAMPED),
        proof=proof(language),
    )
    lagging = [found for age in ages for found in age.findings()]
    return status, [*compare_page_sets(source, pages), *unequal, *lagging]
