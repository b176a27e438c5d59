"""References: what the URI of something outside says by itself.

Owns which URIs are taken at all, and how many objects one of them may stand for. Refuses to own
looking at what is behind a URI; that is the adapters' in `hozon.references`. Invariant: no URI that
passes carries a password.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar
from urllib.parse import urlsplit

from hozon.errors import InvalidReferenceError, TooManyObjectsError

DEFAULT_MAX_OBJECTS: Final = 10_000
"""How many objects of a bucket one call may refer to, unless the caller allows more."""

T = TypeVar("T")


def check_uri(uri: object) -> str:
    """Accept the URI of something outside.

    Args:
        uri: A scheme, a colon and what the scheme says, such as `s3://bucket/key`.

    Returns:
        The scheme, in lower case.

    Raises:
        InvalidReferenceError: It is no text, has no scheme or control characters, or carries a
            password; leave the password out, because whoever reads the artifact reads the URI.
    """
    if not isinstance(uri, str):
        raise InvalidReferenceError(
            f"The reference {uri!r} is not text",
            hint="Give a URI such as 's3://bucket/key' or 'https://example.com/data.csv'.",
        )
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in uri):
        raise InvalidReferenceError(
            f"The reference {shown(uri)!r} holds a control character or half a character",
            hint="Write such characters as %XX, as a URI does.",
        )
    try:
        parts = urlsplit(uri)
        secret = parts.password is not None
    except ValueError:  # Its text may hold a password: neither shown nor chained.
        raise InvalidReferenceError(
            f"The reference {shown(uri)!r} is not a URI", hint="Correct the host after '//'."
        ) from None
    if secret:
        raise InvalidReferenceError(
            f"The reference {shown(uri)!r} carries a password",
            hint="Leave it out: whoever reads the artifact would read it. Credentials belong where"
            " the client of the scheme looks for them, such as ~/.netrc for HTTP.",
        )
    if len(parts.scheme) < 2:  # noqa: PLR2004  One letter is a drive of Windows.
        raise InvalidReferenceError(
            f"The reference {uri!r} has no scheme",
            hint="For a local file, give pathlib.Path(…).absolute().as_uri().",
        )
    return parts.scheme


def shown(uri: str) -> str:
    """Write a URI for people, without what may be secret: user, password and query."""
    head, question, _ = uri.partition("?")
    scheme, slashes, rest = head.partition("://")
    authority, slash, path = rest.partition("/")
    host = authority.rpartition("@")[2]
    return f"{scheme}{slashes}{host}{slash}{path}" + ("?…" if question else "")


def base_name(path: str) -> str:
    """Give what stands after the last slash; empty, where nothing does."""
    return path.rpartition("/")[2]


def at_most(found: Iterable[T], limit: int | None, *, uri: str) -> Iterator[T]:
    """Pass objects on, and refuse the first one that is too many.

    Args:
        found: The objects; no more than one beyond the limit is asked for.
        limit: How many there may be, 1 or more; None for any number.
        uri: What they were found behind, for the message.

    Raises:
        TooManyObjectsError: There are more; nothing should be recorded of what came before.
    """
    for number, item in enumerate(found):
        if number == limit:
            raise TooManyObjectsError(
                f"There are more than {limit:,} objects behind {uri!r}",
                hint=f"Pass max_objects=… with a larger number than {limit}, or add prefixes one"
                " by one.",
            )
        yield item
