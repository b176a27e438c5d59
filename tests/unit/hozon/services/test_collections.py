"""Changing collections: names, types and notes, also while others write."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hozon.errors import (
    ArtifactNotFoundError,
    CollectionKindError,
    CollectionNameError,
    CollectionNotFoundError,
    InvalidNameError,
    TypeConflictError,
    VersionStateError,
)
from hozon.model.names import CollectionName, TypeName
from hozon.model.paths import ArtifactPath, CollectionPath
from hozon.model.retention import RetentionPolicy
from hozon.model.tags import Tag
from hozon.ports.catalog import Collection
from hozon.ports.retention import CollectionPolicy
from hozon.services.collections import CollectionState, edit_collection, read_collection
from hozon.services.commit import CommitResult, commit_version
from hozon.services.context import Context
from hozon.services.delete import delete_collection
from hozon.services.lineage import list_logged
from hozon.services.links import link_version, unlink_version
from hozon.services.resolve import (
    collection_of,
    list_collections,
    list_versions,
    resolve_collection,
    resolve_version,
)
from hozon.services.restore import restore_collection, restore_version
from hozon.testing.memory import MemoryObjectStore
from worlds import AT, MNIST, Logger

DIGITS = CollectionPath.parse("digits", default=AT)
SHARED = CollectionPath.parse("shared", default=AT)


class SlowStore(MemoryObjectStore):
    """Holds the first upload until it is let go."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        super().__init__()
        self.begun, self.go_on = threading.Event(), threading.Event()

    def put(self, key: str, source: Path, *, may_link: bool = False) -> None:
        """Say that an upload has begun, and wait."""
        self.begun.set()
        assert self.go_on.wait(timeout=20)
        super().put(key, source, may_link=may_link)


def edit(
    context: Context,
    collection: Collection,
    *,
    name: str | None = None,
    type_name: str | None = None,
) -> Collection:
    """Change the name or the type of a collection."""
    seen = CollectionState(collection.facts, None)
    facts = replace(
        collection.facts,
        name=CollectionName(name or collection.path.name),
        type=TypeName(type_name or collection.type),
    )
    return edit_collection(context, collection, seen=seen, wanted=replace(seen, facts=facts))[0]


@contextmanager
def uploading(logger: Logger) -> Iterator[list[CommitResult | BaseException]]:
    """Let the block do something while `mnist` gets another version."""
    store = SlowStore()
    slow = replace(logger.context, store=store)
    request = logger.request(files={"data.txt": b"meanwhile"})
    results: list[CommitResult | BaseException] = []
    with ThreadPoolExecutor(1) as threads:
        task = threads.submit(commit_version, slow, request)
        assert store.begun.wait(timeout=20)
        try:
            yield results  # Filled when the block has ended.
        finally:
            store.go_on.set()
        results.append(task.exception(timeout=20) or task.result())


def test_a_renamed_collection_is_found_by_its_new_name_only(logger: Logger) -> None:
    """With its versions, aliases, maker and number; the old path says where it went."""
    run = logger.start_run("maker")
    version = logger.log("one", "best", run=run.key).version
    collection = resolve_collection(logger.context, MNIST)
    changed = edit(logger.context, collection, name="digits")
    assert (str(changed.path), changed.key) == ("ada/digits/digits", collection.key)
    found = resolve_version(logger.context, ArtifactPath(DIGITS, "best"))
    assert (found.id, str(found.path)) == (version.id, "ada/digits/digits:v0")
    logged = list_logged(logger.context, run.key).page(after=None, limit=9)
    assert [str(item.value.path) for item in logged] == ["ada/digits/digits:v0"]
    with pytest.raises(CollectionNotFoundError, match="no artifact 'mnist'") as caught:
        resolve_version(logger.context, ArtifactPath(MNIST, "best"))
    assert caught.value.hint == "It was renamed: look for ada/digits/digits."
    with pytest.raises(CollectionNotFoundError) as caught:
        restore_collection(logger.context, MNIST)
    assert caught.value.hint == "It was renamed: look for ada/digits/digits."
    assert collection_of(logger.context, version) == changed
    assert read_collection(logger.context, collection) == changed


def test_a_name_that_a_collection_had_is_given_to_no_other(logger: Logger) -> None:
    """Neither by logging, nor by linking, nor by renaming; the collection itself takes it back."""
    version = logger.log("one").version
    collection = edit(logger.context, resolve_collection(logger.context, MNIST), name="digits")
    with pytest.raises(CollectionNameError, match="mnist has been renamed to ada/digits/digits"):
        logger.log("two")
    with pytest.raises(CollectionNameError, match="mnist has been renamed"):
        link_version(logger.context, version, MNIST, aliases=[])
    request = logger.request("letters", files={"a": b"a"})
    letters = commit_version(logger.context, request).version.collection
    other = resolve_collection(logger.context, letters)
    with pytest.raises(CollectionNameError, match="mnist has been renamed"):
        edit(logger.context, other, name="mnist")
    back = edit(logger.context, collection, name="mnist")
    assert str(back.path) == "ada/digits/mnist"
    assert str(logger.log("two").version.path) == "ada/digits/mnist:v1"
    with pytest.raises(CollectionNameError, match="digits has been renamed to ada/digits/mnist"):
        edit(logger.context, other, name="digits")


def test_a_taken_name_is_refused(logger: Logger) -> None:
    """That of a collection, and that of a deleted one, whose versions may come back."""
    logger.log("one")
    commit_version(logger.context, logger.request("digits", files={"a": b"a"}))
    collection = resolve_collection(logger.context, MNIST)
    with pytest.raises(CollectionNameError, match="There is a collection ada/digits/digits"):
        edit(logger.context, collection, name="digits")
    delete_collection(logger.context, resolve_collection(logger.context, DIGITS))
    with pytest.raises(CollectionNameError, match="digits is the name of a collection that was"):
        edit(logger.context, collection, name="digits")
    assert resolve_collection(logger.context, MNIST) == collection


def test_a_deleted_collection_does_not_change(logger: Logger) -> None:
    """The hint says how to bring it back; after that it does."""
    logger.log("one")
    collection = resolve_collection(logger.context, MNIST)
    delete_collection(logger.context, collection)
    with pytest.raises(CollectionNotFoundError) as caught:
        edit(logger.context, collection, name="digits")
    assert "hozon artifact restore ada/digits/mnist" in caught.value.hint
    restore_collection(logger.context, MNIST)
    assert str(edit(logger.context, collection, name="digits").path) == "ada/digits/digits"


def test_a_collection_that_others_renamed_is_still_deleted_and_changed(logger: Logger) -> None:
    """Whoever holds it from before knows its key."""
    logger.log("one")
    before = resolve_collection(logger.context, MNIST)
    edit(logger.context, before, name="digits")
    assert edit(logger.context, before, type_name="images").path == DIGITS
    assert delete_collection(logger.context, before) == 1


def test_an_upload_lands_in_the_renamed_collection(logger: Logger) -> None:
    """It is neither lost nor in a collection of the old name."""
    logger.log("one")
    with uploading(logger) as results:
        edit(logger.context, resolve_collection(logger.context, MNIST), name="digits")
    (result,) = results
    assert isinstance(result, CommitResult)
    assert str(result.version.path) == "ada/digits/digits:v1"
    assert resolve_version(logger.context, ArtifactPath(DIGITS, "latest")) == result.version


def test_an_upload_of_the_old_type_is_refused(logger: Logger) -> None:
    """The type changed meanwhile: nothing of two types is in one collection."""
    logger.log("one")
    with uploading(logger) as results:
        edit(logger.context, resolve_collection(logger.context, MNIST), type_name="images")
    (result,) = results
    assert isinstance(result, TypeConflictError)
    assert "holds artifacts of type 'images', not 'dataset'" in result.message
    with pytest.raises(ArtifactNotFoundError):
        resolve_version(logger.context, ArtifactPath(MNIST, "v1"))


def test_all_versions_take_the_new_type(logger: Logger) -> None:
    """Those that are deleted, too; what is logged as the old type is refused."""
    version = logger.log("one").version
    changed = edit(logger.context, resolve_collection(logger.context, MNIST), type_name="images")
    assert changed.type == "images"
    assert resolve_version(logger.context, version.path).type == "images"
    with pytest.raises(TypeConflictError, match="not 'dataset'"):
        logger.log("two")
    with pytest.raises(InvalidNameError, match="reserved"):
        edit(logger.context, changed, type_name="job")


def test_types_are_not_mixed_in_portfolios(logger: Logger) -> None:
    """A link keeps the type of its source, also one that was removed and would come back."""
    link = link_version(logger.context, logger.log("one").version, SHARED, aliases=[])
    collection = resolve_collection(logger.context, MNIST)
    with pytest.raises(TypeConflictError, match="ada/digits/shared:v0"):
        edit(logger.context, collection, type_name="images")
    with pytest.raises(TypeConflictError, match="is a portfolio"):
        edit(logger.context, resolve_collection(logger.context, SHARED), type_name="images")
    removed = unlink_version(logger.context, link)
    edit(logger.context, collection, type_name="images")
    with pytest.raises(VersionStateError, match="which is of type 'images' by now"):
        restore_version(logger.context, removed)


def test_changes_of_two_callers_are_both_kept(logger: Logger) -> None:
    """One says something, the other renames and sets a policy, each as they saw it before."""
    logger.log("one")
    collection = resolve_collection(logger.context, MNIST)
    seen = CollectionState(collection.facts, CollectionPolicy())
    said = replace(collection.facts, description="Digits", tags=(Tag("small"),))
    edit_collection(logger.context, collection, seen=seen, wanted=CollectionState(said, None))
    renamed = replace(collection.facts, name=CollectionName("digits"), tags=(Tag("vision"),))
    policy = CollectionPolicy(timedelta(days=1), RetentionPolicy(keep_newest=1))
    found, kept = edit_collection(
        logger.context, collection, seen=seen, wanted=CollectionState(renamed, policy)
    )
    assert (str(found.path), found.description) == ("ada/digits/digits", "Digits")
    assert (found.tags, kept) == (("small", "vision"), policy)


def test_nothing_is_changed_when_a_part_is_refused(logger: Logger) -> None:
    """A portfolio has no TTL: its new name is not taken either."""
    link_version(logger.context, logger.log("one").version, SHARED, aliases=[])
    portfolio = resolve_collection(logger.context, SHARED)
    seen = CollectionState(portfolio.facts, CollectionPolicy())
    wanted = CollectionState(
        replace(portfolio.facts, name=CollectionName("digits")), CollectionPolicy(timedelta(days=1))
    )
    with pytest.raises(CollectionKindError):
        edit_collection(logger.context, portfolio, seen=seen, wanted=wanted)
    assert resolve_collection(logger.context, SHARED) == portfolio


def test_of_two_that_take_one_name_at_once_one_gets_it(logger: Logger) -> None:
    """The other is refused, and keeps its own."""
    logger.log("one")
    commit_version(logger.context, logger.request("letters", files={"a": b"a"}))
    both = [
        resolve_collection(logger.context, CollectionPath(AT, CollectionName(name)))
        for name in ("mnist", "letters")
    ]
    meeting = threading.Barrier(2, timeout=20)

    def take(collection: Collection) -> str:
        meeting.wait()
        try:
            return str(edit(logger.context, collection, name="digits").path)
        except CollectionNameError:
            return "refused"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(take, both)) == ["ada/digits/digits", "refused"]


def test_nothing_is_lost_while_a_collection_is_renamed_again_and_again(logger: Logger) -> None:
    """Whoever logs by a name that is gone is told so; all that was logged is in one collection."""
    logger.log("first")
    names = ["digits", "scans", "mnist"] * 4
    renaming = threading.Event()

    def rename() -> None:
        for name in names:
            renaming.wait(timeout=20)
            edit(logger.context, read_collection(logger.context, collection), name=name)

    def write(writer: int) -> tuple[list[int], int]:
        logged, refused = [], 0
        for number in range(12):
            request = logger.request(files={"data.txt": f"{writer} {number}".encode()})
            try:
                logged.append(commit_version(logger.context, request).version.index)
            except CollectionNameError:
                refused += 1
            renaming.set()
        return logged, refused

    collection = resolve_collection(logger.context, MNIST)
    with ThreadPoolExecutor(3) as threads:
        task = threads.submit(rename)
        written = list(threads.map(write, range(2)))
        task.result(timeout=20)
    logged = sorted(index for indexes, _ in written for index in indexes)
    assert logged == list(range(1, len(logged) + 1))
    assert len(logged) + sum(refused for _, refused in written) == 24
    found = read_collection(logger.context, collection)
    assert str(found.path) == "ada/digits/mnist"
    listed = list_versions(logger.context, found)
    assert [item.value.index for item in listed.page(after=None, limit=100)] == [
        *reversed(logged),
        0,
    ]
    others = list_collections(logger.context, AT, type_name=None)
    assert [str(item.value.path) for item in others.page(after=None, limit=9)] == [str(found.path)]
