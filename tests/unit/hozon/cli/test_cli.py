"""The command line: what a terminal shows, and exit codes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import hozon
from hozon.cli.main import EXIT_CODES, cli
from hozon.demo import SCENES
from hozon.errors import HozonError


def run(*arguments: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(cli, list(arguments), catch_exceptions=False)


@pytest.fixture
def filled() -> None:
    """Log two versions of five bytes, and delete one."""
    for text in ("one", "two-2"):
        with hozon.init() as current:
            artifact = hozon.Artifact("mnist", type="dataset")
            with artifact.new_file("a") as file:
                file.write(text)
            current.log_artifact(artifact)
    artifact.delete(delete_aliases=True)


def test_the_version_is_told() -> None:
    """Name and number."""
    assert run("--version").output == f"hozon, version {hozon.__version__}\n"


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_lists_the_commands(option: str) -> None:
    """Each with its first line, and the settings that matter."""
    shown = run(option).output
    for word in ("demo", "status", "Show where data lives", "HOZON_STORAGE_URL"):
        assert word in shown


@pytest.mark.usefixtures("filled")
def test_status_counts_what_is_there(home: Path) -> None:
    """As JSON for programs."""
    assert json.loads(run("status", "--json").stdout) == {
        "catalog": f"sqlite:///{home}/catalog.db",
        "storage": f"file://{home}/objects",
        "config_file": None,
        "entity": "ada",
        "project": "digits",
        "projects": 1,
        "runs": 2,
        "collections": 1,
        "versions": 1,
        "deleted_versions": 1,
        "object_bytes": 8,
    }


@pytest.mark.usefixtures("filled")
def test_status_shows_a_table(home: Path) -> None:
    """For people: words and units, each place in one piece."""
    lines = [line.rstrip() for line in run("status").stdout.splitlines()]
    assert f"Catalog           sqlite:///{home}/catalog.db" in lines
    assert "Config file       none" in lines
    assert "Deleted versions  1" in lines
    assert "Stored            8 bytes" in lines


@pytest.mark.parametrize("group", EXIT_CODES, ids=lambda group: group.__name__)
def test_every_group_of_errors_has_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, group: type[HozonError]
) -> None:
    """The message and the hint go to standard error, never a traceback."""

    def fail() -> None:
        raise group("It is broken", hint="Mend it.")

    monkeypatch.setattr("hozon.cli.status.load_settings", fail)
    result = run("status")
    assert result.exit_code == EXIT_CODES[group]
    assert (result.stdout, result.stderr) == ("", "Error: It is broken.\nMend it.\n")


def test_exit_codes_are_all_different() -> None:
    """A script can tell the groups apart, and from success and crash."""
    assert len(set(EXIT_CODES.values()) - {0, 1}) == len(EXIT_CODES)
    assert set(EXIT_CODES) == set(HozonError.__subclasses__())


def test_an_unknown_page_lists_the_known_ones() -> None:
    """Exit code 3: something that does not exist was named."""
    result = run("demo", "guides/absent")
    assert result.exit_code == 3
    assert result.stdout == ""
    assert "page 'guides/absent'" in result.stderr
    assert "guides/delete" in result.stderr


def test_demo_without_a_page_lists_the_pages() -> None:
    """Each with what its world holds."""
    lines = run("demo").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(SCENES)


@pytest.mark.parametrize("page", SCENES)
def test_demo_leaves_the_users_data_alone(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    """Even when a configuration file says where that is."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    config = tmp_path / "config" / "hozon" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(
        f'catalog_url = "sqlite:///{home}/catalog.db"\nstorage_url = "file://{home}/objects"\n',
        encoding="utf-8",
    )
    before = (home / "catalog.db").read_bytes()
    result = run("demo", page)
    assert [path.name[:11] for path in scratch.iterdir()] == ["hozon-demo-"]
    assert result.exit_code == 0
    assert (home / "catalog.db").read_bytes() == before
    assert not (home / "objects").exists()


def test_a_failing_demo_leaves_no_scratch_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be finished is taken back."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "work"))

    def fail() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("hozon.cli.demo.teardown", fail)
    assert run("demo", "index").exit_code != 0
    assert list((tmp_path / "work").iterdir()) == []
