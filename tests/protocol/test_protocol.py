"""The protocol of committing and collecting, in every order of its steps.

`protocol.pml` says what is checked, and what is left out. Spin turns it into a program, which looks
at every state that can be reached. In the largest case it leaves out orders of steps of which it
can prove that they come to the same; with `HOZON_PROTOCOL_EVERYTHING` it takes them all, as on
`make nightly`. Where spin or a C compiler is missing the tests are skipped; on continuous
integration (`CI=true`) that is a failure.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

MODEL = Path(__file__).with_name("protocol.pml")
CASES = [(1, 1), (1, 2), (1, 3), (3, 3)]
"""What the versions of the two writers need, as sets; 3 is both contents."""
LOSSES = [
    "NO_PIN",
    "SHARED_KEYS",
    "RECORD_WITHOUT_CHECK",
    "COMMIT_WITHOUT_CHECK",
    "REMOVE_WITHOUT_LOOKING",
    "LOOK_WITHOUT_WAITING",
    "NO_TOKEN",
    "CONDEMN_WITHOUT_CHECK",
    "REMOVE_BEFORE_CONDEMNING",
    "PLACE_BEFORE_COPY",
    "CATALOG_BEFORE_LISTING",
]
"""Faults by which a version loses content."""
LEAKS = ["STRAYS_BEFORE_LEASES"]
"""Faults by which something is left over."""
LARGEST = (3, 3)
"""The case with by far the most states."""
COMPILE = (
    "gcc",
    "-O2",
    "-w",
    "-DSAFETY",  # Assertions only.
    "-DMEMLIM=3000",
    "-o",
    "pan",
    "pan.c",
)
EVERY_ORDER = "-DNOREDUCE"
"""Lets the program take every order of steps, also of those that cannot matter."""
DEPTH = 10_000
"""How many steps a history may have; it needs a few hundred."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the search came to."""

    text: str
    """What it printed."""

    history: str
    """The steps that led to a violation; empty where there was none."""

    @property
    def violated(self) -> list[str]:
        """List the assertions that do not hold."""
        return re.findall(r"assertion violated +!\((\w+)\)", self.text)

    @property
    def errors(self) -> int | None:
        """Count the violations, if the search came to its end."""
        found = re.search(r"^State-vector .* errors: (\d+)$", self.text, re.MULTILINE)
        return int(found.group(1)) if found else None

    @property
    def states(self) -> int:
        """Count the states."""
        found = re.search(r"^ *([\d.e+]+) states, stored$", self.text, re.MULTILINE)
        return int(float(found.group(1))) if found else 0

    @property
    def is_complete(self) -> bool:
        """Whether nothing was left out: no depth, memory, or time ran out."""
        cut = re.search(r"too small|truncated|not completed|out of memory|memory limit", self.text)
        return "Full statespace search" in self.text and cut is None

    @property
    def untaken(self) -> dict[str, list[str]]:
        """List the steps that nobody ever took, by process.

        The end of what goes on for ever is none.
        """
        processes = re.split(r"^unreached in (?:proctype )?(\w+)$", self.text, flags=re.MULTILINE)
        return {
            name: [
                step
                for step in re.findall(r"^\t(\S+, state .*)$", steps, re.MULTILINE)
                if "-end-" not in step
            ]
            for name, steps in zip(processes[1::2], processes[2::2], strict=True)
        }


class Search(Protocol):
    """Looks at every state of the model."""

    def __call__(self, *macros: str, wants: tuple[int, int], depth: int = DEPTH) -> Verdict:
        """Search with some macros set, for writers that want these contents."""
        ...


def run(command: Sequence[str], folder: Path) -> str:
    """Run a program, and give what it printed."""
    done = subprocess.run(  # noqa: S603  Commands of this file, no shell.
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture
def search(tmp_path: Path) -> Search:
    """Give a function that searches the model."""
    missing = [name for name in ("spin", "gcc") if shutil.which(name) is None]
    if missing:
        reason = f"no {' and no '.join(missing)}: install the packages `spin` and `gcc`"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    shutil.copy(MODEL, tmp_path)

    def search(*macros: str, wants: tuple[int, int], depth: int = DEPTH) -> Verdict:
        chosen = (*macros, f"WANTS_1={wants[0]}", f"WANTS_2={wants[1]}")
        defines = [f"-D{macro}" for macro in chosen]
        run(["spin", "-a", *defines, MODEL.name], tmp_path)
        reduces = wants == LARGEST and "HOZON_PROTOCOL_EVERYTHING" not in os.environ
        run(COMPILE if reduces else (*COMPILE, EVERY_ORDER), tmp_path)
        text = run(["./pan", f"-m{depth}", "-w24"], tmp_path)
        trail = (tmp_path / f"{MODEL.name}.trail").exists()
        history = run(["spin", "-t", "-p", *defines, MODEL.name], tmp_path) if trail else ""
        return Verdict(text, history)

    return search


@pytest.mark.parametrize("wants", CASES)
def test_nothing_needed_is_lost_and_nothing_dead_is_left(
    search: Search, wants: tuple[int, int]
) -> None:
    """Two writers, two collectors, and people who delete and restore, in every order."""
    verdict = search(wants=wants)
    check_holds(verdict)
    assert verdict.untaken["Collector"] == []
    if wants == LARGEST:
        assert [step for steps in verdict.untaken.values() for step in steps] == []


def test_calls_to_the_store_may_come_between_any_transactions(search: Search) -> None:
    """Reading, copying and listing are steps of their own here, and the same holds."""
    verdict = search("APART", wants=(1, 2))
    check_holds(verdict)
    assert verdict.untaken["Collector"] == []


def test_a_reader_whose_key_is_gone_finds_another_place(search: Search) -> None:
    """As long as the version is not purged, looking the place up again leads elsewhere."""
    verdict = search("READER", wants=(1, 1))
    check_holds(verdict)
    assert verdict.untaken["Reader"] == []


def test_a_purged_version_may_be_recovered(search: Search) -> None:
    """A collector that brings one back keeps to the same rules, and the same holds."""
    verdict = search("RECOVER", wants=(1, 2))
    check_holds(verdict)
    assert verdict.untaken["Collector"] == []


@pytest.mark.parametrize("fault", LOSSES)
def test_a_fault_that_loses_content_is_found(search: Search, fault: str) -> None:
    """Without this part of the protocol some history loses what a version needs."""
    assert search(fault, "ONLY_LOSS", wants=(1, 1)).violated == ["lost_"]


@pytest.mark.parametrize("fault", LEAKS)
def test_a_fault_that_leaves_something_over_is_found(search: Search, fault: str) -> None:
    """Without this part of the protocol a pass leaves a key in which nothing is needed."""
    assert search(fault, wants=(1, 1)).violated == ["left_over_"]


def test_a_search_that_was_cut_short_proves_nothing(search: Search) -> None:
    """It finds no error either, and is refused."""
    verdict = search(wants=(1, 1), depth=50)
    assert verdict.errors == 0
    assert not verdict.is_complete


def test_every_fault_of_the_model_is_tried() -> None:
    """None is described in the model and then forgotten here."""
    described = re.findall(r"^ \* - ([A-Z_]+):", MODEL.read_text("utf-8"), re.MULTILINE)
    assert described == LOSSES + LEAKS


def check_holds(verdict: Verdict) -> None:
    """Hold a search to having found nothing after having looked everywhere."""
    assert verdict.violated == [], verdict.history
    assert verdict.errors == 0, verdict.text
    assert verdict.is_complete, verdict.text
    assert verdict.states > 100_000, verdict.text
