"""How names combine to paths."""

import pytest

from hozon.errors import (
    InvalidAliasError,
    InvalidEntryPathError,
    InvalidNameError,
    InvalidPathError,
)
from hozon.model.paths import (
    ArtifactPath,
    CollectionPath,
    ProjectPath,
    RunPath,
    SweepPath,
    check_entry_path,
    check_entry_prefix,
)

HERE = ProjectPath.of("ada", "digits")


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("mnist", "ada/digits/mnist:latest"),
        ("mnist:v3", "ada/digits/mnist:v3"),
        ("letters/mnist:best", "ada/letters/mnist:best"),
        ("bob/letters/mnist", "bob/letters/mnist:latest"),
        ("mnist:best model", "ada/digits/mnist:best model"),
    ],
)
def test_missing_parts_of_an_artifact_path_are_filled_in(text: str, full: str) -> None:
    """Entity and project come from the defaults, and no selector means `latest`."""
    assert str(ArtifactPath.parse(text, default=HERE)) == full


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("entity//x", InvalidPathError, "'entity//x' has an empty part"),
        ("/x", InvalidPathError, "has an empty part"),
        ("x/", InvalidPathError, "has an empty part"),
        ("", InvalidPathError, "has an empty part"),
        ("a/b/c/d", InvalidPathError, "has 4 parts, 1 too many"),
        ("mnist:", InvalidPathError, "ends with ':'"),
        (None, InvalidPathError, "None is not text"),
        ("mn ist", InvalidNameError, "artifact name 'mn ist'"),
        ("a b/mnist", InvalidNameError, "project name 'a b'"),
        ("a b/p/mnist", InvalidNameError, "entity name 'a b'"),
        ("mnist:v01", InvalidAliasError, "looks like a version"),
        ("mnist:a:b", InvalidAliasError, "would break a path"),
        ("mnist:a/b", InvalidAliasError, "would break a path"),
    ],
)
def test_malformed_artifact_paths_are_refused(text: str, kind: type[Exception], said: str) -> None:
    """The message names the path or the part, and what is wrong with it."""
    with pytest.raises(kind, match=said):
        ArtifactPath.parse(text, default=HERE)


def test_the_hint_of_a_malformed_path_shows_the_form() -> None:
    """The next step is in the error."""
    with pytest.raises(InvalidPathError) as caught:
        RunPath.parse("a//b", default=HERE)
    assert caught.value.hint == "Give [[entity/]project/]run_id."


def test_only_a_version_has_an_index() -> None:
    """An alias is no number."""
    assert ArtifactPath.parse("mnist:v3", default=HERE).index == 3
    assert ArtifactPath.parse("mnist:best", default=HERE).index is None


def test_a_version_is_named_by_its_index() -> None:
    """A collection and a number make a path."""
    collection = CollectionPath.parse("mnist", default=HERE)
    assert str(ArtifactPath.at_index(collection, 7)) == "ada/digits/mnist:v7"


def test_a_collection_path_takes_no_version() -> None:
    """The message says what to leave out."""
    with pytest.raises(InvalidPathError, match="names a version") as caught:
        CollectionPath.parse("mnist:v3", default=HERE)
    assert "':v3'" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "full"), [("", "ada/digits"), ("letters", "ada/letters"), ("bob/p", "bob/p")]
)
def test_missing_parts_of_a_project_path_are_filled_in(text: str, full: str) -> None:
    """An empty text means the default project."""
    assert str(ProjectPath.parse(text, default=HERE)) == full


@pytest.mark.parametrize("kind", [RunPath, SweepPath])
def test_missing_parts_of_run_and_sweep_paths_are_filled_in(
    kind: type[RunPath] | type[SweepPath],
) -> None:
    """Both take the project from the defaults."""
    assert str(kind.parse("r1", default=HERE)) == "ada/digits/r1"
    assert str(kind.parse("p/r1", default=HERE)) == "ada/p/r1"
    assert str(kind.parse("e/p/r1", default=HERE)) == "e/p/r1"


@pytest.mark.parametrize(
    "path", ["a", "a/b.txt", "日本/語.csv", "with space", "..a", "a..", "ab:c", "-", "a\nb", "~"]
)
def test_good_entry_paths_are_unchanged(path: str) -> None:
    """Relative POSIX paths name files, whatever their characters."""
    assert check_entry_path(path) == path


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("", "is empty"),
        (None, "is empty"),
        ("/etc/passwd", "is absolute"),
        ("../x", r"'\.\.' part"),
        ("a/../b", r"'\.\.' part"),
        ("a/./b", r"'\.\.' part"),
        ("a//b", "an empty"),
        ("a/", "an empty"),
        (".", r"'\.'"),
        ("\\\\server\\share", "is absolute"),
        ("C:\\x", "on Windows"),
        ("C:x", "on Windows"),
        ("a\\..\\b", "on Windows"),
        ("a\0b", "NUL"),
        ("a\udcff", "not valid Unicode"),
    ],
    ids=ascii,
)
def test_entry_paths_that_could_leave_a_folder_are_refused(path: object, said: str) -> None:
    """Nothing that is logged can be downloaded outside its folder, on any system."""
    with pytest.raises(InvalidEntryPathError, match=said) as caught:
        check_entry_path(path)
    assert "images/cat.png" in caught.value.hint


@pytest.mark.parametrize(
    ("prefix", "reason"), [("\ud800", "not valid Unicode"), ("a\0", "NUL"), (7, "not text")]
)
def test_a_prefix_that_no_path_can_have_is_refused(prefix: object, reason: str) -> None:
    """It is a mistake, and no version without such files; the hint shows a prefix."""
    with pytest.raises(InvalidEntryPathError, match=reason) as caught:
        check_entry_prefix(prefix)
    assert "'images/'" in caught.value.hint


@pytest.mark.parametrize("prefix", ["", "a", "a/", "/", "..", "日"])
def test_other_prefixes_are_text_that_may_match_nothing(prefix: str) -> None:
    """They are given back unchanged."""
    assert check_entry_prefix(prefix) == prefix
