"""What the lineage records of every catalog must do, as tests.

Owns the meaning of `hozon.ports.catalog.LineageRecords`; `hozon.testing.catalogs` makes it part of
the contract of a catalog. Refuses to own which edges may be drawn: that is `hozon.model.lineage`.
"""

from hozon.model.lineage import Edge, EdgeKind
from hozon.model.runs import RunKey
from hozon.model.versions import VersionId
from hozon.ports.catalog import CatalogSession
from hozon.testing.records import NOW, log_version, make_collection, make_run, read_all, soft_delete


class LineageContract:
    """The part of `hozon.testing.catalogs.CatalogContract` that is about edges."""

    def test_edges_are_listed_in_order_and_once(self, session: CatalogSession) -> None:
        """The order is that of drawing; drawing again changes nothing."""
        collection, run = make_collection(session), make_run(session, "r1")
        first, second = log_version(session, collection, "a"), log_version(session, collection, "b")
        for version_id in (second, first, second):
            session.lineage.add_output(run.key, version_id, now=NOW)
            session.lineage.add_input(run.key, version_id, now=NOW)
        for listing in (session.lineage.outputs(run.key), session.lineage.inputs(run.key)):
            assert [version.id for version in read_all(listing)] == [second, first]

    def test_logging_is_not_using(self, session: CatalogSession) -> None:
        """The two kinds of edges are kept apart."""
        version_id = log_version(session, make_collection(session), "a")
        maker, user = make_run(session, "maker"), make_run(session, "user")
        session.lineage.add_output(maker.key, version_id, now=NOW)
        session.lineage.add_input(user.key, version_id, now=NOW)
        assert read_all(session.lineage.inputs(maker.key)) == []
        assert read_all(session.lineage.outputs(user.key)) == []
        assert session.lineage.users(version_id) == [user]

    def test_edges_are_followed_a_step_at_a_time(self, session: CatalogSession) -> None:
        """Forwards and backwards, from any number of runs or versions, each end once."""
        collection = make_collection(session)
        first, second = log_version(session, collection, "a"), log_version(session, collection, "b")
        maker, user = make_run(session, "maker").key, make_run(session, "user").key
        for version_id in (first, second):
            session.lineage.add_output(maker, version_id, now=NOW)
            session.lineage.add_input(user, version_id, now=NOW)
        lineage, runs, versions = session.lineage, {maker, user}, {first, second}
        assert lineage.logged_by(runs) == lineage.used_by(runs) == versions
        assert lineage.makers_of(versions) == {maker}
        assert lineage.users_of(versions) == {user}
        assert lineage.logged_by({user}) == lineage.used_by({maker}) == set()
        assert lineage.makers_of(set()) == set()

    def test_steps_do_not_forget_deleted_versions(self, session: CatalogSession) -> None:
        """What is out of the listings may come back, and its edges with it."""
        version_id, run = (
            log_version(session, make_collection(session), "a"),
            make_run(session, "r1").key,
        )
        session.lineage.add_output(run, version_id, now=NOW)
        session.lineage.add_input(run, version_id, now=NOW)
        soft_delete(session, version_id)
        assert session.lineage.logged_by({run}) == session.lineage.used_by({run}) == {version_id}

    def test_steps_from_thousands_of_runs(self, session: CatalogSession) -> None:
        """There may be more of them than a query has parameters."""
        version_id, run = (
            log_version(session, make_collection(session), "a"),
            make_run(session, "r1").key,
        )
        session.lineage.add_output(run, version_id, now=NOW)
        assert session.lineage.logged_by({RunKey(run + n) for n in range(2001)}) == {version_id}

    def test_a_version_is_used_as_several_things(self, session: CatalogSession) -> None:
        """Each once, in the order of using; using it as nothing in particular takes none away."""
        version_id, run = (
            log_version(session, make_collection(session), "a"),
            make_run(session, "r1").key,
        )
        for use_as in (None, "train", "テスト", "train", None):
            session.lineage.add_input(run, version_id, now=NOW, use_as=use_as)
        assert session.lineage.between({run}, {version_id}) == [
            Edge(run, version_id, EdgeKind.USED, ("train", "テスト"))
        ]

    def test_edges_between_runs_and_versions(self, session: CatalogSession) -> None:
        """Both ends must be asked for; what was logged comes first, each in order of drawing."""
        collection = make_collection(session)
        first, second = log_version(session, collection, "a"), log_version(session, collection, "b")
        maker, user = make_run(session, "maker").key, make_run(session, "user").key
        for version_id in (second, first):
            session.lineage.add_input(user, version_id, now=NOW)
            session.lineage.add_output(maker, version_id, now=NOW)
        lineage = session.lineage
        logged, used = (
            [Edge(run, end, kind) for end in (second, first)]
            for run, kind in ((maker, EdgeKind.LOGGED), (user, EdgeKind.USED))
        )
        assert lineage.between({maker, user}, {first, second}) == [*logged, *used]
        assert lineage.between({user}, {first}) == [Edge(user, first, EdgeKind.USED)]
        assert lineage.between(set(), {first}) == lineage.between({user}, set()) == []

    def test_edges_between_thousands(self, session: CatalogSession) -> None:
        """There may be more ends than a query has parameters, on either side."""
        version_id, run = (
            log_version(session, make_collection(session), "a"),
            make_run(session, "r1").key,
        )
        session.lineage.add_output(run, version_id, now=NOW)
        runs = {RunKey(run + n) for n in range(1001)}
        versions = {VersionId(version_id + n) for n in range(1001)}
        found = session.lineage.between(runs, versions)
        assert found == [Edge(run, version_id, EdgeKind.LOGGED)]

    def test_edges_that_were_left_out_are_remembered(self, session: CatalogSession) -> None:
        """Each kind once, apart from those that are drawn."""
        version_id, run = (
            log_version(session, make_collection(session), "a"),
            make_run(session, "r1").key,
        )
        edges = [Edge(run, version_id, kind) for kind in (EdgeKind.LOGGED, EdgeKind.USED)]
        for edge in (*reversed(edges), *edges):
            session.lineage.leave_out(edge, now=NOW)
        assert session.lineage.left_out_between({run}, {version_id}) == edges
        assert session.lineage.left_out_between({RunKey(run + 1)}, {version_id}) == []
        assert session.lineage.between({run}, {version_id}) == []
        assert session.lineage.used_by({run}) == session.lineage.logged_by({run}) == set()

    def test_deleted_versions_leave_the_lineage(self, session: CatalogSession) -> None:
        """A run lists only what is committed."""
        version_id, run = (
            log_version(session, make_collection(session), "a"),
            make_run(session, "r1"),
        )
        session.lineage.add_output(run.key, version_id, now=NOW)
        soft_delete(session, version_id)
        assert session.lineage.outputs(run.key).count() == 0
