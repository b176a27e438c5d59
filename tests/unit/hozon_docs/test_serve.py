"""Serving the site while it is being written."""

import errno
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
from dataclasses import replace
from pathlib import Path

import pytest

from hozon_docs.config import Config
from hozon_docs.findings import DocsError
from hozon_docs.ledger import Ledger
from hozon_docs.serve import _Builder, free_port, serve_site, take_snapshot, touched_languages
from hozon_docs.site import BuildError

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


def test_a_run_of_the_blocks_touches_every_language(
    foreign_project: Callable[..., Config],
) -> None:
    """A new ledger, and a package that changed, bring the marks of all pages up to date."""
    config = foreign_project(PAGES)
    assert _touched(config, config.ledger, "{}") == ["de", "ja"]
    package = config.root / "shop"
    package.mkdir()
    config = replace(config, packages=(package,))
    assert _touched(config, package / "cart.py", "x = 1\n") == ["de", "ja"]


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


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.EACCES, "port 80 .*; name one above 1023"), (errno.EADDRNOTAVAIL, "name another")],
)
def test_only_a_taken_port_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    """A port that cannot be used for another cause is an error that says so."""

    def refuse(_probe: socket.socket, _address: tuple[str, int]) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(DocsError, match=f"{os.strerror(number)}") as error:
        free_port(80)
    error.match(words)


def test_the_port_is_held_while_the_first_build_runs(
    foreign_project: Callable[..., Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looks for a port during the build gets another one."""
    held: list[bool] = []

    def build(_config: Config, *, site_url: str, **_: object) -> None:
        port = int(site_url.rstrip("/").rpartition(":")[2])
        held.append(free_port(port) != port)
        raise BuildError("seen enough")

    monkeypatch.setattr("hozon_docs.serve.build_site", build)
    with pytest.raises(BuildError, match="seen enough"):
        serve_site(foreign_project(PAGES), port=8000, echo=lambda _: None)
    assert held == [True]


def test_a_port_lost_at_the_last_moment_is_an_error(
    foreign_project: Callable[..., Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message names the port and the option that helps, before anything is built."""
    monkeypatch.setattr("hozon_docs.serve.free_port", lambda first: first)
    said: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(DocsError, match=f"port {port} cannot be used: .* with --port"):
            serve_site(foreign_project(PAGES), port=port, echo=said.append)
    assert said == []


def test_a_failed_change_stays_pending(
    foreign_project: Callable[..., Config], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """After a failed build of all languages, the fix of one page builds all of them."""
    config = foreign_project(PAGES)
    builds: list[list[str]] = []

    def build(_config: Config, *, languages: list[str], **_: object) -> None:
        builds.append(languages)
        if len(builds) == 1:
            raise BuildError("ja: the build failed")

    monkeypatch.setattr("hozon_docs.serve.build_site", build)
    builder = _Builder(config, tmp_path, "http://127.0.0.1/", lambda _: None)
    config.mkdocs.write_text(config.mkdocs.read_text("utf-8") + "\n", "utf-8")
    builder.refresh()
    (config.tree("ja") / "guide.md").write_text("# Mended {#mended}\n", "utf-8")
    builder.refresh()
    (config.tree("ja") / "guide.md").write_text("# Once more {#more}\n", "utf-8")
    builder.refresh()
    assert builds == [["de", "ja"], ["de", "ja"], ["ja"]]


def test_a_refresh_without_a_change_builds_nothing(
    foreign_project: Callable[..., Config], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nothing is printed and MkDocs is not called."""
    calls: list[object] = []
    monkeypatch.setattr("hozon_docs.serve.build_site", lambda *_, **__: calls.append("build"))
    _Builder(foreign_project(PAGES), tmp_path, "http://127.0.0.1/", calls.append).refresh()
    assert calls == []


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


def test_a_run_of_the_blocks_brings_the_marks_up_to_date(
    foreign_project: Callable[..., Config], prove: Callable[[Config], Ledger]
) -> None:
    """The ledger is noticed when it is written for the first time, beside the pages."""
    config = foreign_project({"guide": '# Guide {#guide}\n\n```python title="a.py"\nx = 1\n```\n'})
    with _serving(config, 8000) as process:
        first = _read_until(process, "日本語")
        address = next(word for word in first.split() if word.startswith("http"))
        assert "docs-mark--not-run" in _get(f"{address}de/guide/")
        prove(config)
        _read_until(process, "Building de, ja …")
        seen = _read_until(process, " pages in ") + _read_until(process, " pages in ")
        assert ("de: 3 pages" in seen, "ja: 3 pages" in seen) == (True, True)
        assert "docs-mark--passed" in _get(f"{address}ja/guide/")


LATE = """\
from pathlib import Path

def on_post_build(config):
    page = Path(config.config_file_path).parent / "docs/de/guide.md"
    if "Late" not in page.read_text("utf-8"):
        page.write_text("# Late {#late}\\n", "utf-8")
"""
"""A writer who saves a page when its language was just built, but is not yet watched."""


def test_an_edit_during_the_first_build_is_not_lost(
    foreign_project: Callable[..., Config],
) -> None:
    """The language is built again as soon as the server watches."""
    config = foreign_project(PAGES)
    (config.root / "late.py").write_text(LATE, "utf-8")
    settings = config.mkdocs.read_text("utf-8").replace("hooks: [", "hooks: [late.py, ")
    config.mkdocs.write_text(settings, "utf-8")
    with _serving(config, 8000) as process:
        first = _read_until(process, "日本語")
        address = next(word for word in first.split() if word.startswith("http"))
        assert "Building de …" in _read_until(process, "de: 3 pages")
        assert "Late" in _get(f"{address}de/guide/")


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
