"""What the pages about storage begin with: versions that share files, in round sizes.

Invariant: every size is fixed, so that the figures of a page are the same in every world.
"""

from collections.abc import Mapping

import hozon


def log_shared_files() -> None:
    """Log versions that share files, within a collection and across two, and three models."""
    images = {f"images/{name}.txt": _fill(name, 1000) for name in ("0001", "0002", "0003")}
    two = {path: images[path] for path in ("images/0001.txt", "images/0002.txt")}
    with hozon.init(id="prepare-data", job_type="prepare") as run:
        _log(run, "mnist", "dataset", {**two, "labels.csv": _fill("v0", 200)})
        _log(run, "mnist", "dataset", {**images, "labels.csv": _fill("v1", 300)})
        _log(run, "mnist", "dataset", {**images, "labels.csv": _fill("v2", 300)})
        first = {"images/0001.txt": images["images/0001.txt"]}
        _log(run, "mnist-sample", "dataset", {**first, "labels.csv": _fill("sample", 100)})
    with hozon.init(id="train-model", job_type="train") as run:
        run.use_artifact("mnist:latest")
        for step in (1, 2, 3):
            _log(run, "classifier", "model", {"weights.txt": _fill(f"step {step}", 5000)})


def _fill(text: str, size: int) -> str:
    """Repeat a text up to a size, in bytes."""
    return f"{text}\n" * (size // (len(text) + 1)) + "." * (size % (len(text) + 1))


def _log(run: hozon.Run, name: str, kind: str, files: Mapping[str, str]) -> None:
    """Log a version with these files."""
    artifact = hozon.Artifact(name, type=kind)
    for path, text in files.items():
        with artifact.new_file(path) as file:
            file.write(text)
    run.log_artifact(artifact)
