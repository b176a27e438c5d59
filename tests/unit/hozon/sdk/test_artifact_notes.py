"""What may change of an artifact, and what names it: tags, TTL, ids, steps."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

import hozon
from hozon.errors import InputError, InvalidNameError, InvalidTagError, InvalidTtlError

LogText = Callable[..., hozon.Artifact]

DAY = timedelta(days=1)


@pytest.fixture
def run() -> Iterator[hozon.Run]:
    """Give a run that is going on."""
    with hozon.init(id="r1") as run:
        yield run


@pytest.fixture
def draft() -> hozon.Artifact:
    """Give an empty draft."""
    return hozon.Artifact("mnist", type="dataset")


@pytest.mark.parametrize("kind", ["job", "wandb-history", "hozon-x"])
def test_reserved_types_are_refused(kind: str) -> None:
    """When the draft is made."""
    with pytest.raises(InvalidNameError, match="is reserved"):
        hozon.Artifact("mnist", type=kind)


def test_a_draft_begins_without_notes(draft: hozon.Artifact) -> None:
    """No tag, no TTL of its own, no id."""
    assert (draft.tags, draft.ttl) == ([], hozon.ArtifactTTL.INHERIT)
    assert (draft.id, draft.use_as) == (None, None)


def test_the_notes_of_a_draft_are_logged(run: hozon.Run, draft: hozon.Artifact) -> None:
    """And can be read again."""
    draft.tags = ["small", "clean", "small"]
    draft.ttl = DAY
    assert draft.tags == ["clean", "small"]
    run.log_artifact(draft).wait()
    for artifact in (draft, hozon.Api().artifact("mnist")):
        assert (artifact.tags, artifact.ttl) == (["clean", "small"], DAY)


def test_tags_are_added_while_logging(run: hozon.Run, draft: hozon.Artifact) -> None:
    """Beside those of the draft; by the run and by the module."""
    draft.tags = ["a"]
    run.log_artifact(draft, tags=["b"])
    assert draft.tags == ["a", "b"]
    assert draft.wait().tags == ["a", "b"]
    again = hozon.Artifact("mnist", type="dataset")
    assert hozon.log_artifact(again, tags=["c"]).wait().tags == ["a", "b", "c"]


def test_a_version_that_is_found_again_keeps_its_ttl(run: hozon.Run) -> None:
    """As it keeps its description and metadata; the artifact shows what is stored."""
    for ttl in (DAY, None):
        artifact = hozon.Artifact("mnist", type="dataset")
        artifact.ttl = ttl
        assert run.log_artifact(artifact).wait().ttl == DAY


@pytest.mark.parametrize("ttl", [DAY, None, hozon.ArtifactTTL.INHERIT])
def test_changed_notes_are_stored_by_save(
    run: hozon.Run, log_text: LogText, ttl: timedelta | hozon.ArtifactTTL | None
) -> None:
    """Before that, nobody else sees them."""
    artifact = log_text(run, "one")
    artifact.ttl = timedelta(days=9)
    artifact.save()
    artifact.tags.append("small")
    artifact.ttl = ttl
    assert hozon.Api().artifact("mnist").tags == []
    artifact.save()
    fetched = hozon.Api().artifact("mnist")
    assert (fetched.tags, fetched.ttl) == (["small"], ttl)
    artifact.tags = []
    artifact.save()
    assert hozon.Api().artifact("mnist").tags == []


def test_tags_of_others_stay(run: hozon.Run, log_text: LogText) -> None:
    """Two people who saw the same version undo nothing of each other's work."""
    log_text(run, "one")
    one, other = (hozon.Api().artifact("mnist") for _ in range(2))
    one.tags = ["a"]
    other.tags = ["b"]
    for artifact in (one, other):
        artifact.save()
    assert other.tags == ["a", "b"]


def test_what_is_changed_while_it_is_logged_is_kept(run: hozon.Run) -> None:
    """`save()` stores it; the tags that the version has already stay beside it."""
    first = hozon.Artifact("mnist", type="dataset")
    run.log_artifact(first, tags=["first"]).wait()
    artifact = hozon.Artifact("mnist", type="dataset")
    artifact.tags = ["kept", "dropped"]
    run.log_artifact(artifact)
    artifact.tags = ["kept", "late"]
    artifact.ttl = DAY
    artifact.wait()
    assert (artifact.tags, artifact.ttl) == (["first", "kept", "late"], DAY)
    artifact.save()
    fetched = hozon.Api().artifact("mnist")
    assert (fetched.tags, fetched.ttl) == (["first", "kept", "late"], DAY)


def test_bad_tags_are_refused(run: hozon.Run, draft: hozon.Artifact) -> None:
    """When they are set; and appended ones when they are logged or saved."""
    with pytest.raises(InvalidTagError, match="'a,b'"):
        draft.tags = ["a,b"]
    with pytest.raises(InvalidTagError, match="'c/d'"):
        run.log_artifact(draft, tags=["c/d"])
    draft.tags.append("e:f")
    with pytest.raises(InvalidTagError, match="'e:f'"):
        run.log_artifact(draft)
    draft.tags.clear()
    run.log_artifact(draft).wait()
    draft.tags.append("g,h")
    with pytest.raises(InvalidTagError, match="'g,h'"):
        draft.save()
    assert hozon.Api().artifact("mnist").tags == []


@pytest.mark.parametrize("ttl", [30, 0.5, timedelta(), -DAY, timedelta(days=40_000)])
def test_bad_ttls_are_refused(draft: hozon.Artifact, ttl: object) -> None:
    """When they are set, and the old one stays."""
    with pytest.raises(InvalidTtlError):
        draft.ttl = ttl  # type: ignore[assignment]  # The point of the test.
    assert draft.ttl is hozon.ArtifactTTL.INHERIT


def test_use_as_of_the_constructor_is_kept_by_the_object_alone(run: hozon.Run) -> None:
    """It is text without effect, and not stored."""
    artifact = hozon.Artifact("mnist", type="dataset", use_as="input")
    run.log_artifact(artifact).wait()
    assert artifact.use_as == "input"
    assert hozon.Api().artifact("mnist").use_as is None
    with pytest.raises(InputError, match="use_as is a int"):
        hozon.Artifact("mnist", type="dataset", use_as=7)  # type: ignore[arg-type]


def test_an_id_is_that_of_one_version(run: hozon.Run, log_text: LogText) -> None:
    """Whatever name it is looked up by; it stays when the version is changed or deleted."""
    first, second = log_text(run, "one"), log_text(run, "two")
    assert first.id is not None
    assert first.id == hozon.Api().artifact("mnist:v0").id != second.id
    before = first.id
    first.description = "good"
    first.save()
    first.delete()
    assert first.id == before


def test_a_commit_hash_is_that_of_one_version(run: hozon.Run, log_text: LogText) -> None:
    """Equal content under another name has the same digest and another commit hash."""
    one, copy = log_text(run, "one"), log_text(run, "one", name="copy")
    assert one.digest == copy.digest
    assert one.commit_hash != copy.commit_hash
    assert one.commit_hash == hozon.Api().artifact("mnist:v0").commit_hash


def test_no_version_has_a_page(run: hozon.Run, log_text: LogText) -> None:
    """Nothing serves one yet."""
    assert log_text(run, "one").url is None


def test_the_step_is_that_of_the_history_when_logging_began(run: hozon.Run) -> None:
    """None before the first row, 0 after it; content that is found again keeps its step."""
    steps = []
    for text in ("one", "two", "three", "one"):
        artifact = hozon.Artifact("mnist", type="dataset")
        with artifact.new_file("a") as file:
            file.write(text)
        run.log_artifact(artifact)
        run.log({"loss": 1})
        steps.append(artifact.wait().history_step)
    assert steps == [None, 0, 1, None]
