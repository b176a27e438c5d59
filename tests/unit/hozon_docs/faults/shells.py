"""Faults in blocks of the shell and of data: running and loading them is meant to catch them."""

from unit.hozon_docs.faults.plant import Caught, Fault, Replace

EN, JA, ES = (f"docs/{language}/guide.md" for language in ("en", "ja", "es"))

SHELLS = (
    Fault(
        name="a shell prints something else",
        edits=(Replace(ES, "\nsent ... parcels", "\nsent ... boxes"),),
        caught=(
            Caught("block", ES, "$ echo", "console: prints something else than its page shows."),
            Caught("parity", ES, "... boxes", "the console block: the text is `sent ... boxes`"),
        ),
    ),
    Fault(
        name="a script prints something else",
        edits=(Replace(EN, "#> 2", "#> 3"),),
        caught=(
            Caught(
                "block", EN, "# Count them.", "bash: prints something else than its page shows."
            ),
            *(
                Caught("parity", path, "#> 2", "the bash block: the text is `#> 2`, not `#> 3`")
                for path in (JA, ES)
            ),
        ),
    ),
    Fault(
        name="output stands above the first prompt",
        edits=(Replace(JA, "```console\n", "```console\nsent 1 parcel\n"),),
        caught=(
            Caught("block", JA, "sent 1 parcel", "console: stands above the first `$ `"),
            Caught("parity", JA, "sent 1 parcel", "the console block: the text is "),
        ),
    ),
    Fault(
        name="a command of a shell fails",
        edits=(Replace(JA, "$ echo sent 3 parcels", "$ echo sent 3 parcels && false"),),
        caught=(
            Caught("block", JA, "$ echo", "console: ended with status 1, not 0:"),
            Caught("parity", JA, "$ echo", "the console block: the text is "),
        ),
    ),
    Fault(
        name="JSON is broken",
        edits=(Replace(JA, '"to": ["Bo"', '"to": "Bo"'),),
        caught=(
            Caught("block", JA, 'title="order.json"', "order.json: is not valid: "),
            Caught("parity", JA, '"to": "Bo"', "order.json: the text is "),
        ),
    ),
    Fault(
        name="YAML is broken",
        edits=(Replace(ES, "stops: [Lima, Cusco]", "stops: [Lima, Cusco"),),
        caught=(
            Caught("block", ES, 'title="route.yml"', "route.yml: is not valid: "),
            Caught("parity", ES, "stops: [Lima", "route.yml: the text is "),
        ),
    ),
    Fault(
        name="SQL is broken",
        edits=(Replace(ES, "SELECT name FROM parcels;", "SELECT name FORM parcels WHERE;"),),
        caught=(
            Caught("block", ES, 'title="late.sql"', "late.sql: is not valid: "),
            Caught("parity", ES, "SELECT name", "late.sql: the text is "),
        ),
    ),
    Fault(
        name="a configuration is refused by the code that reads it",
        edits=(Replace(JA, "limit = 500  #", 'limit = "heavy"  #'),),
        caught=(
            Caught("block", JA, 'title="parcels.toml"', "parcels.toml: is not valid: invalid lit"),
            Caught("parity", JA, '"heavy"', "parcels.toml: the text is "),
        ),
    ),
    Fault(
        name="data has another value in one language",
        edits=(Replace(ES, '"Cy"]}', '"Di"]}'),),
        caught=(Caught("parity", ES, '"Di"]}', "order.json: the text is "),),
    ),
)
"""Faults in commands, outputs, data and configurations."""
