"""What every catalog must do with projects, and with what may change of collections, as tests.

Owns the meaning of `hozon.ports.projects`, and of renaming in `hozon.ports.catalog`;
`hozon.testing.catalogs` makes it part of the contract of a catalog. Refuses to own which names may
be given: that is `hozon.services.collections`.
"""

from dataclasses import replace

from hozon.model.collections import CollectionFacts
from hozon.model.names import Alias, CollectionName, EntityName
from hozon.model.paths import CollectionPath, ProjectPath
from hozon.model.tags import Tag
from hozon.ports.catalog import CatalogSession
from hozon.testing.links import make_link, make_portfolio
from hozon.testing.records import (
    AT,
    DATASET,
    ELSEWHERE,
    LATER,
    MODEL,
    NOW,
    collection_path,
    log_version,
    make_collection,
    make_run,
    read_all,
    soft_delete,
)


class CollectionContract:
    """The part of `hozon.testing.catalogs.CatalogContract` that is about changing collections."""

    def test_what_is_said_of_a_collection_comes_back(self, session: CatalogSession) -> None:
        """At first nothing is said; type, description and tags are replaced."""
        made, other = make_collection(session), make_collection(session, "other")
        assert (made.description, made.tags) == (None, ())
        facts = CollectionFacts(made.path.name, MODEL, "日本\n", (Tag("a b"), Tag("c")))
        session.collections.change(made.key, facts, now=LATER)
        found = session.collections.get(made.key)
        tags = (Tag("a b"), Tag("c"))
        assert found == replace(made, type=MODEL, description="日本\n", tags=tags)
        assert session.collections.find(made.path) == found
        assert session.collections.get(other.key) == other
        session.collections.change(made.key, made.facts, now=LATER)
        assert session.collections.get(made.key) == made
        assert session.collections.renamed(made.path) is None

    def test_a_renamed_collection_keeps_what_it_holds(self, session: CatalogSession) -> None:
        """Versions, aliases and links show the new path; the numbers go on."""
        made = make_collection(session)
        version = log_version(session, made, "a")
        session.collections.set_pointers(made.key, {Alias("best"): version}, now=NOW)
        link = make_link(session, make_portfolio(session), version)
        rename(session, made.path, "digits")
        assert session.collections.find(made.path) is None
        found = session.collections.find(collection_path("digits"))
        assert found is not None
        assert (found.key, found.created_at) == (made.key, NOW)
        assert str(session.versions.get(version).path) == "ada/digits/digits:v0"
        assert session.versions.get(version).aliases == ("best",)
        assert str(session.versions.get(link).source) == "ada/digits/digits:v0"
        assert session.collections.take_index(made.key) == 1

    def test_former_names_lead_to_the_collection(self, session: CatalogSession) -> None:
        """All of them, in its own project; one that it takes back is former no more."""
        made = make_collection(session, "a")
        make_run(session, "r1")
        for name in ("b", "c"):
            rename(session, session.collections.get(made.key).path, name)
        here = session.collections.get(made.key)
        assert [session.collections.renamed(collection_path(name)) for name in "abcd"] == [
            here,
            here,
            None,
            None,
        ]
        elsewhere = CollectionPath(ELSEWHERE, CollectionName("a"))
        session.collections.ensure(elsewhere, type_name=DATASET, now=NOW)
        assert session.collections.renamed(elsewhere) is None
        rename(session, here.path, "a")
        back = session.collections.get(made.key)
        assert back == made
        assert [session.collections.renamed(collection_path(name)) for name in "abc"] == [
            None,
            back,
            back,
        ]

    def test_types_are_those_of_listed_collections(self, session: CatalogSession) -> None:
        """Each once, by name, page by page; what is empty or all deleted has none."""
        for name, kind in (("a", MODEL), ("b", DATASET), ("c", DATASET)):
            log_version(session, make_collection(session, name, kind), name)
        make_collection(session, "empty", MODEL)
        types = session.collections.types(AT)
        assert read_all(types) == [DATASET, MODEL]
        assert types.count() == len([DATASET, MODEL])
        (first,) = types.page(after=None, limit=1)
        assert [item.value for item in types.page(after=first.key, limit=1)] == [MODEL]
        assert read_all(session.collections.types(ELSEWHERE)) == []
        models = session.collections.find(collection_path("a"))
        assert models is not None
        gone = session.versions.newest(models.key)
        assert gone is not None
        soft_delete(session, gone)
        assert read_all(session.collections.types(AT)) == [DATASET]

    def test_a_link_whose_source_has_another_type_does_not_fit(
        self, session: CatalogSession
    ) -> None:
        """It would mix types in its portfolio."""
        made, portfolio = make_collection(session), make_portfolio(session)
        link = make_link(session, portfolio, log_version(session, made, "a"))
        soft_delete(session, link)
        assert session.deleted.fitting_links([link]) == {link}
        session.collections.change(made.key, replace(made.facts, type=MODEL), now=NOW)
        assert session.deleted.fitting_links([link]) == set()

    def test_projects_are_made_once_and_listed(self, session: CatalogSession) -> None:
        """Oldest first, those of one entity; the first write makes one, too."""
        made = session.projects.ensure(ELSEWHERE, now=NOW)
        assert (made.at, made.created_at) == (ELSEWHERE, NOW)
        assert session.projects.ensure(ELSEWHERE, now=LATER) == made
        assert session.projects.find(ELSEWHERE) == made
        assert session.projects.find(AT) is None
        make_run(session, "r1")
        session.projects.ensure(ProjectPath.of("grace", "digits"), now=NOW)
        listing = session.projects.listing(EntityName("ada"))
        assert [project.at for project in read_all(listing)] == [ELSEWHERE, AT]
        assert listing.count() == len([ELSEWHERE, AT])
        assert read_all(session.projects.listing(EntityName("nobody"))) == []


def rename(session: CatalogSession, path: CollectionPath, name: str) -> None:
    """Give a collection another name."""
    found = session.collections.find(path)
    assert found is not None
    facts = replace(found.facts, name=CollectionName(name))
    session.collections.change(found.key, facts, now=LATER)
