"""The command `words`: which checks it runs, over which pages, and how it ends."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from hozon_docs.__main__ import main
from hozon_docs.config import load_config
from hozon_docs.findings import DocsError
from hozon_docs.words import check_words

GLOSSARY = """\
terms:
  - term: order
    meaning: What a customer asks for.
    ko: {rendering: 주문}
exceptions:
  - {page: b, language: ko, term: order, passage: 물건입니다, reason: The order is the thing.}
"""
RULES = (
    '[[rule]]\nname = "loud"\npattern = "!"\nreason = "be quiet."\nwrong = ["!"]\nright = ["."]\n'
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a project with two pages in two languages, all clean."""
    files = {
        "pyproject.toml": '[tool.hozon_docs]\npages = ["README.md"]\n'
        '[tool.hozon_docs.languages]\nen = "English"\nko = "한국어"\n',
        "README.md": "Orders.",
        "docs/_l10n/glossary.yml": GLOSSARY,
        "docs/_l10n/prose/all.toml": RULES,
        "docs/en/a.md": "An order.",
        "docs/en/b.md": "An order.",
        "docs/ko/a.md": "주문입니다.",
        "docs/ko/b.md": "물건입니다.",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def _run(root: Path, *arguments: str, ci: bool = False) -> tuple[int, str]:
    environment = {"CI": "true"} if ci else {"CI": None}
    result = CliRunner().invoke(main, ["--root", str(root), "words", *arguments], env=environment)
    return result.exit_code, result.output


def test_clean_pages_pass_with_a_row_for_each_language(root: Path) -> None:
    """Nothing is found; the summary shows how many pages were looked at, README included."""
    code, output = _run(root)
    assert code == 0
    rows = [line.split() for line in output.split("\n")]
    assert ["│", "en", "│", "3", "│", "0", "│", "0", "│", "0", "│"] in rows
    assert ["│", "ko", "│", "2", "│", "0", "│", "0", "│", "0", "│"] in rows


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("docs/ko/a.md", "물건입니다.", "ko/a.md:1: 'order' of "),
        ("docs/ko/b.md", "주문입니다.", "glossary.yml:6: the exception for 'order' in ko/b"),
        ("docs/en/a.md", "An order!", "en/a.md:1: 'An order!': be quiet. (loud)"),
        ("README.md", "Orders!", "README.md:1: 'Orders!'"),
    ],
    ids=["term", "idle exception", "convention", "page outside the trees"],
)
def test_a_fault_ends_the_command_with_exit_code_1(
    root: Path, name: str, text: str, expected: str
) -> None:
    """Each kind of fault is printed as path, line and reason."""
    (root / name).write_text(text, "utf-8")
    code, output = _run(root)
    assert code == 1
    assert expected in output


def test_languages_and_pages_can_be_chosen(root: Path) -> None:
    """What was not asked for is not checked."""
    (root / "docs/ko/a.md").write_text("물건입니다!", "utf-8")
    assert _run(root, "--lang", "en")[0] == 0
    assert _run(root, "--lang", "ko", "b.md")[0] == 0
    assert _run(root, "--lang", "ko", "a")[0] == 1


def test_exceptions_are_not_held_idle_by_a_partial_run(root: Path) -> None:
    """A page that is not looked at does not make its exceptions useless."""
    assert _run(root, "a")[0] == 0


def test_linters_that_cannot_run_are_named_and_fail_in_ci(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A contributor without Node.js is told; continuous integration is stopped."""
    monkeypatch.setenv("PATH", "")
    (root / "cspell.en.yml").write_text("", "utf-8")
    code, output = _run(root)
    assert code == 0
    assert "en: cspell needs Node.js" in output
    assert "not run" in output
    assert _run(root, ci=True)[0] == 1


@pytest.mark.parametrize(
    ("languages", "names", "message"),
    [(["de"], [], "'de' is no language of this site"), (["ko"], ["c"], "ko has no page 'c'")],
)
def test_what_does_not_exist_is_refused(
    root: Path, languages: list[str], names: list[str], message: str
) -> None:
    """The message names what there is."""
    with pytest.raises(DocsError, match=message):
        list(check_words(load_config(root), languages=languages, names=names))
