"""Writing the output of a run back into the page.

Owns the replacement of block texts in a Markdown file, in place. Refuses to decide which runs are
worth writing: it is given texts that a run has proven.

Invariants: nothing but the lines of the given blocks changes; fences, their indentation (tabs,
admonitions, lists) and the file's line ends stay; a page whose text no longer holds a block is
refused before a byte is written.
"""

from collections.abc import Mapping
from pathlib import Path

from hozon_docs.atomic import write_atomically
from hozon_docs.findings import DocsError, Finding
from hozon_docs.markdown import Block, Fence


def update_page(path: Path, sources: Mapping[int, tuple[Block | Fence, str]]) -> bool:
    """Replace the text of blocks in one page.

    Args:
        path: The page.
        sources: The block and its new text, by the line of its opening fence.

    Returns:
        Whether the file changed.

    Raises:
        DocsError: The page no longer holds a block as it ran; run the command again.
    """
    new = updated_page(path, sources)
    if new == path.read_bytes():
        return False
    write_atomically(path, new)
    return True


def updated_page(path: Path, sources: Mapping[int, tuple[Block | Fence, str]]) -> bytes:
    """Give a page with the text of blocks replaced, and write nothing.

    Args:
        path: The page.
        sources: The block and its new text, by the line of its opening fence.

    Returns:
        What the file ought to hold.

    Raises:
        DocsError: As `update_page`.
    """
    raw = path.read_bytes().decode("utf-8")
    newline = "\r\n" if "\r\n" in raw else "\n"
    lines = raw.replace("\r\n", "\n").split("\n")
    # From the end, so that the lines of earlier blocks keep their numbers.
    for line in sorted(sources, reverse=True):
        block, source = sources[line]
        fence = "".join(lines[line - 1 : line])
        indent = fence[: len(fence) - len(fence.lstrip())]
        end = line + block.source.count("\n")
        if _blanks_gone(lines[line:end]) != _blanks_gone(_indented(block.source, indent)):
            raise DocsError(
                str(Finding(path, line, "the page changed while its blocks ran; run it again."))
            )
        lines[line:end] = _indented(source, indent)
    return newline.join(lines).encode()


def _blanks_gone(lines: list[str]) -> list[str]:
    """Empty the lines of blanks alone, as whoever found the block has done."""
    return [line if line.strip() else "" for line in lines]


def _indented(source: str, indent: str) -> list[str]:
    return [indent + line if line else line for line in source.split("\n")[:-1]]
