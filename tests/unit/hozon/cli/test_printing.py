"""What commands print: tables, facts and JSON."""

import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hozon.cli.printing import (
    advise,
    counted,
    print_facts,
    print_json,
    print_table,
    progress,
    read,
    steps,
    tell_rest,
)
from hozon.ports.paging import Keyed, PageKey

AT = datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sample:
    """Something to print."""

    name: str
    at: datetime


class Numbers:
    """A listing of the numbers below 1,200."""

    def count(self) -> int:
        """Count them."""
        return 1200

    def page(self, *, after: PageKey | None, limit: int) -> list[Keyed[int]]:
        """Give what follows a key, and never more than was asked for."""
        first = 0 if after is None else int(after) + 1
        return [Keyed(number, number) for number in range(first, min(first + limit, 1200))]


def test_a_table_has_headings_and_columns(capsys: pytest.CaptureFixture[str]) -> None:
    """Numbers stand to the right; nothing is a dash; no line ends with spaces."""
    print_table(("NAME", "SIZE", "NOTE"), [("mnist", 10, None), ("a", 5, "x")], right={1})
    assert capsys.readouterr().out.splitlines() == [
        "NAME   SIZE  NOTE",
        "mnist    10  -",
        "a         5  x",
    ]


def test_an_empty_table_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """A script that counts lines counts no heading."""
    print_table(("NAME",), [])
    assert capsys.readouterr().out == ""


def test_a_cell_is_never_cut(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However narrow the terminal is."""
    monkeypatch.setenv("COLUMNS", "20")
    print_table(("NAME",), [("long" * 50,)])
    assert capsys.readouterr().out.splitlines()[1] == "long" * 50


def test_wide_characters_take_two_columns(capsys: pytest.CaptureFixture[str]) -> None:
    """So that what stands behind them is below its heading on a terminal."""
    print_table(("NAME", "N"), [("保存", 1), ("abcd", 2)])
    assert capsys.readouterr().out.splitlines() == ["NAME  N", "保存  1", "abcd  2"]


def test_a_cell_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A note that somebody wrote cannot move the cursor of somebody else's terminal."""
    print_table(("NOTE",), [("a\nb\x1b[2J",)])
    assert capsys.readouterr().out.splitlines() == ["NOTE", "a�b�[2J"]


def test_facts_stand_below_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    """A list takes a line for each item, and an empty one a dash."""
    print_facts(
        {"Path": "a/b", "Aliases": ["x", "y"], "Files": [], "Made": AT, "By": None, "Note": "a\nb"}
    )
    assert capsys.readouterr().out.splitlines() == [
        "Path     a/b",
        "Aliases  x",
        "         y",
        "Files    -",
        "Made     2026-03-01 12:30 UTC",
        "By       -",
        "Note     a",
        "         b",
    ]


def test_json_carries_everything(capsys: pytest.CaptureFixture[str]) -> None:
    """Times and spans, paths and data classes, and the numbers that JSON does not know."""
    print_json(
        {
            "item": Sample("a", AT),
            "span": timedelta(minutes=1),
            "file": Path("a/b"),
            "names": {"b", "a"},
            "rows": (1.5, math.nan, math.inf, -math.inf),
        }
    )
    assert json.loads(capsys.readouterr().out) == {
        "item": {"name": "a", "at": "2026-03-01T12:30:15+00:00"},
        "span": 60.0,
        "file": "a/b",
        "names": ["a", "b"],
        "rows": [1.5, "NaN", "Infinity", "-Infinity"],
    }


def test_advice_is_no_data(capsys: pytest.CaptureFixture[str]) -> None:
    """It goes to standard error."""
    advise("Do this next.")
    assert capsys.readouterr() == ("", "Do this next.\n")


@pytest.mark.parametrize(("count", "words"), [(0, "0 files"), (1, "1 file"), (2, "2 files")])
def test_one_is_no_plural(count: int, words: str) -> None:
    """In English."""
    assert counted(count, "file") == words


@pytest.mark.parametrize(("limit", "count"), [(0, 1200), (700, 700), (5000, 1200)])
def test_a_listing_is_read_up_to_a_limit(limit: int, count: int) -> None:
    """Over several pages, each value once."""
    assert read(Numbers(), limit=limit) == list(range(count))


@pytest.mark.parametrize(
    ("shown", "limit", "told"),
    [(700, 700, "500 more; --limit 0 lists all.\n"), (1200, 0, ""), (1200, 1200, ""), (3, 9, "")],
)
def test_what_a_limit_kept_back_is_told(
    capsys: pytest.CaptureFixture[str], shown: int, limit: int, told: str
) -> None:
    """On standard error, and only where there is more."""
    tell_rest(Numbers(), shown=shown, limit=limit)
    assert capsys.readouterr() == ("", told)


@pytest.fixture
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Rich take standard error for a terminal."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)


def test_progress_is_for_terminals(capsys: pytest.CaptureFixture[str]) -> None:
    """Where standard error is a file, nothing is shown."""
    with progress("Deleting", total=2) as advance, steps("Beginning") as tell:
        advance(2)
        tell("Ending")
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("_terminal")
def test_progress_is_shown_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """On standard error, with what is done and how much there is."""
    with progress("Deleting", total=2) as advance:
        advance(2)
    shown = capsys.readouterr()
    assert (shown.out, "Deleting" in shown.err, "2/2" in shown.err) == ("", True, True)


@pytest.mark.usefixtures("_terminal")
def test_steps_are_shown_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Each takes the place of the last."""
    with steps("Beginning") as tell:
        tell("Ending")
    shown = capsys.readouterr()
    assert (shown.out, "Ending" in shown.err) == ("", True)
