"""`Api`: look up runs, artifacts, collections and sweeps."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hozon.errors import InputError
from hozon.model.filters import parse_filter
from hozon.model.names import TypeName, check_name
from hozon.model.orders import Order
from hozon.model.paths import ArtifactPath, ProjectPath, RunPath, SweepPath
from hozon.sdk.artifact import Artifact, open_version
from hozon.sdk.pages import Paginator
from hozon.sdk.public.auditing import AuditApi
from hozon.sdk.public.deleted import DeletedListing
from hozon.sdk.public.existence import Existence
from hozon.sdk.public.garbage import GarbageApi
from hozon.sdk.public.plans import PlansApi
from hozon.sdk.public.policies import Policies
from hozon.sdk.public.projects import ProjectsApi
from hozon.sdk.public.protection import AliasProtection
from hozon.sdk.public.run import Run
from hozon.sdk.public.sweep import Sweep
from hozon.sdk.public.types import TypesApi
from hozon.sdk.public.usage import UsageApi
from hozon.sdk.session import current_session
from hozon.services.resolve import resolve_version
from hozon.services.run_queries import list_runs
from hozon.services.runs import find_run
from hozon.services.sweeps import find_sweep

_OVERRIDES = {"entity", "project"}
_LONGEST = timedelta(days=1)


class Api(
    DeletedListing,
    AliasProtection,
    AuditApi,
    Existence,
    GarbageApi,
    PlansApi,
    Policies,
    ProjectsApi,
    TypesApi,
    UsageApi,
):
    """Look up what was recorded, from outside any run.

    Args:
        overrides: `entity` and `project` to look names up in, instead of those of the settings.
        timeout: How many seconds a call waits each time that it has to: for another writer of the
            catalog, for an answer of the catalog's server, and for one of the bucket. More than 0
            and at most a day; None for about 30 seconds for a writer, and for as long as the
            libraries do otherwise. It bounds each wait, not the whole call, and no work: a long
            search in a catalog on SQLite goes on.

    Raises:
        InputError: `overrides` has another key, or `timeout` is no such number.
        InvalidNameError: A name breaks the rules.

    Examples:
        Look names up in another project than the default.

        ```python
        import hozon

        with hozon.init(project="letters", id="prepare-letters") as run:
            print(run.path)
            #> ada/letters/prepare-letters
        api = hozon.Api(overrides={"project": "letters"})
        print(api, [(run.id, run.state) for run in api.runs()])
        #> <Api ada/letters> [('prepare-letters', 'finished')]
        ```

        Give up soon where the catalog is busy.

        ```python
        import hozon

        api = hozon.Api(timeout=2.5)
        print(len(api.runs()))
        #> 5
        ```
    """

    def __init__(
        self, overrides: Mapping[str, str] | None = None, timeout: float | None = None
    ) -> None:
        """Read the settings; nothing is opened yet."""
        chosen = dict(overrides or {})
        unknown = sorted(set(chosen) - _OVERRIDES)
        if unknown:
            raise InputError(
                f"overrides has the unknown key {unknown[0]!r}",
                hint=f"Known keys are {', '.join(sorted(_OVERRIDES))}.",
            )
        self._session = current_session(timeout=_check_timeout(timeout))
        default = self._session.settings.default_path
        self._default = ProjectPath.of(
            chosen.get("entity", default.entity), chosen.get("project", default.project)
        )

    def __repr__(self) -> str:
        """Show where names are looked up."""
        return f"<Api {self._default}>"

    def run(self, path: str) -> Run:
        """Find a run.

        Args:
            path: `[[entity/]project/]run_id`.

        Raises:
            InvalidPathError: The path is malformed.
            RunNotFoundError: There is no such run.

        Examples:
            Read what a run tried, and what came of it.

            ```python
            import hozon

            run = hozon.Api().run("train-model")
            print(run.state, run.config, run.summary)
            #> finished {'learning_rate': 0.01, 'epochs': 2} {'loss': 0.42}
            ```
        """
        found = find_run(self._session.context, RunPath.parse(path, default=self._default))
        return Run(self._session, found)

    def runs(
        self,
        path: str = "",
        filters: Mapping[str, Any] | None = None,
        order: str = "+created_at",
        per_page: int = 50,
    ) -> Paginator[Run]:
        """List the runs of a project, those that a filter lets through, in any order.

        A filter is written as for MongoDB, and means the same. Its fields are `state`, `name` (the
        id), `display_name`, `group`, `job_type`, `tags`, `notes`, `username` (who began it),
        `sweep`, `created_at`, `config.<key>` and `summary_metrics.<key>`; dots lead into nested
        values. Its operators are `$eq`, `$ne`, `$gt`, `$gte`, `$lt`, `$lte`,
        `$in`, `$nin`, `$exists`, `$regex` and `$not` for one field, and `$and`, `$or` and `$nor`
        for lists of filters.

        `$ne` and `$nin` are the opposites of `$eq` and `$in`: they also match runs without the
        field. Numbers compare with numbers only, and texts with texts; a bool is no number, and NaN
        equals NaN. A list matches when an element of it does. `$regex` looks at the first 128
        characters of a text; its pattern has no groups, and at most 3 of `*`, `+`, `?` and `{…}`.

        Pages follow each other by key in the order of creation, in both directions. Any other order
        takes reading all runs that the filter lets through before the first is given; of each its
        id is kept, and while they are sorted the value of the field.

        Args:
            path: `[entity/]project`; empty for the default project.
            filters: Which runs; None for all.
            order: `+` or `-`, and a field. Runs without it, or with NaN, come last either way, and
                equal ones in the order of creation.
            per_page: How many to fetch at a time, 1 or more.

        Raises:
            InvalidPathError: The path is malformed.
            InvalidFilterError: A field or an operator is unknown, or an operand is of the wrong
                kind; the hint lists what is known.
            InputError: `per_page` is below 1.

        Examples:
            Compare the runs that trained something, the lowest loss first.

            ```python
            import hozon

            api = hozon.Api()
            for run in api.runs(
                filters={"job_type": "train", "summary_metrics.loss": {"$lt": 0.5}},
                order="+summary_metrics.loss",
            ):
                print(run.config["learning_rate"], run.summary["loss"])
                #> 0.01 0.17
                #> 0.01 0.42
                #> 0.1 0.42
            ```

            Find the runs of a sweep that did not try some values.

            ```python
            import hozon

            tried = {"config.learning_rate": {"$in": [0.1, 0.01]}}
            runs = hozon.Api().runs(filters={"sweep": "lr-search", "$nor": [tried]})
            print([run.config for run in runs])
            #> [{'learning_rate': 0.001}]
            ```
        """
        at = ProjectPath.parse(path, default=self._default)
        listing = list_runs(
            self._session.context, at, filters=parse_filter(filters), order=Order.parse(order)
        )
        return Paginator(listing, lambda record: Run(self._session, record), per_page=per_page)

    def artifact(self, name: str, type: str | None = None) -> Artifact:
        """Find one version.

        Args:
            name: `[[entity/]project/]name[:version-or-alias]`; without the last, `latest`.
            type: What it must be; None for anything.

        Raises:
            InvalidPathError: The path is malformed.
            NotFoundError: There is no such artifact, version or alias; of a deleted version the
                hint says how to restore it.
            TypeConflictError: It is of another type.

        Examples:
            Name a version by its number, by an alias, or by neither.

            ```python
            import hozon

            api = hozon.Api()
            print(api.artifact("mnist:v1").qualified_name)
            #> ada/digits/mnist:v1
            print(api.artifact("ada/digits/mnist:reviewed").name)
            #> mnist:v0
            print(api.artifact("mnist", type="dataset").name)
            #> mnist:v2
            ```
        """
        path = ArtifactPath.parse(name, default=self._default)
        wanted = _type(type) if type is not None else None
        version = resolve_version(self._session.context, path, type_name=wanted)
        return open_version(self._session, version)

    def artifacts(self, type_name: str, name: str, per_page: int = 50) -> Paginator[Artifact]:
        """List the versions of a collection, newest first.

        Args:
            type_name: What the collection holds, such as `dataset`.
            name: `[[entity/]project/]name`.
            per_page: How many to fetch at a time, 1 or more.

        Raises:
            InvalidPathError: The path is malformed.
            CollectionNotFoundError: There is no such collection, or one of another type.
            InputError: `per_page` is below 1.

        Examples:
            Find the versions that nothing names.

            ```python
            import hozon

            versions = hozon.Api().artifacts("dataset", "mnist")
            print([version.name for version in versions if not version.aliases])
            #> ['mnist:v1']
            ```
        """
        return self.artifact_collection(type_name, name).artifacts(per_page)

    def artifact_versions(
        self, type_name: str, name: str, per_page: int = 50
    ) -> Paginator[Artifact]:
        """List the versions of a collection: the older name of `artifacts`.

        Args:
            type_name: What the collection holds, such as `dataset`.
            name: `[[entity/]project/]name`.
            per_page: How many to fetch at a time, 1 or more.

        Raises:
            InvalidPathError: The path is malformed.
            CollectionNotFoundError: There is no such collection, or one of another type.
            InputError: `per_page` is below 1.

        Examples:
            Find the versions with more than one image.

            ```python
            import hozon

            for version in hozon.Api().artifact_versions("dataset", "mnist"):
                if version.metadata["images"] > 1:
                    print(version.name, version.metadata)
                    #> mnist:v2 {'images': 3}
                    #> mnist:v1 {'images': 2}
            ```
        """
        return self.artifacts(type_name, name, per_page)

    def sweep(self, path: str) -> Sweep:
        """Find a sweep.

        Args:
            path: `[[entity/]project/]sweep_id`.

        Raises:
            InvalidPathError: The path is malformed.
            SweepNotFoundError: There is no such sweep.

        Examples:
            Find the best run of a sweep.

            ```python
            import hozon

            best = hozon.Api().sweep("lr-search").best_run()
            print(best.config, best.summary)
            #> {'learning_rate': 0.01} {'loss': 0.17}
            ```
        """
        found = find_sweep(self._session.context, SweepPath.parse(path, default=self._default))
        return Sweep(self._session, found)


def _type(name: str) -> TypeName:
    """Check the name of a type."""
    return TypeName(check_name(name, kind="type"))


def _check_timeout(seconds: object) -> timedelta | None:
    """Accept a number of seconds, or None."""
    if seconds is None:
        return None
    number = seconds if isinstance(seconds, (int, float)) and seconds is not True else 0
    if 0 < number <= _LONGEST.total_seconds():  # Which NaN is not.
        return timedelta(seconds=number) or timedelta.resolution
    raise InputError(
        f"timeout is {seconds!r}",
        hint=f"Give a number of seconds, more than 0 and at most {_LONGEST.total_seconds():g}.",
    )
