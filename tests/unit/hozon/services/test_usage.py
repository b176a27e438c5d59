"""Usage: names have to exist, and lists go on while things change."""

import pytest

from hozon.errors import CollectionKindError, CollectionNotFoundError
from hozon.model.paths import CollectionPath
from hozon.model.usage import NamePatterns
from hozon.services.commit import commit_version
from hozon.services.delete import delete_version
from hozon.services.links import link_version
from hozon.services.usage import list_usage, list_version_usage, measure_freed
from worlds import AT, MNIST, Logger


def names(logger: Logger, *patterns: str) -> list[str]:
    """Name the collections that are measured."""
    listing = list_usage(logger.context, AT, names=NamePatterns.of(patterns), type_name=None)
    return [item.value.name for item in listing.page(after=None, limit=9)]


def test_usage_is_told_of_what_is_named(logger: Logger) -> None:
    """By name, by pattern, and of everything."""
    logger.log("one")
    assert names(logger) == names(logger, "mn*") == names(logger, "mnist") == ["mnist"]
    assert names(logger, "x*") == []


def test_a_name_has_to_exist(logger: Logger) -> None:
    """A misspelt one is an error, and so is a portfolio."""
    source = logger.log("one").version
    shared = CollectionPath.parse("shared", default=AT)
    link_version(logger.context, source, shared, aliases=[])
    with pytest.raises(CollectionNotFoundError, match="'minst' in ada/digits"):
        names(logger, "minst")
    with pytest.raises(CollectionNotFoundError, match="'minst' in ada/digits"):
        list_version_usage(logger.context, CollectionPath.parse("minst", default=AT))
    for call in (
        lambda: names(logger, "shared"),
        lambda: list_version_usage(logger.context, shared),
    ):
        with pytest.raises(CollectionKindError, match="its links hold no bytes of their own"):
            call()


def test_a_collection_of_which_all_is_deleted_is_measured(logger: Logger) -> None:
    """Its bytes are still there."""
    delete_version(logger.context, logger.log("one").version, delete_aliases=True)
    (item,) = list_version_usage(logger.context, MNIST).page(after=None, limit=9)
    assert (item.value.state, item.value.unique_bytes) == ("DELETED", 3)
    assert names(logger, "mnist") == ["mnist"]


def test_what_versions_share_is_freed_with_the_last_of_them(logger: Logger) -> None:
    """And a link holds nothing."""
    context = logger.context
    shared = CollectionPath.parse("shared", default=AT)
    first = logger.log("one").version
    link = link_version(context, first, shared, aliases=[])
    request = logger.request(files={"a": b"one", "b": b"other"})
    second = commit_version(context, request).version
    assert measure_freed(context, [first]) == 0
    assert measure_freed(context, [second, link]) == 5
    assert measure_freed(context, [first, second]) == 8
