"""The packaged linters of prose, which need Node.js.

Owns how textlint and cspell are found, called and read. Which of them checks a language is said by
its configuration in the project's folder: `.textlintrc.<language>.yml` and `cspell.<language>.yml`.
Refuses to install anything, and to know a rule.

Invariants: a linter sees prose alone, at the lines at which it stands in the page; no page is ever
written to; a linter that cannot run is an error or a word about it, never silence.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import msgspec

from hozon_docs.config import Config
from hozon_docs.findings import DocsError, Finding, shown
from hozon_docs.markdown import Page
from hozon_docs.passages import prose_only

TIMEOUT_S = 300
"""How long a linter may take, in seconds, before it counts as stuck."""

_PACKAGES = "node_modules"
_SUFFIXES = (".yml", ".yaml", ".json")
_SUGGESTIONS = 3


_Fault = tuple[str, int, str]
"""A file, a line, and what is wrong there."""


@dataclass(frozen=True, slots=True)
class Linter:
    """One program that checks prose."""

    name: str
    """The name of the program."""
    configuration: str
    """How its configuration for a language is named, without the suffix."""
    arguments: Callable[[Path, Path], Sequence[str]]
    """What to call it with, given its configuration and the folder with the pages."""
    read: Callable[[str], Iterator[_Fault]]
    """How to read what it prints."""

    def configured(self, config: Config, language: str) -> Path | None:
        """Find its configuration for a language.

        Args:
            config: Where the documentation lives.
            language: The code of the language.

        Returns:
            The file; None where the project does not use it for this language.
        """
        name = self.configuration.format(language=language)
        files = (config.root / f"{name}{suffix}" for suffix in _SUFFIXES)
        return next((file for file in files if file.exists()), None)


@dataclass(frozen=True, slots=True)
class Linted:
    """What the linters say of a language."""

    findings: tuple[Finding, ...]
    """What is wrong, in the order of the pages."""
    skipped: str = ""
    """Why they did not run, and what to install; empty where they did, or are not used."""


def lint(config: Config, language: str, pages: Sequence[Page]) -> Linted:
    """Run the linters of a language over its pages.

    Args:
        config: Where the documentation lives; the linters are installed in its folder.
        language: The code of the language.
        pages: The pages to check.

    Returns:
        Their findings, or why they could not run.

    Raises:
        DocsError: A linter failed, or its output is not understood. The message holds what it said.
    """
    used = {
        linter: file
        for linter in LINTERS
        if (file := linter.configured(config, language)) and pages
    }
    missing = _missing(config, used)
    if missing or not used:
        return Linted((), missing)
    # Linters see real paths; a temporary folder may be reached through a link.
    with tempfile.TemporaryDirectory(prefix="hozon-docs-") as scratch:
        folder = Path(scratch).resolve()
        originals = _write_prose(folder, pages)
        findings = [
            Finding(originals[file], line, f"{reason} ({linter.name})")
            for linter, configuration in used.items()
            for file, line, reason in _run(linter, config, configuration, folder)
        ]
    return Linted(tuple(sorted(findings)))


def _missing(config: Config, used: Iterable[Linter]) -> str:
    """Say what to install; nothing where all that is used is there."""
    for linter in used:
        if shutil.which("node") is None:
            return (
                f"{linter.name} needs Node.js, which is not installed; install Node.js 20.18 or "
                "newer with npm, and run `npm ci`."
            )
        if not _program(config, linter).exists():
            return f"{linter.name} is not installed; run `npm ci`."
    return ""


def _program(config: Config, linter: Linter) -> Path:
    return config.root / _PACKAGES / ".bin" / linter.name


def _write_prose(folder: Path, pages: Iterable[Page]) -> Mapping[str, Path]:
    """Write the prose of the pages into a folder; tell which page each file is."""
    originals: dict[str, Path] = {}
    for number, page in enumerate(pages):
        # A linter's own name patterns see `.md`; two pages may have one name.
        file = folder / str(number) / f"{Path(page.name).name}.md"
        file.parent.mkdir()
        file.write_text(prose_only(page.path.read_text("utf-8-sig")), "utf-8")
        originals[str(file)] = page.path
    return originals


def _run(linter: Linter, config: Config, configuration: Path, folder: Path) -> list[_Fault]:
    command = [str(_program(config, linter)), *linter.arguments(configuration, folder)]
    try:
        done = subprocess.run(  # noqa: S603 -- the project's own linter, with no shell between
            command,
            cwd=config.root,
            capture_output=True,
            check=False,
            encoding="utf-8",
            timeout=TIMEOUT_S,
        )
        # Exit code 1 means findings as well as a failure: only what is printed tells.
        return list(linter.read(done.stdout))
    except subprocess.TimeoutExpired:
        raise DocsError(
            f"{linter.name} has not ended in {TIMEOUT_S} seconds; run it by hand: "
            f"{' '.join(command)}"
        ) from None
    except msgspec.MsgspecError:
        said = (done.stderr or done.stdout).strip()[-2000:] or f"exit code {done.returncode}"
        raise DocsError(
            f"{linter.name} failed with {shown(configuration)}: {said}\n"
            "Correct the configuration, or run `npm ci`."
        ) from None


class _Message(msgspec.Struct, frozen=True, rename="camel"):
    """What textlint prints of one fault; the rest of it is left out."""

    rule_id: str
    line: int
    message: str


class _Messages(msgspec.Struct, frozen=True, rename="camel"):
    """What textlint prints of one file."""

    file_path: str
    messages: list[_Message]


class _Issue(msgspec.Struct, frozen=True):
    """What cspell prints of one word."""

    text: str
    row: int
    uri: str
    suggestions: list[str] = []


class _Issues(msgspec.Struct, frozen=True):
    """What cspell prints."""

    issues: list[_Issue]


def _textlint_arguments(configuration: Path, folder: Path) -> Sequence[str]:
    return "--config", str(configuration), "--format", "json", str(folder)


def _textlint_faults(printed: str) -> Iterator[_Fault]:
    for file in msgspec.json.decode(printed, type=list[_Messages]):
        for one in file.messages:
            said = " ".join(one.message.split())
            yield file.file_path, one.line, f"{said} [{one.rule_id}] Rewrite the sentence."


def _cspell_arguments(configuration: Path, folder: Path) -> Sequence[str]:
    return (
        *("lint", "--no-progress", "--no-summary", "--no-must-find-files", "--show-suggestions"),
        *("--reporter", "@cspell/cspell-json-reporter"),
        *("--root", str(folder), "--config", str(configuration), "**/*.md"),
    )


def _cspell_faults(printed: str) -> Iterator[_Fault]:
    for issue in msgspec.json.decode(printed, type=_Issues).issues:
        similar = " or ".join(repr(word) for word in issue.suggestions[:_SUGGESTIONS])
        reason = (
            f"{issue.text!r} is in no dictionary{similar and f', but {similar} is'}; correct it, "
            "write it as code, or add it to the words of the project."
        )
        yield url2pathname(urlsplit(issue.uri).path), issue.row, reason


LINTERS = (
    Linter("textlint", ".textlintrc.{language}", _textlint_arguments, _textlint_faults),
    Linter("cspell", "cspell.{language}", _cspell_arguments, _cspell_faults),
)
"""The linters, in the order in which they run."""
