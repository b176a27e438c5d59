"""Properties of filters and orders of runs, against a plain reading of them."""

import itertools
import math
import re
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hozon.bootstrap import open_catalog
from hozon.model.access import Principal
from hozon.model.filters import parse_filter
from hozon.model.metadata import JsonObject
from hozon.model.names import EntityName, RunId
from hozon.model.orders import Order
from hozon.model.paths import ProjectPath, RunPath
from hozon.model.places import PackSizes
from hozon.model.runs import Run, RunDetails, RunState
from hozon.ports.paging import Listing
from hozon.ports.runs import NewRun
from hozon.services.context import Context
from hozon.services.run_queries import list_runs
from hozon.testing.clocks import ManualClock
from hozon.testing.memory import MemoryObjectStore, MemoryReferences
from hozon.testing.records import ADA, AT, NOW

LACKING = object()
"""What a run has where it has nothing."""

scalars = st.sampled_from(
    [None, True, False, 0, 1, 1.0, 2, -0.5, math.nan, math.inf, "", "1", "sgd", "adam", "ada"]
)
values = scalars | st.lists(scalars, max_size=2) | st.fixed_dictionaries({"y": scalars})
documents = st.dictionaries(st.sampled_from(["x", "y", "$z", "x.y"]), values, max_size=3)
labels = ["display_name", "group", "job_type", "notes"]
fields = st.sampled_from(
    [
        *["state", "name", "tags", "username", *labels],
        *["config.x", "config.x.y", "config.$z", "summary_metrics.y"],
    ]
)
comparable = st.sampled_from([True, False, 0, 1, 1.5, -math.inf, math.nan, "", "1", "sgd", "r1"])
operators = st.one_of(
    st.tuples(st.sampled_from(["$eq", "$ne"]), values),
    st.tuples(st.sampled_from(["$gt", "$gte", "$lt", "$lte"]), comparable),
    st.tuples(st.sampled_from(["$in", "$nin"]), st.lists(values, max_size=3)),
    st.tuples(st.just("$exists"), st.booleans()),
    st.tuples(st.just("$regex"), st.sampled_from(["^ad", "a", "^r[12]$", "d.m|gd", "^$"])),
)
conditions = st.lists(operators, min_size=1, max_size=2).map(dict)
tests = st.one_of(
    st.tuples(fields, conditions),
    st.tuples(fields, conditions.map(lambda one: {"$not": one})),
    st.tuples(fields, scalars),
)
leaves = st.lists(tests, max_size=2).map(dict)
queries = st.recursive(
    leaves,
    lambda inner: st.builds(
        lambda join, parts, more: {join: parts, **more},
        st.sampled_from(["$and", "$or", "$nor"]),
        st.lists(inner, min_size=1, max_size=2),
        leaves,
    ),
    max_leaves=4,
)
texts = st.sampled_from([None, "1", "sgd", "ada"])
said = st.builds(
    RunDetails,
    name=texts,
    group=texts,
    tags=st.sampled_from([(), ("ada",), ("1", "b")]),
    notes=texts,
)
runs_drawn = st.lists(
    st.tuples(texts, documents, documents, st.booleans(), said, st.sampled_from(["ada", "sgd"])),
    max_size=6,
)


def read(run: Run, field: str) -> object:
    """Find what a run has in a field, one level at a time."""
    plain = {
        "state": str(run.state),
        "name": run.id,
        "display_name": run.details.name or run.id,
        "group": run.details.group,
        "job_type": run.job_type,
        "tags": list(run.details.tags),
        "notes": run.details.notes,
        "username": run.created_by,
    }
    if field in plain:
        return LACKING if plain[field] is None else plain[field]
    document, key = field.split(".", 1)
    held: Mapping[str, Any] = run.config if document == "config" else run.summary
    if key in held:
        return held[key]
    if key == "x.y" and isinstance(held.get("x"), Mapping):
        return held["x"].get("y", LACKING)
    return LACKING


def spelt(value: object) -> str:
    """Write a value so that two are the same text exactly where they are the same value."""
    if isinstance(value, list):
        return f"[{','.join(map(spelt, value))}]"
    if isinstance(value, Mapping):
        return f"{{{','.join(f'{key}={spelt(value[key])}' for key in sorted(value))}}}"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"number {float(value)}"
    return f"{type(value).__name__} {value}"


def kind(value: object) -> str:
    """Name the kind of what can be compared."""
    if isinstance(value, bool):
        return "bool"
    return {int: "number", float: "number", str: "text"}.get(type(value), "none")


def holds(value: object, operator: str, operand: Any) -> bool:  # noqa: ANN401  It is of any kind.
    """Tell whether a value answers one operator."""
    several = [value, *value] if isinstance(value, list) else [value]
    same = {"NoneType None"} if value is LACKING else set(map(spelt, several))
    alike = [one for one in several if kind(one) == kind(operand) != "none"]
    match operator:
        case "$eq" | "$ne":
            return (spelt(operand) in same) is (operator == "$eq")
        case "$in" | "$nin":
            return any(spelt(one) in same for one in operand) is (operator == "$in")
        case "$exists":
            return (value is not LACKING) is operand
        case "$regex":
            return any(isinstance(one, str) and re.search(operand, one) for one in several)
        case "$gt" | "$gte":
            found = any(one > operand for one in alike)
        case _:
            found = any(one < operand for one in alike)
    return found or (operator in ("$gte", "$lte") and spelt(operand) in same)


def answers(run: Run, query: Mapping[str, Any]) -> bool:
    """Tell whether a run answers a query."""
    joins: Mapping[str, Callable[[list[bool]], bool]] = {
        "$and": all,
        "$or": any,
        "$nor": lambda parts: not any(parts),
    }
    for key, asked in query.items():
        if key in joins:
            if not joins[key]([answers(run, part) for part in asked]):
                return False
            continue
        value = read(run, key)
        if not isinstance(asked, Mapping):
            asked = {"$eq": asked}  # noqa: PLW2901  A value is short for that.
        for operator, operand in asked.items():
            if operator == "$not":
                if all(holds(value, *inner) for inner in operand.items()):
                    return False
            elif not holds(value, operator, operand):
                return False
    return True


Drawn = tuple[str | None, JsonObject, JsonObject, bool, RunDetails, str]


@contextmanager
def world(migrated_catalog: Path, drawn: list[Drawn]) -> Iterator[tuple[Context, list[Run]]]:
    """Write runs into a catalog on SQLite, and give them as they come back."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalog.db"
        shutil.copyfile(migrated_catalog, path)
        with reading(f"sqlite:///{path}") as context:
            yield context, written(context, AT, drawn)


@contextmanager
def reading(url: str) -> Iterator[Context]:
    """Give the services a catalog; runs need nothing else."""
    with closing(open_catalog(url, clock=ManualClock())) as catalog:
        yield Context(
            catalog,
            MemoryObjectStore(),
            references=MemoryReferences(),
            principal=ADA,
            staging=Path(),
            sizes=PackSizes(),
            cache=None,
            cache_bytes=0,
        )


def written(context: Context, project: ProjectPath, drawn: list[Drawn]) -> list[Run]:
    """Write runs into a project, and give them as they come back."""
    with context.catalog.write() as session:
        for number, (job_type, config, summary, ended, details, user) in enumerate(drawn):
            at = RunPath(project, RunId(f"r{number}"))
            new = NewRun(job_type=job_type, config=config, details=details)
            run = session.runs.add(at, new, by=Principal(EntityName(user)), now=NOW)
            session.runs.set_summary(run.key, summary)
            if ended:
                session.runs.set_state(run.key, RunState.FINISHED, now=NOW)
    return list(pages(list_runs(context, project), 100))


def pages(listing: Listing[Run], limit: int) -> Iterator[Run]:
    """Read a listing in small pages."""
    after = None
    while page := listing.page(after=after, limit=limit):
        after = page[-1].key
        yield from (item.value for item in page)


@given(drawn=runs_drawn, asked=st.lists(queries, min_size=1, max_size=12))
@settings(max_examples=60)
def test_a_filter_lets_through_what_a_plain_reading_does(
    migrated_catalog: Path, drawn: list[Drawn], asked: list[Mapping[str, Any]]
) -> None:
    """Each operator, and combinations of them; in the order of creation, and counted alike."""
    with world(migrated_catalog, drawn) as (context, everything):
        for query in asked:
            assert_answered(context, AT, query, everything)


@given(drawn=runs_drawn, asked=st.lists(queries, min_size=1, max_size=12))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_filter_means_the_same_on_postgresql(
    postgres_url: str, drawn: list[Drawn], asked: list[Mapping[str, Any]]
) -> None:
    """What is stored comes back with the same values and kinds; each example has its project."""
    with reading(postgres_url) as context:
        project = ProjectPath.of("ada", uuid.uuid4().hex)
        everything = written(context, project, drawn)
        for query in asked:
            assert_answered(context, project, query, everything)


def assert_answered(
    context: Context, at: ProjectPath, query: Mapping[str, Any], everything: list[Run]
) -> None:
    """Hold what a filter lets through to the plain reading, in both orders of creation."""
    expected = [run.id for run in everything if answers(run, query)]
    for order, wanted in ((None, expected), (Order.parse("-created_at"), expected[::-1])):
        chosen = list_runs(context, at, filters=parse_filter(query), order=order)
        assert [run.id for run in pages(chosen, 2)] == wanted
        assert chosen.count() == len(expected)


@given(drawn=runs_drawn, field=fields, descending=st.booleans(), deleted=st.integers(0, 5))
@settings(max_examples=60)
def test_an_order_sorts_as_a_plain_reading_does(
    migrated_catalog: Path, drawn: list[Drawn], field: str, *, descending: bool, deleted: int
) -> None:
    """Runs without the field are last, equal ones stay in place, and a delete skips none."""
    order = Order.parse(f"{'-' if descending else '+'}{field}")
    kinds = ["number", "text", "bool"]
    with world(migrated_catalog, drawn) as (context, everything):
        found = {run.id: read(run, field) for run in everything}
        placed = [
            run.id for run in everything if kind(found[run.id]) in kinds and not nan(found[run.id])
        ]
        in_order = sorted(
            placed, key=lambda one: (kinds.index(kind(found[one])), found[one]), reverse=descending
        )
        expected = [*in_order, *(run.id for run in everything if run.id not in placed)]
        listed = pages(list_runs(context, AT, order=order), 1)
        seen = [run.id for run in itertools.islice(listed, 1)]
        left = expected
        if seen and deleted < len(expected):
            gone = expected[deleted]
            left = [one for one in expected if one != gone or one in seen]
            with context.catalog.write() as session:
                session.runs.delete(next(run.key for run in everything if run.id == gone), now=NOW)
        assert [*seen, *(run.id for run in listed)] == left


def nan(value: object) -> bool:
    """Tell NaN from everything else."""
    return isinstance(value, float) and math.isnan(value)
