"""The gate: may garbage be collected here?

Owns the order of asking. Refuses to own the table of requirements; that is the model's. Invariant:
collection waits while a requirement is missing or cannot be told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from hozon.errors import RequirementError
from hozon.model.deployments import Deployment, GateFacts, Requirement, StoreFacts, StoreKind, judge
from hozon.model.names import EntityName
from hozon.ports.versioning import VersionedStore


@dataclass(frozen=True, slots=True)
class GateReport:
    """What collection requires here, and what of it holds."""

    deployment: Deployment
    """The row of the table that was gone by."""

    requirements: Sequence[Requirement]
    """Every requirement, and advice."""

    @property
    def is_open(self) -> bool:
        """Whether collection may run."""
        return not self.missing

    @property
    def missing(self) -> Sequence[Requirement]:
        """What collection waits for."""
        return [each for each in self.requirements if each.missing]

    @property
    def warnings(self) -> Sequence[Requirement]:
        """Advice that was not taken."""
        return [each for each in self.requirements if each.warns]


def check_gate(
    store: VersionedStore,
    *,
    deployment: Deployment,
    switched_on: bool,
    connectors: Mapping[EntityName, VersionedStore],
) -> GateReport:
    """Ask every store whether it keeps what is removed, and hold the answers to the table.

    Args:
        store: Keeps the bytes of all who have no connector.
        deployment: What the settings say that this is.
        switched_on: Whether `GORILLA_ARTIFACT_GC_ENABLED` is `true`.
        connectors: The store of each team that has one of its own.

    Returns:
        What is required, and what of it holds. Failures of stores are part of it.
    """
    facts = GateFacts(
        deployment,
        switched_on=switched_on,
        store=_ask(store),
        connectors=[_ask(each, team=team) for team, each in connectors.items()],
    )
    return GateReport(facts.row, judge(facts))


def require_open(report: GateReport) -> None:
    """Refuse to go on while anything is missing.

    Raises:
        RequirementError: Something is; the hint is the command that fixes it.
    """
    if report.missing:
        names = " and ".join(each.name for each in report.missing)
        fixes = " && ".join(each.fix for each in report.missing if each.fix)
        raise RequirementError(
            f"Collection requires {names}",
            hint=f"Run: {fixes}",
        )


def _ask(store: VersionedStore, *, team: EntityName | None = None) -> StoreFacts:
    """Ask one store."""
    try:
        kind = StoreKind(urlsplit(store.url).scheme)
    except ValueError:
        kind = StoreKind.S3  # More is asked of a bucket than of a folder.
    return StoreFacts(store.url, kind, store.versioning(), team=team)
