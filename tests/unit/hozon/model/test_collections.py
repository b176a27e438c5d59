"""What may change of a collection, and what becomes of changes that meet."""

import pytest

from hozon.errors import CollectionNameError, InvalidNameError, TypeConflictError
from hozon.model.collections import (
    CollectionFacts,
    check_name_free,
    check_retype,
    merge_facts,
)
from hozon.model.links import CollectionKind
from hozon.model.names import CollectionName, TypeName
from hozon.model.paths import ArtifactPath, CollectionPath
from hozon.model.tags import Tag
from hozon.testing.records import AT, DATASET, MODEL

HERE = CollectionPath(AT, CollectionName("mnist"))
THERE = CollectionPath(AT, CollectionName("digits"))


def facts(
    name: str = "mnist", type_name: str = "dataset", note: str | None = None, *tags: str
) -> CollectionFacts:
    """Describe a collection."""
    return CollectionFacts(CollectionName(name), TypeName(type_name), note, tuple(map(Tag, tags)))


def test_what_the_caller_did_not_change_is_as_it_is_now() -> None:
    """Name, type and description one by one, and each tag by itself."""
    seen = facts("mnist", "dataset", "old", "a", "b")
    now = facts("digits", "images", "new", "b", "c")
    assert merge_facts(now, seen=seen, wanted=seen) == facts("digits", "images", "new", "b", "c")
    wanted = facts("scans", "model", None, "a", "d")
    assert merge_facts(now, seen=seen, wanted=wanted) == facts("scans", "model", None, "c", "d")


@pytest.mark.parametrize("reserved", ["job", "hozon-index", "WANDB-history"])
def test_reserved_types_are_neither_taken_nor_left(reserved: str) -> None:
    """Only tools make them."""
    for before, after in ((DATASET, reserved), (reserved, MODEL)):
        with pytest.raises(InvalidNameError, match="reserved"):
            check_retype(
                HERE,
                kind=CollectionKind.SEQUENCE,
                before=TypeName(before),
                after=TypeName(after),
                links=[],
            )


def test_two_types_never_meet_in_a_portfolio() -> None:
    """Neither a portfolio nor what portfolios link to changes its type; the links are named."""
    check_retype(HERE, kind=CollectionKind.SEQUENCE, before=DATASET, after=MODEL, links=[])
    with pytest.raises(TypeConflictError, match="ada/digits/mnist is a portfolio of type"):
        check_retype(HERE, kind=CollectionKind.PORTFOLIO, before=DATASET, after=MODEL, links=[])
    links = [ArtifactPath.at_index(THERE, index) for index in range(7)]
    with pytest.raises(TypeConflictError, match="ada/digits/digits:v4 and 2 more"):
        check_retype(HERE, kind=CollectionKind.SEQUENCE, before=DATASET, after=MODEL, links=links)


def test_a_name_is_free_when_no_collection_has_or_had_it() -> None:
    """Else the message says which of them it is."""
    check_name_free(HERE, holder=None, is_listed=False, renamed_to=None)
    with pytest.raises(CollectionNameError, match="There is a collection ada/digits/mnist already"):
        check_name_free(HERE, holder=HERE, is_listed=True, renamed_to=None)
    with pytest.raises(CollectionNameError, match="was deleted, or is being made"):
        check_name_free(HERE, holder=HERE, is_listed=False, renamed_to=None)
    with pytest.raises(CollectionNameError, match="renamed to ada/digits/digits") as caught:
        check_name_free(HERE, holder=None, is_listed=False, renamed_to=THERE)
    assert "'digits'" in caught.value.hint
