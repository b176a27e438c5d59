"""Writing output back into a page."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hozon_docs.findings import DocsError
from hozon_docs.markdown import Page, scan
from hozon_docs.runner import BlockFailedError, proven_source, run_block
from hozon_docs.update import update_page

PAGE = """# A {#a}

```python title="one.py"
print("new")
#> old
```

=== "Tab"

    ```python title="two.py"
    for i in range(2):
        print(i)
    ```

    !!! tip

        - item

            ```python title="three.py"
            print("x")
            #> too
            #> much
            ```

Text.
"""
UPDATED = """# A {#a}

```python title="one.py"
print("new")
#> new
```

=== "Tab"

    ```python title="two.py"
    for i in range(2):
        print(i)
        #> 0
        #> 1
    ```

    !!! tip

        - item

            ```python title="three.py"
            print("x")
            #> x
            ```

Text.
"""


def _update(page: Page, directory: Path) -> bool:
    blocks = scan(page).blocks
    sources = {
        block.line: (block, proven_source(run_block(block, directory=directory)))
        for block in blocks
    }
    return update_page(page.path, sources)


def test_outputs_are_rewritten_and_nothing_else(
    write_page: Callable[..., Page], empty: Path
) -> None:
    """Fences, their indentation in tabs, admonitions and lists, and prose stay."""
    page = write_page(PAGE)
    assert _update(page, empty)
    assert page.path.read_text("utf-8") == UPDATED


def test_an_updated_page_stays_as_it_is(write_page: Callable[..., Page], empty: Path) -> None:
    """A second update writes nothing."""
    page = write_page(UPDATED)
    assert not _update(page, empty)


def test_windows_line_ends_survive(write_page: Callable[..., Page], empty: Path) -> None:
    """A file keeps its line ends."""
    page = write_page("")
    page.path.write_bytes(PAGE.replace("\n", "\r\n").encode())
    _update(page, empty)
    assert page.path.read_bytes() == UPDATED.replace("\n", "\r\n").encode()


def test_a_block_that_raised_has_no_proven_text(
    write_page: Callable[..., Page], empty: Path
) -> None:
    """There is nothing to write for a block that raised."""
    page = write_page(PAGE.replace('print("new")', 'print("new"); 1 / 0'))
    with pytest.raises(BlockFailedError, match="ZeroDivisionError"):
        _update(page, empty)
    assert "#> old" in page.path.read_text("utf-8")


def test_a_page_that_changed_meanwhile_is_refused(
    write_page: Callable[..., Page], empty: Path
) -> None:
    """Lines are replaced only where the block still stands."""
    page = write_page(PAGE)
    blocks = scan(page).blocks
    page.path.write_text("New first line.\n" + PAGE, "utf-8")
    with pytest.raises(DocsError, match=r"guide\.md:3: the page changed"):
        update_page(page.path, {blocks[0].line: (blocks[0], "x\n")})
    assert not empty.joinpath("x").exists()
