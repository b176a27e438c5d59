"""DVC without git: it keeps each content of its own workspace by MD5."""

import shutil

from dvc.repo import Repo
from dvc.stage import Stage

from bench.children.stopwatch import (
    WARM_UP,
    Answer,
    Job,
    Stopwatch,
    bytes_below,
    serve,
    write_warm_up,
)


def log(job: Job, clock: Stopwatch) -> Answer:
    """Add the files, which lie in the workspace already; the second time, one of them is new."""
    workspace = job.store / job.source.name
    if job.changed is None:
        repo = Repo.init(no_scm=True)
        copy = shutil.copytree if job.source.is_dir() else shutil.copyfile
        copy(job.source, workspace)
    else:
        repo = Repo()
        shutil.copyfile(job.source / job.changed, workspace / job.changed)
    repo.add(str(write_warm_up(job.store)))
    cache = job.store / ".dvc" / "cache"
    before = bytes_below(cache)
    with clock:
        (stage,) = repo.add(str(workspace))
    # The workspace lies in the same folder, and proves nothing.
    return _answer(stage, stored_bytes=bytes_below(cache) - before)


def download(job: Job, clock: Stopwatch) -> Answer:
    """Check the files out into a workspace that lost them."""
    workspace = job.store / job.source.name
    (job.store / WARM_UP).unlink()
    if workspace.is_dir():
        shutil.rmtree(workspace)
    else:
        workspace.unlink()
    repo = Repo()
    repo.checkout(f"{WARM_UP}.dvc")
    with clock:
        repo.checkout(f"{workspace.name}.dvc")
    (stage,) = repo.stage.load_all(f"{workspace.name}.dvc")
    return _answer(stage, root=str(workspace))


def _answer(stage: Stage, *, root: str | None = None, stored_bytes: int | None = None) -> Answer:
    (out,) = stage.outs
    # One file has no number of files.
    return Answer(
        files=out.meta.nfiles or 1,
        size_bytes=out.meta.size,
        version=out.hash_info.value,
        root=root,
        stored_bytes=stored_bytes,
    )


if __name__ == "__main__":
    serve({"log": log, "download": download})
