"""What a process that is killed in the middle leaves, and how the next one goes on."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import hozon
from hozon.bootstrap import open_catalog
from hozon.model.paths import UNFINISHED
from hozon.settings import load_settings
from hozon.storage.local import LocalObjectStore
from hozon.testing.records import log_version, make_collection

StoredKeys = Callable[[], list[str]]
SMALL = {"a": "one", "deep/b": "two-2"}
FILES = SMALL | {"large": "x" * 5_000_000, "large2": "y" * 5_000_000}

READY = """
import sys, threading, hozon
from hozon.storage.local import LocalObjectStore

FILES = {"a": "one", "deep/b": "two-2", "large": "x" * 5_000_000, "large2": "y" * 5_000_000}

def block():
    print("ready", flush=True)
    threading.Event().wait()
"""

UPLOADING = (
    READY
    + """
from hozon.services import uploads

put, store = LocalObjectStore.put, uploads._store
allowed = threading.Semaphore(int(sys.argv[2]))
recorded = threading.Semaphore(0)
lock = threading.Lock()

def storing(context, upload, version):
    store(context, upload, version)
    recorded.release()

def blocking(self, key, source, **options):
    with lock:
        if not allowed.acquire(blocking=False):
            for _ in range(int(sys.argv[2])):
                recorded.acquire()
            if sys.argv[1] == "half":
                incoming = self._root / "incoming"
                incoming.mkdir(parents=True, exist_ok=True)
                (incoming / "tmpkilled").write_bytes(source.read_bytes()[:100])
            if sys.argv[1] == "after":
                put(self, key, source, **options)
            block()
        put(self, key, source, **options)

LocalObjectStore.put, uploads._store = blocking, storing
artifact = hozon.Artifact("mnist", type="dataset")
for path, text in FILES.items():
    with artifact.new_file(path) as file:
        file.write(text)
with hozon.init() as run:
    run.log_artifact(artifact).wait()
"""
)

DOWNLOADING = (
    READY
    + """
read = LocalObjectStore.read
allowed = threading.Semaphore(int(sys.argv[2]))
lock = threading.Lock()

def blocking(self, place):
    with lock:
        free = allowed.acquire(blocking=False)
        for number, chunk in enumerate(read(self, place)):
            yield chunk
            if not free and (sys.argv[1] == "first" or number == 2):
                block()

LocalObjectStore.read = blocking
hozon.Api().artifact("mnist").download("root")
"""
)


WRITING = """
import sys, threading
from hozon.bootstrap import open_catalog
from hozon.testing.records import NOW, log_version, make_collection

with open_catalog(sys.argv[1]).write() as session:
    log_version(session, make_collection(session), "a")
    print("ready", flush=True)
    threading.Event().wait()
"""


@pytest.fixture(autouse=True)
def alone(home: Path) -> Path:
    """Give the processes an installation of their own, by the environment."""
    return home


@contextmanager
def killed(program: str, *arguments: object) -> Iterator[int]:
    """Run a program until it says that it is ready, kill it, and give the id that it had."""
    child = subprocess.Popen(  # noqa: S603  Our own interpreter, no shell.
        [sys.executable, "-c", program, *map(str, arguments)],
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    yield child.pid


@pytest.fixture
def puts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Give the list of sizes that are stored from now on by this process."""
    found: list[int] = []
    put = LocalObjectStore.put

    def count(store: LocalObjectStore, key: str, source: Path, *, may_link: bool = False) -> None:
        found.append(source.stat().st_size)
        put(store, key, source, may_link=may_link)

    monkeypatch.setattr(LocalObjectStore, "put", count)
    return found


def log() -> hozon.Artifact:
    """Log the files as a version."""
    artifact = hozon.Artifact("mnist", type="dataset")
    for path, text in FILES.items():
        with artifact.new_file(path) as file:
            file.write(text)
    with hozon.init() as run:
        return run.log_artifact(artifact).wait()


def contents(root: Path) -> dict[str, str]:
    """Read all files below a folder."""
    return {
        path.relative_to(root).as_posix(): path.read_text()
        for path in root.rglob("*")
        if path.is_file()
    }


def folders_of(pid: int, parent: Path) -> list[Path]:
    """Find what a process left in a folder of scratch folders."""
    return [path for path in parent.glob("draft-*") if path.name.split("-")[-2] == str(pid)]


@pytest.mark.parametrize("when", ["before", "half", "after"])
@pytest.mark.parametrize("arrived", [0, 1, 2])
def test_an_upload_that_was_killed_is_finished_by_the_next(
    when: str, arrived: int, puts: list[int], stored_keys: StoredKeys, tmp_path: Path
) -> None:
    """No version is seen, nothing half-written has a name, and what had a place is not sent."""
    staging = load_settings().staging
    with killed(UPLOADING, when, arrived) as pid:
        assert folders_of(pid, staging) != []
        with pytest.raises(hozon.errors.CollectionNotFoundError):
            hozon.Api().artifact("mnist")
        before = stored_keys()
        sizes = {key: (load_settings().home / "objects" / key).stat().st_size for key in before}
        assert set(sizes.values()) <= {8, 5_000_000}
        assert len(before) == arrived + (when == "after")
    artifact = log()
    assert artifact.version == "v0"
    assert len(puts) == 3 - arrived
    assert folders_of(pid, staging) == []
    artifact.download(tmp_path / "root")
    assert contents(tmp_path / "root") == FILES


@pytest.mark.parametrize("where", ["first", "middle"])
@pytest.mark.parametrize("arrived", [0, 1])
def test_a_download_that_was_killed_is_finished_by_the_next(
    where: str, arrived: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has a name is whole and is not read again; what has none goes with the next download."""
    log()
    root = Path("root")
    with killed(DOWNLOADING, where, arrived) as pid:
        left = contents(root)
        named = {path: text for path, text in left.items() if not path.startswith(UNFINISHED)}
        assert named.items() <= FILES.items()
        assert folders_of(pid, root / UNFINISHED) != []
    reads: list[str] = []
    read = LocalObjectStore.read

    def count(store: LocalObjectStore, place: object) -> Iterator[bytes]:
        reads.append(str(place))
        return read(store, place)  # type: ignore[arg-type]

    monkeypatch.setattr(LocalObjectStore, "read", count)
    artifact = hozon.Api().artifact("mnist")
    artifact.download(root)
    assert contents(root) == FILES
    assert artifact.verify(root)
    assert not (root / UNFINISHED).exists()
    there = {"large", "large2"} & set(named)
    assert len(reads) == (2 - len(there)) + (not set(SMALL) <= set(named))
    assert os.listdir(root)  # noqa: PTH208  A folder with what was logged.


def test_a_checkout_goes_on_where_a_download_was_killed() -> None:
    """And makes the folder equal, without a trace of the killed process."""
    log()
    with killed(DOWNLOADING, "first", 0):
        assert (Path("root") / UNFINISHED).exists()
    artifact = hozon.Api().artifact("mnist")
    artifact.checkout("root")
    assert contents(Path("root")) == FILES
    assert not (Path("root") / UNFINISHED).exists()


def test_a_writer_that_was_killed_leaves_nothing(catalog_url: str) -> None:
    """What it had not committed is not there, and nobody waits for it any longer."""
    with killed(WRITING, catalog_url):
        pass
    catalog = open_catalog(catalog_url)
    with catalog.write() as session:
        assert session.counts().projects == 0
        log_version(session, make_collection(session), "a")
    with catalog.read() as session:
        assert session.counts().versions == 1
    catalog.close()
