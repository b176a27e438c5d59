"""Whether two blocks of code are the same block, as far as a reader and a program can tell.

Owns the comparison of the text of two fences in one language. Refuses to compare their opening
lines and their places; `hozon_docs.parity` does.

What is equal depends on the language. Python: the syntax tree and the `#>` lines. JSON, YAML and
TOML: the data. The shell: all but the comments. Anything else: every byte.

Invariants: a text never differs from itself, even where it is no program; comments and spacing
alone make no difference in Python and in data.
"""

import ast
import io
import tokenize
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from hozon_docs.comments import cut_comments
from hozon_docs.data import DATA, SHELL
from hozon_docs.output import output_lines

PYTHON = frozenset({"python", "py"})
"""The names of Python that a fence may carry."""

_AS_DATA = frozenset({"json", "toml", "yaml", "yml"})
_SILENT = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One place at which two blocks differ."""

    line: int
    """The line in the translated block, counted from 1."""
    source_line: int
    """The line in the source's block."""
    reason: str
    """What is wrong, as the beginning of a sentence."""


_TEXT = "the text is "

_Numbered = Sequence[tuple[int, str]]
"""Lines that count, each after its number."""


def compare_code(source: str, translation: str, *, language: str) -> Iterator[Difference]:
    """Compare the text of a block with that of its translation.

    Args:
        source: The text in the source page.
        translation: The text in the translated page.
        language: What both fences name, in lower case.

    Yields:
        The first difference; in Python, that of the code and that of the output.
    """
    if language in PYTHON:
        yield from _python(source, translation)
    elif language in SHELL:
        yield from _text(source, translation, language=language)
    elif source != translation and not _same_data(source, translation, language):
        # Comments may have moved the lines; where nothing else differs, white space does.
        found = list(_text(source, translation, language=language) if language in _AS_DATA else ())
        yield from found or _first_difference(_numbered(source), _numbered(translation))


def _python(source: str, translation: str) -> Iterator[Difference]:
    trees = _tree(source), _tree(translation)
    if None in trees:
        # Without a tree there is nothing better than the text; the run will say the rest.
        yield from _text(source, translation, language="python", what="the code is ")
        return
    if trees[0] != trees[1]:
        yield _code_difference(source, translation)
    printed = [list(output_lines(text).items()) for text in (source, translation)]
    yield from _first_difference(*printed, what="the output is ")


def _text(
    source: str, translation: str, *, language: str, what: str = _TEXT
) -> Iterator[Difference]:
    """Compare two texts line by line, but for comments."""
    ours, theirs = (cut_comments(text, language=language).code for text in (source, translation))
    yield from _first_difference(ours, theirs, what=what)


def _first_difference(
    ours: _Numbered, theirs: _Numbered, *, what: str = _TEXT
) -> Iterator[Difference]:
    """Name the first lines that differ; one side may have ended."""
    at = _apart([text for _, text in ours], [text for _, text in theirs])
    if at is not None:
        yield _difference(ours, theirs, at, what=what)


def _apart(ours: Sequence[str], theirs: Sequence[str]) -> int | None:
    pairs = enumerate(zip_longest(ours, theirs))
    return next((at for at, (one, other) in pairs if one != other), None)


def _difference(ours: _Numbered, theirs: _Numbered, at: int, *, what: str) -> Difference:
    our_line, wanted = ours[at] if at < len(ours) else (_last(ours), "")
    their_line, said = theirs[at] if at < len(theirs) else (_last(theirs), "")
    return Difference(their_line, our_line, f"{what}{_quoted(said)}, not {_quoted(wanted)}")


def _code_difference(source: str, translation: str) -> Difference:
    """Find the line by which two programs are not the same."""
    ours, theirs = _code_lines(source), _code_lines(translation)
    at = _apart([code for *_, code in ours], [code for *_, code in theirs])
    if at is not None:
        wanted, said = _as_written(source, ours), _as_written(translation, theirs)
        return _difference(wanted, said, at, what="the code is ")
    # The same words in other columns: something has left its loop, or entered it.
    return next(
        Difference(their_line, our_line, f"{_quoted(code)} is indented by {said}, not by {wanted}")
        for (our_line, wanted, code), (their_line, said, _) in zip(ours, theirs, strict=True)
        if said != wanted
    )


def _tree(source: str) -> str | None:
    """Give the syntax tree without positions; None where the code does not compile."""
    try:
        return ast.dump(ast.parse(source))
    except (SyntaxError, ValueError):
        return None


def _code_lines(source: str) -> list[tuple[int, int, str]]:
    """Give the lines that hold code: number, indentation, and text without comments and spacing."""
    lines: dict[int, tuple[int, str]] = {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _SILENT and token.string:
            line, column = token.start
            indent, text = lines.get(line, (column, ""))
            lines[line] = indent, f"{text} {token.string}".strip()
    return [(number, *line) for number, line in lines.items()]


def _as_written(source: str, lines: Iterable[tuple[int, int, str]]) -> _Numbered:
    written = source.split("\n")
    return [(number, written[number - 1].strip()) for number, *_ in lines]


def _same_data(source: str, translation: str, language: str) -> bool:
    """Tell whether two texts say the same to whoever parses them; False where one is no data."""
    if language not in _AS_DATA:
        return False
    try:
        ours, theirs = (_typed(DATA[language](text)) for text in (source, translation))
    except ValueError:
        return False
    return ours == theirs


def _typed(value: object) -> Hashable:
    """Give a value that is equal for equal data only: to Python, `1`, `1.0` and `true` are one."""
    if isinstance(value, dict):
        return frozenset((_typed(key), _typed(item)) for key, item in value.items())
    if isinstance(value, list | tuple):
        return tuple(_typed(item) for item in value)
    if isinstance(value, set):
        return frozenset(_typed(item) for item in value)
    return type(value).__name__, repr(value)


def _last(lines: _Numbered) -> int:
    """Give the number of the last line; 0 means the opening fence."""
    return lines[-1][0] if lines else 0


def _numbered(text: str) -> _Numbered:
    return list(enumerate(text.removesuffix("\n").split("\n"), start=1))


def _quoted(text: str) -> str:
    return f"`{text}`" if text.strip() else "nothing"
