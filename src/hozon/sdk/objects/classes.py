"""`Classes`: what the numbers of a classification mean.

Owns the pairs of number and name. Invariant: a number has one name.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Self

from hozon.errors import InvalidMediaError
from hozon.sdk.objects.base import Reader, StoredObject
from hozon.sdk.objects.inputs import check_integer, check_text
from hozon.sdk.objects.media_sink import MediaSink
from hozon.sdk.objects.records import Record


class Classes(StoredObject, type_name="classes"):
    """The names of classes, by their numbers.

    Args:
        class_set: A list of dicts with an `id`, an integer, and a `name`.

    Raises:
        InvalidMediaError: An item is no such dict, or an id is there twice.

    Examples:
        Keep them beside the images that they explain.

        ```python
        import hozon

        classes = hozon.Classes([{"id": 0, "name": "sky"}, {"id": 1, "name": "road"}])
        print(classes, classes.class_set[1])
        #> <Classes 0: sky, 1: road> {'id': 1, 'name': 'road'}
        ```
    """

    class_set: list[dict[str, Any]]
    """The classes, in the order given."""

    def __init__(self, class_set: Iterable[Mapping[str, Any]]) -> None:
        """Copy the classes, and check them."""
        if isinstance(class_set, (str, Mapping)) or not isinstance(class_set, Iterable):
            raise InvalidMediaError(
                f"class_set is of type {type(class_set).__name__}",
                hint="Give a list such as [{'id': 0, 'name': 'sky'}].",
            )
        self.class_set = [_class(item) for item in class_set]
        known: set[int] = set()
        for item in self.class_set:
            if item["id"] in known:
                raise InvalidMediaError(
                    f"The class id {item['id']} is there twice", hint="Give each id one name."
                )
            known.add(item["id"])

    def __repr__(self) -> str:
        """Show numbers and names."""
        named = ", ".join(f"{item['id']}: {item['name']}" for item in self.class_set)
        return f"<Classes {named}>"

    def _to_record(self, sink: MediaSink) -> dict[str, Any]:  # noqa: ARG002  It has no bytes.
        """Describe the classes."""
        return {"class_set": self.class_set}

    @classmethod
    def _of_record(cls, record: Record, reader: Reader) -> Self:  # noqa: ARG003  The same.
        """Check the classes as those of a user."""
        return cls(record.items("class_set"))


def _class(item: object) -> dict[str, Any]:
    """Accept one class."""
    if isinstance(item, Mapping) and item.keys() == {"id", "name"}:
        return {
            "id": check_integer(item["id"], what="class id"),
            "name": check_text(item["name"], what="class name"),
        }
    raise InvalidMediaError(
        f"{item!r} is no class", hint="Give each as a dict such as {'id': 0, 'name': 'sky'}."
    )
