"""`hozon plan` and `hozon du`: what a terminal shows, and exit codes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import hozon
from hozon.cli.main import cli
from hozon.sdk.public.plans import DeletePlan


def run(*arguments: str, typed: str | None = None) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(cli, list(arguments), input=typed, catch_exceptions=False)


@pytest.fixture(autouse=True)
def _filled() -> None:
    """Log three versions of a dataset, and a model that shares its bytes with the last one."""
    with hozon.init() as current:
        for name, kind, text in (
            ("mnist", "dataset", "one"),
            ("mnist", "dataset", "two-2"),
            ("mnist", "dataset", "three33"),
            ("net", "model", "three33"),
        ):
            artifact = hozon.Artifact(name, type=kind)
            with artifact.new_file("a") as file:
                file.write(text)
            current.log_artifact(artifact)
        artifact.wait()


def states() -> list[str]:
    """Read the states of the three versions, newest first."""
    return [str(version.state) for version in hozon.Api().version_usage("mnist")]


def test_the_help_teaches() -> None:
    """Each command with an example."""
    for command in (["du"], ["plan"], ["plan", "delete"], ["plan", "show"], ["plan", "execute"]):
        assert f"hozon {' '.join(command)}" in run(*command, "--help").output
    assert "plan" in run("--help").output


def test_a_plan_goes_from_making_to_deleting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made, shown, asked for, executed, and then there is nothing left to do."""
    file = str(tmp_path / "plan.json")
    made = run("plan", "delete", "mnist", "--save", file)
    assert made.stdout.splitlines() == [
        "Delete 2 versions of ada/digits; purging frees 8 of 8 bytes",
        "  ada/digits/mnist:v0",
        "  ada/digits/mnist:v1",
        "Left out: 1 version",
        "  ada/digits/mnist:v2 has the aliases latest",
    ]
    assert f"hozon plan execute {file}" in made.stderr
    assert run("plan", "show", file).stdout == made.stdout
    monkeypatch.setattr("hozon.cli.options.can_answer", lambda: True)
    refused = run("plan", "execute", file, typed="n\n")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "Delete them? [y/N]" in refused.stderr
    assert states() == ["COMMITTED"] * 3
    done = run("plan", "execute", file, typed="y\n")
    assert (done.exit_code, done.stdout) == (0, "2 deleted, 0 already gone, 0 failed\n")
    assert states() == ["COMMITTED", "DELETED", "DELETED"]
    again = run("plan", "execute", file, "--yes", "--json")
    assert json.loads(again.stdout) == {
        "deleted": [],
        "already_gone": ["ada/digits/mnist:v0", "ada/digits/mnist:v1"],
        "failed": {},
    }


def test_a_plan_need_not_be_saved() -> None:
    """It is said how to; nothing is deleted either way."""
    made = run("plan", "delete", "--json")
    assert [v["path"] for v in json.loads(made.stdout)["versions"]] == [
        "ada/digits/mnist:v0",
        "ada/digits/mnist:v1",
    ]
    assert "not saved: add --save" in made.stderr
    assert states() == ["COMMITTED"] * 3


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--delete-aliases"], 4),
        (["--delete-aliases", "--type", "model"], 1),
        (["--delete-aliases", "n*"], 1),
        (["--keep-newest", "2"], 1),
        (["--older-than", "30d"], 0),
        (["--older-than", "0s"], 2),
        (["--project", "ada/letters"], 0),
        (["--delete-aliases", "--force-links"], 4),
    ],
)
def test_options_choose(options: list[str], count: int) -> None:
    """As the arguments of `Api.plan_delete` do."""
    made = json.loads(run("plan", "delete", *options, "--json").stdout)
    assert len(made["versions"]) == count
    assert made["force_links"] is ("--force-links" in options)


@pytest.mark.parametrize("options", [["--older-than", "soon"], ["--keep-newest", "-1"], ["a b"]])
def test_mistakes_are_told(options: list[str]) -> None:
    """Exit code 2, and a next step."""
    assert run("plan", "delete", *options).exit_code == 2


def test_an_outdated_plan_deletes_nothing(tmp_path: Path) -> None:
    """Exit code 4, as for every conflict."""
    file = str(tmp_path / "plan.json")
    run("plan", "delete", "--save", file)
    artifact = hozon.Api().artifact("mnist:v1")
    artifact.aliases.append("mine")
    artifact.save()
    refused = run("plan", "execute", file, "--yes")
    assert refused.exit_code == 4
    assert "mnist:v1 has the aliases mine instead of none" in refused.stderr
    assert states() == ["COMMITTED"] * 3


def test_a_version_that_was_spared_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 4 again; the rest is done."""
    file = str(tmp_path / "plan.json")
    run("plan", "delete", "--save", file)
    report = hozon.Api().load_plan(file).execute()
    spared = type(report)(report.deleted, (), {"ada/digits/x:v0": "was edited"})
    monkeypatch.setattr(DeletePlan, "execute", lambda *_: spared)
    done = run("plan", "execute", file, "--yes")
    assert done.exit_code == 4
    assert done.stdout == "2 deleted, 0 already gone, 1 failed\n  ada/digits/x:v0 was edited\n"


def test_what_is_no_plan_is_told(tmp_path: Path) -> None:
    """Exit code 2, whether it is missing or something else."""
    (tmp_path / "x.json").write_text("[]")
    for name in ("x.json", "absent.json"):
        assert run("plan", "show", str(tmp_path / name)).exit_code == 2


def test_du_shows_a_table() -> None:
    """Sizes for people; what is shared is not unique, and what is deleted has a column."""
    hozon.Api().artifact("mnist:v1").delete()
    assert run("du").stdout.splitlines() == [
        "COLLECTION        VERSIONS     TOTAL   UNIQUE  DELETED",
        "ada/digits/mnist         2  10 bytes  3 bytes  5 bytes",
        "ada/digits/net           1   7 bytes  0 bytes  0 bytes",
    ]


def test_du_shows_versions() -> None:
    """Below their collection, newest first, deleted ones as such."""
    hozon.Api().artifact("mnist:v1").delete()
    assert run("du", "--versions", "mnist").stdout.splitlines() == [
        "COLLECTION        VERSIONS     TOTAL   UNIQUE  DELETED",
        "ada/digits/mnist         2  10 bytes  3 bytes  5 bytes",
        "  v2                         7 bytes  0 bytes",
        "  v1 (deleted)               5 bytes  5 bytes",
        "  v0                         3 bytes  3 bytes",
    ]


def test_du_writes_json() -> None:
    """In bytes; versions only where they are asked for."""
    plain, full = (
        json.loads(run("du", "m*", "--json").stdout),
        json.loads(run("du", "m*", "--json", "--versions").stdout),
    )
    assert plain == [
        {
            "path": "ada/digits/mnist",
            "type": "dataset",
            "versions": 3,
            "total_bytes": 15,
            "unique_bytes": 8,
            "deleted_versions": 0,
            "deleted_bytes": 0,
        }
    ]
    assert full[0]["by_version"][-1] == {
        "path": "ada/digits/mnist:v0",
        "state": "COMMITTED",
        "total_bytes": 3,
        "unique_bytes": 3,
    }


@pytest.mark.parametrize(
    ("paths", "shown"),
    [
        (["mnist"], ["ada/digits/mnist"]),
        (["digits/n*", "mnist"], ["ada/digits/mnist", "ada/digits/net"]),
        (["ada/digits/*", "net"], ["ada/digits/mnist", "ada/digits/net"]),
        (["ada/letters/*"], []),
    ],
)
def test_du_takes_paths(paths: list[str], shown: list[str]) -> None:
    """With or without the project, each collection once."""
    assert [item["path"] for item in json.loads(run("du", *paths, "--json").stdout)] == shown


@pytest.mark.parametrize(("path", "code"), [("minst", 3), ("a/b/c/d", 2), ("digits/", 2)])
def test_du_tells_mistakes(path: str, code: int) -> None:
    """What is not there, and what is no path."""
    assert run("du", path).exit_code == code
