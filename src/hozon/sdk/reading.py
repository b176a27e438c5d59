"""`Reading`: what brings the content of a version back.

Owns the published methods and their defaults. Refuses to own the work; that is
`hozon.services.download`.
"""

from pathlib import Path

from hozon.model.names import format_version
from hozon.sdk.bundle import Bundle
from hozon.sdk.progress import progress_bar
from hozon.services.download import download_version, published_digest


class Reading(Bundle):
    """What brings the content of a version back."""

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
        self._settle()  # The private copies go when logging has finished.
        if self._version is None:
            return self._content.published_digest()
        return published_digest(self._session.context, self._version)
