"""What a block reached and called, as its trace saw it."""

import contextlib
import functools
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent, indent
from types import CodeType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hozon_docs.markdown import Block, Page
from hozon_docs.trace import Trace, compile_block

FENCE = 10
"""The line of the opening fence: what a trace says is in lines of the page."""


def _block(source: str) -> Block:
    page = Page(language="en", name="guide", path=Path("guide.md").absolute())
    return Block(page=page, line=FENCE, title="a.py", options={}, source=dedent(source).lstrip())


def _traced(source: str, **names: object) -> Trace:
    """Run a block to its end, whatever it raises, and give its trace."""
    code = compile_block(_block(source))
    with Trace(code) as trace, contextlib.suppress(Exception):
        exec(code.module, {"__name__": "__main__", **names})  # noqa: S102 -- running code is the purpose
    return trace


def _called(trace: Trace) -> dict[CodeType, bool]:
    """Give what was called, and whether its value was used."""
    return {call.code: call.used for call in trace.called.values()}


def _unreached(source: str) -> list[int]:
    """List the lines of a block, counted from 1, whose statements were never executed."""
    return [line - FENCE for line in _traced(source).unreached()]


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
    assert _unreached(source) == lines


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
    assert _unreached(source) == []


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
    trace = _traced(
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


def test_the_calls_of_the_block_are_known_with_the_use_of_their_values() -> None:
    """A call whose value is thrown away is told from one whose value is used, if only once."""
    used, unused, once = (lambda: 1), (lambda: 2), (lambda: 3)
    trace = _traced(
        "x = used()\nunused()\nonce()\nif once():\n    once()\n",
        used=used,
        unused=unused,
        once=once,
    )
    assert _called(trace) == {used.__code__: True, unused.__code__: False, once.__code__: True}


def test_a_call_within_a_library_is_no_call_of_the_block() -> None:
    """Only what the block's own frames call is shown to a reader."""

    def inner() -> int:
        return 1

    def outer() -> int:
        return inner()

    assert set(_called(_traced("outer()\n", outer=outer))) == {outer.__code__}


def test_a_function_of_the_block_calls_for_the_block() -> None:
    """The block's functions are the block; entering one is no call of something else."""

    def outer() -> int:
        return 1

    trace = _traced("def f():\n    return outer()\nx = [f() for _ in range(2)]\n", outer=outer)
    assert _called(trace) == {outer.__code__: True}


@pytest.mark.parametrize(
    ("source", "uses"),
    [
        ("print(f(), end='')\n", True),
        ("assert f()\n", True),
        ("g = lambda: f()\ng()\n", True),
        ("with f(): pass\n", True),
        ("for x in f(): pass\n", True),
        ("f().close()\n", True),
        ("f();\n", False),
        ("_ = f()\n", True),
    ],
)
def test_what_becomes_of_a_value_is_told(source: str, *, uses: bool) -> None:
    """Whatever is done with a value uses it, and a bare call does not."""

    def f() -> int:
        return 1

    assert _called(_traced(source, f=f))[f.__code__] is uses


def test_equal_code_of_two_files_is_two_functions() -> None:
    """Code objects are equal where name, line and instructions are."""
    names: dict[str, dict[str, Any]] = {"a": {}, "b": {}}
    for name, namespace in names.items():
        exec(compile("def f(): return 1\n", f"{name}.py", "exec"), namespace)  # noqa: S102 -- two files with one text
    one, other = names["a"]["f"], names["b"]["f"]
    trace = _traced("one()\nother()\n", one=one, other=other)
    assert one.__code__ == other.__code__
    assert [call.code.co_filename for call in trace.called.values()] == ["a.py", "b.py"]


def test_a_decorator_passes_the_call_of_the_block_on() -> None:
    """What a block calls is the function, however many wrappers are around it."""

    def logged(function: Callable[..., Any]) -> Callable[..., Any]:
        def outer(*args: object, **kwargs: object) -> Any:  # noqa: ANN401 -- what the function returns
            return function(*args, **kwargs)

        return outer

    def pay() -> int:
        return inner()

    def inner() -> int:
        return 1

    called = _called(_traced("twice()\n", twice=logged(logged(pay))))
    assert pay.__code__ in called
    assert inner.__code__ not in called


def test_a_context_manager_of_contextlib_is_called_by_the_block() -> None:
    """The generator is what a reader knows, not the machinery around it."""

    @contextlib.contextmanager
    def opened() -> Iterator[int]:
        yield inner()

    def inner() -> int:
        return 1

    called = _called(_traced("with opened() as x:\n    pass\n", opened=opened))
    assert opened.__wrapped__.__code__ in called  # type: ignore[attr-defined]  # functools.wraps sets it.
    assert inner.__code__ not in called


def test_a_cached_property_is_read_by_the_block() -> None:
    """Python calls it from its own library, for the block."""

    class Basket:
        @functools.cached_property
        def tax(self) -> int:
            return 2

    code = vars(Basket)["tax"].func.__code__
    assert _called(_traced("x = basket.tax\n", basket=Basket()))[code]


def test_a_callback_is_called_by_whoever_calls_it() -> None:
    """A closure that calls something else than what it wraps passes nothing on."""

    def inner() -> int:
        return 1

    def callback_of(limit: int) -> Callable[[], int]:
        def callback() -> int:
            return inner() + limit

        return callback

    assert inner.__code__ not in _called(_traced("f()\n", f=callback_of(1)))


def test_a_call_knows_what_it_was_called_on() -> None:
    """An inherited method tells nothing about the class, its object does."""

    class Base:
        def run(self) -> int:
            return 1

        @classmethod
        def make(cls) -> "Base":
            return cls()

    class Job(Base):
        pass

    trace = _traced("kind.make().run()\n", kind=Job)
    assert [call.receivers for call in trace.called.values()] == [{Job}, {Job}]


def test_the_errors_that_come_up_to_the_block_are_known() -> None:
    """An error that the block catches is one that it shows."""

    def fail() -> None:
        raise KeyError("a")

    trace = _traced("try:\n    fail()\nexcept LookupError:\n    pass\n1 / 0\n", fail=fail)
    assert trace.raised == {KeyError, ZeroDivisionError}


def test_an_error_that_a_library_keeps_to_itself_is_none_of_the_block() -> None:
    """What never reached the block is no part of what it shows."""

    def fail() -> None:
        with contextlib.suppress(KeyError):
            raise KeyError("a")

    assert _traced("fail()\n", fail=fail).raised == set()


def test_threads_of_the_block_are_watched() -> None:
    """A function that runs in a thread alone is reached."""
    source = """
        import threading
        def f():
            return 1
        thread = threading.Thread(target=f)
        thread.start()
        thread.join()
    """
    assert _unreached(source) == []


@pytest.fixture
def debugger() -> Callable[..., None]:
    """Give a trace function that does nothing; whatever was there comes back afterwards."""
    return lambda *_: None


def test_who_watched_before_watches_again(debugger: Callable[..., None]) -> None:
    """A debugger, or a measure of coverage, gets its place back, in threads, too."""
    before = sys.gettrace(), threading.gettrace()

    def for_threads(*_: object) -> None:
        """Be another function than the one for this thread, as debuggers have it."""

    try:
        sys.settrace(debugger)
        threading.settrace(for_threads)
        _traced("1 / 0\n")
        after = sys.gettrace(), threading.gettrace()
    finally:
        sys.settrace(before[0])
        threading.settrace(before[1])
    assert after == (debugger, for_threads)


def test_every_line_of_the_code_is_that_of_the_page() -> None:
    """The code is compiled in its place, with the page as its file."""
    code = compile_block(_block("x = 1\ny = 2\n"))
    lines = {line for *_, line in code.module.co_lines() if line}
    assert lines - {1} == {FENCE + 1, FENCE + 2}
    assert code.module.co_filename == str(code.block.page.path)


def test_code_of_the_same_file_is_not_taken_for_the_block() -> None:
    """Another block of the page, or the module around a docstring, has the same file."""
    ours, theirs = (compile_block(_block("import sys\nframe = sys._getframe()\n")) for _ in "ab")
    names: dict[str, Any] = {}
    exec(ours.module, names)  # noqa: S102 -- running code is the purpose
    assert ours.owns(names["frame"])
    assert not theirs.owns(names["frame"])


def test_a_block_does_not_inherit_features_of_the_tools() -> None:
    """A feature of this file, such as annotations that are not evaluated, is none of the block."""
    trace = _traced("def f(x: unknown): ...\n")
    assert trace.raised == {NameError}
