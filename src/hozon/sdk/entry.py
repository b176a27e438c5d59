"""Manifests and their entries, as users hold them.

Owns nothing but the published names: what is in an entry is `hozon.model.manifest`'s, and bringing
it is `hozon.services.download`'s.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hozon.model.manifest import Manifest, ManifestEntry

if TYPE_CHECKING:
    from hozon.sdk.bundle import Bundle


class ArtifactManifestEntry:
    """One file of an artifact, or a reference to something outside it.

    Args:
        artifact: What it is in.
        entry: Its path, digest and size.

    Examples:
        Look at a file without downloading it.

        ```python
        import hozon

        entry = hozon.Api().artifact("mnist:v0").get_entry("labels.csv")
        print(entry.path, entry.size, entry.digest[:12])
        #> labels.csv 23 1a4f109f8919
        artifact = hozon.Artifact("scans", type="dataset")
        (scan,) = artifact.add_reference("tape://shelf/7", name="scan.png")
        print(scan.ref, scan.extra, entry.ref)
        #> tape://shelf/7 {} None
        ```
    """

    def __init__(self, artifact: "Bundle", entry: ManifestEntry) -> None:
        """Belong to an artifact."""
        self._artifact = artifact
        self._entry = entry

    def __repr__(self) -> str:
        """Show the path and what it is in."""
        return f"<ArtifactManifestEntry {self.path} of {self._artifact.name}>"

    def __eq__(self, other: object) -> bool:
        """Compare by content: path, digest, size, and of references where they lead."""
        if isinstance(other, ArtifactManifestEntry):
            return self._entry == other._entry
        return NotImplemented

    def __hash__(self) -> int:
        """Hash by content."""
        return hash(self._entry)

    @property
    def path(self) -> str:
        """Where it lies inside the artifact."""
        return self._entry.path

    @property
    def name(self) -> str:
        """Where it lies inside the artifact: the same as `path`.

        Examples:
            Read it where files are listed.

            ```python
            import hozon

            for file in hozon.Api().artifact("mnist:v0").files():
                print(file.name, file.size)
                #> labels.csv 23
                #> splits/train.txt 9
            ```
        """
        return self._entry.path

    @property
    def digest(self) -> str:
        """SHA-256 of its bytes, 64 hexadecimal digits; of a reference what identifies it."""
        return self._entry.digest

    @property
    def size(self) -> int | None:
        """Its length in bytes; None for a reference whose length nobody knows."""
        return self._entry.size

    @property
    def ref(self) -> str | None:
        """The URI that it refers to; None for a file whose bytes Hozon keeps."""
        return self._entry.ref

    @property
    def extra(self) -> dict[str, Any]:
        """What it takes to find a reference again, such as `etag` and `versionID`."""
        return dict(self._entry.extra)

    def ref_target(self) -> str:
        """Give the URI that opens what the reference was recorded for, with its version.

        Raises:
            InvalidReferenceError: It is a file whose bytes Hozon keeps.
            MissingExtraError: The library for this scheme is not installed.

        Examples:
            Open the object with another tool.

            ```python
            from pathlib import Path

            import hozon

            scan = Path("scan.png").absolute()
            scan.write_bytes(b"seven")
            artifact = hozon.Artifact("scans", type="dataset")
            artifact.add_reference(scan.as_uri())
            artifact.save()
            entry = hozon.Api().artifact("scans:v0").get_entry("scan.png")
            print(entry.ref_target() == scan.as_uri(), entry.ref == scan.as_uri())
            #> True True
            ```
        """
        return self._artifact._target_of(self._entry)  # noqa: SLF001  Entries are a part of their artifact.

    def _refer_as(self, path: str | None) -> ManifestEntry:
        """Make a reference to it, for another artifact."""
        return self._artifact._refer(self._entry, path or self.path)  # noqa: SLF001  As above.

    def download(self, root: str | Path | None = None, skip_cache: bool = False) -> str:
        """Bring this file alone, checked against its digest.

        Args:
            root: The folder that stands for the whole artifact; by default
                `./artifacts/<name>-<version>`.
            skip_cache: Whether to read it from the store although it is in the cache.

        Returns:
            The path of the file.

        Raises:
            ArtifactNotLoggedError: The artifact is a draft.
            EntryNotFoundError: The entry was taken out of the draft before that was logged.
            SourceFileError: The folder cannot be written.
            InvalidEntryPathError: A link in the folder would lead outside it.
            IntegrityError: The store lost or changed its bytes.
            MissingReferenceError: Nothing is left behind the reference.
            ReferenceChangedError: What is behind the reference is not what was recorded; add it
                again to record what is there now.
            InvalidReferenceError: The reference has a scheme that nobody can read.
            MissingExtraError: The library for the scheme of the reference is not installed.
            StorageError: The store failed; call again.
            ReferenceBackendError: What keeps the bytes of the reference refused, failed or did not
                answer; call again.

        Examples:
            Bring one file of many.

            ```python
            from pathlib import Path

            import hozon

            entry = hozon.Api().artifact("mnist:v0").get_entry("splits/train.txt")
            path = entry.download()
            print(path, Path(path).read_text().split())
            #> artifacts/mnist-v0/splits/train.txt ['0001.png']
            ```
        """
        return self._artifact._bring(self._entry, root, skip_cache=skip_cache)  # noqa: SLF001  Entries are a part of their artifact.


class _Entries(Mapping[str, ArtifactManifestEntry]):
    """Entries by path, each made when it is asked for."""

    def __init__(self, artifact: "Bundle", entries: Mapping[str, ManifestEntry]) -> None:
        self._artifact = artifact
        self._entries = entries

    def __getitem__(self, path: str) -> ArtifactManifestEntry:
        return ArtifactManifestEntry(self._artifact, self._entries[path])

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


class ArtifactManifest:
    """All entries of an artifact.

    Args:
        artifact: What they are in.
        manifest: The entries, by value.

    Examples:
        List the files of a version without downloading them.

        ```python
        import hozon

        manifest = hozon.Api().artifact("mnist:v1").manifest
        print(len(manifest), list(manifest.entries))
        #> 2 ['labels.csv', 'splits/train.txt']
        ```
    """

    def __init__(self, artifact: "Bundle", manifest: Manifest) -> None:
        """Belong to an artifact."""
        self._artifact = artifact
        self._manifest = manifest

    def __repr__(self) -> str:
        """Show how much there is."""
        return f"<ArtifactManifest of {self._artifact.name}, {len(self)} entries>"

    def __len__(self) -> int:
        """Count the entries."""
        return len(self._manifest)

    @property
    def entries(self) -> Mapping[str, ArtifactManifestEntry]:
        """Path → entry, in path order; read-only.

        Examples:
            Add up what is below a folder.

            ```python
            import hozon

            entries = hozon.Api().artifact("mnist:v2").manifest.entries
            below = [entry for path, entry in entries.items() if path.startswith("splits/")]
            print([entry.path for entry in below], sum(entry.size for entry in below))
            #> ['splits/train.txt'] 27
            ```
        """
        return _Entries(self._artifact, self._manifest.entries)
