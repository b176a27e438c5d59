"""Notes: what people remember of a version, and may change after it is logged.

Owns what becomes of changes that people make at the same time. Refuses to own aliases, which belong
to a collection; those are in `hozon.model.aliases`.
"""

from dataclasses import dataclass

from hozon.model.metadata import JsonObject
from hozon.model.tags import Tag
from hozon.model.ttl import Ttl


@dataclass(frozen=True, slots=True)
class Notes:
    """What may change of a version beside its aliases."""

    description: str | None
    """A note for people, or None."""

    metadata: JsonObject
    """What to remember of it."""

    tags: tuple[Tag, ...]
    """Its labels, sorted."""

    ttl: Ttl
    """How long it should live."""


def merge_notes(now: Notes, *, seen: Notes, wanted: Notes) -> Notes:
    """Make the changes of a caller on what may have changed since the caller looked.

    Args:
        now: The notes as they are.
        seen: The notes as the caller saw them.
        wanted: What the caller made of those.

    Returns:
        The notes after: what the caller did not change is as it was, each tag by itself.
    """
    return Notes(
        description=now.description
        if wanted.description == seen.description
        else wanted.description,
        metadata=now.metadata if wanted.metadata == seen.metadata else wanted.metadata,
        tags=merge_tags(now.tags, seen=seen.tags, wanted=wanted.tags),
        ttl=now.ttl if wanted.ttl == seen.ttl else wanted.ttl,
    )


def merge_tags(
    now: tuple[Tag, ...], *, seen: tuple[Tag, ...], wanted: tuple[Tag, ...]
) -> tuple[Tag, ...]:
    """Make the changes of a caller on tags that may have changed since the caller looked.

    Args:
        now: The tags as they are.
        seen: The tags as the caller saw them.
        wanted: What the caller made of those.

    Returns:
        The tags after, sorted.
    """
    added, removed = set(wanted) - set(seen), set(seen) - set(wanted)
    return tuple(sorted((set(now) - removed) | added))
