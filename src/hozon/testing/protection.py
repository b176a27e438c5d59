"""What the protected aliases of every catalog must do, as tests.

Owns the meaning of `hozon.ports.protection`; `hozon.testing.catalogs` makes it part of the contract
of a catalog. Refuses to own what a protection forbids: that is `hozon.model.protection`.
"""

from hozon.model.names import Alias
from hozon.model.protection import ProtectedAlias
from hozon.ports.catalog import CatalogSession
from hozon.testing.records import ADA, AT, ELSEWHERE, LATER, NOW


class ProtectionContract:
    """The part of `hozon.testing.catalogs.CatalogContract` that is about protected aliases."""

    def test_protected_aliases_are_those_of_a_project(self, session: CatalogSession) -> None:
        """Sorted by code points, with who and when; another project has its own, or none."""
        assert session.protection.of(AT) == []
        for alias in ("b", "a", "B"):
            session.protection.add(AT, Alias(alias), by=ADA, now=NOW)
        found = session.protection.of(AT)
        assert [item.alias for item in found] == ["B", "a", "b"]
        assert found[0] == ProtectedAlias(Alias("B"), ADA.name, NOW)
        assert session.protection.of(ELSEWHERE) == []

    def test_protecting_twice_is_protecting_once(self, session: CatalogSession) -> None:
        """Who came first is remembered."""
        for now in (NOW, LATER):
            session.protection.add(AT, Alias("best"), by=ADA, now=now)
        assert [item.protected_at for item in session.protection.of(AT)] == [NOW]

    def test_a_protection_is_lifted_once(self, session: CatalogSession) -> None:
        """In its own project; the others stay."""
        for at in (AT, ELSEWHERE):
            session.protection.add(at, Alias("best"), by=ADA, now=NOW)
        session.protection.add(AT, Alias("good"), by=ADA, now=NOW)
        assert session.protection.remove(AT, Alias("best"))
        assert not session.protection.remove(AT, Alias("best"))
        assert [item.alias for item in session.protection.of(AT)] == ["good"]
        assert [item.alias for item in session.protection.of(ELSEWHERE)] == ["best"]
