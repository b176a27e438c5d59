"""What is found in a page."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_examples import find_examples

from hozon_docs import markdown
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


def test_a_block_without_a_title_has_a_name_all_the_same(write_page: Callable[..., Page]) -> None:
    """What names a block in a report is never empty."""
    titled, untitled = scan(write_page('```python title="A.py"\n1\n```\n```py\n2\n```\n')).blocks
    assert (titled.name, untitled.name) == ("A.py", "untitled")


def test_a_page_is_named_by_language_and_place(write_page: Callable[..., Page]) -> None:
    """The name of a page in messages tells its language, unless it stands outside the trees."""
    page = write_page("", language="ja", name="guides/delete")
    outside = Page(language="en", name="README", path=Path("README.md"), translated=False)
    assert [str(page), str(outside)] == ["ja/guides/delete.md", "README.md"]


def test_the_options_of_a_block_are_read_as_written(write_page: Callable[..., Page]) -> None:
    """Capitals and either kind of quotation mark survive."""
    info = """{.python title="A.py" group="One" skip='a "B"' raises="ValueError: Boom"}"""
    (block,) = scan(write_page(f"```{info}\n1\n```\n")).blocks
    assert (block.title, block.group, block.skip) == ("A.py", "One", 'a "B"')
    assert block.raises == "ValueError: Boom"


def test_the_options_of_another_fence_are_read_as_written(write_page: Callable[..., Page]) -> None:
    """A fence that is not Python has a name and options, too."""
    named, bare = scan(
        write_page('```{.console title="Shell" skip="Later"}\n$ a\n```\n```TOML\n```\n')
    ).fences
    assert (named.name, named.language, named.skip) == ("Shell", "console", "Later")
    assert (bare.name, bare.language, bare.skip) == ("toml", "toml", "")


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
        ('```python title="a" skip="slow"\n1\n```\n', 3, "'skip' is only rendered in braces"),
        ('```python title="a" group="g"\n1\n```\n', 3, "'group' is only rendered in braces"),
        ('```python title="a" raises="E"\n1\n```\n', 3, "'raises' is only rendered in braces"),
        ('```{.python title="a" requires="3.12"}\n1\n```\n', 3, "'requires' does not exist"),
        ('```{.python title="a" skip=""}\n1\n```\n', 3, "'skip' says nothing"),
        ('```{.python title="a" group=" "}\n1\n```\n', 3, "'group' says nothing"),
        ('```{.python title="a" skip}\n1\n```\n', 3, "a skip without a reason"),
        ('```{.python title="a" skip=slow}\n1\n```\n', 3, "a skip without a reason"),
        ('```{.python title="a" hl_lines=1}\n1\n```\n', 3, "'hl_lines=1' is not understood"),
        ('```pycon title="a"\n>>> 1\n```\n', 3, "a pycon block is not run"),
        ('```pyi title="a"\nx: int\n```\n', 3, "a pyi block is not run"),
    ],
    ids=[
        "untitled",
        "empty title",
        "title twice",
        "skip outside braces",
        "group outside braces",
        "raises outside braces",
        "unknown option",
        "empty reason",
        "empty group",
        "skip without a value",
        "skip without quotation marks",
        "unquoted option",
        "pycon",
        "stub",
    ],
)
def test_a_faulty_fence_is_a_finding_with_its_line(
    write_page: Callable[..., Page], fences: str, line: int, reason: str
) -> None:
    """A block that breaks the contract is named by file, line and reason."""
    page = write_page(f"# A {{#a}}\n\n{fences}")
    (finding,) = scan(page).findings
    assert (finding.path, finding.line) == (page.path, line)
    assert reason in finding.reason


@pytest.mark.parametrize(
    "info",
    [
        'python title="a" hl_lines="1" linenums="1"',
        'py title="a"',
        '{.python title="a" group="g"}',
        'python {title="a" raises="ValueError: boom"}',
        """{.python .wide #anchor title="a" skip='it takes an hour'}""",
    ],
)
def test_every_spelling_of_the_options_is_understood(
    write_page: Callable[..., Page], info: str
) -> None:
    """Nothing is reported about a fence that renders and that the tools understand."""
    assert scan(write_page(f"# A {{#a}}\n\n```{info}\n1\n```\n")).findings == ()


def test_blocks_stand_in_the_order_of_the_page(
    write_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever finds them promises no order, and groups need one."""
    monkeypatch.setattr(markdown, "find_examples", lambda path: [*find_examples(path)][::-1])
    assert [block.line for block in scan(write_page(PAGE)).blocks] == [7, 17]


def test_windows_line_ends_change_nothing(write_page: Callable[..., Page]) -> None:
    """Lines, titles and texts are those of the same page with other line ends."""
    page = write_page(PAGE)
    before = scan(page)
    page.path.write_bytes(PAGE.replace("\n", "\r\n").encode())
    assert scan(page) == before


def test_a_page_outside_the_trees_needs_no_ids(tmp_path: Path) -> None:
    """A README is not translated, so nothing links to an anchor in another language."""
    path = tmp_path / "README.md"
    path.write_text("# Without an id\n", "utf-8")
    assert scan(Page(language="en", name="README", path=path, translated=False)).findings == ()


def test_a_rule_without_an_end_is_no_front_matter(write_page: Callable[..., Page]) -> None:
    """What follows a lone line of dashes is Markdown."""
    assert [one.id for one in scan(write_page("---\n\n# A {#a}\n")).headings] == ["a"]


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


def test_an_id_is_given_once(write_page: Callable[..., Page]) -> None:
    """A link to it would lead to the first heading, whichever was meant."""
    page = write_page("# A {#a}\n\n## B {#b}\n\n## C {#a}\n")
    (finding,) = scan(page).findings
    assert finding.line == 5
    assert finding.reason.startswith("the id 'a' is taken by the heading in line 1; give each ")
