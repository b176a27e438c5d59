"""Stubs: public callables that do less than they promise, for one block alone.

Owns which stubs a block is tried against, and the planting of one. Refuses to run the block and to
judge: `hozon_docs.mutants` does.

A stub acts where the block's own code calls; whoever else calls reaches the original, so that the
package, the world and the project's statement work as ever. Two kinds there are: one skips the
effect (it does nothing and returns None), one returns nothing (it does its work and returns None).
A constructor that skips the effect leaves the object empty; a property that does so is None. A
class of errors is never stubbed.

Invariants: after `planted`, everything is in its place again, whatever was raised; a stub knows
whether it ever acted, for one that did not is no mutant.
"""

import contextlib
import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import FrameType, ModuleType
from typing import Any, Literal, TypeAlias

from hozon_docs.inventory import Inventory, Place, Target
from hozon_docs.runner import Run
from hozon_docs.trace import Code, asker, uses_value

StubKind: TypeAlias = Literal["returns nothing", "skips the effect"]
"""What a stub leaves out."""


@dataclass(frozen=True, slots=True)
class Stub:
    """One public callable, and what is left out of it."""

    target: Target
    """The callable."""
    kind: StubKind
    """What is left out."""

    @property
    def name(self) -> str:
        """Give the name of the callable, as results show it."""
        return self.target.name


@dataclass(slots=True)
class Planted:
    """A stub in its place."""

    stub: Stub
    """The stub."""
    code: Code
    """The block for which it acts."""
    acted: bool = field(default=False, init=False)
    """Whether it made a difference: something was skipped, or a value replaced by None."""

    def applies(self, frame: FrameType) -> bool:
        """Tell whether the stub answers a call instead of the callable.

        Args:
            frame: The frame that stands for the callable.

        Returns:
            Whether the block's own code asks for the call and, where only the value is left out,
            uses it.
        """
        caller = asker(frame, self.code)
        return caller is not None and (self.stub.kind == "skips the effect" or uses_value(caller))

    def answer(self, work: Callable[[], object]) -> None:
        """Do what the stub does instead of the call.

        Args:
            work: The call.
        """
        if self.stub.kind == "skips the effect":
            self.acted = True
            return
        value = work()
        self.acted = self.acted or value is not None
        if inspect.iscoroutine(value):
            value.close()  # Nobody will await it.


def stubs_for(run: Run, inventory: Inventory) -> tuple[Stub, ...]:
    """List the stubs that a block must notice.

    Args:
        run: What came of the block; it must have been watched.
        inventory: The public names.

    Returns:
        For each public callable that its own code called: one that skips the effect, and one that
        returns nothing where the block uses what it returns.
    """
    if run.trace is None:
        return ()
    used: dict[Target, bool] = {}
    for call in run.trace.called.values():
        target = inventory.target_of(call.code)
        if target is not None:
            used[target] = used.get(target, False) or call.used
    return tuple(
        Stub(target, kind)
        for target in sorted(used, key=lambda one: (one.name, one.role))
        for kind in _kinds(target, value_used=used[target])
    )


def _kinds(target: Target, *, value_used: bool) -> Iterator[StubKind]:
    yield "skips the effect"
    # An object that is made, a property and an assignment have no effect beside their value.
    if value_used and target.role == "call":
        yield "returns nothing"


@contextlib.contextmanager
def planted(stub: Stub, code: Code, namespace: ModuleType | None = None) -> Iterator[Planted]:
    """Put a stub in the place of a callable for as long as the block runs.

    Args:
        stub: The stub.
        code: The block for which it acts.
        namespace: The module in which the block runs: an earlier block of its group may have
            imported the callable there.

    Yields:
        The stub in its place, which tells afterwards whether it acted.

    Concurrency: Changes modules and classes of the process; one at a time.
    """
    planting = Planted(stub, code)
    with contextlib.ExitStack() as stack:
        for place in (*stub.target.places, *_copies(stub.target, namespace)):
            original = inspect.getattr_static(place.holder, place.attribute)
            stack.callback(_put, place, original)
            _put(place, _stand_in(planting, place, original))
        yield planting


def _copies(target: Target, namespace: ModuleType | None) -> Iterator[Place]:
    """Find the names that a function was given in the block's own module."""
    held = [
        getattr(place.holder, place.attribute)
        for place in target.places
        if isinstance(place.holder, ModuleType)
    ]
    for attribute, value in vars(namespace).items() if namespace else ():
        if any(value is one for one in held):
            yield Place(namespace, attribute)  # type: ignore[arg-type]  # It is there: it has items.


def _put(place: Place, value: object) -> None:
    if isinstance(place.holder, type):
        # Past a metaclass that forbids it.
        type.__setattr__(place.holder, place.attribute, value)
    else:
        setattr(place.holder, place.attribute, value)


def _stand_in(planting: Planted, place: Place, original: Any) -> object:  # noqa: ANN401 -- any attribute can be replaced
    if isinstance(place.holder, ModuleType):
        return _guarded(planting, original)
    if planting.stub.target.role in {"call", "construct"}:
        return _Method(planting, original)
    return _Property(planting, original)


def _guarded(planting: Planted, original: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function that asks who calls."""

    @functools.wraps(original, updated=())
    def stand_in(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 -- it takes what the original takes
        if not planting.applies(sys._getframe()):  # noqa: SLF001 -- who calls is what decides
            return original(*args, **kwargs)
        planting.answer(lambda: original(*args, **kwargs))
        return None

    return stand_in


class _Method:
    """Stands in a class for a method of any kind, static and special ones included."""

    def __init__(self, planting: Planted, original: Any) -> None:  # noqa: ANN401 -- a function or a descriptor
        self._planting = planting
        self._original = original

    def __get__(self, instance: object, owner: type) -> Callable[..., Any]:
        return _guarded(self._planting, self._original.__get__(instance, owner))


class _Property:
    """Stands in a class for a property of any kind."""

    def __init__(self, planting: Planted, original: Any) -> None:  # noqa: ANN401 -- a property or a cached one
        self._planting = planting
        self._original = original

    def __get__(self, instance: object, owner: type) -> object:
        if instance is None:
            return self._original.__get__(instance, owner)
        work = functools.partial(self._original.__get__, instance, owner)
        return self._do("get", work, sys._getframe())  # noqa: SLF001 -- who calls is what decides

    def __set__(self, instance: Any, value: object) -> None:  # noqa: ANN401 -- an object of any class
        if hasattr(type(self._original), "__set__"):
            work = functools.partial(self._original.__set__, instance, value)
        else:
            work = functools.partial(instance.__dict__.__setitem__, self._original.attrname, value)
        self._do("set", work, sys._getframe())  # noqa: SLF001 -- the same

    def __delete__(self, instance: Any) -> None:  # noqa: ANN401 -- the same
        if hasattr(type(self._original), "__delete__"):
            work = functools.partial(self._original.__delete__, instance)
        else:
            work = functools.partial(instance.__dict__.__delitem__, self._original.attrname)
        self._do("delete", work, sys._getframe())  # noqa: SLF001 -- the same

    def _do(self, role: str, work: Callable[[], object], frame: FrameType) -> object:
        if role == self._planting.stub.target.role and self._planting.applies(frame):
            self._planting.answer(work)
            return None
        return work()
