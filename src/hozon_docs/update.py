"""Writing the output of a run back into the page.

Owns the replacement of block texts in a Markdown file, in place. Refuses to decide which runs are
worth writing: it is given texts that a run has proven.

Invariants: nothing but the lines of the given blocks changes; fences, their indentation (tabs,
admonitions, lists) and the file's line ends stay; a page whose text no longer holds a block is
refused before a byte is written.
"""

from collections.abc import Mapping
from pathlib import Path

from hozon_docs.findings import DocsError, Finding
from hozon_docs.markdown import Block


def update_page(path: Path, sources: Mapping[int, tuple[Block, str]]) -> bool:
    """Replace the text of blocks in one page.

    Args:
        path: The page.
        sources: The block and its new text, by the line of its opening fence.

    Returns:
        Whether the file changed.

    Raises:
        DocsError: The page no longer holds a block as it ran; run the command again.
    """
    raw = path.read_bytes().decode("utf-8")
    newline = "\r\n" if "\r\n" in raw else "\n"
    old = raw.replace("\r\n", "\n")
    lines = old.split("\n")
    # From the end, so that the lines of earlier blocks keep their numbers.
    for line in sorted(sources, reverse=True):
        block, source = sources[line]
        indent = lines[line - 1][: len(lines[line - 1]) - len(lines[line - 1].lstrip())]
        length = block.source.count("\n")
        if lines[line : line + length] != _indented(block.source, indent):
            raise DocsError(
                str(Finding(path, line, "the page changed while its blocks ran; run it again."))
            )
        lines[line : line + length] = _indented(source, indent)
    new = "\n".join(lines)
    if new != old:
        path.write_text(new, encoding="utf-8", newline=newline)
    return new != old


def _indented(source: str, indent: str) -> list[str]:
    return [indent + line if line else line for line in source.split("\n")[:-1]]
