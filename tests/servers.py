"""Servers on loopback that do what a test says, for clients that speak HTTP.

Owns a web server whose answers are scripted, and an emulator of Google Cloud Storage. The emulator,
gcp-storage-emulator, is somebody else's idea of what Google does; `fake_gcs` is ours, and keeps old
generations, for which the emulator gives the live one. Refuses to own any rule of ours.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

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

    body: bytes = b""

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
            body = self.rfile.read(int(headers.get("Content-Length", "0")))
            request = Request(self.command, self.path, headers, body)
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

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer  # noqa: N815  The names that the base class asks for.

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
