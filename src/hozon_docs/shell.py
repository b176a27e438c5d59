"""Running a shell block, and holding it to what it shows.

Owns the reading of a block into commands and outputs, the process, and the comparison. Refuses to
know the world: its folder and its environment are given.

A `console` block is a terminal: `$ ` begins a command, `> ` goes on with it, and what stands below
is what the terminal shows, errors included. A `bash` or `sh` block is a script: its lines are
commands, and `#>` lines below a command are what it writes to standard output. All commands of a
block run in one shell, which is bash.

In an output, `...` stands for any text within its line, and for any lines where it stands alone.

Invariants: every command must end with status 0, the last with what `exit="…"` says if that is
there; a shell is ended with all that it started, at the latest after `TIMEOUT_S`.
"""

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hozon_docs.markdown import Fence

TIMEOUT_S = 120.0
"""How long a block may run, in seconds."""

_PROMPT = "$ "
_MORE = "> "
_OUTPUT = "#>"
_ANY = "..."
_MARK = "\x1e"
"""What separates the outputs of commands: a control character that no command prints."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a block, with the output that the page shows for it."""

    line: int
    """Its first line in the block, counted from 1."""
    text: str
    """What the shell is given."""
    end: int
    """Its last line in the block."""
    shown: tuple[str, ...]
    """The output that the page shows, line by line."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one command."""

    command: Command
    """The command."""
    status: int
    """Its exit status."""
    output: tuple[str, ...]
    """What it wrote, line by line, as far as the block shows it."""


@dataclass(frozen=True, slots=True)
class Session:
    """What came of a block."""

    fence: Fence
    """The block."""
    outcomes: tuple[Outcome, ...]
    """Its commands as far as the shell came."""
    errors: str
    """What a script wrote to standard error; of a terminal, what a command that did not end had
    shown."""
    complaint: str
    """Why the command after the last outcome has none; empty where every command has one."""


def commands_of(fence: Fence) -> tuple[Command, ...]:
    """Read the commands of a block.

    Args:
        fence: The block.

    Returns:
        Its commands, in order. A terminal without a prompt is read as a script.
    """
    lines = fence.source.split("\n")[:-1]
    terminal = any(line.startswith(_PROMPT) for line in lines)
    return tuple(_terminal(lines) if terminal else _script(lines))


def run_shell(fence: Fence, *, directory: Path, environment: Mapping[str, str]) -> Session:
    """Run a block in one shell.

    Args:
        fence: The block.
        directory: The working directory.
        environment: All variables that the shell gets.

    Returns:
        What came of each command.
    """
    commands = commands_of(fence)
    terminal = _is_terminal(commands, fence)
    script = "".join(f"{command.text}\nprintf '{_MARK}%d{_MARK}' $?\n" for command in commands)
    process = subprocess.Popen(  # noqa: S603 -- running the page's commands is the purpose
        ["/bin/bash", "--noprofile", "--norc", "-c", script.encode()],
        cwd=directory,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if terminal else subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    complaint = ""
    try:
        output, errors = process.communicate(timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired:
        complaint = f"did not end within {TIMEOUT_S:g} s"
        _end(process)
        output, errors = process.communicate()
    _end(process)
    outcomes, rest = list(_outcomes(commands, output)), output.rpartition(_MARK)[2]
    if not complaint and len(outcomes) < len(commands):
        # This command ended the shell: by `exit`, or as the failing command of a script.
        command = commands[len(outcomes)]
        if not terminal and not process.returncode:
            complaint = "ends the shell by itself, so what stands below may never run; take it away"
        else:
            outcomes.append(_outcome(command, rest, status=process.returncode))
            if len(outcomes) < len(commands):
                complaint = "was never run: the shell had ended"
        rest = ""
    return Session(fence, tuple(outcomes), errors or rest, complaint)


def fault_of(session: Session, *, outputs: bool = True) -> tuple[int, str] | None:
    """Find the first command of a block that did something else than the page says.

    Args:
        session: What came of the block.
        outputs: Whether the outputs count; where they are to be rewritten, the rest still does.

    Returns:
        The line in the block, counted from 1, and the reason; None where all is as the page says.
    """
    commands = commands_of(session.fence)
    fault = _malformed(session.fence, commands)
    if fault is not None:
        return fault
    expected = int(session.fence.options.get("exit", "0"))
    for number, outcome in enumerate(session.outcomes, start=1):
        wanted = expected if number == len(commands) else 0
        if outcome.status != wanted:
            told = "\n".join((*outcome.output, session.errors)).strip()
            reason = f"ended with status {outcome.status}, not {wanted}:\n{told}"
            return outcome.command.line, reason
        if outputs and not _matches(outcome.command.shown, outcome.output):
            return outcome.command.line, _difference(outcome)
    if session.complaint:
        line = commands[len(session.outcomes)].line
        return line, f"{session.complaint}.\n{session.errors}".strip()
    return None


def regenerate_shell(session: Session) -> str:
    """Write a block again with the outputs of a run, where they do not match.

    Args:
        session: What came of the block; it must have run to its end.

    Returns:
        The text as it ought to stand in the page. Wildcards that match are kept.
    """
    lines = session.fence.source.split("\n")[:-1]
    prefix = "" if _is_terminal(commands_of(session.fence), session.fence) else f"{_OUTPUT} "
    for outcome in reversed(session.outcomes):
        command = outcome.command
        if not _matches(command.shown, outcome.output):
            shown = [f"{prefix}{line}".rstrip() for line in outcome.output]
            lines[command.end : command.end + len(command.shown)] = shown
    return "\n".join([*lines, ""])


def _is_terminal(commands: Sequence[Command], fence: Fence) -> bool:
    lines = fence.source.split("\n")
    return any(lines[command.line - 1].startswith(_PROMPT) for command in commands)


def _malformed(fence: Fence, commands: Sequence[Command]) -> tuple[int, str] | None:
    """Find what no run could make true."""
    status = fence.options.get("exit", "0")
    if not status.isdecimal():
        return 0, f"exit={status!r} is no status; write a number."
    if not commands:
        return 0, "holds no command; write one, or take the block away."
    for number, line in enumerate(fence.source.split("\n")[: commands[0].line - 1], start=1):
        if line.strip():
            return number, "stands above the first `$ `, where nothing compares it; take it away."
    return None


def _terminal(lines: Sequence[str]) -> Iterator[Command]:
    starts = [i for i, line in enumerate(lines) if line.startswith(_PROMPT)]
    for start, following in zip(starts, [*starts[1:], len(lines)], strict=True):
        end = start + 1
        while end < following and lines[end].startswith(_MORE):
            end += 1
        text = "\n".join(line[len(_PROMPT) :] for line in lines[start:end])
        yield Command(start + 1, text, end, tuple(lines[end:following]))


def _script(lines: Sequence[str]) -> Iterator[Command]:
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and not lines[end].startswith(_OUTPUT):
            end += 1
        following = end
        while following < len(lines) and lines[following].startswith(_OUTPUT):
            following += 1
        shown = tuple(line[len(_OUTPUT) :].removeprefix(" ") for line in lines[end:following])
        # A script stops at its first failing command.
        yield Command(start + 1, "\n".join(["set -e", *lines[start:end]]), end, shown)
        start = following


def _outcomes(commands: Sequence[Command], output: str) -> Iterator[Outcome]:
    parts = output.split(_MARK)
    for command, text, status in zip(commands, parts[::2], parts[1::2], strict=False):
        if not status.isdecimal():
            return  # The command has read what should have followed it: a quotation without end.
        yield _outcome(command, text, status=int(status))


def _outcome(command: Command, text: str, *, status: int) -> Outcome:
    lines = text.removesuffix("\n").split("\n") if text else []
    return Outcome(command, status, tuple(line.rstrip() for line in lines))


def _matches(shown: Sequence[str], output: Sequence[str]) -> bool:
    pattern = "".join(
        "(?:.*\n)*" if line == _ANY else ".*".join(map(re.escape, line.split(_ANY))) + "\n"
        for line in shown
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in output)) is not None


def _difference(outcome: Outcome) -> str:
    sides = {"the page shows": outcome.command.shown, "the shell printed": outcome.output}
    return "prints something else than its page shows.\n" + "\n".join(
        f"{name}:\n" + "\n".join(f"    {line}" for line in lines) for name, lines in sides.items()
    )


def _end(process: "subprocess.Popen[str]") -> None:
    """End a shell with everything that it started; of most, nothing is left."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
