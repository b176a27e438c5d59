"""What the members, the visibility and the audit log of every catalog must do, as tests.

Owns the meaning of `hozon.ports.access` and `hozon.ports.audit`; `hozon.testing.catalogs` makes it
part of the contract of a catalog. Refuses to own what follows from it: that is
`hozon.model.access`.
"""

from dataclasses import replace

import pytest

from hozon.model.access import Member, Role, Standing, Visibility
from hozon.model.audit import Act, AuditQuery, AuditRecord, Subject
from hozon.model.expiry import TeamTtl
from hozon.model.links import CollectionKind
from hozon.model.names import CollectionName, EntityName, ProjectName, RunId
from hozon.model.paths import CollectionPath
from hozon.model.runs import RunKey
from hozon.model.versions import VersionId
from hozon.ports.catalog import CatalogSession
from hozon.testing.records import (
    ADA,
    AT,
    DATASET,
    ELSEWHERE,
    HOUR,
    LATER,
    NOW,
    log_version,
    make_collection,
    make_run,
    read_all,
)

GRACE = Member(EntityName("grace"), Role.VIEWER, ADA.name, NOW)
"""A member of a team."""

MNIST = Subject(AT.entity, AT.project, CollectionName("mnist"), 3)
"""What something was done to."""


class AccessContract:
    """The part of `hozon.testing.catalogs.CatalogContract` that is about access."""

    def test_a_project_is_private_and_its_entity_nobodys(self, session: CatalogSession) -> None:
        """Whether it exists or not, and so is a team itself."""
        make_collection(session)
        for at in (AT, ELSEWHERE, AT.entity):
            assert session.access.standing(at, ADA.name) == Standing(AT.entity)

    def test_visibility_is_that_of_one_project(self, session: CatalogSession) -> None:
        """It is made if need be; another project, and the team, stay as they were."""
        session.access.set_visibility(AT, Visibility.OPEN, now=NOW)
        session.access.set_visibility(AT, Visibility.PUBLIC, now=LATER)
        assert session.access.standing(AT, ADA.name).visibility is Visibility.PUBLIC
        assert session.access.standing(ELSEWHERE, ADA.name).visibility is Visibility.PRIVATE
        assert session.access.standing(AT.entity, ADA.name).visibility is Visibility.PRIVATE
        assert session.counts().projects == 1

    def test_a_role_is_that_of_one_member_of_one_team(self, session: CatalogSession) -> None:
        """Others have none, but learn that there are members."""
        session.access.set_member(AT.entity, GRACE)
        assert session.access.standing(AT, GRACE.name) == Standing(
            AT.entity, role=Role.VIEWER, is_claimed=True
        )
        assert session.access.standing(AT, ADA.name) == Standing(AT.entity, is_claimed=True)
        vision = EntityName("vision")
        assert session.access.standing(vision, GRACE.name) == Standing(vision)

    def test_a_standing_tells_whether_members_may_set_ttl(self, session: CatalogSession) -> None:
        """Unless a team says no, they may."""
        session.retention.set_team_ttl(AT.entity, TeamTtl(members_may_set_ttl=False))
        assert not session.access.standing(AT, ADA.name).members_may_set_ttl

    def test_members_are_sorted_and_have_one_role(self, session: CatalogSession) -> None:
        """By code points; another role replaces the one before, with who gave it and when."""
        assert session.access.members(AT.entity) == []
        for name in ("b", "a", "B"):
            session.access.set_member(AT.entity, replace(GRACE, name=EntityName(name)))
        later = Member(EntityName("a"), Role.ADMIN, EntityName("b"), LATER)
        session.access.set_member(AT.entity, later)
        found = session.access.members(AT.entity)
        assert [member.name for member in found] == ["B", "a", "b"]
        assert found[1] == later

    def test_a_member_is_removed_once(self, session: CatalogSession) -> None:
        """From one team; the others stay."""
        session.access.set_member(AT.entity, GRACE)
        session.access.set_member(EntityName("vision"), GRACE)
        assert session.access.remove_member(AT.entity, GRACE.name)
        assert not session.access.remove_member(AT.entity, GRACE.name)
        assert session.access.members(EntityName("vision")) == [GRACE]

    def test_runs_are_found_by_key(self, session: CatalogSession) -> None:
        """Deleted ones, too; an unknown key leads nowhere."""
        run = make_run(session, "train")
        assert session.access.project_of_run(run.key) == AT
        session.runs.delete(run.key, now=LATER)
        assert session.access.project_of_run(run.key) == AT
        assert session.access.project_of_run(RunKey(run.key + 1)) is None

    def test_versions_are_found_by_key(self, session: CatalogSession) -> None:
        """A link is in its own project, and shows what is in that of its source."""
        version = log_version(session, make_collection(session), "a")
        path = CollectionPath(ELSEWHERE, CollectionName("best"))
        portfolio = session.collections.ensure(
            path, type_name=DATASET, now=NOW, kind=CollectionKind.PORTFOLIO
        )
        source = session.versions.get(version)
        link = session.links.add(portfolio.key, source, index=0, by=ADA, now=NOW)
        assert session.access.projects_of_version(version) == [AT]
        assert session.access.projects_of_version(link) == [ELSEWHERE, AT]
        assert session.access.projects_of_version(VersionId(link + 1)) == []

    def test_acts_are_listed_newest_first(self, session: CatalogSession) -> None:
        """As they were recorded, a page at a time."""
        whole = CollectionName("mnist")
        acts = [
            AuditRecord(NOW, "ada", Act.CREATE, MNIST, {"aliases": ["é", "latest"]}),
            AuditRecord(NOW, "collector", Act.PURGE, MNIST),
            AuditRecord(LATER, "ada", Act.DELETE, Subject(AT.entity, AT.project, whole)),
            AuditRecord(LATER, "ada", Act.DELETE, Subject(AT.entity, AT.project, run=RunId("r"))),
            AuditRecord(LATER, "ada", Act.ADD_MEMBER, Subject(AT.entity), {"role": "admin"}),
        ]
        session.audit.add(acts[:2])
        session.audit.add(acts[2:])
        listing = session.audit.listing(AuditQuery(AT.entity))
        assert read_all(listing) == acts[::-1]
        assert listing.count() == len(acts)
        first = listing.page(after=None, limit=2)
        assert [item.value for item in listing.page(after=first[-1].key, limit=9)] == acts[2::-1]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            (AuditQuery(AT.entity), 5),
            (AuditQuery(EntityName("vision")), 1),
            (AuditQuery(AT.entity, AT.project), 4),
            (AuditQuery(AT.entity, ProjectName("letters")), 0),
            (AuditQuery(AT.entity, AT.project, "mnist"), 2),
            (AuditQuery(AT.entity, AT.project, "r"), 1),
            (AuditQuery(AT.entity, AT.project, "mnist", 3), 1),
            (AuditQuery(AT.entity, who="grace"), 1),
            (AuditQuery(AT.entity, action=Act.DELETE), 2),
            (AuditQuery(AT.entity, since=LATER), 1),
            (AuditQuery(AT.entity, since=LATER + HOUR), 0),
        ],
    )
    def test_acts_are_found(self, session: CatalogSession, query: AuditQuery, found: int) -> None:
        """By what they were done to, by whom, by what was done, and from when on."""
        project = (AT.entity, AT.project)
        session.audit.add(
            [
                AuditRecord(NOW, "ada", Act.CREATE, MNIST),
                AuditRecord(NOW, "ada", Act.CREATE, replace(MNIST, index=4)),
                AuditRecord(NOW, "ada", Act.DELETE, Subject(*project, run=RunId("r"))),
                AuditRecord(LATER, "grace", Act.DELETE, Subject(*project, CollectionName("a"))),
                AuditRecord(NOW, "ada", Act.ADD_MEMBER, Subject(AT.entity)),
                AuditRecord(NOW, "ada", Act.ADD_MEMBER, Subject(EntityName("vision"))),
            ]
        )
        assert len(read_all(session.audit.listing(query))) == found
