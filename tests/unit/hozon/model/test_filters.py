"""Filters and orders: what is refused, and what the rarer conditions mean."""

import math
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hozon.errors import InvalidFilterError
from hozon.model.filters import matches, parse_filter
from hozon.model.metadata import JsonObject
from hozon.model.names import EntityName, RunId, SweepId
from hozon.model.orders import Order
from hozon.model.patterns import TextPattern
from hozon.model.runs import Run, RunDetails, RunKey, RunState
from hozon.model.tags import Tag
from hozon.testing.records import AT

BEGUN = datetime(2026, 1, 2, tzinfo=UTC)


def a_run(config: JsonObject | None = None, **summary: float) -> Run:
    """Make a run of a sweep."""
    return Run(
        key=RunKey(1),
        at=AT,
        id=RunId("r1"),
        job_type=None,
        state=RunState.FINISHED,
        config=config or {},
        summary=summary,
        sweep_id=SweepId("s1"),
        created_at=BEGUN,
        created_by=EntityName("ada"),
    )


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"loss": 1}, "'loss'"),
        ({"config": 1}, "'config'"),
        ({"config.": 1}, "'config.'"),
        ({"state": {"$near": 1}}, "'$near'"),
        ({"$xor": []}, "'$xor'"),
        ({"$and": {}}, "$and"),
        ({"$or": []}, "$or"),
        ({"$nor": [1]}, "int"),
        ({"state": {"$in": "finished"}}, "$in"),
        ({"state": {"$exists": 1}}, "$exists"),
        ({"state": {"$not": "finished"}}, "$not"),
        ({"state": {"$not": {}}}, "$not"),
        ({"config.a": {"$gt": None}}, "$gt"),
        ({"config.a": {"$lte": [1]}}, "$lte"),
        ({"config.a": object()}, "object"),
        ({"config.a": {1: 2}}, "dict"),
        ({"config.a": BEGUN}, "config"),
        ({"created_at": "yesterday"}, "'yesterday'"),
        ({"created_at": {"$gt": 1767312000}}, "created_at with a int"),
        ({"createdAt": {"$in": [True]}}, "createdAt with a bool"),
        ({"created_at": [1]}, "created_at with a list"),
        ({"state": {"$regex": 1}}, "$regex"),
        ({"state": {"$regex": "["}}, "'['"),
        ({"state": {"$regex": "[[a]"}}, "Possible nested set"),
        ({"state": {"$regex": "(a+)+b"}}, "too long"),
        ({"state": {"$regex": "a*b*c*d*"}}, "too long"),
        ({"state": {"$regex": "a" * 201}}, "$regex"),
        ([], "list"),
        ("state", "str"),
    ],
)
def test_what_cannot_be_asked_is_refused(query: object, named: str) -> None:
    """The message names what is wrong with it."""
    with pytest.raises(InvalidFilterError) as error:
        parse_filter(query)
    assert named in error.value.message


@pytest.mark.parametrize("joined", ["$and", "$not"])
def test_conditions_are_not_nested_without_end(joined: str) -> None:
    """More than fifty levels are refused, not a fault of the interpreter's."""
    query: object = {"$gt": 1} if joined == "$not" else {"state": "finished"}
    for _ in range(2000):
        query = {"$not": query} if joined == "$not" else {"$and": [query]}
    with pytest.raises(InvalidFilterError):
        parse_filter({"config.a": query} if joined == "$not" else query)


@pytest.mark.parametrize(
    "query",
    [
        None,
        {"name": "r1", "state": "finished", "sweep": "s1"},
        {"jobType": None, "job_type": {"$exists": False}},
        {"created_at": "2026-01-02", "createdAt": {"$lt": "2026-01-02T09:00:00+01:00"}},
        {"created_at": {"$gte": BEGUN, "$in": ["2026-01-02T00:00:00+00:00"]}},
        {"config.lr": 0.1, "config.lr.value": 0.1, "config.opt.value": "sgd"},
        {"config.opt": {"value": "sgd"}, "config.a.b": 1, "config.deep.a.b": 2},
        {"config.layers": [1, 2], "config.layers.value": 2},
        {"summary.loss": math.nan, "summary_metrics.loss": {"$gte": math.nan}},
        {"config.big": {"$gt": 1e300}},
    ],
)
def test_what_can_be_asked_is_answered(query: object) -> None:
    """Every one of these is true of the run."""
    config: JsonObject = {
        "lr": 0.1,
        "opt": {"value": "sgd"},
        "a.b": 1,
        "deep": {"a.b": 2},
        "layers": [1, 2],
        "big": 10**400,
    }
    asked = parse_filter(query)
    run = a_run(config, loss=math.nan)
    assert matches(asked, run)


@pytest.mark.parametrize(
    ("query", "plain", "told"),
    [
        ({"display_name": "r1", "displayName": {"$ne": "first"}}, True, False),
        ({"display_name": {"$regex": "^fir"}}, False, True),
        ({"group": None, "notes": {"$exists": False}}, True, False),
        ({"group": {"$in": ["lr", "wd"]}, "notes": {"$regex": "odd"}}, False, True),
        ({"tags": "old"}, False, True),
        ({"tags": {"$nin": ["old"]}}, True, False),
        ({"tags": {"$in": ["keep", "none"]}, "$and": [{"tags": "old"}]}, False, True),
        ({"tags": []}, True, False),
        ({"tags": {"$exists": True}, "username": "ada"}, True, True),
        ({"username": {"$ne": "ada"}}, False, False),
    ],
)
def test_what_people_say_of_a_run_can_be_asked(query: object, *, plain: bool, told: bool) -> None:
    """The display name is the id where none was given; tags match one by one."""
    details = RunDetails(
        name="first try", group="lr", tags=(Tag("keep"), Tag("old")), notes="an odd curve"
    )
    asked = parse_filter(query)
    assert matches(asked, a_run()) is plain
    assert matches(asked, replace(a_run(), details=details)) is told


def test_a_time_without_a_zone_is_utc() -> None:
    """Also one that is given as such."""
    asked = parse_filter({"created_at": {"$eq": datetime(2026, 1, 2)}})  # noqa: DTZ001  That is the point.
    assert matches(asked, a_run())


@pytest.mark.parametrize(
    "pattern", ["a*a*a*b", ".*.*.*b", "a{0,128}a{0,128}a{0,128}b", "|".join(["a*"] * 3 + ["b"])]
)
def test_no_pattern_takes_for_ever(pattern: str) -> None:
    """The worst of those that are accepted end within seconds."""
    begun = time.perf_counter()
    TextPattern.parse(pattern).found_in("a" * 10_000)
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize("pattern", [r"\(+\)", "[(*+?{]", r"[]*)]", "^r[0-9]+$"])
def test_signs_that_stand_for_themselves_are_no_repetitions(pattern: str) -> None:
    """Escaped ones, and those in a set."""
    assert TextPattern.parse(pattern).text == pattern


def test_an_order_is_a_sign_and_a_field() -> None:
    """Without the sign it is ascending."""
    assert Order.parse("state") == Order.parse("+state")
    assert Order.parse("-config.lr").descending
    for wrong in ("-loss", "", "--state", "+-state"):
        with pytest.raises(InvalidFilterError):
            Order.parse(wrong)
