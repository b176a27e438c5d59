"""What pytest runs of the documentation: one item per block, collected from the pages themselves.

Owns the options and the collection of pages. Refuses to know the world of a block (hooks of
`hozon_docs.worlds` make it), to run one (`hozon_docs.items` does), and to judge them together
(`hozon_docs.results` does).

Switched on by `-p hozon_docs.pytest_plugin`, or by `pytest_plugins` in the `conftest.py` of the
project's folder. The table `[tool.hozon_docs]` of `pyproject.toml` says where the pages are.

Invariants: every page is read once per process; a file that is no page is left to others; what a
process below xdist found out travels with its reports, and one process alone writes.
"""

from pathlib import Path

import pytest

from hozon_docs import worlds
from hozon_docs.config import load_config
from hozon_docs.findings import DocsError
from hozon_docs.items import DOCS, BlockItem, PageFile, Session, ShellItem
from hozon_docs.ledger import installed_versions, package_digest
from hozon_docs.pages import page_of
from hozon_docs.results import Results

UPDATE = "--docs-update"
"""The option that writes the pages."""
MUTANTS = "--docs-mutants"
"""The option that tries the blocks against stubs."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("documentation", "documentation that is run (hozon_docs)")
    group.addoption(
        UPDATE,
        action="store_true",
        help="rewrite the outputs in the pages from a fresh run, in every language; needs -n 0",
    )
    group.addoption(
        MUTANTS,
        action="store_true",
        help="replace each public callable that a block calls by stubs; the block must fail",
    )


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the hooks by which a project tells what surrounds its blocks."""
    pluginmanager.add_hookspecs(worlds)


def pytest_configure(config: pytest.Config) -> None:
    """Read the configuration, and refuse to rewrite pages from several processes."""
    if not __debug__:
        raise pytest.UsageError(
            "python -O takes every assertion away, so that nothing is checked; run without it."
        )
    try:
        docs = load_config(config.rootpath)
        session = Session(
            config=docs,
            package=package_digest(docs),
            versions=installed_versions(docs),
            updating=bool(config.getoption(UPDATE)),
            mutating=bool(config.getoption(MUTANTS)),
        )
    except DocsError as error:
        raise pytest.UsageError(str(error)) from None
    worker = hasattr(config, "workerinput")
    if session.updating and (config.getoption("numprocesses", None) or worker):
        raise pytest.UsageError(f"{UPDATE} writes pages: run it in one process, with -n 0.")
    config.stash[DOCS] = session
    config.pluginmanager.register(Collection(session), "hozon_docs-collection")
    if not worker:
        config.pluginmanager.register(Results(session), "hozon_docs-results")


class Collection:
    """Finds the pages of a session, and keeps the items that its options ask for."""

    def __init__(self, docs: Session) -> None:
        """Remember what the session is about."""
        self._docs = docs

    def pytest_collect_directory(
        self, path: Path, parent: pytest.Collector
    ) -> pytest.Collector | None:
        """Walk packages as plain folders: collecting one as a package would import it again."""
        if any(path.is_relative_to(folder) for folder in self._docs.config.packages):
            # pytest's constructors return what the class says, and have no type for it.
            collector: pytest.Collector = pytest.Dir.from_parent(parent, path=path)
            return collector
        return None

    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> pytest.Collector | None:
        """Collect a page; a module only where it may hold a block."""
        page = page_of(self._docs.config, file_path)
        if page is None or (file_path.suffix == ".py" and b"```" not in file_path.read_bytes()):
            return None
        return PageFile.of(parent, page)

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Keep what an option asks for: outputs to write, or blocks to try against stubs."""
        if self._docs.updating or self._docs.mutating:
            others = [item for item in items if not self._is_wanted(item)]
            items[:] = [item for item in items if self._is_wanted(item)]
            config.hook.pytest_deselected(items=others)

    def _is_wanted(self, item: pytest.Item) -> bool:
        if self._docs.updating:
            return isinstance(item, BlockItem | ShellItem)
        # A translation has the code of its source: trying it again would show the same.
        return isinstance(item, BlockItem) and item.page.language == self._docs.config.source
