"""The extra search index for Japanese and Korean."""

import pytest

from hozon_docs.search import endings


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("소프트삭제를 합니다", "삭제를"),
        ("ガベージコレクションが動く", "コレクション"),
        ("論理削除", "削除"),
        ("\uff21\uff30\uff29 を使う", "API"),
    ],
    ids=["Hangul", "Katakana", "Kanji", "full width"],
)
def test_the_ending_of_a_compound_can_be_found(text: str, word: str) -> None:
    """The second word of a compound is a word of the index."""
    assert word in endings(text).split()


@pytest.mark.parametrize("text", ["", "Delete artifacts", "Año nuevo", "の"], ids=repr)
def test_other_scripts_add_nothing(text: str) -> None:
    """English and Spanish pages carry no extra index."""
    assert endings(text) == ""


def test_each_ending_stands_once() -> None:
    """A word that comes often does not grow the index."""
    assert endings("削除版 削除版") == "除版"
