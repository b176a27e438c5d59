"""Whether a run proves a block, and what is said where it does not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hozon_docs.markdown import Page, scan
from hozon_docs.runner import Run, run_block
from hozon_docs.verdict import (
    BlockFailedError,
    check_output,
    check_reached,
    check_run,
    proven_source,
    summary_of,
)

RunBlock = Callable[..., Run]


@pytest.fixture
def ran(write_page: Callable[..., Page], empty: Path) -> RunBlock:
    """Give a function that runs a block whose fence is line 3, with options if they are given."""

    def run(source: str, *, options: str = "") -> Run:
        text = f'# A {{#a}}\n\n```{{.python title="a.py" {options}}}\n{source}```\n'
        return run_block(scan(write_page(text)).blocks[0], directory=empty)

    return run


def _message(run: Run) -> str:
    """Give the message of a failure from the line on that it names."""
    with pytest.raises(BlockFailedError) as caught:
        check_run(run)
    path = run.block.page.path.as_posix()
    assert str(caught.value).startswith(f"{path}:")
    return str(caught.value).removeprefix(f"{path}:")


@pytest.mark.parametrize(
    ("source", "raises"),
    [
        ('raise ValueError("boom")\n', "ValueError: boom"),
        ("raise KeyError\n", "KeyError"),
        ("import sys\nsys.exit(3)\n", "SystemExit: 3"),
        ('class GoneError(Exception): ...\nraise GoneError("v0")\n', "GoneError: v0"),
        ('print("before")\n#> before\nraise ValueError("a: b")\n', "ValueError: a: b"),
    ],
    ids=["message", "no message", "exit", "own class", "output before"],
)
def test_a_block_may_end_with_the_error_that_it_names(
    ran: RunBlock, source: str, raises: str
) -> None:
    """An error that is part of what the page shows is no failure."""
    check_run(ran(source, options=f'raises="{raises}"'))


def test_another_type_than_the_named_one_fails(ran: RunBlock) -> None:
    """The type is held to its very name, a subclass is another error."""
    run = ran('raise KeyError("boom")\n', options='raises="LookupError: boom"')
    message = _message(run)
    assert message.startswith("4: a.py: raised KeyError: 'boom'\n")
    assert "but says that it ends with LookupError: boom" in message


def test_another_message_than_the_named_one_fails(ran: RunBlock) -> None:
    """The message is held to its last letter."""
    message = _message(ran('raise ValueError("bang")\n', options='raises="ValueError: boom"'))
    assert message.startswith("4: a.py: raised ValueError: bang\n")
    assert "but says that it ends with ValueError: boom" in message


def test_a_type_alone_does_not_stand_for_every_message(ran: RunBlock) -> None:
    """Who names the type alone says that there is no message."""
    message = _message(ran('raise ValueError("boom")\n', options='raises="ValueError"'))
    assert "but says that it ends with ValueError\n" in message


def test_a_block_that_raises_nothing_but_says_so_fails(ran: RunBlock) -> None:
    """The line is the last of the block, where the error should have come."""
    message = _message(ran("x = 1\ny = 2\n", options='raises="ValueError: boom"'))
    assert message.startswith("5: a.py: raised nothing, but says that it ends with ValueError:")


def test_statements_behind_the_error_fail(ran: RunBlock) -> None:
    """They are never executed, so what they show is not proven."""
    source = 'raise ValueError("boom")\nx = 1\n'
    message = _message(ran(source, options='raises="ValueError: boom"'))
    assert message.startswith("5: a.py: this statement was never executed")


def test_wrong_output_before_the_named_error_fails(ran: RunBlock) -> None:
    """An error that is expected excuses nothing that was printed before it."""
    source = 'print("a")\n#> b\nraise ValueError("boom")\n'
    message = _message(ran(source, options='raises="ValueError: boom"'))
    assert message.startswith("5: a.py: prints something else than its page says.")


def test_a_failure_shows_the_whole_code_with_the_line_marked(ran: RunBlock) -> None:
    """The code is shown with the lines of the page, one of them marked."""
    message = _message(ran("x = 1\n\nx / 0\ny = 2\n"))
    assert message.split("\n\n")[1:2] == [
        "     4 | x = 1\n     5 |\n>    6 | x / 0\n     7 | y = 2"
    ]


def test_the_line_of_a_failure_is_where_the_block_called(ran: RunBlock) -> None:
    """Of the frames of the block, the innermost is named; the library's follow below it."""
    message = _message(ran('import json\n\n\ndef f():\n    json.loads("{")\n\n\nf()\n'))
    assert message.startswith("8: a.py: raised json.decoder.JSONDecodeError: Expecting property")
    trace = message.partition("Traceback (most recent call last):\n")[2]
    names = [line.rpartition(", in ")[2] for line in trace.split("\n") if ", in " in line]
    assert names == ["<module>", "f", "loads", "decode", "raw_decode"]


def test_the_traceback_shows_the_text_of_the_page(ran: RunBlock) -> None:
    """A frame of the block is shown with its line of the page, as in a file of Python."""
    run = ran('def f():\n    raise ValueError("boom")\n\n\nf()\n')
    path = run.block.page.path.as_posix()
    assert f'  File "{path}", line 8, in <module>\n    f()\n' in _message(run)


def test_a_syntax_error_of_the_block_shows_no_frame(ran: RunBlock) -> None:
    """Nothing ran, so there is nothing but the line to look at."""
    message = _message(ran("x = 1\ny = = 2\n"))
    assert message.startswith("5: a.py: SyntaxError: invalid syntax\n")
    assert "Traceback" not in message


def test_a_syntax_error_of_other_code_is_an_error_of_the_call(ran: RunBlock) -> None:
    """A block that compiles bad code is marked where it did so."""
    message = _message(ran('import ast\nast.parse("(")\n'))
    assert message.startswith("5: a.py: raised File ")
    assert "SyntaxError: '(' was never closed" in message


def test_text_that_python_refuses_to_read_fails_at_its_fence(ran: RunBlock) -> None:
    """A control character that ends a text for C is no reason to end the session."""
    message = _message(ran("x = '\0'\n"))
    assert "null bytes" in message
    assert message.partition(":")[0] in {"3", "4"}


@pytest.mark.parametrize(
    ("source", "line"),
    [("x = 1  #> 1\n", 4), ('print(1)\n#> 1\n"""\n1\n"""\n', 6)],
    ids=["behind code", "a string"],
)
def test_output_in_another_form_fails(ran: RunBlock, source: str, line: int) -> None:
    """What looks like output is compared, or it fails at its line."""
    assert _message(ran(source)).startswith(f"{line}: a.py: a ")


def test_missing_output_at_the_end_fails_at_the_last_line(ran: RunBlock) -> None:
    """Where the page breaks off too early, its last line is marked."""
    message = _message(ran('print("a\\nb")\n#> a\n'))
    assert message.startswith("5: a.py: prints something else")
    assert "\n+#> b\n" in message


def test_a_block_without_a_title_can_fail(write_page: Callable[..., Page], empty: Path) -> None:
    """A missing title is a finding of the page, and the block is run all the same."""
    page = write_page("```python\n1 / 0\n```\n")
    message = _message(run_block(scan(page).blocks[0], directory=empty))
    assert message.startswith("2: untitled: raised ZeroDivisionError")


def test_the_proven_text_has_the_output_of_the_run(ran: RunBlock) -> None:
    """What is written into a page is what was printed, not what stood there."""
    assert proven_source(ran('print("new")\n#> old\n')) == 'print("new")\n#> new\n'


def test_what_is_reached_is_judged_apart_from_what_is_shown(ran: RunBlock) -> None:
    """A function may be called in a later block of the group, when the output was long judged."""
    run = ran("def f():\n    return 1\n")
    check_output(run)
    with pytest.raises(BlockFailedError, match=r":5: a\.py: this statement was never executed"):
        check_reached(run)


def test_a_run_that_was_not_watched_reached_whatever_it_did(
    write_page: Callable[..., Page], empty: Path
) -> None:
    """Nothing is known about its statements, so nothing is said."""
    block = scan(write_page('```python title="a.py"\nif []:\n    x = 1\n```\n')).blocks[0]
    check_reached(run_block(block, directory=empty, watch=False))


@pytest.mark.parametrize(
    ("error", "summary"),
    [
        (ValueError("boom"), "ValueError: boom"),
        (ValueError(), "ValueError"),
        (KeyError("a"), "KeyError: 'a'"),
    ],
    ids=repr,
)
def test_an_error_is_named_as_its_traceback_ends(error: BaseException, summary: str) -> None:
    """What an author writes is the last line that a reader would see."""
    assert summary_of(error) == summary
