"""What it costs to collect garbage: on SQLite and on PostgreSQL, and beside what others do.

Owns which sizes are measured, the goals, and the tables. `children.gc_world` does the work of
Hozon alone, `children.gc_*` the same work with each tool.

Nothing is asserted but that each did its work; goals that are missed are shown as such.

Usage: `python -m bench.gc` in the project's folder, with the development dependencies.
"""

import json
import math
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression, median
from typing import Any, Final, NamedTuple

import click
from rich.console import Console
from rich.table import Table

from bench.children.stopwatch import Job
from bench.contestants import PEERS
from bench.machine import Machine, describe
from bench.peers import DEFAULT_FOLDER, install, peers_dir_option
from bench.processes import (
    MeasurementError,
    child_environment,
    end_on_sigterm,
    our_paths,
    run,
    run_program,
    scratch_folder,
)
from hozon.bootstrap import prepare_catalog
from hozon.testing.postgres import PostgresServer, programs, serve_postgres

CONDEMN: Final = "Looking for objects that nothing needs"
"""The step of a pass that finds and condemns what nothing reaches."""

CONDEMN_SECONDS: Final = 10
"""How long it may take with a million entries."""

PEAK_MIB: Final = 200
"""How much memory a pass may use, the interpreter included."""

DELAY: Final = 2
"""By how many times its idle time a commit may be delayed by a pass."""

EXPONENT: Final = 1.1
"""With which power of the entries the time may grow: 1 is linear, and figures have noise."""

PEER_VERSIONS: Final = 10
"""How many versions of 1,000 files are collected beside the peers."""

_CATALOGS = ("sqlite", "postgresql")
_FILES = 1000
_MIB = 1 << 20
_PATIENCE_S = 600

_PEER_VARIABLES = {
    "hozon": {"HOZON_HOME": "{store}", "HOZON_RESTORE_WINDOW": "0s", "HOZON_GC_GRACE": "0s"},
    "mlflow": {
        "MLFLOW_TRACKING_URI": "sqlite:///{store}/mlflow.db",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    },
    "dvc": {"DVC_SITE_CACHE_DIR": "{store}/site", "DVC_NO_ANALYTICS": "1"},
}


class Shape(NamedTuple):
    """What is collected."""

    versions: int
    """How many versions there are; the older half is deleted."""
    files: int
    """How many entries each has; a tenth changes with each version."""

    @property
    def entries(self) -> int:
        """How many entries there are."""
        return self.versions * self.files


@dataclass(frozen=True, slots=True)
class Passed:
    """What one pass came to."""

    catalog: str
    """On which catalog."""
    shape: Shape
    """What was there."""
    steps: Mapping[str, float]
    """How long each step took, in seconds."""
    peak_bytes: int
    """The peak of its memory, in bytes."""
    objects: int
    """How many objects were condemned."""

    @property
    def seconds(self) -> float:
        """How long the whole pass took."""
        return sum(self.steps.values())


@dataclass(frozen=True, slots=True)
class Commits:
    """How long commits took, in seconds: before a pass, and during it."""

    catalog: str
    """On which catalog."""
    idle: Sequence[float]
    """Before it."""
    disturbed: Sequence[float]
    """Those that were going on while it did."""

    @property
    def worst_delay(self) -> float:
        """By how many times its idle time the slowest one was delayed."""
        return max(self.disturbed) / median(self.idle) - 1


@click.command(context_settings={"max_content_width": 100})
@click.option(
    "--catalog",
    "catalogs",
    type=click.Choice(_CATALOGS),
    multiple=True,
    default=_CATALOGS,
    show_default=True,
    help="Which catalogs; PostgreSQL is started from the system's package.",
)
@click.option(
    "--versions",
    type=click.IntRange(4, 100_000),
    multiple=True,
    default=(10, 100, 1000),
    show_default=True,
    help="How many versions there are, the last of them also with commits meanwhile.",
)
@click.option(
    "--files",
    type=click.IntRange(10, 100_000),
    default=_FILES,
    show_default=True,
    help="How many entries a version has.",
)
@click.option("--peers/--no-peers", default=True, show_default=True, help="Measure others, too.")
@peers_dir_option
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path),
    help="On which disk it is measured. Default: the folder of temporary files.",
)
def main(
    catalogs: Sequence[str],
    versions: Sequence[int],
    files: int,
    peers: bool,  # noqa: FBT001  click gives it by name.
    peers_dir: Path | None,
    folder: Path | None,
) -> None:
    """Measure a pass of garbage collection.

    Versions of 1,000 entries, of which a tenth changes each time; the older half is deleted, and
    may be purged. The last size is collected twice: alone, and while another process logs one more
    version after the other. Then ten such versions are logged, deleted and collected with Hozon,
    mlflow and DVC, each by its own command.
    """
    end_on_sigterm()
    console, notes = Console(), Console(stderr=True)
    shapes = [Shape(count, files) for count in versions]
    try:
        with scratch_folder(folder) as scratch:
            machine = describe(scratch)
            passes, commits = list[Passed](), list[Commits]()
            for catalog in catalogs:
                with _serving(catalog) as server:
                    bench = _Bench(scratch, catalog, server)
                    for shape in shapes:
                        notes.print(f"{catalog}: {shape.entries:,} entries", highlight=False)
                        passes.append(bench.collect(shape))
                    notes.print(f"{catalog}: commits during a pass")
                    commits.append(bench.commit(shapes[-1]))
            rows = list(_beside(scratch, files, peers_dir, notes)) if peers else []
    except MeasurementError as error:
        raise click.ClickException(str(error)) from None
    console.print(_described(machine), highlight=False, soft_wrap=True)
    _print_passes(console, passes)
    _print_goals(console, passes, commits)
    if rows:
        _print_rows(console, rows, files)


@contextmanager
def _serving(catalog: str) -> Iterator[PostgresServer | None]:
    """Start a server, as its package would run it, where one is needed."""
    if catalog == "sqlite":
        yield None
        return
    found = programs()
    if found is None:
        raise MeasurementError("There is no PostgreSQL: install it, or choose --catalog sqlite.")
    with serve_postgres(found, prepare=prepare_catalog, settings={}) as server:
        yield server


class _Bench:
    """Makes worlds of versions on one catalog, and collects in them."""

    def __init__(self, scratch: Path, catalog: str, server: PostgresServer | None) -> None:
        self._folder = scratch / catalog
        self._papers = scratch
        self._catalog = catalog
        self._server = server

    def collect(self, shape: Shape) -> Passed:
        """Collect, undisturbed."""
        with self._world(shape) as variables:
            report = self._run("collect", shape, variables)
        self._prove(report, shape)
        return Passed(
            self._catalog, shape, report["steps"], report["peak_bytes"], report["objects_condemned"]
        )

    def commit(self, shape: Shape) -> Commits:
        """Collect while another process commits."""
        with self._world(shape) as variables:
            command, environment = self._child("commit", shape, variables)
            with subprocess.Popen(  # noqa: S603  Our own program, no shell.
                command, cwd=self._folder, env=environment, stdout=subprocess.PIPE, encoding="utf-8"
            ) as writer:
                try:
                    self._wait_for("idle", writer)
                    report = self._run("collect", shape, variables)
                    (self._folder / "stop").touch()
                    said, _ = writer.communicate()
                finally:
                    writer.kill()
        self._prove(report, shape)
        if writer.returncode:
            raise MeasurementError("The program that commits failed; see what it wrote.")
        began, ended = report["began"], report["ended"]
        commits = [(start, end) for start, end in json.loads(said)["commits"]]
        idle = [end - start for start, end in commits if end < began]
        disturbed = [end - start for start, end in commits if start < ended and end > began]
        return Commits(self._catalog, idle[1:], disturbed)

    @contextmanager
    def _world(self, shape: Shape) -> Iterator[Mapping[str, str]]:
        """Seed versions, and give the variables that lead to them."""
        self._folder.mkdir()
        variables = {"HOZON_HOME": str(self._folder), "HOZON_ENTITY": "ada"}
        if self._server:
            variables["HOZON_CATALOG_URL"] = self._server.create_migrated()
        try:
            self._run("seed", shape, variables)
            os.sync()
            yield variables
        finally:
            if self._server:
                self._server.drop(variables["HOZON_CATALOG_URL"])
            shutil.rmtree(self._folder)

    def _run(self, action: str, shape: Shape, variables: Mapping[str, str]) -> Any:  # noqa: ANN401  JSON.
        command, environment = self._child(action, shape, variables)
        return json.loads(run(command, folder=self._folder, environment=environment))

    def _child(
        self, action: str, shape: Shape, variables: Mapping[str, str]
    ) -> tuple[list[str], dict[str, str]]:
        module = [sys.executable, "-m", "bench.children.gc_world"]
        root = str(Path(__file__).parents[1])
        # Whoever runs a program ends all that has the same papers.
        papers = self._papers / f"{action}-papers"
        papers.mkdir(exist_ok=True)
        environment = child_environment(papers, paths=[root, *our_paths()], variables=variables)
        return [*module, action, *map(str, shape)], environment

    def _wait_for(self, name: str, writer: "subprocess.Popen[str]") -> None:
        until = time.monotonic() + _PATIENCE_S
        while not (self._folder / name).exists():
            if writer.poll() is not None or time.monotonic() > until:
                raise MeasurementError("The program that commits did not begin; see what it wrote.")
            time.sleep(0.01)

    def _prove(self, report: Mapping[str, Any], shape: Shape) -> None:
        """Refuse the figures of a pass that did not do its work."""
        purged = report["versions_purged"]
        if purged != shape.versions // 2 or report["failures"] or not report["objects_condemned"]:
            raise MeasurementError(f"{self._catalog}: a pass did something else: {report}")


def _beside(
    scratch: Path, files: int, peers_dir: Path | None, notes: Console
) -> Iterator[tuple[str, float, int]]:
    """Collect the same versions with each tool; give seconds and bytes."""
    place = (peers_dir or DEFAULT_FOLDER).absolute()
    pythons = {"hozon": Path(sys.executable)}
    for peer in PEERS:
        if peer.name in _PEER_VARIABLES:
            with notes.status(f"installing {peer.requirement}"):
                installed = install(peer, place)
            if installed.python:
                pythons[peer.name] = installed.python
            else:
                notes.print(f"{peer.name} could not be installed: {installed.reason}", markup=False)
    for name, python in pythons.items():
        notes.print(f"{name}: {PEER_VERSIONS} versions of {files:,} files", highlight=False)
        folder = scratch / f"with-{name}"
        store = folder / "store"
        store.mkdir(parents=True)
        job = Job(
            "collect",
            folder / "source",
            store,
            folder / "target",
            versions=PEER_VERSIONS,
            files=files,
        )
        job.source.mkdir()
        figures = run_program(
            python,
            f"gc_{name}",
            job,
            paths=our_paths() if name == "hozon" else [],
            variables={
                key: value.format(store=store) for key, value in _PEER_VARIABLES[name].items()
            },
            folder=folder,
        )
        if figures.answer.size_bytes <= 0:
            raise MeasurementError(f"{name} freed nothing; its figures mean nothing.")
        yield name, figures.seconds, figures.answer.size_bytes


def _described(machine: Machine) -> str:
    return (
        f"{machine.processor}, {machine.cores} cores, {machine.memory_gib:.0f} GiB, "
        f"{machine.file_system}, {machine.kernel}, {machine.python}"
    )


def _print_passes(console: Console, passes: Sequence[Passed]) -> None:
    table = Table(title="One pass, the older half deleted")
    for title in ("catalog", "entries", "condemned", "condemn", "whole pass", "peak memory"):
        table.add_column(title, justify="left" if title == "catalog" else "right")
    for one in passes:
        table.add_row(
            one.catalog,
            f"{one.shape.entries:,}",
            f"{one.objects:,}",
            f"{one.steps[CONDEMN]:.2f} s",
            f"{one.seconds:.2f} s",
            f"{one.peak_bytes / _MIB:.0f} MiB",
        )
    console.print(table)
    steps = Table(title="The largest pass, by step, in seconds")
    largest = [one for one in passes if one.shape == max(p.shape for p in passes)]
    steps.add_column("step")
    for one in largest:
        steps.add_column(one.catalog, justify="right")
    for step in largest[0].steps:
        steps.add_row(step, *(f"{one.steps.get(step, 0):.2f}" for one in largest))
    console.print(steps)


def _print_goals(console: Console, passes: Sequence[Passed], commits: Sequence[Commits]) -> None:
    table = Table(title="Goals")
    for title in ("what", "catalog", "goal", "measured", ""):
        table.add_column(title)
    for catalog in dict.fromkeys(one.catalog for one in passes):
        ours = [one for one in passes if one.catalog == catalog]
        rows = [
            ("condemn pass", CONDEMN_SECONDS, max(one.steps[CONDEMN] for one in ours), "s"),
            ("peak memory", PEAK_MIB, max(one.peak_bytes for one in ours) / _MIB, "MiB"),
        ]
        if len(ours) > 1:
            rows.append(("growth of the whole pass, exponent", EXPONENT, _exponent(ours), ""))
        rows += [
            ("worst delay of a commit, of its idle time", DELAY, one.worst_delay, "times")
            for one in commits
            if one.catalog == catalog
        ]
        for what, goal, found, unit in rows:
            reached = "reached" if found <= goal else "missed"
            table.add_row(what, catalog, f"≤ {goal} {unit}", f"{found:.2f} {unit}", reached)
    console.print(table)
    for one in commits:
        console.print(
            f"{one.catalog}: {len(one.idle)} commits before a pass, median "
            f"{median(one.idle):.3f} s; {len(one.disturbed)} during it, median "
            f"{median(one.disturbed):.3f} s, slowest {max(one.disturbed):.3f} s",
            highlight=False,
            soft_wrap=True,
        )


def _exponent(passes: Sequence[Passed]) -> float:
    """Fit a power of the number of entries to the times."""
    sizes = [math.log(one.shape.entries) for one in passes]
    return linear_regression(sizes, [math.log(one.seconds) for one in passes]).slope


def _print_rows(console: Console, rows: Sequence[tuple[str, float, int]], files: int) -> None:
    table = Table(title=f"{PEER_VERSIONS} versions of {files:,} files, half deleted, by command")
    for title in ("", "seconds", "of hozon", "freed"):
        table.add_column(title, justify="right" if title else "left")
    ours = {name: seconds for name, seconds, _ in rows}["hozon"]
    for name, seconds, freed in rows:
        ratio = f"{seconds / ours:.2f}"
        table.add_row(name, f"{seconds:.2f}", ratio, f"{freed / _MIB:.1f} MiB")
    console.print(table)


if __name__ == "__main__":
    main()
