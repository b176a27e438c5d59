"""Metadata: the JSON values that people attach to artifacts and runs.

Owns what may be attached. Refuses to own the schema of anyone's metadata. Invariant: what passes
here survives a JSON round trip unchanged.

Source: the published limit is 100 keys for an artifact's metadata.
"""

import math
from collections.abc import Mapping, Sequence

from hozon.errors import InvalidMetadataError

JsonValue = None | bool | int | float | str | Sequence["JsonValue"] | Mapping[str, "JsonValue"]
"""Anything that JSON can carry."""

JsonObject = Mapping[str, JsonValue]
"""A JSON object: text keys, JSON values."""

MAX_METADATA_KEYS = 100
"""How many keys the metadata of an artifact may have, counted at all levels."""

MAX_DEPTH = 100
"""How many levels JSON values may be nested."""

MAX_INTEGER_BITS = 14_000
"""How long integers may be: about 4,200 digits, the most that Python reads back from text."""


def check_metadata(value: object, *, what: str = "metadata") -> dict[str, JsonValue]:
    """Accept the metadata of an artifact.

    Args:
        value: A mapping, or None for none; at most 100 keys, counted at all levels.
        what: What to call it in the message.

    Returns:
        A deep copy in plain dicts and lists.

    Raises:
        InvalidMetadataError: It is no mapping, has a key that is not text, a value that JSON
            cannot carry (NaN and infinity included), or too many keys.
    """
    checked = check_json_object(value, what=what)
    keys = _count_keys(checked)
    if keys > MAX_METADATA_KEYS:
        raise InvalidMetadataError(
            f"The {what} has {keys} keys, more than {MAX_METADATA_KEYS}",
            hint="Put the bulk into a file of the artifact.",
        )
    return checked


def check_description(value: object, *, what: str = "description") -> str | None:
    """Accept a note for people.

    Args:
        value: Any text, or None for none.
        what: What to call it in the message.

    Returns:
        The text, unchanged.

    Raises:
        InvalidMetadataError: It is not text, or not valid Unicode, or holds a NUL, which not every
            database stores.
    """
    hint = "Give a text, or None."
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidMetadataError(f"The {what} is a {type(value).__name__}", hint=hint)
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise InvalidMetadataError(f"The {what} is not valid Unicode", hint=hint)
    if "\0" in value:
        raise InvalidMetadataError(f"The {what} holds a NUL character", hint="Leave it out.")
    return value


def check_json_object(value: object, *, what: str, finite: bool = True) -> dict[str, JsonValue]:
    """Accept a mapping that JSON can carry, with any number of keys.

    Args:
        value: A mapping, or None for an empty one.
        what: What to call it in the message.
        finite: Whether NaN and infinity are refused; metrics may have them.

    Returns:
        A deep copy in plain dicts and lists.

    Raises:
        InvalidMetadataError: As for `check_metadata`, but for the number of keys.
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InvalidMetadataError(
            f"The {what} is a {type(value).__name__}", hint="Give a dict with text keys."
        )
    return {
        _check_key(key, what): _check_value(item, f"{what}[{key!r}]", finite=finite, depth=1)
        for key, item in value.items()
    }


def _check_value(value: object, where: str, *, finite: bool, depth: int) -> JsonValue:
    """Copy one value, or name the place at which JSON fails."""
    if depth > MAX_DEPTH:
        raise InvalidMetadataError(
            f"{where[:60]}… is nested more than {MAX_DEPTH} levels deep, or contains itself",
            hint="Give it fewer levels.",
        )
    if isinstance(value, int) and value.bit_length() > MAX_INTEGER_BITS:
        raise InvalidMetadataError(
            f"{where} is an integer of {value.bit_length()} bits", hint="Store it as text."
        )
    if finite and isinstance(value, float) and not math.isfinite(value):
        raise InvalidMetadataError(
            f"{where} is {value}", hint="JSON has no NaN and no infinity: use None or text."
        )
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Mapping):
        return {
            _check_key(k, where): _check_value(v, f"{where}[{k!r}]", finite=finite, depth=depth + 1)
            for k, v in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [
            _check_value(item, f"{where}[{n}]", finite=finite, depth=depth + 1)
            for n, item in enumerate(value)
        ]
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        # A NumPy scalar: keep its plain value.
        return _check_value(value.item(), where, finite=finite, depth=depth + 1)
    raise InvalidMetadataError(
        f"{where} is a {type(value).__name__}",
        hint="Use None, bool, int, float, str, list or dict.",
    )


def _check_key(key: object, where: str) -> str:
    """Accept text keys only: JSON would silently turn others into text."""
    if isinstance(key, str):
        return key
    raise InvalidMetadataError(f"{where} has the key {key!r}", hint="Use text for every key.")


def _count_keys(value: JsonValue) -> int:
    """Count the keys at all levels."""
    if isinstance(value, Mapping):
        return len(value) + sum(_count_keys(item) for item in value.values())
    if isinstance(value, list):
        return sum(_count_keys(item) for item in value)
    return 0
