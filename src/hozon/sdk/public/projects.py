"""`ProjectsApi`: the part of `Api` that lists projects, makes them, and finds what a path names."""

from hozon.model.named_paths import parse_named
from hozon.model.names import check_name
from hozon.model.paths import ProjectPath
from hozon.model.runs import Run as RunRecord
from hozon.model.sweeps import Sweep as SweepRecord
from hozon.model.versions import Version
from hozon.ports.catalog import Collection
from hozon.sdk.artifact import Artifact, open_version
from hozon.sdk.pages import Paginator
from hozon.sdk.public.collection import ArtifactCollection
from hozon.sdk.public.project import Project
from hozon.sdk.public.run import Run
from hozon.sdk.public.sweep import Sweep
from hozon.sdk.session import Session
from hozon.services.naming import find_named
from hozon.services.projects import create_project, list_projects


class ProjectsApi:
    """Lists projects, makes them, and finds what a path names."""

    _session: Session
    _default: ProjectPath

    def projects(self, entity: str | None = None, per_page: int = 50) -> Paginator[Project]:
        """List the projects of a user or a team, oldest first.

        Args:
            entity: The owner; None for the default entity.
            per_page: How many to fetch at a time, 1 or more.

        Raises:
            InvalidNameError: The name of the owner breaks the rules.
            InputError: `per_page` is below 1.

        Examples:
            Count the runs of each project.

            ```python
            import hozon

            api = hozon.Api()
            hozon.init(project="letters").finish()
            for project in api.projects():
                print(project.name, len(api.runs(project.name)))
                #> digits 5
                #> letters 1
            ```
        """
        owner = self._default.entity if entity is None else check_name(entity, kind="entity")
        at = ProjectPath.of(owner, self._default.project)
        return Paginator(
            list_projects(self._session.context, at.entity),
            lambda record: Project(self._session, record.at),
            per_page=per_page,
        )

    def create_project(self, name: str, entity: str | None = None) -> Project:
        """Make a project, or find it: one that is there stays as it is.

        Runs and artifacts make their project by themselves; this is for one that has none yet.

        Args:
            name: The name.
            entity: The owner; None for the default entity.

        Raises:
            InvalidNameError: A name breaks the rules.

        Examples:
            Make a project before anything is logged to it. Again does no harm.

            ```python
            import hozon

            api = hozon.Api()
            for _ in range(2):
                print(api.create_project("letters"))
                #> <Project ada/letters>
                #> <Project ada/letters>
            print([project.name for project in api.projects()])
            #> ['digits', 'letters']
            ```
        """
        at = ProjectPath.of(self._default.entity if entity is None else entity, name)
        return Project(self._session, create_project(self._session.context, at).at)

    def from_path(self, path: str) -> Artifact | ArtifactCollection | Project | Run | Sweep:
        """Find what a path names: a project, a run, a sweep, a collection or a version.

        | Form | What it names |
        | --- | --- |
        | `[entity/]project` | a project |
        | `entity/project/runs/id` | a run |
        | `entity/project/sweeps/id` | a sweep |
        | `entity/project/collections/name` | a collection |
        | `[[entity/]project/]name:version-or-alias` | a version |
        | `entity/project/artifacts/name[:version-or-alias]` | a version, by default `latest` |
        | `entity/project/name` | a run, a sweep or a collection, if it can mean only one |

        Nothing is guessed: a last part that is the id of a run and the name of a collection, say,
        is an error, and its hint lists the paths that are not ambiguous.

        Args:
            path: One of the forms.

        Raises:
            InvalidPathError: It has none of the forms, or could mean several things.
            InvalidNameError: A part breaks the rules for names.
            NotFoundError: There is no such thing.

        Examples:
            Look up what somebody sent.

            ```python
            import hozon

            api = hozon.Api()
            for path in ("ada/digits", "ada/digits/lr-search", "mnist:reviewed"):
                print(api.from_path(path))
                #> <Project ada/digits>
                #> <Sweep ada/digits/lr-search>
                #> <Artifact ada/digits/mnist:v0>
            print(api.from_path("ada/digits/runs/train-model"))
            #> <Run ada/digits/train-model (finished)>
            ```
        """
        named = parse_named(path, default=self._default)
        match find_named(self._session.context, named):
            case RunRecord() as run:
                return Run(self._session, run)
            case SweepRecord() as sweep:
                return Sweep(self._session, sweep)
            case Collection() as collection:
                return ArtifactCollection(self._session, collection)
            case Version() as version:
                return open_version(self._session, version)
            case project:
                return Project(self._session, project.at)
