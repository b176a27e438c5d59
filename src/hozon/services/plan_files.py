"""Plan files: keep a plan until somebody has looked at it.

Owns what is written and how it is read. Invariant: a file holds a whole plan, or what it held
before.
"""

from pathlib import Path

from hozon.errors import SourceFileError
from hozon.model.plan_files import decode_plan, encode_plan
from hozon.model.plans import DeletePlan
from hozon.services.text_files import save_text


def save_plan(plan: DeletePlan, path: Path) -> None:
    """Write a plan to a file, which replaces one that is there; all of it or nothing.

    Args:
        plan: The plan.
        path: The file; its folder exists.

    Raises:
        SourceFileError: The file cannot be written.
    """
    save_text(encode_plan(plan), path, what="plan")


def load_plan(path: Path) -> DeletePlan:
    """Read a plan from a file.

    Args:
        path: The file.

    Raises:
        SourceFileError: The file is missing or cannot be read.
        InvalidPlanError: It holds no plan, or not a whole one.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceFileError(
            f"The plan {path} cannot be read ({error.strerror})",
            hint="Check the path, and that you may read the file.",
        ) from error
    return decode_plan(content, name=str(path))
