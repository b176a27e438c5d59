"""What the public API returns that is a value of its own: reports, plans and explanations.

Owns the list of them, so that programs can name their types. They are made where they are decided.
"""

from hozon.model.access import Member
from hozon.model.audit import AuditRecord
from hozon.model.garbage import CollectReport
from hozon.model.plans import LeftOut, LeftOutReason, PlannedVersion, PlanReport
from hozon.model.protection import ProtectedAlias
from hozon.model.restoring import Restored
from hozon.model.usage import CollectionUsage, VersionUsage
from hozon.sdk.public.garbage import Explanation
from hozon.sdk.public.plans import DeletePlan
from hozon.sdk.public.retaining import RetentionVerdict
from hozon.services.expire import ExpiryReport
from hozon.services.garbage.erase import EraseReport

__all__ = [
    "AuditRecord",
    "CollectReport",
    "CollectionUsage",
    "DeletePlan",
    "EraseReport",
    "ExpiryReport",
    "Explanation",
    "LeftOut",
    "LeftOutReason",
    "Member",
    "PlanReport",
    "PlannedVersion",
    "ProtectedAlias",
    "Restored",
    "RetentionVerdict",
    "VersionUsage",
]
