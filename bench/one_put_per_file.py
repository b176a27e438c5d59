"""The other script that a user would write: one PUT request for each file.

It keeps no digests and no names. It is here to be read, and to be measured beside.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


def upload(client: "S3Client", source: Path, *, bucket: str, threads: int) -> int:
    """Put all files of a folder into a bucket, and tell how many there were."""

    def put(path: Path) -> None:
        key = path.relative_to(source).as_posix()
        client.put_object(Bucket=bucket, Key=key, Body=path.read_bytes())

    paths = [path for path in source.rglob("*") if path.is_file()]
    if threads == 1:
        for path in paths:
            put(path)
        return len(paths)
    with ThreadPoolExecutor(threads) as pool:
        return sum(1 for _ in pool.map(put, paths))
