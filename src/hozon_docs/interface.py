"""What the tools say to the readers of a site, in the readers' language.

Owns the messages, their translations (`locale/*.po`) and the forms of dates and shares. Refuses to
hold what writers and contributors read: findings and help are English.

A language without a catalog gets English, and `Words.language` says so: what is English must be
marked as English.

Invariants: every message has one English text, which names it in the catalogs; a message that is
translated names the same values as its English.
"""

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from importlib import resources
from types import MappingProxyType

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.pofile import read_po
from jinja2 import Environment, PackageLoader, StrictUndefined

ENGLISH = "en"
"""The language of the messages themselves."""


class Message(StrEnum):
    """Everything that a reader may be told. The values in braces are filled in."""

    PASSED = "Ran and passed on {date} with {versions}."
    """On the mark of a block whose very text passed against the very code."""
    FAILED = "Failed when it was last run, on {date}."
    """On the mark of a block whose text failed."""
    SKIPPED = "Not run: {reason}"
    """On the mark of a block that its page skips."""
    NOT_RUN = "Not run yet."
    """On the mark of a block that no run knows with this text against this code."""
    PERMALINK = "Permanent link"
    """What the link beside a heading says."""

    STALE = "The {source} text has changed since this was translated."
    """At a paragraph, a heading or the like that lags behind its source."""
    SEE_SOURCE = "Read it in {source}"
    """The link to the source of such a place."""
    FALLBACK = "This page has not been translated yet. It is shown in {source}."
    """Above a page that is not there in the reader's language."""

    NO_RUN = "No block has been run against this code yet."
    """On the proof page, where no result holds."""
    RUN = "The blocks ran between {first} and {last} (UTC), with {versions}."
    """On the proof page: when, and with what."""
    RUN_ONCE = "The blocks ran on {first} (UTC), with {versions}."
    """The same, where all ran within a minute."""
    PAGE = "Page"
    """Head of a column: a page."""
    BLOCKS = "Blocks that passed, of all blocks of Python and the shell"
    """Caption of the table of pages and languages."""
    DOCSTRINGS = "Docstrings"
    """The row of the blocks in docstrings."""
    ALL_PAGES = "All"
    """The row of the sums."""
    SKIPS = "Blocks that are not run"
    """Caption of the table of skips."""
    NO_SKIPS = "No block is skipped."
    """In place of that table."""
    BLOCK = "Block"
    """Head of a column: what names a block."""
    REASON = "Reason"
    """Head of a column: why something is as it is."""
    COVERAGE = "Blocks exercise {part} of {all} public names: {share}."
    """How much of the API the blocks use."""
    NO_COVERAGE = "The public names have not been counted yet."
    """In place of that sentence."""
    UNEXERCISED = "Public names that no block exercises"
    """Caption of the table of names."""
    NAME = "Name"
    """Head of a column: a public name."""
    MUTANTS = "Blocks noticed {part} of {all} stubs: {share}."
    """How many mutants were killed."""
    NO_MUTANTS = "No block has been tried against a stub yet."
    """In place of that sentence."""
    SURVIVORS = "Stubs that no block noticed"
    """Caption of the table of mutants that survived."""
    STUB = "The stub"
    """Head of a column: what stood in for a callable."""
    RETURNS_NOTHING = "returns nothing"
    """A stub that runs the callable and gives None."""
    SKIPS_EFFECT = "skips the effect"
    """A stub that does not run the callable."""
    NO_REASON = "No reason is given."
    """Where a reason is missing."""
    SHARE = "{number}%"
    """A share, with the sign and the space of the language."""


@dataclass(frozen=True, slots=True)
class Words:
    """The messages in one language."""

    language: str
    """The language that they really are in."""
    _catalog: Mapping[str, str] = field(hash=False)

    def say(self, message: Message, values: Mapping[str, object] | None = None) -> str:
        """Say something.

        Args:
            message: What.
            values: What to put into its braces.

        Returns:
            The text, in `language`.
        """
        text = self._catalog.get(message.value, message.value)
        return text.format_map(values) if values else text

    def name_of(self, language: str) -> str:
        """Name a language as readers of this one do.

        Args:
            language: Its code.

        Returns:
            `English`, `英語`, `inglés`; the code itself where nobody knows it.
        """
        return str(Locale.parse(self.language).languages.get(language, language))

    def listed(self, items: Sequence[str]) -> str:
        """Write things one after the other.

        Args:
            items: The things.

        Returns:
            `a, b, and c`, as the language has it.
        """
        return format_list(items, locale=self.language)

    def day(self, moment: str) -> str:
        """Write a day.

        Args:
            moment: ISO 8601; empty where nobody noted it.

        Returns:
            The day in UTC.
        """
        return format_date(_utc(moment), "long", locale=self.language) if moment else "?"

    def minute(self, moment: str) -> str:
        """Write a day and a time.

        Args:
            moment: ISO 8601; empty where nobody noted it.

        Returns:
            The day, the hour and the minute in UTC, the same in every language.
        """
        return f"{_utc(moment):%Y-%m-%d %H:%M}" if moment else "?"

    def share(self, part: int, *, whole: int) -> str:
        """Write a share.

        Args:
            part: How many.
            whole: Of how many; at least 1.

        Returns:
            The share in percent with one decimal, rounded down: 100 means all.
        """
        return self.say(Message.SHARE, {"number": f"{math.floor(1000 * part / whole) / 10:.1f}"})


def _utc(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(UTC)


@functools.cache
def words_in(language: str) -> Words:
    """Give the messages in a language.

    Args:
        language: Its code: `ja`.

    Returns:
        The messages, in English where there is no catalog.
    """
    catalog = read_catalog(language)
    return Words(language if catalog or language == ENGLISH else ENGLISH, catalog)


def read_catalog(language: str) -> Mapping[str, str]:
    """Read the translations into a language.

    Args:
        language: Its code.

    Returns:
        The translated texts by their English; none where there is no catalog.
    """
    file = resources.files("hozon_docs").joinpath("locale", f"{language}.po")
    if not file.is_file():
        return MappingProxyType({})
    with file.open("rb") as opened:
        catalog = read_po(opened, locale=language)
    return MappingProxyType(
        {
            str(message.id): str(message.string)
            for message in catalog
            if message.id and message.string and not message.fuzzy
        }
    )


@functools.cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("hozon_docs"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


def render(template: str, values: Mapping[str, object]) -> str:
    """Fill in a template of the tools.

    Args:
        template: Its name below `templates/`, without `.html`.
        values: What it asks for. Text is escaped.

    Returns:
        The HTML, without white space around it.
    """
    return _environment().get_template(f"{template}.html").render(values).strip()
