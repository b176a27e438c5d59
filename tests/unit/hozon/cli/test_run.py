"""`hozon run`: what a terminal shows of runs."""

import json
import math
from typing import Any

import pytest
from click.testing import CliRunner, Result

import hozon
from hozon.cli.main import cli


def run(*arguments: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(cli, ["run", *arguments], catch_exceptions=False)


def told(*arguments: str) -> Any:  # noqa: ANN401  JSON is of any type.
    """Run a command, and give what it prints for programs."""
    return json.loads(run(*arguments, "--json").stdout)


@pytest.fixture(autouse=True)
def _logged() -> None:
    """Let one run prepare data, another use it, and a third fail."""
    with hozon.init(id="prepare", job_type="prepare", config={"rows": 2}) as current:
        artifact = hozon.Artifact("mnist", type="dataset")
        with artifact.new_file("a") as file:
            file.write("one")
        current.log_artifact(artifact)
    with hozon.init(id="train", name="long", group="a", tags=["x"], notes="Note.") as current:
        current.use_artifact("mnist")
        current.log({"loss": 0.5, "bad": math.nan})
    current = hozon.init(id="fail")
    current.finish(3)


def test_help_teaches() -> None:
    """Each command with an example."""
    for command in ("ls", "show"):
        assert f"hozon run {command} " in run(command, "--help").output


def test_runs_are_listed() -> None:
    """Earliest first, with what they are and how they stand."""
    heading, *lines = run("ls").stdout.splitlines()
    assert heading.split() == ["RUN", "STATE", "JOB", "TYPE", "SWEEP", "CREATED", "NAME"]
    assert [line.split()[:2] for line in lines] == [
        ["ada/digits/prepare", "finished"],
        ["ada/digits/train", "finished"],
        ["ada/digits/fail", "failed"],
    ]
    assert lines[1].endswith("long")


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (["--state", "failed"], ["fail"]),
        (["--filters", '{"job_type": "prepare"}'], ["prepare"]),
        (["--filters", '{"job_type": "prepare"}', "--state", "failed"], []),
        (["--order", "-created_at"], ["fail", "train", "prepare"]),
        (["--order", "+summary_metrics.loss", "--limit", "1"], ["train"]),
        (["--project", "letters"], []),
    ],
)
def test_runs_are_chosen_and_sorted(options: list[str], ids: list[str]) -> None:
    """As Api.runs does it."""
    assert [facts["path"] for facts in told("ls", *options)] == [f"ada/digits/{id_}" for id_ in ids]


def test_a_long_list_is_cut_and_says_so() -> None:
    """On standard error, to programs, too: what they read is not all."""
    for form in ([], ["--json"]):
        assert run("ls", "--limit", "2", *form).stderr == "1 more; --limit 0 lists all.\n"


@pytest.mark.parametrize(
    "options",
    [["--filters", "{"], ["--filters", '{"x": 1}'], ["--order", "x"], ["--state", "sleeping"]],
)
def test_mistakes_are_told(options: list[str]) -> None:
    """Exit code 2."""
    assert run("ls", *options).exit_code == 2


def test_a_run_is_shown() -> None:
    """With its inputs, its results and its artifacts."""
    assert [" ".join(line.split()) for line in run("show", "prepare").stdout.splitlines()] == [
        "Path ada/digits/prepare",
        "State finished",
        "Exit code 0",
        "Job type prepare",
        *[f"{label} {at}" for label, at in times("prepare")],
        "Config rows 2",
        "Logged artifacts ada/digits/mnist:v0",
        "Used artifacts -",
    ]
    facts = told("show", "ada/digits/train")
    assert facts["used_artifacts"] == ["ada/digits/mnist:v0"]
    assert (facts["group"], facts["tags"], facts["notes"]) == ("a", ["x"], "Note.")
    assert facts["summary"] == {"bad": "NaN", "loss": 0.5}
    assert told("show", "fail")["exit_code"] == 3


def times(run_id: str) -> list[tuple[str, str]]:
    """Give what stands in the lines of times."""
    facts = told("show", run_id)
    return [
        (label, f"{facts[key][:10]} {facts[key][11:16]} UTC")
        for label, key in (("Created", "created_at"), ("Finished", "finished_at"))
    ]


def test_a_run_that_is_not_there_is_named() -> None:
    """Exit code 3."""
    refused = run("show", "absent")
    assert (refused.exit_code, "ada/digits/absent" in refused.stderr) == (3, True)
