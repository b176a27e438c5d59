"""Writing output back into a page."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hozon_docs.findings import DocsError
from hozon_docs.markdown import Page, scan
from hozon_docs.runner import run_block
from hozon_docs.update import update_page
from hozon_docs.verdict import BlockFailedError, proven_source

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


def test_a_page_that_became_shorter_is_refused(write_page: Callable[..., Page]) -> None:
    """The line of the block may not even be there."""
    page = write_page(PAGE)
    block = scan(page).blocks[-1]
    page.path.write_text("Gone.\n", "utf-8")
    with pytest.raises(DocsError, match=r"guide\.md:19: the page changed"):
        update_page(page.path, {block.line: (block, "x\n")})
    assert page.path.read_text("utf-8") == "Gone.\n"


def test_blanks_in_an_empty_line_are_no_change(
    write_page: Callable[..., Page], empty: Path
) -> None:
    """An editor may leave them behind; nobody can see them."""
    page = write_page(
        PAGE.replace("        print(i)\n", "        print(i)\n      \n        x = i\n")
    )
    assert _update(page, empty)
    assert "        print(i)\n        #> 0\n        #> 1\n\n" in page.path.read_text("utf-8")


def test_an_interrupted_update_leaves_the_page_as_it_was(
    write_page: Callable[..., Page], empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new text takes the place of the old one in one step, and nothing is left beside it."""
    page = write_page(PAGE)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        _update(page, empty)
    assert page.path.read_text("utf-8") == PAGE
    assert list(page.path.parent.iterdir()) == [page.path]


def test_an_updated_page_keeps_its_permissions(
    write_page: Callable[..., Page], empty: Path
) -> None:
    """Who could read it before can read it afterwards."""
    page = write_page(PAGE)
    page.path.chmod(0o644)
    _update(page, empty)
    assert page.path.stat().st_mode & 0o777 == 0o644


def test_the_outputs_of_other_fences_are_rewritten(write_page: Callable[..., Page]) -> None:
    """A fence of a shell is replaced as a block of Python is."""
    page = write_page("- item\n\n    ```console\n    $ echo a\n    b\n    ```\n")
    (fence,) = scan(page).fences
    assert update_page(page.path, {fence.line: (fence, "$ echo a\na\n")})
    assert (
        page.path.read_text("utf-8") == "- item\n\n    ```console\n    $ echo a\n    a\n    ```\n"
    )
