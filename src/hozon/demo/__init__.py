"""Worlds for the pages of the documentation, built through the public API.

Owns one scene a page: what has been logged before a reader runs a block of that page. The tests of
the documentation and `hozon demo` build the same scenes, so that a copied snippet finds what the
page says. Refuses to own what must be true afterwards; the tests state that.
"""

from hozon.demo.scenes import SCENES, Scene, find_scene

__all__ = ["SCENES", "Scene", "find_scene"]
