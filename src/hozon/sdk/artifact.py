"""`Artifact`: a bundle of files, first a draft, then one version of a collection.

Owns what users hold in their hands. Content before logging is `hozon.sdk.draft`'s; everything
after goes to the services. Invariant: content never changes once the artifact has been logged.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from hozon.errors import SourceFileError, WaitTimeoutError
from hozon.model.aliases import check_aliases
from hozon.model.manifest import Manifest, ManifestEntry
from hozon.model.metadata import JsonObject, check_description, check_metadata
from hozon.model.names import Alias, CollectionName, TypeName, check_name, format_version
from hozon.model.paths import CollectionPath, ProjectPath
from hozon.model.runs import RunKey
from hozon.model.versions import LogOutcome, Version, VersionState
from hozon.sdk.draft import Draft
from hozon.sdk.errors import ArtifactFinalizedError, ArtifactNotLoggedError
from hozon.sdk.progress import progress_bar
from hozon.sdk.session import Session, current_session
from hozon.services.commit import CommitRequest, CommitResult
from hozon.services.delete import delete_version
from hozon.services.download import download_version, published_digest
from hozon.services.edit import edit_version
from hozon.services.lineage import list_users
from hozon.services.resolve import load_manifest
from hozon.services.runs import find_run

if TYPE_CHECKING:
    from hozon.sdk.public.run import Run


class Artifact:
    """A named, typed bundle of files.

    Make one, add files, and log it with a run: it becomes the next version of the collection of
    that name. Or get a version that was logged before from `run.use_artifact` or `hozon.Api`.

    Args:
        name: The name that all versions share; 1 to 128 letters, digits, `_`, `.` or `-`.
        type: What it is, such as `dataset` or `model`; the same rule. A collection has one type
            for good.
        description: A note for people.
        metadata: JSON values to remember with the version; at most 100 keys, counted at all
            levels.

    Raises:
        InvalidNameError: The name or the type breaks the rule.
        InvalidMetadataError: The metadata holds what JSON cannot carry, or too many keys; or the
            description is not text.

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
    ) -> None:
        """Begin a draft; nothing is stored before it is logged."""
        self._base_name = CollectionName(check_name(name, kind="artifact"))
        self._type = TypeName(check_name(type, kind="type"))
        self._metadata = check_metadata(metadata)
        self._description = check_description(description)
        self._aliases: list[str] = []
        self._session = current_session()
        self._draft: Draft | None = Draft(name, staging=self._session.settings.staging)
        self._logging: Future[CommitResult] | None = None
        self._sent: tuple[str | None, JsonObject] = (None, {})
        self._version: Version | None = None
        self._outcome: LogOutcome | None = None
        self._edge_left_out = False
        self._manifest: Manifest | None = None

    def __repr__(self) -> str:
        """Show the path, or that it is a draft."""
        if self._version is None:
            return f"<Artifact {self._base_name} (draft)>"
        return f"<Artifact {self._version.path}>"

    # What it is, before and after logging.

    @property
    def name(self) -> str:
        """The name; with the version once logged, such as `mnist:v0`."""
        return self._version.name if self._version else self._base_name

    @property
    def type(self) -> str:
        """What it is, such as `dataset`."""
        return self._type

    @property
    def description(self) -> str | None:
        """A note for people, or None. After a change, `save()` stores it."""
        return self._description

    @description.setter
    def description(self, value: str | None) -> None:
        self._description = check_description(value)

    @property
    def metadata(self) -> dict[str, Any]:
        """JSON values remembered with the version. After a change, `save()` stores them."""
        return self._metadata

    @metadata.setter
    def metadata(self, value: dict[str, Any]) -> None:
        self._metadata = check_metadata(value)

    @property
    def state(self) -> str:
        """`PENDING` until logged, then `COMMITTED`, and `DELETED` after a delete."""
        return str(self._version.state if self._version else VersionState.PENDING)

    @property
    def manifest(self) -> Manifest:
        """All files: `manifest.entries` maps each path to its digest and size in bytes.

        Examples:
            List the files of a version without downloading them.

            ```python
            import hozon

            artifact = hozon.Api().artifact("mnist:v1")
            for path, entry in artifact.manifest.entries.items():
                print(path, entry.size, entry.digest[:12])
                #> labels.csv 34 5b40debb0311
                #> splits/train.txt 18 52ca7a1e9bad
            ```
        """
        if self._version is None:
            return self._content.manifest
        if self._manifest is None:
            self._manifest = load_manifest(self._session.context, self._version.id)
        return self._manifest

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest, 64 hexadecimal digits: equal content, equal digest.

        Examples:
            The name makes no difference to it.

            ```python
            import hozon

            for name in ("mnist", "mnist-copy"):
                artifact = hozon.Artifact(name, type="dataset")
                with artifact.new_file("labels.csv") as file:
                    file.write("0001.png,7")
                print(artifact.name, artifact.digest[:12])
                #> mnist e491b7a13c6a
                #> mnist-copy e491b7a13c6a
            ```
        """
        return self._version.digest if self._version else self.manifest.digest

    @property
    def size(self) -> int:
        """The sum of the sizes of all files, in bytes."""
        return self._version.size if self._version else self.manifest.size

    @property
    def file_count(self) -> int:
        """How many files it has."""
        return self._version.file_count if self._version else len(self.manifest.entries)

    def wandb_digest(self) -> str:
        """Compute the digest that W&B publishes for the same content.

        It is an MD5, offered for comparison only. After logging it reads every byte from the
        store; while logging goes on it waits.

        Returns:
            32 hexadecimal digits.

        Raises:
            StorageError: The store refused or failed.

        Source:
            The published manifest digest of the W&B client, version 0.31.0.

        Examples:
            Compute it for a draft and for a version.

            ```python
            import hozon

            empty = hozon.Artifact("empty", type="dataset")
            print(empty.wandb_digest())
            #> 64e7c61456b10382e2f3b571ac24b659
            print(hozon.Api().artifact("mnist:v0").wandb_digest())
            #> 4ce1d71492df455cee21c296bbb7fd6d
            ```
        """
        if self._logging is not None and not _failed(self._logging):
            self.wait()  # The private copies go when logging has finished.
        if self._version is None:
            return self._content.published_digest()
        return published_digest(self._session.context, self._version)

    # Filling a draft.

    def add_file(self, local_path: str | Path, name: str | None = None) -> ManifestEntry:
        """Add a file. It is copied now: later changes to it are not logged.

        Args:
            local_path: A readable file.
            name: Its path inside the artifact; by default its own base name.

        Returns:
            The entry, with path, digest and size in bytes.

        Raises:
            ArtifactFinalizedError: The artifact has been logged.
            SourceFileError: The file is missing, a folder, or unreadable.
            InvalidEntryPathError: The name is absolute or leads outside.
            EntryConflictError: Another content has this name already.

        Examples:
            Give a file another name than it has on the disk.

            ```python
            from pathlib import Path

            import hozon

            Path("train-labels.csv").write_text("0001.png,7")
            artifact = hozon.Artifact("mnist", type="dataset")
            entry = artifact.add_file("train-labels.csv", name="train/labels.csv")
            print(entry.path, entry.size)
            #> train/labels.csv 10
            print(list(artifact.manifest.entries))
            #> ['train/labels.csv']
            ```
        """
        source = _local_path(local_path)
        return self._content.add_file(source, path=source.name if name is None else name)

    def add_dir(self, local_path: str | Path, name: str | None = None) -> None:
        """Add all files below a folder, or none if one of them cannot be read.

        Args:
            local_path: A readable folder. Links are followed; empty folders leave no trace.
            name: Where its contents go inside the artifact; by default to the top.

        Raises:
            ArtifactFinalizedError: The artifact has been logged.
            SourceFileError: The folder, or something below it, is missing or unreadable.
            InvalidEntryPathError: A path is absolute or leads outside.
            EntryConflictError: Another content has one of the names already.

        Examples:
            Put the contents of a folder below a name.

            ```python
            from pathlib import Path

            import hozon

            Path("digits/train").mkdir(parents=True, exist_ok=True)
            Path("digits/train/labels.csv").write_text("0001.png,7")
            Path("digits/classes.txt").write_text("0 1 2 3 4 5 6 7 8 9")
            artifact = hozon.Artifact("mnist", type="dataset")
            artifact.add_dir("digits", name="mnist")
            print(list(artifact.manifest.entries))
            #> ['mnist/classes.txt', 'mnist/train/labels.csv']
            ```
        """
        self._content.add_folder(_local_path(local_path), prefix=name or "")

    def new_file(
        self, name: str, mode: str = "x", encoding: str | None = None
    ) -> AbstractContextManager[IO[Any]]:
        """Write a file straight into the artifact.

        Args:
            name: Its path inside the artifact.
            mode: `x` for text and `xb` for bytes refuse a name that is taken; `w` and `wb`
                replace it.
            encoding: The encoding of text; UTF-8 by default.

        Returns:
            A context manager that gives an open file. If the block raises, nothing is added.

        Raises:
            ArtifactFinalizedError: The artifact has been logged.
            InvalidEntryPathError: The name is absolute or leads outside.
            EntryConflictError: The name is taken, and the mode is `x` or `xb`.
            InputError: The mode is another one, or the encoding is unknown.

        Examples:
            Write text, and then bytes.

            ```python
            import json

            import hozon

            artifact = hozon.Artifact("tree", type="model")
            with artifact.new_file("config.json") as file:
                json.dump({"depth": 2}, file)
            with artifact.new_file("weights.bin", mode="xb") as file:
                file.write(bytes(16))
            for path, entry in artifact.manifest.entries.items():
                print(path, entry.size)
                #> config.json 12
                #> weights.bin 16
            ```
        """
        return self._content.new_file(name, mode=mode, encoding=encoding)

    # Logging.

    def save(self) -> None:
        """Log a draft, or store what was changed on a logged version.

        A draft is logged by the current run, or by a run of job type `auto` made for it. Of a
        logged version the aliases, description and metadata are stored in one transaction.

        Raises:
            VersionStateError: The version has been deleted.
            InvalidAliasError: An alias breaks the rules.
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
                description=self._description,
                metadata=check_metadata(self._metadata),
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
        """The names of this version, `latest` included. After a change, `save()` stores them."""
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
        """When its upload began, UTC."""
        return self._logged("created_at").created_at

    @property
    def updated_at(self) -> datetime:
        """When its aliases, description, metadata or state last changed, UTC."""
        return self._logged("updated_at").updated_at

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

    def download(self, root: str | Path | None = None) -> str:
        """Bring all files into a local folder, each checked against its digest.

        Args:
            root: The folder; by default `./artifacts/<name>-<version>`. Files that are there and
                right are not fetched again; other files stay.

        Returns:
            The path of the folder.

        Raises:
            ArtifactNotLoggedError: The artifact is a draft.
            SourceFileError: The folder cannot be written.
            InvalidEntryPathError: A link in the folder would lead outside it.
            EntryConflictError: Two paths differ only in case, and the folder takes them for one;
                download to a file system that tells them apart.
            IntegrityError: The store lost or changed bytes of this version.
            StorageError: The store failed; call again to go on where it stopped.

        Examples:
            Read a file of a version.

            ```python
            from pathlib import Path

            import hozon

            artifact = hozon.Api().artifact("mnist:reviewed")
            folder = artifact.download()
            print(folder)
            #> artifacts/mnist-v0
            print((Path(folder) / "labels.csv").read_text().split())
            #> ['image,label', '0001.png,7']
            ```
        """
        version = self._logged("download")
        default = Path("artifacts") / f"{self._base_name}-{format_version(version.index)}"
        with progress_bar(f"Downloading {version.name}", total_bytes=version.size) as progress:
            folder = download_version(
                self._session.context, version, Path(root or default), progress=progress
            )
        return str(folder)

    def delete(self, delete_aliases: bool = False) -> None:
        """Soft-delete this version.

        It leaves every listing and look-up at once. Its bytes stay until a collector frees them,
        and its number is never given to another version.

        Danger:
            Whoever looks the version up by path or alias no longer finds it.

        Args:
            delete_aliases: Whether its aliases may go with it. `latest` falls to the newest
                version that is left.

        Raises:
            ArtifactNotLoggedError: The artifact is a draft.
            AliasedVersionError: It has aliases, and `delete_aliases` is False.
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
        self._adopt(delete_version(self._session.context, version, delete_aliases=delete_aliases))

    def logged_by(self) -> "Run | None":
        """Find the run that first logged this version.

        Returns:
            The run, or None if no run did.

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
        return Run(self._session, find_run(self._session.context, path)) if path else None

    def used_by(self) -> "list[Run]":
        """Find the runs that used this version, in the order of using.

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

        users = list_users(self._session.context, self._logged("used_by").id)
        return [Run(self._session, run) for run in users]

    # For runs.

    def _start_logging(
        self,
        session: Session,
        at: ProjectPath,
        *,
        run: RunKey,
        aliases: Sequence[Alias],
        submit: Callable[[CommitRequest], Future[CommitResult]],
    ) -> None:
        """Freeze the content and hand it to a run's uploader."""
        draft = self._content
        if self._logging is None or not _failed(self._logging):
            draft.check_open()
        self._sent = (self._description, check_metadata(self._metadata))
        request = CommitRequest(
            collection=CollectionPath(at, self._base_name),
            type=self._type,
            files=draft.files,
            aliases=aliases,
            description=self._sent[0],
            metadata=self._sent[1],
            run=run,
        )
        self._logging = submit(request)  # What is refused up to here leaves the draft open.
        self._session = session
        draft.finalize()
        # After a failure the copies stay, so that the artifact can be logged again.
        self._logging.add_done_callback(lambda commit: None if _failed(commit) else draft.clear())

    @property
    def _content(self) -> Draft:
        """The draft; a version of the catalog takes no files."""
        if self._draft is None:
            raise ArtifactFinalizedError(
                f"{self.name} is a logged version and cannot take more files",
                hint="Make a new Artifact of the same name; logging it makes the next version.",
            )
        return self._draft

    def _wrap(self, session: Session, version: Version) -> Self:
        """Become a version that the catalog holds."""
        self._session = session
        self._base_name = version.collection.name
        self._type = version.type
        self._draft = self._logging = self._outcome = self._manifest = None
        self._edge_left_out = False
        self._adopt(version)
        return self

    def _adopt_logged(self, version: Version) -> None:
        """Show what logging made, but keep what was changed meanwhile, for `save()` to store."""
        description, metadata = self._description, self._metadata
        self._adopt(version)
        if description != self._sent[0]:
            self._description = description
        if metadata != self._sent[1]:
            self._metadata = metadata

    def _adopt(self, version: Version) -> None:
        """Show what the catalog holds."""
        self._version = version
        self._aliases = list(version.aliases)
        self._description = version.description
        self._metadata = check_metadata(version.metadata)

    def _logged(self, what: str) -> Version:
        """Give the version, or say that there is none yet."""
        if self._version is None:
            raise self._not_logged(what)
        return self._version

    def _not_logged(self, what: str) -> ArtifactNotLoggedError:
        """Describe what has to come first."""
        first = "wait()" if self._logging else "run.log_artifact(artifact) and then wait()"
        return ArtifactNotLoggedError(
            f"The artifact {self._base_name!r} has no {what!r} before it is logged",
            hint=f"Call {first} first.",
        )


def _local_path(value: object) -> Path:
    """Accept text or a path."""
    if isinstance(value, (str, PathLike)):
        return Path(value)
    raise SourceFileError(
        f"The local path is a {type(value).__name__}", hint="Give a text or a pathlib.Path."
    )


def _failed(commit: Future[CommitResult]) -> bool:
    """Tell whether a commit has ended with an error."""
    return commit.done() and commit.exception() is not None


def open_version(session: Session, version: Version, *, edge_left_out: bool = False) -> Artifact:
    """Give users a version that the catalog holds.

    Args:
        session: The connections over which it was found.
        version: The version.
        edge_left_out: Whether it is used by a run without lineage showing so.

    Returns:
        A logged artifact.
    """
    artifact = Artifact.__new__(Artifact)._wrap(session, version)  # noqa: SLF001  The second constructor.
    artifact._edge_left_out = edge_left_out  # noqa: SLF001
    return artifact
