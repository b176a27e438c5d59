"""Faults in what the blocks show together: skips, and the use of the package."""

from unit.hozon_docs.faults.plant import Caught, Fault, Replace

EN, JA, ES = (f"docs/{language}/guide.md" for language in ("en", "ja", "es"))
MODULE = "src/parcels/__init__.py"

USE = (
    Fault(
        name="a skip has no reason",
        edits=(Replace(ES, ' skip="it waits for the post"', " skip"),),
        caught=(
            Caught("page", ES, 'title="wait.py"', "a skip without a reason"),
            Caught("block", ES, "wait()", "wait.py: raised NameError: name 'wait' is not defined"),
            Caught("parity", ES, 'title="wait.py"', "the fence says "),
        ),
    ),
    Fault(
        name="a skip says nothing",
        edits=(Replace(JA, 'skip="it waits for the post"', 'skip=" "'),),
        caught=(
            Caught("page", JA, 'title="wait.py"', "the option 'skip' says nothing"),
            Caught("parity", JA, 'title="wait.py"', "the fence says "),
        ),
    ),
    Fault(
        name="a block is skipped in one language",
        edits=(
            Replace(ES, '```python title="limit.py"', '```{.python title="limit.py" skip="later"}'),
        ),
        caught=(
            Caught("parity", ES, 'title="limit.py"', "the fence says "),
            Caught(
                "skips", "pyproject.toml", "", "4 python blocks are skipped, and [tool.hozon_do"
            ),
        ),
    ),
    Fault(
        name="more blocks are skipped than the budget allows",
        edits=tuple(
            Replace(
                path, '```python title="limit.py"', '```{.python title="limit.py" skip="later"}'
            )
            for path in (EN, JA, ES)
        ),
        caught=(
            Caught(
                "skips", "pyproject.toml", "", "6 python blocks are skipped, and [tool.hozon_do"
            ),
            Caught("publish", "pyproject.toml", "", "6 python blocks are skipped, and [tool.hozon"),
            Caught(
                "coverage", MODULE, "def read_limit", "no block exercises the function parcels."
            ),
        ),
        published=("en",),
    ),
    Fault(
        name="a public name is no longer exercised",
        edits=tuple(
            Replace(
                path,
                'from parcels import read_limit\n\nprint(read_limit("limit = 500"))',
                "print(500)",
            )
            for path in (EN, JA, ES)
        ),
        caught=(
            Caught(
                "coverage", MODULE, "def read_limit", "no block exercises the function parcels."
            ),
        ),
    ),
    Fault(
        name="an excuse is no longer needed",
        edits=(
            Replace(
                "pyproject.toml",
                "[tool.hozon_docs.skips]",
                '[tool.hozon_docs.unexercised]\n"parcels.weigh" = "Later."\n\n'
                "[tool.hozon_docs.skips]",
            ),
        ),
        caught=(
            Caught(
                "coverage", "pyproject.toml", '"parcels.weigh"', "[tool.hozon_docs] unexercised: "
            ),
        ),
    ),
    Fault(
        name="a block notices no stub",
        edits=(
            *(
                Replace(path, "print(weigh(parcels))\n#> 1300", "weigh(parcels)")
                for path in (EN, JA, ES)
            ),
        ),
        caught=(
            Caught("mutants", EN, 'title="weigh.py"', "weigh.py: passes although parcels.weigh "),
        ),
    ),
)
"""Faults in skips, their budget, the public names and the stubs."""
