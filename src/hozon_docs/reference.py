"""Which docstrings the API reference of a site shows.

Owns the answer, from the `:::` lines of the source pages and the options of mkdocstrings, whose own
loader and filters are used. Refuses to render: the way from an object to its members is that of the
templates `module`, `class` and `children`, followed here without making HTML. Refuses to import the
documented package.

Invariants: each docstring is named by the path at which it is defined, and given once, however many
pages and subclasses show it; what a page renders in another language never matters.
"""

import posixpath
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import griffe
import yaml
from mkdocs.exceptions import MkDocsException
from mkdocs.utils.yaml import yaml_load
from mkdocstrings import AutoDocProcessor, CollectionError
from mkdocstrings_handlers.python import (
    PythonConfig,
    PythonHandler,
    PythonOptions,
    do_filter_objects,
)

from hozon_docs.catalogs import Original
from hozon_docs.config import Config
from hozon_docs.findings import DocsError, Finding, shown
from hozon_docs.markdown import find_pages, parser

_EXTENSION = "hozon_docs.griffe_extension"
_CODE = {"fence", "code_block", "html_block"}
_INDENT = 4


@dataclass(frozen=True, slots=True)
class _Directive:
    """One `:::` line."""

    line: int
    """Its line."""
    name: str
    """The object that it asks for."""
    handler: str
    """The handler that it names; empty where it names none."""
    options: Mapping[str, Any]
    """The options below it."""


def collect_docstrings(config: Config) -> tuple[Original, ...]:
    """List the docstrings that the pages of the source language render.

    Args:
        config: Where the pages and the MkDocs configuration are.

    Returns:
        The docstrings, in the order of their paths.

    Raises:
        DocsError: mkdocstrings is not configured, or a `:::` line names what cannot be loaded; the
            message names the file and the line to correct.
    """
    handler = _handler(config)
    found: dict[str, Original] = {}
    for page in find_pages(config.tree(config.source), language=config.source):
        for directive in _directives(page.path):
            if directive.handler in {"", "python"}:
                for original in _originals(config, handler, page.path, directive):
                    found[original.path] = original
    return tuple(found[path] for path in sorted(found))


def _handler(config: Config) -> PythonHandler:
    """Make the handler of the site, without its theme and its other plug-ins."""
    with config.mkdocs.open("rb") as file:
        plugins = yaml_load(file).get("plugins") or {}
    listed = plugins if isinstance(plugins, list) else [plugins]
    for entry in listed:
        if isinstance(entry, dict) and "mkdocstrings" in entry:
            handlers = (entry["mkdocstrings"] or {}).get("handlers") or {}
            break
        if entry == "mkdocstrings":
            handlers = {}
            break
    else:
        raise DocsError(
            f"{shown(config.mkdocs)} has no plug-in mkdocstrings; add it, or there is no reference."
        )
    return PythonHandler(
        PythonConfig.from_data(**handlers.get("python") or {}),
        config.mkdocs.parent,
        theme="material",
        custom_templates=None,
        mdx=[],
        mdx_config={},
    )


def _directives(path: Path) -> Iterator[_Directive]:
    """Give the `:::` lines of a page that are no code."""
    text = path.read_text("utf-8-sig")
    lines = text.split("\n")
    code = {
        number
        for token in parser().parse(text)
        if token.type in _CODE and token.map
        for number in range(*token.map)
    }
    for number, line in enumerate(lines):
        match = AutoDocProcessor.regex.match(line.lstrip())
        if match and number not in code:
            below = _below(lines[number + 1 :], indent=len(line) - len(line.lstrip()) + _INDENT)
            try:
                settings = yaml.safe_load(below) or {}
            except yaml.YAMLError as error:
                reason = f"the options below are not YAML ({error}); correct them."
                raise DocsError(str(Finding(path, number + 1, reason))) from None
            yield _Directive(
                number + 1, match["name"], settings.get("handler", ""), settings.get("options", {})
            )


def _below(lines: list[str], *, indent: int) -> str:
    """Give the indented lines that follow a `:::` line, after a blank one at most."""
    first = 1 if lines and not lines[0].strip() else 0
    block = []
    for line in lines[first:]:
        if not line.startswith(" " * indent):
            break
        block.append(line)
    return textwrap.dedent("\n".join(block))


def _originals(
    config: Config, handler: PythonHandler, page: Path, directive: _Directive
) -> Iterator[Original]:
    try:
        options = handler.get_options(directive.options)
        # Translating what is to be translated would leave nothing to do.
        others = [extension for extension in options.extensions if _EXTENSION not in str(extension)]
        options = replace(options, extensions=others)
        item = handler.collect(directive.name, options)
    except (CollectionError, MkDocsException) as error:
        reason = f"{directive.name} is not found ({error}); correct the name or its options."
        raise DocsError(str(Finding(page, directive.line, reason))) from None
    for member in _rendered(item, options, is_root=True):
        target = member.final_target if isinstance(member, griffe.Alias) else member
        if target.docstring is not None and target.docstring.value.strip():
            yield Original(target.path, _file(config, target), target.docstring)


def _rendered(
    item: griffe.Object | griffe.Alias, options: PythonOptions, *, is_root: bool
) -> Iterator[griffe.Object | griffe.Alias]:
    """Give an object and what its template renders with it."""
    yield item
    if not (item.is_class or item.is_module):
        return
    if item.is_class and options.merge_init_into_class:
        inherited = options.inherited_members
        merged = inherited is True or (inherited and "__init__" in inherited)
        members = item.all_members if merged else item.members
        yield from (members[name] for name in ("__init__",) if name in members)
    # Only the members of what the `:::` line names can be chosen by name.
    chosen = options.members if is_root else None
    for child in do_filter_objects(
        item.all_members,
        filters=options.filters,
        members_list=chosen,
        inherited_members=options.inherited_members,
        keep_no_docstrings=options.show_if_no_docstring,
    ):
        public = options.filters == "public" or chosen is not None
        if not (public or not child.is_imported or child.is_public):
            continue
        if child.is_module and not options.show_submodules:
            continue
        if item.is_class and child.name == "__init__" and options.merge_init_into_class:
            continue
        yield from _rendered(child, options, is_root=False)


def _file(config: Config, item: griffe.Object) -> str:
    """Give the file of an object from the project's folder; of a foreign one, from its package."""
    file = item.filepath
    if isinstance(file, Path) and file.is_relative_to(config.root):
        return file.relative_to(config.root).as_posix()
    return posixpath.join(*item.relative_package_filepath.parts)
