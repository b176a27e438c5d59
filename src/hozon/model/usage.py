"""Usage: how many bytes versions hold, and how many of them nothing else holds.

Owns what is said of a collection and of a version, and the patterns that choose collections by
name. Refuses to own counting; that is the catalog's. Bytes are those of distinct objects in the
store: what lies outside counts nothing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from hozon.errors import InvalidNameError
from hozon.model.names import CollectionName, TypeName, check_name
from hozon.model.paths import ArtifactPath, CollectionPath
from hozon.model.versions import VersionState

_WILDCARDS = {"*": ".*", "?": "."}
_STAND_IN = "x"
"""What a wildcard is taken for while the rest of a pattern is held to the rules for names."""


@dataclass(frozen=True, slots=True)
class CollectionUsage:
    """What the versions of one collection hold in the store. `Api.usage` lists it.

    Examples:
        Find the collection whose deletion would free most.

        ```python
        import hozon

        usages = hozon.Api().usage()
        largest = max(usages, key=lambda usage: usage.unique_bytes)
        print(largest.path, largest.type)
        #> ada/digits/mnist dataset
        ```
    """

    path: CollectionPath
    """Where it is; as text, `entity/project/name`."""

    type: TypeName
    """What it holds, such as `dataset`."""

    versions: int
    """How many versions it has, 0 or more; deleted ones are not counted."""

    total_bytes: int
    """What these versions hold, in bytes; what several of them share counts once."""

    unique_bytes: int
    """What of it would be freed if the whole collection were deleted and purged, in bytes."""

    deleted_versions: int
    """How many of its versions are deleted and not purged yet, 0 or more."""

    deleted_bytes: int
    """What only deleted versions still hold, in bytes: purging frees it."""

    @property
    def name(self) -> str:
        """The name of the collection."""
        return self.path.name


@dataclass(frozen=True, slots=True)
class VersionUsage:
    """What one version holds in the store. `Api.version_usage` lists it.

    Examples:
        What another artifact has, too, is not freed with a version.

        ```python
        import hozon

        api = hozon.Api()
        copy = hozon.Artifact("first-digits", type="dataset")
        copy.add_dir(api.artifact("mnist:v0").download())
        copy.save()
        for usage in api.version_usage("mnist"):
            print(usage.name, usage.total_bytes, usage.unique_bytes)
            #> mnist:v2 72 72
            #> mnist:v1 52 52
            #> mnist:v0 32 0
        ```
    """

    path: ArtifactPath
    """Which version it is; as text, `entity/project/name:v0`."""

    state: VersionState
    """`COMMITTED` or `DELETED`."""

    total_bytes: int
    """What it holds, in bytes; a content that lies under several paths counts once."""

    unique_bytes: int
    """What of it no other version holds, in bytes: purging it alone would free so much."""

    @property
    def name(self) -> str:
        """The name of the collection and the version, such as `mnist:v0`."""
        return f"{self.path.collection.name}:{self.path.selector}"


@dataclass(frozen=True)
class NamePatterns:
    """Names of collections, in which `*` stands for any text and `?` for one character."""

    patterns: tuple[str, ...]
    """The names and patterns; none of them means every name."""

    @classmethod
    def of(cls, values: str | Iterable[object] | None) -> Self:
        """Accept a name or pattern, several, or None for every name.

        Raises:
            InvalidNameError: One of them is neither a name nor a pattern.
        """
        if values is None:
            return cls(())
        listed = (values,) if isinstance(values, str) else values
        if not isinstance(listed, Iterable):
            raise InvalidNameError(
                f"The names are a {type(values).__name__}",
                hint="Give a name, a pattern such as 'sweep-*', or a list of them.",
            )
        return cls(tuple(_checked(value) for value in listed))

    @property
    def names(self) -> tuple[CollectionName, ...]:
        """Those that hold no wildcard: whoever gives them expects them to exist."""
        return tuple(
            CollectionName(pattern)
            for pattern in self.patterns
            if not any(sign in pattern for sign in _WILDCARDS)
        )

    @cached_property
    def expression(self) -> str | None:
        """The same as a regular expression, plain enough for every database; None for all."""
        if not self.patterns:
            return None
        parts = ("".join(_WILDCARDS.get(c, re.escape(c)) for c in p) for p in self.patterns)
        return f"^({'|'.join(parts)})$"

    def match(self, name: str) -> bool:
        """Tell whether a name is one of them."""
        return self.expression is None or re.search(self.expression, name) is not None


def _checked(value: object) -> str:
    """Hold a pattern to the rules for names, its wildcards aside."""
    if not isinstance(value, str):
        raise InvalidNameError(
            f"The artifact name {value!r} is not text", hint="Give a name, or a pattern as text."
        )
    plain = value
    for sign in _WILDCARDS:
        plain = plain.replace(sign, _STAND_IN)
    check_name(plain, kind="artifact")
    return value
