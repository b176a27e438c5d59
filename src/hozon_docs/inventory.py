"""Which names a package offers to its readers, and the code behind each.

Owns the answer to "what is public", by the modules that the configuration names, and the way from
a code object or a class of errors back to its public name. Refuses to run blocks and to judge: what
a run exercised is the business of `hozon_docs.coverage`, replacing a callable that of
`hozon_docs.stubs`.

A name is public where its module lists it in `__all__`, or, without such a list, where the module
itself defines it without a leading underscore. Fields, constants, enumerations and protocols are
not listed: nothing of theirs is called. Special methods are not listed either; those that a reader
writes as syntax exercise their class.

Invariants: each object has one name, the shortest public path to it; a code object is known by its
identity, for those of two files may be equal.
"""

import ast
import functools
import importlib
import inspect
import itertools
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from types import CodeType, FunctionType, MappingProxyType, MethodType, ModuleType
from typing import Any, Literal, TypeAlias

from hozon_docs.commands import CommandLine, read_commands
from hozon_docs.config import Config
from hozon_docs.findings import DocsError
from hozon_docs.trace import Call

Kind: TypeAlias = Literal["class", "command", "error", "function", "method", "property"]
"""What a public name stands for."""
Role: TypeAlias = Literal["call", "construct", "get", "set", "delete"]
"""How code reaches a callable: a property has up to three, each with its own function."""

_CONSTRUCTORS = frozenset({"__init__", "__new__"})
_SYNTAX = frozenset(
    f"__{name}__"
    for name in (
        *("call", "enter", "exit", "aenter", "aexit", "await"),
        *("iter", "next", "aiter", "anext", "len", "contains", "getitem", "setitem", "delitem"),
        *("eq", "ne", "lt", "le", "gt", "ge", "and", "or", "xor", "invert", "neg", "pos"),
        *("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift"),
    )
)
"""The special methods that a reader writes as syntax or by a function such as `len`."""


@dataclass(frozen=True, slots=True)
class Name:
    """One public name."""

    name: str
    """The shortest public path: `shop.Basket.add`; for a command the words: `shop pay`."""
    kind: Kind
    """What it stands for."""
    path: Path
    """The file that defines it."""
    line: int
    """Its first line there, decorators included; 1 where that is not known."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where code finds a callable."""

    holder: ModuleType | type
    """A module or a class."""
    attribute: str
    """Its attribute there."""


@dataclass(frozen=True, slots=True)
class Target:
    """One function of the package that a block may reach by a public name."""

    name: str
    """What is called: `shop.Basket.add`, `shop.Basket.__exit__`; for a constructor the class."""
    role: Role
    """How."""
    exercises: frozenset[str]
    """The public names that a call of it exercises."""
    places: tuple[Place, ...]
    """Everywhere it has to be replaced."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """The public names of the documented packages."""

    names: tuple[Name, ...]
    """The names, in order."""
    command_line: CommandLine = field(default_factory=CommandLine, repr=False)
    """The commands, which are among the names."""
    targets: Mapping[int, Target] = field(default_factory=dict, repr=False)
    """What can be called, by the identity of its code; the packages keep the codes alive."""
    classes: Mapping[type, str] = field(default_factory=dict, repr=False)
    """The public classes, each with its name."""
    errors: Mapping[type[BaseException], str] = field(default_factory=dict, repr=False)
    """The public classes of errors, each with its name."""
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    """Errors that are never raised themselves, each with the public errors below it."""

    def target_of(self, code: CodeType) -> Target | None:
        """Find what a code object is to a reader.

        Args:
            code: The code of a function that was called.

        Returns:
            The callable; None where it is not public.
        """
        return self.targets.get(id(code))

    def name_of(self, code: CodeType) -> str | None:
        """Name the callable that a code object belongs to.

        Args:
            code: The code of a function that was called.

        Returns:
            Its name; the class for a constructor and for syntax; None where it is not public.
        """
        target = self.target_of(code)
        if target is None:
            return None
        return target.name if target.name in target.exercises else min(target.exercises)

    def exercised_by(self, call: Call) -> frozenset[str]:
        """Name everything that a call exercises.

        Args:
            call: A call that a block made.

        Returns:
            The callable, and the classes of what it was called on, also where they inherit it.
        """
        target = self.target_of(call.code)
        if target is None:
            return frozenset()
        holders = {place.holder for place in target.places}
        receivers = {
            self.classes[kind]
            for kind in call.receivers & self.classes.keys()
            if not holders.isdisjoint(kind.__mro__)
        }
        return target.exercises | receivers

    def error_name(self, kind: type[BaseException]) -> str | None:
        """Name a class of errors.

        Args:
            kind: The class of what was raised.

        Returns:
            Its name; None where exactly this class is not public.
        """
        return self.errors.get(kind)


def read_inventory(config: Config) -> Inventory:
    """Read the public names of the documented packages; imports them.

    Args:
        config: Which modules, and which command line.

    Returns:
        The names and the code behind them.

    Raises:
        DocsError: A module cannot be imported, or lacks what its `__all__` or the configuration
            names; the message tells which one to correct.
    """
    modules = [_imported(name, key="api") for name in config.api]
    reader = _Reader(frozenset(name.partition(".")[0] for name in config.api))
    for module in modules:
        reader.read_module(module)
    reader.read_members()
    command_line = read_commands(config)
    names = [
        *map(_described, reader.listed()),
        *(
            Name(command.name, "command", *_written_at(command.callback))
            for command in command_line.commands
        ),
    ]
    return Inventory(
        names=tuple(sorted(names, key=lambda one: one.name)),
        command_line=command_line,
        targets=MappingProxyType(reader.targets()),
        classes=MappingProxyType(dict(reader.classes())),
        errors=MappingProxyType(dict(reader.errors())),
        groups=MappingProxyType(dict(_groups(reader, made=_made_names(config)))),
    )


def _imported(name: str, *, key: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except Exception as error:
        raise DocsError(
            f"pyproject.toml: [tool.hozon_docs] {key} names the module {name!r}, which cannot be "
            f"imported ({type(error).__name__}: {error}); correct the name, or install it."
        ) from error


@dataclass(slots=True)
class _Found:
    """An object that some public path leads to."""

    value: Any
    kind: Kind
    paths: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    owners: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        """Give the shortest of its paths."""
        return min(self.paths, key=lambda path: (path.count("."), len(path), path))


class _Reader:
    """Collects public objects, and gives each its one name."""

    def __init__(self, roots: frozenset[str]) -> None:
        """Begin empty; a module is ours where its first word is one of the roots."""
        self._roots = roots
        self._found: dict[int, _Found] = {}
        self._syntax: dict[int, _Found] = {}

    def read_module(self, module: ModuleType) -> None:
        """Find the public functions and classes of a module."""
        for attribute in _public_names(module):
            value = getattr(module, attribute)
            kind = _kind_of(value)
            if kind is not None:
                found = self._found.setdefault(id(value), _Found(value, kind))
                found.paths.append(f"{module.__name__}.{attribute}")

    def read_members(self) -> None:
        """Find the members of the classes that were found, and of the classes in those."""
        waiting = [found for found in self._found.values() if isinstance(found.value, type)]
        known = {id(found.value) for found in waiting}
        for found in waiting:  # Grows while classes are found in classes.
            for nested in self._read_class(found):
                if id(nested.value) not in known:
                    known.add(id(nested.value))
                    waiting.append(nested)
        self._find_places()

    def _read_class(self, found: _Found) -> Iterator[_Found]:
        """Register the members of one class; give the classes among them."""
        for base in found.value.__mro__:
            if not self._is_ours(base.__module__):
                continue
            owner = self._found.get(id(base), found)
            for attribute, value in vars(base).items():
                if inspect.getattr_static(found.value, attribute) is not value:
                    continue  # Overridden: readers of this class never reach it.
                kind = _member_kind(attribute, value)
                public = not attribute.startswith("_")
                # The constructor of an error says nothing: an error is there to be raised.
                if kind is None or not (public or owner.kind == "class"):
                    continue
                register = self._found if public else self._syntax
                member = register.setdefault(id(value), _Found(value, kind))
                member.paths.append(f"{owner.name}.{attribute}")
                member.owners.add(owner.name)
                place = Place(base, attribute)
                if place not in member.places:
                    member.places.append(place)
                if isinstance(value, type):
                    yield member

    def _find_places(self) -> None:
        """Find every loaded module of ours that holds one of the functions."""
        functions = {key: one for key, one in self._found.items() if one.kind == "function"}
        for name, module in list(sys.modules.items()):
            if self._is_ours(name) and isinstance(module, ModuleType):
                for attribute, value in list(vars(module).items()):
                    if id(value) in functions:
                        functions[id(value)].places.append(Place(module, attribute))

    def _is_ours(self, module: str) -> bool:
        return module.partition(".")[0] in self._roots

    def listed(self) -> Iterator[_Found]:
        """Give what has a public name."""
        called = {owner for one in self._callables() for owner in one.owners}
        for found in self._found.values():
            # A class in which nothing can be called is a constant.
            if found.kind != "class" or found.name in called:
                yield found

    def classes(self) -> Iterator[tuple[type, str]]:
        """Give the public classes that are no errors."""
        for found in self._found.values():
            if found.kind == "class":
                yield found.value, found.name

    def errors(self) -> Iterator[tuple[type[BaseException], str]]:
        """Give the public classes of errors."""
        for found in self._found.values():
            if found.kind == "error":
                yield found.value, found.name

    def targets(self) -> dict[int, Target]:
        """Give everything that can be called, by the identity of its code."""
        classes = frozenset(one.name for one in self._found.values() if one.kind == "class")
        layers = [
            (function, inner, _target(found, role, classes=classes))
            for found in self._callables()
            for role, function, inner in _functions(found.value)
        ]
        shared = Counter(id(function.__code__) for function, _, _ in layers)
        targets: dict[int, Target] = {}
        for function, inner, target in layers:
            key = id(function.__code__)
            if inner:
                targets[key] = _merged(targets[key], target) if key in targets else target
            # What a decorator puts around several functions does not tell which one was called.
            elif shared[key] == 1 and self._is_written_here(function):
                targets[key] = target
        return targets

    def _is_written_here(self, function: FunctionType) -> bool:
        return self._is_ours(str(function.__globals__.get("__name__", "")))

    def _callables(self) -> Iterator[_Found]:
        for found in itertools.chain(self._found.values(), self._syntax.values()):
            if found.kind in {"function", "method", "property"}:
                yield found


def _target(found: _Found, role: Role, *, classes: frozenset[str]) -> Target:
    owner, _, attribute = found.name.rpartition(".")
    built = attribute in _CONSTRUCTORS
    names = {owner} & classes if found.owners else set()
    if not attribute.startswith("__"):
        names.add(found.name)
    return Target(
        name=owner if built else found.name,
        role="construct" if built else role,
        exercises=frozenset(names),
        places=tuple(found.places),
    )


def _merged(one: Target, other: Target) -> Target:
    """Put two names of one function together: nobody can tell which of them was called."""
    alike = one.role == other.role
    return replace(
        one,
        exercises=one.exercises | other.exercises,
        places=one.places + (other.places if alike else ()),
    )


def _public_names(module: ModuleType) -> list[str]:
    """List the public attributes of a module."""
    listed = getattr(module, "__all__", None)
    if listed is not None:
        for attribute in listed:
            if not hasattr(module, attribute):
                raise DocsError(
                    f"{module.__name__}.__all__ names {attribute!r}, which the module does not "
                    "have; correct the list."
                )
        return list(listed)
    return [
        attribute
        for attribute, value in vars(module).items()
        if not attribute.startswith("_") and getattr(value, "__module__", "") == module.__name__
    ]


def _kind_of(value: object) -> Kind | None:
    """Tell what an attribute of a module is to a reader; None for a constant."""
    if isinstance(value, type):
        if issubclass(value, BaseException):
            return "error"
        silent = issubclass(value, Enum) or getattr(value, "_is_protocol", False)
        return None if silent else "class"
    return "function" if any(_functions(value)) else None


def _member_kind(attribute: str, value: object) -> Kind | None:
    """Tell what an attribute of a class is to a reader; None for what is not called."""
    if attribute.startswith("_") and attribute not in _SYNTAX | _CONSTRUCTORS:
        return None
    kind = _kind_of(value)
    if kind != "function":
        return kind
    return "property" if isinstance(value, property | functools.cached_property) else "method"


def _functions(value: Any) -> Iterator[tuple[Role, FunctionType, bool]]:  # noqa: ANN401 -- any attribute is asked
    """Give the functions behind an attribute, and whether each is the innermost one."""
    if isinstance(value, property):
        for role, function in (("get", value.fget), ("set", value.fset), ("delete", value.fdel)):
            for _, layer, inner in _functions(function):
                yield role, layer, inner  # type: ignore[misc]  # The literals above are roles.
    elif isinstance(value, functools.cached_property):
        for _, layer, inner in _functions(value.func):
            yield "get", layer, inner
    elif isinstance(value, FunctionType):
        below = list(_functions(getattr(value, "__wrapped__", None)))
        yield "call", value, not below
        yield from below
    elif (inside := _inside(value)) is not None:
        yield from _functions(inside)


def _inside(value: Any) -> object:  # noqa: ANN401 -- any attribute is asked
    """Give what a wrapper of the standard library wraps; None for anything else."""
    if isinstance(value, staticmethod | classmethod | MethodType):
        return value.__func__
    if isinstance(
        value, functools.partial | functools.partialmethod | functools.singledispatchmethod
    ):
        return value.func
    return getattr(value, "__wrapped__", None) if hasattr(value, "cache_info") else None


def _described(found: _Found) -> Name:
    return Name(found.name, found.kind, *_written_at(found.value))


def _written_at(value: Any) -> tuple[Path, int]:  # noqa: ANN401 -- any attribute is asked
    """Give the file and the line of a class or a function."""
    for _, function, inner in [] if isinstance(value, type) else _functions(value):
        if inner:
            return Path(function.__code__.co_filename), function.__code__.co_firstlineno
    module = str(getattr(value, "__module__", ""))
    path = Path(getattr(sys.modules.get(module), "__file__", None) or module)
    return path, _class_lines(path).get(getattr(value, "__qualname__", ""), 1)


@functools.cache
def _class_lines(path: Path) -> Mapping[str, int]:
    """Map each class of a file to its line."""
    return dict(_classes(_parsed(path), prefix=""))


def _classes(node: ast.AST, *, prefix: str) -> Iterator[tuple[str, int]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield f"{prefix}{child.name}", child.lineno
            yield from _classes(child, prefix=f"{prefix}{child.name}.")


@functools.cache
def _parsed(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_bytes())
    except (OSError, SyntaxError):
        return ast.Module([], [])  # Compiled, or made while the program runs.


def _made_names(config: Config) -> frozenset[str]:
    """List what the packages call or raise by its name: the classes that they make."""
    paths = (path for folder in config.packages for path in folder.rglob("*.py"))
    return frozenset(
        name
        for path in paths
        for node in ast.walk(_parsed(path))
        for made in (getattr(node, "func", None), getattr(node, "exc", None))
        if (name := getattr(made, "attr", None) or getattr(made, "id", None))
    )


def _groups(reader: _Reader, *, made: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Give the errors that have others below them and are never made themselves."""
    errors = dict(reader.errors())
    for kind, name in errors.items():
        below = {
            other for one, other in errors.items() if one is not kind and issubclass(one, kind)
        }
        if below and kind.__name__ not in made:
            yield name, frozenset(below)
