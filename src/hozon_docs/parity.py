"""Whether a translation has the same parts as its source.

Owns the comparison of two pages, unit by unit, and of the sets of pages. Refuses to look at prose:
words are for people, and for `hozon_docs.terms`; whether they are of today is for
`hozon_docs.freshness`.

Only prose and comments are translated. So two pages agree in the kinds, the order and the nesting
of their units; in the ids and levels of headings, the heads of admonitions, the shapes of tables
and the keys of metadata; in the inline code and the targets of links of each unit; in lines for
programs; and in their blocks of code, as `hozon_docs.code_parity` says.

Invariants: a page never differs from itself; every finding names both files and both lines; one
fault is one finding, so nothing is compared behind a unit that only one page has.
"""

import re
import shlex
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from difflib import SequenceMatcher
from itertools import zip_longest

from hozon_docs.code_parity import PYTHON, compare_code
from hozon_docs.findings import Finding, shown
from hozon_docs.inline import Inline
from hozon_docs.markdown import Page, Scan, language_of, options_of
from hozon_docs.structure import Kind, Structure, Unit, read_structure

_NOUNS = {
    Kind.METADATA: "key",
    Kind.ROW: "table row",
    Kind.DETAILS: "details block",
    Kind.CODE: "indented block",
    Kind.HTML: "block of HTML",
    Kind.RULE: "line across the page",
}
_HEADS = frozenset({Kind.ADMONITION, Kind.DETAILS, Kind.TAB})
_NUMBER = re.compile(r"\d+")
_BRACES = str.maketrans("{}", "  ")


def compare_page_sets(source: Iterable[Page], translation: Iterable[Page]) -> list[Finding]:
    """Compare the pages that exist in two languages.

    Args:
        source: The pages of the source language.
        translation: The pages of another.

    Returns:
        A finding for every page that only one of them has.
    """
    ours = {page.name: page for page in source}
    theirs = {page.name: page for page in translation}
    languages = {page.language for page in theirs.values()}
    missing = [
        Finding(ours[name].path, 1, f"has no translation in {language}; translate it.")
        for name in sorted(ours.keys() - theirs.keys())
        for language in languages
    ]
    extra = [
        Finding(theirs[name].path, 1, "has no source page; rename it, or write its source.")
        for name in sorted(theirs.keys() - ours.keys())
    ]
    if ours and not theirs:
        first = min(ours.values(), key=lambda page: page.name)
        missing = [Finding(first.path, 1, "is not translated, nor is any other page.")]
    return missing + extra


def compare_scans(source: Scan, translation: Scan) -> list[Finding]:
    """Compare one page in two languages.

    Args:
        source: The page in the source language.
        translation: The same page in another.

    Returns:
        What differs, in the order of the translation's lines. Each finding points at the
        translation and names the place in the source.
    """
    return compare_structures(read_structure(source.page), read_structure(translation.page))


def compare_structures(source: Structure, translation: Structure) -> list[Finding]:
    """Compare one page in two languages, cut into units.

    Args:
        source: The page in the source language.
        translation: The same page in another.

    Returns:
        What differs, as `compare_scans` gives it.
    """
    return sorted(_Pair(source, translation).findings())


class _Pair:
    """The comparison of one pair of pages."""

    def __init__(self, source: Structure, translation: Structure) -> None:
        self._source, self._translation = source.page, translation.page
        # A comment is for whoever writes the page; a translator may have other ones.
        self._ours = [unit for unit in source.units if unit.kind is not Kind.COMMENT]
        self._theirs = [unit for unit in translation.units if unit.kind is not Kind.COMMENT]

    def findings(self) -> Iterator[Finding]:
        ours, theirs = ([_place(unit) for unit in units] for units in (self._ours, self._theirs))
        sure = len(ours)
        if ours != theirs:
            pairs = enumerate(zip_longest(ours, theirs))
            apart = next(at for at, (one, other) in pairs if one != other)
            # The fault lies in this section, perhaps above the line where it shows.
            sure = max(
                (at + 1 for at in range(apart) if self._ours[at].kind is Kind.HEADING), default=0
            )
            yield self._apart(apart, begin=sure)
        for our, their in zip(self._ours[:sure], self._theirs[:sure], strict=True):
            yield from self._unit(our, their)

    def _apart(self, at: int, *, begin: int) -> Finding:
        """Explain the first place at which the units are not the same."""
        if at < min(len(self._ours), len(self._theirs)):
            ours, theirs = self._ours[at], self._theirs[at]
            if ours.kind is theirs.kind is Kind.ROW and ours.shape[:2] != theirs.shape[:2]:
                said, wanted = ("{} rows and {} columns".format(*u.shape) for u in (theirs, ours))
                return self._differs(theirs, ours, f"the table has {said}, not {wanted}")
            if ours.kind is theirs.kind and _name(ours) != _name(theirs) and self._renamed(at):
                return self._differs(theirs, ours, _misnamed(theirs, ours))
        return self._unpaired(begin) or self._displaced(self._ours[at], self._theirs[at])

    def _displaced(self, ours: Unit, theirs: Unit) -> Finding:
        """Explain what is neither missing nor too much."""
        if ours.within == theirs.within:
            return self._differs(theirs, ours, _misnamed(theirs, ours))
        reason = f"the {_noun(theirs)} stands {_inside(theirs)}, not {_inside(ours)}"
        return self._differs(theirs, ours, reason)

    def _renamed(self, at: int) -> bool:
        """Tell whether a unit has another name, rather than another place."""
        ours, theirs = self._ours[at], self._theirs[at]
        return _name(ours) not in {
            _name(unit) for unit in self._theirs if unit.kind is ours.kind
        } and _name(theirs) not in {_name(unit) for unit in self._ours if unit.kind is theirs.kind}

    def _unpaired(self, begin: int) -> Finding | None:
        """Find the first unit that only one of the pages has; None where none is at fault."""
        keys = ([_likeness(unit) for unit in units] for units in (self._ours, self._theirs))
        source, translation = (units[begin:] for units in keys)
        matcher = SequenceMatcher(None, source, translation, autojunk=False)
        for _, i, i_end, j, j_end in matcher.get_opcodes():
            our_count, their_count = i_end - i, j_end - j
            if our_count > their_count:
                return self._lacks(begin + i + their_count, begin + j_end)
            if our_count < their_count:
                return self._exceeds(begin + i_end, begin + j + our_count)
            for offset in range(our_count):
                ours, theirs = self._ours[begin + i + offset], self._theirs[begin + j + offset]
                if ours.kind is not theirs.kind:
                    return self._replaces(ours, theirs)
        return None

    def _lacks(self, at: int, before: int) -> Finding:
        unit = self._ours[at]
        line = self._theirs[before - 1].last_line if before else 1
        place = f"{shown(self._source.path)}:{unit.line}"
        return Finding(
            self._translation.path, line, f"lacks the {_noun(unit)} of {place}; add it below."
        )

    def _exceeds(self, above: int, at: int) -> Finding:
        unit = self._theirs[at]
        place = f"{shown(self._source.path)}:{self._ours[above - 1].line if above else 1}"
        reason = f"this {_noun(unit)} has no partner below {place}; remove it, or add it there."
        return Finding(self._translation.path, unit.line, reason)

    def _replaces(self, ours: Unit, theirs: Unit) -> Finding:
        reason = (
            f"this {_noun(theirs)} stands in the place of the {_noun(ours)} of "
            f"{shown(self._source.path)}:{ours.line}; make them the same."
        )
        return Finding(self._translation.path, theirs.line, reason)

    def _unit(self, ours: Unit, theirs: Unit) -> Iterator[Finding]:
        """Compare what two units in one place hold."""
        for reason in _faults(ours, theirs):
            yield self._differs(theirs, ours, reason)
        if ours.kind not in {Kind.FENCE, Kind.CODE, Kind.DIRECTIVE}:
            return
        title = _title(ours) or f"the {ours.language or 'plain'} block"
        prefix, opening = (f"{title}: ", 0) if ours.kind is Kind.FENCE else ("", 1)
        for found in compare_code(ours.text, theirs.text, language=ours.language):
            yield self._differs_at(
                theirs.line + found.line - opening,
                ours.line + found.source_line - opening,
                prefix + found.reason,
            )

    def _differs(self, theirs: Unit, ours: Unit, reason: str) -> Finding:
        return self._differs_at(theirs.line, ours.line, reason)

    def _differs_at(self, line: int, source_line: int, reason: str) -> Finding:
        source = f"{shown(self._source.path)}:{source_line}"
        text = f"{reason} as in {source}; only prose and comments are translated."
        return Finding(self._translation.path, line, text)


def _place(unit: Unit) -> Hashable:
    """Give what two units must share to be compared at all."""
    return unit.kind, unit.within, _name(unit), unit.shape[:2]


def _likeness(unit: Unit) -> Hashable:
    """Give what tells a unit from its neighbours, but for words and the numbers of items."""
    within = tuple(_NUMBER.sub("", place) for place in unit.within)
    line = unit.text if unit.kind is Kind.DIRECTIVE else ""
    content = frozenset(unit.codes), frozenset(unit.links)
    # By its column the first paragraph of an item is told from the others.
    return unit.kind, within, unit.indent, _name(unit), line, content


def _name(unit: Unit) -> str:
    """Give what names a unit on its page; empty where nothing does."""
    if unit.kind is Kind.FENCE:
        return _title(unit)
    return unit.id if unit.kind in {Kind.HEADING, Kind.METADATA} else ""


def _title(fence: Unit) -> str:
    return options_of(fence.id).get("title", "")


def _noun(unit: Unit) -> str:
    if unit.kind is Kind.FENCE and unit.language in PYTHON:
        return "Python block"
    return _NOUNS.get(unit.kind, str(unit.kind))


def _inside(unit: Unit) -> str:
    return f"in {', '.join(unit.within)}" if unit.within else "in nothing else"


def _misnamed(theirs: Unit, ours: Unit) -> str:
    if ours.kind is Kind.HEADING:
        said, wanted = (f"{'#' * unit.level} {{#{unit.id}}}" for unit in (theirs, ours))
        return f"the heading is {said}, not {wanted}"
    kind = "key" if ours.kind is Kind.METADATA else "block's title"
    return f"the {kind} is {_name(theirs)!r}, not {_name(ours)!r}"


def _faults(ours: Unit, theirs: Unit) -> Iterator[str]:
    """Say what two units in one place do not share, but for code."""
    if ours.level != theirs.level:
        yield _misnamed(theirs, ours)
    if ours.kind is Kind.FENCE and _opening(ours.id) != _opening(theirs.id):
        yield f"the fence says {theirs.id!r}, not {ours.id!r}"
    if ours.kind in _HEADS and ours.id != theirs.id:
        yield f"the head is `{theirs.id}`, not `{ours.id}`"
    if ours.shape != theirs.shape:
        said, wanted = (", ".join(map(str, unit.shape[2:])) or "none" for unit in (theirs, ours))
        yield f"the filled cells are {said}, not {wanted}"
    if ours.kind is Kind.METADATA and not (ours.words and theirs.words):
        yield from _value_faults(ours, theirs)
    yield from _inline_faults(ours, theirs)
    yield from _layout_faults(ours, theirs)


def _value_faults(ours: Unit, theirs: Unit) -> Iterator[str]:
    """Compare two values of metadata that are no words, so that nobody is asked to compare them."""
    if next(compare_code(ours.text, theirs.text, language="yaml"), None):
        said, wanted = (_quoted([" ".join(unit.text.split())]) for unit in (theirs, ours))
        yield f"the value of {ours.id!r} is {said}, not {wanted}"


def _inline_faults(ours: Unit, theirs: Unit) -> Iterator[str]:
    """Compare what is held in any order, but within one cell."""
    if len(ours.cells) != len(theirs.cells) or not ours.cells:
        yield from _held_faults(ours, theirs)
        return
    for number, (our, their) in enumerate(zip(ours.cells, theirs.cells, strict=True), start=1):
        yield from (f"{fault}, in cell {number}," for fault in _held_faults(our, their))


def _held_faults(ours: Unit | Inline, theirs: Unit | Inline) -> Iterator[str]:
    # A translation may name a thing again where the source says "it".
    yield from _content_faults("inline code", Counter({*ours.codes}), Counter({*theirs.codes}))
    yield from _content_faults("target of a link", Counter(ours.links), Counter(theirs.links))


def _content_faults(what: str, wanted: Counter[str], said: Counter[str]) -> Iterator[str]:
    lacking, extra = (_quoted(texts) for texts in (wanted - said, said - wanted))
    if lacking and extra:
        yield f"the {what} is {extra}, not {lacking}"
    elif lacking:
        yield f"the {what} {lacking} is left out, not kept"
    elif extra:
        yield f"the {what} {extra} is added, not left out"


def _layout_faults(ours: Unit, theirs: Unit) -> Iterator[str]:
    """Find what only MkDocs' own reader of Markdown would tell apart."""
    what = "table" if ours.kind is Kind.ROW else "list"
    if theirs.glued and not ours.glued:
        yield f"the {what} stands right below a paragraph and becomes a part of it, not apart"
    elif ours.glued and not theirs.glued:
        yield f"the {what} stands apart, not right below a paragraph to become a part of it"
    in_list = any(place.startswith("item ") for place in ours.within)
    if in_list and ours.indent != theirs.indent:
        yield f"the {_noun(theirs)} begins in column {theirs.indent}, not {ours.indent}"


def _opening(info: str) -> Hashable:
    """Give what a fence says, in whatever spelling and order it says it."""
    try:
        words = shlex.split(info.translate(_BRACES))
    except ValueError:  # A quotation mark without its partner.
        words = info.split()
    return language_of(info), tuple(sorted(words[1:]))


def _quoted(texts: Iterable[str]) -> str:
    return ", ".join(f"`{text}`" for text in sorted(texts))
