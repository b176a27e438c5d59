"""Settings: names, defaults and precedence."""

import getpass
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from hozon.errors import InvalidNameError, InvalidSettingError
from hozon.model.deployments import Deployment
from hozon.settings import Settings, load_settings

WriteConfig = Callable[[str], dict[str, str]]


@pytest.fixture
def write_config(tmp_path: Path) -> WriteConfig:
    """Give a function that writes a configuration file, and returns the variable that names it."""

    def write(text: str) -> dict[str, str]:
        path = tmp_path / "hozon.toml"
        path.write_text(text, encoding="utf-8")
        return {"HOZON_CONFIG": str(path)}

    return write


def test_everything_lies_below_home_by_default(tmp_path: Path) -> None:
    """Catalog, objects and staging."""
    settings = load_settings({"HOZON_HOME": str(tmp_path)})
    assert settings.home == tmp_path
    assert settings.catalog_url == f"sqlite:///{tmp_path}/catalog.db"
    assert settings.storage_url == f"file://{tmp_path}/objects"
    assert settings.staging == tmp_path / "staging"
    assert settings.config_file is None


def test_without_settings_the_users_data_directory_is_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the system's conventions say."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load_settings({}).home.is_relative_to(tmp_path)


def test_a_relative_home_is_made_absolute(tmp_path: Path) -> None:
    """Changing the working directory later does not move the data."""
    assert load_settings({"HOZON_HOME": "here"}).home == tmp_path / "work" / "here"


def test_the_environment_names_everything() -> None:
    """Each setting has a variable."""
    settings = load_settings(
        {
            "HOZON_CATALOG_URL": "sqlite:///x.db",
            "HOZON_STORAGE_URL": "s3://bucket/prefix",
            "HOZON_ENTITY": "bob",
            "HOZON_PROJECT": "letters",
            "HOZON_USER": "eve",
        }
    )
    assert settings.user == "eve"
    assert (settings.catalog_url, settings.storage_url) == ("sqlite:///x.db", "s3://bucket/prefix")
    assert str(settings.default_path) == "bob/letters"


def test_the_file_names_what_the_environment_does_not(write_config: WriteConfig) -> None:
    """A variable wins over the file, and the file over the default."""
    named = write_config('entity = "from-file"\nproject = "from-file"\nstorage_url = "s3://b"\n')
    settings = load_settings({**named, "HOZON_PROJECT": "from-environment"})
    assert str(settings.default_path) == "from-file/from-environment"
    assert settings.storage_url == "s3://b"
    assert str(settings.config_file) == named["HOZON_CONFIG"]


def test_the_users_configuration_file_is_found(tmp_path: Path) -> None:
    """It need not be named where the system's conventions put it."""
    path = tmp_path / "config" / "hozon" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text('entity = "from-file"\n', encoding="utf-8")
    settings = load_settings({"HOZON_HOME": str(tmp_path)})
    assert (settings.default_path.entity, settings.config_file) == ("from-file", path)


def test_an_empty_variable_is_no_variable(write_config: WriteConfig) -> None:
    """`HOZON_ENTITY=` in a shell means: not set."""
    named = write_config('entity = "from-file"\n')
    assert load_settings({**named, "HOZON_ENTITY": ""}).default_path.entity == "from-file"


@pytest.mark.parametrize(
    ("login", "entity"),
    [
        ("ada", "ada"),
        ("Ada Love", "Ada-Love"),
        ("WORK\\ada", "WORK-ada"),
        ("...", "user"),
    ],
)
def test_the_login_name_is_the_default_entity(
    monkeypatch: pytest.MonkeyPatch, login: str, entity: str
) -> None:
    """Made to fit the rules, if need be; the default project is `uncategorized`."""
    monkeypatch.setattr(getpass, "getuser", lambda: login)
    assert str(load_settings({}).default_path) == f"{entity}/uncategorized"


def test_without_a_login_name_there_is_an_entity(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some containers have no user database."""

    def nobody() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert load_settings({}).default_path.entity == "user"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('entitty = "ada"', "has entitty = 'ada'"),
        ("entity = 7", "has entity = 7"),
        ('[entity]\nname = "ada"', "has entity = "),
        ('connectors = "s3://b"', "has connectors = 's3://b'"),
        ("[connectors]\nvision = 7", "has vision = 7"),
        ("entity = ?", "cannot be read .*line 1"),
    ],
    ids=["unknown key", "number", "table", "no table", "no URL", "no TOML"],
)
def test_a_bad_configuration_file_is_named(write_config: WriteConfig, text: str, said: str) -> None:
    """The message names the file and the fault, the hint the keys that are known."""
    named = write_config(text)
    with pytest.raises(InvalidSettingError, match=said) as caught:
        load_settings(named)
    assert named["HOZON_CONFIG"] in caught.value.message
    assert "catalog_url, deployment, entity, gc_grace, gc_interval" in caught.value.hint


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are no configuration."""
    (tmp_path / "hozon.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidSettingError, match=r"hozon\.toml cannot be read"):
        load_settings({"HOZON_CONFIG": str(tmp_path / "hozon.toml")})


def test_a_missing_file_that_is_named_is_an_error(tmp_path: Path) -> None:
    """A typing error must not lead to another store."""
    with pytest.raises(InvalidSettingError, match=r"absent\.toml', which is no file"):
        load_settings({"HOZON_CONFIG": str(tmp_path / "absent.toml")})


def test_a_bad_default_name_says_where_to_change_it() -> None:
    """The hint names the variables and the file."""
    with pytest.raises(InvalidNameError, match="entity name 'a/b'") as caught:
        load_settings({"HOZON_ENTITY": "a/b"})
    assert caught.value.hint.startswith("Correct HOZON_ENTITY, HOZON_PROJECT or the configuration")


def test_the_user_is_who_logged_in_whatever_the_entity(monkeypatch: pytest.MonkeyPatch) -> None:
    """An entity may be a team; what is recorded is who did it."""
    monkeypatch.setattr(getpass, "getuser", lambda: "ada")
    settings = load_settings({"HOZON_ENTITY": "team"})
    assert (settings.default_path.entity, settings.user) == ("team", "ada")


def test_a_bad_user_says_where_to_change_it() -> None:
    """The hint names the variable and the file."""
    with pytest.raises(InvalidNameError, match="user name 'a/b'") as caught:
        load_settings({"HOZON_USER": "a/b"})
    assert caught.value.hint.startswith("Correct HOZON_USER or the configuration file")


def test_servers_have_half_a_minute_by_default() -> None:
    """To accept a connection, and then to send something."""
    assert load_settings({}).http_timeout == timedelta(seconds=30)


def test_the_environment_says_how_long_servers_have(write_config: WriteConfig) -> None:
    """In seconds; the file says it, too."""
    named = write_config('http_timeout = "5"')
    assert load_settings(named).http_timeout == timedelta(seconds=5)
    shorter = {**named, "HOZON_HTTP_TIMEOUT": "0.5"}
    assert load_settings(shorter).http_timeout == timedelta(milliseconds=500)
    assert load_settings({"HOZON_HTTP_TIMEOUT": "86400"}).http_timeout == timedelta(days=1)


@pytest.mark.parametrize("text", ["0", "-1", "soon", "nan", "inf", "86401", "1e300", "1e-9"])
def test_a_time_that_is_none_is_refused(text: str) -> None:
    """The message shows it, the hint says what may stand there."""
    with pytest.raises(InvalidSettingError, match="HOZON_HTTP_TIMEOUT is") as caught:
        load_settings({"HOZON_HTTP_TIMEOUT": text})
    assert repr(text) in caught.value.message
    assert "number of seconds" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "read", "default"),
    [
        ("cache_size", lambda s: s.cache_bytes, 10 * 2**30),
        ("pack_size", lambda s: s.sizes.pack_bytes, 64 * 2**20),
        ("packed_file_size", lambda s: s.sizes.packed_file_bytes, 4 * 2**20),
        ("read_gap", lambda s: s.sizes.gap_bytes, 2**20),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_sizes_are_read_as_people_write_them(
    write_config: WriteConfig, name: str, read: Callable[[Settings], int], default: int
) -> None:
    """From the environment, else from the file, else the default; a bad one is named."""
    variable = f"HOZON_{name.upper()}"
    assert read(load_settings({})) == default
    named = write_config(f'{name} = "2 MiB"')
    assert read(load_settings(named)) == 2 * 2**20
    assert read(load_settings(named | {variable: "7kB"})) == 7000
    with pytest.raises(InvalidSettingError, match=f"The {name} 'lots' is no number") as caught:
        load_settings({variable: "lots"})
    assert caught.value.hint.startswith(f"Correct {variable} or the configuration file")
    assert "64MiB" in caught.value.hint


def test_a_pack_has_room_for_a_byte() -> None:
    """A pack of nothing would never be full; the other sizes may be 0."""
    names = ("PACK_SIZE", "CACHE_SIZE", "PACKED_FILE_SIZE", "READ_GAP")
    settings = load_settings({f"HOZON_{name}": "0" for name in names})
    sizes = settings.sizes
    assert (sizes.pack_bytes, sizes.packed_file_bytes, sizes.gap_bytes) == (1, 0, 0)
    assert settings.cache_bytes == 0


def test_the_cache_lies_in_the_home_unless_it_is_told(tmp_path: Path) -> None:
    """And its folder is absolute, wherever the program goes."""
    home = {"HOZON_HOME": str(tmp_path)}
    assert load_settings(home).cache_dir == tmp_path / "cache"
    assert load_settings(home | {"HOZON_CACHE_DIR": "here"}).cache_dir == Path("here").absolute()


@pytest.mark.parametrize(
    ("name", "read", "default"),
    [
        ("gc_interval", lambda s: s.gc_interval, timedelta(days=1)),
        ("restore_window", lambda s: s.windows.restore, timedelta(days=7)),
        ("trash_window", lambda s: s.windows.trash, timedelta(days=30)),
        ("gc_grace", lambda s: s.windows.grace, timedelta(days=1)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_spans_are_read_as_people_write_them(
    write_config: WriteConfig, name: str, read: Callable[[Settings], timedelta], default: timedelta
) -> None:
    """From the environment, else from the file, else the default; a bad one is named."""
    variable = f"HOZON_{name.upper()}"
    assert read(load_settings({})) == default
    named = write_config(f'{name} = "36h"')
    assert read(load_settings(named)) == timedelta(hours=36)
    assert read(load_settings(named | {variable: "0"})) == timedelta()
    with pytest.raises(
        InvalidSettingError, match=f"'soon' is no span of time for {name}"
    ) as caught:
        load_settings({variable: "soon"})
    assert caught.value.hint.startswith(f"Correct {variable} or the configuration file")


def test_a_library_without_a_service_is_embedded(write_config: WriteConfig) -> None:
    """Any other kind of deployment says so; one that is unknown is answered with those that are."""
    assert load_settings({}).deployment is Deployment.EMBEDDED
    named = write_config('deployment = "shared-cloud"')
    assert load_settings(named).deployment is Deployment.SHARED_CLOUD
    environment = {"HOZON_DEPLOYMENT": "dedicated-cloud"}
    assert load_settings(named | environment).deployment is Deployment.DEDICATED_CLOUD
    with pytest.raises(InvalidSettingError, match="'cloud' is of no kind") as caught:
        load_settings({"HOZON_DEPLOYMENT": "cloud"})
    assert "customer-managed-on-premises, embedded" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "enabled"),
    [("true", True), ("TRUE ", True), ("1", False), ("yes", False), ("", False)],
)
def test_collection_is_switched_on_by_one_word(text: str, *, enabled: bool) -> None:
    """It is published as `true`."""
    assert not load_settings({}).collection_enabled
    settings = load_settings({"GORILLA_ARTIFACT_GC_ENABLED": text})
    assert settings.collection_enabled is enabled


def test_connectors_have_a_table(write_config: WriteConfig) -> None:
    """A storage URL for each team."""
    assert load_settings({}).connectors == {}
    named = write_config('[connectors]\nvision = "s3://theirs/x"\nspeech = "gs://ours"\n')
    assert load_settings(named).connectors == {"vision": "s3://theirs/x", "speech": "gs://ours"}


@pytest.mark.parametrize("url", ["az://account/container", "file:data", "s3://", "theirs"])
def test_a_connector_elsewhere_is_refused(write_config: WriteConfig, url: str) -> None:
    """The hint says where there are any."""
    with pytest.raises(InvalidSettingError, match=f"connector of 'vision' is '{url}'") as caught:
        load_settings(write_config(f'[connectors]\nvision = "{url}"'))
    assert "AWS and Google Cloud only" in caught.value.hint


def test_a_folder_may_stand_for_a_bucket_where_it_is_tried_out(write_config: WriteConfig) -> None:
    """In the library alone; services keep the bytes of teams in buckets."""
    table = '[connectors]\nvision = "file:///data"\n'
    assert load_settings(write_config(table)).connectors == {"vision": "file:///data"}
    with pytest.raises(InvalidSettingError, match="connector of 'vision' is 'file:///data'"):
        load_settings(write_config(f'deployment = "dedicated-cloud"\n{table}'))


@pytest.mark.parametrize(
    ("main", "vision", "speech"),
    [
        ("s3://ours/hozon", "s3://ours/hozon", "s3://theirs"),
        ("s3://ours/hozon", "s3://ours/hozon/", "s3://theirs"),
        ("s3://ours", "s3://ours/packs", "s3://theirs"),
        ("s3://ours/hozon/main", "s3://ours/hozon", "s3://theirs"),
        ("s3://ours", "gs://theirs/a%20b", "gs://theirs/a b"),
        ("file:///ours", "file:///ours/packs/../../ours", "s3://theirs"),
    ],
)
def test_two_stores_in_one_place_are_refused(
    write_config: WriteConfig, main: str, vision: str, speech: str
) -> None:
    """A collector would take the objects of one for leftovers in the other, and remove them."""
    table = f'storage_url = "{main}"\n[connectors]\nvision = "{vision}"\nspeech = "{speech}"\n'
    with pytest.raises(InvalidSettingError, match="are one place, or one lies in the other"):
        load_settings(write_config(table))


def test_stores_may_stand_beside_each_other_in_a_bucket(write_config: WriteConfig) -> None:
    """A prefix that begins like another is not in it."""
    table = 'storage_url = "s3://b/hozon"\n[connectors]\nvision = "s3://b/hozon-vision"\n'
    assert load_settings(write_config(table)).connectors == {"vision": "s3://b/hozon-vision"}


def test_a_connector_of_no_team_is_refused(write_config: WriteConfig) -> None:
    """The hint names the table."""
    with pytest.raises(InvalidNameError, match="team name 'a/b'") as caught:
        load_settings(write_config('[connectors]\n"a/b" = "s3://b"'))
    assert caught.value.hint.startswith("Correct the table 'connectors'")


@pytest.mark.parametrize("name", ["anonymous", "collector"])
def test_reserved_names_are_no_users(name: str) -> None:
    """The audit log could not tell them apart; the hint says where to change it."""
    with pytest.raises(InvalidNameError, match=f"'{name}' is reserved") as caught:
        load_settings({"HOZON_USER": name})
    assert caught.value.hint.startswith("Correct HOZON_USER")
