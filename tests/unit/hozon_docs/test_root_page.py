"""The page at the root of the site."""

from bs4 import BeautifulSoup

from hozon_docs.root_page import root_page

LANGUAGES = {"en": "English", "ja": "日本語"}


def _soup() -> BeautifulSoup:
    text = root_page("A & B", languages=LANGUAGES, site_url="https://docs.example.org/x/")
    return BeautifulSoup(text, "html.parser")


def test_each_language_has_a_relative_link_in_its_own_words() -> None:
    """The list is the whole page where there is no script."""
    links = [(link["href"], link["lang"], link.get_text()) for link in _soup().select("main a")]
    assert links == [("en/", "en", "English"), ("ja/", "ja", "日本語")]


def test_search_engines_learn_the_languages() -> None:
    """Absolute addresses, and the root itself for everyone else."""
    found = {link["hreflang"]: link["href"] for link in _soup().select("link[rel=alternate]")}
    assert found == {
        "x-default": "https://docs.example.org/x/",
        "en": "https://docs.example.org/x/en/",
        "ja": "https://docs.example.org/x/ja/",
    }


def test_names_are_escaped() -> None:
    """A project may be called anything."""
    heading = _soup().h1
    assert heading is not None
    assert heading.get_text() == "A & B"


def test_nothing_is_loaded() -> None:
    """The page is complete in itself."""
    assert _soup().select("[src], link[rel=stylesheet], link[rel=icon]") == []
