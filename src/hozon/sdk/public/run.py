"""`Run`, as the public API returns it: a record of a run."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from hozon.model.metadata import check_description, check_json_object
from hozon.model.runs import Run as RunRecord
from hozon.model.runs import RunDetails, check_label
from hozon.model.tags import check_tags
from hozon.model.versions import Version
from hozon.ports.paging import Listing
from hozon.sdk.artifact import Artifact, open_version
from hozon.sdk.entry import ArtifactManifestEntry
from hozon.sdk.histories import History
from hozon.sdk.notebooks import card, run_facts
from hozon.sdk.pages import Paginator
from hozon.sdk.session import Session
from hozon.services.delete import delete_run
from hozon.services.lineage import list_logged, list_used
from hozon.services.run_files import list_run_files
from hozon.services.runs import update_run


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

    _record: RunRecord
    _details: RunDetails
    _config: dict[str, Any]
    _summary: dict[str, Any]

    def __init__(self, session: Session, record: RunRecord) -> None:
        """Wrap a run that the catalog holds."""
        self._session = session
        self._adopt(record)

    def __repr__(self) -> str:
        """Show the path and the state."""
        return f"<Run {'/'.join(self.path)} ({self.state})>"

    def _repr_html_(self) -> str:
        """Show it as a table in a notebook."""
        return card(f"Run {'/'.join(self.path)}", run_facts(self._record, self._details))

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
    def username(self) -> str:
        """Who began it.

        Examples:
            Find the other runs of the same user.

            ```python
            import hozon

            api = hozon.Api()
            user = api.run("train-model").username
            print([run.id for run in api.runs(filters={"username": user})][:2])
            #> ['prepare-data', 'train-model']
            ```
        """
        return self._record.created_by

    @property
    def job_type(self) -> str | None:
        """What kind of work it does, such as `train`; None for none."""
        return self._record.job_type

    @property
    def state(self) -> str:
        """Where it stood when it was fetched.

        `running`; `finished`; `failed`, with an exception or an exit code other than 0; `killed`,
        such as by Ctrl-C; or `crashed`: it has not ended, and its process has said nothing for
        five minutes.
        """
        return str(self._record.state)

    @property
    def exit_code(self) -> int | None:
        """With which exit code it ended, 0 for well; None if it did not, or is older than that."""
        return self._record.exit_code

    @property
    def name(self) -> str:
        """What to call it: the id, unless a name was given. After a change, `update()` stores it.

        Raises:
            InputError: The name is no line of 1 to 128 characters.
        """
        return self._details.name or self.id

    @name.setter
    def name(self, name: str | None) -> None:
        self._details = replace(self._details, name=check_label(name, what="name"))

    @property
    def group(self) -> str | None:
        """The name that runs which belong together share; None for none.

        After a change, `update()` stores it.

        Raises:
            InputError: The group is no line of 1 to 128 characters.
        """
        return self._details.group

    @group.setter
    def group(self, group: str | None) -> None:
        self._details = replace(self._details, group=check_label(group, what="group"))

    @property
    def tags(self) -> list[str]:
        """Its labels, sorted; a copy. After a change, `update()` stores them.

        Raises:
            InvalidTagError: A tag breaks the rules.
        """
        return list(self._details.tags)

    @tags.setter
    def tags(self, tags: Sequence[str]) -> None:
        self._details = replace(self._details, tags=tuple(check_tags(tags)))

    @property
    def notes(self) -> str | None:
        """A note for people; None for none. After a change, `update()` stores it.

        Raises:
            InvalidMetadataError: It is no text.
        """
        return self._details.notes

    @notes.setter
    def notes(self, notes: str | None) -> None:
        self._details = replace(self._details, notes=check_description(notes, what="note"))

    @property
    def config(self) -> dict[str, Any]:
        """The run's inputs. After a change, `update()` stores them."""
        return self._config

    @property
    def summary(self) -> dict[str, Any]:
        """The run's results. After a change, `update()` stores them."""
        return self._summary

    def update(self) -> None:
        """Store what was changed: `name`, `group`, `tags`, `notes`, `config` and `summary`.

        Raises:
            InvalidMetadataError: The config or the summary holds what cannot be stored; nothing
                was.
            RunNotFoundError: The run has been deleted.
            RunHeldError: A process still works on the run, and its config or summary were changed.

        Examples:
            Correct a run after it has ended.

            ```python
            import hozon

            run = hozon.Api().run("train-model")
            run.group, run.tags = "papers", ["published"]
            run.config["dataset"] = "mnist"
            run.summary["loss"] = 0.41
            run.update()
            stored = hozon.Api().run("train-model")
            print(stored.group, stored.tags)
            #> papers ['published']
            print(stored.config["dataset"], stored.summary)
            #> mnist {'loss': 0.41}
            ```
        """
        self._adopt(
            update_run(
                self._session.context,
                self._record,
                config=check_json_object(self._config, what="config"),
                summary=check_json_object(self._summary, what="summary", finite=False),
                details=self._details,
            )
        )

    def history(
        self, keys: Sequence[str] | None = None, samples: int | None = None
    ) -> list[dict[str, Any]]:
        """Read what the run logged, a dict for each step; see `scan_history` for many steps.

        Args:
            keys: Metrics; rows that lack one of them are left out, and so are other metrics. None
                for all.
            samples: The most rows to give, 1 or more, evenly spaced; None for all.

        Returns:
            The rows by step, each with `_step`, and `_timestamp` in seconds since 1970, UTC.

        Raises:
            InputError: `samples` is below 1.

        Examples:
            See how the loss went down.

            ```python
            import hozon

            run = hozon.Api().run("train-model")
            for row in run.history():
                print(row["_step"], row["loss"])
                #> 0 0.61
                #> 1 0.42
            ```
        """
        return History(self._session, self._record.key).rows(keys, samples=samples)

    def scan_history(
        self,
        keys: Sequence[str] | None = None,
        page_size: int = 1000,
        min_step: int | None = None,
        max_step: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Read what the run logged, row by row; memory does not grow with the number of steps.

        Args:
            keys: As for `history`.
            page_size: How many rows to fetch at a time, 1 or more.
            min_step: The first step to read; None for the very first.
            max_step: The step before which to stop; None for all.

        Yields:
            The rows, in the order of steps, as `history` gives them.

        Raises:
            InputError: `page_size` is below 1.

        Examples:
            Look for the smallest loss among any number of steps.

            ```python
            import hozon

            run = hozon.Api().run("train-model")
            print(min(row["loss"] for row in run.scan_history(keys=["loss"])))
            #> 0.42
            ```
        """
        history = History(self._session, self._record.key)
        return history.scan(keys, page_size=page_size, first=min_step, end=max_step)

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

    def files(
        self, names: Sequence[str] | None = None, per_page: int = 50
    ) -> Paginator[ArtifactManifestEntry]:
        """List the files of the versions that the run logged.

        A run has no files beside them: its artifacts are where its files are, its own code
        included if it was begun with `save_code=True`. Versions come in the order of logging, and
        the files of each in the order of their paths; what two versions share is listed twice.
        Deleted versions are left out.

        Args:
            names: The paths to list; None for all.
            per_page: How many to fetch at a time, 1 or more.

        Raises:
            InputError: `per_page` is below 1.

        Examples:
            See what a run left behind, and bring one file of it.

            ```python
            from pathlib import Path

            import hozon

            run = hozon.Api().run("prepare-data")
            for file in run.files(["labels.csv"]):
                print(file, file.size)
                #> <ArtifactManifestEntry labels.csv of mnist:v0> 23
                #> <ArtifactManifestEntry labels.csv of mnist:v1> 34
                #> <ArtifactManifestEntry labels.csv of mnist:v2> 45
            print(len(run.files()), Path(file.download()).read_text().splitlines()[-1])
            #> 6 0003.png,1
            ```
        """
        listing = list_run_files(
            self._session.context, self._record.key, names=None if names is None else set(names)
        )
        return Paginator(
            listing,
            lambda file: ArtifactManifestEntry(
                open_version(self._session, file.version), file.entry
            ),
            per_page=per_page,
        )

    def _artifacts(self, listing: Listing[Version], per_page: int) -> Paginator[Artifact]:
        """Wrap the versions of a listing."""
        return Paginator(
            listing,
            lambda version: open_version(self._session, version),
            per_page=per_page,
        )

    def _adopt(self, record: RunRecord) -> None:
        """Show what the catalog holds."""
        self._record = record
        self._details = record.details
        self._config = check_json_object(record.config, what="config")
        self._summary = check_json_object(record.summary, what="summary", finite=False)
