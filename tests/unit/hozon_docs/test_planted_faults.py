"""Faults planted into a whole project: each is caught, by the checks meant for it and no other.

Every fault, and every harmless edit, has a copy of the clean project for itself, in which all
checks run. What is planted stands as data in the modules of `faults`.
"""

from collections import Counter

import pytest

from unit.hozon_docs.faults.code import CODE
from unit.hozon_docs.faults.fences import FENCES
from unit.hozon_docs.faults.harmless import HARMLESS
from unit.hozon_docs.faults.plant import LANGUAGES, Fault, Harmless, unequal
from unit.hozon_docs.faults.project import all_findings, copy_clean
from unit.hozon_docs.faults.publishing import PUBLISHING
from unit.hozon_docs.faults.shells import SHELLS
from unit.hozon_docs.faults.structure import STRUCTURE
from unit.hozon_docs.faults.use import USE
from unit.hozon_docs.faults.words import WORDS

FAULTS = (*CODE, *SHELLS, *USE, *FENCES, *STRUCTURE, *WORDS, *PUBLISHING)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_planted_fault_is_caught_by_the_checks_meant_for_it(
    fault: Fault, pytester: pytest.Pytester
) -> None:
    """Each names the file, the line and the reason, and no other check speaks up."""
    project = copy_clean(pytester)
    found = all_findings(project, fault)
    wrong = list(unequal(found, fault.caught, project.root))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("edit", HARMLESS, ids=lambda edit: edit.name)
def test_a_harmless_edit_is_no_fault(edit: Harmless, pytester: pytest.Pytester) -> None:
    """What writers and translators do every day gives no false alarm."""
    assert all_findings(copy_clean(pytester), edit) == {}


def test_the_clean_project_has_no_fault(pytester: pytest.Pytester) -> None:
    """All checks, stubs and builds of every language included, find nothing before an edit."""
    unchanged = Harmless(name="nothing", edits=(), built=LANGUAGES)
    assert all_findings(copy_clean(pytester), unchanged) == {}


def test_every_entry_has_a_name_of_its_own() -> None:
    """A failing entry is found by its name, and every fault says which check is meant."""
    names = Counter(one.name for one in (*FAULTS, *HARMLESS))
    assert [name for name, number in names.items() if number > 1] == []
    assert [fault.name for fault in FAULTS if not fault.caught] == []
