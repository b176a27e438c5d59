"""Plans as JSON: everything comes back, and half a plan is none."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from hozon.errors import InvalidPlanError
from hozon.model.plan_files import decode_plan

PLAN: dict[str, Any] = {
    "kind": "hozon delete plan",
    "format": 1,
    "project": "ada/digits",
    "created_at": "2026-01-02T03:04:05+00:00",
    "created_by": "ada",
    "delete_aliases": True,
    "force_links": False,
    "freed_bytes": 12,
    "versions": [
        {
            "path": "ada/digits/mnist:v1",
            "digest": "ab" * 32,
            "size_bytes": 7,
            "aliases": ["best"],
            "links": ["ada/shared/team:v0"],
            "updated_at": "2026-01-02T03:04:05.000006+00:00",
        }
    ],
    "left_out": [{"path": "ada/digits/mnist:v0", "reason": "links", "names": ["a/b/c:v0"]}],
}


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    """Write the plan with a change."""
    document = json.loads(json.dumps(PLAN))
    change(document)
    return json.dumps(document)


def test_a_plan_is_read() -> None:
    """Names, numbers and times."""
    plan = decode_plan(json.dumps(PLAN), name="plan.json")
    assert (str(plan.at), plan.freed_bytes, plan.size_bytes) == ("ada/digits", 12, 7)
    assert str(plan.versions[0].path) == "ada/digits/mnist:v1"
    assert str(plan.left_out[0]) == "ada/digits/mnist:v0 has the links a/b/c:v0"


def test_a_version_may_be_taken_out() -> None:
    """Whoever looks at a plan may spare something."""
    text = changed(lambda plan: plan["versions"].clear())
    assert decode_plan(text, name="plan.json").versions == ()


def test_another_zone_is_the_same_time() -> None:
    """Times are told apart by when they are."""
    text = changed(lambda plan: plan.update(created_at="2026-01-02T04:04:05+01:00"))
    plain = decode_plan(json.dumps(PLAN), name="plan.json")
    assert decode_plan(text, name="plan.json").created_at == plain.created_at


@pytest.mark.parametrize("text", ["", "{", "nul", b"\xff\xfe", "[" * 100_000])
def test_what_is_no_json_is_refused(text: str | bytes) -> None:
    """Cut off, other bytes, or nested without end."""
    with pytest.raises(InvalidPlanError, match=r"^plan\.json is (no JSON|nested)"):
        decode_plan(text, name="plan.json")


@pytest.mark.parametrize("text", ["[]", "3", "null", "{}", '{"kind": "shopping list"}'])
def test_what_is_no_plan_is_refused(text: str) -> None:
    """A plan says that it is one."""
    with pytest.raises(InvalidPlanError, match="is no delete plan"):
        decode_plan(text, name="plan.json")


@pytest.mark.parametrize("number", [0, 2, "1", None, True])
def test_other_formats_are_refused(number: object) -> None:
    """A later release may write what this one would misread."""
    with pytest.raises(InvalidPlanError, match=r"has the format .*; this release reads 1"):
        decode_plan(changed(lambda plan: plan.update(format=number)), name="plan.json")


@pytest.mark.parametrize("key", sorted(PLAN.keys() - {"kind", "format"}))
def test_every_field_is_needed(key: str) -> None:
    """The message says which is missing."""
    with pytest.raises(InvalidPlanError, match=f"no valid {key}: it is missing"):
        decode_plan(changed(lambda plan: plan.pop(key)), name="plan.json")


@pytest.mark.parametrize("key", sorted(PLAN["versions"][0]))
def test_every_field_of_a_version_is_needed(key: str) -> None:
    """The message says of which version."""
    with pytest.raises(InvalidPlanError, match=rf"no valid versions\[0\]\.{key}: it is missing"):
        decode_plan(changed(lambda plan: plan["versions"][0].pop(key)), name="plan.json")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("path", "mnist:v1"),
        ("path", "ada/digits/mnist:latest"),
        ("path", "ada/digits/mnist"),
        ("path", 3),
        ("digest", "ab"),
        ("digest", "AB" * 32),
        ("size_bytes", -1),
        ("size_bytes", True),
        ("size_bytes", 1.5),
        ("aliases", "best"),
        ("aliases", [3]),
        ("aliases", ["a/b"]),
        ("links", ["team:v0"]),
        ("updated_at", "yesterday"),
        ("updated_at", "2026-01-02T03:04:05"),
    ],
)
def test_a_malformed_value_is_refused(key: str, value: object) -> None:
    """The message says where it is, and what."""
    text = changed(lambda plan: plan["versions"][0].update({key: value}))
    with pytest.raises(InvalidPlanError, match=rf"no valid versions\[0\]\.{key}: it is "):
        decode_plan(text, name="plan.json")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("project", "digits"),
        ("created_by", "a b"),
        ("delete_aliases", 1),
        ("force_links", "no"),
        ("freed_bytes", None),
        ("versions", {}),
        ("versions", [3]),
        ("versions", PLAN["versions"] * 2),
        ("left_out", [[]]),
    ],
)
def test_a_malformed_plan_is_refused(key: str, value: object) -> None:
    """A version that is named twice included."""
    with pytest.raises(InvalidPlanError, match=f"no valid {key}: it is "):
        decode_plan(changed(lambda plan: plan.update({key: value})), name="plan.json")


@pytest.mark.parametrize(("key", "value"), [("reason", "mercy"), ("names", ["a\x1b[31m"])])
def test_what_is_only_shown_is_checked_as_well(key: str, value: object) -> None:
    """A file may come from anywhere, and goes to a terminal."""
    text = changed(lambda plan: plan["left_out"][0].update({key: value}))
    with pytest.raises(InvalidPlanError, match=rf"no valid left_out\[0\]\.{key}: it is "):
        decode_plan(text, name="plan.json")
