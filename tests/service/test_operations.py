"""What the pages of operations and prefect.yaml say is what the code does."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic.fields import FieldInfo

from flows.events import QUARANTINED_EVENT
from service.deployments import build_deployments
from service.notifications import FAILURES, NEWS
from service.settings import Section, Settings
from service.silence import SILENT_EVENT

ROOT = Path(__file__).parents[2]
PAGES = ("docs/operations.md", "docs/operations.zh-CN.md")
Row = tuple[str, str]


def find_settings(fields: Mapping[str, FieldInfo], prefix: str = "") -> Iterator[Row]:
    """Every setting and its default, as a page writes them."""
    for name, field in fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            yield from find_settings(field.annotation.model_fields, f"{name}.")
        else:
            yield f"{prefix}{name}", write_default(field.default)


def write_default(value: Any) -> str:
    if value is None or value == ():
        return ""
    if isinstance(value, str):
        return f"`{value}`"
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_stands_on_the_page_with_its_default(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z]+(?:\.[a-z_]+)?)` \|\s*(.*?)\s*\| ", text, re.MULTILINE)
    written = {name: default for name, default in rows if "." in name or name == "data"}
    assert written == dict(find_settings(Settings.model_fields))


@pytest.mark.parametrize("page", PAGES)
def test_every_notification_stands_on_the_page(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for news in NEWS:
        title = re.sub(r"\{\{.*?\}\}", "N", news.subject)
        assert f"**{title}" in text or f"**{re.sub(' [^ -~]+$', '', title)}**" in text
    for event in (QUARANTINED_EVENT, SILENT_EVENT, *(name.removeprefix("prefect.flow-run") for name in FAILURES)):
        assert f"{event}`" in text


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    file = ROOT / page
    text = file.read_text(encoding="utf-8")
    anchors = {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        for title in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith("#"):
            assert target[1:] in anchors
        elif not target.startswith("http"):
            assert (file.parent / target).exists()


def test_prefect_yaml_has_the_deployments_of_the_service() -> None:
    said = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
    declared = {one["name"]: one for one in said["deployments"]}
    built = {one.name: one for one in build_deployments(Settings())}
    assert set(declared) == set(built)
    for name, deployment in built.items():
        ours = declared[name]
        assert ours["entrypoint"] == deployment.entrypoint
        assert ours["work_pool"] == {"name": "gazette"}
        assert set(ours["parameters"]) <= set(deployment.parameters)
        for key in set(ours["parameters"]) - {"data_dir"}:
            assert ours["parameters"][key] == deployment.parameters[key]
        schedules = [(one.schedule.cron, one.schedule.timezone) for one in deployment.schedules or []]
        assert [(one["cron"], one["timezone"]) for one in ours.get("schedules", [])] == schedules


def test_prefect_yaml_has_the_trigger_of_the_service() -> None:
    said = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
    (ours,) = [trigger for one in said["deployments"] for trigger in one.get("triggers", [])]
    (theirs,) = [trigger for one in build_deployments(Settings()) for trigger in one.triggers]
    assert set(ours["expect"]) == theirs.expect
    assert ours["match"] == theirs.match.model_dump()
    assert (ours["posture"], ours["threshold"], ours["within"]) == (
        theirs.posture.value,
        theirs.threshold,
        theirs.within.total_seconds(),
    )


def test_the_unit_of_systemd_starts_the_service() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[method-assign, assignment]
    unit.read(ROOT / "systemd" / "gazette.service", encoding="utf-8")
    assert unit["Service"]["ExecStart"].endswith("/gazette serve --data /srv/gazette/data")
    assert unit["Service"]["Type"] == "notify"  # service.serve tells systemd when it is ready
