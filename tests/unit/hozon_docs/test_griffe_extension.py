"""Docstrings in the language of the site, and the mark on those that are not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import griffe
import pytest
from bs4 import BeautifulSoup

from hozon_docs.catalogs import (
    Catalog,
    Message,
    catalog_path,
    format_catalog,
    read_catalog,
    update_catalogs,
)
from hozon_docs.config import Config, load_config
from hozon_docs.findings import DocsError
from hozon_docs.griffe_extension import TranslatedDocstrings
from hozon_docs.reference import collect_docstrings
from hozon_docs.site import build_site

TEMPLATES = Path(__file__).parents[3] / "overrides/mkdocstrings"

PACKAGE = '''\
"""The package."""


class Base:
    """The base.

    Danger:
        It bites.

    Args:
        size: How much.
    """

    def __init__(self, size: int = 1) -> None:
        """Begin."""
        self.size = size
        """How much there is."""

    @property
    def half(self) -> float:
        """The half.

        Returns:
            A number.

        Examples:
            Halve it.

            ```python
            print(1)
            ```
        """
        return self.size / 2


class Child(Base):
    """The child."""
'''

Load = Callable[..., griffe.Module]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Give a function that writes a package and a catalog, and loads the package translated."""

    def write(*messages: Message, **options: str) -> griffe.Module:
        (tmp_path / "pkg.py").write_text(PACKAGE, "utf-8")
        path = catalog_path(tmp_path / "l10n", "ja")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(format_catalog(Catalog("ja", messages)), "utf-8")
        settings = {"catalogs": str(tmp_path / "l10n"), "language": "ja"} | options
        extensions = griffe.load_extensions({"hozon_docs.griffe_extension": settings})
        loaded = griffe.load(
            "pkg", search_paths=[tmp_path], extensions=extensions, docstring_parser="google"
        )
        assert isinstance(loaded, griffe.Module)
        return loaded

    return write


def _shown(module: griffe.Module, path: str) -> tuple[str, str]:
    """Give the text of a docstring and the language it is marked with; empty for the page's."""
    item = module[path] if path else module
    return item.docstring.value, item.extra["hozon_docs"].get("language", "")


def test_a_docstring_is_exchanged_for_its_translation(load: Load) -> None:
    """Sections are those of the translation, and nothing marks it."""
    source = load(language="en")["Base"].docstring.value
    translation = source.replace("How much.", "量。").replace("The base.", "土台。")
    module = load(Message("pkg.Base", source, translation))
    assert _shown(module, "Base") == (translation, "")
    parsed = module["Base"].docstring.parsed
    assert [section.kind.value for section in parsed] == ["text", "admonition", "parameters"]
    assert (parsed[0].value, parsed[2].value[0].description) == ("土台。", "量。")
    assert str(parsed[2].value[0].annotation) == "int"


def test_an_inherited_member_has_the_translation_of_the_base(load: Load) -> None:
    """The base is translated once, and every subclass shows it."""
    message = Message("pkg.Base.__init__", "Begin.", "始める。")
    child = load(message)["Child"]
    assert child.all_members["__init__"].docstring.value == "始める。"


@pytest.mark.parametrize(
    "message",
    [
        Message("pkg", "The package."),
        Message("pkg", "The package.", "包み。", fuzzy=True),
        Message("pkg", "A package.", "包み。"),
        Message("pkg.gone", "The package.", "包み。"),
    ],
    ids=["not translated", "fuzzy", "of another text", "of another object"],
)
def test_without_a_right_translation_the_source_is_shown_and_marked(
    load: Load, message: Message
) -> None:
    """Readers get the text that is true, and are told its language; nothing fails."""
    assert _shown(load(message, source="de"), "") == ("The package.", "de")


def test_the_source_language_is_left_alone(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is exchanged or marked there, whether it was named or is the default."""
    message = Message("pkg", "The package.", "包み。")
    assert _shown(load(message, language="en"), "") == ("The package.", "")
    monkeypatch.delenv("DOCS_LANGUAGE", raising=False)
    assert _shown(load(message, language=""), "") == ("The package.", "")


def test_the_build_says_the_language(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable that a build sets is enough."""
    monkeypatch.setenv("DOCS_LANGUAGE", "ja")
    assert _shown(load(Message("pkg", "The package.", "包み。"), language=""), "") == ("包み。", "")


def test_a_language_without_a_catalog_is_shown_in_the_source(load: Load) -> None:
    """A language may begin with nothing."""
    assert _shown(load(language="fr"), "Base.half")[1] == "en"


def test_a_folder_that_does_not_exist_is_refused() -> None:
    """A mistyped folder must not pass for one without translations."""
    extension = TranslatedDocstrings(catalogs="nowhere", language="ja")
    with pytest.raises(DocsError, match="nowhere does not exist; run MkDocs in"):
        extension.on_package(pkg=griffe.Module("pkg"))


MKDOCS = f"""\
site_name: Foreign
site_url: !ENV [DOCS_SITE_URL, "http://127.0.0.1:8000/en/"]
theme: {{name: material, font: false, language: !ENV [DOCS_LANGUAGE, en]}}
plugins:
  - i18n:
      docs_structure: folder
      build_only_locale: !ENV [DOCS_LANGUAGE, en]
      reconfigure_material: false
      languages:
        - {{locale: en, name: English, default: true}}
        - {{locale: es, name: Español}}
        - {{locale: ko, name: 한국어}}
  - mkdocstrings:
      locale: !ENV [DOCS_LANGUAGE, en]
      custom_templates: {TEMPLATES}
      handlers:
        python:
          paths: [src]
          options:
            docstring_section_style: list
            extensions: [hozon_docs.griffe_extension]
            inherited_members: true
            merge_init_into_class: true
            show_source: false
            show_if_no_docstring: true
markdown_extensions: [attr_list, pymdownx.superfences]
"""

SETTINGS = """\
[tool.hozon_docs.languages]
en = "English"
es = "Español"
ko = "한국어"
"""

Pages = dict[str, BeautifulSoup]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """Build a reference in the source, in a language fully translated, and in one not begun."""
    root = tmp_path_factory.mktemp("foreign")
    files = {"mkdocs.yml": MKDOCS, "pyproject.toml": SETTINGS, "src/pkg.py": PACKAGE}
    files |= {f"docs/{code}/index.md": "# Api {#api}\n\n::: pkg\n" for code in ("en", "es", "ko")}
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    config = load_config(root)
    update_catalogs(config, collect_docstrings(config))
    _translate(config, "es")
    build_site(config)
    return {
        code: BeautifulSoup((config.site / code / "index.html").read_text("utf-8"), "html.parser")
        for code in config.languages
    }


def _translate(config: Config, language: str) -> None:
    """Translate every message, so that its first line tells whether readers get it."""
    path = catalog_path(config.l10n, language)
    catalog = read_catalog(path, language=language)
    messages = tuple(replace(one, translation=f"§ {one.text}") for one in catalog.messages)
    path.write_text(format_catalog(replace(catalog, messages=messages)), "utf-8")


def test_no_docstring_of_the_site_lacks_a_message(built: Pages) -> None:
    """With every message translated, all that is rendered is translated: nothing is left out."""
    contents = [tag.get_text() for tag in built["es"].select(".doc-contents") if tag.p]
    assert len(contents) == 7
    assert [text for text in contents if "§" not in text] == []
    assert built["es"].select(".docs-untranslated, .doc-contents [lang]") == []


def test_a_docstring_left_in_the_source_language_says_so(built: Pages) -> None:
    """Each has a notice in the page's language, and its own texts are marked, the theme's not."""
    untranslated = built["ko"].select(".docs-untranslated")
    assert len(untranslated) == len(built["es"].select(".doc-contents")) + 2
    for tag in untranslated:
        assert tag.p
        assert tag.p["class"] == ["docs-untranslated-notice"]
        assert "번역" in tag.p.get_text()
        for text in tag.find_all(string=str.strip):
            if any(letter.isalpha() for letter in text) and not text.find_parent("code"):
                expected = "en" if text.isascii() else "ko"
                assert text.find_parent(lang=True)["lang"] == expected, text


def test_the_words_of_the_theme_are_in_the_language_of_the_page(built: Pages) -> None:
    """Titles of sections, labels and defaults are translated where the docstring is not."""
    words = set(built["ko"].select_one("article").stripped_strings)
    assert {"매개변수:", "반환값:", "예제:", "위험", "프로퍼티", "기반 클래스:"} <= words
    english = {"Parameters:", "Returns:", "Examples:", "Danger", "property", "Bases:", "default:"}
    assert not english & words


def test_the_source_language_shows_no_mark(built: Pages) -> None:
    """In the source language nothing is untranslated, and the theme speaks English."""
    assert built["en"].select(".docs-untranslated") == []
    words = set(built["en"].select_one("article").stripped_strings)
    assert {"Parameters:", "Returns:", "Examples:", "Danger", "property", "Bases:"} <= words
