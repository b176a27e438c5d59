"""Links: versions of a portfolio that stand for versions of other collections.

Owns the two kinds of collections and what may be done with links. Refuses to own storage.
Invariants: a link leads to a version that is no link itself; a portfolio holds links only, a
sequence none; what a link shows of content is that of its source, its number and its aliases are
its own.
"""

from collections.abc import Sequence
from enum import StrEnum

from hozon.errors import CollectionKindError, LinkedVersionError, LinkStateError
from hozon.model.paths import ArtifactPath, CollectionPath
from hozon.model.versions import Version

_NAMED = 5
"""How many links an error names at most."""


class CollectionKind(StrEnum):
    """What a collection holds, for good."""

    SEQUENCE = "sequence"
    """Versions that were logged to it."""

    PORTFOLIO = "portfolio"
    """Links to versions of other collections."""


def check_kind(path: CollectionPath, *, kind: CollectionKind, wanted: CollectionKind) -> None:
    """Let links into portfolios only, and logged versions into sequences only.

    Args:
        path: The collection.
        kind: What it is.
        wanted: What the call needs it to be.

    Raises:
        CollectionKindError: It is of the other kind.
    """
    if kind is wanted:
        return
    if wanted is CollectionKind.PORTFOLIO:
        raise CollectionKindError(
            f"{path} holds logged versions and takes no links",
            hint="Link to another name; the first link to a free name makes a portfolio.",
        )
    raise CollectionKindError(
        f"{path} is a portfolio, which holds links, and cannot be logged to",
        hint="Log under another name, and link the version to the portfolio.",
    )


def check_link(version: Version) -> None:
    """Let only links be unlinked.

    Args:
        version: The version.

    Raises:
        LinkStateError: It is no link.
    """
    if not version.is_link:
        raise LinkStateError(
            f"{version.path} is no link and cannot be unlinked",
            hint="Look the link up in its portfolio; delete() deletes a version.",
        )


def check_own_ttl(version: Version) -> None:
    """Refuse to give a link a TTL of its own.

    Args:
        version: The version whose TTL should change.

    Raises:
        LinkStateError: It is a link; the message names its source.
    """
    if version.source is not None:
        raise LinkStateError(
            f"{version.path} is a link and has no TTL of its own",
            hint=f"Set the TTL of its source, {version.source}.",
        )


def check_unlinked(what: object, *, links: Sequence[ArtifactPath], force_links: bool) -> None:
    """Let a version or a collection be deleted only when no link leads there, or those may go, too.

    Args:
        what: The version or the collection, for the message.
        links: The links that lead there.
        force_links: Whether they may go with it.

    Raises:
        LinkedVersionError: There are links and `force_links` is False; the message lists them.
    """
    if links and not force_links:
        listed = ", ".join(map(str, links[:_NAMED]))
        more = f" and {len(links) - _NAMED} more" if len(links) > _NAMED else ""
        raise LinkedVersionError(
            f"{what} has the links {listed}{more}",
            hint="Pass force_links=True to delete it together with them.",
        )
