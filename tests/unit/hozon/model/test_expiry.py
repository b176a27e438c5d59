"""When a version's time has come, and what holds it back."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from hozon.errors import CollectionKindError, InvalidTtlError
from hozon.model.expiry import (
    FREE,
    EffectiveTtl,
    Expiry,
    Holders,
    TtlLevel,
    TtlSettings,
    check_collection_ttl,
    cutoffs,
    expiry_of,
    format_ttl,
    has_expired,
    parse_ttl,
)
from hozon.model.links import CollectionKind
from hozon.model.paths import ArtifactPath, CollectionPath, ProjectPath
from hozon.model.ttl import ArtifactTTL, Ttl

AT = ProjectPath.of("ada", "digits")
BORN = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
INHERIT = ArtifactTTL.INHERIT
LINK = ArtifactPath.parse("shared:v0", default=AT)
ALIAS = ArtifactPath.parse("mnist:production", default=AT)


def test_nothing_is_set_at_first() -> None:
    """Then a version lives for ever, and no level says so."""
    assert TtlSettings().effective == EffectiveTtl(None, None)


@pytest.mark.parametrize("ttls", list(product([INHERIT, None, DAY], repeat=4)), ids=repr)
def test_the_nearest_that_is_set_applies(ttls: tuple[Ttl, Ttl, Ttl, Ttl]) -> None:
    """In the order version, collection, project, team; None counts as set."""
    first = next(
        ((ttl, at) for ttl, at in zip(ttls, TtlLevel, strict=True) if ttl != INHERIT), None
    )
    assert TtlSettings(*ttls).effective == EffectiveTtl(*(first or (None, None)))


@pytest.mark.parametrize(
    ("before", "expected"), [(TICK, False), (timedelta(), True), (-TICK, True)], ids=repr
)
def test_it_has_expired_from_the_very_moment_on(before: timedelta, *, expected: bool) -> None:
    """Not a microsecond earlier."""
    expiry = expiry_of(BORN, TtlSettings(DAY), FREE)
    assert expiry.expires_at == BORN + DAY
    now = BORN + DAY - before
    assert has_expired(expiry, now=now) is expected
    # The query that finds it must draw the line at the same place.
    assert (cutoffs([DAY], now=now)[DAY] >= BORN) is expected


@pytest.mark.parametrize("settings", [TtlSettings(), TtlSettings(None, DAY)], ids=repr)
def test_what_lives_for_ever_never_expires(settings: TtlSettings) -> None:
    """And nothing suspends what is not there."""
    expiry = expiry_of(BORN, settings, Holders(links=(LINK,)))
    assert expiry == Expiry(settings.effective, None, None)
    assert not has_expired(expiry, now=BORN + 1000 * DAY)


@pytest.mark.parametrize(
    ("holders", "by"),
    [
        (Holders(links=(LINK,)), "link ada/digits/shared:v0"),
        (Holders(protected=(ALIAS,)), "protected alias ada/digits/mnist:production"),
        (Holders((ALIAS,), (LINK,)), "protected alias ada/digits/mnist:production"),
    ],
    ids=repr,
)
def test_links_and_protected_aliases_suspend_a_ttl(holders: Holders, by: str) -> None:
    """It says which, and the TTL still shows."""
    expiry = expiry_of(BORN, TtlSettings(DAY), holders)
    assert (expiry.expires_at, expiry.suspended_by, expiry.ttl.span) == (None, by, DAY)
    assert not has_expired(expiry, now=BORN + 1000 * DAY)


def test_every_span_has_its_own_cutoff() -> None:
    """Counted back from now."""
    assert cutoffs([DAY, TICK], now=BORN) == {DAY: BORN - DAY, TICK: BORN - TICK}


def test_a_portfolio_takes_no_ttl() -> None:
    """Its links have none; a sequence takes one."""
    path = CollectionPath.parse("shared", default=AT)
    check_collection_ttl(path, kind=CollectionKind.SEQUENCE)
    with pytest.raises(CollectionKindError, match="ada/digits/shared is a portfolio"):
        check_collection_ttl(path, kind=CollectionKind.PORTFOLIO)


@pytest.mark.parametrize(
    ("text", "ttl", "shown"),
    [
        ("30d", 30 * DAY, "30d"),
        ("2w", 14 * DAY, "14d"),
        (" 1D12h ", timedelta(days=1, hours=12), "1d12h"),
        ("90m", timedelta(minutes=90), "1h30m"),
        ("1s", timedelta(seconds=1), "1s"),
        ("36500d", timedelta(days=36_500), "36500d"),
        ("never", None, "never"),
        ("Inherit", INHERIT, "inherit"),
    ],
)
def test_a_ttl_is_read_as_people_write_it(text: str, ttl: Ttl, shown: str) -> None:
    """And written so that it is read again."""
    assert parse_ttl(text) == ttl
    assert format_ttl(ttl) == shown
    assert parse_ttl(shown) == ttl


@pytest.mark.parametrize(
    "text", ["", "30", "d", "-1d", "1.5d", "1d 12h", "1y", "\u0661d"], ids=repr
)
def test_what_is_no_ttl_is_refused(text: str) -> None:
    """The hint shows how one is written."""
    with pytest.raises(InvalidTtlError, match="is not understood") as caught:
        parse_ttl(text)
    assert "30d" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0d", "below one second"),
        ("36501d", "above 36500 days"),
        ("999999999w", "longer than any"),
        ("999999999d999999999d", "longer than any"),
    ],
)
def test_a_span_out_of_bounds_is_refused(text: str, message: str) -> None:
    """As it is in code, however many digits it has."""
    with pytest.raises(InvalidTtlError, match=message):
        parse_ttl(text)
