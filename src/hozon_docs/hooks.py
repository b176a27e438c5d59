"""What MkDocs calls back while it builds one language.

Owns the extra field of the search index. Refuses to hold logic: `hozon_docs.search` has it.
"""

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority

from hozon_docs.search import endings

FIELD = "cjk"
"""The field of the search index that holds the endings; the configuration gives it a weight."""


@event_priority(50)  # Before the search plug-in writes its index.
def on_post_build(config: MkDocsConfig) -> None:
    """Add the endings of Japanese and Korean words to every section of the search index.

    Args:
        config: The configuration of the running build.
    """
    plugin = config.plugins.get("material/search") or config.plugins.get("search")
    index = getattr(plugin, "search_index", None)
    for entry in getattr(index, "entries", ()):
        extra = endings(f"{entry['title']} {entry['text']}")
        if extra:
            entry[FIELD] = extra
