"""What must be true of the store after each block, for every language.

A block's printed output shows what it says; these statements show what it did. Each runs in the
world of the block, right after it. Every Python block has one, under its page and title.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, contextmanager
from datetime import timedelta
from functools import partial
from itertools import chain
from types import MappingProxyType

import pytest

import hozon
from hozon.bootstrap import open_context
from hozon.ports.catalog import CatalogCounts
from hozon.sdk.objects import StoredObject
from hozon.settings import load_settings

Statement = Callable[[], None]


def names(type_name: str, collection: str) -> dict[str, list[str]]:
    """Map each version that is listed to its aliases."""
    listed = hozon.Api().artifacts(type_name, collection)
    return {version.version: version.aliases for version in listed}


def stored() -> tuple[CatalogCounts, int]:
    """Count what the catalog holds, and the objects in the bucket."""
    context = open_context(load_settings())
    try:
        with context.catalog.read() as session:
            return session.counts(), len(list(context.store.keys()))
    finally:
        context.close()


MNIST = {"v0": ["reviewed"], "v1": [], "v2": [], "v3": ["candidate"], "v4": ["latest"]}
CLASSIFIER = {"v0": ["baseline"], "v1": ["trial-a"], "v2": ["trial-b"], "v3": ["latest"]}
OBJECTS = len(MNIST) + len(CLASSIFIER)
TRAINED_OBJECTS = 5


def without(versions: Mapping[str, list[str]], *gone: str) -> dict[str, list[str]]:
    """Leave some versions out."""
    return {version: aliases for version, aliases in versions.items() if version not in gone}


def deleted(*, mnist: Mapping[str, list[str]], count: int) -> None:
    """State which datasets are left, that no model was touched, and that every byte is kept."""
    assert names("dataset", "mnist") == mnist
    assert names("model", "classifier") == CLASSIFIER
    counts, keys = stored()
    assert counts.deleted_versions == count
    assert keys == OBJECTS


def shared(
    *,
    visibility: str = "private",
    role: str = "viewer",
    detector: Mapping[str, list[str]] = MappingProxyType(
        {"v0": [], "v1": ["latest", "production"]}
    ),
) -> None:
    """State who sees the project, in which role grace is, and where the aliases are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOZON_USER", "ada")
        assert hozon.Api().project("detectors").visibility == visibility
        members = {member.name: str(member.role) for member in hozon.Api().team("vision").members}
        assert members == {"ada": "admin", "grace": role}
        assert names("model", "detector") == detector


def first_snippet() -> None:
    """One version, made by one finished run, with one file in the bucket."""
    (run,) = hozon.Api().runs()
    assert run.state == "finished"
    assert [artifact.name for artifact in run.logged_artifacts()] == ["mnist:v0"]
    assert list(hozon.Api().artifact("mnist:v0").manifest.entries) == ["labels.csv"]
    assert stored()[1] == 1


def readme_snippet() -> None:
    """One version, logged by the first run and used by the second."""
    artifact = hozon.Api(overrides={"project": "readme"}).artifact("mnist:v0")
    assert artifact.aliases == ["latest", "reviewed"]
    assert [run.state for run in artifact.used_by()] == ["finished"]
    assert stored()[1] == 1


def log_dataset() -> None:
    """The content is that of v0, so no version was made and `latest` went back to v0."""
    assert names("dataset", "mnist") == {"v0": ["latest"], "v1": []}
    assert len(hozon.Api().runs()) == 3


def log_next_version() -> None:
    """The content is that of v1, which `latest` names already."""
    assert names("dataset", "mnist") == {"v0": [], "v1": ["latest"]}
    assert len(hozon.Api().runs()) == 3


def use_dataset() -> None:
    """One more finished run uses v0, and remembers what it saw."""
    users = hozon.Api().artifact("mnist:v0").used_by()
    assert [run.state for run in users] == ["finished", "finished"]
    assert users[-1].summary == {"images_seen": 1}
    assert hozon.Api().artifact("mnist:v1").used_by() == []


def quickstart_unchanged() -> None:
    """Reading changes nothing."""
    assert names("dataset", "mnist") == {"v0": [], "v1": ["latest"]}
    assert len(hozon.Api().runs()) == 2


def update_world_with(
    *, mnist: dict[str, list[str]] | None = None, classifier: dict[str, list[str]] | None = None
) -> None:
    """State what is left of the page's data, or has become of it."""
    assert names("dataset", "mnist") == (mnist or {"v0": ["reviewed"], "v1": ["latest"]})
    assert names("model", "classifier") == (classifier or {"v0": ["latest"]})


def linked() -> dict[str, list[str]]:
    """Map the source of each link of the page's portfolio to the aliases of the link."""
    links = hozon.Api().artifacts("model", "registry/approved-models")
    assert all(link.is_link for link in links)
    return {link.source_artifact.qualified_name: link.aliases for link in links}


def log_version() -> None:
    """One more version, with the alias and the tag, by a finished run."""
    update_world_with(mnist={"v0": ["reviewed"], "v1": [], "v2": ["candidate", "latest"]})
    made = hozon.Api().artifact("mnist:candidate")
    assert (made.tags, made.metadata) == (["hand checked"], {"images": 3})
    maker = made.logged_by()
    assert maker is not None
    assert maker.state == "finished"


def wait_for_version() -> None:
    """One more version."""
    update_world_with(mnist={"v0": ["reviewed"], "v1": [], "v2": ["latest"]})


def log_again() -> None:
    """No version was made, and `latest` went back to v0."""
    update_world_with(mnist={"v0": ["latest", "reviewed"], "v1": []})
    assert hozon.Api().artifact("mnist:v0").metadata == {"images": 1}


def change_aliases() -> None:
    """The alias has moved, and nothing else."""
    update_world_with(mnist={"v0": [], "v1": ["latest", "reviewed"]})


def change_notes() -> None:
    """The notes of v0 are stored, those of v1 are as they were, and no alias has moved."""
    update_world_with()
    changed, other = (hozon.Api().artifact(f"mnist:{version}") for version in ("v0", "v1"))
    assert changed.description == "One handwritten digit, for trying things out."
    assert changed.metadata == {"images": 1, "labelled_by": "ada"}
    assert (changed.tags, changed.ttl) == (["public", "small"], timedelta(days=30))
    assert (other.description, other.metadata) == (None, {"images": 2})
    assert (other.tags, other.ttl) == ([], hozon.ArtifactTTL.INHERIT)


def link_version() -> None:
    """The portfolio has one link; the model is as it was, and its bytes are stored once."""
    update_world_with()
    assert linked() == {"ada/digits/classifier:v0": ["latest", "production"]}
    assert stored()[1] == 3


def log_and_link() -> None:
    """One more model, by a finished run, and one link to it."""
    update_world_with(classifier={"v0": [], "v1": ["latest"]})
    assert linked() == {"ada/digits/classifier:v1": ["latest"]}


def unlink_version() -> None:
    """The link is gone, and nothing else; it is no deleted version."""
    update_world_with()
    assert len(hozon.Api().artifact_collections("registry", "model")) == 0
    assert stored()[0].deleted_versions == 0


def delete_linked() -> None:
    """The model and its link are gone; every byte is kept."""
    assert names("dataset", "mnist") == {"v0": ["reviewed"], "v1": ["latest"]}
    for project in ("digits", "registry"):
        assert len(hozon.Api().artifact_collections(project, "model")) == 0
    counts, keys = stored()
    assert (counts.deleted_versions, keys) == (1, 3)


def delete_version() -> None:
    """Only v1 is gone."""
    deleted(mnist=without(MNIST, "v1"), count=1)


def delete_aliased() -> None:
    """Only v3 is gone, and its alias with it."""
    deleted(mnist=without(MNIST, "v3"), count=1)


def delete_latest() -> None:
    """Only v4 is gone, and `latest` fell to v3."""
    deleted(mnist={**without(MNIST, "v4"), "v3": ["candidate", "latest"]}, count=1)


def delete_by_alias() -> None:
    """Both trials are gone; every dataset is there."""
    assert names("model", "classifier") == without(CLASSIFIER, "v1", "v2")
    assert names("dataset", "mnist") == MNIST
    assert stored()[0].deleted_versions == 2


def delete_world_unchanged() -> None:
    """Looking deletes nothing."""
    deleted(mnist=MNIST, count=0)


def delete_unaliased() -> None:
    """The two versions without an alias are gone."""
    deleted(mnist=without(MNIST, "v1", "v2"), count=2)


def delete_collection() -> None:
    """All five datasets are gone; their bytes are kept."""
    counts, keys = stored()
    assert counts.deleted_versions == len(MNIST)
    assert names("model", "classifier") == CLASSIFIER
    assert keys == OBJECTS


def log_after_delete() -> None:
    """The collection is back with one version, whose number was never used."""
    assert names("dataset", "mnist") == {"v5": ["latest"]}
    counts, keys = stored()
    assert counts.deleted_versions == len(MNIST)
    assert keys == OBJECTS + 1


def deleted_version() -> None:
    """Only v2 is gone."""
    deleted(mnist=without(MNIST, "v2"), count=1)


def collected(*, kept: bool, listed: bool = False, objects: int = 3) -> None:
    """State what became of v0, that v1 and v2 are whole, and how many objects the store has."""
    assert names("dataset", "mnist") == {
        **({"v0": []} if listed else {}),
        "v1": [],
        "v2": ["latest"],
    }
    api = hozon.Api()
    assert api.explain("mnist:v0").kept is kept
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        assert all(version.verify() for version in api.artifacts("dataset", "mnist"))
    assert stored()[1] == objects


def connected(*, ours: int = 0, theirs: int) -> None:
    """State how many versions came into the main store and into that of the team."""
    counts, keys = stored()
    assert keys == TRAINED_OBJECTS + ours
    assert counts.versions == TRAINED_OBJECTS + ours + theirs


def gated(*, kept: bool) -> None:
    """State what became of v1, and that everything else is as it was."""
    assert names("dataset", "mnist") == {"v0": [], "v2": ["latest"]}
    assert names("model", "classifier") == {"v0": ["baseline"], "v1": ["latest", "production"]}
    assert hozon.Api().explain("mnist:v1").kept is kept
    assert stored()[1] == (5 if kept else 4)


def delete_run() -> None:
    """The run and its four models are gone; the datasets, which another run logged, are there."""
    assert names("dataset", "mnist") == MNIST
    assert {gone.type for gone in hozon.Api().deleted_artifacts()} == {"model"}
    counts, keys = stored()
    assert (counts.deleted_versions, keys) == (len(CLASSIFIER), OBJECTS)


def protect_alias() -> None:
    """Nothing is deleted, and the alias is protected."""
    deleted(mnist=MNIST, count=0)
    assert [item.alias for item in hozon.Api().protected_aliases()] == ["reviewed"]


def plan_only() -> None:
    """A plan deletes nothing; the copy shares its bytes."""
    deleted(mnist=MNIST, count=0)
    assert names("dataset", "archive") == {"v0": ["latest"]}


def restore_version() -> None:
    """The version is back, and the alias is where it was put meanwhile."""
    deleted(mnist={**MNIST, "v2": ["candidate"], "v3": []}, count=0)


def restore_collection() -> None:
    """All is back but what had been deleted by itself."""
    assert names("model", "classifier") == without(CLASSIFIER, "v1")
    assert names("dataset", "mnist") == MNIST
    assert stored()[0].deleted_versions == 1


def resumed(*, runs: Mapping[str, str], steps: int = 2, logged: int = 1) -> None:
    """State which runs there are and how they ended, and what has become of the page's own."""
    assert {run.id: run.state for run in hozon.Api().runs()} == runs
    train = hozon.Api().run("train-model")
    assert [row["_step"] for row in train.history()] == list(range(steps))
    assert len(train.logged_artifacts()) == logged


def went_on_by_itself() -> None:
    """Beside the page's own run there are two: one that was resumed, and one that was not."""
    runs = hozon.Api().runs()
    assert [run.state for run in runs] == ["failed", "finished", "finished"]
    assert [[row["_step"] for row in run.history()] for run in runs] == [[0, 1], [0, 1], [0]]


API_RUNS = ["prepare-data", "train-1", "train-2", "train-3", "train-4"]


def looked_up(
    *,
    dataset: str = "mnist",
    kind: str = "model",
    tags: tuple[str, ...] = (),
    gone: int | None = None,
    notes: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """State what the data of the page is: as it began, but for what is said here."""
    api = hozon.Api()
    runs = [run for run in API_RUNS if run != f"train-{gone}"]
    assert [run.id for run in api.runs()] == runs
    assert {run.id: run.notes for run in api.runs() if run.notes} == notes
    assert [list(api.run(run).used_artifacts()) != [] for run in runs[1:-1]] == [True] * (
        len(runs) - 2
    )
    found = api.artifact_collection("dataset", dataset)
    assert (found.tags, names("dataset", dataset)) == (
        list(tags),
        {"v0": ["reviewed"], "v1": ["latest"]},
    )
    assert list(names(kind, "classifier")) == [
        f"v{number - 1}" for number in (3, 2, 1) if number != gone
    ]
    counts, keys = stored()
    assert (counts.deleted_versions, keys) == (0 if gone is None else 1, 5)


FAQ_RUNS = 5


def answered(*, runs: int = 0, **collections: int) -> None:
    """State how many runs were begun, and which collections have how many versions now."""
    assert len(hozon.Api().runs()) == FAQ_RUNS + runs
    there = {"mnist": 3, "classifier": 2, "sweep_classifier": 3, **collections}
    kinds = ("dataset", "model", "evaluation", "code")
    found = {
        collection.name.replace("-", "_"): len(collection.artifacts())
        for kind in kinds
        for collection in hozon.Api().artifact_collections("digits", kind)
    }
    assert found == there


def set_policy() -> None:
    """One version has a TTL, one collection a policy, and nothing went."""
    answered()
    assert hozon.Api().artifact("classifier:v0").ttl == timedelta(days=30)
    assert hozon.Api().artifact("classifier:v1").ttl is hozon.ArtifactTTL.INHERIT
    kept = hozon.Api().artifact_collection("dataset", "mnist").retention
    assert kept is not None
    assert kept.keep_newest == 2


def swept_unchanged() -> None:
    """Reading changes nothing."""
    assert names("model", "sweep-classifier") == {"v0": [], "v1": [], "v2": ["latest"]}


def name_best_model() -> None:
    """The alias is on the winner, and nothing else moved."""
    assert names("model", "sweep-classifier") == {
        "v0": [],
        "v1": ["best-of-lr-search"],
        "v2": ["latest"],
    }


def swept_by_page(count: int, state: str) -> None:
    """One sweep was created; so many of its points were tried, and each once."""
    runs = list(hozon.Api().runs())
    (sweep,) = {run.sweep_id for run in runs}
    assert sweep is not None
    assert (len(runs), {run.state for run in runs}) == (count, {"finished"})
    assert len({str(run.config) for run in runs}) == count
    assert hozon.Api().sweep(sweep).state == state


def run_sweep() -> None:
    """Three runs ended well and logged a version each, in the order of the grid."""
    swept_unchanged()
    assert names("model", "tree") == {
        "v0": ["depth-2"],
        "v1": ["depth-4"],
        "v2": ["depth-8", "latest"],
    }
    runs = list(hozon.Api().runs())[3:]
    assert [run.config for run in runs] == [{"depth": 2}, {"depth": 4}, {"depth": 8}]
    assert {run.state for run in runs} == {"finished"}


def evaluated_unchanged() -> None:
    """The tables are as they were logged, and nothing was logged beside them."""
    assert names("result", "evaluation") == {"v0": ["latest"]}
    assert len(hozon.Api().runs()) == 1


@contextmanager
def logged(name: str, **types: type[StoredObject]) -> Iterator[hozon.Artifact]:
    """State that one version of this name was logged, with objects of these types.

    What the block reads of it goes into a folder that is removed.
    """
    assert names("result", name) == {"v0": ["latest"]}
    artifact = hozon.Api().artifact(f"{name}:v0")
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        assert {key: type(artifact.get(key)) for key in types} == types
        yield artifact


def log_table() -> None:
    """The table that is stored has both rows, with their types."""
    with logged("first-evaluation", predictions=hozon.Table) as artifact:
        rows = [["0001.png", 7, 0.98], ["0002.png", 2, 0.61]]
        assert artifact.get("predictions") == hozon.Table(["image", "label", "score"], rows)


def log_frame() -> None:
    """The rows of the frame are stored."""
    with logged("frame-evaluation", scores=hozon.Table) as artifact:
        assert artifact.get("scores").data == [[7, 0.98], [2, 0.61], [7, 0.4]]


def log_images() -> None:
    """Table, image and mask are three files, and the image has its pixels."""
    with logged("image-evaluation", said=hozon.Table) as artifact:
        assert artifact.file_count == 3
        one, other = artifact.get("said").get_column("image")
        assert one == other
        assert one.image.getcolors() == [(744, 0), (40, 255)]
        assert one.masks["ink"].mask_data.sum() == 40


def log_media() -> None:
    """Four objects with a file each; the page is as it was written."""
    with logged(
        "media-evaluation",
        report=hozon.Html,
        tone=hozon.Audio,
        flash=hozon.Video,
        corners=hozon.Object3D,
    ) as artifact:
        assert artifact.file_count == 8
        assert artifact.get("report").path.read_text() == "<h1>Accuracy: 0.98</h1>"


def join_tables() -> None:
    """The joined table is stored beside the two that it names."""
    with logged("joined-evaluation", compared=hozon.JoinedTable) as artifact:
        assert artifact.file_count == 3
        assert len(list(artifact.get("compared").iterrows())) == 3


def read_parts() -> None:
    """Three parts and the folder are stored."""
    with logged("parted-evaluation", **{"all-days": hozon.PartitionedTable}) as artifact:
        assert artifact.file_count == 4
        assert len(list(artifact.get("all-days").iterrows())) == 3


def entries(path: str) -> list[str]:
    """List the paths of a version."""
    return list(hozon.Api().artifact(path).manifest.entries)


def add_files() -> None:
    """Three files, and the dataset of the scene as it was."""
    assert entries("letters:v0") == ["docs/notes.txt", "images/0001.txt", "labels.csv"]
    assert names("dataset", "mnist") == {"v0": ["latest"]}


def add_without_copy() -> None:
    """Nothing was logged: the run has failed, and no version is there."""
    assert hozon.Api().run("train-in-a-hurry").state == "failed"
    assert prepared_versions() == ["v0"]
    assert list(hozon.Api().artifact_collections("digits", "model")) == []


def prepared_versions() -> list[str]:
    """List the versions of the dataset of the scene."""
    return [version.version for version in hozon.Api().artifacts("dataset", "mnist")]


def change_draft() -> None:
    """A draft leaves nothing behind."""
    assert prepared_versions() == ["v0"]
    assert stored()[0].collections == 1


def build_on_version() -> None:
    """The new version shares what it took over: one object was added."""
    assert entries("mnist:v1") == ["labels.csv", "splits/all.txt"]
    assert entries("mnist:v0") == ["labels.csv", "splits/train.txt"]
    assert stored()[1] == 1


def add_to_latest() -> None:
    """One file more, one object more."""
    assert entries("mnist:v1") == ["labels.csv", "splits/test.txt", "splits/train.txt"]
    assert stored()[1] == 2


def use_version() -> None:
    """The run is recorded as a user of the newest version."""
    (user,) = hozon.Api().artifact("mnist:v2").used_by()
    assert (user.state, user.summary) == ("finished", {"images": 3})


def trained_unchanged() -> None:
    """Reading logs nothing."""
    assert prepared_versions() == ["v2", "v1", "v0"]
    assert names("model", "classifier") == {"v0": ["baseline"], "v1": ["latest", "production"]}
    assert len(hozon.Api().runs()) == 2


def storage_unchanged() -> None:
    """Measuring and planning change nothing."""
    counts, keys = stored()
    assert (counts.versions, counts.deleted_versions, counts.object_bytes) == (7, 0, 18_900)
    assert keys == 7


def delete_and_measure() -> None:
    """The older models are deleted, and every byte is still there."""
    assert names("model", "classifier") == {"v2": ["latest"]}
    counts, keys = stored()
    assert (counts.versions, counts.deleted_versions, counts.object_bytes) == (5, 2, 18_900)
    assert keys == 7


def shrink_store() -> None:
    """The first dataset is purged, its labels are gone, and what others need can be read."""
    assert names("dataset", "mnist") == {"v1": [], "v2": ["latest"]}
    counts, keys = stored()
    assert (counts.versions, counts.deleted_versions, counts.object_bytes) == (6, 0, 18_700)
    assert keys == 7
    with tempfile.TemporaryDirectory() as folder:
        hozon.Api().artifact("mnist:v1").download(folder)


def bucket_whole() -> None:
    """Nothing was changed, and the bucket has all that the catalog names."""
    trained_unchanged()
    assert not hozon.Api().collect_garbage(dry_run=True).is_damaged
    assert stored()[1] == TRAINED_OBJECTS


def bring_back() -> None:
    """What was removed is there again, and its bytes are right."""
    bucket_whole()
    for number in range(3):
        with tempfile.TemporaryDirectory() as folder:
            hozon.Api().artifact(f"mnist:v{number}").download(folder)


def lose_object() -> None:
    """One object is missing, and it is that of a version."""
    trained_unchanged()
    (key,) = hozon.Api().collect_garbage(dry_run=True).missing
    assert key.startswith("packs/")
    assert stored()[1] == 4


def referred(**versions: int) -> None:
    """State how many versions each dataset has, and that no byte of them was copied."""
    found = {c.name: c.artifacts() for c in hozon.Api().artifact_collections("digits", "dataset")}
    assert {name: len(listed) for name, listed in found.items()} == versions
    for version in chain.from_iterable(found.values()):
        assert all(entry.ref for entry in version.manifest.entries.values())
    assert stored()[1] == 0


def aged(*, mnist: int = 4, classifier: int = 5, deleted_versions: int = 0) -> None:
    """State how many versions are listed, how many are deleted, and that every byte is kept."""
    api = hozon.Api()
    assert len(api.artifacts("dataset", "mnist")) == mnist
    assert len(api.artifacts("model", "classifier")) == classifier
    counts, keys = stored()
    assert counts.deleted_versions == deleted_versions
    assert keys >= 9


def set_ttl() -> None:
    """Both TTLs are stored, and that of no other version."""
    aged()
    api = hozon.Api()
    assert api.artifact("report:v0").ttl == timedelta(days=7)
    ttls = [version.ttl for version in api.artifacts("dataset", "mnist")]
    assert ttls == [timedelta(days=30), *[hozon.ArtifactTTL.INHERIT] * 3]


def set_defaults() -> None:
    """Each place has its TTL, and a project beside takes that of the team."""
    aged()
    api = hozon.Api()
    assert api.team("ada").ttl == timedelta(days=730)
    assert api.project("digits").ttl == timedelta(days=365)
    assert api.project("letters").ttl is hozon.ArtifactTTL.INHERIT
    assert api.artifact_collection("dataset", "mnist").ttl == timedelta(days=120)
    assert api.artifact("mnist:v0").ttl is None


def suspend_ttl() -> None:
    """The TTL is stored, and nothing is protected any more."""
    aged()
    assert hozon.Api().artifact("mnist:v0").expires_at is not None
    assert hozon.Api().protected_aliases() == []


def expire_versions() -> None:
    """One of the two that had expired is back and is kept; the other one is deleted."""
    aged(mnist=3, deleted_versions=1)
    (gone,) = hozon.Api().deleted_artifacts()
    assert gone.deleted_reason == "ttl"
    assert hozon.Api().expire(dry_run=True).by_ttl == ()


def retention_policy() -> None:
    """The newest two and the best are left, and the policy is stored."""
    aged(classifier=3, deleted_versions=2)
    assert names("model", "classifier") == {"v1": [], "v3": [], "v4": ["latest"]}
    assert hozon.Api().artifact("classifier:v1").collection.retention is not None


def traced(*, runs: int = 4, used: tuple[str, ...] = (), left_out: int = 0) -> None:
    """The page's data is as it was; one more run used these, and so many edges are left out."""
    api = hozon.Api()
    assert names("model", "classifier") == {"v0": [], "v1": ["latest", "production"]}
    for part in ("train", "test"):
        assert names("dataset", f"mnist-{part}") == {"v0": ["latest"]}
    assert [run.state for run in api.runs()] == ["finished"] * runs
    graph = hozon.lineage("prepare-data")
    newest = api.runs(order="-created_at")[0].id
    told = [
        f"{edge.artifact.name} {' '.join(edge.use_as)}".strip()
        for edge in graph.edges
        if edge.kind == "used" and edge.run.name == newest
    ]
    assert sorted(told) == sorted(used or COMPARED)
    assert len(graph.left_out) == left_out


COMPARED = ("classifier:v0", "classifier:v1", "mnist-test:v0 test")
"""What the last run of the page's data used."""


EXPECTATIONS: Mapping[tuple[str, str], Statement] = MappingProxyType(
    {
        ("README", "first.py"): readme_snippet,
        ("index", "first_snippet.py"): first_snippet,
        ("quickstart", "log_dataset.py"): log_dataset,
        ("quickstart", "log_next_version.py"): log_next_version,
        ("quickstart", "use_dataset.py"): use_dataset,
        ("quickstart", "list_versions.py"): quickstart_unchanged,
        ("quickstart", "trace_version.py"): quickstart_unchanged,
        ("guides/create-artifact", "add_files.py"): add_files,
        ("guides/create-artifact", "add_without_copy.py"): add_without_copy,
        ("guides/create-artifact", "change_draft.py"): change_draft,
        ("guides/create-artifact", "build_on_version.py"): build_on_version,
        ("guides/create-artifact", "add_to_latest.py"): add_to_latest,
        ("guides/download-and-use", "use_version.py"): use_version,
        ("guides/download-and-use", "download_part.py"): trained_unchanged,
        ("guides/download-and-use", "list_files.py"): trained_unchanged,
        ("guides/download-and-use", "verify_folder.py"): trained_unchanged,
        ("guides/lineage", "draw_graph.py"): traced,
        ("guides/lineage", "made_from.py"): traced,
        ("guides/lineage", "depends_on.py"): traced,
        ("guides/lineage", "use_as.py"): partial(
            traced, runs=5, used=("mnist-train:v0 train", "mnist-test:v0 validation")
        ),
        ("guides/lineage", "left_out.py"): partial(
            traced, runs=5, used=("mnist-test:v0",), left_out=1
        ),
        ("guides/log-and-update", "log_version.py"): log_version,
        ("guides/log-and-update", "wait_for_version.py"): wait_for_version,
        ("guides/log-and-update", "log_again.py"): log_again,
        ("guides/log-and-update", "change_aliases.py"): change_aliases,
        ("guides/log-and-update", "change_notes.py"): change_notes,
        ("guides/log-and-update", "link_version.py"): link_version,
        ("guides/log-and-update", "log_and_link.py"): log_and_link,
        ("guides/log-and-update", "unlink_version.py"): unlink_version,
        ("guides/log-and-update", "delete_linked.py"): delete_linked,
        ("guides/delete", "delete_version.py"): delete_version,
        ("guides/delete", "delete_aliased.py"): delete_aliased,
        ("guides/delete", "delete_latest.py"): delete_latest,
        ("guides/delete", "delete_by_alias.py"): delete_by_alias,
        ("guides/delete", "list_unaliased.py"): delete_world_unchanged,
        ("guides/delete", "delete_unaliased.py"): delete_unaliased,
        ("guides/delete", "delete_collection.py"): delete_collection,
        ("guides/delete", "log_after_delete.py"): log_after_delete,
        ("guides/delete", "delete_run.py"): delete_run,
        ("guides/delete", "protect_alias.py"): protect_alias,
        ("guides/delete", "plan_delete.py"): plan_only,
        ("guides/delete", "execute_plan.py"): delete_unaliased,
        ("guides/delete", "restore_version.py"): restore_version,
        ("guides/delete", "restore_collection.py"): restore_collection,
        ("guides/delete", "deleted_version.py"): deleted_version,
        ("guides/garbage-collection", "look_first.py"): partial(collected, kept=True),
        ("guides/garbage-collection", "collect.py"): partial(collected, kept=False),
        ("guides/garbage-collection", "explain.py"): partial(collected, kept=True),
        ("guides/garbage-collection", "recover.py"): partial(
            collected, kept=True, listed=True, objects=4
        ),
        ("guides/garbage-collection", "erase.py"): partial(collected, kept=False),
        ("guides/collect-on-your-deployment", "missing_switch.py"): partial(gated, kept=True),
        ("guides/collect-on-your-deployment", "switched_on.py"): partial(gated, kept=False),
        ("guides/retention", "set_ttl.py"): set_ttl,
        ("guides/retention", "set_defaults.py"): set_defaults,
        ("guides/retention", "suspend_ttl.py"): suspend_ttl,
        ("guides/retention", "expire.py"): expire_versions,
        ("guides/retention", "retention_policy.py"): retention_policy,
        ("guides/secure-storage-connector", "log_for_team.py"): partial(connected, theirs=1),
        ("guides/secure-storage-connector", "log_for_others.py"): partial(
            connected, ours=1, theirs=1
        ),
        ("guides/secure-storage-connector", "take_over.py"): partial(connected, ours=1, theirs=2),
        ("guides/secure-storage-connector", "not_connected.py"): partial(
            connected, ours=1, theirs=2
        ),
        ("guides/storage-and-cost", "measure_collections.py"): storage_unchanged,
        ("guides/storage-and-cost", "measure_versions.py"): storage_unchanged,
        ("guides/storage-and-cost", "plan_delete.py"): storage_unchanged,
        ("guides/storage-and-cost", "delete_and_measure.py"): delete_and_measure,
        ("guides/storage-and-cost", "shrink_store.py"): shrink_store,
        ("guides/postgresql-and-s3", "check_bucket.py"): bucket_whole,
        ("guides/postgresql-and-s3", "check_bytes.py"): bucket_whole,
        ("guides/postgresql-and-s3", "lose_object.py"): lose_object,
        ("guides/postgresql-and-s3", "bring_back.py"): bring_back,
        ("guides/upgrade-and-back-up", "back_up_catalog.py"): bucket_whole,
        ("guides/upgrade-and-back-up", "check_backup.py"): bucket_whole,
        **{
            ("guides/public-api", f"{title}.py"): looked_up
            for title in (
                "look_up",
                "from_path",
                "walk",
                "filter_runs",
                "join_filters",
                "wrong_filter",
                "order_runs",
                "files_of_run",
                "give_up_soon",
                "show_in_notebook",
            )
        },
        ("guides/public-api", "update_run.py"): partial(
            looked_up, notes={"train-4": "The learning rate was too high."}
        ),
        ("guides/public-api", "delete_run.py"): partial(looked_up, gone=3),
        ("guides/public-api", "rename_collection.py"): partial(
            looked_up, dataset="handwritten-digits", tags=("images", "public")
        ),
        ("guides/public-api", "move_type.py"): partial(looked_up, kind="checkpoint"),
        ("guides/resume-a-run", "log_to_run.py"): partial(
            resumed, runs={"train-model": "finished"}, logged=2
        ),
        ("guides/resume-a-run", "mistyped_id.py"): partial(
            resumed, runs={"train-model": "failed", "train-modle": "finished"}
        ),
        ("guides/resume-a-run", "train.py"): partial(
            resumed, runs={"train-model": "finished"}, steps=4
        ),
        ("guides/resume-a-run", "go_on_by_itself.py"): went_on_by_itself,
        ("guides/resume-a-run", "show_ends.py"): partial(
            resumed, runs={"train-model": "failed", "stopped": "killed", "rejected": "failed"}
        ),
        ("guides/access", "make_public.py"): partial(shared, visibility="public"),
        ("guides/access", "change_role.py"): partial(shared, role="member"),
        ("guides/access", "delete_as_viewer.py"): shared,
        ("guides/access", "look_from_outside.py"): shared,
        ("guides/access", "who_moved_it.py"): partial(
            shared, detector={"v0": ["production"], "v1": ["latest"]}
        ),
        ("guides/faq", "log_to_existing_run.py"): partial(answered, report=1),
        ("guides/faq", "mistyped_run.py"): answered,
        ("guides/faq", "set_policy.py"): set_policy,
        ("guides/faq", "from_artifact.py"): answered,
        ("guides/faq", "from_run.py"): answered,
        ("guides/faq", "log_models.py"): partial(answered, runs=2, rate_search=2),
        ("guides/faq", "best_run.py"): answered,
        ("guides/faq", "save_code.py"): partial(answered, runs=1, source_train=1),
        ("guides/faq", "several_architectures.py"): partial(
            answered, runs=4, digits_mlp=1, digits_cnn=2
        ),
        ("guides/faq", "s3_version_id.py"): partial(answered, runs=1, labels=1),
        ("guides/sweeps", "grid.py"): partial(swept_by_page, 6, "FINISHED"),
        ("guides/sweeps", "random_search.py"): partial(swept_by_page, 3, "FINISHED"),
        ("guides/sweeps", "bayes.py"): partial(swept_by_page, 3, "FINISHED"),
        ("guides/sweeps", "pause.py"): partial(swept_by_page, 2, "STOPPED"),
        ("guides/sweep-best-run", "best_model.py"): swept_unchanged,
        ("guides/sweep-best-run", "name_best_model.py"): name_best_model,
        ("guides/sweep-best-run", "compare_runs.py"): swept_unchanged,
        ("guides/sweep-best-run", "run_sweep.py"): run_sweep,
        ("guides/tables-and-media", "log_table.py"): log_table,
        ("guides/tables-and-media", "wrong_cell.py"): evaluated_unchanged,
        ("guides/tables-and-media", "get_table.py"): evaluated_unchanged,
        ("guides/tables-and-media", "frames.py"): log_frame,
        ("guides/tables-and-media", "log_images.py"): log_images,
        ("guides/tables-and-media", "log_media.py"): log_media,
        ("guides/tables-and-media", "join_tables.py"): join_tables,
        ("guides/tables-and-media", "read_parts.py"): read_parts,
        ("guides/track-external-files", "refer_to_folder.py"): partial(referred, mnist=1),
        ("guides/track-external-files", "make_bucket.py"): referred,
        ("guides/track-external-files", "refer_to_object.py"): partial(referred, labels=1),
        ("guides/track-external-files", "refer_to_prefix.py"): partial(referred, labels=1, mnist=1),
        ("guides/track-external-files", "too_many_objects.py"): partial(
            referred, labels=1, mnist=1
        ),
        ("guides/track-external-files", "overwrite_object.py"): partial(
            referred, labels=1, mnist=1
        ),
        ("guides/track-external-files", "refer_to_old_version.py"): partial(
            referred, labels=1, mnist=1
        ),
        ("guides/track-external-files", "changed_file.py"): partial(referred, labels=2),
        ("guides/track-external-files", "refer_to_url.py"): partial(referred, labels=1),
        ("guides/track-external-files", "skip_checksum.py"): referred,
    }
)
"""Page and title → what must be true afterwards."""
