"""What a tag may look like."""

import pytest

from hozon.errors import InvalidTagError
from hozon.model.tags import check_tag, check_tags


@pytest.mark.parametrize(
    "tag", ["a", "small", "hand checked", "x-1_y", "-", "v7", "本番 用", "a" * 128]
)
def test_good_tags_are_unchanged(tag: str) -> None:
    """Words of letters and digits of any script; unlike an alias, a tag may look like a version."""
    assert check_tag(tag) == tag


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("", "is more than words"),
        (" a", "is more than words"),
        ("a ", "is more than words"),
        ("a  b", "is more than words"),
        ("a,b", "is more than words"),
        ("a/b", "is more than words"),
        ("a:b", "is more than words"),
        ("a\nb", "is more than words"),
        ("a\n", "is more than words"),
        ("a" * 129, "has 129 characters"),
        (None, "None is not text"),
        (7, "7 is not text"),
    ],
    ids=repr,
)
def test_bad_tags_are_refused_with_the_reason(tag: object, said: str) -> None:
    """The message says what is wrong, and the hint gives the rule."""
    with pytest.raises(InvalidTagError, match=said) as caught:
        check_tag(tag)
    assert "1 to 128" in caught.value.hint


def test_tags_are_a_sorted_set() -> None:
    """Doubles are dropped, and none is fine."""
    assert check_tags(["b", "a", "b"]) == ("a", "b")
    assert check_tags(None) == check_tags([]) == ()


def test_one_text_is_one_tag() -> None:
    """A text given for a list is not taken apart into letters."""
    assert check_tags("small") == ("small",)


def test_tags_that_are_no_list_are_refused() -> None:
    """The message says what was given."""
    with pytest.raises(InvalidTagError, match="The tags are a int"):
        check_tags(5)  # type: ignore[arg-type]


def test_one_bad_tag_refuses_all() -> None:
    """The message names it."""
    with pytest.raises(InvalidTagError, match="'a,b'"):
        check_tags(["good", "a,b"])
