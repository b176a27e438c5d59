"""The script with one PUT for each file."""

import boto3
from botocore.config import Config

from bench.children.s3 import RequestCount, make_bucket, stored_bytes
from bench.children.stopwatch import Answer, Job, Stopwatch, serve, write_warm_up
from bench.one_put_per_file import upload


def log_to_bucket(job: Job, clock: Stopwatch) -> Answer:
    """Put the files into a bucket."""
    if job.bucket is None:
        raise ValueError("the job names no bucket")
    make_bucket(job.bucket)
    requests = RequestCount()
    client = boto3.client("s3", config=Config(max_pool_connections=job.threads))
    warm_up = write_warm_up(job.store / "files")
    upload(client, warm_up.parent, bucket=job.bucket, threads=job.threads)
    before = len(requests)
    with clock:
        files = upload(client, job.source, bucket=job.bucket, threads=job.threads)
    sent = len(requests) - before
    stored = stored_bytes(job.bucket)
    size = stored - warm_up.stat().st_size
    return Answer(files=files, size_bytes=size, stored_bytes=stored, requests=sent)


if __name__ == "__main__":
    serve({"log_to_bucket": log_to_bucket})
