"""Pages that are read in order, in a reader's own store, say what the reader will see."""

from pathlib import Path

import pytest

from hozon.demo import SCENES
from hozon_docs.markdown import Page, scan
from hozon_docs.runner import run_block
from hozon_docs.verdict import check_run

ROOT = Path(__file__).parents[2]


def run_in_order(directory: Path, *names: str) -> None:
    """Run the blocks of pages one after the other, each in what the last one left."""
    for name in names:
        path = ROOT / (f"{name}.md" if name == "README" else f"docs/en/{name}.md")
        for block in scan(Page(language="en", name=name, path=path)).blocks:
            check_run(run_block(block, directory=directory))


@pytest.mark.usefixtures("home")
def test_the_first_pages_run_one_after_the_other(tmp_path: Path) -> None:
    """The README, the home page and the quickstart do not get in each other's way."""
    run_in_order(tmp_path / "work", "README", "index", "quickstart")


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("name", ["quickstart", "guides/sweep-best-run"])
def test_a_page_runs_from_top_to_bottom_on_its_data(name: str, tmp_path: Path) -> None:
    """A reader who creates the demo data once may try every block of the page."""
    SCENES[name].build()
    run_in_order(tmp_path / "work", name)
