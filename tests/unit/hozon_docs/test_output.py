"""The `#>` lines of a block."""

import pytest

from hozon_docs.output import Written, misplaced_claims, output_lines, regenerate


def test_only_whole_comments_are_output_lines() -> None:
    """A `#>` inside a string belongs to the string."""
    source = 'text = """\n#> no\n"""\nprint(text)\n#> yes\n'
    assert output_lines(source) == {5: "#> yes"}


def test_output_stands_below_its_statement() -> None:
    """What a statement over several lines prints stands below its last line."""
    source = 'print(\n    "a",\n)\nx = 1\n'
    assert regenerate(source, [Written(1, "a\n")]) == 'print(\n    "a",\n)\n#> a\nx = 1\n'


def test_output_takes_the_indentation_of_its_statement() -> None:
    """The outputs of a loop stand inside the loop, in order."""
    source = "for i in range(2):\n    print(i)\n"
    written = [Written(2, "0\n"), Written(2, "1\n")]
    assert regenerate(source, written) == source + "    #> 0\n    #> 1\n"


def test_one_print_of_several_lines_becomes_several_output_lines() -> None:
    """Each printed line has a `#>` of its own, the empty one without a space behind it."""
    assert regenerate("print(x)\n", [Written(1, "a\n\nb\n")]) == "print(x)\n#> a\n#>\n#> b\n"


def test_a_long_line_stays_one_output_line() -> None:
    """Output is never wrapped: the reader's terminal would not wrap it in the same place."""
    long = "word " * 60 + "end"
    assert regenerate("print(x)\n", [Written(1, f"{long}\n")]) == f"print(x)\n#> {long}\n"


def test_pieces_of_one_line_are_joined() -> None:
    """`end=""` and several writes make one output line."""
    written = [Written(1, "a"), Written(1, "b"), Written(1, "\n")]
    assert regenerate("f()\n", written) == "f()\n#> ab\n"


def test_a_with_that_speaks_on_leaving_speaks_below_its_body() -> None:
    """Two statements may end in one line: the inner output comes first."""
    source = "with f():\n    print(1)\n"
    written = [Written(2, "1\n"), Written(1, "left\n")]
    assert regenerate(source, written) == source + "    #> 1\n#> left\n"


def test_a_statement_behind_a_semicolon_does_not_indent_its_output() -> None:
    """Output is indented as the line is, not as the statement within it."""
    assert regenerate("x = 1; print(x)\n", [Written(1, "1\n")]) == "x = 1; print(x)\n#> 1\n"


@pytest.mark.parametrize(
    "source",
    ["x = 1\n#> 1\n", "if False:\n    print(1)\n    #> 1\n", "#> 1\n"],
    ids=["below no print", "below a print that never ran", "below nothing"],
)
def test_output_lines_that_no_run_calls_for_vanish(source: str) -> None:
    """Regenerated from a run that wrote nothing, a block has no output lines left."""
    assert output_lines(regenerate(source, [])) == {}


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("x = 1  #> 1\n", 1),
        ('print(1)\n"""\n1\n"""\n', 2),
        ('if x:\n    print(1)\n    "1"\n', 3),
    ],
    ids=["behind code", "a string below a print", "a string in a body"],
)
def test_output_in_another_form_is_refused(source: str, line: int) -> None:
    """What a reader takes for output must be compared, so it must be a `#>` line."""
    assert [number for number, _ in misplaced_claims(source)] == [line]


def test_docstrings_are_not_mistaken_for_output() -> None:
    """The first string of a body is its docstring."""
    source = '"""Module."""\ndef f():\n    """Function."""\n    return "value"\n'
    assert list(misplaced_claims(source)) == []
