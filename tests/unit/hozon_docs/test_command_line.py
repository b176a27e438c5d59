"""The command line: what it prints, and its exit codes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hozon_docs.__main__ import _stop_in_order
from hozon_docs.config import Config

PAGES = {"guide": "# Guide {#guide}\n"}


def _run(*arguments: str, directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 -- our own interpreter, no shell
        [sys.executable, "-m", "hozon_docs", *arguments],
        cwd=directory,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_build_prints_a_line_per_language(foreign_project: Callable[..., Config]) -> None:
    """Each language is reported, then the folder."""
    done = _run("build", directory=foreign_project(PAGES).root)
    lines = sorted(done.stdout.splitlines())
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in lines] == ["de:", "ja:", "The"]
    assert lines[-1] == "The site is in site."


def test_build_takes_one_language(foreign_project: Callable[..., Config]) -> None:
    """`--lang` may be given again, and unknown ones are refused without a traceback."""
    config = foreign_project(PAGES)
    assert _run("build", "--lang", "ja", directory=config.root).returncode == 0
    assert not (config.site / "de").exists()
    refused = _run("build", "--lang", "fr", directory=config.root)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "there is no language fr; choose among de, ja\n"


def test_a_failed_build_ends_with_exit_code_1(foreign_project: Callable[..., Config]) -> None:
    """The language is named, the traceback is not."""
    config = foreign_project({"guide": "# Guide {#guide}\n\n[lost](lost.md)\n"})
    failed = _run("build", directory=config.root)
    assert failed.returncode == 1
    assert "ja: the build failed" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert not (config.site / "index.html").exists()


@pytest.mark.parametrize("arguments", [("--help",), ("build", "--help"), ("serve", "--help")])
def test_help_teaches(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Help needs no project, and says what a command does."""
    shown = _run(*arguments, directory=tmp_path)
    assert shown.returncode == 0
    assert "site" in shown.stdout
    assert "Options:" in shown.stdout


SLOW = """\
import os, time
from pathlib import Path

def on_startup(command, dirty):
    folder = Path(__file__).parent / "running"
    folder.mkdir(exist_ok=True)
    (folder / (str(os.getpid()) + ".pid")).touch()
    time.sleep(30)
"""
"""A build that leaves time to stop it, and says which processes it runs in."""


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _wait_for_builds(folder: Path, count: int) -> list[int]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        pids = [int(path.stem) for path in folder.glob("*.pid")]
        if len(pids) == count:
            return pids
        time.sleep(0.05)
    raise AssertionError(f"{count} builds never ran")


@pytest.fixture
def hang_up() -> Iterator[None]:
    """Let SIGHUP end processes, which it does not below `nohup`; put all handlers back."""
    kept = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("hang_up")
def test_nohup_keeps_its_meaning() -> None:
    """A command that was told to outlive its terminal does."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    _stop_in_order()
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


@pytest.mark.usefixtures("hang_up")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stopped_build_leaves_nothing_behind(
    foreign_project: Callable[..., Config], number: signal.Signals
) -> None:
    """Each signal ends both processes of MkDocs and removes the folder they write to."""
    config = foreign_project(PAGES)
    (config.root / "slow.py").write_text(SLOW, "utf-8")
    settings = config.mkdocs.read_text("utf-8").replace("hooks: [", "hooks: [slow.py, ")
    config.mkdocs.write_text(settings, "utf-8")
    command = [sys.executable, "-m", "hozon_docs", "build"]
    with subprocess.Popen(  # noqa: S603 -- our own interpreter, no shell
        command, cwd=config.root, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        pids = _wait_for_builds(config.root / "running", 2)
        process.send_signal(number)
        _, said = process.communicate(timeout=20)
    left = [pid for pid in pids if _alive(pid)]
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert (process.returncode, "Traceback" in said) == (1, False), said
    assert (left, list(config.root.glob(".site-*"))) == ([], [])
