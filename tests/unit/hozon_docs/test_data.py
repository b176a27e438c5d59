"""Fences that hold data, and the languages that a fence may name."""

import pytest

from hozon_docs.data import DATA, PROSE, SHELL, language_fault, parse_fence
from hozon_docs.markdown import Fence


def _fence(info: str, source: str = "") -> Fence:
    return Fence(line=1, info=info, source=source)


@pytest.mark.parametrize(
    ("info", "source", "value"),
    [
        ("json", '{"a": [1]}\n', {"a": [1]}),
        ("JSON", "1\n", 1),
        ('json title="x.json"', "null\n", None),
        ("yaml", "a: 1\n---\nb: 2\n", [{"a": 1}, {"b": 2}]),
        ("yml", "- a\n", [["a"]]),
        ("toml", "a = 1\n[b]\nc = 2\n", {"a": 1, "b": {"c": 2}}),
    ],
)
def test_data_is_read_by_the_parser_of_its_language(info: str, source: str, value: object) -> None:
    """What the fence holds is what the parser of the named language makes of it."""
    assert parse_fence(_fence(info, source)) == value


def test_statements_of_sql_are_all_read() -> None:
    """A fence may hold more than one."""
    parsed = parse_fence(_fence("sql", "SELECT 1;\nDELETE FROM a WHERE b = 2;\n"))
    assert [type(one).__name__ for one in parsed] == ["Select", "Delete"]


@pytest.mark.parametrize(
    ("language", "source", "reason"),
    [
        ("json", '{"a": }\n', r"line 1 column 7"),
        ("json", "", r"Expecting value"),
        ("yaml", "a: 1\nb: [\n", r"line 3, column 1"),
        ("yaml", "when: 2024-13-45\n", r"month must be"),
        ("toml", "a = 1\na = 2\n", r"line 2, column 6"),
        ("sql", "SELEC 1\n", r"^Invalid expression / Unexpected token: line 1 column 7$"),
        ("sql", "SELECT 'a\n", r"Error tokenizing"),
    ],
)
def test_data_that_cannot_be_read_says_where_and_why(
    language: str, source: str, reason: str
) -> None:
    """The words of the parser reach the author, as plain text."""
    with pytest.raises(ValueError, match=reason) as caught:
        parse_fence(_fence(language, source))
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize("language", sorted(SHELL | PROSE | DATA.keys()))
def test_a_listed_language_has_no_fault(language: str) -> None:
    """Each is run, or parsed, or known to be prose."""
    assert language_fault(_fence(language)) is None


@pytest.mark.parametrize(
    ("info", "reason"),
    [
        ("ipython", "nothing checks a fence in 'ipython'; name one of bash, console, "),
        ("js", "nothing checks a fence in 'js'; name one of "),
        ("", "nothing checks a fence without a language; name one of "),
        ('title="a"', "nothing checks a fence in 'title=\"a\"'; name one of "),
    ],
)
def test_another_language_is_a_fault(info: str, reason: str) -> None:
    """No code hides behind a name that nothing checks; the names that do are listed."""
    fault = language_fault(_fence(info))
    assert fault is not None
    assert fault.startswith(reason)


def test_a_language_is_run_or_parsed_or_prose() -> None:
    """No language is in two of the lists."""
    assert len(SHELL) + len(PROSE) + len(DATA) == len(SHELL | PROSE | DATA.keys())
