"""`Reading`: what brings the content of a version back.

Owns the published methods and their defaults. Refuses to own the work; that is
`hozon.services.download` and `hozon.services.verify`. Invariant: on a draft every one of them but
`wandb_digest` and `json_encode` raises `ArtifactNotLoggedError`.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, overload

from hozon.errors import EntryNotFoundError, InputError
from hozon.model.manifest import ManifestEntry
from hozon.model.names import format_version
from hozon.model.paths import check_entry_prefix
from hozon.model.versions import Version
from hozon.sdk.bundle import Bundle
from hozon.sdk.entry import ArtifactManifestEntry
from hozon.sdk.keeping import VersionSource
from hozon.sdk.objects import load_object
from hozon.sdk.pages import Paginator
from hozon.sdk.progress import progress_bar
from hozon.services.download import (
    DownloadOptions,
    download_version,
    published_contents,
    published_digest,
)
from hozon.services.folders import local_folder
from hozon.services.references import refer_to_entry, source_versions, target_of
from hozon.services.resolve import find_entry, list_entries
from hozon.services.verify import check_out, surplus_files, verify_folder


class Reading(Bundle):
    """What brings the content of a version back."""

    def download(
        self,
        root: str | Path | None = None,
        allow_missing_references: bool = False,
        skip_cache: bool = False,
        path_prefix: str | None = None,
        multipart: bool | None = None,  # noqa: ARG002  Published, and not needed.
        recursive: bool = False,
    ) -> str:
        """Bring all files into a local folder, each checked against its digest.

        Args:
            root: The folder; by default `./artifacts/<name>-<version>`. Files that are there and
                right are not fetched again; other files stay.
            allow_missing_references: Whether to pass over references behind which nothing is left.
            skip_cache: Whether to read everything from the store although it is in the cache.
            path_prefix: Bring only files whose paths begin with this text.
            multipart: Accepted and not needed: files are read in ranges, several at a time,
                whatever it says.
            recursive: Whether to bring also, whole and into their own default folders, the
                artifacts whose entries it refers to. The entries themselves are brought anyway;
                what else their objects need is brought when it is read.

        Returns:
            The path of the folder.

        Raises:
            ArtifactNotLoggedError: The artifact is a draft.
            SourceFileError: The folder cannot be written.
            InvalidEntryPathError: A path, or a link in the folder, would lead outside it; or
                `path_prefix` holds what no path can hold.
            EntryConflictError: Two paths differ only in case, and the folder takes them for one;
                download to a file system that tells them apart.
            IntegrityError: The store lost or changed bytes of this version; or what is behind a
                reference has gone, or is not what was recorded.
            InvalidReferenceError: A reference has a scheme that nobody can read.
            BackendError: The store, or what keeps the bytes of a reference, failed; call again to
                go on where it stopped.

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

            Bring a part of it.

            ```python
            from pathlib import Path

            import hozon

            artifact = hozon.Api().artifact("mnist:v2")
            folder = Path(artifact.download(path_prefix="splits/"))
            print([path.name for path in folder.rglob("*") if path.is_file()])
            #> ['train.txt']
            ```
        """
        version = self._logged("download")
        context = self._session.context
        options = DownloadOptions(
            prefix="" if path_prefix is None else check_entry_prefix(path_prefix),
            allow_missing=allow_missing_references,
            skip_cache=skip_cache,
        )
        for source in source_versions(context, version) if recursive else ():
            folder = self._default_folder(source)
            download_version(context, source, folder, replace(options, prefix=""))
        with progress_bar(f"Downloading {version.name}", total_bytes=version.size) as progress:
            folder = self._folder(root)
            download_version(context, version, folder, options, progress=progress)
        return str(folder)

    def file(self, root: str | Path | None = None) -> str:
        """Bring the only file of the version.

        Args:
            root: The folder; by default `./artifacts/<name>-<version>`.

        Returns:
            The path of the file.

        Raises:
            ArtifactNotLoggedError: The artifact is a draft.
            InputError: It has no file, or more than one; use `get_entry(name).download()`.
            HozonError: As for `download`.

        Examples:
            Read a version that holds one file.

            ```python
            from pathlib import Path

            import hozon

            model = hozon.Api().artifact("classifier:production")
            path = model.file()
            print(path, Path(path).read_text().split())
            #> artifacts/classifier-v1/data.txt ['weights', 'at', 'loss', '0.42']
            ```
        """
        version = self._logged("file")
        if version.file_count != 1:
            raise InputError(
                f"{version.name} has {version.file_count} files, not one",
                hint="Use get_entry(name).download() for one of them, or download() for all.",
            )
        (found,) = list_entries(self._session.context, version).page(after=None, limit=1)
        return self._bring(found.value, root, skip_cache=False)

    def files(
        self, names: Iterable[str] | None = None, per_page: int = 50
    ) -> Paginator[ArtifactManifestEntry]:
        """List the files of the version, in the order of their paths.

        Args:
            names: List only these; None for all.
            per_page: How many to fetch at a time, 1 or more.

        Raises:
            ArtifactNotLoggedError: The artifact is a draft.
            InputError: `per_page` is below 1.

        Examples:
            Look for what is large.

            ```python
            import hozon

            files = hozon.Api().artifact("mnist:v2").files(per_page=1)
            print(len(files), [file.path for file in files if file.size > 40])
            #> 2 ['labels.csv']
            print([file.path for file in hozon.Api().artifact("mnist:v2").files(["x"])])
            #> []
            ```
        """
        version = self._logged("files")
        listing = list_entries(
            self._session.context, version, names=None if names is None else set(names)
        )
        return Paginator(
            listing, lambda entry: ArtifactManifestEntry(self, entry), per_page=per_page
        )

    def get_entry(self, name: str) -> ArtifactManifestEntry:
        """Find one file of the version.

        Args:
            name: Its path inside the artifact.

        Raises:
            ArtifactNotLoggedError: The artifact is a draft.
            EntryNotFoundError: It has no such file. It is a kind of `KeyError`.

        Examples:
            Ask for the size of a file.

            ```python
            import hozon

            artifact = hozon.Api().artifact("mnist:v0")
            print(artifact.get_entry("labels.csv").size)
            #> 23
            ```
        """
        version = self._logged("get_entry")
        entry = find_entry(self._session.context, version, name)
        if entry is None:
            known = [item.path for item in self.files(per_page=5)[:5]]
            raise EntryNotFoundError(
                f"{version.name} has no file {name!r}",
                hint=f"It has {', '.join(known)}{', …' if version.file_count > len(known) else ''}."
                if known
                else "It has no files at all.",
            )
        return ArtifactManifestEntry(self, entry)

    def get_path(self, name: str) -> ArtifactManifestEntry:
        """Find one file of the version: the older name of `get_entry`.

        Args:
            name: Its path inside the artifact.

        Raises:
            ArtifactNotLoggedError: The artifact is a draft.
            EntryNotFoundError: It has no such file. It is a kind of `KeyError`.

        Examples:
            Bring a file by its path.

            ```python
            from pathlib import Path

            import hozon

            path = hozon.Api().artifact("mnist:v0").get_path("labels.csv").download()
            print(Path(path).read_text().split())
            #> ['image,label', '0001.png,7']
            ```
        """
        return self.get_entry(name)

    def get(self, name: str) -> Any:  # noqa: ANN401  What was added.
        """Read a typed object: a table, an image or another medium.

        Args:
            name: Its name, as it was given to `add`, or the path of its object file.

        Returns:
            The object, equal to what was added; None if there is none of this name.

        Raises:
            ArtifactNotLoggedError: The artifact is a draft.
            CorruptObjectError: What is stored is no object that this release knows.
            HozonError: As for `download`.

        Examples:
            Read a table that a run logged.

            ```python
            import hozon

            table = hozon.Table(columns=["image", "label"], data=[["0001.png", 7]])
            with hozon.init(job_type="evaluate") as run:
                artifact = hozon.Artifact("predictions", type="result")
                artifact["first"] = table
                run.log_artifact(artifact)
            found = hozon.Api().artifact("predictions:latest")
            print(found.get("first") == table, found["first"].columns)
            #> True ['image', 'label']
            print(found.get("second"))
            #> None
            ```
        """
        version = self._logged("get")
        return load_object(name, VersionSource(self._session, version, self._bring_from))

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401  As above.
        """Read a typed object: the same as `get(name)`."""
        return self.get(name)

    @overload
    def checkout(self, root: str | Path | None = None, dry_run: Literal[False] = False) -> str: ...

    @overload
    def checkout(self, root: str | Path | None = None, *, dry_run: Literal[True]) -> list[str]: ...

    def checkout(self, root: str | Path | None = None, dry_run: bool = False) -> str | list[str]:
        """Make a local folder equal to the version.

        What is missing is brought first, and checked; only then what is surplus is removed. A
        folder with the name of a file of the version is surplus, and so is a file with the name of
        a folder.

        Danger:
            Every other file in the folder is removed. Ask with `dry_run=True` which ones.

        Args:
            root: The folder; by default `./artifacts/<name>-<version>`.
            dry_run: Whether to list only what would be removed.

        Returns:
            The path of the folder; with `dry_run=True` the paths below it that would be removed.

        Raises:
            ArtifactNotLoggedError: The artifact is a draft.
            InputError: The folder is one that nobody means to empty: the working folder, one above
                it, or the home folder.
            InvalidEntryPathError: A link in the folder would lead outside it, or stands where a
                folder of the version belongs.
            HozonError: As for `download`; nothing was removed.

        Examples:
            Go back to a version, after a look at what would go.

            ```python
            from pathlib import Path

            import hozon

            artifact = hozon.Api().artifact("mnist:v0")
            folder = Path(artifact.download("data"))
            (folder / "labels.csv").write_text("edited")
            (folder / "notes.txt").write_text("mine")
            print(artifact.checkout("data", dry_run=True))
            #> ['notes.txt']
            artifact.checkout("data")
            print(sorted(path.name for path in folder.iterdir()), artifact.verify("data"))
            #> ['labels.csv', 'splits'] True
            ```
        """
        version = self._logged("checkout")
        folder = self._folder(root)
        if dry_run:
            return surplus_files(self._session.context, version, folder)
        with progress_bar(f"Checking out {version.name}", total_bytes=version.size) as progress:
            return str(check_out(self._session.context, version, folder, progress=progress))

    def verify(self, root: str | Path | None = None) -> bool:
        """Make sure that a local folder holds exactly what was logged.

        Every file is read. References are not verified: their bytes are somebody else's.

        Args:
            root: The folder; None downloads to the default folder first.

        Returns:
            True.

        Raises:
            ArtifactNotLoggedError: The artifact is a draft.
            VerificationError: A file is wrong, missing or surplus. It is a kind of `ValueError`.
            SourceFileError: The folder cannot be read.
            HozonError: As for `download`, if there is no root.

        Examples:
            Make sure of a folder before training on it.

            ```python
            import hozon

            artifact = hozon.Api().artifact("mnist:v0")
            folder = artifact.download("data")
            print(folder, artifact.verify(folder))
            #> data True
            ```
        """
        version = self._logged("verify")
        folder = local_folder(self.download() if root is None else root)
        verify_folder(self._session.context, version, folder)
        return True

    def json_encode(self) -> dict[str, Any]:
        """Describe the artifact as JSON values: which version of what it is.

        Examples:
            Put it into a report.

            ```python
            import json

            import hozon

            described = hozon.Api().artifact("mnist:v0").json_encode()
            print(json.dumps(described, sort_keys=True)[:63])
            #> {"_type": "artifactVersion", "aliases": ["reviewed"], "collecti
            ```
        """
        version = self._version
        described: dict[str, Any] = {
            "_type": "artifactVersion",
            "collection": self._base_name,
            "type": self.type,
            "digest": self.digest,
            "size": self.size,
            "file_count": self.file_count,
            "state": self.state,
        }
        if version is not None:
            described |= {
                "entity": version.collection.at.entity,
                "project": version.collection.at.project,
                "version": format_version(version.index),
                "aliases": list(version.aliases),
            }
        return described

    def wandb_digest(self) -> str:
        """Compute the digest that W&B publishes for the same content.

        It is an MD5, offered for comparison only. After logging it reads every byte from the
        store; while logging goes on it waits.

        Returns:
            32 hexadecimal digits.

        Raises:
            SourceFileError: A file that was not copied has changed since it was added to the draft.
            IntegrityError: The store lost or changed bytes of this version.
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
        self._settle()  # The private copies go when logging has finished.
        if self._version is None:
            return self._content.published_digest(
                lambda entries: published_contents(self._session.context, entries)
            )
        return published_digest(self._session.context, self._version)

    def _target_of(self, entry: ManifestEntry) -> str:
        """Give the URI that opens what a reference was recorded for."""
        return target_of(self._session.context, entry)

    def _refer(self, entry: ManifestEntry, path: str) -> ManifestEntry:
        """Make a reference to one of the entries, for another artifact."""
        return refer_to_entry(self._logged("add_reference").content_id, entry, path=path)

    def _bring(self, entry: ManifestEntry, root: str | Path | None, *, skip_cache: bool) -> str:
        """Bring one file into the folder that stands for the artifact."""
        version = self._logged("download")
        folder = self._folder(root)
        options = DownloadOptions(only=entry.path, skip_cache=skip_cache)
        download_version(self._session.context, version, folder, options)
        return str(folder / entry.path)

    def _bring_from(self, version: Version, entry: ManifestEntry) -> Path:
        """Bring one file of a version into the default folder of that version."""
        folder = self._default_folder(version)
        download_version(self._session.context, version, folder, DownloadOptions(only=entry.path))
        return folder / entry.path

    def _folder(self, root: str | Path | None) -> Path:
        """Give the folder that the caller names, or the default one."""
        version = self._logged("download")
        return self._default_folder(version) if root is None else local_folder(root)

    def _default_folder(self, version: Version) -> Path:
        """Name the folder of a version below that of the work; a colon would not do on Windows."""
        name = f"{version.collection.name}-{format_version(version.index)}"
        return (self._home or Path()) / "artifacts" / name
