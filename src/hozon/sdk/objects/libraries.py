"""The libraries that some objects need, and that not everyone has.

Owns when they are imported: in the call that needs one, never with the package. An object of such a
library is recognised without importing it, for whoever made it has imported it.
"""

import importlib
import sys
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from hozon.errors import MissingExtraError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EXTRAS: Final = MappingProxyType(
    {
        "PIL": ("Pillow", "media"),
        "bokeh": ("Bokeh", "bokeh"),
        "numpy": ("NumPy", "media"),
        "pandas": ("pandas", "pandas"),
    }
)
"""By package: what people call it, and the extra that installs it."""


def need(module: str, *, what: str) -> ModuleType:
    """Import a module of an optional library.

    Args:
        module: Its full name, such as `PIL.Image`.
        what: What needs it, as the subject of a sentence.

    Returns:
        The module.

    Raises:
        MissingExtraError: The library is not installed; the hint says how to install it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        name, extra = _EXTRAS[module.partition(".")[0]]
        raise MissingExtraError(
            f"{what} needs {name}, which is not installed",
            hint=f"Run: pip install 'hozon[{extra}]'.",
        ) from error


def is_array(value: object) -> "TypeGuard[NDArray[Any]]":
    """Tell whether a value is a NumPy array."""
    return is_a(value, "numpy", "ndarray")


def is_a(value: object, module: str, name: str) -> bool:
    """Tell whether a value is an instance of a class of a library that may not be imported.

    Args:
        value: Anything.
        module: The module that has the class, such as `pandas`.
        name: The class.
    """
    kind = getattr(sys.modules.get(module), name, None)
    return isinstance(kind, type) and isinstance(value, kind)
