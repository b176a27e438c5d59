"""Edit: what may change of a committed version."""

from datetime import timedelta

import pytest

from hozon.errors import VersionStateError
from hozon.model.metadata import JsonObject
from hozon.model.names import Alias
from hozon.model.versions import Version, VersionId
from hozon.services.delete import delete_version
from hozon.services.edit import edit_version
from hozon.testing.clocks import ManualClock
from worlds import Logger

NOTHING: JsonObject = {}


def edit(logger: Logger, version: Version, *aliases: str) -> Version:
    """Wish for exactly these aliases, having seen this version."""
    return edit_version(
        logger.context,
        version,
        aliases=[Alias(alias) for alias in aliases],
        description=None,
        metadata=NOTHING,
    )


def test_everything_changes_at_once(logger: Logger, clock: ManualClock) -> None:
    """Aliases, description and metadata are stored together, and dated."""
    version = logger.log("one").version
    clock.advance(timedelta(hours=1))
    edited = edit_version(
        logger.context,
        version,
        aliases=[Alias("latest"), Alias("best")],
        description="good",
        metadata={"loss": 1},
    )
    assert edited.aliases == ("best", "latest")
    assert (edited.description, edited.metadata) == ("good", {"loss": 1})
    assert edited.updated_at == clock.now()
    assert (edited.digest, edited.created_at) == (version.digest, version.created_at)


def test_an_alias_moves_to_the_version_that_gets_it(logger: Logger) -> None:
    """An alias names one version."""
    first = logger.log("one", "best").version
    second = logger.log("two").version
    assert edit(logger, second, "latest", "best").aliases == ("best", "latest")
    with logger.context.catalog.read() as session:
        assert session.versions.get(first.id).aliases == ()


def test_latest_returns_to_the_newest_version(logger: Logger) -> None:
    """A version that drops `latest` gets it back if it is the newest."""
    first = logger.log("one").version
    second = logger.log("two").version
    assert edit(logger, second).aliases == ("latest",)
    moved = edit(logger, first, *first.aliases, "best", "newest")
    assert moved.aliases == ("best", "newest")
    with logger.context.catalog.read() as session:
        seen = session.versions.get(second.id)
    given = edit(logger, moved, "best", "newest", "latest")
    assert given.aliases == ("best", "latest", "newest")
    assert edit(logger, given, "best").aliases == ("best",)
    assert seen.aliases == ("latest",)
    with logger.context.catalog.read() as session:
        assert session.versions.get(second.id).aliases == ("latest",)


def test_what_the_caller_did_not_change_is_left_as_it_is(logger: Logger) -> None:
    """Two people who saw the same version undo nothing of each other's work."""
    seen = logger.log("one").version
    logger.log("two")
    edit(logger, seen, *seen.aliases, "production")
    edited = edit_version(
        logger.context, seen, aliases=seen.aliases, description="a note", metadata=seen.metadata
    )
    assert edited.aliases == ("production",)
    again = edit_version(
        logger.context,
        seen,
        aliases=seen.aliases,
        description=seen.description,
        metadata={"loss": 1},
    )
    assert (again.description, again.metadata) == ("a note", {"loss": 1})
    with logger.context.catalog.read() as session:
        assert session.versions.get(VersionId(seen.id + 1)).aliases == ("latest",)


def test_an_edit_that_changes_nothing_is_not_dated(logger: Logger, clock: ManualClock) -> None:
    """Saving twice is saving once."""
    version = logger.log("one").version
    clock.advance(timedelta(hours=1))
    again = edit(logger, version, *version.aliases)
    assert again.updated_at == version.updated_at


def test_a_deleted_version_is_not_changed(logger: Logger) -> None:
    """The message names the version and its state."""
    version = logger.log("one").version
    delete_version(logger.context, version, delete_aliases=True)
    with pytest.raises(VersionStateError, match="mnist:v0 is DELETED"):
        edit(logger, version, "best")
