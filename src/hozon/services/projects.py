"""Projects: find them, make them, list those of an owner and the types that one has."""

from datetime import datetime

from hozon.errors import TypeNotFoundError
from hozon.model.access import Action
from hozon.model.missing import no_project
from hozon.model.names import EntityName, TypeName
from hozon.model.paths import ProjectPath
from hozon.ports.paging import Listing
from hozon.ports.projects import ProjectRecord
from hozon.services.access import authorize, may
from hozon.services.context import Context
from hozon.services.listing import CatalogListing


def find_project(context: Context, at: ProjectPath) -> ProjectRecord:
    """Find a project.

    Raises:
        ProjectNotFoundError: Nothing was ever written to it, or they may not see it.
    """
    with context.catalog.read() as session:
        authorize(session, context, Action.READ, at)
        found = session.projects.find(at)
    if found is None:
        raise no_project(at)
    return found


def project_created_at(context: Context, at: ProjectPath) -> datetime | None:
    """Tell when a project was made, UTC; None for one that is not there, or not for them to see."""
    with context.catalog.read() as session:
        found = session.projects.find(at) if may(session, context, Action.READ, at) else None
    return found.created_at if found else None


def create_project(context: Context, at: ProjectPath) -> ProjectRecord:
    """Find a project, or make it.

    Raises:
        ProjectNotFoundError: They may not see it, nor make projects of this entity.
        AccessDeniedError: They may see it, and not write to it.

    Concurrency:
        Of two that make a project at once, one makes it and the other finds it.
    """
    with context.catalog.write() as session:
        authorize(session, context, Action.WRITE, at)
        return session.projects.ensure(at, now=context.catalog.now())


def list_projects(context: Context, entity: EntityName) -> Listing[ProjectRecord]:
    """List the projects of an entity that they may see, oldest first."""
    return CatalogListing(
        context, lambda s: s.projects.listing(entity), shows=lambda found: (found.at,)
    )


def list_types(context: Context, at: ProjectPath) -> Listing[TypeName]:
    """List the types of the collections of a project that have a committed version, by name."""
    return CatalogListing(context, lambda s: s.collections.types(at), at=at)


def check_type_there(context: Context, at: ProjectPath, wanted: TypeName) -> None:
    """Make sure that a project has artifacts of a type.

    Raises:
        TypeNotFoundError: It has none, or they may not see it.
    """
    with context.catalog.read() as session:
        missing = TypeNotFoundError(
            f"{at} has no artifacts of type {wanted!r}", hint="It has no artifacts at all."
        )
        authorize(session, context, Action.READ, at, missing=missing)
        if session.collections.listing(at, type_name=wanted).page(after=None, limit=1):
            return
        known = [item.value for item in session.collections.types(at).page(after=None, limit=5)]
    if known:
        raise TypeNotFoundError(missing.message, hint=f"Its types are {', '.join(known)}.")
    raise missing
