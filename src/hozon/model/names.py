"""Names: what each kind of name may look like.

Owns the grammar of every single name. Refuses to own how names combine; that is
`hozon.model.paths`. Invariant: a value of one of the `NewType`s below has passed its check here.

Source: the published name rule for artifacts is `^[A-Za-z0-9_.-]+$`, at most 128 characters.
"""

import re
from typing import NewType

from hozon.errors import InvalidAliasError, InvalidNameError

EntityName = NewType("EntityName", str)
"""A user or team that owns projects."""

ProjectName = NewType("ProjectName", str)
"""A project of one entity."""

CollectionName = NewType("CollectionName", str)
"""The name that all versions of one artifact share within a project."""

TypeName = NewType("TypeName", str)
"""What a collection holds, such as `dataset` or `model`."""

RunId = NewType("RunId", str)
"""A run, unique within its project."""

SweepId = NewType("SweepId", str)
"""A sweep, unique within its project."""

Alias = NewType("Alias", str)
"""A movable name of one version within its collection."""

StoreName = NewType("StoreName", str)
"""An object store of an installation: that of a team, by the team's name, or `MAIN_STORE`."""

MAIN_STORE = StoreName("")
"""The object store of all who have none of their own; no team has such a name."""

MAX_NAME_LENGTH = 128
"""The longest name, in characters."""

LATEST = Alias("latest")
"""The alias that Hozon itself moves to each new version."""

RESERVED_TYPES = frozenset({"job"})
"""Types that only tools make."""

RESERVED_TYPE_PREFIXES = ("hozon-", "wandb-")
"""How the types begin that only tools make."""

_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_VERSION = re.compile(r"v(0|[1-9][0-9]*)")
_VERSION_LIKE = re.compile(r"[vV][0-9]+")


def check_name(value: object, *, kind: str) -> str:
    """Accept a name of letters, digits, `_`, `.` and `-`.

    Args:
        value: The candidate; 1 to 128 characters.
        kind: What it names, for the message: `artifact`, `project`, …

    Returns:
        The name, unchanged.

    Raises:
        InvalidNameError: It is not text, empty, too long, only dots, or holds another character;
            choose another name.
    """
    rule = f"Use 1 to {MAX_NAME_LENGTH} letters, digits, '_', '.' or '-'."
    if not isinstance(value, str):
        raise InvalidNameError(f"The {kind} name {value!r} is not text", hint=rule)
    if not value:
        raise InvalidNameError(f"The {kind} name is empty", hint=rule)
    if len(value) > MAX_NAME_LENGTH:
        raise InvalidNameError(
            f"The {kind} name {value[:20]!r}… has {len(value)} characters", hint=rule
        )
    bad = sorted(set(_NAME.sub("", value)))
    if bad:
        raise InvalidNameError(
            f"The {kind} name {value!r} holds {', '.join(map(repr, bad))}", hint=rule
        )
    if not value.strip("."):
        raise InvalidNameError(f"The {kind} name {value!r} has only dots", hint=rule)
    return value


def check_type(value: object) -> TypeName:
    """Accept the type of an artifact that somebody makes.

    Args:
        value: The candidate; the rule of `check_name`.

    Returns:
        The type, unchanged.

    Raises:
        InvalidNameError: It breaks the rule; or it is `job` or begins with `hozon-` or `wandb-`,
            in lower or upper case, which are reserved. Choose another type.

    Source:
        `job` and what begins with `wandb-` are reserved as published.
    """
    name = check_name(value, kind="type")
    folded = name.casefold()
    if folded in RESERVED_TYPES or folded.startswith(RESERVED_TYPE_PREFIXES):
        raise InvalidNameError(
            f"The type name {name!r} is reserved",
            hint="Use another than 'job' that does not begin with 'hozon-' or 'wandb-'.",
        )
    return TypeName(name)


def check_alias(value: object) -> Alias:
    """Accept an alias: any short text that a path can carry and no version looks like.

    Args:
        value: The candidate; 1 to 128 printable characters.

    Returns:
        The alias, unchanged.

    Raises:
        InvalidAliasError: It is empty, too long, holds `/`, `:`, white space at an end or a
            control character, or looks like a version; choose another alias.
    """
    hint = f"Use 1 to {MAX_NAME_LENGTH} characters without '/' and ':', unlike a version ('v7')."
    if not isinstance(value, str) or not value or value != value.strip():
        raise InvalidAliasError(f"The alias {value!r} is empty or not plain text", hint=hint)
    if len(value) > MAX_NAME_LENGTH:
        raise InvalidAliasError(f"The alias {value[:20]!r}… has {len(value)} characters", hint=hint)
    if "/" in value or ":" in value or not value.isprintable():
        raise InvalidAliasError(f"The alias {value!r} would break a path", hint=hint)
    if _VERSION_LIKE.fullmatch(value):
        raise InvalidAliasError(f"The alias {value!r} looks like a version", hint=hint)
    return Alias(value)


def parse_version(text: str) -> int | None:
    """Read a version such as `v12`.

    Args:
        text: The part of a path after the colon.

    Returns:
        The index, 0 or more, or None when the text is no version.
    """
    match = _VERSION.fullmatch(text)
    return int(match.group(1)) if match else None


def format_version(index: int) -> str:
    """Write the version with this index, 0 or more, as paths show it."""
    return f"v{index}"
