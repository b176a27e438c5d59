"""Status: how much is in the catalog."""

from hozon.services.delete import delete_version
from hozon.services.status import count_all
from worlds import Logger


def test_everything_is_counted_at_one_moment(logger: Logger) -> None:
    """Deleted versions for themselves, and bytes as they are stored."""
    logger.start_run("r1")
    logger.log("one")
    delete_version(logger.context, logger.log("three").version, delete_aliases=True)
    counts = count_all(logger.context)
    assert (counts.projects, counts.runs, counts.collections) == (1, 1, 1)
    assert (counts.versions, counts.deleted_versions, counts.object_bytes) == (1, 1, 8)
