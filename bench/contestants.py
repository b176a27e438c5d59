"""Who is measured: Hozon, its peers, and what the system and a short script can do.

Owns who takes part in what, how each is started, and why one cannot take part. Refuses to start
one.

Invariants: a contestant gets only the variables that stand here beside those of every child; what
it writes lies in its store.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Measurement(StrEnum):
    """What is measured."""

    IMPORT = "import"
    """Importing the library."""
    SMALL = "small"
    """Logging many small files for the first time."""
    AGAIN = "again"
    """Logging them again after one was changed."""
    SMALL_DOWNLOAD = "small-download"
    """Downloading them."""
    LARGE = "large"
    """Logging one large file."""
    LARGE_DOWNLOAD = "large-download"
    """Downloading it."""
    S3 = "s3"
    """Logging the small files to a bucket."""
    ENTRIES = "entries"
    """Logging very many entries."""
    PAGE = "page"
    """Listing one page of them."""
    PREFIX = "prefix"
    """Downloading one folder of them."""


M = Measurement

TITLES: Mapping[Measurement, str] = MappingProxyType(
    {
        M.IMPORT: "Import",
        M.SMALL: "First log of {files:,} files of {file_bytes:,} bytes",
        M.AGAIN: "Logging again with 1 of {files:,} files changed",
        M.SMALL_DOWNLOAD: "Download of {files:,} files of {file_bytes:,} bytes",
        M.LARGE: "Log of one file of {large_bytes:,} bytes",
        M.LARGE_DOWNLOAD: "Download of one file of {large_bytes:,} bytes",
        M.S3: "First log of {files:,} files to S3 (a mocked one on loopback)",
        M.ENTRIES: "Log of {entries:,} entries",
        M.PAGE: "A page of 50 of {entries:,} entries",
        M.PREFIX: "Download of one folder of {entries:,} entries",
    }
)
"""The titles of the tables; sizes stand in for the names in braces."""

OURS = "hozon"
"""The contestant of this project."""
THIRTY_LINES = "thirty lines"
"""The script that a user would write instead."""
COPY_COMMAND = "cp -r"
"""The command of the system."""
COPY, CHECK = "copy in Python", "SHA-256 in Python"
"""The least that Python can do with a large file."""
PUTS = ("PUTs, 8 threads", "PUTs, one by one")
"""The script with one request for each file, in two ways to run it."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A library that users would pick instead, in an environment of its own."""

    name: str
    """Its name, and that of its distribution."""
    version: str
    """The release that is measured."""

    @property
    def requirement(self) -> str:
        """What pip is told."""
        return f"{self.name}=={self.version}"


PEERS = (
    Peer("wandb", "0.31.0"),
    Peer("mlflow", "3.17.2"),
    Peer("dvc", "3.67.1"),
    Peer("trackio", "0.43.0"),
)
"""All peers, each in the release that is measured."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """One way to do what is measured."""

    name: str
    """Its name in the tables."""
    program: str
    """The module below `bench.children` that runs it."""
    actions: Mapping[Measurement, str] = field(hash=False)
    """What it takes part in, and what its program calls that."""
    peer: Peer | None = None
    """Which environment it needs; None for that of this program."""
    imports: str | None = None
    """What is imported to measure the import."""
    environment: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The variables that it needs; `{store}` stands for its store."""
    threads: int = 1
    """How many threads its program may use, where it leaves that open."""
    stores: bool = True
    """Whether it keeps the content in its store."""
    in_process: bool = True
    """Whether its program does the work itself, so that the memory of its process is telling."""
    digest: str | None = None
    """Which digest of the content it computes while it logs; None for none."""
    cannot: Mapping[Measurement, str] = field(default_factory=dict, hash=False)
    """What it cannot do, and why."""


_LOGS = {M.SMALL: "log", M.AGAIN: "log", M.LARGE: "log"}
_IMPORT = {M.IMPORT: "import"}
_DOWNLOADS = {M.SMALL_DOWNLOAD: "download", M.LARGE_DOWNLOAD: "download"}
_NEEDS_A_SERVER = "it downloads from its server alone"

CONTESTANTS = (
    Contestant(
        COPY_COMMAND,
        program="with_commands",
        actions={
            M.SMALL: "copy",
            M.LARGE: "copy",
            M.SMALL_DOWNLOAD: "copy",
            M.LARGE_DOWNLOAD: "copy",
        },
        stores=False,
        in_process=False,
    ),
    Contestant(
        "sha256sum",
        program="with_commands",
        actions={M.SMALL: "check", M.LARGE: "check"},
        stores=False,
        in_process=False,
    ),
    Contestant(
        COPY,
        program="with_python",
        actions={M.LARGE: "copy", M.LARGE_DOWNLOAD: "copy"},
        stores=False,
    ),
    Contestant(
        CHECK,
        program="with_python",
        actions={M.LARGE: "check", M.LARGE_DOWNLOAD: "check"},
        stores=False,
    ),
    Contestant(THIRTY_LINES, program="with_thirty_lines", actions=_LOGS),
    *(
        Contestant(name, program="with_put", actions={M.S3: "log_to_bucket"}, threads=threads)
        for name, threads in zip(PUTS, (8, 1), strict=True)
    ),
    Contestant(
        "wandb (offline)",
        program="with_wandb",
        actions=_IMPORT | _LOGS,
        peer=PEERS[0],
        imports="wandb",
        environment={
            "WANDB_MODE": "offline",
            "WANDB_DIR": "{store}",
            "WANDB_DATA_DIR": "{store}/data",
            "WANDB_CACHE_DIR": "{store}/cache",
            "WANDB_CONFIG_DIR": "{store}/config",
            "WANDB_CONSOLE": "off",
            "WANDB_SILENT": "true",
            "WANDB_ERROR_REPORTING": "false",
        },
        digest="MD5",
        cannot=dict.fromkeys(_DOWNLOADS, _NEEDS_A_SERVER),
    ),
    Contestant(
        "mlflow",
        program="with_mlflow",
        actions=_IMPORT | _LOGS | _DOWNLOADS,
        peer=PEERS[1],
        imports="mlflow",
        environment={
            "MLFLOW_TRACKING_URI": "sqlite:///{store}/mlflow.db",
            "MLFLOW_DISABLE_TELEMETRY": "true",
        },
    ),
    Contestant(
        "dvc",
        program="with_dvc",
        actions=_IMPORT | _LOGS | _DOWNLOADS,
        peer=PEERS[2],
        imports="dvc.repo",
        environment={"DVC_SITE_CACHE_DIR": "{store}/site", "DVC_NO_ANALYTICS": "1"},
        digest="MD5",
    ),
    Contestant(
        "trackio",
        program="with_trackio",
        actions=_IMPORT | _LOGS | _DOWNLOADS,
        peer=PEERS[3],
        imports="trackio",
        environment={"TRACKIO_DIR": "{store}", "HF_HUB_OFFLINE": "1"},
        digest="SHA-256",
    ),
    Contestant(
        OURS,
        program="with_hozon",
        actions=_IMPORT
        | _LOGS
        | _DOWNLOADS
        | {
            M.S3: "log_to_bucket",
            M.ENTRIES: "log",
            M.PAGE: "page",
            M.PREFIX: "download_prefix",
        },
        imports="hozon",
        environment={"HOZON_HOME": "{store}"},
        digest="SHA-256",
    ),
)
"""All contestants, in the order of the tables."""
