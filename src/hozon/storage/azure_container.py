"""A container of Azure, of which only its soft delete is asked.

Owns the one question. Refuses to own bytes: there is no object store on it yet. `azure-identity`
finds credentials as it always does.
"""

from typing import TYPE_CHECKING

from azure.core.exceptions import AzureError
from azure.identity import DefaultAzureCredential
from azure.storage.blob import BlobServiceClient

from hozon.model.deployments import BucketVersioning

if TYPE_CHECKING:
    from azure.core.credentials import AzureNamedKeyCredential


class AzureContainer:
    """Says whether a container keeps what is removed: soft delete counts as versioning.

    Args:
        account: The storage account; soft delete is set for all of it.
        container: The container.
        endpoint: Where the account answers; by default in Azure's public cloud.
        credential: What to sign with; by default what `azure-identity` finds.
    """

    def __init__(
        self,
        account: str,
        container: str,
        *,
        endpoint: str | None = None,
        credential: "AzureNamedKeyCredential | None" = None,
    ) -> None:
        """Make a client; nothing is sent yet."""
        self._account = account
        self._container = container
        self._client = BlobServiceClient(
            endpoint or f"https://{account}.blob.core.windows.net",
            credential=credential or DefaultAzureCredential(),
            retry_total=2,
        )

    @property
    def url(self) -> str:
        """The account and the container as a URL."""
        return f"az://{self._account}/{self._container}"

    def versioning(self) -> BucketVersioning:
        """Ask for the properties of the account's service for blobs."""
        try:
            policy = self._client.get_service_properties()["delete_retention_policy"]
        except (AzureError, OSError) as error:
            first = str(error).partition("\n")[0]
            return BucketVersioning(
                enabled=None,
                expires_old_versions=None,
                detail=f"Whether {self._account} keeps deleted blobs cannot be told ({first}); the"
                " role 'Storage Blob Data Owner' or a key of the account is needed",
            )
        if not policy.enabled:
            detail = f"Soft delete of blobs in {self._account} is off"
            return BucketVersioning(enabled=False, expires_old_versions=None, detail=detail)
        return BucketVersioning(
            enabled=True,
            expires_old_versions=True,
            detail=f"Soft delete of blobs in {self._account} keeps them for {policy.days} days",
        )

    def close(self) -> None:
        """Close the client's connections."""
        self._client.close()
