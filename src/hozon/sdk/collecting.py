"""Collection that begins by itself, when a run finishes.

Owns when it does. Refuses to own what it does. Invariant: it never fails the run, nor keeps anybody
from collecting by hand.
"""

import logging
from datetime import timedelta

from hozon.bootstrap import report_gate
from hozon.errors import CollectorBusyError, CollectorLeaseError, HozonError
from hozon.model.deployments import Deployment
from hozon.sdk.progress import progress_bar
from hozon.sdk.session import Session
from hozon.services.garbage.collect import collect_garbage, is_due

_LOG = logging.getLogger(__name__)


def collect_if_due(session: Session) -> None:
    """Collect garbage, if the last pass is long enough ago.

    Embedded data has no service that would do it. Where something is missing that collection
    requires, or somebody else collects, nothing happens.

    Args:
        session: The settings say how often, and the connections follow from them.
    """
    settings = session.settings
    if settings.deployment is not Deployment.EMBEDDED or settings.gc_interval <= timedelta():
        return
    try:
        context = session.context
        if is_due(context, settings.gc_interval) and report_gate(settings, context.store).is_open:
            _collect(session)
    except (CollectorBusyError, CollectorLeaseError):
        return
    except Exception as error:  # noqa: BLE001  Whatever it was, the run is finished.
        _LOG.warning(
            "Garbage could not be collected: %s. The run is finished; run 'hozon gc run' to see"
            " whether it stays so.",
            error.message if isinstance(error, HozonError) else repr(error),
        )


def _collect(session: Session) -> None:
    """Make a pass, and say what people have to look at."""
    with progress_bar("Collecting garbage", total_bytes=None) as advance:
        report = collect_garbage(session.context, tell=lambda _: advance(0))
    if report.is_damaged:
        _LOG.warning(
            "The store has lost something that versions need, such as %s; run 'hozon gc run' for"
            " all of it. Nothing was removed.",
            report.missing[0],
        )
    elif report.failures:
        _LOG.warning(
            "Garbage collection could not remove %s: %s. The next pass tries again.",
            *next(iter(report.failures.items())),
        )
