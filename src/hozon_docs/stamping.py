"""Recording that a translation was compared with its source.

Owns the one way into the lock, and its refusals. Refuses to judge by itself: what is stale is the
business of `hozon_docs.freshness`, what is unequal that of `hozon_docs.parity`.

Invariants: everything that was asked for is recorded, or nothing is; pages that were not asked for
keep what they had; a unit whose source has changed while its translation has not, and one that is
its source word for word, are recorded only where somebody names their line.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from hozon_docs.config import Config
from hozon_docs.findings import DocsError, Finding, shown
from hozon_docs.freshness import Lag, State, judge_page, pair_units, read_pairs, stamps_of
from hozon_docs.lock import Lock, Stamps, lock_path, read_lock, write_lock
from hozon_docs.markdown import find_pages
from hozon_docs.parity import compare_structures
from hozon_docs.structure import Structure

_CODE = re.compile(r"`[^`]*`|\]\([^)]*\)")
_WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = 4
"""As many words are no name any more that all languages share."""


@dataclass(frozen=True, slots=True)
class Stamped:
    """What a stamping recorded."""

    pages: int
    """How many pages were compared."""
    changed: int
    """How many units of them were not fresh, and are now."""
    forgotten: int
    """How many stamps of units that are gone were dropped."""


@dataclass(frozen=True, slots=True)
class _Stamping:
    """One page, as it is to be stamped."""

    source: Structure
    translation: Structure
    confirmed: frozenset[int]

    def faults(self, lock: Lock) -> Iterator[Finding]:
        """Say why the page cannot be stamped."""
        yield from compare_structures(self.source, self.translation)
        path = self.translation.page.path
        confirmed = set(self.confirmed)
        doubtful: list[int] = []
        for lag in judge_page(self.source, self.translation, lock=lock).lags:
            doubt = _doubt(lag, place=f"{shown(self.source.page.path)}:{lag.source.line}")
            if not doubt:
                continue
            lines = range(lag.translation.line, lag.translation.last_line + 1)
            doubtful.append(lines[0])
            if self.confirmed.isdisjoint(lines):
                reason = f"{doubt}, or say with --still-true {lines[0]} that it says the same."
                yield Finding(path, lines[0], reason)
            confirmed -= set(lines)
        known = (
            f"those that do begin in {', '.join(map(str, doubtful))}" if doubtful else "none does"
        )
        for line in sorted(confirmed):
            reason = f"no unit here needs it, {known}; take --still-true {line} away."
            yield Finding(path, line, reason)

    def stamps(self) -> Stamps:
        """Give what the page records when it is stamped."""
        return stamps_of(pair_units(self.source, self.translation))


def _doubt(lag: Lag, *, place: str) -> str:
    """Say why a person should look again before a unit is recorded; empty where nothing is odd."""
    if lag.state is State.STALE:
        return f"{place} has changed, and this has not; change it"
    words = lag.translation.words
    if words == lag.source.words and len(_WORD.findall(_CODE.sub(" ", words))) >= _SENTENCE:
        return f"this is {place}, word for word; translate it"
    return ""


def stamp_pages(
    config: Config,
    *,
    languages: Sequence[str] = (),
    names: Sequence[str] = (),
    still_true: Collection[int] = (),
) -> Stamped:
    """Record that pages were compared with their sources as they stand.

    Args:
        config: Where the documentation lives.
        languages: The translations to stamp; all where none is named.
        names: The pages to stamp, such as `guides/delete`; all where none is named.
        still_true: Lines of the one translated page that is named, at which a unit says the same as
            its source although only the source has changed, or although it was not translated.

    Returns:
        What was recorded.

    Raises:
        DocsError: A language or a page does not exist, a page differs from its source in structure,
            a unit is stale or not translated and was not confirmed, or the lock cannot be read.
            Nothing is written; the message names every place and what to do there.
    """
    chosen = _known_languages(config, languages)
    wanted = _known_names(config, chosen, names)
    if still_true and (len(languages), len(names)) != (1, 1):
        raise DocsError("--still-true names lines of one page; give one --lang and one PAGE.")
    path = lock_path(config)
    lock = read_lock(path)
    stampings = [
        _Stamping(*pair, frozenset(still_true))
        for pair in read_pairs(config, languages=chosen, names=wanted)
    ]
    faults = [fault for stamping in stampings for fault in stamping.faults(lock)]
    if faults:
        raise DocsError("\n".join([*map(str, sorted(faults)), "Nothing was stamped."]))
    changes = {
        (page.language, page.name): stamping.stamps()
        for stamping in stampings
        for page in [stamping.translation.page]
    }
    if not names:
        changes |= dict.fromkeys(_gone(config, lock, languages), frozenset())
    changed = lock.replaced(changes)
    if changed != lock:
        write_lock(path, changed)
    return _report(lock, changed, pages=len(stampings))


def _report(before: Lock, after: Lock, *, pages: int) -> Stamped:
    old, new = (
        {(key, stamp) for key, stamps in lock.pages.items() for stamp in stamps}
        for lock in (before, after)
    )
    return Stamped(pages=pages, changed=len(new - old), forgotten=len(old - new))


def _known_languages(config: Config, languages: Sequence[str]) -> Sequence[str]:
    for language in languages:
        if language not in config.translations:
            raise DocsError(
                f"{language!r} is not among the translations; name one of "
                f"{', '.join(config.translations)}."
            )
    return languages or config.translations


def _known_names(
    config: Config, languages: Sequence[str], names: Sequence[str]
) -> Collection[str] | None:
    """Check the names of pages; None stands for all."""
    sources = {page.name for page in find_pages(config.tree(config.source), language=config.source)}
    wanted = {name.removesuffix(".md") for name in names}
    for name in sorted(wanted):
        if name not in sources:
            near = get_close_matches(name, sources, n=1) or sorted(sources)[:1]
            like = f", such as {near[0]}" if near else ""
            raise DocsError(
                f"{config.source}/{name}.md does not exist; name a page by its place below "
                f"{shown(config.tree(config.source))}{like}."
            )
        for language in languages:
            if not (config.tree(language) / f"{name}.md").exists():
                raise DocsError(f"{language}/{name}.md does not exist; translate the page first.")
    return wanted or None


def _gone(config: Config, lock: Lock, languages: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Find the pages of a lock that do not exist; with no language, in any."""
    for language, name in lock.pages:
        chosen = not languages or language in languages
        if chosen and not (config.tree(language) / f"{name}.md").exists():
            yield language, name
