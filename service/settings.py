"""Takes the command line's own words, the environment (GAZETTE_*) and one TOML file, gives the settings of a run or of
the service.

What the command line says wins, then the environment, then the file, then the defaults that stand here. The file is the
one named by --config or GAZETTE_CONFIG, or else `gazette.toml` beside the data folder. A name that is not known is
refused wherever it stands: a misspelt `nightli` must not end as a night without a run. Errors name the place and never
repeat a value, which may be a secret.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError
from pydantic_settings.sources import InitSettingsSource

from service.config import CONFIG, DATA, PREFIX, SettingsFault, find_config, read_config
from storage.address import write_address

DELIMITER = "__"
CACHE = "GAZETTE_CACHE"  # where this machine keeps copies of object stores; read by the package storage


class RunnerKind(StrEnum):
    """Where the batches of a run are worked on."""

    LOCAL = "local"
    DASK = "dask"


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Schedule(Section):
    """When the nightly run starts, and when publications are looked at for silence: cron, in `timezone`."""

    nightly: str = "0 2 * * *"
    silence: str = "0 9 * * *"
    timezone: str = "Asia/Shanghai"

    @field_validator("timezone")
    @classmethod
    def check_timezone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError("there is no such time zone (such as Asia/Shanghai)") from None
        return name


class Watch(Section):
    """How arrivals are noticed. A file that has not changed for `settle_seconds` is complete; `rescan_minutes` is how
    often the folder is looked through for what no event told of. `polling` is for network file systems, which do not
    tell of changes that other machines make."""

    settle_seconds: float = Field(default=2.0, ge=0.1, le=3600)
    rescan_minutes: float = Field(default=10.0, ge=0.05, le=1440)
    polling: bool = False


class Limits(Section):
    """What one issue and one batch may be: bytes an issue file, seconds that cleaning an issue and extracting from it
    may each take, issues a batch (which ends at 16 MB too)."""

    issue_bytes: int = Field(default=20 * 1024 * 1024, ge=1)
    issue_seconds: float = Field(default=120, ge=1)
    batch_size: int = Field(default=2000, ge=1, le=100_000)


class Concurrency(Section):
    """How the batches are worked on: on how many cores of this machine (all, if not set), or on a Dask cluster."""

    processes: int | None = Field(default=None, ge=1)
    runner: RunnerKind = RunnerKind.LOCAL
    dask_address: str | None = None

    @model_validator(mode="after")
    def check_address(self) -> Concurrency:
        if self.dask_address is not None and self.runner is not RunnerKind.DASK:
            raise ValueError('dask_address is for runner = "dask"')
        if self.runner is RunnerKind.DASK and self.dask_address is None:
            raise ValueError('runner = "dask" needs a dask_address (tcp://host:8786)')
        return self


class Server(Section):
    """Prefect's server: where it listens, its database (SQLite under the data folder, if not set), and the password
    without which it listens on loopback alone."""

    host: str = "127.0.0.1"
    port: int = Field(default=4200, ge=0, le=65535)  # 0: one that is free
    database: SecretStr | None = None  # postgresql+asyncpg://user:password@host/name
    password: SecretStr | None = None
    keep_days: int = Field(default=90, ge=1)  # what Prefect remembers of runs


class Notifications(Section):
    """Who is told (Apprise addresses, which hold passwords), after how many of its usual intervals without an issue a
    publication counts as silent, and after how long a run that has not begun as late."""

    to: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    silent_after: float = Field(default=4.0, gt=0)
    late_hours: float = Field(default=6.0, ge=0.1)

    @field_validator("to", mode="before")
    @classmethod
    def split_addresses(cls, value: object) -> object:
        """In the environment the addresses are separated by blanks, in the file they are a list."""
        return value.split() if isinstance(value, str) else value


class Settings(BaseSettings):
    """All settings. `data` is the data folder; issues lie under data/raw."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=DELIMITER,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    data: str = DATA
    schedule: Schedule = Schedule()
    watch: Watch = Watch()
    limits: Limits = Limits()
    concurrency: Concurrency = Concurrency()
    server: Server = Server()
    notifications: Notifications = Notifications()

    file_values: ClassVar[dict[str, Any]] = {}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, InitSettingsSource(settings_cls, cls.file_values)


def load_settings(data: str | Path | None = None, config: Path | None = None) -> Settings:
    """The settings, where `data` and `config` are what the command line says. Raises SettingsFault."""
    file = find_config(data, config)
    values = read_config(file) if file else {}
    _check_environment()
    said: dict[str, Any] = {"data": write_address(data)} if data is not None else {}

    class WithFile(Settings):
        file_values: ClassVar[dict[str, Any]] = values

    try:
        return WithFile(**said)
    except ValidationError as error:
        raise SettingsFault("; ".join(_explain(error, values, file))) from None
    except SettingsError as error:
        raise SettingsFault(f"environment: {error}") from None


def _check_environment() -> None:
    """Refuses variables that look like settings and are none."""
    known = {CONFIG, CACHE, *_find_names(Settings.model_fields, PREFIX)}
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            raise SettingsFault(f"environment: unknown setting {name} (known: {', '.join(sorted(known))})")


def _find_names(fields: Mapping[str, FieldInfo], prefix: str) -> Iterator[str]:
    """The variables of all fields: GAZETTE_DATA, GAZETTE_SCHEDULE__NIGHTLY and so on."""
    for name, field in fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            yield from _find_names(field.annotation.model_fields, f"{prefix}{name.upper()}{DELIMITER}")
        else:
            yield f"{prefix}{name.upper()}"


def _explain(error: ValidationError, values: Mapping[str, Any], file: Path | None) -> Iterator[str]:
    for fault in error.errors(include_input=False, include_url=False, include_context=False):
        keys = [str(key) for key in fault["loc"]]
        source = str(file) if file and _is_said(values, keys) else "environment"
        words = fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "extra_forbidden":
            yield f"{source}: unknown key {'.'.join(keys)} (known: {', '.join(_find_known(keys[:-1]))})"
        else:
            yield f"{source}: {'.'.join(keys)}: {words[:1].lower()}{words[1:]}"


def _is_said(values: object, keys: list[str]) -> bool:
    """Whether the file has the key, so that the fault stands there. The environment overrides, and has a value of its
    own then; but a fault of what both say is in the environment."""
    variable = PREFIX + DELIMITER.join(key.upper() for key in keys if not key.isdecimal())
    if variable in os.environ:
        return False
    for key in keys:
        if not isinstance(values, Mapping):
            break
        if key not in values:
            return False
        values = values[key]
    return True


def _find_known(keys: list[str]) -> list[str]:
    fields = Settings.model_fields
    for key in keys:
        annotation = fields[key].annotation if key in fields else None
        fields = annotation.model_fields if isinstance(annotation, type) and issubclass(annotation, Section) else {}
    return list(fields)
