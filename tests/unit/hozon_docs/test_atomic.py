"""Files are written in one piece."""

import stat
from pathlib import Path

import pytest

from hozon_docs.atomic import write_atomically


def test_a_file_holds_what_was_written(tmp_path: Path) -> None:
    """Folders above it are made."""
    path = tmp_path / "a" / "b.txt"
    write_atomically(path, b"new\r\n")
    assert path.read_bytes() == b"new\r\n"


def test_a_file_keeps_its_mode(tmp_path: Path) -> None:
    """Writing a file again changes nothing but its text."""
    path = tmp_path / "b.txt"
    path.write_bytes(b"old")
    path.chmod(0o600)
    write_atomically(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_failure_leaves_the_old_text_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interrupt in the last step leaves no second file behind."""

    def interrupted(_self: Path, _target: Path) -> Path:
        raise KeyboardInterrupt

    path = tmp_path / "b.txt"
    path.write_bytes(b"old")
    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, b"new")
    assert [one.name for one in tmp_path.iterdir()] == ["b.txt"]
    assert path.read_bytes() == b"old"
