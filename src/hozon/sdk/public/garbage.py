"""Garbage collection, as the public API offers it.

Owns how what is kept, and why, is put into words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hozon.bootstrap import report_gate
from hozon.model.digests import ContentDigest
from hozon.model.garbage import MAX_UNUSED, CollectReport
from hozon.model.paths import ArtifactPath, ProjectPath
from hozon.model.versions import Version, VersionState
from hozon.ports.garbage import Fate, Reasons
from hozon.sdk.artifact import Artifact, open_version
from hozon.sdk.session import Session
from hozon.services.context import Context
from hozon.services.garbage.collect import CollectOptions, collect_garbage
from hozon.services.garbage.erase import EraseReport, erase_object, erase_version
from hozon.services.garbage.explain import StoredReasons, explain_object, read_fate
from hozon.services.garbage.recover import recover_version
from hozon.services.gate import require_open
from hozon.services.resolve import find_any_version

_DIGEST: Final = re.compile(r"[0-9a-fA-F]{4,64}")
_TIME: Final = "%Y-%m-%d %H:%M UTC"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why something is kept, or that it is not. `Api.explain` returns it.

    Examples:
        An entry shows the digest of its bytes; ask what keeps them.

        ```python
        import hozon

        api = hozon.Api()
        entry = api.artifact("mnist:v0").get_entry("labels.csv")
        why = api.explain(entry.digest)
        print(why.kept, len(why.versions))
        #> True 1
        print(why)
        #> 1a4f109f891956a7be3b7040623e4d1034e45a2fac1e2f5c6c620716e8f3c8e2 is kept
        #> - ada/digits/mnist:v0 (COMMITTED) has it.
        ```
    """

    subject: str
    """What it is about: a version, or the digest of an object."""

    kept: bool
    """Whether it can be read now."""

    reasons: tuple[str, ...]
    """Sentences that say why."""

    versions: tuple[str, ...]
    """Paths of versions that need it; the first hundred of them."""

    def __str__(self) -> str:
        """Write it down, a reason a line."""
        verdict = "kept" if self.kept else "not kept"
        return "\n".join((f"{self.subject} is {verdict}", *(f"- {text}" for text in self.reasons)))


class GarbageApi:
    """What `Api` offers about bytes that nothing needs any more."""

    _session: Session
    _default: ProjectPath

    def collect_garbage(
        self, *, dry_run: bool = False, max_unused: float = MAX_UNUSED
    ) -> CollectReport:
        """Purge deleted versions past their window, and remove the bytes that nothing needs.

        Before that, versions whose TTL ran out are deleted, and those that a retention policy lets
        go. A version can be restored for `HOZON_RESTORE_WINDOW`, 7 days by default, and what was
        removed can be recovered for `HOZON_TRASH_WINDOW`, 30 days by default.

        Args:
            dry_run: Whether to change nothing, and only tell what would be done.
            max_unused: Which share of an object of the store may be dead, from 0 to 1, before what
                lives in it is copied to a new one. 0 leaves no dead byte.

        Returns:
            What was done, or would be.

        Raises:
            InputError: The share is not between 0 and 1.
            RequirementError: Something is missing that this deployment requires before bytes may
                be removed, such as versioning of the bucket; the hint says what to run.
            CollectorBusyError: Another collector is at work; wait for it.
            CollectorLeaseError: It was silent for too long, and another took over.
            StorageError: The store cannot be reached; the next pass goes on.
            CatalogError: The catalog failed; the next pass goes on.

        Examples:
            See what a pass would find; a version that was just deleted can be restored for a week.

            ```python
            import hozon

            api = hozon.Api()
            api.artifact("mnist:v0").delete(delete_aliases=True)
            report = api.collect_garbage(dry_run=True)
            print(report.versions_restorable, report.versions_purged, report.freed_bytes)
            #> 1 0 0
            ```
        """
        context = self._session.context
        if not dry_run:
            require_open(report_gate(self._session.settings, context.store))
        options = CollectOptions(max_unused=max_unused, dry_run=dry_run)
        return collect_garbage(context, options)

    def explain(self, target: str) -> Explanation:
        """Say why bytes are kept: which versions, uploads or windows need them.

        Args:
            target: A version, `[[entity/]project/]name:version-or-alias`, deleted ones by their
                number; or the SHA-256 of an object, or at least its first 4 digits.

        Raises:
            InputError: Several objects have digests that begin so.
            ObjectNotFoundError: No object has such a digest.
            ArtifactNotFoundError: There never was such a version.
            InvalidPathError: The path is malformed.

        Examples:
            A deleted version keeps its bytes as long as it can be restored.

            ```python
            import hozon

            api = hozon.Api()
            api.artifact("mnist:v0").delete(delete_aliases=True)
            why = api.explain("mnist:v0")
            print(why.subject, why.kept)
            #> ada/digits/mnist:v0 True
            print(why.reasons[1].partition(" until ")[0])
            #> It can be restored
            ```
        """
        context = self._session.context
        if _DIGEST.fullmatch(target):
            return _about_object(*explain_object(context, target))
        version = find_any_version(context, ArtifactPath.parse(target, default=self._default))
        return _about_version(context, version, read_fate(context, version))

    def recover(self, name: str) -> Artifact:
        """Bring a purged version back, as long as its bytes are in the trash or old versions.

        Its aliases do not come back: they were forgotten when it was purged.

        Args:
            name: `[[entity/]project/]name:version`.

        Returns:
            The artifact, committed again.

        Raises:
            VersionStateError: It is not purged.
            MissingObjectError: Some of its bytes are kept nowhere any more; nothing was changed.
            ArtifactNotFoundError: There never was such a version.
            CollectorBusyError: A collector is at work; wait for it.
            StorageError: The store refused or failed.

        Examples:
            What is not purged need not be recovered.

            ```python
            import hozon

            api = hozon.Api()
            try:
                api.recover("mnist:v0")
            except hozon.errors.VersionStateError as error:
                print(error.message)
                #> ada/digits/mnist:v0 is COMMITTED, not purged
            ```
        """
        context = self._session.context
        version = find_any_version(context, ArtifactPath.parse(name, default=self._default))
        return open_version(self._session, recover_version(context, version))

    def erase(self, target: str) -> EraseReport:
        """Leave nothing of a deleted version, or of an object that nothing needs.

        Live bytes, trash and old versions of a bucket go, and the list of the version's files.
        What other versions share stays and is reported.

        Danger:
            Nothing can bring it back.

        Args:
            target: A deleted version, `[[entity/]project/]name:version`, or the SHA-256 of an
                object.

        Returns:
            What went, and what stays.

        Raises:
            VersionStateError: The version is not deleted; delete it first.
            ObjectInUseError: Versions or uploads need the object; erase those versions first, and
                let the uploads end.
            CollectorBusyError: A collector is at work; wait for it.
            StorageError: Something could not be erased; erase it again to go on.

        Examples:
            Erase an image that should never have been logged.

            ```python
            import hozon

            api = hozon.Api()
            artifact = api.artifact("mnist:v0")
            artifact.delete(delete_aliases=True)
            report = api.erase("mnist:v0")
            print(len(report.digests), len(report.shared))
            #> 2 0
            print(api.explain("mnist:v0").kept)
            #> False
            ```
        """
        context = self._session.context
        if _DIGEST.fullmatch(target):
            digest, _ = explain_object(context, target)
            return erase_object(context, digest)
        version = find_any_version(context, ArtifactPath.parse(target, default=self._default))
        return erase_version(context, version)


def _about_object(digest: ContentDigest, found: Sequence[StoredReasons]) -> Explanation:
    """Say what keeps an object."""
    said: list[str] = []
    for each in found:
        if each.team is not None:
            said.append(f"In the connector of {each.team}:")
        said += _about_stored(each.reasons)
    return Explanation(
        digest,
        kept=any(each.reasons.place is not None for each in found),
        reasons=tuple(said),
        versions=tuple(str(v.path) for each in found for v in each.reasons.versions),
    )


def _about_stored(reasons: Reasons) -> list[str]:
    """Say what keeps an object in one store."""
    said = [f"{version.path} ({version.state}) has it." for version in reasons.versions]
    if reasons.version_count > len(reasons.versions):
        said.append(f"{reasons.version_count - len(reasons.versions)} more versions have it.")
    if reasons.uploads:
        said.append(f"{reasons.uploads} uploads or drafts hold it.")
    if reasons.place is None:
        when = f" on {reasons.given_up_at:{_TIME}}" if reasons.given_up_at else ""
        said.append(f"Nothing needed it, and it was given up{when}.")
    elif not said:
        said.append("Nothing needs it; the next pass past its grace gives it up.")
    return said


def _about_version(context: Context, version: Version, fate: Fate) -> Explanation:
    """Say what keeps a version."""
    said: list[str] = []
    match version.state:
        case VersionState.PURGED:
            said.append(f"It was purged by {fate.purged_by} on {fate.purged_at:{_TIME}}.")
        case VersionState.DELETED if fate.deleted_at:
            until = fate.deleted_at + context.windows.restore
            said.append(f"It was deleted by {fate.deleted_by} on {fate.deleted_at:{_TIME}}.")
            said.append(f"It can be restored until {until:{_TIME}}.")
        case _:
            said.append("It is committed: nobody deleted it.")
    if version.aliases:
        said.append(f"It has the aliases {', '.join(version.aliases)}.")
    said += [f"{other.path} refers to files of it." for other in fate.referred_by]
    return Explanation(
        str(version.path),
        kept=version.state is not VersionState.PURGED,
        reasons=tuple(said),
        versions=tuple(str(other.path) for other in fate.referred_by),
    )
