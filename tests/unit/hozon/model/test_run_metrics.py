"""How the summary of a run takes over what is logged."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hozon.errors import InputError
from hozon.model.metadata import JsonObject
from hozon.model.run_metrics import (
    SummaryRule,
    check_metric,
    check_summary_rule,
    read_rules,
    rule_of,
    summarise,
)

VALUES = st.one_of(
    st.integers(-5, 5), st.floats(-5, 5), st.sampled_from([math.nan, math.inf, "text", None, True])
)
ROWS = st.lists(st.dictionaries(st.sampled_from(["a", "b"]), VALUES), max_size=8)


def summed_up(rows: list[dict[str, object]], rule: SummaryRule) -> JsonObject:
    """Log rows one by one."""
    summary: JsonObject = {}
    for row in rows:
        summary = summarise(summary, row, {"a": rule, "b": rule})  # type: ignore[arg-type]
    return summary


@pytest.mark.parametrize(
    ("rule", "kept"), [("last", 0.5), ("min", 0.2), ("max", 0.9), ("none", None)]
)
def test_a_rule_chooses_what_is_kept(rule: str, kept: float | None) -> None:
    """Of the values of a metric."""
    rows: list[dict[str, object]] = [{"a": value} for value in (0.9, 0.2, 0.5)]
    assert summed_up(rows, SummaryRule(rule)).get("a") == kept


@given(rows=ROWS, rule=st.sampled_from([SummaryRule.MIN, SummaryRule.MAX]))
def test_the_best_number_is_kept(rows: list[dict[str, object]], rule: SummaryRule) -> None:
    """What is no number, NaN among it, is kept only where there is nothing better."""
    best = min if rule is SummaryRule.MIN else max
    for name in ("a", "b"):
        values = [row[name] for row in rows if name in row]
        numbers = [
            value
            for value in values
            if isinstance(value, (int, float))
            and not isinstance(value, bool)
            and not math.isnan(value)
        ]
        summary = summed_up(rows, rule)
        if numbers:
            assert summary[name] == best(numbers)
        elif values:
            assert repr(summary[name]) == repr(values[-1])
        else:
            assert name not in summary


@given(rows=ROWS, cut=st.integers(0, 8), rule=st.sampled_from(SummaryRule))
def test_a_resumed_run_sums_up_the_same(
    rows: list[dict[str, object]], cut: int, rule: SummaryRule
) -> None:
    """The summary so far is all that is needed of the rows before."""
    rules = {"a": rule, "b": rule}
    summary = summed_up(rows[:cut], rule)
    for row in rows[cut:]:
        summary = summarise(summary, row, rules)  # type: ignore[arg-type]  Values are JSON.
    assert repr(summary) == repr(summed_up(rows, rule))


def test_a_name_goes_before_a_pattern_and_the_last_pattern_before_others() -> None:
    """Whatever has no rule keeps its last value."""
    rules = {"loss/a": SummaryRule.LAST, "loss/*": SummaryRule.MIN, "*a": SummaryRule.MAX}
    assert [rule_of(name, rules) for name in ("loss/a", "loss/b", "loss/aa", "x")] == [
        SummaryRule.LAST,
        SummaryRule.MIN,
        SummaryRule.MAX,
        SummaryRule.LAST,
    ]


def test_other_metrics_stay() -> None:
    """A row says nothing of what is not in it."""
    assert summarise({"a": 1, "b": 2}, {"b": 3}, {}) == {"a": 1, "b": 3}


def test_rules_come_back_as_they_were_stored() -> None:
    """In their order; none reads as none."""
    rules = {"b": SummaryRule.MIN, "a": SummaryRule.NONE}
    assert list(read_rules({"b": "min", "a": "none"}).items()) == list(rules.items())
    assert read_rules(None) == {}


@pytest.mark.parametrize("rule", ["best", None, 1])
def test_unknown_rules_are_refused(rule: object) -> None:
    """The hint lists those that there are."""
    with pytest.raises(InputError, match="summary is") as caught:
        check_summary_rule(rule)
    assert "'last', 'min', 'max' or 'none'" in caught.value.hint


@pytest.mark.parametrize("name", ["", None, 1])
def test_a_metric_has_a_name(name: object) -> None:
    """Which is text."""
    with pytest.raises(InputError, match="The metric is"):
        check_metric(name)
