"""Faults after the run: publishing is meant to catch them, for the proof is gone."""

from unit.hozon_docs.faults.plant import Caught, Fault, Remove, Replace, everywhere

EN, JA, ES = (f"docs/{language}/guide.md" for language in ("en", "ja", "es"))
MODULE = "src/parcels/__init__.py"
LEDGER = ".docs-ledger.json"
NO_PROOF = "has no proof: this very text never passed against this very code"
EDITED = f"{LEDGER}: the result of {ES}:18 (weigh.py) was edited by hand; remove"
FAILED = "es: the build failed; correct what MkDocs names here and build again.\n"
BUILD = FAILED.replace("es:", "en:") + "en: WARNING -  Doc"
BLOCKS = {
    'title="weigh.py"': "weigh.py",
    'title="heavy.py"': "heavy.py",
    'title="wait.py"': "wait.py",
    'title="pack.py"': "pack.py",
    'title="short.py"': "short.py",
    'title="long.py"': "long.py",
    'title="limit.py"': "limit.py",
    'title="parcels.toml"': "parcels.toml",
    'title="order.json"': "order.json",
    'title="route.yml"': "route.yml",
    'title="late.sql"': "late.sql",
    "```console": "console",
    "```bash": "bash",
}
"""What stands in the opening fence of each block of the guide that needs a proof, and its name."""
ALL_UNPROVEN = (
    *(Caught("publish", EN, at, f"{name} {NO_PROOF}") for at, name in BLOCKS.items()),
    Caught("publish", MODULE, "```python", f"Parcel.label {NO_PROOF}"),
)

PUBLISHING = (
    Fault(
        name="one character of a block changes after the run",
        edits=(),
        afterwards=(Replace(JA, "# 最も重い", "# もっとも重い"),),
        caught=(
            Caught("publish", JA, 'title="weigh.py"', f"weigh.py {NO_PROOF}"),
            Caught("freshness", JA, 'title="weigh.py"', "has changed; compare it with docs/en/"),
        ),
        published=("ja",),
    ),
    Fault(
        name="a shell block changes after the run",
        edits=(),
        afterwards=(Replace(ES, "$ echo sent 3 parcels", "$ echo sent 4 parcels"),),
        caught=(
            Caught("publish", ES, "```console", f"console {NO_PROOF}"),
            Caught("parity", ES, "$ echo", "the console block: the text is "),
        ),
        published=("es",),
    ),
    Fault(
        name="the package changes after the run",
        edits=(),
        afterwards=(Replace(MODULE, "LIMIT = 2000", "LIMIT = 2_000"),),
        caught=ALL_UNPROVEN,
        published=("en",),
    ),
    Fault(
        name="the ledger is not there",
        edits=(),
        afterwards=(Remove(LEDGER),),
        caught=ALL_UNPROVEN,
        published=("en",),
    ),
    Fault(
        name="a failed block is published",
        edits=(Replace(ES, "#> 1300", "#> 1400"),),
        caught=(
            Caught("publish", ES, 'title="weigh.py"', "weigh.py failed when it was last run; run"),
            Caught("block", ES, "#> 1400", "weigh.py: prints something else than its page says."),
            Caught("parity", ES, "#> 1400", "weigh.py: the output is `#> 1400`, not `#> 1300`"),
        ),
        published=("es",),
    ),
    Fault(
        name="a result is edited by hand",
        edits=(Replace(ES, "#> 1300", "#> 1400"),),
        afterwards=(Replace(LEDGER, '"outcome": "failed"', '"outcome": "passed"'),),
        caught=(
            Caught("publish", "", "", f"{FAILED}es: ERROR   -  {EDITED}"),
            Caught("skips", "", "", EDITED),
            Caught("block", ES, "#> 1400", "weigh.py: prints something else than its page says."),
            Caught("parity", ES, "#> 1400", "weigh.py: the output is `#> 1400`, not `#> 1300`"),
        ),
        published=("es",),
    ),
    Fault(
        name="an anchor is lost in every language",
        edits=everywhere("guide.md", "{#weigh}", "{#weighing}"),
        caught=(
            Caught("publish", "", "", f"{BUILD} file 'en/index.md' contains a link 'guide.md#w"),
        ),
        published=("en",),
    ),
    Fault(
        name="an image is lost in every language",
        edits=everywhere("guide.md", "(scale.svg)", "(other.svg)"),
        stamped=True,
        caught=(
            Caught("publish", "", "", f"{BUILD} file 'en/guide.md' contains a link 'other.svg'"),
        ),
        published=("en",),
    ),
)
"""Faults of the ledger, and of what changes once the blocks have run."""
