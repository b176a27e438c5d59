"""A copy of the clean project, and everything that the checks say about it.

The copy is a project like that of any user: a package, its pages in three languages, catalogs, a
glossary, conventions of prose, and the stamps of its translations. The checks are those that a
project calls: sessions of pytest, the comparisons, the builds of the site.
"""

import importlib
import itertools
import os
import re
import shutil
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any
from unittest.mock import patch

import pytest
from jinja2 import Environment
from mkdocs.commands.build import build
from mkdocs.config import load_config as load_mkdocs

from hozon_docs.catalog_check import check_catalog
from hozon_docs.catalogs import catalog_path
from hozon_docs.config import Config, load_config
from hozon_docs.findings import DocsError, Finding
from hozon_docs.freshness import find_lags
from hozon_docs.ledger import package_digest, read_ledger
from hozon_docs.markdown import Block, Fence, Page, Scan, find_pages, find_strays
from hozon_docs.marks import Judge
from hozon_docs.pages import all_pages, read_page
from hozon_docs.parity import compare_page_sets, compare_scans
from hozon_docs.publishing import Gate
from hozon_docs.reference import collect_docstrings
from hozon_docs.rendered import (
    compare_examples,
    compare_other_code,
    compare_rendered,
    page_file,
    read_built,
)
from hozon_docs.site import build_site
from hozon_docs.stamping import stamp_pages
from hozon_docs.words import check_words
from unit.hozon_docs.faults.plant import LANGUAGES, Edit, Fault, Harmless

CLEAN = Path(__file__).parent / "clean"
"""The project without a fault."""

_FINDING = re.compile(r"[\w./-]+:\d+: ")
_BUILD = re.compile(r"^(?:en|ja|es): (?:ERROR +- +)?")
_OPTIONS = (
    *("-p", "hozon_docs.pytest_plugin"),
    *("-p", "no:randomly"),
    *("-p", "no:hypothesispytest"),
    *("-p", "no:xdist"),
    *("-p", "no:cacheprovider"),
)


class Hooks:
    """What the project tells the plug-in, and what the plug-in's items report."""

    def __init__(self) -> None:
        """Begin without a report."""
        self.reports: list[pytest.TestReport] = []

    def pytest_docs_load(self, fence: Fence) -> bool | None:
        """Load a block that is a configuration by the code that reads such data."""
        if fence.name != "parcels.toml":
            return None
        # Each copy of the project brings its own package.
        importlib.import_module("parcels").read_limit(fence.source)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the report of an item."""
        self.reports.append(report)


@dataclass(frozen=True, slots=True)
class Project:
    """A copy of the clean project."""

    pytester: pytest.Pytester
    """Runs sessions of pytest in its folder, which is the working directory."""
    config: Config
    """Where its documentation lives."""

    @property
    def root(self) -> Path:
        """Give its folder."""
        return self.config.root

    def edit(self, edits: Iterable[Edit]) -> None:
        """Change files, in order."""
        for edit in edits:
            edit.apply(self.root)


def copy_clean(pytester: pytest.Pytester) -> Project:
    """Copy the clean project.

    Whoever changes its pages has to stamp them: `python -m hozon_docs --root CLEAN stamp`.

    Args:
        pytester: Gives the folder.

    Returns:
        The copy.
    """
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(CLEAN, pytester.path, dirs_exist_ok=True, ignore=ignore)
    return Project(pytester, load_config(pytester.path))


def all_findings(project: Project, fault: Fault | Harmless) -> dict[str, list[str]]:
    """Plant a fault, and run all checks.

    A build takes longer than all the rest, so only those languages are built that the fault names;
    stubs are tried where an edit may change what they find.

    Args:
        project: A copy of the clean project; it is changed.
        fault: What to plant.

    Returns:
        The findings by check, as `path:line: reason`; only checks that have any.
    """
    project.edit(fault.edits)
    found = {"stamp": list(_stamp(project.config))} if fault.stamped else {}
    found |= _session(project)
    source = (f"docs/{LANGUAGES[0]}/", "src/", "README.md")
    if not any(found.values()) and any(edit.path.startswith(source) for edit in fault.edits):
        tried = _session(project, "--docs-mutants")
        found["mutants"] = [finding for said in tried.values() for finding in said]
    project.edit(fault.afterwards)
    config = load_config(project.root)
    for name, check in CHECKS.items():
        found[name] = list(_refused(check, config))
    checked = list(check_words(config))
    found["terms"] = [str(finding) for one in checked for finding in one.terms]
    found["prose"] = [str(finding) for one in checked for finding in one.prose]
    if fault.built:
        found["site"] = list(_refused(lambda config: _site(config, fault.built), config))
    if fault.published:
        found["publish"] = list(_refused(lambda config: _publish(config, fault.published), config))
    return {name: findings for name, findings in found.items() if findings}


def _session(project: Project, *options: str) -> dict[str, list[str]]:
    """Run all blocks in one session; tell what the items say, and what their summary says."""
    hooks = Hooks()
    result = project.pytester.runpytest_inprocess(*_OPTIONS, *options, plugins=[hooks])
    found: dict[str, list[str]] = {"page": [], "block": [], "coverage": []}
    for report in hooks.reports:
        path, line, title = report.location
        if report.failed:
            lines = str(report.longrepr).split("\n")
            is_page = title.endswith(" page")
            found["page" if is_page else "block"] += lines if is_page else lines[:1]
        elif report.skipped and isinstance(report.longrepr, tuple):
            reason = report.longrepr[2]
            # Only a block of a failed group does not say by itself that it is skipped.
            if "failed before it" in reason:
                found["block"].append(f"{path}:{(line or 0) + 1}: {reason}")
    found["coverage"] += [line for line in _summary(result.outlines) if _FINDING.match(line)]
    return found


def _summary(lines: list[str]) -> Iterator[str]:
    """Give what the plug-in says at the end; pytest's own summary, which follows, repeats items."""
    start = next(i for i, line in enumerate(lines) if re.fullmatch(r"=+ documentation =+", line))
    return itertools.takewhile(lambda line: not re.match(r"=+ .+ =+$", line), lines[start + 1 :])


def _refused(check: Callable[[Config], Iterable[Finding | str]], config: Config) -> Iterator[str]:
    """Give what a check finds; a refusal to go on says its places, too."""
    try:
        yield from map(str, check(config))
    except DocsError as error:
        yield from _places(str(error))


def _places(message: str) -> Iterator[str]:
    """Read the findings in a message; one without a place is itself."""
    lines = [_BUILD.sub("", line) for line in message.split("\n")]
    places = [line for line in lines if _FINDING.match(line)]
    yield from places or [message]


def _stamp(config: Config) -> Iterator[str]:
    try:
        stamp_pages(config)
    except DocsError as error:
        yield from _places(str(error))


def _strays(config: Config) -> Iterator[Finding]:
    for language in config.languages:
        yield from find_strays(config.tree(language))


def _parity(config: Config) -> Iterator[Finding]:
    sources = _pages(config, config.source)
    for language in config.translations:
        pages = _pages(config, language)
        yield from compare_page_sets(sources.values(), pages.values())
        for name in sorted(sources.keys() & pages.keys()):
            yield from compare_scans(read_page(sources[name]), read_page(pages[name]))


def _pages(config: Config, language: str) -> dict[str, Page]:
    return {page.name: page for page in find_pages(config.tree(language), language=language)}


def _catalogs(config: Config) -> Iterator[Finding]:
    originals = collect_docstrings(config)
    for language in config.translations:
        path = catalog_path(config.l10n, language)
        yield from check_catalog(path, language=language, originals=originals)


def _skips(config: Config) -> Iterator[Finding]:
    """Hold the skips to their budget, as a build for publishing does."""
    judge = Judge(read_ledger(config.ledger), package_digest(config), frozenset())
    yield from Gate(config, config.source, skips=judge.skips()).verdict()


def _site(config: Config, languages: Iterable[str]) -> Iterator[Finding]:
    """Build languages, and hold what they show against what ran."""
    scans = [read_page(page) for page in all_pages(config)]
    examples = [block for scan in scans if not scan.page.translated for block in scan.blocks]
    for language in languages:
        _build(config, language)
        for scan in scans:
            if scan.page.translated and scan.page.language == language:
                yield from _shown(config, scan, examples)


def _build(config: Config, language: str) -> None:
    """Build a language in this process, which takes half of the time of another."""
    variables = {"DOCS_LANGUAGE": language, "DOCS_SITE_URL": f"{config.site_url}{language}/"}
    folder = config.site / language
    with (
        patch.dict(os.environ, variables),
        patch.object(Environment, "compile", _compile_once),
        warnings.catch_warnings(),
    ):
        # What warns in MkDocs and its plug-ins is theirs.
        warnings.simplefilter("ignore")
        build(load_mkdocs(str(config.mkdocs), site_dir=str(folder), strict=True))


_compile = Environment.compile
_codes: dict[tuple[str, str | None, str], CodeType | str] = {}


def _compile_once(
    self: Environment,
    source: Any,  # noqa: ANN401  A text, or the tree of one.
    name: str | None = None,
    filename: str | None = None,
    raw: bool = False,  # noqa: FBT001, FBT002  As above.
    defer_init: bool = False,  # noqa: FBT001, FBT002  As above.
) -> CodeType | str:
    """Compile each file of the theme once: builds take half of their time to do so."""
    if filename is None or not isinstance(source, str) or raw:
        return _compile(self, source, name, filename, raw, defer_init)
    key = (source, name, filename)
    if key not in _codes:
        _codes[key] = _compile(self, source, name, filename, raw, defer_init)
    return _codes[key]


def _shown(config: Config, scan: Scan, examples: Iterable[Block]) -> Iterator[Finding]:
    built = read_built(page_file(config.site, scan.page))
    yield from compare_rendered(scan.page, built=built, blocks=scan.blocks)
    yield from compare_examples(scan.page, built=built, examples=examples)
    yield from compare_other_code(scan.page, built=built, fences=scan.fences)


def _publish(config: Config, languages: Iterable[str]) -> Iterator[Finding]:
    build_site(config, languages=languages, publish=True)
    return iter(())


CHECKS: dict[str, Callable[[Config], Iterable[Finding]]] = {
    "strays": _strays,
    "parity": _parity,
    "freshness": find_lags,
    "catalogs": _catalogs,
    "skips": _skips,
}
"""The checks that need no session and no build."""
