"""The picture of lineage, as each language shows it, against what the block beside it writes."""

import os
import re
from pathlib import Path

import pytest

from hozon.demo import SCENES
from hozon_docs.config import Config
from hozon_docs.markdown import Page, scan
from hozon_docs.runner import run_block

_PAGE = "guides/lineage"
_BLOCK = "draw_graph.py"
_PICTURE = re.compile(r"(?<=<figure>\n)<svg.*?</svg>(?=\n</figure>)", re.DOTALL)


@pytest.mark.usefixtures("home")
def test_the_picture_is_what_the_block_writes(
    language: str, docs_config: Config, tmp_path: Path
) -> None:
    """To the letter; `make docs-update` gives the page what the block writes."""
    page = docs_config.tree(language) / f"{_PAGE}.md"
    SCENES[_PAGE].build()
    blocks = scan(Page(language=language, name=_PAGE, path=page)).blocks
    (block,) = (block for block in blocks if block.title == _BLOCK)
    run_block(block, directory=tmp_path)
    drawn = (tmp_path / "lineage.svg").read_text("utf-8")
    text = page.read_text("utf-8")
    if os.environ.get("DOCS_UPDATE"):
        text = _PICTURE.sub(lambda _: drawn, text)
        page.write_text(text, encoding="utf-8", newline="\n")
    assert _PICTURE.findall(text) == [drawn]
