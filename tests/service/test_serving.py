"""The service with real processes: server, worker, watcher, and a web hook that listens. One service for all tests of
this file, in the order in which they stand: starting one takes half a minute."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from gazette.publish.store import Store
from tests.service.serving import (
    GAZETTE,
    PATIENCE,
    Folder,
    Listener,
    Service,
    find_descendants,
    is_alive,
    serving,
    wait_for,
)


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.server.shutdown()
    listener.server.server_close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    folder = Folder(tmp_path_factory.mktemp("service") / "data")
    folder.drop("daily/2020-03-01/01.txt", folder.build_page(day=1))
    return folder


@pytest.fixture(scope="module")
def service(folder: Folder, listener: Listener, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    settings = '[schedule]\nnightly = "30 3 * * *"\ntimezone = "Asia/Urumqi"\n'
    settings += f'[notifications]\nto = ["{listener.address}"]\nsilent_after = 2\n'
    (folder.root.parent / "gazette.toml").write_text(settings, encoding="utf-8")
    with serving(folder, tmp_path_factory.mktemp("log") / "first.log") as service:
        begin_nightly_soon(service)
        yield service


def begin_nightly_soon(service: Service) -> None:
    """One more schedule of the nightly deployment, a minute or two ahead; what is registered must also begin."""
    (nightly,) = service.ask("/deployments/filter", {"deployments": {"name": {"any_": ["nightly"]}}})
    soon = datetime.now(UTC) + timedelta(seconds=90)
    schedule = {"cron": f"{soon.minute} {soon.hour} * * *", "timezone": "UTC"}
    service.ask(f"/deployments/{nightly['id']}/schedules", [{"schedule": schedule, "active": True}])


def check_processed_once(folder: Folder, paths: list[str]) -> None:
    """One row a file, in the state it was first given, and no record twice."""
    rows = Counter(row["path"] for row in folder.read_documents())
    assert {rows[path] for path in paths} == {1}
    for table in ("enterprises", "finance", "labor", "mentions"):
        records = Store(folder.root).read(table)
        assert records.height > 0
        assert not records.is_duplicated().any()
        if "record_id" in records.columns and table != "mentions":
            assert records["record_id"].n_unique() == records.height


def find_runs(service: Service) -> set[str]:
    """All runs over what is pending that have begun; the nightly one may find the issues before that of their arrival."""
    return {run["id"] for name in ("on-arrival", "nightly") for run in service.find_begun(name)}


def test_what_arrived_while_nothing_ran_is_taken_at_the_start(service: Service, folder: Folder) -> None:
    wait_for(lambda: folder.is_settled(["daily/2020-03-01/01.txt"]), "the issue is in the tables")


def test_an_issue_dropped_in_is_in_the_tables(service: Service, folder: Folder) -> None:
    path = folder.drop("daily/2020-03-02/01.txt", folder.build_page(day=2))
    wait_for(lambda: folder.is_settled([path]), "the issue is in the tables")
    question = {"filter": {"event": {"name": ["gazette.issue.arrived"]}}}
    events = wait_for(lambda: service.ask("/events/filter", question)["events"], "the event is kept")
    assert path in {event["payload"]["path"] for event in events}


def test_a_file_is_taken_once_it_is_complete(service: Service, folder: Folder) -> None:
    """One that grows for a while, one under a temporary name that is then renamed, and another issue meanwhile, whose
    run must leave the growing one alone."""
    growing, renamed, other = (folder.raw / f"daily/2020-03-03/{name}" for name in ("01.txt", "02.txt", "03.txt"))
    text = folder.build_page(day=3)
    growing.parent.mkdir()
    part = renamed.with_name("02.txt.part")
    part.write_text(folder.build_page(day=3), encoding="utf-8")
    with growing.open("w", encoding="utf-8") as handle:
        for number, character in enumerate(text * 3):
            handle.write(character)
            handle.flush()
            time.sleep(0.05)
            if number == 20:
                other.write_text(folder.build_page(day=3), encoding="utf-8")
    part.rename(renamed)
    paths = [f"daily/2020-03-03/{file.name}" for file in (growing, renamed, other)]
    wait_for(lambda: folder.is_settled(paths), "all three are in the tables")
    rows = Counter(row["path"] for row in folder.read_documents())
    assert [rows[path] for path in paths] == [1, 1, 1]  # no row of a half-written file, superseded later
    assert "daily/2020-03-03/02.txt.part" not in rows


def test_a_burst_is_at_most_two_runs(service: Service, folder: Folder) -> None:
    wait_for(service.is_at_rest, "nothing runs")
    before = find_runs(service)
    paths = [
        folder.drop(f"daily/2019-{1 + n // 25:02}-{1 + n % 25:02}/01.txt", folder.build_page()) for n in range(200)
    ]
    wait_for(lambda: folder.is_settled(paths), "all are in the tables")
    wait_for(service.is_at_rest, "nothing runs")
    assert 1 <= len(find_runs(service) - before) <= 2


def test_people_are_told_of_quarantined_issues(service: Service, folder: Folder, listener: Listener) -> None:
    path = folder.drop("daily/2020-03-04/01.txt", "no Chinese at all, and so no issue of a Chinese paper\n" * 5)
    wait_for(lambda: folder.is_settled([path], "quarantined"), "the issue is in quarantine")
    (news, *_) = wait_for(lambda: listener.find("quarantined"), "the web hook is told")
    assert news["title"] == "Gazette: 1 quarantined 份刊物被隔离"
    assert f"{path}  ingest: not_chinese: " in news["message"]


def test_people_are_told_of_failed_runs(service: Service, folder: Folder, listener: Listener) -> None:
    lock = folder.root / ".store" / "lock"
    wait_for(service.is_at_rest, "nothing runs")
    lock.unlink()
    lock.mkdir()  # nothing can be locked, and no run can begin
    path = folder.drop("daily/2020-03-06/01.txt", folder.build_page(day=6))
    (news, *_) = wait_for(lambda: listener.find("run failed"), "the web hook is told")
    lock.rmdir()
    assert "gazette-etl" in news["message"]
    assert "the tables are as they were" in news["message"]
    assert "hunter2" not in news["title"] + news["message"]
    wait_for(lambda: folder.is_settled([path]), "the folder was looked through again")


def test_runs_that_are_cancelled_or_killed_end_and_the_next_one_goes_on(
    service: Service, folder: Folder, listener: Listener
) -> None:
    """The test holds the lock of the tables, so that runs wait for it until they are ended. The nightly run that begins
    some time would take the issue as well: it must not be near."""
    wait_for(lambda: service.is_at_rest(60), "nothing runs, nor will soon")
    before = len(listener.find("run failed"))
    with Store(folder.root).lock():
        path = folder.drop("daily/2020-03-08/01.txt", folder.build_page(day=8))
        (run, *_) = wait_for(lambda: service.find_runs("on-arrival", state={"type": {"any_": ["RUNNING"]}}), "one runs")
        service.ask(f"/flow_runs/{run['id']}/set_state", {"state": {"type": "CANCELLING"}, "force": True})
        wait_for(lambda: service.ask(f"/flow_runs/{run['id']}")["state"]["type"] == "CANCELLED", "it is cancelled")
        (run, *_) = wait_for(lambda: service.find_runs("on-arrival", state={"type": {"any_": ["RUNNING"]}}), "one runs")
        os.kill(int(run["infrastructure_pid"]), signal.SIGKILL)
        wait_for(lambda: service.ask(f"/flow_runs/{run['id']}")["state"]["type"] == "CRASHED", "it is crashed")
    news = wait_for(lambda: listener.find("run failed")[before:], "the web hook is told")
    assert run["name"] in news[0]["message"]
    wait_for(lambda: folder.is_settled([path]), "the issue is in the tables")


def test_people_are_told_of_late_runs_once_an_hour(service: Service, listener: Listener) -> None:
    """The server is told twice of a run that is late; it takes hours until it finds one by itself."""
    (run, *_) = service.find_begun("on-arrival")
    pool = {"prefect.resource.role": "work-pool", "prefect.resource.name": "gazette", "prefect.resource.id": "pool"}
    resource = {"prefect.resource.id": f"prefect.flow-run.{run['id']}"}
    for _ in range(2):
        event = {"event": "prefect.flow-run.Late", "resource": resource, "related": [pool], "payload": {}}
        service.tell([event | {"id": str(uuid4()), "occurred": datetime.now(UTC).isoformat()}])
    (news,) = wait_for(lambda: listener.find("run late"), "the web hook is told")
    assert run["name"] in news["message"]
    time.sleep(3)
    assert len(listener.find("run late")) == 1


def test_people_are_told_of_a_publication_that_fell_silent(
    service: Service, folder: Folder, listener: Listener
) -> None:
    folder.drop("weekly/publication.toml", 'name = "某周报"\nregion = "500110"\n')
    days = [date.today() - timedelta(days=30 + 7 * n) for n in range(5)]
    month_ago = time.time() - 29 * 86400
    paths = [folder.drop(f"weekly/{day}/01.txt", folder.build_page(), month_ago) for day in days]
    wait_for(lambda: folder.is_settled(paths), "they are in the tables")
    (deployment,) = service.ask("/deployments/filter", {"deployments": {"name": {"any_": ["silence"]}}})
    run = service.ask(f"/deployments/{deployment['id']}/create_flow_run", {})
    (news,) = wait_for(lambda: listener.find("silent"), "the web hook is told")
    assert "某周报 (weekly): nothing for 29 days, usually every 7" in news["message"]
    wait_for(lambda: service.ask(f"/flow_runs/{run['id']}")["state"]["type"] == "COMPLETED", "the run has ended")
    assert service.ask(f"/flow_runs/{run['id']}")["state"]["message"] == "1 silent, 1 of them newly so"


def test_the_nightly_run_is_registered_ahead_and_begins(service: Service, folder: Folder) -> None:
    ahead = service.find_runs("nightly", state={"type": {"any_": ["SCHEDULED"]}})
    assert all(run["auto_scheduled"] for run in ahead)
    at_the_hour_set = [run for run in ahead if "T21:30:00" in run["expected_start_time"]]  # 03:30 in Urumqi
    assert len(at_the_hour_set) >= 2
    (begun, *_) = wait_for(lambda: service.find_begun("nightly"), "the nightly run has begun", PATIENCE + 120)
    run = wait_for(
        lambda: next((r for r in service.find_runs("nightly") if r["id"] == begun["id"] and r["end_time"]), None),
        "it has ended",
    )
    assert run["auto_scheduled"]
    assert run["state"]["type"] == "COMPLETED"


def test_the_server_takes_what_prefects_client_sends(service: Service) -> None:
    """Null where a parameter has a default: later versions of FastAPI refuse that, and `prefect deploy` fails."""
    nothing = dict.fromkeys(("automations", "sort", "limit"))
    assert {one["name"] for one in service.ask("/automations/filter", nothing | {"offset": 0})} >= {
        "gazette: issues have arrived",
        "gazette: tell people of failed runs",
    }


def test_a_second_service_on_the_folder_is_refused(service: Service, folder: Folder) -> None:
    command = [str(GAZETTE), "serve", "--data", str(folder.root)]
    environment = os.environ | {"GAZETTE_SERVER__PORT": "0"}
    refused = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert refused.returncode == 1
    assert (
        f"a service runs on {folder.root} already (process {service.process.pid}, {service.address})" in refused.stderr
    )


def test_arrival_nightly_and_a_run_by_hand_at_once_process_each_issue_once(service: Service, folder: Folder) -> None:
    wait_for(service.is_at_rest, "nothing runs")
    (nightly,) = service.ask("/deployments/filter", {"deployments": {"name": {"any_": ["nightly"]}}})
    command = [str(GAZETTE), "run", "--data", str(folder.root)]
    paths = [folder.drop(f"daily/2020-07-{day:02}/01.txt", folder.build_page(month=7)) for day in range(1, 9)]
    service.ask(f"/deployments/{nightly['id']}/create_flow_run", {})
    by_hand = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert by_hand.returncode == 0, by_hand.stderr
    assert "embedded" not in by_hand.stderr  # the service has a server, and its database bears no second one
    wait_for(lambda: folder.is_settled(paths), "all are in the tables")
    wait_for(service.is_at_rest, "nothing runs")
    check_processed_once(folder, paths)


def test_the_server_killed_while_issues_arrive_loses_none_and_doubles_none(service: Service, folder: Folder) -> None:
    server = service.find_children()["server"]
    paths = []
    for number in range(30):
        paths.append(folder.drop(f"daily/2018-05-{number % 28 + 1:02}/{number:02}.txt", folder.build_page(month=5)))
        if number == 10:
            os.kill(server, signal.SIGKILL)
        time.sleep(0.2)
    wait_for(lambda: folder.is_settled(paths), "all are in the tables")
    assert service.find_children()["server"] != server
    check_processed_once(folder, paths)


def test_killed_it_leaves_no_process_and_goes_on_at_its_next_start(service: Service, folder: Folder) -> None:
    """What was under way, and what arrived meanwhile, is processed once; then it ends cleanly."""
    below = find_descendants(service.process.pid)
    assert len(below) >= 3
    paths = [folder.drop(f"daily/2018-06-{day:02}/01.txt", folder.build_page(month=6)) for day in range(1, 6)]
    wait_for(lambda: not service.is_at_rest(), "a run is under way or due")
    service.process.kill()
    service.process.wait()
    wait_for(lambda: not any(is_alive(one) for one in below), "all processes have ended", 60)
    paths.append(folder.drop("daily/2018-06-20/01.txt", folder.build_page(month=6)))
    with serving(folder, service.log.with_name("second.log")) as second:
        wait_for(lambda: folder.is_settled(paths), "all are in the tables")
        wait_for(second.is_at_rest, "no run is believed to be under way")
        below = find_descendants(second.process.pid)
        assert second.end() == 0
        wait_for(lambda: not any(is_alive(one) for one in below), "all processes have ended", 30)
    check_processed_once(folder, paths)
    assert "stopped 已停止" in second.log.read_text(encoding="utf-8")
    assert "hunter2" not in service.log.read_text(encoding="utf-8") + second.log.read_text(encoding="utf-8")
