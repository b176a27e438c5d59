"""The ledger: what it keeps, what it refuses, and what counts as a proof."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hozon_docs.config import Config, load_config
from hozon_docs.findings import DocsError
from hozon_docs.ledger import (
    Entry,
    Ledger,
    MutantResult,
    PublicNames,
    folders_digest,
    installed_versions,
    merge,
    package_digest,
    read_ledger,
    seal,
    text_digest,
    write_ledger,
)

CODE = "c" * 64
TEXT = text_digest("print(1)\n#> 1\n")
ENTRY = seal(
    Entry(
        page="docs/de/guide.md",
        line=3,
        title="one.py",
        kind="python",
        language="de",
        text=TEXT,
        package=CODE,
        versions={"python": "3.13.0", "moto": "5.2.5"},
        outcome="passed",
        duration_s=0.25,
        ran_at="2026-05-04T10:00:00+00:00",
        exercised=("shop.Cart.add",),
    )
)
MUTANT = seal(
    MutantResult(
        page="docs/de/guide.md",
        line=3,
        title="one.py",
        text=TEXT,
        package=CODE,
        name="shop.Cart.add",
        stub="returns nothing",
        outcome="survived",
        reason="It returns nothing anyway.",
    )
)
PUBLIC = seal(PublicNames(package=CODE, names=("shop.Cart", "shop.Cart.add")))
LEDGER = Ledger((ENTRY,), (MUTANT,), PUBLIC)


def _changed(**changes: object) -> Entry:
    return seal(replace(ENTRY, **changes))  # type: ignore[arg-type]  # Tests name fields.


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    """Nothing is lost on the way through the file, and two writes give the same bytes."""
    path = tmp_path / "new" / "ledger.json"
    write_ledger(path, LEDGER)
    first = path.read_bytes()
    assert read_ledger(path) == LEDGER
    write_ledger(path, read_ledger(path))
    assert path.read_bytes() == first


def test_no_file_is_an_empty_ledger(tmp_path: Path) -> None:
    """Before the first run there is simply no proof."""
    assert read_ledger(tmp_path / "ledger.json") == Ledger()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', "\udcff"])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    """The message names the file and the next step."""
    path = tmp_path / "ledger.json"
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(DocsError, match=r"ledger\.json is no ledger: .* run the tests again"):
        read_ledger(path)


def test_a_ledger_of_another_release_is_refused(tmp_path: Path) -> None:
    """What another release meant by its results is not guessed."""
    path = tmp_path / "ledger.json"
    write_ledger(path, LEDGER)
    path.write_text(path.read_text("utf-8").replace('"format": 2', '"format": 1'), "utf-8")
    with pytest.raises(DocsError, match="another release; remove it and run the tests again"):
        read_ledger(path)


EDITS = {
    "text": (TEXT, text_digest("print(2)\n")),
    "package": (CODE, "d" * 64),
    "outcome": ('"passed"', '"skipped"'),
    "version": ('"3.13.0"', '"3.14.0"'),
    "page": ("docs/de/guide.md", "docs/ja/guide.md"),
    "line": ('"line": 3', '"line": 4'),
    "name": ("shop.Cart.add", "shop.Cart.remove"),
    "day": ("2026-05-04", "2026-05-05"),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_result_edited_by_hand_is_refused(tmp_path: Path, name: str) -> None:
    """Any change to any part of a result is noticed, and the result is named."""
    path = tmp_path / "ledger.json"
    write_ledger(path, Ledger((ENTRY,)))
    old, new = EDITS[name]
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(DocsError, match=r"docs/.*guide\.md:\d \(one\.py\) was edited by hand"):
        read_ledger(path)


def test_a_mutant_edited_by_hand_is_refused(tmp_path: Path) -> None:
    """A survivor cannot be made a victim with an editor."""
    path = tmp_path / "ledger.json"
    write_ledger(path, Ledger(mutants=(MUTANT,)))
    path.write_text(path.read_text("utf-8").replace("survived", "killed"), "utf-8")
    with pytest.raises(DocsError, match="edited by hand"):
        read_ledger(path)


def test_public_names_edited_by_hand_are_refused(tmp_path: Path) -> None:
    """A name cannot be taken out of the count with an editor."""
    path = tmp_path / "ledger.json"
    write_ledger(path, Ledger(public=PUBLIC))
    path.write_text(path.read_text("utf-8").replace('"shop.Cart",', ""), "utf-8")
    with pytest.raises(DocsError, match="list of public names was edited by hand"):
        read_ledger(path)


def test_a_write_that_fails_leaves_the_old_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is replaced as a whole or not at all, and nothing is left beside it."""
    path = tmp_path / "ledger.json"
    write_ledger(path, LEDGER)

    def refuse(_source: Path, _goal: Path) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(KeyboardInterrupt):
        write_ledger(path, Ledger())
    assert read_ledger(path) == LEDGER
    assert list(tmp_path.iterdir()) == [path]


def test_a_text_is_known_by_every_character_but_the_line_ends_at_its_end() -> None:
    """HTML drops and adds the last line end; anything else is another text."""
    assert text_digest("x = 1\n\n") == text_digest("x = 1")
    others = ["x = 2", "x =  1", "x = 1 ", "\nx = 1", "X = 1", "x = 1 # \N{NO-BREAK SPACE}"]
    assert text_digest("x = 1") not in map(text_digest, others)


def test_code_is_known_by_the_places_and_bytes_of_its_files(tmp_path: Path) -> None:
    """A file that changes, moves, comes or goes makes another state; a compiled one does not."""
    package = tmp_path / "src/shop"
    package.mkdir(parents=True)
    (package / "cart.py").write_text("x = 1\n", "utf-8")

    def digest() -> str:
        return folders_digest([package], root=tmp_path)

    seen = [digest()]
    cache = package / "__pycache__"
    cache.mkdir()
    (cache / "cart.pyc").write_bytes(b"1")
    assert digest() == seen[0]
    (package / "cart.py").write_text("x = 2\n", "utf-8")
    seen.append(digest())
    (package / "cart.py").rename(package / "basket.py")
    seen.append(digest())
    (package / "data.json").write_text("{}", "utf-8")
    seen.append(digest())
    assert len(set(seen)) == 4


def test_two_files_cannot_pass_for_one(tmp_path: Path) -> None:
    """Where one file ends and the next begins is part of the state."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (tmp_path / "one/a").write_text("xb", "utf-8")
    (tmp_path / "two/a").write_text("x", "utf-8")
    (tmp_path / "two/b").write_text("", "utf-8")
    one = folders_digest([tmp_path / "one"], root=tmp_path / "one")
    assert one != folders_digest([tmp_path / "two"], root=tmp_path / "two")


def _proof(*entries: Entry, text: str = TEXT, package: str = CODE, page: str = ENTRY.page) -> bool:
    return Ledger(entries).proof_for(text, pages=[page], package=package) is not None


def test_a_proof_is_of_this_text_this_code_and_this_page() -> None:
    """One of the three is another, and there is no proof."""
    assert _proof(ENTRY)
    assert not _proof(ENTRY, text=text_digest("print(2)"))
    assert not _proof(ENTRY, package="d" * 64)
    assert not _proof(ENTRY, page="docs/ja/guide.md")


@pytest.mark.parametrize("outcome", ["failed", "skipped"])
def test_only_what_passed_is_proven(outcome: str) -> None:
    """A block that failed or never ran proves nothing."""
    assert not _proof(_changed(outcome=outcome))


def test_a_failure_beside_a_success_is_no_proof() -> None:
    """The same text twice on a page, and one failed: a reader cannot tell which one they see."""
    assert not _proof(ENTRY, _changed(outcome="failed", line=9))


def test_the_newest_proof_is_shown() -> None:
    """Where the same text passed twice, the later run is named."""
    later = _changed(line=9, ran_at="2026-05-05T10:00:00+00:00")
    assert Ledger((later, ENTRY)).proof_for(TEXT, pages=[ENTRY.page], package=CODE) == later


def _merged(old: Ledger, new: Ledger, *, package: str = CODE) -> Ledger:
    current = {entry.place for entry in (*old.entries, *new.entries)} - {
        _changed(title="gone").place
    }
    return merge(old, new, package=package, current=current)


def test_a_new_result_replaces_the_old_one() -> None:
    """Of one block there is one result, also when prose above moved it."""
    failed = _changed(outcome="failed", line=7)
    assert _merged(LEDGER, Ledger((failed,))).entries == (failed,)


def test_a_run_of_one_page_keeps_the_results_of_others() -> None:
    """`pytest docs/ja/guide.md` must not take the marks from every other page."""
    other = _changed(page="docs/ja/guide.md")
    merged = _merged(LEDGER, Ledger((other,)))
    assert merged == Ledger((ENTRY, other), (MUTANT,), PUBLIC)


def test_results_for_other_code_are_dropped() -> None:
    """When the package changes, nothing is proven until it has run again."""
    new = _changed(package="d" * 64, page="docs/ja/guide.md")
    assert _merged(LEDGER, Ledger((new,)), package="d" * 64) == Ledger((new,))


def test_results_of_blocks_that_are_gone_are_dropped() -> None:
    """The ledger does not grow with every title that there ever was."""
    assert _merged(Ledger((ENTRY, _changed(title="gone"))), Ledger()).entries == (ENTRY,)


def test_new_mutants_of_a_block_replace_the_old_ones() -> None:
    """A survivor that a better block kills is gone."""
    killed = seal(replace(MUTANT, outcome="killed"))
    assert _merged(LEDGER, Ledger(mutants=(killed,))).mutants == (killed,)


def _config(root: Path, distributions: list[str]) -> Config:
    table = f"[tool.hozon_docs]\ndistributions = {distributions}\n"
    (root / "pyproject.toml").write_text(table, "utf-8")
    return load_config(root)


def test_versions_name_python_and_the_distributions(tmp_path: Path) -> None:
    """Python comes first, then what the configuration lists."""
    assert list(installed_versions(_config(tmp_path, ["pytest"]))) == ["python", "pytest"]


def test_a_distribution_that_is_not_installed_is_an_error(tmp_path: Path) -> None:
    """The message names it and the list that it stands in."""
    with pytest.raises(DocsError, match=r"distributions names .no-such-thing.*; install it"):
        installed_versions(_config(tmp_path, ["no-such-thing"]))


def test_the_ledger_of_a_project_proves_its_blocks(
    foreign_project: Callable[..., Config], prove: Callable[[Config], Ledger]
) -> None:
    """What a run of a project writes is what the site of the project finds."""
    config = foreign_project({"guide": '# A {#a}\n\n```python title="a.py"\nx = 1\n```\n'})
    ledger = prove(config)
    entry = ledger.entries[0]
    proof = read_ledger(config.ledger).proof_for(
        text_digest("x = 1"), pages=["docs/de/guide.md"], package=entry.package
    )
    assert proof == entry


def test_a_package_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """A proof that holds for no code would outlive every change of it."""
    config = replace(_config(tmp_path, []), packages=(tmp_path / "scr",))
    with pytest.raises(DocsError, match=r"packages names .*scr, which is no folder; correct it"):
        package_digest(config)


def test_a_change_of_a_world_is_another_state(tmp_path: Path) -> None:
    """What a block starts with, and what is asked afterwards, are a part of its proof."""
    (tmp_path / "worlds").mkdir()
    (tmp_path / "pyproject.toml").write_text('[tool.hozon_docs]\nworlds = ["worlds"]\n', "utf-8")
    config = load_config(tmp_path)
    before = folders_digest(config.packages + config.worlds, root=config.root)
    assert package_digest(config) == before
    (tmp_path / "worlds" / "statements.py").write_text("pass\n", "utf-8")
    assert folders_digest(config.packages + config.worlds, root=config.root) != before
