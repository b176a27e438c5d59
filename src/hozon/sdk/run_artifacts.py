"""What a run that is going on does with artifacts: it logs, links and uses them.

Owns the run's uploader. Invariant: artifacts become versions in the order in which they were
logged.
"""

import re
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from hozon.errors import InputError, RunFinishedError
from hozon.model.aliases import check_aliases
from hozon.model.names import MAX_NAME_LENGTH, TypeName, check_name
from hozon.model.paths import ArtifactPath, CollectionPath
from hozon.model.runs import Run as RunRecord
from hozon.model.runs import check_label
from hozon.model.tags import check_tags
from hozon.sdk.artifact import Artifact, open_version
from hozon.sdk.code import Choice, find_code, find_script, name_of_code
from hozon.sdk.errors import ArtifactNotLoggedError
from hozon.sdk.journal import Journal
from hozon.sdk.progress import progress_bar
from hozon.sdk.session import Session
from hozon.services.commit import CommitRequest, CommitResult, commit_version
from hozon.services.resolve import resolve_version

_UNSPECIFIED = "unspecified"


class UploadStoppedError(Exception):
    """An upload was stopped before it became a version; nobody outside of this package sees it."""


class RunArtifacts:
    """What a run does with artifacts."""

    _session: Session
    _record: RunRecord
    _journal: Journal
    _step: int
    _uploader: ThreadPoolExecutor
    _stopped: threading.Event
    _logged: list[Artifact]
    _folder: Path
    _home: Path | None

    def log_artifact(
        self,
        artifact: Artifact | str | Path,
        name: str | None = None,
        type: str | None = None,
        aliases: Sequence[str] | None = None,
        tags: Sequence[str] | None = None,
    ) -> Artifact:
        """Store an artifact as the next version of the collection of its name.

        It returns at once and stores in the background; `artifact.wait()` waits, and so does the
        end of the run. Content equal to that of `latest` makes no new version; content equal to
        that of an older version moves `latest` and the aliases back to it. `artifact.log_outcome`
        tells which.

        Args:
            artifact: A draft, which is frozen from now on; or a local file or folder, of which an
                artifact is made.
            name: What to call the artifact of a file or folder; by default `run-`, the id of the
                run, `-` and the name of the file or folder.
            type: Of what type it is; by default `unspecified`.
            aliases: Names to give the version beside `latest`.
            tags: Labels to give the version beside those of the draft, and beside those that a
                version with the same content has.

        Returns:
            The artifact. With `mode="disabled"` it stays a draft.

        Raises:
            RunFinishedError: The run has ended.
            InputError: What was given is neither an `Artifact` nor a path, or a name or a type was
                given for an `Artifact`, which has its own.
            SourceFileError: There is no such file or folder, or it cannot be read.
            ArtifactFinalizedError: The artifact has been logged already.
            InvalidAliasError: An alias breaks the rules.
            InvalidTagError: A tag breaks the rules.

        Examples:
            The end of the run waits until everything is stored.

            ```python
            import hozon

            with hozon.init(job_type="train") as run:
                model = hozon.Artifact("tree", type="model", metadata={"depth": 2})
                with model.new_file("tree.txt") as file:
                    file.write("depth 2")
                run.log_artifact(model, aliases=["small"], tags=["first try"])
            print(model.name, model.aliases, model.tags)
            #> tree:v0 ['latest', 'small'] ['first try']
            ```

            Log a file as it is.

            ```python
            from pathlib import Path

            import hozon

            Path("notes.txt").write_text("Converges slowly.")
            with hozon.init(id="try-7") as run:
                notes = run.log_artifact("notes.txt", type="notes")
            print(notes.name, notes.type, notes.logged_by().id)
            #> run-try-7-notes.txt:v0 notes try-7
            ```
        """
        self._check_running("log_artifact")
        draft = self._draft(artifact, name, type)
        names, labels = check_aliases(aliases), check_tags(tags)
        if self._journal.key is None:
            return draft
        draft._start_logging(  # noqa: SLF001  A run and its artifacts share the upload.
            self._session,
            self._record.at,
            run=self._journal.key,
            aliases=names,
            tags=labels,
            history_step=self._step - 1 if self._step else None,
            submit=self._submit,
        )
        self._logged.append(draft)
        return draft

    def link_artifact(
        self, artifact: Artifact, target_path: str, aliases: Sequence[str] | None = None
    ) -> Artifact:
        """Let a version stand in a portfolio; a draft is logged by this run first.

        It waits until the artifact is logged. See `Artifact.link`.

        Args:
            artifact: A version, or a draft.
            target_path: `[[entity/]project/]portfolio`; by default of this run's project.
            aliases: Names to give the link beside `latest`.

        Returns:
            The link: a version of the portfolio. With `mode="disabled"`, the artifact.

        Raises:
            RunFinishedError: The run has ended.
            InputError: What was given is no `Artifact`.
            InvalidPathError: The path is malformed, or names a version.
            InvalidNameError: A part of the path breaks the rules for names.
            InvalidAliasError: An alias breaks the rules.
            CollectionKindError: The name is one under which versions are logged.
            TypeConflictError: The portfolio holds links to artifacts of another type.
            ProtectedAliasError: Another link of the portfolio has an alias that is protected.
            VersionStateError: The version has been deleted.

        Examples:
            Log a model, and offer it to the team at once.

            ```python
            import hozon

            with hozon.init(job_type="train") as run:
                model = hozon.Artifact("tree", type="model")
                with model.new_file("tree.txt") as file:
                    file.write("depth 2")
                link = run.link_artifact(model, "team-models", aliases=["candidate"])
            print(link.name, link.aliases, link.source_name)
            #> team-models:v0 ['candidate', 'latest'] tree:v0
            print(run.state)
            #> finished
            ```
        """
        self._check_running("link_artifact")
        if not isinstance(artifact, Artifact):
            raise InputError(
                f"link_artifact was given a {type(artifact).__name__}",
                hint="Give a version, or a draft to log first.",
            )
        target = CollectionPath.parse(target_path, default=self._record.at)
        names = check_aliases(aliases)  # Before anything is logged.
        if self._journal.key is None:
            return artifact
        try:
            artifact.wait()
        except ArtifactNotLoggedError:
            self.log_artifact(artifact).wait()
        return artifact.link(str(target), names)

    def use_artifact(
        self,
        artifact_or_name: str | Artifact,
        type: str | None = None,
        *,
        use_as: str | None = None,
    ) -> Artifact:
        """Get a version and record that this run uses it.

        Args:
            artifact_or_name: A logged artifact, or a path `[[entity/]project/]name[:version]`
                with a version or an alias; by default of this run's project, and `latest`.
            type: What it must be; None for anything.
            use_as: What the run uses it as, such as `train`, a line of at most 128 characters;
                None for nothing in particular. A run may use one version as several things:
                lineage keeps each of them.

        Returns:
            The artifact, ready to be downloaded; its `use_as` is what was given here.

        Raises:
            RunFinishedError: The run has ended.
            InputError: `use_as` is no such line.
            NotFoundError: There is no such artifact, version or alias.
            TypeConflictError: It is of another type.
            ArtifactNotLoggedError: The artifact given is a draft.

        Examples:
            Train on a version, and record that.

            ```python
            from pathlib import Path

            import hozon

            with hozon.init(id="train-again", job_type="train") as run:
                dataset = run.use_artifact("mnist:candidate", type="dataset")
                rows = (Path(dataset.download()) / "labels.csv").read_text().split()
            recorded = hozon.Api().run("train-again")
            print(recorded.state, [used.name for used in recorded.used_artifacts()])
            #> finished ['mnist:v2']
            print(len(rows), "rows")
            #> 4 rows
            ```

            Tell the data to train on from the data to test with.

            ```python
            import hozon

            with hozon.init(id="train-again", job_type="train") as run:
                train = run.use_artifact("mnist:v1", use_as="train")
                test = run.use_artifact("mnist:v2", use_as="test")
            print(run.state, train.use_as, test.use_as)
            #> finished train test
            for edge in hozon.lineage(run, depth=1).edges:
                print(edge.run.name, edge.kind, edge.artifact.name, "as", *edge.use_as)
                #> train-again used mnist:v1 as train
                #> train-again used mnist:v2 as test
            ```
        """
        self._check_running("use_artifact")
        role = check_label(use_as, what="use_as of an artifact")
        context = self._session.context
        if isinstance(artifact_or_name, Artifact):
            path = ArtifactPath.parse(artifact_or_name.qualified_name, default=self._record.at)
        else:
            path = ArtifactPath.parse(artifact_or_name, default=self._record.at)
        wanted = TypeName(check_name(type, kind="type")) if type is not None else None
        version = resolve_version(context, path, type_name=wanted)
        drawn = self._journal.use(version, use_as=role)
        return open_version(
            self._session, version, edge_left_out=not drawn, home=self._home, use_as=role
        )

    def log_code(
        self,
        root: str | Path | None = None,
        name: str | None = None,
        include_fn: Choice | None = None,
        exclude_fn: Choice | None = None,
    ) -> Artifact:
        """Store the code of a folder as an artifact of the type `code`.

        Hidden files and folders, virtual environments and caches are left out, and so is what a
        link leads to outside of the folder.

        Args:
            root: The folder; None for that of the run, see `dir`.
            name: What to call the artifact; by default `source-`, the project, `-` and the name of
                the script that runs.
            include_fn: Is called with the path of a file, or with that and the folder, and tells
                whether it is code; by default what ends in `.py` is.
            exclude_fn: Is called so, too, and tells what to leave out all the same.

        Returns:
            The artifact.

        Raises:
            RunFinishedError: The run has ended.
            InvalidNameError: The name breaks the rules.
            SourceFileError: The folder is missing or cannot be read, or holds no code.
            InputError: One of the functions cannot be called.

        Examples:
            Keep the code that a run was made with.

            ```python
            from pathlib import Path

            import hozon

            Path("project").mkdir()
            Path("project/train.py").write_text("print('training')")
            Path("project/config.toml").write_text("epochs = 2")
            with hozon.init(job_type="train") as run:
                code = run.log_code("project", name="training-code")
                also = run.log_code(
                    "project",
                    name="training-files",
                    include_fn=lambda path: path.endswith((".py", ".toml")),
                )
            print(code.type, list(code.manifest.entries))
            #> code ['train.py']
            print(also.name, list(also.manifest.entries))
            #> training-files:v0 ['config.toml', 'train.py']
            ```
        """
        self._check_running("log_code")
        folder = self._folder if root is None else Path(root)
        files = find_code(folder, include=include_fn, exclude=exclude_fn)
        if not files:
            raise InputError(
                f"There is no code in {str(folder)!r}",
                hint="Give another folder, or say with include_fn which files are code.",
            )
        return self._log_files(files, name)

    def _log_script(self) -> None:
        """Store the script or notebook that runs, where there is one."""
        script = find_script()
        if script is not None:
            self._log_files([(script, script.name)], None)

    def _log_files(self, files: Sequence[tuple[Path, str]], name: str | None) -> Artifact:
        """Store files as code."""
        script = find_script()
        default = name_of_code(self._record.at.project, script.name if script else None)
        artifact = Artifact(name or default, type="code")
        for file, path in files:
            artifact.add_file(file, name=path)
        return self.log_artifact(artifact)

    def _draft(
        self, artifact: Artifact | str | Path, name: str | None, kind: str | None
    ) -> Artifact:
        """Give the artifact to log, or make one of a file or folder."""
        if isinstance(artifact, Artifact):
            if name is not None or kind is not None:
                raise InputError(
                    f"The artifact {artifact.name!r} has a name and a type of its own",
                    hint="Leave name and type out, or give the path of a file or folder.",
                )
            return artifact
        if not isinstance(artifact, (str, Path)):
            raise InputError(
                f"log_artifact was given a {type(artifact).__name__}",
                hint="Make an Artifact, add files to it, and log that; or give a path.",
            )
        source = Path(artifact)
        made = Artifact(name or self._name_for(source), type=kind or _UNSPECIFIED)
        (made.add_dir if source.is_dir() else made.add_file)(source)
        return made

    def _name_for(self, source: Path) -> str:
        """Name the artifact of a file or folder, in characters that a name may have."""
        base = source.name or source.absolute().name
        name = f"run-{self._record.id}-{base}"
        return re.sub(r"[^A-Za-z0-9_.-]", "_", name)[:MAX_NAME_LENGTH]

    def _submit(self, request: CommitRequest) -> Future[CommitResult]:
        """Store in the background, in the order of calls."""
        try:
            return self._uploader.submit(self._commit, request)
        except RuntimeError as error:  # Python takes no more work while it ends.
            raise RunFinishedError(
                f"The process of the run {self._record.path} is ending and stores nothing more",
                hint="Let the main thread wait for the threads that log.",
            ) from error

    def _commit(self, request: CommitRequest) -> CommitResult:
        """Store one artifact, with a bar if it takes long."""
        size = request.contents.size
        with progress_bar(f"Uploading {request.collection.name}", total_bytes=size) as progress:

            def advance(done_bytes: int) -> None:
                if self._stopped.is_set():
                    raise UploadStoppedError
                progress(done_bytes)

            return commit_version(self._session.context, request, progress=advance)

    def _wait_for_uploads(self) -> None:
        """Wait until what was logged is stored, or could not be."""
        for artifact in self._logged:
            artifact.wait()

    def _stop_uploads(self) -> None:
        """Let nothing that is under way become a version; what has arrived is found again."""
        self._stopped.set()

    def _check_running(self, what: str) -> None:
        """Refuse to record anything for a run that has ended, or that is another process's."""
        raise NotImplementedError
