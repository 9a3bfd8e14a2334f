"""Takes the addresses of those who are to be told, registers with Prefect's server what they are told of, and how.

Each address is a notification block, which keeps it as a secret; each kind of news is an automation that sends it to
all of them. The server sends them, so that news of a worker in trouble does not depend on the worker. What each means
and what to do about it stands in docs/operations.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from prefect.automations import AutomationCore
from prefect.client.orchestration import PrefectClient
from prefect.events.actions import SendNotification
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification

from flows.events import QUARANTINED_EVENT
from service.addresses import AppriseAddress
from service.child import ServiceFault
from service.deployments import POOL
from service.settings import Notifications
from service.silence import SILENT_EVENT

BLOCK = "gazette-address"
OWNED = "gazette: tell people "
LATE = frozenset({"prefect.flow-run.Late"})
FAILURES = frozenset({"prefect.flow-run.Failed", "prefect.flow-run.Crashed", "prefect.flow-run.TimedOut"})


@dataclass(frozen=True, slots=True)
class News:
    """A kind of event that people are told of; `subject` and `body` are Jinja templates. Of several events within
    `at_most_every`, where it is not null, the first alone is told of."""

    name: str
    events: frozenset[str]
    resource: str
    subject: str
    body: str
    at_most_every: timedelta = timedelta(0)


NEWS = (
    News(
        "of failed runs",
        FAILURES,
        "prefect.flow-run.*",
        "Gazette: run failed 运行失败",
        "{{ flow.name }} / {{ flow_run.name }}: {{ flow_run.state.name }}\n{{ flow_run.state.message }}\n\n"
        "The tables are as they were before; what is pending is tried again by the next run.\n"
        "数据表保持原样；待处理的刊物由下一次运行重试。",
    ),
    News(
        "of late runs",
        LATE,
        "prefect.flow-run.*",
        "Gazette: run late 运行迟迟未开始",
        "{{ deployment.name }} / {{ flow_run.name }}: due {{ flow_run.expected_start_time }}\n\n"
        "The run before it does not end, or the worker is not there.\n"
        "前一次运行没有结束，或 worker 不在。",
        at_most_every=timedelta(hours=1),
    ),
    News(
        "of quarantined issues",
        frozenset({QUARANTINED_EVENT}),
        "gazette.run.*",
        "Gazette: {{ event.payload.count }} quarantined 份刊物被隔离",
        "{{ event.payload.list }}",
    ),
    News(
        "of silent publications",
        frozenset({SILENT_EVENT}),
        "gazette.publications",
        "Gazette: {{ event.payload.count }} silent 种刊物久无来件",
        "{{ event.payload.list }}",
    ),
)


async def register_notifications(settings: Notifications, client: PrefectClient) -> None:
    """Makes the server send news to exactly these addresses. Raises ServiceFault where one makes no sense; which one is
    told by its place, as it may hold a password."""
    check_addresses([address.get_secret_value() for address in settings.to])
    blocks: list[UUID] = []
    for number, address in enumerate(settings.to, 1):
        block = AppriseAddress(url=address)
        blocks.append(await block.save(f"{BLOCK}-{number}", overwrite=True))
    for news in NEWS:
        for automation in await client.read_automations_by_name(f"{OWNED}{news.name}"):
            await client.delete_automation(automation.id)
        if blocks:
            await client.create_automation(build_automation(news, blocks))
    await _forget_blocks(len(blocks), client)


def check_addresses(addresses: Sequence[str]) -> None:
    """Raises ServiceFault for the first that Apprise does not understand."""
    from apprise import Apprise

    for number, address in enumerate(addresses, 1):
        if Apprise.instantiate(address) is None:
            raise ServiceFault(
                f"notifications.to: address {number} is none that Apprise knows (such as json://host/path)"
            )


def build_automation(news: News, blocks: Sequence[UUID]) -> AutomationCore:
    of_ours = ResourceSpecification({"prefect.resource.role": "work-pool", "prefect.resource.name": POOL})
    trigger = EventTrigger(
        expect=set(news.events),
        match=ResourceSpecification({"prefect.resource.id": news.resource}),
        match_related=of_ours if news.events in (FAILURES, LATE) else ResourceSpecification({}),
        for_each=set() if news.at_most_every else {"prefect.resource.id"},
        posture=Posture.Reactive,
        threshold=1,
        within=news.at_most_every,
    )
    actions = [SendNotification(block_document_id=block, subject=news.subject, body=news.body) for block in blocks]
    return AutomationCore(name=f"{OWNED}{news.name}", trigger=trigger, actions=list(actions))


async def _forget_blocks(kept: int, client: PrefectClient) -> None:
    """Removes addresses that the settings no longer name."""
    slug = AppriseAddress.get_block_type_slug()
    for document in await client.read_block_documents(offset=0, limit=200, include_secrets=False):
        name, _, number = (document.name or "").rpartition("-")
        is_ours = name == BLOCK and document.block_type is not None and document.block_type.slug == slug
        if is_ours and number.isdecimal() and int(number) > kept:
            await client.delete_block_document(document.id)
