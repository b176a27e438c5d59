"""Explain: why bytes are kept, or why they are not.

Owns finding the object that somebody means. Refuses to own what reaches it; the catalog tells.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from hozon.errors import InputError, ObjectNotFoundError
from hozon.model.digests import ContentDigest
from hozon.model.missing import no_artifact
from hozon.model.names import EntityName
from hozon.model.versions import Version
from hozon.ports.garbage import Fate, Reasons
from hozon.services.access import Sight, authorize_content, authorize_operator
from hozon.services.context import Context

_BEGINNING: Final = re.compile(r"[0-9a-f]{4,64}")


@dataclass(frozen=True, slots=True)
class StoredReasons:
    """What reaches an object in one of the stores."""

    team: EntityName | None
    """Whose store it is; None for the main one."""

    reasons: Reasons
    """What reaches it there."""


def explain_object(context: Context, text: str) -> tuple[ContentDigest, Sequence[StoredReasons]]:
    """Say what reaches an object.

    Args:
        context: The capabilities.
        text: Its SHA-256, or the beginning of it: 4 hexadecimal digits or more.

    Returns:
        The whole digest, and why the object is kept in each store that has it, or once had it.

    Raises:
        AccessDeniedError: They do not own the installation: what reaches an object may be in any
            project.
        InputError: It is no beginning of a digest, or several objects have it.
        ObjectNotFoundError: Nothing that is stored, or once was, has such a digest.
        InvalidSettingError: A team has bytes in a store that the settings do not name.
    """
    authorize_operator(context)
    beginning = text.lower()
    if not _BEGINNING.fullmatch(beginning):
        raise InputError(
            f"{text!r} is no digest",
            hint="Give a SHA-256, or at least its first 4 hexadecimal digits, as"
            " artifact.manifest shows them.",
        )
    found: dict[ContentDigest, list[Context]] = defaultdict(list)
    for part in context.each_store():
        with part.catalog.read() as session:
            for digest in session.garbage.digests_beginning(beginning):
                found[digest].append(part)
    if not found:
        raise ObjectNotFoundError(
            f"No object has a digest that begins with {beginning!r}",
            hint="Compare it with the digests in artifact.manifest.",
        )
    if len(found) > 1:
        some = ", ".join(f"{digest[:16]}…" for digest in sorted(found))
        raise InputError(
            f"Several objects have digests that begin with {beginning!r}: {some}",
            hint="Give more of the digest.",
        )
    ((digest, having),) = found.items()
    return digest, [_reasons(part, digest) for part in having]


def read_fate(context: Context, version: Version) -> Fate:
    """Say what happened to a version, and which others refer to it as far as they may see those.

    Args:
        context: The capabilities, and on whose behalf to act.
        version: A version in any state.

    Raises:
        CollectionNotFoundError: They may not see it.
    """
    with context.catalog.read() as session:
        missing = no_artifact(version.collection)
        authorize_content(session, context, version.id, missing=missing)
        fate, sight = session.garbage.fate(version.id), Sight(session, context)
        seen = [other for other in fate.referred_by if sight.shows(other.collection.at)]
        return replace(fate, referred_by=seen)


def _reasons(context: Context, digest: ContentDigest) -> StoredReasons:
    """Say what reaches an object in one store."""
    with context.catalog.read() as session:
        reasons = session.garbage.reasons(digest)
    return StoredReasons(EntityName(context.store_name) or None, reasons)
