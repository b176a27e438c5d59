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
"""Gives words for a project and a beginning, which stands without the project."""


def complete_version(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Offer names of artifacts; after a colon the aliases and versions of one."""
    return _offered(incomplete, _versions)


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
    """Offer the default project: the one name that is known without looking."""
    with suppress(Exception):
        from hozon.settings import load_settings  # noqa: PLC0415  See `_offered`.

        default = load_settings().default_path
        words = (default.project, str(default))
        return [word for word in words if word.startswith(incomplete)]
    return []


def _offered(incomplete: str, words: _Words) -> list[str]:
    """Open what the settings name, and choose the words that begin so."""
    # Nothing may be printed here, whatever it is that fails.
    with suppress(Exception):
        # Imported late: showing help needs none of this.
        from hozon.bootstrap import open_context  # noqa: PLC0415
        from hozon.model.paths import ProjectPath  # noqa: PLC0415
        from hozon.settings import load_settings  # noqa: PLC0415

        settings = load_settings()
        if not _is_there(settings.catalog_url):
            return []
        project, slash, beginning = incomplete.rpartition("/")
        at = ProjectPath.parse(project, default=settings.default_path)
        context = open_context(settings)
        try:
            found = (f"{project}{slash}{word}" for word in words(context, at, beginning))
            return list(islice((w for w in found if w.startswith(incomplete)), MOST))
        finally:
            context.close()
    return []


def _is_there(catalog_url: str) -> bool:
    """Tell whether there is a catalog: pressing Tab must not make one."""
    file = catalog_url.removeprefix("sqlite:///")
    return file == catalog_url or Path(file).is_file()


def _versions(context: "Context", at: "ProjectPath", beginning: str) -> Iterator[str]:
    """Give names of artifacts, or what may stand behind the colon."""
    from hozon.model.paths import CollectionPath  # noqa: PLC0415
    from hozon.services.resolve import (  # noqa: PLC0415
        collection_aliases,
        list_versions,
        resolve_collection,
    )

    name, colon, _ = beginning.partition(":")
    if not colon:
        yield from _collections(context, at, beginning)
        return
    collection = resolve_collection(context, CollectionPath.parse(name, default=at))
    yield from (f"{name}:{alias}" for alias in collection_aliases(context, collection))
    for version in _read(list_versions(context, collection)):
        yield version.name


def _collections(context: "Context", at: "ProjectPath", _beginning: str) -> Iterator[str]:
    """Give names of artifacts."""
    from hozon.services.resolve import list_collections  # noqa: PLC0415

    for collection in _read(list_collections(context, at, type_name=None)):
        yield collection.path.name


def _runs(context: "Context", at: "ProjectPath", _beginning: str) -> Iterator[str]:
    """Give ids of runs."""
    from hozon.services.run_queries import list_runs  # noqa: PLC0415

    for run in _read(list_runs(context, at)):
        yield run.id


def _sweeps(context: "Context", at: "ProjectPath", _beginning: str) -> Iterator[str]:
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
