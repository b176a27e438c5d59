"""The floor plan: who may import whom, how large modules are, what an import costs."""

import ast
import subprocess
import sys
import tokenize
from io import BytesIO
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "src").rglob("*.py"))
MOST_LINES = 400
HEAVY = {
    *(
        "alembic",
        "boto3",
        "botocore",
        "click",
        "google",
        "psycopg",
        "pytest",
        "requests",
        "rich",
        "sqlalchemy",
        "tenacity",
    ),
    *("PIL", "bokeh", "numpy", "pandas", "polars"),
}


def code_lines(path: Path) -> int:
    """Count the lines that hold code: no docstring, no comment, no blank line."""
    source = path.read_bytes()
    silent = {
        tokenize.COMMENT,
        tokenize.DEDENT,
        tokenize.ENCODING,
        tokenize.ENDMARKER,
        tokenize.INDENT,
        tokenize.NEWLINE,
        tokenize.NL,
    }
    lines: set[int] = set()
    for token in tokenize.tokenize(BytesIO(source).readline):
        if token.type not in silent:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            lines.difference_update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(lines)


def test_the_floors_hold() -> None:
    """import-linter finds no import that the floor plan forbids."""
    done = subprocess.run(  # noqa: S603  Our own interpreter's tool, no shell.
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_no_module_is_too_long(path: Path) -> None:
    """Docstrings, comments and blank lines are not counted."""
    assert code_lines(path) <= MOST_LINES


def test_lines_of_code_are_counted_rightly(tmp_path: Path) -> None:
    """The measure itself, on a module of four lines of code."""
    path = tmp_path / "module.py"
    path.write_text('"""Doc."""\n\n# Why.\nx = 1\n"""About x."""\ny = [\n    2,\n]\n', "utf-8")
    assert code_lines(path) == 4


def test_importing_the_package_is_light() -> None:
    """`import hozon` loads no database, no cloud, no terminal and no test library."""
    program = "import sys, hozon; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(  # noqa: S603  Our own interpreter, no shell.
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True
    )
    assert "hozon" in done.stdout.split()
    assert HEAVY & set(done.stdout.split()) == set()


def test_the_fakes_need_no_pytest() -> None:
    """Only the suites do: a fake may be used in a program."""
    fakes = ", ".join(f"hozon.testing.{name}" for name in ("memory", "clocks", "faulty"))
    program = f"import sys, {fakes}; print(*sys.modules)"
    done = subprocess.run(  # noqa: S603  Our own interpreter, no shell.
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True
    )
    assert "hozon.testing.memory" in done.stdout.split()
    assert "pytest" not in done.stdout.split()
