"""Filters of runs: what a query may ask, and which runs answer it.

Owns the fields, the operators and their meaning, which is that of MongoDB. Refuses to own where
runs come from. Invariant: a filter that was parsed can be asked of every run without an error.

Source: the published interface filters runs by queries in the notation of MongoDB.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from hozon.errors import InvalidFilterError
from hozon.model.metadata import JsonObject, JsonValue
from hozon.model.patterns import TextPattern
from hozon.model.runs import Run

Operand = JsonValue | datetime | TextPattern
"""What a field is held to."""

MAX_DEPTH: Final = 50
"""How deeply conditions may be nested."""


@dataclass(frozen=True, slots=True)
class Absent:
    """What a run has in a field that it lacks; unlike None, which may be recorded."""


ABSENT: Final = Absent()
"""The one value of its class."""

Value = JsonValue | datetime | Absent
"""What a run has in a field."""


def _or_absent(value: Value) -> Value:
    """Tell what nobody recorded from None, which may be recorded."""
    return ABSENT if value is None else value


_PLAIN: Final[Mapping[str, Callable[[Run], Value]]] = {
    "state": lambda run: str(run.state),
    "name": lambda run: run.id,
    "display_name": lambda run: run.details.name or run.id,
    "displayName": lambda run: run.details.name or run.id,
    "group": lambda run: _or_absent(run.details.group),
    "job_type": lambda run: _or_absent(run.job_type),
    "jobType": lambda run: _or_absent(run.job_type),
    "tags": lambda run: run.details.tags,
    "notes": lambda run: _or_absent(run.details.notes),
    "username": lambda run: run.created_by,
    "sweep": lambda run: _or_absent(run.sweep_id),
    "created_at": lambda run: run.created_at,
    "createdAt": lambda run: run.created_at,
}
"""The fields that every run has, or may have; those with a capital are the published spelling."""

_DOCUMENTS: Final[Mapping[str, Callable[[Run], JsonObject]]] = {
    "config": lambda run: run.config,
    "summary": lambda run: run.summary,
    "summary_metrics": lambda run: run.summary,
}
_TIMES: Final = {"created_at", "createdAt"}
_FIELDS: Final = ", ".join([*_PLAIN, *(f"{name}.<key>" for name in _DOCUMENTS)])


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a run."""

    name: str
    """The field, or the document that it is in."""

    key: str | None = None
    """The key in the document, its levels joined by dots; None for a plain field."""

    @classmethod
    def parse(cls, text: str) -> "Field":
        """Read the name of a field.

        Raises:
            InvalidFilterError: There is no such field.
        """
        name, dot, key = text.partition(".")
        if text in _PLAIN:
            return cls(text)
        if name in _DOCUMENTS and dot and key:
            return cls(name, key)
        raise InvalidFilterError(f"Runs have no field {text!r}", hint=f"The fields are {_FIELDS}.")

    @property
    def is_time(self) -> bool:
        """Whether its values are times."""
        return self.name in _TIMES

    def of(self, run: Run) -> Value:
        """Read the field of a run.

        A key with dots of its own is found, too. A last level `value` that is not there is left
        out: the published interface writes `config.<key>.value`.
        """
        if self.key is None:
            return _PLAIN[self.name](run)
        document = _DOCUMENTS[self.name](run)
        found = _look_up(document, self.key)
        if isinstance(found, Absent) and self.name == "config" and self.key.endswith(".value"):
            return _look_up(document, self.key.removesuffix(".value"))
        return found


@dataclass(frozen=True, slots=True)
class Condition:
    """One field, held to one operand."""

    field: Field
    """The field."""

    operator: str
    """How it is compared; see `OPERATORS`."""

    operand: Operand | Sequence[Operand]
    """What it is compared with."""


@dataclass(frozen=True, slots=True)
class Every:
    """All of some filters; none at all lets every run through."""

    parts: tuple["Filter", ...] = ()
    """The filters."""


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of some filters."""

    parts: tuple["Filter", ...]
    """The filters."""


@dataclass(frozen=True, slots=True)
class Without:
    """The opposite of a filter."""

    part: "Filter"
    """The filter."""


Filter = Condition | Every | AnyOf | Without
"""A question that every run answers with yes or no."""


def matches(asked: Filter, run: Run) -> bool:
    """Tell whether a run is let through."""
    match asked:
        case Every(parts):
            return all(matches(part, run) for part in parts)
        case AnyOf(parts):
            return any(matches(part, run) for part in parts)
        case Without(part):
            return not matches(part, run)
        case Condition(field, operator, operand):
            return OPERATORS[operator](field.of(run), operand)


def parse_filter(query: object) -> Filter:
    """Read a filter in the notation of MongoDB.

    Args:
        query: A mapping from fields to values or to operators with their operands, and from
            `$and`, `$or` and `$nor` to lists of such mappings; None for no filter.

    Raises:
        InvalidFilterError: A field or an operator is unknown, an operand is of the wrong kind, or
            conditions are nested more than 50 levels deep.
    """
    return _query({} if query is None else query, depth=1)


def _query(query: object, *, depth: int) -> Filter:
    """Read a mapping whose parts must all hold."""
    if depth > MAX_DEPTH:
        raise InvalidFilterError(
            f"The filter is nested more than {MAX_DEPTH} levels deep", hint="Give it fewer levels."
        )
    if not isinstance(query, Mapping):
        raise InvalidFilterError(
            f"A filter is a dict, not a {type(query).__name__}",
            hint='Write for example {"state": "finished"}.',
        )
    return Every(tuple(_part(str(key), value, depth=depth) for key, value in query.items()))


def _part(key: str, value: object, *, depth: int) -> Filter:
    """Read one key of a mapping: a field, or an operator that joins."""
    if not key.startswith("$"):
        return _conditions(Field.parse(key), value, depth=depth)
    if key not in _JOINS:
        raise _unknown_operator(key)
    if not isinstance(value, (list, tuple)) or not value:
        raise InvalidFilterError(f"{key} takes a list of filters", hint="Give it one or more.")
    return _JOINS[key](tuple(_query(item, depth=depth + 1) for item in value))


def _conditions(field: Field, value: object, *, depth: int) -> Filter:
    """Read what a field is held to: operators, or a value that it equals."""
    if not isinstance(value, Mapping) or not any(str(key).startswith("$") for key in value):
        return Condition(field, "$eq", _operand(field, "$eq", value))
    parts: list[Filter] = []
    for operator, operand in value.items():
        if operator == "$not":
            if depth > MAX_DEPTH or not isinstance(operand, Mapping) or not operand:
                raise InvalidFilterError(
                    "$not takes a dict of operators", hint='Write for example {"$not": {"$gt": 1}}.'
                )
            parts.append(Without(_conditions(field, operand, depth=depth + 1)))
        elif operator in OPERATORS:
            parts.append(Condition(field, operator, _operands(field, operator, operand)))
        else:
            raise _unknown_operator(str(operator))
    return Every(tuple(parts))


def _operands(field: Field, operator: str, operand: object) -> Operand | Sequence[Operand]:
    """Read what follows an operator."""
    if operator == "$regex":
        return TextPattern.parse(operand)
    if operator == "$exists":
        if not isinstance(operand, bool):
            raise InvalidFilterError("$exists takes True or False", hint="Give one of them.")
        return operand
    if operator in ("$in", "$nin"):
        if not isinstance(operand, (list, tuple)):
            raise InvalidFilterError(f"{operator} takes a list of values", hint="Give a list.")
        return tuple(_operand(field, operator, item) for item in operand)
    return _operand(field, operator, operand)


def _operand(field: Field, operator: str, operand: object) -> Operand:
    """Read one value, a time where the field is one."""
    if field.is_time and isinstance(operand, str):
        try:
            operand = datetime.fromisoformat(operand)
        except ValueError as error:
            raise InvalidFilterError(
                f"{operand!r} is no time", hint='Write for example "2026-01-31T12:00:00+00:00".'
            ) from error
    if isinstance(operand, datetime) and field.is_time:
        return operand.replace(tzinfo=UTC) if operand.tzinfo is None else operand
    plain = isinstance(operand, (bool, int, float, str))
    fits = plain or (operator not in _COMPARISONS and _is_json(operand))
    if fits and (operand is None or not field.is_time):
        return operand  # type: ignore[return-value]  # It was just checked.
    raise InvalidFilterError(
        f"{operator} cannot compare {field.name} with a {type(operand).__name__}",
        hint="Give a number, a text or a bool; a time for created_at.",
    )


def _is_json(value: object, depth: int = 0) -> bool:
    """Tell whether a value is one that a document may hold."""
    if depth > MAX_DEPTH:
        return False
    if isinstance(value, Mapping):
        return all(isinstance(k, str) and _is_json(v, depth + 1) for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return all(_is_json(item, depth + 1) for item in value)
    return value is None or isinstance(value, (bool, int, float, str))


def _unknown_operator(operator: str) -> InvalidFilterError:
    """Name an operator that is not offered."""
    known = ", ".join([*_JOINS, "$not", *OPERATORS])
    return InvalidFilterError(
        f"The operator {operator!r} is unknown", hint=f"The operators are {known}."
    )


def _look_up(document: Mapping[str, JsonValue], key: str) -> JsonValue | Absent:
    """Find a key, descending where it has dots that no key has itself."""
    if key in document:
        return document[key]
    head, dot, rest = key.partition(".")
    while dot:
        inner = document.get(head)
        if isinstance(inner, Mapping):
            found = _look_up(inner, rest)
            if not isinstance(found, Absent):
                return found
        more, dot, rest = rest.partition(".")
        head = f"{head}.{more}"
    return ABSENT


def equal(one: object, other: object) -> bool:
    """Tell whether two values are the same: a bool is no number, and NaN is NaN."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return one == other or (_is_nan(one) and _is_nan(other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(equal, one, other))
    return type(one) is type(other) and one == other


def rank(value: object) -> tuple[int, int | float | str | datetime] | None:
    """Place a value among those that have an order: numbers, texts, bools, times.

    Returns:
        What to sort by; None for NaN and for what has no order.
    """
    if isinstance(value, bool):
        return (2, int(value))
    if isinstance(value, (int, float)):
        return None if _is_nan(value) else (0, value)
    if isinstance(value, str):
        return (1, value)
    return (3, value) if isinstance(value, datetime) else None


def _is_nan(value: object) -> bool:
    """Tell NaN from numbers; an int may be too large for `math.isnan`."""
    return isinstance(value, float) and math.isnan(value)


def _compare(one: object, other: object, accept: Callable[[int], bool]) -> bool:
    """Compare two values of one kind; those of different kinds have no order."""
    left, right = rank(one), rank(other)
    if left is None or right is None or left[0] != right[0]:
        return False
    return accept((left > right) - (left < right))


def _candidates(value: Value) -> Sequence[object]:
    """Give what may match: the value, and where it is a list each of its elements."""
    return [value, *value] if isinstance(value, (list, tuple)) else [value]


def _equals(value: Value, operand: object) -> bool:
    """Tell whether a value, or an element of it, equals; None also matches what is absent."""
    if isinstance(value, Absent):
        return operand is None
    return any(equal(candidate, operand) for candidate in _candidates(value))


def _one_of(value: Value, operands: object) -> bool:
    """Tell whether a value equals one of several."""
    return isinstance(operands, tuple) and any(_equals(value, operand) for operand in operands)


def _above(value: Value, operand: object) -> bool:
    """Tell whether a value, or an element of it, is greater."""
    return any(_compare(one, operand, lambda sign: sign > 0) for one in _candidates(value))


def _below(value: Value, operand: object) -> bool:
    """Tell whether a value, or an element of it, is less."""
    return any(_compare(one, operand, lambda sign: sign < 0) for one in _candidates(value))


def _found(value: Value, operand: object) -> bool:
    """Tell whether a text, or an element that is one, holds a pattern."""
    return isinstance(operand, TextPattern) and any(
        isinstance(one, str) and operand.found_in(one) for one in _candidates(value)
    )


OPERATORS: Final[Mapping[str, Callable[[Value, object], bool]]] = {
    "$eq": _equals,
    "$ne": lambda value, operand: not _equals(value, operand),
    "$gt": _above,
    "$gte": lambda value, operand: _above(value, operand) or _equals(value, operand),
    "$lt": _below,
    "$lte": lambda value, operand: _below(value, operand) or _equals(value, operand),
    "$in": _one_of,
    "$nin": lambda value, operands: not _one_of(value, operands),
    "$exists": lambda value, wanted: isinstance(value, Absent) is not wanted,
    "$regex": _found,
}
"""What a field can be held to, by name; a list matches when an element of it does."""

_COMPARISONS: Final = {"$gt", "$gte", "$lt", "$lte"}

_JOINS: Final[Mapping[str, Callable[[tuple[Filter, ...]], Filter]]] = {
    "$and": Every,
    "$or": AnyOf,
    "$nor": lambda parts: Without(AnyOf(parts)),
}
