"""What of a page is prose, and what a linter sees of it."""

from collections.abc import Callable

from hozon_docs.markdown import Page
from hozon_docs.passages import (
    CODE,
    Kind,
    pair_passages,
    passages_of,
    passages_of_docstring,
    prose_only,
    read_passages,
)

PAGE = """\
---
title: Not prose
---

# Keep `v1` safe {#keep}

One [link](a.md) to `code()`
and https://example.org/a.

- An item.

    | Name | `x` |
    | --- | --- |
    | Cell | |

!!! note "A title"
    Inside.

=== "Tab"

    ```python title="a.py"
    # A comment.
    print(1)  # Beside it.
    #> 1
    ```

::: shop.order
    options:
      show: false

<!-- hidden -->
Last <b>bold</b>, ![a picture](x.png).
"""


def test_every_piece_of_prose_is_a_passage_at_its_line() -> None:
    """Headings, paragraphs, items, cells, titles and comments are found, nothing else."""
    found = [(one.kind, one.line, one.text) for one in passages_of(PAGE)]
    assert found == [
        (Kind.HEADING, 5, f"Keep {CODE} safe"),
        (Kind.PARAGRAPH, 7, f"One link to {CODE}\nand {CODE}."),
        (Kind.ITEM, 10, "An item."),
        (Kind.CELL, 12, "Name"),
        (Kind.CELL, 12, CODE),
        (Kind.CELL, 14, "Cell"),
        (Kind.CELL, 14, ""),
        (Kind.TITLE, 16, "A title"),
        (Kind.PARAGRAPH, 17, "Inside."),
        (Kind.TITLE, 19, "Tab"),
        (Kind.COMMENT, 22, "A comment."),
        (Kind.COMMENT, 23, "Beside it."),
        (Kind.PARAGRAPH, 32, "Last bold, a picture."),
    ]


def test_codes_and_addresses_are_told_apart_from_prose() -> None:
    """What stands at each mark is known, and so are the texts of links."""
    paragraph = passages_of(PAGE)[1]
    assert paragraph.codes == ("code()", "https://example.org/a")
    assert paragraph.links == ("link",)
    assert paragraph.line_of(paragraph.text.index("and")) == 8


def test_lines_do_not_depend_on_the_ends_of_lines(write_page: Callable[..., Page]) -> None:
    """A page with carriage returns and a byte order mark has the same passages."""
    page = write_page("")
    page.path.write_bytes(("\ufeff" + PAGE.replace("\n", "\r\n")).encode())
    assert read_passages(page) == passages_of(PAGE)


def test_passages_pair_up_by_section() -> None:
    """Where one section differs, the others still pair up one by one."""
    ours = passages_of("# A {#a}\n\nOne.\n\n# B {#b}\n\nTwo.\n\n# C {#c}\n")
    theirs = passages_of("# 가 {#a}\n\n하나.\n\n더.\n\n# 나 {#b}\n\n둘.\n")
    pairs = [
        ([one.text for one in source], [one.text for one in translation])
        for source, translation in pair_passages(ours, theirs)
    ]
    assert pairs == [(["A", "One."], ["가", "하나.", "더."]), (["B"], ["나"]), (["Two."], ["둘."])]


def test_a_comment_hides_no_section_without_an_id() -> None:
    """A translator's note moves no heading, and what stands below is still paired."""
    source, translation = passages_of("# A\n\nB\n"), passages_of("<!-- c -->\n\n# A\n\nB\n")
    assert len(list(pair_passages(source, translation))) == len(source)


def test_a_linter_sees_prose_alone_at_its_lines() -> None:
    """Code, directives and front matter are gone; what MkDocs indents is plain Markdown."""
    lines = prose_only(PAGE).split("\n")
    assert len(lines) == len(PAGE.split("\n"))
    assert {number: line for number, line in enumerate(lines, start=1) if line} == {
        5: "# Keep `v1` safe",
        7: "One [link](a.md) to `code()`",
        8: "and https://example.org/a.",
        10: "- An item.",
        12: "| Name | `x` |",
        13: "| --- | --- |",
        14: "| Cell | |",
        16: "###### A title",
        17: "Inside.",
        19: "###### Tab",
        22: "A comment.",
        23: "Beside it.",
        32: "Last <b>bold</b>, ![a picture](x.png).",
    }


DOCSTRING = """\
Pay an order.

The errors are these:

    OrderError
        ShippedError

Args:
    order (str): Its number,
        on two lines.
    *goods:
        What is in it.

Raises:
    OrderError: It was shipped.

        A second paragraph.

Examples:
    Pay at once.

    ```python
    pay(1)  # The first.
    ```
"""


def test_the_items_of_a_docstring_are_passages_without_their_names() -> None:
    """What a section indents is prose, what stands apart from it is code."""
    assert [(one.kind, one.text) for one in passages_of_docstring(DOCSTRING)] == [
        (Kind.PARAGRAPH, "Pay an order."),
        (Kind.PARAGRAPH, "The errors are these:"),
        (Kind.PARAGRAPH, "Its number,\non two lines."),
        (Kind.PARAGRAPH, "What is in it."),
        (Kind.PARAGRAPH, "It was shipped."),
        (Kind.PARAGRAPH, "A second paragraph."),
        (Kind.PARAGRAPH, "Pay at once."),
        (Kind.COMMENT, "The first."),
    ]
