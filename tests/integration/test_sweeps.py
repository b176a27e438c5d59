"""Sweeps across processes: agents share a grid, and one of them is killed."""

import subprocess
import sys
from pathlib import Path

import pytest

import hozon

AGENT = """
import sys, hozon
def train():
    with hozon.init() as run:
        artifact = hozon.Artifact("model", type="model")
        with artifact.new_file("n.txt") as file:
            file.write(f"{sys.argv[1]} {run.config.n}")
        run.log_artifact(artifact).wait()
        run.log({"loss": run.config.n})
        if sys.argv[1] == "victim":
            print("begun", flush=True)
            sys.stdin.readline()
hozon.agent("s1", train)
"""


@pytest.fixture(autouse=True)
def alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the processes an installation of their own, by the environment."""
    monkeypatch.setenv("HOZON_SWEEP_LEASE", "2s")
    return home


@pytest.mark.usefixtures("catalog_url")
def test_four_agents_try_each_point_once_though_one_is_killed() -> None:
    """Its point is handed out again, its run has failed, and what it logged stays."""
    grid = {"n": {"values": list(range(60))}}
    hozon.sweep({"method": "grid", "metric": {"name": "loss"}, "parameters": grid}, id="s1")
    victim, *others = [
        subprocess.Popen(  # noqa: S603  Our own interpreter, no shell.
            [sys.executable, "-c", AGENT, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for name in ("victim", "one", "two", "three")
    ]
    assert victim.stdout is not None
    assert victim.stdout.readline() == "begun\n"
    victim.kill()
    victim.communicate()
    errors = [agent.communicate()[1] for agent in others]
    assert (errors, [agent.returncode for agent in others]) == ([""] * 3, [0] * 3)
    sweep = hozon.Api().sweep("s1")
    runs = list(sweep.runs)
    finished = [run.config["n"] for run in runs if run.state == "finished"]
    assert sorted(finished) == list(range(60))
    (killed,) = [run for run in runs if run.state != "finished"]
    assert (killed.state, sweep.state) == ("failed", "FINISHED")
    assert len(list(killed.logged_artifacts())) == 1
    assert len(list(hozon.Api().artifacts("model", "model"))) == 61
