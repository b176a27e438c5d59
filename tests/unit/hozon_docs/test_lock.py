"""The file that remembers which texts were compared."""

from pathlib import Path

import pytest

from hozon_docs.findings import DocsError
from hozon_docs.lock import Lock, Stamp, format_lock, line_of, read_lock, write_lock

A, B, C = (letter * 16 for letter in "abc")
LOCK = Lock({("ko", "guides/a"): frozenset({Stamp(B, C), Stamp(A, C)})})


def test_a_lock_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Nothing is lost on the way through the file, not even an odd name."""
    lock = LOCK.replaced({("ja", 'o "d" 日'): frozenset({Stamp(A, B)})})
    path = tmp_path / "l10n" / "sync.lock"
    write_lock(path, lock)
    assert read_lock(path) == lock


def test_a_stamp_is_a_line_and_the_lines_are_sorted() -> None:
    """A change of one sentence changes one line, wherever it was made first."""
    other = Lock({("ja", "z"): frozenset({Stamp(A, A)}), **LOCK.pages})
    comment, _, tables = format_lock(other).partition("\n\n")
    assert all(line.startswith("# ") for line in comment.split("\n"))
    assert tables.split("\n") == [
        '"ja"."z" = [',
        f'    "{A} {A}",',
        "]",
        "",
        '"ko"."guides/a" = [',
        f'    "{A} {C}",',
        f'    "{B} {C}",',
        "]",
        "",
    ]


def test_where_a_page_begins_in_the_file_is_known(tmp_path: Path) -> None:
    """A finding about a page that is gone points at its lines."""
    path = tmp_path / "sync.lock"
    write_lock(path, LOCK)
    lines = path.read_text("utf-8").split("\n")
    assert lines[line_of(path, "ko", "guides/a") - 1] == '"ko"."guides/a" = ['
    assert line_of(path, "ko", "other") == 1


def test_no_file_is_an_empty_lock(tmp_path: Path) -> None:
    """A project begins without one."""
    assert read_lock(tmp_path / "sync.lock") == Lock()


def test_pages_that_are_not_named_keep_their_stamps() -> None:
    """To replace a page is to leave the others alone; a page without stamps is forgotten."""
    key = ("ja", "b")
    more = LOCK.replaced({key: frozenset({Stamp(A, B)})})
    assert more.stamps("ko", "guides/a") == LOCK.stamps("ko", "guides/a")
    assert more.replaced({key: frozenset()}) == LOCK
    assert LOCK.stamps("ja", "b") == frozenset()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"<<<<<<< ours\n", "Invalid"),
        (b'"ja"."a" = []\n"ja"."a" = []\n', "overwrite"),
        (b'"ja"."a" = ["x"]\n', "'x' on ja/a is no pair of digests"),
        (b'"ja"."a" = 1\n', "Expected `array`"),
        (b"# \xff\n", "can't decode"),
    ],
    ids=["merge", "twice", "no digests", "no list", "no text"],
)
def test_a_file_that_is_no_lock_is_refused(tmp_path: Path, text: bytes, reason: str) -> None:
    """What two branches have left behind is named, with the next step, and stays as it is."""
    path = tmp_path / "sync.lock"
    path.write_bytes(text)
    with pytest.raises(DocsError, match="run `python -m hozon_docs stamp` again") as caught:
        read_lock(path)
    assert reason in str(caught.value)
    assert path.read_bytes() == text


def test_an_interrupt_leaves_the_old_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock is never half written, and nothing is left beside it."""
    path = tmp_path / "sync.lock"
    write_lock(path, LOCK)

    def interrupt(_path: Path, _target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_lock(path, Lock())
    assert read_lock(path) == LOCK
    assert list(tmp_path.iterdir()) == [path]
