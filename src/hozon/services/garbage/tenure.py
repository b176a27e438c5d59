"""Tenure: one collector at a time.

Owns the lease of the collector. Invariant: a transaction that gives something up commits only while
the lease is still its collector's.
"""

import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from hozon.errors import HozonError
from hozon.model.garbage import COLLECTOR_LEASE, CollectorLease, check_free, check_held
from hozon.ports.catalog import CatalogSession
from hozon.services.context import Context


class Tenure:
    """The time during which one collector may give things up.

    Args:
        context: The capabilities.
        token: Which collector this is.
    """

    def __init__(self, context: Context, token: str) -> None:
        """Remember whose lease it is; see `collecting`."""
        self._context = context
        self._token = token

    def of(self, context: Context) -> "Tenure":
        """Give the same tenure, writing about another store."""
        return Tenure(context, self._token)

    @contextmanager
    def write(self) -> Iterator[CatalogSession]:
        """Open a writing session that extends the lease.

        Raises:
            CollectorLeaseError: The lease was lost; nothing is written.
            CatalogError: The catalog failed.
        """
        with self._context.catalog.write() as session:
            lease = check_held(session.garbage.lease(), token=self._token)
            session.garbage.set_lease(lease.extended(self._context.catalog.now()))
            yield session

    def go_on(self) -> None:
        """Extend the lease before something that takes a while.

        Raises:
            CollectorLeaseError: The lease was lost.
            CatalogError: The catalog failed.
        """
        with self.write():
            pass


@contextmanager
def collecting(context: Context) -> Iterator[Tenure]:
    """Take the lease for the time of a block.

    Args:
        context: The capabilities, and on whose behalf to act.

    Raises:
        CollectorBusyError: Another collector is at work; wait for it.
        CatalogError: The catalog failed.
    """
    token = uuid.uuid4().hex
    with context.catalog.write() as session:
        now = context.catalog.now()
        check_free(session.garbage.lease(), now=now)
        session.garbage.set_lease(
            CollectorLease(_name(context), token, began_at=now, expires_at=now + COLLECTOR_LEASE)
        )
    try:
        yield Tenure(context, token)
    finally:
        with suppress(HozonError), context.catalog.write() as session:
            lease = session.garbage.lease()
            if lease is not None and lease.token == token:
                session.garbage.set_lease(None)


def _name(context: Context) -> str:
    """Say who collects, for people."""
    return f"{context.principal.name} on {socket.gethostname()} (process {os.getpid()})"
