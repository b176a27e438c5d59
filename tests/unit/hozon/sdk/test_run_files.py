"""`Run.files`: the files of what a run logged."""

from pathlib import Path

import pytest

import hozon
from hozon.errors import InputError


@pytest.fixture
def logged() -> None:
    """Log two versions of three files, and one of a single file."""
    with hozon.init(id="maker") as run:
        for number in range(2):
            artifact = hozon.Artifact("mnist", type="dataset")
            for path in ("b.txt", "a/1.txt", "a/2.txt"):
                with artifact.new_file(path) as file:
                    file.write(f"{number} {path}")
            run.log_artifact(artifact)
        artifact = hozon.Artifact("net", type="model")
        with artifact.new_file("net.txt") as file:
            file.write("net")
        run.log_artifact(artifact)
    hozon.init(id="idle").finish()


ALL = [*["a/1.txt", "a/2.txt", "b.txt"] * 2, "net.txt"]


@pytest.mark.usefixtures("logged")
@pytest.mark.parametrize("per_page", [1, 2, 3, 4, 100])
def test_files_come_by_version_and_path(per_page: int) -> None:
    """Pages of any size give each once."""
    files = hozon.Api().run("maker").files(per_page=per_page)
    assert [file.path for file in files] == ALL
    assert len(files) == len(ALL)
    assert Path(files[-1].download()).read_text() == "net"
    assert repr(files[3]) == "<ArtifactManifestEntry a/1.txt of mnist:v1>"


@pytest.mark.usefixtures("logged")
def test_some_files_are_chosen_by_name() -> None:
    """In every version that has them; none is an empty list."""
    run = hozon.Api().run("maker")
    chosen = run.files(["net.txt", "b.txt", "absent"], per_page=1)
    assert [file.path for file in chosen] == ["b.txt", "b.txt", "net.txt"]
    assert len(chosen) == 3
    assert list(run.files([])) == []
    assert len(hozon.Api().run("idle").files()) == 0
    assert list(hozon.Api().run("idle").files()) == []
    with pytest.raises(InputError):
        run.files(per_page=0)


@pytest.mark.usefixtures("logged")
def test_deleting_a_version_skips_no_file_of_another() -> None:
    """Also the one whose files are being listed."""
    met = []
    for file in hozon.Api().run("maker").files(per_page=2):
        met.append((str(file), file.path))
        if len(met) == 2:
            hozon.Api().artifact("mnist:v0").delete(delete_aliases=True)
    assert [path for _, path in met] == ["a/1.txt", "a/2.txt", *ALL[3:]]


def test_the_code_of_a_run_is_among_its_files(tmp_path: Path) -> None:
    """It is an artifact that the run logged."""
    (tmp_path / "train.py").write_text("print(7)")
    with hozon.init(id="coded") as run:
        run.log_code(tmp_path)
    assert [file.path for file in hozon.Api().run("coded").files()] == ["train.py"]
