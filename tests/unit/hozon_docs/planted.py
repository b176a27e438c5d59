"""A faithful page, the faults that may be planted into its translation, and harmless edits."""

from collections.abc import Mapping
from dataclasses import dataclass

SOURCE = """---
title: Delete
hide: toc
---

# Delete {#delete}

Call `delete` and then `purge`. Read [the start](index.md#start) first.

## One {#one}

```python title="delete.py"
names = ["v0", "v1", "v2"]
# Remove the oldest.
names.remove("v0")
print(names)
#> ['v1', 'v2']
```

=== "Python"

    ```python title="tab.py"
    print("kept")
    #> kept
    ```

!!! warning "Careful"

    Deleted bytes are gone.

| Version | Meaning |
| --- | --- |
| `v0` | the oldest |
| `v1` | the newest |

```{.python title="first.py" group="counting"}
count = 1
```

```{.python title="second.py" group="counting"}
print(count + 1)
#> 2
```

```{.python title="error.py" raises="ValueError: too old"}
raise ValueError("too old")
```

```{.python title="slow.py" skip="it takes an hour"}
wait()
```

```console
$ echo deleted 3 files
deleted ... files
```

```bash
# Say so.
echo done
#> done
```

```json title="policy.json"
{"keep": 2, "days": [1, 2]}
```

```toml title="config.toml"
keep = 2
```

```sql
SELECT name FROM versions;
```
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """An edit of the translation, and what must be said about it."""

    old: str
    """What stands in the source, once."""
    new: str
    """What takes its place."""
    caught: dict[str, tuple[int, str]]
    """By check: the line, and how its reason begins; all other checks must be silent. The checks
    are of a page by itself, of a block that runs, of parity, and of the built site."""


TAB = """\
    ```python title="tab.py"
    print("kept")
    #> kept
    ```
"""
"""The block in the tab."""

FAULTS: Mapping[str, Fault] = {
    "argument": Fault(
        'remove("v0")',
        'remove("v1")',
        {"block": (17, "delete.py: prints something else than its"), "parity": (15, "")},
    ),
    "output": Fault(
        "#> ['v1', 'v2']",
        "#> ['v1']",
        {"block": (17, "delete.py: prints something else than its"), "parity": (17, "")},
    ),
    "output missing": Fault(
        "print(names)\n#> ['v1', 'v2']\n",
        "print(names)\n",
        {"block": (16, "delete.py: prints something else than its"), "parity": (12, "")},
    ),
    "output too much": Fault(
        "#> ['v1', 'v2']\n",
        "#> ['v1', 'v2']\n#> 3\n",
        {"block": (18, "delete.py: prints something else than its"), "parity": (18, "")},
    ),
    "output behind code": Fault(
        "print(names)\n#> ['v1', 'v2']\n",
        "print(names)  #> ['v1', 'v2']\n",
        {"block": (16, "delete.py: a `#>` needs a line of its own,"), "parity": (12, "")},
    ),
    "output as a string": Fault(
        "#> ['v1', 'v2']\n",
        '#> [\'v1\', \'v2\']\n"""\n[]\n"""\n',
        {"block": (18, "delete.py: a string does not show output"), "parity": (18, "")},
    ),
    "error": Fault(
        'names.remove("v0")',
        "names.remove(0)",
        {"block": (15, "delete.py: raised ValueError:"), "parity": (15, "")},
    ),
    "error in a tab": Fault(
        'print("kept")',
        "1 / 0",
        {"block": (23, "tab.py: raised ZeroDivisionError: division"), "parity": (23, "")},
    ),
    "syntax": Fault(
        'names.remove("v0")',
        "names.remove(",
        {"block": (15, "delete.py: SyntaxError: '(' was never closed"), "parity": (15, "")},
    ),
    "exit": Fault(
        "print(names)\n",
        "print(names)\nraise SystemExit\n",
        {"block": (17, "delete.py: raised SystemExit"), "parity": (17, "")},
    ),
    "interrupt": Fault(
        "#> ['v1', 'v2']\n",
        "#> ['v1', 'v2']\nraise KeyboardInterrupt\n",
        {"block": (18, "delete.py: raised KeyboardInterrupt"), "parity": (18, "")},
    ),
    "idle statement": Fault(
        "#> ['v1', 'v2']\n",
        "#> ['v1', 'v2']\nif not names:\n    x = 1\n",
        {"block": (19, "delete.py: this statement was never"), "parity": (18, "")},
    ),
    "another error": Fault(
        'ValueError: too old"}',
        'KeyError: too old"}',
        {"block": (46, "error.py: raised ValueError: too old"), "parity": (45, "")},
    ),
    "another message": Fault(
        'ValueError: too old"}',
        'ValueError: too new"}',
        {"block": (46, "error.py: raised ValueError: too old"), "parity": (45, "")},
    ),
    "failing group": Fault(
        "count = 1\n",
        "count = one\n",
        {"block": (37, "first.py: raised NameError: name 'one' is"), "parity": (37, "")},
    ),
    "out of its group": Fault(
        'second.py" group="counting"',
        'second.py" group="other"',
        {"block": (41, "second.py: raised NameError: name 'count'"), "parity": (40, "")},
    ),
    "skip": Fault(
        '```python title="delete.py"',
        '```{.python title="delete.py" skip="later"}',
        {"parity": (12, 'the fence says \'{.python title="delete.py"')},
    ),
    "another reason": Fault(
        "it takes an hour",
        "it takes two hours",
        {"parity": (49, 'the fence says \'{.python title="slow.py"')},
    ),
    "skip without a reason": Fault(
        'skip="it takes an hour"',
        "skip",
        {
            "page": (49, "a skip without a reason"),
            "block": (50, "slow.py: raised NameError: name 'wait' is"),
            "parity": (49, ""),
        },
    ),
    "skip for nothing": Fault(
        'skip="it takes an hour"',
        'skip=""',
        {
            "page": (49, "the option 'skip' says nothing"),
            "block": (50, "slow.py: raised NameError: name 'wait' is"),
            "parity": (49, ""),
        },
    ),
    "no title": Fault(
        'python title="delete.py"',
        "python",
        {"page": (12, "a Python block without a title"), "parity": (12, "")},
    ),
    "another title": Fault(
        "tab.py", "new.py", {"parity": (22, "the block's title is 'new.py', not 'tab.py'")}
    ),
    "title twice": Fault(
        "tab.py",
        "delete.py",
        {"page": (22, "the title 'delete.py' is taken by the block"), "parity": (22, "")},
    ),
    "unknown option": Fault(
        '{.python title="first.py" group="counting"}',
        '{.python title="first.py" group="counting" test="no"}',
        {"page": (36, "the option 'test' does not exist"), "parity": (36, "")},
    ),
    "option that hides a block": Fault(
        'python title="delete.py"',
        'python title="delete.py" test="skip"',
        {
            "page": (12, "the option 'test' does not exist"),
            "parity": (12, ""),
            "site": (12, "ran, but the site does not render it:"),
        },
    ),
    "group outside braces": Fault(
        'python title="delete.py"',
        'python title="delete.py" group="a"',
        {
            "page": (12, "the option 'group' is only rendered in"),
            "parity": (12, ""),
            "site": (12, "ran, but the site does not render it:"),
        },
    ),
    "pycon": Fault(
        '```python title="delete.py"\nnames = ["v0", "v1", "v2"]',
        '```pycon\n>>> names = 1\n```\n\n```python title="delete.py"\nnames = ["v0", "v1", "v2"]',
        {
            "page": (12, "a Python block without a title"),
            "block": (13, "untitled: SyntaxError: invalid syntax"),
            "parity": (12, ""),
        },
    ),
    "tildes": Fault(
        TAB, TAB.replace("`", "~"), {"site": (23, "the site renders this as Python, but it was")}
    ),
    "four ticks": Fault(
        TAB,
        TAB.replace("```", "````"),
        {"site": (23, "the site renders this as Python, but it was")},
    ),
    "a blank after the brace": Fault(
        TAB,
        TAB.replace('python title="tab.py"', '{ .python title="tab.py" }'),
        {"site": (23, "the site renders this as Python, but it was")},
    ),
    "quoted": Fault(
        "## One {#one}\n",
        "## One {#one}\n\n> ```python\n> 1 / 0\n> ```\n",
        {"parity": (12, ""), "site": (13, "the site renders this as Python, but it was")},
    ),
    "tabulators": Fault(
        TAB,
        TAB.replace("    ", "\t"),
        {"site": (23, "the site renders this as Python, but it was")},
    ),
    "hidden in a comment": Fault(
        '```{.python title="first.py" group="counting"}\ncount = 1\n```\n',
        '<!--\n```{.python title="first.py" group="counting"}\ncount = 1\n```\n-->\n',
        {"parity": (34, ""), "site": (37, "ran, but the site does not render it:")},
    ),
    "raw html": Fault(
        "## One {#one}\n",
        "## One {#one}\n\n<pre><code>1 / 0\n</code></pre>\n",
        {"parity": (12, ""), "site": (12, "the site renders this as code, but no fence")},
    ),
    "indented": Fault(
        "## One {#one}\n",
        "## One {#one}\n\n    1 / 0\n",
        {"parity": (12, ""), "site": (12, "the site renders this as code, but no fence")},
    ),
    "wordless": Fault(
        "## One {#one}\n",
        "## One {#one}\n\n```\n1 / 0\n```\n",
        {
            "page": (12, "nothing checks a fence without a language"),
            "parity": (12, ""),
            "site": (13, "the site renders this as code, but no fence"),
        },
    ),
    "empty": Fault(
        "## One {#one}\n",
        '## One {#one}\n\n```python title="empty.py"\n```\n',
        {
            "page": (12, "a Python block without a line of code"),
            "block": (13, "empty.py: SyntaxError: invalid syntax"),
            "parity": (12, ""),
            "site": (78, "the site renders this as Python, but it was"),
        },
    ),
    "another language": Fault(
        "```sql\n",
        "```postgres\n",
        {"page": (72, "nothing checks a fence in 'postgres'"), "parity": (72, "")},
    ),
    "status": Fault(
        "echo deleted 3 files\n",
        "echo deleted 3 files; false\n",
        {"block": (54, "console: ended with status 1, not 0:"), "parity": (54, "")},
    ),
    "shell output": Fault(
        "deleted ... files",
        "removed ... files",
        {"block": (54, "console: prints something else than its"), "parity": (55, "")},
    ),
    "script output": Fault(
        "#> done",
        "#> gone",
        {"block": (59, "bash: prints something else than its page"), "parity": (61, "")},
    ),
    "above the prompt": Fault(
        "```console\n",
        "```console\nfiles\n",
        {"block": (54, "console: stands above the first `$ `, where"), "parity": (54, "")},
    ),
    "json": Fault(
        '{"keep": 2, ',
        '{"keep": , ',
        {"block": (64, "policy.json: is not valid: Expecting value:"), "parity": (65, "")},
    ),
    "json value": Fault(
        '{"keep": 2, ', '{"keep": 3, ', {"parity": (65, 'policy.json: the text is `{"keep": 3,')}
    ),
    "toml": Fault(
        "keep = 2\n",
        "keep\n",
        {"block": (68, "config.toml: is not valid: Expected '='"), "parity": (69, "")},
    ),
    "sql": Fault(
        "SELECT name FROM",
        "SELEC name FROM",
        {"block": (72, "sql: is not valid: Invalid expression /"), "parity": (73, "")},
    ),
    "heading id": Fault(
        "## One {#one}",
        "## One {#two}",
        {"parity": (10, "the heading is ## {#two}, not ## {#one}")},
    ),
    "no heading id": Fault(
        "## One {#one}",
        "## One",
        {"page": (10, "the heading 'One' has no explicit id"), "parity": (10, "")},
    ),
    "heading level": Fault(
        "## One {#one}",
        "### One {#one}",
        {"parity": (10, "the heading is ### {#one}, not ## {#one}")},
    ),
    "link": Fault(
        "index.md#start", "index.md", {"parity": (8, "the target of a link is `index.md`, not")}
    ),
    "inline code": Fault(
        "`purge`", "`delete`", {"parity": (8, "the inline code `purge` is left out, not")}
    ),
    "lost paragraph": Fault(
        "\n    Deleted bytes are gone.\n", "", {"parity": (27, "lacks the paragraph")}
    ),
    "admonition": Fault(
        "!!! warning", "!!! note", {"parity": (27, 'the head is `!!! note "…"`, not `!!!')}
    ),
    "lost row": Fault(
        "| `v1` | the newest |\n", "", {"parity": (31, "the table has 2 rows and 2 columns, not 3")}
    ),
    "lost column": Fault(
        "| Version | Meaning |\n| --- | --- |\n| `v0` | the oldest |\n| `v1` | the newest |\n",
        "| Version |\n| --- |\n| `v0` |\n| `v1` |\n",
        {"parity": (31, "the table has 3 rows and 1 columns, not 3")},
    ),
    "metadata": Fault("hide: toc", "show: toc", {"parity": (3, "the key is 'show', not 'hide'")}),
    "lost block": Fault(
        TAB, "    Nothing.\n", {"parity": (22, "this paragraph stands in the place of the")}
    ),
}
"""What a translator may do wrong, in code, options, spellings of fences, output and structure."""

HARMLESS: Mapping[str, tuple[str, str]] = {
    "comment": ("# Remove the oldest.", "# 最も古いものを取り除く。"),
    "heading": ("# Delete {#delete}", "# 削除 {#delete}"),
    "prose": ("Call `delete` and then `purge`.", "`delete` を呼び、次に `purge` を呼びます。"),
    "order of codes": ("Call `delete` and then `purge`.", "Before `purge`, call `delete`."),
    "white space": (
        "Call `delete` and then `purge`. Read",
        "Call  `delete`\nand then `purge`.   Read",
    ),
    "emphasis": ("Deleted bytes are gone.", "Deleted bytes are **gone**."),
    "link text": ("[the start]", "[最初のページ]"),
    "tab": ('=== "Python"', '=== "パイソン"'),
    "admonition title": ('"Careful"', '"注意"'),
    "cell": ("| the oldest |", "| 最も古い |"),
    "table layout": ("| `v0` | the oldest |", "|  `v0`  |   the oldest    |"),
    "metadata": ("title: Delete", "title: 削除"),
    "script comment": ("# Say so.", "# そう言う。"),
    "json layout": ('{"keep": 2, "days": [1, 2]}', '{\n  "days": [1, 2],\n  "keep": 2\n}'),
    "toml comment": ("keep = 2\n", "keep = 2  # 二つ\n"),
    "note of a translator": ("## One {#one}\n", "## One {#one}\n\n<!-- 訳注 -->\n"),
    "blank lines": ("## One {#one}\n", "\n## One {#one}\n\n\n"),
    "line end": ("SELECT name FROM versions;\n```\n", "SELECT name FROM versions;\n```\n\n\n"),
    "quotation marks": ('title="delete.py"', "title='delete.py'"),
    "braces": ('```python title="delete.py"', '```{.python title="delete.py"}'),
    "windows": ("\n", "\r\n"),
}
"""What a translator may do."""
