"""Status: how much is in the catalog."""

from hozon.ports.catalog import CatalogCounts
from hozon.services.access import authorize_operator
from hozon.services.context import Context


def count_all(context: Context) -> CatalogCounts:
    """Count projects, runs, collections, versions and bytes, all at one moment.

    Raises:
        AccessDeniedError: They do not own the installation.
        CatalogError: The catalog failed.
    """
    authorize_operator(context)
    with context.catalog.read() as session:
        return session.counts()
