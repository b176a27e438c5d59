"""How things look in a notebook: small tables of HTML.

Owns escaping, bounds and looks. Refuses to own what is shown; each class picks that. Invariants:
every text is escaped; nothing is loaded from elsewhere; colours are those of the notebook, so that
it is readable on light and on dark; a page stays small, whatever is shown.
"""

from collections.abc import Iterable, Mapping, Sequence, Sized
from datetime import datetime
from html import escape
from itertools import islice
from reprlib import Repr
from typing import Final

from hozon.model.runs import Run, RunDetails

MAX_ITEMS: Final = 10
"""How many values of a mapping or a list are shown."""

MAX_TEXT: Final = 200
"""How many characters of a text are shown."""

MAX_ROWS: Final = 20
"""How many rows of a table are shown."""

MAX_COLUMNS: Final = 20
"""How many columns of a table are shown."""

_NARROW: Final = Repr()
_NARROW.maxlevel = 3
_NARROW.maxother = _NARROW.maxstring = _NARROW.maxlong = MAX_TEXT
_NARROW.maxlist = _NARROW.maxtuple = _NARROW.maxdict = MAX_ITEMS

_CELL: Final = 'style="text-align: left; vertical-align: top"'


def card(title: str, facts: Iterable[tuple[str, object]]) -> str:
    """Show a thing by what is known of it.

    Args:
        title: What it is, and its path.
        facts: Names and values; those that are None or empty are left out.
    """
    rows = "".join(
        f'<tr><th scope="row" {_CELL}>{escape(name)}</th><td {_CELL}>{_shown(value)}</td></tr>'
        for name, value in facts
        if value is not None and not (isinstance(value, Sized) and len(value) == 0)
    )
    return f"<div><strong>{_text(title)}</strong><table><tbody>{rows}</tbody></table></div>"


def grid(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, total: int
) -> str:
    """Show the first rows and columns of a table, and say how many more there are.

    Args:
        title: What it is.
        columns: The names of all columns.
        rows: The rows, read as far as they are shown.
        total: How many rows there are.
    """
    names = columns[:MAX_COLUMNS]
    head = "".join(f'<th scope="col" {_CELL}>{_text(name)}</th>' for name in names)
    body = "".join(
        f"<tr>{''.join(f'<td {_CELL}>{_shown(cell)}</td>' for cell in row[: len(names)])}</tr>"
        for row in islice(rows, MAX_ROWS)
    )
    more = [
        f"{left} more {what}{'' if left == 1 else 's'}"
        for left, what in ((total - MAX_ROWS, "row"), (len(columns) - MAX_COLUMNS, "column"))
        if left > 0
    ]
    rest = f"<p>… and {' and '.join(more)}</p>" if more else ""
    return (
        f"<div><strong>{_text(title)}</strong>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}</div>"
    )


def run_facts(run: Run, details: RunDetails) -> list[tuple[str, object]]:
    """Give what is shown of a run, whether it goes on or not.

    Args:
        run: The run; its config and its summary are shown as they are here.
        details: What people say of it.
    """
    return [
        ("name", details.name),
        ("state", str(run.state)),
        ("job type", run.job_type),
        ("group", details.group),
        ("tags", details.tags),
        ("notes", details.notes),
        ("sweep", run.sweep_id),
        ("created", run.created_at),
        ("by", run.created_by),
        ("config", run.config),
        ("summary", run.summary),
    ]


def _shown(value: object) -> str:
    """Show a value, or the first of several, a line each."""
    if isinstance(value, Mapping):
        lines = [f"{_text(key)}: {_plain(item)}" for key, item in islice(value.items(), MAX_ITEMS)]
        return "<br>".join([*lines, *_more(len(value))])
    if isinstance(value, (list, tuple)):
        lines = [_plain(item) for item in value[:MAX_ITEMS]]
        return ", ".join([*lines, *_more(len(value))])
    return _plain(value)


def _plain(value: object) -> str:
    """Show a value in one line."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, datetime):
        return escape(f"{value:%Y-%m-%d %H:%M:%S %Z}".strip())
    if isinstance(value, (bytes, bytearray)):
        return f"{len(value):,} bytes"
    return _text(_NARROW.repr(value))


def _text(value: object) -> str:
    """Escape a text, and cut it where it is long."""
    text = str(value)
    return escape(text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…")


def _more(count: int) -> list[str]:
    """Say how many values are not shown, if any."""
    return [f"… and {count - MAX_ITEMS} more"] if count > MAX_ITEMS else []
