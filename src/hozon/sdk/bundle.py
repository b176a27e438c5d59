"""`Bundle`: what an artifact is, before and after logging.

Owns the state that all parts of an artifact share, and the attributes that a draft and a version
both have. Refuses to own what can be done with it: `hozon.sdk.filling`, `hozon.sdk.reading` and
`hozon.sdk.artifact` build on it.
"""

from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from hozon.model.links import check_own_ttl
from hozon.model.manifest import Manifest, ManifestEntry
from hozon.model.metadata import check_description, check_metadata
from hozon.model.names import CollectionName, TypeName
from hozon.model.notes import Notes
from hozon.model.tags import check_tags
from hozon.model.ttl import Ttl, check_ttl
from hozon.model.versions import Version, VersionState
from hozon.sdk.draft import Draft
from hozon.sdk.entry import ArtifactManifest
from hozon.sdk.errors import ArtifactFinalizedError, ArtifactNotLoggedError
from hozon.sdk.notebooks import card
from hozon.sdk.session import Session
from hozon.services.commit import CommitResult
from hozon.services.resolve import load_manifest


class Bundle:
    """The state of an artifact, and what a draft and a version both have."""

    _base_name: CollectionName
    _type: TypeName
    _description: str | None
    _metadata: dict[str, Any]
    _tags: list[str]
    _ttl: Ttl
    _use_as: str | None
    _home: Path | None
    _aliases: list[str]
    _session: Session
    _draft: Draft | None
    _logging: Future[CommitResult] | None
    _version: Version | None
    _manifest: Manifest | None

    def __repr__(self) -> str:
        """Show the path, or that it is a draft."""
        if self._version is None:
            return f"<Artifact {self._base_name} (draft)>"
        return f"<Artifact {self._version.path}>"

    def _repr_html_(self) -> str:
        """Show it as a table in a notebook."""
        version = self._version
        title = f"{self._base_name} (draft)" if version is None else version.path
        return card(
            f"Artifact {title}",
            [
                ("type", self._type),
                ("state", self.state),
                ("aliases", () if version is None else self._aliases),
                ("link to", version and version.source and str(version.source)),
                ("description", self._description),
                ("tags", self._tags),
                ("files", self.file_count),
                ("bytes", self.size),
                ("created", version and version.created_at),
                ("metadata", self._metadata),
            ],
        )

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
        """A note for people, or None. After a change, `save()` stores it.

        The description, the metadata and the tags of a link are those of its source: a change is
        seen wherever the source is seen.
        """
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
    def tags(self) -> list[str]:
        """Labels of this version, to sort and search by. After a change, `save()` stores them.

        A tag is made of words of letters, digits, `_` and `-` with single spaces between them, 128
        characters at most. Any number of versions may have the same tag.

        Raises:
            InvalidTagError: A tag that is set breaks the rules.

        Examples:
            Tag a draft, and find the version by its tag.

            ```python
            import hozon

            artifact = hozon.Artifact("mnist", type="dataset")
            artifact.tags = ["small", "hand checked"]
            artifact.save()
            for version in hozon.Api().artifacts("dataset", "mnist"):
                if "small" in version.tags:
                    print(version.name, version.tags)
                    #> mnist:v3 ['hand checked', 'small']
            ```
        """
        return self._tags

    @tags.setter
    def tags(self, value: Sequence[str]) -> None:
        self._tags = list(check_tags(value))

    @property
    def ttl(self) -> Ttl:
        """How long the version should live after its creation. After a change, `save()` stores it.

        A `timedelta` from one second to 36,500 days; None for never; `ArtifactTTL.INHERIT`, the
        default, for what the policies above the version say. A link shows the TTL of its source
        and has none of its own. A version that has expired is soft-deleted by the next pass, its
        aliases with it; `Artifact.expires_at` says when that will be.

        Raises:
            InvalidTtlError: What is set is no `timedelta`, such as a bare number, or too short or
                too long.
            LinkStateError: It is set on a link; set it on the source.

        Examples:
            Ask for thirty days.

            ```python
            from datetime import timedelta

            import hozon

            artifact = hozon.Artifact("scratch", type="dataset")
            artifact.ttl = timedelta(days=30)
            artifact.save()
            print(hozon.Api().artifact("scratch").ttl)
            #> 30 days, 0:00:00
            ```
        """
        return self._ttl

    @ttl.setter
    def ttl(self, value: Ttl) -> None:
        if self._version is not None:
            check_own_ttl(self._version)
        self._ttl = check_ttl(value)

    @property
    def use_as(self) -> str | None:
        """What the run that got this object from `run.use_artifact` uses the version as.

        None if it did not say so, and for a version that was looked up: another run may use it as
        something else. Of an artifact that was made here it is what the constructor was given,
        which has no effect and is not stored.

        Examples:
            Only the object that the run got knows it; lineage tells it of every run.

            ```python
            import hozon

            with hozon.init(job_type="train") as run:
                dataset = run.use_artifact("mnist:v1", use_as="train")
            print(run.state, dataset.name, dataset.use_as)
            #> finished mnist:v1 train
            print(hozon.Api().artifact("mnist:v1").use_as)
            #> None
            ```
        """
        return self._use_as

    @property
    def id(self) -> str | None:
        """A name of the version for programs, unique in the catalog and never changed.

        None on a draft. Read nothing from it: its form may change with a release, and a link has
        another than its source.

        Examples:
            Tell whether two names lead to one version.

            ```python
            import hozon

            api = hozon.Api()
            print(hozon.Artifact("mnist", type="dataset").id)
            #> None
            print(api.artifact("mnist:v0").id == api.artifact("mnist:reviewed").id)
            #> True
            print(api.artifact("mnist:v0").id == api.artifact("mnist:v1").id)
            #> False
            ```
        """
        return self._version.opaque_id if self._version else None

    @property
    def state(self) -> str:
        """`PENDING` until logged, then `COMMITTED`, and `DELETED` after a delete."""
        return str(self._version.state if self._version else VersionState.PENDING)

    @property
    def manifest(self) -> ArtifactManifest:
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
        return ArtifactManifest(self, self._model_manifest)

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
        return self._version.digest if self._version else self._model_manifest.digest

    @property
    def size(self) -> int:
        """The sum of the sizes of all files, in bytes."""
        return self._version.size if self._version else self._content.size

    @property
    def file_count(self) -> int:
        """How many files it has."""
        return self._version.file_count if self._version else self._content.count

    # For the parts that build on this one.

    @property
    def _model_manifest(self) -> Manifest:
        """The entries by value: of a draft as they are now, of a version for good."""
        if self._version is None:
            return self._content.manifest
        if self._manifest is None:
            self._manifest = load_manifest(self._session.context, self._version.id)
        return self._manifest

    def _target_of(self, entry: ManifestEntry) -> str:
        """Give the URI that opens what a reference was recorded for."""
        raise NotImplementedError

    def _refer(self, entry: ManifestEntry, path: str) -> ManifestEntry:
        """Make a reference to one of the entries, for another artifact."""
        raise NotImplementedError

    def _bring(self, entry: ManifestEntry, root: str | Path | None, *, skip_cache: bool) -> str:
        """Bring one file into the folder that stands for the artifact."""
        raise NotImplementedError

    def _settle(self) -> None:
        """Wait until logging has finished, if it goes on; that it failed is for `wait()` to say."""
        raise NotImplementedError

    @property
    def _content(self) -> Draft:
        """The draft; a version of the catalog takes no files."""
        if self._draft is None:
            raise ArtifactFinalizedError(
                f"{self.name} is a logged version and cannot take more files",
                hint="Make a new Artifact of the same name; logging it makes the next version.",
            )
        return self._draft

    def _adopt(self, version: Version) -> None:
        """Show what the catalog holds."""
        self._version = version
        self._aliases = list(version.aliases)
        self._description = version.description
        self._metadata = check_metadata(version.metadata)
        self._tags = list(version.tags)
        self._ttl = version.ttl

    def _notes(self) -> Notes:
        """Check what may have been changed in place, and hand it on."""
        return Notes(
            check_description(self._description),
            check_metadata(self._metadata),
            check_tags(self._tags),
            self._ttl,
        )

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


def has_failed(commit: Future[CommitResult]) -> bool:
    """Tell whether a commit has ended with an error.

    Args:
        commit: The upload.
    """
    return commit.done() and commit.exception() is not None
