"""The script of thirty lines."""

import sqlite3
from contextlib import closing

from bench.children.stopwatch import Answer, Job, Stopwatch, digest_of, serve, write_warm_up
from bench.thirty_lines import log as log_files


def log(job: Job, clock: Stopwatch) -> Answer:
    """Log the files."""
    log_files(write_warm_up(job.store / "files"), job.store)
    with clock:
        version = log_files(job.source, job.store)
    query = "select path, digest, size from entry where version = ?"
    with closing(sqlite3.connect(job.store / "catalog.db")) as catalog:
        rows = catalog.execute(query, [version]).fetchall()
    return Answer(
        files=len(rows),
        size_bytes=sum(size for _, _, size in rows),
        version=version,
        digest=digest_of((path, digest) for path, digest, _ in rows),
    )


if __name__ == "__main__":
    serve({"log": log})
