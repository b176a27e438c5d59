"""Delete plans, as the public API offers them: choose, look, then delete.

Owns how a plan is shown. Refuses to own what a plan takes; that is `hozon.model.plans`.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from html import escape
from os import PathLike
from pathlib import Path
from typing import Final

from hozon.model.names import TypeName, check_name
from hozon.model.paths import ProjectPath
from hozon.model.plan_files import encode_plan
from hozon.model.plans import DeletePlan as PlanRecord
from hozon.model.plans import (
    LeftOut,
    PlannedVersion,
    PlanReport,
    PlanRules,
    check_keep_newest,
    cutoff,
    listed,
)
from hozon.model.usage import NamePatterns
from hozon.sdk.session import Session
from hozon.services.plan_files import load_plan, save_plan
from hozon.services.plans import execute_plan, plan_delete

_SHOWN: Final = 50
"""How many versions are shown at most, of those that go and of those that stay."""


class DeletePlan:
    """Versions to delete, to be looked at first. `Api.plan_delete` and `Api.load_plan` return it.

    Nothing is deleted before `execute()`. In a notebook a plan is shown as a table.

    Examples:
        Look at a plan before you execute it.

        ```python
        import hozon

        plan = hozon.Api().plan_delete("mnist", keep_newest=1)
        print(plan)
        #> Delete 1 version of ada/digits; purging frees 52 of 52 bytes
        #>   ada/digits/mnist:v1
        #> Left out: 1 version
        #>   ada/digits/mnist:v0 has the aliases reviewed
        print(plan.project, plan.links, plan.created_at.tzinfo, len(plan.created_by) > 0)
        #> ada/digits () UTC True
        ```
    """

    def __init__(self, session: Session, record: PlanRecord) -> None:
        """Bind a plan to the connections over which it is executed."""
        self._session = session
        self._record = record

    def __repr__(self) -> str:
        """Show the project, and how many versions would go."""
        return f"<DeletePlan {self.project}, {_counted(len(self))}>"

    def __len__(self) -> int:
        """Count the versions that would be deleted."""
        return len(self._record.versions)

    def __str__(self) -> str:
        """Write what would go and what it would free, then what stays and why."""
        return "\n".join(_lines(self._record))

    def _repr_html_(self) -> str:
        """Show it as a table in a notebook."""
        return "".join(_html(self._record))

    @property
    def project(self) -> str:
        """The project, as `entity/project`."""
        return str(self._record.at)

    @property
    def created_at(self) -> datetime:
        """When the plan was made, UTC."""
        return self._record.created_at

    @property
    def created_by(self) -> str:
        """Who made the plan."""
        return self._record.created_by

    @property
    def versions(self) -> Sequence[PlannedVersion]:
        """What would be deleted, in this order."""
        return self._record.versions

    @property
    def left_out(self) -> Sequence[LeftOut]:
        """What the filters chose and the plan spares, each with the reason."""
        return self._record.left_out

    @property
    def aliases(self) -> Sequence[str]:
        """The aliases that would be lost, each as `entity/project/name:alias`.

        Examples:
            See which names would no longer be found.

            ```python
            import hozon

            plan = hozon.Api().plan_delete("classifier", delete_aliases=True)
            for alias in plan.aliases:
                print(alias)
                #> ada/digits/classifier:baseline
                #> ada/digits/classifier:latest
                #> ada/digits/classifier:production
            ```
        """
        return tuple(
            f"{version.path.collection}:{alias}"
            for version in self._record.versions
            for alias in version.aliases
        )

    @property
    def links(self) -> Sequence[str]:
        """The links that would go along, each as `entity/project/portfolio:v0`."""
        return tuple(str(link) for version in self._record.versions for link in version.links)

    @property
    def size_bytes(self) -> int:
        """The sum of the sizes of the versions, in bytes."""
        return self._record.size_bytes

    @property
    def freed_bytes(self) -> int:
        """What would be freed once all of them are purged, in bytes.

        Only what no other version holds is freed, and no upload that was under way when the plan
        was made.

        Examples:
            What another artifact has, too, is not freed.

            ```python
            import hozon

            api = hozon.Api()
            copy = hozon.Artifact("first-digits", type="dataset")
            copy.add_dir(api.artifact("mnist:v0").download())
            copy.save()
            plan = api.plan_delete("mnist", delete_aliases=True)
            print(plan.size_bytes, plan.freed_bytes)
            #> 156 124
            ```
        """
        return self._record.freed_bytes

    def save(self, path: str | PathLike[str]) -> None:
        """Write the plan to a file, for somebody else to look at, or to execute it later.

        The file is JSON. Taking a version out of the list is fine; the plan then spares it.

        Args:
            path: The file. One that is there is replaced; the folder has to exist.

        Raises:
            SourceFileError: The file cannot be written.

        Examples:
            Save a plan, and execute it another time.

            ```python
            import hozon

            api = hozon.Api()
            api.plan_delete("mnist").save("plan.json")

            plan = api.load_plan("plan.json")
            print(len(plan), plan.execute().deleted)
            #> 1 ('ada/digits/mnist:v1',)
            ```
        """
        save_plan(self._record, Path(path))

    def to_json(self) -> str:
        """Write the plan as `save` does.

        Examples:
            Read the figures with another program.

            ```python
            import json

            import hozon

            plan = hozon.Api().plan_delete("mnist")
            for version in json.loads(plan.to_json())["versions"]:
                print(version["path"], version["size_bytes"])
                #> ada/digits/mnist:v1 52
            ```
        """
        return encode_plan(self._record)

    def execute(self, progress: Callable[[int, int], None] | None = None) -> PlanReport:
        """Soft-delete the versions of the plan, together with their aliases and links.

        Before anything is deleted, all of it is compared with what the plan was made for. After an
        interruption, execute the plan again: what is deleted already counts as done. A version
        that changes while the plan is executed is spared and reported, and the rest goes on.

        Danger:
            Whoever looks one of the versions up by path or alias no longer finds it.

        Args:
            progress: Called after every some hundred versions with how many are done, and how many
                there are.

        Returns:
            What was deleted, what had been, and what was spared and why.

        Raises:
            PlanOutdatedError: Something that the plan names has changed; nothing was deleted.

        Examples:
            Delete what no alias names.

            ```python
            import hozon

            api = hozon.Api()
            report = api.plan_delete("mnist").execute()
            print(report.deleted)
            #> ('ada/digits/mnist:v1',)
            print([version.name for version in api.artifacts("dataset", "mnist")])
            #> ['mnist:v2', 'mnist:v0']
            ```
        """
        return execute_plan(self._session.context, self._record, progress=progress)


class PlansApi:
    """What `Api` offers about deleting many versions."""

    _session: Session
    _default: ProjectPath

    def plan_delete(
        self,
        name: str | Sequence[str] | None = None,
        *,
        project: str = "",
        type_name: str | None = None,
        older_than: timedelta | None = None,
        created_before: datetime | None = None,
        keep_newest: int = 0,
        delete_aliases: bool = False,
        force_links: bool = False,
    ) -> DeletePlan:
        """Choose versions to delete, and tell what that would free; nothing is deleted yet.

        A version is chosen when all that is asked for holds. It is left out, and the plan says so,
        when it has aliases or links that may not go with it, and always when it or a link to it
        stands under a protected alias.

        Args:
            name: The name of a collection, a pattern such as `sweep-*`, or a list of them; None
                for all. Portfolios are never chosen by a pattern.
            project: `[entity/]project`; empty for the default project.
            type_name: What the collections hold, such as `dataset`; None for anything.
            older_than: Only versions of at least this age.
            created_before: Only versions that were begun before, an aware time.
            keep_newest: How many of the newest versions stay in each collection, 0 or more.
            delete_aliases: Whether versions with aliases may go, and their aliases with them.
            force_links: Whether versions with links may go, and the links with them.

        Returns:
            The plan.

        Raises:
            InvalidPathError: The project is malformed.
            InvalidNameError: A name breaks the rules.
            InputError: `older_than`, `created_before` or `keep_newest` makes no sense.
            CollectionNotFoundError: There is no collection of a name that has no wildcard.
            CollectionKindError: A name is that of a portfolio.

        Examples:
            Plan to keep the newest version of each model and what has an alias.

            ```python
            import hozon

            plan = hozon.Api().plan_delete(type_name="model", keep_newest=1)
            for version in plan.versions:
                print("goes:", version.path)
                #> goes: ada/digits/sweep-classifier:v0
                #> goes: ada/digits/sweep-classifier:v1
            for item in plan.left_out:
                print("stays:", item)
                #> stays: ada/digits/classifier:v0 has the aliases baseline
            ```
        """
        context = self._session.context
        rules = PlanRules(
            created_before=cutoff(
                context.catalog.now(), created_before=created_before, older_than=older_than
            ),
            keep_newest=check_keep_newest(keep_newest),
            delete_aliases=delete_aliases,
            force_links=force_links,
        )
        record = plan_delete(
            context,
            ProjectPath.parse(project, default=self._default),
            names=NamePatterns.of(name),
            type_name=None if type_name is None else TypeName(check_name(type_name, kind="type")),
            rules=rules,
        )
        return DeletePlan(self._session, record)

    def load_plan(self, path: str | PathLike[str]) -> DeletePlan:
        """Read a plan that was saved.

        Args:
            path: The file.

        Raises:
            SourceFileError: The file is missing or cannot be read.
            InvalidPlanError: It holds no plan, or not a whole one.

        Examples:
            Look at a plan that somebody else made.

            ```python
            import hozon

            api = hozon.Api()
            api.plan_delete(["mnist", "sweep-*"]).save("plan.json")

            plan = api.load_plan("plan.json")
            print(plan)
            #> Delete 3 versions of ada/digits; purging frees 87 of 87 bytes
            #>   ada/digits/mnist:v1
            #>   ada/digits/sweep-classifier:v0
            #>   ada/digits/sweep-classifier:v1
            #> Left out: 3 versions
            #>   ada/digits/mnist:v0 has the aliases reviewed
            #>   ada/digits/mnist:v2 has the aliases candidate, latest
            #>   ada/digits/sweep-classifier:v2 has the aliases latest
            ```
        """
        return DeletePlan(self._session, load_plan(Path(path)))


def _lines(plan: PlanRecord) -> Iterator[str]:
    """Write a plan for a terminal."""
    yield _summary(plan)
    for version in plan.versions[:_SHOWN]:
        yield f"  {version.path}{_losses(version)}"
    yield from _rest(len(plan.versions))
    if plan.left_out:
        yield f"Left out: {_counted(len(plan.left_out))}"
        yield from (f"  {item}" for item in plan.left_out[:_SHOWN])
        yield from _rest(len(plan.left_out))


def _summary(plan: PlanRecord) -> str:
    """Say in one line what a plan comes to."""
    return (
        f"Delete {_counted(len(plan.versions))} of {plan.at};"
        f" purging frees {plan.freed_bytes:,} of {plan.size_bytes:,} bytes"
    )


def _losses(version: PlannedVersion) -> str:
    """Say what would go with a version."""
    aliases = f", aliases {listed(version.aliases)}" if version.aliases else ""
    links = f", links {listed(version.links)}" if version.links else ""
    return f"{aliases}{links}"


def _rest(count: int) -> Iterator[str]:
    """Say how many are not shown."""
    if count > _SHOWN:
        yield f"  and {count - _SHOWN:,} more"


def _counted(count: int) -> str:
    """Write a number of versions."""
    return f"{count:,} version{'' if count == 1 else 's'}"


def _html(plan: PlanRecord) -> Iterator[str]:
    """Write a plan for a notebook."""
    yield f"<p>{escape(_summary(plan))}</p>"
    yield "<table><thead><tr><th>Version</th><th>Bytes</th><th>Aliases</th><th>Links</th></tr>"
    yield "</thead><tbody>"
    for version in plan.versions[:_SHOWN]:
        names = (listed(values) if values else "" for values in (version.aliases, version.links))
        yield _row(str(version.path), f"{version.size_bytes:,}", *names)
    yield "</tbody></table>"
    yield from (f"<p>{line}</p>" for line in _rest(len(plan.versions)))
    if plan.left_out:
        yield f"<p>Left out: {_counted(len(plan.left_out))}</p><ul>"
        yield from (f"<li>{escape(str(item))}</li>" for item in plan.left_out[:_SHOWN])
        yield "</ul>"
        yield from (f"<p>{line}</p>" for line in _rest(len(plan.left_out)))


def _row(*cells: str) -> str:
    """Write a row of a table."""
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
