"""Which docstrings a reference shows."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from hozon_docs.__main__ import main
from hozon_docs.config import load_config
from hozon_docs.findings import DocsError
from hozon_docs.reference import collect_docstrings

MKDOCS = """\
site_name: Foreign
plugins:
  - search
  - mkdocstrings: {handlers: {python: {paths: [src], options: OPTIONS}}}
"""

PACKAGE = '''\
"""The package."""

from dataclasses import dataclass

from pkg._other import taken

__all__ = ["taken"]


def do(it: str) -> None:
    """Do it."""


def bare() -> None: ...


def _hidden() -> None:
    """Nobody sees it."""


class Base:
    """The base."""

    def __init__(self) -> None:
        """Begin."""

    @property
    def size(self) -> int:
        """How much."""
        return 1


class Child(Base):
    """The child."""

    def grow(self) -> None:
        """Grow."""


@dataclass
class Point:
    """A point."""

    x: int
    """To the right."""
'''

OTHER = '''\
"""The other module."""

LIMIT = 3
"""The limit."""


def taken() -> None:
    """It was taken."""
'''

Collect = Callable[..., dict[str, str]]


@pytest.fixture
def collect(tmp_path: Path) -> Collect:
    """Give a function that writes a package and a page, and collects what the page shows."""

    def write(
        page: str, *, options: str = '{filters: ["!^_"]}', files: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        texts = {
            "pyproject.toml": '[tool.hozon_docs.languages]\nde = "Deutsch"\nja = "日本語"\n',
            "mkdocs.yml": MKDOCS.replace("OPTIONS", options),
            "src/pkg/__init__.py": PACKAGE,
            "src/pkg/_other.py": OTHER,
            "docs/de/api.md": page,
            "docs/ja/api.md": "::: pkg._other\n",
        }
        for name, text in (texts | dict(files or {})).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        originals = collect_docstrings(load_config(tmp_path))
        assert {one.file for one in originals} <= {"src/pkg/__init__.py", "src/pkg/_other.py"}
        return {one.path: one.text for one in originals}

    return write


def test_a_module_is_shown_with_all_its_public_members(collect: Collect) -> None:
    """Without a docstring, or with an underscore, there is nothing to translate."""
    assert collect("# Api\n\n::: pkg\n") == {
        "pkg": "The package.",
        "pkg.Base": "The base.",
        "pkg.Base.size": "How much.",
        "pkg.Child": "The child.",
        "pkg.Child.grow": "Grow.",
        "pkg.Point": "A point.",
        "pkg.Point.x": "To the right.",
        "pkg._other.taken": "It was taken.",
        "pkg.do": "Do it.",
    }


def test_an_inherited_docstring_is_that_of_the_base(collect: Collect) -> None:
    """However many subclasses show it, it is translated once."""
    page = "::: pkg.Child\n    options:\n      inherited_members: true\n"
    assert list(collect(page)) == ["pkg.Base.size", "pkg.Child", "pkg.Child.grow"]
    assert list(collect("::: pkg.Child\n")) == ["pkg.Child", "pkg.Child.grow"]


def test_a_constructor_is_shown_where_it_is_merged(collect: Collect) -> None:
    """The filter of names does not reach a constructor that stands with its class."""
    merged = "{filters: ['!^_'], merge_init_into_class: true}"
    assert "pkg.Base.__init__" in collect("::: pkg.Base\n", options=merged)
    assert "pkg.Base.__init__" not in collect("::: pkg.Base\n")


def test_members_are_chosen_below_the_named_object_alone(collect: Collect) -> None:
    """`members` of a directive does not reach the members of members."""
    page = "::: pkg\n    options:\n      members: [Point]\n"
    assert list(collect(page)) == ["pkg", "pkg.Point", "pkg.Point.x"]


def test_a_constant_is_shown(collect: Collect) -> None:
    """What stands below an assignment is a docstring, too."""
    assert collect("::: pkg._other.LIMIT\n") == {"pkg._other.LIMIT": "The limit."}


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("## ::: pkg.do\n", ["pkg.do"]),
        ('=== "Tab"\n\n    ::: pkg.do\n        options:\n          members: []\n', ["pkg.do"]),
        ("::: pkg.Point\n\n    options:\n      members: []\n", ["pkg.Point"]),
        ("::: pkg.do\n::: pkg.Child.grow\n", ["pkg.Child.grow", "pkg.do"]),
        ("```\n::: pkg.do\n```\n", []),
        ("<!--\n::: pkg.do\n-->\n", []),
        ("    ::: pkg.do\n", []),
        ("::: x\n    handler: shell\n", []),
    ],
    ids=["heading", "tab", "blank line", "side by side", "fence", "comment", "indented", "other"],
)
def test_a_directive_is_found_where_it_is_rendered(
    collect: Collect, page: str, expected: list[str]
) -> None:
    """Every place of a `:::` line counts but code, comments and other languages."""
    assert list(collect(page)) == expected


def test_a_site_that_translates_is_collected_untranslated(collect: Collect) -> None:
    """The extension that shows translations has no say in what they are translations of."""
    catalog = 'msgctxt "pkg.do"\nmsgid "Do it."\nmsgstr "訳"\n'
    extension = "{hozon_docs.griffe_extension: {catalogs: cat, language: ja, source: de}}"
    texts = collect(
        "::: pkg.do\n",
        options=f"{{extensions: [{extension}]}}",
        files={"cat/ja/api.po": catalog},
    )
    assert texts == {"pkg.do": "Do it."}


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("# A\n\n::: pkg.gone\n", r"api\.md:3: pkg\.gone is not found"),
        ("::: pkg\n    options:\n      colour: red\n", r"api\.md:1: .*colour"),
        ("::: pkg\n    options: [\n", r"api\.md:1: the options below are not YAML"),
    ],
    ids=["unknown name", "unknown option", "no YAML"],
)
def test_a_faulty_directive_is_refused_by_its_line(
    collect: Collect, page: str, reason: str
) -> None:
    """The message names the page, the line and what to correct."""
    with pytest.raises(DocsError, match=reason):
        collect(page)


def test_a_site_without_mkdocstrings_is_refused(collect: Collect) -> None:
    """There is no reference then, and the message says how there will be one."""
    with pytest.raises(DocsError, match=r"has no plug-in mkdocstrings; add it"):
        collect("::: pkg\n", files={"mkdocs.yml": "site_name: A\nplugins: [search]\n"})


def test_the_command_writes_catalogs_and_says_what_is_left(
    collect: Collect, tmp_path: Path
) -> None:
    """One row per language; the second run has nothing to write."""
    collect("::: pkg.do\n")
    first, second = (
        CliRunner().invoke(main, ["--root", str(tmp_path), "extract"], catch_exceptions=False)
        for _ in range(2)
    )
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert re.search(r"ja\W+written\W+1\W+0\W+0\W+1\W+0", first.output)
    assert re.search(r"ja\W+unchanged\W+1", second.output)
    assert 'msgctxt "pkg.do"' in (tmp_path / "docs/_l10n/ja/api.po").read_text("utf-8")
