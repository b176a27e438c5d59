"""What the system brings along: `cp -r` and `sha256sum`."""

import subprocess
from pathlib import Path

from bench.children.stopwatch import Answer, Job, Stopwatch, digest_of, serve, write_warm_up


def copy(job: Job, clock: Stopwatch) -> Answer:
    """Copy the files to where nothing is."""
    _run("cp", "-r", str(write_warm_up(job.store / "files")), str(job.store / "warm-up"))
    root = job.target
    if not job.source.is_dir():
        root.mkdir()
    with clock:
        _run("cp", "-r", str(job.source), str(root))
    sizes = [path.stat().st_size for path in root.rglob("*") if path.is_file()]
    return Answer(files=len(sizes), size_bytes=sum(sizes), root=str(root))


def check(job: Job, clock: Stopwatch) -> Answer:
    """Compute the SHA-256 of each file."""
    above = job.source if job.source.is_dir() else job.source.parent
    paths = [job.source]
    if job.source.is_dir():
        paths = [path for path in job.source.rglob("*") if path.is_file()]
    names = [path.relative_to(above).as_posix() for path in paths]
    _run("sha256sum", str(write_warm_up(job.store / "files")))
    with clock:
        printed = subprocess.run(
            ["xargs", "-0", "sha256sum", "--"],  # noqa: S607  The one that is found first.
            cwd=above,
            input="\0".join(names),
            stdout=subprocess.PIPE,
            encoding="utf-8",
            check=True,
        ).stdout
    lines = [line.split("  ", 1) for line in printed.splitlines()]
    return Answer(
        files=len(lines),
        size_bytes=sum((above / path).stat().st_size for _, path in lines),
        digest=digest_of((path, digest) for digest, path in lines),
    )


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  No shell.


if __name__ == "__main__":
    serve({"copy": copy, "check": check})
