"""Deployments: what must be true before garbage may be collected.

Owns the table of requirements, and the judgement whether they hold. Refuses to own how facts are
found out, and collection itself. Invariants: what cannot be told counts as missing; a requirement
that is missing names the command that fixes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from shlex import quote
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote, urlsplit


class Deployment(StrEnum):
    """Who runs Hozon, and where its bytes lie."""

    SHARED_CLOUD = "shared-cloud"
    """A managed cloud that several customers share."""

    SHARED_CLOUD_WITH_CONNECTOR = "shared-cloud-with-connector"
    """The same, with a secure storage connector: bytes of a team lie in a bucket of its own."""

    DEDICATED_CLOUD = "dedicated-cloud"
    """A managed cloud of one customer."""

    DEDICATED_CLOUD_WITH_CONNECTOR = "dedicated-cloud-with-connector"
    """The same, with a secure storage connector."""

    CUSTOMER_MANAGED_CLOUD = "customer-managed-cloud"
    """A cloud that the customer runs."""

    CUSTOMER_MANAGED_ON_PREMISES = "customer-managed-on-premises"
    """Machines of the customer."""

    EMBEDDED = "embedded"
    """No service at all: the library with a catalog and a store. This is the default."""


class StoreKind(StrEnum):
    """What keeps bytes, by the scheme of its URL."""

    LOCAL = "file"
    """A folder, which has a trash."""

    S3 = "s3"
    """A bucket of S3, or of a store that speaks its protocol."""

    GOOGLE = "gs"
    """A bucket of Google Cloud Storage."""

    AZURE = "az"
    """A container of Azure, of which soft delete counts as versioning."""


class Need(StrEnum):
    """What a deployment may require."""

    SWITCH = "GORILLA_ARTIFACT_GC_ENABLED"
    """The environment variable of this name is `true`."""

    VERSIONING = "bucket versioning"
    """The store keeps what is removed, so that a mistake can be undone."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one kind of deployment requires: a row of the table."""

    title: str
    """The kind, in words."""

    switch: bool
    """Whether `GORILLA_ARTIFACT_GC_ENABLED=true` is required."""

    versioning: bool
    """Whether bucket versioning is required."""


TABLE: Final[Mapping[Deployment, Row]] = MappingProxyType(
    {
        Deployment.SHARED_CLOUD: Row("shared cloud", switch=False, versioning=False),
        Deployment.SHARED_CLOUD_WITH_CONNECTOR: Row(
            "shared cloud with secure storage connector", switch=False, versioning=True
        ),
        Deployment.DEDICATED_CLOUD: Row("dedicated cloud", switch=False, versioning=False),
        Deployment.DEDICATED_CLOUD_WITH_CONNECTOR: Row(
            "dedicated cloud with secure storage connector", switch=False, versioning=True
        ),
        Deployment.CUSTOMER_MANAGED_CLOUD: Row(
            "customer-managed cloud", switch=True, versioning=True
        ),
        Deployment.CUSTOMER_MANAGED_ON_PREMISES: Row(
            "customer-managed on-premises", switch=True, versioning=True
        ),
        Deployment.EMBEDDED: Row("embedded", switch=False, versioning=True),
    }
)
"""Requirements by kind of deployment; the embedded one needs no versioning where bytes lie in a
folder.

Source:
    The published documentation of W&B on deleting artifacts, but for the last row, which is ours.
"""

_WITH_CONNECTOR: Final[Mapping[Deployment, Deployment]] = MappingProxyType(
    {
        Deployment.SHARED_CLOUD: Deployment.SHARED_CLOUD_WITH_CONNECTOR,
        Deployment.DEDICATED_CLOUD: Deployment.DEDICATED_CLOUD_WITH_CONNECTOR,
    }
)
_WITHOUT_EXPIRY: Final = "expiry of old versions"
_DAYS: Final = 30  # As long as the local store keeps its trash, unless the settings say otherwise.


@dataclass(frozen=True, slots=True)
class BucketVersioning:
    """Whether a store keeps what is removed."""

    enabled: bool | None
    """Whether it does; a trash counts as well. None if that cannot be told."""

    expires_old_versions: bool | None
    """Whether it gives that up one day, so that removing frees space at last. None if that cannot
    be told."""

    detail: str
    """What was found, in words, or why it cannot be told."""


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What is known of one store."""

    url: str
    """Where it lies."""

    kind: StoreKind
    """What it is."""

    versioning: BucketVersioning
    """Whether it keeps what is removed."""

    team: str | None = None
    """The team whose secure storage connector it is; None for the store of all others."""


@dataclass(frozen=True, slots=True)
class GateFacts:
    """What is known of an installation."""

    deployment: Deployment
    """What the settings say that it is."""

    switched_on: bool
    """Whether `GORILLA_ARTIFACT_GC_ENABLED` is `true`."""

    store: StoreFacts
    """The store of all who have no connector."""

    connectors: Sequence[StoreFacts] = ()
    """The secure storage connectors."""

    @property
    def row(self) -> Deployment:
        """The row of the table that is meant: a managed cloud with connectors is one with them."""
        if self.connectors:
            return _WITH_CONNECTOR.get(self.deployment, self.deployment)
        return self.deployment

    @property
    def judged(self) -> Sequence[StoreFacts]:
        """The stores whose versioning matters.

        Of a managed cloud with connectors these are the connectors, which the customer owns. Where
        none is configured, the installation serves one team, and its store is the connector.
        """
        if self.connectors and self.row in _WITH_CONNECTOR.values():
            return self.connectors
        return (self.store, *self.connectors)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition, and whether it holds."""

    name: str
    """What is asked for, with the store that is asked."""

    required: bool
    """Whether collection waits for it; otherwise it is advice."""

    met: bool | None
    """Whether it holds; None if that cannot be told."""

    detail: str
    """What was found, in words."""

    fix: str | None
    """The command that fixes it, or that shows why it cannot be told; None if it holds, or need
    not."""

    @property
    def missing(self) -> bool:
        """Whether collection has to wait."""
        return self.required and self.met is not True

    @property
    def warns(self) -> bool:
        """Whether it is advice that was not taken."""
        return not self.required and self.met is not True and self.fix is not None


def requirements(deployment: Deployment, kind: StoreKind) -> frozenset[Need]:
    """Say what a deployment requires of one that has its bytes in such a store."""
    row = TABLE[deployment]
    needs = {Need.SWITCH} if row.switch else set[Need]()
    if row.versioning and (deployment is not Deployment.EMBEDDED or kind is not StoreKind.LOCAL):
        needs.add(Need.VERSIONING)
    return frozenset(needs)


def judge(facts: GateFacts) -> tuple[Requirement, ...]:
    """Hold an installation to the table.

    Returns:
        Each requirement, whether it is one here or not, and advice about old versions.
    """
    found = [_switch(facts)]
    for store in facts.judged:
        found.append(_versioning(facts, store))
        if store.kind is not StoreKind.LOCAL and store.versioning.enabled:
            found.append(_expiry(store))
    return tuple(found)


def _switch(facts: GateFacts) -> Requirement:
    """Judge the environment variable."""
    required = Need.SWITCH in requirements(facts.row, facts.store.kind)
    is_set = "is set to true" if facts.switched_on else "is not set to true"
    return Requirement(
        Need.SWITCH,
        required=required,
        met=facts.switched_on,
        detail=f"The environment variable {is_set}",
        fix=f"export {Need.SWITCH}=true" if required and not facts.switched_on else None,
    )


def _versioning(facts: GateFacts, store: StoreFacts) -> Requirement:
    """Judge whether a store keeps what is removed."""
    required = Need.VERSIONING in requirements(facts.row, store.kind)
    met = store.versioning.enabled
    fix = None
    if required and not met:
        fix = _show_command(store) if met is None else _enable_command(store)
    return Requirement(
        _named(Need.VERSIONING, store),
        required=required,
        met=met,
        detail=store.versioning.detail,
        fix=fix,
    )


def _expiry(store: StoreFacts) -> Requirement:
    """Judge whether old versions go at last; whoever keeps them for ever may want it so."""
    met = store.versioning.expires_old_versions
    said = {
        True: "Old versions expire",
        False: "No rule expires old versions, so that collecting frees no space. The command takes"
        " the place of all rules that the bucket has",
        None: "Whether old versions expire cannot be told; if they do not, collecting frees no"
        " space",
    }
    return Requirement(
        _named(_WITHOUT_EXPIRY, store),
        required=False,
        met=met,
        detail=said[met],
        fix={True: None, False: _expire_command(store), None: _show_command(store)}[met],
    )


def _named(name: str, store: StoreFacts) -> str:
    """Name a requirement with its store."""
    team = f", the connector of {store.team}" if store.team else ""
    return f"{name} of {store.url}{team}"


def _enable_command(store: StoreFacts) -> str:
    """Give the command that makes a store keep what is removed."""
    name = quote(urlsplit(store.url).netloc)
    match store.kind:
        case StoreKind.GOOGLE:
            return f"gcloud storage buckets update gs://{name} --versioning"
        case StoreKind.AZURE:
            return (
                f"az storage account blob-service-properties update --account-name {name}"
                f" --enable-delete-retention true --delete-retention-days {_DAYS}"
            )
        case _:
            return (
                f"aws s3api put-bucket-versioning --bucket {name}"
                " --versioning-configuration Status=Enabled"
            )


def _expire_command(store: StoreFacts) -> str:
    """Give the command that makes a bucket give up old versions."""
    parts = urlsplit(store.url)
    name, prefix = quote(parts.netloc), unquote(parts.path).strip("/")
    if store.kind is StoreKind.GOOGLE:
        rule = (
            '{"rule":[{"action":{"type":"Delete"},'
            f'"condition":{{"isLive":false,"daysSinceNoncurrentTime":{_DAYS}}}}}]}}'
        )
        return (
            f"echo {quote(rule)} > rules.json &&"
            f" gcloud storage buckets update gs://{name} --lifecycle-file=rules.json"
        )
    below = f'{{"Prefix":"{prefix}/"}}' if prefix else "{}"
    rule = (
        f'{{"Rules":[{{"ID":"expire-old-versions","Status":"Enabled","Filter":{below},'
        f'"NoncurrentVersionExpiration":{{"NoncurrentDays":{_DAYS}}},'
        '"Expiration":{"ExpiredObjectDeleteMarker":true}}]}'
    )
    return (
        f"aws s3api put-bucket-lifecycle-configuration --bucket {name}"
        f" --lifecycle-configuration {quote(rule)}"
    )


def _show_command(store: StoreFacts) -> str:
    """Give the command that shows what could not be told, or why."""
    name = quote(urlsplit(store.url).netloc)
    match store.kind:
        case StoreKind.GOOGLE:
            return f"gcloud storage buckets describe gs://{name}"
        case StoreKind.AZURE:
            return f"az storage account blob-service-properties show --account-name {name}"
        case _:
            return (
                f"aws s3api get-bucket-versioning --bucket {name} &&"
                f" aws s3api get-bucket-lifecycle-configuration --bucket {name}"
            )
