"""What tests of garbage collection begin with."""

from datetime import timedelta

import pytest

from collecting import WINDOWS, Collect, Log, Remove
from hozon.model.garbage import CollectReport, Windows
from hozon.model.versions import Version
from hozon.services.commit import commit_version
from hozon.services.context import Context
from hozon.services.delete import delete_version
from hozon.services.garbage.collect import CollectOptions, collect_garbage
from hozon.testing.clocks import ManualClock
from worlds import Files, Logger


@pytest.fixture
def collect(context: Context) -> Collect:
    """Give a pass with the usual windows, which leaves no dead byte unless told otherwise."""

    def collect(
        windows: Windows = WINDOWS, *, max_unused: float = 0, dry_run: bool = False
    ) -> CollectReport:
        options = CollectOptions(windows, max_unused=max_unused, dry_run=dry_run)
        return collect_garbage(context, options)

    return collect


@pytest.fixture
def log(logger: Logger) -> Log:
    """Give a short way to log files as a version of `mnist`."""

    def log(files: Files) -> Version:
        return commit_version(logger.context, logger.request(files=files)).version

    return log


@pytest.fixture
def remove(context: Context, clock: ManualClock) -> Remove:
    """Give a way to delete a version, after which its time to be restored passes."""

    def remove(version: Version) -> None:
        delete_version(context, version, delete_aliases=True)
        clock.advance(timedelta(days=7))

    return remove
