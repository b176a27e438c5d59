"""What every catalog must do with the notes of versions, as tests.

Owns the meaning of `hozon.ports.catalog.VersionRecords.describe`; `hozon.testing.catalogs` makes it
part of the contract of a catalog. Refuses to own whose changes win: that is `hozon.model.notes`.
"""

from datetime import timedelta

import pytest

from hozon.model.notes import Notes
from hozon.model.tags import Tag
from hozon.model.ttl import MAX_TTL, MIN_TTL, ArtifactTTL, Ttl
from hozon.ports.catalog import CatalogSession
from hozon.testing.records import LATER, log_version, make_collection


class NoteContract:
    """The part of `hozon.testing.catalogs.CatalogContract` that is about notes."""

    def test_notes_are_replaced(self, session: CatalogSession) -> None:
        """All notes are set together, with the time."""
        version_id = log_version(session, make_collection(session), "a")
        notes = Notes("new", {"a": 1}, (Tag("b"), Tag("c")), timedelta(days=1, microseconds=1))
        session.versions.describe(version_id, notes, now=LATER)
        version = session.versions.get(version_id)
        assert version.notes == notes
        assert version.updated_at == LATER

    @pytest.mark.parametrize("ttl", [None, ArtifactTTL.INHERIT, MIN_TTL, MAX_TTL])
    def test_a_ttl_comes_back_equal(self, session: CatalogSession, ttl: Ttl) -> None:
        """A span, never, and what is inherited are three things."""
        version_id = log_version(session, make_collection(session), "a")
        session.versions.describe(version_id, Notes(None, {}, (), ttl), now=LATER)
        assert session.versions.get(version_id).ttl == ttl
