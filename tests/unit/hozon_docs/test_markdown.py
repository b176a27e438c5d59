"""What is found in a page."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hozon_docs.markdown import Page, find_pages, find_strays, language_of, scan

PAGE = """---
title: "```not a fence"
---

# Delete {#delete}

```python title="First.py"
print("a")
```

!!! note

    ## Inside {#inside}

    === "Tab"

        ```python title="second.py" hl_lines="1"
        print("b")
        ```

        ```console
        $ ls
        ```

- A list

    ```toml
    a = 1
    ```

```json title="x.json"
{}
```
"""


def test_python_blocks_keep_line_title_and_text(write_page: Callable[..., Page]) -> None:
    """A block knows the line of its fence, its title as written, and its text without indent."""
    blocks = scan(write_page(PAGE)).blocks
    assert [(block.line, block.title, block.source) for block in blocks] == [
        (7, "First.py", 'print("a")\n'),
        (17, "second.py", 'print("b")\n'),
    ]


def test_the_id_of_a_block_is_readable(write_page: Callable[..., Page]) -> None:
    """The id is page, line and title."""
    block = scan(write_page(PAGE, language="ja", name="guides/delete")).blocks[0]
    assert block.id == "ja/guides/delete.md:7 First.py"


def test_other_fences_are_found_inside_tabs_admonitions_and_lists(
    write_page: Callable[..., Page],
) -> None:
    """Every fence that is not Python is found, wherever the theme renders it as one."""
    fences = scan(write_page(PAGE)).fences
    assert [(fence.line, fence.info, fence.source) for fence in fences] == [
        (21, "console", "$ ls\n"),
        (27, "toml", "a = 1\n"),
        (31, 'json title="x.json"', "{}\n"),
    ]


def test_headings_are_found_with_level_id_and_line(write_page: Callable[..., Page]) -> None:
    """Headings count inside admonitions, too; the metadata of the page is no heading."""
    headings = scan(write_page(PAGE)).headings
    assert [(heading.line, heading.level, heading.id, heading.text) for heading in headings] == [
        (5, 1, "delete", "Delete"),
        (13, 2, "inside", "Inside"),
    ]


def test_a_clean_page_has_no_findings(write_page: Callable[..., Page]) -> None:
    """Nothing is reported about a page that keeps the rules."""
    assert scan(write_page(PAGE)).findings == ()


def test_an_admonition_shown_as_code_is_code(write_page: Callable[..., Page]) -> None:
    """Indented text is code, whatever it looks like."""
    page = write_page("# A {#a}\n\n    !!! note\n\n    ## Shown {#shown}\n")
    assert [heading.id for heading in scan(page).headings] == ["a"]


@pytest.mark.parametrize(
    ("fences", "line", "reason"),
    [
        ("```python\n1\n```\n", 3, "without a title"),
        ('```python title=""\n1\n```\n', 3, "without a title"),
        ('```python title="a"\n1\n```\n```python title="a"\n2\n```\n', 6, "block in line 3"),
        ('```python title="a" skip="slow"\n1\n```\n', 3, "'skip' does not exist"),
        ('```{.python title="a" group="g"}\n1\n```\n', 3, "'group' does not exist"),
        ('```pycon title="a"\n>>> 1\n```\n', 3, "a pycon block is not run"),
    ],
    ids=["untitled", "empty title", "title twice", "skip", "group", "pycon"],
)
def test_a_faulty_fence_is_a_finding_with_its_line(
    write_page: Callable[..., Page], fences: str, line: int, reason: str
) -> None:
    """A block that breaks the contract is named by file, line and reason."""
    page = write_page(f"# A {{#a}}\n\n{fences}")
    (finding,) = scan(page).findings
    assert (finding.path, finding.line) == (page.path, line)
    assert reason in finding.reason


def test_a_heading_without_an_id_is_a_finding(write_page: Callable[..., Page]) -> None:
    """Each heading must name its anchor, since translated words give another."""
    (finding,) = scan(write_page("# A {#a}\n\n## 削除\n")).findings
    assert finding.line == 3
    assert "'削除' has no explicit id" in finding.reason


@pytest.mark.parametrize(
    ("info", "language"),
    [
        ('python title="x"', "python"),
        ('{.python title="x"}', "python"),
        ("{ .python }", "python"),
        ('python {title="x"}', "python"),
        ("Console", "console"),
        ("", ""),
    ],
    ids=repr,
)
def test_the_language_of_a_fence_is_read_in_every_spelling(info: str, language: str) -> None:
    """All spellings that the site renders name the same language."""
    assert language_of(info) == language


def test_pages_are_named_alike_in_every_language(write_page: Callable[..., Page]) -> None:
    """The name of a page is its place in the tree of its language, and the order is the name's."""
    write_page("", language="ja", name="index")
    tree = write_page("", language="ja", name="guides/delete").path.parents[1]
    assert [page.name for page in find_pages(tree, language="ja")] == ["guides/delete", "index"]


def test_a_page_with_another_ending_is_found(tmp_path: Path) -> None:
    """MkDocs would render it, and nothing would run it."""
    (tmp_path / "guides").mkdir()
    (tmp_path / "guides" / "extra.markdown").write_text("# Extra", "utf-8")
    (tmp_path / "index.md").write_text("# Home", "utf-8")
    (finding,) = find_strays(tmp_path)
    assert finding.path.name == "extra.markdown"
