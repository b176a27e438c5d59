"""What the shell offers when Tab is pressed: paths of artifacts, runs, sweeps and projects.

Owns what is offered for which beginning. It reads as every command does, through the services, so
that nobody is offered what they may not read. Invariants: it writes nothing, and whatever goes
wrong, it offers nothing and says nothing: a shell in the middle of a line is no place for errors.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import click

if TYPE_CHECKING:
    from hozon.model.paths import ProjectPath
    from hozon.ports.paging import Listing
    from hozon.services.context import Context

T = TypeVar("T")

MOST: Final = 200
"""How many words are offered at most."""

_READ: Final = 5_000
"""How many values of a list are looked at, at most."""

_PAGE: Final = 200

_Words = Callable[["Context", "ProjectPath", str], Iterable[str]]
"""Gives words for the place in which names are looked up, and what has been typed."""


def complete_version(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Offer names of artifacts; after a colon the aliases and versions of one."""
    return _offered(incomplete, _versions)


def complete_version_or_run(
    _ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[str]:
    """Offer what has a lineage: what `complete_version` offers, and ids of runs."""
    return _offered(incomplete, _versions) + _offered(incomplete, _runs)


def complete_collection(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Offer names of artifacts."""
    return _offered(incomplete, _collections)


def complete_run(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Offer ids of runs."""
    return _offered(incomplete, _runs)


def complete_sweep(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Offer ids of sweeps."""
    return _offered(incomplete, _sweeps)


def complete_project(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Offer names of projects, with the entity where one was typed."""
    return _offered(incomplete, _projects)


def _offered(incomplete: str, words: _Words) -> list[str]:
    """Open what the settings name, and choose the words that begin so."""
    # Nothing may be printed here, whatever it is that fails.
    with suppress(Exception):
        # Imported late: showing help needs none of this.
        from hozon.bootstrap import open_context  # noqa: PLC0415
        from hozon.settings import load_settings  # noqa: PLC0415

        settings = load_settings()
        if not _is_there(settings.catalog_url):
            return []
        context = open_context(settings)
        try:
            found = words(context, settings.default_path, incomplete)
            return list(islice((word for word in found if word.startswith(incomplete)), MOST))
        finally:
            context.close()
    return []


def _is_there(catalog_url: str) -> bool:
    """Tell whether there is a catalog: pressing Tab must not make one."""
    file = catalog_url.removeprefix("sqlite:///")
    return file == catalog_url or Path(file).is_file()


def _in_project(words: _Words) -> _Words:
    """Look names up in the project that was typed before them, and put it before each."""

    def words_below(context: "Context", default: "ProjectPath", typed: str) -> Iterator[str]:
        from hozon.model.paths import ProjectPath  # noqa: PLC0415  See `_offered`.

        project, slash, name = typed.rpartition("/")
        at = ProjectPath.parse(project, default=default)
        yield from (f"{project}{slash}{word}" for word in words(context, at, name))

    return words_below


def _projects(context: "Context", default: "ProjectPath", typed: str) -> Iterator[str]:
    """Give names of projects."""
    from hozon.model.names import EntityName, check_name  # noqa: PLC0415  See `_offered`.
    from hozon.services.projects import list_projects  # noqa: PLC0415

    entity, slash, _ = typed.rpartition("/")
    owner = EntityName(check_name(entity, kind="entity")) if slash else default.entity
    for project in _read(list_projects(context, owner)):
        yield f"{entity}{slash}{project.at.project}"


@_in_project
def _versions(context: "Context", at: "ProjectPath", typed: str) -> Iterator[str]:
    """Give names of artifacts, or what may stand behind the colon."""
    from hozon.model.paths import CollectionPath  # noqa: PLC0415
    from hozon.services.resolve import (  # noqa: PLC0415
        collection_aliases,
        list_versions,
        resolve_collection,
    )

    name, colon, _ = typed.partition(":")
    if not colon:
        yield from _names(context, at)
        return
    collection = resolve_collection(context, CollectionPath.parse(name, default=at))
    yield from (f"{name}:{alias}" for alias in collection_aliases(context, collection))
    for version in _read(list_versions(context, collection)):
        yield version.name


@_in_project
def _collections(context: "Context", at: "ProjectPath", _typed: str) -> Iterator[str]:
    """Give names of artifacts."""
    return _names(context, at)


def _names(context: "Context", at: "ProjectPath") -> Iterator[str]:
    """Give names of artifacts of a project."""
    from hozon.services.resolve import list_collections  # noqa: PLC0415

    for collection in _read(list_collections(context, at, type_name=None)):
        yield collection.path.name


@_in_project
def _runs(context: "Context", at: "ProjectPath", _typed: str) -> Iterator[str]:
    """Give ids of runs."""
    from hozon.services.run_queries import list_runs  # noqa: PLC0415

    for run in _read(list_runs(context, at)):
        yield run.id


@_in_project
def _sweeps(context: "Context", at: "ProjectPath", _typed: str) -> Iterator[str]:
    """Give ids of sweeps."""
    from hozon.services.sweeps import list_sweeps  # noqa: PLC0415

    for sweep in _read(list_sweeps(context, at)):
        yield sweep.path.sweep_id


def _read(listing: "Listing[T]") -> Iterator[T]:
    """Read the beginning of a listing."""
    after = None
    for _ in range(_READ // _PAGE):
        page = listing.page(after=after, limit=_PAGE)
        if not page:
            return
        yield from (item.value for item in page)
        after = page[-1].key
