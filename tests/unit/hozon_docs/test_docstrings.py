"""Blocks in the docstrings of a module."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hozon_docs.docstrings import scan_module
from hozon_docs.markdown import Page, Scan

ScanText = Callable[[str], Scan]

MODULE = r'''"""A module.

```python
import module
```
"""

QUERY = """
not a docstring: ```python
"""

LIMIT = 3
"""How many.

```{.python raises="ValueError: too many"}
raise ValueError("too many")
```
"""

NAME: str = """a text, no docstring

```python
escaped = 1
```
"""


class Store:
    r"""Keep things.

    ```python
    print("a\\b")
    #> a\b
    ```

    And then:

    ```python
    x = 2
    ```
    """

    size: int
    """How large.

    ```python
    y = 3
    ```
    """

    def read(self) -> str:
        """Read it.

        Examples:
            ```{.python group="read"}
            z = 4
            ```
        """
        text = """
        ```python
        escaped = 2
        ```
        """

        def inner() -> None:
            """Do nothing.

            ```python
            w = 5
            ```
            """

        return text

    async def wait(self) -> None: """Wait.

        ```python
        v = 6
        ```
        """


print(1)
"""A string, not a docstring.

```python
escaped = 3
```
"""
'''


@pytest.fixture
def scan_text(tmp_path: Path) -> ScanText:
    """Give a function that writes a module and reads its docstrings."""

    def scan(text: str) -> Scan:
        path = tmp_path / "lib" / "module.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        return scan_module(Page(language="de", name="lib/module", path=path, translated=False))

    return scan


def test_a_block_is_named_by_what_its_docstring_documents(scan_text: ScanText) -> None:
    """A module by its file, a second block by its number; each with its line in the module."""
    blocks = scan_text(MODULE).blocks
    lines = MODULE.split("\n")
    assert [block.title for block in blocks] == [
        "module",
        "LIMIT",
        "Store",
        "Store#2",
        "Store.size",
        "Store.read",
        "Store.read.inner",
        "Store.wait",
    ]
    assert all(lines[block.line - 1].lstrip().startswith("```") for block in blocks)
    assert [lines[block.line].strip() for block in blocks] == [
        block.source.split("\n")[0] for block in blocks
    ]


def test_strings_that_are_no_docstrings_hold_no_blocks(scan_text: ScanText) -> None:
    """Triple quotation marks elsewhere in the module neither give blocks nor hide any."""
    assert not any("escaped" in block.source for block in scan_text(MODULE).blocks)


def test_the_text_of_a_block_has_no_indentation(scan_text: ScanText) -> None:
    """What runs is what the reference shows."""
    sources = {block.title: block.source for block in scan_text(MODULE).blocks}
    assert sources["Store"].split("\n") == [r'print("a\\b")', r"#> a\b", ""]
    assert sources["Store.read"] == "z = 4\n"


def test_the_options_of_a_block_are_those_of_a_page(scan_text: ScanText) -> None:
    """Groups and errors are said in the same words."""
    blocks = {block.title: block for block in scan_text(MODULE).blocks}
    assert blocks["LIMIT"].raises == "ValueError: too many"
    assert blocks["Store.read"].group == "read"


def test_a_module_that_keeps_the_rules_has_no_findings(scan_text: ScanText) -> None:
    """A docstring needs no title and no id."""
    scan = scan_text(MODULE)
    assert (scan.findings, scan.fences, scan.headings) == ((), (), ())


@pytest.mark.parametrize(
    ("fence", "reason"),
    [
        ("```pycon", "a pycon block is not run"),
        ("```{.python skip}", "a skip without a reason"),
        ('```python group="g"', "'group' is only rendered in braces"),
        ('```{.python when="now"}', "'when' does not exist"),
    ],
)
def test_a_faulty_fence_is_a_finding_of_the_module(
    scan_text: ScanText, fence: str, reason: str
) -> None:
    """It is named by the file and the line of the module."""
    scan = scan_text(f'def f():\n    """Do it.\n\n    {fence}\n    1\n    ```\n    """\n')
    (finding,) = scan.findings
    assert (finding.path, finding.line) == (scan.page.path, 4)
    assert reason in finding.reason


def test_a_backslash_in_a_plain_docstring_is_a_finding(scan_text: ScanText) -> None:
    """Python reads it once more, so the reference would not show what runs."""
    block = '    ```python\n    print("a\\nb")\n    ```\n'
    plain = scan_text(f'def f():\n    """Do it.\n\n{block}    """\n')
    raw = scan_text(f'def f():\n    r"""Do it.\n\n{block}    """\n')
    (finding,) = plain.findings
    assert finding.line == 4
    assert finding.reason.startswith("a backslash, which a docstring takes for its own;")
    assert raw.findings == ()


def test_a_module_without_a_block_is_read_for_nothing(scan_text: ScanText) -> None:
    """Back ticks outside of docstrings are no blocks."""
    scan = scan_text('"""A module."""\n\nFENCE = "```python"\n')
    assert (scan.blocks, scan.findings) == ((), ())


def test_windows_line_ends_change_nothing(scan_text: ScanText) -> None:
    """Lines and texts are those of the same module with other line ends."""
    before = scan_text(MODULE)
    before.page.path.write_bytes(MODULE.replace("\n", "\r\n").encode())
    assert scan_module(before.page) == before
