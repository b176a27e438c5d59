"""`Run`, as the public API returns it: a record of a run."""

from datetime import datetime
from typing import Any

from hozon.model.metadata import check_json_object
from hozon.model.runs import Run as RunRecord
from hozon.model.versions import Version
from hozon.ports.paging import Listing
from hozon.sdk.artifact import Artifact, open_version
from hozon.sdk.pages import Paginator
from hozon.sdk.session import Session
from hozon.services.delete import delete_run
from hozon.services.lineage import list_logged, list_used


class Run:
    """A record of a run, as it was when it was fetched. `Api.run` and `Api.runs` return it.

    Examples:
        Read what was recorded of a run of a sweep.

        ```python
        import hozon

        run = hozon.Api().sweep("lr-search").best_run()
        print(run.entity, run.project, run.sweep_id)
        #> ada digits lr-search
        print(run.job_type, run.state)
        #> train finished
        print(run.config, run.summary)
        #> {'learning_rate': 0.01} {'loss': 0.17}
        print(run.path[-1] == run.id, run.created_at.tzname())
        #> True UTC
        ```
    """

    def __init__(self, session: Session, record: RunRecord) -> None:
        """Wrap a run that the catalog holds."""
        self._session = session
        self._record = record

    def __repr__(self) -> str:
        """Show the path and the state."""
        return f"<Run {'/'.join(self.path)} ({self.state})>"

    @property
    def id(self) -> str:
        """The run's name within its project.

        Examples:
            Find a run again by its id.

            ```python
            import hozon

            api = hozon.Api()
            for run in api.runs("digits")[:2]:
                print(run.id, api.run(run.id).job_type)
                #> prepare-data prepare
                #> train-model train
            ```
        """
        return self._record.id

    @property
    def entity(self) -> str:
        """The owner of the project."""
        return self._record.at.entity

    @property
    def project(self) -> str:
        """The project."""
        return self._record.at.project

    @property
    def path(self) -> list[str]:
        """Entity, project and id; joined with `/` they are the full path.

        Examples:
            Write the full path as one text.

            ```python
            import hozon

            run = hozon.Api().run("train-model")
            print("/".join(run.path))
            #> ada/digits/train-model
            ```
        """
        return str(self._record.path).split("/")

    @property
    def job_type(self) -> str | None:
        """What kind of work it does, such as `train`; None for none."""
        return self._record.job_type

    @property
    def state(self) -> str:
        """`running`, `finished` or `failed`."""
        return str(self._record.state)

    @property
    def config(self) -> dict[str, Any]:
        """The run's inputs; a copy."""
        return dict(check_json_object(self._record.config, what="config"))

    @property
    def summary(self) -> dict[str, Any]:
        """The run's results; a copy."""
        return dict(check_json_object(self._record.summary, what="summary", finite=False))

    @property
    def sweep_id(self) -> str | None:
        """The sweep that it belongs to; None for none."""
        return self._record.sweep_id

    @property
    def created_at(self) -> datetime:
        """When it began, UTC."""
        return self._record.created_at

    @property
    def deleted_at(self) -> datetime | None:
        """When it was deleted, UTC; None unless it was: lineage shows deleted runs, too."""
        return self._record.deleted_at

    def delete(self, delete_artifacts: bool = False) -> None:
        """Take the run out of every listing and look-up.

        Lineage keeps it: `Artifact.logged_by` and `Artifact.used_by` still show it. Its id is not
        given to another run.

        Danger:
            The run cannot be restored. Versions that were deleted with it can, one by one.

        Args:
            delete_artifacts: Whether to soft-delete what `logged_artifacts()` lists, too, with all
                aliases, all or none.

        Raises:
            RunNotFoundError: It has been deleted already.
            ProtectedAliasError: A version that it logged has a protected alias.
            LinkedVersionError: Links lead to a version that it logged; unlink those first.

        Examples:
            Delete a run that went wrong, with what it made.

            ```python
            import hozon

            api = hozon.Api()
            api.run("train-model").delete(delete_artifacts=True)
            ids = [run.id for run in api.runs()]
            print("train-model" in ids, "prepare-data" in ids)
            #> False True
            for artifact in api.deleted_artifacts():
                print(artifact.name, artifact.deleted_reason)
                #> classifier:v1 run
                #> classifier:v0 run
            print(api.artifact("mnist:v0").used_by()[0].deleted_at is None)
            #> False
            ```
        """
        context = self._session.context
        self._record = delete_run(context, self._record, delete_artifacts=delete_artifacts)

    def logged_artifacts(self, per_page: int = 100) -> Paginator[Artifact]:
        """List the versions that the run logged, in the order of logging.

        Deleted versions are left out. Deleting while you iterate skips nothing.

        Args:
            per_page: How many to fetch at a time, 1 or more.

        Raises:
            InputError: `per_page` is below 1.

        Examples:
            See what a run made, in the order of logging.

            ```python
            import hozon

            run = hozon.Api().run("train-model")
            for artifact in run.logged_artifacts():
                print(artifact.name, artifact.aliases)
                #> classifier:v0 ['baseline']
                #> classifier:v1 ['latest', 'production']
            ```
        """
        listing = list_logged(self._session.context, self._record.key)
        return self._artifacts(listing, per_page)

    def used_artifacts(self, per_page: int = 100) -> Paginator[Artifact]:
        """List the versions that the run used, in the order of using.

        Deleted versions are left out. Deleting while you iterate skips nothing.

        Args:
            per_page: How many to fetch at a time, 1 or more.

        Raises:
            InputError: `per_page` is below 1.

        Examples:
            See what a run was made from.

            ```python
            import hozon

            run = hozon.Api().run("train-model")
            print([artifact.name for artifact in run.used_artifacts()])
            #> ['mnist:v0']
            ```
        """
        listing = list_used(self._session.context, self._record.key)
        return self._artifacts(listing, per_page)

    def _artifacts(self, listing: Listing[Version], per_page: int) -> Paginator[Artifact]:
        """Wrap the versions of a listing."""
        return Paginator(
            listing,
            lambda version: open_version(self._session, version),
            per_page=per_page,
        )
