"""Progress bars for work that takes longer than a moment."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.progress import Progress

DELAY_SECONDS: Final = 1.0
"""How long work goes on before a bar appears, in seconds."""


@contextmanager
def progress_bar(description: str, *, total_bytes: int | None) -> Iterator[Callable[[int], None]]:
    """Show a bar on the terminal once the work has taken a second.

    Args:
        description: What is going on, such as `Uploading mnist`.
        total_bytes: How many bytes there are to do, 0 or more; None where nobody knows yet.

    Yields:
        A function to call, from any thread, with each number of bytes done. Where standard error
        is no terminal it does nothing.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    bar = _Bar(description, total_bytes)
    try:
        yield bar.advance
    finally:
        bar.stop()


class _Bar:
    """A bar that appears late. Rich is imported only when it does."""

    def __init__(self, description: str, total_bytes: int | None) -> None:
        self._description = description
        self._total_bytes = total_bytes
        self._done_bytes = 0
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self._progress: Progress | None = None

    def advance(self, done_bytes: int) -> None:
        with self._lock:
            self._done_bytes += done_bytes
            if self._progress is None and time.monotonic() - self._began > DELAY_SECONDS:
                self._progress = self._start()
            if self._progress is not None:
                self._progress.update(self._progress.task_ids[0], completed=self._done_bytes)

    def stop(self) -> None:
        if self._progress is not None:
            self._progress.stop()

    def _start(self) -> "Progress":
        from rich.console import Console  # noqa: PLC0415  Most calls end before a bar appears.
        from rich.progress import (  # noqa: PLC0415
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TransferSpeedColumn,
        )

        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
        progress = Progress(*columns, TransferSpeedColumn(), console=Console(stderr=True))
        progress.add_task(self._description, total=self._total_bytes)
        progress.start()
        return progress
