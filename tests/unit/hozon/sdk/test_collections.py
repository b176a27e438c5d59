"""`ArtifactCollection`: what can be changed of it, and what `save()` stores."""

from collections.abc import Callable
from datetime import timedelta

import pytest

import hozon
from hozon.errors import (
    CollectionKindError,
    CollectionNameError,
    CollectionNotFoundError,
    InvalidMetadataError,
    InvalidNameError,
    InvalidTagError,
    TypeConflictError,
)
from hozon.sdk.public.collection import ArtifactCollection

LogText = Callable[..., hozon.Artifact]


@pytest.fixture
def mnist(log_text: LogText) -> ArtifactCollection:
    """Log a version, and give its collection."""
    with hozon.init(id="maker") as run:
        log_text(run, "one", "best")
    return hozon.Api().artifact_collection("dataset", "mnist")


def found(name: str = "mnist", kind: str = "dataset") -> ArtifactCollection:
    """Read a collection as it is stored."""
    return hozon.Api().artifact_collection(kind, name)


def test_nothing_is_stored_before_save(mnist: ArtifactCollection) -> None:
    """Then all of it is."""
    mnist.name, mnist.description, mnist.tags = "digits", "Digits", ["b", "a"]
    mnist.ttl = timedelta(days=1)
    assert (mnist.name, mnist.description, mnist.tags) == ("digits", "Digits", ["a", "b"])
    stored = found()
    assert (stored.name, stored.description, stored.tags) == ("mnist", None, [])
    mnist.save()
    stored = found("digits")
    assert (stored.description, stored.tags, stored.ttl) == ("Digits", ["a", "b"], timedelta(1))
    assert repr(mnist) == "<ArtifactCollection ada/digits/digits (dataset)>"
    assert mnist.aliases == ["best", "latest"]


def test_what_breaks_a_rule_is_refused_when_it_is_set(mnist: ArtifactCollection) -> None:
    """Name, type, description and tags."""
    with pytest.raises(InvalidNameError):
        mnist.name = "a/b"
    with pytest.raises(InvalidNameError, match="reserved"):
        mnist.type = "wandb-history"
    with pytest.raises(InvalidMetadataError):
        mnist.description = 7  # type: ignore[assignment]
    with pytest.raises(InvalidTagError):
        mnist.tags = ["a:b"]
    mnist.save()
    assert found().description is None


def test_what_others_changed_stays(mnist: ArtifactCollection) -> None:
    """Two that hold one collection change different things of it."""
    other = found()
    other.description, other.tags = "Digits", ["a"]
    other.save()
    mnist.name, mnist.tags = "digits", ["b"]
    mnist.save()
    assert (mnist.description, mnist.tags) == ("Digits", ["a", "b"])
    other.retention = hozon.RetentionPolicy(keep_newest=1)
    other.save()
    assert other.name == "digits"
    assert found("digits").retention == hozon.RetentionPolicy(keep_newest=1)


def test_artifacts_of_a_renamed_collection_go_on(mnist: ArtifactCollection) -> None:
    """Those that were read before still lead to it; lineage shows the new name."""
    before = hozon.Api().artifact("mnist:best")
    mnist.name = "digits"
    mnist.save()
    assert repr(before.collection) == "<ArtifactCollection ada/digits/digits (dataset)>"
    before.description = "kept"
    before.save()
    assert hozon.Api().artifact("digits:best").description == "kept"
    assert before.id == hozon.Api().artifact("digits:best").id
    logged = hozon.Api().run("maker").logged_artifacts()
    assert [artifact.name for artifact in logged] == ["digits:v0"]
    with pytest.raises(CollectionNotFoundError) as caught:
        hozon.Api().artifact("mnist")
    assert caught.value.hint == "It was renamed: look for ada/digits/digits."
    assert not hozon.Api().artifact_exists("mnist")


def test_logging_to_the_old_name_is_refused(mnist: ArtifactCollection, log_text: LogText) -> None:
    """The error names the new one, under which the numbers go on."""
    mnist.name = "digits"
    mnist.save()
    refused = pytest.raises(CollectionNameError, match="renamed to ada/digits/digits")
    with refused, hozon.init() as run:
        log_text(run, "two")
    with hozon.init() as run:
        assert log_text(run, "two", name="digits").name == "digits:v1"


def test_a_collection_is_deleted_and_restored_after_others_renamed_it(
    mnist: ArtifactCollection,
) -> None:
    """Whoever holds it from before does not need the new name."""
    other = found()
    other.name = "digits"
    other.save()
    mnist.delete()
    assert not hozon.Api().artifact_collection_exists("digits", "dataset")
    assert mnist.restore().versions == ("ada/digits/digits:v0",)


def test_the_type_moves_at_once_and_the_rest_waits(mnist: ArtifactCollection) -> None:
    """`change_type` stores nothing else; `save` stores a type that was set."""
    mnist.description = "Digits"
    mnist.change_type("images")
    assert (mnist.type, mnist.description) == ("images", "Digits")
    assert found(kind="images").description is None
    mnist.save()
    assert found(kind="images").description == "Digits"
    mnist.type = "scans"
    mnist.save()
    assert hozon.Api().artifact("mnist:v0").type == "scans"
    with pytest.raises(CollectionNotFoundError):
        found()


def test_portfolios_keep_their_type_and_have_no_ttl(mnist: ArtifactCollection) -> None:
    """A refused change stores nothing."""
    hozon.Api().artifact("mnist").link("shared")
    portfolio = found("shared")
    assert (portfolio.is_sequence(), mnist.is_sequence()) == (False, True)
    with pytest.raises(TypeConflictError, match="is a portfolio"):
        portfolio.change_type("images")
    with pytest.raises(TypeConflictError, match="ada/digits/shared:v0"):
        mnist.change_type("images")
    with pytest.raises(CollectionKindError):
        portfolio.ttl = timedelta(days=1)
    portfolio.name, portfolio.description = "team", "What we share"
    portfolio.save()
    assert hozon.Api().artifact("team").source_name == "mnist:v0"
    assert found("team").description == "What we share"


def test_a_deleted_collection_is_not_changed(mnist: ArtifactCollection) -> None:
    """The hint says how to bring it back."""
    mnist.delete()
    mnist.name = "digits"
    with pytest.raises(CollectionNotFoundError) as caught:
        mnist.save()
    assert "hozon artifact restore" in caught.value.hint
