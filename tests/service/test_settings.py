"""Settings: where each comes from, which wins, and what is refused."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from service.config import SettingsFault, find_data_folder
from service.settings import RunnerKind, load_settings

Write = Callable[[str], Path]


@pytest.fixture(autouse=True)
def _clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("GAZETTE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(content: str) -> Path:
        file = tmp_path / "gazette.toml"
        file.write_text(content, encoding="utf-8")
        return file

    return write_file


def test_without_file_and_environment_the_defaults_hold() -> None:
    settings = load_settings()
    assert (settings.data, settings.schedule.nightly, settings.schedule.timezone) == (
        "data",
        "0 2 * * *",
        "Asia/Shanghai",
    )
    assert settings.server.host == "127.0.0.1"
    assert settings.notifications.to == ()


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(
    write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write('data = "here"\n[schedule]\nnightly = "5 1 * * *"\ntimezone = "Asia/Urumqi"\n[limits]\nbatch_size = 7\n')
    monkeypatch.setenv("GAZETTE_SCHEDULE__NIGHTLY", "30 3 * * *")
    settings = load_settings()
    assert settings.data == str(tmp_path / "here")
    assert settings.schedule.model_dump() == {
        "nightly": "30 3 * * *",
        "silence": "0 9 * * *",
        "timezone": "Asia/Urumqi",
    }
    assert settings.limits.batch_size == 7
    assert load_settings(data="there").data == "there"
    monkeypatch.setenv("GAZETTE_DATA", "s3://bucket/gazette")
    assert load_settings().data == "s3://bucket/gazette"


def test_the_file_lies_beside_the_data_folder_or_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place, size in (("beside", 1), ("named", 2), ("of-environment", 3)):
        (tmp_path / place).mkdir()
        (tmp_path / place / "gazette.toml").write_text(f"[limits]\nbatch_size = {size}\n")
    assert load_settings(data=tmp_path / "beside" / "data").limits.batch_size == 1
    assert load_settings(config=tmp_path / "named" / "gazette.toml").limits.batch_size == 2
    monkeypatch.setenv("GAZETTE_CONFIG", "of-environment/gazette.toml")
    assert load_settings(data=tmp_path / "beside" / "data").limits.batch_size == 3
    with pytest.raises(SettingsFault, match=r"absent\.toml: there is no such file"):
        load_settings(config=tmp_path / "absent.toml")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("nightly = 1", r"gazette\.toml: unknown key nightly \(known: data, schedule, "),
        ('[schedule]\nnightli = "x"', r"gazette\.toml: unknown key schedule\.nightli \(known: nightly, silence, "),
        ('[schedule]\ntimezone = "Asia/Chongking"', r"gazette\.toml: schedule\.timezone: there is no such time zone"),
        ("[limits]\nbatch_size = 0", r"gazette\.toml: limits\.batch_size: input should be greater than"),
        ('[concurrency]\ndask_address = "tcp://h:1"', r"gazette\.toml: concurrency: dask_address is for runner"),
        ('[concurrency]\nrunner = "dask"', r'gazette\.toml: concurrency: runner = "dask" needs a dask_address'),
        ("[schedule", r"gazette\.toml: .*at end of document"),
    ],
)
def test_what_the_file_may_not_say(write: Write, content: str, message: str) -> None:
    write(content)
    with pytest.raises(SettingsFault, match=message):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("GAZETTE_SHEDULE__NIGHTLY", "0 1 * * *", r"environment: unknown setting GAZETTE_SHEDULE__NIGHTLY \(known: "),
        ("GAZETTE_SCHEDULE__NIGHTLI", "0 1 * * *", "environment: unknown setting GAZETTE_SCHEDULE__NIGHTLI"),
        ("gazette_dta", "x", "environment: unknown setting gazette_dta"),
        ("GAZETTE_SERVER__PORT", "http", r"environment: server\.port: input should be a valid integer"),
        ("GAZETTE_CONCURRENCY__RUNNER", "ray", r"environment: concurrency\.runner: input should be 'local' or 'dask'"),
    ],
)
def test_what_the_environment_may_not_say(monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsFault, match=message):
        load_settings()


def test_addresses_are_separated_by_blanks_or_listed_and_never_printed(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(
        '[notifications]\nto = ["mailto://user:hunter2@example.org"]\n[server]\ndatabase = "postgresql://u:hunter2@h/d"'
    )
    settings = load_settings()
    assert [address.get_secret_value() for address in settings.notifications.to] == [
        "mailto://user:hunter2@example.org"
    ]
    assert "hunter2" not in repr(settings) + str(settings.model_dump()) + settings.model_dump_json()
    monkeypatch.setenv("GAZETTE_NOTIFICATIONS__TO", "json://a.example/ json://b.example/")
    assert [one.get_secret_value() for one in load_settings().notifications.to] == [
        "json://a.example/",
        "json://b.example/",
    ]


def test_a_fault_does_not_repeat_the_value(write: Write) -> None:
    write('[notifications]\nto = [{ url = "json://hunter2" }]')
    with pytest.raises(SettingsFault) as caught:
        load_settings()
    assert "notifications.to" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_dask_cluster_is_named(write: Write) -> None:
    write('[concurrency]\nrunner = "dask"\ndask_address = "tcp://scheduler:8786"\nprocesses = 3')
    concurrency = load_settings().concurrency
    assert (concurrency.runner, concurrency.dask_address, concurrency.processes) == (
        RunnerKind.DASK,
        "tcp://scheduler:8786",
        3,
    )


def test_every_command_finds_the_data_folder(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_data_folder() == Path("data")
    write('data = "elsewhere"')
    assert find_data_folder() == tmp_path / "elsewhere" == Path(load_settings().data)
    write("data = [")
    assert find_data_folder() == Path("data")  # told by whoever loads the settings
    monkeypatch.setenv("GAZETTE_DATA", "s3://bucket/folder")
    assert str(find_data_folder()).startswith("s3:/")
