"""Patterns of text that cannot take for ever.

Owns which regular expressions are accepted. Invariant: looking for one takes a bounded number of
steps, whatever the text is: Python's matcher goes back over what it tried, and some expressions
would have it do so for years.
"""

import re
import warnings
from dataclasses import dataclass
from typing import Final

from hozon.errors import InvalidFilterError

MAX_PATTERN: Final = 200
"""The most characters of a pattern."""

MAX_REPEATS: Final = 3
"""The most repetitions in a pattern; each multiplies the steps by the length of the text."""

MAX_TEXT: Final = 128
"""How many characters of a text are looked at."""

_HINT = "Give a regular expression of at most 200 characters, with no group and 3 repetitions."


@dataclass(frozen=True, slots=True)
class TextPattern:
    """A regular expression that may be asked of any text."""

    text: str
    """The expression, in the notation of Python."""

    @classmethod
    def parse(cls, text: object) -> "TextPattern":
        """Accept a regular expression.

        Args:
            text: At most 200 characters, without groups, and with at most 3 of `*`, `+`, `?` and
                `{…}`.

        Raises:
            InvalidFilterError: It is none, or not of these.
        """
        if not isinstance(text, str) or len(text) > MAX_PATTERN:
            raise InvalidFilterError(f"$regex cannot take {str(text)[:60]!r}", hint=_HINT)
        try:
            with warnings.catch_warnings():
                # What another release of Python will read otherwise has no meaning to rely on.
                warnings.simplefilter("error", FutureWarning)
                re.compile(text)
        except (re.error, OverflowError, RecursionError, FutureWarning) as error:
            raise InvalidFilterError(
                f"{text!r} is no regular expression: {error}", hint=_HINT
            ) from error
        _refuse_slow(text)
        return cls(text)

    def found_in(self, text: str) -> bool:
        """Tell whether the expression matches somewhere in the first 128 characters of a text."""
        return re.search(self.text, text[:MAX_TEXT]) is not None


def _refuse_slow(text: str) -> None:
    """Refuse what could take a number of steps that grows too fast with the text."""
    # Escapes and sets of characters go first: what they hold does not repeat.
    bare = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "", text, flags=re.DOTALL)
    repeats = sum(bare.count(sign) for sign in "*+?{")
    if "(" in bare or repeats > MAX_REPEATS:
        raise InvalidFilterError(f"The pattern {text!r} could take too long", hint=_HINT)
