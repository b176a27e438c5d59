"""Links: made, found again and removed, without touching what they lead to."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hozon.errors import (
    CollectionKindError,
    CollectionNotFoundError,
    LinkStateError,
    TypeConflictError,
    VersionStateError,
)
from hozon.model.names import Alias
from hozon.model.paths import ArtifactPath, CollectionPath
from hozon.model.versions import Version, VersionState
from hozon.services.commit import commit_version
from hozon.services.context import Context
from hozon.services.delete import delete_version
from hozon.services.download import download_version, published_digest
from hozon.services.lineage import list_users, record_use
from hozon.services.links import link_version, source_of, unlink_version
from hozon.services.resolve import collection_of, load_manifest, resolve_version
from hozon.testing.clocks import ManualClock
from worlds import AT, MNIST, Logger

SHARED = CollectionPath.parse("grace/registry/shared", default=AT)


def link(logger: Logger, version: Version, *aliases: str) -> Version:
    """Link a version into the portfolio."""
    return link_version(
        logger.context, version, SHARED, aliases=[Alias(alias) for alias in aliases]
    )


def current(logger: Logger, version: Version) -> Version:
    """Read a version as it is now."""
    with logger.context.catalog.read() as session:
        return session.versions.get(version.id)


def test_a_link_is_a_version_of_the_portfolio(logger: Logger, clock: ManualClock) -> None:
    """With a number, aliases and a date of its own; the source stays as it is."""
    logger.log("zero")
    source = logger.log("one", "reviewed").version
    now = clock.advance(timedelta(hours=1))
    made = link(logger, source, "approved")
    assert (str(made.path), made.source) == ("grace/registry/shared:v0", source.path)
    assert (made.aliases, made.created_at) == (("approved", "latest"), now)
    assert current(logger, source) == source
    for selector in ("v0", "latest", "approved"):
        assert resolve_version(logger.context, ArtifactPath(SHARED, selector)) == made


def test_linking_again_finds_the_link(logger: Logger, clock: ManualClock) -> None:
    """The aliases are added, no number is used up, and without a change there is no new date."""
    source = logger.log("one").version
    made = link(logger, source, "a")
    clock.advance(timedelta(hours=1))
    assert link(logger, source) == made
    again = link(logger, source, "b")
    assert (again.id, again.aliases) == (made.id, ("a", "b", "latest"))


def test_latest_of_a_portfolio_is_what_was_linked_last(logger: Logger) -> None:
    """Also when the link was there already, as with content that is logged again."""
    versions = [logger.log(text).version for text in ("one", "two")]
    links = [link(logger, version) for version in versions]
    assert [made.index for made in links] == [0, 1]
    assert [current(logger, made).aliases for made in links] == [(), ("latest",)]
    link(logger, versions[0])
    assert [current(logger, made).aliases for made in links] == [("latest",), ()]


def test_a_link_of_a_link_leads_to_the_source(logger: Logger) -> None:
    """So no link ever leads to a link."""
    source = logger.log("one").version
    second = link_version(
        logger.context,
        link(logger, source),
        CollectionPath.parse("second", default=AT),
        aliases=[],
    )
    assert (second.source, second.content_id) == (source.path, source.id)
    assert link(logger, second).index == 0


def test_links_do_not_go_where_versions_are_logged(logger: Logger) -> None:
    """And nothing is written."""
    source = logger.log("one").version
    with pytest.raises(CollectionKindError, match="digits/mnist holds logged versions"):
        link_version(logger.context, source, MNIST, aliases=[])
    assert current(logger, source) == source


def test_versions_are_not_logged_where_links_are(logger: Logger) -> None:
    """Neither while there are links nor afterwards: the kind is for good."""
    made = link_version(
        logger.context,
        logger.log("one").version,
        CollectionPath.parse("shared", default=AT),
        aliases=[],
    )
    request = logger.request("shared", files={"a": b"one"})
    for _ in range(2):
        with pytest.raises(CollectionKindError, match="digits/shared is a portfolio"):
            commit_version(logger.context, request)
        if current(logger, made).state is VersionState.COMMITTED:
            unlink_version(logger.context, made)


def test_a_portfolio_has_one_type(logger: Logger) -> None:
    """That of its first link; the message names both."""
    link(logger, logger.log("one").version)
    request = logger.request("net", files={}, type_name="model")
    model = commit_version(logger.context, request).version
    with pytest.raises(TypeConflictError, match="of type 'dataset', not 'model'") as caught:
        link(logger, model)
    assert "another portfolio" in caught.value.hint


def test_a_deleted_version_is_not_linked(logger: Logger) -> None:
    """Nor is a link that was removed; no portfolio is made for it."""
    version = logger.log("one").version
    delete_version(logger.context, version, delete_aliases=True)
    with pytest.raises(VersionStateError, match="mnist:v0 is DELETED"):
        link(logger, version)
    with logger.context.catalog.read() as session:
        assert session.collections.find(SHARED) is None
    removed = unlink_version(logger.context, link(logger, logger.log("two").version))
    with pytest.raises(VersionStateError, match="shared:v0 is DELETED"):
        link(logger, removed)


def test_unlinking_takes_the_link_and_nothing_else(logger: Logger) -> None:
    """Its aliases go, `latest` falls back, and the source stays with all that it has."""
    first, second = (logger.log(text, text).version for text in ("one", "two"))
    kept, doomed = link(logger, first), link(logger, second, "approved")
    removed = unlink_version(logger.context, doomed)
    assert (removed.state, removed.aliases) == (VersionState.DELETED, ())
    assert current(logger, kept).aliases == ("latest",)
    assert current(logger, second) == second


def test_an_unlinked_version_can_be_linked_again(logger: Logger) -> None:
    """As another link: numbers are never given twice."""
    source = logger.log("one").version
    unlink_version(logger.context, link(logger, source))
    with pytest.raises(CollectionNotFoundError):
        resolve_version(logger.context, ArtifactPath(SHARED, "latest"))
    assert link(logger, source).index == 1


def test_only_a_link_is_unlinked_and_only_once(logger: Logger) -> None:
    """The two errors are told apart."""
    source = logger.log("one").version
    made = link(logger, source)
    with pytest.raises(LinkStateError, match="mnist:v0 is no link"):
        unlink_version(logger.context, source)
    unlink_version(logger.context, made)
    with pytest.raises(VersionStateError, match="shared:v0 is DELETED"):
        unlink_version(logger.context, made)


def test_the_content_of_a_link_is_that_of_its_source(logger: Logger, tmp_path: Path) -> None:
    """It is listed, downloaded and digested as the source is."""
    source = logger.log("one").version
    made = link(logger, source)
    context = logger.context
    assert load_manifest(context, made.id) == load_manifest(context, source.id)
    assert published_digest(context, made) == published_digest(context, source)
    assert (download_version(context, made, tmp_path / "a") / "data.txt").read_text() == "one"


def test_whoever_uses_a_link_uses_its_source(logger: Logger, context: Context) -> None:
    """Lineage knows content, not the ways to it."""
    source = logger.log("one").version
    run = logger.start_run("r1")
    assert record_use(context, run.key, link(logger, source).content_id)
    assert [user.id for user in list_users(context, source.id)] == ["r1"]


def test_the_source_is_found_in_every_state(logger: Logger) -> None:
    """Of a link; a version that is none is its own source."""
    source = logger.log("one").version
    made = link(logger, source)
    assert source_of(logger.context, source) == source
    delete_version(logger.context, source, delete_aliases=True, force_links=True)
    assert source_of(logger.context, made).state is VersionState.DELETED


def test_the_collection_is_found_when_nothing_is_left_in_it(logger: Logger) -> None:
    """Whoever holds a removed link can still ask where it was."""
    made = unlink_version(logger.context, link(logger, logger.log("one").version))
    assert collection_of(logger.context, made).path == SHARED


def test_a_version_of_another_catalog_has_no_collection_here(logger: Logger) -> None:
    """The message names it, the hint the likely reason."""
    elsewhere = replace(logger.log("one").version, collection=SHARED)
    with pytest.raises(CollectionNotFoundError, match="grace/registry/shared") as caught:
        collection_of(logger.context, elsewhere)
    assert "catalog" in caught.value.hint


def test_two_who_link_one_version_make_one_link(logger: Logger) -> None:
    """The second finds what the first made."""
    source = logger.log("one").version
    with ThreadPoolExecutor(4) as pool:
        links = list(pool.map(lambda _: link(logger, source), range(8)))
    assert {made.index for made in links} == {0}
