"""Explain: why bytes are kept, or why they are not.

Owns finding the object that somebody means. Refuses to own what reaches it; the catalog tells.
"""

import re
from typing import Final

from hozon.errors import InputError, ObjectNotFoundError
from hozon.model.digests import ContentDigest
from hozon.ports.garbage import Reasons
from hozon.services.context import Context

_BEGINNING: Final = re.compile(r"[0-9a-f]{4,64}")
_WHOLE: Final = 64


def explain_object(context: Context, text: str) -> tuple[ContentDigest, Reasons]:
    """Say what reaches an object.

    Args:
        context: The capabilities.
        text: Its SHA-256, or the beginning of it: 4 hexadecimal digits or more.

    Returns:
        The whole digest, and why the object is kept.

    Raises:
        InputError: It is no beginning of a digest, or several objects have it.
        ObjectNotFoundError: Nothing that is stored, or once was, has such a digest.
    """
    beginning = text.lower()
    if not _BEGINNING.fullmatch(beginning):
        raise InputError(
            f"{text!r} is no digest",
            hint="Give a SHA-256, or at least its first 4 hexadecimal digits, as"
            " artifact.manifest shows them.",
        )
    with context.catalog.read() as session:
        found = session.garbage.digests_beginning(beginning)
        if not found:
            raise ObjectNotFoundError(
                f"No object has a digest that begins with {beginning!r}",
                hint="Compare it with the digests in artifact.manifest.",
            )
        if len(found) > 1 and len(beginning) < _WHOLE:
            some = ", ".join(f"{digest[:16]}…" for digest in found)
            raise InputError(
                f"Several objects have digests that begin with {beginning!r}: {some}",
                hint="Give more of the digest.",
            )
        return found[0], session.garbage.reasons(found[0])
