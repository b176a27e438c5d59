"""Paths that may name anything: which form names what."""

import pytest

from hozon.errors import InvalidAliasError, InvalidNameError, InvalidPathError
from hozon.model.named_paths import AnyPath, NamedPath, parse_named
from hozon.model.names import RunId, SweepId
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath, RunPath, SweepPath
from hozon.testing.records import AT, collection_path

MNIST = collection_path("mnist")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("digits", AT),
        ("grace/letters", ProjectPath.of("grace", "letters")),
        ("ada/digits/runs/r1", RunPath(AT, RunId("r1"))),
        ("ada/digits/run/r1", RunPath(AT, RunId("r1"))),
        ("ada/digits/sweeps/s1", SweepPath(AT, SweepId("s1"))),
        ("ada/digits/collections/mnist", MNIST),
        ("ada/digits/artifacts/mnist", ArtifactPath(MNIST, "latest")),
        ("ada/digits/artifacts/mnist:v1", ArtifactPath(MNIST, "v1")),
        ("mnist:best", ArtifactPath(MNIST, "best")),
        ("digits/mnist:v0", ArtifactPath(MNIST, "v0")),
        ("ada/digits/mnist:v0", ArtifactPath(MNIST, "v0")),
        ("ada/digits/mnist", AnyPath(AT, "mnist")),
        ("ada/runs/runs", AnyPath(ProjectPath.of("ada", "runs"), "runs")),
    ],
)
def test_each_form_names_one_kind(text: str, named: NamedPath) -> None:
    """Only three bare parts leave open which."""
    assert parse_named(text, default=AT) == named


@pytest.mark.parametrize(
    "text",
    ["", "/", "/ada/digits", "ada/digits/", "ada//digits", "a/b/c/d", "a/b/runs/c/d", "a/b/runs/"],
)
def test_no_form_is_an_error_that_lists_them(text: str) -> None:
    """The hint has all of them."""
    with pytest.raises(InvalidPathError) as caught:
        parse_named(text, default=AT)
    assert repr(text) in caught.value.message
    assert "entity/project/runs/id" in caught.value.hint


def test_parts_are_names() -> None:
    """Each by its rule; what is no text is no path."""
    for text in ("a b", "ada/digits/a b", "ada/digits/runs/a b", "ada/digits/collections/a b"):
        with pytest.raises(InvalidNameError):
            parse_named(text, default=AT)
    with pytest.raises(InvalidPathError):
        parse_named("ada/digits/collections/mnist:v0", default=AT)
    with pytest.raises(InvalidAliasError):
        parse_named("mnist:v01", default=AT)
    with pytest.raises(InvalidPathError, match="not text"):
        parse_named(None, default=AT)
    assert isinstance(parse_named("ada/digits/collections/x", default=AT), CollectionPath)
