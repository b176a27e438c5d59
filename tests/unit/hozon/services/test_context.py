"""Context: which store a team, and a version, uses."""

from dataclasses import replace

import pytest

from hozon.errors import InvalidSettingError
from hozon.model.digests import ContentDigest
from hozon.model.names import MAIN_STORE, EntityName, StoreName
from hozon.model.places import Place
from hozon.services.context import Context
from hozon.testing.memory import MemoryObjectStore

VISION, SPEECH = EntityName("vision"), EntityName("speech")
DIGEST = ContentDigest("ab" * 32)


class Connected:
    """Connectors of two teams, in memory."""

    def __init__(self) -> None:
        """Open nothing yet."""
        self.stores = {VISION: MemoryObjectStore(), SPEECH: MemoryObjectStore()}
        self.is_closed = False

    @property
    def teams(self) -> list[EntityName]:
        """Name the teams."""
        return list(self.stores)

    def open(self, team: EntityName) -> MemoryObjectStore:
        """Give the store of one."""
        return self.stores[team]

    def close(self) -> None:
        """Remember it."""
        self.is_closed = True


@pytest.fixture
def connectors() -> Connected:
    """Give the connectors."""
    return Connected()


@pytest.fixture
def connected(context: Context, connectors: Connected) -> Context:
    """Give an installation with connectors."""
    return replace(context, connectors=connectors)


def use(context: Context) -> None:
    """Record a place in the store of a context."""
    with context.catalog.write() as session:
        session.objects.add({DIGEST: Place("packs/x/0", 0, 7)}, now=context.catalog.now())


def test_a_team_with_a_connector_has_a_store_of_its_own(
    connected: Context, connectors: Connected
) -> None:
    """All others share the main one; from either, one gets to the other."""
    theirs = connected.for_team(VISION)
    assert (theirs.store_name, theirs.store) == (VISION, connectors.stores[VISION])
    assert connected.for_team(EntityName("ada")) is connected
    assert theirs.for_team(EntityName("ada")) is connected
    assert theirs.for_team(SPEECH).store is connectors.stores[SPEECH]
    assert theirs.at(StoreName(VISION)) is theirs


def test_places_are_those_of_its_store(connected: Context) -> None:
    """What is recorded of one is not found in another."""
    theirs = connected.for_team(VISION)
    use(theirs)
    for context, found in ((theirs, True), (connected, False), (connected.for_team(SPEECH), False)):
        with context.catalog.read() as session:
            assert (DIGEST in session.objects.places([DIGEST])) is found


def test_all_stores_are_given_in_order(context: Context, connected: Context) -> None:
    """The main one first; those that hold something must be in the settings."""
    names = [MAIN_STORE, SPEECH, VISION]
    assert [part.store_name for part in connected.each_store()] == names
    assert [part.store_name for part in connected.named_stores()] == names
    assert [part.store_name for part in context.each_store()] == [MAIN_STORE]
    use(connected.for_team(VISION))
    with pytest.raises(InvalidSettingError, match="team 'vision' keeps bytes"):
        list(context.each_store())
    assert [part.store_name for part in context.named_stores()] == [MAIN_STORE]


def test_a_connector_that_was_used_is_not_forgotten(context: Context, connected: Context) -> None:
    """Without it the bytes of the team would go to the main store."""
    assert context.for_team(VISION) is context
    use(connected.for_team(VISION))
    with pytest.raises(InvalidSettingError, match="team 'vision' keeps bytes") as caught:
        context.for_team(VISION)
    assert "Add the address of its bucket" in caught.value.hint
    assert context.for_team(SPEECH) is context


def test_keys_are_called_by_their_store(connected: Context, connectors: Connected) -> None:
    """Those of the main store are bare, as they always were."""
    assert connected.name_of("packs/x/0") == "packs/x/0"
    url = connectors.stores[VISION].url
    assert connected.for_team(VISION).name_of("packs/x/0") == f"packs/x/0 in {url}"


def test_closing_closes_the_connectors(connected: Context, connectors: Connected) -> None:
    """From wherever it is asked for."""
    connected.for_team(VISION).close()
    assert connectors.is_closed
