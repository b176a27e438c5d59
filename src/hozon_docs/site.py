"""Building the site: one MkDocs process per language, and the page at the root.

Owns the processes, their environment and the moment at which a finished build takes the place of
the old one. Refuses to configure MkDocs (`mkdocs.yml` does, reading `DOCS_LANGUAGE` and
`DOCS_SITE_URL`), and to judge proofs (the plug-in of `hozon_docs` does, reading `DOCS_PUBLISH`).

Invariants: a language whose build fails leaves the site as it was, and so does an interrupt; a
build that fails is an error that names its languages, never half a site; two processes at most run
at a time.

Concurrency: Two builds into one folder at a time are not guarded against.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from hozon_docs.config import Config
from hozon_docs.findings import DocsError, shown
from hozon_docs.publishing import STYLES
from hozon_docs.root_page import root_page

PROCESSES = 2
"""How many languages are built at a time."""


class BuildError(DocsError):
    """A language could not be built; the message holds what MkDocs said, by language."""


@dataclass(frozen=True, slots=True)
class Built:
    """One language that was built."""

    language: str
    """Its code."""
    pages: int
    """How many HTML files it has."""
    seconds: float
    """How long its process ran."""


def build_site(
    config: Config,
    *,
    languages: Iterable[str] | None = None,
    site: Path | None = None,
    site_url: str | None = None,
    publish: bool = False,
    report: Callable[[Built], None] = lambda _: None,
) -> tuple[Built, ...]:
    """Build languages and put them in place together.

    Args:
        config: What to build.
        languages: Which languages; all where None.
        site: The folder to build into; the configuration's where None. Languages that are not
            built now stay in it.
        site_url: The address at which the site will stand; the configuration's where None.
        publish: Whether the build fails where a block lacks its proof, or a page its translation.
        report: Is called for each language as soon as it is built.

    Returns:
        What was built, in the order of the languages.

    Raises:
        BuildError: MkDocs failed or warned for a language, or a proof is missing; the message names
            the language and the page. Correct it and build again. The folder is as it was.
        DocsError: A language is unknown; choose one of those that the message lists.
    """
    chosen = _chosen(config, languages)
    target = site or config.site
    url = (site_url or config.site_url).rstrip("/") + "/"
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as staging:
        order = _Order(config, Path(staging), url, publish)
        built = _build_all(order, chosen, report)
        text = root_page(config.name, languages=config.languages, site_url=url)
        (Path(staging) / "index.html").write_text(text, "utf-8")
        target.mkdir(exist_ok=True)
        _swap([*chosen, "index.html"], staging=Path(staging), target=target)
    return built


def _chosen(config: Config, languages: Iterable[str] | None) -> list[str]:
    wanted = set(config.languages if languages is None else languages)
    unknown = sorted(wanted - set(config.languages))
    if unknown:
        raise DocsError(
            f"there is no language {', '.join(unknown)}; choose among {', '.join(config.languages)}"
        )
    return [language for language in config.languages if language in wanted]


@dataclass(frozen=True, slots=True)
class _Order:
    """What all languages of one build have in common."""

    config: Config
    staging: Path
    url: str
    publish: bool

    def environment(self, language: str) -> dict[str, str]:
        return os.environ | {
            "DOCS_LANGUAGE": language,
            "DOCS_SITE_URL": f"{self.url}{language}/",
            # Said either way: a variable of the caller's must not decide.
            "DOCS_PUBLISH": "1" if self.publish else "0",
            "PYTHONUTF8": "1",
            # Material prints an advertisement for its successor otherwise.
            "NO_MKDOCS_2_WARNING": "1",
        }


def _build_all(
    order: _Order, languages: list[str], report: Callable[[Built], None]
) -> tuple[Built, ...]:
    running: list[subprocess.Popen[str]] = []
    faults: dict[str, str] = {}

    def build(language: str) -> Built | None:
        try:
            built = _build_language(order, language, running)
        except BuildError as error:
            faults[language] = str(error)
            return None
        report(built)
        return built

    with ThreadPoolExecutor(PROCESSES) as pool:
        try:
            results = list(pool.map(build, languages))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in running:
                process.kill()
            raise
    if faults:
        raise BuildError("\n".join(faults[language] for language in sorted(faults)))
    return tuple(result for result in results if result is not None)


def _build_language(order: _Order, language: str, running: list[subprocess.Popen[str]]) -> Built:
    begin = time.monotonic()
    folder = order.staging / language
    arguments = ["build", "--strict", "--config-file", str(order.config.mkdocs)]
    process = subprocess.Popen(  # noqa: S603 -- our own interpreter, no shell
        [sys.executable, "-m", "mkdocs", *arguments, "--site-dir", str(folder)],
        cwd=order.config.root,
        env=order.environment(language),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        # Ctrl-C is for this process, which ends its children itself.
        start_new_session=True,
    )
    running.append(process)
    output, _ = process.communicate()
    if process.returncode != 0:
        raise BuildError(_failure(language, output))
    if order.publish and not (folder / STYLES).is_file():
        raise BuildError(
            f"{language}: nothing held the pages to their proof; add hozon_docs to the plugins of "
            f"{shown(order.config.mkdocs)}."
        )
    pages = sum(1 for _ in folder.rglob("*.html"))
    return Built(language, pages, time.monotonic() - begin)


def _failure(language: str, output: str) -> str:
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in output.strip().splitlines()]
    # `--quiet` would drop these lines, too, but a warning that is not logged is not counted.
    faults = [line for line in lines if line and not line.startswith("INFO")]
    text = "\n".join(f"{language}: {line}" for line in faults)
    return f"{language}: the build failed; correct what MkDocs names here and build again.\n{text}"


def _swap(names: list[str], *, staging: Path, target: Path) -> None:
    """Exchange all or nothing by renaming, so that a reader never meets half of a language."""
    aside = staging / ".aside"
    aside.mkdir()
    moves = [(target / name, aside / name) for name in names if (target / name).exists()]
    moves += [(staging / name, target / name) for name in names]
    try:
        for source, goal in moves:
            source.rename(goal)
    except BaseException:
        for source, goal in reversed(moves):
            # The folders tell what was moved; an interrupt may come before a list could.
            if goal.exists() and not source.exists():
                goal.rename(source)
        raise
