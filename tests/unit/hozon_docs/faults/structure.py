"""Faults in the prose of one language: parity with the source is meant to catch them."""

from unit.hozon_docs.faults.plant import Add, Caught, Edit, Fault, Remove, Rename, Replace

EN, JA, ES = (f"docs/{language}/guide.md" for language in ("en", "ja", "es"))
NEW = "# Soon {#soon}\n"


def _unequal(name: str, edit: Edit, at: str, words: str, *more: Caught, below: int = 0) -> Fault:
    """Make a fault that parity finds in the file that is edited."""
    caught = Caught("parity", edit.path, at, words, below=below)
    return Fault(name=name, edits=(edit,), caught=(caught, *more))


def _unstamped(at: str, path: str) -> Caught:
    return Caught("freshness", path, at, "has changed; compare it with docs/en/")


STRUCTURE = (
    _unequal(
        "the level of a heading",
        Replace(JA, "## 量る {#weigh}", "### 量る {#weigh}"),
        "### 量る",
        "the heading is ### {#weigh}, not ## {#weigh}",
    ),
    _unequal(
        "a heading without an id",
        Replace(ES, "## Pesar {#weigh}", "## Pesar"),
        "## Pesar",
        "the heading is ## {#}, not ## {#weigh}",
        Caught("page", ES, "## Pesar", "the heading 'Pesar' has no explicit id"),
    ),
    _unequal(
        "an id is changed",
        Replace(ES, "{#pack}", "{#empaquetar}"),
        "{#empaquetar}",
        "the heading is ## {#empaquetar}, not ## {#pack}",
    ),
    Fault(
        name="an id twice",
        edits=tuple(Replace(path, "{#pack}", "{#weigh}") for path in (EN, JA, ES)),
        caught=tuple(
            Caught("page", path, at, "the id 'weigh' is taken by the heading in line 12")
            for path, at in ((EN, "## Pack"), (JA, "## 詰める"), (ES, "## Empaquetar"))
        ),
    ),
    _unequal(
        "a paragraph with code is missing",
        Replace(
            JA, "`label`の前に`weigh`を呼びます。まず[はじめに](index.md#start)を読みます。\n\n", ""
        ),
        "# 小包を送る {",
        f"lacks the paragraph of {EN}:8",
    ),
    # Which of several plain paragraphs, only a reader can tell: the place is the first of them.
    _unequal(
        "a plain paragraph is missing",
        Replace(JA, "ディスクには何も書きません。\n\n", ""),
        "## 量る",
        f"lacks the paragraph of {EN}:14",
    ),
    _unequal(
        "a paragraph is too much",
        Replace(ES, "nada en el disco.\n", "nada en el disco.\n\nNada.\n"),
        "La báscula suma",
        f"this paragraph has no partner below {EN}:12",
    ),
    _unequal(
        "two paragraphs are one",
        Replace(ES, "los paquetes.\n\nNo se", "los paquetes.\nNo se"),
        "## Pesar",
        f"lacks the paragraph of {EN}:14",
    ),
    _unequal(
        "an item of a list is too much",
        Replace(JA, "    - 家で\n", "    - 家で\n    - 駅で\n"),
        "- 店で",
        f"this paragraph has no partner below {EN}:54",
    ),
    _unequal(
        "an item of a list is missing",
        Replace(ES, "    - en la tienda\n", ""),
        "3. Léala:",
        f"lacks the paragraph of {EN}:56",
    ),
    _unequal(
        "a numbered list is one of points",
        Replace(ES, "1. Elija", "- Elija"),
        "- Elija",
        "the paragraph stands in item 1 of a list, not in item 1 of a numbered list",
    ),
    _unequal(
        "a column of a table is missing",
        Replace(
            ES,
            "| Tamaño | Límite |\n| --- | --- |\n| `small` | un estante |\n"
            "| `large` | una furgoneta |\n",
            "| Tamaño |\n| --- |\n| `small` |\n| `large` |\n",
        ),
        "| Tamaño |",
        "the table has 3 rows and 1 columns, not 3 rows and 2 columns",
        _unstamped("| Tamaño |", ES),
        _unstamped("| `small`", ES),
        _unstamped("| `large`", ES),
    ),
    _unequal(
        "a row of a table is missing",
        Replace(JA, "| `large` | 車1台 |\n", ""),
        "| 大きさ",
        "the table has 2 rows and 2 columns, not 3 rows and 2 columns",
    ),
    _unequal(
        "a cell of a table is empty",
        Replace(JA, "| `small` | 棚1つ |", "| `small` | |"),
        "| `small`",
        "the filled cells are 1, not 1, 2",
        _unstamped("| `small`", JA),
    ),
    _unequal(
        "a tab is missing",
        Replace(
            ES,
            '=== "Larga"\n\n    ```{.python title="long.py" group="packing"}\n'
            '    print(gift.label(prefix="for Bo: "))\n    #> for Bo: vase, 700 g\n    ```\n\n',
            "",
        ),
        "    #> vase, 700 g",
        f"lacks the tab of {EN}:66",
        below=1,
    ),
    _unequal(
        "an admonition is of another type",
        Replace(ES, "!!! warning", "!!! danger"),
        "!!! danger",
        'the head is `!!! danger "…"`, not `!!! warning "…"`',
    ),
    _unequal(
        "an admonition has lost its title",
        Replace(JA, '!!! warning "ガラス"', "!!! warning"),
        "!!! warning",
        'the head is `!!! warning`, not `!!! warning "…"`',
        _unstamped("!!! warning", JA),
    ),
    _unequal(
        "a details block is open",
        Replace(JA, "??? note", "???+ note"),
        "???+ note",
        'the head is `???+ note "…"`, not `??? note "…"`',
    ),
    _unequal(
        "the target of a link is another page",
        Replace(JA, "(index.md#start)", "(reference.md#start)"),
        "reference.md#start",
        "the target of a link is `reference.md#start`, not `index.md#start`",
        _unstamped("reference.md#start", JA),
    ),
    _unequal(
        "the anchor of a link is lost",
        Replace("docs/es/index.md", "(guide.md#weigh)", "(guide.md)"),
        "(guide.md)",
        "the target of a link is `guide.md`, not `guide.md#weigh`",
        _unstamped("(guide.md)", "docs/es/index.md"),
    ),
    _unequal(
        "an image is another",
        Replace(ES, "(scale.svg)", "(other.svg)"),
        "(other.svg)",
        "the target of a link is `other.svg`, not `scale.svg`",
        _unstamped("(other.svg)", ES),
    ),
    _unequal(
        "inline code is translated",
        Replace(ES, "Llame a `weigh` antes", "Llame a `pesar` antes"),
        "`pesar`",
        "the inline code is `pesar`, not `weigh`",
        _unstamped("`pesar`", ES),
    ),
    _unequal(
        "inline code is prose",
        Replace(JA, "| `small` |", "| small |"),
        "| small |",
        "the inline code `small` is left out, not kept",
        _unstamped("| small |", JA),
    ),
    _unequal(
        "a key of the front matter is lost",
        Replace(JA, "hide: toc\n", ""),
        "title: 小包を送る",
        f"lacks the key of {EN}:",
    ),
    _unequal(
        "a key of the front matter is another",
        Replace(ES, "hide: toc", "show: toc"),
        "show: toc",
        "the key is 'show', not 'hide'",
    ),
    _unequal(
        "a block of code is missing",
        Replace(ES, "```text\nlamp  900 g\n```\n", ""),
        "#> 2",
        f"lacks the fence of {EN}:123",
        below=1,
    ),
    _unequal(
        "a block has another title",
        Replace(JA, '"limit.py"', '"grenze.py"'),
        '"grenze.py"',
        "the block's title is 'grenze.py', not 'limit.py'",
    ),
    _unequal(
        "two blocks have changed places",
        Replace(
            ES,
            '```json title="order.json"\n{"from": "Ana", "to": ["Bo", "Cy"]}\n```\n\n'
            '```yaml title="route.yml"\n# Por carretera.\nstops: [Lima, Cusco]\n```\n',
            '```yaml title="route.yml"\n# Por carretera.\nstops: [Lima, Cusco]\n```\n\n'
            '```json title="order.json"\n{"from": "Ana", "to": ["Bo", "Cy"]}\n```\n',
        ),
        '"route.yml"',
        f"this fence has no partner below {EN}:92",
        _unstamped('"order.json"', ES),
        Caught("freshness", ES, '"route.yml"', f"{EN}:99 has changed since"),
    ),
    _unequal(
        "a paragraph has left its admonition",
        Replace(JA, "    花瓶は割れます。", "花瓶は割れます。"),
        "花瓶は割れます。",
        "the paragraph stands in nothing else, not in admonition",
    ),
    _unequal(
        "a block of an item is indented by three blanks",
        Replace(
            ES,
            '    ```{.python title="pack.py" group="packing"}\n    from parcels import Parcel\n\n'
            '    gift = Parcel("vase", 700)\n    print(gift.name)\n    #> vase\n    ```\n',
            '   ```{.python title="pack.py" group="packing"}\n   from parcels import Parcel\n\n'
            '   gift = Parcel("vase", 700)\n   print(gift.name)\n   #> vase\n   ```\n',
        ),
        '"pack.py"',
        "the Python block begins in column 3, not 4",
    ),
    Fault(
        name="a table right below a paragraph",
        edits=(
            Replace(EN, "| Size |", "Two sizes.\n\n| Size |"),
            Replace(JA, "| 大きさ |", "大きさは2つ。\n| 大きさ |"),
            Replace(ES, "| Tamaño |", "Hay dos.\n\n| Tamaño |"),
        ),
        caught=(
            Caught(
                "parity", JA, "| 大きさ |", "the table stands right below a paragraph and becomes"
            ),
            _unstamped("大きさは2つ。", JA),
            _unstamped("Hay dos.", ES),
        ),
    ),
    Fault(
        name="the target of a reference is another page",
        edits=(
            Replace(EN, "Choose a box.", "Choose [a box][box].\n\n[box]: index.md#start"),
            Replace(JA, "箱を選びます。", "[箱][box]を選びます。\n\n[box]: index.md#start"),
            Replace(ES, "Elija una caja.", "Elija [una caja][box].\n\n[box]: index.md"),
        ),
        stamped=True,
        caught=(
            Caught(
                "parity", ES, "[una caja]", "the target of a link is `index.md`, not `index.md#"
            ),
            Caught("stamp", ES, "[una caja]", "the target of a link is `index.md`, not `index.md#"),
            _unstamped("[una caja]", ES),
            _unstamped("[箱]", JA),
        ),
    ),
    Fault(
        name="a comment of a block is lost",
        edits=(Replace(ES, "# El más pesado va primero.\n", ""),),
        caught=(_unstamped('"weigh.py"', ES),),
    ),
    _unequal(
        "a shown text differs by a blank",
        Replace(JA, "lamp  900 g", "lamp 900 g"),
        "lamp 900 g",
        "the text block: the text is `lamp 900 g`, not `lamp  900 g`",
    ),
    _unequal(
        "a line for a program is another",
        Replace("docs/ja/reference.md", "::: parcels", "::: parcels.Parcel"),
        "::: parcels.Parcel",
        "the text is `::: parcels.Parcel`, not `::: parcels`",
    ),
    Fault(
        name="a page is removed from one language",
        edits=(Remove("docs/ja/reference.md"),),
        caught=(
            Caught("parity", "docs/en/reference.md", "", "has no translation in ja; translate it."),
            Caught("publish", "docs/ja/reference.md", "", "is missing; translate docs/en/refer"),
            Caught("freshness", "docs/_l10n/sync.lock", '"ja"."reference"', "ja/reference.md does"),
        ),
        published=("ja",),
    ),
    Fault(
        name="a page is added to one language",
        edits=(Add("docs/es/soon.md", NEW),),
        caught=(Caught("parity", "docs/es/soon.md", "", "has no source page; rename it"),),
    ),
    Fault(
        name="a page is added to the source alone",
        edits=(Add("docs/en/soon.md", NEW),),
        caught=(
            Caught("parity", "docs/en/soon.md", "", "has no translation in ja; translate it."),
            Caught("parity", "docs/en/soon.md", "", "has no translation in es; translate it."),
        ),
    ),
    Fault(
        name="a page hides by its ending",
        edits=(Rename("docs/ja/reference.md", "reference.markdown"),),
        caught=(
            Caught("strays", "docs/ja/reference.markdown", "", "MkDocs renders this page, but"),
            Caught("parity", "docs/en/reference.md", "", "has no translation in ja; translate it."),
            Caught("freshness", "docs/_l10n/sync.lock", '"ja"."reference"', "ja/reference.md does"),
        ),
    ),
    Fault(
        name="a sentence of the source has changed",
        edits=(Replace(EN, "Nothing is written to disk.", "Nothing is written anywhere."),),
        caught=tuple(
            Caught("freshness", path, at, f"{EN}:16 has changed since this was translated")
            for path, at in ((JA, "ディスク"), (ES, "en el disco"))
        ),
    ),
    Fault(
        name="a stale sentence is stamped although nobody has changed it",
        edits=(Replace(EN, "Nothing is written to disk.", "Nothing is written anywhere."),),
        stamped=True,
        caught=tuple(
            Caught(check, path, at, f"{EN}:16 has changed")
            for check in ("stamp", "freshness")
            for path, at in ((JA, "ディスク"), (ES, "en el disco"))
        ),
    ),
    Fault(
        name="a translation has changed and nobody has compared it",
        edits=(Replace(ES, "Un jarrón se rompe.", "Un jarrón no se rompe."),),
        caught=(_unstamped("no se rompe", ES),),
    ),
    Fault(
        name="a comment in the source's code has changed",
        edits=(Replace(EN, "# By road.", "# By air."),),
        caught=tuple(
            Caught("freshness", path, at, f"{EN}:")
            for path, at in ((JA, "```yaml"), (ES, "```yaml"))
        ),
    ),
    Fault(
        name="a page is unequal, and is stamped nevertheless",
        edits=(Replace(ES, "!!! warning", "!!! danger"),),
        stamped=True,
        caught=(
            Caught("stamp", ES, "!!! danger", "the head is `!!! danger"),
            Caught("parity", ES, "!!! danger", "the head is `!!! danger"),
        ),
    ),
)
"""Faults in structure, ids, links, inline code, metadata, sets of pages and freshness."""
