"""wandb, offline: it copies and hashes, and writes a record that could be sent later."""

from pathlib import Path

import wandb

from bench.children.stopwatch import NAME, WARM_UP, Answer, Job, Stopwatch, serve, write_warm_up

_PROJECT = "bench"


def log(job: Job, clock: Stopwatch) -> Answer:
    """Log the files; only the end of its run tells that the record is written."""
    with wandb.init(project=_PROJECT) as run:
        artifact = wandb.Artifact(WARM_UP, type="dataset")
        artifact.add_file(str(write_warm_up(job.store / "files")))
        run.log_artifact(artifact)
    run = wandb.init(project=_PROJECT)
    folder = Path(run.dir).parent
    with clock:
        artifact = wandb.Artifact(NAME, type="dataset")
        if job.source.is_dir():
            artifact.add_dir(str(job.source))
        else:
            artifact.add_file(str(job.source))
        run.log_artifact(artifact)
        run.finish()
    (record,) = folder.glob("*.wandb")
    if artifact.digest.encode() not in record.read_bytes():
        raise RuntimeError("wandb wrote no record of the artifact")
    return Answer(
        files=len(artifact.manifest.entries), size_bytes=artifact.size, version=artifact.digest
    )


if __name__ == "__main__":
    serve({"log": log})
