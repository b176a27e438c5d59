"""The mark on a block: what it says, where it stands, and that it costs the page nothing."""

import re

import pytest
from bs4 import BeautifulSoup

from hozon_docs.edits import Document, apply_edits
from hozon_docs.interface import words_in
from hozon_docs.ledger import Entry, Ledger, Outcome, seal, text_digest
from hozon_docs.marks import Judge, State, mark_edits, versions_text

PAGE = "docs/de/guide.md"
MODULE = "src/shop/cart.py"
CODE = (
    '<pre><span></span><code><span class="n">x</span> <span class="o">&lt;</span> 1\n</code></pre>'
)
TEXT = "x < 1"
FRAMES = {
    "titled": '<div class="language-python highlight"><span class="filename">a.py</span>{}</div>',
    "untitled": '<div class="language-python highlight">{}</div>',
    "shell": '<div class="language-console highlight">{}</div>',
    "numbered": (
        '<div class="language-python highlight"><table class="highlighttable"><tr>'
        '<th colspan="2" class="filename"><span class="filename">a.py</span></th></tr><tr>'
        '<td class="linenos"></td><td class="code"><div>{}</div></td></tr></table></div>'
    ),
    "plain": '<pre><code class="language-python">x &lt; 1\n</code></pre>',
    "tab": (
        '<div class="tabbed-set"><div class="tabbed-content"><div class="tabbed-block">'
        '<div class="language-python highlight">{}</div></div></div></div>'
    ),
    "admonition": (
        '<div class="admonition note"><p class="admonition-title">N</p>'
        '<div class="language-python highlight">{}</div></div>'
    ),
    "details": (
        '<details class="note"><summary>N</summary>'
        '<div class="language-python highlight">{}</div></details>'
    ),
    "list": '<ul><li><p>a</p><div class="language-python highlight">{}</div></li></ul>',
}


def _entry(
    *,
    page: str = PAGE,
    outcome: Outcome = "passed",
    package: str = "code",
    reason: str = "",
    text: str = TEXT,
) -> Entry:
    return seal(
        Entry(
            page=page,
            line=3,
            title="a.py",
            kind="python",
            language="de",
            text=text_digest(text),
            package=package,
            versions={"moto": "5.2.5", "python": "3.13.0"},
            outcome=outcome,
            reason=reason,
            ran_at="2026-05-04T23:30:00+00:00",
        )
    )


def _judge(*entries: Entry) -> Judge:
    return Judge(Ledger(entries), "code", frozenset({MODULE}))


def _marked(html: str, *entries: Entry, language: str = "en", href: str | None = "p/") -> str:
    document = Document(html)
    marks = _judge(*entries).marks(document, page=PAGE)
    words = words_in(language)
    return apply_edits(html, mark_edits(marks, words=words, href=href, around=language))


def _states(html: str, *entries: Entry) -> list[State]:
    return [mark.state for mark in _judge(*entries).marks(Document(html), page=PAGE)]


@pytest.mark.parametrize("name", FRAMES)
def test_a_proven_block_is_marked_wherever_it_stands(name: str) -> None:
    """One mark per block, before its code, and outside the text that is copied."""
    html = FRAMES[name].format(CODE)
    soup = BeautifulSoup(_marked(html, _entry()), "html.parser")
    (mark,) = soup.select("a.docs-mark--passed")
    code = soup.select_one("pre > code")
    assert code is not None
    assert code.get_text() == f"{TEXT}\n"
    assert mark.find_next("code") is code
    assert mark.get("href") == "p/"


@pytest.mark.parametrize("name", FRAMES)
def test_a_page_without_its_marks_is_the_page(name: str) -> None:
    """Marks are added; no other byte changes."""
    html = f"<p>a&nbsp;<br/>\n{FRAMES[name].format(CODE)}\n<p CLASS=x>b"
    marked = _marked(html, _entry())
    assert marked != html
    assert re.sub(r"<a class=\"docs-mark.*?</a>", "", marked, flags=re.DOTALL) == html


def test_the_title_tells_where_the_mark_may_stand() -> None:
    """The style sheet puts it into the title, where there is one."""
    titled = [name for name in FRAMES if "docs-mark--titled" in _marked(FRAMES[name].format(CODE))]
    assert titled == ["titled", "numbered"]


@pytest.mark.parametrize("text", ["x < 2", "x <  1", "X < 1", "x &lt; 1", "x < 1 ", "\nx < 1"])
def test_one_character_takes_the_mark_away(text: str) -> None:
    """A proof is of a text, not of a place."""
    assert _states(FRAMES["titled"].format(CODE), _entry(text=text)) == [State.NOT_RUN]


def test_another_code_takes_the_mark_away() -> None:
    """What passed against yesterday's package says nothing of today's."""
    html = FRAMES["titled"].format(CODE)
    assert _states(html, _entry(package="other")) == [State.NOT_RUN]


def test_a_block_is_proven_by_its_own_page_alone() -> None:
    """The same text on another page ran in another world."""
    html = FRAMES["titled"].format(CODE)
    assert _states(html, _entry(page="docs/ja/guide.md")) == [State.NOT_RUN]
    assert _states(html, _entry(page=MODULE)) == [State.NOT_RUN]


def test_a_block_in_a_docstring_is_proven_by_a_module() -> None:
    """The API reference shows in every language what ran once, in the module."""
    html = f'<div class="doc doc-contents">{FRAMES["untitled"].format(CODE)}</div>'
    assert _states(html, _entry(page=MODULE)) == [State.PASSED]
    assert _states(html, _entry(page=PAGE)) == [State.NOT_RUN]


@pytest.mark.parametrize(
    "html",
    [
        f'<div class="doc-signature language-python highlight">{CODE}</div>',
        f'<div class="language-json highlight">{CODE}</div>',
        f'<div class="language-text highlight">{CODE}</div>',
        '<p><code class="language-python">x</code></p>',
    ],
    ids=["signature", "data", "text", "inline"],
)
def test_what_does_not_run_has_no_mark(html: str) -> None:
    """Signatures, data, plain text and words within a sentence are no blocks."""
    assert _marked(html, _entry()) == html


@pytest.mark.parametrize(
    ("outcome", "state", "words"),
    [
        (
            "passed",
            State.PASSED,
            "Ran and passed on May 4, 2026 with Python 3.13.0 and moto 5.2.5.",
        ),
        ("failed", State.FAILED, "Failed when it was last run, on May 4, 2026."),
        ("skipped", State.SKIPPED, "Not run: needs a <GPU>"),
    ],
)
def test_a_mark_says_in_words_what_its_sign_says(
    outcome: Outcome, state: State, words: str
) -> None:
    """The text is there for a screen reader, and the sign differs by its shape."""
    html = FRAMES["titled"].format(CODE)
    marked = _marked(html, _entry(outcome=outcome, reason="needs a <GPU>"))
    mark = BeautifulSoup(marked, "html.parser").select_one(f"a.docs-mark--{state}")
    assert mark is not None
    assert mark.get_text() == words


def test_a_block_that_never_ran_says_so() -> None:
    """Without a ledger the site can be read, and claims nothing."""
    marked = _marked(FRAMES["titled"].format(CODE))
    mark = BeautifulSoup(marked, "html.parser").select_one(".docs-mark--not-run")
    assert mark is not None
    assert mark.get_text() == "Not run yet."


def test_the_signs_differ_without_colours() -> None:
    """Each state has a shape of its own."""
    html = FRAMES["titled"].format(CODE)
    outcomes: list[Outcome] = ["passed", "failed", "skipped"]
    pages = [_marked(html), *(_marked(html, _entry(outcome=one)) for one in outcomes)]
    shapes = {match[1] for page in pages if (match := re.search(r'<path d="([^"]*)"', page))}
    assert len(shapes) == 4


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ja", "2026年5月4日にPython 3.13.0、moto 5.2.5で実行し、成功しました。"),
        ("ko", "2026년 5월 4일에 Python 3.13.0 및 moto 5.2.5에서 실행해 통과했습니다."),
        ("es", "Se ejecutó y pasó el 4 de mayo de 2026 con Python 3.13.0 y moto 5.2.5."),
    ],
)
def test_a_mark_speaks_the_language_of_its_page(language: str, words: str) -> None:
    """The words are the reader's, dates and lists included."""
    assert words in _marked(FRAMES["titled"].format(CODE), _entry(), language=language)


def test_words_in_another_language_than_the_page_say_so() -> None:
    """A language without a catalog gets English, marked as English for voices."""
    html = FRAMES["titled"].format(CODE)
    assert '<span class="docs-mark__text" lang="en">' in _marked(html, language="de")
    assert '<span class="docs-mark__text">' in _marked(html, language="en")


def test_a_mark_can_be_reached_without_a_mouse() -> None:
    """With a proof page it is a link; without one it takes the focus by itself."""
    html = FRAMES["titled"].format(CODE)
    assert '<a class="docs-mark docs-mark--not-run docs-mark--titled" href="p/">' in _marked(html)
    assert 'tabindex="0"' in _marked(html, href=None)


def test_a_failure_outweighs_a_success_of_the_same_text() -> None:
    """Where a page shows a text twice and one run failed, neither is proven."""
    html = FRAMES["titled"].format(CODE)
    assert _states(html, _entry(), _entry(outcome="failed")) == [State.FAILED]


def test_versions_begin_with_python() -> None:
    """The others keep the order of the configuration."""
    versions = {"moto": "5", "python": "3.13.0", "boto3": "1"}
    assert versions_text(versions, words=words_in("en")) == "Python 3.13.0, moto 5, and boto3 1"
