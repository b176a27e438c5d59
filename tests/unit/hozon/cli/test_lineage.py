"""`hozon lineage`: the graph in a terminal, and in a file."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import hozon
from hozon.cli.main import cli

LogText = Callable[..., hozon.Artifact]


def run(*arguments: str, charset: str = "utf-8") -> Result:
    """Run the command in this process."""
    return CliRunner(charset=charset).invoke(cli, ["lineage", *arguments], catch_exceptions=False)


@pytest.fixture(autouse=True)
def trained(log_text: LogText) -> None:
    """Log a dataset, train on it, and log it again."""
    with hozon.init(id="prepare", job_type="prepare") as current:
        log_text(current, "rows")
    with hozon.init(id="train", job_type="train") as current:
        current.use_artifact("mnist", use_as="train")
        log_text(current, "weights", name="model", kind="model")
        log_text(current, "rows")


TREE = """\
model:v0 (model)
└── logged by train (train)
    └── used mnist:v0 (dataset) as train
        └── logged by prepare (prepare)
train also logged mnist:v0: the edge would close a cycle.
"""


def test_a_tree_is_drawn() -> None:
    """From the artifact, and the same as printing the graph."""
    assert run("model:v0").stdout == TREE == f"{hozon.lineage('model:v0')}\n"


def test_a_terminal_without_lines_gets_none() -> None:
    """Nobody is shown question marks, or an error."""
    shown = run("model:v0", charset="ascii").stdout
    assert shown.split("\n")[1:3] == [
        "`-- logged by train (train)",
        "    `-- used mnist:v0 (dataset) as train",
    ]


def test_bounds_are_options() -> None:
    """Direction, depth and the number of nodes."""
    assert run("train", "--direction", "downstream", "--depth", "1").stdout.split("\n")[:2] == [
        "train (train)",
        "└── logged model:v0 (model)",
    ]
    assert run("mnist:v0", "--max-nodes", "1").stdout.split("\n")[-2:] == [
        "There is more: the graph was cut at 1 node.",
        "",
    ]


@pytest.mark.parametrize(
    ("form", "beginning"),
    [("dot", "digraph lineage {"), ("mermaid", "flowchart LR"), ("svg", "<svg "), ("tree", "mod")],
)
def test_forms_are_those_of_the_sdk(form: str, beginning: str) -> None:
    """Text that another program reads, or a picture."""
    graph = hozon.lineage("model:v0")
    expected = {
        "dot": graph.to_dot,
        "mermaid": graph.to_mermaid,
        "svg": graph.to_svg,
        "tree": graph.__str__,
    }[form]()
    assert run("model:v0", "--format", form).stdout == f"{expected}\n"
    assert expected.startswith(beginning)


@pytest.mark.parametrize("options", [["--json"], ["--format", "json"]])
def test_json_names_ends_by_their_paths(options: list[str]) -> None:
    """Edges lead from what was there to what came from it."""
    told = json.loads(run("model:v0", *options).stdout)
    at = told["root"].removesuffix("/model:v0")
    assert [node["path"] for node in told["nodes"]] == [
        f"{at}/{name}" for name in ("prepare", "mnist:v0", "train", "model:v0")
    ]
    assert told["nodes"][0] == {
        "kind": "run",
        "path": f"{at}/prepare",
        "name": "prepare",
        "type": "prepare",
        "state": "finished",
        "is_deleted": False,
    }
    assert told["edges"][1] == {
        "source": f"{at}/mnist:v0",
        "target": f"{at}/train",
        "kind": "used",
        "use_as": ["train"],
    }
    assert [edge["target"] for edge in told["left_out"]] == [f"{at}/mnist:v0"]
    assert (told["hidden"], told["is_cut"]) == (0, False)


def test_a_file_is_written_instead(tmp_path: Path) -> None:
    """Nothing is printed then."""
    path = tmp_path / "lineage.svg"
    assert run("train", "--format", "svg", "--output", str(path)).output == ""
    assert path.read_text("utf-8") == f"{hozon.lineage('train').to_svg()}\n"
    refused = run("train", "--output", str(tmp_path / "absent" / "a.txt"))
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "The graph cannot be saved" in refused.stderr


def test_a_run_can_be_told_from_an_artifact() -> None:
    """Where both have the name, the command asks for more."""
    with hozon.init(id="mnist"):
        pass
    refused = run("mnist")
    assert refused.exit_code == 2
    assert "--run" in refused.stderr
    assert run("mnist", "--run").stdout == "mnist\n"


def test_what_is_not_there_has_an_exit_code() -> None:
    """That of everything that is not found."""
    assert run("absent").exit_code == run("absent", "--run").exit_code == 3
