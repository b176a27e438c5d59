"""What a block reached and called, as its trace saw it."""

import contextlib
import functools
import sys
import threading
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

import pytest

from hozon_docs.trace import Trace, compile_block
from unit.hozon_docs.tracing import FENCE, block_in_a_page, traced, unreached


def _called(trace: Trace) -> dict[CodeType, bool]:
    """Give what was called, and whether its value was used."""
    return {call.code: call.used for call in trace.called.values()}


def test_the_calls_of_the_block_are_known_with_the_use_of_their_values() -> None:
    """A call whose value is thrown away is told from one whose value is used, if only once."""
    used, unused, once = (lambda: 1), (lambda: 2), (lambda: 3)
    trace = traced(
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

    assert set(_called(traced("outer()\n", outer=outer))) == {outer.__code__}


def test_a_function_of_the_block_calls_for_the_block() -> None:
    """The block's functions are the block; entering one is no call of something else."""

    def outer() -> int:
        return 1

    trace = traced("def f():\n    return outer()\nx = [f() for _ in range(2)]\n", outer=outer)
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

    assert _called(traced(source, f=f))[f.__code__] is uses


def test_equal_code_of_two_files_is_two_functions() -> None:
    """Code objects are equal where name, line and instructions are."""
    names: dict[str, dict[str, Any]] = {"a": {}, "b": {}}
    for name, namespace in names.items():
        exec(compile("def f(): return 1\n", f"{name}.py", "exec"), namespace)  # noqa: S102 -- two files with one text
    one, other = names["a"]["f"], names["b"]["f"]
    trace = traced("one()\nother()\n", one=one, other=other)
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

    called = _called(traced("twice()\n", twice=logged(logged(pay))))
    assert pay.__code__ in called
    assert inner.__code__ not in called


def test_a_context_manager_of_contextlib_is_called_by_the_block() -> None:
    """The generator is what a reader knows, not the machinery around it."""

    @contextlib.contextmanager
    def opened() -> Iterator[int]:
        yield inner()

    def inner() -> int:
        return 1

    called = _called(traced("with opened() as x:\n    pass\n", opened=opened))
    assert opened.__wrapped__.__code__ in called  # type: ignore[attr-defined]  # functools.wraps sets it.
    assert inner.__code__ not in called


def test_a_cached_property_is_read_by_the_block() -> None:
    """Python calls it from its own library, for the block."""

    class Basket:
        @functools.cached_property
        def tax(self) -> int:
            return 2

    code = vars(Basket)["tax"].func.__code__
    assert _called(traced("x = basket.tax\n", basket=Basket()))[code]


def test_a_callback_is_called_by_whoever_calls_it() -> None:
    """A closure that calls something else than what it wraps passes nothing on."""

    def inner() -> int:
        return 1

    def callback_of(limit: int) -> Callable[[], int]:
        def callback() -> int:
            return inner() + limit

        return callback

    assert inner.__code__ not in _called(traced("f()\n", f=callback_of(1)))


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

    trace = traced("kind.make().run()\n", kind=Job)
    assert [call.receivers for call in trace.called.values()] == [{Job}, {Job}]


def test_the_errors_that_come_up_to_the_block_are_known() -> None:
    """An error that the block catches is one that it shows."""

    def fail() -> None:
        raise KeyError("a")

    trace = traced("try:\n    fail()\nexcept LookupError:\n    pass\n1 / 0\n", fail=fail)
    assert trace.raised == {KeyError, ZeroDivisionError}


def test_an_error_that_a_library_keeps_to_itself_is_none_of_the_block() -> None:
    """What never reached the block is no part of what it shows."""

    def fail() -> None:
        with contextlib.suppress(KeyError):
            raise KeyError("a")

    assert traced("fail()\n", fail=fail).raised == set()


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
    assert unreached(source) == []


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
        traced("1 / 0\n")
        after = sys.gettrace(), threading.gettrace()
    finally:
        sys.settrace(before[0])
        threading.settrace(before[1])
    assert after == (debugger, for_threads)


def test_every_line_of_the_code_is_that_of_the_page() -> None:
    """The code is compiled in its place, with the page as its file."""
    code = compile_block(block_in_a_page("x = 1\ny = 2\n"))
    lines = {line for *_, line in code.module.co_lines() if line}
    assert lines - {1} == {FENCE + 1, FENCE + 2}
    assert code.module.co_filename == str(code.block.page.path)


def test_code_of_the_same_file_is_not_taken_for_the_block() -> None:
    """Another block of the page, or the module around a docstring, has the same file."""
    ours, theirs = (
        compile_block(block_in_a_page("import sys\nframe = sys._getframe()\n")) for _ in "ab"
    )
    names: dict[str, Any] = {}
    exec(ours.module, names)  # noqa: S102 -- running code is the purpose
    assert ours.owns(names["frame"])
    assert not theirs.owns(names["frame"])


def test_a_block_does_not_inherit_features_of_the_tools() -> None:
    """A feature of this file, such as annotations that are not evaluated, is none of the block."""
    trace = traced("def f(x: unknown): ...\n")
    assert trace.raised == {NameError}
