"""The command line: what a terminal shows, and exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import hozon
from hozon.bootstrap import open_cache, open_file_index
from hozon.cli.main import EXIT_CODES, cli
from hozon.demo import SCENES
from hozon.errors import HozonError
from hozon.model.digests import ContentDigest
from hozon.ports.file_index import Fingerprint, SeenFile
from hozon.settings import load_settings


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
    for word in (
        "cache",
        "demo",
        "migrate",
        "status",
        "Show where data lives",
        "HOZON_STORAGE_URL",
    ):
        assert word in shown


@pytest.mark.usefixtures("filled")
def test_status_counts_what_is_there(home: Path) -> None:
    """As JSON for programs."""
    assert json.loads(run("status", "--json").stdout) == {
        "catalog": f"sqlite:///{home}/catalog.db",
        "storage": f"file://{home}/objects",
        "connectors": {},
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


def test_status_names_connectors(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with its team, below the store of all others."""
    (home / "config.toml").write_text('[connectors]\nvision = "s3://theirs/hozon"\n')
    monkeypatch.setenv("HOZON_CONFIG", str(home / "config.toml"))
    shown = [line.split() for line in run("status").stdout.splitlines()]
    assert ["Connector", "of", "vision", "s3://theirs/hozon"] in shown
    assert json.loads(run("status", "--json").stdout)["connectors"] == {
        "vision": "s3://theirs/hozon"
    }


@pytest.mark.parametrize("group", EXIT_CODES, ids=lambda group: group.__name__)
def test_every_group_of_errors_has_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, group: type[HozonError]
) -> None:
    """The message and the hint go to standard error, never a traceback."""

    def fail() -> None:
        raise group("It is broken", hint="Mend it.")

    monkeypatch.setattr("hozon.sdk.session.load_settings", fail)
    result = run("status")
    assert result.exit_code == EXIT_CODES[group]
    assert (result.stdout, result.stderr) == ("", "Error: It is broken.\nMend it.\n")


def test_what_the_system_refuses_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named, with the place where there is one; exit code 1."""

    def fail() -> None:
        raise OSError(28, "No space left on device", "/data/x")

    monkeypatch.setattr("hozon.sdk.session.load_settings", fail)
    result = run("status")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        "Error: /data/x: No space left on device.",
        "Check that there is space, and that you may read and write there.",
    ]


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
    _, *lines = run("demo").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(SCENES)
    assert [each["page"] for each in json.loads(run("demo", "--json").stdout)] == list(SCENES)


def test_demo_tells_programs_where_the_data_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variables are those of the shell code."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    made = json.loads(run("demo", "index", "--json").stdout)
    assert made["variables"]["HOZON_HOME"] == made["folder"]
    assert Path(made["folder"]).is_dir()
    code = run("demo", "index").stdout.splitlines()
    assert [line.split()[1].split("=")[0] for line in code] == list(made["variables"])


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


SEEN = SeenFile("/a", Fingerprint(1, 2, 3, 4), ContentDigest("ab" * 32))


@pytest.fixture
def kept() -> list[ContentDigest]:
    """Keep three files of 1,000 bytes in the cache, the oldest first, and one in the index."""
    cache = open_cache(load_settings())
    digests = [ContentDigest(f"{number:064x}") for number in range(3)]
    for at, digest in enumerate(digests, 1000):
        cache.add(digest, bytes(1000))
        path = cache.find(digest)
        assert path is not None
        os.utime(path, (at, at))
    open_file_index(load_settings()).remember([SEEN])
    return digests


def cached(digests: list[ContentDigest]) -> list[bool]:
    """Tell which files are still in the cache."""
    cache = open_cache(load_settings())
    return [cache.find(digest) is not None for digest in digests]


def test_the_cache_explains_itself() -> None:
    """What it is for, that nothing is lost with it, and the settings."""
    shown = run("cache", "--help").output
    for word in ("cleanup", "info", "HOZON_CACHE_DIR", "HOZON_CACHE_SIZE", "Nothing is lost"):
        assert word in shown
    assert "500MB, 5GB or 10GiB" in run("cache", "cleanup", "--help").output


@pytest.mark.usefixtures("kept")
def test_the_cache_is_measured(home: Path) -> None:
    """As JSON for programs; asking changes nothing."""
    for _ in range(2):
        told = json.loads(run("cache", "info", "--json").stdout)
        assert told.pop("index_bytes") > 0
        assert told == {
            "folder": f"{home}/cache",
            "files": 3,
            "size_bytes": 3000,
            "bound_bytes": 10 * 2**30,
        }


@pytest.mark.usefixtures("kept")
def test_the_cache_is_shown(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a table for people."""
    monkeypatch.setenv("HOZON_CACHE_SIZE", "5GB")
    lines = run("cache", "info").stdout.splitlines()
    assert lines[:3] == [f"Folder  {home}/cache", "Kept    3 files, 3.0 kB", "Bound   5.0 GB"]
    assert lines[3].startswith("Index   ")


def test_a_cache_that_is_not_there_is_empty(home: Path) -> None:
    """And is not made by looking at it."""
    assert json.loads(run("cache", "info", "--json").stdout)["files"] == 0
    done = run("cache", "cleanup", "--size", "0")
    assert done.stdout == "Removed  0 files, 0 bytes\nKept     0 files, 0 bytes\n"
    assert not (home / "cache").exists()


def test_what_was_not_used_for_longest_goes(kept: list[ContentDigest]) -> None:
    """What went and what is left is told, and the index stays."""
    done = run("cache", "cleanup", "--size", "1kB")
    assert done.stdout == "Removed  2 files, 2.0 kB\nKept     1 file, 1.0 kB\n"
    assert cached(kept) == [False, False, True]
    assert open_file_index(load_settings()).seen(["/a"]) == {"/a": SEEN}


def test_what_fits_stays(kept: list[ContentDigest]) -> None:
    """As JSON for programs."""
    told = json.loads(run("cache", "cleanup", "--size", "5GB", "--json").stdout)
    assert told == {
        "removed": {"files": 0, "size_bytes": 0},
        "kept": {"files": 3, "size_bytes": 3000},
    }
    assert cached(kept) == [True] * 3


def test_a_size_of_nothing_empties_it(kept: list[ContentDigest]) -> None:
    """The index of local files is forgotten, too."""
    run("cache", "cleanup", "--size", "0")
    assert cached(kept) == [False] * 3
    assert open_file_index(load_settings()).seen(["/a"]) == {}


@pytest.mark.parametrize("size", ["lots", "-1", "5 XB"])
def test_a_size_that_is_none_removes_nothing(kept: list[ContentDigest], size: str) -> None:
    """Exit code 2; the hint shows how to write one."""
    result = run("cache", "cleanup", "--size", size)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "500MB" in result.stderr
    assert cached(kept) == [True] * 3


def test_a_size_has_to_be_given(kept: list[ContentDigest]) -> None:
    """Nobody empties a cache by leaving something out."""
    assert run("cache", "cleanup").exit_code == 2
    assert cached(kept) == [True] * 3


def test_what_a_terminal_cannot_show_is_written_in_its_letters() -> None:
    """A note in another script is no reason to fail in the middle of a table."""
    with hozon.init() as current:
        artifact = hozon.Artifact("mnist", type="dataset", description="手書き café")
        current.log_artifact(artifact)
    shown = CliRunner(charset="latin-1").invoke(cli, ["artifact", "show", "mnist"])
    assert (shown.exit_code, shown.exception) == (0, None)
    assert r"\u624b\u66f8\u304d café" in shown.stdout_bytes.decode("latin-1")


def test_an_output_without_space_is_told(tmp_path: Path) -> None:
    """One message and exit code 1, no traceback, and none when Python ends."""
    program = Path(sys.executable).parent / "hozon"
    script = f"ulimit -f 0; exec '{program}' completion bash > '{tmp_path}/script'"
    ended = subprocess.run(["/bin/sh", "-c", script], stderr=subprocess.PIPE, check=False)  # noqa: S603  Our own program.
    assert (ended.returncode, ended.stderr.decode().splitlines()) == (
        1,
        [
            "Error: The output cannot be written (File too large).",
            "Send it to a place with space; what the command changed is done.",
        ],
    )


def test_who_closes_a_pipe_has_seen_enough() -> None:
    """No message, whatever is left to print."""
    program = Path(sys.executable).parent / "hozon"
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run(  # noqa: S603  Our own program.
        [program, "completion", "bash"], stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (1, b"")
