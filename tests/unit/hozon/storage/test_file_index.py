"""The file index: it may forget at any time, and never fails."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hozon.model.digests import ContentDigest
from hozon.ports.file_index import Fingerprint, SeenFile
from hozon.storage import file_index
from hozon.storage.file_index import SqliteFileIndex


def seen_file(path: str, *, size: int = 3) -> SeenFile:
    """Describe a file; its numbers are as large as file systems make them."""
    return SeenFile(
        path,
        Fingerprint(size, 2**62, 2**62 + 1, 2**64 - 1),
        ContentDigest(f"{abs(hash(path)) % 256:02x}" * 32),
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the path of a database that does not exist yet, nor its folder."""
    return tmp_path / "cache" / "files.db"


@pytest.fixture
def index(path: Path) -> SqliteFileIndex:
    """Give an empty index."""
    return SqliteFileIndex(path)


def test_what_is_remembered_is_seen(index: SqliteFileIndex, path: Path) -> None:
    """By path, in another process, too; unknown ones are left out."""
    files = {name: seen_file(name) for name in ("/a", "/日本", "/b")}
    index.remember(files.values())
    assert SqliteFileIndex(path).seen(["/a", "/日本", "/x"]) == {
        name: files[name] for name in ("/a", "/日本")
    }


def test_asking_makes_nothing(index: SqliteFileIndex, path: Path) -> None:
    """Whoever only looks leaves no file."""
    assert index.seen(["/a"]) == {}
    assert not path.parent.exists()


def test_the_last_word_counts(index: SqliteFileIndex) -> None:
    """A file has one row."""
    index.remember([seen_file("/a", size=1), seen_file("/a", size=2)])
    assert index.seen(["/a"])["/a"].fingerprint.size == 2


def test_thousands_are_asked_for_at_once(index: SqliteFileIndex) -> None:
    """More than a query has parameters."""
    files = {f"/{number}": seen_file(f"/{number}") for number in range(2001)}
    index.remember(files.values())
    assert index.seen(files) == files


def test_everything_is_forgotten_when_told(index: SqliteFileIndex, path: Path) -> None:
    """The files of the database go, and it goes on from there."""
    index.remember([seen_file("/a")])
    index.clear()
    assert list(path.parent.iterdir()) == []
    assert index.seen(["/a"]) == {}
    index.remember([seen_file("/b")])
    assert list(index.seen(["/a", "/b"])) == ["/b"]
    index.close()
    index.close()


def test_what_was_read_longest_ago_is_forgotten_first(
    index: SqliteFileIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database has a bound; a file that is read again is young again."""
    monkeypatch.setattr(file_index, "MOST_FILES", 3)
    names = ["/a", "/b", "/c", "/a", "/d"]
    for name in names:
        index.remember([seen_file(name)])
    assert sorted(index.seen(names)) == ["/a", "/c", "/d"]


def test_threads_and_connections_share_it(index: SqliteFileIndex, path: Path) -> None:
    """Nothing that one writes is lost to another."""
    others = [index, SqliteFileIndex(path), SqliteFileIndex(path)]

    def write(number: int) -> None:
        others[number % 3].remember([seen_file(f"/{number}")])

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(60)))
    assert len(index.seen(f"/{number}" for number in range(60))) == 60


@pytest.mark.parametrize(
    "garbage", [b"garbage" * 999, b"", b"SQLite format 3\0" + bytes(4096)], ids=["text", "", "head"]
)
def test_garbage_costs_only_time(index: SqliteFileIndex, path: Path, garbage: bytes) -> None:
    """It is as good as empty, and the next but one write is kept."""
    path.parent.mkdir()
    path.write_bytes(garbage)
    assert index.seen(["/a"]) == {}
    for _ in range(2):
        index.remember([seen_file("/a")])
    assert list(index.seen(["/a"])) == ["/a"]


@pytest.mark.parametrize("digest", ["7", "'text'", "NULL", "x'00'"])
def test_values_of_other_types_cost_only_time(
    index: SqliteFileIndex, path: Path, digest: str
) -> None:
    """A bit that fell over in the database makes no error of a program that logs."""
    index.remember([seen_file("/a")])
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA ignore_check_constraints = ON")
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute(
        "UPDATE sqlite_schema SET sql = replace(sql, 'digest BLOB NOT NULL', 'digest')"
    )
    connection.commit()
    connection.close()
    connection = sqlite3.connect(path)
    connection.execute(f"UPDATE files SET digest = {digest}")  # noqa: S608  Values of this test.
    connection.commit()
    connection.close()
    known = index.seen(["/a"])
    assert all(file.digest != seen_file("/a").digest for file in known.values())


@pytest.mark.parametrize("name", ["x" * 300, "file/below"], ids=["too long", "below a file"])
def test_a_database_that_cannot_be_made_costs_only_time(tmp_path: Path, name: str) -> None:
    """Neither asking nor writing fails."""
    (tmp_path / "file").write_text("x")
    index = SqliteFileIndex(tmp_path / name / "files.db")
    index.remember([seen_file("/a")])
    assert index.seen(["/a"]) == {}
    index.clear()


def test_a_database_that_is_locked_for_long_costs_only_time(
    index: SqliteFileIndex, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process may be writing; what was known before stays."""
    monkeypatch.setattr(file_index, "_BUSY_SECONDS", 0)
    index.remember([seen_file("/a")])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    index.remember([seen_file("/b")])
    other.execute("ROLLBACK")
    other.close()
    assert list(index.seen(["/a", "/b"])) == ["/a"]


def test_a_path_that_is_no_unicode_is_not_remembered(index: SqliteFileIndex) -> None:
    """It is read again every time, and never taken for another."""
    index.remember([seen_file("/a\udcff"), seen_file("/b")])
    assert index.seen(["/a\udcff", "/a?", "/b"]) == {"/b": seen_file("/b")}
