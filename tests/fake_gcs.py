"""A fake of Google Cloud Storage that keeps old generations.

Owns the part of the JSON interface that the adapters use: a bucket's settings, listings by page,
metadata and ranges, uploads at once and in parts, copies, deletes, and batches of them. Knows
preconditions and checksums, as the emulator does not. Refuses to own any rule of ours.
"""

import json
import threading
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.parser import BytesParser
from itertools import count
from typing import ClassVar
from urllib.parse import unquote, urlsplit

import google_crc32c

from servers import GCS_BUCKET, Answer, Request, Script

Around = Callable[[Request, Script], Answer]
"""Answers a request, with or without the script that would."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One content of an object."""

    number: int
    content: bytes

    @property
    def crc32c(self) -> str:
        """The checksum, as the interface writes it."""
        return b64encode(google_crc32c.value(self.content).to_bytes(4)).decode()


@dataclass(slots=True)
class Session:
    """An upload in parts."""

    key: str
    crc32c: str | None
    query: Mapping[str, str]
    content: bytes = b""
    done: Answer | None = None


class Refusal(Exception):  # noqa: N818  It is no error of ours.
    """What the interface answers instead."""

    def __init__(self, status: int, message: str) -> None:
        """Write the answer."""
        super().__init__(message)
        error = {"error": {"code": status, "message": message}}
        self.answer = Answer(
            status, {"Content-Type": "application/json"}, json.dumps(error).encode()
        )


class FakeGcs:
    """Buckets of Google Cloud Storage, as its client sees them.

    Args:
        versioned: Whether what is overwritten or removed stays as an old generation.
    """

    PAGE = 3
    """How many objects a page of a listing has."""

    REWRITE: ClassVar[int | None] = None
    """How many bytes a request for a copy copies; None for all."""

    def __init__(self, *, versioned: bool) -> None:
        """Begin with one empty bucket."""
        self.bucket = GCS_BUCKET
        self.lifecycle: dict[str, object] = {}
        """The rules of the bucket, as its interface writes them."""
        self.around: Around = lambda request, script: script(request)
        """Stands around every request, those in a batch included, and may refuse it or lose the
        answer."""
        self._versioned = versioned
        self._numbers = count(1_700_000_000_000_001)
        self._live: dict[str, Generation] = {}
        self._old: dict[tuple[str, int], Generation] = {}
        self._sessions: dict[str, Session] = {}
        self._lock = threading.RLock()

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

    def content(self, key: str) -> bytes:
        """Give what lies under a key."""
        return self._live[key].content

    def kept(self) -> list[tuple[str, bool]]:
        """List every generation, each with whether it is live."""
        return [(key, found is self._live.get(key)) for key, found in self._all()]

    def __call__(self, request: Request) -> Answer:
        """Answer a request of the JSON interface."""
        with self._lock:
            return self.around(request, self._answer)

    def _answer(self, request: Request) -> Answer:
        """Do what is asked, or say why not."""
        try:
            return self._do(request)
        except Refusal as refusal:
            return refusal.answer

    def _do(self, request: Request) -> Answer:
        """Do what is asked."""
        parts = request.path.split("/")
        if parts[1] == "batch":
            return self._batch(request)
        bucket, *inside = [unquote(part) for part in parts[parts.index("b") + 1 :]]
        if bucket != self.bucket:
            raise Refusal(404, "The specified bucket does not exist.")
        match request.method, inside:
            case "GET", []:
                return self._json(self._settings())
            case "GET", ["o"]:
                return self._list(request.query)
            case "POST" | "PUT", ["o"]:
                return self._upload(request)
            case _, ["o", key, *rest]:
                return self._do_to_object(request, key, rest)
        raise Refusal(501, "This fake does not know that.")

    def _do_to_object(self, request: Request, key: str, rest: list[str]) -> Answer:
        """Do what is asked of one object."""
        match request.method, rest:
            case "GET", []:
                return self._give(request, key)
            case "DELETE", []:
                return self._delete(key, request.query)
            case "POST", ["rewriteTo", "b", self.bucket, "o", new_key]:
                return self._rewrite(key, new_key, request.query)
        raise Refusal(501, "This fake does not know that.")

    def _settings(self) -> dict[str, object]:
        """Give what is known of the bucket."""
        settings = {"versioning": {"enabled": self._versioned}, "lifecycle": self.lifecycle}
        return {"kind": "storage#bucket", "name": self.bucket, **settings}

    def _all(self) -> list[tuple[str, Generation]]:
        """Give every generation, by key and number."""
        old = [(key, found) for (key, _), found in self._old.items()]
        return sorted([*self._live.items(), *old], key=lambda item: (item[0], item[1].number))

    def _find(self, key: str, wanted: str | None) -> Generation:
        """Give a generation, or the live one."""
        found = self._live.get(key)
        if wanted is not None and (found is None or found.number != int(wanted)):
            found = self._old.get((key, int(wanted)))
        if found is None:
            raise Refusal(404, f"No such object: {self.bucket}/{key}")
        return found

    def _list(self, query: Mapping[str, str]) -> Answer:
        """Give a page of what is live, or of all generations."""
        prefix, first = query.get("prefix", ""), query.get("startOffset", "")
        every = query.get("versions", "").lower() == "true"
        source = self._all() if every else sorted(self._live.items())
        found = [item for item in source if item[0].startswith(prefix) and item[0] >= first]
        start = int(query.get("pageToken", "0"))
        end = start + min(self.PAGE, int(query.get("maxResults", self.PAGE)))
        more = {"nextPageToken": str(end)} if found[end:] else {}
        return self._json({"items": [self._describe(*item) for item in found[start:end]], **more})

    def _describe(self, key: str, found: Generation) -> dict[str, object]:
        """Give the metadata of an object."""
        return {
            "kind": "storage#object",
            "name": key,
            "bucket": self.bucket,
            "generation": str(found.number),
            "metageneration": "1",
            "size": str(len(found.content)),
            "crc32c": found.crc32c,
            "etag": f"etag-{found.number}=",
        }

    def _give(self, request: Request, key: str) -> Answer:
        """Give the metadata of an object, or a range of its bytes."""
        found = self._find(key, request.query.get("generation"))
        if request.query.get("alt") != "media":
            return self._json(self._describe(key, found))
        wanted = request.headers.get("Range", "").removeprefix("bytes=")
        first, _, last = wanted.partition("-")
        start = int(first or 0)
        if start >= len(found.content):
            raise Refusal(416, "The requested range cannot be satisfied.")
        part = found.content[start : int(last) + 1 if last else None]
        span = f"bytes {start}-{start + len(part) - 1}/{len(found.content)}"
        return Answer(206, {"Content-Range": span}, part)

    def _upload(self, request: Request) -> Answer:
        """Take in an object at once, or a part of it."""
        query = request.query
        if session := self._sessions.get(query.get("upload_id", "")):
            return self._take_part(request, session)
        if query.get("uploadType") == "multipart":
            boundary = request.headers["Content-Type"].partition("boundary=")[2].strip('"')
            parts = request.body.split(b"--" + boundary.encode())
            head, content = (part.partition(b"\r\n\r\n")[2][:-2] for part in parts[1:3])
            about = json.loads(head)
            return self._finish(about["name"], content, about.get("crc32c"), query)
        if query.get("uploadType") == "resumable":
            about = json.loads(request.body)
            number = str(len(self._sessions) + 1)
            self._sessions[number] = Session(about["name"], about.get("crc32c"), query)
            address = f"http://{request.headers['Host']}{request.target}&upload_id={number}"
            return Answer(200, {"Location": address})
        raise Refusal(501, "This fake does not know that.")

    def _take_part(self, request: Request, session: Session) -> Answer:
        """Take in a part; one that came before is known already."""
        if session.done is None:
            span, _, total = request.headers["Content-Range"].removeprefix("bytes ").partition("/")
            start = int(span.partition("-")[0])
            session.content = session.content[:start] + request.body
            if len(session.content) < int(total):
                return Answer(308, {"Range": f"bytes=0-{len(session.content) - 1}"})
            session.done = self._finish(session.key, session.content, session.crc32c, session.query)
        return session.done

    def _finish(
        self, key: str, content: bytes, crc32c: str | None, query: Mapping[str, str]
    ) -> Answer:
        """Make an object, if it is what was meant and may be made."""
        if crc32c is not None and crc32c != Generation(0, content).crc32c:
            raise Refusal(400, f'Provided CRC32C "{crc32c}" doesn\'t match calculated CRC32C.')
        self._check_absent(key, query)
        self.put(key, content)
        return self._json(self._describe(key, self._live[key]))

    def _check_absent(self, key: str, query: Mapping[str, str]) -> None:
        """Refuse to overwrite where that is asked for."""
        if query.get("ifGenerationMatch") == "0" and key in self._live:
            message = "At least one of the pre-conditions you specified did not hold."
            raise Refusal(412, message)

    def _delete(self, key: str, query: Mapping[str, str]) -> Answer:
        """Remove the live object, or one generation for good."""
        wanted = query.get("generation")
        found = self._find(key, wanted)
        if wanted is None:
            self.remove(key)
        elif found is self._live.get(key):
            del self._live[key]
        else:
            del self._old[key, found.number]
        return Answer(204)

    def _rewrite(self, key: str, new_key: str, query: Mapping[str, str]) -> Answer:
        """Copy an object, or a part of it."""
        found = self._find(key, query.get("sourceGeneration"))
        size = len(found.content)
        copied = int(query.get("rewriteToken", "0")) + (self.REWRITE or size)
        about = {"kind": "storage#rewriteResponse", "objectSize": str(size)}
        if copied < size:
            more = {"totalBytesRewritten": str(copied), "rewriteToken": str(copied)}
            return self._json({**about, **more, "done": False})
        self._check_absent(new_key, query)
        self.put(new_key, found.content)
        resource = self._describe(new_key, self._live[new_key])
        done = {"totalBytesRewritten": str(size), "done": True, "resource": resource}
        return self._json({**about, **done})

    def _batch(self, request: Request) -> Answer:
        """Answer each request of a batch."""
        kind = request.headers["Content-Type"].encode()
        message = BytesParser().parsebytes(b"Content-Type: " + kind + b"\r\n\r\n" + request.body)
        written = list[str]()
        for part in message.walk():
            if part.is_multipart():
                continue
            method, url, _ = str(part.get_payload()).partition("\n")[0].split(" ")
            address = urlsplit(url)
            answer = self(Request(method, f"{address.path}?{address.query}", {}))
            written.append(
                "--answers\r\nContent-Type: application/http\r\n\r\n"
                f"HTTP/1.1 {answer.status} Said\r\nContent-Type: application/json\r\n\r\n"
                f"{answer.body.decode()}\r\n"
            )
        body = "".join([*written, "--answers--"]).encode()
        return Answer(200, {"Content-Type": "multipart/mixed; boundary=answers"}, body)

    def _json(self, value: object) -> Answer:
        """Write an answer in JSON."""
        return Answer(200, {"Content-Type": "application/json"}, json.dumps(value).encode())
