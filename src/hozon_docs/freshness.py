"""Whether a translation was last compared with the text that its source holds today.

Owns the pairing of the units of two languages, and the verdict on each pair, from the digests of
the two texts and what the lock remembers. Refuses to write the lock (`hozon_docs.stamping` does)
and to judge structure (`hozon_docs.parity` does): where two sections have other units, they are not
paired.

A pair of texts that somebody has stamped is fresh. A translation that was stamped beside another
text of the source is stale. A translation that was never stamped as it stands is unstamped: nobody
has said yet that it says the same.

Invariants: what holds no words is never stale, nor is code with the same comments in both
languages; moving a text changes nothing; one changed sentence is one finding in each language.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from hozon_docs.config import Config
from hozon_docs.findings import Finding, shown
from hozon_docs.lock import Lock, Stamp, Stamps, line_of, lock_path, read_lock
from hozon_docs.markdown import Page, find_pages
from hozon_docs.structure import Kind, Structure, Unit, read_structure


class State(StrEnum):
    """Why a unit is not fresh."""

    STALE = "stale"
    """The source has changed since the two were compared."""
    UNSTAMPED = "unstamped"
    """The translation as it stands was never compared."""


@dataclass(frozen=True, slots=True)
class Lag:
    """A unit that is not fresh."""

    state: State
    """Why."""
    source: Unit
    """What the source says today."""
    translation: Unit
    """What the translation says."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """How one translated page stands beside its source."""

    source: Page
    """The page in the source language."""
    translation: Page
    """The page in the other."""
    units: int
    """How many pairs of units hold words."""
    lags: tuple[Lag, ...]
    """Those that are not fresh, in the order of the page."""
    is_new: bool
    """Whether no unit of the page was ever stamped."""
    forgotten: int
    """How many stamps belong to no unit any more, of a page that is fresh."""

    def findings(self) -> Iterator[Finding]:
        """Say what there is to do.

        Yields:
            A finding for each unit; one for the page where none of its units was ever stamped.
        """
        page = self.translation
        command = f"`python -m hozon_docs stamp --lang {page.language} {page.name}`"
        if self.is_new and self.lags:
            place = f"{shown(self.source.path)}:1"
            reason = f"was never compared with {place}; do so, then run {command}."
            yield Finding(page.path, 1, reason)
            return
        for lag in self.lags:
            place = f"{shown(self.source.path)}:{lag.source.line}"
            line = lag.translation.line
            if lag.state is State.STALE:
                reason = (
                    f"{place} has changed since this was translated; change this, too, and run "
                    f"{command}. If it still says the same, add --still-true {line}."
                )
            else:
                reason = f"has changed; compare it with {place}, then run {command}."
            yield Finding(page.path, line, reason)
        if self.forgotten:
            place = f"{shown(self.source.path)}:1"
            reason = f"has no unit any more for {self.forgotten} of its stamps beside {place}"
            yield Finding(page.path, 1, f"{reason}; run {command}.")


def pair_units(source: Structure, translation: Structure) -> Iterator[tuple[Unit, Unit]]:
    """Find the units that say the same in two languages, and that a person has to compare.

    Args:
        source: The page in the source language.
        translation: The same page in another.

    Yields:
        Pairs of units with words, in the order of the source. A section whose units are of other
        kinds in the translation is left out: nobody could tell what belongs together.
    """
    theirs = _sections(translation)
    for name, ours in _sections(source).items():
        partners = theirs.get(name, [])
        if [unit.kind for unit in ours] == [unit.kind for unit in partners]:
            yield from (pair for pair in zip(ours, partners, strict=True) if _needs_a_reader(*pair))


def stamps_of(pairs: Iterable[tuple[Unit, Unit]]) -> Stamps:
    """Give the stamps that say: these texts belong together.

    Args:
        pairs: What `pair_units` gives.

    Returns:
        One stamp for each pair of texts.
    """
    return frozenset(Stamp(ours.digest, theirs.digest) for ours, theirs in pairs)


def check_freshness(
    source: Structure, translation: Structure, *, stamps: Stamps
) -> tuple[Lag, ...]:
    """Find the units of a translated page that are not fresh.

    Args:
        source: The page in the source language.
        translation: The same page in another.
        stamps: What was compared on this page.

    Returns:
        The units, in the order of the source.
    """
    return tuple(_lags(pair_units(source, translation), stamps))


def judge_page(source: Structure, translation: Structure, *, lock: Lock) -> Freshness:
    """Say how a translated page stands beside its source.

    Args:
        source: The page in the source language.
        translation: The same page in another.
        lock: What was compared.

    Returns:
        The verdict.
    """
    page = translation.page
    stamps = lock.stamps(page.language, page.name)
    pairs = list(pair_units(source, translation))
    lags = tuple(_lags(pairs, stamps))
    # Stamping forgets by itself. Where something else keeps a page from being stamped, a unit may
    # only seem to be gone.
    settled = not lags and _outline(source) == _outline(translation)
    return Freshness(
        source=source.page,
        translation=page,
        units=len(pairs),
        lags=lags,
        is_new=not stamps,
        forgotten=len(stamps - stamps_of(pairs)) if settled else 0,
    )


def read_pairs(
    config: Config, *, languages: Iterable[str], names: Collection[str] | None = None
) -> Iterator[tuple[Structure, Structure]]:
    """Read each translated page beside its source.

    Args:
        config: Where the documentation lives.
        languages: The translations to read.
        names: The pages to read; None for all.

    Yields:
        The source and the translation, by language and name; nothing for a page that one of the
        two lacks.
    """
    sources: dict[str, Structure] = {}
    for language in languages:
        for page in find_pages(config.tree(language), language=language):
            source = source_of(config, page)
            if (names is None or page.name in names) and source.path.exists():
                if page.name not in sources:
                    sources[page.name] = read_structure(source)
                yield sources[page.name], read_structure(page)


def source_of(config: Config, page: Page) -> Page:
    """Name the page that a page is translated from.

    Args:
        config: Where the documentation lives.
        page: The translated page.

    Returns:
        The page of the source language; its file may not exist.
    """
    path = config.tree(config.source) / f"{page.name}.md"
    return Page(language=config.source, name=page.name, path=path)


def find_lags(config: Config) -> list[Finding]:
    """Find everything that is to be compared, changed or stamped.

    Args:
        config: Where the documentation lives.

    Returns:
        The units that are not fresh, and what the lock remembers of pages that are gone.

    Raises:
        DocsError: The lock cannot be read.
    """
    lock = read_lock(lock_path(config))
    pairs = read_pairs(config, languages=config.translations)
    lags = [found for pair in pairs for found in judge_page(*pair, lock=lock).findings()]
    return sorted([*lags, *forgotten_pages(config, lock)])


def forgotten_pages(config: Config, lock: Lock) -> Iterator[Finding]:
    """Find what a lock remembers of pages that are gone.

    Args:
        config: Where the documentation lives.
        lock: What was compared.

    Yields:
        A finding for each page, in the file of the lock.
    """
    path = lock_path(config)
    for language, name in sorted(lock.pages):
        if not (config.tree(language) / f"{name}.md").exists():
            reason = f"{language}/{name}.md does not exist; run `python -m hozon_docs stamp`."
            yield Finding(path, line_of(path, language, name), reason)


def stale_units(config: Config, page: Page) -> tuple[Unit, ...]:
    """List the units of a page that readers should be warned of.

    Args:
        config: Where the documentation lives.
        page: A translated page.

    Returns:
        The units of the translation whose source has changed; none for a page without a source.

    Raises:
        DocsError: The lock cannot be read.
    """
    source = source_of(config, page)
    if page.language == config.source or not page.translated or not source.path.exists():
        return ()
    stamps = read_lock(lock_path(config)).stamps(page.language, page.name)
    lags = check_freshness(read_structure(source), read_structure(page), stamps=stamps)
    return tuple(lag.translation for lag in lags if lag.state is State.STALE)


def _lags(pairs: Iterable[tuple[Unit, Unit]], stamps: Stamps) -> Iterator[Lag]:
    compared = {stamp.translation for stamp in stamps}
    for ours, theirs in pairs:
        if Stamp(ours.digest, theirs.digest) not in stamps:
            state = State.STALE if theirs.digest in compared else State.UNSTAMPED
            yield Lag(state, ours, theirs)


def _sections(structure: Structure) -> dict[str, list[Unit]]:
    """Give the units below each heading, the heading included, by its id."""
    sections: dict[str, list[Unit]] = {"": []}
    section = sections[""]
    # A comment is for whoever writes the page; it must not count, where headings have no ids.
    seen = (unit for unit in structure.units if unit.kind is not Kind.COMMENT)
    for number, unit in enumerate(seen):
        if unit.kind is Kind.HEADING:
            section = sections.setdefault(unit.id or str(number), [])
        section.append(unit)
    return sections


def _outline(structure: Structure) -> list[tuple[str, Kind]]:
    return [
        (section, unit.kind) for section, units in _sections(structure).items() for unit in units
    ]


def _needs_a_reader(ours: Unit, theirs: Unit) -> bool:
    """Tell whether a person has something to compare."""
    if ours.kind is Kind.FENCE:
        return ours.words != theirs.words
    return bool(ours.words or theirs.words)
