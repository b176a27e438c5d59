"""Whether Python blocks are written as the field writes Python.

Owns one call of ruff over all blocks of the source language, without their output lines. Refuses to
rewrite a page. Translations are not looked at: their code has the same syntax tree, and their
comments may be wider.

Invariant: the settings are ours, not those of the project that happens to be around.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from hozon_docs.findings import DocsError, Finding
from hozon_docs.markdown import Block
from hozon_docs.output import output_lines

WIDTH = 88
"""The longest line of code, in columns: it fits a block of the page."""
RULES = "E4,E7,E9,F,I,B"
"""What is looked for: faults, doubtful code, and the order of imports."""


def check_style(blocks: Iterable[Block]) -> list[Finding]:
    """Look at the format and for doubtful code.

    Args:
        blocks: Blocks that compile.

    Returns:
        A finding for each fault.

    Raises:
        DocsError: ruff is not installed, or refuses to run; the message says why.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        places = {folder / f"block_{i}.py": block for i, block in enumerate(blocks)}
        for path, block in places.items():
            path.write_text("\n".join(_code(block).values()), "utf-8")
        unformatted = _ruff(folder, "format", "--check", f"--line-length={WIDTH}")
        doubtful = _ruff(folder, "check", f"--select={RULES}")
        reason = "is not formatted as ruff formats it"
        return sorted([*_told(places, unformatted, reason=reason), *_told(places, doubtful)])


def _code(block: Block) -> dict[int, str]:
    """Give the lines that are no output, which ruff would take for comments, by their numbers."""
    shown = output_lines(block.source)
    lines = enumerate(block.source.split("\n"), start=1)
    return {number: line for number, line in lines if number not in shown}


class _Place(msgspec.Struct):
    """Where ruff found something."""

    row: int


class _Fault(msgspec.Struct):
    """What ruff found."""

    filename: str
    code: str
    message: str
    location: _Place


def _ruff(folder: Path, *arguments: str) -> list[_Fault]:
    command = [sys.executable, "-m", "ruff", *arguments, "--isolated", "--no-cache"]
    done = subprocess.run(  # noqa: S603 -- our own interpreter, no shell
        [*command, "--output-format=json", str(folder)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode not in {0, 1} or not done.stdout:
        raise DocsError(f"ruff could not look at the blocks: {done.stderr.strip()}; install it.")
    return msgspec.json.decode(done.stdout, type=list[_Fault])


def _told(
    places: dict[Path, Block], found: Sequence[_Fault], *, reason: str = ""
) -> Iterator[Finding]:
    for one in found:
        block = places[Path(one.filename)]
        numbers = list(_code(block))
        line = block.line + numbers[min(one.location.row, len(numbers)) - 1]
        what = reason or f"{one.code}: {one.message}"
        yield Finding(block.page.path, line, f"{block.name}: {what}; correct it.")
