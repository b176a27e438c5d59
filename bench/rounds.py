"""The rounds of a measurement, in which contestants take turns.

Owns what a round consists of, the order of contestants, and the proof that each did what it was
measured for. Refuses to know a contestant by name, to judge, and to show anything.

Invariants: contestants take turns, and each round begins with another; every work has a process
and a folder of its own; the source is read, and everything written is on disk, before the clock
starts; whoever did not do all of its work is an error, never a figure.
"""

import os
import shutil
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from bench.children.stopwatch import Job, bytes_below
from bench.contestants import Contestant, Measurement
from bench.data import (
    Change,
    Sizes,
    Source,
    changed,
    digest_of_files,
    make_entries,
    make_large,
    make_small,
    warm,
)
from bench.processes import (
    Bucket,
    Figures,
    MeasurementError,
    idle_bytes,
    import_seconds,
    our_paths,
    run_program,
    serving_bucket,
)

M = Measurement
_BUCKET = "bench"
_STORING = {M.SMALL, M.AGAIN, M.LARGE, M.S3}
_WITHOUT_SOURCE = {M.PAGE, M.PREFIX}


@dataclass(frozen=True, slots=True)
class Scene:
    """Measurements of the same source, which follow one another in the same store."""

    title: str
    """What is shown while it runs."""
    steps: tuple[Measurement, ...]
    """Its measurements, in order."""
    make: Callable[[Path, Sizes], Source] | None
    """Makes the source; None where there is none."""
    once: bool = False
    """Whether one round is enough."""


SCENES = (
    Scene("import", (M.IMPORT,), None),
    Scene("small files", (M.SMALL, M.SMALL_DOWNLOAD, M.AGAIN), make_small),
    Scene("the large file", (M.LARGE, M.LARGE_DOWNLOAD), make_large),
    Scene("S3", (M.S3,), make_small),
    # A single round takes minutes, and memory is the same each time.
    Scene("many entries", (M.ENTRIES, M.PAGE, M.PREFIX), make_entries, once=True),
)
"""All scenes, in the order in which they run."""


@dataclass(frozen=True, slots=True)
class Team:
    """A contestant, and the interpreter that runs it."""

    contestant: Contestant
    """The contestant."""
    python: Path
    """Its interpreter."""

    @property
    def paths(self) -> list[str]:
        """Where it finds modules, beside its environment: a peer must not find ours."""
        return [] if self.contestant.peer else our_paths()

    def variables(self, store: Path) -> dict[str, str]:
        """Give the variables that it needs of its own.

        Args:
            store: Its store.

        Returns:
            The variables.
        """
        given = self.contestant.environment.items()
        return {name: value.replace("{store}", str(store)) for name, value in given}


@dataclass(slots=True)
class Runs:
    """The figures of one contestant in one measurement, one a round."""

    seconds: list[float] = field(default_factory=list)
    """Seconds of the work alone."""
    over_idle_bytes: list[int] = field(default_factory=list)
    """The peak of memory less that of an idle interpreter; empty where it was not measured."""
    requests: list[int] = field(default_factory=list)
    """HTTP requests; empty where there are none."""


Results = Mapping[Measurement, Mapping[str, Runs]]
"""The figures, by measurement and by the name of the contestant."""


class Plan:
    """What is run, and how often.

    Args:
        teams: Who takes part.
        chosen: What is measured.
        sizes: Of how much.
        rounds: How many rounds count, 1 or more.
    """

    def __init__(
        self, teams: Sequence[Team], chosen: Collection[Measurement], *, sizes: Sizes, rounds: int
    ) -> None:
        """Take it down."""
        self._teams = teams
        self._chosen = frozenset(chosen)
        self._sizes = sizes
        self._rounds = rounds

    @property
    def turns(self) -> int:
        """How many turns there are in all; making the files of a scene is one, too."""
        scenes = [(scene, self._teams_of(scene)) for scene in SCENES]
        return sum(1 + self._rounds_of(scene) * len(teams) for scene, teams in scenes if teams)

    def run(self, folder: Path, *, tell: Callable[[str], None]) -> Results:
        """Measure.

        Args:
            folder: An empty folder.
            tell: Is told what comes next, before each turn.

        Returns:
            The figures.

        Raises:
            MeasurementError: A contestant failed, or did not do all of its work.
        """
        results: dict[Measurement, dict[str, Runs]] = {step: {} for step in self._chosen}
        idle = idle_bytes(folder)
        for scene in SCENES:
            teams = self._teams_of(scene)
            if not teams:
                continue
            tell(f"{scene.title}: making what it needs")
            source = scene.make(folder / "source", self._sizes) if scene.make else None
            with serving_bucket(folder) if M.S3 in scene.steps else nullcontext() as bucket:
                for number in range(self._rounds_of(scene)):
                    for team in _turned(teams, number):
                        name = team.contestant.name
                        tell(f"{scene.title}, round {number + 1}: {name}")
                        turn = _Turn(team, folder / "turn", source, bucket, number)
                        for step, figures in turn.run(self._steps_of(scene, team)):
                            if step in self._chosen:
                                runs = results[step].setdefault(name, Runs())
                                _note(runs, figures, team=team, idle=idle)
            shutil.rmtree(folder / "source", ignore_errors=True)
        return results

    def _rounds_of(self, scene: Scene) -> int:
        return 1 if scene.once else self._rounds

    def _teams_of(self, scene: Scene) -> list[Team]:
        return [team for team in self._teams if self._steps_of(scene, team)]

    def _steps_of(self, scene: Scene, team: Team) -> tuple[Measurement, ...]:
        """List what a contestant has to do: what is measured, and the log that must precede it."""
        able = [step for step in scene.steps if step in team.contestant.actions]
        if not self._chosen.intersection(able):
            return ()
        first = scene.steps[0]
        return tuple(step for step in able if step in self._chosen or step is first)


class _Turn:
    """The turn of one contestant in one round, in a folder that is new and goes afterwards."""

    def __init__(
        self, team: Team, folder: Path, source: Source | None, bucket: Bucket | None, number: int
    ) -> None:
        self._team = team
        self._folder = folder
        self._source = source
        self._bucket = bucket
        self._number = number
        self._version: str | None = None

    def run(self, steps: Sequence[Measurement]) -> Iterator[tuple[Measurement, Figures | float]]:
        (self._folder / "store").mkdir(parents=True)
        try:
            for step in steps:
                if step is M.IMPORT:
                    yield step, self._import()
                elif step is M.AGAIN:
                    with changed(self._existing, number=self._number) as change:
                        yield step, self._work(step, change)
                else:
                    yield step, self._work(step, None)
        finally:
            shutil.rmtree(self._folder)

    @property
    def _existing(self) -> Source:
        if self._source is None:
            raise ValueError("this turn has no source")
        return self._source

    @property
    def _store(self) -> Path:
        return self._folder / "store"

    def _import(self) -> float:
        contestant = self._team.contestant
        module = contestant.imports
        if module is None:
            raise ValueError(f"{contestant.name} imports nothing")
        variables = self._team.variables(self._store)
        # The first import writes the compiled modules, and reads them from the disk.
        for _ in range(1 if self._number else 2):
            took = import_seconds(
                self._team.python,
                module,
                paths=self._team.paths,
                variables=variables,
                folder=self._folder,
            )
        return took

    def _work(self, step: Measurement, change: Change | None) -> Figures:
        source, contestant = self._existing, self._team.contestant
        variables = self._team.variables(self._store)
        if self._bucket:
            self._bucket.empty()
            variables |= self._bucket.variables
        job = Job(
            action=contestant.actions[step],
            source=source.path,
            store=self._store,
            target=self._folder / "target",
            changed=change.name if change else None,
            bucket=_BUCKET if self._bucket else None,
            threads=contestant.threads,
            prefix=source.part,
        )
        before = bytes_below(self._store) if step in _STORING else 0
        if step not in _WITHOUT_SOURCE:
            warm(source)
        os.sync()
        figures = run_program(
            self._team.python,
            contestant.program,
            job,
            paths=self._team.paths,
            variables=variables,
            folder=self._folder,
        )
        self._prove(step, figures, change=change, before=before)
        shutil.rmtree(job.target, ignore_errors=True)
        return figures

    def _prove(
        self, step: Measurement, figures: Figures, *, change: Change | None, before: int
    ) -> None:
        """Refuse the figures of a contestant that did not do all of its work."""
        source, answer = self._existing, figures.answer
        digest = change.digest if change else source.digest
        self._same(step, "files", answer.files, source.files)
        self._same(step, "bytes", answer.size_bytes, source.size_bytes)
        if answer.digest is not None:
            self._same(step, "digest", answer.digest, digest)
        if answer.root is not None:
            if step is M.PREFIX:
                digest = digest_of_files(source.path / str(source.part), above=source.path)
            self._same(step, "content", digest_of_files(Path(answer.root)), digest)
        if step in _STORING and self._team.contestant.stores:
            stored = answer.stored_bytes
            grown = bytes_below(self._store) - before if stored is None else stored
            least = change.size_bytes if change else source.stored_bytes
            if grown < least:
                raise self._fault(step, f"stored {grown:,} bytes instead of {least:,}")
        if change and answer.version == self._version:
            raise self._fault(step, "took the changed content for the same")
        self._version = answer.version

    def _same(self, step: Measurement, what: str, given: object, expected: object) -> None:
        if given != expected:
            raise self._fault(step, f"gave other {what}: {given} instead of {expected}")

    def _fault(self, step: Measurement, what: str) -> MeasurementError:
        return MeasurementError(
            f"{self._team.contestant.name} {what} ({step}); its figures would mean nothing. Look "
            f"at bench/children/{self._team.contestant.program}.py."
        )


def team_up(
    contestants: Sequence[Contestant], pythons: Mapping[str, Path], *, peers: bool
) -> list[Team]:
    """Find the interpreter of each contestant.

    Args:
        contestants: Who could take part.
        pythons: The interpreters of the peers that are installed, by name.
        peers: Whether peers take part.

    Returns:
        Who takes part; peers without an interpreter do not.
    """
    teams: list[Team] = []
    for contestant in contestants:
        if contestant.peer is None:
            teams.append(Team(contestant, Path(sys.executable)))
        elif peers and contestant.peer.name in pythons:
            teams.append(Team(contestant, pythons[contestant.peer.name]))
    return teams


def _note(runs: Runs, figures: Figures | float, *, team: Team, idle: int) -> None:
    if isinstance(figures, float):
        runs.seconds.append(figures)
        return
    runs.seconds.append(figures.seconds)
    if team.contestant.in_process:
        runs.over_idle_bytes.append(max(0, figures.peak_bytes - idle))
    if figures.answer.requests is not None:
        runs.requests.append(figures.answer.requests)


def _turned(teams: Sequence[Team], by: int) -> Iterator[Team]:
    at = by % len(teams)
    yield from teams[at:]
    yield from teams[:at]
