"""By what the ledger knows the blocks that the pages have now.

Owns the places of all blocks, and what decides about a run beside the text of the block. Refuses to
keep results: `hozon_docs.ledger` does.

Invariant: two blocks of one place would run alike, so the result of one holds for the other.
"""

import json
from collections.abc import Iterator, Sequence

from hozon_docs.config import Config
from hozon_docs.ledger import Place, text_digest
from hozon_docs.markdown import Block, Fence
from hozon_docs.pages import all_pages, earlier_in_group, file_of, read_page

_SHOWN_OPTIONS = frozenset({"title", "hl_lines", "linenums"})
"""The options that decide nothing about a run; a title is a part of the place by itself."""


def setting_of(part: Block | Fence, *, before: Sequence[Block] = ()) -> str:
    """Name what a page says about how a block runs, beside its text.

    Its proof ends when this changes: a skip that was taken away, another error that it ends with,
    an edit of an earlier block of its group.

    Args:
        part: The block.
        before: What runs before it: `earlier_in_group`.

    Returns:
        SHA-256 in hexadecimal digits; empty where its text says it all.
    """
    options = {key: part.options[key] for key in sorted(part.options.keys() - _SHOWN_OPTIONS)}
    if not options and not before:
        return ""
    return text_digest(json.dumps([options, [(one.source, one.raises) for one in before]]))


def placed(config: Config) -> Iterator[tuple[Block | Fence, Place]]:
    """List every block that the pages have now, with what the ledger knows it by.

    Args:
        config: Where the documentation lives.

    Yields:
        The block and its place, page by page.
    """
    for page in all_pages(config):
        scan = read_page(page)
        for part in scan.parts:
            before = earlier_in_group(scan, part) if isinstance(part, Block) else ()
            text, setting = text_digest(part.source), setting_of(part, before=before)
            yield part, (file_of(config, page), part.name, text, setting)
