"""mlflow with a local store: it copies, and computes no digest."""

from pathlib import Path

import mlflow
from mlflow.entities import FileInfo

from bench.children.stopwatch import NAME, WARM_UP, Answer, Job, Stopwatch, serve, write_warm_up

_EXPERIMENT = "bench"


def log(job: Job, clock: Stopwatch) -> Answer:
    """Log the files to a run of their own."""
    if mlflow.get_experiment_by_name(_EXPERIMENT) is None:
        place = (job.store / "artifacts").as_uri()
        mlflow.create_experiment(_EXPERIMENT, artifact_location=place)
    mlflow.set_experiment(_EXPERIMENT)
    with mlflow.start_run(run_name=WARM_UP):
        mlflow.log_artifact(str(write_warm_up(job.store / "files")))
    with mlflow.start_run(run_name=NAME) as run, clock:
        if job.source.is_dir():
            mlflow.log_artifacts(str(job.source))
        else:
            mlflow.log_artifact(str(job.source))
    return _answer(run.info.run_id)


def download(job: Job, clock: Stopwatch) -> Answer:
    """Bring the files of the newest such run back."""
    _download(_newest(WARM_UP), job.target.with_name("warm-up"))
    with clock:
        run_id = _newest(NAME)
        _download(run_id, job.target)
    return _answer(run_id, root=job.target)


def _newest(name: str) -> str:
    client = mlflow.MlflowClient()
    experiment = client.get_experiment_by_name(_EXPERIMENT)
    (run,) = client.search_runs(
        [experiment.experiment_id],
        filter_string=f"attributes.run_name = '{name}'",
        order_by=["attributes.start_time DESC"],
        max_results=1,
    )
    return run.info.run_id


def _download(run_id: str, target: Path) -> None:
    target.mkdir()
    mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="", dst_path=str(target))


def _answer(run_id: str, *, root: Path | None = None) -> Answer:
    sizes = [file.file_size for file in _files(run_id, None)]
    return Answer(
        files=len(sizes),
        size_bytes=sum(sizes),
        version=run_id,
        root=str(root) if root else None,
    )


def _files(run_id: str, folder: str | None) -> list[FileInfo]:
    files: list[FileInfo] = []
    for one in mlflow.MlflowClient().list_artifacts(run_id, folder):
        files += _files(run_id, one.path) if one.is_dir else [one]
    return files


if __name__ == "__main__":
    serve({"log": log, "download": download})
