"""Settings: the only reader of environment variables and configuration files.

Owns names, defaults and precedence of settings: an environment variable wins over the
configuration file, which wins over the default. Refuses to own what is done with them.
Invariant: an unknown key in the configuration file is an error, never silently ignored.
"""

import getpass
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote, urlsplit

import platformdirs

from hozon.errors import InputError, InvalidNameError, InvalidSettingError
from hozon.model.access import RESERVED_NAMES
from hozon.model.deployments import Deployment, StoreKind
from hozon.model.garbage import Windows
from hozon.model.names import MAX_NAME_LENGTH, EntityName, check_name
from hozon.model.paths import ProjectPath
from hozon.model.places import MOST_PACK_BYTES, PackSizes
from hozon.model.sizes import parse_size
from hozon.model.spans import parse_span

DEFAULT_PROJECT = "uncategorized"
"""The project of runs that name none."""

_SIZES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cache_size": "10GiB",
        "pack_size": "64MiB",
        "packed_file_size": "4MiB",
        "read_gap": "1MiB",
    }
)
"""Settings that are sizes, with their defaults; those of packs were measured: see ADR 0008."""

_SPANS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "gc_grace": "24h",
        "gc_interval": "24h",
        "restore_window": "7d",
        "sweep_lease": "60s",
        "trash_window": "30d",
    }
)
"""Settings that are spans of time, with their defaults."""

_CONNECTORS: Final = "connectors"
"""The table of the configuration file that holds the storage URL of each team with a connector."""

_CONNECTOR_KINDS: Final = (StoreKind.S3, StoreKind.GOOGLE)

DEFAULT_HTTP_TIMEOUT = timedelta(seconds=30)
"""How long a web server may take, unless the settings say otherwise."""

_KEYS = {
    "cache_dir",
    "catalog_url",
    "deployment",
    "entity",
    "http_timeout",
    "project",
    "storage_url",
    "user",
    *_SIZES,
    *_SPANS,
}
_LONGEST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where data lives, and what names are looked up in."""

    home: Path
    """The folder of Hozon's own files. `HOZON_HOME`; default: the user's data directory."""

    catalog_url: str
    """The metadata database. `HOZON_CATALOG_URL`, `sqlite:///path` or
    `postgresql://user@host:port/database`; default: `catalog.db` in `home`."""

    storage_url: str
    """The object store. `HOZON_STORAGE_URL`, `file://…`, `s3://bucket/prefix` or
    `gs://bucket/prefix`; default: `objects` in `home`."""

    default_path: ProjectPath
    """Where names without entity or project are looked up. `HOZON_ENTITY`, default the login
    name, and `HOZON_PROJECT`, default `uncategorized`."""

    user: EntityName
    """Who works here: whose roles count, and who is recorded as having done something.
    `HOZON_USER`, default the login name. It is no team: `HOZON_ENTITY` may name one."""

    config_file: Path | None
    """The configuration file that was read; None when there is none."""

    cache_dir: Path
    """The folder of what was read from a bucket, and of the index of local files.
    `HOZON_CACHE_DIR`; default: `cache` in `home`."""

    cache_bytes: int
    """How much the cache may hold, in bytes. `HOZON_CACHE_SIZE`, such as `10GiB`, which is the
    default; 0 keeps nothing."""

    sizes: PackSizes
    """When small files share an object of the store. `HOZON_PACK_SIZE`, default `64MiB`;
    `HOZON_PACKED_FILE_SIZE`, the largest file that does, default `4MiB`; `HOZON_READ_GAP`, how
    much may be read in vain to save a request, default `1MiB`."""
    http_timeout: timedelta = DEFAULT_HTTP_TIMEOUT
    """How long a web server that a reference leads to may take to accept a connection, and then to
    send something. `HOZON_HTTP_TIMEOUT`, in seconds, more than 0 and at most a day; default 30."""

    deployment: Deployment = Deployment.EMBEDDED
    """What kind of installation this is. `HOZON_DEPLOYMENT`; default `embedded`."""

    collection_enabled: bool = False
    """Whether `GORILLA_ARTIFACT_GC_ENABLED` is `true`, which deployments that customers manage
    require before garbage is collected. It stands in the environment only."""

    connectors: Mapping[EntityName, str] = field(
        default_factory=lambda: MappingProxyType({}), hash=False
    )
    """The secure storage connectors: team → `s3://…` or `gs://…`, or `file:///…` where the
    deployment is `embedded`. The table `connectors` of the configuration file; default: none."""

    gc_interval: timedelta = timedelta(days=1)
    """How much time passes at least between two collections that begin by themselves; nothing of
    it for never. `HOZON_GC_INTERVAL`, such as `36h`; default `24h`."""

    sweep_lease: timedelta = timedelta(seconds=60)
    """How long a point of a sweep is held for an agent that is silent, before another agent may try
    it. `HOZON_SWEEP_LEASE`, such as `10m`, more than 0; default `60s`."""

    windows: Windows = field(default_factory=Windows)
    """How long collection waits before it gives something up. `HOZON_RESTORE_WINDOW`, how long a
    deleted version can be restored, default `7d`; `HOZON_TRASH_WINDOW`, how long what was removed
    can be recovered, default `30d`; `HOZON_GC_GRACE`, how long what nothing reaches is left alone
    after it was stored, default `24h`."""

    @property
    def staging(self) -> Path:
        """The folder in which files wait until they are stored."""
        return self.home / "staging"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings as they are now.

    Args:
        environ: The environment; by default the one of this process.

    Returns:
        All settings, with defaults filled in.

    Raises:
        InvalidSettingError: The configuration file is missing though `HOZON_CONFIG` names it, is
            no TOML, or has an unknown key or a value that is not text; or a size or a span of time
            is none, the timeout is no number of seconds, the kind of deployment is unknown, a
            connector is on no cloud that has them, or two stores are in one place.
        InvalidNameError: The entity, the project, the user or a team breaks the rules for names.
    """
    env = os.environ if environ is None else environ
    config_file = _find_config_file(env)
    config, connectors = _read_config_file(config_file) if config_file else ({}, {})
    home = Path(env.get("HOZON_HOME") or platformdirs.user_data_dir("hozon")).absolute()

    def choose(key: str, default: str) -> str:
        return env.get(f"HOZON_{key.upper()}") or config.get(key) or default

    deployment = _deployment(choose("deployment", Deployment.EMBEDDED))
    spans = {key: _span(key, choose(key, default)) for key, default in _SPANS.items()}
    storage_url = choose("storage_url", (home / "objects").as_uri())
    stores = dict(_connector(*each, deployment=deployment) for each in connectors.items())
    _check_apart(storage_url, stores)
    sizes = {key: _size(key, choose(key, default)) for key, default in _SIZES.items()}
    return Settings(
        home=home,
        catalog_url=choose("catalog_url", f"sqlite:///{home / 'catalog.db'}"),
        storage_url=storage_url,
        default_path=_default_path(
            choose("entity", _login_name()), choose("project", DEFAULT_PROJECT)
        ),
        user=_user(choose("user", _login_name())),
        config_file=config_file,
        cache_dir=Path(choose("cache_dir", str(home / "cache"))).absolute(),
        cache_bytes=sizes["cache_size"],
        sizes=PackSizes(
            pack_bytes=min(max(1, sizes["pack_size"]), MOST_PACK_BYTES),
            packed_file_bytes=sizes["packed_file_size"],
            gap_bytes=sizes["read_gap"],
        ),
        http_timeout=_seconds(
            choose("http_timeout", f"{DEFAULT_HTTP_TIMEOUT.total_seconds():g}"),
            name="HOZON_HTTP_TIMEOUT",
        ),
        deployment=deployment,
        collection_enabled=env.get("GORILLA_ARTIFACT_GC_ENABLED", "").strip().lower() == "true",
        connectors=MappingProxyType(stores),
        gc_interval=spans["gc_interval"],
        sweep_lease=_lasting("sweep_lease", spans["sweep_lease"]),
        windows=Windows(
            restore=spans["restore_window"], trash=spans["trash_window"], grace=spans["gc_grace"]
        ),
    )


def _size(key: str, text: str) -> int:
    """Read a size, and say where a bad one can be changed."""
    try:
        return parse_size(text, what=key)
    except InputError as error:
        raise InvalidSettingError(
            error.message,
            hint=f"Correct HOZON_{key.upper()} or the configuration file. {error.hint}",
        ) from None


def _span(key: str, text: str) -> timedelta:
    """Read a span of time, and say where a bad one can be changed."""
    try:
        return parse_span(text, what=key)
    except InputError as error:
        raise InvalidSettingError(
            error.message,
            hint=f"Correct HOZON_{key.upper()} or the configuration file. {error.hint}",
        ) from None


def _lasting(key: str, span: timedelta) -> timedelta:
    """Refuse a span that is over before anything can happen in it."""
    if not span:
        raise InvalidSettingError(
            f"The setting {key} is 0",
            hint=f"Set HOZON_{key.upper()} or the configuration file to a span such as 60s.",
        )
    return span


def read_sweep_point(environ: Mapping[str, str] | None = None) -> str | None:
    """Read which point of a sweep this process was started for.

    Args:
        environ: The environment; by default the one of this process.

    Returns:
        What `hozon agent` put into `HOZON_SWEEP_POINT`; None outside agents.
    """
    env = os.environ if environ is None else environ
    return env.get("HOZON_SWEEP_POINT") or None


def _deployment(text: str) -> Deployment:
    """Read the kind of deployment."""
    try:
        return Deployment(text)
    except ValueError:
        raise InvalidSettingError(
            f"The deployment {text!r} is of no kind that is known",
            hint=f"Set HOZON_DEPLOYMENT to one of {', '.join(Deployment)}.",
        ) from None


def _connector(team: str, url: str, *, deployment: Deployment) -> tuple[EntityName, str]:
    """Check the team and the URL of a secure storage connector."""
    parts = urlsplit(url)
    is_bucket = parts.scheme in _CONNECTOR_KINDS and parts.netloc
    is_folder = parts.scheme == StoreKind.LOCAL and parts.path.startswith("/") and not parts.netloc
    if not is_bucket and not (is_folder and deployment is Deployment.EMBEDDED):
        raise InvalidSettingError(
            f"The connector of {team!r} is {url!r}",
            hint="Secure storage connectors exist on AWS and Google Cloud only: give it an address"
            " that begins with s3://bucket or gs://bucket. An embedded deployment may try it out"
            " with file:///folder.",
        )
    try:
        return EntityName(check_name(team, kind="team")), url
    except InvalidNameError as error:
        raise InvalidNameError(
            error.message, hint=f"Correct the table 'connectors' of the file. {error.hint}"
        ) from None


def _check_apart(storage_url: str, connectors: Mapping[EntityName, str]) -> None:
    """Refuse two stores in one place, or one in another.

    A collector takes what lies in a store, and is not known to be there, for a leftover.
    """
    places = [("the store of all others", _place_of(storage_url))] if connectors else []
    for team, url in connectors.items():
        place = _place_of(url)
        for whose, other in places:
            shorter = min(len(place), len(other))
            if place[:shorter] == other[:shorter]:
                raise InvalidSettingError(
                    f"The connector of {team!r} and {whose} are one place, or one lies in the"
                    f" other: {url}",
                    hint="Give each store a bucket of its own, or a prefix beside those of the"
                    " others: collection would take the objects of one for leftovers in the other.",
                )
        places.append((f"that of {team!r}", place))


def _place_of(url: str) -> tuple[str, ...]:
    """Give where a store is, part by part, however it is written."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    if parts.scheme == StoreKind.LOCAL:
        path = os.path.realpath(path)
    return (parts.scheme, parts.netloc, *(part for part in path.split("/") if part))


def _seconds(text: str, *, name: str) -> timedelta:
    """Read a span of time that is not empty, and say where a bad one can be changed."""
    try:
        span = timedelta(seconds=float(text))
    except (ValueError, OverflowError):
        span = timedelta()
    if not timedelta() < span <= _LONGEST:
        raise InvalidSettingError(
            f"The setting {name} is {text!r}",
            hint=f"Set {name} or {name.removeprefix('HOZON_').lower()} in the configuration file to"
            f" a number of seconds, more than 0 and at most {_LONGEST.total_seconds():g}.",
        )
    return span


def _default_path(entity: str, project: str) -> ProjectPath:
    """Check the default names, and say where a bad one can be changed."""
    try:
        return ProjectPath.of(entity, project)
    except InvalidNameError as error:
        raise InvalidNameError(
            error.message,
            hint=f"Correct HOZON_ENTITY, HOZON_PROJECT or the configuration file. {error.hint}",
        ) from None


def _user(name: str) -> EntityName:
    """Check the name of the user, and say where a bad one can be changed."""
    if name in RESERVED_NAMES:
        raise InvalidNameError(
            f"The user name {name!r} is reserved",
            hint="Correct HOZON_USER or the configuration file. The audit log uses this name for"
            " acts of nobody in particular.",
        )
    try:
        return EntityName(check_name(name, kind="user"))
    except InvalidNameError as error:
        raise InvalidNameError(
            error.message, hint=f"Correct HOZON_USER or the configuration file. {error.hint}"
        ) from None


def _find_config_file(env: Mapping[str, str]) -> Path | None:
    """Find the configuration file; one that is named must exist."""
    named = env.get("HOZON_CONFIG")
    path = Path(named or platformdirs.user_config_path("hozon") / "config.toml")
    if path.is_file():
        return path
    if named:
        raise InvalidSettingError(
            f"HOZON_CONFIG names {named!r}, which is no file",
            hint="Correct the path, or unset HOZON_CONFIG.",
        )
    return None


def _read_config_file(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Read the configuration file, refuse what is not known, and give the connectors apart."""
    hint = (
        f"Known keys are {', '.join(sorted(_KEYS))}, each with a text, and the table {_CONNECTORS}"
        " with a storage URL for each team that has one."
    )
    try:
        config = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidSettingError(
            f"The configuration file {path} cannot be read ({error})", hint=hint
        ) from error
    connectors = config.pop(_CONNECTORS, {})
    if not isinstance(connectors, dict):
        raise InvalidSettingError(f"{path} has {_CONNECTORS} = {connectors!r}", hint=hint)
    for known, table in ((_KEYS, config), (connectors.keys(), connectors)):
        for key, value in table.items():
            if key not in known or not isinstance(value, str):
                raise InvalidSettingError(f"{path} has {key} = {value!r}", hint=hint)
    return config, connectors


def _login_name() -> str:
    """Turn the login name into a name that the rules accept."""
    try:
        login = getpass.getuser()
    except (OSError, KeyError, ImportError):  # No login name, as in some containers.
        login = ""
    return re.sub(r"[^A-Za-z0-9_.-]", "-", login).strip(".")[:MAX_NAME_LENGTH] or "user"
