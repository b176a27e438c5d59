"""What keeps a site from being published: unproven blocks, too many skips, missing pages.

Owns the findings of one language's build, all of them, and the sign that a build was judged at all.
Refuses to stop the build: the MkDocs plug-in does, once every page has been seen.

Invariant: a finding names the file in which the text stands, which for a docstring is the module.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from hozon_docs.config import Config
from hozon_docs.data import DATA, language_fault
from hozon_docs.findings import Finding, shown
from hozon_docs.ledger import Entry, text_digest
from hozon_docs.markdown import Page
from hozon_docs.marks import Judge, Mark, State
from hozon_docs.pages import all_pages, file_of, read_page
from hozon_docs.proof_report import blocks_of
from hozon_docs.rendered import RenderedBlock, line_of

STYLES = "assets/stylesheets/hozon_docs.css"
"""What the MkDocs plug-in leaves in each site that it has judged, for the pages to load."""

_SHOWN = frozenset({State.PASSED, State.SKIPPED})
"""What may be published: proof, or the reason why there is none."""
_FAULTS = {
    State.FAILED: "failed when it was last run",
    State.NOT_RUN: "has no proof: this very text never passed against this very code",
}


@dataclass(slots=True)
class Gate:
    """Collects what is wrong with one language while its pages are built."""

    config: Config
    """Where the documentation lives, and its budgets."""
    language: str
    """The language that is built."""
    skips: Sequence[Entry] = ()
    """The blocks that are skipped, in all languages: the budget is one for the whole project."""
    findings: list[Finding] = field(default_factory=list)
    """What was found so far."""

    def check_page(self, page: Page, marks: Sequence[Mark]) -> None:
        """Note the blocks of a page that lack their proof.

        Args:
            page: What the page was built from; its file may not exist.
            marks: What is known of its blocks.
        """
        if page.language != self.language:
            self.findings.append(_missing(self.config, page, language=self.language))
        for mark in marks:
            if mark.state not in _SHOWN:
                self.findings.append(_unproven(self.config, page, mark))

    def check_source(self, page: Page, *, judge: Judge) -> None:
        """Note what is wrong with the text of a page, and its data that nothing has parsed.

        Args:
            page: The page; its file exists.
            judge: What holds now.
        """
        scan = read_page(page)
        self.findings += scan.findings
        file = file_of(self.config, page)
        for fence in scan.fences:
            fault = language_fault(fence)
            if fence.language in DATA:
                state = judge.state_of(fence.source, pages=(file,))
                fault = _fault(fence.name, state)
            if fault:
                self.findings.append(Finding(page.path, fence.line, fault))

    def verdict(self) -> list[Finding]:
        """Give everything that was found, budgets included.

        Returns:
            The findings in the order of files and lines, none of them twice.
        """
        return sorted({*self.findings, *self._beyond_budget()})

    def _beyond_budget(self) -> Iterator[Finding]:
        for kind, number in sorted(Counter(skip.kind for skip in self.skips).items()):
            allowed = self.config.skips.get(kind, 0)
            if number > allowed:
                yield Finding(
                    self.config.root / "pyproject.toml",
                    1,
                    f"{number} {kind} blocks are skipped, and [tool.hozon_docs] skips allows "
                    f"{allowed}; let them run, or raise the budget.",
                )


def _missing(config: Config, page: Page, *, language: str) -> Finding:
    path = config.tree(language) / f"{page.name}{page.path.suffix}"
    return Finding(path, 1, f"is missing; translate {shown(page.path)}.")


def _unproven(config: Config, page: Page, mark: Mark) -> Finding:
    # What another plug-in made up has no file; its code must not escape for that.
    files = (page,) if page.path.exists() else ()
    origins = _in_modules(config) if mark.block.in_docstring else files
    line = line_of(page, mark.block.text) if files else 1
    source, line, name = _origin(origins, mark.block) or (page, line, "")
    return Finding(source.path, line, _fault(name or mark.block.kind, mark.state))


def _fault(name: str, state: State) -> str:
    """Say what keeps a block from being published; empty where nothing does."""
    return "" if state in _SHOWN else f"{name} {_FAULTS[state]}; run the tests and build again."


def _in_modules(config: Config) -> Iterable[Page]:
    return (page for page in all_pages(config) if page.path.suffix == ".py")


def _origin(pages: Iterable[Page], block: RenderedBlock) -> tuple[Page, int, str] | None:
    """Find the place from which a text was rendered."""
    text = text_digest(block.text)
    for page in pages:
        for one in blocks_of(read_page(page)):
            if text_digest(one.source) == text:
                return page, one.line, one.name
    return None
