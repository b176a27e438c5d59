"""Whether a translation has the same parts as its source."""

from collections.abc import Callable

import pytest

from hozon_docs.findings import Finding
from hozon_docs.markdown import Page, scan
from hozon_docs.parity import compare_page_sets, compare_scans

ENGLISH = """---
title: Delete
tags: [a]
---

# Delete {#delete}

Call `delete()` or `drop()`, see [errors](errors.md#all) and ![a picture](a.png).

## One {#one}

!!! warning "At once"

    It is gone.

- First `a`

    More of it.

- Second

| Name | Value |
| ---- | ----- |
| `x`  | One   |
| `y`  |       |

=== "Python"

    ```python title="a.py"
    api.delete("v0", aliases=True)  # with aliases
    print(1)
    #> 1
    ```

=== "Shell"

    ```console
    $ ls
    a.txt
    ```

## Two {#two}

::: pkg.Name
    options:
      members: false

<!-- hozon_docs:proof blocks -->

```{.toml title="config.toml"}
a = 1  # one
```
"""

_WORDS = (
    ("title: Delete", "title: 삭제"),
    ("# Delete", "# 삭제"),
    ("Call `delete()` or `drop()`, see [errors]", "`drop()`이나 `delete()`를 호출합니다. [오류]"),
    (" and ![a picture]", "와 ![그림]"),
    ("## One", "## 하나"),
    ('"At once"', '"바로"'),
    ("It is gone.", "사라집니다."),
    ("First `a`", "첫째 `a`, 곧 `a`"),
    ("More of it.", "더."),
    ("Second", "둘째"),
    ("| Name | Value |", "| 이름 | 값 |"),
    ("One   |", "하나 |"),
    ('"Shell"', '"셸"'),
    ("# with aliases", "# 별칭과 함께"),
    ("## Two", "## 둘"),
    ("# one", "# 하나"),
)


def _korean() -> str:
    text = ENGLISH
    for english, korean in _WORDS:
        assert text.count(english) == 1, english
        text = text.replace(english, korean)
    return text


KOREAN = _korean()


def _compare(
    write_page: Callable[..., Page], translation: str, source: str = ENGLISH
) -> list[Finding]:
    return compare_scans(
        scan(write_page(source, language="en")), scan(write_page(translation, language="ko"))
    )


def test_a_faithful_translation_has_no_findings(write_page: Callable[..., Page]) -> None:
    """Words and comments are another language's, codes stand in another order, or twice."""
    assert _compare(write_page, KOREAN) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("사라집니다.", "사라집니다.\n    정말로."),
        ("더.", "더.  "),
        ("| 이름 | 값 |", "| 이름 |    값 |"),
        ("| ---- | ----- |", "|---|:-:|"),
        ("둘째\n", "둘째\n\n\n"),
        ("\n    더.", "\n\t더."),
        ("- 둘째", "-   둘째"),
        ("## 둘", "<!-- 확인할 것 -->\n\n## 둘"),
        ("print(1)", "print( 1 )"),
        ("a = 1", "a    =  1"),
        ('{.toml title="config.toml"}', "toml title='config.toml'"),
        ("title: 삭제", 'title: "삭제"'),
        ("members: false\n", "members: false  \n"),
    ],
    ids=[
        "wrapped",
        "trailing spaces",
        "spaces in a cell",
        "line of a table",
        "empty lines",
        "tab",
        "bullet",
        "comment",
        "spacing of code",
        "spacing of data",
        "spelling of a fence",
        "quotation marks",
        "spaces behind a directive",
    ],
)
def test_a_harmless_edit_has_no_findings(
    write_page: Callable[..., Page], old: str, new: str
) -> None:
    """What changes nothing for a reader is no fault."""
    assert KOREAN.count(old) == 1
    assert _compare(write_page, KOREAN.replace(old, new)) == []


def test_other_line_ends_have_no_findings(write_page: Callable[..., Page]) -> None:
    """A translation may come from another system."""
    source, translation = write_page(ENGLISH), write_page("", language="ko")
    translation.path.write_bytes(KOREAN.replace("\n", "\r\n").encode())
    assert compare_scans(scan(source), scan(translation)) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("tags: [a]", "tagged: [a]", 3, "the key is 'tagged', not 'tags'"),
        ("{#one}", "{#uno}", 10, "the heading is ## {#uno}, not ## {#one}"),
        ("## 하나", "### 하나", 10, "the heading is ### {#one}, not ## {#one}"),
        ("`drop()`", "`remove()`", 8, "the inline code is `remove()`, not `drop()`"),
        ("`drop()`이나 ", "", 8, "the inline code `drop()` is left out, not kept"),
        ("더.", "더 `b`.", 18, "the inline code `b` is added, not left out"),
        ("#all", "#none", 8, "the target of a link is `errors.md#none`, not `errors.md#all`"),
        ("a.png", "b.png", 8, "the target of a link is `b.png`, not `a.png`"),
        ("!!! warning", "!!! note", 12, 'the head is `!!! note "…"`, not `!!! warning "…"`'),
        (' "바로"', "", 12, 'the head is `!!! warning`, not `!!! warning "…"`'),
        ("    더.", "  더.", 18, "the paragraph begins in column 2, not 4"),
        ("`y`  |       |", "`y` | 하나 |", 25, "the filled cells are 1, 2, not 1"),
        ("| 하나 |", "| 하나 | 둘 |", 24, "the filled cells are 1, 2, 3, not 1, 2"),
        ("| `y`  |       |\n", "", 22, "the table has 2 rows and 2 columns, not 3 rows and 2"),
        ("aliases=True", "aliases=False", 30, "a.py: the code is"),
        ("#> 1", "#> 2", 32, "a.py: the output is `#> 2`, not `#> 1`"),
        ("a.py", "b.py", 29, "the block's title is 'b.py', not 'a.py'"),
        ('title="a.py"', 'title="a.py" hl_lines="1"', 29, "the fence says 'python title"),
        ("a.txt", "b.txt", 39, "the console block: the text is `b.txt`, not `a.txt`"),
        ("```console", "```bash", 37, "the fence says 'bash', not 'console'"),
        ("pkg.Name", "pkg.Other", 44, "the text is `::: pkg.Other`, not `::: pkg.Name`"),
        ("members: false", "members: true", 46, "the text is `      members: true`"),
        ("proof blocks", "proof skips", 48, "the text is `<!-- hozon_docs:proof skips -->`"),
        ("a = 1", "a = 2", 51, "config.toml: the text is `a = 2`, not `a = 1` as in"),
    ],
    ids=[
        "key",
        "id",
        "level",
        "code",
        "code gone",
        "code added",
        "anchor",
        "image",
        "type",
        "title of a warning",
        "indentation in an item",
        "cell filled",
        "cell added",
        "row gone",
        "argument",
        "output",
        "title",
        "option",
        "console",
        "language",
        "directive",
        "option of a directive",
        "placeholder",
        "data",
    ],
)
def test_a_difference_is_named_with_both_lines(
    write_page: Callable[..., Page], old: str, new: str, line: int, reason: str
) -> None:
    """Each kind of fault is one finding, at its line, and names the line of the source."""
    assert KOREAN.count(old) == 1
    (finding,) = _compare(write_page, KOREAN.replace(old, new))
    assert finding.line == line
    assert reason in finding.reason
    assert f"en/guide.md:{line}" in finding.reason


@pytest.mark.parametrize(
    ("old", "line", "reason"),
    [
        ("    사라집니다.\n", 12, "lacks the paragraph of {}:14; add it below."),
        ("    더.\n", 16, "lacks the paragraph of {}:18; add it below."),
        ("- 둘째\n", 18, "lacks the paragraph of {}:20; add it below."),
        ('=== "셸"\n', 33, "lacks the tab of {}:35; add it below."),
        ("## 둘 {#two}\n", 40, "lacks the heading of {}:42; add it below."),
        ("<!-- hozon_docs:proof blocks -->\n", 46, "lacks the directive of {}:48; add it below."),
    ],
    ids=["paragraph", "in an item", "item", "tab", "heading", "placeholder"],
)
def test_what_the_translation_lacks_is_named(
    write_page: Callable[..., Page], old: str, line: int, reason: str
) -> None:
    """A part that is gone is one finding, however much stands below it."""
    assert KOREAN.count(old) == 1
    (finding,) = _compare(write_page, KOREAN.replace(old, "\n"))
    assert (finding.line, finding.reason.startswith("lacks")) == (line, True)
    assert reason.partition("{}")[2] in finding.reason
    assert reason.partition("{}")[0] in finding.reason


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ('\n```python title="more.py"\n1\n```\n', "Python block"),
        ("\n```yaml\na: 1\n```\n", "fence"),
        ("\n## More {#more}\n", "heading"),
        ("\n> Quoted\n", "paragraph"),
        ("\n<div></div>\n", "block of HTML"),
        ("\n* * *\n", "line across the page"),
    ],
    ids=["block", "fence", "heading", "quotation", "html", "rule"],
)
def test_what_only_one_page_has_is_named(
    write_page: Callable[..., Page], text: str, noun: str
) -> None:
    """An addition in either language is found, and nothing else is."""
    (added,) = _compare(write_page, KOREAN.replace("\n## 둘", f"{text}\n## 둘"))
    assert (added.line, f"this {noun} has no partner below" in added.reason) == (42, True)
    (lost,) = _compare(write_page, KOREAN, ENGLISH.replace("\n## Two", f"{text}\n## Two"))
    assert f"lacks the {noun} of" in lost.reason
    assert "en/guide.md:42" in lost.reason


@pytest.mark.parametrize(
    ("source", "translation", "reason"),
    [
        ("Text.\n", "- Text.\n", "the paragraph stands in item 1 of a list, not in nothing else"),
        ("- A\n- B\n", "- A\n\nB\n", "the paragraph stands in nothing else, not in item 2"),
        ("- A\n", "1. A\n", "in item 1 of a numbered list, not in item 1 of a list"),
        ("1. A\n", "2. A\n", "in item 2 of a numbered list, not in item 1"),
        ("Text.\n", "    Text.\n", "this indented block stands in the place of the paragraph"),
        ("!!! note\n\n    A\n", "??? note\n\n    A\n", "this details block stands in the place"),
        ("- A\n    - B\n", "- A\n- B\n", "in item 2 of a list, not in item 1 of a list, item 1"),
        ("A:\n\n- B\n", "A:\n- B\n", "the list stands right below a paragraph"),
        ("A:\n- B\n", "A:\n\n- B\n", "the list stands apart"),
        ("A\n\n|B|\n|-|\n", "A\n|B|\n|-|\n", "the table stands right below a paragraph"),
        ("a <kbd>b</kbd>\n", "a b\n", "the inline code `</kbd>`, `<kbd>` is left out"),
        ("<div><p></p></div>\n", "<div></div>\n", "the inline code `<p>` is left out"),
        ("[a][b.c]\n", "[a][b.d]\n", "the target of a link is `b.d`, not `b.c`"),
        ("[a](b) [c](b)\n", "[a](b) c\n", "the target of a link `b` is left out"),
        ("    a\n", "    b\n", "the text is `b`, not `a`"),
    ],
    ids=[
        "into a list",
        "out of a list",
        "kind of list",
        "number",
        "into code",
        "kind of container",
        "level of a list",
        "glued list",
        "loosened list",
        "glued table",
        "inline tag",
        "tag",
        "cross-reference",
        "one of two links",
        "indented code",
    ],
)
def test_what_moves_or_changes_its_kind_is_named(
    write_page: Callable[..., Page], source: str, translation: str, reason: str
) -> None:
    """The same words in another place, or as something else, are one finding."""
    head = "# A {#a}\n\n"
    (finding,) = _compare(write_page, head + translation, head + source)
    assert reason in finding.reason


def test_a_title_that_another_block_has_is_named(write_page: Callable[..., Page]) -> None:
    """A block with the name of its neighbour is misnamed, neither missing nor too much."""
    source = '```python title="a.py"\n1\n```\n```python title="b.py"\n1\n```\n'
    (finding,) = _compare(write_page, source.replace("b.py", "a.py"), source)
    assert (finding.line, "is 'a.py', not 'b.py'" in finding.reason) == (4, True)


def test_faults_above_a_missing_part_are_found_with_it(write_page: Callable[..., Page]) -> None:
    """One missing part hides nothing in the sections above it."""
    faulty = KOREAN.replace("`drop()`", "`remove()`").replace("- 둘째\n", "")
    assert [finding.line for finding in _compare(write_page, faulty)] == [8, 18]


def test_a_page_never_differs_from_itself(write_page: Callable[..., Page]) -> None:
    """What is wrong in the source itself is for other checks to say."""
    broken = (
        KOREAN.replace("print(1)", "print(").replace("tags: [a]", "tags: [").replace("[a]", "[")
    )
    assert _compare(write_page, broken, source=broken) == []


def test_pages_exist_in_both_languages(write_page: Callable[..., Page]) -> None:
    """A page that is missing on either side is found, and the language is named."""
    index = write_page("", name="index")
    ours = [index, write_page("", name="only-en")]
    theirs = [
        write_page("", language="ko", name="index"),
        write_page("", language="ko", name="only-ko"),
    ]
    missing, extra = compare_page_sets(ours, theirs)
    assert (missing.path.name, extra.path.name) == ("only-en.md", "only-ko.md")
    assert "in ko" in missing.reason
    assert compare_page_sets(ours, []) != []


def _pair(write_page: Callable[..., Page], source: str, translation: str) -> list[str]:
    ours = scan(write_page(source, language="en"))
    theirs = scan(write_page(translation, language="ja"))
    return [finding.reason for finding in compare_scans(ours, theirs)]


@pytest.mark.parametrize(
    ("source", "translation"),
    [("hide: [toc]", "hide: [navigation]"), ("draft: false", "draft: true"), ("a: {b: 1}", "a:")],
)
def test_metadata_that_is_no_text_is_equal(
    write_page: Callable[..., Page], source: str, translation: str
) -> None:
    """Nobody is asked to translate it, so nobody would see the difference."""
    pages = (f"---\n{front}\n---\n\nText\n" for front in (source, translation))
    (reason,) = _pair(write_page, *pages)
    assert reason.startswith(f"the value of {source[: source.index(':')]!r} is ")


def test_metadata_may_be_spelled_in_another_way(write_page: Callable[..., Page]) -> None:
    """YAML has several ways to say the same."""
    pages = ("---\nhide:\n  - toc\n---\n\nA\n", "---\nhide: [toc] # 注\n---\n\nい\n")
    assert _pair(write_page, *pages) == []


def test_inline_code_stays_in_its_cell(write_page: Callable[..., Page]) -> None:
    """In a sentence its order is the language's; from cell to cell it would name another thing."""
    head = "| A | B |\n| - | - |\n"
    reasons = _pair(write_page, f"{head}| `a` | `b` |\n", f"{head}| `b` | `a` |\n")
    assert [reason.partition(" as in ")[0] for reason in reasons] == [
        "the inline code is `a`, not `b`, in cell 2,",
        "the inline code is `b`, not `a`, in cell 1,",
    ]


def test_a_tag_keeps_what_is_for_programs(write_page: Callable[..., Page]) -> None:
    """A class or a style may hide a text."""
    (reason,) = _pair(write_page, "<p>A</p>\n", '<p style="display:none">い</p>\n')
    assert reason.startswith('the inline code is `<p style="display:none">`, not `<p>`')


@pytest.mark.parametrize(
    "text", ['<img src="a.png" alt="{}">', 'See <abbr title="{}">X</abbr>', '<p title="{}">X</p>']
)
def test_what_a_tag_says_is_translated(write_page: Callable[..., Page], text: str) -> None:
    """The words in its attributes are as free as those beside it."""
    assert _pair(write_page, text.format("One"), text.format("一")) == []


def test_the_target_of_an_inline_tag_is_equal(write_page: Callable[..., Page]) -> None:
    """It leads somewhere, as that of a link does."""
    (reason,) = _pair(write_page, 'To <a href="a.md">A</a>', '<a href="b.md">い</a>へ')
    assert reason.startswith("the target of a link is `b.md`, not `a.md`")
