"""Missing: what is said of what is not there.

Owns the words, in one place: whoever may not see a thing is told the very same as if it did not
exist.
"""

from hozon.errors import (
    ArtifactNotFoundError,
    CollectionNotFoundError,
    ProjectNotFoundError,
    RunNotFoundError,
    SweepNotFoundError,
)
from hozon.model.names import CollectionName
from hozon.model.paths import CollectionPath, ProjectPath, RunPath, SweepPath


def no_project(at: ProjectPath) -> ProjectNotFoundError:
    """Say that there is no such project."""
    return ProjectNotFoundError(
        f"There is no project {at}",
        hint="Begin a run in it, or make it with Api().create_project(); Api().projects() lists"
        " those that there are.",
    )


def no_place(at: ProjectPath) -> ProjectNotFoundError:
    """Say to somebody who may not make a project either that there is none to write to."""
    return ProjectNotFoundError(
        f"There is no project {at}",
        hint=f"Check the spelling, and the entity that owns it: members of {at.entity} make"
        " projects there.",
    )


def no_artifact(path: CollectionPath) -> CollectionNotFoundError:
    """Say that nothing was ever logged under a name, or everything is gone."""
    return CollectionNotFoundError(
        f"There is no artifact {path.name!r} in {path.at}",
        hint="Check the spelling, the entity and the project; 'hozon status' shows them.",
    )


def no_collection(path: CollectionPath) -> CollectionNotFoundError:
    """Say that there never was a collection."""
    return CollectionNotFoundError(
        f"There is no collection {path}",
        hint="Check the spelling, the entity, the project, and which catalog is in use.",
    )


def no_usage(at: ProjectPath, name: CollectionName | str) -> CollectionNotFoundError:
    """Say that there never was a collection whose bytes could be counted."""
    return CollectionNotFoundError(
        f"There is no artifact {name!r} in {at}",
        hint="Check the spelling, the entity and the project; 'hozon du' lists what there is.",
    )


def no_run(path: RunPath) -> RunNotFoundError:
    """Say that there is no such run."""
    return RunNotFoundError(
        f"There is no run {path}", hint="List the runs of the project with Api().runs()."
    )


def no_sweep(path: SweepPath) -> SweepNotFoundError:
    """Say that there is no such sweep."""
    return SweepNotFoundError(
        f"There is no sweep {path}", hint="Use the id that hozon.sweep returned."
    )


def no_run_key(key: int) -> RunNotFoundError:
    """Say that no run has a key; where it would be is not told."""
    return RunNotFoundError(
        f"There is no run with the key {key}", hint="Look the run up again by its path."
    )


def no_version_key(key: int) -> ArtifactNotFoundError:
    """Say that no version has a key; where it would be is not told."""
    return ArtifactNotFoundError(
        f"There is no version with the key {key}", hint="Look the artifact up again by its path."
    )
