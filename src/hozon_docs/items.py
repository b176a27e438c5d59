"""The items of a pytest session: a page's blocks, and the page itself.

Owns what happens when one of them runs: its group's earlier blocks, its world, the judgement, the
statement of the project, and the record that goes into the ledger. Refuses to know options, and to
write files but the pages that `write_updates` is asked for.

A block of a group runs after the earlier blocks of the group, again, in a world of its own. So each
item is whole: any choice of items runs, in any order, in any process.

Invariants: an item leaves the process as it was; a failure is one failed test with the page, the
line and the reason.
"""

import contextlib
import functools
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import msgspec
import pytest
from typing_extensions import override

from hozon_docs.commands import commands_in
from hozon_docs.config import Config
from hozon_docs.coverage import exercised
from hozon_docs.data import DATA, SHELL, language_fault, parse_fence
from hozon_docs.findings import Finding, shown
from hozon_docs.inventory import Inventory, read_inventory
from hozon_docs.ledger import (
    Entry,
    Kind,
    MutantResult,
    Outcome,
    seal,
    text_digest,
)
from hozon_docs.markdown import Block, Fence, Page
from hozon_docs.mutants import try_stubs
from hozon_docs.pages import earlier_in_group, file_of, later_in_group, read_page
from hozon_docs.places import setting_of
from hozon_docs.runner import Around, Namespace, Run, run_block
from hozon_docs.shell import commands_of, fault_of, regenerate_shell, run_shell
from hozon_docs.trace import Trace
from hozon_docs.update import update_page, updated_page
from hozon_docs.verdict import BlockFailedError, check_output, check_reached, proven_source
from hozon_docs.worlds import World

PROPERTY = "hozon_docs"
"""The name under which a report carries a record."""


@dataclass
class Session:
    """What the items of one session share."""

    config: Config
    """Where the documentation lives."""
    package: str
    """The digest of the documented packages."""
    versions: Mapping[str, str]
    """The versions that a proof names."""
    updating: bool
    """Whether outputs are written into the pages."""
    mutating: bool
    """Whether blocks are tried against stubs."""
    updates: dict[Path, dict[int, tuple[Block | Fence, str]]] = field(default_factory=dict)
    """New texts by page and line, where outputs are written."""

    @functools.cached_property
    def inventory(self) -> Inventory:
        """Give the public names; to read them imports the documented packages."""
        return read_inventory(self.config)


DOCS = pytest.StashKey[Session]()
"""Where a configuration keeps its session."""


@dataclass(frozen=True, slots=True)
class Record:
    """What an item found out, as a report carries it."""

    entry: Entry
    """What came of the block."""
    mutants: tuple[MutantResult, ...] = ()
    """What came of it with stubs, where they were tried."""


@dataclass(slots=True)
class Notes:
    """What an item notes while it runs."""

    exercised: frozenset[str] = frozenset()
    """The public names that the block exercises."""
    mutants: list[MutantResult] = field(default_factory=list)
    """What came of it with stubs."""


class PageFile(pytest.File):
    """One page, or one module with docstrings."""

    page: Page

    @classmethod
    def of(cls, parent: pytest.Collector, page: Page) -> "PageFile":
        """Make the collector of a page.

        Args:
            parent: The folder.
            page: The page.

        Returns:
            The collector.
        """
        made = cls.from_parent(parent, path=page.path)
        made.page = page
        return made

    @override
    def collect(self) -> Iterator[pytest.Item]:
        """Read the page and give an item for itself and for each of its blocks."""
        scan = read_page(self.page)
        faults = [
            Finding(self.page.path, fence.line, fault)
            for fence in scan.fences
            if (fault := language_fault(fence))
        ]
        yield PageItem.of(self, findings=[*scan.findings, *faults])
        for block in scan.blocks:
            before = earlier_in_group(scan, block)
            after = later_in_group(scan, block)
            yield BlockItem.of(self, block=block, before=before, after=after)
        for fence in scan.fences:
            if fence.language in SHELL:
                yield ShellItem.of(self, fence=fence)
            elif fence.language in DATA:
                yield DataItem.of(self, fence=fence)


class DocsItem(pytest.Item):
    """What all items have in common."""

    page: Page
    line: int
    title: str
    kind: Kind
    before: Sequence[Block] = ()

    @property
    def docs(self) -> Session:
        """Give what the items of the session share."""
        return self.config.stash[DOCS]

    @override
    def reportinfo(self) -> tuple[Path, int, str]:
        """Name the page and the line, counted from 0 as pytest does."""
        return self.path, self.line - 1, f"{self.page}:{self.line} {self.title}"

    @override
    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any) -> Any:
        """Show the message alone where it tells all, and a traceback otherwise."""
        if isinstance(excinfo.value, BlockFailedError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *args)

    @contextlib.contextmanager
    def recorded(self, part: Block | Fence) -> Iterator[Notes]:
        """Skip the block if it says so, and put its result into the report of the item.

        Args:
            part: The block.

        Yields:
            What the item may add.
        """
        begin, ran_at = time.perf_counter(), datetime.fromtimestamp(time.time(), UTC)
        notes = Notes()
        setting = setting_of(part, before=self.before)
        outcome: Outcome = "failed"
        reason = ""
        try:
            if part.skip:
                outcome = "skipped"
                _skip(part.skip)
            yield notes
            outcome = "passed"
        except BaseException as error:
            reason = part.skip or str(error).split("\n", 1)[0] or type(error).__name__
            # What is no text cannot be written down, and would take the whole record with it.
            reason = reason.encode(errors="backslashreplace").decode()
            raise
        finally:
            entry = Entry(
                page=file_of(self.docs.config, self.page),
                line=self.line,
                title=self.title,
                kind=self.kind,
                language=self.page.language,
                text=text_digest(part.source),
                package=self.docs.package,
                versions=self.docs.versions,
                outcome=outcome,
                reason=reason,
                duration_s=round(time.perf_counter() - begin, 6),
                ran_at=ran_at.isoformat(timespec="seconds"),
                exercised=tuple(sorted(notes.exercised)),
                setting=setting,
            )
            mutants = (seal(replace(one, setting=setting)) for one in notes.mutants)
            record = Record(seal(entry), tuple(mutants))
            self.user_properties.append((PROPERTY, msgspec.to_builtins(record)))

    @contextlib.contextmanager
    def world(self) -> Iterator[World]:
        """Build the world of the page in a folder that is removed afterwards."""
        with tempfile.TemporaryDirectory(prefix="docs-", ignore_cleanup_errors=True) as name:
            made = self.ihook.pytest_docs_world(
                page=self.page, folder=Path(name), config=self.config
            )
            with made if made is not None else _bare_world(Path(name)) as world:
                yield world


@dataclass(frozen=True, slots=True)
class _BareWorld:
    """An empty folder: the world of a project that makes none."""

    directory: Path

    def environment(self) -> Mapping[str, str]:
        return {}


@contextlib.contextmanager
def _bare_world(folder: Path) -> Iterator[World]:
    yield _BareWorld(folder)


class PageItem(DocsItem):
    """The page itself: what is wrong with it before anything runs."""

    findings: Sequence[Finding]

    @classmethod
    def of(cls, parent: PageFile, *, findings: Sequence[Finding]) -> "PageItem":
        """Make the item of a page."""
        made = cls.from_parent(parent, name="page")
        made.page, made.line, made.title = parent.page, 1, "page"
        made.findings = findings
        return made

    @override
    def runtest(self) -> None:
        """Fail with the findings, if there are any."""
        if self.findings:
            raise BlockFailedError("\n".join(map(str, self.findings)))


class BlockItem(DocsItem):
    """One Python block."""

    kind: Kind = "python"
    block: Block
    after: Sequence[Block]

    @classmethod
    def of(
        cls, parent: PageFile, *, block: Block, before: Sequence[Block], after: Sequence[Block]
    ) -> "BlockItem":
        """Make the item of a block that runs between others of its group, if it has one."""
        name = f"{block.name}:{block.line}"
        made = cls.from_parent(parent, name=name)
        made.page, made.line, made.title = parent.page, block.line, block.name
        made.block = block
        made.before, made.after = before, after
        return made

    @override
    def runtest(self) -> None:
        """Run the block in its world, judge the run, and ask for the project's statement."""
        with self.recorded(self.block) as notes:
            with self.world() as world:
                namespace = Namespace()
                run = self.run_in(world, namespace=namespace)
                self._judge(run)
                if not self.docs.updating:
                    self.state()
                self.go_on(run, world=world, namespace=namespace)
                check_reached(run)
            if self.docs.updating:
                texts = self.docs.updates.setdefault(self.path, {})
                texts[self.line] = (self.block, proven_source(run))
                return
            notes.exercised = exercised(run, self.docs.inventory)
            if self.docs.mutating:
                notes.mutants += self.try_stubs(run)

    def try_stubs(self, run: Run) -> list[MutantResult]:
        """Replace what the block calls, one callable at a time, and look whether it notices.

        Args:
            run: What came of the block as it is.

        Returns:
            What came of each stub.
        """
        docs = self.docs
        return try_stubs(
            run, docs.inventory, self.attempt, config=docs.config, package=docs.package
        )

    def attempt(self, around: Around) -> str | None:
        """Run and judge the block in a world of its own, with something around it.

        Args:
            around: What surrounds the block while it runs: a stub.

        Returns:
            How it failed; None where it passed.
        """
        try:
            with self.world() as world:
                self._judge(self.run_in(world, namespace=Namespace(), around=around))
                self.state()
        except Exception as error:  # noqa: BLE001 -- whatever a statement meets, it noticed
            return str(error) or type(error).__name__
        return None

    def run_in(self, world: World, *, namespace: Namespace, around: Around | None = None) -> Run:
        """Run the earlier blocks of the group and then this one.

        Args:
            world: Where.
            namespace: An empty namespace.
            around: What surrounds this one while it runs.

        Returns:
            What came of this one.

        Raises:
            pytest.skip.Exception: An earlier block of the group failed.
        """
        folder = world.directory
        for earlier in self.before:
            try:
                self._judge(run_block(earlier, directory=folder, namespace=namespace, watch=False))
            except BlockFailedError:
                reason = f"{earlier.name}, in line {earlier.line}, failed before it"
                _skip(f"group {self.block.group!r}: {reason}")
        return run_block(self.block, directory=folder, namespace=namespace, around=around)

    def go_on(self, run: Run, *, world: World, namespace: Namespace) -> None:
        """Let the later blocks of the group reach the functions that this one only defines.

        Args:
            run: What came of this one; what is reached is added to its trace.
            world: The world of that run, which is of no use afterwards.
            namespace: The namespace of that run.
        """
        if run.code is None or run.trace is None or not (self.after and run.trace.unreached()):
            return
        with Trace(run.code) as trace:
            for later in self.after:
                run_block(later, directory=world.directory, namespace=namespace, watch=False)
        run.trace.reached |= trace.reached

    def _judge(self, run: Run) -> None:
        """Hold a run to its block; where outputs are to be rewritten, they may be wrong."""
        if self.docs.updating:
            proven_source(run)
        else:
            check_output(run)

    def state(self) -> None:
        """Ask the project what must be true now.

        Raises:
            BlockFailedError: It is not true.
        """
        try:
            self.ihook.pytest_docs_statement(block=self.block, config=self.config)
        except AssertionError as error:
            place = f"{shown(self.path)}:{self.line}: {self.title}"
            reason = "ran, but what must be true afterwards is not."
            raise BlockFailedError(f"{place}: {reason}\n\n{_told(error)}") from error


def _skip(reason: str) -> NoReturn:
    """Skip a block; the summary names its place in the page, not this line."""
    raise pytest.skip.Exception(reason, _use_item_location=True)


def _told(error: AssertionError) -> str:
    """Show a failed assertion as pytest does, without the frames that only lead to it."""
    info = pytest.ExceptionInfo.from_exception(error)
    inner = ("pluggy", "_pytest", "hozon_docs")
    info.traceback = info.traceback.filter(
        lambda entry: not any(name in Path(entry.path).parts for name in inner)
    )
    return str(info.getrepr(style="short", chain=False))


class ShellItem(DocsItem):
    """One block of a shell."""

    kind: Kind = "shell"
    fence: Fence

    @classmethod
    def of(cls, parent: PageFile, *, fence: Fence) -> "ShellItem":
        """Make the item of a shell block."""
        name = f"{fence.name}:{fence.line}"
        made = cls.from_parent(parent, name=name)
        made.page, made.line, made.title = parent.page, fence.line, fence.name
        made.fence = fence
        return made

    @override
    def runtest(self) -> None:
        """Run the block in one shell, on the page's world."""
        with self.recorded(self.fence) as notes:
            with self.world() as world:
                environment = _shell_environment(world)
                session = run_shell(self.fence, directory=world.directory, environment=environment)
            fault = fault_of(session, outputs=not self.docs.updating)
            if fault is not None:
                line, reason = self.line + fault[0], fault[1]
                raise BlockFailedError(f"{shown(self.path)}:{line}: {self.title}: {reason}")
            if self.docs.updating:
                text = regenerate_shell(session)
                self.docs.updates.setdefault(self.path, {})[self.line] = (self.fence, text)
            script = "\n".join(command.text for command in commands_of(self.fence))
            notes.exercised = commands_in(script, self.docs.inventory.command_line)


def _shell_environment(world: World) -> dict[str, str]:
    """Give the variables of a shell: a plain terminal of a fresh user, and the world's."""
    folder = Path(sys.executable).parent
    return {
        "PATH": os.pathsep.join([str(folder), os.environ.get("PATH", os.defpath)]),
        "HOME": str(world.directory),
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        "COLUMNS": "80",
        "TERM": "dumb",
        "NO_COLOR": "1",
        **world.environment(),
    }


class DataItem(DocsItem):
    """One block of data."""

    kind: Kind = "data"
    fence: Fence

    @classmethod
    def of(cls, parent: PageFile, *, fence: Fence) -> "DataItem":
        """Make the item of a block of data."""
        name = f"{fence.name}:{fence.line}"
        made = cls.from_parent(parent, name=name)
        made.page, made.line, made.title = parent.page, fence.line, fence.name
        made.fence = fence
        return made

    @override
    def runtest(self) -> None:
        """Parse the block, and load it by the code that reads it, if it is a configuration."""
        with self.recorded(self.fence):
            try:
                parse_fence(self.fence)
                self.ihook.pytest_docs_load(fence=self.fence, page=self.page, config=self.config)
            except Exception as error:
                place = f"{shown(self.path)}:{self.line}: {self.title}"
                raise BlockFailedError(f"{place}: is not valid: {error}") from error


def write_updates(session: Session) -> list[Path]:
    """Write the outputs of the session's runs into the pages.

    Args:
        session: What ran.

    Returns:
        The pages that changed.

    Raises:
        DocsError: A page changed while its blocks ran; no page is written.
    """
    for path, texts in session.updates.items():
        updated_page(path, texts)  # All pages still hold what ran, or none is touched.
    return [path for path, texts in session.updates.items() if update_page(path, texts)]
