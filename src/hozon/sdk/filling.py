"""`Filling`: what adds content to a draft.

Owns the published methods. Refuses to own the content; that is `hozon.sdk.draft`. Invariant: once
the artifact is logged, every one of them raises `ArtifactFinalizedError`.
"""

from contextlib import AbstractContextManager
from os import PathLike
from pathlib import Path
from typing import IO, Any

from hozon.errors import SourceFileError
from hozon.model.manifest import ManifestEntry
from hozon.sdk.bundle import Bundle


class Filling(Bundle):
    """What adds content to a draft."""

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


def _local_path(value: object) -> Path:
    """Accept text or a path."""
    if isinstance(value, (str, PathLike)):
        return Path(value)
    raise SourceFileError(
        f"The local path is a {type(value).__name__}", hint="Give a text or a pathlib.Path."
    )
