"""What MkDocs calls back while it builds one language.

Owns the extra field of the search index, and says in which language a text stands that is not in
the page's. Refuses to hold logic: `hozon_docs.search` has it.
"""

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from hozon_docs.search import endings

FIELD = "cjk"
"""The field of the search index that holds the endings; the configuration gives it a weight."""


_DOCSTRING = '<div class="doc doc-contents'
_PERMALINK = 'title="Permanent link"'


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Mark docstrings as text of the source language, and name the links of headings.

    Args:
        html: The content of a page.
        page: The page.
        config: The configuration of the running build.
        files: All files of the build.

    Returns:
        The content with `lang` on every docstring where the page has another language.
    """
    del page, files  # MkDocs hands them over by name.
    language = config.theme["language"]
    source = next((link["lang"] for link in config.extra.get("alternate", ())), language)
    if language != source:
        html = html.replace(_DOCSTRING, f'<div lang="{source}" class="doc doc-contents')
    title = config.extra.get("permalink", {}).get(language)
    return html.replace(_PERMALINK, f'title="{title}"') if title else html


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
