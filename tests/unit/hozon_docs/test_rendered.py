"""What the built site shows, held against what ran: a real build of a small foreign site."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hozon_docs.config import Config
from hozon_docs.markdown import Block, Page, scan
from hozon_docs.rendered import (
    compare_examples,
    compare_other_code,
    compare_rendered,
    foreign_addresses,
    line_of,
    page_file,
    read_built,
    stylesheet_loads,
)
from hozon_docs.site import build_site

PLAIN = """# Guide {#guide}

```python title="plain.py"
print("a < b")
#> a < b
```

=== "Tab"

    ```{.python title="tab.py"}
    if True:

        print(1)
        #> 1
    ```

!!! note

    ```py title="note.py"
    x = 1
    ```

- item

    ```python {title="list.py"}
    y = 2
    ```

```console
$ python
```
"""
ESCAPES = {
    "space": "```{ .python }\nescaped = 1\n```\n",
    "tildes": "~~~python\nescaped = 1\n~~~\n",
    "four": "````python\nescaped = 1\n````\n",
    "quote": "> ```python\n> escaped = 1\n> ```\n",
    "tabulator": "- item\n\n\t```python\n\tescaped = 1\n\t```\n",
    "tab_brace": '=== "Tab"\n\n    ```{ .python title="x.py" }\n    escaped = 1\n    ```\n',
    "alias": "```python3\nescaped = 1\n```\n",
    "prompt": "~~~pycon\nescaped = 1\n~~~\n",
    "numpy": "```numpy\nescaped = 1\n```\n",
    "bare_prompt": "    >>> escaped = 1\n",
}
"""Python that the site renders and that no reader of Markdown should have to know about."""


HIDDEN = {
    "indented": "    hidden = 1\n",
    "wordless": "```\nhidden = 1\n```\n",
    "raw": "<pre><code>hidden = 1\n</code></pre>\n",
    "raw_frame": "<pre>\nhidden = 1\n</pre>\n",
}
"""Code that says no language: nobody can tell whether it is Python."""


@pytest.fixture(scope="module")
def foreign_site(foreign_project: Callable[..., Config]) -> Config:
    """Give a built site with a plain page and a page for each way to escape."""
    pages = {"plain": PLAIN} | {
        name: f"# {name} {{#{name}}}\n\nText.\n\n{text}"
        for name, text in (ESCAPES | HIDDEN).items()
    }
    config = foreign_project(pages)
    build_site(config, languages=["de"])
    return config


def _page(config: Config, name: str) -> Page:
    return Page(language="de", name=name, path=config.tree("de") / f"{name}.md")


def test_rendered_and_executed_blocks_are_the_same(foreign_site: Config) -> None:
    """Plain fences, in tabs, admonitions and lists, come out as the text that runs."""
    page = _page(foreign_site, "plain")
    blocks = scan(page).blocks
    built = read_built(page_file(foreign_site.site, page))
    assert len(built.blocks) == 4
    assert compare_rendered(page, built=built, blocks=blocks) == []


@pytest.mark.parametrize("name", ESCAPES)
def test_a_rendered_block_that_does_not_run_is_found(foreign_site: Config, name: str) -> None:
    """Every spelling that renders as Python must run, or the page is refused by its line."""
    page = _page(foreign_site, name)
    # As if the finder had passed over it, which for most of these it does.
    built = read_built(page_file(foreign_site.site, page))
    (finding,) = compare_rendered(page, built=built, blocks=())
    lines = page.path.read_text("utf-8").split("\n")
    assert "the site renders this as Python, but it was not run" in finding.reason
    assert "escaped = 1" in finding.reason
    assert "escaped = 1" in lines[finding.line - 1]


@pytest.mark.parametrize("name", HIDDEN)
def test_code_without_a_language_is_found(foreign_site: Config, name: str) -> None:
    """Python could hide in it, so a page may not have it."""
    page = _page(foreign_site, name)
    built = read_built(page_file(foreign_site.site, page))
    assert compare_rendered(page, built=built, blocks=()) == []
    (finding,) = compare_other_code(page, built=built, fences=scan(page).fences)
    assert "no fence says its language" in finding.reason
    assert "hidden = 1" in page.path.read_text("utf-8").split("\n")[finding.line - 1]


def test_a_fence_with_a_language_is_known(foreign_site: Config) -> None:
    """Shell, configuration and the like are no Python and say so."""
    page = _page(foreign_site, "plain")
    built = read_built(page_file(foreign_site.site, page))
    assert built.others == ("$ python",)
    assert compare_other_code(page, built=built, fences=scan(page).fences) == []


@pytest.mark.parametrize("name", ["space", "tildes", "four", "quote", "tabulator", "tab_brace"])
def test_the_finder_passes_over_these(foreign_site: Config, name: str) -> None:
    """The measured gap is still there; when this fails, the tool can find more by itself."""
    assert scan(_page(foreign_site, name)).blocks == ()


def test_a_block_that_is_not_rendered_is_found(foreign_site: Config) -> None:
    """A block that runs and that no reader sees proves nothing to a reader."""
    page = _page(foreign_site, "plain")
    blocks = scan(page).blocks
    built = read_built(page_file(foreign_site.site, _page(foreign_site, "tildes")))
    reasons = [finding.reason for finding in compare_rendered(page, built=built, blocks=blocks)]
    assert sum("the site does not render it" in reason for reason in reasons) == 4


def test_another_order_is_found(foreign_site: Config) -> None:
    """The same texts in another order are not the same page."""
    page = _page(foreign_site, "plain")
    blocks = scan(page).blocks
    built = read_built(page_file(foreign_site.site, page))
    (finding,) = compare_rendered(page, built=built, blocks=blocks[::-1])
    assert "another order" in finding.reason


def test_the_built_page_knows_language_and_address(foreign_site: Config) -> None:
    """What the checks read is what the theme wrote."""
    built = read_built(page_file(foreign_site.site, _page(foreign_site, "plain")))
    assert built.language == "de"
    assert built.canonical == "http://127.0.0.1:8000/de/plain/"


@pytest.mark.parametrize(
    "markup",
    [
        '<script src="https://cdn.example.net/x.js"></script>',
        '<link rel="stylesheet" href="//cdn.example.net/x.css">',
        '<link rel="preconnect" href="https://cdn.example.net">',
        '<img src="http://cdn.example.net/x.png">',
        "<style>@import 'https://cdn.example.net/x.css';</style>",
        "<style>p { background: url(https://cdn.example.net/x.png) }</style>",
        '<img srcset="x.png, https://cdn.example.net/x2.png 2x">',
        '<p style="background: url(https://cdn.example.net/x.png)">',
        '<video poster="https://cdn.example.net/x.png"></video>',
        '<meta http-equiv="refresh" content="0; url=https://cdn.example.net/">',
        '<script>import("https://cdn.example.net/x.js")</script>',
    ],
    ids=[
        "script",
        "stylesheet",
        "preconnect",
        "image",
        "import",
        "url",
        "srcset",
        "style",
        "poster",
        "refresh",
        "inline",
    ],
)
def test_what_loads_from_another_host_is_found(tmp_path: Path, markup: str) -> None:
    """Everything that a browser loads by itself counts."""
    path = tmp_path / "index.html"
    path.write_text(f"<html><head>{markup}</head></html>", "utf-8")
    loads = read_built(path).loads
    assert len(foreign_addresses("https://docs.example.org/", loads=loads)) == 1


def test_links_and_own_files_are_not_foreign(tmp_path: Path) -> None:
    """A reader may follow a link anywhere; the site's own files are its own."""
    path = tmp_path / "index.html"
    path.write_text(
        '<html><head><link rel="canonical" href="https://elsewhere.example.net/">'
        '<script src="https://docs.example.org/x.js"></script><link rel="icon" href="x.svg">'
        '</head><body><a href="https://elsewhere.example.net/">a</a></body></html>',
        "utf-8",
    )
    assert foreign_addresses("https://docs.example.org/", loads=read_built(path).loads) == []


def test_data_within_a_stylesheet_loads_nothing() -> None:
    """An image in the sheet itself needs no host."""
    sheet = "a { mask: url('data:image/svg+xml,<svg/>'); b: url(https://cdn.example.net/f.woff2) }"
    assert stylesheet_loads(sheet) == ["https://cdn.example.net/f.woff2"]


def test_an_example_in_a_docstring_must_have_run(
    tmp_path: Path, write_block: Callable[[str], Block]
) -> None:
    """It is not a block of the page that shows it, but of a module, and one of those that ran."""
    path = tmp_path / "index.html"
    path.write_text(
        '<div class="doc doc-contents"><div class="language-python highlight">'
        "<pre><code>x = 1\n</code></pre></div></div>",
        "utf-8",
    )
    built = read_built(path)
    block = write_block("x = 1\n")
    assert (built.blocks, built.examples) == ((), ("x = 1",))
    assert compare_examples(block.page, built=built, examples=[block]) == []
    (finding,) = compare_examples(block.page, built=built, examples=[])
    assert "renders this in a docstring, but it was not run" in finding.reason
    assert "x = 1" in finding.reason


@pytest.mark.parametrize("fence", ["```", "~~~"])
def test_a_block_without_a_line_is_named_by_its_fence(tmp_path: Path, fence: str) -> None:
    """It has no text that could be looked for."""
    path = tmp_path / "a.md"
    path.write_text(f"Text.\n\n{fence}python\n{fence}\n\n", "utf-8")
    assert line_of(Page(language="de", name="a", path=path), "") == 3
