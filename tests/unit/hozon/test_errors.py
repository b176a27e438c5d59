"""Errors: two halves, one tree, and the published bases."""

import copy
import pickle

import pytest

import hozon
from hozon import errors


def test_an_error_reads_as_two_sentences() -> None:
    """What is wrong, and what to do next; each can be shown alone."""
    error = errors.InputError("The path is bad", hint="Give another.")
    assert str(error) == "The path is bad. Give another."
    assert (error.message, error.hint) == ("The path is bad", "Give another.")


@pytest.mark.parametrize(
    "kind",
    [
        errors.InvalidNameError,
        errors.WaitTimeoutError,
        hozon.ArtifactNotLoggedError,
    ],
)
def test_errors_survive_the_way_between_processes(kind: type[errors.HozonError]) -> None:
    """Whatever builtin they derive from, pickling and copying keep both halves."""
    error = kind("The path is bad", hint="Give another.")
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301  Our own.
        assert type(other) is kind
        assert str(other) == "The path is bad. Give another."
        assert (other.message, other.hint) == (error.message, error.hint)


def test_published_bases_are_kept() -> None:
    """Code written for the published classes catches ours."""
    assert issubclass(hozon.ArtifactNotLoggedError, AttributeError)
    assert issubclass(hozon.ArtifactFinalizedError, AttributeError)
    assert issubclass(hozon.ArtifactNotLoggedError, hozon.ArtifactStatusError)
    assert issubclass(errors.WaitTimeoutError, TimeoutError)
