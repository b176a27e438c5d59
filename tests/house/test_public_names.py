"""Every public name is documented, and what the documentation names exists."""

import ast
import builtins
import functools
import inspect
from collections.abc import Iterator
from pathlib import Path

import griffe
import pytest

import hozon
from hozon import errors

ROOT = Path(__file__).parents[2]


@functools.cache
def package() -> griffe.Module:
    """Read the sources of the package, without importing them."""
    loaded = griffe.load("hozon", search_paths=[ROOT / "src"], docstring_parser="google")
    assert isinstance(loaded, griffe.Module)
    return loaded


def members(scope: griffe.Object) -> Iterator[griffe.Object]:
    """Walk over everything that is defined in a scope, and below."""
    for member in scope.members.values():
        if isinstance(member, griffe.Object):
            yield member
            if isinstance(member, (griffe.Module, griffe.Class)):
                yield from members(member)


def is_public(member: griffe.Object) -> bool:
    """Tell whether no part of a path is private; Alembic's steps are no module of ours."""
    parts = member.path.removeprefix("hozon.catalog.migrations.versions").split(".")
    if len(parts[0]) == 0 or any(p.startswith("_") and not p.startswith("__") for p in parts):
        return False
    return parts[-1] not in {"__all__", "__slots__"}


def owes_docstring(member: griffe.Object) -> bool:
    """Leave out what has no room for one, or takes its meaning from elsewhere."""
    if isinstance(member, griffe.Function):
        return bool(member.lineno)  # Dataclasses have methods that nobody wrote.
    if not isinstance(member, griffe.Attribute):
        return True
    if member.name in {"impl", "cache_ok", "code"} or "TypeVar(" in str(member.value):
        return False  # SQLAlchemy's own; a code, which is explained once; no name for users.
    in_dataclass = isinstance(member.parent, griffe.Class) and "dataclass" in member.parent.labels
    return in_dataclass or "instance-attribute" not in member.labels


def test_griffe_finds_the_package() -> None:
    """The checks below look at hundreds of names, not at none."""
    assert sum(map(is_public, members(package()))) > 500


def test_every_public_name_has_a_docstring() -> None:
    """Modules, classes, functions, methods, attributes, fields, members of enumerations."""
    missing = [
        member.path
        for member in members(package())
        if is_public(member) and owes_docstring(member) and not member.docstring
    ]
    assert missing == []


def raised() -> Iterator[tuple[str, str]]:
    """Give each function with each exception that its docstring names."""
    for member in members(package()):
        for section in member.docstring.parsed if member.docstring else ():
            if isinstance(section, griffe.DocstringSectionRaises):
                yield from ((member.path, str(item.annotation)) for item in section.value)


def test_every_documented_exception_exists() -> None:
    """In our tree, among the published names, or in Python."""
    known = {*vars(errors), *hozon.__all__, *vars(builtins)}
    named = list(raised())
    assert len(named) > 100
    assert [(path, name) for path, name in named if name not in known] == []


@pytest.mark.parametrize("name", [name for name in hozon.__all__ if name != "__version__"])
def test_everything_exported_explains_itself(name: str) -> None:
    """Its own docstring, with a full stop."""
    documented = inspect.getdoc(getattr(hozon, name))
    assert documented
    assert documented.splitlines()[0].endswith(".")


def test_everything_imported_is_exported() -> None:
    """`hozon/__init__.py` imports nothing that users should not see."""
    tree = ast.parse((ROOT / "src" / "hozon" / "__init__.py").read_text("utf-8"))
    imported = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert set(hozon.__all__) == imported
