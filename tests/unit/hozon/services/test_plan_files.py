"""Plan files: whole, or as they were."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hozon.errors import InvalidPlanError, SourceFileError
from hozon.model.names import EntityName
from hozon.model.plans import DeletePlan
from hozon.services.plan_files import load_plan, save_plan
from worlds import AT

PLAN = DeletePlan(
    at=AT,
    created_at=datetime(2026, 1, 2, tzinfo=UTC),
    created_by=EntityName("ada"),
    delete_aliases=True,
    force_links=False,
    versions=(),
    left_out=(),
    freed_bytes=0,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give an empty folder."""
    folder = tmp_path / "plans"
    folder.mkdir()
    return folder


def test_what_was_saved_is_loaded(folder: Path) -> None:
    """And replaces what was there, with nothing left beside it."""
    path = folder / "plan.json"
    path.write_text("old")
    save_plan(PLAN, path)
    assert load_plan(path) == PLAN
    assert list(folder.iterdir()) == [path]


def test_a_file_that_cannot_be_written_is_told(folder: Path) -> None:
    """The folder is missing, or the name is that of a folder."""
    (folder / "below").mkdir()
    for path in (folder / "absent" / "plan.json", folder / "below"):
        with pytest.raises(SourceFileError, match=f"cannot be saved to {path}"):
            save_plan(PLAN, path)
    assert [path.name for path in folder.iterdir()] == ["below"]


def test_an_interrupted_save_leaves_the_old_plan(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of the new one, or all of the old one."""
    path = folder / "plan.json"
    save_plan(PLAN, path)
    before = path.read_text("utf-8")

    def interrupt(_beside: Path, _path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save_plan(PLAN, path)
    assert path.read_text("utf-8") == before
    assert list(folder.iterdir()) == [path]


def test_a_file_that_cannot_be_read_is_told(folder: Path) -> None:
    """It is missing, or a folder; what is no plan is told by its name."""
    for path in (folder / "absent.json", folder):
        with pytest.raises(SourceFileError, match=f"The plan {path} cannot be read"):
            load_plan(path)
    (folder / "notes.txt").write_text("not a plan")
    with pytest.raises(InvalidPlanError, match=r"notes\.txt is no JSON"):
        load_plan(folder / "notes.txt")
