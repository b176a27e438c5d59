"""Explain: why bytes are kept."""

from itertools import pairwise

import pytest

from collecting import Collect, Log, Remove, digests_of
from hozon.errors import InputError, ObjectNotFoundError
from hozon.services.context import Context
from hozon.services.delete import delete_version
from hozon.services.drafts import hold_content
from hozon.services.garbage.explain import explain_object
from hozon.testing.clocks import ManualClock


def test_versions_and_drafts_are_named(log: Log, context: Context) -> None:
    """Deleted versions keep their bytes, too, until they are purged."""
    first = log({"a": b"one"})
    second = log({"a": b"one", "b": b"two"})
    hold_content(context, second)
    delete_version(context, first, delete_aliases=True)
    digest = digests_of(context, first)["a"]
    found, (stored,) = explain_object(context, digest)
    assert (found, stored.team) == (digest, None)
    reasons = stored.reasons
    assert [(v.name, v.state) for v in reasons.versions] == [
        ("mnist:v0", "DELETED"),
        ("mnist:v1", "COMMITTED"),
    ]
    assert (reasons.version_count, reasons.uploads) == (2, 1)
    assert reasons.place is not None
    assert reasons.stored_at == context.catalog.now()


def test_what_was_given_up_says_when(
    log: Log, remove: Remove, collect: Collect, context: Context, clock: ManualClock
) -> None:
    """Nothing reaches it, and it lies nowhere."""
    version = log({"a": b"one"})
    digest = digests_of(context, version)["a"]
    remove(version)
    collect()
    _, (stored,) = explain_object(context, digest)
    reasons = stored.reasons
    assert (reasons.place, reasons.version_count, reasons.given_up_at) == (None, 0, clock.now())


def test_the_beginning_of_a_digest_is_enough(log: Log, context: Context) -> None:
    """As long as one object has it."""
    digest = digests_of(context, log({"a": b"one"}))["a"]
    assert explain_object(context, digest[:4].upper())[0] == digest


def test_several_objects_are_listed(log: Log, context: Context) -> None:
    """More of the digest tells them apart."""
    files = {str(number): b"%d" % number for number in range(600)}
    digests = sorted(digests_of(context, log(files)).values())
    twins = next(pair for pair in pairwise(digests) if pair[0][:4] == pair[1][:4])
    with pytest.raises(InputError, match=f"{twins[0][:16]}….*{twins[1][:16]}…"):
        explain_object(context, twins[0][:4])


@pytest.mark.parametrize("text", ["", "abc", "xyz0", "0" * 65, "mnist:v0"])
def test_what_is_no_digest_is_refused(context: Context, text: str) -> None:
    """Four hexadecimal digits are the least."""
    with pytest.raises(InputError, match="no digest"):
        explain_object(context, text)


def test_an_unknown_digest_is_told(context: Context) -> None:
    """It was never stored, or was forgotten."""
    with pytest.raises(ObjectNotFoundError, match="begins with '0000'"):
        explain_object(context, "0000")
