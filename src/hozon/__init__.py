"""Artifact versioning for machine-learning work.

Runs log artifacts; versions, aliases and collections name them; deleting is soft. The names follow
the public interface of W&B Artifacts, so that whoever knows that SDK is at home. Hozon is
independent and not affiliated with its makers.

Importing the package opens nothing and imports no adapter: databases and buckets come with the
first call that needs them.

Examples:
    Log the files of a folder.

    ```python
    from pathlib import Path

    import hozon

    Path("data").mkdir(exist_ok=True)
    Path("data/labels.csv").write_text("0001.png,7")
    with hozon.init(project="digits") as run:
        artifact = hozon.Artifact("mnist", type="dataset")
        artifact.add_dir("data")
        run.log_artifact(artifact)
    print(artifact.qualified_name, artifact.file_count)
    #> ada/digits/mnist:v3 1
    ```
"""

from hozon import errors
from hozon._version import __version__
from hozon.model.retention import RetentionPolicy
from hozon.model.ttl import ArtifactTTL
from hozon.sdk.active import finish, init, log, log_artifact, teardown, use_artifact
from hozon.sdk.artifact import Artifact
from hozon.sdk.errors import (
    ArtifactFinalizedError,
    ArtifactNotLoggedError,
    ArtifactStatusError,
)
from hozon.sdk.lineage import lineage
from hozon.sdk.objects.annotations import BoundingBoxes2D, ImageMask
from hozon.sdk.objects.audio import Audio
from hozon.sdk.objects.classes import Classes
from hozon.sdk.objects.html import Html
from hozon.sdk.objects.image import Image
from hozon.sdk.objects.joined import JoinedTable, PartitionedTable
from hozon.sdk.objects.object3d import Object3D
from hozon.sdk.objects.plots import Bokeh
from hozon.sdk.objects.table import Table
from hozon.sdk.objects.video import Video
from hozon.sdk.public.api import Api
from hozon.sdk.run import Run
from hozon.sdk.sweeps import agent, sweep

__all__ = [
    "Api",
    "Artifact",
    "ArtifactFinalizedError",
    "ArtifactNotLoggedError",
    "ArtifactStatusError",
    "ArtifactTTL",
    "Audio",
    "Bokeh",
    "BoundingBoxes2D",
    "Classes",
    "Html",
    "Image",
    "ImageMask",
    "JoinedTable",
    "Object3D",
    "PartitionedTable",
    "RetentionPolicy",
    "Run",
    "Table",
    "Video",
    "__version__",
    "agent",
    "errors",
    "finish",
    "init",
    "lineage",
    "log",
    "log_artifact",
    "sweep",
    "teardown",
    "use_artifact",
]
