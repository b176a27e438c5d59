"""`Filling`: what adds content to a draft.

Owns the published methods. Refuses to own the content; that is `hozon.sdk.draft`. Invariant: once
the artifact is finalized or logged, every one of them raises `ArtifactFinalizedError`.
"""

from contextlib import AbstractContextManager
from os import PathLike, fspath
from pathlib import Path
from typing import IO, Any

from hozon.errors import InputError, SourceFileError
from hozon.sdk.bundle import Bundle
from hozon.sdk.entry import ArtifactManifestEntry
from hozon.sdk.keeping import DraftTarget
from hozon.sdk.objects import StoredObject, store_object
from hozon.sdk.progress import progress_bar
from hozon.services.references import find_references
from hozon.services.staging import Policy


class Filling(Bundle):
    """What adds content to a draft."""

    def add_file(
        self,
        local_path: str | Path,
        name: str | None = None,
        is_tmp: bool = False,
        skip_cache: bool = False,
        policy: str = "mutable",
        overwrite: bool = False,
    ) -> ArtifactManifestEntry:
        """Add a file.

        Args:
            local_path: A readable file.
            name: Its path inside the artifact; by default its own base name.
            is_tmp: Whether the file has a name of the moment: the first 20 digits of its digest
                stand in for the stem.
            skip_cache: Whether to read the file even if it seems unchanged since it was last read.
            policy: `mutable` copies the file now: later changes to it are not logged. `immutable`
                copies nothing: the file must stay as it is until it is stored.
            overwrite: Whether it takes the place of other content of that name.

        Returns:
            The entry, with path, digest and size in bytes.

        Raises:
            ArtifactFinalizedError: The artifact has been finalized or logged.
            SourceFileError: The file is missing, a folder, or unreadable.
            InvalidEntryPathError: The name is absolute or leads outside.
            EntryConflictError: Another content has this name already, and `overwrite` is False;
                or a folder has it.
            InputError: The policy is another one.

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

            Put another file in its place.

            ```python
            from pathlib import Path

            import hozon

            artifact = hozon.Artifact("mnist", type="dataset")
            for rows in ("0001.png,7", "0001.png,7 0002.png,2"):
                Path("labels.csv").write_text(rows)
                entry = artifact.add_file("labels.csv", overwrite=True)
                print(entry.size, artifact.file_count)
                #> 10 1
                #> 21 1
            ```
        """
        source = _local_path(local_path)
        entry = self._content.add_file(
            source,
            path=source.name if name is None else name,
            policy=_policy(policy),
            skip_cache=skip_cache,
            is_tmp=is_tmp,
            overwrite=overwrite,
        )
        self._content.note_source(source, entry.path)
        return ArtifactManifestEntry(self, entry)

    def add_dir(
        self,
        local_path: str | Path,
        name: str | None = None,
        skip_cache: bool = False,
        policy: str = "mutable",
        merge: bool = False,
    ) -> None:
        """Add all files below a folder, or none if one of them cannot be read.

        Links are followed; empty folders leave no trace. Names are kept as they are: those that
        Windows does not know can be downloaded elsewhere.

        Args:
            local_path: A readable folder.
            name: Where its contents go inside the artifact; by default to the top.
            skip_cache: Whether to read files even if they seem unchanged since they were last read.
            policy: `mutable` copies the files now: later changes are not logged. `immutable`
                copies nothing: the files must stay as they are until they are stored.
            merge: Whether files take the place of other content of their names.

        Raises:
            ArtifactFinalizedError: The artifact has been finalized or logged.
            SourceFileError: The folder, or something below it, is missing or unreadable.
            InvalidEntryPathError: A path is absolute, leads outside, or is not valid Unicode.
            EntryConflictError: Another content has one of the names already, and `merge` is False;
                or a folder has it.
            InputError: The policy is another one.

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
        source = _local_path(local_path)
        with progress_bar(f"Reading {source.name}", total_bytes=None) as progress:
            self._content.add_folder(
                source,
                prefix=name or "",
                policy=_policy(policy),
                skip_cache=skip_cache,
                merge=merge,
                progress=progress,
            )
        self._content.note_source(source, name or "")

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
            ArtifactFinalizedError: The artifact has been finalized or logged.
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

    def add_reference(
        self,
        uri: str | ArtifactManifestEntry,
        name: str | None = None,
        checksum: bool = True,
        max_objects: int | None = None,
    ) -> list[ArtifactManifestEntry]:
        """Track what stays where it is: an object, a prefix, a file, a folder, or another entry.

        No byte is copied. What is there now is recorded, by ETag, version or digest, and a download
        makes sure that it is still the same.

        Args:
            uri: `s3://`, `gs://`, `http(s)://`, `file://` or any other URI; or an entry of another
                artifact, as `get_entry` gives it.
            name: The path of a single object, or the folder for what is below a prefix or folder;
                by default the base name, or the top. Needed for schemes that Hozon does not know.
            checksum: Whether digests are to tell contents apart; if not, each is the URI.
            max_objects: How many objects a prefix may hold, 1 or more; 10,000 by default. More are
                an error, and nothing is added.

        Returns:
            All entries, in path order.

        Raises:
            ArtifactFinalizedError: The artifact has been finalized or logged.
            ArtifactNotLoggedError: The entry is of a draft.
            InvalidReferenceError: The URI is malformed or gives no name, or nothing is behind it.
            TooManyObjectsError: There are more objects than allowed.
            InvalidEntryPathError: An object's name could leave the folder of a download.
            EntryConflictError: Another content has one of the names already.
            MissingExtraError: The library for this scheme is not installed.
            ReferenceBackendError: What keeps the objects refused, failed, or did not answer.

        Examples:
            Track a file that stays on a shared disk.

            ```python
            from pathlib import Path

            import hozon

            scan = Path("scan.png").absolute()
            scan.write_bytes(b"seven")
            artifact = hozon.Artifact("scans", type="dataset")
            (entry,) = artifact.add_reference(scan.as_uri())
            print(entry.path, entry.size, entry.ref_target() == scan.as_uri())
            #> scan.png 5 True
            ```

            Take a file of another artifact over, without its bytes.

            ```python
            import hozon

            labels = hozon.Api().artifact("mnist:v0").get_entry("labels.csv")
            artifact = hozon.Artifact("benchmark", type="dataset")
            (entry,) = artifact.add_reference(labels, name="mnist/labels.csv")
            print(entry.path, entry.size, entry.digest[:12])
            #> mnist/labels.csv 23 1a4f109f8919
            print(entry.digest == labels.digest)
            #> True
            ```
        """
        draft = self._content
        draft.check_open()
        if isinstance(uri, ArtifactManifestEntry):
            added = [uri._refer_as(name)]  # noqa: SLF001  An entry is a part of an artifact.
        else:
            added = find_references(
                self._session.context, uri, name=name, checksum=checksum, max_objects=max_objects
            )
        return [ArtifactManifestEntry(self, entry) for entry in draft.add_entries(added)]

    def add(self, obj: StoredObject, name: str, overwrite: bool = False) -> ArtifactManifestEntry:
        """Add a typed object: a table, an image or another medium.

        Args:
            obj: A `hozon.Table`, a `hozon.Image` or the like.
            name: Its name, without an ending; `get(name)` gives it back.
            overwrite: Whether it takes the place of another object of this name and kind.

        Returns:
            The entry of its object file, `<name>.<type>.json`.

        Raises:
            ArtifactFinalizedError: The artifact has been finalized or logged.
            InputError: It is no object that an artifact keeps.
            InvalidEntryPathError: The name is absolute or leads outside.
            EntryConflictError: Another object has this name.
            InvalidTableError: A joined table names a table that is not there.
            SourceFileError: A file that the object was made of has gone or changed.

        Examples:
            Keep what a model said beside the model.

            ```python
            import hozon

            table = hozon.Table(columns=["image", "label"], data=[["0001.png", 7]])
            with hozon.init(job_type="evaluate") as run:
                artifact = hozon.Artifact("predictions", type="result")
                entry = artifact.add(table, "first")
                run.log_artifact(artifact)
            print(entry.path, artifact.get("first").data)
            #> first.table.json [['0001.png', 7]]
            ```
        """
        draft = self._content
        draft.check_open()
        path = store_object(obj, name, DraftTarget(draft, overwrite=overwrite))
        entry = draft.entry(path)
        assert entry is not None  # noqa: S101  It has just been added.
        return ArtifactManifestEntry(self, entry)

    def __setitem__(self, name: str, obj: StoredObject) -> None:
        """Add a typed object: the same as `add(obj, name)`."""
        self.add(obj, name)

    def remove(self, item: "str | PathLike[str] | ArtifactManifestEntry") -> None:
        """Take a file out of a draft, or everything below a folder.

        Args:
            item: A path inside the artifact, or an entry of it.

        Raises:
            ArtifactFinalizedError: The artifact has been finalized or logged.
            EntryNotFoundError: It has no such file or folder.
            InputError: The item is neither a path nor an entry.

        Examples:
            Leave one file out of a folder that was added.

            ```python
            from pathlib import Path

            import hozon

            Path("digits").mkdir(exist_ok=True)
            for name in ("labels.csv", "notes.txt"):
                Path("digits", name).write_text(name)
            artifact = hozon.Artifact("mnist", type="dataset")
            artifact.add_dir("digits")
            artifact.remove("notes.txt")
            print(list(artifact.manifest.entries))
            #> ['labels.csv']
            ```
        """
        path = item.path if isinstance(item, ArtifactManifestEntry) else item
        if not isinstance(path, (str, PathLike)):
            raise InputError(
                f"What is to be removed is a {type(item).__name__}",
                hint="Give a path inside the artifact, or an entry of it.",
            )
        self._content.remove(fspath(path).rstrip("/"))

    def finalize(self) -> None:
        """Freeze the content: nothing can be added or removed from now on.

        Logging does so by itself. Calling it again does nothing.

        Examples:
            Hand a draft on that nobody should add to.

            ```python
            import hozon

            artifact = hozon.Artifact("mnist", type="dataset")
            artifact.finalize()
            try:
                artifact.new_file("labels.csv").__enter__()
            except hozon.ArtifactFinalizedError as error:
                print(error.message)
                #> The artifact 'mnist' has been finalized and cannot be changed
            ```
        """
        if self._draft is not None:
            self._draft.finalize()

    def get_added_local_path_name(self, local_path: str | Path) -> str | None:
        """Tell under which path a local file was added to this draft.

        Args:
            local_path: A file that was given to `add_file`, or one below a folder that was given
                to `add_dir`.

        Returns:
            Its path inside the artifact; None if it was not added.

        Examples:
            Find a file again.

            ```python
            from pathlib import Path

            import hozon

            Path("digits").mkdir(exist_ok=True)
            Path("digits/labels.csv").write_text("0001.png,7")
            artifact = hozon.Artifact("mnist", type="dataset")
            artifact.add_dir("digits", name="train")
            print(artifact.get_added_local_path_name("digits/labels.csv"))
            #> train/labels.csv
            print(artifact.get_added_local_path_name("digits/notes.txt"))
            #> None
            ```
        """
        draft = self._draft
        return None if draft is None else draft.added_as(_local_path(local_path))


def _local_path(value: object) -> Path:
    """Accept text or a path."""
    if isinstance(value, (str, PathLike)):
        return Path(value)
    raise SourceFileError(
        f"The local path is a {type(value).__name__}", hint="Give a text or a pathlib.Path."
    )


def _policy(value: str) -> Policy:
    """Accept the name of a policy."""
    try:
        return Policy(value)
    except ValueError:
        raise InputError(
            f"The policy {value!r} is unknown", hint="Use 'mutable' or 'immutable'."
        ) from None
