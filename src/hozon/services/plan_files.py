"""Plan files: keep a plan until somebody has looked at it.

Owns reading and writing the file. Invariant: a file holds a whole plan, or what it held before.
"""

import secrets
from pathlib import Path

from hozon.errors import SourceFileError
from hozon.model.plan_files import decode_plan, encode_plan
from hozon.model.plans import DeletePlan


def save_plan(plan: DeletePlan, path: Path) -> None:
    """Write a plan to a file, which replaces one that is there; all of it or nothing.

    Args:
        plan: The plan.
        path: The file; its folder exists.

    Raises:
        SourceFileError: The file cannot be written.
    """
    beside = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        beside.write_text(encode_plan(plan), encoding="utf-8", newline="\n")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise SourceFileError(
            f"The plan cannot be saved to {path} ({error.strerror})",
            hint="Name a file in a folder that exists and that you may write to.",
        ) from error
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


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
