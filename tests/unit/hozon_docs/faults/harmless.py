"""Edits about which nothing may speak up: what writers and translators do every day."""

from unit.hozon_docs.faults.plant import (
    Add,
    Harmless,
    Marked,
    Replace,
    Windows,
    everywhere,
)

EN, JA, ES = (f"docs/{language}/guide.md" for language in ("en", "ja", "es"))
ALL = (EN, JA, ES)
MARKDOWN = "````markdown\n```python\n1 / 0\n```\n````\n"
PAGE = """\
# Soon {#soon}

```python title="soon.py"
print(1 + 1)
#> 2
```
"""


def _written(name: str, replace: Replace, *, built: bool = False) -> Harmless:
    """Make an edit of words, which somebody has compared and stamped."""
    language = replace.path.split("/")[1]
    return Harmless(name=name, edits=(replace,), stamped=True, built=(language,) if built else ())


def _laid_out(name: str, replace: Replace, *, built: bool = False) -> Harmless:
    """Make an edit that changes no word."""
    language = replace.path.split("/")[1]
    return Harmless(name=name, edits=(replace,), built=(language,) if built else ())


HARMLESS = (
    _laid_out(
        "the source is wrapped at another column",
        Replace(EN, "before `label`. Read [the", "before\n`label`. Read\n[the"),
    ),
    _laid_out(
        "a translation is wrapped at another column",
        Replace(ES, "que a `label`. Lea primero", "que a\n`label`. Lea\nprimero"),
    ),
    _written(
        "a comment of a Python block is translated anew",
        Replace(JA, "# 最も重いものが先頭です。", "# 重い順です。"),
        built=True,
    ),
    _written("a comment of a script is translated anew", Replace(ES, "# Cuéntelos.", "# Son dos.")),
    _laid_out(
        "JSON in other lines and in another order",
        Replace(
            JA,
            '{"from": "Ana", "to": ["Bo", "Cy"]}',
            '{\n  "to": ["Bo", "Cy"],\n  "from": "Ana"\n}',
        ),
    ),
    _laid_out(
        "YAML in another style",
        Replace(ES, "stops: [Lima, Cusco]", "stops:\n  - Lima\n  - 'Cusco'"),
    ),
    _laid_out("TOML with other white space", Replace(ES, "limit = 500  #", "limit=5_00 #")),
    _laid_out(
        "Python with other white space", Replace(JA, 'Parcel("vase", 700)', 'Parcel("vase",700)')
    ),
    _laid_out(
        "blanks at the end of a line of prose",
        Replace(ES, "todos los paquetes.\n", "todos los paquetes.   \n"),
    ),
    _laid_out(
        "blanks at the end of a line of code",
        Replace(ES, 'print(read_limit("limit = 500"))\n', 'print(read_limit("limit = 500"))  \n'),
        built=True,
    ),
    _laid_out(
        "blank lines", Replace(JA, "## 設定する {#configure}\n", "\n## 設定する {#configure}\n\n\n")
    ),
    _laid_out(
        "a table in columns",
        Replace(ES, "| `small` | un estante |", "|  `small`   |   un estante|"),
    ),
    _laid_out(
        "points of another shape",
        Replace(ES, "    - en la tienda\n    - en casa", "    * en la tienda\n    * en casa"),
        built=True,
    ),
    _laid_out("an id with blanks in its braces", Replace(JA, "{#pack}", "{ #pack }"), built=True),
    _laid_out(
        "metadata in quotation marks", Replace(JA, "title: 小包を送る", 'title: "小包を送る"')
    ),
    _laid_out(
        "a fence in braces",
        Replace(JA, '```python title="limit.py"', '```{.python title="limit.py"}'),
        built=True,
    ),
    _laid_out(
        "Python in capitals",
        Replace(JA, '```python title="limit.py"', '```Python title="limit.py"'),
        built=True,
    ),
    _laid_out(
        "options in another order and in other quotation marks",
        Replace(
            ES,
            '{.python title="pack.py" group="packing"}',
            "{.python group='packing' title='pack.py'}",
        ),
        built=True,
    ),
    _laid_out(
        "a note of a translator",
        Replace(JA, "## 詰める {#pack}\n", "## 詰める {#pack}\n\n<!-- 訳注、店で詰める。 -->\n"),
    ),
    Harmless(
        name="line ends of Windows everywhere",
        edits=tuple(
            Windows(path)
            for path in (
                *(
                    f"docs/{code}/{name}.md"
                    for code in ("en", "ja", "es")
                    for name in ("index", "guide", "reference")
                ),
                "README.md",
                "src/parcels/__init__.py",
                "docs/_l10n/ja/api.po",
                "docs/_l10n/glossary.yml",
                "docs/_l10n/sync.lock",
                "pyproject.toml",
            )
        ),
        built=("ja",),
        published=("ja",),
    ),
    Harmless(
        name="a byte order mark",
        edits=tuple(
            map(
                Marked,
                (
                    *ALL,
                    "docs/ja/index.md",
                    "docs/en/reference.md",
                    "README.md",
                    "src/parcels/__init__.py",
                ),
            )
        ),
        built=("ja",),
    ),
    _written(
        "inline code in another order",
        Replace(ES, "Llame a `weigh` antes que a `label`.", "Antes que a `label` llame a `weigh`."),
    ),
    _written("an inflected term", Replace(ES, "# Enviar paquetes {", "# Envío de un paquete {")),
    _written(
        "a term that is inflected in Japanese", Replace(JA, "# 小包を送る {", "# 小包の送り方 {")
    ),
    _written("a title in capitals", Replace(ES, "# Enviar paquetes {", "# ENVIAR PAQUETES {")),
    _written("emphasis", Replace(ES, "Un jarrón se rompe.", "Un **jarrón** se *rompe*.")),
    _written("the text of a link", Replace(JA, "[はじめに](index", "[最初のページ](index")),
    _written("the title of a tab", Replace(JA, '=== "短い"', '=== "短いラベル"')),
    _written("a cell", Replace(ES, "una furgoneta |", "una furgoneta grande |")),
    _written("metadata", Replace(JA, "title: 小包を送る", "title: 小包の送り方")),
    _laid_out(
        "a better translation of a docstring",
        Replace("docs/_l10n/es/api.po", "Una línea.", "Una sola línea."),
    ),
    Harmless(
        name="quotation marks as each language has them",
        edits=(
            Replace(EN, "Choose a box.", 'Choose a "box".'),
            Replace(JA, "箱を選びます。", "「箱」を選びます。"),
            Replace(ES, "Elija una caja.", "Elija una «caja»."),
        ),
        stamped=True,
    ),
    Harmless(
        name="highlighted lines, the same in every language",
        edits=everywhere(
            "guide.md", 'python title="limit.py"', 'python title="limit.py" hl_lines="3"'
        ),
        built=("es",),
    ),
    Harmless(
        name="numbers of lines in every language",
        edits=everywhere(
            "guide.md", 'python title="limit.py"', 'python title="limit.py" linenums="1"'
        ),
        built=("ja",),
    ),
    Harmless(
        name="a fence of tildes in a language that is run by the shell",
        edits=everywhere(
            "guide.md",
            "```console\n$ echo sent 3 parcels\nsent ... parcels\n```",
            "~~~console\n$ echo sent 3 parcels\nsent ... parcels\n~~~",
        ),
        built=("ja",),
        published=("ja",),
    ),
    Harmless(
        name="a new section in every language",
        edits=(
            Replace(EN, "## Configure {", "## Wait {#wait}\n\nThe van comes.\n\n## Configure {"),
            Replace(JA, "## 設定する {", "## 待つ {#wait}\n\n車が来ます。\n\n## 設定する {"),
            Replace(ES, "## Configurar {", "## Esperar {#wait}\n\nLlega.\n\n## Configurar {"),
        ),
        stamped=True,
    ),
    Harmless(
        name="a new page in every language",
        edits=tuple(Add(f"docs/{code}/soon.md", PAGE) for code in ("en", "ja", "es")),
        stamped=True,
        built=("es",),
    ),
    Harmless(
        name="a longer fence that shows Markdown",
        edits=everywhere("guide.md", "```text\n", f"{MARKDOWN}\n```text\n"),
        built=("ja",),
    ),
    Harmless(
        name="a list in a list in a list",
        edits=(
            Replace(EN, "    - at home\n", "    - at home\n        - in the hall\n"),
            Replace(JA, "    - 家で\n", "    - 家で\n        - 玄関で\n"),
            Replace(ES, "    - en casa\n", "    - en casa\n        - en la entrada\n"),
        ),
        stamped=True,
    ),
)
"""Edits of words are stamped, as a translator does; edits of form are harmless by themselves."""
