"""The measurements: they start, and what they measure is what should run."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hozon_docs.markdown import Page, scan

ROOT = Path(__file__).parents[2]
BLOCKS = 6


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the measurement of the documentation."""
    return subprocess.run(  # noqa: S603 -- our own interpreter, no shell
        [sys.executable, "-m", "bench.docs", *arguments],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_measurement_explains_itself() -> None:
    """`--help` names the tools that are compared."""
    done = bench("--help")
    assert done.returncode == 0, done.stderr
    for name in ("hozon_docs", "pytest-examples", "sybil", "mktestdocs", "pytest-markdown-docs"):
        assert name in done.stdout


def test_generated_blocks_are_proven_and_measured() -> None:
    """Every generated block passes under our own tool: a session that lacks one is an error."""
    done = bench(
        *("--only", "tools", "--tool", "hozon_docs", "--rounds", "1"),
        *("--blocks", str(BLOCKS), "--json", "-"),
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["blocks"] == BLOCKS
    assert [tool["name"] for tool in figures["tools"]] == ["bare exec", "hozon_docs"]


def test_generated_pages_are_without_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each block of a titled page is found, and the page has no finding."""
    monkeypatch.syspath_prepend(str(ROOT))
    from bench.blocks import make_pages  # noqa: PLC0415 -- `bench` is no package of the project

    (page,) = make_pages(BLOCKS)
    path = tmp_path / "page.md"
    path.write_text(page.markdown(titled=True), "utf-8")
    found = scan(Page(language="en", name="page", path=path))
    assert [block.source for block in found.blocks] == list(page.blocks)
    assert found.findings == ()
