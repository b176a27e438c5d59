"""What fixtures hand to tests: a project, a logger, a bucket.

Owns the types that tests name. Refuses to own set-up; that is the fixtures' in `conftest.py`.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from mypy_boto3_s3 import S3Client

from fake_gcs import FakeGcs
from hozon.model.names import Alias, RunId, TypeName
from hozon.model.paths import CollectionPath, ProjectPath
from hozon.model.runs import Run, RunKey
from hozon.services.commit import CommitRequest, CommitResult, commit_version
from hozon.services.contents import Contents
from hozon.services.context import Context
from hozon.services.runs import HeldRun, RunRequest, begin_run

AT = ProjectPath.of("ada", "digits")
MNIST = CollectionPath.parse("mnist", default=AT)
BUCKET = "hozon-tests"
EMPTY_PAGES = {"index", "guides/sweeps", "guides/track-external-files"}
"""The pages of the documentation that begin with nothing logged."""
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}

Files = Mapping[str, bytes]
Stage = Callable[..., Contents]


class ServeGcs(Protocol):
    """Serves a bucket of Google Cloud Storage."""

    def __call__(self, *, versioned: bool) -> FakeGcs:
        """Start, and give the bucket."""
        ...


@dataclass(frozen=True, slots=True)
class Logger:
    """Logs versions through the service, with defaults for what a test does not care about."""

    context: Context
    stage: Stage

    def request(
        self,
        name: str = "mnist",
        *,
        files: Files,
        aliases: tuple[str, ...] = (),
        type_name: str = "dataset",
        apart: bool = False,
        run: RunKey | None = None,
    ) -> CommitRequest:
        """Describe a version; its files share a pack, unless they are to lie apart."""
        return CommitRequest(
            collection=CollectionPath.parse(name, default=AT),
            type=TypeName(type_name),
            contents=self.stage(files, apart=apart) if apart else self.stage(files),
            aliases=[Alias(alias) for alias in aliases],
            description=None,
            metadata={},
            run=run,
        )

    def log(self, text: str, *aliases: str, run: RunKey | None = None) -> CommitResult:
        """Log one file with this text as a version of `mnist`."""
        files = {"data.txt": text.encode()}
        return commit_version(self.context, self.request(files=files, aliases=aliases, run=run))

    def start_run(self, run_id: str) -> Run:
        """Begin a run in the project."""
        return self.hold_run(run_id).run

    def hold_run(self, run_id: str) -> HeldRun:
        """Begin a run in the project, and be the one who writes what it logs."""
        return begin_run(self.context, RunRequest(AT, RunId(run_id)))


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of moto's S3."""

    client: S3Client
    name: str

    def keys(self) -> list[str]:
        """List what is in it."""
        found = self.client.list_objects_v2(Bucket=self.name).get("Contents", [])
        return [item["Key"] for item in found]

    def keep_versions(self) -> None:
        """Let it keep what is overwritten from now on."""
        self.client.put_bucket_versioning(
            Bucket=self.name, VersioningConfiguration={"Status": "Enabled"}
        )
