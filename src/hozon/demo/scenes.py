"""The scenes, by page.

Invariant: a scene names every run that a page names, so that what a page prints is the same in
every world.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

import hozon
from hozon.bootstrap import SystemClock
from hozon.demo.storage import log_shared_files
from hozon.errors import PageNotFoundError
from hozon.sdk.session import use_clock

_ENTITY = "ada"
_PROJECT = "digits"


@dataclass(frozen=True, slots=True)
class Scene:
    """What has been logged before a page begins."""

    page: str
    """The page, as its path below a language without `.md`, such as `guides/delete`; the pages of
    a folder share a scene under the folder's name, such as `reference`."""

    build: Callable[[], None]
    """Logs everything, into the store that the settings name."""

    summary: str
    """What there is, in a few words, for people."""

    entity: str = _ENTITY
    """The owner that names are looked up under."""

    project: str = _PROJECT
    """The project that names are looked up in."""

    user: str = _ENTITY
    """Who works there."""


@dataclass(frozen=True, slots=True)
class _Past:
    """A clock that is behind, so that what is logged by it is old."""

    by: timedelta
    """By how much."""

    def now(self) -> datetime:
        """Give the time that it was then, in UTC."""
        return SystemClock().now() - self.by


def find_scene(page: str) -> Scene:
    """Find the scene of a page.

    Args:
        page: Its path below a language, with or without `.md`.

    Raises:
        PageNotFoundError: No page of this name has a scene; the message lists those that have.
    """
    scene = SCENES.get(page.removesuffix(".md").strip("/"))
    if scene is None:
        raise PageNotFoundError(
            f"There is no demo data for a page {page!r}",
            hint=f"Pages with demo data: {', '.join(SCENES)}.",
        )
    return scene


def _empty() -> None:
    """Log nothing: the page begins with nothing logged."""


def _quick() -> None:
    """Log what the steps of the quickstart log, and train once on the first version."""
    rows = "image,label\n0001.png,7\n"
    with hozon.init(id="prepare-data", job_type="prepare") as run:
        for images, text in ((1, rows), (2, f"{rows}0002.png,2\n")):
            artifact = hozon.Artifact("mnist", type="dataset", metadata={"images": images})
            with artifact.new_file("labels.csv") as file:
                file.write(text)
            run.log_artifact(artifact)
    with hozon.init(id="train-model", job_type="train") as run:
        run.use_artifact("mnist:v0")


def _deletable() -> None:
    """Log versions with and without aliases, and a second collection."""
    with hozon.init(id="prepare-data", job_type="prepare") as run:
        for number, aliases in enumerate([["reviewed"], [], [], ["candidate"], []]):
            _log(run, "mnist", "dataset", f"images {number}\n", aliases)
    with hozon.init(id="train-model", job_type="train") as run:
        run.use_artifact("mnist:reviewed")
        for number, aliases in enumerate([["baseline"], ["trial-a"], ["trial-b"], []]):
            _log(run, "classifier", "model", f"weights {number}\n", aliases)


def _updatable() -> None:
    """Log a dataset twice, the first time with an alias, and a model."""
    rows = "image,label\n0001.png,7\n"
    with hozon.init(id="prepare-data", job_type="prepare") as run:
        for images, text, aliases in ((1, rows, ["reviewed"]), (2, f"{rows}0002.png,2\n", [])):
            artifact = hozon.Artifact("mnist", type="dataset", metadata={"images": images})
            with artifact.new_file("labels.csv") as file:
                file.write(text)
            run.log_artifact(artifact, aliases=aliases)
    with hozon.init(id="train-model", job_type="train") as run:
        run.use_artifact("mnist:latest")
        _log(run, "classifier", "model", "weights\n", [])


def _interrupted() -> None:
    """Train for two epochs of four, log a model, and fail."""
    failure = RuntimeError("out of memory")
    with suppress(RuntimeError), hozon.init(id="train-model", job_type="train") as run:
        for epoch in range(2):
            run.log({"loss": 1 / (epoch + 1)})
        model = hozon.Artifact("classifier", type="model")
        with model.new_file("weights.txt") as file:
            file.write("weights after epoch 1,")
        run.log_artifact(model)
        raise failure


def _compared() -> None:
    """Prepare a dataset twice, and train four times; the last training diverges."""
    with hozon.init(id="prepare-data", job_type="prepare") as run:
        for number, aliases in enumerate([["reviewed"], []]):
            _log(run, "mnist", "dataset", f"images {number}\n", aliases)
    for number, (group, rate, losses) in enumerate(
        (
            ("baseline", 0.1, (0.61, 0.42)),
            ("tuning", 0.01, (0.44, 0.17)),
            ("tuning", 0.001, (0.58, 0.31)),
        ),
        start=1,
    ):
        config = {"learning_rate": rate, "optimizer": {"name": "adam" if number > 1 else "sgd"}}
        tags = ["keep"] if number == 1 else []
        with hozon.init(
            id=f"train-{number}", job_type="train", group=group, config=config, tags=tags
        ) as run:
            run.use_artifact("mnist:v0")
            for loss in losses:
                run.log({"loss": loss, "accuracy": round(1 - loss / 3, 2)})
            _log(run, "classifier", "model", f"weights {number}\n", [])
    diverged = {"learning_rate": 1.0, "optimizer": {"name": "sgd"}}
    failure = RuntimeError("the loss is not a number")
    with (
        suppress(RuntimeError),
        hozon.init(id="train-4", job_type="train", group="tuning", config=diverged) as run,
    ):
        run.log({"loss": float("nan")})
        raise failure


def _swept() -> None:
    """Run a sweep whose runs log a model each; the smallest loss is neither first nor last."""
    losses = {0.1: 0.42, 0.01: 0.17, 0.001: 0.58}

    def train() -> None:
        with hozon.init(job_type="train") as run:
            rate = run.config["learning_rate"]
            model = hozon.Artifact(
                "sweep-classifier", type="model", metadata={"learning_rate": rate}
            )
            with model.new_file("weights.txt") as file:
                file.write(f"trained with {rate}\n")
            run.log_artifact(model)
            run.log({"loss": losses[rate]})

    sweep_id = hozon.sweep(
        {
            "method": "grid",
            "metric": {"name": "loss", "goal": "minimize"},
            "parameters": {"learning_rate": {"values": list(losses)}},
        },
        id="lr-search",
    )
    hozon.agent(sweep_id, train)


def _evaluated() -> None:
    """Log what a model says of three digits and what is true, and what it said on two days."""
    artifact = hozon.Artifact("evaluation", type="result")
    artifact.add(
        hozon.Table(
            ["image", "guess", "score"],
            [["0001.png", 7, 0.98], ["0002.png", 3, 0.61], ["0003.png", 1, 0.93]],
        ),
        "predictions",
    )
    artifact.add(
        hozon.Table(["image", "label"], [["0001.png", 7], ["0002.png", 2], ["0003.png", 1]]),
        "truth",
    )
    for day, row in (("monday", ["0007.png", 5]), ("tuesday", ["0008.png", 8])):
        artifact.add(hozon.Table(["image", "guess"], [row]), f"parts/{day}")
    with hozon.init(id="evaluate-model", job_type="evaluate") as run:
        run.log_artifact(artifact)


def _referred() -> None:
    """Log a dataset three times, train on its first version, and search a learning rate."""
    with hozon.init(id="prepare-data", job_type="prepare") as run:
        for number, aliases in enumerate([["reviewed"], [], ["candidate"]], start=1):
            _log_digits(run, images=number, aliases=aliases)
    config = {"learning_rate": 0.01, "epochs": 2}
    with hozon.init(id="train-model", job_type="train", config=config) as run:
        run.use_artifact("mnist:reviewed")
        for loss, alias in ((0.61, "baseline"), (0.42, "production")):
            run.log({"loss": loss})
            _log(run, "classifier", "model", f"weights at loss {loss}\n", [alias])
    _swept()


def _traced() -> None:
    """Split a dataset, train on one part of it twice, and compare the models on the other."""
    with hozon.init(id="prepare-data", job_type="prepare") as run:
        for part, images in (("train", 2), ("test", 1)):
            _log(run, f"mnist-{part}", "dataset", f"images {images}\n", [])
    for size, rate, aliases in (("small", 0.1, []), ("large", 0.01, ["production"])):
        config = {"learning_rate": rate}
        with hozon.init(id=f"train-{size}", job_type="train", config=config) as run:
            run.use_artifact("mnist-train:v0", use_as="train")
            _log(run, "classifier", "model", f"{size} weights\n", aliases)
    with hozon.init(id="compare-models", job_type="evaluate") as run:
        for model in ("classifier:v0", "classifier:v1"):
            run.use_artifact(model)
        run.use_artifact("mnist-test:v0", use_as="test")
        run.log({"accuracy": 0.97})


def _prepared() -> None:
    """Log a dataset once."""
    with hozon.init(id="prepare-data", job_type="prepare") as run:
        _log_digits(run, images=1, aliases=[])


def _trained() -> None:
    """Log a dataset three times and a model twice."""
    with hozon.init(id="prepare-data", job_type="prepare") as run:
        for number in (1, 2, 3):
            _log_digits(run, images=number, aliases=[])
    with hozon.init(id="train-model", job_type="train") as run:
        for loss, alias in ((0.61, "baseline"), (0.42, "production")):
            _log(run, "classifier", "model", f"weights at loss {loss}\n", [alias])


def _collectable() -> None:
    """Log a dataset three times; the first two versions share a file."""
    rows = "image,label\n0001.png,7\n"
    with hozon.init(id="prepare-data", job_type="prepare") as run:
        for labels, notes in (
            (rows, "Labelled by hand.\n"),
            (rows, "Labelled by hand, and checked by a second person.\n"),
            (f"{rows}0002.png,2\n", "Two images, not checked yet.\n"),
        ):
            artifact = hozon.Artifact("mnist", type="dataset")
            for path, text in (("labels.csv", labels), ("notes.txt", notes)):
                with artifact.new_file(path) as file:
                    file.write(text)
            run.log_artifact(artifact)


def _aged() -> None:
    """Log a dataset once a month, and today five models, each by a run with another result."""
    for number, aliases in enumerate([["reviewed"], [], [], []]):
        then = _Past(timedelta(days=30 * (3 - number)))
        with use_clock(then), hozon.init(id=f"prepare-{number}", job_type="prepare") as run:
            _log(run, "mnist", "dataset", f"images {number}\n", aliases)
    for number, accuracy in enumerate([0.91, 0.97, 0.88, 0.95, 0.93]):
        with hozon.init(id=f"train-{number}", job_type="train") as run:
            run.log({"accuracy": accuracy})
            _log(run, "classifier", "model", f"weights {number}\n", [])


def _shared() -> None:
    """Make a team of an admin and a viewer, and log a model twice."""
    hozon.Api().team("vision").add_member("grace", role="viewer")
    with hozon.init(id="train-detector", job_type="train") as run:
        for number, aliases in enumerate([[], ["production"]]):
            _log(run, "detector", "model", f"weights {number}\n", aliases)


def _log_digits(run: hozon.Run, *, images: int, aliases: list[str]) -> None:
    """Log the dataset of digits with so many of its three images."""
    rows = ["0001.png,7", "0002.png,2", "0003.png,1"][:images]
    artifact = hozon.Artifact(
        "mnist", type="dataset", description="Handwritten digits.", metadata={"images": images}
    )
    for path, lines in (
        ("labels.csv", ["image,label", *rows]),
        ("splits/train.txt", [row.split(",")[0] for row in rows]),
    ):
        with artifact.new_file(path) as file:
            file.writelines(f"{line}\n" for line in lines)
    run.log_artifact(artifact, aliases=aliases)


def _log(run: hozon.Run, name: str, kind: str, text: str, aliases: list[str]) -> None:
    """Log a version with one file."""
    artifact = hozon.Artifact(name, type=kind)
    with artifact.new_file("data.txt") as file:
        file.write(text)
    run.log_artifact(artifact, aliases=aliases)


SCENES: Mapping[str, Scene] = MappingProxyType(
    {
        scene.page: scene
        for scene in (
            Scene("index", _empty, "nothing", project="first-steps"),
            Scene("quickstart", _quick, "the dataset mnist (v0 and v1) and a run that used v0"),
            Scene("guides/create-artifact", _prepared, "the dataset mnist (v0)"),
            Scene(
                "guides/log-and-update",
                _updatable,
                "the dataset mnist (v0 and v1) and the model classifier (v0)",
            ),
            Scene(
                "guides/download-and-use",
                _trained,
                "the dataset mnist (v0 to v2) and the model classifier (v0 and v1)",
            ),
            Scene(
                "guides/lineage",
                _traced,
                "the datasets mnist-train and mnist-test (v0 each), the model classifier (v0 and"
                " v1), and the runs that made and used them",
            ),
            Scene(
                "guides/delete",
                _deletable,
                "the dataset mnist (v0 to v4) and the model classifier (v0 to v3)",
            ),
            Scene(
                "guides/garbage-collection",
                _collectable,
                "the dataset mnist (v0 to v2), of which v0 and v1 share labels.csv",
            ),
            Scene(
                "guides/collect-on-your-deployment",
                _trained,
                "the dataset mnist (v0 to v2) and the model classifier (v0 and v1)",
            ),
            Scene(
                "guides/secure-storage-connector",
                _trained,
                "the dataset mnist (v0 to v2) and the model classifier (v0 and v1)",
            ),
            Scene(
                "guides/storage-and-cost",
                log_shared_files,
                "the datasets mnist (v0 to v2) and mnist-sample (v0), which share files, and the"
                " model classifier (v0 to v2)",
            ),
            Scene(
                "guides/postgresql-and-s3",
                _trained,
                "the dataset mnist (v0 to v2) and the model classifier (v0 and v1)",
            ),
            Scene(
                "guides/upgrade-and-back-up",
                _trained,
                "the dataset mnist (v0 to v2) and the model classifier (v0 and v1)",
            ),
            Scene(
                "guides/retention",
                _aged,
                "the dataset mnist (v0 to v3), logged 90, 60, 30 and 0 days ago, and the model"
                " classifier (v0 to v4)",
            ),
            Scene(
                "guides/access",
                _shared,
                "the model detector (v0 and v1) in a private project of the team vision, of which"
                " ada is an admin and grace a viewer",
                entity="vision",
                project="detectors",
            ),
            Scene(
                "guides/resume-a-run",
                _interrupted,
                "the run train-model, which failed after two epochs, and the model classifier (v0)"
                " that it logged",
            ),
            Scene(
                "guides/public-api",
                _compared,
                "the dataset mnist (v0 and v1), the model classifier (v0 to v2), and the runs"
                " prepare-data and train-1 to train-4, the last of which failed",
            ),
            Scene(
                "guides/sweep-best-run",
                _swept,
                "the sweep lr-search with three runs, each of which logged sweep-classifier",
            ),
            Scene("guides/sweeps", _empty, "nothing"),
            Scene(
                "guides/faq",
                _referred,
                "the dataset mnist (v0 to v2), the model classifier (v0 and v1), which the run"
                " train-model logged, and the sweep lr-search with three runs",
            ),
            Scene("guides/track-external-files", _empty, "nothing"),
            Scene(
                "guides/tables-and-media",
                _evaluated,
                "the artifact evaluation (v0) with the tables predictions and truth, and two more"
                " below parts",
            ),
            Scene(
                "reference",
                _referred,
                "the dataset mnist (v0 to v2), the model classifier (v0 and v1), which the run"
                " train-model logged, and the sweep lr-search with three runs",
            ),
        )
    }
)
"""Each page's scene, in the order of the pages."""
