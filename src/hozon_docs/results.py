"""What a session of pytest found out about the documentation, all items together.

Owns the records of the items, the ledger that they become, what is written into the pages, and the
summary at the end. Refuses to run anything; it lives in the one process that controls a session.

When every block of the documentation has passed, the session is also held to what only all of them
show: that the blocks exercise the public names. With stubs, it is held to the score.

Invariants: a ledger is written in one piece; a failed run writes no page; a fault that is found
here fails the session.
"""

from collections.abc import Iterator
from dataclasses import replace

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
    seal,
    write_ledger,
)
from hozon_docs.markdown import Block, Fence
from hozon_docs.mutants import describe_mutants, mutant_findings
from hozon_docs.pages import page_of
from hozon_docs.places import placed


class Results:
    """Keeps what the items found out; a plug-in of its own for each session."""

    def __init__(self, docs: Session) -> None:
        """Begin without a result."""
        self._docs = docs
        self._records: dict[str, list[Record]] = {}
        self._failed: dict[str, str] = {}
        self._ledger = Ledger()
        self._placed: list[tuple[Block | Fence, Place]] = []
        self._lines: list[str] = []
        self._findings: list[Finding] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the record out of the report of an item, wherever it ran."""
        for name, value in report.user_properties:
            if name == PROPERTY and report.when == "call":
                records = self._records.setdefault(report.nodeid, [])
                records.append(msgspec.convert(value, Record))
        if report.failed and self._is_of_a_page(report.nodeid):
            told = report.longreprtext.strip().split("\n")[-1]
            self._failed[report.nodeid] = f"failed beside its own code: {told}"

    def _is_of_a_page(self, nodeid: str) -> bool:
        config = self._docs.config
        return page_of(config, config.root / nodeid.partition("::")[0]) is not None

    def _told(self) -> Iterator[Record]:
        """Give the records; a test that failed proves nothing, whatever its item found out.

        A thread or a destructor of the block may fail, a fixture, or a hook of the project.
        """
        for nodeid, records in self._records.items():
            for record in records:
                entry = record.entry
                if nodeid in self._failed and entry.outcome == "passed":
                    entry = replace(entry, outcome="failed", reason=self._failed[nodeid])
                    yield Record(seal(entry))
                else:
                    yield record

    def _is_told(self, part: Block | Fence, place: Place) -> bool:
        """Tell whether what was known of a block still is: not where its test failed untold.

        A process that ended, and a fixture that failed, leave no record.
        """
        nodeid = f"{place[0]}::{part.name}:{part.line}"
        return nodeid not in self._failed or nodeid in self._records

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the pages or the ledger, and judge what all blocks show together."""
        if self._docs.updating:
            if exitstatus == pytest.ExitCode.OK:
                self._write_updates()
            return  # What a failed or an interrupted run printed is no truth to write down.
        if not (self._records or self._failed):
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
            entries=tuple(record.entry for record in self._told()),
            mutants=tuple(self._mutants()),
            public=seal(PublicNames(package=docs.package, names=names)),
        )
        self._placed = list(placed(docs.config))
        current = {place for part, place in self._placed if self._is_told(part, place)}
        self._ledger = merge(old, new, package=docs.package, current=current)
        write_ledger(docs.config.ledger, self._ledger)

    def _mutants(self) -> Iterator[MutantResult]:
        for record in self._told():
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
        known = {entry.place for entry in self._ledger.entries}
        runnable = {place for part, place in self._placed if isinstance(part, Block)}
        failed = any(entry.outcome == "failed" for entry in self._ledger.entries)
        return not failed and runnable <= known

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say how many blocks passed in which language, and which were skipped and why."""
        entries = [record.entry for record in self._told()]
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
