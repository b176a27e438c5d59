"""Comments in blocks of code: prose that stands between the lines of a program.

Owns the cutting of a block's text into comments, which are translated, and the rest, which is not.
Pygments finds them, so a `#` in a string or in a here-document is none; of a terminal, the
commands alone have any. Refuses to compare.

Invariants: lines are counted from 1 within the block; a `#>` line is output, never a comment; a
text in a language without an entry has no comments.
"""

from dataclasses import dataclass
from types import MappingProxyType

from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, is_token_subtype

from hozon_docs.output import PREFIX

_PROMPT = "$ "
_MORE = "> "
_LEXERS = MappingProxyType(
    {
        "bash": "bash",
        "console": "bash",
        "py": "python",
        "python": "python",
        "sh": "bash",
        "toml": "toml",
        "yaml": "yaml",
        "yml": "yaml",
    }
)


@dataclass(frozen=True, slots=True)
class Commented:
    """The text of a block, cut in two."""

    comments: tuple[tuple[int, str], ...]
    """Each comment without its `#`, after the number of its line."""
    code: tuple[tuple[int, str], ...]
    """Each line that holds something else, without its comment, after its number."""


def cut_comments(source: str, *, language: str) -> Commented:
    """Cut the text of a block into comments and the rest.

    Args:
        source: The text of the block.
        language: What its fence names, in lower case.

    Returns:
        Both, in the order of the lines. Lines that are left empty are in neither.
    """
    lines = source.split("\n")
    starts = _comment_starts(source, language)
    comments = ((number, lines[number - 1][column:].strip("# \t")) for number, column in starts)
    cut = dict(starts)
    code = ((number, line[: cut.get(number)].rstrip()) for number, line in enumerate(lines, 1))
    return Commented(
        tuple((number, text) for number, text in comments if text),
        tuple((number, text) for number, text in code if text),
    )


def _comment_starts(source: str, language: str) -> list[tuple[int, int]]:
    """Find the line and the column, from 0, at which each comment begins; it ends with the line."""
    name = _LEXERS.get(language)
    if name is None:
        return []
    shown = 0
    if name == "bash" and any(line.startswith(_PROMPT) for line in source.split("\n")):
        source, shown = _commands_only(source), len(_PROMPT)
    # What these options do by default moves lines.
    lexer = get_lexer_by_name(name, stripnl=False, ensurenl=False)
    starts, line, column = [], 1, 0
    for kind, text in lexer.get_tokens(source):
        if is_token_subtype(kind, Comment) and not text.startswith(PREFIX):
            starts.append((line, shown + column))
        line += text.count("\n")
        column = len(text) - text.rindex("\n") - 1 if "\n" in text else column + len(text)
    return starts


def _commands_only(source: str) -> str:
    """Take the prompts and the outputs of a terminal away; each line keeps its number."""
    kept: list[str] = []
    in_command = False
    for line in source.split("\n"):
        in_command = line.startswith(_PROMPT) or (in_command and line.startswith(_MORE))
        kept.append(line[len(_PROMPT) :] if in_command else "")
    return "\n".join(kept)
