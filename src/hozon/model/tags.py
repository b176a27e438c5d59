"""Tags: labels of versions, by which people sort and search.

Owns what a tag may look like. Refuses to own which version has which. Unlike an alias, a tag may be
on any number of versions and names none of them. Invariant: the tags of a version are a set, shown
in the order of the alphabet.

Source: the published rule is letters and digits, separated by hyphens, underscores and spaces.
"""

import re
from collections.abc import Iterable
from typing import NewType

from hozon.errors import InvalidTagError

Tag = NewType("Tag", str)
"""A label of a version."""

MAX_TAG_LENGTH = 128
"""The longest tag, in characters."""

_TAG = re.compile(r"[\w-]+(?: [\w-]+)*")


def check_tag(value: object) -> Tag:
    """Accept a tag: words of letters and digits of any script, `_` and `-`.

    Args:
        value: The candidate; 1 to 128 characters, with a single space between two words.

    Returns:
        The tag, unchanged.

    Raises:
        InvalidTagError: It is not text, empty, too long, or holds another character; choose
            another tag.
    """
    hint = (
        f"Use 1 to {MAX_TAG_LENGTH} letters, digits, '_' or '-', and single spaces between words."
    )
    if not isinstance(value, str):
        raise InvalidTagError(f"The tag {value!r} is not text", hint=hint)
    if len(value) > MAX_TAG_LENGTH:
        raise InvalidTagError(f"The tag {value[:20]!r}… has {len(value)} characters", hint=hint)
    if not _TAG.fullmatch(value):
        raise InvalidTagError(f"The tag {value!r} is more than words and spaces", hint=hint)
    return Tag(value)


def check_tags(values: Iterable[object] | None) -> tuple[Tag, ...]:
    """Accept the tags given to a call.

    Args:
        values: Any number of tags; None for none.

    Returns:
        Each once, sorted.

    Raises:
        InvalidTagError: One of them breaks the rules, or what was given is no list.
    """
    if isinstance(values, str):
        return (check_tag(values),)
    if values is not None and not isinstance(values, Iterable):
        raise InvalidTagError(
            f"The tags are a {type(values).__name__}", hint="Give a list of texts."
        )
    return tuple(sorted({check_tag(value) for value in values or ()}))
