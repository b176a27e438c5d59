"""Restoring: what comes back of what a delete took away.

Owns what may be restored, where aliases point afterwards, and which links come back. Refuses to own
storage. Invariants: a restore takes no alias from another version, except `latest`; that moves only
from the newest version to one that is newer still.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from hozon.errors import PurgedVersionError, VersionStateError
from hozon.model.aliases import Pointers
from hozon.model.names import LATEST, Alias
from hozon.model.versions import Version, VersionId, VersionState, check_transition

Remembered = tuple[Alias, VersionId]
"""An alias that a delete took away, and the version that had it."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore brought back, as full paths. `Artifact.restore` returns it.

    Every path but those of `lost_links` is one that `Api.artifact` finds now.

    Examples:
        Somebody gave the alias to another version meanwhile, which keeps it.

        ```python
        import hozon

        api = hozon.Api()
        artifact = api.artifact("mnist:v0")
        artifact.delete(delete_aliases=True)
        other = api.artifact("mnist:v1")
        other.aliases = ["reviewed"]
        other.save()

        restored = artifact.restore()
        print(restored.versions)
        #> ('ada/digits/mnist:v0',)
        print(restored.aliases, restored.conflicts)
        #> () {'ada/digits/mnist:reviewed': 'ada/digits/mnist:v1'}
        print(restored.links, restored.lost_links)
        #> () ()
        ```
    """

    versions: tuple[str, ...]
    """The versions that came back, by number; links that came along are not counted."""

    aliases: tuple[str, ...]
    """The aliases that point at them, and at the links that came along, again."""

    conflicts: Mapping[str, str]
    """The aliases that did not come back, each with the version that has it now."""

    links: tuple[str, ...]
    """The links that came along."""

    lost_links: tuple[str, ...]
    """The links that did not: their portfolio was deleted, or has another link to the version."""


def check_restorable(version: Version) -> None:
    """Let only versions be restored whose bytes are still kept.

    Args:
        version: The version as it is now.

    Raises:
        PurgedVersionError: Its bytes were given up.
        VersionStateError: It has not been deleted.
    """
    check_kept(version)
    check_transition(str(version.path), before=version.state, after=VersionState.COMMITTED)


def check_kept(version: Version) -> None:
    """Refuse a version whose bytes were given up.

    Args:
        version: The version as it is now.

    Raises:
        PurgedVersionError: They were; the message says when, and by what.
    """
    if version.state is not VersionState.PURGED:
        return
    purge = version.deletion
    said = f" at {purge.purged_at:%Y-%m-%d %H:%M} UTC" if purge and purge.purged_at else ""
    said += f" by {purge.purged_by}" if purge and purge.purged_by else ""
    raise PurgedVersionError(
        f"{version.path} was purged{said}",
        hint="Recover its bytes while the trash of the store, or its old versions, still has them.",
    )


def check_source(link: Version, *, source: Version, equal: Version | None) -> None:
    """Let a link be restored only beside its source, and never beside an equal one.

    Args:
        link: A link that was removed.
        source: The version that it leads to, as it is now.
        equal: The link to that version which the portfolio has now; None for none.

    Raises:
        VersionStateError: The source is deleted or of another type by now, or there is an equal
            link.
    """
    if source.state is not VersionState.COMMITTED:
        raise VersionStateError(
            f"{link.path} leads to {source.path}, which is {source.state}",
            hint=f"Restore {source.path} first.",
        )
    if source.type != link.type:
        raise VersionStateError(
            f"{link.path} leads to {source.path}, which is of type {source.type!r} by now",
            hint=f"Link {source.path} to a portfolio of that type.",
        )
    if equal is not None:
        raise VersionStateError(
            f"{link.path} cannot be restored, because {equal.path} leads to {source.path}, too",
            hint=f"Use {equal.path}; a portfolio has one link to a version.",
        )


def after_restore(
    pointers: Pointers,
    *,
    remembered: Iterable[Remembered],
    newest_before: VersionId | None,
    newest: VersionId,
    latest_fell: bool,
) -> Pointers:
    """Give restored versions their aliases back, as far as those are free.

    `latest` goes to a restored version when that is the newest now, and `latest` stood on the
    newest version before, where it had fallen. Else somebody moved it meanwhile, and it stays.

    Args:
        pointers: The collection's aliases before.
        remembered: What the restored versions had; of two that had one alias the first gets it.
        newest_before: The newest committed version before; None when nothing was left.
        newest: The newest committed version, with those that come back.
        latest_fell: Whether a version that is deleted, or comes back now, once lost `latest`.

    Returns:
        The collection's aliases after.
    """
    had = dict(reversed(list(remembered)))
    after = {**had, **pointers}
    if LATEST not in pointers:
        after[LATEST] = had.get(LATEST, newest)
    elif latest_fell and pointers[LATEST] == newest_before:
        after[LATEST] = newest
    return after


def stands(*, has_link: bool, deleted_at: datetime | None, taken_at: datetime | None) -> bool:
    """Tell whether a portfolio still stands for a link that a delete took along.

    Args:
        has_link: Whether the portfolio has a link now.
        deleted_at: When it was last deleted as a whole, UTC; None for never.
        taken_at: When the link was taken along, UTC; None where that is not known.

    Returns:
        Whether it is there, or is empty only because its links were taken along.
    """
    return has_link or deleted_at is None or (taken_at is not None and deleted_at < taken_at)
