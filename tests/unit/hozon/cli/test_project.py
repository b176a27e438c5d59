"""`hozon project`: protected aliases at a terminal."""

import json

from click.testing import CliRunner, Result

import hozon
from hozon.cli.main import cli


def run(*arguments: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(cli, ["project", *arguments], catch_exceptions=False)


def test_help_teaches() -> None:
    """Each command says what it does, with an example."""
    assert "cannot be deleted" in run("--help").output
    assert "hozon project protect production" in run("protect", "--help").output
    assert "hozon project unprotect production" in run("unprotect", "--help").output


def test_an_alias_is_protected_and_let_go() -> None:
    """In the default project."""
    assert run("protect", "best").output == "Protected   best in ada/digits\n"
    assert [item.alias for item in hozon.Api().protected_aliases()] == ["best"]
    heading, line = run("protected").output.splitlines()
    assert heading.split() == ["ALIAS", "PROTECTED", "BY"]
    assert line.startswith("best   20")
    assert run("unprotect", "best").output == "Unprotected best in ada/digits\n"
    assert run("protected").output == ""


def test_what_was_done_is_told_to_programs() -> None:
    """In a document of its own."""
    done = {"project": "ada/digits", "alias": "best", "protected": True}
    assert json.loads(run("protect", "best", "--json").output) == done
    assert json.loads(run("unprotect", "best", "--json").output) == {**done, "protected": False}


def test_another_project_may_be_named() -> None:
    """With its entity, or without."""
    run("protect", "best", "--project", "letters")
    run("protect", "good", "--project", "grace/shared")
    (facts,) = json.loads(run("protected", "--project", "ada/letters", "--json").output)
    assert facts["alias"] == "best"
    assert facts["protected_at"].endswith("+00:00")
    assert json.loads(run("protected", "--project", "grace/shared", "--json").output)
    assert json.loads(run("protected", "--json").output) == []


def test_what_cannot_be_protected_is_refused() -> None:
    """With an exit code of its kind."""
    refused = run("protect", "latest")
    assert refused.exit_code == 2
    assert "moves to each new version" in refused.output
    assert run("unprotect", "best").exit_code == 3


def test_a_project_is_shown_and_hidden() -> None:
    """What shows more asks first; what hides does not."""
    asked = run("set-visibility", "letters", "open")
    assert asked.exit_code == 2
    assert "Make ada/letters open, so that everyone reads and writes?" in asked.output
    assert run("set-visibility", "letters", "open", "--yes").output == (
        "ada/letters is open: everyone reads and writes\n"
    )
    assert run("set-visibility", "letters", "private").output == (
        "ada/letters is private: members of ada see it\n"
    )
    assert run("set-visibility", "letters", "secret").exit_code == 2


def test_a_project_is_described() -> None:
    """To people and to programs."""
    run("protect", "best")
    run("set-visibility", "digits", "public", "--yes")
    assert [line.split(maxsplit=1) for line in run("show").output.splitlines()] == [
        ["Project", "ada/digits"],
        ["Visibility", "public: everyone reads, members of ada write"],
        ["TTL", "inherit"],
        ["Protected", "aliases  best"],
    ]
    assert json.loads(run("show", "ada/digits", "--json").output) == {
        "project": "ada/digits",
        "visibility": "public",
        "ttl": "inherit",
        "protected_aliases": ["best"],
    }
    done = run("set-visibility", "ada/digits", "private", "--json").output
    assert json.loads(done) == {"project": "ada/digits", "visibility": "private"}
