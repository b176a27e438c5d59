"""wandb, offline: it copies and hashes, and writes a record that could be sent later."""

from pathlib import Path

import wandb

from bench.children.stopwatch import NAME, WARM_UP, Answer, Job, Stopwatch, serve, write_warm_up

_PROJECT = "bench"
_HEADER_BYTES, _BLOCK_BYTES = 7, 1 << 15


def log(job: Job, clock: Stopwatch) -> Answer:
    """Log the files; only the end of its run tells that all is taken down."""
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
    # The record may reach the file a moment after the run has ended; that moment is a present.
    wandb.teardown()
    (record,) = folder.glob("*.wandb")
    if artifact.digest.encode() not in _unframed(record.read_bytes()):
        raise RuntimeError("wandb wrote no record of the artifact")
    return Answer(
        files=len(artifact.manifest.entries), size_bytes=artifact.size, version=artifact.digest
    )


def _unframed(log: bytes) -> bytes:
    """Join what stands in a log: headers cut it in pieces, and could cut the digest in two.

    Source: the format of LevelDB's logs, after a header of wandb's own.
    """
    pieces: list[bytes] = []
    at = _HEADER_BYTES
    while at < len(log):
        left = _BLOCK_BYTES - at % _BLOCK_BYTES
        if left < _HEADER_BYTES:
            at += left
            continue
        begin = at + _HEADER_BYTES
        at = begin + int.from_bytes(log[at + 4 : at + 6], "little")
        pieces.append(log[begin:at])
    return b"".join(pieces)


if __name__ == "__main__":
    serve({"log": log})
