"""`hozon completion`: scripts that shells read, and what bash makes of ours."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import hozon
from hozon.cli.main import cli
from hozon.cli.shells import LINES


@pytest.fixture
def _filled(home: Path) -> None:
    """Log a version with an alias, where a program of its own finds it."""
    assert home.is_dir()
    with hozon.init(id="prepare") as run:
        artifact = hozon.Artifact("mnist", type="dataset")
        with artifact.new_file("a") as file:
            file.write("one")
        run.log_artifact(artifact, aliases=["best"])
    hozon.teardown()


def offered(line: str) -> list[str]:
    """Press Tab at the end of a line in bash, and give the words that it would offer."""
    program = (
        'eval "$("$2" completion bash)"\n'
        "COMP_LINE=$1 COMP_POINT=${#1} COMPREPLY=()\n"
        '_hozon_completion "$2"\n'
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    script = str(Path(sys.executable).parent / "hozon")
    done = subprocess.run(  # noqa: S603  Our own program.
        ["/bin/bash", "--norc", "-c", program, "bash", line, script],
        capture_output=True,
        encoding="utf-8",
        check=True,
        env=dict(os.environ),
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.usefixtures("_filled")
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("hozon artif", ["artifact"]),
        ("hozon artifact show mn", ["mnist"]),
        ("hozon artifact show mnist:", ["best", "latest", "v0"]),
        ("hozon artifact show ada/digits/mnist:b", ["best"]),
        ("hozon run show ", ["prepare"]),
        ("hozon run ls --state=fin", ["finished"]),
        ("hozon run ls --project ada/d", ["ada/digits"]),
    ],
)
def test_bash_completes(line: str, words: list[str]) -> None:
    """Commands, options and paths; behind a colon only what bash has not yet."""
    assert offered(line) == words


def test_bash_is_told_nothing_where_something_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """No word, and no error in the middle of a line."""
    monkeypatch.setenv("HOZON_CONFIG", "/absent")
    assert offered("hozon artifact show mn") == []


@pytest.mark.parametrize("shell", LINES)
def test_each_shell_has_a_script(shell: str) -> None:
    """With the line to add at its end, as a comment."""
    printed = CliRunner().invoke(cli, ["completion", shell]).stdout
    line, file = LINES[shell]
    assert printed.splitlines()[-2:] == [f"# Add to {file}:", f"#   {line}"]
    told = json.loads(CliRunner().invoke(cli, ["completion", shell, "--json"]).stdout)
    assert (told["line"], told["file"]) == (line, file)
    assert printed.startswith(told["script"].rstrip())
    assert f"_HOZON_COMPLETE={shell}_complete" in told["script"]


def test_the_help_names_each_line() -> None:
    """And the file that it belongs into."""
    shown = CliRunner().invoke(cli, ["completion", "--help"]).stdout
    for line, file in LINES.values():
        assert line in shown
        assert file in shown


def test_another_shell_is_refused() -> None:
    """The known ones are named."""
    refused = CliRunner().invoke(cli, ["completion", "tcsh"])
    assert (refused.exit_code, "'bash', 'fish', 'zsh'" in refused.stderr) == (2, True)
