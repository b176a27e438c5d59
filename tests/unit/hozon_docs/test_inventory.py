"""What is public, and which code belongs to which name."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType

import pytest

from hozon_docs.findings import DocsError
from hozon_docs.inventory import Inventory, read_inventory
from unit.hozon_docs.small_packages import write_package

Read = Callable[..., Inventory]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Give a function that writes the package `shop` and reads its inventory."""

    def write_and_read(
        text: str = "", table: str = "", files: dict[str, str] | None = None
    ) -> Inventory:
        everything = {"__init__.py": text, **(files or {})}
        return read_inventory(write_package(tmp_path, monkeypatch, everything, table))

    return write_and_read


def _kinds(inventory: Inventory) -> dict[str, str]:
    return {one.name: one.kind for one in inventory.names}


def _code(path: str) -> CodeType:
    """Give the code of a function in the package, by its path there."""
    value: object = sys.modules["shop"]
    for attribute in path.split("."):
        value = getattr(value, attribute)
    code = getattr(value, "__code__", None)
    assert isinstance(code, CodeType)
    return code


CLASS = """
import functools

class Basket:
    size = 3
    def __init__(self): pass
    def __len__(self): return 0
    def __repr__(self): return "basket"
    def add(self, thing): return thing
    def _check(self): pass
    @property
    def total(self): return 1
    @functools.cached_property
    def tax(self): return 2
    @classmethod
    def empty(cls): return cls()
    @staticmethod
    def parse(text): return text
    class Line:
        def price(self): return 1
"""


def test_members_of_a_class_are_listed_with_their_kinds(read: Read) -> None:
    """Methods of any sort and properties are names; constants, private and special ones are not."""
    assert _kinds(read(CLASS)) == {
        "shop.Basket": "class",
        "shop.Basket.Line": "class",
        "shop.Basket.Line.price": "method",
        "shop.Basket.add": "method",
        "shop.Basket.empty": "method",
        "shop.Basket.parse": "method",
        "shop.Basket.tax": "property",
        "shop.Basket.total": "property",
    }


def test_a_list_decides_what_is_public(read: Read) -> None:
    """What `__all__` names is public, wherever it is defined; what it leaves out is not."""
    inventory = read(
        '__all__ = ["pay"]\nfrom shop.parts import pay\ndef refund(): pass\n',
        files={"parts.py": "def pay(): pass\n"},
    )
    assert _kinds(inventory) == {"shop.pay": "function"}


def test_without_a_list_only_what_a_module_defines_is_public(read: Read) -> None:
    """An import and a leading underscore hide a name."""
    text = (
        "from shop.parts import pay\nfrom json import loads\ndef refund(): pass\ndef _x(): pass\n"
    )
    inventory = read(text, files={"parts.py": "def pay(): pass\n"})
    assert _kinds(inventory) == {"shop.refund": "function"}


def test_an_object_has_its_shortest_public_path(read: Read) -> None:
    """What two modules offer is one name."""
    inventory = read(
        '__all__ = ["pay"]\nfrom shop.parts import pay\n',
        'api = ["shop.parts", "shop"]\n',
        {"parts.py": "def pay(): pass\ndef refund(): pass\n"},
    )
    assert _kinds(inventory) == {"shop.parts.refund": "function", "shop.pay": "function"}


def test_an_inherited_member_is_counted_once(read: Read) -> None:
    """It stands under the class that defines it, or under the subclass if that class is private."""
    inventory = read(
        "class Base:\n    def run(self): pass\n    def stop(self): pass\n"
        "class _Hidden:\n    def log(self): pass\n"
        "class Job(Base, _Hidden, dict):\n    def stop(self): pass\n"
    )
    methods = [name for name, kind in _kinds(inventory).items() if kind == "method"]
    assert methods == ["shop.Base.run", "shop.Base.stop", "shop.Job.log", "shop.Job.stop"]


def test_two_names_of_one_function_are_one(read: Read) -> None:
    """An alias in a class counts once, and is replaced in both places."""
    inventory = read("class A:\n    def add(self): pass\n    append = add\n")
    target = inventory.target_of(_code("A.add"))
    assert target is not None
    assert (target.name, {place.attribute for place in target.places}) == (
        "shop.A.add",
        {"add", "append"},
    )


def test_a_method_offered_as_a_function_has_both_names(read: Read) -> None:
    """Nobody can tell which of the two was called, so a call exercises both."""
    inventory = read("class App:\n    def run(self): pass\nrun = App().run\n")
    target = inventory.target_of(_code("App.run"))
    assert target is not None
    assert target.exercises == {"shop.run", "shop.App.run", "shop.App"}
    assert {place.attribute for place in target.places} == {"run"}


def test_what_wraps_a_class_is_a_function(read: Read) -> None:
    """Below it there is no function that would have the name instead."""
    text = "import functools\n@functools.wraps(dict)\ndef make(): return {}\n__all__ = ['make']\n"
    inventory = read(text)
    assert inventory.name_of(_code("make")) == "shop.make"


def test_what_cannot_be_called_is_not_listed(read: Read) -> None:
    """Constants, enumerations, protocols, types and classes without a function are values."""
    inventory = read(
        "import enum, typing\n"
        "LIMIT = 3\nText = typing.Callable[[], None]\nId = typing.NewType('Id', str)\n"
        "class Color(enum.Enum):\n    RED = 1\n"
        "class Reader(typing.Protocol):\n    def read(self): ...\n"
        "class Marker: pass\n"
    )
    assert inventory.names == ()


def test_a_class_that_a_decorator_fills_is_listed(read: Read) -> None:
    """The constructor that `dataclass` writes is one like any other; fields are no names."""
    text = (
        "import dataclasses\n@dataclasses.dataclass(slots=True)\nclass Item:\n    size: int = 1\n"
    )
    inventory = read(text)
    assert _kinds(inventory) == {"shop.Item": "class"}
    assert inventory.name_of(_code("Item.__init__")) == "shop.Item"


def test_errors_are_a_kind_of_their_own(read: Read) -> None:
    """Each class of errors is a name, found again by exactly its class."""
    inventory = read("class ShopError(Exception): pass\nclass _Own(ShopError): pass\n")
    shop = sys.modules["shop"]
    assert _kinds(inventory) == {"shop.ShopError": "error"}
    assert inventory.error_name(shop.ShopError) == "shop.ShopError"
    assert inventory.error_name(shop._Own) is None  # noqa: SLF001 -- written above


def test_an_error_that_is_never_made_is_a_group(read: Read) -> None:
    """What is made somewhere in the package is no group, although it has errors below it."""
    inventory = read(
        "class ShopError(Exception): pass\nclass PayError(ShopError): pass\n"
        "class CardError(PayError): pass\ndef pay(): raise PayError('no')\n"
    )
    assert inventory.groups == {"shop.ShopError": {"shop.PayError", "shop.CardError"}}


def test_a_name_tells_where_it_is_defined(read: Read) -> None:
    """File and line lead to the definition."""
    inventory = read("\nclass A:\n    @property\n    def size(self): return 1\n\ndef f(): pass\n")
    assert [(one.name, one.path.name, one.line) for one in inventory.names] == [
        ("shop.A", "__init__.py", 2),
        ("shop.A.size", "__init__.py", 3),
        ("shop.f", "__init__.py", 6),
    ]


WRAPPED = """
import contextlib, functools
__all__ = ["A", "close", "half", "logged", "opened", "pay", "rate", "refund"]

def logged(function):
    @functools.wraps(function)
    def outer(*args): return function(*args)
    return outer

def alone(function):
    @functools.wraps(function)
    def only(*args): return function(*args)
    return only

@logged
def pay(): pass

@logged
def refund(): pass

@alone
def close(): pass

@contextlib.contextmanager
def opened(): yield

@functools.lru_cache
def rate(): return 1

def _base(x): pass
half = functools.partial(_base, 2)

class A:
    @property
    def size(self): return 1
    @size.setter
    def size(self, value): pass
    def __enter__(self): return self
    def __exit__(self, *error): pass
"""


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("pay.__wrapped__", "shop.pay"),
        ("refund.__wrapped__", "shop.refund"),
        ("pay", None),
        ("opened", None),
        ("close", "shop.close"),
        ("opened.__wrapped__", "shop.opened"),
        ("rate.__wrapped__", "shop.rate"),
        ("half.func", "shop.half"),
        ("A.size.fget", "shop.A.size"),
        ("A.size.fset", "shop.A.size"),
        ("A.__enter__", "shop.A"),
        ("_base", "shop.half"),
        ("logged", "shop.logged"),
    ],
)
def test_code_is_named_through_what_is_wrapped_around_it(
    read: Read, path: str, name: str | None
) -> None:
    """The innermost function has the name; what wraps several functions tells nothing."""
    assert read(WRAPPED).name_of(_code(path)) == name


def test_equal_code_in_two_files_is_told_apart(read: Read) -> None:
    """Two functions with the same line and text are two names."""
    text = "class {}:\n    def size(self): return 1\n"
    inventory = read(
        "",
        'api = ["shop.a", "shop.b"]\n',
        {"a.py": text.format("A"), "b.py": text.format("B")},
    )
    codes = [sys.modules["shop.a"].A.size.__code__, sys.modules["shop.b"].B.size.__code__]
    assert codes[0] == codes[1]
    assert [inventory.name_of(code) for code in codes] == ["shop.a.A.size", "shop.b.B.size"]


def test_a_function_is_known_in_every_module_that_holds_it(read: Read) -> None:
    """Replacing it means replacing it in each of them."""
    inventory = read(
        "from shop.parts import pay as settle\nfrom shop.parts import pay\n__all__ = ['pay']\n",
        files={"parts.py": "def pay(): pass\n"},
    )
    target = inventory.target_of(_code("pay"))
    assert target is not None
    places = sorted(f"{place.holder.__name__}.{place.attribute}" for place in target.places)
    assert places == ["shop.parts.pay", "shop.pay", "shop.settle"]


@pytest.mark.parametrize(
    ("text", "table", "message"),
    [
        ("", 'api = ["shop.none"]\n', "names the module 'shop.none', which cannot be imported"),
        ("1 / 0\n", "", "ZeroDivisionError"),
        ("__all__ = ['lost']\n", "", "shop.__all__ names 'lost'"),
    ],
    ids=["no module", "fails", "lost name"],
)
def test_what_cannot_be_read_is_named(read: Read, text: str, table: str, message: str) -> None:
    """The message names the module and the next step."""
    with pytest.raises(DocsError, match=message):
        read(text, table)
