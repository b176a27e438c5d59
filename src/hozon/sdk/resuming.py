"""Resuming by itself: which run was begun last in a folder and has not finished.

Owns the note that says so, a small file in Hozon's own folder. Refuses to own whether the run may
be resumed. Invariant: a note is written whole or not at all.
"""

import hashlib
import json
import os
import secrets
from contextlib import suppress
from pathlib import Path

from hozon.errors import HozonError, StorageError
from hozon.model.names import RunId
from hozon.model.paths import ProjectPath, RunPath
from hozon.model.runs import RunState
from hozon.sdk.session import Session
from hozon.services.runs import find_run


class LastRun:
    """The run that was begun last in a folder, for a project.

    Args:
        session: The settings say where the note is, and the catalog knows the run.
        at: The project.
        folder: The folder of the work.
    """

    def __init__(self, session: Session, at: ProjectPath, folder: Path) -> None:
        """Find the place of the note; nothing is read yet."""
        self._session = session
        self._at = at
        told = f"{at}\0{os.path.realpath(folder)}\0{session.settings.catalog_url}"
        name = hashlib.sha256(told.encode(errors="surrogateescape")).hexdigest()[:32]
        self._note = session.settings.home / "resume" / f"{name}.json"

    def find(self) -> RunId | None:
        """Tell which run to go on with; None when there is none that has not finished.

        Raises:
            CatalogError: The catalog failed.
        """
        try:
            run_id = RunId(str(json.loads(self._note.read_text(encoding="utf-8"))["run"]))
            run = find_run(self._session.context, RunPath(self._at, run_id))
        except (OSError, ValueError, KeyError, TypeError):
            return None  # It is missing, or somebody wrote something else into it.
        except HozonError as error:
            if error.code == "not_found.run":
                return None
            raise
        return None if run.state is RunState.FINISHED else run.id

    def note(self, run_id: RunId) -> None:
        """Remember a run that begins.

        Raises:
            StorageError: The note cannot be written.
        """
        draft = self._note.with_name(f"{self._note.stem}-{secrets.token_hex(4)}.tmp")
        try:
            self._note.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps({"run": run_id}), encoding="utf-8")
            draft.replace(self._note)
        except OSError as error:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise StorageError(
                f"{self._note} cannot be written ({error.strerror or error})",
                hint="Set HOZON_HOME to a folder that is writable, or leave resume='auto' out.",
            ) from error
