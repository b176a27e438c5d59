"""Packaged linters are called with prose alone, and their words become findings of the page."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hozon_docs import linters
from hozon_docs.config import Config, load_config
from hozon_docs.findings import DocsError
from hozon_docs.linters import lint
from hozon_docs.markdown import Page

FAKE = """\
#!{python}
import json, pathlib, sys, time

rooted = "--root" in sys.argv
folder = pathlib.Path(sys.argv[sys.argv.index("--root") + 1] if rooted else sys.argv[-1])
files = sorted(folder.rglob("*.md"))
{body}
"""
"""A linter that needs no Node.js: it says the same of every page."""

TEXTLINT = """\
print(json.dumps([
    {"filePath": str(file), "messages": [
        {"ruleId": "a/rule", "line": number, "message": "Too\\n  long.", "severity": 2}
        for number, line in enumerate(file.read_text("utf-8").split("\\n"), 1) if "long" in line
    ]} for file in files
]))
sys.exit(1)
"""
CSPELL = """\
print(json.dumps({"issues": [
    {"text": "wrod", "row": 1, "uri": file.as_uri(), "suggestions": ["word", "rod", "wood", "wade"]}
    for file in files if "wrod" in file.read_text("utf-8")
]}))
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Give a project in two languages; English is checked by both linters, Korean by none."""
    (tmp_path / "pyproject.toml").write_text(
        '[tool.hozon_docs.languages]\nen = "English"\nko = "한국어"\n', "utf-8"
    )
    (tmp_path / ".textlintrc.en.yml").write_text("rules: {}\n", "utf-8")
    (tmp_path / "cspell.en.json").write_text("{}\n", "utf-8")
    return load_config(tmp_path)


@pytest.fixture
def install(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, str], None]:
    """Give a function that installs a linter which does what the given lines of Python say."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)

    def add(name: str, body: str) -> None:
        for path in (tmp_path / "bin" / "node", config.root / "node_modules" / ".bin" / name):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(FAKE.format(python=sys.executable, body=body), "utf-8")
            path.chmod(0o755)

    return add


def test_what_a_linter_says_is_a_finding_of_the_page(
    config: Config, install: Callable[[str, str], None], write_page: Callable[..., Page]
) -> None:
    """File and line are those of the page; the message is one line and ends in the next step."""
    install("textlint", TEXTLINT)
    install("cspell", CSPELL)
    pages = [
        write_page("A wrod.\n\n```text\nlong code\n```\n\n- A long item.\n", name="a/index"),
        write_page("Nothing.\n", name="b/index"),
    ]
    linted = lint(config, "en", pages)
    assert linted.skipped == ""
    assert [(one.path, one.line) for one in linted.findings] == [
        (pages[0].path, 1),
        (pages[0].path, 7),
    ]
    spelling, style = (one.reason for one in linted.findings)
    assert spelling.startswith("'wrod' is in no dictionary, but 'word' or 'rod' or 'wood' is;")
    assert style == "Too long. [a/rule] Rewrite the sentence. (textlint)"


def test_a_language_without_configuration_is_not_linted(
    config: Config, write_page: Callable[..., Page]
) -> None:
    """What a project does not configure is neither run nor missed."""
    linted = lint(config, "ko", [write_page("글", language="ko")])
    assert (linted.findings, linted.skipped) == ((), "")


def test_without_node_the_reader_is_told_what_to_install(
    config: Config, write_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check says that it did not run, and what it needs."""
    monkeypatch.setenv("PATH", "")
    linted = lint(config, "en", [write_page("A wrod.")])
    assert linted.findings == ()
    assert "install Node.js 20.18 or newer" in linted.skipped


def test_without_the_packages_the_reader_is_told_the_command(
    config: Config, install: Callable[[str, str], None], write_page: Callable[..., Page]
) -> None:
    """One linter that is not installed keeps both from passing in silence."""
    install("textlint", TEXTLINT)
    assert lint(config, "en", [write_page("Fine.")]).skipped == (
        "cspell is not installed; run `npm ci`."
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('print("no configuration", file=sys.stderr); sys.exit(2)', "no configuration"),
        ("print(json.dumps([{'messages': []}]))", "textlint failed"),
        ("sys.exit(3)", "exit code 3"),
    ],
    ids=["error", "other output", "nothing said"],
)
def test_a_linter_that_fails_is_an_error(
    config: Config,
    install: Callable[[str, str], None],
    write_page: Callable[..., Page],
    body: str,
    said: str,
) -> None:
    """A broken linter does not pass for one that found nothing."""
    install("textlint", body)
    install("cspell", CSPELL)
    with pytest.raises(DocsError, match=r"\.textlintrc\.en\.yml") as raised:
        lint(config, "en", [write_page("Fine.")])
    assert said in str(raised.value)


def test_a_linter_that_hangs_is_ended(
    config: Config,
    install: Callable[[str, str], None],
    write_page: Callable[..., Page],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A stuck linter ends with a word on how to look into it."""
    install("textlint", "sys.stdin.close(); time.sleep(60)")
    install("cspell", CSPELL)
    monkeypatch.setattr(linters, "TIMEOUT_S", 0.5)
    with pytest.raises(DocsError, match="run it by hand"):
        lint(config, "en", [write_page("Fine.")])


def test_pages_are_left_alone(
    config: Config, install: Callable[[str, str], None], write_page: Callable[..., Page]
) -> None:
    """A linter that would repair what it reads repairs a copy."""
    install("textlint", "[file.write_text('', 'utf-8') for file in files]; print(json.dumps([]))")
    install("cspell", CSPELL)
    page = write_page("Fine.")
    lint(config, "en", [page])
    assert page.path.read_text("utf-8") == "Fine."
