"""Catalogs of translated docstrings: one PO file per language.

Owns what stands in `<l10n>/<language>/api.po`: its reading, its text, and how it follows the code.
Babel reads and escapes. The text is put together here, because Babel 2.18 re-wraps the previous
English of a changed docstring, and so loses its lines. Refuses to know which docstrings a site
renders (`hozon_docs.reference` does) and to judge a translation (`hozon_docs.catalog_check` does).

Invariants: a message is known by the path of its object, never by the likeness of texts; the same
docstrings and translations give the same bytes, without dates, line numbers or places of a machine;
what a translator wrote leaves the file only with its docstring; a file that cannot be read is never
written over.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import griffe
from babel.messages import catalog as babel
from babel.messages.pofile import PoFileError, PoFileParser, denormalize, normalize
from rich.table import Table
from typing_extensions import override

from hozon_docs.atomic import write_atomically
from hozon_docs.config import Config
from hozon_docs.findings import DocsError, Finding

_HEADER = """\
# Docstrings of the API reference, to be translated into: {language}
# Write what follows `msgstr`; `python -m hozon_docs extract` writes the rest.
msgid ""
msgstr ""
"Language: {locale}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""
_PREVIOUS = "| "


class _Messages(babel.Catalog):
    """What Babel reads; of two messages with one path, Babel would keep the first in silence."""

    def __init__(self) -> None:
        super().__init__()
        self._paths: set[str] = set()

    @override
    def __setitem__(self, id: str | tuple[str, ...] | list[str], message: babel.Message) -> None:
        if message.context in self._paths:
            line = (message.lineno or 1) - 1
            raise PoFileError("a second message of this path", self, message.context, line)
        if message.context:
            self._paths.add(message.context)
        super().__setitem__(id, message)


@dataclass(frozen=True, slots=True)
class Original:
    """One docstring as the code has it, in the source language."""

    path: str
    """The path of its object where it is defined: `package.module.Class.method`."""
    file: str
    """The file that holds it, with forward slashes, from the project's folder."""
    docstring: griffe.Docstring
    """Its text, and how that is to be parsed."""

    @property
    def text(self) -> str:
        """Give its text without the indentation of the code."""
        return self.docstring.value


@dataclass(frozen=True, slots=True)
class Message:
    """One docstring and its translation, as a catalog has them."""

    path: str
    """The path of the object that the docstring documents."""
    text: str
    """The docstring in the source language, when the catalog was last extracted."""
    translation: str = ""
    """Its translation; empty where there is none yet."""
    file: str = ""
    """The file that holds the docstring."""
    fuzzy: bool = False
    """Whether the translation is of an older text, so that it is not shown."""
    previous: str = ""
    """That older text; empty where the message is not fuzzy."""
    comments: tuple[str, ...] = ()
    """What translators noted."""
    line: int = field(default=1, compare=False)
    """The line of the catalog in which the message begins, from 1."""

    @property
    def is_shown(self) -> bool:
        """Tell whether readers get the translation."""
        return bool(self.translation) and not self.fuzzy


@dataclass(frozen=True, slots=True)
class Catalog:
    """All messages of one language."""

    language: str
    """The language of the translations."""
    messages: tuple[Message, ...] = ()
    """The messages, in the order of the file."""
    obsolete: tuple[Message, ...] = ()
    """Messages that another tool set aside with `#~`."""


@dataclass(frozen=True, slots=True)
class Update:
    """What an extraction made of one catalog."""

    catalog: Catalog
    """The catalog as it stands now."""
    dropped: int
    """How many messages went, because nothing renders their docstrings any more."""
    changed: bool
    """Whether the file had to be written."""

    @property
    def translated(self) -> int:
        """Count the translations that readers get."""
        return sum(message.is_shown for message in self.catalog.messages)

    @property
    def fuzzy(self) -> int:
        """Count the translations of an older text."""
        return sum(message.fuzzy for message in self.catalog.messages)

    @property
    def missing(self) -> int:
        """Count the messages without a translation."""
        return sum(not message.translation for message in self.catalog.messages)


def catalog_path(folder: Path, language: str) -> Path:
    """Say where the catalog of a language stands.

    Args:
        folder: The folder of all catalogs: `Config.l10n`.
        language: The language of the translations.

    Returns:
        The file, which may not exist yet.
    """
    return folder / language / "api.po"


def read_catalog(path: Path, *, language: str) -> Catalog:
    """Read a catalog.

    Args:
        path: The PO file.
        language: The language of its translations.

    Returns:
        Its messages; none where the file does not exist.

    Raises:
        DocsError: The file is not UTF-8 or not a PO file; correct the line that the message names.
    """
    if not path.exists():
        return Catalog(language)
    found = _Messages()
    try:
        PoFileParser(found, abort_invalid=True).parse(_numbered(path.read_text("utf-8")))
    except PoFileError as error:
        reason = f"no line of a PO file: {error}, {error.line!r}; correct it."
        raise DocsError(str(Finding(path, error.lineno + 1, reason))) from None
    except UnicodeDecodeError:
        raise DocsError(str(Finding(path, 1, "this is not UTF-8; save it as UTF-8."))) from None
    return Catalog(
        language,
        tuple(_message(message) for message in found if message.id),
        tuple(_message(message) for message in found.obsolete.values()),
    )


def merge(catalog: Catalog, originals: Iterable[Original]) -> Catalog:
    """Bring a catalog in step with the code.

    A new docstring is missing, a changed one is fuzzy, one that went is dropped. A docstring that
    moved takes its translation along if its text is the same to the letter.

    Args:
        catalog: The catalog so far.
        originals: The docstrings of now, each path once.

    Returns:
        The catalog with exactly their messages, in the order of the paths.
    """
    current = {original.path: original for original in originals}
    known = {message.path: message for message in catalog.messages}
    homeless = {
        message.text: message
        for message in catalog.messages
        if message.path not in current and message.is_shown
    }
    messages = [
        _follow(known.get(path) or homeless.get(current[path].text), current[path])
        for path in sorted(current)
    ]
    return Catalog(catalog.language, tuple(messages))


def format_catalog(catalog: Catalog) -> str:
    """Give the text of a catalog.

    Args:
        catalog: The catalog.

    Returns:
        The PO file: each message's comments, file, mark and previous text, path, text, translation.
    """
    locale = catalog.language.replace("-", "_")
    header = _HEADER.format(language=catalog.language, locale=locale)
    entries = ("\n".join([*_entry(message), ""]) for message in catalog.messages)
    return "\n".join([header, *entries])


def update_catalogs(config: Config, originals: Iterable[Original]) -> tuple[Update, ...]:
    """Bring the catalogs of all languages in step with the code.

    All are read before the first is written, so that a faulty one leaves all as they were.

    Args:
        config: Which languages there are, and the folder of their catalogs.
        originals: The docstrings of now.

    Returns:
        What became of each catalog, in the order of the languages.

    Raises:
        DocsError: A catalog cannot be read; correct the line that the message names.
    """
    docstrings = tuple(originals)
    paths = {language: catalog_path(config.l10n, language) for language in config.translations}
    read = {language: read_catalog(path, language=language) for language, path in paths.items()}
    return tuple(_update(paths[language], read[language], docstrings) for language in paths)


def updates_table(updates: Iterable[Update]) -> Table:
    """Show what an extraction made of the catalogs.

    Args:
        updates: What became of each catalog.

    Returns:
        One row per language, to be printed.
    """
    table = Table("language", "file")
    for name in ("messages", "translated", "fuzzy", "missing", "dropped"):
        table.add_column(name, justify="right")
    for update in updates:
        counts = (len(update.catalog.messages), update.translated, update.fuzzy, update.missing)
        state = "written" if update.changed else "unchanged"
        table.add_row(update.catalog.language, state, *map(str, (*counts, update.dropped)))
    return table


def _numbered(text: str) -> Iterator[str]:
    """Number the comments: Babel drops one that it has seen, and takes previous text for some."""
    for number, line in enumerate(text.split("\n")):
        is_comment = line.startswith("#") and line[1:2] not in {":", ",", ".", "~"}
        yield f"#{number} {line[1:]}" if is_comment else line


def _message(message: babel.Message) -> Message:
    fuzzy = message.fuzzy and bool(message.string)
    notes = [comment.partition(" ")[2].strip() for comment in message.user_comments]
    old = [note.removeprefix(_PREVIOUS) for note in notes if note.startswith(_PREVIOUS)]
    previous = denormalize("\n".join(old).removeprefix("msgid "))
    return Message(
        path=message.context or "",
        text=str(message.id),
        translation=str(message.string or ""),
        file=" ".join(file for file, _ in message.locations),
        fuzzy=fuzzy,
        previous=previous if fuzzy else "",
        comments=tuple(note for note in notes if not note.startswith(_PREVIOUS)),
        line=message.lineno or 1,
    )


def _follow(old: Message | None, original: Original) -> Message:
    """Give the message of a docstring, with what the catalog knew of it."""
    if old is None:
        return Message(original.path, original.text, file=original.file)
    stale = bool(old.translation) and old.text != original.text
    undone = old.previous == original.text
    fuzzy = (old.fuzzy or stale) and not undone
    # What the translation was made from, however often the text has changed since.
    previous = old.previous or (old.text if stale else "")
    return replace(
        old,
        path=original.path,
        text=original.text,
        file=original.file,
        fuzzy=fuzzy,
        previous=previous if fuzzy else "",
    )


def _entry(message: Message) -> Iterator[str]:
    yield from (f"# {comment}".rstrip() for comment in message.comments)
    yield f"#: {message.file}"
    if message.fuzzy:
        yield "#, fuzzy"
    if message.previous:
        yield f"#{_PREVIOUS}msgid {normalize(message.previous, prefix=f'#{_PREVIOUS}', width=0)}"
    yield f"msgctxt {normalize(message.path, width=0)}"
    yield f"msgid {normalize(message.text, width=0)}"
    yield f"msgstr {normalize(message.translation, width=0)}"


def _update(path: Path, old: Catalog, originals: tuple[Original, ...]) -> Update:
    new = merge(old, originals)
    text = format_catalog(new)
    changed = not path.exists() or path.read_bytes() != text.encode()
    if changed:
        write_atomically(path, text.encode())
    paths = {message.path for message in new.messages}
    dropped = sum(message.path not in paths for message in (*old.messages, *old.obsolete))
    return Update(new, dropped, changed)
