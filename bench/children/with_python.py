"""The least that Python can do with a large file: copy it, or compute its SHA-256."""

import hashlib
import shutil

from bench.children.stopwatch import Answer, Job, Stopwatch, digest_of, serve


def copy(job: Job, clock: Stopwatch) -> Answer:
    """Copy the file to where nothing is."""
    job.target.mkdir()
    target = job.target / job.source.name
    with clock:
        shutil.copyfile(job.source, target)
    return Answer(files=1, size_bytes=target.stat().st_size, root=str(job.target))


def check(job: Job, clock: Stopwatch) -> Answer:
    """Compute the SHA-256 of the file."""
    with clock, job.source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = job.source.stat().st_size
    return Answer(files=1, size_bytes=size, digest=digest_of([(job.source.name, digest)]))


if __name__ == "__main__":
    serve({"copy": copy, "check": check})
