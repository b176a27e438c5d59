"""The worlds of this project's documentation, for the plug-in of `hozon_docs`.

Owns what the tools cannot know: what a block finds when it starts (its page's scene, in a catalog
and a bucket of its own), what must be true after it, and which data is a configuration. What must
be true stands in `expectations.py`.

A scene is built once in a process and then copied: its catalog as a file, its objects from one
mocked S3 into the next. Building it for each block would cost more than all blocks.
"""

import contextlib
import functools
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import S3Backend, s3_backends
from moto.server import ThreadedMotoServer

import hozon
from docs.expectations import EXPECTATIONS
from docs.preloaded import preloaded
from hozon.bootstrap import prepare_catalog
from hozon.demo import SCENES, Scene
from hozon.settings import load_settings
from hozon_docs.items import DocsItem
from hozon_docs.markdown import Block, Fence, Page
from hozon_docs.worlds import World

REGION = "us-east-1"
BUCKET = "hozon-docs"
REFERENCE = "reference"
"""The scene of the API reference and of the docstrings that it shows."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A scene as it stands when a page begins."""

    scene: Scene
    """The scene."""
    catalog: Path
    """Its catalog."""
    objects: Mapping[str, bytes]
    """Its objects, by key."""


@dataclass(frozen=True, slots=True)
class SceneWorld:
    """A copy of a scene, in which a block runs."""

    directory: Path
    """The working directory of the block."""
    variables: Mapping[str, str]
    """The variables that lead Hozon there."""

    def environment(self) -> Mapping[str, str]:
        """Give the variables that lead another process there: the mocked S3 listens to it."""
        return {
            **self.variables,
            "AWS_ENDPOINT_URL_S3": _server_address(),
            "PATH": os.pathsep.join([str(_commands()), *_path()]),
            # What a command leaves behind goes with the world.
            "TMPDIR": str(self.directory.parent),
        }


def pytest_docs_world(page: Page, folder: Path) -> AbstractContextManager[World]:
    """Give a copy of the scene of the page."""
    return _world(snapshot(scene_of(page)), folder)


def pytest_docs_statement(block: Block) -> bool:
    """Hold the store to the statement of the block; a docstring's block is held to its output."""
    if block.page.path.suffix == ".py":
        return False
    statement = EXPECTATIONS.get((block.page.name, block.title))
    assert statement is not None, (
        f"no statement for {block.title} of {block.page.name}; write one in "
        "tests/docs/expectations.py."
    )
    statement()
    return True


def pytest_docs_load(fence: Fence) -> bool | None:
    """Load a block named as the configuration file by the code that reads it."""
    if fence.name != "config.toml":
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / fence.name
        path.write_text(fence.source, "utf-8")
        load_settings({"HOZON_CONFIG": str(path)})
    return True


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let no test but a block meet the mocked S3 of the blocks."""
    if not isinstance(item, DocsItem):
        _mocked.cache_clear()
        _MOCKS.close()


def pytest_unconfigure() -> None:
    """End the mocked S3 and forget the copies."""
    _MOCKS.close()
    _FOLDERS.close()


def scene_of(page: Page) -> Scene:
    """Find the scene of a page.

    Args:
        page: The page, the README, or a module whose docstrings the API reference shows.

    Returns:
        Its scene.
    """
    if page.name == "README":
        return SCENES["index"]
    if not page.translated or page.name.startswith("reference/"):
        return SCENES[REFERENCE]
    scene = SCENES.get(page.name)
    assert scene is not None, f"no scene for {page.name!r}; write one in hozon.demo."
    return scene


_MOCKS = contextlib.ExitStack()
_FOLDERS = contextlib.ExitStack()


@functools.cache
def _mocked() -> S3Backend:
    """Start the mocked S3 of this process; starting it costs more than emptying it."""
    # Keeping the session of boto3 is what makes a block cheap.
    _MOCKS.enter_context(mock_aws(config={"core": {"reset_boto3_session": False}}))
    backend: S3Backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    return backend


@functools.cache
def _server_address() -> str:
    """Start a server in front of the mocked S3, for other processes."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    _FOLDERS.callback(server.stop)
    host, port = server.get_host_and_port()
    return f"http://{host}:{port}"


@functools.cache
def _commands() -> Path:
    """Start what runs `hozon` for shells, and tell where the command is."""
    if not hasattr(os, "pidfd_open"):
        return Path(sys.executable).parent  # Not Linux: there the installed command runs.
    folder = Path(_FOLDERS.enter_context(tempfile.TemporaryDirectory(prefix="hozon-")))
    return _FOLDERS.enter_context(preloaded(folder))


def _path() -> list[str]:
    """Tell where shells look for other programs: first beside this interpreter."""
    return [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]


@functools.cache
def snapshot(scene: Scene) -> Snapshot:
    """Build a scene once.

    Args:
        scene: The scene.

    Returns:
        What it left in the catalog and in the bucket.
    """
    folder = Path(_FOLDERS.enter_context(tempfile.TemporaryDirectory(prefix="scene-")))
    prepare_catalog(f"sqlite:///{folder / 'catalog.db'}")
    with _entered(scene, folder):
        scene.build()
        hozon.teardown()
        client = boto3.client("s3", region_name=REGION)
        listed = client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        objects = {
            item["Key"]: client.get_object(Bucket=BUCKET, Key=item["Key"])["Body"].read()
            for item in listed
        }
    return Snapshot(scene, folder / "catalog.db", objects)


@contextlib.contextmanager
def _world(source: Snapshot, folder: Path) -> Iterator[SceneWorld]:
    shutil.copyfile(source.catalog, folder / "catalog.db")
    with _entered(source.scene, folder) as (backend, variables):
        for key, content in source.objects.items():
            backend.put_object(BUCKET, key, content)
        directory = folder / "work"
        directory.mkdir()
        try:
            yield SceneWorld(directory, variables)
        finally:
            # What a failed block left open may not be storable; its own failure is what counts.
            with contextlib.suppress(hozon.errors.HozonError):
                hozon.teardown()


@contextlib.contextmanager
def _entered(scene: Scene, folder: Path) -> Iterator[tuple[S3Backend, dict[str, str]]]:
    """Lead this process into an empty bucket and the catalog of a folder."""
    backend = _mocked()
    backend.reset()
    backend.create_bucket(BUCKET, REGION)
    # As collection requires it of a bucket, and as `hozon gc recover` needs it.
    backend.put_bucket_versioning(BUCKET, "Enabled")
    variables = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_SESSION_TOKEN": "testing",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "HOZON_HOME": str(folder / "home"),
        "HOZON_CATALOG_URL": f"sqlite:///{folder / 'catalog.db'}",
        "HOZON_STORAGE_URL": f"s3://{BUCKET}/world",
        "HOZON_ENTITY": scene.entity,
        "HOZON_USER": scene.user,
        "HOZON_PROJECT": scene.project,
        **_HASTE,
    }
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("HOZON_", "AWS_"))]:
            patch.delenv(name)
        for name, value in variables.items():
            patch.setenv(name, value)
        yield backend, variables


_HASTE: dict[str, str] = {}
"""Settings for blocks that are to fail: an agent waits for a point that a stub never ends."""


def pytest_configure(config: pytest.Config) -> None:
    """Let nobody wait a minute for each stub."""
    if config.getoption("docs_mutants", default=False):
        _HASTE["HOZON_SWEEP_LEASE"] = "1s"
