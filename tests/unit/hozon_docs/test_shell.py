"""Shell blocks: how they are read, run, and held to what they show."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hozon_docs import shell
from hozon_docs.markdown import Fence
from hozon_docs.shell import Session, commands_of, fault_of, regenerate_shell, run_shell

RunShell = Callable[..., Session]


def _fence(source: str, *, info: str = "console") -> Fence:
    return Fence(line=10, info=info, source=source)


@pytest.fixture
def ran(empty: Path) -> RunShell:
    """Give a function that runs a block in an empty folder."""

    def run(source: str, *, info: str = "console") -> Session:
        environment = {"PATH": os.environ["PATH"], "NAME": "world"}
        return run_shell(_fence(source, info=info), directory=empty, environment=environment)

    return run


def test_a_terminal_is_read_into_commands_and_outputs() -> None:
    """A prompt begins a command, a second prompt goes on with it, the rest is output."""
    commands = commands_of(_fence("$ echo \\\n> a\na\n\n$ true\n$ echo b\nb\n"))
    assert [(one.line, one.text, one.end, one.shown) for one in commands] == [
        (1, "echo \\\na", 2, ("a", "")),
        (5, "true", 5, ()),
        (6, "echo b", 6, ("b",)),
    ]


def test_a_script_is_read_into_commands_and_outputs() -> None:
    """Output lines end a command; what has none is one command with what follows."""
    commands = commands_of(_fence("cd x\necho a\n#> a\n#>\n#>  b\n\necho c\n", info="bash"))
    assert [(one.line, one.end, one.shown) for one in commands] == [
        (1, 2, ("a", "", " b")),
        (6, 7, ()),
    ]


TRUE = {
    "one command": ("console", "$ echo a\na\n"),
    "no output": ("console", "$ true\n"),
    "several lines": ("console", "$ for x in a b; do\n>   echo $x\n> done\na\nb\n"),
    "an empty line": ("console", "$ echo; echo a\n\na\n"),
    "without a line end": ("console", "$ printf a\na\n$ printf b\nb\n"),
    "blanks at the end": ("console", "$ echo 'a  '\na\n"),
    "standard error in a terminal": ("console", "$ echo a >&2\na\n"),
    "standard error of a script": ("bash", "echo a >&2\n"),
    "the environment": ("console", '$ echo "hello $NAME"\nhello world\n'),
    "variables stay": ("console", "$ x=1\n$ echo $x\n1\n"),
    "the folder stays": ("console", "$ mkdir a && cd a\n$ basename $PWD\na\n"),
    "functions stay": ("bash", "f() { echo $1; }\n\nf a\n#> a\nf b\n#> b\n"),
    "a wildcard in a line": ("console", "$ echo 3 files in 12 ms\n3 files in ... ms\n"),
    "two wildcards in a line": ("console", "$ echo 3 files in 12 ms\n... in ... ms\n"),
    "a wildcard for lines": ("console", "$ seq 5\n1\n...\n5\n"),
    "a wildcard for no line": ("console", "$ seq 2\n1\n...\n2\n"),
    "a wildcard for all": ("bash", "seq 5\n#> ...\n"),
    "a pattern is only text": ("console", "$ echo 'a.*(b'\na.*(b\n"),
    "not ASCII": ("console", "$ echo 保存\n保存\n"),
    "no text at all": ("console", "$ printf '\\xff'\n\ufffd\n"),
    "a script's last command": ('{.bash exit="1"}', "echo a\n#> a\nfalse\n"),
    "a terminal's last command": ('{.console exit="2"}', "$ (echo a; exit 2)\na\n"),
    "the shell ends": ('{.console exit="3"}', "$ echo a; exit 3\na\n"),
    "another shell": ("sh", "echo a\n#> a\n"),
    "a comment": ("bash", "# Nothing else.\necho a\n#> a\n"),
}


@pytest.mark.parametrize(("info", "source"), TRUE.values(), ids=TRUE)
def test_a_block_that_tells_the_truth_has_no_fault(ran: RunShell, info: str, source: str) -> None:
    """The block did what its page shows."""
    assert fault_of(ran(source, info=info)) is None


@pytest.mark.parametrize(("info", "source"), TRUE.values(), ids=TRUE)
def test_a_block_that_tells_the_truth_is_written_as_it_stands(
    ran: RunShell, info: str, source: str
) -> None:
    """Wildcards that match stay, and so does all else."""
    assert regenerate_shell(ran(source, info=info)) == source


FALSE = {
    "other output": ("console", "$ echo a\nb\n", 1, "prints something else"),
    "output missing": ("console", "$ echo a\n", 1, "prints something else"),
    "output too much": ("console", "$ echo a\na\nb\n", 1, "prints something else"),
    "the second command": ("console", "$ echo a\na\n$ echo b\nc\n", 3, "prints something else"),
    "a script's output": ("bash", "true\n\necho a\n#> b\n", 1, "prints something else"),
    "a wildcard within a line": ("console", "$ seq 3\n1...3\n", 1, "prints something else"),
    "a status": ("console", "$ true\n$ (exit 4)\n", 2, "ended with status 4, not 0"),
    "a script's status": ("bash", "true\n#>\n", 1, "prints something else"),
    "a failing line of a script": ("bash", "false\necho a\n#> a\n", 1, "ended with status 1"),
    "a status too good": ('{.console exit="1"}', "$ true\n", 1, "ended with status 0, not 1"),
    "not the last one": ('{.console exit="1"}', "$ false\n$ false\n", 1, "with status 1, not 0"),
    "no command": ("console", "$ no-such-command\n", 1, "no-such-command: command not found"),
    "no command in a script": ("bash", "no-such-command\n", 1, "command not found"),
    "no syntax": ("console", "$ true\n$ if then\n", 2, "syntax error"),
    "an open quotation mark": ("bash", 'echo "a\n#> a\n', 1, "ended with status"),
    "the shell ends too early": ("console", "$ exit\n$ echo a\na\n", 2, "the shell had ended"),
    "text above the prompt": ("console", "\na\n$ true\n", 2, "stands above the first `$ `"),
    "no command at all": ("bash", "", 0, "holds no command"),
    "no number": ('{.bash exit="one"}', "true\n", 0, "exit='one' is no status"),
}


@pytest.mark.parametrize(("info", "source", "line", "reason"), FALSE.values(), ids=FALSE)
def test_a_block_that_lies_is_told_by_line_and_reason(
    ran: RunShell, info: str, source: str, line: int, reason: str
) -> None:
    """The first command that did something else than the page shows is named."""
    fault = fault_of(ran(source, info=info))
    assert fault is not None
    assert fault[0] == line
    assert reason in fault[1]


def test_the_reason_shows_both_outputs(ran: RunShell) -> None:
    """What the page shows and what the shell printed stand one below the other."""
    fault = fault_of(ran("$ echo new\nold\n"))
    assert fault is not None
    assert fault[1].endswith("the page shows:\n    old\nthe shell printed:\n    new")


def test_the_reason_shows_what_a_failing_command_said(ran: RunShell) -> None:
    """Without the words of the command, nobody could tell why it failed."""
    script = fault_of(ran("echo why >&2; false\n", info="bash"))
    terminal = fault_of(ran("$ echo why >&2; false\n"))
    assert script == terminal == (1, "ended with status 1, not 0:\nwhy")


def test_outputs_are_rewritten_and_nothing_else(ran: RunShell) -> None:
    """What does not match is replaced; what a wildcard matches is kept."""
    session = ran("$ echo a\nold\n$ echo b\n...\n$ echo c\n\n$ true\nold\n")
    assert regenerate_shell(session) == "$ echo a\na\n$ echo b\n...\n$ echo c\nc\n$ true\n"


def test_the_outputs_of_a_script_are_rewritten_as_comments(ran: RunShell) -> None:
    """Each line that it wrote becomes a `#>` line, the empty one without a blank behind it."""
    session = ran("echo a; echo\n#> old\necho b\n", info="bash")
    assert regenerate_shell(session) == "echo a; echo\n#> a\n#>\necho b\n#> b\n"


def test_outputs_that_are_rewritten_do_not_excuse_a_failure(ran: RunShell) -> None:
    """A command that failed must not be written into the page as if it were meant to."""
    wrong, failing = ran("$ echo a\nold\n"), ran("$ false\nold\n")
    assert fault_of(wrong, outputs=False) is None
    assert fault_of(failing, outputs=False) == (1, "ended with status 1, not 0:\n")


def test_a_block_that_does_not_end_is_ended(ran: RunShell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that it started is left, and the command is named with what it said."""
    monkeypatch.setattr(shell, "TIMEOUT_S", 0.3)
    begin = time.monotonic()
    fault = fault_of(ran("$ true\n$ echo waiting; sleep 60 | sleep 60\n"))
    assert time.monotonic() - begin < 30
    assert fault == (2, "did not end within 0.3 s.\nwaiting")


def test_what_a_block_leaves_running_is_ended(ran: RunShell, empty: Path) -> None:
    """A server that a page starts must not outlive the page."""
    ran("sleep 60 > sleep.log 2>&1 &\necho $! > pid\n", info="bash")
    pid = int((empty / "pid").read_text("utf-8"))
    deadline = time.monotonic() + 30
    while _is_running(pid):
        assert time.monotonic() < deadline


def _is_running(pid: int) -> bool:
    """Tell whether a process works; one that ended may wait for its parent to notice."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_block_cannot_read_what_is_typed(ran: RunShell) -> None:
    """A command that asks a question gets no answer instead of waiting for one."""
    assert fault_of(ran("$ cat\n")) is None


def test_a_block_works_in_its_folder(ran: RunShell, empty: Path) -> None:
    """What it writes is where the world says."""
    ran("$ touch here\n")
    assert [path.name for path in empty.iterdir()] == ["here"]


@pytest.mark.parametrize("end", ["exit", "exit 0", "exec true"])
def test_a_script_that_ends_itself_hides_nothing(ran: RunShell, end: str) -> None:
    """What stands below was never run, and the status alone would not show it."""
    fault = fault_of(ran(f"echo a >f\n{end}\nno-such-command\n", info="bash"))
    assert fault is not None
    assert fault[1].startswith("ends the shell by itself, so what stands below may never run")


def test_a_quotation_without_an_end_is_a_fault(ran: RunShell) -> None:
    """It swallows what should have told how the command ended."""
    assert fault_of(ran("$ cat <<EOF\n")) is not None
