"""Where aliases point after each event."""

import pytest

from hozon.errors import InvalidAliasError
from hozon.model.aliases import after_delete, after_edit, after_log, check_aliases
from hozon.model.names import Alias
from hozon.model.versions import VersionId

V0, V1, V2 = VersionId(10), VersionId(11), VersionId(12)
LATEST, BEST = Alias("latest"), Alias("best")


def test_logging_moves_latest_and_the_given_aliases() -> None:
    """All of them point at the new version, the others stay."""
    before = {LATEST: V0, BEST: V0, Alias("old"): V0}
    after = after_log(before, version=V1, given=[BEST])
    assert after == {"latest": V1, "best": V1, "old": V0}
    assert before[LATEST] == V0


def test_deleting_takes_the_aliases_of_the_deleted() -> None:
    """`latest` falls to the newest survivor, the other aliases vanish."""
    after = after_delete({LATEST: V2, BEST: V2}, deleted=[V2], newest=V1)
    assert after == {"latest": V1}


def test_deleting_another_version_leaves_latest_where_it_is() -> None:
    """`latest` moves only when its version goes."""
    after = after_delete({LATEST: V0, BEST: V1}, deleted=[V1], newest=V2)
    assert after == {"latest": V0}


def test_deleting_everything_leaves_no_alias() -> None:
    """Without a version there is nothing to point at."""
    assert after_delete({LATEST: V1, BEST: V0}, deleted=[V0, V1], newest=None) == {}


def test_editing_takes_added_aliases_from_other_versions() -> None:
    """An alias points at one version: giving it moves it."""
    before = {LATEST: V1, BEST: V0}
    after = after_edit(before, version=V1, add=[BEST], remove=[], newest=V1)
    assert after == {"latest": V1, "best": V1}


def test_editing_drops_what_is_not_wanted_any_more() -> None:
    """Only from the version that was edited: elsewhere the alias stays."""
    before = {LATEST: V1, BEST: V0}
    assert after_edit(before, version=V0, add=[], remove=[BEST], newest=V1) == {"latest": V1}
    assert after_edit(before, version=V1, add=[], remove=[BEST], newest=V1) == before


def test_latest_given_away_falls_to_the_newest() -> None:
    """Dropping `latest` from a version never leaves it dangling."""
    after = after_edit({LATEST: V0}, version=V0, add=[], remove=[LATEST], newest=V2)
    assert after == {"latest": V2}


def test_aliases_are_checked_once_each_in_order() -> None:
    """Doubles are dropped, and none is fine."""
    assert check_aliases(["b", "a", "b"]) == ("b", "a")
    assert check_aliases(None) == ()


def test_one_text_is_one_alias() -> None:
    """A text given for a list is not taken apart into letters."""
    assert check_aliases("best") == ("best",)


def test_aliases_that_are_no_list_are_refused() -> None:
    """The message says what was given."""
    with pytest.raises(InvalidAliasError, match="The aliases are a int"):
        check_aliases(5)  # type: ignore[arg-type]


def test_one_bad_alias_refuses_all() -> None:
    """The message names it."""
    with pytest.raises(InvalidAliasError, match="'v7'"):
        check_aliases(["good", "v7"])
