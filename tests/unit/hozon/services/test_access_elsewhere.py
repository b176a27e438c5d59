"""Access: what one may see tells nothing of what leads to it from places that one may not see."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hozon.errors import (
    ArtifactNotFoundError,
    CollectionNotFoundError,
)
from hozon.model.access import Principal, Role
from hozon.model.names import Alias, CollectionName, EntityName, TypeName
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath
from hozon.model.versions import Version
from hozon.services.access import add_member
from hozon.services.commit import CommitRequest, commit_version
from hozon.services.contents import StagedFile
from hozon.services.context import Context
from hozon.services.edit import edit_version
from hozon.services.garbage.explain import fate_of_version
from hozon.services.links import link_version
from hozon.services.references import refer_to_entry
from hozon.services.resolve import (
    collection_aliases,
    find_entry,
    resolve_collection,
    resolve_version,
)
from hozon.services.ttl import expiry_of_version, list_expiring
from worlds import AT, Logger, Stage

SECRET = ProjectPath.of("vision", "secret")
HIDDEN = CollectionPath(SECRET, CollectionName("hidden"))
PORTFOLIO = CollectionPath(SECRET, CollectionName("chosen"))
SHOWN = CollectionPath(AT, CollectionName("shown"))
DAY = timedelta(days=1)


def by(context: Context, name: str) -> Context:
    """Let somebody else ask, who does not own the installation."""
    return replace(context, principal=Principal(EntityName(name)))


@pytest.fixture
def grace(context: Context) -> Context:
    """Let grace ask, who is a member of ada's team, and of no other one that somebody claimed."""
    add_member(context, AT.entity, "grace", Role.MEMBER)
    add_member(context, SECRET.entity, "alan", Role.MEMBER)
    return by(context, "grace")


@pytest.fixture
def secret(grace: Context, context: Context, stage: Stage) -> Version:
    """Log a version in a project that grace cannot see."""
    assert grace.principal.name == "grace"
    contents = stage({"data.txt": b"hidden"})
    request = CommitRequest(HIDDEN, TypeName("dataset"), contents, [], None, {}, None)
    return commit_version(context, request).version


def test_what_suspends_a_ttl_is_not_named(grace: Context, context: Context, logger: Logger) -> None:
    """A link that keeps a version names its project; that it is kept is told."""
    version = logger.log("one").version
    version = edit_version(
        context, version, aliases=version.aliases, notes=replace(version.notes, ttl=DAY)
    )
    link_version(context, version, PORTFOLIO, aliases=[])
    assert expiry_of_version(context, version).suspended_by == "link vision/secret/chosen:v0"
    expiry = expiry_of_version(grace, version)
    assert expiry.expires_at is None
    assert expiry.suspended_by == "link of a project that you cannot see"
    (listed,) = list_expiring(grace, AT, limit=None).versions
    assert listed.expiry == expiry
    link_version(context, version, SHOWN, aliases=[])
    assert expiry_of_version(grace, version).suspended_by == "link ada/digits/shown:v0"


def test_what_refers_to_a_version_is_not_named(
    grace: Context, context: Context, logger: Logger
) -> None:
    """Why a version is kept leaves hidden versions out."""
    version = logger.log("one").version
    entry = find_entry(context, version, "data.txt")
    assert entry is not None
    request = replace(logger.request(files={}), collection=HIDDEN)
    request.contents.put(StagedFile(refer_to_entry(version.id, entry, path="there"), at=None))
    referring = commit_version(context, request).version
    assert [v.path for v in fate_of_version(context, version).referred_by] == [referring.path]
    assert fate_of_version(grace, version).referred_by == []
    with pytest.raises(CollectionNotFoundError):
        fate_of_version(grace, referring)


def test_aliases_of_hidden_links_are_not_named(
    grace: Context, context: Context, secret: Version, logger: Logger
) -> None:
    """Neither in the list of a portfolio nor in a hint."""
    link_version(context, logger.log("one").version, SHOWN, aliases=[Alias("public")])
    link_version(context, secret, SHOWN, aliases=[Alias("covert")])
    portfolio = resolve_collection(grace, SHOWN)
    assert collection_aliases(context, portfolio) == ["covert", "latest", "public"]
    assert collection_aliases(grace, portfolio) == ["public"]
    with pytest.raises(ArtifactNotFoundError) as told:
        resolve_version(grace, ArtifactPath(SHOWN, "covert"))
    assert told.value.hint == "Aliases in use are public."
