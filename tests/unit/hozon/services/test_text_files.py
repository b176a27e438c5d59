"""Text files: all of the text or what was there before."""

from pathlib import Path

import pytest

from hozon.errors import SourceFileError
from hozon.services.text_files import save_text


def test_a_text_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    """As UTF-8, with the line ends as they are, and nothing beside it."""
    path = tmp_path / "texts" / "graph.txt"
    path.parent.mkdir()
    path.write_text("old and longer than that", "utf-8")
    save_text("保存\n", path, what="graph")
    assert path.read_bytes() == "保存\n".encode()
    assert list(path.parent.iterdir()) == [path]


def test_what_cannot_be_written_is_named(tmp_path: Path) -> None:
    """With the reason, and what to do."""
    with pytest.raises(SourceFileError, match=r"The graph cannot be saved to .*absent") as caught:
        save_text("a", tmp_path / "absent" / "graph.txt", what="graph")
    assert "a folder that exists" in caught.value.hint


def test_a_failure_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be it an interrupt."""
    path = tmp_path / "texts" / "graph.txt"
    path.parent.mkdir()
    path.write_text("old", "utf-8")

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", fail)
        with pytest.raises(KeyboardInterrupt):
            save_text("new", path, what="graph")
    assert path.read_text("utf-8") == "old"
    assert list(path.parent.iterdir()) == [path]
