"""Which names a run exercises, and what is said of those that no run does."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hozon_docs.config import Config
from hozon_docs.coverage import Coverage, coverage_findings, describe, exercised, measure
from hozon_docs.inventory import Inventory, Name, read_inventory
from hozon_docs.ledger import Entry
from hozon_docs.markdown import Block
from hozon_docs.runner import run_block
from unit.hozon_docs.small_packages import write_package

SHOP = """
import contextlib
import functools

__all__ = ["Basket", "CardError", "Gift", "PayError", "ShopError", "opened", "pay", "refund"]
__all__ += ["settle", "withdraw"]

class ShopError(Exception): pass
class PayError(ShopError): pass
class CardError(PayError): pass

class Basket:
    def __init__(self, size=0): self._size = size
    def __len__(self): return self._size
    def __repr__(self): return "basket"
    def add(self): return self
    @property
    def size(self): return self._size
    @size.setter
    def size(self, value): self._size = value

class Gift(Basket): pass

@contextlib.contextmanager
def opened(): yield

def logged(function):
    @functools.wraps(function)
    def outer(*args, **kwargs): return function(*args, **kwargs)
    return outer

@logged
def refund(number): return number

@logged
def withdraw(number): return number

def pay(kind):
    raise kind("no")

def settle(work):
    basket = Basket()
    return work(basket)

def _make():
    raise PayError("no")
"""
Find = Callable[[str], frozenset[str]]


@pytest.fixture
def find(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    write_block: Callable[[str], Block],
    empty: Path,
) -> Find:
    """Give a function that runs a block and tells what it exercises of the package `shop`."""
    inventory = read_inventory(write_package(tmp_path, monkeypatch, {"__init__.py": SHOP}))

    def run(source: str) -> frozenset[str]:
        done = run_block(write_block(f"import shop\n{source}"), directory=empty)
        return exercised(done, inventory)

    return run


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("shop.Basket()\n", {"shop.Basket"}),
        ("shop.Basket().add()\n", {"shop.Basket", "shop.Basket.add"}),
        ("shop.Basket().size\n", {"shop.Basket", "shop.Basket.size"}),
        ("shop.Basket().size = 3\n", {"shop.Basket", "shop.Basket.size"}),
        ("shop.settle(len)\n", {"shop.settle"}),
        ("shop.settle(lambda b: b.add())\n", {"shop.settle", "shop.Basket", "shop.Basket.add"}),
        ("shop.settle(lambda b: [*map(len, [b])])\n", {"shop.settle", "shop.Basket"}),
        ("shop.settle(repr)\n", {"shop.settle"}),
        ("shop.Gift()\n", {"shop.Gift", "shop.Basket"}),
        ("with shop.opened():\n    pass\n", {"shop.opened"}),
        ("shop.refund(1)\n", {"shop.refund"}),
        ("x = shop.Basket.add\n", set()),
    ],
    ids=[
        *("a constructor", "a method", "a property", "an assignment", "what the package calls"),
        *("a function of the block", "syntax", "no syntax", "an inherited constructor"),
        *("a context manager", "a decorated function", "a mention"),
    ],
)
def test_what_the_block_itself_calls_is_exercised(find: Find, source: str, names: set[str]) -> None:
    """A call from the block's own code counts, one from inside the package does not."""
    assert find(source) == names


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("CardError", {"shop.pay", "shop.CardError", "shop.ShopError"}),
        ("PayError", {"shop.pay", "shop.PayError", "shop.ShopError"}),
    ],
)
def test_an_error_is_exercised_by_its_own_class(find: Find, kind: str, names: set[str]) -> None:
    """A kind of it exercises only a group, which is never raised itself."""
    assert find(f"try:\n    shop.pay(shop.{kind})\nexcept shop.ShopError:\n    pass\n") == names


def test_an_error_that_the_package_handles_is_not_exercised(find: Find) -> None:
    """It has to come up to the block."""
    source = (
        "def work(basket):\n    return 1\n"
        "try:\n    raise ValueError\nexcept ValueError:\n    shop.settle(work)\n"
    )
    assert find(source) == {"shop.settle"}


def test_a_run_that_was_not_watched_exercises_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    write_block: Callable[[str], Block],
    empty: Path,
) -> None:
    """Without a trace there is no telling."""
    inventory = read_inventory(write_package(tmp_path, monkeypatch, {"__init__.py": SHOP}))
    run = run_block(write_block("import shop\nshop.Basket()\n"), directory=empty, watch=False)
    assert exercised(run, inventory) == frozenset()


ENTRY = Entry(
    page="docs/en/a.md",
    line=3,
    title="a.py",
    kind="python",
    language="en",
    text="",
    package="",
    versions={},
    outcome="passed",
    exercised=("shop.pay",),
)


def _measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str = "", entry: Entry = ENTRY
) -> tuple[Coverage, Config]:
    config = write_package(tmp_path, monkeypatch, {}, table)
    names = tuple(
        Name(f"shop.{name}", "function", tmp_path / "s.py", 7) for name in ("pay", "ship")
    )
    return measure([entry], Inventory(names), config=config), config


def test_a_name_without_a_block_is_found_at_its_definition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is exercised is not."""
    coverage, config = _measured(tmp_path, monkeypatch)
    (finding,) = coverage_findings(coverage, config=config)
    assert (finding.path, finding.line) == (tmp_path / "s.py", 7)
    assert "no block exercises the function shop.ship" in finding.reason


@pytest.mark.parametrize("outcome", ["failed", "skipped"])
def test_a_block_that_did_not_pass_exercises_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outcome: str
) -> None:
    """A failure proves nothing about what was called before it."""
    entry = replace(ENTRY, outcome=outcome)  # type: ignore[arg-type]  # An outcome, as text.
    coverage, _ = _measured(tmp_path, monkeypatch, entry=entry)
    assert [one.name for one in coverage.missing] == ["shop.pay", "shop.ship"]


def test_an_excuse_with_a_reason_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name may stay without a block, as long as there are few of them."""
    table = 'unexercised_share = 0.5\n[tool.hozon_docs.unexercised]\n"shop.ship" = "no ship"\n'
    coverage, config = _measured(tmp_path, monkeypatch, table)
    assert coverage_findings(coverage, config=config) == []
    assert describe(coverage) == [
        "1 of 2 public names are exercised by a block that passed.",
        "excused shop.ship: no ship",
    ]


@pytest.mark.parametrize(
    ("excuse", "reason"),
    [
        ('"shop.ship" = " "', "'shop.ship' has no reason"),
        ('"shop.ship" = "x"\n"shop.gone" = "x"', "'shop.gone' is no public name"),
        ('"shop.ship" = "x"\n"shop.pay" = "x"', "'shop.pay' is exercised by docs/en/a.md:3"),
    ],
    ids=["no reason", "no name", "not needed"],
)
def test_an_excuse_that_is_not_right_is_found_in_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, excuse: str, reason: str
) -> None:
    """Excuses do not outlive what they excuse."""
    table = f"unexercised_share = 1.0\n[tool.hozon_docs.unexercised]\n{excuse}\n"
    coverage, config = _measured(tmp_path, monkeypatch, table)
    (finding,) = coverage_findings(coverage, config=config)
    assert reason in finding.reason
    lines = (tmp_path / "pyproject.toml").read_text("utf-8").split("\n")
    assert reason.split(" ", 1)[0].replace("'", '"') in lines[finding.line - 1]


def test_too_many_excuses_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of two names is more than the twentieth part."""
    table = '[tool.hozon_docs.unexercised]\n"shop.ship" = "no ship"\n'
    coverage, config = _measured(tmp_path, monkeypatch, table)
    (finding,) = coverage_findings(coverage, config=config)
    assert "excuses 1 of 2 public names, more than unexercised_share allows (5%)" in finding.reason


def test_a_missing_name_is_described(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The summary names it, with its kind."""
    coverage, _ = _measured(tmp_path, monkeypatch)
    assert describe(coverage)[1:] == ["missing shop.ship (function)"]
