"""What the shell offers when Tab is pressed."""

from pathlib import Path

import click
import pytest

import hozon
from hozon.cli.completing import (
    complete_collection,
    complete_project,
    complete_run,
    complete_sweep,
    complete_version,
    complete_version_or_run,
)
from hozon.cli.main import cli

CONTEXT = click.Context(cli)
PARAM = click.Argument(["path"])


@pytest.fixture
def filled(home: Path) -> Path:
    """Log two versions of a dataset, the first with an alias, and create a sweep."""
    with hozon.init(id="prepare") as run:
        for text, aliases in (("one", ["best"]), ("two", [])):
            artifact = hozon.Artifact("mnist", type="dataset")
            with artifact.new_file("a") as file:
                file.write(text)
            run.log_artifact(artifact, aliases=aliases)
    hozon.sweep({"method": "grid", "parameters": {"n": {"values": [1]}}}, id="search")
    hozon.teardown()
    return home


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", ["mnist"]),
        ("mn", ["mnist"]),
        ("x", []),
        ("mnist:", ["mnist:best", "mnist:latest", "mnist:v1", "mnist:v0"]),
        ("mnist:v", ["mnist:v1", "mnist:v0"]),
        ("digits/mn", ["digits/mnist"]),
        ("ada/digits/mnist:b", ["ada/digits/mnist:best"]),
        ("ada/letters/", []),
        ("absent:", []),
        ("a/b/c/d", []),
    ],
)
def test_versions_are_offered(typed: str, offered: list[str]) -> None:
    """First the name, then what may stand behind the colon, as it was begun."""
    assert complete_version(CONTEXT, PARAM, typed) == offered


@pytest.mark.usefixtures("filled")
def test_what_has_a_lineage_is_offered() -> None:
    """Artifacts, then runs; behind a colon there is no run."""
    assert complete_version_or_run(CONTEXT, PARAM, "") == ["mnist", "prepare"]
    assert complete_version_or_run(CONTEXT, PARAM, "mnist:b") == ["mnist:best"]
    assert complete_version_or_run(CONTEXT, PARAM, "digits/p") == ["digits/prepare"]


@pytest.mark.usefixtures("filled")
def test_names_and_ids_are_offered() -> None:
    """Of artifacts, runs, sweeps and projects."""
    assert complete_collection(CONTEXT, PARAM, "m") == ["mnist"]
    assert complete_run(CONTEXT, PARAM, "pre") == ["prepare"]
    assert complete_sweep(CONTEXT, PARAM, "ada/digits/s") == ["ada/digits/search"]
    assert complete_project(CONTEXT, PARAM, "dig") == ["digits"]
    assert complete_project(CONTEXT, PARAM, "ada/") == ["ada/digits"]
    assert complete_project(CONTEXT, PARAM, "grace/") == []


def test_deleted_versions_are_not_offered(filled: Path) -> None:
    """As no listing shows them."""
    assert filled.is_dir()
    hozon.Api().artifact("mnist:v0").delete(delete_aliases=True)
    assert complete_version(CONTEXT, PARAM, "mnist:") == ["mnist:latest", "mnist:v1"]


def test_nobody_is_offered_what_they_may_not_read(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A private project looks as if it did not exist, also when Tab is pressed."""
    assert filled.is_dir()
    monkeypatch.setenv("HOZON_USER", "ada")
    hozon.Api().team("ada").add_member("grace", role="viewer")
    for user, offered in (("grace", ["mnist"]), ("guest", [])):
        monkeypatch.setenv("HOZON_USER", user)
        assert complete_collection(CONTEXT, PARAM, "ada/digits/")[:1] == [
            f"ada/digits/{name}" for name in offered
        ]
        assert bool(complete_version(CONTEXT, PARAM, "mnist:")) is bool(offered)
        assert bool(complete_run(CONTEXT, PARAM, "")) is bool(offered)
        assert bool(complete_sweep(CONTEXT, PARAM, "")) is bool(offered)
        assert bool(complete_project(CONTEXT, PARAM, "")) is bool(offered)


def test_nothing_is_made_by_asking(home: Path) -> None:
    """Where there is no catalog, there is none afterwards."""
    (home / "catalog.db").unlink()
    assert complete_version(CONTEXT, PARAM, "") == []
    assert not (home / "catalog.db").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [("HOZON_CATALOG_URL", "nonsense://x"), ("HOZON_CONFIG", "/absent"), ("HOZON_ENTITY", "a b")],
)
def test_errors_offer_nothing(
    filled: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
) -> None:
    """And say nothing: somebody is in the middle of a line."""
    assert filled.is_dir()
    monkeypatch.setenv(name, value)
    assert complete_version(CONTEXT, PARAM, "m") == []
    assert complete_project(CONTEXT, PARAM, "x") == []
    assert capfd.readouterr() == ("", "")
