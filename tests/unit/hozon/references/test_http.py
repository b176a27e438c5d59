"""References to what a web server gives, beyond the contract."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from hozon.errors import (
    InvalidReferenceError,
    MissingReferenceError,
    ReferenceBackendError,
    ReferenceChangedError,
)
from hozon.model.manifest import ManifestEntry
from hozon.ports.references import FoundObject
from hozon.references.http import MAX_BYTES, MAX_REDIRECTS, HttpReferences
from servers import Answer, Request, Script, WebServer, serve

Serve = Callable[[Script], WebServer]
ETAG = {"ETag": '"abc"'}


@pytest.fixture
def start() -> Iterator[Serve]:
    """Give a function that starts a server."""
    with ExitStack() as servers:
        yield lambda script: servers.enter_context(serve(script))


@pytest.fixture
def http() -> Iterator[HttpReferences]:
    """Give a handler that waits for long."""
    handler = HttpReferences(timeout=timedelta(seconds=30))
    yield handler
    handler.close()


def find(http: HttpReferences, uri: str, *, checksum: bool = True) -> FoundObject:
    """Find the one object behind a URL."""
    (found,) = http.find(uri, checksum=checksum, max_objects=None)
    return found


def entry(
    uri: str, *, digest: str = "abc", size: int | None = 5, etag: str | None = "abc"
) -> ManifestEntry:
    """Describe a reference that was recorded."""
    return ManifestEntry("x", digest, size, uri, {} if etag is None else {"etag": etag})


def read(http: HttpReferences, recorded: ManifestEntry) -> bytes:
    """Read all of it."""
    return b"".join(http.read(recorded))


def test_the_etag_is_the_digest(http: HttpReferences, start: Serve) -> None:
    """Without its quotes, in `extra`, too; the size is what the server says."""
    server = start(lambda _: Answer(headers=ETAG, body=b"hello"))
    found = find(http, f"{server.url}/d/x.csv?v=1")
    assert (found.digest, found.size, found.extra) == ("abc", 5, {"etag": "abc"})
    assert (found.name, found.ref) == ("x.csv", f"{server.url}/d/x.csv?v=1")


def test_a_weak_etag_keeps_its_mark(http: HttpReferences, start: Serve) -> None:
    """It is not the same as a strong one of the same text."""
    server = start(lambda _: Answer(headers={"ETag": 'W/"abc"'}))
    assert find(http, server.url + "/x").digest == 'W/"abc"'


def test_without_an_etag_the_url_is_the_digest(http: HttpReferences, start: Serve) -> None:
    """And there is nothing to put into `extra`."""
    server = start(lambda _: Answer(body=b"hello"))
    found = find(http, server.url + "/x")
    assert (found.digest, found.size, found.extra) == (server.url + "/x", 5, {})


def test_without_a_checksum_no_etag_is_recorded(http: HttpReferences, start: Serve) -> None:
    """What changes often may be referred to; its size is still held to."""
    server = start(lambda _: Answer(headers=ETAG, body=b"hello"))
    found = find(http, server.url + "/x", checksum=False)
    assert (found.digest, found.size, found.extra) == (server.url + "/x", 5, {})


def test_a_length_that_nobody_says_is_unknown(http: HttpReferences, start: Serve) -> None:
    """And any length is read then."""
    server = start(lambda _: Answer(headers={**ETAG, "Content-Length": ""}, body=b"hello"))
    assert find(http, server.url + "/x").size is None
    assert read(http, entry(server.url + "/x", size=None)) == b"hello"


@pytest.mark.parametrize(
    ("path", "name"), [("/a%20b/c%20d.csv", "c d.csv"), ("/", ""), ("", ""), ("/d/", "")]
)
def test_the_name_is_the_end_of_the_path(
    http: HttpReferences, start: Serve, path: str, name: str
) -> None:
    """Unquoted; there may be none."""
    assert find(http, start(lambda _: Answer()).url + path).name == name


@pytest.mark.parametrize("status", [400, 403, 404, 405, 500, 501])
def test_a_server_that_refuses_head_is_asked_by_get(
    http: HttpReferences, start: Serve, status: int
) -> None:
    """Of which no body is read: this one would never end."""

    def script(request: Request) -> Answer:
        if request.method == "HEAD":
            return Answer(status)
        return Answer(headers={**ETAG, "Content-Length": str(10**12)})

    server = start(script)
    assert find(http, server.url + "/x").size == 10**12
    assert [request.method for request in server.requests] == ["HEAD", "GET"]


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_not_there_is_an_error(http: HttpReferences, start: Serve, status: int) -> None:
    """One when it is added, another when it was recorded."""
    server = start(lambda _: Answer(status))
    with pytest.raises(InvalidReferenceError, match=rf"nothing at '{server.url}/x' \(status"):
        find(http, server.url + "/x")
    with pytest.raises(MissingReferenceError, match=rf"nothing at '{server.url}/x' any more"):
        read(http, entry(server.url + "/x"))


@pytest.mark.parametrize(
    ("status", "hint"), [(401, ".netrc"), (403, ".netrc"), (429, "again"), (500, "again")]
)
def test_a_server_that_refuses_is_named(
    http: HttpReferences, start: Serve, status: int, hint: str
) -> None:
    """With its status, and with what to do about it."""
    server = start(lambda _: Answer(status))
    for call in (
        lambda: find(http, server.url + "/x"),
        lambda: read(http, entry(server.url + "/x")),
    ):
        with pytest.raises(ReferenceBackendError, match=f"answered with status {status}") as caught:
            call()
        assert hint in caught.value.hint


def redirecting(*targets: str) -> Script:
    """Send clients from `/0` to the first target, from `/1` to the second, and then give bytes."""

    def script(request: Request) -> Answer:
        place = int(request.path.rpartition("/")[2])
        if place < len(targets):
            return Answer(302, {"Location": targets[place]})
        return Answer(headers=ETAG, body=b"hello")

    return script


def test_redirects_are_followed(http: HttpReferences, start: Serve) -> None:
    """Relative ones, too; what is recorded is the URL that the user gave."""
    server = start(redirecting("/d/1", "2"))
    found = find(http, server.url + "/0")
    assert (found.ref, found.digest) == (server.url + "/0", "abc")
    assert read(http, entry(server.url + "/0")) == b"hello"
    assert [request.path for request in server.requests] == ["/0", "/d/1", "/d/2"] * 2


def test_there_is_an_end_to_redirects(http: HttpReferences, start: Serve) -> None:
    """Ten are followed, not eleven."""
    places = [f"/{number}" for number in range(1, MAX_REDIRECTS + 2)]
    assert find(http, start(redirecting(*places[:-1])).url + "/0").size == 5
    with pytest.raises(InvalidReferenceError, match="more than 10 redirects"):
        find(http, start(redirecting(*places)).url + "/0")


@pytest.mark.parametrize(
    "target", ["file:///etc/hostname", "ftp://example.com/1", "data:,x", "http://[/1"]
)
def test_a_redirect_leads_to_http_only(http: HttpReferences, start: Serve, target: str) -> None:
    """A server cannot have us read files of this machine."""
    server = start(redirecting(target))
    with pytest.raises(InvalidReferenceError, match="is not HTTP"):
        find(http, server.url + "/0")


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "2852039166",
        "[fe80::1]",
        "[::ffff:169.254.169.254]",
        "[fd00:ec2::254]",
        "100.100.100.200",
        "metadata.google.internal",
        "METADATA.google.internal.",
    ],
)
def test_a_redirect_never_leads_to_credentials(
    http: HttpReferences, start: Serve, host: str
) -> None:
    """Clouds hand them out at addresses of the machine's own network, however written."""
    server = start(redirecting(f"http://{host}/latest/meta-data"))
    for call in (
        lambda: find(http, server.url + "/0"),
        lambda: read(http, entry(server.url + "/0")),
    ):
        with pytest.raises(InvalidReferenceError, match="machine's network only"):
            call()


def test_a_redirect_is_held_to_the_address_behind_a_name(
    http: HttpReferences, start: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody can give a name to such an address."""
    real = socket.getaddrinfo

    def resolve(host: str, port: int | None, family: int = 0, type: int = 0) -> object:  # noqa: A002  The name that callers give.
        return real("169.254.169.254" if host == "harmless.test" else host, port, family, type)

    server = start(redirecting("http://harmless.test/1"))
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(InvalidReferenceError, match=r"'harmless\.test', an address of this"):
        find(http, server.url.replace("127.0.0.1", "localhost") + "/0")


def test_what_the_user_named_may_redirect_to_itself(
    http: HttpReferences, start: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was the user's wish to go there; the proxy of the environment is asked on the way."""
    proxy = start(redirecting("http://metadata.google.internal/1"))
    monkeypatch.setenv("http_proxy", proxy.url)
    assert find(http, "http://metadata.google.internal/0").digest == "abc"
    assert [request.target for request in proxy.requests] == [
        "http://metadata.google.internal/0",
        "http://metadata.google.internal/1",
    ]


@pytest.mark.parametrize("headers", [{"ETag": '"new"'}, {}], ids=["another", "none"])
def test_another_etag_is_a_change(
    http: HttpReferences, start: Serve, headers: dict[str, str]
) -> None:
    """The message says what was recorded; no byte is given."""
    server = start(lambda _: Answer(headers=headers, body=b"hello"))
    chunks = http.read(entry(server.url + "/x"))
    with pytest.raises(ReferenceChangedError, match="'abc' was recorded") as caught:
        next(chunks)
    assert caught.value.hint.startswith("Add the reference again")


def test_another_length_is_a_change(http: HttpReferences, start: Serve) -> None:
    """Where there is no ETag, it is all there is to compare."""
    server = start(lambda _: Answer(body=b"hello and more"))
    recorded = entry(server.url + "/x", digest=server.url + "/x", etag=None)
    with pytest.raises(ReferenceChangedError, match="has not the 5 bytes"):
        read(http, recorded)


@pytest.mark.parametrize("body", [b"hell", b"hello and more"], ids=["short", "long"])
def test_bytes_are_counted_where_no_length_is_given(
    http: HttpReferences, start: Serve, body: bytes
) -> None:
    """No more than recorded is passed on, and fewer are an error."""
    server = start(lambda _: Answer(headers={**ETAG, "Content-Length": ""}, body=body))
    with pytest.raises(ReferenceChangedError, match="has not the 5 bytes"):
        read(http, entry(server.url + "/x"))


def test_an_answer_that_breaks_off_is_an_error(http: HttpReferences, start: Serve) -> None:
    """The right length was promised and not kept."""
    server = start(lambda _: Answer(headers={**ETAG, "Content-Length": "5"}, body=b"hel"))
    with pytest.raises(ReferenceBackendError, match="failed") as caught:
        read(http, entry(server.url + "/x"))
    assert caught.value.hint.startswith("Try again")


@pytest.mark.parametrize("claimed", ["-1", "many", "9" * 30, str(MAX_BYTES + 1), "0x10", "5, 5"])
def test_a_length_that_cannot_be_is_refused(
    http: HttpReferences, start: Serve, claimed: str
) -> None:
    """It would be recorded as the size, and believed."""
    server = start(lambda _: Answer(headers={**ETAG, "Content-Length": claimed}))
    with pytest.raises(ReferenceBackendError, match="claims the length"):
        find(http, server.url + "/x")


def test_the_largest_length_is_believed(http: HttpReferences, start: Serve) -> None:
    """The bound itself is allowed."""
    server = start(lambda _: Answer(headers={"Content-Length": str(MAX_BYTES)}))
    assert find(http, server.url + "/x").size == MAX_BYTES


def test_a_server_that_never_answers_is_given_up() -> None:
    """After the time of the settings, which the hint names."""
    http = HttpReferences(timeout=timedelta(milliseconds=50))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        uri = f"http://127.0.0.1:{silent.getsockname()[1]}/x"
        with pytest.raises(ReferenceBackendError, match=r"did not answer within 0\.05 s") as caught:
            find(http, uri)
    assert "HOZON_HTTP_TIMEOUT" in caught.value.hint
    http.close()


def test_a_server_that_falls_silent_is_given_up() -> None:
    """In the middle of a body, too."""
    http = HttpReferences(timeout=timedelta(milliseconds=50))
    over = threading.Event()

    def answer(listening: socket.socket) -> None:
        client, _ = listening.accept()
        with client:
            client.recv(1 << 16)
            client.sendall(b'HTTP/1.1 200 OK\r\nETag: "abc"\r\nContent-Length: 5\r\n\r\nhel')
            over.wait()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer, args=[listening])
        thread.start()
        uri = f"http://127.0.0.1:{listening.getsockname()[1]}/x"
        try:
            with pytest.raises(ReferenceBackendError, match="did not answer within"):
                read(http, entry(uri))
        finally:
            over.set()
            thread.join()
    http.close()


def test_where_nobody_listens_the_kind_of_failure_is_named(http: HttpReferences) -> None:
    """And it can be tried again."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    uri = f"http://127.0.0.1:{port}/x?token=sesame"
    with pytest.raises(ReferenceBackendError, match="NewConnectionError") as caught:
        find(http, uri)
    assert caught.value.hint.startswith("Try again")
    assert "sesame" not in str(caught.value)
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize("user", ["ada", "ada:sesame", "ada:"])
def test_credentials_in_a_url_are_refused(http: HttpReferences, user: str) -> None:
    """Of HTTP a user alone is mostly a token; the hint says where they belong."""
    with pytest.raises(InvalidReferenceError, match="carries credentials") as caught:
        find(http, f"https://{user}@example.com/x")
    assert "ada" not in str(caught.value)
    assert ".netrc" in caught.value.hint


def test_credentials_come_from_netrc(
    http: HttpReferences, start: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with other programs."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ada password sesame\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    server = start(lambda _: Answer())
    find(http, server.url + "/x")
    assert server.requests[0].headers["Authorization"] == "Basic YWRhOnNlc2FtZQ=="


def test_the_object_is_asked_for_as_it_is(http: HttpReferences, start: Serve) -> None:
    """Its length is recorded, so its bytes are neither compressed nor unpacked."""
    packed = b"\x1f\x8b no gzip"
    headers = {**ETAG, "Content-Encoding": "gzip"}
    server = start(lambda _: Answer(headers=headers, body=packed))
    assert read(http, entry(server.url + "/x", size=len(packed))) == packed
    assert server.requests[0].headers["Accept-Encoding"] == "identity"


def test_no_cookie_is_kept(http: HttpReferences, start: Serve) -> None:
    """What one artifact's server says is nothing to the next request."""
    server = start(lambda _: Answer(headers={"Set-Cookie": "visitor=1; Path=/"}))
    for _ in range(2):
        find(http, server.url + "/x")
    assert all("Cookie" not in request.headers for request in server.requests)


def test_the_body_of_a_redirect_is_not_read(http: HttpReferences, start: Serve) -> None:
    """It may be longer than any memory."""

    def script(request: Request) -> Answer:
        if request.path == "/0":
            return Answer(302, {"Location": "/1", "Content-Length": str(10**12)})
        return Answer(headers=ETAG, body=b"hello")

    assert read(http, entry(start(script).url + "/0")) == b"hello"


@pytest.mark.parametrize("uri", ["http://", "http:///x", "http://exa mple/x", "https://.:1/x"])
def test_what_is_no_url_is_refused(http: HttpReferences, uri: str) -> None:
    """Before anything is sent."""
    with pytest.raises(InvalidReferenceError, match="is not a URL"):
        find(http, uri)
