"""What commands print: tables and facts for people, JSON for programs, and progress.

Owns the forms, so that all commands look alike. Data goes to standard output; progress and advice
go to standard error, progress only where that is a terminal. Invariant: a cell is printed whole,
because people copy them; nothing depends on the width of the terminal.
"""

import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Final, TypeVar

import click

from hozon.ports.paging import Listing, PageKey

T = TypeVar("T")

NOTHING: Final = "-"
"""What stands in a table where there is nothing."""

_PAGE: Final = 500
"""How many values of a listing are fetched at a time, at most."""

_GAP: Final = 2
"""How many spaces stand between columns."""


def print_json(value: object) -> None:
    """Print a document for programs; see `write_json`."""
    click.echo(write_json(value))


def write_json(value: object) -> str:
    """Write a document for programs: times in ISO 8601, spans in seconds.

    JSON knows no NaN and no infinity: they are written as the texts `NaN`, `Infinity` and
    `-Infinity`.

    Args:
        value: Data classes, mappings, sequences, sets, texts, numbers, times and spans.
    """
    return json.dumps(_plain(value), indent=2, allow_nan=False)


def print_table(
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    right: AbstractSet[int] = frozenset(),
) -> None:
    """Print a table for people; nothing where there is no row.

    Args:
        headings: What stands over the columns.
        rows: The cells; None is shown as `-`.
        right: The columns that are aligned to the right, such as those of numbers.
    """
    cells = [[_cell(cell) for cell in row] for row in rows]
    if cells:
        _print_columns(headings, cells, right=right)


def print_facts(facts: Mapping[str, object]) -> None:
    """Print what there is to say of one thing, a line each.

    Args:
        facts: Label → value; None is shown as `-`, and a list an item a line.
    """
    lines: list[tuple[str, str]] = []
    for label, value in facts.items():
        items = value.splitlines() if isinstance(value, str) else value
        cells = list(map(_cell, items)) if isinstance(items, (list, tuple)) else [_cell(value)]
        labels = (label, *[""] * len(cells))
        lines += zip(labels, cells or [NOTHING], strict=False)
    _print_columns(("", ""), lines, show_headings=False)


def advise(sentence: str) -> None:
    """Say something that is no data, such as a next step."""
    click.echo(sentence, err=True)


def counted(count: int, noun: str) -> str:
    """Write how many there are of something, such as `1 version` or `2 versions`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def size(size_bytes: int) -> str:
    """Write a number of bytes for people."""
    from rich.filesize import decimal  # noqa: PLC0415  Most commands print no sizes.

    return decimal(size_bytes)


def moment(at: datetime) -> str:
    """Write a time, which is in UTC, for people."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def read(listing: Listing[T], *, limit: int = 0) -> list[T]:
    """Read a listing page by page.

    Args:
        listing: What to read.
        limit: How many values at most; 0 for all.
    """
    found: list[T] = []
    after: PageKey | None = None
    while not limit or len(found) < limit:
        page = listing.page(after=after, limit=min(_PAGE, limit - len(found)) if limit else _PAGE)
        if not page:
            break
        found += [item.value for item in page]
        after = page[-1].key
    return found


def tell_rest(listing: Listing[T], *, shown: int, limit: int) -> None:
    """Say how many values a limit kept back."""
    if limit and shown == limit and (rest := listing.count() - shown) > 0:
        advise(f"{rest} more; --limit 0 lists all.")


@contextmanager
def steps(beginning: str) -> Iterator[Callable[[str], None]]:
    """Show on the terminal which step is under way.

    Args:
        beginning: The first step.

    Yields:
        A function to call with each further step.
    """
    from rich.console import Console  # noqa: PLC0415  Most commands show no steps.

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status(beginning) as status:
        yield status.update


@contextmanager
def progress(description: str, *, total: int) -> Iterator[Callable[[int], None]]:
    """Show on the terminal how much is done.

    Args:
        description: What is going on, such as `Deleting`.
        total: How much there is to do.

    Yields:
        A function to call with how much has been done since the last call.
    """
    from rich.console import Console  # noqa: PLC0415  Most commands show no progress.
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn  # noqa: PLC0415

    console = Console(stderr=True)
    columns = (SpinnerColumn(), *Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(description, total=total)
        yield lambda done: bar.advance(task, done)


def _print_columns(
    headings: Sequence[str],
    cells: Iterable[Sequence[str]],
    *,
    right: AbstractSet[int] = frozenset(),
    show_headings: bool = True,
) -> None:
    """Print texts in columns, as wide as they need."""
    from rich.console import Console  # noqa: PLC0415  Most commands print no columns.
    from rich.measure import Measurement  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, show_header=show_headings)
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number in right else "left", no_wrap=True)
    for row in cells:
        table.add_row(*map(Text, row))
    console = Console()
    endless = console.options.update_width(sys.maxsize)
    console = Console(width=Measurement.get(console, endless, table).maximum)
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def _cell(value: object) -> str:
    """Write a value for people, in one line."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, datetime):
        return moment(value)
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(value))


def _plain(value: object) -> object:
    """Turn a value into what JSON can carry."""
    match value:
        case float() if not math.isfinite(value):
            plain: object = {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")
        case datetime():
            plain = value.isoformat()
        case timedelta():
            plain = value.total_seconds()
        case PurePath():
            plain = str(value)
        case Mapping():
            plain = {str(key): _plain(item) for key, item in value.items()}
        case AbstractSet():
            plain = sorted(map(str, value))
        case Sequence() if not isinstance(value, str):
            plain = list(map(_plain, value))
        case _ if is_dataclass(value) and not isinstance(value, type):
            plain = {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
        case _:
            plain = value
    return plain
