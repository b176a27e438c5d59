"""The public names of this project, as the tools find them and as the reference shows them."""

import functools
from enum import Enum
from pkgutil import resolve_name

import pytest

from hozon_docs.config import Config
from hozon_docs.inventory import Inventory, read_inventory
from hozon_docs.reference import collect_docstrings


@pytest.fixture(scope="module")
def inventory(docs_config: Config) -> Inventory:
    """Give the public names of this project."""
    return read_inventory(docs_config)


def _place(value: object) -> str:
    """Give the path at which an object is defined."""
    if isinstance(value, property):
        value = value.fget
    elif isinstance(value, functools.cached_property):
        value = value.func
    return f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', '')}"


@pytest.fixture(scope="module")
def places(inventory: Inventory) -> dict[str, str]:
    """Map the place of each definition to its public name; commands are no objects of the API."""
    names = [one.name for one in inventory.names if one.kind != "command"]
    return {_place(resolve_name(name)): name for name in names}


def test_each_name_leads_to_one_object(inventory: Inventory, places: dict[str, str]) -> None:
    """A reader can write the name as it is, and no two names mean the same."""
    commands = [one for one in inventory.names if one.kind == "command"]
    assert len(places) + len(commands) == len(inventory.names)


def test_the_reference_shows_every_name(docs_config: Config, places: dict[str, str]) -> None:
    """What a block has to exercise is what a reader can look up."""
    shown = {original.path for original in collect_docstrings(docs_config)}
    assert sorted(name for place, name in places.items() if place not in shown) == []


def test_every_callable_of_the_reference_is_a_name(
    docs_config: Config, places: dict[str, str]
) -> None:
    """Nothing that a reader can look up and call is left without an example."""
    shown = [original.path for original in collect_docstrings(docs_config)]
    assert [path for path in shown if _is_callable(path) and path not in places] == []


def test_the_commands_are_those_of_the_program(inventory: Inventory) -> None:
    """The command line is known by the name of the installed script."""
    assert inventory.command_line.program == ("hozon",)
    assert sorted(one.name for one in inventory.command_line.commands) == [
        "hozon agent",
        "hozon artifact alias add",
        "hozon artifact alias remove",
        "hozon artifact delete",
        "hozon artifact get",
        "hozon artifact ls",
        "hozon artifact put",
        "hozon artifact restore",
        "hozon artifact show",
        "hozon audit",
        "hozon cache cleanup",
        "hozon cache info",
        "hozon completion",
        "hozon demo",
        "hozon du",
        "hozon gc erase",
        "hozon gc explain",
        "hozon gc recover",
        "hozon gc run",
        "hozon gc status",
        "hozon gc watch",
        "hozon lineage",
        "hozon migrate",
        "hozon plan delete",
        "hozon plan execute",
        "hozon plan show",
        "hozon project protect",
        "hozon project protected",
        "hozon project set-visibility",
        "hozon project show",
        "hozon project unprotect",
        "hozon run ls",
        "hozon run show",
        "hozon status",
        "hozon sweep cancel",
        "hozon sweep create",
        "hozon sweep ls",
        "hozon sweep pause",
        "hozon sweep resume",
        "hozon sweep show",
        "hozon sweep stop",
        "hozon team add",
        "hozon team ls",
        "hozon team remove",
        "hozon ttl expire",
        "hozon ttl ls",
        "hozon ttl set",
        "hozon ttl show",
    ]


def _is_callable(path: str) -> bool:
    """Tell whether a path leads to a class, a function or a property that a reader would use.

    Special methods are used by operators, and nobody calls an enumeration.
    """
    try:
        value = resolve_name(path)
    except AttributeError:
        return False  # An attribute that is only declared.
    special = path.rpartition(".")[2].startswith("__")
    if special or (isinstance(value, type) and issubclass(value, Enum)):
        return False
    return callable(value) or isinstance(value, property)
