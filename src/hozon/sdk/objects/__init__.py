"""Typed objects: tables, images and other media that an artifact keeps as such.

Owns the classes that `hozon` exports, and the way of an object into an artifact (`store_object`)
and out of it (`load_object`). Refuses to know artifacts: it sees an `ObjectTarget` to write to and
an `ObjectSource` to read from. An object is kept as a JSON file, `<name>.<type>.json`, and its
bytes beside it in their ordinary formats, below `media` and under a name made of their digest.

Invariants: what comes out equals what went in; nothing is pickled or unpickled; importing this
package imports no library for numbers or pictures.
"""

from hozon.sdk.objects.base import ObjectSource, ObjectTarget, StoredObject
from hozon.sdk.objects.storing import load_object, store_object

__all__ = ["ObjectSource", "ObjectTarget", "StoredObject", "load_object", "store_object"]
