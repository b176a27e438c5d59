"""Every command, option, variable, error code and public name is described, in every language."""

import dataclasses
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml

import hozon
from completeness import (
    Command,
    Reference,
    code_faults,
    command_faults,
    exit_code_faults,
    name_faults,
    public_names,
    variable_faults,
    walk,
)
from hozon import errors
from hozon.cli.main import EXIT_CODES, cli
from hozon.cli.shells import VARIABLE
from hozon.errors import HozonError, InvalidSettingError
from hozon.settings import load_settings, read_sweep_point
from hozon_docs.catalogs import catalog_path, read_catalog
from hozon_docs.config import Config
from hozon_docs.reference import collect_docstrings

ROOT = Path(__file__).parents[2]
COMMANDS = "command-line"
VARIABLES = "environment-variables"
FOREIGN = {"HOZON_DOCS"}
"""What begins so and is no variable of the program."""


class Recording(dict[str, str]):
    """An environment that remembers which variables were looked up."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self.asked: set[str] = set()

    def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]
        """Look a variable up, and remember that."""
        self.asked.add(key)
        return super().get(key, default)


def page(language: str, name: str) -> Reference:
    """Read a page of the reference."""
    path = ROOT / "docs" / language / "reference" / f"{name}.md"
    return Reference(f"{language}/reference/{name}", path.read_text("utf-8"))


@functools.cache
def commands() -> tuple[Command, ...]:
    """Give all commands of the program."""
    return tuple(walk(cli, name="hozon"))


@pytest.fixture
def variables(home: Path) -> set[str]:
    """Give all environment variables that the program reads."""
    assert home.is_dir()
    environ = Recording()
    load_settings(environ)
    read_sweep_point(environ)
    return {*environ.asked, VARIABLE}


def test_every_command_is_described(language: str) -> None:
    """With all its options and arguments; and nothing is described that is not there."""
    assert len(commands()) > 40
    assert command_faults(commands(), page(language, COMMANDS)) == []


def test_a_new_command_is_missed() -> None:
    """By its name."""
    planted = Command("hozon artifact burn", frozenset(), frozenset())
    (fault,) = command_faults([*commands(), planted], page("en", COMMANDS))
    assert "hozon artifact burn is not described" in fault


def test_a_new_option_is_missed() -> None:
    """With its command, also where another command has an option of this name."""
    planted = [
        dataclasses.replace(one, options=one.options | {"--max-unused"})
        if one.name == "hozon artifact put"
        else one
        for one in commands()
    ]
    (fault,) = command_faults(planted, page("en", COMMANDS))
    assert "the option --max-unused of hozon artifact put is not described" in fault


def test_a_new_argument_is_missed() -> None:
    """As the help writes it."""

    @click.command()
    @click.argument("paths", nargs=-1, metavar="[PLACE]...")
    def planted(paths: tuple[str, ...]) -> None:
        """Do something with places."""

    (one,) = walk(planted, name="hozon burn")
    text = "# A {#a}\n\n### `hozon burn` {#burn}\n\nBurns it; `-h`, `--help`.\n"
    root = Command("hozon", frozenset(), frozenset())
    (fault,) = command_faults([root, one], Reference("x", text))
    assert "the argument PLACE of hozon burn is not described" in fault


def test_what_is_gone_is_noticed() -> None:
    """A section without its command, and a row without its option."""
    rest = [one for one in commands() if one.name != "hozon du"]
    (fault,) = command_faults(rest, page("en", COMMANDS))
    assert "there is no command hozon du" in fault
    fewer = [
        dataclasses.replace(one, options=one.options - {"--dry-run"})
        if one.name == "hozon gc run"
        else one
        for one in commands()
    ]
    (fault,) = command_faults(fewer, page("en", COMMANDS))
    assert "--dry-run is no option of hozon gc run" in fault


def test_every_variable_is_described(language: str, variables: set[str]) -> None:
    """Whatever the settings look up, and nothing else."""
    assert len(variables) > 20
    assert variable_faults(variables, page(language, VARIABLES)) == []


def test_every_variable_that_the_code_names_is_described(variables: set[str]) -> None:
    """Also where something else than the settings reads it."""
    sources = (ROOT / "src" / "hozon").rglob("*.py")
    pattern = re.compile(r"\b_?HOZON_[A-Z_]*[A-Z]\b")
    named = {name for path in sources for name in pattern.findall(path.read_text("utf-8"))}
    assert named - FOREIGN - variables == set()


def test_a_new_variable_is_missed(variables: set[str]) -> None:
    """By its name; and one that nothing reads any more is noticed."""
    (fault,) = variable_faults({*variables, "HOZON_SPEED"}, page("en", VARIABLES))
    assert "HOZON_SPEED is not described" in fault
    (fault,) = variable_faults(variables - {"HOZON_HOME"}, page("en", VARIABLES))
    assert "nothing reads HOZON_HOME" in fault


def defaults(language: str) -> Iterator[tuple[str, str]]:
    """Give each variable whose default is a value, with that value."""
    for line in page(language, VARIABLES).text.splitlines():
        match = re.match(r"\| `(\w+)` \| [^|]* \| `([^`|]*)` \|", line)
        if match:
            yield match[1], match[2]


def test_defaults_are_those_of_the_program(language: str, home: Path) -> None:
    """Setting a variable to what its row says changes nothing."""
    assert home.is_dir()
    as_is, told = load_settings({}), dict(defaults(language))
    assert len(told) > 10
    for name, value in told.items():
        assert load_settings({name: value}) == as_is, name


def test_every_key_of_the_file_follows_from_its_variable(
    language: str, variables: set[str], tmp_path: Path
) -> None:
    """As the page on settings says; which have none is said there, too."""
    file, text = tmp_path / "config.toml", page(language, "settings").text
    for name in sorted(variables - {VARIABLE, "HOZON_SWEEP_POINT"}):
        key = name.removeprefix("HOZON_").lower()
        file.write_text(f'{key} = ""\n', encoding="utf-8")
        try:
            load_settings({"HOZON_CONFIG": str(file)})
        except InvalidSettingError as error:
            if f"has {key} =" in error.message:
                assert f"`{name}`" in text, f"{name} has no key; say so in {language}/settings"


def kinds() -> dict[str, type[HozonError]]:
    """Give every class of errors."""
    return {
        name: value
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, HozonError)
    }


def tree(language: str, config: Config) -> str:
    """Give the drawing of the tree of errors, as a reader of a language sees it."""
    if language == config.source:
        return errors.__doc__ or ""
    catalog = read_catalog(catalog_path(config.l10n, language), language=language)
    return next(m.translation for m in catalog.messages if m.path == "hozon.errors")


def test_every_error_code_is_described(language: str, docs_config: Config) -> None:
    """In the tree that the page on errors shows."""
    codes = {name: kind.code for name, kind in kinds().items()}
    assert code_faults(codes, tree(language, docs_config), name=language) == []


def test_a_new_error_is_missed(docs_config: Config) -> None:
    """By its name, or by its code where only the class is drawn."""
    drawn = tree("en", docs_config)
    (fault,) = code_faults({"WeatherError": "state.weather"}, drawn, name="en")
    assert "WeatherError is not in the tree" in fault
    (fault,) = code_faults({"DraftError": "state.weather"}, drawn, name="en")
    assert "DraftError stands there without its code state.weather" in fault


def test_every_exit_code_is_described(language: str) -> None:
    """With the group of errors that ends with it."""
    codes = {group.__name__: code for group, code in EXIT_CODES.items()}
    assert exit_code_faults(codes, page(language, COMMANDS)) == []
    (fault,) = exit_code_faults({**codes, "WeatherError": 9}, page(language, COMMANDS))
    assert "the exit code 9 of WeatherError is not described" in fault


@pytest.fixture(scope="module")
def shown(docs_config: Config) -> frozenset[str]:
    """Give the paths of everything that the reference shows."""
    return frozenset(original.path for original in collect_docstrings(docs_config))


def test_every_public_name_is_shown(shown: frozenset[str]) -> None:
    """With its members: methods, properties, fields and members of enumerations."""
    names = public_names(hozon, of="hozon") | public_names(errors, of="hozon.errors")
    assert len(names) > 150
    assert name_faults(names, shown) == []


def test_a_new_public_name_is_missed(shown: frozenset[str]) -> None:
    """A class, and a method of one that is shown."""
    planted = {"hozon.Burner": "hozon.sdk.burner.Burner"}
    (fault,) = name_faults(planted, shown)
    assert "hozon.Burner is public and no page shows it" in fault
    method = {"hozon.Artifact.burn": "hozon.sdk.artifact.Artifact.burn"}
    assert len(name_faults(method, shown)) == 1


def test_every_language_shows_the_same(language: str, docs_config: Config) -> None:
    """Page by page, the same objects with the same options."""
    for source in sorted((ROOT / "docs" / docs_config.source / "reference").glob("*.md")):
        name = source.stem
        assert directives(page(language, name)) == directives(page(docs_config.source, name)), name


def directives(reference: Reference) -> list[tuple[str, object]]:
    """Give the objects that a page shows, with the options below."""
    pattern = re.compile(r"^::: (\S+)\n((?:    .*\n)*)", re.MULTILINE)
    return [(name, yaml.safe_load(below)) for name, below in pattern.findall(reference.text)]
