"""The units of a page: which there are, where they stand, and what they hold."""

from collections.abc import Callable

import pytest

from hozon_docs.markdown import Page
from hozon_docs.structure import Kind, Unit, read_structure, units_of

PAGE = """---
title: "Delete it"
hide: [toc]
---

# Delete {#delete}

Some `code`,
and a [link](other.md#there).

!!! warning inline "Not `back`"

    It is gone.

    - One

        1. Deep

    - Two

=== "Python"

    ```python title="a.py"
    # why
    print(1)
    ```

??? note

    > Quoted

| Name | Value |
| ---- | ----- |
| `a`  |       |

::: some.module
    options:
      members: false

<!-- hozon_docs:proof blocks -->

<!-- for translators -->

<div><img src="a.png" alt="A picture"></div>

    indented

* * *
"""


def _one(text: str) -> Unit:
    (unit,) = units_of(text)
    return unit


def test_a_page_is_cut_into_units_in_order() -> None:
    """Every part of a page is a unit, with its first and last line."""
    assert [(unit.kind.value, unit.line, unit.last_line) for unit in units_of(PAGE)] == [
        ("metadata", 2, 2),
        ("metadata", 3, 3),
        ("heading", 6, 6),
        ("paragraph", 8, 9),
        ("admonition", 11, 11),
        ("paragraph", 13, 13),
        ("paragraph", 15, 15),
        ("paragraph", 17, 17),
        ("paragraph", 19, 19),
        ("tab", 21, 21),
        ("fence", 23, 26),
        ("details", 28, 28),
        ("paragraph", 30, 30),
        ("row", 32, 32),
        ("row", 34, 34),
        ("directive", 36, 38),
        ("directive", 40, 40),
        ("comment", 42, 42),
        ("html", 44, 44),
        ("code", 46, 46),
        ("rule", 48, 48),
    ]


def test_a_unit_knows_what_it_stands_in() -> None:
    """Nesting is told from the outside in, with the number of an item."""
    within = {unit.line: unit.within for unit in units_of(PAGE)}
    assert within[13] == ("admonition",)
    assert within[17] == ("admonition", "item 1 of a list", "item 1 of a numbered list")
    assert within[19] == ("admonition", "item 2 of a list")
    assert within[23] == ("tab",)
    assert within[30] == ("details", "quotation")
    assert within[32] == ()


def test_a_numbered_list_counts_from_its_first_number() -> None:
    """A list that goes on with 3 has a third item, as the site shows it."""
    assert [unit.within for unit in units_of("3. a\n3. b\n")] == [
        ("item 3 of a numbered list",),
        ("item 4 of a numbered list",),
    ]


def test_what_is_the_same_in_every_language_is_told_from_words() -> None:
    """Codes, targets, ids and types stand beside the words, each where it belongs."""
    units = {unit.line: unit for unit in units_of(PAGE)}
    assert (units[2].id, units[2].words) == ("title", "Delete it")
    assert (units[3].id, units[3].words) == ("hide", "")
    assert (units[6].id, units[6].level, units[6].words) == ("delete", 1, "Delete")
    assert (units[8].codes, units[8].links) == (("code",), ("other.md#there",))
    assert (units[11].id, units[11].codes) == ('!!! warning inline "…"', ("back",))
    assert (units[23].id, units[23].words) == ('python title="a.py"', "why")
    assert (units[28].id, units[28].words) == ("??? note", "")
    assert units[44].links == ("a.png",)
    assert units[44].words == "A picture"


@pytest.mark.parametrize(
    ("text", "codes", "links"),
    [
        ("[`a`][pkg.Name]", ("a",), ("pkg.Name",)),
        ("![alt `x`](p.png)", ("x",), ("p.png",)),
        ("<https://example.org/a>", (), ("https://example.org/a",)),
        ("[a][ref]\n\n[ref]: to.md", (), ("to.md",)),
        ("[a](b.md){ .wide } and `{ .no }`", ("{ .no }", ".wide"), ("b.md",)),
        ("press <kbd>A</kbd><!-- no -->", ("<kbd>", "</kbd>"), ()),
        ("above\n::: pkg.Name", ("::: pkg.Name",), ()),
    ],
    ids=["cross-reference", "image", "address", "reference", "attributes", "tags", "directive"],
)
def test_inline_markdown_is_sorted(
    text: str, codes: tuple[str, ...], links: tuple[str, ...]
) -> None:
    """What a program reads is found in every spelling."""
    unit = _one(text)
    assert (unit.codes, unit.links) == (codes, links)


def test_attributes_beside_the_id_of_a_heading_count() -> None:
    """The id is a name; a class is compared like code."""
    unit = _one("## A `#b` {#c .wide}")
    assert (unit.id, unit.codes, unit.words) == ("c", ("#b", ".wide"), "A `#b`")


def test_a_row_knows_its_table_and_its_filled_cells() -> None:
    """A cell that is empty, and one for which there is no column, is seen."""
    rows = units_of("| A | B |\n| - | - |\n| 1 |   |\n| 1 | 2 | 3 |\n")
    assert [row.shape for row in rows] == [(3, 2, 1, 2), (3, 2, 1), (3, 2, 1, 2, 3)]


@pytest.mark.parametrize(
    "other",
    ["One two\nthree `a`.", "One   two three\n`a`.", "One two three `a`.\n\n"],
    ids=["wrapped", "spaces", "empty lines"],
)
def test_white_space_leaves_the_digest_as_it_is(other: str) -> None:
    """Wrapping a paragraph in another way is no change of its words."""
    assert _one(other).digest == _one("One two three `a`.").digest


def test_a_changed_word_changes_the_digest() -> None:
    """What a translator would have to look at is never missed."""
    assert _one("It is kept.").digest != _one("It is lost.").digest


def test_the_place_of_a_unit_leaves_its_digest_as_it_is() -> None:
    """Moving a text, or the id of its heading, asks nobody to translate it again."""
    assert units_of("# A {#a}")[0].digest == units_of("Text.\n\n## A {#b}")[1].digest


def test_only_the_comments_of_code_are_words() -> None:
    """New output, and other code, asks nobody to translate again."""
    one, other = (_one(f"```python\n# why\n{code}\n```") for code in ("print(1)\n#> 1", "x"))
    assert one.digest == other.digest


@pytest.mark.parametrize(
    "text",
    ["`a` | `b`", "—", "```json\n{}\n```", "<!-- a -->", "::: a.b", "## ::: a.b", "    code"],
)
def test_what_holds_no_letters_holds_no_words(text: str) -> None:
    """There is nothing to translate in code, punctuation and lines for programs."""
    assert _one(text).words == ""


@pytest.mark.parametrize("text", ["12", "`a`: 0.5", "✓"])
def test_figures_and_ticks_are_compared_like_words(text: str) -> None:
    """A page whose figure is not that of its source is as untrue as one with a wrong word."""
    assert _one(text).words == text


@pytest.mark.parametrize("text", ["<!-- a -->", "<!-- a\nb -->", "<!-- a --> <!-- b -->"])
def test_only_what_nobody_reads_is_a_comment(text: str) -> None:
    """What stands between two comments is read, and so is no part of them."""
    assert _one(text).kind is Kind.COMMENT
    assert _one(f"{text} read <!-- c -->").kind is Kind.HTML


def test_the_options_of_a_directive_keep_their_indentation() -> None:
    """What YAML would read otherwise is another text."""
    assert _one("::: a\n    options:\n      b: 1").text == "::: a\n    options:\n      b: 1"


def test_a_list_right_below_a_paragraph_is_marked() -> None:
    """MkDocs shows such a list as text, so it is not the same as one that stands apart."""
    assert [unit.glued for unit in units_of("A:\n- b\n- c\n")] == [False, True, False]
    assert not any(unit.glued for unit in units_of("A:\n\n- b\n    - c\n\n    d\n"))


def test_front_matter_that_is_no_mapping_is_one_unit() -> None:
    """A fault in the metadata is no exception."""
    assert [(unit.kind, unit.id, unit.line) for unit in units_of("---\na: [\n---\n# A\n")] == [
        (Kind.METADATA, "", 1),
        (Kind.HEADING, "", 4),
    ]


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_other_line_ends_change_nothing(write_page: Callable[..., Page], ends: str) -> None:
    """A page from another system has the same units in the same lines."""
    page = write_page(PAGE)
    before = read_structure(page)
    page.path.write_bytes(PAGE.replace("\n", ends).encode())
    assert read_structure(page) == before


def test_a_byte_order_mark_hides_no_front_matter(write_page: Callable[..., Page]) -> None:
    """Some editors begin a file with one, and MkDocs takes it away, too."""
    page = write_page(PAGE)
    before = read_structure(page)
    page.path.write_text(PAGE, "utf-8-sig")
    assert read_structure(page) == before


def test_tabs_indent_like_four_spaces() -> None:
    """A page that is indented by tabs has the same units in the same lines."""
    assert units_of(PAGE.replace("    ", "\t")) == units_of(PAGE)
