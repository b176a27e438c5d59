"""Hozon with the pack sizes that its variables set: log, download, and download what lies apart."""

import shutil

import hozon
from bench.children.stopwatch import (
    NAME,
    WARM_UP,
    Answer,
    Job,
    Stopwatch,
    digest_of,
    serve,
    write_warm_up,
)


class _Requests:
    """Counts requests, where there is a bucket."""

    def __init__(self, job: Job) -> None:
        self._sent = None
        if job.bucket is not None:
            # Elsewhere boto3 is not even imported.
            from bench.children.s3 import RequestCount  # noqa: PLC0415

            self._sent = RequestCount()

    def now(self) -> int:
        return len(self._sent) if self._sent is not None else 0


def log(job: Job, clock: Stopwatch) -> Answer:
    """Log the files, and wait until they are a version."""
    if job.bucket is not None:
        from bench.children.s3 import make_bucket  # noqa: PLC0415  As above.

        make_bucket(job.bucket)
    requests = _Requests(job)
    with hozon.init() as run:
        warm_up = hozon.Artifact(WARM_UP, type="dataset")
        warm_up.add_file(str(write_warm_up(job.store / "files")))
        run.log_artifact(warm_up).wait()
        before = requests.now()
        with clock:
            artifact = hozon.Artifact(NAME, type="dataset")
            artifact.add_dir(str(job.source))
            run.log_artifact(artifact).wait()
        return _answer(artifact, job, sent=requests.now() - before)


def download(job: Job, clock: Stopwatch) -> Answer:
    """Bring everything back."""
    requests = _Requests(job)
    artifact = _logged(job)
    before = requests.now()
    with clock:
        artifact.download(str(job.target))
    return _answer(artifact, job, sent=requests.now() - before, root=str(job.target))


def download_apart(job: Job, clock: Stopwatch) -> Answer:
    """Bring every second folder back; the others are there, and lie between them in the packs."""
    requests = _Requests(job)
    artifact = _logged(job)
    artifact.download(str(job.target))
    for folder in sorted(path for path in job.target.glob("*/*") if path.is_dir())[::2]:
        shutil.rmtree(folder)
    before = requests.now()
    with clock:
        artifact.download(str(job.target))
    return _answer(artifact, job, sent=requests.now() - before, root=str(job.target))


def _logged(job: Job) -> hozon.Artifact:
    """Find the version, when everything that is imported late has been."""
    api = hozon.Api()
    api.artifact(f"{WARM_UP}:latest").download(str(job.target.with_name("warm-up")))
    return api.artifact(f"{NAME}:latest")


def _answer(artifact: hozon.Artifact, job: Job, *, sent: int, root: str | None = None) -> Answer:
    entries = artifact.manifest.entries
    return Answer(
        files=artifact.file_count,
        size_bytes=artifact.size,
        digest=digest_of((path, entry.digest) for path, entry in entries.items()),
        root=root,
        requests=None if job.bucket is None else sent,
    )


if __name__ == "__main__":
    serve({"log": log, "download": download, "download_apart": download_apart})
