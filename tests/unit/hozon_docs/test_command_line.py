"""The command line: what it prints, and its exit codes."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hozon_docs.config import Config

PAGES = {"guide": "# Guide {#guide}\n"}


def _run(*arguments: str, directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 -- our own interpreter, no shell
        [sys.executable, "-m", "hozon_docs", *arguments],
        cwd=directory,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_build_prints_a_line_per_language(foreign_project: Callable[..., Config]) -> None:
    """Each language is reported, then the folder."""
    done = _run("build", directory=foreign_project(PAGES).root)
    lines = sorted(done.stdout.splitlines())
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in lines] == ["de:", "ja:", "The"]
    assert lines[-1] == "The site is in site."


def test_build_takes_one_language(foreign_project: Callable[..., Config]) -> None:
    """`--lang` may be given again, and unknown ones are refused without a traceback."""
    config = foreign_project(PAGES)
    assert _run("build", "--lang", "ja", directory=config.root).returncode == 0
    assert not (config.site / "de").exists()
    refused = _run("build", "--lang", "fr", directory=config.root)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "there is no language fr; choose among de, ja\n"


def test_a_failed_build_ends_with_exit_code_1(foreign_project: Callable[..., Config]) -> None:
    """The language is named, the traceback is not."""
    config = foreign_project({"guide": "# Guide {#guide}\n\n[lost](lost.md)\n"})
    failed = _run("build", directory=config.root)
    assert failed.returncode == 1
    assert "ja: the build failed" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert not (config.site / "index.html").exists()


@pytest.mark.parametrize("arguments", [("--help",), ("build", "--help"), ("serve", "--help")])
def test_help_teaches(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Help needs no project, and says what a command does."""
    shown = _run(*arguments, directory=tmp_path)
    assert shown.returncode == 0
    assert "site" in shown.stdout
    assert "Options:" in shown.stdout
