"""What a stub leaves out, for whom, and that it goes away."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from hozon_docs.inventory import Inventory, read_inventory
from hozon_docs.markdown import Block
from hozon_docs.runner import Run, run_block
from hozon_docs.stubs import Planted, Stub, StubKind, planted, stubs_for
from hozon_docs.trace import Code, compile_block
from unit.hozon_docs.small_packages import write_package

SHOP = """
import functools
from shop.parts import pay

log = []

class Base:
    __slots__ = ("size",)
    def __init__(self): self.size = 1
    def add(self):
        log.append("add")
        return 7
    def add_twice(self): return self.add() + self.add()
    @classmethod
    def make(cls): return cls()
    @staticmethod
    def parse(text): return int(text)
    def __enter__(self): return self
    def __exit__(self, *error): log.append("exit")
    def __len__(self): return 4

class Basket(Base):
    @property
    def total(self): return self._total
    @total.setter
    def total(self, value): self._total = value
    @functools.cached_property
    def tax(self): return 2

def both():
    return pay() + pay()

class ShopError(Exception):
    def describe(self): return "shop"

__all__ = ["Base", "Basket", "ShopError", "both", "pay"]
"""
PARTS = "def pay():\n    return 3\n"


@dataclass(frozen=True, slots=True)
class Shop:
    """The package, and ways to run a block on it."""

    inventory: Inventory
    write: Callable[[str], Block]
    folder: Path

    def run(self, source: str) -> Run:
        """Run a block without a stub."""
        return run_block(self.write(f"import shop\n{source}"), directory=self.folder)

    def stubs(self, source: str) -> set[tuple[str, str]]:
        """Give the stubs of a block."""
        return {(stub.name, stub.kind) for stub in stubs_for(self.run(source), self.inventory)}

    def planted(
        self, name: str, kind: StubKind, source: str, role: str = ""
    ) -> tuple[dict[str, Any], Planted]:
        """Run a block with a stub; give what it assigned, and the stub."""
        block = self.write(f"import shop\n{source}")
        code = compile_block(block)
        stub = self.stub(name, kind, role)
        namespace = ModuleType("__main__")
        with planted(stub, code, namespace) as planting:
            exec(code.module, namespace.__dict__)  # noqa: S102 -- the block of this test
        return vars(namespace), planting

    def stub(self, name: str, kind: StubKind, role: str = "") -> Stub:
        """Give one stub."""
        targets = self.inventory.targets.values()
        return Stub(next(t for t in targets if t.name == name and role in {"", t.role}), kind)


@pytest.fixture
def shop(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    write_block: Callable[[str], Block],
    empty: Path,
) -> Shop:
    """Give the package."""
    config = write_package(tmp_path, monkeypatch, {"__init__.py": SHOP, "parts.py": PARTS})
    return Shop(read_inventory(config), write_block, empty)


def test_each_callable_of_the_block_has_a_stub_that_skips_its_effect(shop: Shop) -> None:
    """So have constructors, special methods, properties and assignments."""
    source = (
        "with shop.Basket() as basket:\n    basket.total = 1\n    basket.total\n    basket.add()\n"
    )
    names = ("Base", "Base.__enter__", "Base.__exit__", "Base.add", "Basket.total")
    assert shop.stubs(source) == {(f"shop.{name}", "skips the effect") for name in names} | {
        ("shop.Base.__enter__", "returns nothing")
    }


def test_a_value_that_is_used_has_a_stub_that_returns_nothing(shop: Shop) -> None:
    """What a block throws away may as well be missing."""
    assert shop.stubs("x = shop.pay()\nshop.both()\n") == {
        ("shop.pay", "skips the effect"),
        ("shop.pay", "returns nothing"),
        ("shop.both", "skips the effect"),
    }


def test_errors_are_never_stubbed(shop: Shop) -> None:
    """Making one is not what a block shows."""
    assert shop.stubs("x = shop.ShopError()\n") == set()


@pytest.mark.parametrize(
    ("name", "source", "before", "after"),
    [
        ("shop.pay", "x = shop.pay()\n", 3, None),
        ("shop.pay", "from shop import pay\nx = pay()\n", 3, None),
        ("shop.pay", "import shop.parts\nx = shop.parts.pay()\n", 3, None),
        ("shop.pay", "def f():\n    return shop.pay()\nx = f()\n", 3, None),
        ("shop.pay", "x = [f() for f in [shop.pay]][0]\n", 3, None),
        ("shop.Base.add", "x = shop.Basket().add()\n", 7, None),
        ("shop.Base.make", "x = shop.Base.make() is None\n", False, True),
        ("shop.Base.parse", "x = shop.Base.parse('3')\n", 3, None),
        ("shop.Base.parse", "x = shop.Base().parse('3')\n", 3, None),
        ("shop.Base.__enter__", "with shop.Base() as b:\n    x = b is None\n", False, True),
        ("shop.Base", "x = hasattr(shop.Base(), 'size')\n", True, False),
        ("shop.Basket.tax", "x = shop.Basket().tax\n", 2, None),
        ("shop.Basket.tax", "b = shop.Basket()\nb.tax = 5\nx = b.tax\n", 5, None),
    ],
    ids=[
        *("function", "imported name", "another module", "inside a function", "a value"),
        *("inherited", "class method", "static method", "static method of an object"),
        *("special method", "constructor", "cached property", "cached property that was set"),
    ],
)
def test_a_call_of_the_block_is_left_out(
    shop: Shop, name: str, source: str, before: object, after: object
) -> None:
    """However the block reaches the callable, it gets None and no effect."""
    plain, _ = shop.planted("shop.both", "skips the effect", source)
    assert plain["x"] == before
    stubbed, planting = shop.planted(name, "skips the effect", source)
    assert (stubbed["x"], planting.acted) == (after, True)


def test_a_property_has_a_stub_for_each_way_of_use(shop: Shop) -> None:
    """Reading gives None; assigning changes nothing."""
    source = "b = shop.Basket()\nb.total = 1\nx = b.total\n"
    assert shop.planted("shop.Basket.total", "skips the effect", source, "get")[0]["x"] is None
    with pytest.raises(AttributeError, match="_total"):
        shop.planted("shop.Basket.total", "skips the effect", source, "set")


def test_calls_of_others_reach_the_original(shop: Shop) -> None:
    """The package itself, and whoever runs the block, notice nothing."""
    (namespace, planting) = shop.planted("shop.pay", "skips the effect", "x = shop.both()\n")
    assert (namespace["x"], planting.acted) == (6, False)
    source = "x = shop.Base().add_twice()\n"
    assert shop.planted("shop.Base.add", "skips the effect", source)[0]["x"] == 14
    code = compile_block(shop.write("pass\n"))
    with planted(shop.stub("shop.pay", "skips the effect"), code):
        assert sys.modules["shop"].pay() == 3


def test_what_returns_nothing_still_does_its_work(shop: Shop) -> None:
    """The effect is there, the value is not."""
    source = "x = shop.Base().add()\ny = list(shop.log)\n"
    namespace, planting = shop.planted("shop.Base.add", "returns nothing", source)
    assert (namespace["x"], namespace["y"], planting.acted) == (None, ["add"], True)


def test_a_value_that_is_thrown_away_is_not_missed(shop: Shop) -> None:
    """Returning nothing is a difference only where the block looks."""
    source = "shop.pay()\nx = shop.both()\n"
    assert not shop.planted("shop.pay", "returns nothing", source)[1].acted


def test_what_returns_nothing_anyway_never_acts(shop: Shop) -> None:
    """A call that returns None, or raises, is the same with the stub."""
    source = (
        "with shop.Base():\n    pass\n"
        "try:\n    shop.Base.parse('x')\nexcept ValueError:\n    pass\n"
    )
    assert not shop.planted("shop.Base.__exit__", "returns nothing", source)[1].acted
    assert not shop.planted("shop.Base.parse", "returns nothing", source)[1].acted


def test_a_name_that_an_earlier_block_imported_is_replaced(shop: Shop) -> None:
    """Blocks of a group share their module."""
    code: Code = compile_block(shop.write("x = pay()\n"))
    namespace = ModuleType("__main__")
    vars(namespace)["pay"] = original = sys.modules["shop"].pay
    with planted(shop.stub("shop.pay", "skips the effect"), code, namespace):
        exec(code.module, namespace.__dict__)  # noqa: S102 -- the block of this test
    assert vars(namespace)["x"] is None
    assert vars(namespace)["pay"] is original


@pytest.mark.parametrize("name", ["shop.pay", "shop.Base", "shop.Base.parse", "shop.Basket.tax"])
def test_everything_is_put_back_even_after_an_error(shop: Shop, name: str) -> None:
    """Modules and classes hold again what they held, to the object."""
    stub = shop.stub(name, "skips the effect")
    before = [vars(place.holder)[place.attribute] for place in stub.target.places]
    with pytest.raises(ZeroDivisionError):
        shop.planted(name, "skips the effect", "1 / 0\n")
    after = [vars(place.holder)[place.attribute] for place in stub.target.places]
    assert all(one is other for one, other in zip(before, after, strict=True))
