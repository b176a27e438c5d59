"""Plans: made without a change, executed only in the world that they were made for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text

from hozon.errors import (
    CatalogError,
    CollectionKindError,
    CollectionNotFoundError,
    PlanOutdatedError,
)
from hozon.model.names import Alias, TypeName
from hozon.model.paths import ArtifactPath, CollectionPath
from hozon.model.plans import DeletePlan, PlanReport, PlanRules
from hozon.model.usage import NamePatterns
from hozon.model.versions import Version, VersionState
from hozon.ports.catalog import Catalog, CatalogSession
from hozon.services import plans
from hozon.services.commit import commit_version
from hozon.services.context import Context
from hozon.services.delete import delete_version
from hozon.services.edit import edit_version
from hozon.services.links import link_version
from hozon.services.plans import execute_plan, plan_delete
from hozon.services.resolve import resolve_version
from hozon.testing.clocks import ManualClock
from worlds import AT, MNIST, Logger

EVERYTHING = PlanRules(delete_aliases=True, force_links=True)
SHARED = CollectionPath.parse("shared", default=AT)


def log(logger: Logger, name: str, *texts: str, kind: str = "dataset") -> list[Version]:
    """Log versions of a collection, each with one file."""
    return [
        commit_version(
            logger.context,
            logger.request(name, files={"data.txt": content.encode()}, type_name=kind),
        ).version
        for content in texts
    ]


def plan(
    context: Context, *names: str, rules: PlanRules = EVERYTHING, kind: str | None = None
) -> DeletePlan:
    """Plan to delete versions of the project."""
    return plan_delete(
        context,
        AT,
        names=NamePatterns.of(names),
        type_name=None if kind is None else TypeName(kind),
        rules=rules,
    )


def planned(made: DeletePlan) -> list[str]:
    """Name what a plan would delete."""
    return [f"{v.path.collection.name}:{v.path.selector}" for v in made.versions]


def states(context: Context, versions: list[Version]) -> list[str]:
    """Read the states of versions as they are now."""
    with context.catalog.read() as session:
        return [session.versions.get(version.id).state for version in versions]


def protect(context: Context, alias: str) -> None:
    """Protect an alias in the only project; past the port."""
    engine = create_engine(context.catalog.url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO protected_aliases (project_id, alias, protected_by, protected_at)"
                " SELECT id, :alias, 'ada', created_at FROM projects"
            ),
            {"alias": alias},
        )
    engine.dispose()


def test_making_a_plan_changes_nothing(logger: Logger) -> None:
    """Versions and aliases are as they were."""
    versions = log(logger, "mnist", "one", "two")
    made = plan(logger.context)
    assert planned(made) == ["mnist:v0", "mnist:v1"]
    assert states(logger.context, versions) == ["COMMITTED"] * 2
    assert resolve_version(logger.context, ArtifactPath(MNIST, "latest")) == versions[1]


def test_collections_are_chosen_by_name_and_type(logger: Logger) -> None:
    """A portfolio is not chosen by a pattern, and neither is another project."""
    (source,) = log(logger, "mnist", "one")
    log(logger, "run-a", "a", kind="model")
    log(logger, "run-b", "b")
    log(logger, "ada/letters/run-c", "c")
    link_version(logger.context, source, SHARED, aliases=[])
    assert planned(plan(logger.context)) == ["mnist:v0", "run-a:v0", "run-b:v0"]
    assert planned(plan(logger.context, "run-*", "mnist")) == ["mnist:v0", "run-a:v0", "run-b:v0"]
    assert planned(plan(logger.context, "*", kind="model")) == ["run-a:v0"]
    assert planned(plan(logger.context, "sh*")) == []


def test_a_name_has_to_exist(logger: Logger) -> None:
    """A pattern need not match; a misspelt name, or that of a portfolio, is an error."""
    (source,) = log(logger, "mnist", "one")
    link_version(logger.context, source, SHARED, aliases=[])
    assert planned(plan(logger.context, "minst*")) == []
    with pytest.raises(CollectionNotFoundError, match="no artifact 'minst' in ada/digits"):
        plan(logger.context, "minst")
    with pytest.raises(CollectionKindError, match="digits/shared is a portfolio"):
        plan(logger.context, "mnist", "shared")


def test_a_plan_says_what_it_is(logger: Logger, clock: ManualClock) -> None:
    """Who made it and when, and what would go and stay."""
    first, _ = log(logger, "mnist", "one", "two")
    link_version(logger.context, first, SHARED, aliases=[])
    now = clock.advance(timedelta(hours=1))
    made = plan(logger.context, rules=PlanRules(force_links=True))
    assert (made.at, made.created_at, made.created_by) == (AT, now, "ada")
    assert (made.delete_aliases, made.force_links) == (False, True)
    (version,) = made.versions
    assert [str(link) for link in version.links] == ["ada/digits/shared:v0"]
    assert [str(item) for item in made.left_out] == ["ada/digits/mnist:v1 has the aliases latest"]


def test_what_others_hold_is_not_freed(logger: Logger) -> None:
    """Only objects that nothing else reaches are."""
    log(logger, "mnist", "one", "three")
    log(logger, "copy", "three")
    made = plan(logger.context, "mnist")
    assert (made.size_bytes, made.freed_bytes) == (8, 3)
    assert plan(logger.context).freed_bytes == 8


def test_young_versions_and_the_newest_stay(logger: Logger, clock: ManualClock) -> None:
    """Both rules hold, in each collection."""
    log(logger, "mnist", "one", "two", "three")
    log(logger, "other", "four")
    clock.advance(timedelta(days=1))
    now = logger.context.catalog.now()
    log(logger, "mnist", "five")
    rules = replace(EVERYTHING, created_before=now, keep_newest=2)
    assert planned(plan(logger.context, rules=rules)) == ["mnist:v0", "mnist:v1"]


def test_a_protected_alias_is_left_out(logger: Logger) -> None:
    """Of a version, or of a link to it."""
    log(logger, "mnist", "one", "two", "three")
    edit_aliases(logger.context, "v0", "good")
    link = link_version(
        logger.context,
        resolve_version(logger.context, ArtifactPath(MNIST, "v1")),
        SHARED,
        aliases=[Alias("best")],
    )
    assert link.aliases == ("best", "latest")
    for alias in ("good", "best"):
        protect(logger.context, alias)
    made = plan(logger.context)
    assert planned(made) == ["mnist:v2"]
    assert [(str(item.path), item.names) for item in made.left_out] == [
        ("ada/digits/mnist:v0", ("ada/digits/mnist:good",)),
        ("ada/digits/mnist:v1", ("ada/digits/shared:best",)),
    ]


def test_executing_deletes_softly(logger: Logger) -> None:
    """With aliases and links, which are remembered; `latest` falls to what stays."""
    versions = log(logger, "mnist", "one", "two", "three")
    other = log(logger, "other", "four")
    links = [
        link_version(logger.context, version, SHARED, aliases=[])
        for version in (versions[1], versions[2], other[0])
    ]
    edit_aliases(logger.context, "v1", "best")
    rules = replace(EVERYTHING, created_before=None)
    made = plan(logger.context, "mnist", rules=rules)
    kept = replace(made, versions=made.versions[1:])
    report = execute_plan(logger.context, kept)
    assert report == PlanReport(("ada/digits/mnist:v1", "ada/digits/mnist:v2"), (), {})
    assert states(logger.context, versions) == ["COMMITTED", "DELETED", "DELETED"]
    assert states(logger.context, links) == ["DELETED", "DELETED", "COMMITTED"]
    with logger.context.catalog.read() as session:
        assert session.versions.get(versions[0].id).aliases == ("latest",)
        assert session.versions.get(links[2].id).aliases == ("latest",)
    engine = create_engine(logger.context.catalog.url)
    with engine.connect() as connection:
        query = "SELECT alias FROM removed_aliases WHERE version_id IN (2, 3) ORDER BY alias"
        assert connection.execute(text(query)).scalars().all() == ["best", "latest"]
        taken = connection.execute(text("SELECT version_id FROM removed_links ORDER BY 1"))
        assert taken.scalars().all() == [link.id for link in links[:2]]
    engine.dispose()


def test_whole_collections_can_go(logger: Logger) -> None:
    """Several of them, with links of one portfolio to each."""
    versions = [*log(logger, "mnist", "one", "two"), *log(logger, "other", "three")]
    links = [link_version(logger.context, v, SHARED, aliases=[]) for v in versions]
    assert len(execute_plan(logger.context, plan(logger.context)).deleted) == 3
    assert states(logger.context, [*versions, *links]) == ["DELETED"] * 6
    with logger.context.catalog.read() as session:
        for name in ("mnist", "other", "shared"):
            found = session.collections.find(CollectionPath.parse(name, default=AT))
            assert found is not None
            assert session.collections.pointers(found.key) == {}


def test_new_versions_are_no_change(logger: Logger) -> None:
    """What was logged since is not in the plan, and in nobody's way."""
    log(logger, "mnist", "one", "two")
    made = plan(logger.context, rules=PlanRules())
    log(logger, "mnist", "three")
    assert execute_plan(logger.context, made).deleted == ("ada/digits/mnist:v0",)


def edit_aliases(context: Context, selector: str, *aliases: str) -> None:
    """Give a version these aliases."""
    version = resolve_version(context, ArtifactPath(MNIST, selector))
    edit_version(context, version, aliases=list(map(Alias, aliases)), notes=version.notes)


def link_first(context: Context) -> None:
    """Link the first version."""
    version = resolve_version(context, ArtifactPath(MNIST, "v0"))
    link_version(context, version, SHARED, aliases=[])


def describe_first(context: Context) -> None:
    """Say what the first version is good for."""
    version = resolve_version(context, ArtifactPath(MNIST, "v0"))
    edit_version(
        context, version, aliases=version.aliases, notes=replace(version.notes, description="!")
    )


def restore_first(context: Context) -> None:
    """Delete the first version, and bring it back as it was; past the service that will do so."""
    version = resolve_version(context, ArtifactPath(MNIST, "v0"))
    delete_version(context, version, delete_aliases=True)
    with context.catalog.write() as session:
        session.versions.change_state(
            version.id,
            VersionState.COMMITTED,
            by=context.principal,
            now=context.catalog.now(),
        )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda context: edit_aliases(context, "v0", "best"), "has the aliases best instead of"),
        (link_first, "has the links ada/digits/shared:v0 instead of none"),
        (describe_first, "was edited or restored"),
        (restore_first, "was edited or restored"),
    ],
    ids=["alias", "link", "description", "restored"],
)
def test_a_changed_world_is_refused(
    logger: Logger, clock: ManualClock, change: Callable[[Context], None], said: str
) -> None:
    """And nothing is deleted, not even what did not change."""
    versions = log(logger, "mnist", "one", "two", "three")
    made = plan(logger.context)
    clock.advance(timedelta(hours=1))
    change(logger.context)
    with pytest.raises(PlanOutdatedError, match=f"mnist:v0 {said}"):
        execute_plan(logger.context, made)
    assert states(logger.context, versions) == ["COMMITTED"] * 3


def test_an_alias_that_was_protected_since_is_refused(logger: Logger) -> None:
    """Though the version looks the same."""
    versions = log(logger, "mnist", "one", "two")
    edit_aliases(logger.context, "v0", "good")
    made = plan(logger.context)
    protect(logger.context, "good")
    with pytest.raises(
        PlanOutdatedError, match="under the protected aliases ada/digits/mnist:good"
    ):
        execute_plan(logger.context, made)
    assert states(logger.context, versions) == ["COMMITTED"] * 2


def test_the_plan_of_another_catalog_is_refused(logger: Logger) -> None:
    """Where there is no such version, or another one of the same name."""
    log(logger, "mnist", "one", "two")
    made = plan(logger.context)
    log(logger, "other", "three")
    elsewhere = CollectionPath.parse("other", default=AT)
    moved = [
        replace(version, path=ArtifactPath.at_index(elsewhere, index))
        for index, version in enumerate(made.versions)
    ]
    with pytest.raises(
        PlanOutdatedError,
        match=r"other:v0 has other content: .*; ada/digits/other:v1 is not in this catalog",
    ):
        execute_plan(logger.context, replace(made, versions=tuple(moved)))


def test_what_is_gone_already_counts_as_done(logger: Logger) -> None:
    """Deleted or purged, by whomever."""
    versions = log(logger, "mnist", "one", "two", "three")
    made = plan(logger.context)
    for version in versions[:2]:
        delete_version(logger.context, version, delete_aliases=True)
    with logger.context.catalog.write() as session:
        now = logger.context.catalog.now()
        session.garbage.purge([versions[0].id], by="ada", now=now)
    report = execute_plan(logger.context, made)
    assert report.already_gone == ("ada/digits/mnist:v0", "ada/digits/mnist:v1")
    assert report.deleted == ("ada/digits/mnist:v2",)
    assert execute_plan(logger.context, made).deleted == ()


def test_an_interrupted_plan_goes_on(logger: Logger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where `latest` would fall to a version that is planned as well."""
    monkeypatch.setattr(plans, "BATCH", 2)
    versions = log(logger, "mnist", "one", "two", "three", "four", "five")
    log(logger, "mnist", "two")
    made = plan(logger.context)
    assert planned(made)[-1] == "mnist:v1"

    def interrupt(done: int, count: int) -> None:
        assert (done, count) in {(2, 5), (4, 5)}
        raise KeyboardInterrupt

    for deleted in (2, 4):
        with pytest.raises(KeyboardInterrupt):
            execute_plan(logger.context, made, progress=interrupt)
        assert states(logger.context, versions).count("DELETED") == deleted
        monkeypatch.setattr(plans, "BATCH", 4)
    report = execute_plan(logger.context, made)
    assert (len(report.already_gone), report.deleted) == (4, ("ada/digits/mnist:v1",))
    assert report.failed == {}


def test_progress_is_told(logger: Logger, monkeypatch: pytest.MonkeyPatch) -> None:
    """After each transaction, up to the end."""
    monkeypatch.setattr(plans, "BATCH", 2)
    log(logger, "mnist", "one", "two", "three")
    told: list[tuple[int, int]] = []
    execute_plan(logger.context, plan(logger.context), progress=lambda *done: told.append(done))
    assert told == [(2, 3), (3, 3)]


@dataclass(frozen=True)
class Meddling:
    """A catalog in which somebody else is quicker, before the first writing session."""

    inner: Catalog
    meddle: Callable[[], None]
    done: list[bool]

    @property
    def url(self) -> str:
        """Where it lies."""
        return self.inner.url

    def now(self) -> object:
        """Give the time."""
        return self.inner.now()

    def read(self) -> object:
        """Read as ever."""
        return self.inner.read()

    @contextmanager
    def write(self) -> Iterator[CatalogSession]:
        """Let the other one write first."""
        if not self.done:
            self.done.append(True)
            self.meddle()
        with self.inner.write() as session:
            yield session


def test_a_version_that_changes_meanwhile_is_spared(logger: Logger) -> None:
    """Between the comparison and the delete; the rest goes on, and the report says why."""
    context = logger.context
    versions = log(logger, "mnist", "one", "two", "three")
    made = plan(context)
    meddling = Meddling(context.catalog, lambda: edit_aliases(context, "v1", "mine"), [])
    report = execute_plan(replace(context, catalog=meddling), made)  # type: ignore[arg-type]
    assert report.deleted == ("ada/digits/mnist:v0", "ada/digits/mnist:v2")
    assert report.failed == {"ada/digits/mnist:v1": "has the aliases mine instead of none"}
    assert states(context, versions) == ["DELETED", "COMMITTED", "DELETED"]


def test_a_transaction_that_fails_leaves_what_it_was_at(
    logger: Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Earlier ones stay; executing the plan again goes on."""
    monkeypatch.setattr(plans, "BATCH", 2)
    versions = log(logger, "mnist", "one", "two", "three")
    made = plan(logger.context)
    real, calls = plans.delete_in_session, []

    def fail(*args: object, **kwargs: object) -> None:
        real(*args, **kwargs)  # type: ignore[arg-type]
        calls.append(1)
        if len(calls) == 2:
            raise CatalogError("The disk is full", hint="Make room.")

    monkeypatch.setattr(plans, "delete_in_session", fail)
    with pytest.raises(CatalogError):
        execute_plan(logger.context, made)
    assert states(logger.context, versions) == ["DELETED", "DELETED", "COMMITTED"]
    assert execute_plan(logger.context, made).deleted == ("ada/digits/mnist:v2",)


def test_an_empty_plan_does_nothing(logger: Logger) -> None:
    """It is a plan like any other."""
    made = plan(logger.context)
    assert (made.versions, made.left_out, made.freed_bytes) == ((), (), 0)
    assert execute_plan(logger.context, made) == PlanReport((), (), {})
