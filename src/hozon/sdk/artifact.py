"""`Artifact`: a bundle of files, first a draft, then one version of a collection.

Owns what users hold in their hands: how it comes to be, is logged, changed and deleted. What adds
content is in `hozon.sdk.filling`, what brings it back in `hozon.sdk.reading`, how it stands in
portfolios in `hozon.sdk.linking`, when it expires in `hozon.sdk.expiring`, the way back after a
delete in `hozon.sdk.restoring`. Invariant: content never changes once the artifact has been logged.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from hozon.errors import InputError, WaitTimeoutError
from hozon.model.aliases import check_aliases
from hozon.model.metadata import check_description, check_metadata
from hozon.model.names import Alias, CollectionName, check_name, check_type, format_version
from hozon.model.notes import Notes
from hozon.model.paths import CollectionPath, ProjectPath
from hozon.model.runs import RunKey
from hozon.model.tags import Tag, check_tags
from hozon.model.ttl import ArtifactTTL, Ttl
from hozon.model.versions import LogOutcome, Version
from hozon.sdk.bundle import has_failed
from hozon.sdk.draft import Draft
from hozon.sdk.expiring import Expiring
from hozon.sdk.filling import Filling
from hozon.sdk.linking import Linking
from hozon.sdk.reading import Reading
from hozon.sdk.restoring import Restoring
from hozon.sdk.session import Session, current_session
from hozon.services.commit import CommitRequest, CommitResult
from hozon.services.delete import delete_version
from hozon.services.edit import edit_version
from hozon.services.lineage import list_users
from hozon.services.resolve import load_manifest
from hozon.services.runs import find_run

if TYPE_CHECKING:
    from hozon.sdk.public.run import Run


class Artifact(Filling, Reading, Linking, Expiring, Restoring):
    """A named, typed bundle of files.

    Make one, add files, and log it with a run: it becomes the next version of the collection of
    that name. Or get a version that was logged before from `run.use_artifact` or `hozon.Api`.

    Args:
        name: The name that all versions share; 1 to 128 letters, digits, `_`, `.` or `-`.
        type: What it is, such as `dataset` or `model`; the same rule. A collection has one type
            for good. `job` and what begins with `hozon-` or `wandb-` are reserved.
        description: A note for people.
        metadata: JSON values to remember with the version; at most 100 keys, counted at all
            levels.
        incremental: Whether it is added, path by path, to the version that is `latest` when it is
            logged, instead of taking its place.
        use_as: Text that is kept by this object and has no effect; W&B deprecates it. What a run
            uses a version as is said to `run.use_artifact`.

    Raises:
        InvalidNameError: The name or the type breaks the rule, or the type is reserved.
        InvalidMetadataError: The metadata holds what JSON cannot carry, or too many keys; or the
            description is not text.
        InputError: `use_as` is not text.

    Examples:
        Make a draft, add a file, and log it.

        ```python
        import hozon

        artifact = hozon.Artifact("mnist", type="dataset", metadata={"images": 1})
        with artifact.new_file("labels.csv") as file:
            file.write("0001.png,7")
        with hozon.init(job_type="prepare") as run:
            run.log_artifact(artifact)
        print(artifact.name, artifact.metadata)
        #> mnist:v3 {'images': 1}
        ```

        Read what is known of a version.

        ```python
        import hozon

        artifact = hozon.Api().artifact("mnist:reviewed")
        print(artifact.name, artifact.version, artifact.type, artifact.state)
        #> mnist:v0 v0 dataset COMMITTED
        print(artifact.entity, artifact.project, artifact.qualified_name)
        #> ada digits ada/digits/mnist:v0
        print(artifact.description, artifact.metadata)
        #> Handwritten digits. {'images': 1}
        print(artifact.aliases)
        #> ['reviewed']
        print(artifact.file_count, "files of", artifact.size, "bytes")
        #> 2 files of 32 bytes
        print(artifact.created_at <= artifact.updated_at)
        #> True
        ```
    """

    def __init__(
        self,
        name: str,
        type: str,
        description: str | None = None,
        metadata: dict[str, Any] | None = None,
        incremental: bool = False,
        use_as: str | None = None,
    ) -> None:
        """Begin a draft; nothing is stored before it is logged."""
        self._base_name = CollectionName(check_name(name, kind="artifact"))
        self._type = check_type(type)
        self._metadata = check_metadata(metadata)
        self._description = check_description(description)
        self._incremental = incremental
        self._tags: list[str] = []
        self._ttl: Ttl = ArtifactTTL.INHERIT
        self._use_as = _check_use_as(use_as)
        self._home = None
        self._aliases: list[str] = []
        self._session = current_session()
        self._draft = Draft(name, self._session.new_staging_area())
        self._logging: Future[CommitResult] | None = None
        self._sent = Notes(None, {}, (), ArtifactTTL.INHERIT)
        self._version: Version | None = None
        self._outcome: LogOutcome | None = None
        self._edge_left_out = False
        self._manifest = None

    @property
    def incremental(self) -> bool:
        """Whether it is added, path by path, to the version that is `latest` when it is logged.

        Examples:
            Add a file to a dataset without bringing the dataset.

            ```python
            import hozon

            more = hozon.Artifact("mnist", type="dataset", incremental=True)
            with more.new_file("splits/test.txt") as file:
                file.write("0003.png")
            with hozon.init(job_type="prepare") as run:
                run.log_artifact(more)
            print(more.name, more.incremental, list(more.manifest.entries))
            #> mnist:v3 True ['labels.csv', 'splits/test.txt', 'splits/train.txt']
            ```
        """
        return self._incremental

    def is_draft(self) -> bool:
        """Tell whether it has not become a version yet.

        Examples:
            Ask before and after logging.

            ```python
            import hozon

            artifact = hozon.Artifact("mnist", type="dataset")
            print(artifact.is_draft())
            #> True
            print(hozon.Api().artifact("mnist:v0").is_draft())
            #> False
            ```
        """
        return self._version is None

    def new_draft(self) -> "Artifact":
        """Begin a draft with the content of this version, to be changed and logged as the next one.

        What it takes over is neither copied nor uploaded again, and stays in the store for as long
        as the draft lives, at most a day: log it within that time, and before `hozon.teardown`.

        Returns:
            A draft of the same name and type, without description and metadata.

        Raises:
            ArtifactNotLoggedError: The artifact is a draft.
            VersionStateError: The version has been deleted.

        Examples:
            Change one file of a version.

            ```python
            import hozon

            draft = hozon.Api().artifact("mnist:v0").new_draft()
            draft.remove("splits")
            with draft.new_file("labels.csv", mode="w") as file:
                file.write("0001.png,1")
            with hozon.init(job_type="correct") as run:
                run.log_artifact(draft)
            for path, entry in draft.manifest.entries.items():
                print(draft.name, path, entry.size)
                #> mnist:v3 labels.csv 10
            ```
        """
        version = self._logged("new_draft")
        hold = self._session.hold(version)
        try:
            artifact = Artifact(self._base_name, self._type)
            draft = Draft(
                self._base_name,
                self._session.new_staging_area(),
                entries=load_manifest(self._session.context, version.id),
                release=hold.end,
            )
            hold.end_with(draft)
        except BaseException:
            hold.end()
            raise
        artifact._session, artifact._draft = self._session, draft
        return artifact

    # Logging.

    def save(self) -> None:
        """Log a draft, or store what was changed on a logged version.

        A draft is logged by the current run, or by a run of job type `auto` made for it. Of a
        logged version the aliases, description, metadata, tags and TTL are stored in one
        transaction; what was not changed here is left as it is there.

        Raises:
            VersionStateError: The version has been deleted.
            ProtectedAliasError: A protected alias would move, or be taken away.
            InvalidAliasError: An alias breaks the rules.
            InvalidTagError: A tag breaks the rules.
            InvalidMetadataError: The metadata holds what JSON cannot carry, or too many keys.

        Examples:
            Log a draft without beginning a run.

            ```python
            import hozon

            artifact = hozon.Artifact("mnist", type="dataset")
            with artifact.new_file("labels.csv") as file:
                file.write("0001.png,7")
            artifact.save()
            print(artifact.name, artifact.logged_by().job_type)
            #> mnist:v3 auto
            ```

            Change what is remembered of a version.

            ```python
            import hozon

            artifact = hozon.Api().artifact("mnist:v1")
            artifact.aliases = ["two-images"]
            artifact.description = "Two handwritten digits."
            artifact.metadata["labelled_by"] = "ada"
            artifact.save()

            found = hozon.Api().artifact("mnist:two-images")
            print(found.name, found.description, found.metadata)
            #> mnist:v1 Two handwritten digits. {'images': 2, 'labelled_by': 'ada'}
            ```
        """
        if self._logging is not None:
            self.wait()
        if self._version is None:
            from hozon.sdk.active import log_draft  # noqa: PLC0415  Runs log artifacts: a cycle.

            log_draft(self)
            return
        self._adopt(
            edit_version(
                self._session.context,
                self._version,
                aliases=check_aliases(self._aliases),
                notes=self._notes(),
            )
        )

    def wait(self, timeout: float | None = None) -> Self:
        """Wait until logging has finished.

        Args:
            timeout: How long to wait at most, in seconds; None for as long as it takes.

        Returns:
            The artifact itself, now with a version.

        Raises:
            ArtifactNotLoggedError: Nobody has begun to log it.
            WaitTimeoutError: It takes longer; logging goes on.
            HozonError: Logging failed; the error says why.

        Examples:
            Wait for the version while the run goes on.

            ```python
            import hozon

            with hozon.init(job_type="prepare") as run:
                artifact = hozon.Artifact("mnist", type="dataset")
                with artifact.new_file("labels.csv") as file:
                    file.write("0001.png,7")
                run.log_artifact(artifact)
                artifact.wait(timeout=60)
                print(artifact.version, run.state)
                #> v3 running
            print(run.state)
            #> finished
            ```
        """
        if self._version is None:
            if self._logging is None:
                raise self._not_logged("wait")
            try:
                result = self._logging.result(timeout)
            except TimeoutError as error:
                if self._logging.done():
                    raise
                raise WaitTimeoutError(
                    f"Logging {self._base_name!r} takes longer than {timeout} s",
                    hint="It goes on in the background; call wait() again.",
                ) from error
            self._outcome = result.outcome
            self._edge_left_out = result.edge_left_out
            self._adopt_logged(result.version)
        return self

    # After logging.

    @property
    def version(self) -> str:
        """The version, such as `v0`."""
        return format_version(self._logged("version").index)

    @property
    def aliases(self) -> list[str]:
        """The names of this version, `latest` included. After a change, `save()` stores them.

        A link has aliases of its own.
        """
        self._logged("aliases")
        return self._aliases

    @aliases.setter
    def aliases(self, value: Sequence[str]) -> None:
        self._logged("aliases")
        self._aliases = list(check_aliases(value))

    @property
    def entity(self) -> str:
        """The owner of the project that it belongs to."""
        return self._logged("entity").collection.at.entity

    @property
    def project(self) -> str:
        """The project that it belongs to."""
        return self._logged("project").collection.at.project

    @property
    def qualified_name(self) -> str:
        """The full path, `entity/project/name:version`."""
        return str(self._logged("qualified_name").path)

    @property
    def created_at(self) -> datetime:
        """When its upload began, UTC; of a link, when the link was made."""
        return self._logged("created_at").created_at

    @property
    def updated_at(self) -> datetime:
        """When its aliases, description, metadata, tags, TTL or state last changed, UTC."""
        return self._logged("updated_at").updated_at

    @property
    def history_step(self) -> int | None:
        """The last step of the history of the run that logged it, at the time of logging.

        Steps count from 0, one for each call of `run.log`. None if the run had logged no metrics,
        or if no run logged the version.

        Examples:
            Find the metrics that belong to a checkpoint.

            ```python
            import hozon

            with hozon.init(job_type="train") as run:
                for loss in (0.8, 0.5):
                    run.log({"loss": loss})
                    model = hozon.Artifact("tree", type="model")
                    with model.new_file("tree.txt") as file:
                        file.write(f"loss {loss}")
                    run.log_artifact(model)
            for version in hozon.Api().artifacts("model", "tree"):
                print(version.name, version.history_step)
                #> tree:v1 1
                #> tree:v0 0
            ```
        """
        return self._logged("history_step").history_step

    @property
    def commit_hash(self) -> str:
        """The identity of this content as this version, 64 hexadecimal digits.

        The SHA-256 of the full path and the digest. Two versions with equal content have the same
        `digest` and different commit hashes; a link has the commit hash of its source.

        Examples:
            Tell a link from a copy.

            ```python
            import hozon

            api = hozon.Api()
            original = api.artifact("mnist:v0")
            copy = hozon.Artifact("mnist-copy", type="dataset")
            copy.add_dir(original.download())
            copy.save()
            print(original.digest[:12], copy.digest[:12])
            #> 7c56ef65a57d 7c56ef65a57d
            print(copy.commit_hash == original.commit_hash)
            #> False
            link = original.link("team-datasets")
            print(link.commit_hash == original.commit_hash)
            #> True
            ```
        """
        return self._logged("commit_hash").commit_hash

    @property
    def url(self) -> str | None:
        """The address of the version's page; None, because nothing serves pages yet.

        The files in a store have addresses, too, but those show no version.

        Examples:
            Ask before you show a link.

            ```python
            import hozon

            print(hozon.Api().artifact("mnist:v0").url)
            #> None
            draft = hozon.Artifact("mnist", type="dataset")
            print(draft.name, hasattr(draft, "url"))
            #> mnist False
            ```
        """
        self._logged("url")
        return None

    @property
    def log_outcome(self) -> LogOutcome | None:
        """What logging came to: a new version, or one found with the same content.

        None for an artifact that was not logged through this object.

        Examples:
            Log two models, and then both of them again.

            ```python
            import hozon

            models = []
            with hozon.init(job_type="train") as run:
                for depth in (2, 4, 4, 2):
                    model = hozon.Artifact("tree", type="model")
                    with model.new_file("tree.txt") as file:
                        file.write(f"depth {depth}")
                    models.append(run.log_artifact(model))

            for model in models:
                print(model.name, model.log_outcome)
                #> tree:v0 created
                #> tree:v1 created
                #> tree:v1 unchanged
                #> tree:v0 reused
            ```
        """
        self._logged("log_outcome")
        return self._outcome

    @property
    def edge_left_out(self) -> bool:
        """Whether lineage does not show what this object was last logged or used for.

        Lineage has no cycles: a run that logs again what it came from is not shown as a maker of
        it, and a run that uses what comes from it is not shown as a user.

        Examples:
            A run logs again what it used.

            ```python
            import hozon

            with hozon.init(job_type="prepare") as run:
                dataset = run.use_artifact("mnist:v0")
                print(dataset.edge_left_out)
                #> False
                again = hozon.Artifact("mnist", type="dataset")
                again.add_dir(dataset.download())
                run.log_artifact(again)
            print(again.name, again.edge_left_out)
            #> mnist:v0 True
            ```
        """
        self._logged("edge_left_out")
        return self._edge_left_out

    def delete(self, delete_aliases: bool = False, force_links: bool = False) -> None:
        """Soft-delete this version.

        It leaves every listing and look-up at once. Until a collector purges it, by default 7 days
        later at the earliest, its bytes stay and `restore()` brings it back. Its number is never
        given to another version. Of a link only the link is removed; its source stays.

        Danger:
            Whoever looks the version up by path or alias no longer finds it.

        Args:
            delete_aliases: Whether its aliases may go with it. `latest` falls to the newest
                version that is left.
            force_links: Whether the links that lead to it may go with it, together with their
                aliases.

        Raises:
            ArtifactNotLoggedError: The artifact is a draft.
            ProtectedAliasError: It, or a link that leads to it, has a protected alias.
            AliasedVersionError: It has aliases, and `delete_aliases` is False.
            LinkedVersionError: Links lead to it, and `force_links` is False.
            VersionStateError: It has been deleted already.

        Examples:
            Delete the newest version, and `latest` falls to the one before.

            ```python
            import hozon

            api = hozon.Api()
            artifact = api.artifact("mnist:latest")
            print(artifact.name, artifact.aliases)
            #> mnist:v2 ['candidate', 'latest']
            artifact.delete(delete_aliases=True)
            print(artifact.state, artifact.aliases)
            #> DELETED []
            print(api.artifact("mnist:latest").name)
            #> mnist:v1
            ```
        """
        version = self._logged("delete")
        self._adopt(
            delete_version(
                self._session.context,
                version,
                delete_aliases=delete_aliases,
                force_links=force_links,
            )
        )

    def logged_by(self) -> "Run | None":
        """Find the run that first logged this version.

        Returns:
            The run, also when it has been deleted; or None if no run did.

        Raises:
            ArtifactNotLoggedError: The artifact is a draft.

        Examples:
            Find out how a model was trained.

            ```python
            import hozon

            model = hozon.Api().artifact("classifier:production")
            run = model.logged_by()
            print(run.id, run.config)
            #> train-model {'learning_rate': 0.01, 'epochs': 2}
            ```
        """
        from hozon.sdk.public.run import Run  # noqa: PLC0415  Runs list artifacts: a cycle.

        path = self._logged("logged_by").producer
        if path is None:
            return None
        return Run(self._session, find_run(self._session.context, path, deleted=True))

    def used_by(self) -> "list[Run]":
        """Find the runs that used this version, or used it by a link, in the order of using.

        Deleted runs are among them: lineage forgets nothing.

        Raises:
            ArtifactNotLoggedError: The artifact is a draft.

        Examples:
            Find out what depends on a dataset.

            ```python
            import hozon

            dataset = hozon.Api().artifact("mnist:reviewed")
            for run in dataset.used_by():
                print(run.id, [model.name for model in run.logged_artifacts()])
                #> train-model ['classifier:v0', 'classifier:v1']
            ```
        """
        from hozon.sdk.public.run import Run  # noqa: PLC0415  Runs list artifacts: a cycle.

        users = list_users(self._session.context, self._logged("used_by").content_id)
        return [Run(self._session, run) for run in users]

    # For the other parts, and for runs.

    def _settle(self) -> None:
        """Wait until logging has finished, if it goes on; that it failed is for `wait()` to say."""
        if self._logging is not None and not has_failed(self._logging):
            self.wait()

    def _start_logging(
        self,
        session: Session,
        at: ProjectPath,
        *,
        run: RunKey,
        aliases: Sequence[Alias],
        tags: Sequence[Tag],
        history_step: int | None,
        submit: Callable[[CommitRequest], Future[CommitResult]],
    ) -> None:
        """Freeze the content and hand it to a run's uploader."""
        draft = self._content
        if self._logging is not None and not has_failed(self._logging):
            draft.check_open()
        notes = self._notes()
        self._sent = replace(notes, tags=check_tags([*notes.tags, *tags]))
        request = CommitRequest(
            collection=CollectionPath(at, self._base_name),
            type=self._type,
            contents=draft.contents,
            aliases=aliases,
            description=self._sent.description,
            metadata=self._sent.metadata,
            run=run,
            incremental=self._incremental,
            tags=self._sent.tags,
            ttl=self._sent.ttl,
            history_step=history_step,
        )
        with draft.finalizing():  # What is refused up to here leaves the draft as it was.
            self._logging = submit(request)
        self._session, self._tags = session, list(self._sent.tags)
        # After a failure the copies stay, so that the artifact can be logged again.
        self._logging.add_done_callback(
            lambda commit: None if has_failed(commit) else draft.clear()
        )

    def _wrap(self, session: Session, version: Version) -> Self:
        """Become a version that the catalog holds."""
        self._session = session
        self._base_name = version.collection.name
        self._type = version.type
        self._draft = self._logging = self._outcome = self._manifest = None
        self._incremental = False
        self._edge_left_out = False
        self._use_as = self._home = None
        self._adopt(version)
        return self

    def _adopt_logged(self, version: Version) -> None:
        """Show what logging made, but keep what was changed meanwhile, for `save()` to store."""
        description, metadata, tags, ttl = (
            self._description,
            self._metadata,
            self._tags,
            self._ttl,
        )
        self._adopt(version)
        sent = self._sent
        if description != sent.description:
            self._description = description
        if metadata != sent.metadata:
            self._metadata = metadata
        if ttl != sent.ttl:
            self._ttl = ttl
        # Not checked before `save()`; the version may have had tags before.
        kept = [tag for tag in version.tags if tag in tags or tag not in sent.tags]
        self._tags = [*kept, *(tag for tag in tags if tag not in (*sent.tags, *kept))]


def _check_use_as(value: object) -> str | None:
    """Accept text, or None for none."""
    if value is None or isinstance(value, str):
        return value
    raise InputError(f"use_as is a {type(value).__name__}", hint="Leave it out: it has no effect.")


def open_version(
    session: Session,
    version: Version,
    *,
    edge_left_out: bool = False,
    home: Path | None = None,
    use_as: str | None = None,
) -> Artifact:
    """Give users a version that the catalog holds.

    Args:
        session: The connections over which it was found.
        version: The version.
        edge_left_out: Whether it is used by a run without lineage showing so.
        home: The folder below which it is downloaded by default; None for the working folder.
        use_as: What the run that got it uses it as; None for nothing in particular.

    Returns:
        A logged artifact.
    """
    artifact = Artifact.__new__(Artifact)._wrap(session, version)  # noqa: SLF001  The second constructor.
    artifact._edge_left_out = edge_left_out  # noqa: SLF001
    artifact._home = home  # noqa: SLF001
    artifact._use_as = use_as  # noqa: SLF001
    return artifact
