"""`hozon sweep` and `hozon agent`: what a terminal shows, and exit codes."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import hozon
from hozon.cli.main import cli

CONFIG: dict[str, Any] = {
    "method": "grid",
    "metric": {"name": "loss"},
    "parameters": {"n": {"values": [2, 1]}, "deep": {"parameters": {"text": {"value": "a b"}}}},
}
PROGRAM = """
import json, os, sys, hozon
print(sys.argv[1:], flush=True)
with hozon.init(project="elsewhere") as run:
    run.log({"loss": run.config["n"]})
    assert run.sweep_id == "s1" and run.config["deep"] == {"text": "a b"}
with hozon.init(id=f"other-{os.getpid()}") as run:
    assert run.sweep_id is None
"""
FAILING = "import hozon\nwith hozon.init() as run:\n    raise SystemExit(3)\n"
CANCELED = """
import threading, hozon
run = hozon.init()
hozon.Api().sweep("s1").cancel()
threading.Event().wait()
"""


@pytest.fixture(autouse=True)
def alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the programs an installation of their own, by the environment."""
    monkeypatch.setenv("HOZON_SWEEP_LEASE", "1s")
    return home


def run(*arguments: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(cli, list(arguments), catch_exceptions=False)


def agent(program: str, *options: str) -> Result:
    """Let an agent run a program."""
    return run("agent", *options, "s1", "--", sys.executable, "-c", program)


def test_the_help_teaches() -> None:
    """Of the agent with an example."""
    assert "hozon agent depth-search" in run("agent", "--help").output
    for command in ("create", "ls", "show", "pause", "resume", "stop", "cancel"):
        assert command in run("sweep", "--help").output


@pytest.mark.parametrize("ending", ["json", "toml", "yaml"])
def test_a_sweep_is_created_from_a_file(tmp_path: Path, ending: str) -> None:
    """In JSON, TOML or YAML: its ending tells which."""
    texts = {
        "json": '{"method": "random", "parameters": {"a": {"value": 1}}}',
        "toml": 'method = "random"\nparameters.a.value = 1\n',
        "yaml": "method: random\nparameters:\n  a: {value: 1}\n",
    }
    file = tmp_path / f"sweep.{ending}"
    file.write_text(texts[ending])
    assert run("sweep", "create", str(file), "--id", "s1", "--project", "p").stdout == "s1\n"
    config = {"method": "random", "parameters": {"a": {"value": 1}}}
    assert hozon.Api().sweep("p/s1").config == config
    made = json.loads(run("sweep", "create", str(file), "--json").stdout)
    assert hozon.Api().sweep(made["id"]).config == config


def test_a_file_stands_for_creating_a_sweep(tmp_path: Path) -> None:
    """With the same options, and the same errors."""
    (tmp_path / "a.json").write_text(json.dumps(CONFIG))
    made = run("sweep", str(tmp_path / "a.json"), "--id", "s1")
    assert (made.exit_code, made.stdout) == (0, "s1\n")
    assert hozon.Api().sweep("s1").config == CONFIG
    absent = run("sweep", "absent.json")
    assert (absent.exit_code, "'absent.json' does not exist" in absent.stderr) == (2, True)
    unknown = run("sweep", "craete")
    assert (unknown.exit_code, "No such command 'craete'" in unknown.stderr) == (2, True)


@pytest.mark.parametrize(
    ("name", "text"), [("a.json", "{"), ("a.toml", "="), ("a.yaml", "{"), ("b.json", "[]")]
)
def test_a_file_that_is_none_is_named(tmp_path: Path, name: str, text: str) -> None:
    """With exit code 2."""
    (tmp_path / name).write_text(text)
    result = run("sweep", "create", str(tmp_path / name))
    assert (result.exit_code, name in result.stderr) == (2, True)


def test_sweeps_are_listed_shown_and_changed() -> None:
    """As a table and as JSON."""
    hozon.sweep(CONFIG, id="s1")
    heading, line = run("sweep", "ls").stdout.splitlines()
    assert heading.split() == ["SWEEP", "STATE", "METHOD", "RUNS"]
    assert line.split() == ["ada/digits/s1", "RUNNING", "grid", "0/2"]
    assert json.loads(run("sweep", "ls", "digits", "--json").stdout)[0]["path"] == "ada/digits/s1"
    assert run("sweep", "ls", "elsewhere").stdout == ""
    for action, state in (
        (["pause"], "PAUSED"),
        (["resume"], "RUNNING"),
        (["stop", "--yes"], "STOPPED"),
        (["cancel", "--yes"], "CANCELED"),
    ):
        assert state in run("sweep", *action, "s1").stdout
        assert json.loads(run("sweep", "show", "s1", "--json").stdout)["state"] == state
    assert run("sweep", "resume", "s1").exit_code == 5
    assert "Best run       -" in run("sweep", "show", "s1").stdout
    assert json.loads(run("sweep", "show", "s1", "--json").stdout)["config"] == CONFIG


def test_a_program_joins_the_sweep(capfd: pytest.CaptureFixture[str]) -> None:
    """By its environment; its arguments say the same, and a second run of it is another's."""
    hozon.sweep(CONFIG, id="s1")
    result = agent(PROGRAM, "--count", "1", "--json")
    assert result.exit_code == 0
    assert capfd.readouterr().out == "['--n=2', '--deep.text=a b']\n"
    (tried,) = hozon.Api().sweep("s1").runs
    assert json.loads(result.stdout) == {
        "point": 0,
        "values": {"n": 2, "deep": {"text": "a b"}},
        "run": tried.id,
        "state": "finished",
    }
    assert (tried.project, tried.summary) == ("digits", {"loss": 2})


def test_arguments_stand_where_they_are_wanted(capfd: pytest.CaptureFixture[str]) -> None:
    """In the place of ${args}."""
    hozon.sweep(CONFIG, id="s1")
    words = ("--", sys.executable, "-c", PROGRAM, "${args}", "--last")
    assert run("agent", "--count", "1", "s1", *words).stdout.startswith("0  ")
    assert capfd.readouterr().out == "['--n=2', '--deep.text=a b', '--last']\n"


def test_failures_in_a_row_end_an_agent() -> None:
    """With exit code 1; the runs have failed."""
    hozon.sweep({**CONFIG, "parameters": {"n": {"values": [1, 2, 3, 4]}}}, id="s1")
    result = agent(FAILING)
    assert (result.exit_code, "failed 3 times in a row" in result.stderr) == (1, True)
    assert [tried.state for tried in hozon.Api().sweep("s1").runs] == ["failed"] * 3


def test_canceling_ends_the_program() -> None:
    """When the lease is next renewed; its run has failed, and the agent says why it ends."""
    hozon.sweep(CONFIG, id="s1")
    result = agent(CANCELED)
    assert (result.exit_code, "was canceled" in result.stderr) == (5, True)
    assert [tried.state for tried in hozon.Api().sweep("s1").runs] == ["failed"]


def test_a_program_that_begins_no_run_is_named() -> None:
    """Its point is handed out again."""
    hozon.sweep(CONFIG, id="s1")
    result = agent("pass")
    assert (result.exit_code, "began no run" in result.stderr) == (5, True)
    assert run("agent", "s1", "--", "/no/such/program").exit_code == 1


def test_a_variable_that_no_agent_wrote_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than beginning a run that is lost to the sweep."""
    monkeypatch.setenv("HOZON_SWEEP_POINT", "nonsense")
    with pytest.raises(hozon.errors.InputError, match="HOZON_SWEEP_POINT is 'nonsense'"):
        hozon.init()
