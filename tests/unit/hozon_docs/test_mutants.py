"""Whether blocks notice stubs, and what is said of those that do not."""

import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from hozon_docs.config import Config
from hozon_docs.findings import DocsError
from hozon_docs.inventory import Inventory, read_inventory
from hozon_docs.ledger import MutantResult
from hozon_docs.markdown import Block
from hozon_docs.mutants import describe_mutants, mutant_findings, score, try_stubs
from hozon_docs.runner import Around, Run, run_block
from hozon_docs.trace import compile_block
from unit.hozon_docs.small_packages import write_package

SHOP = """
paid = []
def pay():
    paid.append(3)
    return 3
def forget():
    paid.clear()
"""


class Shop:
    """The package, and the trying of blocks on it."""

    def __init__(self, config: Config, inventory: Inventory, folder: Path) -> None:
        """Remember them."""
        self.config = config
        self._inventory = inventory
        self._folder = folder

    def attempts(
        self,
        block: Block,
        judge: Callable[[dict[str, object]], str | None],
        *,
        bound_s: float = 30.0,
    ) -> list[MutantResult]:
        """Try a block, judged by the names that it leaves behind."""

        def attempt(around: Around) -> str | None:
            code, namespace = compile_block(block), ModuleType("__main__")
            with around(code, namespace):
                exec(code.module, namespace.__dict__)  # noqa: S102 -- the block of this test
            return judge(vars(namespace))

        return try_stubs(
            self.run(block),
            self._inventory,
            attempt,
            config=self.config,
            package="abc",
            bound_s=bound_s,
        )

    def run(self, block: Block) -> Run:
        """Run a block without a stub."""
        return run_block(block, directory=self._folder)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty: Path) -> Shop:
    """Give the package."""
    config = write_package(tmp_path, monkeypatch, {"__init__.py": SHOP})
    return Shop(config, read_inventory(config), empty)


WriteBlock = Callable[[str], Block]


def test_a_stub_that_the_judge_notices_is_killed(shop: Shop, write_block: WriteBlock) -> None:
    """The result tells the block, the callable, the stub and how it was noticed."""
    block = write_block("import shop\nx = shop.pay()\n")
    results = shop.attempts(block, lambda names: None if names["x"] == 3 else "x is wrong\nmore")
    assert results[0] == MutantResult(
        page="docs/en/guide.md",
        line=3,
        title="a.py",
        text=results[0].text,
        package="abc",
        name="shop.pay",
        stub="skips the effect",
        outcome="killed",
        reason="x is wrong",
    )
    assert [(one.stub, one.outcome) for one in results[1:]] == [("returns nothing", "killed")]


def test_a_stub_that_nobody_notices_survives(shop: Shop, write_block: WriteBlock) -> None:
    """The block passes although its effect is missing."""
    block = write_block("import shop\nshop.pay()\n")
    (result,) = shop.attempts(block, lambda _: None)
    assert (result.outcome, result.reason) == ("survived", "")


def test_a_stub_that_never_acted_is_no_mutant(shop: Shop, write_block: WriteBlock) -> None:
    """Where a call returns None anyway, returning nothing is no difference."""
    block = write_block("import shop\nx = shop.forget()\n")
    assert [one.stub for one in shop.attempts(block, lambda _: None)] == ["skips the effect"]


def test_an_attempt_that_does_not_end_is_killed(shop: Shop, write_block: WriteBlock) -> None:
    """It is interrupted where it hangs, and the signal is as before."""
    block = write_block("import shop\nx = 0\nwhile x < 1:\n    x = shop.pay() or 0\n")
    before = signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)
    results = shop.attempts(block, lambda _: None, bound_s=0.1)
    assert {one.reason for one in results} == {"did not end within 0.1 s"}
    assert (signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)) == before


def test_an_attempt_that_swallows_the_interruption_is_killed_all_the_same(
    shop: Shop, write_block: WriteBlock
) -> None:
    """What came in too late does not count as passed."""
    block = write_block("import shop\nbefore = len(shop.paid)\nshop.pay()\n")

    def judge(names: dict[str, object]) -> str | None:
        try:
            while names["before"] == len(sys.modules["shop"].paid):
                pass
        except BaseException:  # noqa: BLE001 -- as careless as a block may be
            return None
        return None

    (result,) = shop.attempts(block, judge, bound_s=0.1)
    assert result.outcome == "killed"


def test_an_attempt_that_leaves_something_behind_is_found(
    shop: Shop, write_block: WriteBlock
) -> None:
    """A block that fails without a stub, too, was not killed by its stubs."""
    block = write_block("import shop\nshop.pay()\n")
    seen: list[object] = []

    def judge(names: dict[str, object]) -> str | None:
        seen.append(names)
        return "too late" if len(seen) > 1 else None

    with pytest.raises(DocsError, match=r"guide.md:3: a.py: fails without a stub, too.*too late"):
        shop.attempts(block, judge)


def test_a_block_that_was_not_watched_has_no_mutants(
    shop: Shop, write_block: WriteBlock, empty: Path
) -> None:
    """Nobody knows what it calls."""
    run = run_block(write_block("import shop\nshop.pay()\n"), directory=empty, watch=False)

    def never(around: Around) -> str | None:
        raise AssertionError(around)

    assert try_stubs(run, Inventory(()), never, config=shop.config, package="") == []


SURVIVOR = MutantResult(
    page="docs/en/a.md",
    line=3,
    title="a.py",
    text="",
    package="",
    name="shop.pay",
    stub="skips the effect",
    outcome="survived",
)
KILLED = replace(SURVIVOR, outcome="killed", reason="failed")


def test_survivors_are_findings_where_the_score_is_too_low(shop: Shop) -> None:
    """Each is named at its block, with the callable and what was left out of it."""
    (finding,) = mutant_findings([SURVIVOR, KILLED], config=shop.config)
    assert (finding.path, finding.line) == (shop.config.root / "docs/en/a.md", 3)
    assert finding.reason.startswith("a.py: passes although shop.pay skips the effect; ")


def test_a_few_survivors_are_allowed(shop: Shop) -> None:
    """The bound is that of the configuration."""
    assert mutant_findings([SURVIVOR, *[KILLED] * 19], config=shop.config) == []


def test_the_score_is_the_share_of_the_killed() -> None:
    """Without a mutant nothing was missed."""
    assert (score([SURVIVOR, KILLED]), score([])) == (0.5, 1.0)


def test_survivors_are_listed_even_if_they_are_allowed() -> None:
    """The terminal shows the figures and each survivor."""
    assert describe_mutants([KILLED, SURVIVOR]) == [
        "1 of 2 mutants killed (50.0%).",
        "survived docs/en/a.md:3: a.py: shop.pay skips the effect",
    ]
