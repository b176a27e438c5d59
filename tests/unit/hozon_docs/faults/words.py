"""Faults in words: the glossary, the conventions of each language, the catalogs of docstrings."""

from unit.hozon_docs.faults.plant import Caught, Fault, Replace

EN, JA, ES = (f"docs/{language}/guide.md" for language in ("en", "ja", "es"))
PO_JA, PO_ES = (f"docs/_l10n/{language}/api.po" for language in ("ja", "es"))
MODULE = "src/parcels/__init__.py"
EXAMPLE = r"""
"    Una línea.\n"
"\n"
"Examples:\n"
"    ```python\n"
"    from parcels import Parcel\n"
"""
"""The beginning of an example in the translation."""


def _said(name: str, replace: Replace, *caught: Caught) -> Fault:
    """Make a fault of words that somebody has stamped."""
    return Fault(name=name, edits=(replace,), caught=caught, stamped=True)


def _catalog(name: str, replace: Replace, message: str, words: str, *more: Caught) -> Fault:
    """Make a fault in a catalog; a finding names the line below the name of its message."""
    at = f'msgctxt "{message}"'
    caught = Caught("catalogs", replace.path, at, f"{message}: {words}", below=1)
    return Fault(name=name, edits=(replace,), caught=(caught, *more))


WORDS = (
    _said(
        "a term is missing",
        Replace(JA, "はかりは小包をすべて足します。", "はかりはすべて足します。"),
        Caught("terms", JA, "はかりはすべて", f"'parcels' of {EN}:14 is missing; write '小包'"),
    ),
    _said(
        "a term is rendered by another word",
        Replace(ES, "La báscula suma", "La pesa suma"),
        Caught("terms", ES, "La pesa suma", f"'scale' of {EN}:14 is missing; write 'báscula'"),
    ),
    _said(
        "a forbidden rendering stands beside the right one",
        Replace(ES, "# Enviar paquetes {", "# Enviar paquetes y mandar bultos {"),
        Caught("terms", ES, "mandar bultos", f"'mandar' is not how 'send' of {EN}:6 is written"),
    ),
    _said(
        "a forbidden rendering in a heading",
        Replace(JA, "# 小包を送る {", "# 小包またはパーセルを送る {"),
        Caught("terms", JA, "パーセル", f"'パーセル' is not how 'parcel' of {EN}:6 is written"),
    ),
    _said(
        "a forbidden rendering takes the place of a term",
        Replace("docs/es/index.md", "y envíe el paquete", "y envíe el bulto"),
        Caught("terms", "docs/es/index.md", "bulto", "'bulto' is not how 'parcel' of docs/en/ind"),
        Caught("terms", "docs/es/index.md", "bulto", "'parcel' of docs/en/index.md:3 is missing"),
    ),
    Fault(
        name="an exception of the glossary excuses nothing",
        edits=(
            Replace(
                "docs/_l10n/glossary.yml",
                "    es: {rendering: enviar, stems: [envi, enví], forbidden: [mandar]}\n",
                "    es: {rendering: enviar, stems: [envi, enví], forbidden: [mandar]}\n"
                "exceptions:\n  - page: guide\n    language: es\n    term: scale\n"
                "    passage: La báscula\n    reason: It reads better.\n",
            ),
        ),
        caught=(
            Caught("terms", "docs/_l10n/glossary.yml", "page: guide", "the exception for 'scale'"),
        ),
    ),
    _said(
        "a blank between Japanese and code",
        Replace(JA, "`label`の前に", "`label` の前に"),
        Caught("prose", JA, "`label` の前に", "'`label` の前に"),
    ),
    _said(
        "quotation marks of another language in Japanese",
        Replace(JA, "色は問いません。", '"色"は問いません。'),
        Caught("prose", JA, '"色"', '\'"色"は問いません'),
    ),
    _said(
        "quotation marks of another language in Spanish",
        Replace(ES, "Un jarrón se rompe.", 'Un "jarrón" se rompe.'),
        Caught("prose", ES, '"jarrón"', "'Un \"jarrón\"': words are quoted in «»"),
        Caught("prose", ES, '"jarrón"', "'\"jarrón\" se romp': words are quoted in «»"),
    ),
    Fault(
        name="curly quotation marks in the source",
        edits=(Replace("README.md", "Weigh before you send.", "“Weigh” before you send."),),
        caught=(
            Caught("prose", "README.md", "“Weigh”", "'“Weigh” b': quotation marks are straight"),
            Caught("prose", "README.md", "“Weigh”", "'“Weigh” before': quotation marks are str"),
        ),
    ),
    _said(
        "a raised voice, which no language allows",
        Replace(ES, "Sirve cualquier color.", "Sirve cualquier color!"),
        Caught("prose", ES, "color!", "'er color!': a page does not raise its voice"),
    ),
    _catalog(
        "an example is changed in a catalog",
        Replace(PO_ES, EXAMPLE, EXAMPLE.replace("from parcels import Parcel", "import parcels")),
        "parcels.Parcel.label",
        "its blocks of code differ from those of the original",
    ),
    _catalog(
        "a parameter is renamed in a translation",
        Replace(PO_JA, '"    prefix: 名前の前', '"    接頭辞: 名前の前'),
        "parcels.Parcel.label",
        "its parameters are `接頭辞",
    ),
    _catalog(
        "a section is lost in a translation",
        Replace(PO_ES, '"Raises:\\n"\n"    TooHeavyError: Un paquete pesa más de `limit`."', '""'),
        "parcels.weigh",
        "its sections are text, parameters, returns, those of the original text, parameters, ret",
    ),
    _catalog(
        "inline code of a docstring is translated",
        Replace(PO_ES, "pesa más de `limit`.", "pesa más de `límite`."),
        "parcels.weigh",
        "its inline code differs: missing `limit`, surplus `límite`",
    ),
    _catalog(
        "a translation is fuzzy",
        Replace(PO_JA, 'msgctxt "parcels.Parcel.name"', '#, fuzzy\nmsgctxt "parcels.Parcel.name"'),
        "parcels.Parcel.name",
        "it is fuzzy, for the original changed",
    ),
    _catalog(
        "a translation is empty",
        Replace(PO_JA, 'msgstr "中身です。"', 'msgstr ""'),
        "parcels.Parcel.name",
        "it is not translated; write the translation",
    ),
    _catalog(
        "a translation is the original",
        Replace(PO_ES, 'msgstr "Lo que contiene."', 'msgstr "What is in it."'),
        "parcels.Parcel.name",
        "it is the original, word for word",
    ),
    Fault(
        name="a message is missing",
        edits=(
            Replace(
                PO_JA,
                '#: src/parcels/__init__.py\nmsgctxt "parcels.Parcel.name"\n'
                'msgid "What is in it."\nmsgstr "中身です。"\n\n',
                "",
            ),
        ),
        caught=(Caught("catalogs", PO_JA, "", "parcels.Parcel.name has no message; run"),),
    ),
    Fault(
        name="a message is obsolete",
        edits=(
            Replace(
                PO_ES,
                '#: src/parcels/__init__.py\nmsgctxt "parcels.Parcel.name"\n',
                '#~ msgctxt "parcels.old"\n#~ msgid "Old."\n#~ msgstr "Vieja."\n\n'
                '#: src/parcels/__init__.py\nmsgctxt "parcels.Parcel.name"\n',
            ),
        ),
        caught=(Caught("catalogs", PO_ES, '"parcels.old"', "parcels.old: an obsolete", below=1),),
    ),
    Fault(
        name="a docstring has changed",
        edits=(Replace(MODULE, '"""What is in it."""', '"""What it holds."""'),),
        caught=tuple(
            Caught(
                "catalogs",
                path,
                'msgctxt "parcels.Parcel.name"',
                "parcels.Parcel.name: the original has changed",
                below=1,
            )
            for path in (PO_JA, PO_ES)
        ),
    ),
    Fault(
        name="a term is missing in a translated docstring",
        edits=(Replace(PO_JA, "送る準備ができた小包です。", "送る準備ができた荷物です。"),),
        caught=(Caught("terms", PO_JA, 'msgctxt "parcels.Parcel"', "'parcel' of ", below=1),),
    ),
    Fault(
        name="a convention is broken in a translated docstring",
        edits=(Replace(PO_JA, "グラム単位の重さです。", "単位は g です。"),),
        caught=(
            Caught("prose", PO_JA, 'msgctxt "parcels.Parcel.grams"', "'単位は g です", below=1),
        ),
    ),
    Fault(
        name="an example of a docstring fails",
        edits=(Replace(MODULE, "from parcels import Parcel\n\n            print", "print"),),
        caught=(
            Caught("block", MODULE, 'print(Parcel("lamp"', "Parcel.label: raised NameError: "),
            *(
                Caught(
                    "catalogs",
                    path,
                    'msgctxt "parcels.Parcel.label"',
                    "parcels.Parcel.label: the original has changed",
                    below=1,
                )
                for path in (PO_JA, PO_ES)
            ),
        ),
    ),
)
"""Faults in terms, conventions and translated docstrings."""
