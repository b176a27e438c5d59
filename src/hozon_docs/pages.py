"""Which files are pages, and how each is read.

Owns the one answer to "what is this file to us": a page of a language's tree, a page outside the
trees, a module with docstrings, or nothing; and to what runs around a block in its page. Refuses to
run and to compare.

Invariants: every file has at most one page, and what is read of it does not depend on where the
process stands; a file that cannot be read is a finding, never an exception.
"""

from collections.abc import Iterator
from pathlib import Path

from hozon_docs.config import Config
from hozon_docs.docstrings import scan_module
from hozon_docs.findings import Finding
from hozon_docs.markdown import Block, Page, Scan, find_pages, scan


def page_of(config: Config, path: Path) -> Page | None:
    """Tell what a file is.

    Args:
        config: Where the documentation lives.
        path: The file.

    Returns:
        Its page; None where nothing of it is run.
    """
    path = path.absolute()
    if path.suffix == ".md":
        for language in config.languages:
            tree = config.tree(language)
            if path.is_relative_to(tree):
                name = path.relative_to(tree).with_suffix("").as_posix()
                return Page(language=language, name=name, path=path)
    outside = path in config.pages or (
        path.suffix == ".py" and any(path.is_relative_to(folder) for folder in config.packages)
    )
    if not outside:
        return None
    name = path.relative_to(config.root).with_suffix("").as_posix()
    return Page(language=config.source, name=name, path=path, translated=False)


def all_pages(config: Config) -> Iterator[Page]:
    """List every page: the trees in the order of the languages, then the others, then modules.

    Args:
        config: Where the documentation lives.

    Yields:
        The pages that exist.
    """
    for language in config.languages:
        yield from find_pages(config.tree(language), language=language)
    modules = (path for folder in config.packages for path in sorted(folder.rglob("*.py")))
    for path in (*config.pages, *modules):
        page = page_of(config, path) if path.exists() else None
        if page is not None:
            yield page


def read_page(page: Page) -> Scan:
    """Read a page or the docstrings of a module.

    Args:
        page: The page; its file must exist.

    Returns:
        Its blocks and all that stands around them; of a file that cannot be read, the finding that
        says so, and nothing else.
    """
    try:
        return scan_module(page) if page.path.suffix == ".py" else scan(page)
    except UnicodeDecodeError as error:
        line = page.path.read_bytes()[: error.start].count(b"\n") + 1
        return _unreadable(page, line=line, reason="the file is not UTF-8; save it as UTF-8.")
    except SyntaxError as error:
        reason = f"the module does not compile: {error.msg}; correct it."
        return _unreadable(page, line=error.lineno or 1, reason=reason)


def _unreadable(page: Page, *, line: int, reason: str) -> Scan:
    return Scan(page, (), (), (), (Finding(page.path, line, reason),))


def file_of(config: Config, page: Page) -> str:
    """Name a page's file as the ledger does.

    Args:
        config: Where the documentation lives.
        page: The page.

    Returns:
        The path from the project's folder, with forward slashes.
    """
    return page.path.relative_to(config.root).as_posix()


def earlier_in_group(scan: Scan, block: Block) -> tuple[Block, ...]:
    """List what runs before a block, in its namespace and its world.

    Args:
        scan: The page of the block.
        block: The block.

    Returns:
        The blocks of its group that stand above it, without those that are skipped; none where it
        is in no group.
    """
    return tuple(one for one in _group_of(scan, block) if one.line < block.line)


def later_in_group(scan: Scan, block: Block) -> tuple[Block, ...]:
    """List what runs after a block, in its namespace and its world.

    Args:
        scan: The page of the block.
        block: The block.

    Returns:
        As `earlier_in_group`, for the blocks that stand below it.
    """
    return tuple(one for one in _group_of(scan, block) if one.line > block.line)


def _group_of(scan: Scan, block: Block) -> list[Block]:
    """List the blocks of a group that are run."""
    if not block.group:
        return []
    return [one for one in scan.blocks if one.group == block.group and not one.skip]
