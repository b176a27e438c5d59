"""Metrics of runs: how the summary takes over what is logged.

Owns the rules, their choice by name or pattern, and their arithmetic. Refuses to own when something
is logged. Invariant: what a rule makes of a series is the same however the series is cut in two, so
that a resumed run goes on where it was.

Source: the published aggregates of a metric's summary, of which these are the plain ones.
"""

from collections.abc import Mapping
from enum import StrEnum
from fnmatch import fnmatchcase

from hozon.errors import InputError
from hozon.model.metadata import JsonObject, JsonValue
from hozon.model.runs import comparable

MetricRules = Mapping[str, "SummaryRule"]
"""Metric, or pattern such as `loss/*` → rule, in the order in which they were given."""


class SummaryRule(StrEnum):
    """What the summary keeps of a metric."""

    LAST = "last"
    """The last value; the default."""

    MIN = "min"
    """The smallest number; NaN never counts."""

    MAX = "max"
    """The largest number; NaN never counts."""

    NONE = "none"
    """Nothing."""


def check_metric(name: object) -> str:
    """Accept the name of a metric, or a pattern.

    Args:
        name: Any text that is not empty.

    Raises:
        InputError: It is none.
    """
    if isinstance(name, str) and name:
        return name
    raise InputError(f"The metric is {name!r}", hint="Name a key that you log.")


def check_summary_rule(rule: object) -> SummaryRule:
    """Accept the name of a rule.

    Args:
        rule: `last`, `min`, `max` or `none`.

    Raises:
        InputError: There is no such rule.
    """
    try:
        return SummaryRule(str(rule))
    except ValueError:
        raise InputError(
            f"summary is {rule!r}", hint="Use 'last', 'min', 'max' or 'none'."
        ) from None


def summarise(summary: JsonObject, row: JsonObject, rules: MetricRules) -> dict[str, JsonValue]:
    """Bring a summary up to date with what is logged.

    Args:
        summary: What the summary is so far.
        row: Metric → value.
        rules: The rules; metrics without one keep their last value.

    Returns:
        The new summary.
    """
    merged = dict(summary)
    for name, value in row.items():
        match rule_of(name, rules):
            case SummaryRule.LAST:
                merged[name] = value
            case SummaryRule.MIN:
                merged[name] = _nearest(merged, row, name, sign=1)
            case SummaryRule.MAX:
                merged[name] = _nearest(merged, row, name, sign=-1)
            case SummaryRule.NONE:
                pass
    return merged


def rule_of(name: str, rules: MetricRules) -> SummaryRule:
    """Choose the rule of a metric: that of its name, or of the last pattern that matches.

    Args:
        name: The metric.
        rules: The rules.
    """
    if name in rules:
        return rules[name]
    matching = [rule for pattern, rule in rules.items() if fnmatchcase(name, pattern)]
    return matching[-1] if matching else SummaryRule.LAST


def _nearest(summary: JsonObject, row: JsonObject, name: str, *, sign: int) -> JsonValue:
    """Keep the better of two numbers; what is none gives way to one."""
    known, new = comparable(summary, name), comparable(row, name)
    if new is None:
        return summary[name] if known is not None else row[name]
    return row[name] if known is None or sign * new < sign * known else summary[name]


def read_rules(stored: JsonObject | None) -> dict[str, SummaryRule]:
    """Read the rules of a run as the catalog holds them."""
    return {name: SummaryRule(str(rule)) for name, rule in (stored or {}).items()}
