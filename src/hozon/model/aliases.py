"""Aliases: where the names of versions point after each event.

Owns the rules for `latest` and for the aliases that people give. Refuses to own storage. Invariant:
while a collection has a committed version, `latest` points at one; it never dangles.
"""

from collections.abc import Iterable, Mapping

from hozon.errors import InvalidAliasError
from hozon.model.names import LATEST, Alias, check_alias
from hozon.model.versions import VersionId

Pointers = Mapping[Alias, VersionId]
"""Alias → version, for one collection."""


def check_aliases(values: Iterable[object] | None) -> tuple[Alias, ...]:
    """Accept the aliases given to a call.

    Args:
        values: Any number of aliases; None for none.

    Returns:
        Each once, in the order given.

    Raises:
        InvalidAliasError: One of them breaks the rules, or a single text was given for a list.
    """
    if isinstance(values, str):
        return (check_alias(values),)
    if values is not None and not isinstance(values, Iterable):
        raise InvalidAliasError(
            f"The aliases are a {type(values).__name__}", hint="Give a list of texts."
        )
    return tuple(dict.fromkeys(check_alias(value) for value in values or ()))


def after_log(pointers: Pointers, *, version: VersionId, given: Iterable[Alias]) -> Pointers:
    """Move `latest` and the given aliases to the version just logged.

    Args:
        pointers: The collection's aliases before.
        version: The version that was made, or found to have the same content.
        given: The aliases that the caller asked for.

    Returns:
        The collection's aliases after.
    """
    return {**pointers, **dict.fromkeys((LATEST, *given), version)}


def after_delete(
    pointers: Pointers, *, deleted: Iterable[VersionId], newest: VersionId | None
) -> Pointers:
    """Take the aliases off deleted versions and let `latest` fall to the newest survivor.

    Args:
        pointers: The collection's aliases before.
        deleted: The versions that go.
        newest: The newest committed version that stays; None when nothing stays.

    Returns:
        The collection's aliases after.
    """
    gone = set(deleted)
    kept = {alias: version for alias, version in pointers.items() if version not in gone}
    return _with_latest(kept, newest)


def after_edit(
    pointers: Pointers,
    *,
    version: VersionId,
    add: Iterable[Alias],
    remove: Iterable[Alias],
    newest: VersionId,
) -> Pointers:
    """Give a version aliases, taking them from other versions, and take others away from it.

    Args:
        pointers: The collection's aliases before.
        version: The version whose aliases were edited.
        add: What it should have from now on.
        remove: What it should no longer have; aliases of other versions stay where they are.
        newest: The newest committed version of the collection.

    Returns:
        The collection's aliases after; `latest` falls to the newest version if it was taken away.
    """
    unwanted = set(remove)
    kept = {
        alias: target
        for alias, target in pointers.items()
        if target != version or alias not in unwanted
    }
    return _with_latest({**kept, **dict.fromkeys(add, version)}, newest)


def _with_latest(pointers: dict[Alias, VersionId], newest: VersionId | None) -> Pointers:
    """Point a missing `latest` at the newest version, if there is one."""
    if LATEST not in pointers and newest is not None:
        pointers[LATEST] = newest
    return pointers
