"""A PostgreSQL server of one's own, from the system's package: for tests and measurements.

Owns where its programs are, as whom they run, and that nothing of it stays. Refuses to own what is
in its databases.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Final

import psycopg

UNPRIVILEGED: Final = ("postgres", "nobody")
"""As whom the server runs where root starts it, whom it refuses."""

QUICK: Final[Mapping[str, str]] = MappingProxyType(
    {
        "autovacuum": "off",
        "fsync": "off",
        "full_page_writes": "off",
        "shared_buffers": "16MB",
        "synchronous_commit": "off",
    }
)
"""Settings for databases of which nothing has to survive a crash."""

_TEMPLATE = "migrated"


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A server that listens on a socket in a folder of its own."""

    folder: Path
    """Where its socket and its data are."""

    _numbers: "count[int]"

    def url(self, database: str) -> str:
        """Give the catalog URL of a database."""
        return f"postgresql://hozon@/{database}?host={self.folder}"

    def create(self, *options: str) -> str:
        """Make a database, by default without anything in it, and give its catalog URL."""
        name = f"test_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} {' '.join(options)}")
        return self.url(name)

    def create_migrated(self) -> str:
        """Make a catalog without content, and give its URL: copying is faster than migrating."""
        return self.create("TEMPLATE", _TEMPLATE)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self.execute(f"DROP DATABASE {url.partition('?')[0].rpartition('/')[2]} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        """Run a statement that is about databases."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


def programs() -> Path | None:
    """Find the folder of the newest PostgreSQL that is installed."""
    packaged = sorted(
        (path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        key=lambda folder: int(folder.parent.name),
    )
    on_path = shutil.which("initdb")
    return packaged[-1] if packaged else Path(on_path).parent if on_path else None


@contextmanager
def serve_postgres(
    programs: Path,
    *,
    prepare: Callable[[str], object],
    settings: Mapping[str, str] = QUICK,
) -> Iterator[PostgresServer]:
    """Run a server until the block ends, with an empty catalog to copy from.

    Its language is one that orders text otherwise than by code points. Nobody can connect to it
    from elsewhere.

    Args:
        programs: Where its programs are; see `programs`.
        prepare: Makes an empty catalog of the database with a URL.
        settings: Settings of the server, beside the address that it listens on.

    Yields:
        The server.
    """
    # The folders of pytest are closed to the user that the server runs as, and their names may be
    # too long for a socket.
    folder = Path(tempfile.mkdtemp(prefix="hozon-pg-"))
    user = _hand_over(folder)
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        _run([str(programs / program), "--pgdata", str(data), *arguments], user=user, cwd=folder)

    try:
        run(
            *("initdb", "--username", "hozon", "--auth", "trust", "--no-sync", "--locale", "C"),
            *("--encoding", "UTF8", "--locale-provider", "icu", "--icu-locale", "und"),
        )
        chosen = {**settings, "listen_addresses": "''"}
        options = " ".join(f"-c {name}={value}" for name, value in chosen.items())
        log = str(folder / "log")
        run("pg_ctl", "start", "-w", "-s", "-l", log, "-o", f"-k {folder} {options}")
        try:
            server = PostgresServer(folder, count())
            server.execute(f"CREATE DATABASE {_TEMPLATE}")
            prepare(server.url(_TEMPLATE))
            yield server
        finally:
            # By the process id that it left in its folder.
            run("pg_ctl", "stop", "-w", "-s", "-m", "immediate")
    finally:
        shutil.rmtree(folder)


def _hand_over(folder: Path) -> str | None:
    """Give a folder to the user that the server is to run as; None for whoever runs this."""
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED:
        try:
            shutil.chown(folder, name)
        except LookupError:
            continue
        return name
    raise LookupError(f"Root needs one of the users {UNPRIVILEGED} to run PostgreSQL as.")


def _run(command: Sequence[str], *, user: str | None, cwd: Path) -> None:
    """Run a program to its end, and show what it said if it failed."""
    with (cwd / "said").open("w+", encoding="utf-8") as said:
        # No pipe: the server would hold its end open as long as it runs.
        done = subprocess.run(  # noqa: S603  Programs of the system's package, no shell.
            command, user=user, cwd=cwd, stdout=said, stderr=said, check=False
        )
        said.seek(0)
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {said.read()}")
