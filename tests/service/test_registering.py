"""What the service registers with Prefect, as far as it can be said without a server."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr

from flows.pipeline import etl
from service.announcer import MOST_EVENTS, build_events
from service.child import ServiceFault
from service.deployments import ARRIVED, BURST, NIGHTLY, ON_ARRIVAL, OVER, SILENCE, build_deployments
from service.notifications import NEWS, build_automation, check_addresses
from service.settings import Notifications, Schedule, Settings


def test_the_deployments_and_what_they_are_called_with(tmp_path: Path) -> None:
    settings = Settings(data=str(tmp_path), schedule=Schedule(nightly="30 3 * * 1-5", timezone="Asia/Urumqi"))
    built = {deployment.name: deployment for deployment in build_deployments(settings)}
    assert set(built) == {NIGHTLY, ON_ARRIVAL, SILENCE}
    ((schedule,),) = [built[NIGHTLY].schedules]
    assert (schedule.schedule.cron, schedule.schedule.timezone) == ("30 3 * * 1-5", "Asia/Urumqi")
    assert built[NIGHTLY].parameters == built[ON_ARRIVAL].parameters
    etl.validate_parameters(built[NIGHTLY].parameters)
    assert built[NIGHTLY].parameters["data_dir"] == str(tmp_path)
    assert built[ON_ARRIVAL].schedules == []


def test_the_trigger_fires_for_the_end_of_a_burst_alone(tmp_path: Path) -> None:
    (arrival,) = [one for one in build_deployments(Settings(data=str(tmp_path))) if one.name == ON_ARRIVAL]
    (trigger,) = arrival.triggers
    trigger.set_deployment_id(uuid4())
    automation = trigger.as_automation().trigger
    events = build_events([f"daily/2020-03-05/{n:02}.txt" for n in range(3)], OVER)
    assert {event.event for event in events} == automation.expect == {ARRIVED}
    assert [automation.match.matches(event.resource) for event in events] == [False, False, True]
    (unlabelled,) = build_events(["daily/2020-03-05/01.txt"], None)
    assert not automation.match.matches(unlabelled.resource)


def test_each_file_of_a_burst_is_an_event_up_to_a_limit() -> None:
    paths = [f"daily/2020-03-05/{n:04}.txt" for n in range(MOST_EVENTS + 100)]
    events = build_events(paths, OVER)
    assert [event.payload["path"] for event in events] == paths[:MOST_EVENTS]
    assert events[-1].payload["burst"] == MOST_EVENTS + 100
    assert events[-1].resource[BURST] == OVER
    assert len({event.resource.id for event in events}) == MOST_EVENTS


def test_a_schedule_without_sense_is_told() -> None:
    with pytest.raises(ServiceFault, match=r"schedule\.nightly: '2 Uhr' is no cron schedule"):
        build_deployments(Settings(schedule=Schedule(nightly="2 Uhr")))


def test_an_address_without_sense_is_told_by_its_place() -> None:
    check_addresses(["json://127.0.0.1:8000/hook", "mailto://user:hunter2@example.org"])
    with pytest.raises(ServiceFault, match=r"address 2 is none that Apprise knows") as caught:
        check_addresses(["json://127.0.0.1:8000/hook", "nonsense://user:hunter2@example.org"])
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("news", NEWS, ids=lambda news: str(news.name))
def test_each_kind_of_news_goes_to_every_address(news: object) -> None:
    blocks = [uuid4(), uuid4()]
    automation = build_automation(news, blocks)  # type: ignore[arg-type]
    assert [action.block_document_id for action in automation.actions] == blocks  # type: ignore[union-attr]


def test_settings_hold_addresses_as_secrets() -> None:
    notifications = Notifications(to=(SecretStr("json://user:hunter2@h/"),))
    assert "hunter2" not in repr(notifications)
