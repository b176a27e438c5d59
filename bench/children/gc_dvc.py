"""DVC: each version is a commit of git; what the newer half does not use is collected."""

import subprocess
import sys

from dvc.repo import Repo

from bench.children.changing import written
from bench.children.stopwatch import NAME, Answer, Job, Stopwatch, bytes_below, serve


def collect(job: Job, clock: Stopwatch) -> Answer:
    """Add and commit, and run the command for the last commits."""
    workspace = job.store / NAME
    _git("init", "--quiet")
    repo = Repo.init()
    for version in written(workspace, versions=job.versions, files=job.files):
        repo.add(str(workspace))
        _git("add", ".")
        _git("commit", "--quiet", "--message", f"version {version}")
    cache = job.store / ".dvc" / "cache"
    before = bytes_below(cache)
    kept = str((job.versions + 1) // 2)
    with clock:
        subprocess.run(  # noqa: S603  The peer's own command, no shell.
            [sys.executable, "-m", "dvc", "gc", "--rev", "HEAD", "--num", kept, "--force"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return Answer(files=job.files, size_bytes=before - bytes_below(cache))


def _git(*arguments: str) -> None:
    who = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    subprocess.run(["git", *who, *arguments], check=True, stdout=subprocess.DEVNULL)  # noqa: S603, S607  git, no shell.


if __name__ == "__main__":
    serve({"collect": collect})
