"""Every Python block of every page in every language does what its page says."""

from pathlib import Path

import pytest

from docs.expectations import EXPECTATIONS
from hozon_docs.config import Config
from hozon_docs.findings import shown
from hozon_docs.markdown import Block, Scan
from hozon_docs.runner import BlockFailedError, Run, check_run, proven_source, run_block


def test_block(block: Block, world: Path, updates: list[Run] | None) -> None:
    """The block runs in its page's world, prints what it shows, and leaves the store as stated."""
    run = run_block(block, directory=world)
    fault = _fault(run, comparing=updates is None)
    if fault:
        pytest.fail(fault, pytrace=False)
    expectation = EXPECTATIONS.get((block.page.name, block.title))
    if expectation is None:
        pytest.fail(
            f"{shown(block.page.path)}:{block.line}: no expectation for {block.title!r}; state in "
            "tests/docs/expectations.py what must be true of the store after it.",
            pytrace=False,
        )
    expectation()
    if updates is not None:
        updates.append(run)


def _fault(run: Run, *, comparing: bool) -> str:
    """Judge a run; when pages are rewritten, its output is not compared."""
    try:
        if comparing:
            check_run(run)
        else:
            proven_source(run)
    except BlockFailedError as error:
        return str(error)
    return ""


def test_every_expectation_belongs_to_a_block(
    scans: dict[tuple[str, str], Scan], docs_config: Config
) -> None:
    """No statement about the store outlives the block that it was written for."""
    titles = {
        (name, block.title)
        for (language, name), one in scans.items()
        if language == docs_config.source
        for block in one.blocks
    }
    assert EXPECTATIONS.keys() - titles == set()
