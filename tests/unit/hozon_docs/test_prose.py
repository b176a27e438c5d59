"""Conventions are data: a rule finds what it must, where it is, and is tried before it is used."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hozon_docs.config import Config, load_config
from hozon_docs.findings import DocsError, Finding
from hozon_docs.markdown import Page
from hozon_docs.prose import check_prose, load_rules

RULES = r"""
[[rule]]
name = "gap"
pattern = '(?<=[￼a-z]) ga'
reason = "close the gap."
wrong = ["`x` ga"]
right = ["`x`ga", "`x ga`"]

[[rule]]
name = "end"
pattern = '\.$'
kinds = ["heading"]
reason = "take the full stop away."
wrong = ["# A."]
right = ["# A", "A."]

[[rule]]
name = "consonant"
pattern = '[ᆨ-ᇂ]를'
letters = true
reason = "write 을."
wrong = ["값를"]
right = ["값을", "수를"]

[[rule]]
name = "digit"
pattern = '1￼?들'
codes = true
reason = "write it otherwise."
wrong = ["`v1`들", "1들"]
right = ["`v2`들"]
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Give a project in English and Korean with four conventions."""
    (tmp_path / "pyproject.toml").write_text(
        '[tool.hozon_docs.languages]\nen = "English"\nko = "한국어"\n', "utf-8"
    )
    (tmp_path / "docs" / "_l10n" / "prose").mkdir(parents=True)
    (tmp_path / "docs" / "_l10n" / "prose" / "ko.toml").write_text(RULES, "utf-8")
    return load_config(tmp_path)


@pytest.fixture
def check(config: Config, write_page: Callable[..., Page]) -> Callable[[str], list[Finding]]:
    """Give a function that checks a Korean page."""
    return lambda text: check_prose(load_rules(config, "ko"), write_page(text, language="ko"))


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("One\ntwo ga.", 2, "'One two ga.'"),
        ("- `x()` ga", 1, "'`x()` ga'"),
        ('!!! note "`a` and `b` ga"', 1, "'a` and `b` ga'"),
        ("```python\nx = 1  # x ga\n```", 2, "'x ga'"),
        ("# A.", 1, "'A.'"),
        ("여기 값를 본다", 1, "값를"),
        ("`v1`들이", 1, "'`v1`들이'"),
    ],
    ids=["second line", "code", "title", "comment", "heading", "letters", "digit in code"],
)
def test_a_fault_is_found_at_its_line_with_its_words(
    check: Callable[[str], list[Finding]], text: str, line: int, words: str
) -> None:
    """A finding shows what was written, code included, and what to do."""
    (finding,) = check(text)
    assert finding.line == line
    assert words.strip("'") in finding.reason
    assert finding.reason.rstrip(")").split(" (")[0].endswith(".")


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: a ga\n---\n",
        "```python\nx = 'a ga'\n```",
        "```text\na ga\n```",
        "Read `a ga`.",
        "[A](a%20ga.md)",
        "::: a ga",
        "<!-- a ga -->",
        "A paragraph may end.",
    ],
)
def test_what_is_not_prose_is_not_judged(check: Callable[[str], list[Finding]], text: str) -> None:
    """Front matter, code, targets, directives and comments of HTML are free."""
    assert check(text) == []


def test_rules_for_all_languages_hold_for_each(config: Config) -> None:
    """`all.toml` comes before the rules of a language, and alone where it has none."""
    rules = '[[rule]]\nname = "a"\npattern = "!"\nreason = "b."\nwrong = ["!"]\nright = ["."]\n'
    (config.l10n / "prose" / "all.toml").write_text(rules, "utf-8")
    assert [rule.name for rule in load_rules(config, "ko")][:2] == ["a", "gap"]
    assert [rule.name for rule in load_rules(config, "en")] == ["a"]


def test_a_language_without_rules_is_free(config: Config) -> None:
    """Nothing is expected where a project wrote nothing."""
    assert load_rules(config, "en") == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('wrong = ["# A."]', 'wrong = ["# A"]', "'end' does not find '# A'"),
        ('right = ["# A", "A."]', 'right = ["# B."]', "'end' finds '# B.', which is right"),
        (r"pattern = '\.$'", "pattern = '('", "'end' has no valid pattern"),
        ('kinds = ["heading"]', 'kinds = ["title page"]', "ko.toml is not understood"),
        ('kinds = ["heading"]', 'sort = ["heading"]', "ko.toml is not understood"),
        ("[[rule]]", "[[rule", "ko.toml is not understood"),
    ],
)
def test_a_rule_that_breaks_its_own_examples_is_refused(
    config: Config, old: str, new: str, message: str
) -> None:
    """A pattern that misses its wrong example, or finds its right one, is never used."""
    assert old in RULES
    (config.l10n / "prose" / "ko.toml").write_text(RULES.replace(old, new), "utf-8")
    with pytest.raises(DocsError) as raised:
        load_rules(config, "ko")
    assert message in str(raised.value)
