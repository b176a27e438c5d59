"""trackio with a local store: it keeps each content by SHA-256, and checks none on download."""

from pathlib import Path

import trackio

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

_PROJECT = "bench"


def log(job: Job, clock: Stopwatch) -> Answer:
    """Log the files."""
    trackio.init(project=_PROJECT)
    artifact = trackio.Artifact(WARM_UP, type="dataset")
    artifact.add_file(write_warm_up(job.store / "files"))
    trackio.log_artifact(artifact)
    with clock:
        artifact = trackio.Artifact(NAME, type="dataset")
        if job.source.is_dir():
            artifact.add_dir(job.source)
        else:
            artifact.add_file(job.source)
        trackio.log_artifact(artifact)
    answer = _answer(artifact)
    trackio.finish()
    return answer


def download(job: Job, clock: Stopwatch) -> Answer:
    """Bring the newest version back."""
    trackio.init(project=_PROJECT)
    trackio.use_artifact(f"{WARM_UP}:latest").download(job.target.with_name("warm-up"))
    with clock:
        artifact = trackio.use_artifact(f"{NAME}:latest")
        artifact.download(job.target)
    answer = _answer(artifact, root=job.target)
    trackio.finish()
    return answer


def _answer(artifact: trackio.Artifact, *, root: Path | None = None) -> Answer:
    entries = artifact.manifest or []
    return Answer(
        files=len(entries),
        size_bytes=artifact.size or 0,
        version=artifact.version,
        digest=digest_of((entry["path"], entry["digest"]) for entry in entries),
        root=str(root) if root else None,
    )


if __name__ == "__main__":
    serve({"log": log, "download": download})
