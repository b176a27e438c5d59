"""What people may change of a collection: its name, its type, and what they say of it.

Owns which changes are allowed, and what becomes of changes that people make at the same time.
Refuses to own how long versions live; that is `hozon.model.expiry` and `hozon.model.retention`.
Invariants: a name that a collection once had never names another; all that stands in a portfolio is
of its type.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hozon.errors import CollectionNameError, TypeConflictError
from hozon.model.links import CollectionKind
from hozon.model.names import CollectionName, TypeName, check_type
from hozon.model.notes import merge_tags
from hozon.model.paths import ArtifactPath, CollectionPath
from hozon.model.tags import Tag

_NAMED = 5
"""How many links an error names at most."""


@dataclass(frozen=True, slots=True)
class CollectionFacts:
    """What may change of a collection."""

    name: CollectionName
    """The name that all its versions share."""

    type: TypeName
    """What it holds."""

    description: str | None = None
    """A note for people, or None."""

    tags: tuple[Tag, ...] = ()
    """Its labels, sorted."""


def merge_facts(
    now: CollectionFacts, *, seen: CollectionFacts, wanted: CollectionFacts
) -> CollectionFacts:
    """Make the changes of a caller on what may have changed since the caller looked.

    Args:
        now: The collection as it is.
        seen: The collection as the caller saw it.
        wanted: What the caller made of that.

    Returns:
        The collection after: what the caller did not change is as it was, each tag by itself.
    """
    return CollectionFacts(
        name=now.name if wanted.name == seen.name else wanted.name,
        type=now.type if wanted.type == seen.type else wanted.type,
        description=now.description
        if wanted.description == seen.description
        else wanted.description,
        tags=merge_tags(now.tags, seen=seen.tags, wanted=wanted.tags),
    )


def check_retype(
    path: CollectionPath,
    *,
    kind: CollectionKind,
    before: TypeName,
    after: TypeName,
    links: Sequence[ArtifactPath],
) -> None:
    """Let a collection take another type only where nothing of two types meets.

    Args:
        path: The collection.
        kind: What it holds.
        before: Its type.
        after: The type that it should take.
        links: The links that lead to its versions.

    Raises:
        InvalidNameError: One of the two types is reserved.
        TypeConflictError: It is a portfolio, or portfolios hold links to its versions.
    """
    check_type(before)
    check_type(after)
    if kind is CollectionKind.PORTFOLIO:
        raise TypeConflictError(
            f"{path} is a portfolio of type {before!r}, and so is all that it links to",
            hint=f"Link versions of type {after!r} to another portfolio.",
        )
    if links:
        listed = ", ".join(map(str, links[:_NAMED]))
        more = f" and {len(links) - _NAMED} more" if len(links) > _NAMED else ""
        raise TypeConflictError(
            f"{path} is of type {before!r}, as are the portfolios that link to it: {listed}{more}",
            hint="Remove these links first.",
        )


def check_name_free(
    path: CollectionPath,
    *,
    holder: CollectionPath | None,
    is_listed: bool,
    renamed_to: CollectionPath | None,
) -> None:
    """Let a collection take a name that no other has, or had.

    Args:
        path: The path that it should have.
        holder: The collection that has it now; None for none.
        is_listed: Whether that has a committed version.
        renamed_to: Where the collection is now that had it before; None for none.

    Raises:
        CollectionNameError: The name is taken.
    """
    if holder is not None:
        raise CollectionNameError(
            f"There is a collection {path} already"
            if is_listed
            else f"{path} is the name of a collection that was deleted, or is being made",
            hint="Choose another name: the versions of two collections are never mixed."
            if is_listed
            else "Choose another name: deleted versions can be restored under theirs.",
        )
    if renamed_to is not None:
        raise renamed(path, renamed_to)


def renamed(path: CollectionPath, now: CollectionPath) -> CollectionNameError:
    """Say that a name is that of a collection which has another by now.

    Args:
        path: The name.
        now: What the collection is called now.
    """
    return CollectionNameError(
        f"{path} has been renamed to {now}, and its name is kept for it",
        hint=f"Use {now.name!r}, or another name that no collection has had.",
    )
