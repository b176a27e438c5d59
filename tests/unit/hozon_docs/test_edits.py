"""Exact edits of HTML."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hozon_docs.edits import Document, Edit, apply_edits

ODD = """<!doctype html>
<html
  lang=de><body data-x="a > b" class='c'>
<p>ümlaut &amp; <b>日本</b><br></p>\r
<pre><code>
x &lt; 1</code></pre></body></html>
"""


@pytest.mark.parametrize(
    ("name", "opening"),
    [
        ("html", "<html\n  lang=de>"),
        ("body", """<body data-x="a > b" class='c'>"""),
        ("b", "<b>"),
        ("br", "<br>"),
        ("code", "<code>"),
    ],
)
def test_a_tag_is_found_where_it_stands(name: str, opening: str) -> None:
    """Line ends, wide letters and signs in quotes do not move the place."""
    document = Document(ODD)
    tag = document.soup.find(name)
    assert tag is not None
    edit = document.opening(tag)
    assert (ODD[edit.start : edit.end], edit.text) == (opening, opening)


def test_edits_leave_the_rest_to_the_byte() -> None:
    """Insertions and removals, in any order, touch nothing else."""
    edits = [Edit(6, 9, ""), Edit(0, 0, "<a>"), Edit(3, 3, "<b>")]
    assert apply_edits("abcdefghij", edits) == "<a>abc<b>defj"


def test_a_made_up_tag_stands_nowhere() -> None:
    """An edit of what is not in the text would land anywhere."""
    document = Document("<p>a</p>")
    with pytest.raises(ValueError, match="<i> stands nowhere"):
        document.start(document.soup.new_tag("i"))


@given(st.text(), st.lists(st.tuples(st.integers(0, 50), st.text()), max_size=5))
def test_what_was_inserted_can_be_taken_out(text: str, insertions: list[tuple[int, str]]) -> None:
    """Inserting adds exactly what is inserted."""
    edits = [Edit(min(at, len(text)), min(at, len(text)), new) for at, new in insertions]
    result = apply_edits(text, edits)
    assert len(result) == len(text) + sum(len(new) for _, new in insertions)
    assert apply_edits(text, []) == text
