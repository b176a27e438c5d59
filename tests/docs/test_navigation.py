"""The navigation is translated."""

import pytest
from mkdocs.config import load_config as load_mkdocs
from mkdocs.config.defaults import MkDocsConfig

from hozon_docs.config import Config


@pytest.fixture
def settings(docs_config: Config, monkeypatch: pytest.MonkeyPatch) -> MkDocsConfig:
    """Give the MkDocs configuration as it is written, before any plug-in has seen it."""
    monkeypatch.chdir(docs_config.root)
    return load_mkdocs(str(docs_config.mkdocs))


def _sections(nav: list) -> set[str]:
    found = set()
    for entry in nav:
        for title, below in entry.items() if isinstance(entry, dict) else ():
            if isinstance(below, list):
                found |= {title} | _sections(below)
    return found


def test_every_section_has_a_name_in_the_language(
    language: str, settings: MkDocsConfig, docs_config: Config
) -> None:
    """A section without a translation would be shown in English, without a warning."""
    (spoken,) = (
        entry for entry in settings.plugins["i18n"].config.languages if entry.locale == language
    )
    needed = _sections(settings.nav) if language != docs_config.source else set()
    assert needed - set(spoken.nav_translations or ()) == set()


def test_pages_take_their_names_from_their_headings(settings: MkDocsConfig) -> None:
    """No page is named in the navigation, where a translation could not reach it."""
    named = [
        entry
        for section in settings.nav
        for entry in (next(iter(section.values())) if isinstance(section, dict) else [section])
        if not isinstance(entry, str)
    ]
    assert named == []


def test_everyone_names_the_same_languages(settings: MkDocsConfig, docs_config: Config) -> None:
    """The build, the switcher and the translations agree on languages, names and order."""
    expected = dict(docs_config.languages)
    switcher = {entry["lang"]: entry["name"] for entry in settings.extra["alternate"]}
    plugin = {entry.locale: entry.name for entry in settings.plugins["i18n"].config.languages}
    assert list(switcher.items()) == list(expected.items())
    assert plugin == expected
