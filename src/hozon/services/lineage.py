"""Lineage: which run logged or used which version."""

from collections.abc import Sequence

from hozon.model.lineage import may_use
from hozon.model.runs import Run, RunKey
from hozon.model.versions import Version, VersionId
from hozon.ports.paging import Listing
from hozon.services.access import Sight, authorize_content
from hozon.services.context import Context
from hozon.services.listing import CatalogListing
from hozon.services.resolve import shown_by
from hozon.services.runs import authorize_run


def record_use(context: Context, run: RunKey, version: VersionId) -> bool:
    """Draw the edge from a version to a run that uses it; once is enough.

    Args:
        context: The capabilities.
        run: The run.
        version: The version.

    Returns:
        Whether the edge is drawn; it is not when the version comes from the run, because lineage
        has no cycles.

    Raises:
        NotFoundError: They may not see the run or the version.
        AccessDeniedError: They may not write to the project of the run.
    """
    with context.catalog.write() as session:
        authorize_run(session, context, run)
        authorize_content(session, context, version)
        drawn = may_use(session.lineage, run=run, version=version)
        if drawn:
            session.lineage.add_input(run, version, now=context.catalog.now())
        return drawn


def list_logged(context: Context, run: RunKey) -> Listing[Version]:
    """List the committed versions that a run logged, in the order of logging.

    Those that may not be seen are left out.
    """
    return CatalogListing(
        context,
        lambda s: s.lineage.outputs(run),
        at=lambda s: s.access.project_of_run(run),
        shows=shown_by,
    )


def list_used(context: Context, run: RunKey) -> Listing[Version]:
    """List the committed versions that a run used, in the order of using.

    Those that may not be seen are left out.
    """
    return CatalogListing(
        context,
        lambda s: s.lineage.inputs(run),
        at=lambda s: s.access.project_of_run(run),
        shows=shown_by,
    )


def list_users(context: Context, version: VersionId) -> Sequence[Run]:
    """List the runs that used a version, in the order of using.

    Those that may not be seen are left out; there are none for those who may not see the version.
    """
    with context.catalog.read() as session:
        now, sight = context.catalog.now(), Sight(session, context)
        if not sight.shows(*session.access.projects_of_version(version)):
            return []
        users = session.lineage.users(version)
        return [run.seen_at(now) for run in users if sight.shows(run.path.at)]
