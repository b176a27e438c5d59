"""Faults in what the blocks do and print: a run of the blocks is meant to catch them."""

from unit.hozon_docs.faults.plant import Caught, Fault, Replace, Windows

EN, JA, ES = (f"docs/{language}/guide.md" for language in ("en", "ja", "es"))
MODULE = "src/parcels/__init__.py"
GONE = "parcels.read_limit: no page shows it any more"
OTHER_OUTPUT = "weigh.py: prints something else than its page says."

CODE = (
    Fault(
        name="a callable is renamed in one language",
        edits=(Replace(ES, "print(gift.label())", "print(gift.etiqueta())"),),
        caught=(
            Caught("block", ES, "gift.etiqueta", "short.py: raised AttributeError: "),
            Caught("block", ES, '"long.py"', "Skipped: group 'packing': short.py, in line"),
            Caught("parity", ES, "gift.etiqueta", "short.py: the code is `print(gift.etiqueta())`"),
        ),
    ),
    Fault(
        name="a callable is renamed in the package",
        edits=(
            Replace(MODULE, "def read_limit(text", "def load_limit(text"),
            Replace(MODULE, '"read_limit"', '"load_limit"'),
        ),
        caught=(
            *(
                Caught(
                    "block", path, "from parcels import read_limit", "limit.py: raised ImportErr"
                )
                for path in (EN, JA, ES)
            ),
            *(
                Caught("block", path, 'title="parcels.toml"', "parcels.toml: is not valid: module ")
                for path in (EN, JA, ES)
            ),
            *(
                Caught("catalogs", path, "", "parcels.load_limit has no message")
                for path in ("docs/_l10n/ja/api.po", "docs/_l10n/es/api.po")
            ),
            *(
                Caught("catalogs", path, 'msgctxt "parcels.read_limit"', GONE, below=1)
                for path in ("docs/_l10n/ja/api.po", "docs/_l10n/es/api.po")
            ),
        ),
    ),
    Fault(
        name="a block raises",
        edits=(Replace(JA, '    gift = Parcel("vase", 700)', '    gift = Parcel("vase")'),),
        caught=(
            Caught("block", JA, 'gift = Parcel("vase")', "pack.py: raised TypeError: "),
            Caught("block", JA, 'title="short.py"', "Skipped: group 'packing': pack.py, in line"),
            Caught("block", JA, 'title="long.py"', "Skipped: group 'packing': pack.py, in line"),
            Caught("parity", JA, 'gift = Parcel("vase")', "pack.py: the code is "),
        ),
    ),
    Fault(
        name="a block of a group asks for what the group lacks",
        edits=(Replace(ES, '"long.py" group="packing"', '"long.py" group="sending"'),),
        caught=(
            Caught("block", ES, "prefix=", "long.py: raised NameError: name 'gift' is not defined"),
            Caught("parity", ES, '"long.py"', "the fence says "),
        ),
    ),
    Fault(
        name="an import is missing",
        edits=(Replace(JA, "from parcels import Parcel, weigh\n\nparcels", "parcels"),),
        caught=(
            Caught("block", JA, "parcels = [", "weigh.py: raised NameError: name 'Parcel' is"),
            Caught("parity", JA, "parcels = [", "weigh.py: the code is "),
        ),
    ),
    Fault(
        name="a loop's variable does not exist",
        edits=(Replace(ES, "    print(parcel.name)", "    print(paquete.name)"),),
        caught=(
            Caught("block", ES, "paquete.name", "weigh.py: raised NameError: name 'paquete' is"),
            Caught("parity", ES, "paquete.name", "weigh.py: the code is `print(paquete.name)`"),
        ),
    ),
    Fault(
        name="the output is wrong in every language",
        edits=tuple(Replace(path, "#> 1300", "#> 1400") for path in (EN, JA, ES)),
        caught=tuple(Caught("block", path, "#> 1400", OTHER_OUTPUT) for path in (EN, JA, ES)),
    ),
    Fault(
        name="the output is wrong in one language",
        edits=(Replace(JA, "#> 1300", "#> 1,300"),),
        caught=(
            Caught("block", JA, "#> 1,300", OTHER_OUTPUT),
            Caught("parity", JA, "#> 1,300", "weigh.py: the output is `#> 1,300`, not `#> 1300`"),
        ),
    ),
    Fault(
        name="the output is translated",
        edits=(Replace(ES, "#> for Bo: vase, 700 g", "#> for Bo: jarrón, 700 g"),),
        caught=(
            Caught(
                "block", ES, "jarrón, 700", "long.py: prints something else than its page says."
            ),
            Caught(
                "parity", ES, "jarrón, 700", "long.py: the output is `#> for Bo: jarrón, 700 g`"
            ),
        ),
    ),
    Fault(
        name="a line of the output is missing",
        edits=(Replace(JA, "    #> lamp\n    #> book\n", "    #> lamp\n"),),
        caught=(
            Caught("block", JA, "print(weigh(parcels))", OTHER_OUTPUT),
            Caught("parity", JA, "#> 1300", "weigh.py: the output is `#> 1300`, not `#> book`"),
        ),
    ),
    Fault(
        name="output stands under a print that never ran",
        edits=(
            Replace(
                ES,
                "print(weigh(parcels))\n",
                'if not parcels:\n    print("none")\n    #> none\nprint(weigh(parcels))\n',
            ),
        ),
        caught=(
            Caught("block", ES, "#> none", OTHER_OUTPUT),
            Caught("parity", ES, "if not parcels", "weigh.py: the code is `if not parcels:`"),
            Caught("parity", ES, "#> none", "weigh.py: the output is `#> none`"),
        ),
    ),
    Fault(
        name="output stands behind the code",
        edits=(Replace(JA, 'label(prefix="for Bo: "))\n', 'label(prefix="for Bo: "))  #>>\n'),),
        caught=(Caught("block", JA, "  #>>", "long.py: a `#>` needs a line of its own"),),
    ),
    Fault(
        name="output follows an error that ends the run",
        edits=(
            Replace(
                JA, "print(weigh(parcels))\n", "raise KeyboardInterrupt\nprint(weigh(parcels))\n"
            ),
        ),
        caught=(
            Caught("block", JA, "KeyboardInterrupt", "weigh.py: raised KeyboardInterrupt"),
            Caught("parity", JA, "KeyboardInterrupt", "weigh.py: the code is `raise KeyboardInt"),
        ),
    ),
    Fault(
        name="a block ends the interpreter",
        edits=(
            Replace(ES, "print(weigh(parcels))\n", "print(weigh(parcels))\nraise SystemExit\n"),
        ),
        caught=(
            Caught("block", ES, "raise SystemExit", "weigh.py: raised SystemExit"),
            Caught("parity", ES, "raise SystemExit", "weigh.py: the code is `raise SystemExit`"),
        ),
    ),
    Fault(
        name="a statement is never reached",
        edits=(
            Replace(
                JA,
                "print(weigh(parcels))\n",
                "if not parcels:\n    parcels = []\nprint(weigh(parcels))\n",
            ),
        ),
        caught=(
            Caught("block", JA, "parcels = []", "weigh.py: this statement was never executed"),
            Caught("parity", JA, "if not parcels", "weigh.py: the code is `if not parcels:`"),
        ),
    ),
    Fault(
        name="a string is shown as output",
        edits=(
            Replace(
                EN,
                'print(read_limit("limit = 500"))\n#> 500',
                'read_limit("limit = 500")\n"""500"""',
            ),
        ),
        caught=(
            Caught("block", EN, '"""', "limit.py: a string does not show output"),
            *(
                Caught("parity", path, at, f"limit.py: the {what} is ")
                for path in (JA, ES)
                for at, what in (('read_limit("', "code"), ("#> 500", "output"))
            ),
        ),
    ),
    Fault(
        name="a block does not compile",
        edits=(Replace(ES, "parcels = [Parcel(", "parcels = ]Parcel("),),
        caught=(
            Caught("block", ES, "]Parcel(", "weigh.py: SyntaxError: unmatched ']'"),
            Caught("parity", ES, "]Parcel(", "weigh.py: the code is "),
        ),
    ),
    Fault(
        name="an error has another message",
        edits=(Replace(ES, "9000 g, more than 2000 g", "9000 g, more than 2001 g"),),
        caught=(
            Caught("block", ES, '[Parcel("stove"', "heavy.py: raised parcels.TooHeavyError: stove"),
            Caught("parity", ES, "more than 2001 g", "the fence says "),
        ),
    ),
    Fault(
        name="an expected error does not come",
        edits=(Replace(JA, '"stove", 9000', '"stove", 900'),),
        caught=(
            Caught("block", JA, '"stove", 900', "heavy.py: raised nothing, but says that it ends"),
            Caught("parity", JA, '"stove", 900', "heavy.py: the code is "),
        ),
    ),
    Fault(
        name="a fault stands in a file with the line ends of Windows",
        edits=(Replace(JA, '"lamp", 900', '"lamp", 800'), Windows(JA)),
        caught=(
            Caught("block", JA, "#> 1300", OTHER_OUTPUT),
            Caught("parity", JA, '"lamp", 800', "weigh.py: the code is "),
        ),
    ),
    Fault(
        name="a page of the project's folder prints something else",
        edits=(Replace("README.md", "#> 900", "#> 901"),),
        caught=(Caught("block", "README.md", "#> 901", "first.py: prints something else"),),
    ),
    Fault(
        name="a docstring's example prints something else",
        edits=(
            Replace(
                MODULE,
                'return f"{prefix}{self.name}, {self.grams} g"',
                'return f"{prefix}{self.name}: {self.grams} g"',
            ),
        ),
        caught=(
            Caught("block", MODULE, "#> to Ana: lamp", "Parcel.label: prints something else"),
            *(Caught("block", path, "#> vase, 700 g", "short.py: prints") for path in (EN, JA, ES)),
            *(
                Caught("block", path, '"long.py"', "Skipped: group 'packing': short.py, in line")
                for path in (EN, JA, ES)
            ),
        ),
    ),
    Fault(
        name="an error is of another type",
        edits=(Replace(JA, 'raises="TooHeavyError: ', 'raises="ValueError: '),),
        caught=(
            Caught("block", JA, '[Parcel("stove"', "heavy.py: raised parcels.TooHeavyError: stove"),
            Caught("parity", JA, 'raises="ValueError', "the fence says "),
        ),
    ),
    Fault(
        name="a line of output is too much",
        edits=(Replace(JA, "#> 1300\n", "#> 1300\n#> grams\n"),),
        caught=(
            Caught("block", JA, "#> grams", OTHER_OUTPUT),
            Caught("parity", JA, "#> grams", "weigh.py: the output is `#> grams`, not nothing"),
        ),
    ),
)
"""Faults in what Python blocks do, print and raise."""
