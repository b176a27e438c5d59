"""Protection: aliases stay where they are, whatever would move them."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from hozon.errors import AliasedVersionError, ProtectedAliasError, ProtectionNotFoundError
from hozon.model.names import Alias
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath
from hozon.model.versions import Version
from hozon.services.commit import commit_version
from hozon.services.delete import delete_collection, delete_run, delete_version
from hozon.services.edit import edit_version
from hozon.services.links import link_version, unlink_version
from hozon.services.protection import list_protected, protect_alias, unprotect_alias
from hozon.services.resolve import resolve_collection, resolve_version
from hozon.services.restore import restore_version
from hozon.testing.memory import MemoryObjectStore
from worlds import AT, MNIST, Logger

BEST = Alias("best")
TEAM = CollectionPath.parse("team", default=AT)
SHARED = CollectionPath.parse("grace/shared/team", default=AT)


@pytest.fixture
def best(logger: Logger) -> Version:
    """Give a version under a protected alias; `latest` is on another one."""
    protect_alias(logger.context, AT, BEST)
    version = logger.log("one", "best").version
    logger.log("two")
    return version


def pointers(logger: Logger, path: CollectionPath = MNIST) -> dict[str, int]:
    """Read where the aliases of a collection point."""
    with logger.context.catalog.read() as session:
        collection = session.collections.find(path)
        assert collection is not None
        found = session.collections.pointers(collection.key)
        numbers = session.deleted.numbers(found.values())
    return {str(alias): numbers[version] for alias, version in found.items()}


def log_best(logger: Logger, _: Version) -> None:
    """Log new content under the alias."""
    logger.log("three", "best")


def reuse_for_best(logger: Logger, _: Version) -> None:
    """Log the content of another version under the alias."""
    logger.log("two", "best")


def add_best(logger: Logger, _: Version) -> None:
    """Add to what is latest, under the alias."""
    request = logger.request(files={"more.txt": b"more"}, aliases=("best",))
    commit_version(logger.context, replace(request, incremental=True))


def give_best(logger: Logger, _: Version) -> None:
    """Give the alias to another version."""
    other = resolve_version(logger.context, ArtifactPath(MNIST, "latest"))
    edit_version(logger.context, other, aliases=[*other.aliases, BEST], notes=other.notes)


def take_best(logger: Logger, best: Version) -> None:
    """Take the alias away."""
    edit_version(logger.context, best, aliases=[], notes=best.notes)


def delete_best(logger: Logger, best: Version) -> None:
    """Delete the version, its aliases included."""
    delete_version(logger.context, best, delete_aliases=True)


def delete_all(logger: Logger, _: Version) -> None:
    """Delete the collection."""
    delete_collection(logger.context, resolve_collection(logger.context, MNIST))


@pytest.mark.parametrize(
    "move", [log_best, reuse_for_best, add_best, give_best, take_best, delete_best, delete_all]
)
def test_nothing_moves_a_protected_alias(
    logger: Logger, best: Version, move: Callable[[Logger, Version], None]
) -> None:
    """Everything is as it was; when the protection is lifted, the same call goes through."""
    before = pointers(logger)
    with pytest.raises(ProtectedAliasError, match="mnist:v0 has the protected alias 'best'"):
        move(logger, best)
    assert pointers(logger) == before == {"best": 0, "latest": 1}
    unprotect_alias(logger.context, AT, BEST)
    move(logger, best)
    assert pointers(logger).get("best") != 0


def test_nothing_is_uploaded_for_a_version_that_is_refused(
    logger: Logger, best: Version, store: MemoryObjectStore
) -> None:
    """Also where it is added to what is latest; no number is used up."""
    before = list(store.keys())
    for move in (log_best, add_best):
        with pytest.raises(ProtectedAliasError):
            move(logger, best)
    assert list(store.keys()) == before
    assert logger.log("three").version.index == 2


def test_an_alias_that_is_protected_during_an_upload_is_protected(
    logger: Logger, best: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check is made again when the version is published; nothing is left of it."""
    unprotect_alias(logger.context, AT, BEST)

    def protect(*_: object, **__: object) -> None:
        protect_alias(logger.context, AT, BEST)

    monkeypatch.setattr("hozon.services.commit.upload_missing", protect)
    with pytest.raises(ProtectedAliasError):
        log_best(logger, best)
    assert pointers(logger) == {"best": 0, "latest": 1}
    with logger.context.catalog.read() as session:
        assert session.counts().versions == 2


def test_what_moves_nothing_is_allowed(logger: Logger, best: Version) -> None:
    """The same content under the same alias, other aliases, and adding nothing."""
    assert logger.log("one", "best", "good").version.id == best.id
    request = logger.request(files={"data.txt": b"one"}, aliases=("best",))
    result = commit_version(logger.context, replace(request, incremental=True))
    assert result.version.id == best.id
    assert pointers(logger) == {"best": 0, "good": 0, "latest": 0}


def test_a_protected_alias_may_be_given_where_none_has_it(logger: Logger) -> None:
    """By logging, by editing, and by linking."""
    for alias in ("a", "b", "c"):
        protect_alias(logger.context, AT, Alias(alias))
    version = logger.log("one", "a").version
    edit_version(
        logger.context, version, aliases=[*version.aliases, Alias("b")], notes=version.notes
    )
    link_version(logger.context, version, TEAM, aliases=[Alias("c")])
    assert pointers(logger) == {"a": 0, "b": 0, "latest": 0}
    assert pointers(logger, TEAM) == {"c": 0, "latest": 0}


def test_permissions_do_not_hide_a_protection(logger: Logger, best: Version) -> None:
    """Whoever did not ask to delete aliases is not told to, either."""
    with pytest.raises(ProtectedAliasError):
        delete_version(logger.context, best, delete_aliases=False)
    other = logger.log("three", "good").version
    with pytest.raises(AliasedVersionError):
        delete_version(logger.context, other, delete_aliases=False)


def test_latest_moves_past_a_protected_alias(logger: Logger, best: Version) -> None:
    """A version without protected aliases goes as ever."""
    delete_version(logger.context, logger.log("two").version, delete_aliases=True)
    assert pointers(logger) == {"best": 0, "latest": 0}
    assert resolve_version(logger.context, ArtifactPath(MNIST, "best")).id == best.id


def test_of_a_portfolio_its_own_project_counts(logger: Logger) -> None:
    """Not that of the source; the links under the alias hold the source, too."""
    protect_alias(logger.context, SHARED.at, BEST)
    source, other = logger.log("one", "best").version, logger.log("two", "best").version
    link = link_version(logger.context, source, SHARED, aliases=[BEST])
    with pytest.raises(ProtectedAliasError, match="grace/shared/team:v0 has the protected"):
        link_version(logger.context, other, SHARED, aliases=[BEST])
    with pytest.raises(ProtectedAliasError, match="grace/shared/team:v0 has the protected"):
        unlink_version(logger.context, link)
    with pytest.raises(ProtectedAliasError, match="grace/shared/team:v0 has the protected"):
        delete_version(logger.context, source, delete_aliases=True, force_links=True)
    with pytest.raises(ProtectedAliasError, match="grace/shared/team:v0 has the protected"):
        delete_collection(
            logger.context, resolve_collection(logger.context, MNIST), force_links=True
        )
    assert pointers(logger, SHARED) == {"best": 0, "latest": 0}
    assert pointers(logger) == {"best": 1, "latest": 1}


def test_a_run_stays_with_what_is_protected(logger: Logger) -> None:
    """Neither the run nor any of its versions goes."""
    run = logger.start_run("r1")
    for number in range(3):
        alias = f"alias-{number}"
        logger.log(str(number), alias, run=run.key)
    protect_alias(logger.context, AT, Alias("alias-1"))
    with pytest.raises(ProtectedAliasError, match="mnist:v1 has the protected alias 'alias-1'"):
        delete_run(logger.context, run, delete_artifacts=True)
    assert pointers(logger) == {"alias-0": 0, "alias-1": 1, "alias-2": 2, "latest": 2}
    with logger.context.catalog.read() as session:
        assert session.runs.find(run.path) is not None


def test_a_restore_gives_a_protected_alias_back(logger: Logger) -> None:
    """It was free meanwhile."""
    version = logger.log("one", "best").version
    delete_version(logger.context, version, delete_aliases=True)
    protect_alias(logger.context, AT, BEST)
    restore_version(logger.context, version)
    assert pointers(logger) == {"best": 0, "latest": 0}


def test_protections_are_listed_and_lifted_by_project(logger: Logger) -> None:
    """A typing error is not taken for a lifted protection; the hint lists what is protected."""
    other = ProjectPath.of("ada", "letters")
    for alias in ("b", "a", "b"):
        protect_alias(logger.context, AT, Alias(alias))
    assert [item.alias for item in list_protected(logger.context, AT)] == ["a", "b"]
    assert list_protected(logger.context, other) == []
    with pytest.raises(
        ProtectionNotFoundError, match="'B' is not protected in ada/digits"
    ) as caught:
        unprotect_alias(logger.context, AT, Alias("B"))
    assert caught.value.hint.endswith("Protected there: a, b.")
    with pytest.raises(ProtectionNotFoundError, match="Protected there: none"):
        unprotect_alias(logger.context, other, Alias("a"))


def test_other_aliases_are_given_as_ever(logger: Logger, best: Version) -> None:
    """What has nothing to do with the protected one is logged."""
    assert logger.log("three", "good").version.index == 2
    assert pointers(logger) == {"best": best.index, "good": 2, "latest": 2}
