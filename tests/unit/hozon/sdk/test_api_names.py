"""`Api`: projects, types and collections, and what a path names."""

from collections.abc import Callable
from datetime import timedelta

import pytest

import hozon
from hozon.errors import (
    ArtifactNotFoundError,
    CollectionNotFoundError,
    InputError,
    InvalidNameError,
    InvalidPathError,
    NotFoundError,
    ProjectNotFoundError,
    RunNotFoundError,
    SweepNotFoundError,
    TypeNotFoundError,
)

LogText = Callable[..., hozon.Artifact]


@pytest.fixture
def logged(log_text: LogText) -> None:
    """Log two datasets and a model."""
    with hozon.init(id="maker") as run:
        log_text(run, "one")
        log_text(run, "two", name="letters")
        log_text(run, "three", name="net", kind="model")


def test_projects_are_listed_by_owner() -> None:
    """Those that a run made and those that were created, oldest first, page by page."""
    api = hozon.Api()
    assert list(api.projects()) == []
    hozon.init(project="b").finish()
    assert repr(api.create_project("a")) == "<Project ada/a>"
    api.create_project("c", entity="grace")
    projects = api.projects(per_page=1)
    assert [repr(project) for project in projects] == ["<Project ada/b>", "<Project ada/a>"]
    assert len(projects) == 2
    assert [project.name for project in api.projects("grace")] == ["c"]
    with pytest.raises(InvalidNameError):
        api.projects("a/b")
    with pytest.raises(InvalidNameError):
        api.create_project("a/b")
    with pytest.raises(InputError):
        api.projects(per_page=0)


def test_a_project_is_made_once() -> None:
    """Creating it again changes nothing, its TTL and its date included."""
    api = hozon.Api()
    assert api.project("a").created_at is None
    made = api.create_project("a")
    created_at = made.created_at
    assert created_at is not None
    made.ttl = timedelta(days=1)
    made.save()
    again = api.create_project("a")
    assert (again.ttl, again.created_at) == (timedelta(days=1), created_at)
    assert len(api.projects()) == 1


@pytest.mark.usefixtures("logged")
def test_types_lead_to_collections() -> None:
    """From the project to its types, and from a type to its collections and versions."""
    api = hozon.Api()
    types = api.artifact_types(per_page=1)
    assert [kind.name for kind in types] == ["dataset", "model"]
    assert len(types) == 2
    assert [kind.name for kind in api.project("digits").artifacts_types()] == ["dataset", "model"]
    assert list(api.artifact_types("letters")) == []
    datasets = api.artifact_type("dataset", "ada/digits")
    assert (datasets.name, datasets.entity, datasets.project) == ("dataset", "ada", "digits")
    assert repr(datasets) == "<ArtifactType ada/digits dataset>"
    assert [found.name for found in datasets.collections(per_page=1)] == ["mnist", "letters"]
    assert [version.name for version in datasets.collection("letters").versions()] == ["letters:v0"]
    with pytest.raises(CollectionNotFoundError, match="of type 'model', not 'dataset'"):
        datasets.collection("net")
    with pytest.raises(InvalidNameError):
        datasets.collection("digits/letters")


@pytest.mark.usefixtures("logged")
def test_a_type_without_artifacts_is_not_found() -> None:
    """The hint lists those that there are; what was deleted is no more."""
    api = hozon.Api()
    with pytest.raises(TypeNotFoundError, match="no artifacts of type 'table'") as caught:
        api.artifact_type("table")
    assert caught.value.hint == "Its types are dataset, model."
    api.artifact_collection("model", "net").delete()
    with pytest.raises(TypeNotFoundError) as caught:
        api.artifact_type("model")
    assert caught.value.hint == "Its types are dataset."
    with pytest.raises(TypeNotFoundError) as caught:
        api.artifact_type("model", project="letters")
    assert caught.value.hint == "It has no artifacts at all."


@pytest.mark.usefixtures("logged")
def test_a_path_finds_what_it_names() -> None:
    """Of each kind, with and without a word for it."""
    sweep = hozon.sweep({"method": "grid", "parameters": {"rate": {"values": [1]}}})
    api = hozon.Api()
    for path, found in {
        "digits": "<Project ada/digits>",
        "ada/digits": "<Project ada/digits>",
        "ada/digits/maker": "<Run ada/digits/maker (finished)>",
        "ada/digits/runs/maker": "<Run ada/digits/maker (finished)>",
        f"ada/digits/{sweep}": f"<Sweep ada/digits/{sweep}>",
        f"ada/digits/sweeps/{sweep}": f"<Sweep ada/digits/{sweep}>",
        "ada/digits/net": "<ArtifactCollection ada/digits/net (model)>",
        "ada/digits/collections/net": "<ArtifactCollection ada/digits/net (model)>",
        "net:latest": "<Artifact ada/digits/net:v0>",
        "ada/digits/net:v0": "<Artifact ada/digits/net:v0>",
        "ada/digits/artifacts/net": "<Artifact ada/digits/net:v0>",
    }.items():
        assert repr(api.from_path(path)) == found


@pytest.mark.usefixtures("logged")
def test_a_path_that_could_mean_two_things_is_an_error() -> None:
    """It is never guessed; a deleted collection is not meant."""
    hozon.init(id="mnist").finish()
    api = hozon.Api()
    with pytest.raises(InvalidPathError, match="mnist names a run and a collection") as caught:
        api.from_path("ada/digits/mnist")
    assert caught.value.hint == "Write ada/digits/runs/mnist or ada/digits/collections/mnist."
    assert isinstance(api.from_path("ada/digits/runs/mnist"), type(api.run("mnist")))
    api.artifact_collection("dataset", "mnist").delete()
    assert repr(api.from_path("ada/digits/mnist")) == "<Run ada/digits/mnist (finished)>"


@pytest.mark.usefixtures("logged")
def test_a_path_to_nothing_is_not_found() -> None:
    """With the error of its kind, where the path says which."""
    api = hozon.Api()
    for path, kind in {
        "ada/empty": ProjectNotFoundError,
        "ada/digits/runs/x": RunNotFoundError,
        "ada/digits/sweeps/x": SweepNotFoundError,
        "ada/digits/collections/x": CollectionNotFoundError,
        "mnist:v9": ArtifactNotFoundError,
        "ada/digits/x": NotFoundError,
    }.items():
        with pytest.raises(kind) as caught:
            api.from_path(path)
        assert type(caught.value) is kind
    assert "entity/project/sweeps/id" in caught.value.hint
