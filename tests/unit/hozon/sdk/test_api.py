"""`Api`: looking up what was recorded, and lists that are read by page."""

import re
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import hozon
from hozon.bootstrap import open_catalog
from hozon.errors import (
    CatalogError,
    CollectionNotFoundError,
    InputError,
    InvalidFilterError,
    InvalidNameError,
    InvalidPathError,
    RunNotFoundError,
    SweepNotFoundError,
    TypeConflictError,
)
from hozon.ports.paging import Keyed
from hozon.sdk.pages import Paginator

LogText = Callable[..., hozon.Artifact]


class Numbers:
    """A listing of numbers that counts how often it is asked."""

    def __init__(self, count: int) -> None:
        """List so many."""
        self.asked = 0
        self._numbers = range(count)

    def count(self) -> int:
        """Count them."""
        return len(self._numbers)

    def page(self, *, after: int | None, limit: int) -> Sequence[Keyed[int]]:
        """Give the next ones."""
        self.asked += 1
        start = 0 if after is None else after + 1
        return [Keyed(number, number) for number in self._numbers[start : start + limit]]


@pytest.fixture
def seven(log_text: LogText) -> list[str]:
    """Log seven versions with one run, use them with another, and list their numbers."""
    with hozon.init(id="maker") as run:
        versions = [log_text(run, str(number)).version for number in range(7)]
    with hozon.init(id="user") as run:
        for version in versions:
            run.use_artifact(f"mnist:{version}")
    return versions


def test_names_are_looked_up_in_the_settings_or_the_overrides() -> None:
    """Overrides replace the one or the other."""
    assert repr(hozon.Api()) == "<Api ada/digits>"
    assert repr(hozon.Api({"project": "letters"})) == "<Api ada/letters>"
    assert repr(hozon.Api(overrides={"entity": "bob"})) == "<Api bob/digits>"


def test_bad_overrides_are_refused() -> None:
    """An unknown key, and a bad name."""
    with pytest.raises(InputError, match="unknown key 'projekt'") as caught:
        hozon.Api({"projekt": "x"})
    assert "entity, project" in caught.value.hint
    with pytest.raises(InvalidNameError):
        hozon.Api({"project": "a/b"})


def test_a_run_is_found_by_path() -> None:
    """With all that it recorded."""
    with hozon.init(id="r1", job_type="train", config={"a": 1}) as run:
        run.log({"loss": 2})
    for path in ("r1", "digits/r1", "ada/digits/r1"):
        found = hozon.Api().run(path)
        assert (found.id, found.entity, found.project) == ("r1", "ada", "digits")
    assert (found.path, found.job_type) == (["ada", "digits", "r1"], "train")
    assert (found.config, found.summary) == ({"a": 1}, {"loss": 2})
    assert (found.sweep_id, found.state) == (None, "finished")
    assert found.created_at.utcoffset() == timedelta()
    assert repr(found) == "<Run ada/digits/r1 (finished)>"


def test_what_a_record_gives_is_a_copy() -> None:
    """Changing it changes nothing that is stored."""
    with hozon.init(id="r1", config={"a": [1]}):
        pass
    found = hozon.Api().run("r1")
    found.config["a"].append(2)
    assert hozon.Api().run("r1").config == {"a": [1]}


def test_runs_are_listed_earliest_first() -> None:
    """Of the default project, or of the one that is named."""
    for project, name in (("digits", "b"), ("letters", "x"), ("digits", "a")):
        hozon.init(project=project, id=name).finish()
    assert [run.id for run in hozon.Api().runs()] == ["b", "a"]
    assert [run.id for run in hozon.Api().runs("letters")] == ["x"]
    assert [run.id for run in hozon.Api().runs("ada/letters")] == ["x"]
    assert list(hozon.Api().runs("ada/empty")) == []


def test_collections_are_found_and_listed(log_text: LogText) -> None:
    """By type; each tells what it holds."""
    with hozon.init() as run:
        log_text(run, "one", "best")
        log_text(run, "one", name="letters")
        log_text(run, "one", name="net", kind="model")
    api = hozon.Api()
    assert [c.name for c in api.artifact_collections("digits", "dataset")] == ["mnist", "letters"]
    found = api.artifact_collection("dataset", "mnist")
    assert (found.name, found.type, found.aliases) == ("mnist", "dataset", ["best", "latest"])
    assert (found.entity, found.project) == ("ada", "digits")
    assert found.created_at.utcoffset() == timedelta()
    assert repr(found) == "<ArtifactCollection ada/digits/mnist (dataset)>"
    assert [a.version for a in found.artifacts()] == ["v0"]


def test_a_deleted_collection_is_not_found(log_text: LogText) -> None:
    """It leaves the listing, and its versions every look-up."""
    with hozon.init() as run:
        log_text(run, "one", "best")
    collection = hozon.Api().artifact_collection("dataset", "mnist")
    collection.delete()
    assert len(hozon.Api().artifact_collections("digits", "dataset")) == 0
    assert collection.aliases == []
    for look_up in (
        lambda: hozon.Api().artifact("mnist:best"),
        lambda: hozon.Api().artifact_collection("dataset", "mnist"),
        collection.delete,
    ):
        with pytest.raises(CollectionNotFoundError):
            look_up()


def test_what_does_not_exist_is_named() -> None:
    """Each kind has its own error."""
    api = hozon.Api()
    with pytest.raises(RunNotFoundError, match="no run ada/digits/absent"):
        api.run("absent")
    with pytest.raises(SweepNotFoundError, match="no sweep ada/digits/absent"):
        api.sweep("absent")
    with pytest.raises(CollectionNotFoundError, match="no artifact 'absent' in ada/digits"):
        api.artifact("absent")
    with pytest.raises(CollectionNotFoundError, match="no artifact 'absent' in ada/digits"):
        api.artifacts("dataset", "absent")


def test_another_type_is_named(log_text: LogText) -> None:
    """For a version it is a conflict, a collection of that type does not exist."""
    with hozon.init() as run:
        log_text(run, "one")
    assert hozon.Api().artifact("mnist", type="dataset").version == "v0"
    with pytest.raises(TypeConflictError):
        hozon.Api().artifact("mnist", type="model")
    with pytest.raises(CollectionNotFoundError):
        hozon.Api().artifact_versions("model", "mnist")


def test_malformed_paths_are_refused_everywhere() -> None:
    """The same error for the same mistake."""
    api = hozon.Api()
    for call in (
        lambda: api.run("ada//x"),
        lambda: api.runs("ada//x"),
        lambda: api.artifact("ada//x"),
        lambda: api.artifacts("dataset", "ada//x"),
        lambda: api.artifact_collection("dataset", "ada//x"),
        lambda: api.artifact_collections("ada//x", "dataset"),
        lambda: api.sweep("ada//x"),
    ):
        with pytest.raises(InvalidPathError, match="'ada//x'"):
            call()


def test_a_list_is_fetched_when_it_is_read() -> None:
    """Nothing before, and no page more than needed."""
    numbers = Numbers(7)
    paginator = Paginator(numbers, str, per_page=3)
    assert numbers.asked == 0
    assert (len(paginator), numbers.asked) == (7, 0)
    assert (paginator[0], numbers.asked) == ("0", 1)
    assert (paginator[4], numbers.asked) == ("4", 2)
    assert (paginator[1], numbers.asked) == ("1", 2)
    assert next(iter(paginator)) == "0"
    assert numbers.asked == 2
    assert paginator[-1] == "6"


def test_a_list_can_be_read_again() -> None:
    """What was fetched is kept."""
    numbers = Numbers(4)
    paginator = Paginator(numbers, int, per_page=2)
    assert list(paginator) == list(paginator) == [0, 1, 2, 3]
    assert numbers.asked == 3


@pytest.mark.parametrize("index", [4, -5, 99])
def test_a_place_outside_a_list_is_an_index_error(index: int) -> None:
    """As for every list."""
    with pytest.raises(IndexError):
        _ = Paginator(Numbers(4), int, per_page=2)[index]


def test_an_empty_list_has_no_first() -> None:
    """Length 0, nothing to iterate over."""
    paginator = Paginator(Numbers(0), int, per_page=2)
    assert (len(paginator), list(paginator)) == (0, [])
    with pytest.raises(IndexError):
        _ = paginator[-1]


class Failing(Numbers):
    """A listing whose second page cannot be read the first time."""

    def page(self, *, after: int | None, limit: int) -> Sequence[Keyed[int]]:
        """Give the next ones, or fail."""
        page = super().page(after=after, limit=limit)
        if self.asked == 2:
            raise CatalogError("The catalog is busy", hint="Try again.")
        return page


def test_a_list_goes_on_after_an_error() -> None:
    """A page that could not be read is not taken for the end of the list."""
    paginator = Paginator(Failing(5), int, per_page=2)
    with pytest.raises(CatalogError):
        list(paginator)
    assert list(paginator) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("per_page", [0, -1, True, 1.5, "5", None, float("nan")])
def test_pages_have_at_least_one_value(per_page: Any) -> None:  # noqa: ANN401  That is the point.
    """A whole number, and the error says what was given."""
    with pytest.raises(InputError, match=f"per_page is {re.escape(repr(per_page))}"):
        hozon.Api().runs(per_page=per_page)


@pytest.mark.usefixtures("seven")
def test_pages_may_be_larger_than_a_database_counts() -> None:
    """There is nothing to refuse: it means all at once."""
    assert len(list(hozon.Api().artifacts("dataset", "mnist", per_page=2**70))) == 7


LISTS: dict[str, Callable[[], Paginator[hozon.Artifact]]] = {
    "artifacts": lambda: hozon.Api().artifacts("dataset", "mnist", per_page=3),
    "artifact_versions": lambda: hozon.Api().artifact_versions("dataset", "mnist", per_page=3),
    "collection": lambda: hozon.Api().artifact_collection("dataset", "mnist").artifacts(per_page=3),
    "logged_artifacts": lambda: hozon.Api().run("maker").logged_artifacts(per_page=3),
    "used_artifacts": lambda: hozon.Api().run("user").used_artifacts(per_page=3),
}


@pytest.mark.parametrize("name", LISTS)
def test_versions_are_listed_in_order(seven: list[str], name: str) -> None:
    """Newest first in a collection, in the order of logging or using for a run."""
    newest_first = name not in {"logged_artifacts", "used_artifacts"}
    listed = LISTS[name]()
    assert len(listed) == 7
    assert [a.version for a in listed] == (seven[::-1] if newest_first else seven)
    assert listed[-1].version == ("v0" if newest_first else "v6")


@pytest.mark.parametrize("name", LISTS)
def test_deleting_while_iterating_skips_nothing(seven: list[str], name: str) -> None:
    """Across three pages, every version is met once, and none is left."""
    met = []
    for artifact in LISTS[name]():
        met.append(artifact.version)
        artifact.delete(delete_aliases=True)
    assert sorted(met) == seven
    with pytest.raises(CollectionNotFoundError):
        hozon.Api().artifact("mnist")


def test_a_slice_fetches_what_it_needs(seven: list[str]) -> None:
    """A slice is a list; one that counts from the end needs everything."""
    artifacts = hozon.Api().artifacts("dataset", "mnist", per_page=2)
    newest_first = seven[::-1]
    assert [artifact.version for artifact in artifacts[1:3]] == newest_first[1:3]
    assert [artifact.version for artifact in artifacts[-2:]] == newest_first[-2:]
    assert [artifact.version for artifact in artifacts[::-1]] == seven


def test_values_can_be_taken_one_by_one(seven: list[str]) -> None:
    """`next` gives them in order, and ends as iterators do."""
    artifacts = hozon.Api().artifacts("dataset", "mnist", per_page=2)
    assert [next(artifacts).version for _ in seven] == seven[::-1]
    assert next(artifacts, None) is None


def test_what_was_closed_opens_again_and_is_closed_again() -> None:
    """Objects made before a teardown go on working, and leave no connection behind."""
    api = hozon.Api()
    assert len(api.runs()) == 0
    hozon.teardown()
    assert len(api.runs()) == 0
    hozon.teardown()


def test_runs_are_filtered_and_ordered_while_they_are_deleted() -> None:
    """Pages of any size give each once, and the count is of what is left."""
    for number in range(5):
        with hozon.init(id=f"r{number}", job_type="train" if number else None) as run:
            run.log({"loss": [0.5, 0.1, float("nan"), 0.3, 0.1][number]})
    api = hozon.Api()
    trained = api.runs(filters={"job_type": "train"}, order="-summary.loss", per_page=1)
    assert len(trained) == 4
    seen = []
    for listed in trained:
        seen.append(listed.id)
        listed.delete()
    assert seen == ["r3", "r1", "r4", "r2"]
    assert [listed.id for listed in api.runs(filters={})] == ["r0"]
    assert len(api.runs(filters={"job_type": "train"})) == 0


def test_the_order_of_creation_has_two_directions() -> None:
    """Also where two runs began at the same time."""
    for number in range(3):
        hozon.init(id=f"r{number}").finish()
    ids = [run.id for run in hozon.Api().runs(order="created_at")]
    assert ids == ["r0", "r1", "r2"]
    newest = hozon.Api().runs(order="-created_at", per_page=1)
    assert [run.id for run in newest] == ids[::-1]
    assert len(newest) == 3


def test_a_wrong_filter_is_refused_before_anything_is_read() -> None:
    """The call itself raises, not the first look at the list."""
    with pytest.raises(InvalidFilterError, match="no field 'loss'"):
        hozon.Api().runs(filters={"loss": 1})
    with pytest.raises(InvalidFilterError, match="no field 'loss'"):
        hozon.Api().runs(order="loss")


def test_what_is_deleted_or_of_another_type_does_not_exist(seven: list[str]) -> None:
    """A version, and a collection of which nothing is left; a malformed path is still an error."""
    api = hozon.Api()
    assert api.artifact_exists("mnist")
    assert api.artifact_exists("ada/digits/mnist:v3", type="dataset")
    assert api.artifact_collection_exists("mnist", "dataset")
    assert not api.artifact_exists("mnist:v7")
    assert not api.artifact_exists("mnist:none")
    assert not api.artifact_exists("other")
    assert not api.artifact_exists("mnist", type="model")
    assert not api.artifact_collection_exists("mnist", "model")
    assert not api.artifact_collection_exists("letters/mnist", "dataset")
    api.artifact("mnist:v3").delete()
    assert not api.artifact_exists("mnist:v3")
    api.artifact_collection("dataset", "mnist").delete()
    assert not api.artifact_exists(f"mnist:{seven[0]}")
    assert not api.artifact_collection_exists("mnist", "dataset")
    with pytest.raises(InvalidPathError):
        api.artifact_exists("a/b/c/d")
    with pytest.raises(InvalidPathError):
        api.artifact_collection_exists("mnist:v0", "dataset")


@pytest.mark.parametrize("wrong", [0, -1, float("nan"), float("inf"), 86_401, True, "5"])
def test_a_timeout_is_a_number_of_seconds(wrong: object) -> None:
    """More than nothing and at most a day."""
    with pytest.raises(InputError, match="timeout is"):
        hozon.Api(timeout=wrong)  # type: ignore[arg-type]


def test_a_timeout_bounds_how_long_a_call_waits(home: Path, log_text: LogText) -> None:
    """For a catalog in which another writes; reading goes on, and other objects wait as ever."""
    with hozon.init(id="r1") as run:
        log_text(run, "one")
    api = hozon.Api(timeout=0.3)
    artifact = api.artifact("mnist")
    artifact.description = "late"
    with open_catalog(f"sqlite:///{home / 'catalog.db'}").write():
        begun = time.monotonic()
        with pytest.raises(CatalogError, match="locked"):
            artifact.save()
        assert 0.2 < time.monotonic() - begun < 10
        assert [run.id for run in api.runs()] == ["r1"]
    artifact.save()
    assert hozon.Api().artifact("mnist").description == "late"
