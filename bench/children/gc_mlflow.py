"""mlflow: each version is a run; the older half is deleted, and collected by its command."""

import os
import subprocess
import sys

import mlflow

from bench.children.changing import written
from bench.children.stopwatch import NAME, Answer, Job, Stopwatch, bytes_below, serve


def collect(job: Job, clock: Stopwatch) -> Answer:
    """Log, delete, and run the command."""
    artifacts = job.store / "artifacts"
    mlflow.create_experiment(NAME, artifact_location=artifacts.as_uri())
    mlflow.set_experiment(NAME)
    runs: list[str] = []
    for _ in written(job.source, versions=job.versions, files=job.files):
        with mlflow.start_run() as run:
            mlflow.log_artifacts(str(job.source))
        runs.append(run.info.run_id)
    for run_id in runs[: job.versions // 2]:
        mlflow.delete_run(run_id)
    before = bytes_below(artifacts)
    uri = os.environ["MLFLOW_TRACKING_URI"]
    with clock:
        subprocess.run(  # noqa: S603  The peer's own command, no shell.
            [sys.executable, "-m", "mlflow", "gc", "--backend-store-uri", uri],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return Answer(files=job.files, size_bytes=before - bytes_below(artifacts))


if __name__ == "__main__":
    serve({"collect": collect})
