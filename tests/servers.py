"""Servers on loopback that do what a test says, for clients that speak HTTP.

Owns a web server whose answers are scripted, an emulator of Google Cloud Storage, and a fake of it
that keeps old generations. The emulator, gcp-storage-emulator, is somebody else's idea of what
Google does, which ours is not; but asked for an old generation it gives the live one. Refuses to
own any rule of ours.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from gcp_storage_emulator.handlers.buckets import create_bucket
from gcp_storage_emulator.server import RequestHandler
from gcp_storage_emulator.storage import Storage
from google.cloud.storage import Client

GCS_BUCKET = "hozon-tests"


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked."""

    method: str
    target: str
    headers: Mapping[str, str]
    """By their names, each word of which begins with a capital."""

    @property
    def path(self) -> str:
        """The path, still quoted."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The parameters; of one that is repeated, the first."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says; Content-Length is added where it is not given."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


Script = Callable[[Request], Answer]


@dataclass(frozen=True, slots=True)
class WebServer:
    """A server on loopback."""

    url: str
    requests: list[Request]


@contextmanager
def serve(script: Script) -> Iterator[WebServer]:
    """Answer as the script says until the block ends."""
    asked: list[Request] = []

    class Handler(BaseHTTPRequestHandler):
        """Passes requests to the script."""

        def answer(self) -> None:
            """Answer one request; a client may leave before it has everything."""
            headers = {name.title(): value for name, value in self.headers.items()}
            request = Request(self.command, self.path, headers)
            asked.append(request)
            answer = script(request)
            try:
                self.send_response(answer.status)
                length = {"Content-Length": str(len(answer.body))}
                for name, value in (length | dict(answer.headers)).items():
                    if value:
                        self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer.body)
            except ConnectionError:
                self.close_connection = True

        do_GET = do_HEAD = answer  # noqa: N815  The names that the base class asks for.

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  The base class's.
            """Say nothing."""

    with _listening(Handler) as url:
        yield WebServer(url, asked)


@contextmanager
def _listening(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[str]:
    """Let a handler answer on loopback, and give the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class Gcs(Protocol):
    """A bucket of Google Cloud Storage, for a test to fill."""

    bucket: str

    def put(self, key: str, content: bytes) -> int:
        """Write an object and give its generation."""
        ...

    def remove(self, key: str) -> None:
        """Remove an object."""
        ...


class EmulatedGcs:
    """An empty bucket of the emulator, filled as users fill theirs: by Google's client.

    Args:
        url: Where the emulator is.
    """

    def __init__(self, url: str) -> None:
        """Connect to it."""
        self.bucket = GCS_BUCKET
        self._client = Client(project="hozon", client_options={"api_endpoint": url})

    def put(self, key: str, content: bytes) -> int:
        """Write an object and give its generation."""
        blob = self._client.bucket(self.bucket).blob(key)
        blob.upload_from_string(content, content_type="application/octet-stream")
        return int(blob.generation)

    def remove(self, key: str) -> None:
        """Remove an object."""
        self._client.bucket(self.bucket).delete_blob(key)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


@contextmanager
def emulated_gcs() -> Iterator[str]:
    """Run the emulator, with one bucket, until the block ends; give its address."""
    storage = Storage(use_memory_fs=True)
    create_bucket(GCS_BUCKET, storage)
    with _listening(partial(RequestHandler, storage)) as url:
        yield url


@dataclass(frozen=True, slots=True)
class Generation:
    """One content of an object."""

    number: int
    content: bytes


class FakeGcs:
    """Buckets of Google Cloud Storage, as its client sees them.

    Args:
        versioned: Whether what is overwritten or removed stays as an old generation.
    """

    PAGE = 3
    """How many objects a page of a listing has."""

    def __init__(self, *, versioned: bool) -> None:
        """Begin with one empty bucket."""
        self.bucket = GCS_BUCKET
        self.lifecycle: dict[str, object] = {}
        """The rules of the bucket, as its interface writes them."""
        self._versioned = versioned
        self._numbers = count(1_700_000_000_000_001)
        self._live: dict[str, Generation] = {}
        self._old: dict[tuple[str, int], Generation] = {}

    def put(self, key: str, content: bytes) -> int:
        """Write an object and give its generation."""
        if key in self._live:
            self.remove(key)
        self._live[key] = Generation(next(self._numbers), content)
        return self._live[key].number

    def remove(self, key: str) -> None:
        """Remove an object."""
        gone = self._live.pop(key)
        if self._versioned:
            self._old[key, gone.number] = gone

    def __call__(self, request: Request) -> Answer:
        """Answer a request of the JSON interface."""
        parts = request.path.split("/")
        inside = parts[parts.index("b") + 1 :] if "b" in parts else [""]
        if unquote(inside[0]) != self.bucket:
            return self._error(404, "The specified bucket does not exist.")
        if len(inside) == 1:
            settings = {"versioning": {"enabled": self._versioned}, "lifecycle": self.lifecycle}
            return self._json({"kind": "storage#bucket", "name": self.bucket, **settings})
        return self._inside(request, inside)

    def _inside(self, request: Request, inside: list[str]) -> Answer:
        """Answer a request for objects."""
        if inside[1:] == ["o"]:
            return self._list(request.query)
        if len(inside) != 3:
            return self._error(501, "This fake does not know that.")
        key = unquote(inside[2])
        wanted = request.query.get("generation")
        found = self._live.get(key)
        if wanted is not None and (found is None or found.number != int(wanted)):
            found = self._old.get((key, int(wanted)))
        if found is None:
            return self._error(404, f"No such object: {self.bucket}/{key}")
        if request.query.get("alt") == "media":
            return self._media(found, request.headers.get("Range", ""))
        return self._json(self._describe(key, found))

    def _list(self, query: Mapping[str, str]) -> Answer:
        """Give a page of what is live."""
        keys = sorted(key for key in self._live if key.startswith(query.get("prefix", "")))
        start = int(query.get("pageToken", "0"))
        page = keys[start : start + self.PAGE]
        more = {"nextPageToken": str(start + self.PAGE)} if keys[start + self.PAGE :] else {}
        return self._json({"items": [self._describe(key, self._live[key]) for key in page], **more})

    def _describe(self, key: str, found: Generation) -> dict[str, object]:
        """Give the metadata of an object."""
        return {
            "kind": "storage#object",
            "name": key,
            "bucket": self.bucket,
            "generation": str(found.number),
            "metageneration": "1",
            "size": str(len(found.content)),
            "etag": f"etag-{found.number}=",
        }

    def _media(self, found: Generation, wanted: str) -> Answer:
        """Give a range of the bytes."""
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        part = found.content[int(first or 0) : int(last) + 1 if last else None]
        end = int(first or 0) + len(part) - 1
        return Answer(
            206, {"Content-Range": f"bytes {first or 0}-{end}/{len(found.content)}"}, part
        )

    def _json(self, value: object) -> Answer:
        """Write an answer in JSON."""
        return Answer(200, {"Content-Type": "application/json"}, json.dumps(value).encode())

    def _error(self, status: int, message: str) -> Answer:
        """Refuse as the interface does."""
        body = json.dumps({"error": {"code": status, "message": message}}).encode()
        return Answer(status, {"Content-Type": "application/json"}, body)
