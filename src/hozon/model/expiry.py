"""Expiry: when a version's time has come, and what holds it back.

Owns which TTL applies to a version, when it ends, and what suspends it. Refuses to own who deletes
the version; that is a service. Invariants: the nearest TTL that is set applies, None included; a
version has expired from the very moment on at which its TTL ends; one that something holds never
expires.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from hozon.errors import CollectionKindError, InvalidTtlError
from hozon.model.links import CollectionKind
from hozon.model.paths import ArtifactPath, CollectionPath
from hozon.model.ttl import ArtifactTTL, Ttl, check_ttl

_SPAN: Final = re.compile(r"(?:[0-9]{1,9}[wdhms])+")
_PART: Final = re.compile(r"([0-9]+)([wdhms])")
_UNITS: Final = MappingProxyType(
    {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
)


class TtlLevel(StrEnum):
    """Where the TTL that applies to a version is set, the nearest first."""

    VERSION = "version"
    """On the version itself."""

    COLLECTION = "collection"
    """On its collection."""

    PROJECT = "project"
    """On its project."""

    TEAM = "team"
    """On the owner of its project."""


@dataclass(frozen=True, slots=True)
class TtlSettings:
    """What is set on a version and on everything above it."""

    version: Ttl = ArtifactTTL.INHERIT
    """On the version itself."""

    collection: Ttl = ArtifactTTL.INHERIT
    """On its collection."""

    project: Ttl = ArtifactTTL.INHERIT
    """On its project."""

    team: Ttl = ArtifactTTL.INHERIT
    """On the owner of its project."""

    @property
    def effective(self) -> "EffectiveTtl":
        """The nearest that is set."""
        for level, ttl in (
            (TtlLevel.VERSION, self.version),
            (TtlLevel.COLLECTION, self.collection),
            (TtlLevel.PROJECT, self.project),
            (TtlLevel.TEAM, self.team),
        ):
            if not isinstance(ttl, ArtifactTTL):
                return EffectiveTtl(ttl, level)
        return EffectiveTtl(None, None)


@dataclass(frozen=True, slots=True)
class EffectiveTtl:
    """The TTL that applies, and where it comes from."""

    span: timedelta | None
    """How long after its creation the version lives; None for ever."""

    level: TtlLevel | None
    """Where that is set; None where nothing is."""


@dataclass(frozen=True, slots=True)
class TeamTtl:
    """What a team lets its versions live by."""

    ttl: Ttl = ArtifactTTL.INHERIT
    """The TTL of versions for which nothing nearer is set; INHERIT means the same as never."""

    members_may_set_ttl: bool = True
    """Whether members may set TTLs, too, and not only admins."""


@dataclass(frozen=True, slots=True)
class Holders:
    """What keeps a version from expiring."""

    protected: tuple[ArtifactPath, ...] = ()
    """The protected aliases that point at it, or at a link to it, as paths."""

    links: tuple[ArtifactPath, ...] = ()
    """The links that lead to it, oldest first."""

    @property
    def suspended_by(self) -> str | None:
        """What suspends the TTL, for people; None when nothing does."""
        if self.protected:
            return f"protected alias {self.protected[0]}"
        return f"link {self.links[0]}" if self.links else None


FREE: Final = Holders()
"""Nothing keeps it."""


@dataclass(frozen=True, slots=True)
class Expiry:
    """When a version expires, and why then."""

    ttl: EffectiveTtl
    """The TTL that applies."""

    expires_at: datetime | None
    """From when on it has expired, UTC; None for never, or as long as the TTL is suspended."""

    suspended_by: str | None
    """What suspends the TTL, for people; None when nothing does, or when there is no TTL."""


def expiry_of(created_at: datetime, settings: TtlSettings, holders: Holders) -> Expiry:
    """Say when a version expires.

    Args:
        created_at: When it was created, UTC.
        settings: The TTLs on it and above it.
        holders: What keeps it.

    Returns:
        The moment, or what suspends it.
    """
    ttl = settings.effective
    if ttl.span is None:
        return Expiry(ttl, None, None)
    by = holders.suspended_by
    return Expiry(ttl, None if by else created_at + ttl.span, by)


def has_expired(expiry: Expiry, *, now: datetime) -> bool:
    """Tell whether a version's time has come: from the moment on, not only after it."""
    return expiry.expires_at is not None and now >= expiry.expires_at


def cutoffs(spans: Iterable[timedelta], *, now: datetime) -> Mapping[timedelta, datetime]:
    """Say for each span up to which creation versions that live so long have expired.

    Args:
        spans: How long versions live.
        now: The time, UTC.

    Returns:
        For each span the latest creation, itself included, whose time has come.
    """
    return {span: now - span for span in spans}


def check_collection_ttl(path: CollectionPath, *, kind: CollectionKind) -> None:
    """Refuse to give the links of a portfolio a TTL.

    Args:
        path: The collection.
        kind: What it is.

    Raises:
        CollectionKindError: It is a portfolio.
    """
    if kind is CollectionKind.PORTFOLIO:
        raise CollectionKindError(
            f"{path} is a portfolio, and its links have no TTL of their own",
            hint="Set the TTL of the collections that the versions were logged to.",
        )


def parse_ttl(text: str) -> Ttl:
    """Read a TTL as people write it.

    Args:
        text: Weeks, days, hours, minutes and seconds, such as `30d` or `1d12h`; `never`; or
            `inherit`.

    Returns:
        The TTL.

    Raises:
        InvalidTtlError: It is none, or too short or too long.
    """
    word = text.strip().lower()
    if word == "never":
        return None
    if word == ArtifactTTL.INHERIT.value:
        return ArtifactTTL.INHERIT
    if not _SPAN.fullmatch(word):
        raise InvalidTtlError(
            f"The TTL {text!r} is not understood",
            hint="Write a span such as 30d, 12h or 1d12h (w, d, h, m, s), never, or inherit.",
        )
    try:
        parts = (timedelta(**{_UNITS[unit]: int(n)}) for n, unit in _PART.findall(word))
        span = sum(parts, start=timedelta())
    except OverflowError:
        raise InvalidTtlError(
            f"The TTL {text!r} is longer than any", hint="Write never instead."
        ) from None
    return check_ttl(span)


def format_ttl(ttl: Ttl) -> str:
    """Write a TTL so that `parse_ttl` reads it; a fraction of a second is dropped."""
    if isinstance(ttl, ArtifactTTL):
        return ttl.value
    if ttl is None:
        return "never"
    hours, rest = divmod(ttl.seconds, 3600)
    parts = {"d": ttl.days, "h": hours, "m": rest // 60, "s": rest % 60}
    return "".join(f"{number}{unit}" for unit, number in parts.items() if number)
