"""Showing translated docstrings in the API reference.

Owns the griffe extension that mkdocstrings loads: it exchanges a docstring for its translation, or
leaves word that there is none, for the template `docstring.html.jinja` to say so. Refuses to change
the catalog, and to fail for a message that is missing, fuzzy or surplus.

Invariants: a translation is shown only for exactly the text that it translates; what is shown in
the source language is marked with that language; in the source language nothing is touched.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import griffe
from typing_extensions import override

from hozon_docs.catalogs import Message, catalog_path, read_catalog
from hozon_docs.findings import DocsError, shown

EXTRA = "hozon_docs"
"""The name under which an object's `extra` holds what this extension says of it: `language`, the
language of a docstring that is not in the page's."""


class TranslatedDocstrings(griffe.Extension):
    """Show the docstrings of a package in the language of the site.

    Args:
        catalogs: The folder with `<language>/api.po`, from the folder in which MkDocs runs.
        language: The language of the site; the variable `DOCS_LANGUAGE` where empty, and the source
            where that is not set.
        source: The language of the docstrings.
    """

    def __init__(
        self, *, catalogs: str = "docs/_l10n", language: str = "", source: str = "en"
    ) -> None:
        """Take the options; the catalog is read when the first package has been loaded."""
        self._folder = Path(catalogs)
        self._language = language or os.environ.get("DOCS_LANGUAGE") or source
        self._source = source
        self._read: dict[str, Message] | None = None

    @override
    def on_package(self, *, pkg: griffe.Module, **kwargs: object) -> None:
        """Exchange the docstrings of a package that has been loaded as a whole.

        Args:
            pkg: The package.
            kwargs: What else griffe hands over; not needed.

        Raises:
            DocsError: The folder of the catalogs does not exist, or a catalog is no PO file.
        """
        if self._language == self._source:
            return
        messages = self._messages()
        for item in _objects(pkg):
            if item.docstring is not None:
                _translate(item, item.docstring, messages.get(item.path), source=self._source)

    def _messages(self) -> dict[str, Message]:
        if self._read is None:
            if not self._folder.is_dir():
                raise DocsError(
                    f"the folder of catalogs {shown(self._folder)} does not exist; run MkDocs in "
                    "the project's folder, or correct `catalogs` of this extension."
                )
            path = catalog_path(self._folder, self._language)
            catalog = read_catalog(path, language=self._language)
            self._read = {message.path: message for message in catalog.messages}
        return self._read


def _objects(item: griffe.Object) -> Iterator[griffe.Object]:
    """Give an object and all below it; what is imported belongs to where it comes from."""
    yield item
    for member in item.members.values():
        if isinstance(member, griffe.Object):
            yield from _objects(member)


def _translate(
    item: griffe.Object, docstring: griffe.Docstring, message: Message | None, *, source: str
) -> None:
    if message is None or not message.is_shown or message.text != docstring.value:
        item.extra[EXTRA]["language"] = source
        return
    # A new one, because the old may have been parsed.
    item.docstring = griffe.Docstring(
        message.translation,
        lineno=docstring.lineno,
        endlineno=docstring.endlineno,
        parent=item,
        parser=docstring.parser,
        parser_options=docstring.parser_options,
    )
