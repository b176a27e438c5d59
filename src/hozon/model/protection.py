"""Protection: aliases that stay where they are until an admin lets them go.

Owns which changes of a collection's aliases override a protection. Refuses to own who may protect
an alias; that is `hozon.model.access`. Invariant: `latest` is never protected: it moves by itself.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from hozon.errors import InvalidAliasError, ProtectedAliasError
from hozon.model.aliases import Pointers
from hozon.model.names import LATEST, Alias, EntityName, check_alias
from hozon.model.paths import ArtifactPath
from hozon.model.versions import VersionId


@dataclass(frozen=True, slots=True)
class ProtectedAlias:
    """An alias that is protected in all collections of a project. `Api.protected_aliases` lists it.

    Examples:
        Find out who protected an alias.

        ```python
        import hozon

        api = hozon.Api()
        api.protect_alias("production")
        for protected in api.protected_aliases():
            print(protected.alias, protected.protected_at.tzname())
            #> production UTC
            print(protected.protected_by == hozon.Api().protected_aliases()[0].protected_by)
            #> True
        ```
    """

    alias: Alias
    """The alias."""

    protected_by: EntityName
    """Who protected it."""

    protected_at: datetime
    """When, UTC."""


def check_protectable(alias: object) -> Alias:
    """Accept an alias that may be protected.

    Args:
        alias: The candidate.

    Returns:
        The alias, unchanged.

    Raises:
        InvalidAliasError: It breaks the rules for aliases, or is `latest`.
    """
    accepted = check_alias(alias)
    if accepted == LATEST:
        raise InvalidAliasError(
            f"The alias {LATEST!r} cannot be protected: it moves to each new version by itself",
            hint="Give the version another alias, and protect that.",
        )
    return accepted


def overridden(
    before: Pointers, after: Pointers, *, protected: Collection[Alias]
) -> tuple[Alias, ...]:
    """Find the protected aliases that a change would move or take away.

    Giving a protected alias that no version has is no change of one.

    Args:
        before: The collection's aliases as they are.
        after: The collection's aliases as they would be.
        protected: The protected aliases of the project.

    Returns:
        The aliases, sorted.
    """
    return tuple(
        sorted(
            alias
            for alias in protected
            if alias in before and after.get(alias) != before[alias] and alias != LATEST
        )
    )


def check_unprotected(
    before: Pointers,
    after: Pointers,
    *,
    protected: Collection[Alias],
    path_of: Callable[[VersionId], ArtifactPath],
) -> None:
    """Let aliases change only where nothing protects them.

    Args:
        before: The collection's aliases as they are.
        after: The collection's aliases as they would be.
        protected: The protected aliases of the project.
        path_of: Tells the path of a version, for the message.

    Raises:
        ProtectedAliasError: A protected alias would move or go; the message names it and the
            version that has it.
    """
    for alias in overridden(before, after, protected=protected):
        version = path_of(before[alias])
        raise ProtectedAliasError(
            f"{version} has the protected alias {alias!r}",
            hint="Let an admin lift the protection first, with"
            f" Api().unprotect_alias({alias!r}, {str(version.collection.at)!r}).",
        )
