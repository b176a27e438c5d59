"""Resolve: from paths to what stands behind them."""

import pytest

from hozon.errors import ArtifactNotFoundError, CollectionNotFoundError, TypeConflictError
from hozon.model.names import TypeName
from hozon.model.paths import ArtifactPath, CollectionPath
from hozon.services.commit import commit_version
from hozon.services.resolve import (
    collection_aliases,
    list_collections,
    list_versions,
    resolve_collection,
    resolve_version,
)
from worlds import AT, MNIST, Logger

SELECTORS = ("v0", "best", "v1", "latest")


def test_a_version_is_found_by_number_and_by_alias(logger: Logger) -> None:
    """All names of a version lead to it."""
    logger.log("one", "best")
    logger.log("two")
    found = {s: resolve_version(logger.context, ArtifactPath(MNIST, s)).index for s in SELECTORS}
    assert found == {"v0": 0, "best": 0, "v1": 1, "latest": 1}


def test_a_missing_version_is_answered_with_those_that_exist(logger: Logger) -> None:
    """The hint lists the newest ones, five at most."""
    for number in range(7):
        logger.log(str(number))
    with pytest.raises(ArtifactNotFoundError, match="no version v9 of ada/digits/mnist") as caught:
        resolve_version(logger.context, ArtifactPath(MNIST, "v9"))
    assert caught.value.hint == "The newest versions are v6, v5, v4, v3, v2."


def test_a_missing_alias_is_answered_with_those_in_use(logger: Logger) -> None:
    """The hint lists them."""
    logger.log("one", "best")
    with pytest.raises(ArtifactNotFoundError, match="has the alias 'bset'") as caught:
        resolve_version(logger.context, ArtifactPath(MNIST, "bset"))
    assert caught.value.hint == "Aliases in use are best, latest."


def test_a_missing_collection_is_named_with_its_project(logger: Logger) -> None:
    """The reader sees where it was looked for."""
    path = CollectionPath.parse("absent", default=AT)
    with pytest.raises(CollectionNotFoundError, match="no artifact 'absent' in ada/digits"):
        resolve_version(logger.context, ArtifactPath(path, "latest"))
    with pytest.raises(CollectionNotFoundError, match="no artifact 'absent' in ada/digits"):
        resolve_collection(logger.context, path)


def test_another_type_than_asked_for_is_refused(logger: Logger) -> None:
    """Both types are named."""
    logger.log("one")
    model = TypeName("model")
    with pytest.raises(TypeConflictError, match="of type 'dataset', not 'model'"):
        resolve_version(logger.context, ArtifactPath(MNIST, "v0"), type_name=model)
    with pytest.raises(CollectionNotFoundError, match="of type 'dataset', not 'model'") as caught:
        resolve_collection(logger.context, MNIST, type_name=model)
    assert caught.value.hint == "Ask for type 'dataset'."


def test_collections_of_a_type_are_listed(logger: Logger) -> None:
    """Oldest first, and only those of the type, if one is named."""
    logger.log("one")
    commit_version(logger.context, logger.request("net", files={}, type_name="model"))
    listing = list_collections(logger.context, AT, type_name=TypeName("model"))
    assert [str(item.value.path) for item in listing.page(after=None, limit=9)] == [
        "ada/digits/net"
    ]
    assert list_collections(logger.context, AT, type_name=None).count() == 2


def test_the_aliases_of_a_collection_are_sorted(logger: Logger) -> None:
    """Those of all its versions together."""
    logger.log("one", "z", "a")
    logger.log("two", "m")
    collection = resolve_collection(logger.context, MNIST)
    assert collection_aliases(logger.context, collection) == ["a", "latest", "m", "z"]


def test_between_pages_no_transaction_stays_open(logger: Logger) -> None:
    """Someone who reads slowly blocks nobody: others may write between two pages."""
    for text in ("one", "two", "three"):
        logger.log(text)
    listing = list_versions(logger.context, resolve_collection(logger.context, MNIST))
    first = listing.page(after=None, limit=2)
    logger.log("four")
    rest = listing.page(after=first[-1].key, limit=2)
    assert [item.value.index for item in [*first, *rest]] == [2, 1, 0]
