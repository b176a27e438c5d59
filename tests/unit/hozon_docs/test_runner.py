"""Running a block: each test of a cure fails without it."""

import logging
import os
import signal
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from hozon_docs.markdown import Block
from hozon_docs.runner import Namespace, run_block
from hozon_docs.verdict import BlockFailedError, check_run


def _failure(block: Block, directory: Path) -> str:
    with pytest.raises(BlockFailedError) as caught:
        check_run(run_block(block, directory=directory))
    return str(caught.value)


def test_a_true_block_passes(write_block: Callable[[str], Block], empty: Path) -> None:
    """A block whose output lines say what it prints is proven."""
    source = "for i in range(2):\n    print(i)\n    #> 0\n    #> 1\n"
    check_run(run_block(write_block(source), directory=empty))


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ('print("a")\n#> b\n', 5),
        ('print("a")\n', 4),
        ('if False:\n    print("a")\n    #> a\n', 6),
        ("x = 1\n#> 1\n", 5),
        ('import sys\nsys.stdout.write("a\\n")\n#> b\n', 6),
        ('print("a")\n#> a\n#> b\n', 6),
    ],
    ids=[
        "another text",
        "missing",
        "below a print that never ran",
        "below no print",
        "below sys.stdout.write",
        "too much",
    ],
)
def test_wrong_output_fails_at_its_line(
    write_block: Callable[[str], Block], empty: Path, source: str, line: int
) -> None:
    """Every way of showing output that was not printed is caught, at the Markdown line."""
    block = write_block(source)
    message = _failure(block, empty)
    assert message.startswith(f"{block.page.path.as_posix()}:{line}: a.py: prints something else")


def test_the_message_shows_both_outputs_and_the_way_out(
    write_block: Callable[[str], Block], empty: Path
) -> None:
    """Expected and actual output stand as a diff, with the command that rewrites it."""
    message = _failure(write_block('print("new")\n#> old\n'), empty)
    assert "\n-#> old\n+#> new\n" in message
    assert ">    5 | #> old" in message
    assert "--docs-update" in message


@pytest.mark.parametrize(
    ("source", "summary", "line"),
    [
        ('x = 1\nraise ValueError("boom")\n', "ValueError: boom", 5),
        ("import sys\nsys.exit(3)\n", "SystemExit: 3", 5),
        ("raise KeyboardInterrupt\n#> never\n", "KeyboardInterrupt", 4),
        ("x = 1\ndef f(:\n    pass\n", "SyntaxError", 5),
        ('import warnings\nwarnings.warn("old")\n', "UserWarning: old", 5),
    ],
    ids=["exception", "SystemExit", "KeyboardInterrupt", "SyntaxError", "warning"],
)
def test_what_a_block_raises_fails_it_at_the_line_of_the_page(
    write_block: Callable[[str], Block], empty: Path, source: str, summary: str, line: int
) -> None:
    """Nothing that a block raises escapes or is swallowed, and the page's line is named."""
    block = write_block(source)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        message = _failure(block, empty)
    assert message.startswith(f"{block.page.path.as_posix()}:{line}: a.py: ")
    assert summary in message
    assert f">    {line} | " in message


def test_the_frames_of_the_library_stay(write_block: Callable[[str], Block], empty: Path) -> None:
    """The traceback goes on into the code that the block called."""
    message = _failure(write_block('import json\njson.loads("{")\n'), empty)
    assert "json/decoder.py" in message
    assert "runner.py" not in message


def test_warnings_point_at_the_page(write_block: Callable[[str], Block], empty: Path) -> None:
    """A warning of a block names the page and its line."""
    block = write_block('import warnings\nwarnings.warn("old")\n')
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run_block(block, directory=empty)
    assert [(w.filename, w.lineno) for w in caught] == [(str(block.page.path), 5)]


def test_a_block_is_the_main_module_and_gives_it_back(
    write_block: Callable[[str], Block], empty: Path
) -> None:
    """`__main__` is the block's while it runs and the caller's again afterwards."""
    main = sys.modules["__main__"]
    source = "import sys\nassert sys.modules['__main__'].__dict__ is globals()\n"
    check_run(run_block(write_block(source), directory=empty))
    assert sys.modules["__main__"] is main


def test_directory_and_environment_are_given_back(
    write_block: Callable[[str], Block], empty: Path, tmp_path: Path
) -> None:
    """A block works in its own folder; what it does to the process ends with it."""
    before = Path.cwd(), dict(os.environ)
    source = (
        "import os, pathlib\npathlib.Path('here').touch()\n"
        "os.environ['X_BLOCK'] = '1'\nos.environ.pop('PATH')\nos.chdir('..')\nraise SystemExit\n"
    )
    run_block(write_block(source), directory=empty)
    assert (Path.cwd(), dict(os.environ)) == before
    assert [path.name for path in (tmp_path / "empty").iterdir()] == ["here"]


def test_what_a_library_prints_counts_as_output_of_the_calling_line(
    write_block: Callable[[str], Block], empty: Path
) -> None:
    """Output is attributed to the innermost statement of the block that was at work."""
    source = "import this\n"
    sys.modules.pop("this", None)
    run = run_block(write_block(source), directory=empty)
    assert {piece.line for piece in run.written} == {1}
    assert run.written[0].text.startswith("The Zen of Python")


def test_a_later_block_of_a_group_knows_the_names_of_an_earlier_one(
    write_block: Callable[[str], Block], empty: Path
) -> None:
    """Blocks that are given the same namespace are one program in several pieces."""
    namespace = Namespace()
    run_block(write_block("x = 1\n"), directory=empty, namespace=namespace)
    later = run_block(write_block("print(x)\n#> 1\n"), directory=empty, namespace=namespace)
    check_run(later)


def test_a_function_of_an_earlier_block_sees_what_a_later_one_assigns(
    write_block: Callable[[str], Block], empty: Path
) -> None:
    """The blocks of a group share one namespace; copying names would leave the old value."""
    namespace = Namespace()
    earlier = write_block("x = 1\ndef f():\n    print(x)\n")
    run_block(earlier, directory=empty, namespace=namespace)
    later = run_block(write_block("x = 2\nf()\n#> 2\n"), directory=empty, namespace=namespace)
    check_run(later)


def test_a_later_block_of_a_group_meets_the_environment_of_an_earlier_one(
    write_block: Callable[[str], Block], empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variables that were set, changed or removed, as for whoever runs both in one process."""
    monkeypatch.setenv("CHANGED", "before")
    monkeypatch.setenv("REMOVED", "before")
    monkeypatch.delenv("SET", raising=False)
    namespace = Namespace()
    earlier = "import os\nos.environ.update(SET='x', CHANGED='y')\ndel os.environ['REMOVED']\n"
    run_block(write_block(earlier), directory=empty, namespace=namespace)
    assert [os.environ.get(name) for name in ("SET", "CHANGED", "REMOVED")] == [
        None,
        "before",
        "before",
    ]
    look = "print([os.environ.get(n) for n in ('SET', 'CHANGED', 'REMOVED')])\n"
    later = write_block(f"{look}#> ['x', 'y', None]\ndel os.environ['SET']\n")
    check_run(run_block(later, directory=empty, namespace=namespace))
    last = write_block(f"{look}#> [None, 'y', None]\n")
    check_run(run_block(last, directory=empty, namespace=namespace))
    alone = write_block(f"import os\n{look}#> [None, 'before', 'before']\n")
    check_run(run_block(alone, directory=empty))


def test_a_block_by_itself_knows_no_names_of_another(
    write_block: Callable[[str], Block], empty: Path
) -> None:
    """Without a group, every block begins with an empty namespace."""
    run_block(write_block("x = 1\n"), directory=empty)
    assert isinstance(run_block(write_block("x\n"), directory=empty).raised, NameError)


def test_what_a_function_prints_in_a_thread_stands_below_its_statement(
    write_block: Callable[[str], Block], empty: Path
) -> None:
    """The code of the block is at work, whichever thread runs it."""
    source = (
        "import threading\n\n\ndef work():\n    print(1)\n    #> 1\n\n\n"
        "thread = threading.Thread(target=work)\nthread.start()\nthread.join()\n"
    )
    check_run(run_block(write_block(source), directory=empty))


def test_what_a_thread_prints_by_itself_stands_below_the_last_line_that_spoke(
    write_block: Callable[[str], Block], empty: Path
) -> None:
    """No code of the block is at work, so the place is one that is the same on every run."""
    source = (
        'import threading\nprint("a")\n#> a\n#> b\n'
        'thread = threading.Thread(target=print, args=("b",))\nthread.start()\nthread.join()\n'
    )
    check_run(run_block(write_block(source), directory=empty))


def test_what_a_thread_prints_first_stands_below_the_first_statement(
    write_block: Callable[[str], Block], empty: Path
) -> None:
    """A block may begin with a comment: no statement stands in its first line."""
    source = (
        "# In a thread.\nimport threading\n#> b\n"
        'thread = threading.Thread(target=print, args=("b",))\nthread.start()\nthread.join()\n'
    )
    check_run(run_block(write_block(source), directory=empty))


def test_standard_error_is_no_output(write_block: Callable[[str], Block], empty: Path) -> None:
    """Only what reaches standard output stands in the page."""
    source = 'import sys\nprint("warned", file=sys.stderr)\n'
    check_run(run_block(write_block(source), directory=empty))


def test_standard_output_is_given_back(write_block: Callable[[str], Block], empty: Path) -> None:
    """What is printed after the block is no output of the block."""
    before = sys.stdout
    run = run_block(write_block("raise SystemExit\n"), directory=empty)
    assert sys.stdout is before
    assert run.written == ()


def test_a_statement_that_never_ran_fails_at_its_line(
    write_block: Callable[[str], Block], empty: Path
) -> None:
    """A print that shows nothing since it is never reached would mislead a reader."""
    block = write_block('if False:\n    print("a")\n')
    message = _failure(block, empty)
    assert message.startswith(f"{block.page.path.as_posix()}:5: a.py: this statement was never")


def test_a_run_that_is_not_watched_has_no_trace(
    write_block: Callable[[str], Block], empty: Path
) -> None:
    """A debugger, or a second run, may want the place of the trace function."""
    before = sys.gettrace()
    run = run_block(write_block("x = 1\n"), directory=empty, watch=False)
    assert run.trace is None
    assert sys.gettrace() is before


def test_a_block_that_does_not_compile_is_no_exception_of_the_runner(
    write_block: Callable[[str], Block], empty: Path
) -> None:
    """Nothing ran, and the run says why."""
    run = run_block(write_block("x = \n"), directory=empty)
    assert isinstance(run.raised, SyntaxError)
    assert (run.code, run.trace, run.written) == (None, None, ())


def test_a_block_is_found_by_its_functions(
    write_block: Callable[[str], Block], empty: Path
) -> None:
    """Libraries look a class up by its module, so the module of a block can be imported."""
    source = (
        "import pickle\n\n\nclass Point:\n    x = 1\n\n\n"
        "print(pickle.loads(pickle.dumps(Point())).x)\n#> 1\n"
    )
    check_run(run_block(write_block(source), directory=empty))


@pytest.mark.parametrize("around", ["{}", "try:\n    {}\nexcept BaseException:\n    pass\n"])
def test_an_interrupt_from_the_keyboard_is_not_the_blocks(
    write_block: Callable[[str], Block], empty: Path, around: str
) -> None:
    """Whoever stops a session stops it, also where the block swallows everything."""
    source = "import os\nimport signal\n\n" + around.format("os.kill(os.getpid(), signal.SIGINT)\n")
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        run_block(write_block(source), directory=empty)
    assert signal.getsignal(signal.SIGINT) is before


def test_logging_begins_as_in_a_process_of_its_own(
    write_block: Callable[[str], Block], empty: Path
) -> None:
    """What a reader sees of a log on standard output has to stand in the page."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    source = (
        "import logging\nimport sys\n\n"
        'logging.basicConfig(stream=sys.stdout, level="INFO", format="%(message)s")\n'
        'logging.info("loaded")\n#> loaded\n'
    )
    for _ in range(2):
        check_run(run_block(write_block(source), directory=empty))
    assert (root.handlers, root.level) == before


def test_a_block_meets_no_arguments(write_block: Callable[[str], Block], empty: Path) -> None:
    """It is a script that was called by its name; what pytest was called with is not its own."""
    source = "import sys\n\nprint(sys.argv)\n#> ['a.py']\n"
    check_run(run_block(write_block(source), directory=empty))


def test_a_block_that_prints_on_and_on_is_judged_in_time(
    write_block: Callable[[str], Block], empty: Path
) -> None:
    """The effort grows with the output and no faster, and the message stays readable."""
    block = write_block("for number in range(30_000):\n    print('x' * 60)\n")
    message = _failure(block, empty)
    assert message.count("\n") < 250
    assert "… and more" in message


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("x = 1\nif not x: x = 2\n", 5),
        ("def f(): return 1 / 0\n", 4),
        ("try:\n    x = 1\nexcept ValueError: x = 2\n", 6),
        ('x = "日本"; y = 1\n', 4),
    ],
    ids=["if", "def", "except", "semicolon"],
)
def test_each_statement_needs_a_line_of_its_own(
    write_block: Callable[[str], Block], empty: Path, source: str, line: int
) -> None:
    """Lines are what a trace sees: one that two statements share tells nothing of the second."""
    block = write_block(source)
    message = _failure(block, empty)
    place = f"{block.page.path.as_posix()}:{line}: a.py: "
    assert message.startswith(f"{place}nobody can tell whether this whole line was executed")


def test_a_body_that_does_nothing_may_share_a_line(
    write_block: Callable[[str], Block], empty: Path
) -> None:
    """`...` is not executed anywhere."""
    check_run(run_block(write_block("class Stub: ...\n\n\ndef stub(): ...\n"), directory=empty))


def test_a_block_cannot_end_the_session(write_block: Callable[[str], Block], empty: Path) -> None:
    """With status 0 the session would seem to have passed, and no report would say otherwise."""
    leave = os._exit
    message = _failure(write_block("import os\n\nos._exit(0)\n"), empty)
    assert "raised SystemExit: os._exit(0) would end the session" in message
    assert os._exit is leave


def test_a_process_that_a_block_starts_may_end(
    write_block: Callable[[str], Block], empty: Path
) -> None:
    """What multiprocessing forks leaves by `os._exit`."""
    source = (
        'import multiprocessing\n\ncontext = multiprocessing.get_context("fork")\n'
        "process = context.Process(target=int)\nprocess.start()\nprocess.join()\n"
        "print(process.exitcode)\n#> 0\n"
    )
    check_run(run_block(write_block(source), directory=empty))
