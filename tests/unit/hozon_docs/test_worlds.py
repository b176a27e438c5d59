"""The worlds in which blocks run, and what must be true in them: the hooks of a project."""

import pytest

from unit.hozon_docs.inner_project import InnerProject, new_project

GUIDE = "docs/de/guide.md"


@pytest.fixture
def project(pytester: pytest.Pytester) -> InnerProject:
    """Give a project without a page."""
    return new_project(pytester)


WORLD = """
import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass
class World:
    directory: Path

    def environment(self):
        return {"PLACE": "shell"}


@contextlib.contextmanager
def world(page, folder):
    assert list(folder.iterdir()) == []
    work = folder / "work"
    work.mkdir()
    (work / f"{page.language}-{page.name}").touch()
    os.environ["PLACE"] = "python"
    yield World(work)
    del os.environ["PLACE"]


def pytest_docs_world(page, folder):
    return world(page, folder)


def pytest_docs_statement(block):
    assert "PLACE" in os.environ
    if block.title == "wrong.py":
        kept = ["v0"]
        assert kept == [], "something is left"


def pytest_docs_load(fence, page):
    if fence.name == "config.toml" and "size" not in fence.source:
        raise LookupError(f"no size in {page.name}")
"""


@pytest.fixture
def worldly(project: InnerProject) -> InnerProject:
    """Give a project that makes worlds and states what must be true in them."""
    project.write("conftest.py", WORLD)
    return project


def test_a_block_runs_in_the_world_of_its_page(worldly: InnerProject) -> None:
    """The project builds it, from the page, in an empty folder, for every language."""
    code = "import os\n\nprint(os.listdir(), os.environ['PLACE'])\n#> ['{}-guide'] python\n"
    for language in ("de", "ja"):
        text = code.format(language)
        worldly.write(f"docs/{language}/guide.md", f'```python title="a.py"\n{text}```\n')
    worldly.run().assert_outcomes(passed=4)


def test_a_shell_is_led_into_the_world_by_its_environment(worldly: InnerProject) -> None:
    """Another process sees what the world tells it."""
    worldly.write(GUIDE, "```console\n$ echo $(ls) $PLACE\nde-guide shell\n```\n")
    worldly.run().assert_outcomes(passed=2)


def test_a_world_is_taken_down_after_a_failure(worldly: InnerProject) -> None:
    """The next block finds a world of its own."""
    worldly.write(
        GUIDE,
        '```python title="a.py"\nopen("left", "w").close()\n1 / 0\n```\n'
        "```python title=\"b.py\"\nimport os\n\nprint(os.listdir())\n#> ['de-guide']\n```\n",
    )
    worldly.run().assert_outcomes(passed=2, failed=1)


def test_a_statement_that_does_not_hold_fails_the_block(worldly: InnerProject) -> None:
    """Page and line are named, and the assertion is shown as pytest shows it."""
    worldly.write(GUIDE, '\n```python title="wrong.py"\nx = 1\n```\n')
    result = worldly.run()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            f"{GUIDE}:1: wrong.py: ran, but what must be true afterwards is not.",
            "conftest.py:*: in pytest_docs_statement",
            '    assert kept == [], "something is left"',
            "E   AssertionError: something is left",
        ]
    )
    result.stdout.no_fnmatch_line("*pluggy/*")


def test_nothing_is_stated_about_a_block_that_failed(worldly: InnerProject) -> None:
    """The fault of the block comes first."""
    worldly.write(GUIDE, '```python title="wrong.py"\n1 / 0\n```\n')
    result = worldly.run()
    result.stdout.fnmatch_lines([f"{GUIDE}:2: wrong.py: raised ZeroDivisionError: *"])
    result.stdout.no_fnmatch_line("*afterwards*")


def test_nothing_is_stated_while_outputs_are_rewritten(worldly: InnerProject) -> None:
    """The run of the new text will be asked."""
    worldly.write(GUIDE, '```python title="wrong.py"\nx = 1\n```\n')
    worldly.run("--docs-update").assert_outcomes(passed=1, deselected=1)


def test_a_configuration_is_loaded_by_the_code_that_reads_it(worldly: InnerProject) -> None:
    """Being valid TOML is not enough for it."""
    text = '```toml title="config.toml"\n{}\n```\n'
    worldly.write("docs/de/good.md", text.format("size = 1"))
    worldly.write("docs/de/bad.md", text.format("sise = 1"))
    result = worldly.run()
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["docs/de/bad.md:1: config.toml: is not valid: no size in bad"])


def test_a_world_that_cannot_be_built_fails_the_block(project: InnerProject) -> None:
    """The fault is the project's, so its own frames are shown."""
    project.write("conftest.py", "def pytest_docs_world(): raise LookupError('no scene')\n")
    project.write(GUIDE, '```python title="a.py"\nx = 1\n```\n')
    result = project.run()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["E * LookupError: no scene"])
    assert project.outcomes() == {f"{GUIDE} a.py": "failed"}
