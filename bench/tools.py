"""The tools that run the blocks, each set up as its own documentation shows.

Owns what each tool needs in its folder, how its session is started, and how many tests pass there.
Refuses to start one.

What each tool checks of a block, beside that it raises nothing, is in `Tool.checks`; the README
tells it at length. No plug-in is loaded but those that the tool needs.

Invariant: all tools are given the same code; their fences differ in a title alone.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.blocks import Page

REFERENCE = "pytest-examples (print check)"
"""The tool to which the others are compared: it, too, checks output."""
OURS = "hozon_docs"
"""The tool of this project."""

_EXAMPLES = """\
import pytest
from pytest_examples import CodeExample, EvalExample, find_examples


@pytest.mark.parametrize("example", sorted(find_examples("pages"), key=str), ids=str)
def test_block(example: CodeExample, eval_example: EvalExample) -> None:
    eval_example.{method}(example)
"""
_NOTHING = """\
import pytest


@pytest.mark.parametrize("number", range({blocks}))
def test_block(number: int) -> None:
    pass
"""
_SYBIL = """\
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

pytest_collect_file = Sybil(parsers=[PythonCodeBlockParser()], patterns=["*.md"]).pytest()
"""
_MKTESTDOCS = """\
from pathlib import Path

import pytest
from mktestdocs import check_md_file


@pytest.mark.parametrize("path", sorted(Path("pages").glob("*.md")), ids=str)
def test_page(path: Path) -> None:
    check_md_file(path)
"""
_PROJECT = """\
[tool.hozon_docs]
docs = "pages"

[tool.hozon_docs.languages]
en = "English"
"""


@dataclass(frozen=True, slots=True)
class Tool:
    """One way to run the blocks of some pages."""

    name: str
    """Its name, and the call where it has several."""
    checks: str
    """What it checks of a block, beside that it raises nothing."""
    distribution: str
    """What has to be installed for it."""
    files: Mapping[str, str] = field(hash=False)
    """The files that it needs, by name; `{blocks}` stands for the number of blocks."""
    arguments: Sequence[str]
    """The arguments of pytest."""
    tree: str = "pages"
    """The folder of the pages."""
    titled: bool = False
    """Whether it wants a title on each fence."""
    per_block: bool = True
    """Whether each block is a test."""
    per_page: bool = False
    """Whether each page is a test."""

    def set_up(self, folder: Path, pages: Sequence[Page]) -> None:
        """Make a project for it.

        Args:
            folder: An empty folder.
            pages: What it is to run.
        """
        tree = folder / self.tree
        tree.mkdir(parents=True)
        for page in pages:
            (tree / f"{page.name}.md").write_text(page.markdown(titled=self.titled), "utf-8")
        blocks = str(_count(pages))
        # Without a file of this name, pytest would look for a configuration in the folders above.
        (folder / "pytest.ini").touch()
        for name, text in self.files.items():
            (folder / name).write_text(text.replace("{blocks}", blocks), "utf-8")

    def clean(self, folder: Path) -> None:
        """Remove what its last session left behind, so that the next one need not.

        Args:
            folder: Its project.
        """
        shutil.rmtree(folder / "tmp", ignore_errors=True)

    def expected(self, pages: Sequence[Page]) -> int:
        """Tell how many tests pass if every block does.

        Args:
            pages: What it runs.

        Returns:
            The number.
        """
        return _count(pages) * self.per_block + len(pages) * self.per_page


def _count(pages: Sequence[Page]) -> int:
    return sum(len(page.blocks) for page in pages)


TOOLS = (
    Tool(
        name="pytest, an empty test",
        checks="nothing: what any test costs",
        distribution="pytest",
        files={"test_pages.py": _NOTHING},
        arguments=["test_pages.py"],
    ),
    Tool(
        name="mktestdocs",
        checks="nothing more; a page is one test",
        distribution="mktestdocs",
        files={"test_pages.py": _MKTESTDOCS},
        arguments=["test_pages.py"],
        per_block=False,
        per_page=True,
    ),
    Tool(
        name="sybil",
        checks="nothing more (output in doctests only)",
        distribution="sybil",
        files={"conftest.py": _SYBIL},
        arguments=["pages"],
    ),
    Tool(
        name="pytest-markdown-docs",
        checks="nothing more",
        distribution="pytest-markdown-docs",
        files={},
        arguments=["-p", "pytest_markdown_docs.plugin", "--markdown-docs", "pages"],
    ),
    Tool(
        name="pytest-examples (run)",
        checks="nothing more",
        distribution="pytest-examples",
        files={"test_pages.py": _EXAMPLES.replace("{method}", "run")},
        arguments=["-p", "pytest_examples", "test_pages.py"],
    ),
    Tool(
        name=REFERENCE,
        checks="output below calls of print",
        distribution="pytest-examples",
        files={"test_pages.py": _EXAMPLES.replace("{method}", "run_print_check")},
        arguments=["-p", "pytest_examples", "test_pages.py"],
    ),
    Tool(
        name=OURS,
        checks="all output, every statement reached, what is called; writes a proof",
        distribution="pytest-examples",
        files={"pyproject.toml": _PROJECT},
        arguments=["-p", "hozon_docs.pytest_plugin", "pages"],
        tree="pages/en",
        titled=True,
        per_page=True,
    ),
)
"""All tools, in the order of the table."""
