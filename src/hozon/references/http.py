"""References to what a web server gives.

Owns the requests, and where a redirect may lead. Refuses to own credentials: requests finds them in
`~/.netrc`, and proxies and certificates in the environment, as it always does. Invariants: no body
is read but by `read`; a server cannot send us to files of this machine or to the addresses from
which clouds hand out credentials.
"""

import ipaddress
import re
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

import requests
import urllib3
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema

from hozon.errors import (
    HozonError,
    InvalidReferenceError,
    MissingReferenceError,
    ReferenceBackendError,
    ReferenceChangedError,
)
from hozon.model.digests import CHUNK_BYTES
from hozon.model.manifest import NO_EXTRA, ManifestEntry
from hozon.model.references import base_name, shown
from hozon.ports.references import FoundObject

MAX_REDIRECTS: Final = 10
"""How many redirects are followed one after the other."""

MAX_BYTES: Final = 2**50
"""The largest length that a server is believed: 1 PiB."""

_HEADERS: Final = {"Accept-Encoding": "identity"}  # The length is that of the very object.
_GONE: Final = {404, 410}
_REFUSED: Final = {401, 403, 407}
_METADATA_HOSTS: Final = {"instance-data", "metadata", "metadata.goog", "metadata.google.internal"}
_METADATA_ADDRESSES: Final = {
    ipaddress.ip_address(address) for address in ("100.100.100.200", "192.0.0.192", "fd00:ec2::254")
}
_AGAIN: Final = "Add the reference again to record what is there now."
_RETRY: Final = "Try again; if it stays so, check the address and the network."


class HttpReferences:
    """Looks at what a web server gives, and reads it.

    Args:
        timeout: How long a server may take to accept a connection, and then to send something.

    Concurrency:
        See `hozon.ports.references.ReferenceHandler`. Connections are shared by all threads.
    """

    def __init__(self, *, timeout: timedelta) -> None:
        """Make a session; nothing is sent yet."""
        self._session = requests.Session()
        self._seconds = timeout.total_seconds()

    def find(self, uri: str, *, checksum: bool, max_objects: int | None) -> Iterator[FoundObject]:
        """Ask for the headers of one object.

        A server that refuses such a question is asked for the object, which is then left unread.
        """
        del max_objects  # A URL stands for one object.
        parts = urlsplit(uri)
        if "@" in parts.netloc:
            raise InvalidReferenceError(
                f"The reference {shown(uri)!r} carries credentials",
                hint="Leave them out, and put them into ~/.netrc: whoever reads the artifact would"
                " read them.",
            )
        with self._look(uri) as answer:
            etag, size = _etag(answer), _length(answer, uri)
        checked = etag if checksum else None
        yield FoundObject(
            name=base_name(unquote(parts.path)),
            ref=uri,
            digest=checked or uri,
            size=size,
            extra={"etag": checked} if checked else NO_EXTRA,
            single=True,
        )

    def read(self, entry: ManifestEntry) -> Iterator[bytes]:
        """Get the object, if its headers are what was recorded, and count its bytes."""
        uri = entry.ref or ""
        with self._ask("GET", uri) as answer:
            _check_status(answer, uri, recorded=True)
            recorded = entry.extra.get("etag")
            if recorded is not None and _etag(answer) != recorded:
                raise ReferenceChangedError(
                    f"{shown(uri)!r} has the ETag {_etag(answer)!r}, and {recorded!r} was recorded",
                    hint=_AGAIN,
                )
            length = _length(answer, uri)
            if length is not None:
                _check_size(entry, length)
            received = 0
            with _translated(uri, self._seconds):
                for chunk in answer.raw.stream(CHUNK_BYTES, decode_content=False):
                    received += len(chunk)
                    if entry.size is not None and received > entry.size:
                        break
                    yield chunk
        _check_size(entry, received)

    def matches(self, entry: ManifestEntry, file: Path) -> bool:
        """Tell that nobody can tell: an ETag says nothing about the bytes."""
        del entry, file
        return False

    def target(self, entry: ManifestEntry) -> str:
        """Give the URL."""
        return entry.ref or ""

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    @contextmanager
    def _look(self, uri: str) -> Iterator[requests.Response]:
        """Get the headers; of presigned URLs, for one, HEAD is refused."""
        with self._ask("HEAD", uri) as answer:
            if answer.status_code == requests.codes.ok:
                yield answer
                return
        with self._ask("GET", uri) as answer:
            _check_status(answer, uri, recorded=False)
            yield answer

    @contextmanager
    def _ask(self, method: str, uri: str) -> Iterator[requests.Response]:
        """Ask, follow redirects, and give the last answer, its body unread."""
        url = uri
        for _ in range(MAX_REDIRECTS + 1):
            with _translated(uri, self._seconds):
                answer = self._send(method, url)
                target = self._session.get_redirect_target(answer)
            with closing(answer):
                if target is None:
                    yield answer
                    return
            url = _redirected(url, target, origin=uri)
        raise InvalidReferenceError(
            f"{shown(uri)!r} leads through more than {MAX_REDIRECTS} redirects",
            hint="Refer to the URL at which it ends, if it ends.",
        )

    def _send(self, method: str, url: str) -> requests.Response:
        """Send one request.

        `Session.send` would read the body of a redirect, however long, and keep its cookies.
        """
        request = self._session.prepare_request(requests.Request(method, url, headers=_HEADERS))
        settings = self._session.merge_environment_settings(
            request.url, proxies={}, stream=True, verify=None, cert=None
        )
        return self._session.get_adapter(request.url or "").send(
            request,
            stream=True,
            timeout=(self._seconds, self._seconds),
            verify=settings["verify"] is None or settings["verify"],
            cert=settings["cert"],
            proxies=settings["proxies"],
        )


def _etag(answer: requests.Response) -> str | None:
    """Give the ETag without its quotes; a weak one keeps its mark and its quotes."""
    etag = answer.headers.get("ETag", "").strip()
    if len(etag) > 1 and etag.startswith('"') and etag.endswith('"'):
        etag = etag[1:-1]
    return etag or None


def _length(answer: requests.Response, uri: str) -> int | None:
    """Give the length that the server claims, if it can be one."""
    claimed = answer.headers.get("Content-Length")
    if claimed is None:
        return None
    length = int(claimed) if re.fullmatch(r"[0-9]{1,16}", claimed) else -1
    if not 0 <= length <= MAX_BYTES:
        raise ReferenceBackendError(
            f"The server of {shown(uri)!r} claims the length {claimed[:40]!r}",
            hint="This is no length of a file; report it to whoever runs the server.",
        )
    return length


def _check_size(entry: ManifestEntry, size: int) -> None:
    """Hold a length to the one that was recorded, if one was."""
    if entry.size is not None and size != entry.size:
        raise ReferenceChangedError(
            f"{shown(entry.ref or '')!r} has not the {entry.size} bytes that were recorded,"
            f" but {'more' if size > entry.size else size}",
            hint=_AGAIN,
        )


def _check_status(answer: requests.Response, uri: str, *, recorded: bool) -> None:
    """Refuse every answer that does not bring the object.

    Raises:
        InvalidReferenceError: There is nothing, and nothing was recorded.
        MissingReferenceError: There is nothing any more.
        ReferenceBackendError: The server refused or failed.
    """
    status = answer.status_code
    if status == requests.codes.ok:
        return
    if status in _GONE:
        raise _absent(uri, status, recorded=recorded)
    hint = _RETRY
    if status in _REFUSED:
        hint = "Put credentials into ~/.netrc, or refer to a URL that needs none."
    raise ReferenceBackendError(f"{shown(uri)!r} was answered with status {status}", hint=hint)


def _absent(uri: str, status: int, *, recorded: bool) -> HozonError:
    """Describe that there is nothing."""
    if recorded:
        return MissingReferenceError(
            f"There is nothing at {shown(uri)!r} any more (status {status})",
            hint="Ask whoever runs the server to bring it back, or refer to another copy.",
        )
    return InvalidReferenceError(
        f"There is nothing at {shown(uri)!r} (status {status})", hint="Correct the URL."
    )


def _redirected(url: str, target: str, *, origin: str) -> str:
    """Follow a redirect, but not to where only the user may send us.

    Raises:
        InvalidReferenceError: It leads to another scheme than HTTP, or to an address of this
            machine's network, from which clouds hand out credentials.
    """
    try:
        to = urljoin(url, target)
        scheme, host = urlsplit(to).scheme, _host(to)
    except ValueError:
        to, scheme, host = target, "", ""
    if scheme not in {"http", "https"} or not host:
        raise InvalidReferenceError(
            f"{shown(origin)!r} redirects to {shown(to)!r}, which is not HTTP",
            hint="Refer to what it leads to, if you trust it.",
        )
    if host != _host(origin) and _is_of_this_network(host):
        raise InvalidReferenceError(
            f"{shown(origin)!r} redirects to {host!r}, an address of this machine's network only",
            hint="Refer to what it leads to, if you trust it.",
        )
    return to


def _host(url: str) -> str:
    """Give the host of a URL, in lower case."""
    return (urlsplit(url).hostname or "").rstrip(".").lower()


def _is_of_this_network(host: str) -> bool:
    """Tell whether a host is another one in every network, as those that know credentials are."""
    return host in _METADATA_HOSTS or any(
        address.is_link_local or address in _METADATA_ADDRESSES for address in _addresses(host)
    )


def _addresses(host: str) -> Iterator[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """Look up the addresses of a host; none, where only a proxy knows it."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return
    for *_, place in found:
        address = ipaddress.ip_address(str(place[0]).partition("%")[0])
        yield getattr(address, "ipv4_mapped", None) or address


@contextmanager
def _translated(uri: str, seconds: float) -> Iterator[None]:
    """Turn errors of requests, and of what it stands on, into ours."""
    try:
        yield
    except (InvalidSchema, InvalidURL, MissingSchema, UnicodeError) as error:
        raise InvalidReferenceError(
            f"{shown(uri)!r} is not a URL, or redirects to something that is none",
            hint="Correct the URL.",
        ) from error
    except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
        raise ReferenceBackendError(
            f"{shown(uri)!r} did not answer within {seconds:g} s",
            hint="Try again, or give it longer with HOZON_HTTP_TIMEOUT.",
        ) from error
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise ReferenceBackendError(
            f"Asking for {shown(uri)!r} failed ({_reason(error)})", hint=_RETRY
        ) from error


def _reason(error: BaseException) -> str:
    """Name the kind of the innermost error; their texts repeat the whole URL."""
    inner = error.args[0] if error.args else None
    reason = getattr(inner, "reason", None) or inner
    return type(reason if isinstance(reason, BaseException) else error).__name__
