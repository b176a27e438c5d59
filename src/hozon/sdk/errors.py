"""The published exception names, as kinds of our own errors.

W&B's classes for the state of an artifact are kinds of `AttributeError`, because they are raised
by attributes; they are so here, too, and kinds of `hozon.errors.StateError` as well.
"""

from hozon.errors import DraftError, FinalizedError, StateError


class ArtifactStatusError(StateError, AttributeError):
    """The artifact is not in the state that the call needs."""


class ArtifactNotLoggedError(DraftError, ArtifactStatusError):
    """The artifact has not been logged yet; log it and call `wait()` first."""


class ArtifactFinalizedError(FinalizedError, ArtifactStatusError):
    """The artifact's content is frozen; make a new artifact instead."""
