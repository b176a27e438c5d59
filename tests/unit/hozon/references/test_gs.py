"""References to objects of Google Cloud Storage, beyond the contract.

What the emulator can do is tested on it, by the contract and by the last tests here. It has no old
generations (asked for one, it gives the live object) and no pages, so those are tests on a fake.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from fake_gcs import FakeGcs
from hozon.errors import (
    InvalidReferenceError,
    MissingReferenceError,
    ReferenceBackendError,
    ReferenceChangedError,
    TooManyObjectsError,
)
from hozon.model.manifest import ManifestEntry
from hozon.ports.references import FoundObject
from hozon.references.gs import GsReferences
from hozon.testing.references import recorded
from servers import Answer, EmulatedGcs, Script, serve
from worlds import ServeGcs

OLD, NEW = b"old", b"new content"


@pytest.fixture
def open_gs() -> Iterator[Callable[[], GsReferences]]:
    """Give a function that makes a handler that does not try again."""
    with ExitStack() as opened:

        def make() -> GsReferences:
            handler = GsReferences(patience=timedelta())
            opened.callback(handler.close)
            return handler

        yield make


@pytest.fixture
def gcs(serve_gcs: ServeGcs) -> FakeGcs:
    """Give a versioned bucket."""
    return serve_gcs(versioned=True)


@pytest.fixture
def gs(gcs: FakeGcs, open_gs: Callable[[], GsReferences]) -> GsReferences:
    """Give a handler whose client meets the bucket."""
    del gcs
    return open_gs()


def find(gs: GsReferences, uri: str, *, max_objects: int | None = None) -> list[FoundObject]:
    """Find everything behind a URI."""
    return list(gs.find(uri, checksum=True, max_objects=max_objects))


def one(gs: GsReferences, uri: str) -> ManifestEntry:
    """Record the one object behind a URI."""
    (found,) = find(gs, uri)
    return recorded(found)


def test_generation_and_etag_are_recorded(gcs: FakeGcs, gs: GsReferences) -> None:
    """The ETag is the digest; the target names the generation."""
    number = gcs.put("d/data.csv", OLD)
    entry = one(gs, "gs://hozon-tests/d/data.csv")
    assert (entry.digest, entry.size) == (f"etag-{number}=", 3)
    assert entry.extra == {"etag": f"etag-{number}=", "versionID": str(number)}
    assert gs.target(entry) == f"gs://hozon-tests/d/data.csv#{number}"


def test_the_recorded_generation_is_read_after_it_was_overwritten(
    gcs: FakeGcs, gs: GsReferences
) -> None:
    """Not the live one."""
    gcs.put("data.csv", OLD)
    entry = one(gs, "gs://hozon-tests/data.csv")
    gcs.put("data.csv", NEW)
    assert b"".join(gs.read(entry)) == OLD


def test_an_old_generation_is_recorded_when_it_is_named(gcs: FakeGcs, gs: GsReferences) -> None:
    """And not the live one in its place; the URI of the object does not repeat it."""
    number = gcs.put("data.csv", OLD)
    gcs.put("data.csv", NEW)
    entry = one(gs, f"gs://hozon-tests/data.csv#{number}")
    assert (entry.ref, entry.extra["versionID"]) == ("gs://hozon-tests/data.csv", str(number))
    assert b"".join(gs.read(entry)) == OLD


def test_a_generation_that_does_not_exist_is_named(gcs: FakeGcs, gs: GsReferences) -> None:
    """The live one is not recorded in its place."""
    gcs.put("data.csv", OLD)
    with pytest.raises(InvalidReferenceError, match="no generation 7 of gs://hozon-tests/data"):
        find(gs, "gs://hozon-tests/data.csv#7")


def test_without_old_generations_a_change_is_an_error(
    serve_gcs: ServeGcs, open_gs: Callable[[], GsReferences]
) -> None:
    """It says what was recorded and what is there, and how to go on."""
    gcs = serve_gcs(versioned=False)
    gs = open_gs()
    old = gcs.put("data.csv", OLD)
    entry = one(gs, "gs://hozon-tests/data.csv")
    new = gcs.put("data.csv", NEW)
    with pytest.raises(
        ReferenceChangedError, match=f"has the generation {new}, and {old} was recorded"
    ) as caught:
        b"".join(gs.read(entry))
    assert "#generation" in caught.value.hint


def test_without_old_generations_what_was_removed_is_missing(
    serve_gcs: ServeGcs, open_gs: Callable[[], GsReferences]
) -> None:
    """Nothing is there in its place."""
    gcs = serve_gcs(versioned=False)
    gs = open_gs()
    gcs.put("data.csv", OLD)
    entry = one(gs, "gs://hozon-tests/data.csv")
    gcs.remove("data.csv")
    with pytest.raises(MissingReferenceError, match=r"no gs://hozon-tests/data\.csv#\d+ any more"):
        b"".join(gs.read(entry))


def test_marks_of_folders_are_no_files(gcs: FakeGcs, gs: GsReferences) -> None:
    """Empty objects are."""
    for key in ("d/", "d/e/", "d/e/empty", "d/f"):
        gcs.put(key, b"")
    assert [item.name for item in find(gs, "gs://hozon-tests/d")] == ["e/empty", "f"]


def test_a_key_wins_over_the_keys_below_it(gcs: FakeGcs, gs: GsReferences) -> None:
    """With a slash at the end, the others are meant."""
    gcs.put("data", OLD)
    gcs.put("data/1", NEW)
    assert [(i.name, i.single) for i in find(gs, "gs://hozon-tests/data")] == [("data", True)]
    assert [(i.name, i.single) for i in find(gs, "gs://hozon-tests/data/")] == [("1", False)]


def test_the_objects_of_a_bucket_are_named_by_their_keys(gcs: FakeGcs, gs: GsReferences) -> None:
    """On all pages of the listing."""
    keys = [f"d/{number:02}" for number in range(2 * FakeGcs.PAGE + 1)]
    for key in keys:
        gcs.put(key, OLD)
    assert [item.name for item in find(gs, "gs://hozon-tests")] == keys


def test_more_than_ten_thousand_are_refused_by_default(
    gcs: FakeGcs, gs: GsReferences, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With more leave, they are found."""
    monkeypatch.setattr(FakeGcs, "PAGE", 5_000)
    for number in range(10_001):
        gcs.put(f"d/{number:05}", b"")
    with pytest.raises(TooManyObjectsError, match="more than 10,000 objects"):
        find(gs, "gs://hozon-tests/d")
    assert len(find(gs, "gs://hozon-tests/d", max_objects=20_000)) == 10_001


@pytest.mark.parametrize("path", ["", "/", "/data", "/data/"])
def test_a_missing_bucket_is_named(gs: GsReferences, path: str) -> None:
    """A typing error in a bucket is found when the reference is added."""
    with pytest.raises(InvalidReferenceError, match=f"nothing at 'gs://absent{path}'"):
        find(gs, f"gs://absent{path}")


@pytest.mark.parametrize("key", ["a b.csv", "a%20b", "a?b", "ä/ö", "a#b"])
def test_a_name_is_taken_as_it_is_written(gcs: FakeGcs, gs: GsReferences, key: str) -> None:
    """Nothing is quoted or unquoted."""
    gcs.put(key, OLD)
    entry = one(gs, f"gs://hozon-tests/{key}")
    assert entry.ref == f"gs://hozon-tests/{key}"
    assert b"".join(gs.read(entry)) == OLD


def test_a_name_that_looks_like_a_generation_is_read(gcs: FakeGcs, gs: GsReferences) -> None:
    """It cannot be named alone; below a prefix it is found, and recorded as it is."""
    gcs.put("d/a#1", OLD)
    assert b"".join(gs.read(one(gs, "gs://hozon-tests/d"))) == OLD


def test_large_objects_are_read_in_several_requests(gcs: FakeGcs, gs: GsReferences) -> None:
    """So that memory stays flat; no byte is lost or doubled between them."""
    content = bytes(range(256)) * (68 * 2**20 // 2**10 // 2)  # 8.5 MiB.
    gcs.put("large", content)
    assert b"".join(gs.read(one(gs, "gs://hozon-tests/large"))) == content


@pytest.mark.parametrize("uri", ["gs://", "gs:///key", "gs:key", "gs://bucket#1"])
def test_what_names_no_object_is_refused(gs: GsReferences, uri: str) -> None:
    """The hint shows the forms."""
    with pytest.raises(InvalidReferenceError, match="names no object") as caught:
        find(gs, uri)
    assert "gs://bucket/key#generation" in caught.value.hint


def test_nobody_can_tell_whether_a_file_matches(
    gcs: FakeGcs, gs: GsReferences, tmp_path: Path
) -> None:
    """An ETag of Google's says nothing about the bytes."""
    gcs.put("data.csv", OLD)
    (tmp_path / "data.csv").write_bytes(OLD)
    assert not gs.matches(one(gs, "gs://hozon-tests/data.csv"), tmp_path / "data.csv")


@pytest.mark.parametrize("status", [401, 403, 503])
def test_a_store_that_fails_is_named(
    open_gs: Callable[[], GsReferences], monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """When looking, when listing and when reading; the original is kept as the cause."""
    refuse: Script = lambda _: Answer(status, body=b"{}")  # noqa: E731  Short, and typed.
    with serve(refuse) as server:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", server.url)
        gs = open_gs()
        extra = {"etag": "x", "versionID": "1"}
        for call in (
            lambda: find(gs, "gs://b/d/a"),
            lambda: find(gs, "gs://b/d/"),
            lambda: b"".join(gs.read(ManifestEntry("a", "x", 1, "gs://b/d/a", extra))),
        ):
            with pytest.raises(ReferenceBackendError, match="gs://b/d") as caught:
                call()
            assert caught.value.__cause__ is not None
            assert "credentials" in caught.value.hint


def test_credentials_need_no_project(
    open_gs: Callable[[], GsReferences], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of a person mostly name none; looking at objects takes none."""
    keys = ("client_id", "client_secret", "refresh_token")
    path = tmp_path / "credentials.json"
    path.write_text(json.dumps({"type": "authorized_user", **dict.fromkeys(keys, "x")}))
    for name in ("GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    assert open_gs().target(ManifestEntry("x", "x", 1, "gs://b/x")) == "gs://b/x"


def test_credentials_that_are_missing_are_an_error_of_ours(
    open_gs: Callable[[], GsReferences], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hint names the command that makes them."""
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "absent.json"))
    with pytest.raises(ReferenceBackendError, match="Setting up the client") as caught:
        open_gs()
    assert "gcloud auth" in caught.value.hint


# On the emulator.


def test_the_emulator_gives_etag_and_generation(
    emulated: EmulatedGcs, open_gs: Callable[[], GsReferences]
) -> None:
    """Of a single object and below a prefix; the ETag is the digest."""
    number = emulated.put("d/data.csv", OLD)
    gs = open_gs()
    alone, below = one(gs, "gs://hozon-tests/d/data.csv"), one(gs, "gs://hozon-tests/d")
    assert alone == below
    assert (alone.digest, alone.size) == (alone.extra["etag"], 3)
    assert alone.extra["versionID"] == str(number)
    assert gs.target(alone) == f"gs://hozon-tests/d/data.csv#{number}"
    assert b"".join(gs.read(alone)) == OLD


@pytest.mark.parametrize("content", [NEW, OLD[::-1]], ids=["longer", "as long"])
def test_the_live_generation_never_stands_for_the_recorded_one(
    emulated: EmulatedGcs, open_gs: Callable[[], GsReferences], content: bytes
) -> None:
    """Though the emulator offers it, as a server between here and Google may do."""
    old = emulated.put("data.csv", OLD)
    gs = open_gs()
    entry = one(gs, "gs://hozon-tests/data.csv")
    new = emulated.put("data.csv", content)
    changed = f"has the generation {new}, and {old} was recorded"
    with pytest.raises(ReferenceChangedError, match=changed):
        b"".join(gs.read(entry))
    with pytest.raises(InvalidReferenceError, match=f"no generation {old} of"):
        find(gs, f"gs://hozon-tests/data.csv#{old}")


def test_the_emulator_refuses_as_google_does(
    emulated: EmulatedGcs, open_gs: Callable[[], GsReferences]
) -> None:
    """A removed object is missing, an absent bucket is named, and too many are too many."""
    emulated.put("d/a", OLD)
    emulated.put("d/b", OLD)
    gs = open_gs()
    entry = one(gs, "gs://hozon-tests/d/a")
    emulated.remove("d/a")
    with pytest.raises(MissingReferenceError, match=r"no gs://hozon-tests/d/a#\d+ any more"):
        b"".join(gs.read(entry))
    with pytest.raises(InvalidReferenceError, match="nothing at 'gs://absent/d'"):
        find(gs, "gs://absent/d")
    emulated.put("d/a", NEW)
    with pytest.raises(TooManyObjectsError, match="more than 1 object"):
        find(gs, "gs://hozon-tests/d", max_objects=1)
