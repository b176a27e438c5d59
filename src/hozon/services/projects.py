"""Projects: find them, make them, list those of an owner and the types that one has."""

from datetime import datetime

from hozon.errors import ProjectNotFoundError, TypeNotFoundError
from hozon.model.names import EntityName, TypeName
from hozon.model.paths import ProjectPath
from hozon.ports.paging import Listing
from hozon.ports.projects import ProjectRecord
from hozon.services.context import Context
from hozon.services.listing import CatalogListing


def find_project(context: Context, at: ProjectPath) -> ProjectRecord:
    """Find a project.

    Raises:
        ProjectNotFoundError: Nothing was ever written to it.
    """
    with context.catalog.read() as session:
        found = session.projects.find(at)
    if found is None:
        raise ProjectNotFoundError(
            f"There is no project {at}",
            hint="Begin a run in it, or make it with Api().create_project();"
            " Api().projects() lists those that there are.",
        )
    return found


def project_created_at(context: Context, at: ProjectPath) -> datetime | None:
    """Tell when a project was made, UTC; None for one that there is not."""
    with context.catalog.read() as session:
        found = session.projects.find(at)
    return found.created_at if found else None


def create_project(context: Context, at: ProjectPath) -> ProjectRecord:
    """Find a project, or make it.

    Concurrency:
        Of two that make a project at once, one makes it and the other finds it.
    """
    with context.catalog.write() as session:
        return session.projects.ensure(at, now=context.catalog.now())


def list_projects(context: Context, entity: EntityName) -> Listing[ProjectRecord]:
    """List the projects of an entity, oldest first."""
    return CatalogListing(context.catalog, lambda s: s.projects.listing(entity))


def list_types(context: Context, at: ProjectPath) -> Listing[TypeName]:
    """List the types of the collections of a project that have a committed version, by name."""
    return CatalogListing(context.catalog, lambda s: s.collections.types(at))


def check_type_there(context: Context, at: ProjectPath, wanted: TypeName) -> None:
    """Make sure that a project has artifacts of a type.

    Raises:
        TypeNotFoundError: It has none.
    """
    with context.catalog.read() as session:
        if session.collections.listing(at, type_name=wanted).page(after=None, limit=1):
            return
        known = [item.value for item in session.collections.types(at).page(after=None, limit=5)]
    raise TypeNotFoundError(
        f"{at} has no artifacts of type {wanted!r}",
        hint=f"Its types are {', '.join(known)}." if known else "It has no artifacts at all.",
    )
