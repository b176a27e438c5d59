"""Fences of every odd spelling, and code that hides from the run, which the built site shows."""

from unit.hozon_docs.faults.plant import Add, Caught, Fault, Replace

EN, JA, ES = (f"docs/{language}/guide.md" for language in ("en", "ja", "es"))
SHORT = """\
    ```{.python title="short.py" group="packing"}
    print(gift.label())
    #> vase, 700 g
    ```
"""
PLAIN = """\
```python title="limit.py"
from parcels import read_limit

print(read_limit("limit = 500"))
#> 500
```
"""
NOT_RUN = "{page}: the site renders this as Python, but it was not run"
NOT_RENDERED = "{page}: ran, but the site does not render it:"
NO_LANGUAGE = "{page}: the site renders this as code, but no fence says its language:"
MODULE = "src/parcels/__init__.py"
RETURNS = "    Returns:\n        The sum, in grams.\n\n    Examples:\n"
PROMPT = f"{RETURNS}        >>> 1 / 0\n"
TILDES = f"{RETURNS}        ~~~python\n        1 / 0\n        ~~~\n"
SHELL = f"{RETURNS}        ```console\n        $ false\n        ```\n"
CHANGED = tuple(
    Caught(
        "catalogs",
        f"docs/_l10n/{language}/api.po",
        'msgctxt "parcels.weigh"',
        "parcels.weigh: the original has changed",
        below=1,
    )
    for language in ("ja", "es")
)


def _odd(name: str, old: str, new: str, *caught: Caught) -> Fault:
    """Make a fault of the Japanese page; the site is built where its check is meant to speak."""
    built = ("ja",) if any(one.check == "site" for one in caught) else ()
    return Fault(name=name, edits=(Replace(JA, old, new),), caught=caught, built=built)


def _site(at: str, words: str, path: str = JA, below: int = 0) -> Caught:
    return Caught("site", path, at, words.format(page=path.removeprefix("docs/")), below=below)


CONFIGURE = "## 設定する {#configure}\n"
FIRST = "from parcels import read_limit"
LACKS = f"lacks the Python block of {EN}:"
EXTRA = "this fence has no partner below"

FENCES = (
    _odd(
        "a fence of tildes",
        PLAIN,
        PLAIN.replace("```", "~~~"),
        _site(FIRST, NOT_RUN),
    ),
    _odd(
        "a fence of four backticks",
        PLAIN,
        PLAIN.replace("```", "````"),
        _site(FIRST, NOT_RUN),
    ),
    _odd(
        "a blank before the language in braces",
        PLAIN,
        PLAIN.replace('python title="limit.py"', '{ .python title="limit.py" }'),
        _site(FIRST, NOT_RUN),
    ),
    _odd(
        "a fence that is indented with a tabulator",
        SHORT,
        SHORT.replace("    ", "\t"),
        _site("gift.label()", NOT_RUN),
    ),
    _odd(
        "a fence in a quotation",
        CONFIGURE,
        f"{CONFIGURE}\n> ```python\n> print(1 / 0)\n> ```\n",
        _site("1 / 0", NOT_RUN),
        Caught("parity", JA, "> ```python", "this Python block has no partner below"),
    ),
    _odd(
        "an unknown option outside braces",
        '```python title="limit.py"',
        '```python title="limit.py" test="no"',
        Caught("page", JA, 'title="limit.py"', "the option 'test' does not exist"),
        Caught("parity", JA, 'title="limit.py"', "the fence says "),
        _site('title="limit.py"', NOT_RENDERED),
        # What never began as a block ends the next one.
        _site('title="order.json"', NO_LANGUAGE),
    ),
    _odd(
        "a group outside braces",
        '```python title="limit.py"',
        '```python title="limit.py" group="one"',
        Caught("page", JA, 'title="limit.py"', "the option 'group' is only rendered in braces"),
        Caught("parity", JA, 'title="limit.py"', "the fence says "),
        _site('title="limit.py"', NOT_RENDERED),
        # What never began as a block ends the next one.
        _site('title="order.json"', NO_LANGUAGE),
    ),
    _odd(
        "a closing fence that is indented less than the opening one",
        "    #> vase, 700 g\n    ```\n",
        "    #> vase, 700 g\n  ```\n",
        Caught("block", JA, "gift.label()", "short.py: SyntaxError: unexpected indent"),
        Caught("page", JA, "#> vase, 700 g", "nothing checks a fence without a language", below=1),
        Caught("parity", JA, "limit = 500  #", LACKS, below=1),
        _site("limit = 500  #", NO_LANGUAGE),
        _site('"short.py"', NOT_RENDERED),
        _site("prefix=", NOT_RUN),
    ),
    _odd(
        "a block behind an empty one",
        PLAIN,
        f'```python title="empty.py"\n```\n\n{PLAIN}',
        Caught("page", JA, '"empty.py"', "a Python block without a line of code"),
        Caught("block", JA, '"empty.py"', "empty.py: SyntaxError: invalid syntax", below=1),
        Caught("parity", JA, '"empty.py"', "this Python block has no partner below"),
        _site('"empty.py"', NOT_RUN),
        _site('"empty.py"', NOT_RENDERED),
        # The next block is then taken for a part of this one.
        _site(FIRST, NOT_RUN),
    ),
    _odd(
        "a console of Python",
        PLAIN,
        f"```pycon\n>>> 1 / 0\n```\n\n{PLAIN}",
        Caught("page", JA, "```pycon", "a Python block without a title"),
        Caught("page", JA, "```pycon", "a pycon block is not run"),
        Caught("block", JA, ">>> 1 / 0", "untitled: SyntaxError"),
        Caught("parity", JA, "```pycon", EXTRA),
    ),
    _odd(
        "a stub of Python",
        PLAIN,
        f"```pyi\ndef later() -> None: ...\n```\n\n{PLAIN}",
        Caught("page", JA, "```pyi", "a Python block without a title"),
        Caught("page", JA, "```pyi", "a pyi block is not run"),
        Caught("parity", JA, "```pyi", EXTRA),
    ),
    _odd(
        "Python by another name",
        CONFIGURE,
        f"{CONFIGURE}\n```python3\n1 / 0\n```\n",
        Caught("page", JA, "```python3", "a Python block without a title"),
        Caught("page", JA, "```python3", "a python3 block is not run"),
        Caught("block", JA, "1 / 0", "untitled: raised ZeroDivisionError"),
        Caught("parity", JA, "```python3", EXTRA),
    ),
    _odd(
        "a shell by another name",
        "```bash\n",
        "```shell\n",
        Caught("page", JA, "```shell", "nothing checks a fence in 'shell'"),
        Caught("parity", JA, "```shell", "the fence says 'shell', not 'bash'"),
        # In a language that nobody knows, nothing is a comment any more.
        Caught("freshness", JA, "```shell", "has changed; compare it with docs/en/"),
    ),
    _odd(
        "prompts of Python in a text",
        "```text\n",
        "```text\n>>> 1 / 0\n",
        _site(">>> 1 / 0", NOT_RUN),
        Caught("parity", JA, ">>> 1 / 0", "the text block: the text is "),
    ),
    Fault(
        name="prompts of Python in a docstring",
        edits=(Replace(MODULE, "    Returns:\n        The sum, in grams.\n", PROMPT),),
        caught=(
            Caught(
                "site", "docs/en/reference.md", "", "en/reference.md: the site renders this in "
            ),
            *CHANGED,
        ),
        built=("en",),
    ),
    Fault(
        name="a fence of tildes in a docstring",
        edits=(Replace(MODULE, "    Returns:\n        The sum, in grams.\n", TILDES),),
        caught=(
            Caught(
                "site", "docs/en/reference.md", "", "en/reference.md: the site renders this in "
            ),
            *CHANGED,
        ),
        built=("en",),
    ),
    Fault(
        name="a shell block in a docstring",
        edits=(Replace(MODULE, "    Returns:\n        The sum, in grams.\n", SHELL),),
        caught=(
            Caught("publish", "docs/en/reference.md", "", "shell has no proof: "),
            *CHANGED,
        ),
        built=("en",),
        published=("en",),
    ),
    Fault(
        name="a page outside the trees",
        edits=(Add("docs/stray.md", '# Stray {#stray}\n\n```python title="a.py"\n1 / 0\n```\n'),),
        caught=(Caught("publish", "docs/stray.md", "```python", "a.py has no proof: this very"),),
        published=("en",),
    ),
    _odd(
        "an empty fence",
        CONFIGURE,
        f"{CONFIGURE}\n```\n```\n",
        Caught("page", JA, CONFIGURE.strip(), "nothing checks a fence without a language", below=2),
        Caught("parity", JA, CONFIGURE.strip(), EXTRA, below=2),
        _site(CONFIGURE.strip(), NO_LANGUAGE, below=2),
        # The next block is then taken for a part of this one.
        _site(FIRST, NOT_RUN),
    ),
    _odd(
        "a fence without a language",
        CONFIGURE,
        f"{CONFIGURE}\n```\n1 / 0\n```\n",
        Caught("page", JA, "1 / 0", "nothing checks a fence without a language", below=-1),
        Caught("parity", JA, "1 / 0", EXTRA, below=-1),
        _site("1 / 0", NO_LANGUAGE),
    ),
    _odd(
        "a fence in a language that nothing checks",
        "```text\n",
        "```fortran\n",
        Caught("page", JA, "```fortran", "nothing checks a fence in 'fortran'"),
        Caught("parity", JA, "```fortran", "the fence says 'fortran', not 'text'"),
    ),
    _odd(
        "an indented block",
        CONFIGURE,
        f"{CONFIGURE}\n    1 / 0\n",
        _site("1 / 0", NO_LANGUAGE),
        Caught("parity", JA, "1 / 0", "this indented block has no partner below"),
    ),
    _odd(
        "code in raw HTML",
        CONFIGURE,
        f"{CONFIGURE}\n<pre><code>1 / 0\n</code></pre>\n",
        _site("1 / 0", NO_LANGUAGE),
        Caught("parity", JA, "1 / 0", "this block of HTML has no partner below"),
    ),
    _odd(
        "a block in a comment of HTML",
        PLAIN,
        f"<!--\n{PLAIN}-->\n",
        Caught("parity", JA, "limit = 500  #", LACKS, below=1),
        _site('title="limit.py"', NOT_RENDERED),
    ),
    Fault(
        name="a block in a comment of HTML, in every language",
        edits=tuple(Replace(path, PLAIN, f"<!--\n{PLAIN}-->\n") for path in (EN, JA, ES)),
        caught=(_site('title="limit.py"', NOT_RENDERED, EN),),
        built=("en",),
    ),
    Fault(
        name="three backticks in a string of the code",
        edits=(Replace("README.md", "print(weigh", 'print("""\n```\n""")\nprint(weigh'),),
        caught=(
            Caught("block", "README.md", 'print("""', "first.py: SyntaxError: unterminated triple"),
            Caught("page", "README.md", "#> 900", "nothing checks a fence without", below=1),
        ),
    ),
    Fault(
        name="a block without a title",
        edits=tuple(
            Replace(path, '```python title="limit.py"', "```python") for path in (EN, JA, ES)
        ),
        caught=tuple(
            Caught("page", path, "limit = 500  #", "a Python block without a title", below=3)
            for path in (EN, JA, ES)
        ),
    ),
    Fault(
        name="a title twice",
        edits=tuple(Replace(path, '"long.py"', '"short.py"') for path in (EN, JA, ES)),
        caught=tuple(
            Caught("page", path, 'prefix="for Bo', "the title 'short.py' is taken by", below=-1)
            for path in (EN, JA, ES)
        ),
    ),
    Fault(
        name="other lines are highlighted in one language",
        edits=(
            Replace(EN, '"limit.py"', '"limit.py" hl_lines="3"'),
            Replace(JA, '"limit.py"', '"limit.py" hl_lines="3"'),
            Replace(ES, '"limit.py"', '"limit.py" hl_lines="2"'),
        ),
        caught=(Caught("parity", ES, '"limit.py"', "the fence says "),),
    ),
)
"""Spellings that render and are not run, that run and are not rendered, or that nothing checks."""
