"""Stories (用例): for every operation of the document, one that ends well.

`READ` has an entry for each operation without a body, `SENT` one for each example of the others: an
operation or an example that comes new without a story here fails `test_every_operation`.
"""

from collections.abc import Mapping
from typing import Final

import httpx

from app.api.examples.load import EXAMPLES
from tests.api.cases.desk import FIVE, INSTANT, LICENCE, TEN
from tests.api.stories import (
    told_fees,
    told_items,
    told_organisation,
    told_people,
    told_rectification,
    told_windows,
)
from tests.api.stories.hall import Hall
from tests.api.stories.story import Story, asked

TOLD_ONCE: Final = ("give_notice", "nanchang")
ACCEPTED: Final = ("accept_case", "system")
SUSPENDED: Final = ("suspend_case", "aohan_hearing")
GRANTED: Final = ("decide_case", "granted")
SEALED: Final = ("seal_case", "sealed")


def asked_of_a_case(operation_id: str) -> Story:
    """Asked of a case that was accepted."""

    async def story(hall: Hall) -> httpx.Response:
        case_id, _ = await hall.case("nanchang", TEN, ACCEPTED)
        return await hall.send(operation_id, centre="nanchang", case_id=case_id)

    return story


async def cases_listed(hall: Hall) -> httpx.Response:
    await hall.case("shapotou", FIVE, ACCEPTED)
    return await hall.send("list_cases", query={"count": "exact"}, centre="shapotou")


async def events_listed(hall: Hall) -> httpx.Response:
    await hall.case("tianya", FIVE)
    await hall.sequence()
    return await hall.send("list_events", centre="tianya")


async def streamed(hall: Hall) -> httpx.Response:
    await hall.case("aohan", FIVE)
    await hall.sequence()
    return await hall.send("list_all_events")


async def audited(hall: Hall) -> httpx.Response:
    await hall.case("erdos-hitech", FIVE)
    await hall.sequence()
    return await hall.send("list_audit", centre="erdos-hitech")


async def audited_at_the_platform(hall: Hall) -> httpx.Response:
    await special_day(hall, "640000")
    await hall.sequence()
    return await hall.send("list_platform_audit")


async def special_days_listed(hall: Hall) -> httpx.Response:
    await special_day(hall, "640502")
    return await hall.send("list_special_days", jurisdiction="640502")


async def steps_listed(hall: Hall) -> httpx.Response:
    reviewed = await ACTS["take_approval_step", "reviewed"](hall)
    assert reviewed.status_code == 201, reviewed.text
    case_id = reviewed.json()["case_id"]
    return await hall.send("list_approval_steps", centre="nanchang", case_id=case_id)


READ: Final[Mapping[str, Story]] = {
    "live": asked("live"),
    "ready": asked("ready"),
    "list_problems": asked("list_problems"),
    "read_problem": asked("read_problem", code="case_changed_meanwhile"),
    "list_questions": asked("list_questions"),
    "list_rulebooks": asked("list_rulebooks"),
    "read_rulebook": asked("read_rulebook", {"on": "2025-10-09"}, regulation="nanchang"),
    "read_article": asked("read_article", regulation="nanchang", article="第八条"),
    "read_row": asked("read_row", regulation="nanchang", row="8.s1"),
    "read_coverage": asked("read_coverage", regulation="tianya"),
    "compare_rulebooks": asked("compare_rulebooks", question="rotation"),
    "list_code_sets": asked("list_code_sets"),
    "read_code_set": asked("read_code_set", set="outcome"),
    "list_calendars": asked("list_calendars"),
    "list_calendar_days": asked(
        "list_calendar_days", {"since": "2025-09-26", "until": "2025-10-13"}, jurisdiction="CN"
    ),
    "count_span": asked(
        "count_span", {"start": "2025-09-26", "working_days": "7"}, jurisdiction="360100"
    ),
    "list_special_days": special_days_listed,
    "list_centres": asked("list_centres"),
    "read_centre": asked("read_centre", centre="nanchang"),
    "list_items": asked("list_items", centre="aohan"),
    "list_persons": asked("list_persons", centre="aohan"),
    "list_events": events_listed,
    "list_all_events": streamed,
    "list_audit": audited,
    "list_platform_audit": audited_at_the_platform,
    "list_retention": asked("list_retention"),
    "list_cases": cases_listed,
    "read_case": asked_of_a_case("read_case"),
    "read_clock": asked_of_a_case("read_clock"),
    "read_clock_proof": asked_of_a_case("read_clock_proof"),
    "list_acts": asked_of_a_case("list_acts"),
    "list_approval_steps": steps_listed,
    "read_statistics": asked("read_statistics", {"month": "2025-10"}, centre="nanchang"),
    "list_statistics": asked("list_statistics", {"month": "2025-10"}),
    **told_organisation.READ,
    **told_windows.READ,
    **told_people.READ,
    **told_items.READ,
    **told_fees.READ,
}


def ruled(operation_id: str, example: str) -> Story:
    """A ruling needs nothing but its facts."""

    async def story(hall: Hall) -> httpx.Response:
        return await hall.send(operation_id, example)

    return story


def received(example: str, centre: str) -> Story:
    async def story(hall: Hall) -> httpx.Response:
        return await hall.send("receive_case", example, centre=centre)

    return story


def acted(
    operation_id: str,
    example: str,
    centre: str,
    item: int,
    *before: tuple[str, str],
    complete: bool = True,
) -> Story:
    """An act on a case of that item, after the acts before it."""

    async def story(hall: Hall) -> httpx.Response:
        case_id, etag = await hall.case(centre, item, *before, complete=complete)
        return await hall.send(operation_id, example, etag=etag, centre=centre, case_id=case_id)

    return story


def entered(example: str, jurisdiction: str) -> Story:
    async def story(hall: Hall) -> httpx.Response:
        return await hall.send("enter_special_days", example, jurisdiction=jurisdiction)

    return story


async def special_day(hall: Hall, jurisdiction: str) -> str:
    """The id of a day that was entered."""
    answer = await entered("typhoon", jurisdiction)(hall)
    assert answer.status_code == 201, answer.text
    id_: str = answer.json()["items"][0]["id"]
    return id_


async def special_day_revoked(hall: Hall) -> httpx.Response:
    id_ = await special_day(hall, "150600")
    return await hall.send(
        "revoke_special_day", "typhoon", jurisdiction="150600", special_day_id=id_
    )


RULED: Final[Mapping[tuple[str, str], Story]] = {
    (operation_id, example): ruled(operation_id, example)
    for operation_id, examples in EXAMPLES.items()
    for example in examples
    if operation_id.startswith("rule_")
}
ACTS: Final[Mapping[tuple[str, str], Story]] = {
    (operation_id, example): acted(operation_id, example, centre, item, *before, complete=complete)
    for (operation_id, example), centre, item, complete, before in (
        (("give_notice", "nanchang"), "nanchang", TEN, False, ()),
        (("give_notice", "erdos_hitech_override"), "erdos-hitech", FIVE, False, (TOLD_ONCE,)),
        (("correct_case", "complete"), "nanchang", TEN, False, (TOLD_ONCE,)),
        (ACCEPTED, "aohan", FIVE, True, ()),
        (("accept_case", "oral_instant"), "nanchang", INSTANT, True, ()),
        (("decline_case", "nanchang"), "nanchang", FIVE, True, ()),
        (("decline_case", "aohan"), "aohan", FIVE, True, ()),
        (SUSPENDED, "aohan", LICENCE, True, (ACCEPTED,)),
        (("suspend_case", "licence_inspection"), "nanchang-national", LICENCE, True, (ACCEPTED,)),
        (("resume_case", "today"), "aohan", LICENCE, True, (ACCEPTED, SUSPENDED)),
        (("extend_case", "licence"), "nanchang-national", LICENCE, True, (ACCEPTED,)),
        (GRANTED, "tianya", FIVE, True, (ACCEPTED,)),
        (("decide_case", "denied"), "aohan", LICENCE, True, (ACCEPTED,)),
        (("take_approval_step", "reviewed"), "nanchang", TEN, True, (ACCEPTED,)),
        (SEALED, "nanchang", TEN, True, (ACCEPTED, GRANTED)),
        (("complete_case", "delivered"), "nanchang", TEN, True, (ACCEPTED, GRANTED, SEALED)),
    )
}


async def verified_alone(hall: Hall) -> httpx.Response:
    """At an ordinary item, after a review by the same person."""
    item_id = await told_items.served(hall, "nanchang", approval_steps=["review", "verify"])
    body = {"item_id": item_id, "materials_complete": True, "channel": "window"}
    received = await hall.send_body("receive_case", body, centre="nanchang")
    path = {"centre": "nanchang", "case_id": received.json()["case"]["id"]}
    reviewed = await hall.send("take_approval_step", "reviewed", **path)
    assert reviewed.status_code == 201, reviewed.text
    return await hall.send("take_approval_step", "one_person", **path)


SENT: Final[Mapping[tuple[str, str], Story]] = {
    **RULED,
    **ACTS,
    ("take_approval_step", "one_person"): verified_alone,
    ("receive_case", "promised"): received("promised", "nanchang"),
    ("receive_case", "incomplete_online"): received("incomplete_online", "tianya"),
    ("receive_case", "green_channel"): received("green_channel", "nanchang"),
    ("enter_special_days", "typhoon"): entered("typhoon", "360100"),
    ("enter_special_days", "regional_festival"): entered("regional_festival", "460200"),
    ("enter_special_days", "makeup"): entered("makeup", "150430"),
    ("revoke_special_day", "typhoon"): special_day_revoked,
    **told_organisation.SENT,
    **told_windows.SENT,
    **told_people.SENT,
    **told_items.SENT,
    **told_fees.SENT,
    **told_rectification.SENT,
}
