"""The documentation of this project, as `hozon_docs` sees it, and the world of each block.

Owns what the tools cannot know: which languages are compared with which, what a block finds when it
starts (its page's scene, built in a catalog and a bucket of its own), and the option
`--docs-update`. What must be true of the store after a block stands in `expectations.py`.
"""

import functools
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from moto import mock_aws
from mypy_boto3_s3 import S3Client

import hozon
from hozon.bootstrap import prepare_catalog
from hozon.demo import SCENES
from hozon_docs.config import Config, load_config
from hozon_docs.findings import Finding, shown
from hozon_docs.markdown import Block, Scan, find_pages, scan
from hozon_docs.runner import Run, proven_source
from hozon_docs.update import update_page

REGION = "us-east-1"
BUCKET = "hozon-docs"
_OPTION = "--docs-update"


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


def _blocks() -> list[Block]:
    return [block for one in _scans().values() for block in one.blocks]


def _pairs() -> list[tuple[Scan, Scan]]:
    """Give each translated page with its source, where it has one."""
    source = _config().source
    return [
        (_scans()[source, name], translation)
        for (language, name), translation in _scans().items()
        if language != source and (source, name) in _scans()
    ]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that rewrites the printed output in the pages."""
    parser.addoption(
        _OPTION,
        action="store_true",
        default=False,
        help="rewrite the `#>` lines of the pages from a fresh run, in every language",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to rewrite pages from several processes: they would overwrite each other."""
    if _updating(config) and (config.getoption("numprocesses", None) or _is_worker(config)):
        raise pytest.UsageError(f"{_OPTION} writes pages: run it in one process, with -n 0.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run nothing but the blocks when pages are rewritten; the rest judges what stood there."""
    if _updating(config):
        others = [item for item in items if "block" not in getattr(item, "fixturenames", ())]
        items[:] = [item for item in items if item not in others]
        config.hook.pytest_deselected(items=others)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test its block, its page or its pair of pages, by the name of its argument."""
    if not _scans():
        raise pytest.UsageError(f"no page below {_config().docs}; write docs/en/index.md first.")
    if "block" in metafunc.fixturenames:
        metafunc.parametrize("block", _blocks(), ids=[block.id for block in _blocks()])
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


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """moto's S3, kept for all blocks of a module and emptied between them."""

    mock: mock_aws
    client: S3Client

    def empty(self) -> None:
        """Forget every bucket and make the one that the blocks use."""
        self.mock.reset()
        self.client.create_bucket(Bucket=BUCKET)


@pytest.fixture(scope="module")
def object_store() -> Iterator[ObjectStore]:
    """Give a mocked S3 in this process; starting it costs more than emptying it."""
    with (
        pytest.MonkeyPatch.context() as environment,
        # Keeping the session is what makes a block cheap: 4 ms instead of 140.
        mock_aws(config={"core": {"reset_boto3_session": False}}) as mock,
    ):
        for name, value in _fake_credentials().items():
            environment.setenv(name, value)
        yield ObjectStore(mock, boto3.client("s3", region_name=REGION))


@pytest.fixture(scope="session")
def empty_catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a migrated catalog without content: copying it is faster than migrating again."""
    path = tmp_path_factory.mktemp("catalog") / "empty.db"
    prepare_catalog(f"sqlite:///{path}")
    return path


@pytest.fixture
def world(
    block: Block,
    object_store: ObjectStore,
    empty_catalog: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Path]:
    """Build the scene of the block's page, give the block's working directory, end the world."""
    scene = SCENES.get(block.page.name)
    if scene is None:
        pytest.fail(
            f"{shown(block.page.path)}:{block.line}: no scene for {block.page.name!r}; "
            "write one in hozon.demo.",
            pytrace=False,
        )
    _set_environment(
        monkeypatch,
        HOZON_HOME=str(tmp_path / "home"),
        HOZON_CATALOG_URL=f"sqlite:///{tmp_path / 'catalog.db'}",
        HOZON_STORAGE_URL=f"s3://{BUCKET}/world",
        HOZON_ENTITY=scene.entity,
        HOZON_PROJECT=scene.project,
    )
    object_store.empty()
    shutil.copyfile(empty_catalog, tmp_path / "catalog.db")
    directory = tmp_path / "work"
    directory.mkdir()
    try:
        scene.build()
        yield directory
    finally:
        hozon.teardown()


@pytest.fixture(scope="session")
def updates(request: pytest.FixtureRequest) -> Iterator[list[Run] | None]:
    """Collect the runs whose output is written into the pages at the end; None when none is."""
    runs: list[Run] | None = [] if _updating(request.config) else None
    yield runs
    if runs is not None and (request.session.testsfailed or request.session.shouldstop):
        return  # What a failed run printed is no truth to write down.
    by_page: dict[Path, dict[int, tuple[Block, str]]] = {}
    for run in runs or ():
        texts = by_page.setdefault(run.block.page.path, {})
        texts[run.block.line] = (run.block, proven_source(run))
    for path, texts in by_page.items():
        update_page(path, texts)


def _updating(config: pytest.Config) -> bool:
    # Where this file is read late, as in a run of all tests, the option was never registered.
    return bool(config.getoption(_OPTION, default=False))


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _fake_credentials() -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_SESSION_TOKEN": "testing",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _set_environment(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    """Set the variables of a world, and no others of its kind."""
    for name in list(os.environ):
        if name.startswith(("HOZON_", "AWS_")):
            monkeypatch.delenv(name)
    for name, value in (_fake_credentials() | variables).items():
        monkeypatch.setenv(name, value)
