"""`hozon team` and `hozon audit` at a terminal."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner, Result

import hozon
from hozon.bootstrap import SystemClock
from hozon.cli.main import cli

LogText = Callable[..., hozon.Artifact]


def run(*arguments: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(cli, arguments, catch_exceptions=False)


@pytest.fixture(autouse=True)
def user(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ada be at the terminal."""
    monkeypatch.setenv("HOZON_USER", "ada")


def logged(log_text: LogText) -> None:
    """Log a version."""
    with hozon.init(id="train") as held:
        log_text(held, "one", "best")


def test_help_teaches() -> None:
    """Each command says what it does, with an example."""
    assert "roles are advice and no lock" in " ".join(run("team", "--help").output.split())
    assert "hozon team add vision grace" in run("team", "add", "--help").output
    assert "hozon team remove vision grace" in run("team", "remove", "--help").output
    assert "hozon audit vision --who grace --since 7d" in run("audit", "--help").output
    assert "set-visibility vision/detectors" in run("project", "set-visibility", "--help").output


def test_members_come_and_go() -> None:
    """Whoever adds the first becomes an admin; removing asks."""
    assert run("team", "ls", "vision").output == ""
    lines = run("team", "add", "vision", "grace", "--role", "viewer").output.splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["MEMBER", "ROLE"],
        ["ada", "admin"],
        ["grace", "viewer"],
    ]
    asked = run("team", "remove", "vision", "grace")
    assert asked.exit_code == 2
    assert "Remove grace from vision?" in asked.output
    (left,) = json.loads(run("team", "remove", "vision", "grace", "--yes", "--json").output)
    assert (left["name"], left["role"], left["added_by"]) == ("ada", "admin", "ada")
    assert json.loads(run("team", "ls", "vision", "--json").output) == [left]


def test_what_is_refused_has_an_exit_code_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """8, after the message and who could help."""
    run("team", "add", "vision", "grace", "--role", "viewer")
    monkeypatch.setenv("HOZON_USER", "grace")
    refused = run("team", "add", "vision", "alan")
    assert refused.exit_code == 8
    assert "Error: grace is a viewer of vision and may not administer vision." in refused.output
    assert "Ask an admin of vision: ada." in refused.output


def test_the_log_is_told(log_text: LogText) -> None:
    """To people, the newest act first, with the details in a line."""
    logged(log_text)
    run("project", "protect", "best")
    lines = run("audit").output.splitlines()
    assert [line.split()[3:] for line in lines[1:]] == [
        ["ada", "protect", "ada/digits", "alias", "best"],
        ["ada", "create", "ada/digits/mnist:v0", "aliases", "best", "latest"],
    ]
    limited = run("audit", "--limit", "1")
    assert "1 more; --limit 0 lists all." in limited.output


def test_the_log_is_told_to_programs(log_text: LogText) -> None:
    """With the details as they are."""
    logged(log_text)
    (record,) = json.loads(run("audit", "ada/digits/mnist:v0", "--json").output)
    assert datetime.fromisoformat(record.pop("at")).tzinfo is not None
    assert record == {
        "who": "ada",
        "action": "create",
        "path": "ada/digits/mnist:v0",
        "details": {"aliases": ["best", "latest"]},
    }


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["ada"], 1),
        (["vision"], 0),
        (["--who", "ada"], 1),
        (["--who", "grace"], 0),
        (["--action", "create"], 1),
        (["--action", "delete"], 0),
        (["--since", "1h"], 1),
        (["--since", "2020-01-31"], 1),
        (["--since", "2020-01-31T12:00+02:00"], 1),
        (["--since", "2999-01-31"], 0),
    ],
)
def test_the_log_is_asked(log_text: LogText, arguments: list[str], found: int) -> None:
    """By team, user, action and time."""
    logged(log_text)
    assert len(json.loads(run("audit", *arguments, "--json").output)) == found


@pytest.mark.parametrize("arguments", [["--since", "soon"], ["a/b/c/d"], ["--action", "burn"]])
def test_what_cannot_be_asked_is_refused(arguments: list[str]) -> None:
    """With the exit code of wrong input."""
    assert run("audit", *arguments).exit_code == 2


def test_the_sdk_asks_for_moments_with_a_zone(log_text: LogText) -> None:
    """Any other would mean something else on another machine."""
    logged(log_text)
    api, now = hozon.Api(), SystemClock().now()
    assert [each.path for each in api.audit_log(since=now - timedelta(hours=1))] == [
        "ada/digits/mnist:v0"
    ]
    assert len(api.audit_log(since=now + timedelta(hours=1))) == 0
    with pytest.raises(hozon.errors.InputError, match="which time zone"):
        api.audit_log(since=datetime(2026, 1, 31))  # noqa: DTZ001  It is what is refused.
