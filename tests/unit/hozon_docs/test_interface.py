"""What readers are told, in their language."""

from importlib import resources
from string import Formatter

import pytest

from hozon_docs.interface import Message, read_catalog, words_in

CATALOGS = sorted(
    file.name.removesuffix(".po")
    for file in resources.files("hozon_docs").joinpath("locale").iterdir()
)


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", CATALOGS)
def test_every_message_is_translated(language: str) -> None:
    """A catalog has each message, none twice over, and none that nobody says."""
    assert set(read_catalog(language)) == {message.value for message in Message}


@pytest.mark.parametrize("language", CATALOGS)
@pytest.mark.parametrize("message", Message)
def test_a_translation_names_the_same_values(message: Message, language: str) -> None:
    """A lost name would lose a version; a made-up one would end the build."""
    assert _names(words_in(language).say(message)) == _names(message.value)


def test_a_language_without_a_catalog_gets_english_and_says_so() -> None:
    """The caller marks the text as what it is."""
    words = words_in("de")
    assert (words.language, words.say(Message.NOT_RUN)) == ("en", "Not run yet.")


def test_languages_have_the_names_that_readers_use() -> None:
    """Each names the source in its own words; an unknown code stands for itself."""
    assert [words_in(code).name_of("en") for code in ("en", "ja", "ko", "es")] == [
        "English",
        "英語",
        "영어",
        "inglés",
    ]
    assert words_in("en").name_of("xx-unknown") == "xx-unknown"


def test_a_moment_is_shown_in_universal_time() -> None:
    """A run late in the evening elsewhere is on the same day for every reader."""
    moment = "2026-05-05T01:30:00+02:00"
    assert words_in("en").day(moment) == "May 4, 2026"
    assert words_in("ja").minute(moment) == "2026-05-04 23:30"


def test_a_moment_that_nobody_noted_is_unknown() -> None:
    """It is not guessed."""
    assert (words_in("en").day(""), words_in("en").minute("")) == ("?", "?")


@pytest.mark.parametrize(
    ("part", "whole", "text"), [(1, 1, "100.0%"), (1999, 2000, "99.9%"), (0, 7, "0.0%")]
)
def test_a_share_of_100_percent_means_all(part: int, whole: int, text: str) -> None:
    """Shares are rounded down."""
    assert words_in("en").share(part, whole=whole) == text


def test_a_share_has_the_space_of_its_language() -> None:
    """Spanish puts a no-break space before the sign."""
    assert words_in("es").share(1, whole=2) == "50.0\N{NO-BREAK SPACE}%"
