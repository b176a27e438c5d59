"""Objects in a bucket of Google Cloud Storage, beyond the contract.

What the emulator can do is tested on it by the contract. It knows no preconditions and no old
generations, so this is a test on a fake.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import google_crc32c
import pytest
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import RefreshError

from fake_gcs import FakeGcs
from hozon.errors import MissingObjectError, StorageError
from hozon.model.places import Place
from hozon.ports.object_store import StoredKey
from hozon.services.transfers import DOWNLOAD_THREADS
from hozon.services.uploads import UPLOAD_THREADS
from hozon.storage import gs
from hozon.storage.gs import CONNECTIONS, GsObjectStore
from servers import Answer, Request, Script
from worlds import ServeGcs

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LARGE = 20 * 2**20 + 5
"""More than two parts of an upload."""

OpenGs = Callable[..., GsObjectStore]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Give a file to store."""
    path = tmp_path / "source"
    path.write_bytes(b"hello")
    return path


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Give a file that is stored in parts, no two of which are alike."""
    path = tmp_path / "large"
    path.write_bytes(b"".join(b"%08d" % number for number in range(LARGE // 8 + 1))[:LARGE])
    return path


@pytest.fixture
def gcs(serve_gcs: ServeGcs) -> FakeGcs:
    """Give a versioned bucket."""
    return serve_gcs(versioned=True)


@pytest.fixture
def open_gs(gcs: FakeGcs) -> Iterator[OpenGs]:
    """Give a function that opens a store in the bucket, which does not try again."""
    with ExitStack() as opened:

        def make(
            bucket: str = gcs.bucket, *, prefix: str = "a", patience: timedelta = timedelta()
        ) -> GsObjectStore:
            store = GsObjectStore(bucket, prefix=prefix, patience=patience)
            opened.callback(store.close)
            return store

        yield make


@pytest.fixture
def patient(open_gs: OpenGs, monkeypatch: pytest.MonkeyPatch) -> GsObjectStore:
    """Give a store that tries again at once, for as long as a test may take."""
    monkeypatch.setattr(gs, "DEFAULT_RETRY", gs.DEFAULT_RETRY.with_delay(initial=0.001))
    return open_gs(patience=timedelta(minutes=1))


def fail_once(
    gcs: FakeGcs, chosen: Callable[[Request], bool], *, lose: bool, status: int = 503
) -> list[Request]:
    """Let the first of the chosen requests fail, before or after it is done; give all of them."""
    seen = list[Request]()

    def around(request: Request, script: Script) -> Answer:
        if not chosen(request):
            return script(request)
        seen.append(request)
        if len(seen) > 1:
            return script(request)
        if lose:
            script(request)
        return Answer(status, body=b"{}")

    gcs.around = around
    return seen


def record(gcs: FakeGcs, chosen: Callable[[Request], bool]) -> list[Request]:
    """Give the chosen requests as they come."""
    seen = list[Request]()

    def around(request: Request, script: Script) -> Answer:
        if chosen(request):
            seen.append(request)
        return script(request)

    gcs.around = around
    return seen


def is_upload(request: Request) -> bool:
    """Tell whether a request brings bytes."""
    return request.path.startswith("/upload") and len(request.body) > 100


def is_delete(request: Request) -> bool:
    """Tell whether a request, or a part of one, removes something."""
    return request.method == "DELETE"


def read(store: GsObjectStore, key: str, length: int) -> bytes:
    """Read an object from its beginning."""
    return b"".join(store.read(Place(key, 0, length)))


def every_call(store: GsObjectStore, source: Path) -> list[Callable[[], object]]:
    """Give the calls that raise where the store fails as a whole; reading is one more."""
    return [
        lambda: store.put("objects/0", source),
        lambda: list(store.keys()),
        lambda: store.recover("objects/0", "objects/1"),
    ]


def test_keys_lie_below_the_prefix(gcs: FakeGcs, open_gs: OpenGs, source: Path) -> None:
    """Several installations may share a bucket."""
    open_gs(prefix="team/a").put("objects/0", source)
    open_gs(prefix="team/ab").put("objects/1", source)
    assert gcs.kept() == [("team/a/objects/0", True), ("team/ab/objects/1", True)]
    assert list(open_gs(prefix="team/a").keys()) == [StoredKey("objects/0", 5)]


@pytest.mark.parametrize(("prefix", "url"), [("", "gs://b"), ("a/b", "gs://b/a/b")])
def test_the_url_is_that_of_bucket_and_prefix(open_gs: OpenGs, prefix: str, url: str) -> None:
    """As it stands in the settings."""
    assert open_gs("b", prefix=prefix).url == url


def test_uploads_carry_a_checksum(gcs: FakeGcs, open_gs: OpenGs, source: Path, large: Path) -> None:
    """At once or in parts, before the last byte has come: the store takes in nothing else."""
    asked = record(gcs, lambda request: request.method == "POST")
    store = open_gs()
    for path in (source, large):
        store.put(f"objects/{path.name}", path)
        wanted = b64encode(google_crc32c.value(path.read_bytes()).to_bytes(4)).decode()
        assert f'"crc32c": "{wanted}"'.encode() in asked.pop().body
    assert asked == []


def test_a_large_file_is_stored_in_parts(gcs: FakeGcs, open_gs: OpenGs, large: Path) -> None:
    """No request takes more than 8 MiB, so that memory stays flat."""
    asked = record(gcs, lambda request: bool(request.body))
    open_gs().put("objects/0", large)
    assert gcs.content("a/objects/0") == large.read_bytes()
    parts = [len(request.body) for request in asked if request.method == "PUT"]
    assert parts == [8 * 2**20, 8 * 2**20, LARGE - 16 * 2**20]


def test_a_range_is_read_across_requests(gcs: FakeGcs, open_gs: OpenGs) -> None:
    """No byte is lost or doubled between them."""
    content = bytes(range(256)) * (68 * 2**10 // 2)  # 8.5 MiB.
    gcs.put("a/packs/0", content)
    asked = record(gcs, lambda request: "Range" in request.headers)
    found = b"".join(open_gs().read(Place("packs/0", 3, len(content) - 7)))
    assert found == content[3:-4]
    assert [request.headers["Range"] for request in asked] == [
        "bytes=3-8388610",
        f"bytes=8388611-{len(content) - 5}",
    ]


def test_nothing_is_overwritten(gcs: FakeGcs, open_gs: OpenGs, source: Path, large: Path) -> None:
    """What is under the key stays, whether the file is stored at once or in parts."""
    gcs.put("a/objects/0", b"other")
    store = open_gs()
    for path in (source, large):
        with pytest.raises(StorageError, match=r"Uploading objects/0 .* another object"):
            store.put("objects/0", path)
    assert gcs.kept() == [("a/objects/0", True)]
    assert gcs.content("a/objects/0") == b"other"


@pytest.mark.parametrize("lose", [False, True], ids=["refused", "arrived"])
@pytest.mark.parametrize("name", ["source", "large"])
def test_an_upload_is_tried_again(
    gcs: FakeGcs, patient: GsObjectStore, tmp_path: Path, name: str, *, lose: bool
) -> None:
    """One that had arrived counts: the store takes nothing in twice, and holds what was meant."""
    path = tmp_path / name
    path.write_bytes(b"hello" * (1 if name == "source" else LARGE // 5))
    seen = fail_once(gcs, is_upload, lose=lose)
    patient.put("objects/0", path)
    assert len(seen) >= 2
    assert gcs.kept() == [("a/objects/0", True)]
    assert gcs.content("a/objects/0") == path.read_bytes()


def test_what_arrives_damaged_is_no_object(
    gcs: FakeGcs, open_gs: OpenGs, source: Path, large: Path
) -> None:
    """The store compares the checksum."""

    def damage(request: Request, script: Script) -> Answer:
        body = request.body.replace(b"hello", b"hallo").replace(b"00000077", b"00000078")
        return script(Request(request.method, request.target, request.headers, body))

    gcs.around = damage
    store = open_gs()
    for path in (source, large):
        with pytest.raises(StorageError, match="CRC32C"):
            store.put("objects/0", path)
    assert gcs.kept() == []


def test_a_part_that_arrives_in_part_is_an_error_of_ours(
    gcs: FakeGcs, open_gs: OpenGs, large: Path
) -> None:
    """The library does not send the rest of it; whoever uploads may try again."""

    def take_less(request: Request, script: Script) -> Answer:
        return Answer(308, {"Range": "bytes=0-99"}) if request.method == "PUT" else script(request)

    gcs.around = take_less
    with pytest.raises(StorageError, match="Uploading objects/0") as caught:
        open_gs().put("objects/0", large)
    assert isinstance(caught.value.__cause__, ValueError)
    assert gcs.kept() == []


def test_a_missing_bucket_is_named(open_gs: OpenGs, source: Path) -> None:
    """Every call says which bucket failed, and what to check."""
    store = open_gs("absent", prefix="x")
    for call in (
        *every_call(store, source),
        lambda: read(store, "objects/0", 1),
        lambda: store.delete(["objects/0"]),
        lambda: store.discard(["objects/0"], now=NOW),
        lambda: store.erase(["objects/0"]),
    ):
        with pytest.raises(StorageError, match="gs://absent/x") as caught:
            call()
        assert not isinstance(caught.value, MissingObjectError)
        assert "HOZON_STORAGE_URL: its bucket must exist" in caught.value.hint


@pytest.mark.parametrize(
    ("status", "hint"),
    [(401, "gcloud auth"), (403, "roles/storage.objectUser"), (503, "HOZON_STORAGE_URL")],
)
def test_a_store_that_refuses_is_named(
    gcs: FakeGcs,
    open_gs: OpenGs,
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    hint: str,
) -> None:
    """The hint depends on why; the original is kept as the cause."""
    monkeypatch.setattr(AnonymousCredentials, "refresh", lambda *_: None)
    store = open_gs()
    gcs.around = lambda *_: Answer(status, body=b'{"error": {"message": "no way"}}')
    for call in every_call(store, source):
        with pytest.raises(StorageError, match="gs://hozon-tests/a") as caught:
            call()
        assert hint in caught.value.hint
        assert caught.value.__cause__ is not None
    with pytest.raises(StorageError, match="gs://hozon-tests/a kept objects/0") as caught:
        store.delete(["objects/0"])
    assert "may delete objects" in caught.value.hint
    reasons = store.discard(["objects/0"], now=NOW) | store.erase(["objects/1"])
    assert list(reasons) == ["objects/0", "objects/1"]
    assert all(str(status) in reason for reason in reasons.values())


def test_reading_what_is_refused_is_named(gcs: FakeGcs, open_gs: OpenGs) -> None:
    """It is no missing object."""
    gcs.around = lambda *_: Answer(403, body=b"no way")
    with pytest.raises(StorageError, match=r"Reading objects/0 .* no way") as caught:
        read(open_gs(), "objects/0", 1)
    assert not isinstance(caught.value, MissingObjectError)
    assert "roles/storage.objectUser" in caught.value.hint


def test_credentials_that_ran_out_are_named(
    open_gs: OpenGs, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hint is the command that makes new ones."""
    store = open_gs()

    def refuse(*_: object, **__: object) -> None:
        raise RefreshError("reauthentication is needed")

    monkeypatch.setattr(store._client._http, "request", refuse)  # noqa: SLF001  Nobody issues any here.
    for call in every_call(store, source):
        with pytest.raises(StorageError, match="reauthentication is needed") as caught:
            call()
        assert caught.value.hint == "Run: gcloud auth application-default login"


def test_credentials_need_no_project(
    open_gs: OpenGs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of a person mostly name none; objects take none."""
    keys = ("client_id", "client_secret", "refresh_token")
    path = tmp_path / "credentials.json"
    path.write_text(json.dumps({"type": "authorized_user", **dict.fromkeys(keys, "x")}))
    for name in ("GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "STORAGE_EMULATOR_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    assert open_gs("b").url == "gs://b/a"


@pytest.mark.parametrize("bucket", ["-", "b-"])
def test_a_name_that_no_bucket_has_is_an_error_of_ours(open_gs: OpenGs, bucket: str) -> None:
    """The library refuses it before anything is sent."""
    with pytest.raises(StorageError, match=f"gs://{bucket} failed"):
        open_gs(bucket)


def test_every_transfer_has_a_connection(open_gs: OpenGs) -> None:
    """Uploads and downloads at once need not wait for each other."""
    session = open_gs()._client._http  # noqa: SLF001  Only the library knows how many there are.
    pools = [session.get_adapter(url)._pool_maxsize for url in ("https://x", "http://x")]  # noqa: SLF001  See above.
    assert pools == [CONNECTIONS, CONNECTIONS]
    assert CONNECTIONS >= UPLOAD_THREADS + DOWNLOAD_THREADS


def test_the_mark_of_a_folder_is_no_key(gcs: FakeGcs, open_gs: OpenGs, source: Path) -> None:
    """Consoles make one where someone clicks on 'create folder'."""
    store = open_gs()
    store.put("objects/0", source)
    for mark in ("a/", "a/objects/"):
        gcs.put(mark, b"")
    assert list(store.keys()) == [StoredKey("objects/0", 5)]


def test_a_versioned_bucket_keeps_what_is_discarded(
    gcs: FakeGcs, open_gs: OpenGs, source: Path
) -> None:
    """As an old generation, which erasing takes away, too."""
    store = open_gs()
    store.put("objects/0", source)
    store.discard(["objects/0"], now=NOW)
    assert gcs.kept() == [("a/objects/0", False)]
    assert store.erase(["objects/0"]) == {}
    assert gcs.kept() == []


def test_every_generation_is_erased(
    gcs: FakeGcs, open_gs: OpenGs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than fit one request; a key whose name begins alike keeps its own."""
    monkeypatch.setattr(gs, "_DELETE_BATCH", 2)
    for number in range(2 * FakeGcs.PAGE + 1):
        gcs.put("a/objects/1", b"%d" % number)
    gcs.put("a/objects/10", b"x")
    assert open_gs().erase(["objects/1"]) == {}
    assert gcs.kept() == [("a/objects/10", True)]


def test_the_newest_generation_is_recovered(gcs: FakeGcs, open_gs: OpenGs) -> None:
    """Those that are older are left alone."""
    for content in (b"first", b"newer"):
        gcs.put("a/objects/0", content)
    gcs.remove("a/objects/0")
    store = open_gs()
    assert store.recover("objects/0", "objects/1")
    assert read(store, "objects/1", 5) == b"newer"


def test_what_expires_meanwhile_is_not_recovered(gcs: FakeGcs, open_gs: OpenGs) -> None:
    """An older generation is, if there is one; otherwise nothing appears."""
    for content in (b"first", b"newer"):
        gcs.put("a/objects/0", content)
    gcs.put("a/objects/9", b"x")
    seen = fail_once(gcs, lambda request: "/rewriteTo/" in request.path, lose=False, status=404)
    store = open_gs()
    assert store.recover("objects/0", "objects/1")
    assert gcs.content("a/objects/1") == b"first"
    seen.clear()
    assert not store.recover("objects/9", "objects/8")
    assert [found.key for found in store.keys("")] == ["objects/0", "objects/1", "objects/9"]


def test_a_large_object_is_recovered_in_several_requests(
    gcs: FakeGcs, open_gs: OpenGs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store copies for a while, and says how far it has come."""
    monkeypatch.setattr(FakeGcs, "REWRITE", 2)
    gcs.put("a/objects/0", b"hello")
    asked = record(gcs, lambda request: "/rewriteTo/" in request.path)
    assert open_gs().recover("objects/0", "objects/1")
    assert gcs.content("a/objects/1") == b"hello"
    assert [request.query.get("rewriteToken") for request in asked] == [None, "2", "4"]


def test_a_copy_that_had_arrived_counts(gcs: FakeGcs, patient: GsObjectStore) -> None:
    """The store refuses to make it twice, and holds what was meant."""
    gcs.put("a/objects/0", b"hello")
    seen = fail_once(gcs, lambda request: "/rewriteTo/" in request.path, lose=True)
    assert patient.recover("objects/0", "objects/1")
    assert len(seen) == 2
    assert gcs.content("a/objects/1") == b"hello"


def test_nothing_is_overwritten_by_what_is_recovered(gcs: FakeGcs, open_gs: OpenGs) -> None:
    """What is under the new key stays."""
    gcs.put("a/objects/0", b"hello")
    gcs.put("a/objects/1", b"other")
    with pytest.raises(StorageError, match="another object"):
        open_gs().recover("objects/0", "objects/1")
    assert gcs.content("a/objects/1") == b"other"


def test_what_was_taken_away_again_is_not_accepted(
    gcs: FakeGcs, open_gs: OpenGs, source: Path
) -> None:
    """A key that was taken, and is free when one looks, holds nothing."""
    gcs.around = lambda request, script: (
        Answer(412, body=b"{}") if request.path.startswith("/upload") else script(request)
    )
    with pytest.raises(StorageError, match="Uploading objects/0"):
        open_gs().put("objects/0", source)


def test_a_refused_key_does_not_stop_the_rest(gcs: FakeGcs, open_gs: OpenGs) -> None:
    """The store answers for each key of a request; such as are held stay."""
    for key in ("a/objects/0", "a/objects/1"):
        gcs.put(key, b"x")

    def hold(request: Request, script: Script) -> Answer:
        if is_delete(request) and request.path.endswith("0"):
            return Answer(403, body=b'{"error": {"message": "Object is held"}}')
        return script(request)

    gcs.around = hold
    store = open_gs()
    assert store.discard(["objects/0", "objects/1"], now=NOW) == {"objects/0": "Object is held"}
    assert [found.key for found in store.keys("")] == ["objects/0"]
    with pytest.raises(StorageError, match=r"kept objects/0 \(Object is held\)"):
        store.delete(["objects/0"])


def test_a_refusal_without_a_reason_has_its_status(gcs: FakeGcs, open_gs: OpenGs) -> None:
    """What stands between here and Google may answer otherwise."""
    gcs.around = lambda request, script: (
        Answer(418, body=b"<html>") if is_delete(request) else script(request)
    )
    assert open_gs().discard(["objects/0"], now=NOW) == {"objects/0": "status 418"}


def test_a_failed_request_does_not_stop_the_next(
    gcs: FakeGcs, open_gs: OpenGs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its keys are named; those of the other requests are gone."""
    monkeypatch.setattr(gs, "_DELETE_BATCH", 2)
    names = [f"objects/{number}" for number in range(5)]
    for name in names:
        gcs.put(f"a/{name}", b"x")
    fail_once(gcs, lambda request: request.path.startswith("/batch"), lose=False)
    store = open_gs()
    failures = store.discard(names, now=NOW)
    assert list(failures) == names[:2]
    assert "503" in failures[names[0]]
    assert [found.key for found in store.keys("")] == names[:2]


@pytest.mark.parametrize("lose", [False, True], ids=["refused", "done"])
def test_what_fails_for_a_moment_is_removed_again(
    gcs: FakeGcs, patient: GsObjectStore, *, lose: bool
) -> None:
    """That alone is asked for again, and what is gone by then counts as removed."""
    names = [f"objects/{number}" for number in range(3)]
    for name in names:
        gcs.put(f"a/{name}", b"x")
    seen = fail_once(gcs, is_delete, lose=lose)
    assert patient.discard(names, now=NOW) == {}
    assert [request.path.rpartition("2F")[2] for request in seen] == ["0", "1", "2", "0"]
    assert gcs.kept() == [(f"a/{name}", False) for name in names]


def test_what_fails_for_long_is_named(gcs: FakeGcs, open_gs: OpenGs) -> None:
    """The others of its request are gone."""
    names = [f"objects/{number}" for number in range(3)]
    for name in names:
        gcs.put(f"a/{name}", b"x")
    fail_once(gcs, is_delete, lose=False, status=429)
    store = open_gs()
    failures = store.discard(names, now=NOW)
    assert list(failures) == names[:1]
    assert "429" in failures[names[0]]
    assert [found.key for found in store.keys("")] == names[:1]


def test_generations_that_cannot_be_listed_are_named(gcs: FakeGcs, open_gs: OpenGs) -> None:
    """Something of the key may be left, so it is not touched."""
    gcs.put("a/objects/0", b"x")
    gcs.put("a/objects/1", b"x")
    store = open_gs()
    fail_once(gcs, lambda request: "versions" in request.query, lose=False, status=403)
    assert "403" in store.erase(["objects/0", "objects/1"])["objects/0"]
    assert gcs.kept() == [("a/objects/0", True)]


def test_where_nobody_can_tell_the_bucket_counts_as_there(gcs: FakeGcs, open_gs: OpenGs) -> None:
    """An absent key is missing then, and removed."""
    gcs.around = lambda request, script: (
        Answer(503, body=b"{}") if "maxResults" in request.query else script(request)
    )
    store = open_gs()
    assert store.discard(["objects/0"], now=NOW) == {}
    with pytest.raises(MissingObjectError, match="objects/0"):
        read(store, "objects/0", 1)
