"""Live mappings: the configuration and the summary of a run, stored as they change.

Invariant: what is shown is what is stored. A nested list or dict is therefore handed out as a copy:
to change it, assign the whole value.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from copy import deepcopy
from typing import Any

from hozon.model.metadata import JsonObject, check_json_object


class LiveMapping(MutableMapping[str, Any]):
    """A mapping that hands each change on to be stored. Keys read as attributes, too.

    Args:
        values: What is in it at first.
        what: What to call it in messages.
        save: Is called with all values after each change; if it raises, nothing changes.
        finite: Whether NaN and infinity are refused.

    Examples:
        The configuration of a run is such a mapping.

        ```python
        import hozon

        with hozon.init(id="tune", config={"epochs": 2, "debug": True}) as run:
            run.config.update(epochs=3, optimizer="sgd")
            del run.config["debug"]
            print(len(run.config), list(run.config), run.config.optimizer)
            #> 2 ['epochs', 'optimizer'] sgd
        recorded = hozon.Api().run("tune")
        print(recorded.state, recorded.config)
        #> finished {'epochs': 3, 'optimizer': 'sgd'}
        ```
    """

    def __init__(
        self, values: JsonObject, *, what: str, save: Callable[[JsonObject], None], finite: bool
    ) -> None:
        """Remember the values and where to store them."""
        self._values: dict[str, Any] = dict(values)
        self._what = what
        self._save = save
        self._finite = finite

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401  JSON values are what users make them.
        """Get a value by its key; of a list or dict a copy."""
        return deepcopy(self._values[key])

    def __getattr__(self, key: str) -> Any:  # noqa: ANN401
        """Get a value by its key, as an attribute."""
        try:
            return deepcopy(self.__dict__["_values"][key])
        except KeyError:
            raise AttributeError(f"The {self._what} has no key {key!r}") from None

    def __setattr__(self, key: str, value: object) -> None:
        """Set and store one value, as an attribute; those that begin with `_` are our own.

        Raises:
            InvalidMetadataError: JSON cannot carry it.
        """
        if key.startswith("_"):
            super().__setattr__(key, value)
        else:
            self[key] = value

    def __setitem__(self, key: str, value: object) -> None:
        """Set and store one value.

        Raises:
            InvalidMetadataError: JSON cannot carry it.
        """
        self._replace({**self._values, key: value})

    def __delitem__(self, key: str) -> None:
        """Remove one value.

        Raises:
            KeyError: There is none under this key.
        """
        _ = self._values[key]
        self._replace({kept: value for kept, value in self._values.items() if kept != key})

    def __iter__(self) -> Iterator[str]:
        """Iterate over the keys."""
        return iter(self._values)

    def __len__(self) -> int:
        """Count the keys."""
        return len(self._values)

    def __repr__(self) -> str:
        """Show the values as a dict would."""
        return repr(self._values)

    def update(  # type: ignore[override]  # One write for all.
        self, other: Mapping[str, object] | Iterable[tuple[str, object]] = (), /, **values: object
    ) -> None:
        """Set and store several values at once.

        Args:
            other: Keys and values: a mapping, or pairs.
            **values: More of them.

        Raises:
            InvalidMetadataError: JSON cannot carry one of them; none is set.
        """
        self._replace({**self._values, **dict(other), **values})

    def _replace(self, values: Mapping[str, object]) -> None:
        """Check all values, store them, and only then show them."""
        checked = check_json_object(values, what=self._what, finite=self._finite)
        self._save(checked)
        self._values = dict(checked)

    def _show(self, values: JsonObject) -> None:
        """Show values that have been stored by other means."""
        self._values = dict(values)
