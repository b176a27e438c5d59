"""Which statements of a block a run reached."""

import contextlib
import sys
from textwrap import indent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unit.hozon_docs.tracing import FENCE, traced, unreached

IDLE = {
    "if": ("if not []:\n    x = 1\nif []:\n    x = 2\n", [4]),
    "if False": ("if False:\n    x = 1\n", [2]),
    "else": ("if True:\n    x = 1\nelse:\n    x = 2\n", [4]),
    "elif": ("if True:\n    x = 1\nelif []:\n    x = 2\n", [3]),
    "except": ("try:\n    x = 1\nexcept ValueError:\n    x = 2\n", [4]),
    "except group": ("try:\n    x = 1\nexcept* ValueError:\n    x = 2\n", [4]),
    "else of try": ("try:\n    1 / 0\nexcept ArithmeticError:\n    x = 1\nelse:\n    x = 2\n", [6]),
    "after the error in a try": ("try:\n    1 / 0\n    x = 1\nexcept ArithmeticError: ...\n", [3]),
    "for": ("for x in []:\n    y = 1\n", [2]),
    "else of for": ("for x in [1]:\n    break\nelse:\n    x = 2\n", [4]),
    "while": ("while []:\n    x = 1\n", [2]),
    "else of while": ("while True:\n    break\nelse:\n    x = 2\n", [4]),
    "after break": ("for x in [1]:\n    break\n    x = 2\n", [3]),
    "after continue": ("for x in [1]:\n    continue\n    x = 2\n", [3]),
    "with": ("with 1:\n    x = 1\n", [2]),
    "case": ("match 2:\n    case 1:\n        x = 1\n    case _:\n        x = 2\n", [3]),
    "function": ("def f():\n    return 1\n", [2]),
    "after return": ("def f():\n    return 1\n    x = 2\nf()\n", [3]),
    "method": ("class A:\n    def m(self):\n        return 1\n", [3]),
    "coroutine": ("async def f():\n    return 1\n", [2]),
    "generator": ("def f():\n    yield 1\nf()\n", [2]),
    "half a generator": ("def f():\n    yield 1\n    yield 2\nnext(f())\n", [3]),
    "inner function": ("def f():\n    def g():\n        return 1\nf()\n", [3]),
    "finally": ("try:\n    x = 1\nfinally:\n    if []:\n        x = 2\n", [5]),
    "pass": ("def f():\n    pass\n", [2]),
    "several lines": ("if []:\n    x = (\n        1\n    )\n", [2]),
    "a nest is one": ("if []:\n    for x in []:\n        y = 1\n    z = 2\n", [2, 4]),
    "decorated": ("if []:\n    @staticmethod\n    def f(): ...\n", [3]),
    "after the end": ("raise ValueError\nx = 1\n", [2]),
}


@pytest.mark.parametrize(("source", "lines"), IDLE.values(), ids=IDLE)
def test_a_statement_that_never_ran_is_listed(source: str, lines: list[int]) -> None:
    """Each is named by its first line; of a nest of them, the outermost is."""
    assert unreached(source) == lines


BUSY = {
    "if": """
        if []:
            ...
        elif [1]:
            x = 1
        if not []: x = 2
    """,
    "constant": """
        if True:
            x = 1
        while 1:
            break
        assert True
    """,
    "for": """
        for x in range(2):
            if x:
                continue
            y = 1
        else:
            z = 1
    """,
    "while": """
        x = 0
        while x < 2:
            x += 1
        else:
            pass
    """,
    "try": """
        try:
            1 / 0
        except (
            ArithmeticError
        ) as error:
            error
        finally:
            pass
        try:
            x = 1
        finally:
            x = 2
    """,
    "try else": """
        for x in 0, 1:
            try:
                1 / x
            except ArithmeticError:
                pass
            else:
                y = 1
            finally:
                z = 1
    """,
    "try star": """
        try:
            raise ExceptionGroup("all", [ValueError()])
        except* ValueError:
            x = 1
    """,
    "with": """
        from contextlib import nullcontext
        with (
            nullcontext(1) as a,
            nullcontext(2) as b,
        ):
            pass
        with nullcontext(): x = 1
    """,
    "match": """
        def f(value):
            match value:
                case 1:
                    return 1
                case [x, *_] if x:
                    return 2
                case _:
                    return 3
        f(1), f([1]), f(2)
    """,
    "function": '''
        def f(
            a=1,
            b=2,
        ):
            """Say what it does."""
            global g
            g = 1
            x: int
            def inner():
                nonlocal x
                x = a
                return (
                    x
                )
            return inner()
        f()
    ''',
    "try with return": """
        def f():
            for x in range(3):
                try:
                    if x == 1:
                        return x
                finally:
                    y = 1
        f()
    """,
    "class": '''
        """Say what the block does."""
        class A:
            """Say what it is."""
            x: int
            y: int = 1
            @property
            def z(self):
                return 1
            @staticmethod
            def nothing(): ...
        A().z
    ''',
    "decorated": """
        import functools
        @functools.cache
        @functools.wraps(
            print
        )
        def f():
            return 1
        f()
    """,
    "generator": """
        def f():
            yield 1
            yield from [
                2
            ]
        list(f())
    """,
    "coroutine": """
        async def numbers():
            yield 1
        async def f():
            async for x in numbers():
                pass
            return [
                y
                async for y in numbers()
            ]
        try:
            f().send(None)
        except StopIteration:
            pass
    """,
    "expressions": '''
        x = [
            i
            for i in range(3)
            if i
        ]
        f = lambda: (
            1
        )
        text = """
        several lines
        """
        f(
            *x,
            text
            if x else
            1,
        ) if [] else f()
        del x; pass
        ...
    ''',
    "annotations": """
        from __future__ import annotations
        x: Unknown
        class A:
            y: Unknown
        def f(z: Unknown) -> Unknown:
            return z
        f(1)
    """,
    "raise": """
        x = 1
        raise ValueError(
            x
        )
    """,
}


@pytest.mark.parametrize("source", BUSY.values(), ids=BUSY)
def test_code_that_ran_to_its_end_has_nothing_to_list(source: str) -> None:
    """No shape of a statement gives a false alarm."""
    assert unreached(source) == []


HEADS = (
    "if True:\n{}",
    "if []:\n    ...\nelse:\n{}",
    "for _ in range(2):\n{}",
    "while True:\n{}\n    break",
    "try:\n{}\nfinally:\n    hit()",
    "try:\n    1 / 0\nexcept ArithmeticError:\n{}",
    "with nullcontext():\n{}",
    "match 1:\n    case 1:\n        hit()\nif 1 == 1:\n{}",
    "def f():\n{}\nf()",
    "class A:\n{}",
    "def f():\n    def g():\n        yield hit()\n    list(g())\n{}\nf()",
)
"""Statements that enter their bodies."""
IDLE_HEAD = "if not hit:\n{}"
"""A statement that does not."""


def _programs() -> st.SearchStrategy[str]:
    def nested(bodies: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        heads = st.sampled_from((*HEADS, IDLE_HEAD))
        wrapped = st.builds(lambda head, body: head.format(indent(body, "    ")), heads, bodies)
        return st.lists(wrapped, min_size=1, max_size=3).map("\n".join)

    return st.recursive(st.sampled_from(["hit()", "hit()\nx = (\n    2\n)\nhit()"]), nested)


@settings(max_examples=100, deadline=None)
@given(program=_programs())
def test_any_nest_of_statements_is_judged_alike(program: str) -> None:
    """Something is listed where a statement was missed, and only there, however deep it stands."""
    lines: set[int] = set()
    trace = traced(
        f"{program}\n", nullcontext=contextlib.nullcontext, hit=lambda: lines.add(_line())
    )
    everywhere = {
        number for number, line in enumerate(program.split("\n"), FENCE + 1) if "hit()" in line
    }
    found = trace.unreached()
    assert bool(found) == (lines != everywhere)
    assert lines.isdisjoint(found)


def _line() -> int:
    """Give the line of the caller's caller."""
    return sys._getframe(2).f_lineno  # noqa: SLF001 -- the frame says it without any trace
