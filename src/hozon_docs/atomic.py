"""Writing a file so that nobody ever sees half of it.

Owns the one way in which the tools write a file that was there before. Refuses to know what it
holds.

Invariant: whoever reads the file sees all of the old text or all of the new one, also when the
writer is interrupted.
"""

import os
import tempfile
from pathlib import Path

_READABLE = 0o644


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file, folders above it included.

    Args:
        path: The file. One that exists keeps its mode.
        content: All that it is to hold.

    Raises:
        OSError: It cannot be written; it is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # A temporary file is for its owner alone; a file of the project is for its readers.
        Path(name).chmod(path.stat().st_mode if path.exists() else _READABLE)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
