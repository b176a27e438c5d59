"""The documentation of this project, as the checks of whole pages see it.

Owns which pages there are, which of them are compared, and the fixtures that hand them out. The
blocks are collected by the plug-in of `hozon_docs`; their worlds are in `world.py`.
"""

import functools
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from built import built_site
from hozon_docs.config import Config, load_config
from hozon_docs.findings import Finding
from hozon_docs.markdown import Scan, find_pages, scan


@functools.cache
def _config() -> Config:
    return load_config(Path(__file__).parents[2])


@functools.cache
def _scans() -> dict[tuple[str, str], Scan]:
    """Read every page once, by language and name."""
    config = _config()
    return {
        (page.language, page.name): scan(page)
        for language in config.languages
        for page in find_pages(config.tree(language), language=language)
    }


def _pairs() -> list[tuple[Scan, Scan]]:
    """Give each translated page with its source, where it has one."""
    source = _config().source
    return [
        (_scans()[source, name], translation)
        for (language, name), translation in _scans().items()
        if language != source and (source, name) in _scans()
    ]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test its page, its pair of pages or its language, by the name of its argument."""
    if "scanned" in metafunc.fixturenames:
        scans = list(_scans().values())
        metafunc.parametrize("scanned", scans, ids=[str(one.page) for one in scans])
    if "pair" in metafunc.fixturenames:
        metafunc.parametrize("pair", _pairs(), ids=[str(pair[1].page) for pair in _pairs()])
    if "language" in metafunc.fixturenames:
        metafunc.parametrize("language", list(_config().languages))


@pytest.fixture(scope="session")
def docs_config() -> Config:
    """Give the configuration of this project's documentation."""
    return _config()


@pytest.fixture(scope="session")
def site(docs_config: Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the built site."""
    return built_site(docs_config, tmp_path_factory)


@pytest.fixture(scope="session")
def scans() -> dict[tuple[str, str], Scan]:
    """Give every page, by language and name."""
    return _scans()


@pytest.fixture(scope="session")
def refuse() -> Callable[[Iterable[Finding]], None]:
    """Give a function that fails the test with the findings alone, if there are any."""

    def fail(findings: Iterable[Finding]) -> None:
        report = "\n".join(map(str, findings))
        if report:
            pytest.fail(report, pytrace=False)

    return fail
