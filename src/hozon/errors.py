"""The one tree of errors, grouped by what a caller does next.

Owns every exception that leaves the package. Refuses to own messages of other libraries:
adapters translate what they catch, and keep the original as `__cause__`.

    HozonError
    ├── InputError
    │   ├── InvalidAccessError          input.access
    │   ├── InvalidNameError            input.name
    │   ├── InvalidPathError            input.path
    │   ├── InvalidPlanError            input.plan
    │   ├── InvalidAliasError           input.alias
    │   ├── InvalidEntryPathError       input.entry_path
    │   ├── InvalidFilterError          input.filter
    │   ├── InvalidMetadataError        input.metadata
    │   ├── InvalidMediaError           input.media
    │   ├── InvalidTableError           input.table
    │   ├── InvalidReferenceError       input.reference
    │   ├── InvalidRetentionError       input.retention
    │   ├── InvalidSweepError           input.sweep
    │   ├── InvalidSettingError         input.setting
    │   ├── InvalidTagError             input.tag
    │   ├── InvalidTtlError             input.ttl
    │   ├── SourceFileError             input.source_file
    │   └── TooManyObjectsError         input.too_many_objects
    ├── NotFoundError
    │   ├── ArtifactNotFoundError       not_found.artifact
    │   ├── CollectionNotFoundError     not_found.collection
    │   ├── EntryNotFoundError          not_found.entry
    │   ├── MemberNotFoundError         not_found.member
    │   ├── ObjectNotFoundError         not_found.object
    │   ├── PageNotFoundError           not_found.page
    │   ├── ProjectNotFoundError        not_found.project
    │   ├── ProtectionNotFoundError     not_found.protection
    │   ├── PurgedVersionError          not_found.purged
    │   ├── RunNotFoundError            not_found.run
    │   ├── SweepNotFoundError          not_found.sweep
    │   └── TypeNotFoundError           not_found.type
    ├── ConflictError
    │   ├── AliasedVersionError         conflict.aliased_version
    │   ├── CollectionKindError         conflict.collection_kind
    │   ├── CollectionNameError         conflict.collection_name
    │   ├── CollectorBusyError          conflict.collector_busy
    │   ├── EntryConflictError          conflict.entry
    │   ├── LastAdminError              conflict.last_admin
    │   ├── LinkedVersionError          conflict.linked_version
    │   ├── ObjectInUseError            conflict.object_in_use
    │   ├── PlanOutdatedError           conflict.plan_outdated
    │   ├── ProtectedAliasError         conflict.protected_alias
    │   ├── RunExistsError              conflict.run_exists
    │   ├── RunHeldError                conflict.run_held
    │   ├── SweepExistsError            conflict.sweep_exists
    │   └── TypeConflictError           conflict.type
    ├── StateError
    │   ├── CollectorLeaseError         state.collector_lease
    │   ├── DraftError                  state.draft
    │   ├── FinalizedError              state.finalized
    │   ├── LinkStateError              state.link
    │   ├── NoRunError                  state.no_run
    │   ├── RequirementError            state.requirement
    │   ├── RunFinishedError            state.run_finished
    │   ├── RunLostError                state.run_lost
    │   ├── SweepLeaseError             state.sweep_lease
    │   ├── SweepStateError             state.sweep
    │   ├── UploadLeaseError            state.upload_lease
    │   ├── VersionStateError           state.version
    │   └── WaitTimeoutError            state.wait_timeout
    ├── IntegrityError
    │   ├── CorruptObjectError          integrity.object
    │   ├── DigestMismatchError         integrity.digest
    │   ├── MissingObjectError          integrity.missing_object
    │   ├── MissingReferenceError       integrity.missing_reference
    │   ├── ReferenceChangedError       integrity.reference_changed
    │   └── VerificationError           integrity.verification
    ├── AccessError
    │   └── AccessDeniedError           access.denied
    └── BackendError
        ├── CatalogError                backend.catalog
        ├── MissingExtraError           backend.missing_extra
        ├── ReferenceBackendError       backend.reference
        └── StorageError                backend.storage

Invariants: codes are stable and only ever added to; every message names the thing at fault, and
every hint names the next step.
"""

from functools import partial
from typing import Any, ClassVar


class HozonError(Exception):
    """Anything that Hozon refuses or fails to do.

    Args:
        message: What is wrong, naming the thing, without a full stop.
        hint: What to do next, as a whole sentence.

    Examples:
        People read the message and the hint, programs read the code.

        ```python
        import hozon

        try:
            hozon.Api().artifact("mnist:v9")
        except hozon.errors.HozonError as error:
            print(error.code)
            #> not_found.artifact
            print(error.message)
            #> There is no version v9 of ada/digits/mnist
            print(error.hint)
            #> The newest versions are v2, v1, v0.
        ```
    """

    code: ClassVar[str] = "hozon"
    """The stable, machine-readable name of this kind of error."""

    message: str
    """What is wrong."""

    hint: str
    """What to do next."""

    def __init__(self, message: str, *, hint: str) -> None:
        """Keep the two halves apart, so that an interface may show them apart."""
        super().__init__(f"{message}. {hint}")
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive copying and the way from one process to another, with both halves."""
        return partial(type(self), self.message, hint=self.hint), (), self.__dict__


class InputError(HozonError):
    """An argument that can never be accepted as it is.

    Examples:
        A misspelt key is named, and so are the right ones.

        ```python
        import hozon

        try:
            hozon.Api(overrides={"team": "vision"})
        except hozon.errors.InputError as error:
            print(error)
            #> overrides has the unknown key 'team'. Known keys are entity, project.
        ```
    """

    code = "input"


class InvalidAccessError(InputError):
    """A visibility, a role or a question about access that there is not.

    Examples:
        The hint lists what there is.

        ```python
        import hozon

        try:
            hozon.Api().audit_log(action="burn")
        except hozon.errors.InvalidAccessError as error:
            print(error.message)
            #> There is no action 'burn' in the audit log
            print(error.hint.split(", ")[:3])
            #> ['Choose one of create', 'alias', 'unalias']
        ```
    """

    code = "input.access"


class InvalidNameError(InputError):
    """A name of an entity, project, artifact, type, run or sweep that breaks the rules.

    Examples:
        A space would not survive in a path.

        ```python
        import hozon

        try:
            hozon.Artifact("mnist digits", type="dataset")
        except hozon.errors.InvalidNameError as error:
            print(error.message)
            #> The artifact name 'mnist digits' holds ' '
            print(error.hint)
            #> Use 1 to 128 letters, digits, '_', '.' or '-'.
        ```
    """

    code = "input.name"


class InvalidPathError(InputError):
    """A path such as `entity/project/name:alias` with missing or surplus parts.

    Examples:
        The version follows a colon, not a slash.

        ```python
        import hozon

        try:
            hozon.Api().artifact("ada/digits/mnist/v0")
        except hozon.errors.InvalidPathError as error:
            print(error.message)
            #> The path 'ada/digits/mnist/v0' has 4 parts, 1 too many
            print(error.hint)
            #> Give [[entity/]project/]name.
        ```
    """

    code = "input.path"


class InvalidPlanError(InputError):
    """A file that holds no delete plan, or one that is not whole.

    Examples:
        A plan says what it is; anything else is refused before it is acted upon.

        ```python
        from pathlib import Path

        import hozon

        Path("plan.json").write_text("{}")
        try:
            hozon.Api().load_plan("plan.json")
        except hozon.errors.InvalidPlanError as error:
            print(error.message)
            #> plan.json is no delete plan
            print(error.hint)
            #> Save the plan again, or name a file that a plan was saved to.
        ```
    """

    code = "input.plan"


class InvalidAliasError(InputError):
    """An alias that could not be told from a version, or would break a path.

    Examples:
        `v7` is always a version.

        ```python
        import hozon

        artifact = hozon.Api().artifact("mnist:v1")
        try:
            artifact.aliases = ["v7"]
        except hozon.errors.InvalidAliasError as error:
            print(error.message)
            #> The alias 'v7' looks like a version
            print(error.hint)
            #> Use 1 to 128 characters without '/' and ':', unlike a version ('v7').
        ```
    """

    code = "input.alias"


class InvalidEntryPathError(InputError):
    """A path inside an artifact that is absolute, climbs out, or names nothing.

    Examples:
        A file stays inside the artifact, and inside the folder of a download.

        ```python
        from pathlib import Path

        import hozon

        Path("labels.csv").write_text("0001.png,7")
        artifact = hozon.Artifact("mnist", type="dataset")
        try:
            artifact.add_file("labels.csv", name="../labels.csv")
        except hozon.errors.InvalidEntryPathError as error:
            print(error.message)
            #> The path '../labels.csv' is absolute or has an empty, '.' or '..' part
            print(error.hint)
            #> Use a relative path with '/' between its parts, such as 'images/cat.png'.
        ```
    """

    code = "input.entry_path"


class InvalidFilterError(InputError):
    """A filter or an order of runs with an unknown field or operator, or a wrong operand.

    Examples:
        The hint lists what is known.

        ```python
        import hozon

        try:
            hozon.Api().runs(order="loss")
        except hozon.errors.InvalidFilterError as error:
            print(error.message)
            #> Runs have no field 'loss'
            print(error.hint.split(", ")[:2])
            #> ['The fields are state', 'name']
        ```
    """

    code = "input.filter"


class InvalidMetadataError(InputError):
    """Metadata or configuration that JSON cannot carry, or too much of it.

    Examples:
        JSON has no number for a loss that has diverged.

        ```python
        import hozon

        try:
            hozon.Artifact("tree", type="model", metadata={"loss": float("nan")})
        except hozon.errors.InvalidMetadataError as error:
            print(error.message)
            #> metadata['loss'] is nan
            print(error.hint)
            #> JSON has no NaN and no infinity: use None or text.
        ```
    """

    code = "input.metadata"


class InvalidMediaError(InputError):
    """An image, a sound or another medium that cannot be kept as it is.

    Examples:
        What is scaled, and how, is the caller's to say.

        ```python
        import numpy as np

        import hozon

        try:
            hozon.Image(np.array([[0, 300]]))
        except hozon.errors.InvalidMediaError as error:
            print(error.message)
            #> An array of int64 is no image
            print(error.hint)
            #> Give uint8, bool, or floats of 0 to 1: array.astype('uint8') converts.
        ```
    """

    code = "input.media"


class InvalidTableError(InputError):
    """Rows, columns or cells that a table cannot take.

    Examples:
        The cell is named, with what was expected and what was found.

        ```python
        import hozon

        table = hozon.Table(columns=["image", "label"], data=[["0001.png", 7]])
        try:
            table.add_data("0002.png", "two")
        except hozon.errors.InvalidTableError as error:
            print(error.message)
            #> Row 1, column 'label': expected number, found string ('two')
        print(len(table))
        #> 1
        ```
    """

    code = "input.table"


class InvalidSweepError(InputError):
    """A sweep configuration with a missing, unknown or malformed key.

    Examples:
        A method that is not there is answered with those that are.

        ```python
        import hozon

        try:
            hozon.sweep({"method": "gird"})
        except hozon.errors.InvalidSweepError as error:
            print(error)
            #> method is 'gird'. Use 'grid', 'random' or 'bayes'.
        ```
    """

    code = "input.sweep"


class InvalidReferenceError(InputError):
    """A URI that cannot be taken for a reference, or behind which there is nothing.

    Examples:
        A typing error is found before anything is logged.

        ```python
        import hozon

        artifact = hozon.Artifact("mnist", type="dataset")
        try:
            artifact.add_reference("/data/mnist.csv")
        except hozon.errors.InvalidReferenceError as error:
            print(error.message)
            #> The reference '/data/mnist.csv' has no scheme
            print(error.hint)
            #> For a local file, give pathlib.Path(…).absolute().as_uri().
        print(artifact.file_count)
        #> 0
        ```
    """

    code = "input.reference"


class InvalidRetentionError(InputError):
    """A retention policy with a rule that cannot be meant, or without any rule.

    Examples:
        A policy without a rule would delete everything.

        ```python
        import hozon

        try:
            hozon.RetentionPolicy(keep_aliased=False, keep_linked=False)
        except hozon.errors.InvalidRetentionError as error:
            print(error.message)
            #> The retention policy has no rule and would keep nothing
        ```
    """

    code = "input.retention"


class InvalidSettingError(InputError):
    """An environment variable or configuration file entry that cannot be used.

    Examples:
        Settings are judged by the first call that needs them.

        ```python
        import os

        import hozon

        os.environ["HOZON_STORAGE_URL"] = "ftp://files.example.com"
        try:
            hozon.Api().run("train-model")
        except hozon.errors.InvalidSettingError as error:
            print(error.message)
            #> The storage URL 'ftp://files.example.com' is not understood
            print(error.hint)
            #> Set HOZON_STORAGE_URL to file:///folder, s3://bucket/prefix or gs://bucket/prefix.
        ```
    """

    code = "input.setting"


class InvalidTagError(InputError):
    """A tag that is more than words of letters and digits.

    Examples:
        A comma would be read as the end of a tag.

        ```python
        import hozon

        artifact = hozon.Artifact("mnist", type="dataset")
        try:
            artifact.tags = ["small, clean"]
        except hozon.errors.InvalidTagError as error:
            print(error.message)
            #> The tag 'small, clean' is more than words and spaces
            print(error.hint)
            #> Use 1 to 128 letters, digits, '_' or '-', and single spaces between words.
        print(artifact.name, artifact.tags)
        #> mnist []
        ```
    """

    code = "input.tag"


class InvalidTtlError(InputError):
    """A time to live that is no span of time, or one that cannot be meant.

    Examples:
        The unit of a bare number is anybody's guess.

        ```python
        import hozon

        artifact = hozon.Artifact("mnist", type="dataset")
        try:
            artifact.ttl = 30
        except hozon.errors.InvalidTtlError as error:
            print(error.message)
            #> The TTL 30 is of type int
        ```
    """

    code = "input.ttl"


class SourceFileError(InputError):
    """A local file or folder that is missing, unreadable, or not of the expected kind.

    Examples:
        Nothing is added when the file is not there.

        ```python
        import hozon

        artifact = hozon.Artifact("mnist", type="dataset")
        try:
            artifact.add_file("labels.csv")
        except hozon.errors.SourceFileError as error:
            print(error.message)
            #> 'labels.csv' cannot be read (No such file or directory)
            print(error.hint)
            #> Check that the path is right and that you may read it.
        print(artifact.file_count)
        #> 0
        ```
    """

    code = "input.source_file"


class TooManyObjectsError(InputError):
    """More objects than one call may refer to; none of them is recorded.

    Examples:
        A prefix that is too short may stand for millions of objects.

        ```python
        from pathlib import Path

        import hozon

        folder = Path("images").absolute()
        folder.mkdir()
        for number in range(3):
            (folder / f"{number}.png").touch()

        artifact = hozon.Artifact("mnist", type="dataset")
        try:
            artifact.add_reference(folder.as_uri(), max_objects=2)
        except hozon.errors.TooManyObjectsError as error:
            print(error.hint)
            #> Pass max_objects=… with a larger number than 2, or add prefixes one by one.
        print(artifact.file_count)
        #> 0
        ```
    """

    code = "input.too_many_objects"


class NotFoundError(HozonError):
    """A well-formed name behind which there is nothing.

    Examples:
        Catch the group where it does not matter what is missing.

        ```python
        import hozon

        api = hozon.Api()
        for name in ("mnist:v9", "letters:latest"):
            try:
                api.artifact(name)
            except hozon.errors.NotFoundError as error:
                print(error.code)
                #> not_found.artifact
                #> not_found.collection
        ```
    """

    code = "not_found"


class ArtifactNotFoundError(NotFoundError):
    """No committed version answers to this path.

    Examples:
        The hint lists what there is instead.

        ```python
        import hozon

        try:
            hozon.Api().artifact("mnist:final")
        except hozon.errors.ArtifactNotFoundError as error:
            print(error.message)
            #> No version of ada/digits/mnist has the alias 'final'
            print(error.hint)
            #> Aliases in use are candidate, latest, reviewed.
        ```
    """

    code = "not_found.artifact"


class CollectionNotFoundError(NotFoundError):
    """No collection has this name, or none of this type.

    Examples:
        A collection of another type is not what was asked for.

        ```python
        import hozon

        try:
            hozon.Api().artifact_collection("model", "mnist")
        except hozon.errors.CollectionNotFoundError as error:
            print(error.message)
            #> ada/digits/mnist holds artifacts of type 'dataset', not 'model'
            print(error.hint)
            #> Ask for type 'dataset'.
        ```
    """

    code = "not_found.collection"


class EntryNotFoundError(NotFoundError, KeyError):
    """A file of an artifact that is not in it. It is a kind of `KeyError`, as published.

    Examples:
        The message names the artifact, the hint some of what it has.

        ```python
        import hozon

        artifact = hozon.Api().artifact("mnist:v0")
        try:
            artifact.get_entry("images.csv")
        except KeyError as error:
            print(error)
            #> mnist:v0 has no file 'images.csv'. It has labels.csv, splits/train.txt.
        ```
    """

    code = "not_found.entry"

    def __str__(self) -> str:
        """Show the message; `KeyError` would show it as a Python literal."""
        return str(self.args[0])


class MemberNotFoundError(NotFoundError):
    """Nobody of this name belongs to the team.

    Examples:
        One who was never added cannot be removed.

        ```python
        import hozon

        try:
            hozon.Api().team("ada").remove_member("grace")
        except hozon.errors.MemberNotFoundError as error:
            print(error.message)
            #> grace is no member of ada
            print(error.hint)
            #> List the members with: hozon team ls ada
        ```
    """

    code = "not_found.member"


class ObjectNotFoundError(NotFoundError):
    """Nothing that is stored, or once was, has this digest.

    Examples:
        Ask with the digest that an entry of an artifact shows.

        ```python
        import hozon

        try:
            hozon.Api().explain("0123abcd")
        except hozon.errors.ObjectNotFoundError as error:
            print(error.message)
            #> No object has a digest that begins with '0123abcd'
        ```
    """

    code = "not_found.object"


class PageNotFoundError(NotFoundError):
    """No page of the documentation has a world of this name.

    Examples:
        `hozon demo` says the same of a page that is not there.

        ```python
        from hozon.demo import find_scene
        from hozon.errors import PageNotFoundError

        try:
            find_scene("guides/absent")
        except PageNotFoundError as error:
            print(error.code)
            #> not_found.page
            print(error.message)
            #> There is no demo data for a page 'guides/absent'
        ```
    """

    code = "not_found.page"


class ProjectNotFoundError(NotFoundError):
    """There is no such project, or it is private and not for whoever asks: both look the same.

    Examples:
        A project is made by the first run, or by `Api.create_project`.

        ```python
        import hozon

        api = hozon.Api()
        try:
            api.from_path("ada/letters")
        except hozon.errors.ProjectNotFoundError as error:
            print(error.message)
            #> There is no project ada/letters
        api.create_project("letters")
        print(api.from_path("ada/letters"))
        #> <Project ada/letters>
        ```

        Somebody who is not of the team cannot even tell that it is there.

        ```python
        import os

        import hozon

        hozon.Api().create_project("letters")
        hozon.Api().team("ada").add_member("grace")
        os.environ["HOZON_USER"] = "guest"
        try:
            hozon.Api().from_path("ada/letters")
        except hozon.errors.ProjectNotFoundError as error:
            print(error.message)
            #> There is no project ada/letters
        ```
    """

    code = "not_found.project"


class ProtectionNotFoundError(NotFoundError):
    """An alias is not protected, so that its protection cannot be lifted.

    Examples:
        The hint lists the aliases that are.

        ```python
        import hozon

        api = hozon.Api()
        api.protect_alias("reviewed")
        try:
            api.unprotect_alias("review")
        except hozon.errors.ProtectionNotFoundError as error:
            print(error.message)
            #> The alias 'review' is not protected in ada/digits
            print(error.hint)
            #> Check the spelling and the project. Protected there: reviewed.
        ```
    """

    code = "not_found.protection"


class PurgedVersionError(NotFoundError):
    """A version whose bytes were given up: it was deleted, and not restored in time.

    Its number stays taken. The bytes may still be in the trash of the store, or among the old
    versions of the bucket.

    Examples:
        Without a window to restore it in, the next garbage collection purges what is deleted.

        ```python
        import os

        import hozon

        os.environ["HOZON_RESTORE_WINDOW"] = "0s"
        api = hozon.Api()
        artifact = api.artifact("mnist:v1")
        artifact.delete()
        print(api.collect_garbage().versions_purged)
        #> 1
        try:
            artifact.restore()
        except hozon.errors.PurgedVersionError as error:
            print(error.message.partition(" at ")[0])
            #> ada/digits/mnist:v1 was purged
        ```
    """

    code = "not_found.purged"


class RunNotFoundError(NotFoundError):
    """No run has this path.

    Examples:
        Ids are those of one project.

        ```python
        import hozon

        try:
            hozon.Api(overrides={"project": "letters"}).run("train-model")
        except hozon.errors.RunNotFoundError as error:
            print(error.message)
            #> There is no run ada/letters/train-model
            print(error.hint)
            #> List the runs of the project with Api().runs().
        ```
    """

    code = "not_found.run"


class SweepNotFoundError(NotFoundError):
    """No sweep has this path.

    Examples:
        An agent needs a sweep that exists.

        ```python
        import hozon

        try:
            hozon.agent("depth-search", print)
        except hozon.errors.SweepNotFoundError as error:
            print(error.message)
            #> There is no sweep ada/digits/depth-search
            print(error.hint)
            #> Use the id that hozon.sweep returned.
        ```
    """

    code = "not_found.sweep"


class TypeNotFoundError(NotFoundError):
    """No collection of the project holds artifacts of this type.

    Examples:
        The hint lists the types that there are.

        ```python
        import hozon

        try:
            hozon.Api().artifact_type("checkpoint")
        except hozon.errors.TypeNotFoundError as error:
            print(error.message)
            #> ada/digits has no artifacts of type 'checkpoint'
            print(error.hint)
            #> Its types are dataset, model.
        ```
    """

    code = "not_found.type"


class ConflictError(HozonError):
    """Something else stands in the way of a call that is right in itself.

    Examples:
        Delete what may go, and say what stays.

        ```python
        import hozon

        api = hozon.Api()
        for version in api.artifacts("dataset", "mnist"):
            try:
                version.delete()
            except hozon.errors.ConflictError as error:
                print(error.message)
                #> ada/digits/mnist:v2 has the aliases candidate, latest
                #> ada/digits/mnist:v0 has the aliases reviewed
        print(len(api.artifacts("dataset", "mnist")))
        #> 2
        ```
    """

    code = "conflict"


class AliasedVersionError(ConflictError):
    """A version cannot be deleted while aliases point at it.

    Examples:
        An alias usually means that somebody relies on the version.

        ```python
        import hozon

        artifact = hozon.Api().artifact("classifier:baseline")
        try:
            artifact.delete()
        except hozon.errors.AliasedVersionError as error:
            print(error.message)
            #> ada/digits/classifier:v0 has the aliases baseline
            print(error.hint)
            #> Pass delete_aliases=True to delete it together with them.
        ```
    """

    code = "conflict.aliased_version"


class CollectionKindError(ConflictError):
    """The collection is a portfolio where logged versions belong, or the other way round.

    Examples:
        What is logged and what is linked never share a name.

        ```python
        import hozon

        model = hozon.Api().artifact("classifier:production")
        try:
            model.link("sweep-classifier")
        except hozon.errors.CollectionKindError as error:
            print(error.message)
            #> ada/digits/sweep-classifier holds logged versions and takes no links
            print(error.hint)
            #> Link to another name; the first link to a free name makes a portfolio.
        ```
    """

    code = "conflict.collection_kind"


class CollectionNameError(ConflictError):
    """Another collection has the name, or had it.

    Examples:
        A collection that was renamed keeps its old name for itself.

        ```python
        import hozon

        api = hozon.Api()
        collection = api.artifact_collection("model", "sweep-classifier")
        collection.name = "search"
        collection.save()
        other = api.artifact_collection("model", "classifier")
        other.name = "sweep-classifier"
        try:
            other.save()
        except hozon.errors.CollectionNameError as error:
            print(error.message.partition(",")[0])
            #> ada/digits/sweep-classifier has been renamed to ada/digits/search
            print(error.hint)
            #> Use 'search', or another name that no collection has had.
        ```
    """

    code = "conflict.collection_name"


class CollectorBusyError(ConflictError):
    """Another collector of garbage is at work; there is one at a time."""

    code = "conflict.collector_busy"


class EntryConflictError(ConflictError):
    """Another file with other content already has this path in the artifact.

    Examples:
        Two files cannot share a name.

        ```python
        from pathlib import Path

        import hozon

        artifact = hozon.Artifact("mnist", type="dataset")
        for split in ("train", "test"):
            Path(f"{split}.csv").write_text(split)
        artifact.add_file("train.csv", name="labels.csv")
        try:
            artifact.add_file("test.csv", name="labels.csv")
        except hozon.errors.EntryConflictError as error:
            print(error.message)
            #> The artifact 'mnist' has other content at 'labels.csv' already
            print(error.hint)
            #> Use another name, or overwrite=True for a file and merge=True for a folder.
        print(artifact.size)
        #> 5
        ```
    """

    code = "conflict.entry"


class LastAdminError(ConflictError):
    """The last admin of a team would go, and nobody could decide over it any more.

    Examples:
        Whoever adds the first member becomes an admin, and stays one until there is another.

        ```python
        import hozon

        team = hozon.Api().team("ada")
        team.add_member("grace", role="viewer")
        try:
            team.remove_member("ada")
        except hozon.errors.LastAdminError as error:
            print(error.message)
            #> ada is the last admin of ada
            print(error.hint)
            #> Make somebody else an admin first: hozon team add ada USER --role admin
        ```
    """

    code = "conflict.last_admin"


class LinkedVersionError(ConflictError):
    """A version cannot be deleted while links lead to it.

    Examples:
        A link usually means that somebody else relies on the version.

        ```python
        import hozon

        artifact = hozon.Api().artifact("mnist:v1")
        artifact.link("team-datasets")
        try:
            artifact.delete()
        except hozon.errors.LinkedVersionError as error:
            print(error.message)
            #> ada/digits/mnist:v1 has the links ada/digits/team-datasets:v0
            print(error.hint)
            #> Pass force_links=True to delete it together with them.
        ```
    """

    code = "conflict.linked_version"


class ObjectInUseError(ConflictError):
    """The bytes of an object cannot be erased while versions or uploads need them.

    Examples:
        The message lists versions that have it.

        ```python
        import hozon

        api = hozon.Api()
        entry = api.artifact("mnist:v0").get_entry("labels.csv")
        try:
            api.erase(entry.digest)
        except hozon.errors.ObjectInUseError as error:
            print(error.message.partition("… ")[2])
            #> is still needed. Versions: 1 (ada/digits/mnist:v0). Uploads: 0
            print(error.hint)
            #> Delete and erase those versions first, and let the uploads end.
        ```
    """

    code = "conflict.object_in_use"


class PlanOutdatedError(ConflictError):
    """A delete plan cannot be executed, because what it names has changed since.

    Examples:
        An alias that somebody gave meanwhile protects the version, and stops the plan.

        ```python
        import hozon

        api = hozon.Api()
        plan = api.plan_delete("mnist")
        artifact = api.artifact("mnist:v1")
        artifact.aliases.append("final")
        artifact.save()
        try:
            plan.execute()
        except hozon.errors.PlanOutdatedError as error:
            print(error.message)
            #> The plan is outdated: ada/digits/mnist:v1 has the aliases final instead of none
            print(error.hint)
            #> This call deleted nothing. Make a new plan and look at it.
        print(artifact.state)
        #> COMMITTED
        ```
    """

    code = "conflict.plan_outdated"


class ProtectedAliasError(ConflictError):
    """A protected alias would move, or would go with its version.

    Examples:
        The version under a protected alias stays what it is.

        ```python
        import hozon

        api = hozon.Api()
        api.protect_alias("production")
        try:
            api.artifact("classifier:production").delete(delete_aliases=True)
        except hozon.errors.ProtectedAliasError as error:
            print(error.message)
            #> ada/digits/classifier:v1 has the protected alias 'production'
        print(api.artifact("classifier:production").state)
        #> COMMITTED
        ```
    """

    code = "conflict.protected_alias"


class RunExistsError(ConflictError):
    """A run with this id exists already.

    Examples:
        An id is taken for good, also when its run has ended.

        ```python
        import hozon

        try:
            hozon.init(id="train-model")
        except hozon.errors.RunExistsError as error:
            print(error.message)
            #> There is a run ada/digits/train-model already
            print(error.hint)
            #> Choose another id or leave id out; resume='must' goes on with the run.
        ```
    """

    code = "conflict.run_exists"


class RunHeldError(ConflictError):
    """A process still works on this run, so that no other can go on with it."""

    code = "conflict.run_held"


class SweepExistsError(ConflictError):
    """A sweep with this id exists already.

    Examples:
        An id is taken for good.

        ```python
        import hozon

        config = {
            "method": "grid",
            "metric": {"name": "loss"},
            "parameters": {"depth": {"values": [2, 4]}},
        }
        try:
            hozon.sweep(config, id="lr-search")
        except hozon.errors.SweepExistsError as error:
            print(error.message)
            #> There is a sweep ada/digits/lr-search already
            print(error.hint)
            #> Choose another id, or leave id out.
        ```
    """

    code = "conflict.sweep_exists"


class TypeConflictError(ConflictError):
    """The collection has another type: a collection has one type for good.

    Examples:
        A dataset is not taken for a model.

        ```python
        import hozon

        try:
            hozon.Api().artifact("mnist:reviewed", type="model")
        except hozon.errors.TypeConflictError as error:
            print(error.message)
            #> ada/digits/mnist:reviewed is of type 'dataset', not 'model'
            print(error.hint)
            #> Leave the type out, or name the right one.
        ```
    """

    code = "conflict.type"


class StateError(HozonError):
    """A call that comes too early or too late.

    Examples:
        Metrics belong to a run, and none is going on.

        ```python
        import hozon

        try:
            hozon.log({"loss": 0.42})
        except hozon.errors.StateError as error:
            print(error.code)
            #> state.no_run
        ```
    """

    code = "state"


class CollectorLeaseError(StateError):
    """A collector of garbage was silent for so long that it counts as gone; it stopped."""

    code = "state.collector_lease"


class DraftError(StateError):
    """The artifact has not been logged yet, or its logging has not finished.

    Examples:
        It is raised as `hozon.ArtifactNotLoggedError`.

        ```python
        import hozon

        artifact = hozon.Artifact("mnist", type="dataset")
        try:
            artifact.logged_by()
        except hozon.errors.DraftError as error:
            print(type(error).__name__, error.code)
            #> ArtifactNotLoggedError state.draft
        ```
    """

    code = "state.draft"


class FinalizedError(StateError):
    """The content is frozen: the artifact has been finalized or logged.

    Examples:
        It is raised as `hozon.ArtifactFinalizedError`.

        ```python
        import hozon

        artifact = hozon.Api().artifact("mnist:v0")
        try:
            artifact.add_file("labels.csv")
        except hozon.errors.FinalizedError as error:
            print(type(error).__name__, error.code)
            #> ArtifactFinalizedError state.finalized
        ```
    """

    code = "state.finalized"


class LinkStateError(StateError):
    """The call is for a link and this version is none, or the other way round.

    Examples:
        A version is deleted, a link is unlinked.

        ```python
        import hozon

        try:
            hozon.Api().artifact("mnist:v1").unlink()
        except hozon.errors.LinkStateError as error:
            print(error.message)
            #> ada/digits/mnist:v1 is no link and cannot be unlinked
            print(error.hint)
            #> Look the link up in its portfolio; delete() deletes a version.
        ```
    """

    code = "state.link"


class NoRunError(StateError):
    """The call needs an active run, and there is none.

    Examples:
        Using a version is recorded for a run.

        ```python
        import hozon

        try:
            hozon.use_artifact("mnist:reviewed")
        except hozon.errors.NoRunError as error:
            print(error.message)
            #> hozon.use_artifact needs a run, and none is going on
            print(error.hint)
            #> Begin one: with hozon.init() as run: …
        ```
    """

    code = "state.no_run"


class RequirementError(StateError):
    """Something that must hold before garbage may be collected does not, or cannot be told.

    Examples:
        Whoever looks after an installation of their own has to switch garbage collection on.

        ```python
        import os

        import hozon

        os.environ["HOZON_DEPLOYMENT"] = "customer-managed-cloud"
        try:
            hozon.Api().collect_garbage()
        except hozon.errors.RequirementError as error:
            print(error.message)
            #> Collection requires GORILLA_ARTIFACT_GC_ENABLED
            print(error.hint)
            #> Run: export GORILLA_ARTIFACT_GC_ENABLED=true
        ```
    """

    code = "state.requirement"


class RunFinishedError(StateError):
    """The run has ended and records nothing more.

    Examples:
        The run ends with its `with` block.

        ```python
        import hozon

        with hozon.init(id="evaluate") as run:
            run.log({"accuracy": 0.91})
        try:
            run.log({"accuracy": 0.93})
        except hozon.errors.RunFinishedError as error:
            print(error.message)
            #> The run ada/digits/evaluate has finished and cannot log
            print(error.hint)
            #> Begin another run with hozon.init().
        print(run.summary)
        #> {'accuracy': 0.91}
        ```
    """

    code = "state.run_finished"


class RunLostError(StateError):
    """Another process has gone on with the run of this one, which fell silent before."""

    code = "state.run_lost"


class SweepLeaseError(StateError):
    """A point of a sweep went to another agent, because this one was silent for too long."""

    code = "state.sweep_lease"


class SweepStateError(StateError):
    """A sweep has ended, or is being canceled.

    Examples:
        What was stopped is not resumed.

        ```python
        import hozon

        sweep_id = hozon.sweep(
            {"method": "random", "parameters": {"rate": {"min": 0.0, "max": 1.0}}}, id="search"
        )
        sweep = hozon.Api().sweep(sweep_id)
        sweep.stop()
        try:
            sweep.resume()
        except hozon.errors.SweepStateError as error:
            print(error.message)
            #> The sweep ada/digits/search is STOPPED and cannot resume
        ```
    """

    code = "state.sweep"


class UploadLeaseError(StateError):
    """An upload was silent for so long that it was given up."""

    code = "state.upload_lease"


class VersionStateError(StateError):
    """The version is in a state in which this cannot be done to it.

    Examples:
        A version is deleted once.

        ```python
        import hozon

        artifact = hozon.Api().artifact("mnist:v1")
        artifact.delete()
        try:
            artifact.delete()
        except hozon.errors.VersionStateError as error:
            print(error.message)
            #> ada/digits/mnist:v1 is DELETED and cannot be deleted
            print(error.hint)
            #> Its bytes are still kept: bring it back with restore().
        ```
    """

    code = "state.version"


class WaitTimeoutError(StateError, TimeoutError):
    """Logging goes on, but did not end within the time that was given. Also a `TimeoutError`.

    Examples:
        Another program holds the catalog; logging goes on when it lets go.

        ```python
        import os
        import sqlite3
        from contextlib import closing

        import hozon

        path = os.environ["HOZON_CATALOG_URL"].removeprefix("sqlite:///")
        artifact = hozon.Artifact("empty", type="dataset")
        with hozon.init() as run, closing(sqlite3.connect(path)) as other:
            other.execute("BEGIN IMMEDIATE")
            run.log_artifact(artifact)
            try:
                artifact.wait(timeout=0.1)
            except hozon.errors.WaitTimeoutError as error:
                print(error.message)
                #> Logging 'empty' takes longer than 0.1 s
                print(error.hint)
                #> It goes on in the background; call wait() again.
        print(artifact.name)
        #> empty:v0
        ```
    """

    code = "state.wait_timeout"


class IntegrityError(HozonError):
    """Bytes are not what the catalog says they are."""

    code = "integrity"


class CorruptObjectError(IntegrityError):
    """An object file of an artifact that is damaged, or that Hozon did not write.

    Examples:
        A file of such a name is expected to hold a table.

        ```python
        import hozon

        artifact = hozon.Artifact("predictions", type="result")
        with artifact.new_file("scores.table.json") as file:
            file.write("{}")
        artifact.save()
        try:
            artifact.get("scores")
        except hozon.errors.CorruptObjectError as error:
            print(error.code)
            #> integrity.object
            print(error.message)
            #> 'scores.table.json' is written in the unknown format None
        ```
    """

    code = "integrity.object"


class DigestMismatchError(IntegrityError):
    """Stored or fetched bytes have another digest than recorded.

    Examples:
        A file of the store was edited.

        ```python
        import os
        from pathlib import Path

        import hozon

        os.environ["HOZON_STORAGE_URL"] = Path("store").absolute().as_uri()
        artifact = hozon.Artifact("mnist", type="dataset")
        with artifact.new_file("labels.csv") as file:
            file.write("0001.png,7")
        artifact.save()

        (stored,) = (path for path in Path("store").rglob("*") if path.is_file())
        stored.write_text("0001.png,1")
        try:
            artifact.download()
        except hozon.errors.DigestMismatchError as error:
            print(error.message)
            #> The store gave d8568ead47c4… for 'labels.csv' instead of 8707b87a946a…
            print(error.hint)
            #> Try again; if it stays so, the object in the store is damaged.
        ```
    """

    code = "integrity.digest"


class MissingObjectError(IntegrityError):
    """The store no longer holds bytes that a committed version needs.

    Examples:
        The folder of the store was removed.

        ```python
        import os
        import shutil
        from pathlib import Path

        import hozon

        os.environ["HOZON_STORAGE_URL"] = Path("store").absolute().as_uri()
        artifact = hozon.Artifact("mnist", type="dataset")
        with artifact.new_file("labels.csv") as file:
            file.write("0001.png,7")
        artifact.save()

        shutil.rmtree("store")
        try:
            artifact.download()
        except hozon.errors.MissingObjectError as error:
            print(error.code)
            #> integrity.missing_object
            print(error.hint)
            #> Restore the folder from a backup: a version still needs this object.
        ```
    """

    code = "integrity.missing_object"


class MissingReferenceError(IntegrityError):
    """Nothing is any more where a reference points.

    Examples:
        The bytes behind a reference are not kept by Hozon, so they can go.

        ```python
        from pathlib import Path

        import hozon

        labels = Path("labels.csv").absolute()
        labels.write_text("0001.png,7")
        artifact = hozon.Artifact("mnist", type="dataset")
        artifact.add_reference(labels.as_uri())
        artifact.save()

        labels.unlink()
        try:
            artifact.download()
        except hozon.errors.MissingReferenceError as error:
            print(error.code)
            #> integrity.missing_reference
            print(error.hint)
            #> Restore the file, or add the reference again to record what is there now.
        ```
    """

    code = "integrity.missing_reference"


class ReferenceChangedError(IntegrityError):
    """What a reference points at is not what was recorded any more.

    Examples:
        Somebody edited the file; the download says so instead of passing it off as the old one.

        ```python
        from pathlib import Path

        import hozon

        labels = Path("labels.csv").absolute()
        labels.write_text("0001.png,7")
        artifact = hozon.Artifact("mnist", type="dataset")
        artifact.add_reference(labels.as_uri())
        artifact.save()

        labels.write_text("0001.png,1")
        try:
            artifact.download()
        except hozon.errors.ReferenceChangedError as error:
            print(error.code)
            #> integrity.reference_changed
            print(error.hint)
            #> Restore the file, or add the reference again to record what is there now.
        ```
    """

    code = "integrity.reference_changed"


class VerificationError(IntegrityError, ValueError):
    """A local folder that is not what was logged. It is a kind of `ValueError`, as published.

    Examples:
        Every file that is wrong, missing or surplus is named.

        ```python
        from pathlib import Path

        import hozon

        artifact = hozon.Api().artifact("mnist:v0")
        folder = artifact.download()
        Path(folder, "labels.csv").write_text("image,label")
        Path(folder, "notes.txt").write_text("mine")
        try:
            artifact.verify(folder)
        except hozon.errors.VerificationError as error:
            print(error.message)
            #> artifacts/mnist-v0 is not mnist:v0: wrong labels.csv; surplus notes.txt
        ```
    """

    code = "integrity.verification"


class AccessError(HozonError):
    """Something that may not be done by whoever asks; somebody else may."""

    code = "access"


class AccessDeniedError(AccessError):
    """Whoever asks may see the thing, and may not do this with it.

    What may not even be seen looks as if it did not exist; see `NotFoundError`.

    Examples:
        A viewer reads, and changes nothing.

        ```python
        import os

        import hozon

        hozon.Api().team("ada").add_member("grace", role="viewer")
        os.environ["HOZON_USER"] = "grace"
        artifact = hozon.Api().artifact("ada/digits/mnist:v1")
        try:
            artifact.delete()
        except hozon.errors.AccessDeniedError as error:
            print(error.message)
            #> grace is a viewer of ada and may not delete or restore anything in ada/digits
            print(error.hint)
            #> Ask an admin of ada: ada.
        ```
    """

    code = "access.denied"


class BackendError(HozonError):
    """The catalog or the object store failed, or cannot be reached.

    Examples:
        `__cause__` keeps what the system said.

        ```python
        import os
        from pathlib import Path

        import hozon

        Path("catalogs").write_text("a file, where a folder is needed")
        os.environ["HOZON_CATALOG_URL"] = "sqlite:///catalogs/hozon.db"
        try:
            hozon.Api().run("train-model")
        except hozon.errors.BackendError as error:
            print(error.code, repr(error.__cause__))
            #> backend.catalog FileExistsError(17, 'File exists')
        ```
    """

    code = "backend"


class CatalogError(BackendError):
    """The metadata database refused, failed or could not be reached.

    Examples:
        A catalog in memory would be lost with the process.

        ```python
        import os

        import hozon

        os.environ["HOZON_CATALOG_URL"] = "sqlite:///:memory:"
        try:
            hozon.Api().run("train-model")
        except hozon.errors.CatalogError as error:
            print(error.message)
            #> The catalog URL 'sqlite:///:memory:' names no file
            print(error.hint)
            #> Use sqlite:/// followed by the path of a file.
        ```
    """

    code = "backend.catalog"


class MissingExtraError(BackendError):
    """A call needs a library that is not installed."""

    code = "backend.missing_extra"


class ReferenceBackendError(BackendError):
    """What keeps the bytes behind a reference refused, failed or did not answer.

    Examples:
        Nobody listens at this address.

        ```python
        import hozon

        artifact = hozon.Artifact("mnist", type="dataset")
        try:
            artifact.add_reference("http://127.0.0.1:1/labels.csv")
        except hozon.errors.ReferenceBackendError as error:
            print(error.message)
            #> Asking for 'http://127.0.0.1:1/labels.csv' failed (NewConnectionError)
            print(error.hint)
            #> Try again; if it stays so, check the address and the network.
        print(artifact.file_count)
        #> 0
        ```
    """

    code = "backend.reference"


class StorageError(BackendError):
    """The object store refused, failed or could not be reached.

    Examples:
        A run that could not store what it logged ends as failed.

        ```python
        import os
        from pathlib import Path

        import hozon

        disk = Path("disk").absolute()
        disk.write_text("a file, where a folder is needed")
        os.environ["HOZON_STORAGE_URL"] = disk.as_uri()
        artifact = hozon.Artifact("mnist", type="dataset")
        with artifact.new_file("labels.csv") as file:
            file.write("0001.png,7")
        try:
            with hozon.init() as run:
                run.log_artifact(artifact)
        except hozon.errors.StorageError as error:
            print(error.code)
            #> backend.storage
        print(run.state)
        #> failed
        ```
    """

    code = "backend.storage"
