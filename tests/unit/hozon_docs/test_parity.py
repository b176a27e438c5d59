"""Whether a translation says the same as its source."""

from collections.abc import Callable

import pytest

from hozon_docs.findings import Finding
from hozon_docs.markdown import Page, scan
from hozon_docs.parity import compare_page_sets, compare_scans

ENGLISH = """# Delete {#delete}

## One {#one}

```python title="a.py"
api.delete("v0", aliases=True)  # with aliases
print(1)
#> 1
```

```console
$ ls
a.txt
```
"""
KOREAN = ENGLISH.replace("# Delete", "# 삭제").replace("## One", "## 하나").replace(
    "# with aliases", "# 별칭과 함께"
)  # fmt: skip


def _compare(
    write_page: Callable[..., Page], translation: str, source: str = ENGLISH
) -> list[Finding]:
    return compare_scans(
        scan(write_page(source, language="en")), scan(write_page(translation, language="ko"))
    )


def test_prose_and_comments_may_be_translated(write_page: Callable[..., Page]) -> None:
    """A faithful translation has no findings."""
    assert _compare(write_page, KOREAN) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("aliases=True", "aliases=False", 6, "a.py: the code is"),
        ("#> 1", "#> 2", 8, "a.py: the output is `#> 2`, not `#> 1`"),
        ("#> 1\n", "", 5, "the output is `nothing`, not `#> 1`"),
        ("a.py", "b.py", 5, "the block's title is 'b.py', not 'a.py'"),
        ("a.txt", "b.txt", 13, "the console block differs"),
        ("```console", "```bash", 11, "the fence says 'bash', not 'console'"),
        ("{#one}", "{#two}", 3, "the heading is ## {#two}, not ## {#one}"),
        ("## 하나", "### 하나", 3, "the heading is ### {#one}, not ## {#one}"),
    ],
    ids=["argument", "output", "output gone", "title", "fence", "info", "id", "level"],
)
def test_a_difference_is_named_with_both_lines(
    write_page: Callable[..., Page], old: str, new: str, line: int, reason: str
) -> None:
    """Each kind of difference is found where it is, and the place in the source is named."""
    (finding,) = _compare(write_page, KOREAN.replace(old, new))
    assert finding.line == line
    assert reason in finding.reason
    assert "en/guide.md:" in finding.reason


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('\n```python title="more.py"\n1\n```\n', "Python block"),
        ("\n```toml\na = 1\n```\n", "fence"),
        ("\n## More {#more}\n", "heading"),
    ],
    ids=["block", "fence", "heading"],
)
def test_what_only_one_page_has_is_named(
    write_page: Callable[..., Page], text: str, kind: str
) -> None:
    """An addition in either language is found."""
    (added,) = _compare(write_page, KOREAN + text)
    assert (added.line, f"this {kind} has no partner" in added.reason) == (15 + 1, True)
    (lost,) = _compare(write_page, KOREAN, source=ENGLISH + text)
    assert f"lacks the {kind} of" in lost.reason
    assert "en/guide.md:16" in lost.reason


def test_code_that_does_not_compile_in_both_is_left_to_the_run(
    write_page: Callable[..., Page],
) -> None:
    """Two equal texts are equal, even where they are no Python; the run will fail them."""
    broken = KOREAN.replace("print(1)", "print(")
    assert _compare(write_page, broken, source=ENGLISH.replace("print(1)", "print(")) == []


def test_pages_exist_in_both_languages(write_page: Callable[..., Page]) -> None:
    """A page that is missing on either side is found."""
    index = write_page("", name="index")
    ours = [index, write_page("", name="only-en")]
    theirs = [
        write_page("", language="ko", name="index"),
        write_page("", language="ko", name="only-ko"),
    ]
    names = [finding.path.name for finding in compare_page_sets(ours, theirs)]
    assert names == ["only-en.md", "only-ko.md"]
    assert compare_page_sets(ours, []) != []
