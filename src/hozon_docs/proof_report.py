"""What is proven: blocks by page and language, skips, the use of the API, and the mutants.

Owns the counting. Refuses to put it into words: `hozon_docs.proof_page` writes the page.

Invariant: what is counted is what the pages hold now, held against what the ledger says of this
very text and this very code.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hozon_docs.config import Config
from hozon_docs.ledger import Entry, Ledger, MutantResult, text_digest
from hozon_docs.markdown import Block, Fence, Page, Scan
from hozon_docs.pages import all_pages, file_of, read_page
from hozon_docs.rendered import kind_of


@dataclass(frozen=True, slots=True)
class Count:
    """How many blocks of Python and the shell passed."""

    proven: int = 0
    """Those whose very text passed against the very code."""
    whole: int = 0
    """All that there are."""

    def __add__(self, other: "Count") -> "Count":
        """Add other blocks."""
        return Count(self.proven + other.proven, self.whole + other.whole)


@dataclass(frozen=True, slots=True)
class PageReport:
    """What is proven of one page."""

    page: Page
    """The page."""
    title: str
    """Its first heading, without marks of Markdown; its name where it has none."""
    count: Count
    """Its blocks."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is proven of the whole documentation."""

    pages: tuple[PageReport, ...]
    """The pages, those outside the trees and the modules, all in order."""
    runs: tuple[Entry, ...]
    """Every result that holds for the code."""
    names: tuple[str, ...] | None
    """The public names; None where no run counted them."""
    unexercised: Mapping[str, str]
    """The public names that no block uses, each with its reason, which may be empty."""
    mutants: tuple[MutantResult, ...]
    """What came of the mutants."""

    @property
    def skips(self) -> tuple[Entry, ...]:
        """Give the blocks that their pages skip."""
        return tuple(entry for entry in self.runs if entry.outcome == "skipped")

    def total(self, language: str) -> Count:
        """Sum up a language.

        Args:
            language: Its code.

        Returns:
            The blocks of its tree.
        """
        counts = (
            one.count for one in self.pages if one.page.translated and one.page.language == language
        )
        return sum(counts, Count())


def blocks_of(scan: Scan) -> list[Block | Fence]:
    """List the blocks of a page that have to run.

    Args:
        scan: The page.

    Returns:
        Its blocks of Python, then those of the shell.
    """
    shell = [fence for fence in scan.fences if kind_of(fence.language) == "shell"]
    return [*scan.blocks, *shell]


def make_report(config: Config, *, ledger: Ledger, package: str) -> Report:
    """Count everything.

    Args:
        config: Where the documentation lives.
        ledger: The results of the last runs.
        package: The digest of the documented packages.

    Returns:
        What is proven.
    """
    runs = tuple(entry for entry in ledger.entries if entry.package == package)
    public = ledger.public
    names = public.names if public and public.package == package else None
    exercised = {name for entry in runs if entry.outcome == "passed" for name in entry.exercised}
    return Report(
        pages=tuple(
            _page_report(config, page, ledger=ledger, package=package) for page in all_pages(config)
        ),
        runs=runs,
        names=names,
        unexercised={
            name: config.unexercised.get(name, "") for name in names or () if name not in exercised
        },
        mutants=tuple(one for one in ledger.mutants if one.package == package),
    )


def _page_report(config: Config, page: Page, *, ledger: Ledger, package: str) -> PageReport:
    scan = read_page(page)
    blocks = blocks_of(scan)
    pages = (file_of(config, page),)
    proven = sum(
        ledger.proof_for(text_digest(block.source), pages=pages, package=package) is not None
        for block in blocks
    )
    title = scan.headings[0].text.replace("`", "") if scan.headings else page.name
    return PageReport(page, title, Count(proven, len(blocks)))
