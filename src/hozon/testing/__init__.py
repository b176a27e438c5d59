"""What authors of adapters test with: conformance suites for the ports, and fakes that pass them.

Owns the meaning of `hozon.ports`, as tests: an adapter conforms when a subclass of the suite of its
port passes. Refuses to own how an adapter is set up; the subclass brings a fixture for that.

    class TestMyStore(ObjectStoreContract):
        @pytest.fixture
        def store(self, tmp_path):
            return MyStore(tmp_path)

`hozon.testing.object_stores`, `hozon.testing.references` and `hozon.testing.catalogs` hold the
suites and import pytest; `hozon.testing.deleted`, `hozon.testing.lineages`, `hozon.testing.links`,
`hozon.testing.notes` and `hozon.testing.protection` are parts of the last, which
`hozon.testing.parts` puts together, and `hozon.testing.records` holds what all parts log.
`hozon.testing.memory` and `hozon.testing.clocks` hold the fakes and do not; nor does
`hozon.testing.faulty`, a store that fails and lies on purpose around any other.
"""
