"""Column types: what is written comes back equal."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.dialects.sqlite import dialect

from hozon.catalog.types import NEVER, JsonDocument, TextList, TtlSpan, UtcDateTime
from hozon.model.metadata import JsonObject
from hozon.model.ttl import ArtifactTTL, Ttl

SQLITE = dialect()


class Loud(float):
    """Is written in another way than plain numbers, as numbers of NumPy are."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Show the type, too."""
        return f"Loud({float(self)})"


def there_and_back(value: JsonObject) -> JsonObject | None:
    """Write a document as JSON, and read it again."""
    written = json.dumps(JsonDocument().process_bind_param(value, SQLITE), allow_nan=False)
    return JsonDocument().process_result_value(json.loads(written), SQLITE)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"a": [1, 2.5, "x", None, True, {"b": []}]},
        {"$float": "nan"},
        {"$float": "no number"},
        {"$$float": {"$": "$"}},
        {"a": {"$float": 1, "b": 2}},
    ],
    ids=str,
)
def test_documents_come_back_equal(value: JsonObject) -> None:
    """A user's own `$float` is not mistaken for ours."""
    assert there_and_back(value) == value


def test_numbers_that_json_lacks_come_back() -> None:
    """In the written form there is no NaN, which other readers would refuse."""
    value: JsonObject = {"a": float("nan"), "b": [float("inf"), -float("inf")]}
    assert str(there_and_back(value)) == str(value)


def test_a_notation_of_its_own_does_not_matter() -> None:
    """A subclass of float may print itself in any way."""
    assert str(there_and_back({"a": Loud("nan")})) == "{'a': nan}"


def test_times_are_written_in_utc() -> None:
    """A time of another zone is the same moment."""
    there = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=9)))
    written = UtcDateTime().process_bind_param(there, SQLITE)
    assert written == there
    assert written is not None
    assert written.utcoffset() == timedelta()


def test_times_are_read_in_utc() -> None:
    """SQLite forgets the zone; it is given back."""
    read = UtcDateTime().process_result_value(datetime(2026, 1, 1), SQLITE)  # noqa: DTZ001  As SQLite gives it.
    assert read == datetime(2026, 1, 1, tzinfo=UTC)
    assert UtcDateTime().process_result_value(None, SQLITE) is None


@pytest.mark.parametrize(
    ("ttl", "written"),
    [
        (ArtifactTTL.INHERIT, None),
        (None, NEVER),
        (timedelta(seconds=1, microseconds=1), 1_000_001),
    ],
    ids=repr,
)
def test_a_ttl_is_a_number_of_its_own(ttl: Ttl, written: int | None) -> None:
    """Microseconds; what is inherited is NULL, so that versions without a TTL need no writing."""
    assert TtlSpan().process_bind_param(ttl, SQLITE) == written
    assert TtlSpan().process_result_value(written, SQLITE) == ttl


@pytest.mark.parametrize("texts", [(), ("a",), ("b", "本番")])
def test_lists_come_back_equal(texts: tuple[str, ...]) -> None:
    """An empty one is written as NULL, as it stands in rows that are older than the column."""
    written = TextList().process_bind_param(texts, SQLITE)
    assert (written is None) == (not texts)
    assert TextList().process_result_value(written, SQLITE) == texts
