"""Hozon, by its public interface."""

import os
from pathlib import Path

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

_PAGE = 50


def log(job: Job, clock: Stopwatch) -> Answer:
    """Log the files, and wait until they are a version."""
    with hozon.init() as run:
        _warm_up(run, job)
        with clock:
            artifact = hozon.Artifact(NAME, type="dataset")
            _add(artifact, job.source)
            run.log_artifact(artifact).wait()
    return _answer(artifact)


def log_to_bucket(job: Job, clock: Stopwatch) -> Answer:
    """Log the files to a bucket."""
    # Elsewhere boto3 is not even imported.
    from bench.children.s3 import RequestCount, make_bucket, stored_bytes  # noqa: PLC0415

    if job.bucket is None:
        raise ValueError("the job names no bucket")
    make_bucket(job.bucket)
    os.environ["HOZON_STORAGE_URL"] = f"s3://{job.bucket}/hozon"
    requests = RequestCount()
    with hozon.init() as run:
        _warm_up(run, job)
        before = len(requests)
        with clock:
            artifact = hozon.Artifact(NAME, type="dataset")
            _add(artifact, job.source)
            run.log_artifact(artifact).wait()
        sent = len(requests) - before
    answer = _answer(artifact)
    return Answer(
        files=answer.files,
        size_bytes=answer.size_bytes,
        version=answer.version,
        digest=answer.digest,
        stored_bytes=stored_bytes(job.bucket),
        requests=sent,
    )


def download(job: Job, clock: Stopwatch) -> Answer:
    """Bring the newest version back; every digest is checked."""
    api = hozon.Api()
    api.artifact(f"{WARM_UP}:latest").download(str(job.target.with_name("warm-up")))
    with clock:
        artifact = api.artifact(f"{NAME}:latest")
        artifact.download(str(job.target))
    return _answer(artifact, root=job.target)


def page(job: Job, clock: Stopwatch) -> Answer:  # noqa: ARG001  All actions are called alike.
    """List the first page of the files of the newest version."""
    api = hozon.Api()
    _ = api.artifact(f"{WARM_UP}:latest").files(per_page=_PAGE)[0]
    with clock:
        artifact = api.artifact(f"{NAME}:latest")
        files = artifact.files(per_page=_PAGE)
        first = files[0]
    if not first.name or first.size is None:
        raise RuntimeError("the first file of the page has no name or no size")
    return Answer(files=artifact.file_count, size_bytes=artifact.size, version=artifact.version)


def download_prefix(job: Job, clock: Stopwatch) -> Answer:
    """Bring one folder of the newest version back; every digest is checked."""
    api = hozon.Api()
    api.artifact(f"{WARM_UP}:latest").download(str(job.target.with_name("warm-up")))
    with clock:
        artifact = api.artifact(f"{NAME}:latest")
        artifact.download(root=str(job.target), path_prefix=job.prefix)
    return Answer(
        files=artifact.file_count,
        size_bytes=artifact.size,
        version=artifact.version,
        root=str(job.target),
    )


def _warm_up(run: hozon.Run, job: Job) -> None:
    artifact = hozon.Artifact(WARM_UP, type="dataset")
    artifact.add_file(str(write_warm_up(job.store / "files")))
    run.log_artifact(artifact).wait()


def _add(artifact: hozon.Artifact, source: Path) -> None:
    if source.is_dir():
        artifact.add_dir(str(source))
    else:
        artifact.add_file(str(source))


def _answer(artifact: hozon.Artifact, *, root: Path | None = None) -> Answer:
    entries = artifact.manifest.entries
    return Answer(
        files=artifact.file_count,
        size_bytes=artifact.size,
        version=artifact.version,
        digest=digest_of((path, entry.digest) for path, entry in entries.items()),
        root=str(root) if root else None,
    )


if __name__ == "__main__":
    serve(
        {
            "log": log,
            "log_to_bucket": log_to_bucket,
            "download": download,
            "page": page,
            "download_prefix": download_prefix,
        }
    )
