"""Progress bars: shown late, and only on a terminal."""

import io
import sys

import pytest

from hozon.sdk.progress import progress_bar


class Terminal(io.StringIO):
    """Text that a terminal would show."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


def test_nothing_is_shown_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Logs stay readable."""
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    monkeypatch.setattr("hozon.sdk.progress.DELAY_SECONDS", -1)
    with progress_bar("Uploading", total_bytes=10) as advance:
        advance(10)
    assert log.getvalue() == ""


@pytest.mark.parametrize(("delay", "shown"), [(-1.0, True), (3600.0, False)], ids=["late", "early"])
def test_a_bar_is_shown_when_work_takes_long(
    monkeypatch: pytest.MonkeyPatch, delay: float, *, shown: bool
) -> None:
    """Short work leaves the terminal alone."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("hozon.sdk.progress.DELAY_SECONDS", delay)
    with progress_bar("Uploading mnist", total_bytes=10) as advance:
        advance(4)
        advance(6)
    assert ("Uploading mnist" in terminal.getvalue()) is shown
    assert ("10/10" in terminal.getvalue()) is shown
