"""A small project with pages, in which sessions of pytest run: what the plug-in's users have.

It knows nothing of the project around it: other languages, no documented package but its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from hozon_docs.ledger import Entry, read_ledger

SETTINGS = """
[tool.hozon_docs]
source = "de"
pages = ["README.md"]
packages = ["lib"]

[tool.hozon_docs.languages]
de = "Deutsch"
ja = "日本語"

[tool.pytest]
testpaths = ["docs", "lib", "README.md"]
filterwarnings = ["error"]
"""
OPTIONS = (
    *("-p", "hozon_docs.pytest_plugin"),
    *("-p", "no:randomly"),
    *("-p", "no:hypothesispytest"),  # It would import all of Hypothesis, for every session.
)


@dataclass(frozen=True, slots=True)
class InnerProject:
    """A project in a folder of its own."""

    pytester: pytest.Pytester

    @property
    def root(self) -> Path:
        """Give its folder."""
        return self.pytester.path

    def write(self, name: str, text: str) -> Path:
        """Write a file, its text moved to the left margin."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), "utf-8")
        return path

    def run(self, *arguments: str) -> pytest.RunResult:
        """Run a session in this process."""
        return self.pytester.runpytest_inprocess(*OPTIONS, "-p", "no:xdist", *arguments)

    def run_apart(self, *arguments: str) -> pytest.RunResult:
        """Run a session in a process of its own, where this one could disturb it."""
        return self.pytester.runpytest_subprocess(*OPTIONS, *arguments)

    def ids(self, *arguments: str) -> list[str]:
        """List what a session would run."""
        result = self.run("--collect-only", "-q", *arguments)
        return [line for line in result.outlines if "::" in line]

    def entries(self) -> Iterator[Entry]:
        """Give what the ledger holds; reading it checks every seal."""
        yield from read_ledger(self.root / ".docs-ledger.json").entries

    def outcomes(self) -> dict[str, str]:
        """Map the page and title of each result to what came of it."""
        return {f"{entry.page} {entry.title}": entry.outcome for entry in self.entries()}


def new_project(pytester: pytest.Pytester) -> InnerProject:
    """Make a project without a page."""
    project = InnerProject(pytester)
    project.write("pyproject.toml", SETTINGS)
    (project.root / "lib").mkdir()
    return project
