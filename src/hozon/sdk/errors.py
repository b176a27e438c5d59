"""The published exception names, as kinds of our own errors.

W&B's classes for the state of an artifact are kinds of `AttributeError`, because they are raised
by attributes; they are so here, too, and kinds of `hozon.errors.StateError` as well.
"""

from hozon.errors import DraftError, FinalizedError, StateError


class ArtifactStatusError(StateError, AttributeError):
    """The artifact is not in the state that the call needs.

    Examples:
        As a kind of `AttributeError` it lets `hasattr` answer.

        ```python
        import hozon

        artifact = hozon.Artifact("mnist", type="dataset")
        print(hasattr(artifact, "version"))
        #> False
        try:
            artifact.delete()
        except hozon.ArtifactStatusError as error:
            print(error.code)
            #> state.draft
        ```
    """


class ArtifactNotLoggedError(DraftError, ArtifactStatusError):
    """The artifact has not been logged yet; log it and call `wait()` first.

    Examples:
        A draft has no version yet.

        ```python
        import hozon

        artifact = hozon.Artifact("mnist", type="dataset")
        try:
            artifact.download()
        except hozon.ArtifactNotLoggedError as error:
            print(error.message)
            #> The artifact 'mnist' has no 'download' before it is logged
            print(error.hint)
            #> Call run.log_artifact(artifact) and then wait() first.
        ```
    """


class ArtifactFinalizedError(FinalizedError, ArtifactStatusError):
    """The artifact's content is frozen; make a new artifact instead.

    Examples:
        A version takes no more files.

        ```python
        import hozon

        artifact = hozon.Api().artifact("mnist:v0")
        try:
            artifact.add_dir("data")
        except hozon.ArtifactFinalizedError as error:
            print(error.message)
            #> mnist:v0 is a logged version and cannot take more files
            print(error.hint)
            #> Make a new Artifact of the same name; logging it makes the next version.
        ```
    """
