"""Fences that are neither Python nor a shell's: which of them are parsed, and how.

Owns the list of the languages that a fence may name, and the parsers of those that hold data.
Refuses to know what a configuration means: the project's own reader does, through a hook of
`hozon_docs.worlds`.

Invariant: a fence in a language that is not listed is a fault, so that no code hides behind a name
that nothing checks.
"""

import json
import tomllib
from collections.abc import Callable, Mapping
from types import MappingProxyType

import sqlglot
import yaml
from sqlglot.errors import ParseError, SqlglotError

from hozon_docs.markdown import Fence

SHELL = frozenset({"bash", "console", "sh"})
"""The languages of fences that a shell runs."""

PROSE = frozenset({"csv", "diff", "html", "markdown", "mermaid", "text"})
"""The languages of fences that are shown and never run; translations repeat them to the byte."""


def parse_fence(fence: Fence) -> object:
    """Parse a fence that holds data.

    Args:
        fence: The fence; its language is one of `DATA`.

    Returns:
        What the parser made of it.

    Raises:
        ValueError: It cannot be parsed; the message says where and why.
    """
    return DATA[fence.language](fence.source)


def language_fault(fence: Fence) -> str | None:
    """Say what is wrong with the language of a fence.

    Args:
        fence: A fence that is not Python.

    Returns:
        The fault and the next step; None where there is none.
    """
    known = SHELL | PROSE | DATA.keys()
    if fence.language in known:
        return None
    what = f"a fence in {fence.language!r}" if fence.language else "a fence without a language"
    return f"nothing checks {what}; name one of {', '.join(sorted(known))}."


def _parse_json(text: str) -> object:
    return json.loads(text)


def _parse_yaml(text: str) -> object:
    try:
        return list(yaml.safe_load_all(text))
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _parse_sql(text: str) -> object:
    try:
        return sqlglot.parse(text)
    except ParseError as error:
        # Its own message is meant for a terminal, with escape sequences.
        fault = error.errors[0]
        place = f"line {fault['line']} column {fault['col']}"
        raise ValueError(f"{fault['description']}: {place}") from error
    except SqlglotError as error:
        raise ValueError(str(error)) from error


DATA: Mapping[str, Callable[[str], object]] = MappingProxyType(
    {
        "json": _parse_json,
        "sql": _parse_sql,
        "toml": tomllib.loads,
        "yaml": _parse_yaml,
        "yml": _parse_yaml,
    }
)
"""The parser of each language that holds data."""
