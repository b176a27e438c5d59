"""The blocks that every tool runs, and the pages in which they stand.

Owns the generated code, its `#>` lines and the Markdown around it. Refuses to know the tools.

A block is like those of a real page: a few assignments, a loop or a function, one to three prints,
ten lines in all. What is printed is text: other values would cost pytest-examples a formatter.

Invariants: the same count gives the same blocks; every output line is what its statement printed;
a block needs nothing but the standard library, and no other block.
"""

import ast
import contextlib
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from string import Template

PER_PAGE = 10
"""How many blocks stand in a page."""

_SEED = 20
_PRINTS, _WEIGHTS = (1, 2, 3), (45, 45, 10)
_TALLY = """\
names = ["train", "validation", "test"]
rows = {name: len(name) * $first for name in names}
total = 0
for name in names:
    total += rows[name]
print(f"{total} rows in {len(rows)} splits")
largest = max(rows, key=rows.get)
print(f"most rows: {largest}")
print(f"fewest rows: {min(rows.values())}")
"""
_DIGEST = """\
import hashlib

digest = hashlib.sha256()
for number in range($first):
    digest.update(number.to_bytes(4, "big"))
name = digest.hexdigest()[:12]
print(f"object {name}")
size = digest.digest_size + $second
print(f"{size} bytes")
print(f"stored below {name[:2]}")
"""
_VERSION = """\
class Version:
    def __init__(self, number):
        self.number = number

    def following(self):
        return Version(self.number + 1)


version = Version($first)
for _ in range($second):
    version = version.following()
print(f"v{version.number}")
behind = version.number - $first
print(f"{behind} versions later")
print(f"before it: v{version.number - 1}")
"""
_CONFIG = """\
import json

config = {"name": "run-$first", "layers": [$first, $second], "rate": 0.$second}
text = json.dumps(config, sort_keys=True)
restored = json.loads(text)
print(f"{len(text)} characters")
same = "yes" if restored == config else "no"
print(f"read back: {same}")
print(text)
"""
_BATCHES = """\
def split(values, size):
    return [values[at : at + size] for at in range(0, len(values), size)]


batches = split(list(range($first)), $second)
print(f"{len(batches)} batches")
try:
    batches[$first]
except IndexError as error:
    reason = str(error)
print(f"refused: {reason}")
print(f"last batch: {len(batches[-1])} values")
"""
_SHAPES = (_TALLY, _DIGEST, _VERSION, _CONFIG, _BATCHES)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of generated blocks."""

    name: str
    """Its name, without an ending."""
    blocks: tuple[str, ...]
    """The code of its blocks, output lines included; each ends with a newline."""

    def markdown(self, *, titled: bool) -> str:
        """Write the page.

        Args:
            titled: Whether each fence carries a title. `hozon_docs` asks for one; sybil and
                mktestdocs do not see a fence that has one.

        Returns:
            The Markdown.
        """
        return "\n".join([f"# Page {{#{self.name}}}\n", *self._parts(titled=titled)])

    def _parts(self, *, titled: bool) -> Iterator[str]:
        for number, code in enumerate(self.blocks):
            title = f' title="block_{number}.py"' if titled else ""
            yield f"Block {number} of this page does this:\n\n```python{title}\n{code}```\n"


def make_pages(count: int) -> list[Page]:
    """Generate pages.

    Args:
        count: How many blocks they hold, 0 or more; none make one page without a block.

    Returns:
        The pages; all but the last are full.
    """
    chance = random.Random(_SEED)  # noqa: S311 -- no secret: everybody gets the same blocks
    blocks = [_block(_SHAPES[number % len(_SHAPES)], chance) for number in range(count)]
    return [
        Page(f"page-{start // PER_PAGE}", tuple(blocks[start : start + PER_PAGE]))
        for start in range(0, max(count, 1), PER_PAGE)
    ]


def _block(shape: str, chance: random.Random) -> str:
    numbers = {"first": str(chance.randint(10, 90)), "second": str(chance.randint(2, 9))}
    prints = chance.choices(_PRINTS, _WEIGHTS)[0]
    namespace: dict[str, object] = {"__name__": "__main__"}
    lines: list[str] = []
    for statement in _statements(Template(shape).substitute(numbers)):
        if statement.startswith("print("):
            prints -= 1
        if prints >= 0:
            lines += [statement, *_output_of(statement, namespace)]
    return "\n".join([*lines, ""])


def _statements(source: str) -> Iterator[str]:
    """Cut a text into its statements, each with the blank lines before it."""
    lines, begin = source.split("\n"), 0
    for node in ast.parse(source).body:
        end = node.end_lineno or node.lineno
        yield "\n".join(lines[begin:end])
        begin = end


def _output_of(statement: str, namespace: dict[str, object]) -> list[str]:
    """Run a statement, and give what it prints as output lines."""
    written = io.StringIO()
    with contextlib.redirect_stdout(written):
        exec(statement, namespace)  # noqa: S102 -- it is one of those above
    return [f"#> {line}" for line in written.getvalue().splitlines()]
