"""`Changing`: what may be changed of a collection, and `save()`, which stores it.

Owns the attributes that can be set. Refuses to own which changes are allowed; that is
`hozon.model.collections`.
"""

from collections.abc import Sequence
from dataclasses import replace

from hozon.model.collections import CollectionFacts
from hozon.model.metadata import check_description
from hozon.model.names import CollectionName, check_name, check_type
from hozon.model.tags import check_tags
from hozon.ports.catalog import Collection
from hozon.ports.retention import CollectionPolicy
from hozon.sdk.session import Session
from hozon.services.collections import CollectionState, edit_collection


class Changing:
    """What may be changed of a collection."""

    _session: Session
    _record: Collection
    _facts: CollectionFacts
    _seen: CollectionPolicy | None
    _wanted: CollectionPolicy | None

    @property
    def name(self) -> str:
        """The name that all its versions share. After a change, `save()` renames the collection.

        Versions, aliases, links and lineage stay with it, and what is being logged to it arrives.
        Its old name is kept for it: no other collection gets that, and looking it up tells where
        the collection is now.

        Raises:
            InvalidNameError: The name breaks the rules.

        Examples:
            Give a collection a better name.

            ```python
            import hozon

            api = hozon.Api()
            collection = api.artifact_collection("model", "sweep-classifier")
            collection.name = "search"
            collection.save()
            print([version.name for version in api.artifacts("model", "search")])
            #> ['search:v2', 'search:v1', 'search:v0']
            try:
                api.artifact("sweep-classifier:v0")
            except hozon.errors.CollectionNotFoundError as error:
                print(error.hint)
                #> It was renamed: look for ada/digits/search.
            ```
        """
        return self._facts.name

    @name.setter
    def name(self, name: str) -> None:
        checked = CollectionName(check_name(name, kind="artifact"))
        self._facts = replace(self._facts, name=checked)

    @property
    def type(self) -> str:
        """What it holds, such as `dataset`. After a change, `save()` moves all its versions.

        Raises:
            InvalidNameError: The type breaks the rules, or is reserved.
        """
        return self._facts.type

    @type.setter  # noqa: A003  The published name.
    def type(self, name: str) -> None:
        self._facts = replace(self._facts, type=check_type(name))

    @property
    def description(self) -> str | None:
        """A note for people; None for none. After a change, `save()` stores it.

        Raises:
            InvalidMetadataError: It is no text.

        Examples:
            Say what a collection is for.

            ```python
            import hozon

            collection = hozon.Api().artifact_collection("dataset", "mnist")
            print(collection.description)
            #> None
            collection.description = "Handwritten digits, 28 by 28 pixels."
            collection.save()
            print(hozon.Api().artifact("mnist").collection.description)
            #> Handwritten digits, 28 by 28 pixels.
            ```
        """
        return self._facts.description

    @description.setter
    def description(self, text: str | None) -> None:
        self._facts = replace(self._facts, description=check_description(text))

    @property
    def tags(self) -> list[str]:
        """Its labels, sorted; a copy. After a change, `save()` stores them.

        Its versions have tags of their own.

        Raises:
            InvalidTagError: A tag breaks the rules.

        Examples:
            Label a collection.

            ```python
            import hozon

            collection = hozon.Api().artifact_collection("dataset", "mnist")
            collection.tags = ["public", "images"]
            collection.save()
            print(hozon.Api().artifact_collection("dataset", "mnist").tags)
            #> ['images', 'public']
            ```
        """
        return list(self._facts.tags)

    @tags.setter
    def tags(self, tags: Sequence[str]) -> None:
        self._facts = replace(self._facts, tags=check_tags(tags))

    def change_type(self, new_type: str) -> None:
        """Move the collection with all its versions to another type, at once.

        Whoever logs to it by the old type is refused from then on, also where the upload is under
        way. Other changes are left for `save()`.

        Args:
            new_type: What it should hold.

        Raises:
            InvalidNameError: The type breaks the rules, or the new or the old one is reserved.
            TypeConflictError: It is a portfolio, or portfolios link to its versions: those would
                hold artifacts of two types.
            CollectionNotFoundError: Nothing is left in it.

        Examples:
            Tell checkpoints from models.

            ```python
            import hozon

            api = hozon.Api()
            api.artifact_collection("model", "sweep-classifier").change_type("checkpoint")
            print([kind.name for kind in api.artifact_types()])
            #> ['checkpoint', 'dataset', 'model']
            print(api.artifact("sweep-classifier").type)
            #> checkpoint
            ```
        """
        pending, before = self._facts, self._record.facts
        self._store(replace(before, type=check_type(new_type)), None)
        changed = {
            field: getattr(pending, field)
            for field in ("name", "description", "tags")
            if getattr(pending, field) != getattr(before, field)
        }
        self._facts = replace(self._facts, **changed)

    def save(self) -> None:
        """Store what was changed, all or nothing.

        That is the name, the type, the description, the tags, the TTL and the retention policy.
        What was not changed here is left as it is, also where somebody else changed it meanwhile.

        Raises:
            CollectionNameError: Another collection has the name, or had it before it was renamed.
            TypeConflictError: The type was changed, and it is a portfolio, or linked to.
            InvalidNameError: The type was changed, and the new or the old one is reserved.
            CollectionKindError: A TTL was set, and this is a portfolio: links have no TTL.
            CollectionNotFoundError: Nothing is left in it.

        Examples:
            Take a policy back.

            ```python
            import hozon

            collection = hozon.Api().artifact_collection("dataset", "mnist")
            collection.retention = hozon.RetentionPolicy(keep_newest=10)
            collection.save()
            print(hozon.Api().artifact("mnist:v0").collection.retention.keep_newest)
            #> 10
            collection.retention = None
            collection.save()
            print(hozon.Api().artifact("mnist:v0").collection.retention)
            #> None
            ```
        """
        self._store(self._facts, self._wanted)

    def _store(self, facts: CollectionFacts, policy: CollectionPolicy | None) -> None:
        """Store changes, and show what the catalog holds then."""
        self._record, stored = edit_collection(
            self._session.context,
            self._record,
            seen=CollectionState(self._record.facts, self._seen),
            wanted=CollectionState(facts, policy),
        )
        self._facts = self._record.facts
        if policy is not None:
            self._seen = self._wanted = stored
