"""Hozon: the older half of some versions is deleted, and collected by its command."""

import subprocess
import sys
from pathlib import Path

import hozon
from bench.children.changing import written
from bench.children.stopwatch import NAME, Answer, Job, Stopwatch, bytes_below, serve


def collect(job: Job, clock: Stopwatch) -> Answer:
    """Log, delete, and run the command."""
    with hozon.init() as run:
        for _ in written(job.source, versions=job.versions, files=job.files):
            artifact = hozon.Artifact(NAME, type="dataset")
            artifact.add_dir(str(job.source))
            run.log_artifact(artifact).wait()
    for artifact in list(hozon.Api().artifacts("dataset", NAME))[(job.versions + 1) // 2 :]:
        artifact.delete()
    hozon.teardown()
    packs = job.store / "objects"
    before = bytes_below(packs) - bytes_below(packs / "trash")
    command = Path(sys.executable).with_name("hozon")
    with clock:
        subprocess.run(  # noqa: S603  Our own command, no shell.
            [command, "gc", "run", "--max-unused", "0"], check=True, stdout=subprocess.DEVNULL
        )
    left = bytes_below(packs) - bytes_below(packs / "trash")
    return Answer(files=job.files, size_bytes=before - left)


if __name__ == "__main__":
    serve({"collect": collect})
