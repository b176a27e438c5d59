"""Programs that log and collect until they are killed: `python endless.py ROLE FOLDER SEED`.

Owns what a version holds, so that whoever looks afterwards can tell it from its seed, and a clock
that all processes read from one file, so that leases and windows run out without anybody waiting.
What a program says, a line each, is true once it is said:

- `logged VERSION SEED`: the version was acknowledged by `wait()`;
- `deleting VERSION`: it may be deleted from now on;
- `collected`: a whole pass was made.

With `HOZON_TORTURE_FAULT=1` in the environment a version is acknowledged when its upload begins,
by the number that it will have: a program that is killed then has promised too much.
"""

import os
import random
import sys
import time
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Final, NoReturn

import hozon
from hozon.bootstrap import SystemClock
from hozon.errors import CollectorBusyError, CollectorLeaseError, NotFoundError, UploadLeaseError
from hozon.sdk.session import use_clock

SHARED: Final = tuple(bytes([letter]) * 90 for letter in b"abcdef")
"""What many versions hold, so that bytes are wanted again just while they are given up."""

_CLOCK: Final = "clock"


class SharedClock:
    """A clock that goes, and that one process moves forward for all.

    Args:
        folder: Where it is kept.
    """

    def __init__(self, folder: Path) -> None:
        """Remember where it is kept."""
        self._path = folder / _CLOCK

    def now(self) -> datetime:
        """Give the time, UTC."""
        return SystemClock().now() + self._ahead()

    def advance(self, by: timedelta) -> None:
        """Let time pass for everybody at once."""
        written = self._path.with_suffix(".new")
        written.write_text(str((self._ahead() + by).total_seconds()), "utf-8")
        written.replace(self._path)

    def _ahead(self) -> timedelta:
        try:
            return timedelta(seconds=float(self._path.read_text("utf-8")))
        except FileNotFoundError:
            return timedelta()


def contents(seed: int) -> dict[str, bytes]:
    """Give what the version of a seed holds, by path: shared content, and some of its own."""
    chance = random.Random(seed)  # noqa: S311  Chance that can be repeated.
    files = {f"shared/{n}": chance.choice(SHARED) for n in range(chance.randint(1, 4))}
    files |= {f"own/{n}": chance.randbytes(60) for n in range(chance.randint(0, 2))}
    if chance.random() < 0.3:
        files["large"] = chance.randbytes(500)
    return files


def log(chance: random.Random) -> None:
    """Log versions, and delete one now and then."""
    if os.environ.get("HOZON_TORTURE_FAULT"):
        log_and_promise(chance)
    while True:
        seed = chance.randrange(40) if chance.random() < 0.5 else chance.randrange(10**9)
        artifact = hozon.Artifact("mnist", type="dataset")
        for path, content in contents(seed).items():
            with artifact.new_file(path, mode="wb") as file:
                file.write(content)
        try:
            with hozon.init() as run:
                run.log_artifact(artifact).wait()
        except UploadLeaseError:  # Time went on by a day meanwhile; whoever logs is told.
            continue
        say(f"logged {artifact.version} {seed}")
        if chance.random() < 0.6:
            victim = chance.choice(list(hozon.Api().artifacts("dataset", "mnist")))
            say(f"deleting {victim.version}")
            victim.delete(delete_aliases=True)


def log_and_promise(chance: random.Random) -> NoReturn:
    """Log versions, and say so before it is true."""
    for number in count(_versions()):
        seed = chance.randrange(10**9)
        artifact = hozon.Artifact("mnist", type="dataset")
        for path, content in contents(seed).items():
            with artifact.new_file(path, mode="wb") as file:
                file.write(content)
        with hozon.init() as run:
            say(f"logged v{number} {seed}")
            run.log_artifact(artifact)
    raise AssertionError


def _versions() -> int:
    """Count the versions that there are."""
    try:
        return len(list(hozon.Api().artifacts("dataset", "mnist")))
    except NotFoundError:
        return 0


def collect(chance: random.Random) -> None:
    """Collect again and again, sometimes down to the last dead byte."""
    while True:
        try:
            report = hozon.Api().collect_garbage(max_unused=chance.choice([0, 0.25]))
        except (CollectorBusyError, CollectorLeaseError):  # One that was killed has the lease.
            time.sleep(0.05)
            continue
        if report.missing:
            raise SystemExit(f"lost: {report.missing}")
        say("collected")


def say(line: str) -> None:
    """Say something in one piece: a kill comes before it or after it."""
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


def main() -> None:
    """Do what the command line says."""
    role, folder, seed = sys.argv[1:]
    with use_clock(SharedClock(Path(folder))):
        {"log": log, "collect": collect}[role](random.Random(seed))  # noqa: S311  As above.


if __name__ == "__main__":
    main()
