"""The ledger: which block passed, with which text, against which code.

Owns the results of the last runs, their seals, and the one file that holds them. Refuses to run
blocks, to find them in pages, and to decide what an unproven block means: the pytest plug-in writes
a ledger, the MkDocs plug-in asks it.

The file is never committed. A result holds for one text of a block and one state of the documented
packages; both are named by their SHA-256, so a change of either leaves the result without force.

Invariants: what is read is what a run wrote, or an error (each result carries a seal over all of
itself); a ledger that is being written is never seen half; a text that failed in a page is not
proven there, whatever else passed.
"""

import functools
import hashlib
import platform
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Literal, TypeAlias, TypeVar

import msgspec

from hozon_docs.atomic import write_atomically
from hozon_docs.config import Config
from hozon_docs.findings import DocsError, shown

Kind: TypeAlias = Literal["python", "shell", "data"]
"""What runs a block: the interpreter, the shell, or a parser."""
Outcome: TypeAlias = Literal["passed", "failed", "skipped"]
"""What came of a block. Only a skip that the page asks for is `skipped`: a block that never began,
because another of its group failed, has `failed`, too."""
Place: TypeAlias = tuple[str, str, str, str]
"""What a block is known by: its page, its title, the digest of its text, and its setting. Lines
move."""

_FORMAT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What came of one block in one run."""

    page: str
    """Its file, from the project's folder, with forward slashes: `docs/ja/guides/delete.md`."""
    line: int
    """The line of its opening fence at the time of the run, counted from 1."""
    title: str
    """What names it within its page; empty for a block without a name."""
    kind: Kind
    """What ran it."""
    language: str
    """The language of its page: `ja`; that of the source for a module and a README."""
    text: str
    """What `text_digest` gives for its text, output included."""
    package: str
    """What `package_digest` gave for the documented packages when it ran."""
    versions: Mapping[str, str] = field(hash=False)
    """The versions it ran with: `python`, and each distribution of the configuration."""
    outcome: Outcome
    """What came of it."""
    reason: str = ""
    """Why it was skipped, or how it failed, in one line; empty for one that passed."""
    duration_s: float = 0.0
    """How long it ran, in seconds, its world included."""
    ran_at: str = ""
    """When it began: ISO 8601, in UTC."""
    exercised: tuple[str, ...] = ()
    """The public names that its own frames used."""
    setting: str = ""
    """What `setting_of` gave for it: what its page says beside its text about how it runs."""
    seal: str = ""
    """The digest of all of the above; `seal` sets it."""

    @property
    def place(self) -> Place:
        """Give what the block is known by."""
        return (self.page, self.title, self.text, self.setting)


@dataclass(frozen=True, slots=True, kw_only=True)
class MutantResult:
    """What came of one block while one public callable was replaced by a stub."""

    page: str
    """The file of the block, as in `Entry`."""
    line: int
    """The line of its opening fence."""
    title: str
    """What names it within its page."""
    text: str
    """The digest of its text."""
    package: str
    """The digest of the documented packages."""
    name: str
    """The public callable that was replaced: `hozon.Artifact.delete`."""
    stub: str
    """What stood in for it: `returns nothing`, `skips the effect`."""
    outcome: Literal["killed", "survived"]
    """Whether the block noticed."""
    reason: str = ""
    """Why a survivor is no fault, where one is known; else empty."""
    setting: str = ""
    """What `setting_of` gave for the block."""
    seal: str = ""
    """The digest of all of the above; `seal` sets it."""

    @property
    def place(self) -> Place:
        """Give what the block is known by."""
        return (self.page, self.title, self.text, self.setting)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicNames:
    """What the blocks could exercise: so that the site is built without importing the packages."""

    package: str
    """The digest of the documented packages."""
    names: tuple[str, ...]
    """Their public names, in order."""
    seal: str = ""
    """The digest of all of the above; `seal` sets it."""


_Result = TypeVar("_Result", Entry, MutantResult)
_Sealed = TypeVar("_Sealed", Entry, MutantResult, PublicNames)


@dataclass(frozen=True, slots=True)
class Ledger:
    """All results that hold."""

    entries: tuple[Entry, ...] = ()
    """What came of the blocks."""
    mutants: tuple[MutantResult, ...] = ()
    """What came of the mutants."""
    public: PublicNames | None = None
    """The public names at the last run; None where no run looked for them."""

    def proof_for(self, text: str, *, pages: Collection[str], package: str) -> Entry | None:
        """Find the proof that a text passed.

        Args:
            text: What `text_digest` gives for it.
            pages: The files that may have run it: a page's own, or the modules whose docstrings it
                shows. The same text elsewhere ran in another world and proves nothing here.
            package: What `package_digest` gives now.

        Returns:
            The newest result that passed; None where there is none, or where one failed.
        """
        results = self.results_for(text, pages=pages, package=package)
        if any(result.outcome == "failed" for result in results):
            return None
        passed = [result for result in results if result.outcome == "passed"]
        return max(passed, key=lambda result: result.ran_at, default=None)

    def results_for(self, text: str, *, pages: Collection[str], package: str) -> list[Entry]:
        """List what came of a text, whatever it was.

        Args:
            text: What `text_digest` gives for it.
            pages: The files that may have run it.
            package: What `package_digest` gives now.

        Returns:
            The results, in the order of the ledger.
        """
        return [
            entry
            for entry in self.entries
            if entry.text == text and entry.package == package and entry.page in pages
        ]


def text_digest(text: str) -> str:
    """Name a block's text.

    Args:
        text: The text with its output lines, as a reader sees it.

    Returns:
        SHA-256 in hexadecimal digits. Line ends at the end do not count: HTML adds and drops them.
    """
    return hashlib.sha256(text.rstrip("\n").encode()).hexdigest()


def package_digest(config: Config) -> str:
    """Name the state of the documented packages and of the worlds, once per process.

    Call it before the packages are used: what was imported is what counts.

    Args:
        config: Which folders.

    Returns:
        SHA-256 in hexadecimal digits.

    Raises:
        DocsError: There is no such folder, so that no change would ever be noticed; correct
            `packages` or `worlds`.
    """
    for key, folders in (("packages", config.packages), ("worlds", config.worlds)):
        for folder in folders:
            if not folder.is_dir():
                raise DocsError(
                    f"pyproject.toml: [tool.hozon_docs] {key} names {shown(folder)}, which is no "
                    "folder; correct it."
                )
    return _digest_once(config.root, config.packages + config.worlds)


@functools.cache
def _digest_once(root: Path, folders: tuple[Path, ...]) -> str:
    return folders_digest(folders, root=root)


def folders_digest(folders: Iterable[Path], *, root: Path) -> str:
    """Name the state of some folders: every file's place and bytes, compiled Python left out.

    Args:
        folders: The folders, in any order.
        root: What places are relative to.

    Returns:
        SHA-256 in hexadecimal digits.
    """
    digest = hashlib.sha256()
    for folder in sorted(folders):
        for path in sorted(folder.rglob("*")):
            if "__pycache__" in path.parts or not path.is_file():
                continue
            # Lengths keep one file's end from reading as the next one's beginning.
            for part in (path.relative_to(root).as_posix().encode(), path.read_bytes()):
                digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def installed_versions(config: Config) -> dict[str, str]:
    """Tell which versions a run has.

    Args:
        config: Which distributions.

    Returns:
        The version of `python`, then of each distribution in the order of the configuration.

    Raises:
        DocsError: A distribution is not installed; install it, or take it out of `distributions`.
    """
    versions = {"python": platform.python_version()}
    for name in config.distributions:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            raise DocsError(
                f"pyproject.toml: [tool.hozon_docs] distributions names {name!r}, which is not "
                "installed; install it, or take it out of the list."
            ) from None
    return versions


def seal(result: _Sealed) -> _Sealed:
    """Close a result, or the list of public names.

    Args:
        result: What is to be closed; an older seal does not count.

    Returns:
        The same with its seal.
    """
    return replace(result, seal=_seal_of(result))


def _seal_of(result: Entry | MutantResult | PublicNames) -> str:
    canonical = msgspec.json.encode(replace(result, seal=""), order="deterministic")
    return hashlib.sha256(canonical).hexdigest()


def merge(old: Ledger, new: Ledger, *, package: str, current: Collection[Place]) -> Ledger:
    """Add the results of a run to those that still hold.

    Args:
        old: What was known before.
        new: What this run found; it replaces what was known of the same blocks.
        package: What `package_digest` gives now; results for other code are dropped.
        current: The blocks that the pages have now; results of others are dropped.

    Returns:
        All results that hold, in the order of pages and lines.
    """
    holds = frozenset(current)

    def kept(results: tuple[_Result, ...], ran: Collection[Place]) -> list[_Result]:
        return [
            result
            for result in results
            if result.package == package and result.place in holds and result.place not in ran
        ]

    entries = kept(old.entries, {entry.place for entry in new.entries}) + list(new.entries)
    mutants = kept(old.mutants, {result.place for result in new.mutants}) + list(new.mutants)
    public = new.public or old.public
    return Ledger(
        entries=tuple(sorted(entries, key=lambda entry: (entry.page, entry.line, entry.title))),
        mutants=tuple(sorted(mutants, key=lambda one: (one.page, one.line, one.name, one.stub))),
        public=public if public and public.package == package else None,
    )


@dataclass(frozen=True, slots=True)
class _File:
    """The file as it is written."""

    format: int
    entries: tuple[Entry, ...]
    mutants: tuple[MutantResult, ...]
    public: PublicNames | None


def read_ledger(path: Path) -> Ledger:
    """Read the ledger.

    Args:
        path: The file; an empty ledger where there is none.

    Returns:
        The ledger.

    Raises:
        DocsError: The file is no ledger, or a result was edited by hand; the message names the
            result. Run the tests again: they write it anew.
    """
    try:
        file = msgspec.json.decode(path.read_bytes(), type=_File)
    except FileNotFoundError:
        return Ledger()
    except (OSError, msgspec.MsgspecError) as error:
        raise DocsError(
            f"{shown(path)} is no ledger: {error}; remove it and run the tests again."
        ) from None
    if file.format != _FORMAT:
        raise DocsError(
            f"{shown(path)} was written by another release; remove it and run the tests again."
        )
    results: tuple[Entry | MutantResult, ...] = (*file.entries, *file.mutants)
    for result in results:
        if result.seal != _seal_of(result):
            raise DocsError(
                f"{shown(path)}: the result of {result.page}:{result.line} ({result.title}) was "
                "edited by hand; remove the file and run the tests again."
            )
    if file.public and file.public.seal != _seal_of(file.public):
        raise DocsError(
            f"{shown(path)}: the list of public names was edited by hand; remove the file and run "
            "the tests again."
        )
    return Ledger(file.entries, file.mutants, file.public)


def write_ledger(path: Path, ledger: Ledger) -> None:
    """Write the ledger in one step.

    Args:
        path: The file; it is replaced.
        ledger: Results that are sealed.
    """
    encoded = msgspec.json.encode(
        _File(_FORMAT, ledger.entries, ledger.mutants, ledger.public), order="deterministic"
    )
    write_atomically(path, msgspec.json.format(encoded, indent=1) + b"\n")
