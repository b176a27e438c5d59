"""The format of blocks, and doubtful code in them."""

from collections.abc import Callable

import pytest

from hozon_docs.markdown import Block
from hozon_docs.style import check_style


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("x = 1\nprint( x )\n#> 1\n", 2, "is not formatted"),
        ("import os\n\nprint(1)\n#> 1\n", 1, "F401: `os` imported but unused"),
        ("print(1)\n#> 1\nprint(y)\n#> 2\n", 3, "F821: Undefined name `y`"),
    ],
    ids=["format", "an import that nobody uses", "a name that does not exist"],
)
def test_a_fault_is_named_with_its_line(
    write_block: Callable[[str], Block], source: str, line: int, words: str
) -> None:
    """The line is that of the page, whatever output stands above it."""
    block = write_block(source)
    (finding,) = check_style([block])
    assert (finding.path, finding.line) == (block.page.path, block.line + line)
    assert words in finding.reason


def test_output_is_no_comment(write_block: Callable[[str], Block]) -> None:
    """Ruff would put a space into `#>`, and judge the width of what was printed."""
    assert check_style([write_block(f"print(1)\n#> {'1' * 200}\n")]) == []
