"""What keeps a site from being published."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from hozon_docs.config import Config
from hozon_docs.ledger import Entry, Ledger, seal, text_digest
from hozon_docs.markdown import Page
from hozon_docs.marks import Judge, Mark, State
from hozon_docs.publishing import Gate
from hozon_docs.rendered import RenderedBlock

BLOCK = RenderedBlock(kind="python", text="x = 1", in_docstring=False, titled=True, place=0)
ENTRY = seal(
    Entry(
        page="docs/de/guide.md",
        line=3,
        title="one.py",
        kind="python",
        language="de",
        text="t",
        package="p",
        versions={},
        outcome="skipped",
        reason="needs a GPU",
    )
)
PAGES = {"guide": '# A {#a}\n\n```python title="one.py"\nx = 1\n```\n\n```sh\ntrue\n```\n'}


@pytest.fixture
def project(foreign_project: Callable[..., Config]) -> Config:
    """Give a project with a page and a module whose docstring holds a block."""
    config = foreign_project(PAGES)
    package = config.root / "src/shop"
    package.mkdir(parents=True)
    text = (
        '"""Shop."""\n\n\ndef buy():\n    """Buy.\n\n    ```python\n    y = 1\n    ```\n    """\n'
    )
    (package / "cart.py").write_text(text, "utf-8")
    return replace(config, packages=(package,))


def _page(config: Config, language: str = "de") -> Page:
    return Page(language=language, name="guide", path=config.tree(language) / "guide.md")


def _findings(gate: Gate) -> list[str]:
    return [
        f"{finding.path.relative_to(gate.config.root).as_posix()}:{finding.line}: {finding.reason}"
        for finding in gate.verdict()
    ]


def test_what_passed_may_be_published(project: Config) -> None:
    """No finding where every block has its proof."""
    gate = Gate(project, "de")
    gate.check_page(_page(project), [Mark(BLOCK, State.PASSED, ENTRY)])
    assert _findings(gate) == []


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.NOT_RUN, "has no proof: this very text never passed against this very code"),
        (State.FAILED, "failed when it was last run"),
    ],
)
def test_a_block_without_proof_is_named(project: Config, state: State, words: str) -> None:
    """The finding has the page, the line, the title and the next step."""
    gate = Gate(project, "de")
    gate.check_page(_page(project), [Mark(BLOCK, state, None)])
    assert _findings(gate) == [
        f"docs/de/guide.md:3: one.py {words}; run the tests and build again."
    ]


def test_a_shell_block_is_named_by_its_language(project: Config) -> None:
    """It may have no title."""
    gate = Gate(project, "de")
    block = replace(BLOCK, kind="shell", text="true")
    gate.check_page(_page(project), [Mark(block, State.NOT_RUN, None)])
    assert _findings(gate)[0].startswith("docs/de/guide.md:7: sh has no proof")


def test_a_text_that_no_fence_holds_is_named_by_its_page(project: Config) -> None:
    """What nobody could have run is found nevertheless."""
    gate = Gate(project, "de")
    gate.check_page(_page(project), [Mark(replace(BLOCK, text="no"), State.NOT_RUN, None)])
    assert _findings(gate)[0].startswith("docs/de/guide.md:1: python has no proof")


def test_a_docstring_is_named_by_its_module(project: Config) -> None:
    """Not by the page of the reference that shows it, and once however many show it."""
    gate = Gate(project, "de")
    mark = Mark(replace(BLOCK, text="y = 1", in_docstring=True), State.NOT_RUN, None)
    gate.check_page(_page(project), [mark])
    gate.check_page(_page(project), [mark])
    (finding,) = _findings(gate)
    assert finding.startswith("src/shop/cart.py:7: buy has no proof")


def test_skips_beyond_the_budget_are_found(project: Config) -> None:
    """Skips count by kind, over the whole project."""
    skips = [ENTRY, replace(ENTRY, language="ja"), replace(ENTRY, kind="shell")]
    within = replace(project, skips={"python": 2, "shell": 1})
    beyond = replace(project, skips={"python": 1, "shell": 9})
    assert _findings(Gate(within, "de", skips)) == []
    (finding,) = _findings(Gate(beyond, "de", skips))
    assert finding.startswith("pyproject.toml:1: 2 python blocks are skipped")
    assert "allows 1" in finding


def test_a_skip_within_the_budget_may_be_published(project: Config) -> None:
    """The reader sees the reason in place of the proof."""
    gate = Gate(replace(project, skips={"python": 1}), "de", [ENTRY])
    gate.check_page(_page(project), [Mark(BLOCK, State.SKIPPED, ENTRY)])
    assert _findings(gate) == []


def test_a_page_that_is_not_translated_is_found(project: Config) -> None:
    """The finding names the file to write and its source."""
    gate = Gate(project, "ja")
    gate.check_page(_page(project, "de"), [])
    (finding,) = _findings(gate)
    assert finding.startswith("docs/ja/guide.md:1: is missing; translate ")
    assert finding.endswith("docs/de/guide.md.")


def test_every_fault_is_collected(project: Config) -> None:
    """A writer corrects all of them before the next build, not one at a time."""
    gate = Gate(project, "de", [ENTRY])
    shell = replace(BLOCK, kind="shell", text="true")
    marks = [Mark(block, State.NOT_RUN, None) for block in (shell, BLOCK)]
    gate.check_page(_page(project), marks)
    lines = [finding.split(" ")[0] for finding in _findings(gate)]
    assert lines == ["docs/de/guide.md:3:", "docs/de/guide.md:7:", "pyproject.toml:1:"]


def _judge(*entries: Entry) -> Judge:
    return Judge(Ledger(entries), "p", modules=())


def test_data_without_proof_is_not_published(project: Config) -> None:
    """It has no mark, but a reader copies it all the same."""
    page = _page(project)
    page.path.write_text('# A {#a}\n\n```toml title="x.toml"\na = 1\n```\n', "utf-8")
    entry = replace(ENTRY, kind="data", outcome="passed", text=text_digest("a = 1"))
    unproven, proven = Gate(project, "de"), Gate(project, "de")
    unproven.check_source(page, judge=_judge(replace(entry, page="docs/ja/guide.md")))
    proven.check_source(page, judge=_judge(entry))
    (finding,) = _findings(unproven)
    assert finding.startswith("docs/de/guide.md:3: x.toml has no proof: ")
    assert _findings(proven) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [("# A {#a}\n\n```c\nx\n```\n", "nothing checks a fence in 'c'"), ("# A\n", "no explicit id")],
)
def test_a_fault_of_the_page_is_not_published(project: Config, text: str, words: str) -> None:
    """What the tests refuse before anything runs has no result that could be missing."""
    page = _page(project)
    page.path.write_text(text, "utf-8")
    gate = Gate(project, "de")
    gate.check_source(page, judge=_judge())
    (finding,) = _findings(gate)
    assert words in finding
