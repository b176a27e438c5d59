"""The lock of the translations: which text was last compared with which.

Owns the file `<l10n>/sync.lock`: for each page of each translation, pairs of digests, that of a
unit of the source and that of its translation, as a person has seen them side by side. Refuses to
know pages, and to judge whether a pair is of today; `hozon_docs.freshness` does.

Invariants: one pair is one line, and the lines are sorted, so a change of one sentence changes one
line in each language; there are no line numbers and no dates, so moving a text changes nothing; the
same lock gives the same bytes; a file that cannot be read is never written over.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from hozon_docs.atomic import write_atomically
from hozon_docs.config import Config
from hozon_docs.findings import DocsError, shown

_HEAD = """\
# What each translation was last compared with: the digest of a unit of the source, and that of its
# translation. `python -m hozon_docs stamp` writes this file.
"""
_PAIR = re.compile(r"([0-9a-f]{16}) ([0-9a-f]{16})")


class Stamp(NamedTuple):
    """Two texts that somebody has compared."""

    source: str
    """The digest of the unit of the source."""
    translation: str
    """The digest of its translation."""


Stamps = frozenset[Stamp]
"""What was compared on one page of one language."""

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Lock:
    """What was compared in all languages."""

    pages: Mapping[_Key, Stamps] = field(default_factory=lambda: MappingProxyType({}))
    """The stamps by language and name of the page."""

    def stamps(self, language: str, name: str) -> Stamps:
        """Give what was compared on one page.

        Args:
            language: The code of the translation.
            name: The name of the page: `guides/delete`.

        Returns:
            The stamps; none for a page that was never stamped.
        """
        return self.pages.get((language, name), frozenset())

    def replaced(self, changes: Mapping[_Key, Stamps]) -> "Lock":
        """Give the lock with other stamps for some pages.

        Args:
            changes: The new stamps by language and name; none forgets the page.

        Returns:
            The lock; all other pages keep theirs.
        """
        pages = {key: stamps for key, stamps in {**self.pages, **changes}.items() if stamps}
        return Lock(MappingProxyType(pages))


def lock_path(config: Config) -> Path:
    """Say where the lock of a project is.

    Args:
        config: Where the documentation lives.

    Returns:
        The file, which may not exist yet.
    """
    return config.l10n / "sync.lock"


def read_lock(path: Path) -> Lock:
    """Read a lock.

    Args:
        path: The file.

    Returns:
        The lock; an empty one where there is no file.

    Raises:
        DocsError: The file is not what `stamp` writes, for example after two branches were merged.
            Mend or delete the lines that the message names, and stamp those pages again.
    """
    try:
        table = msgspec.convert(
            tomllib.loads(path.read_text("utf-8")), dict[str, dict[str, list[str]]]
        )
    except FileNotFoundError:
        return Lock()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise _unreadable(path, str(error)) from None
    return Lock(
        MappingProxyType(
            {
                (language, name): _stamps(path, language, name, lines)
                for language, pages in table.items()
                for name, lines in pages.items()
            }
        )
    )


def write_lock(path: Path, lock: Lock) -> None:
    """Write a lock in one step, so that an interrupt leaves the old one.

    Args:
        path: The file; it is replaced.
        lock: What it is to hold.
    """
    write_atomically(path, format_lock(lock).encode())


def format_lock(lock: Lock) -> str:
    """Give the text of a lock.

    Args:
        lock: The lock.

    Returns:
        TOML, one stamp in each line.
    """
    tables = (_table(*key, lock.pages[key]) for key in sorted(lock.pages))
    return "\n".join([_HEAD, *tables])


def line_of(path: Path, language: str, name: str) -> int:
    """Say where in a lock the stamps of a page begin.

    Args:
        path: The file.
        language: The code of the translation.
        name: The name of the page.

    Returns:
        The line, counted from 1; 1 where somebody has written it in another spelling.
    """
    opening = _opening(language, name)
    lines = path.read_text("utf-8").split("\n")
    return next((number for number, line in enumerate(lines, 1) if line == opening), 1)


def _opening(language: str, name: str) -> str:
    """Begin the stamps of a page; a string of JSON is a string of TOML, too."""
    return f"{json.dumps(language)}.{json.dumps(name, ensure_ascii=False)} = ["


def _table(language: str, name: str, stamps: Iterable[Stamp]) -> str:
    lines = "".join(f'    "{stamp.source} {stamp.translation}",\n' for stamp in sorted(stamps))
    return f"{_opening(language, name)}\n{lines}]\n"


def _stamps(path: Path, language: str, name: str, lines: Iterable[str]) -> Stamps:
    found = set()
    for line in lines:
        match = _PAIR.fullmatch(line)
        if match is None:
            raise _unreadable(path, f"{line!r} on {language}/{name} is no pair of digests")
        found.add(Stamp(*match.groups()))
    return frozenset(found)


def _unreadable(path: Path, reason: str) -> DocsError:
    return DocsError(
        f"{shown(path)} is not a lock of translations: {reason}; mend or delete those lines "
        "and run `python -m hozon_docs stamp` again."
    )
