"""The findings about a catalog: what it lacks, and what its translations say otherwise."""

import re
from pathlib import Path

import griffe
import pytest

from hozon_docs.catalog_check import check_catalog, compare_translation
from hozon_docs.catalogs import Catalog, Message, Original, format_catalog

ORIGINAL = """\
Add a file, see [`save`][pkg.save] or [the guide](guide.md).

Some `words` about it. More `words`.

- One item.
- Another.

Danger:
    It replaces `x`.

Concurrency: Two at a time
    They wait.

Args:
    name (str): A name.
    path: Where it lies, with `suffix`.

Returns:
    The entry.

Raises:
    ValueError: The name is taken.
    pkg.LostError: The file is gone.

Examples:
    Add one.

    ```python
    add("a")  # comes first
    #> a
    ```
"""

TRANSLATION = """\
파일을 추가합니다. [안내서](guide.md)와 [`save`][pkg.save]를 보세요.

`words`와 `words`에 대한 설명입니다.

- 하나.
- 둘.

Danger:
    `x`를 바꿉니다.

Concurrency: 한 번에 둘
    서로 기다립니다.

Args:
    name (str): 이름.
    path: 놓인 곳,
        `suffix` 포함.

Returns:
    항목.

Raises:
    ValueError: 이름이 이미 있습니다.
    pkg.LostError: 파일이 없습니다.

Examples:
    하나를 추가합니다.

    ```python
    add("a")  # comes first
    #> a
    ```
"""

FAULTS = {
    "a section lost": ("Returns:\n    항목.\n\n", "", "its sections are .* keep every section"),
    "a keyword translated": ("Returns:", "반환값:", "its sections are .*반환값"),
    "sections in another order": (
        "Danger:\n    `x`를 바꿉니다.\n\nConcurrency: 한 번에 둘\n    서로 기다립니다.",
        "Concurrency: 한 번에 둘\n    서로 기다립니다.\n\nDanger:\n    `x`를 바꿉니다.",
        "text, concurrency, danger",
    ),
    "a section too many": ("Raises:", "Warns:\n    UserWarning: 경고.\n\nRaises:", "warns, raises"),
    "a title lost": ("Concurrency: 한 번에 둘", "Concurrency:", "its concurrency are"),
    "a parameter renamed": ("path:", "경로:", "`경로`, those of the original .*`path`"),
    "a parameter lost": ("    name (str): 이름.\n", "", "its parameters are `path`"),
    "a type translated": ("(str)", "(문자열)", "its parameters are `name: 문자열`"),
    "a colon as wide as the script": ("path:", "path\uff1a", "its parameters are"),
    "an exception renamed": ("ValueError:", "TypeError:", "its raises are `TypeError`"),
    "a value that became a name": ("    항목.", "    결과 (항목): 항목.", "its returns are"),
    "code changed": ('add("a")', 'add("b")', "its blocks of code differ"),
    "a comment in code translated": ("# comes first", "# 먼저", "its blocks of code differ"),
    "the language of code changed": ("```python", "```py", "its blocks of code differ"),
    "code lost": (
        '\n\n    ```python\n    add("a")  # comes first\n    #> a\n    ```',
        "",
        "its blocks of code differ",
    ),
    "an item of a list lost": ("- 둘.\n", "", "its paragraphs, lists or tables differ"),
    "paragraphs joined": ("보세요.\n\n", "보세요.\n", "its paragraphs, lists or tables differ"),
    "inline code translated": ("`suffix`", "`접미사`", "missing `suffix`, surplus `접미사`"),
    "inline code moved": ("`x`를 바꿉", "바꿉", "its inline code differs: missing `x`"),
    "a link changed": ("guide.md", "guide.ko.md", "missing `guide.md`, surplus `guide.ko.md`"),
    "a reference changed": ("[pkg.save]", "[pkg.sav]", "missing `pkg.save`, surplus `pkg.sav`"),
    "a reference lost": ("[`save`][pkg.save]", "`save`", "missing `pkg.save`"),
}


def _check(tmp_path: Path, *messages: Message, extra: str = "") -> list[str]:
    path = tmp_path / "api.po"
    path.write_text(format_catalog(Catalog("ko", messages)) + extra, "utf-8")
    original = Original("pkg.f", "pkg.py", griffe.Docstring("Do it.", parser="google"))
    findings = check_catalog(path, language="ko", originals=[original])
    return [f"{finding.line}: {finding.reason}" for finding in findings]


def _differences(original: str, translation: str) -> list[str]:
    return list(compare_translation(griffe.Docstring(original, parser="google"), translation))


def test_a_faithful_translation_has_no_findings() -> None:
    """Words, line ends and the order of inline code and links within a paragraph are free."""
    assert _differences(ORIGINAL, TRANSLATION) == []


@pytest.mark.parametrize(("old", "new", "reason"), FAULTS.values(), ids=FAULTS)
def test_each_fault_is_found_once(old: str, new: str, reason: str) -> None:
    """A fault has one finding that names it and what to do, without a tail of others."""
    assert TRANSLATION.count(old) == 1
    (difference,) = _differences(ORIGINAL, TRANSLATION.replace(old, new))
    assert re.search(reason, difference)


def test_an_example_for_doctest_is_code() -> None:
    """What stands behind `>>>` is not translated, what stands before it is."""
    original = "Add.\n\nExamples:\n    One.\n\n    >>> add(1)\n    1\n"
    assert _differences(original, original.replace("One.", "하나.")) == []
    assert len(_differences(original, original.replace("add(1)", "add(2)"))) == 1


def test_the_original_is_no_translation() -> None:
    """A copy passes for a translation with nobody, unless there was nothing to translate."""
    assert _differences("Do `it`.", "Do `it`.") == [
        "it is the original, word for word; translate it, or leave it empty."
    ]
    assert _differences("`it`: 3.", "`it`: 3.") == []


def test_the_parser_of_the_site_decides() -> None:
    """A docstring in another style is compared in that style."""
    original = griffe.Docstring("Do.\n\nParameters\n----------\na : int\n    One.", parser="numpy")
    kept = "함.\n\nParameters\n----------\na : int\n    하나."
    assert list(compare_translation(original, kept)) == []
    assert len(list(compare_translation(original, kept.replace("a :", "b :")))) == 1


def test_a_translated_message_has_no_findings(tmp_path: Path) -> None:
    """A catalog that is complete is silent."""
    assert _check(tmp_path, Message("pkg.f", "Do it.", "합니다.")) == []


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (Message("pkg.f", "Do it."), "12: pkg.f: it is not translated"),
        (Message("pkg.f", "Do it.", "합니다.", fuzzy=True), "13: pkg.f: it is fuzzy"),
        (Message("pkg.f", "Did it.", "합니다."), "12: pkg.f: the original has changed"),
        (Message("pkg.f", "Do it.", "`x` 합니다."), "12: pkg.f: its inline code differs"),
    ],
    ids=["missing", "fuzzy", "stale", "different"],
)
def test_a_message_that_is_not_in_order_is_named(
    tmp_path: Path, message: Message, reason: str
) -> None:
    """The finding has the line of the message and the path of its object."""
    (finding,) = _check(tmp_path, message)
    assert finding.startswith(reason)


def test_what_is_surplus_is_named(tmp_path: Path) -> None:
    """A message for nothing, and one that another tool set aside, are work that nobody sees."""
    kept = Message("pkg.f", "Do it.", "합니다.")
    surplus = Message("pkg.g", "Gone.", "없음.")
    old = '\n#~ msgctxt "pkg.h"\n#~ msgid "Old."\n#~ msgstr "옛것."\n'
    found = _check(tmp_path, kept, surplus, extra=old)
    assert [reason.split(";")[0] for reason in found] == [
        "17: pkg.g: no page shows it any more",
        "21: pkg.h: an obsolete message",
    ]


def test_a_docstring_without_a_message_is_named(tmp_path: Path) -> None:
    """A catalog that was not extracted is incomplete, and so is a missing one."""
    assert _check(tmp_path) == ["1: pkg.f has no message; run `python -m hozon_docs extract`."]
    (tmp_path / "api.po").unlink()
    original = Original("pkg.f", "pkg.py", griffe.Docstring("Do it."))
    (finding,) = check_catalog(tmp_path / "api.po", language="ko", originals=[original])
    assert finding.line == 1
