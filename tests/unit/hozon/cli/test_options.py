"""The question before something is destroyed, and what options read."""

import signal

import click
import pytest
from click.testing import CliRunner, Result

from hozon.cli.main import INTERRUPTED, HozonGroup
from hozon.cli.options import YES, JsonObject, confirm


@click.group(cls=HozonGroup)
def program() -> None:
    """Stand in for hozon."""


@program.command()
@YES
def destroy(*, yes: bool) -> None:
    """Destroy something."""
    confirm("Destroy it?", yes=yes)
    click.echo("Destroyed.")


@program.command()
@click.option("--filters", type=JsonObject())
def choose(filters: object) -> None:
    """Choose something."""
    click.echo(repr(filters))


@program.command()
def interrupted() -> None:
    """Be interrupted."""
    signal.raise_signal(signal.SIGINT)


def run(*arguments: str, typed: str | None = None) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(program, list(arguments), input=typed, catch_exceptions=False)


def test_yes_answers() -> None:
    """Nobody need be there."""
    assert run("destroy", "--yes").stdout == "Destroyed.\n"


def test_where_nobody_can_answer_nothing_is_done() -> None:
    """Exit code 2, and the next step; what a script types blindly is no answer."""
    refused = run("destroy", typed="y\n")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr.splitlines() == [
        "Error: This asks first (Destroy it?), and standard input is no terminal.",
        "Add --yes to answer beforehand.",
    ]


@pytest.mark.parametrize(
    ("typed", "code", "shown"), [("y\n", 0, "Destroyed.\n"), ("n\n", 1, ""), ("\n", 1, "")]
)
def test_somebody_is_asked(
    monkeypatch: pytest.MonkeyPatch, typed: str, code: int, shown: str
) -> None:
    """On standard error; without an answer it is no."""
    monkeypatch.setattr("hozon.cli.options.can_answer", lambda: True)
    asked = run("destroy", typed=typed)
    assert (asked.exit_code, asked.stdout) == (code, shown)
    assert "Destroy it? [y/N]" in asked.stderr


def test_an_interrupted_question_is_an_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a no."""

    def interrupt(_prompt: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("hozon.cli.options.can_answer", lambda: True)
    monkeypatch.setattr("click.termui.visible_prompt_func", interrupt)
    with pytest.raises(KeyboardInterrupt):
        confirm("Destroy it?", yes=False)


def test_ctrl_c_has_an_exit_code_of_its_own() -> None:
    """As in shells, without a traceback."""
    ended = run("interrupted")
    assert (ended.exit_code, ended.stdout) == (INTERRUPTED, "")
    assert ended.stderr.strip() == "Interrupted."


def test_a_json_object_is_read() -> None:
    """From the text that was typed."""
    assert run("choose", "--filters", '{"a": [1]}').stdout == "{'a': [1]}\n"


@pytest.mark.parametrize(
    ("typed", "words"),
    [("{", "is no JSON ("), ("[1]", "is no JSON object"), ("[" * 100_000, "nested too deeply")],
)
def test_what_is_no_json_object_is_refused(typed: str, words: str) -> None:
    """Exit code 2, and what is wrong with it."""
    refused = run("choose", "--filters", typed)
    assert (refused.exit_code, words in refused.stderr) == (2, True)
