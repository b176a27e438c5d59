"""What a session of pytest found out about the documentation, all items together.

Owns the records of the items, the ledger that they become, what is written into the pages, and the
summary at the end. Refuses to run anything; it lives in the one process that controls a session.

When every block of the documentation has passed, the session is also held to what only all of them
show: that the blocks exercise the public names. With stubs, it is held to the score.

Invariants: a ledger is written in one piece; a failed run writes no page; a fault that is found
here fails the session.
"""

from collections.abc import Iterator

import msgspec
import pytest

from hozon_docs.coverage import coverage_findings, describe, measure
from hozon_docs.findings import DocsError, Finding, shown
from hozon_docs.items import PROPERTY, Record, Session, write_updates
from hozon_docs.ledger import (
    Entry,
    Ledger,
    MutantResult,
    Place,
    PublicNames,
    merge,
    read_ledger,
    seal_names,
    text_digest,
    write_ledger,
)
from hozon_docs.mutants import describe_mutants, mutant_findings
from hozon_docs.pages import all_pages, file_of, read_page


class Results:
    """Keeps what the items found out; a plug-in of its own for each session."""

    def __init__(self, docs: Session) -> None:
        """Begin without a result."""
        self._docs = docs
        self._records: list[Record] = []
        self._ledger = Ledger()
        self._lines: list[str] = []
        self._findings: list[Finding] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the record out of the report of an item, wherever it ran."""
        for name, value in report.user_properties:
            if name == PROPERTY and report.when == "call":
                self._records.append(msgspec.convert(value, Record))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the pages or the ledger, and judge what all blocks show together."""
        if self._docs.updating:
            if exitstatus == pytest.ExitCode.OK:
                self._write_updates()
            return  # What a failed or an interrupted run printed is no truth to write down.
        if not self._records:
            return
        self._write_ledger()
        self._judge()
        if self._findings and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _write_updates(self) -> None:
        try:
            write_updates(self._docs)
        except DocsError as error:
            pytest.exit(str(error), returncode=pytest.ExitCode.TESTS_FAILED)

    def _write_ledger(self) -> None:
        docs = self._docs
        try:
            old = read_ledger(docs.config.ledger)
        except DocsError:
            old = Ledger()  # A run is how a ledger is repaired.
        names = tuple(name.name for name in docs.inventory.names)
        new = Ledger(
            entries=tuple(record.entry for record in self._records),
            mutants=tuple(self._mutants()),
            public=seal_names(PublicNames(package=docs.package, names=names)),
        )
        self._ledger = merge(old, new, package=docs.package, current=self._places())
        write_ledger(docs.config.ledger, self._ledger)

    def _places(self) -> frozenset[Place]:
        """Name every block that the pages have now."""
        config = self._docs.config
        return frozenset(
            (file_of(config, page), part.name, text_digest(part.source))
            for page in all_pages(config)
            for part in read_page(page).parts
        )

    def _mutants(self) -> Iterator[MutantResult]:
        for record in self._records:
            yield from record.mutants

    def _judge(self) -> None:
        docs = self._docs
        if docs.mutating:
            results = list(self._mutants())
            self._lines += describe_mutants(results)
            self._findings += mutant_findings(results, config=docs.config)
        elif docs.config.api and self._is_complete():
            coverage = measure(self._ledger.entries, docs.inventory, config=docs.config)
            self._lines += describe(coverage)
            self._findings += coverage_findings(coverage, config=docs.config)

    def _is_complete(self) -> bool:
        """Tell whether every block has run against this very code, and none has failed."""
        config = self._docs.config
        known = {entry.place for entry in self._ledger.entries}
        runnable = {
            (file_of(config, page), block.name, text_digest(block.source))
            for page in all_pages(config)
            for block in read_page(page).blocks
        }
        failed = any(entry.outcome == "failed" for entry in self._ledger.entries)
        return not failed and runnable <= known

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say how many blocks passed in which language, and which were skipped and why."""
        entries = [record.entry for record in self._records]
        if not entries:
            return
        terminalreporter.section("documentation")
        for language in self._docs.config.languages:
            ours = [entry for entry in entries if entry.language == language]
            if ours:
                terminalreporter.line(f"{language}: {', '.join(_counts(ours))}")
        for entry in sorted(entries, key=lambda entry: (entry.page, entry.line)):
            if entry.outcome == "skipped":
                terminalreporter.line(f"skipped {entry.page}:{entry.line}: {entry.reason}")
        for line in (*self._lines, *map(str, self._findings)):
            terminalreporter.line(line)
        if not self._docs.updating:
            terminalreporter.line(f"ledger: {shown(self._docs.config.ledger)}")


def _counts(entries: list[Entry]) -> Iterator[str]:
    for kind in ("python", "shell", "data"):
        ours = [entry for entry in entries if entry.kind == kind]
        passed = sum(entry.outcome == "passed" for entry in ours)
        if ours:
            yield f"{passed} of {len(ours)} {kind} blocks passed"
