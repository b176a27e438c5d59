"""Lineage: which run logged or used which version."""

from collections.abc import Sequence

from hozon.model.lineage import Edge, EdgeKind, may_use
from hozon.model.runs import Run, RunKey
from hozon.model.versions import Version, VersionId
from hozon.ports.paging import Listing
from hozon.services.context import Context
from hozon.services.listing import CatalogListing


def record_use(
    context: Context, run: RunKey, version: VersionId, *, use_as: str | None = None
) -> bool:
    """Draw the edge from a version to a run that uses it; once is enough.

    Args:
        context: The capabilities.
        run: The run.
        version: The version.
        use_as: What the run uses it as, beside what it has used it as before; None for nothing in
            particular.

    Returns:
        Whether the edge is drawn; it is not when the version comes from the run, because lineage
        has no cycles. That is remembered.
    """
    with context.catalog.write() as session:
        now = context.catalog.now()
        drawn = may_use(session.lineage, run=run, version=version)
        if drawn:
            session.lineage.add_input(run, version, now=now, use_as=use_as)
        else:
            session.lineage.leave_out(Edge(run, version, EdgeKind.USED), now=now)
        return drawn


def list_logged(context: Context, run: RunKey) -> Listing[Version]:
    """List the committed versions that a run logged, in the order of logging."""
    return CatalogListing(context.catalog, lambda s: s.lineage.outputs(run))


def list_used(context: Context, run: RunKey) -> Listing[Version]:
    """List the committed versions that a run used, in the order of using."""
    return CatalogListing(context.catalog, lambda s: s.lineage.inputs(run))


def list_users(context: Context, version: VersionId) -> Sequence[Run]:
    """List the runs that used a version, in the order of using."""
    with context.catalog.read() as session:
        now = context.catalog.now()
        return [run.seen_at(now) for run in session.lineage.users(version)]
