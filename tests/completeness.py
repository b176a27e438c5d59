"""What of the program no page describes: commands, options, variables, error codes, public names.

Owns the comparison of what there is with the text of pages. Refuses to say what there is: tests
hand that in, be it real or made up to see that it is missed. Each fault is a sentence that names
the thing, the page and the next step.
"""

import functools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

import click

SHARED = "shared-options"
"""The id of the heading below which options stand that many commands have."""

_HEADING = re.compile(r"^(#+) (.*?) \{#([\w.-]+)\}$", re.MULTILINE)
_CODE = re.compile(r"`([^`]*)`")
_OPTION = re.compile(r"(?<![\w-])--?[a-z][\w-]*")
_HELP = frozenset({"-h", "--help"})


@dataclass(frozen=True, slots=True)
class Reference:
    """A page of the reference, cut into its sections."""

    name: str
    """What to call it in a fault: `ja/reference/command-line`."""

    text: str
    """All of it."""

    def sections(self) -> Iterator[tuple[str, str, str]]:
        """Give the heading of each section, its id and its text, up to the next heading."""
        found = list(_HEADING.finditer(self.text))
        ends = [*(match.start() for match in found[1:]), len(self.text)]
        for match, end in zip(found, ends, strict=True):
            yield match[2], match[3], self.text[match.end() : end]

    def row(self, first: str) -> str | None:
        """Give the row of a table by the code in its first cell."""
        for line in self.text.splitlines():
            if line.startswith(f"| `{first}` |"):
                return line
        return None


@dataclass(frozen=True, slots=True)
class Command:
    """A command, with the options and arguments that a reader has to know."""

    name: str
    """All words: `hozon artifact put`."""

    options: frozenset[str]
    """All spellings: `--alias`, `-h`."""

    arguments: frozenset[str]
    """As the help writes them, without brackets and dots: `PATH`."""


def walk(root: click.Command, *, name: str) -> Iterator[Command]:
    """Give a command and all below it that can be called."""
    context = click.Context(root, info_name=name)
    if not isinstance(root, click.Group) or name == root.name or " " not in name:
        yield _described(root, context, name=name)
    if isinstance(root, click.Group):
        for word in root.list_commands(context):
            below = root.get_command(context, word)
            if below is not None and not below.hidden:
                yield from walk(below, name=f"{name} {word}")


def command_faults(commands: Iterable[Command], page: Reference) -> list[str]:
    """Find commands, options and arguments that a page does not describe, and the reverse.

    Args:
        commands: What there is; the first is the program itself.
        page: The page.
    """
    root, *rest = [one for one in commands if not _is_group(one, commands)]
    sections = {_plain(heading): text for heading, _, text in page.sections()}
    shared = next((text for _, hid, text in page.sections() if hid == SHARED), "")
    everywhere = frozenset(_spelled(shared))
    faults = [
        f"{page.name}: the option {option} of {root.name} is not described; add it to the table"
        f" below {{#{SHARED}}}."
        for option in sorted(root.options - everywhere)
    ]
    for one in rest:
        section = sections.get(one.name)
        if section is None:
            faults.append(f"{page.name}: {one.name} is not described; add '### `{one.name}`'.")
            continue
        faults += [
            f"{page.name}: the option {option} of {one.name} is not described; add it to the"
            f" table below '### `{one.name}`'."
            for option in sorted(one.options - everywhere - frozenset(_spelled(section)))
        ]
        faults += [
            f"{page.name}: the argument {argument} of {one.name} is not described; name it below"
            f" '### `{one.name}`'."
            for argument in sorted(one.arguments - frozenset(_words(section)))
        ]
        faults += [
            f"{page.name}: {option} is no option of {one.name}; take it out of its table."
            for option in sorted(frozenset(_tabled(section)) - one.options)
        ]
    known = {one.name for one in commands}
    faults += [
        f"{page.name}: there is no command {heading}; take its section out."
        for heading in sections
        if heading.startswith(f"{root.name} ") and heading not in known
    ]
    return faults


def variable_faults(variables: Collection[str], page: Reference) -> list[str]:
    """Find environment variables that have no row on a page, and rows of variables that are none.

    Args:
        variables: What the program reads.
        page: The page.
    """
    missing = [
        f"{page.name}: the environment variable {name} is not described; add a row for it."
        for name in sorted(variables)
        if page.row(name) is None
    ]
    rows = re.findall(r"^\| `(_?HOZON_\w+|GORILLA_\w+)` \|", page.text, re.MULTILINE)
    surplus = [
        f"{page.name}: nothing reads {name}; take its row out."
        for name in rows
        if name not in variables
    ]
    return missing + surplus


def code_faults(codes: Mapping[str, str], text: str, *, name: str) -> list[str]:
    """Find errors whose code a text does not give.

    Args:
        codes: Class → code.
        text: The drawing of the tree, a class a line.
        name: What to call the text.
    """
    lines = {match[1]: line for line in text.splitlines() if (match := re.search(r"(\w+)", line))}
    faults = []
    for kind, code in sorted(codes.items()):
        line = lines.get(kind)
        if line is None:
            faults.append(f"{name}: {kind} is not in the tree of errors; draw it there.")
        elif "." in code and code not in line.split():
            faults.append(f"{name}: {kind} stands there without its code {code}; write it.")
    return faults


def exit_code_faults(codes: Mapping[str, int], page: Reference) -> list[str]:
    """Find groups of errors whose exit code a page does not give.

    Args:
        codes: Group → exit code.
        page: The page.
    """
    rows = re.findall(r"^\| (\d+) \|.*\| `(\w+)` \|$", page.text, re.MULTILINE)
    told = {group: int(code) for code, group in rows}
    return [
        f"{page.name}: the exit code {code} of {group} is not described; add a row for it."
        for group, code in sorted(codes.items())
        if told.get(group) != code
    ]


def name_faults(names: Mapping[str, str], shown: Collection[str]) -> list[str]:
    """Find public names that no page of the reference shows.

    Args:
        names: Public name → the path at which it is defined.
        shown: The paths that pages show.
    """
    return [
        f"{name} is public and no page shows it; add a ':::' line for {place}, or its docstring."
        for name, place in sorted(names.items())
        if place not in shown
    ]


def public_names(module: object, *, of: str) -> dict[str, str]:
    """Find what a module offers, members included.

    Args:
        module: It lists its names in `__all__`.
        of: Its name.

    Returns:
        Public name → the path at which it is defined. Special methods are left out, and so is
        what is no class and no function.
    """
    found: dict[str, str] = {}
    for name in getattr(module, "__all__", ()):
        value = getattr(module, name)
        if not hasattr(value, "__qualname__"):
            continue
        found[f"{of}.{name}"] = _place(value)
        if isinstance(value, type):
            found |= {f"{of}.{name}.{m}": place for m, place in _members(value)}
    return found


def _members(kind: type) -> Iterator[tuple[str, str]]:
    """Give the public members of a class with the places of their definitions."""
    for base in kind.__mro__:
        if not base.__module__.startswith("hozon."):
            continue
        own = {*vars(base), *vars(base).get("__annotations__", {})}
        for name in own:
            if not name.startswith("_"):
                value = vars(base).get(name)
                has_place = callable(value) or isinstance(value, property)
                is_member = isinstance(value, Enum)
                place = _place(value) if has_place and not is_member else ""
                yield name, place or f"{_place(base)}.{name}"


def _place(value: object) -> str:
    """Give the path at which an object is defined."""
    if isinstance(value, property):
        value = value.fget
    elif isinstance(value, functools.cached_property):
        value = value.func
    qualname = getattr(value, "__qualname__", "")
    return f"{getattr(value, '__module__', '')}.{qualname}" if qualname else ""


def _described(command: click.Command, context: click.Context, *, name: str) -> Command:
    """Read what a reader has to know of a command."""
    options, arguments = set(_HELP), set[str]()
    for parameter in command.get_params(context):
        if isinstance(parameter, click.Option):
            options |= {*parameter.opts, *parameter.secondary_opts}
        else:
            shown = re.sub(r"[^A-Z0-9_]", " ", parameter.make_metavar(context)).split()
            arguments.add(shown[-1] if shown else (parameter.name or "").upper())
    return Command(name, frozenset(options), frozenset(arguments))


def _is_group(one: Command, commands: Iterable[Command]) -> bool:
    """Tell whether others stand below a command; the program itself is no such group."""
    return " " in one.name and any(c.name.startswith(f"{one.name} ") for c in commands)


def _plain(heading: str) -> str:
    return heading.strip("`")


def _spelled(text: str) -> Iterator[str]:
    """Give the options that a text names as code."""
    for code in _CODE.findall(text):
        yield from _OPTION.findall(code)


def _words(text: str) -> Iterator[str]:
    """Give the words that a text writes as code."""
    for code in _CODE.findall(text):
        yield from re.findall(r"[A-Z][A-Z0-9_]*", code)


def _tabled(text: str) -> Iterator[str]:
    """Give the options to which rows of a table are given."""
    for line in text.splitlines():
        if line.startswith("| `-"):
            yield from _spelled(line.split(" | ")[0])
