"""Column types whose values survive every database that we write to.

Owns the encoding of times, of spans, of lists, and of JSON with numbers that JSON lacks, and the
order of text. Invariants: what is written comes back equal; text is ordered as Python orders it.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, cast

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, String, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from hozon.model.metadata import JsonValue
from hozon.model.ttl import ArtifactTTL, Ttl

NEVER: Final = -1
"""What stands for a TTL of None, in a column that could hold any number of microseconds."""

_FLOAT_TAG = "$float"
_MICROSECOND = timedelta(microseconds=1)


def code_points(length: int | None = None) -> String:
    """Make a type of text that every database orders by code points.

    Paging continues after a text that Python compared: PostgreSQL would otherwise order by the
    rules of some language.

    Args:
        length: The most characters, 1 or more; None for any number.
    """
    kind = Text if length is None else String
    return kind(length).with_variant(kind(length, collation="C"), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC; SQLite would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  The signature is SQLAlchemy's.
        """Write UTC only."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  The signature is SQLAlchemy's.
        """Give the zone back where the database dropped it, and no other zone than UTC."""
        if value is None or value.tzinfo is UTC:
            return value
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class TtlSpan(TypeDecorator[Ttl]):
    """A TTL: microseconds, `NEVER`, or NULL for what inherits it."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Ttl, dialect: Dialect) -> int | None:  # noqa: ARG002  The signature is SQLAlchemy's.
        """Write a number where the version has a TTL of its own."""
        if isinstance(value, ArtifactTTL):
            return None
        return NEVER if value is None else value // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> Ttl:  # noqa: ARG002  The signature is SQLAlchemy's.
        """Turn the number back."""
        if value is None:
            return ArtifactTTL.INHERIT
        return None if value == NEVER else value * _MICROSECOND


class Microseconds(FunctionElement[int]):
    """A time as microseconds since 1970, to which a span can be added; exact in every database."""

    type = BigInteger()
    inherit_cache = True


@compiles(Microseconds, "sqlite")
def _in_sqlite(element: Microseconds, compiler: SQLCompiler, **options: object) -> str:
    """Read the text that a time is there: its seconds, and six digits after the point."""
    moment = compiler.process(element.clauses, **options)
    seconds = f"CAST(strftime('%s', {moment}) AS INTEGER)"
    return f"({seconds} * 1000000 + CAST(substr({moment}, 21) AS INTEGER))"


@compiles(Microseconds, "postgresql")
def _in_postgresql(element: Microseconds, compiler: SQLCompiler, **options: object) -> str:
    """Scale a number that has its fractions in decimal."""
    moment = compiler.process(element.clauses, **options)
    return f"CAST(extract(epoch FROM {moment}) * 1000000 AS BIGINT)"


class TextList(TypeDecorator[Sequence[str]]):
    """A list of texts, as JSON; NULL reads as an empty one."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(
        self,
        value: Sequence[str] | None,
        dialect: Dialect,  # noqa: ARG002  The signature is SQLAlchemy's.
    ) -> list[str] | None:
        """Write none as NULL."""
        return list(value) if value else None

    def process_result_value(
        self,
        value: list[str] | None,
        dialect: Dialect,  # noqa: ARG002  The signature is SQLAlchemy's.
    ) -> Sequence[str]:
        """Give a value that nobody can change."""
        return tuple(value or ())


class JsonDocument(TypeDecorator[Mapping[str, JsonValue]]):
    """A JSON object in which metrics may be NaN or infinite.

    PostgreSQL refuses such numbers and other readers of the database may, too: they are written
    as `{"$float": "nan"}`. A key of the user's own that begins with `$` is written with one more,
    so that it is never mistaken for that.
    """

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(
        self,
        value: Mapping[str, JsonValue] | None,
        dialect: Dialect,  # noqa: ARG002  The signature is SQLAlchemy's.
    ) -> JsonValue:
        """Tag the numbers that JSON lacks."""
        return _encode(value)

    def process_result_value(
        self,
        value: JsonValue,
        dialect: Dialect,  # noqa: ARG002  The signature is SQLAlchemy's.
    ) -> Mapping[str, JsonValue] | None:
        """Turn tagged numbers back."""
        return cast("Mapping[str, JsonValue] | None", _decode(value))


def _encode(value: JsonValue) -> JsonValue:
    """Copy a value with its non-finite numbers tagged and its own `$` doubled."""
    if isinstance(value, float) and not math.isfinite(value):
        return {_FLOAT_TAG: str(float(value))}  # A subclass may have a notation of its own.
    if isinstance(value, Mapping):
        return {
            f"${key}" if key.startswith("$") else key: _encode(item) for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_encode(item) for item in value]
    return value


def _decode(value: JsonValue) -> JsonValue:
    """Copy a value as it was before `_encode`."""
    if isinstance(value, Mapping):
        if _FLOAT_TAG in value:
            return float(str(value[_FLOAT_TAG]))
        return {key.removeprefix("$"): _decode(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_decode(item) for item in value]
    return value
