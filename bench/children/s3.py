"""The bucket of a measured program, and how many requests it costs.

Owns the counting, which is the same for every program: a hook of botocore that sees each request
just before it is sent, repeated ones included.
"""

from typing import TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest


class RequestCount:
    """Counts the requests of every client that is made from now on.

    Concurrency:
        Clients may send from several threads.
    """

    def __init__(self) -> None:
        """Begin to count."""
        self._sent: list[str] = []
        boto3.setup_default_session()
        session = boto3.DEFAULT_SESSION
        if session is None:
            raise RuntimeError("boto3 made no session")
        session.events.register("before-send.s3", self._note)

    def __len__(self) -> int:
        """Tell how many requests were sent."""
        return len(self._sent)

    # The name and the call are botocore's.
    def _note(self, request: "AWSPreparedRequest", **_: object) -> None:
        self._sent.append(request.method)


def make_bucket(name: str) -> None:
    """Make an empty bucket.

    Args:
        name: Its name.
    """
    boto3.client("s3").create_bucket(Bucket=name)


def stored_bytes(bucket: str) -> int:
    """Tell how much there is in a bucket.

    Args:
        bucket: Its name.

    Returns:
        The length of all its objects.
    """
    pages = boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return sum(item["Size"] for page in pages for item in page.get("Contents", []))
