"""Serving the site while it is being written."""

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hozon_docs.config import Config
from hozon_docs.findings import DocsError
from hozon_docs.serve import free_port, take_snapshot, touched_languages

PAGES = {"guide": "# Guide {#guide}\n"}


def _touched(config: Config, path: Path, text: str = "# New {#new}\n") -> list[str]:
    before = take_snapshot(config)
    path.write_text(text, "utf-8")
    return touched_languages(config, before=before, after=take_snapshot(config))


def test_a_page_touches_its_language_only(foreign_project: Callable[..., Config]) -> None:
    """A change below one tree leaves the other language alone."""
    config = foreign_project(PAGES)
    assert _touched(config, config.tree("ja") / "guide.md") == ["ja"]


def test_a_new_and_a_removed_page_count_as_changes(
    foreign_project: Callable[..., Config],
) -> None:
    """Files that come and go rebuild their language."""
    config = foreign_project(PAGES)
    assert _touched(config, config.tree("de") / "new.md") == ["de"]
    before = take_snapshot(config)
    (config.tree("de") / "new.md").unlink()
    assert touched_languages(config, before=before, after=take_snapshot(config)) == ["de"]


def test_the_configuration_touches_every_language(foreign_project: Callable[..., Config]) -> None:
    """What all languages share rebuilds all."""
    config = foreign_project(PAGES)
    assert _touched(config, config.mkdocs, config.mkdocs.read_text("utf-8") + "\n") == ["de", "ja"]


def test_nothing_changed_touches_nothing(foreign_project: Callable[..., Config]) -> None:
    """A file that was only read calls for no build."""
    config = foreign_project(PAGES)
    snapshot = take_snapshot(config)
    assert touched_languages(config, before=snapshot, after=take_snapshot(config)) == []


def test_a_taken_port_is_passed_over() -> None:
    """The next free port is used where somebody listens already."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert free_port(port) != port


def test_no_free_port_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the option that helps."""
    monkeypatch.setattr("hozon_docs.serve._PORTS", 1)
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(DocsError, match="name another with --port"),
    ):
        free_port(taken.getsockname()[1])


@contextmanager
def _serving(config: Config, port: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(  # noqa: S603 -- our own interpreter, no shell
        [sys.executable, "-u", "-m", "hozon_docs", "serve", "--port", str(port)],
        cwd=config.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1"},
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    seen = ""
    # A server that says nothing for a minute is ended, which ends the loop.
    patience = threading.Timer(60, process.kill)
    patience.start()
    try:
        for line in process.stdout:
            seen += line
            if words in line:
                return seen
    finally:
        patience.cancel()
    raise AssertionError(f"{words!r} never came:\n{seen}")


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 -- loopback
        return str(answer.read().decode())


def test_serving_follows_the_pages_and_ends_with_exit_code_0(
    foreign_project: Callable[..., Config],
) -> None:
    """Addresses are printed, a change is shown, a fault leaves the last good site, Ctrl-C ends."""
    config = foreign_project(PAGES)
    page = config.tree("ja") / "guide.md"
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with _serving(config, port) as process:
        first = _read_until(process, "日本語")
        address = next(word for word in first.split() if word.startswith("http"))
        assert f"{address}de/  Deutsch" in first
        assert "Guide" in _get(f"{address}de/guide/")
        page.write_text("# Changed {#changed}\n", "utf-8")
        assert "Building ja …" in _read_until(process, "ja: 3 pages")
        assert "Changed" in _get(f"{address}ja/guide/")
        page.write_text("# Changed {#changed}\n\n[lost](lost.md)\n", "utf-8")
        assert "'lost.md'" in _read_until(process, "The last good site is still served.")
        assert "Changed" in _get(f"{address}ja/guide/")
        with pytest.raises(urllib.error.HTTPError, match="404"):
            _get(f"{address}de/nowhere/")
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
        assert (process.returncode, "Traceback" in rest) == (0, False), rest


def test_a_first_build_that_fails_ends_with_exit_code_1(
    foreign_project: Callable[..., Config],
) -> None:
    """There is nothing to serve: the fault is named, without a traceback."""
    config = foreign_project({"guide": "# Guide {#guide}\n\n[lost](lost.md)\n"})
    with _serving(config, 8000) as process:
        text, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "de: the build failed" in text
    assert "Traceback" not in text
