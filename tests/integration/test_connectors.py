"""Teams that keep their bytes in a store of their own, through the SDK."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

import hozon
from hozon.bootstrap import open_store
from hozon.errors import CollectionNotFoundError, InvalidSettingError, MissingObjectError
from hozon.sdk.session import use_clock
from hozon.testing.clocks import ManualClock
from worlds import Bucket

TEAM = "vision"
FILES = {"a.txt": b"one", "b.txt": b"two", "large.bin": bytes(range(256)) * 40}


@dataclass(frozen=True, slots=True)
class Stores:
    """The main store and that of the team, and where they are set."""

    config: Path
    main: str
    team: str

    def connect(self, *, connected: bool = True) -> None:
        """Write the configuration file, with the connector or without."""
        table = f'[connectors]\n{TEAM} = "{self.team}"\n' if connected else ""
        self.config.write_text(f'storage_url = "{self.main}"\n{table}')
        hozon.teardown()

    def keys(self, url: str) -> list[str]:
        """List what is in one of the stores."""
        store = open_store(url)
        try:
            return [stored.key for stored in store.keys("")]
        finally:
            store.close()


@pytest.fixture(params=["folders", "buckets"])
def stores(
    request: pytest.FixtureRequest, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Stores:
    """Give two stores, of which one is a team's, as the configuration file says."""
    assert home
    main, team = (tmp_path / "main").as_uri(), (tmp_path / "team").as_uri()
    if request.param == "buckets":
        bucket: Bucket = request.getfixturevalue("bucket")
        bucket.keep_versions()
        bucket.client.create_bucket(Bucket="their-bucket")
        Bucket(bucket.client, "their-bucket").keep_versions()
        main, team = f"s3://{bucket.name}/hozon", "s3://their-bucket/hozon"
    stores = Stores(tmp_path / "config.toml", main, team)
    monkeypatch.setenv("HOZON_CONFIG", str(stores.config))
    monkeypatch.delenv("HOZON_STORAGE_URL", raising=False)
    # The large file gets a key of its own.
    monkeypatch.setenv("HOZON_PACKED_FILE_SIZE", "1KiB")
    stores.connect()
    return stores


def log(folder: Path, *, entity: str, name: str = "mnist") -> hozon.Artifact:
    """Log the files as a version of a team."""
    for path, content in FILES.items():
        (folder / path).write_bytes(content)
    artifact = hozon.Artifact(name, type="dataset")
    for path in FILES:
        artifact.add_file(folder / path)
    return log_as(artifact, entity=entity)


def log_as(artifact: hozon.Artifact, *, entity: str) -> hozon.Artifact:
    """Log an artifact for a team."""
    with hozon.init(entity=entity, project="digits") as run:
        return run.log_artifact(artifact)


def read(artifact: hozon.Artifact, root: Path) -> dict[str, bytes]:
    """Download an artifact, and read its files."""
    folder = Path(artifact.download(root, skip_cache=True))
    assert artifact.verify(folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_bytes_of_a_team_lie_in_its_store_alone(stores: Stores, tmp_path: Path) -> None:
    """Nothing of them is in the main store, and nothing of others in theirs."""
    theirs = log(tmp_path, entity=TEAM)
    assert stores.keys(stores.main) == []
    their_keys = stores.keys(stores.team)
    assert len(their_keys) == 2
    assert read(theirs, tmp_path / "theirs") == FILES
    ours = log(tmp_path, entity="ada")
    assert len(stores.keys(stores.main)) == 2
    assert stores.keys(stores.team) == their_keys
    assert read(ours, tmp_path / "ours") == FILES
    assert read(hozon.Api().artifact(f"{TEAM}/digits/mnist:v0"), tmp_path / "again") == FILES


def test_what_is_taken_over_from_another_team_is_copied(stores: Stores, tmp_path: Path) -> None:
    """A store shares nothing: the version of the team lives on when its origin is gone."""
    ours = log(tmp_path, entity="ada")
    draft = ours.new_draft()
    (tmp_path / "c.txt").write_bytes(b"three")
    draft.add_file(tmp_path / "c.txt")
    log_as(draft, entity=TEAM)
    for key in stores.keys(stores.main):
        open_store(stores.main).delete([key])
    theirs = hozon.Api().artifact(f"{TEAM}/digits/mnist:v0")
    assert read(theirs, tmp_path / "theirs") == {**FILES, "c.txt": b"three"}


def test_references_to_entries_of_another_team_are_copied(stores: Stores, tmp_path: Path) -> None:
    """What the reference leads to is in the store of the team that made it, too."""
    ours = log(tmp_path, entity="ada")
    artifact = hozon.Artifact("selection", type="dataset")
    artifact.add_reference(ours.get_entry("large.bin"), name="chosen.bin")
    theirs = log_as(artifact, entity=TEAM)
    assert len(stores.keys(stores.team)) == 1
    found = read(theirs, tmp_path / "theirs")
    assert found == {"chosen.bin": FILES["large.bin"]}


def test_what_no_store_holds_any_more_is_not_taken_over(stores: Stores, tmp_path: Path) -> None:
    """Nothing is logged."""
    draft = log(tmp_path, entity="ada").new_draft()
    for key in stores.keys(stores.main):
        open_store(stores.main).delete([key])
    with pytest.raises(MissingObjectError):
        log_as(draft, entity=TEAM)
    with pytest.raises(CollectionNotFoundError):
        hozon.Api().artifact(f"{TEAM}/digits/mnist:v0")
    assert stores.keys(stores.team) == []


def test_what_is_known_of_a_file_holds_for_every_store(stores: Stores, tmp_path: Path) -> None:
    """That its bytes are known elsewhere saves reading it, not storing it."""
    assert stores.keys(stores.team) == []
    log(tmp_path, entity="ada")
    artifact = hozon.Artifact("mnist", type="dataset")
    for path in FILES:
        artifact.add_file(tmp_path / path)
    theirs = log_as(artifact, entity=TEAM)
    assert read(theirs, tmp_path / "theirs") == FILES


def test_a_link_leads_into_the_store_of_its_source(stores: Stores, tmp_path: Path) -> None:
    """A portfolio of somebody else holds no bytes."""
    theirs = log(tmp_path, entity=TEAM)
    theirs.link("ada/registry/best")
    assert stores.keys(stores.main) == []
    link = hozon.Api().artifact("ada/registry/best:v0")
    assert read(link, tmp_path / "linked") == FILES


def test_a_pass_collects_every_store(
    stores: Stores, tmp_path: Path, collect_later: Callable[[], None]
) -> None:
    """What goes from one stays in the other, though the bytes are the same."""
    log(tmp_path, entity="ada")
    theirs = log(tmp_path, entity=TEAM)
    digest = theirs.manifest.entries["a.txt"].digest
    assert hozon.Api().explain(digest).reasons == (
        "ada/digits/mnist:v0 (COMMITTED) has it.",
        f"In the connector of {TEAM}:",
        f"{TEAM}/digits/mnist:v0 (COMMITTED) has it.",
    )
    theirs.delete(delete_aliases=True)
    collect_later()
    assert stores.keys(stores.team) == []
    assert len(stores.keys(stores.main)) == 2
    ours = hozon.Api().artifact("ada/digits/mnist:v0")
    assert read(ours, tmp_path / "ours") == FILES

    back = hozon.Api().recover(f"{TEAM}/digits/mnist:v0")
    assert len(stores.keys(stores.team)) == 2
    assert read(back, tmp_path / "back") == FILES
    back.delete()
    report = hozon.Api().erase(f"{TEAM}/digits/mnist:v0")
    assert (len(report.digests), stores.keys(stores.team)) == (3, [])
    assert len(stores.keys(stores.main)) == 2


def test_a_damaged_store_of_a_team_is_named(stores: Stores, tmp_path: Path) -> None:
    """Nothing is removed anywhere while something is missing in it."""
    log(tmp_path, entity=TEAM)
    lost = stores.keys(stores.team)[0]
    store = open_store(stores.team)
    store.delete([lost])
    report = hozon.Api().collect_garbage(dry_run=True)
    assert report.missing == (f"{lost} in {store.url}",)


def test_without_its_connector_a_team_cannot_log_elsewhere(stores: Stores, tmp_path: Path) -> None:
    """Its bytes would end where it does not want them; reading needs the connector, too."""
    theirs = log(tmp_path, entity=TEAM)
    stores.connect(connected=False)
    message = f"team '{TEAM}' keeps bytes in a secure storage connector"
    artifact = hozon.Api().artifact(f"{TEAM}/digits/mnist:v0")
    assert artifact.digest == theirs.digest
    with pytest.raises(InvalidSettingError, match=message) as caught:
        artifact.download(tmp_path / "copy")
    assert "table 'connectors'" in caught.value.hint
    (tmp_path / "new.txt").write_text("new")
    draft = hozon.Artifact("other", type="dataset")
    draft.add_file(tmp_path / "new.txt")
    with pytest.raises(InvalidSettingError, match=message):
        log_as(draft, entity=TEAM)
    with pytest.raises(InvalidSettingError, match=message):
        hozon.Api().collect_garbage(dry_run=True)
    assert stores.keys(stores.main) == []
    assert read(log(tmp_path, entity="ada"), tmp_path / "ours") == FILES


def test_what_was_logged_before_the_connector_stays_where_it_is(
    stores: Stores, tmp_path: Path
) -> None:
    """It can be read, and what is new goes to the team's own store."""
    stores.connect(connected=False)
    log(tmp_path, entity=TEAM)
    stores.connect()
    old = hozon.Api().artifact(f"{TEAM}/digits/mnist:v0")
    assert read(old, tmp_path / "old") == FILES
    draft = old.new_draft()
    (tmp_path / "c.txt").write_bytes(b"three")
    draft.add_file(tmp_path / "c.txt")
    log_as(draft, entity=TEAM)
    new = hozon.Api().artifact(f"{TEAM}/digits/mnist:v1")
    assert read(new, tmp_path / "new") == {**FILES, "c.txt": b"three"}
    assert len(stores.keys(stores.main)) == 2
    assert len(stores.keys(stores.team)) == 2


@pytest.fixture
def collect_later(stores: Stores) -> Callable[[], None]:
    """Give a pass of garbage collection that happens after all windows."""
    assert stores

    def collect() -> None:
        clock = ManualClock()
        clock.advance(timedelta(days=365 * 50))
        with use_clock(clock):
            report = hozon.Api().collect_garbage(max_unused=0)
        assert not report.failures

    return collect
