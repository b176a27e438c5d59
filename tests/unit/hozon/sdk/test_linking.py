"""Links and portfolios through the SDK."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import hozon
from hozon.errors import (
    AliasedVersionError,
    CollectionKindError,
    InputError,
    InvalidAliasError,
    InvalidNameError,
    InvalidPathError,
    LinkedVersionError,
    LinkStateError,
    RunFinishedError,
    TypeConflictError,
    VersionStateError,
)

LogText = Callable[..., hozon.Artifact]


@pytest.fixture
def run() -> Iterator[hozon.Run]:
    """Give a run that is going on."""
    with hozon.init(id="r1") as run:
        yield run


@pytest.fixture
def source(run: hozon.Run, log_text: LogText) -> hozon.Artifact:
    """Give a version."""
    return log_text(run, "hello", "reviewed")


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("shared", "ada/digits/shared:v0"),
        ("registry/shared", "ada/registry/shared:v0"),
        ("grace/registry/shared", "grace/registry/shared:v0"),
    ],
)
def test_a_target_is_completed_from_the_source(
    source: hozon.Artifact, target: str, found: str
) -> None:
    """Entity and project are those of the version, unless the path names others."""
    assert source.link(target).qualified_name == found


def test_a_link_tells_its_source(source: hozon.Artifact) -> None:
    """And keeps name, version, project and aliases of its own."""
    link = source.link("grace/registry/shared", aliases=["approved"])
    assert (link.name, link.version, link.aliases) == ("shared:v0", "v0", ["approved", "latest"])
    assert (link.entity, link.project, link.type) == ("grace", "registry", "dataset")
    assert (link.is_link, link.source_name, link.source_version) == (True, "mnist:v0", "v0")
    assert (link.source_entity, link.source_project) == ("ada", "digits")
    assert link.source_artifact.qualified_name == source.qualified_name
    assert link.source_artifact.aliases == ["latest", "reviewed"]
    assert link.collection.name == "shared"
    assert not link.collection.is_sequence()
    assert (link.digest, link.commit_hash) == (source.digest, source.commit_hash)
    assert link.id != source.id


def test_a_version_that_is_no_link_is_its_own_source(source: hozon.Artifact) -> None:
    """Whoever asks need not know which of the two it has."""
    assert (source.is_link, source.source_name, source.source_version) == (False, "mnist:v0", "v0")
    assert (source.source_entity, source.source_project) == ("ada", "digits")
    assert source.source_artifact is source
    assert source.collection.is_sequence()
    assert source.collection.name == "mnist"


def test_a_link_is_found_and_downloaded_by_its_path(source: hozon.Artifact) -> None:
    """As every version is; the folder is named for the link."""
    source.link("shared", aliases=["approved"])
    link = hozon.Api().artifact("shared:approved")
    assert link.is_link
    folder = Path(link.download())
    assert folder == Path("artifacts/shared-v0")
    assert (folder / "data.txt").read_text() == "hello"
    assert list(link.manifest.entries) == ["data.txt"]
    assert link.wandb_digest() == source.wandb_digest()


def test_a_link_of_a_link_is_completed_from_the_source(source: hozon.Artifact) -> None:
    """It leads there, too."""
    second = source.link("grace/registry/shared").link("second")
    assert (second.qualified_name, second.source_name) == ("ada/digits/second:v0", "mnist:v0")


def test_linking_again_gives_the_same_link(source: hozon.Artifact) -> None:
    """With the aliases added."""
    source.link("shared", aliases=["a"])
    again = source.link("shared", ["b"])
    assert (again.name, again.aliases) == ("shared:v0", ["a", "b", "latest"])


def test_lineage_of_a_link_is_that_of_its_source(source: hozon.Artifact) -> None:
    """The maker of the source, in its project; and whoever used either of them."""
    link = source.link("grace/registry/shared")
    maker = link.logged_by()
    assert maker is not None
    assert maker.path == ["ada", "digits", "r1"]
    with hozon.init(id="u1") as user:
        assert user.use_artifact("grace/registry/shared").is_link
    with hozon.init(id="u2") as user:
        user.use_artifact(link)
    for artifact in (link, source):
        assert [user.id for user in artifact.used_by()] == ["u1", "u2"]
    assert [used.name for used in hozon.Api().run("u1").used_artifacts()] == ["mnist:v0"]


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("", InvalidPathError),
        ("a/b/c/d", InvalidPathError),
        ("shared:v0", InvalidPathError),
        (None, InvalidPathError),
        ("sh ared", InvalidNameError),
        ("mnist", CollectionKindError),
    ],
)
def test_bad_targets_are_refused(
    run: hozon.Run, source: hozon.Artifact, target: str, error: type[Exception]
) -> None:
    """By the artifact and by the run; no portfolio is made."""
    with pytest.raises(error):
        source.link(target)
    with pytest.raises(error):
        run.link_artifact(source, target)
    assert len(hozon.Api().artifact_collections("digits", "dataset")) == 1


def test_bad_aliases_are_refused(run: hozon.Run, source: hozon.Artifact) -> None:
    """Before anything is linked or logged."""
    with pytest.raises(InvalidAliasError):
        source.link("shared", aliases=["v7"])
    draft = hozon.Artifact("other", type="dataset")
    with pytest.raises(InvalidAliasError):
        run.link_artifact(draft, "shared", aliases=["v7"])
    assert draft.state == "PENDING"
    assert len(hozon.Api().artifact_collections("digits", "dataset")) == 1


def test_a_portfolio_takes_one_type(
    run: hozon.Run, source: hozon.Artifact, log_text: LogText
) -> None:
    """A model does not go among datasets."""
    source.link("shared")
    with pytest.raises(TypeConflictError):
        log_text(run, "weights", name="net", kind="model").link("shared")


def test_nothing_is_logged_to_a_portfolio(source: hozon.Artifact, log_text: LogText) -> None:
    """The upload fails, and the run with it."""
    source.link("shared")
    with pytest.raises(CollectionKindError), hozon.init() as other:
        log_text(other, "hello", name="shared")
    assert other.state == "failed"


def test_an_unlinked_link_says_so(source: hozon.Artifact) -> None:
    """It is removed once, with its aliases; its source is as it was."""
    link = source.link("shared", aliases=["approved"])
    link.unlink()
    assert (link.state, link.aliases) == ("DELETED", [])
    with pytest.raises(VersionStateError):
        link.unlink()
    with pytest.raises(VersionStateError):
        link.link("second")
    assert hozon.Api().artifact("mnist:reviewed").state == "COMMITTED"
    assert link.source_artifact.state == "COMMITTED"
    assert link.collection.name == "shared"


def test_a_version_is_not_unlinked(source: hozon.Artifact) -> None:
    """The hint says what to do instead."""
    with pytest.raises(LinkStateError) as caught:
        source.unlink()
    assert "delete()" in caught.value.hint
    assert source.state == "COMMITTED"


def test_deleting_a_link_leaves_its_source(source: hozon.Artifact) -> None:
    """Its aliases hold it as they hold a version."""
    link = source.link("shared")
    with pytest.raises(AliasedVersionError):
        link.delete()
    link.delete(delete_aliases=True)
    assert (link.state, hozon.Api().artifact("mnist").state) == ("DELETED", "COMMITTED")


def test_a_source_is_deleted_with_its_links_when_they_may_go(source: hozon.Artifact) -> None:
    """Else the links are listed."""
    link = source.link("shared")
    with pytest.raises(LinkedVersionError, match="ada/digits/shared:v0"):
        source.delete(delete_aliases=True)
    source.delete(delete_aliases=True, force_links=True)
    assert source.state == "DELETED"
    assert len(hozon.Api().artifact_collections("digits", "dataset")) == 0
    assert link.source_artifact.state == "DELETED"


def test_a_collection_is_deleted_with_its_links_when_they_may_go(source: hozon.Artifact) -> None:
    """Else the links are listed."""
    source.link("shared")
    collection = hozon.Api().artifact_collection("dataset", "mnist")
    with pytest.raises(LinkedVersionError, match="ada/digits/shared:v0"):
        collection.delete()
    collection.delete(force_links=True)
    assert len(hozon.Api().artifact_collections("digits", "dataset")) == 0


def test_notes_of_a_link_are_those_of_its_source(source: hozon.Artifact) -> None:
    """What is stored through the one is seen through the other; aliases are not shared."""
    link = source.link("shared")
    link.description = "good"
    link.metadata["n"] = 1
    link.tags = ["small"]
    link.aliases.append("approved")
    link.save()
    assert link.aliases == ["approved", "latest"]
    seen = hozon.Api().artifact("mnist:reviewed")
    assert (seen.description, seen.metadata, seen.tags) == ("good", {"n": 1}, ["small"])
    assert seen.aliases == ["latest", "reviewed"]


def test_a_link_takes_no_ttl(source: hozon.Artifact) -> None:
    """It is refused at once; the TTL of the source is shown."""
    source.ttl = timedelta(days=1)
    source.save()
    link = source.link("shared")
    with pytest.raises(LinkStateError, match="has no TTL of its own"):
        link.ttl = timedelta(days=2)
    link.save()
    assert link.ttl == timedelta(days=1)


def test_a_run_links_a_version(run: hozon.Run, source: hozon.Artifact) -> None:
    """A path is completed from the run; that of the version does not matter."""
    assert run.link_artifact(source, "shared").qualified_name == "ada/digits/shared:v0"
    with hozon.init(project="registry") as other:
        link = other.link_artifact(source, "shared", aliases=["approved"])
    assert link.qualified_name == "ada/registry/shared:v0"
    assert link.aliases == ["approved", "latest"]


def test_a_run_logs_a_draft_before_it_links_it(run: hozon.Run) -> None:
    """So one call is enough; what is being logged is waited for."""
    draft = hozon.Artifact("mnist", type="dataset")
    assert run.link_artifact(draft, "shared").source_name == "mnist:v0"
    assert draft.version == "v0"
    going_on = hozon.Artifact("mnist", type="dataset")
    with going_on.new_file("a") as file:
        file.write("x")
    run.log_artifact(going_on)
    assert run.link_artifact(going_on, "shared").source_name == "mnist:v1"


def test_a_run_links_artifacts_only(run: hozon.Run) -> None:
    """A path is none."""
    with pytest.raises(InputError, match="link_artifact was given a str"):
        run.link_artifact("mnist:v0", "shared")  # type: ignore[arg-type]


def test_a_finished_run_links_nothing(run: hozon.Run, source: hozon.Artifact) -> None:
    """The error names what was asked for."""
    run.finish()
    with pytest.raises(RunFinishedError, match="cannot link_artifact"):
        run.link_artifact(source, "shared")
