"""What each kind of name may look like."""

import pytest

from hozon.errors import InvalidAliasError, InvalidNameError
from hozon.model.names import check_alias, check_name, check_type, format_version, parse_version


@pytest.mark.parametrize("name", ["a", "mnist", "v1.2_final-3", "A" * 128, "...a", "0"])
def test_good_names_are_unchanged(name: str) -> None:
    """Letters, digits, `_`, `.` and `-` make a name, up to 128 of them."""
    assert check_name(name, kind="artifact") == name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "is empty"),
        ("a/b", "holds '/'"),
        ("a:b", "holds ':'"),
        ("a b", "holds ' '"),
        ("名前", "holds '前', '名'"),
        ("line\n", r"holds '\\n'"),
        ("A" * 129, "has 129 characters"),
        ("..", "has only dots"),
        (None, "None is not text"),
        (7, "7 is not text"),
    ],
    ids=repr,
)
def test_bad_names_are_refused_with_the_reason(name: object, said: str) -> None:
    """The message names the kind and what is wrong, and the hint gives the rule."""
    with pytest.raises(InvalidNameError, match=said) as caught:
        check_name(name, kind="project")
    assert "project name" in caught.value.message
    assert "1 to 128" in caught.value.hint


@pytest.mark.parametrize("alias", ["latest", "best model", "本番", "v", "version1", "v1.0", "1"])
def test_good_aliases_are_unchanged(alias: str) -> None:
    """An alias is any short text that is neither a version nor breaks a path."""
    assert check_alias(alias) == alias


@pytest.mark.parametrize(
    ("alias", "said"),
    [
        ("v7", "looks like a version"),
        ("V7", "looks like a version"),
        ("v007", "looks like a version"),
        ("a/b", "would break a path"),
        ("a:b", "would break a path"),
        ("a\nb", "would break a path"),
        ("", "is empty"),
        (" a", "is empty or not plain"),
        ("a" * 129, "has 129 characters"),
        (None, "is empty or not plain"),
    ],
    ids=repr,
)
def test_bad_aliases_are_refused_with_the_reason(alias: object, said: str) -> None:
    """The message says what is wrong, and the hint gives the rule."""
    with pytest.raises(InvalidAliasError, match=said) as caught:
        check_alias(alias)
    assert "'v7'" in caught.value.hint


@pytest.mark.parametrize("index", [0, 1, 9, 10, 123456])
def test_versions_are_read_as_they_are_written(index: int) -> None:
    """`v` and the number, both ways."""
    assert parse_version(format_version(index)) == index


@pytest.mark.parametrize("text", ["", "v", "7", "v01", "V1", "v-1", "v1 ", "v٣", "latest"])
def test_what_is_no_version_reads_as_none(text: str) -> None:
    """One version has one spelling."""
    assert parse_version(text) is None


@pytest.mark.parametrize("name", ["dataset", "jobs", "my-job", "wandb", "hozon", "code"])
def test_good_types_are_unchanged(name: str) -> None:
    """A type has the rule of every name."""
    assert check_type(name) == name


@pytest.mark.parametrize("name", ["job", "Job", "wandb-history", "WANDB-x", "hozon-", "hozon-run"])
def test_reserved_types_are_refused(name: str) -> None:
    """In lower and upper case; the hint says which those are."""
    with pytest.raises(InvalidNameError, match="is reserved") as caught:
        check_type(name)
    assert "'job'" in caught.value.hint


@pytest.mark.parametrize("name", ["", "a/b", None])
def test_bad_types_are_refused_as_bad_names(name: object) -> None:
    """The message says that it is a type."""
    with pytest.raises(InvalidNameError, match="The type name"):
        check_type(name)
