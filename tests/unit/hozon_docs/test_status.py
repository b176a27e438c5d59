"""What there is to do, language by language, and the two commands that say and record it."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from hozon_docs.__main__ import main
from hozon_docs.config import Config
from hozon_docs.findings import DocsError
from hozon_docs.stamping import stamp_pages
from hozon_docs.status import read_status, status_data, status_table

SOURCE = '# Eins {#one}\n\nAlles bleibt.\n\n```python title="a.py"\n1\n```\n'
TRANSLATION = SOURCE.replace("Eins", "一").replace("Alles bleibt.", "すべて残ります。")


@pytest.fixture
def project(foreign_project: Callable[..., Config]) -> Config:
    """Give a project that is done."""
    config = foreign_project({"guide": SOURCE})
    (config.tree("ja") / "guide.md").write_text(TRANSLATION, "utf-8")
    stamp_pages(config)
    return config


def _write(config: Config, language: str, text: str) -> None:
    (config.tree(language) / "guide.md").write_text(text, "utf-8")


def _run(config: Config, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--root", str(config.root), *arguments])


def _counts(config: Config) -> tuple[int, ...]:
    one = read_status(config).languages[1]
    return one.pages, len(one.missing), one.units, one.unequal, one.stale, one.unstamped


def test_a_project_that_is_done_says_so(project: Config) -> None:
    """Nothing is left to do when all is there, equal and fresh."""
    status = read_status(project)
    assert (status.is_done, status.findings) == (True, ())
    assert [(one.language, one.pages, one.units) for one in status.languages] == [
        ("de", 2, 0),
        ("ja", 2, 3),
    ]


@pytest.mark.parametrize(
    ("source", "translation", "counts"),
    [
        (SOURCE.replace("Alles", "Vieles"), TRANSLATION, (2, 0, 3, 0, 1, 0)),
        (SOURCE, TRANSLATION.replace("すべて", "全部"), (2, 0, 3, 0, 0, 1)),
        (SOURCE, TRANSLATION.replace("\n1\n", "\n2\n"), (2, 0, 3, 1, 0, 0)),
        (SOURCE, TRANSLATION.replace("すべて残ります。\n\n", ""), (2, 0, 1, 1, 0, 0)),
    ],
    ids=["stale", "unstamped", "unequal", "other structure"],
)
def test_what_is_left_to_do_is_counted_and_named(
    project: Config, source: str, translation: str, counts: tuple[int, ...]
) -> None:
    """Each fault is counted in its own column and stands in the list once."""
    _write(project, "de", source)
    _write(project, "ja", translation)
    assert _counts(project) == counts
    assert len(read_status(project).findings) == 1


def test_a_missing_page_is_counted_and_named(project: Config) -> None:
    """A page that only the source has is work to do; so is the lock's memory of it."""
    (project.tree("ja") / "guide.md").unlink()
    assert _counts(project) == (1, 1, 1, 0, 0, 0)
    reasons = [finding.reason for finding in read_status(project).findings]
    assert sorted(reason.split(";")[0] for reason in reasons) == [
        "has no translation in ja",
        "ja/guide.md does not exist",
    ]


def test_the_table_has_a_row_for_each_language(project: Config) -> None:
    """The numbers stand beside the language, with what is proven."""
    console = Console(width=80)
    with console.capture() as capture:
        console.print(status_table(read_status(project, proof=lambda language: f"{language}!")))
    rows = [line for line in capture.get().split("\n") if line.startswith("│")]
    assert [[cell.strip() for cell in row.strip("│").split("│")] for row in rows] == [
        ["de", "2", "0", "0", "0", "0", "0", "de!"],
        ["ja", "2", "0", "3", "0", "0", "0", "ja!"],
    ]


def test_the_data_says_the_same_as_the_table(project: Config) -> None:
    """A program gets the counts and the places."""
    _write(project, "de", SOURCE.replace("Alles", "Vieles"))
    data = json.loads(json.dumps(status_data(read_status(project))))
    assert data["done"] is False
    assert [one["stale"] for one in data["languages"]] == [0, 1]
    assert [(one["path"][-11:], one["line"]) for one in data["findings"]] == [("ja/guide.md", 3)]


def test_the_command_ends_well_when_nothing_is_left(project: Config) -> None:
    """Continuous integration may run it; blocks that have not run do not count."""
    result = _run(project, "status")
    assert result.exit_code == 0
    assert "0 of 1" in result.output


def test_the_command_lists_the_places_and_fails(project: Config) -> None:
    """Below the table stands each place with its line."""
    _write(project, "de", SOURCE.replace("Alles", "Vieles"))
    result = _run(project, "status")
    assert result.exit_code == 1
    assert f"{project.tree('ja').as_posix()}/guide.md:3: " in result.output
    as_data = _run(project, "status", "--json")
    assert (as_data.exit_code, json.loads(as_data.output)["done"]) == (1, False)


def test_stamp_confirms_a_line_and_the_status_is_clean(project: Config) -> None:
    """The way from a stale unit to a clean status, as a translator goes it."""
    _write(project, "de", SOURCE.replace("Alles", "Vieles"))
    refused = _run(project, "stamp", "--lang", "ja", "guide")
    assert isinstance(refused.exception, DocsError)
    done = _run(project, "stamp", "--lang", "ja", "guide", "--still-true", "3")
    assert done.output == "Pages compared: 1. Stamps: 1 new, 1 gone.\n"
    assert _run(project, "status").exit_code == 0


@pytest.mark.parametrize("line", ["0", "x"])
def test_a_line_is_a_number_from_one(project: Config, line: str) -> None:
    """A command that is not understood ends with 2."""
    assert _run(project, "stamp", "--still-true", line).exit_code == 2
