"""What a run records: steps, rules of the summary, words, files, code; and what it does not."""

import math
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

import hozon
from hozon.errors import (
    ArtifactNotFoundError,
    InputError,
    InvalidMetadataError,
    InvalidNameError,
    InvalidTagError,
    NoRunError,
    RunFinishedError,
    SourceFileError,
)

LogText = Callable[..., hozon.Artifact]


def logged(run: hozon.Run) -> list[dict[str, object]]:
    """Give the history without its times."""
    rows = run.history()
    for row in rows:
        del row["_timestamp"]
    return rows


@pytest.fixture
def run() -> hozon.Run:
    """Begin a run, which ends with the test."""
    return hozon.init(id="r1")


# Steps.


def test_each_call_is_a_step(run: hozon.Run) -> None:
    """From 0 on."""
    run.log({"a": 1})
    run.log({"a": 2})
    assert logged(run) == [{"_step": 0, "a": 1}, {"_step": 1, "a": 2}]
    assert run.step == 2


def test_a_step_is_open_until_it_is_committed(run: hozon.Run) -> None:
    """What is logged to it is stored at once, in one row."""
    run.log({"a": 1, "b": 1}, commit=False)
    assert (run.step, logged(run)) == (0, [{"_step": 0, "a": 1, "b": 1}])
    run.log({"b": 2})
    assert (run.step, logged(run)) == (1, [{"_step": 0, "a": 1, "b": 2}])


def test_a_row_may_be_empty(run: hozon.Run) -> None:
    """And filled later."""
    run.log({}, commit=False)
    run.log({"a": 1})
    assert logged(run) == [{"_step": 0, "a": 1}]


def test_steps_may_be_chosen(run: hozon.Run) -> None:
    """They go up, and stay open unless they are committed."""
    run.log({"a": 1}, step=5)
    run.log({"b": 1}, step=5)
    run.log({"a": 2}, step=7, commit=True)
    run.log({"a": 3})
    assert logged(run) == [
        {"_step": 5, "a": 1, "b": 1},
        {"_step": 7, "a": 2},
        {"_step": 8, "a": 3},
    ]


@pytest.mark.parametrize("step", [0, 4, -1, 1.5, True, "9"])
def test_a_step_that_goes_back_is_refused(run: hozon.Run, step: object) -> None:
    """And so is what is no step; nothing is logged."""
    run.log({"a": 1}, step=5)
    with pytest.raises(InputError, match=f"step is {step!r}"):
        run.log({"a": 2}, step=step)  # type: ignore[arg-type]
    assert logged(run) == [{"_step": 5, "a": 1}]


def test_metrics_that_cannot_be_stored_leave_the_step_open(run: hozon.Run) -> None:
    """What was in it stays."""
    run.log({"a": 1}, commit=False)
    with pytest.raises(InvalidMetadataError):
        run.log({"a": {1}})
    assert (run.step, logged(run)) == (0, [{"_step": 0, "a": 1}])


# History and summary.


def test_the_history_is_read_in_parts(run: hozon.Run) -> None:
    """By metrics, by steps, and page by page; NaN comes back."""
    for step in range(10):
        run.log({"a": step} if step % 2 else {"a": step, "b": math.nan})
    assert [row["_step"] for row in run.scan_history(keys=["b"], page_size=3)] == [0, 2, 4, 6, 8]
    assert set(next(run.scan_history(keys=["b"]))) == {"_step", "_timestamp", "b"}
    assert [row["a"] for row in run.scan_history(min_step=3, max_step=5)] == [3, 4]
    assert [row["a"] for row in run.history(samples=4)] == [0, 3, 6, 9]
    assert [row["a"] for row in run.history(samples=1)] == [0]
    assert len(run.history(samples=100)) == 10


def test_pages_and_samples_are_one_or_more(run: hozon.Run) -> None:
    """Also before anything is read."""
    with pytest.raises(InputError, match="samples is 0"):
        run.history(samples=0)
    with pytest.raises(InputError, match="page_size is 0"):
        run.scan_history(page_size=0)


def test_rules_of_the_summary(run: hozon.Run) -> None:
    """By name and by pattern, and given again they are replaced."""
    run.define_metric("loss/*", summary="min")
    run.define_metric("step_time", summary="none")
    run.define_metric("step_time", summary="max")
    for value in (2, 1, 3):
        run.log({"loss/train": value, "step_time": value, "other": value})
    assert dict(run.summary) == {"loss/train": 1, "step_time": 3, "other": 3}


def test_a_run_that_has_ended_defines_nothing(run: hozon.Run) -> None:
    """Nor does it log a file, or code."""
    run.finish()
    for late in (
        lambda: run.define_metric("a"),
        lambda: run.log_artifact("."),
        lambda: run.log_code("."),
    ):
        with pytest.raises(RunFinishedError):
            late()


# Words.


def test_words_are_stored_as_they_change(run: hozon.Run) -> None:
    """Name, tags and notes; the group is given once."""
    run.name, run.tags, run.notes = "Second try", ["b", "a", "b"], "It went well."
    stored = hozon.Api().run("r1")
    for seen in (run, stored):
        assert (seen.name, seen.tags, seen.notes, seen.group) == (
            "Second try",
            ["a", "b"],
            "It went well.",
            None,
        )
    run.name = run.notes = None  # type: ignore[assignment]  The name is the id again.
    assert (run.name, hozon.Api().run("r1").name, run.notes) == ("r1", "r1", None)


@pytest.mark.parametrize(
    ("word", "value", "error"),
    [
        ("name", "", InputError),
        ("name", "two\nlines", InputError),
        ("name", "x" * 129, InputError),
        ("group", 1, InputError),
        ("tags", ["a/b"], InvalidTagError),
        ("notes", 1, InvalidMetadataError),
    ],
)
def test_words_that_break_the_rules_are_refused(
    word: str, value: object, error: type[Exception]
) -> None:
    """By `init`, on the run, and on the record; nothing changes."""
    with pytest.raises(error):
        hozon.init(id="r2", **{word: value})  # type: ignore[arg-type]
    with hozon.init(id="r1", group="g") as run:
        for changed in (run, hozon.Api().run("r1")):
            if word != "group" or changed is not run:
                with pytest.raises(error):
                    setattr(changed, word, value)
    assert [found.id for found in hozon.Api().runs()] == ["r1"]
    assert hozon.Api().run("r1").group == "g"


def test_a_record_is_changed_by_update(run: hozon.Run) -> None:
    """All that was changed, once it is stored; a change that is refused stores nothing."""
    run.finish()
    record = hozon.Api().run("r1")
    record.name, record.group, record.tags, record.notes = "n", "g", ["t"], "long"
    record.config["a"], record.summary["b"] = 1, math.inf
    assert hozon.Api().run("r1").name == "r1"
    record.update()
    stored = hozon.Api().run("r1")
    assert (stored.name, stored.group, stored.tags, stored.notes) == ("n", "g", ["t"], "long")
    assert (stored.config, stored.summary) == ({"a": 1}, {"b": math.inf})
    stored.notes, stored.config["a"] = "other", {1}
    with pytest.raises(InvalidMetadataError):
        stored.update()
    assert hozon.Api().run("r1").notes == "long"


def test_the_run_that_is_current_can_be_given_back(run: hozon.Run) -> None:
    """Or it is ended; nothing else is known."""
    for reinit in (False, "return_previous"):
        assert hozon.init(reinit=reinit) is run
    with pytest.raises(InputError, match="reinit is 'create_new'"):
        hozon.init(reinit="create_new")
    with hozon.init(reinit="finish_previous"):
        assert run.state == "finished"


# Files and code.


def test_a_file_or_a_folder_is_logged_as_it_is(run: hozon.Run, tmp_path: Path) -> None:
    """Under a name made of the run's and its own, unless another is given."""
    (tmp_path / "my data").mkdir()
    (tmp_path / "my data" / "a.txt").write_text("a")
    folder = run.log_artifact(tmp_path / "my data").wait()
    file = run.log_artifact(
        str(tmp_path / "my data" / "a.txt"), name="letters", type="dataset", aliases=["small"]
    ).wait()
    assert (folder.name, folder.type) == ("run-r1-my_data:v0", "unspecified")
    assert (file.name, file.type, file.aliases) == ("letters:v0", "dataset", ["latest", "small"])
    assert list(folder.manifest.entries) == list(file.manifest.entries) == ["a.txt"]
    with pytest.raises(SourceFileError, match="absent"):
        run.log_artifact(tmp_path / "absent")
    with pytest.raises(InvalidNameError):
        run.log_artifact(tmp_path, name="a/b")


def test_an_artifact_has_a_name_of_its_own(run: hozon.Run) -> None:
    """Another is not taken silently."""
    with pytest.raises(InputError, match="a name and a type of its own"):
        run.log_artifact(hozon.Artifact("a", type="b"), name="c")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Give a folder with code, and with what is none of the program's."""
    root = tmp_path / "project"
    for path in (
        "train.py",
        "deep/model.py",
        "notes.md",
        ".hidden.py",
        ".git/hook.py",
        "__pycache__/x.py",
        "venv/lib/y.py",
        "node_modules/z.py",
    ):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)
    (root / "venv/pyvenv.cfg").write_text("")
    (tmp_path / "secret.py").write_text("outside")
    (root / "link.py").symlink_to(tmp_path / "secret.py")
    (root / "alias.py").symlink_to(root / "train.py")
    return root


def paths(artifact: hozon.Artifact) -> list[str]:
    """List what is in an artifact."""
    return list(artifact.manifest.entries)


def test_code_is_what_the_program_brought(run: hozon.Run, project: Path) -> None:
    """Python files below the folder, and none that a link leads to from outside of it."""
    assert paths(run.log_code(project)) == ["alias.py", "deep/model.py", "train.py"]
    notes = run.log_code(project, name="n", include_fn=lambda path: path.endswith(".md"))
    assert paths(notes) == ["notes.md"]
    less = run.log_code(
        project, name="l", exclude_fn=lambda path, root: Path(path).parent != Path(root)
    )
    assert paths(less) == ["alias.py", "train.py"]


def test_code_is_named_after_the_project_and_the_script(
    run: hozon.Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In characters that a name may have; without a script, after the project alone."""
    main = sys.modules["__main__"]
    monkeypatch.setattr(main, "__file__", str(project / "train.py"), raising=False)
    assert run.log_code(project).wait().name == "source-digits-train.py:v0"
    monkeypatch.delattr(main, "__file__")
    assert run.log_code(project).wait().name == "source-digits:v0"


def test_the_script_is_saved_when_the_run_begins(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alone; where there is none, nothing is."""
    main = sys.modules["__main__"]
    monkeypatch.setattr(main, "__file__", str(project / "train.py"), raising=False)
    with hozon.init(id="r1", save_code=True):
        pass
    (code,) = hozon.Api().run("r1").logged_artifacts()
    assert (code.name, code.type, paths(code)) == (
        "source-digits-train.py:v0",
        "code",
        ["train.py"],
    )
    for none in (None, "<stdin>"):
        monkeypatch.setattr(main, "__file__", none)
        with hozon.init(save_code=True) as run:
            pass
        assert len(hozon.Api().run(run.id).logged_artifacts()) == 0


@pytest.mark.parametrize("editor", ["jupyter", "code"])
def test_the_notebook_is_saved_when_the_run_begins(
    project: Path, monkeypatch: pytest.MonkeyPatch, editor: str
) -> None:
    """As it lies on the disk: Jupyter names it in the environment, Visual Studio Code in itself."""
    main, notebook = sys.modules["__main__"], project / "train.ipynb"
    notebook.write_text('{"cells": []}', "utf-8")
    monkeypatch.delattr(main, "__file__", raising=False)
    monkeypatch.setitem(sys.modules, "ipykernel", ModuleType("ipykernel"))
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    if editor == "jupyter":
        monkeypatch.setenv("JPY_SESSION_NAME", str(notebook))
    else:
        monkeypatch.setattr(main, "__vsc_ipynb_file__", str(notebook), raising=False)
    with hozon.init(id="r1", save_code=True):
        pass
    (code,) = hozon.Api().run("r1").logged_artifacts()
    assert (code.name, paths(code)) == ("source-digits-train.ipynb:v0", ["train.ipynb"])


def test_what_a_notebook_starts_is_no_notebook(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It inherits the environment, and is no kernel: there is nothing to save."""
    notebook = project / "train.ipynb"
    notebook.write_text('{"cells": []}', "utf-8")
    monkeypatch.delattr(sys.modules["__main__"], "__file__", raising=False)
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    monkeypatch.setenv("JPY_SESSION_NAME", str(notebook))
    with hozon.init(id="r1", save_code=True):
        pass
    assert len(hozon.Api().run("r1").logged_artifacts()) == 0


def test_a_script_that_cannot_be_saved_begins_no_run(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has failed, and is not the current one."""
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(project / "train.py"), False)

    def fail(*_: object, **__: object) -> None:
        raise SourceFileError("train.py cannot be read", hint="Look at it.")

    monkeypatch.setattr("hozon.Artifact.add_file", fail)
    with pytest.raises(SourceFileError):
        hozon.init(id="r1", save_code=True)
    assert hozon.Api().run("r1").state == "failed"
    with pytest.raises(NoRunError):
        hozon.log({})


def test_a_folder_without_code_is_named(run: hozon.Run, tmp_path: Path) -> None:
    """And so is one that is missing, and what cannot choose."""
    with pytest.raises(InputError, match="no code in"):
        run.log_code(tmp_path)
    with pytest.raises(SourceFileError, match="is no folder"):
        run.log_code(tmp_path / "absent")
    with pytest.raises(InputError, match="cannot choose"):
        run.log_code(tmp_path, include_fn=7)  # type: ignore[arg-type]


def test_artifacts_come_below_the_folder_of_the_run(tmp_path: Path, log_text: LogText) -> None:
    """Where that is given; an explicit root is where it is."""
    with hozon.init() as other:
        log_text(other, "one")
    with hozon.init(dir=tmp_path / "work") as run:
        used = run.use_artifact("mnist:v0")
        assert Path(used.download()) == tmp_path / "work/artifacts/mnist-v0"
        assert Path(used.download(tmp_path / "root")) == tmp_path / "root"
        assert run.dir == str(tmp_path / "work")


# Trying a program out.


def test_a_disabled_run_stores_nothing(log_text: LogText, tmp_path: Path) -> None:
    """Everything can be called, and shows what it would do."""
    with hozon.init() as other:
        log_text(other, "one")
    before = len(hozon.Api().runs())
    with hozon.init(id="r1", config={"a": 1}, mode="disabled", tags=["t"]) as run:
        run.log({"loss": 2})
        run.define_metric("loss", summary="min")
        run.log({"loss": 3})
        run.config.update(b=2)
        run.name = "tried"
        (tmp_path / "a.py").write_text("")
        draft = run.log_artifact(tmp_path / "a.py")
        run.log_code(tmp_path)
        used = run.use_artifact("mnist:v0")
        assert run.link_artifact(draft, "models") is draft
        assert (dict(run.config), dict(run.summary)) == ({"a": 1, "b": 2}, {"loss": 2})
        assert (run.name, run.tags, run.step, run.history()) == ("tried", ["t"], 2, [])
        assert (draft.state, used.name) == ("PENDING", "mnist:v0")
        with pytest.raises(ArtifactNotFoundError):
            run.use_artifact("mnist:v9")
    assert (run.state, run.exit_code) == ("finished", 0)
    assert used.used_by() == []
    assert len(hozon.Api().runs()) == before


def test_unknown_modes_are_refused() -> None:
    """The hint lists those that there are."""
    with pytest.raises(InputError, match="mode is 'offline'"):
        hozon.init(mode="offline")
