"""Edit: what may change of a committed version."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hozon.errors import LinkStateError, VersionStateError
from hozon.model.names import Alias
from hozon.model.notes import Notes
from hozon.model.paths import CollectionPath
from hozon.model.tags import Tag
from hozon.model.ttl import ArtifactTTL
from hozon.model.versions import Version, VersionId
from hozon.services.delete import delete_version
from hozon.services.edit import edit_version
from hozon.services.links import link_version
from hozon.testing.clocks import ManualClock
from worlds import AT, Logger

NOTHING = Notes(None, {}, (), ArtifactTTL.INHERIT)
GOOD = Notes("good", {"loss": 1}, (Tag("small"),), timedelta(days=30))


def edit(logger: Logger, version: Version, *aliases: str) -> Version:
    """Wish for exactly these aliases, having seen this version."""
    return edit_version(
        logger.context,
        version,
        aliases=[Alias(alias) for alias in aliases],
        notes=NOTHING,
    )


def test_everything_changes_at_once(logger: Logger, clock: ManualClock) -> None:
    """Aliases, description, metadata, tags and TTL are stored together, and dated."""
    version = logger.log("one").version
    clock.advance(timedelta(hours=1))
    edited = edit_version(
        logger.context,
        version,
        aliases=[Alias("latest"), Alias("best")],
        notes=GOOD,
    )
    assert edited.aliases == ("best", "latest")
    assert edited.notes == GOOD
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
    described = replace(seen.notes, description="a note", tags=(Tag("a"),))
    edited = edit_version(logger.context, seen, aliases=seen.aliases, notes=described)
    assert edited.aliases == ("production",)
    measured = replace(seen.notes, metadata={"loss": 1}, tags=(Tag("b"),))
    again = edit_version(logger.context, seen, aliases=seen.aliases, notes=measured)
    assert again.notes == Notes("a note", {"loss": 1}, (Tag("a"), Tag("b")), seen.ttl)
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


def linked(logger: Logger, version: Version) -> Version:
    """Link a version into a portfolio."""
    target = CollectionPath.parse("portfolio", default=AT)
    return link_version(logger.context, version, target, aliases=[])


def test_the_notes_of_a_link_are_those_of_its_source(logger: Logger, clock: ManualClock) -> None:
    """A change through the link is seen at the source, and both are dated."""
    source = logger.log("one").version
    link = linked(logger, source)
    now = clock.advance(timedelta(hours=1))
    notes = replace(GOOD, ttl=link.ttl)
    edited = edit_version(logger.context, link, aliases=link.aliases, notes=notes)
    with logger.context.catalog.read() as session:
        changed = session.versions.get(source.id)
    assert edited.notes == changed.notes == notes
    assert edited.updated_at == changed.updated_at == now


def test_the_aliases_of_a_link_are_its_own(logger: Logger) -> None:
    """Those of its source stay as they are."""
    source = logger.log("one", "reviewed").version
    link = linked(logger, source)
    assert edit(logger, link, "latest", "approved").aliases == ("approved", "latest")
    with logger.context.catalog.read() as session:
        assert session.versions.get(source.id).aliases == ("latest", "reviewed")


def test_a_link_takes_no_ttl(logger: Logger) -> None:
    """The hint names the source, and nothing else of the edit is stored."""
    source = logger.log("one").version
    link = linked(logger, source)
    with pytest.raises(LinkStateError, match="portfolio:v0 is a link and has no TTL") as caught:
        edit_version(logger.context, link, aliases=[Alias("approved")], notes=GOOD)
    assert str(source.path) in caught.value.hint
    with logger.context.catalog.read() as session:
        assert session.versions.get(link.id) == link


def test_a_link_shows_the_ttl_of_its_source(logger: Logger) -> None:
    """Storing other changes through the link does not count as setting it."""
    source = logger.log("one").version
    edit_version(logger.context, source, aliases=source.aliases, notes=GOOD)
    link = linked(logger, source)
    assert link.ttl == GOOD.ttl
    plain = replace(link.notes, description="plain")
    assert edit_version(logger.context, link, aliases=link.aliases, notes=plain).notes == plain
