"""Cases under a law of their own over HTTP: its limit is taken on the day of receipt, and stays."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.db import ledger
from app.db.case_rows import folded
from app.domain.casework.rectification import papers_of
from tests.api.cases.desk import FIVE, Desk, at, desk_of, serving
from tests.api.cases.house import House, Housing
from tests.api.conftest import Issuer, Speaker
from tests.api.special_days.office import entered as closed
from tests.databases import Clone
from tests.rows import row

Json = dict[str, Any]  # Any: bodies and answers are the free JSON that they are.
LAW: Json = {
    "rule": "nanchang/22",
    "law": "某某条例",
    "article": "第十九条",
    "limit_days": 7,
    "since": "2025-10-09",
}
TAKEN: Json = {"law": "某某条例", "article": "第十九条", "days": 7}
PROMISED = 5


async def entered(house: House, **more: object) -> Json:
    answer = await house.post(f"/items/{house.thing}/legal-overrides", LAW | more)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def ended(house: House, made: Json, until: str) -> None:
    path = f"/items/{made['item_id']}/legal-overrides/{made['id']}/end"
    body = {"until": until, "reason": "条例修改"}
    answer = await house.post(path, body, etag=house.etags[made["id"]])
    assert answer.status_code == 201, answer.text


async def read(house: House, case_id: str, part: str = "") -> Json:
    answer = await house.get(f"/cases/{case_id}{part}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def limit_of(house: House, case_id: str) -> int:
    limit: int = (await read(house, case_id))["limit_days"]
    return limit


async def assert_told(house: House, case_id: str) -> None:
    """The row is what the ledger tells."""
    stored = (await house.kept.cases.get(house.centre, UUID(case_id))).case
    told = await ledger.acts(house.kept.engine, house.centre, stored.id)
    assert folded(papers_of(stored), told) == stored


def rows(decision: Json) -> list[str]:
    return [row for finding in decision["findings"] for row in finding["rows"]]


@row("nanchang/2")
async def test_a_case_is_due_by_the_law_and_cites_both(house_of: Housing) -> None:
    house = await house_of("nanchang")
    await entered(house)
    case_id = await house.received()
    accepted = (await house.accept(case_id)).json()
    # 10, 11 (made up for), 13, 14, 15, 16, 17 October; the promise would end on the 15th.
    assert (accepted["case"]["limit_days"], accepted["case"]["due_on"]) == (7, "2025-10-17")
    assert accepted["case"]["item"]["legal_limit"] == TAKEN
    assert {"nanchang/2", "nanchang/22"} <= set(rows(accepted["decision"]))
    clock = (await read(house, case_id, "/clock"))["decision"]
    assert rows(clock) == ["nanchang/2", "nanchang/22"]
    assert (clock["values"]["limit_days"], clock["values"]["due_on"]) == (7, "2025-10-17")
    by_law = clock["findings"][0]
    assert (by_law["result"], by_law["expected"]) == ("satisfied", 7)
    assert by_law["actual"] == "某某条例第十九条"
    assert "某某条例第十九条" in by_law["message"]
    proof = await read(house, case_id, "/clock/proof")
    assert (proof["limit_days"], proof["due_on"]) == (7, "2025-10-17")
    decided = await house.decide(case_id)
    assert {"nanchang/2", "nanchang/22"} <= set(rows(decided.json()["decision"]))
    for act in (await read(house, case_id, "/acts"))["items"]:
        assert {"nanchang/2", "nanchang/22"} <= set(act["rows"]), act["act"]
    await assert_told(house, case_id)


@row("nanchang/2")
@pytest.mark.parametrize(
    ("on", "limit"),
    [("2025-10-13", PROMISED), ("2025-10-14", 7), ("2025-10-16", 7), ("2025-10-17", PROMISED)],
)
async def test_it_holds_from_its_first_to_its_last_day_of_receipt(
    house_of: Housing, on: str, limit: int
) -> None:
    house = await house_of("nanchang")
    await entered(house, since="2025-10-14", until="2025-10-16")
    house.on(on)
    case_id = await house.received()
    house.on("2025-12-01")
    assert await limit_of(house, case_id) == limit


@pytest.mark.parametrize(
    ("received_at", "limit"),
    [
        ("2025-10-13T23:59:59+08:00", PROMISED),
        ("2025-10-13T16:00:00Z", 7),  # It is the 14th in Shanghai.
        ("2025-10-16T23:59:59+08:00", 7),
        ("2025-10-16T16:00:00Z", PROMISED),
    ],
)
async def test_the_day_of_receipt_counts_not_the_day_on_which_it_is_told(
    house_of: Housing, received_at: str, limit: int
) -> None:
    house = await house_of("nanchang")
    await entered(house, since="2025-10-14", until="2025-10-16")
    house.on("2025-10-20")
    case_id = await house.received(received_at=received_at)
    assert await limit_of(house, case_id) == limit


async def test_another_item_keeps_its_promise(house_of: Housing) -> None:
    house = await house_of("nanchang")
    await entered(house)
    case_id = await house.received(item_id=await house.item(house.unit))
    shown = await read(house, case_id)
    assert (shown["limit_days"], shown["item"]["legal_limit"]) == (PROMISED, None)
    assert rows((await read(house, case_id, "/clock"))["decision"]) == ["nanchang/22"]


async def test_a_case_that_was_received_before_keeps_its_limit(house_of: Housing) -> None:
    house = await house_of("nanchang")
    before = await house.received()
    await entered(house)
    after = await house.received()
    await house.accept(before)
    assert [await limit_of(house, each) for each in (before, after)] == [PROMISED, 7]
    await assert_told(house, before)


async def test_a_case_keeps_the_law_that_was_ended_meanwhile(house_of: Housing) -> None:
    house = await house_of("nanchang")
    made = await entered(house)
    before = await house.received()
    await ended(house, made, "2025-10-09")
    same_day = await house.received()
    house.on("2025-10-10")
    next_day = await house.received()
    for case_id, limit in ((before, 7), (same_day, 7), (next_day, PROMISED)):
        assert await limit_of(house, case_id) == limit


async def test_one_that_never_held_is_taken_by_nobody(house_of: Housing) -> None:
    house = await house_of("nanchang")
    await ended(house, await entered(house), "2025-10-08")
    assert await limit_of(house, await house.received()) == PROMISED
    await entered(house, limit_days=30)
    assert await limit_of(house, await house.received()) == 30  # Above the statutory limit as well.


async def test_the_green_channel_halves_what_the_law_sets(house_of: Housing) -> None:
    house = await house_of("nanchang")
    await entered(house)
    eligible = {"green_ground": "key_project", "green_project": "洪重点〔2025〕12号"}
    case_id = await house.accepted(green_channel={}, **eligible)
    shown = await read(house, case_id)
    assert (shown["limit_days"], shown["due_on"]) == (3, "2025-10-13")
    cited = rows((await read(house, case_id, "/clock"))["decision"])
    assert {"nanchang/2", "nanchang/22", "nanchang/24"} <= set(cited)
    too_long = await house.apply(green_channel={"limit_days": 4}, **eligible)
    assert too_long.status_code == 422


async def test_silence_accepts_under_the_law_too(house_of: Housing) -> None:
    house = await house_of("nanchang")
    await entered(house)
    case_id = await house.received()
    house.on("2025-10-10")
    shown = await read(house, case_id)
    assert (shown["stage"], shown["due_on"]) == ("deemed_accepted", "2025-10-17")


async def test_a_rectified_case_keeps_what_the_law_sets(house_of: Housing) -> None:
    house = await house_of("nanchang")
    made = await entered(house)
    case_id = await house.accepted()
    await ended(house, made, "2025-10-08")
    body = {"act": 2, "reason": "登记到了另一件", "document": "更正单第3号"}
    second = Speaker(subject="second")
    path, etag = f"/{case_id}/rectification", house.etags[case_id]
    answer = await house.send(path, body, by=second, etag=etag)
    assert answer.status_code == 201, answer.text
    accepted = await house.accept(case_id)
    assert accepted.status_code == 201, accepted.text
    assert (accepted.json()["case"]["limit_days"], accepted.json()["case"]["due_on"]) == (
        7,
        "2025-10-17",
    )
    await assert_told(house, case_id)


async def test_what_has_come_to_be_done_on_the_spot_takes_no_law(house_of: Housing) -> None:
    house = await house_of("nanchang")
    await entered(house)
    await house.alter_item(kind="instant", promised_days=None)
    shown = await read(house, await house.received())
    assert (shown["limit_days"], shown["item"]["legal_limit"]) == (0, None)


async def test_a_law_counts_only_under_a_text_that_gives_way_to_it(house_of: Housing) -> None:
    house = await house_of("nanchang")
    await entered(house)
    adopted = await house.post("/adoptions", {"regulation": "aohan", "since": "2025-10-13"})
    assert adopted.status_code == 201, adopted.text
    before = await house.received()
    house.on("2025-10-13")
    await house.assigned(await house.standing())
    answer = await house.apply()
    assert answer.status_code == 201, answer.text
    after = answer.json()["case"]
    assert (after["regulation"], after["item"]["legal_limit"]) == ("aohan", None)
    assert await limit_of(house, before) == 7


@pytest.fixture
async def desks(
    fresh_database: Clone, trial: Path, issuer: Issuer
) -> AsyncIterator[tuple[Desk, Desk]]:
    """The desk of Nanchang in two processes of the service, on 2025-10-09."""
    url = fresh_database.service_url
    async with (
        serving(url, trial) as app,
        serving(url, trial) as other,
        desk_of(app, issuer, "nanchang") as here,
        desk_of(other, issuer, "nanchang") as beside,
    ):
        here.now[0] = beside.now[0] = at("2025-10-09")
        yield here, beside


async def enter_at(desk: Desk, **more: object) -> Json:
    """The law for the item of five days."""
    path = f"/v1/centres/{desk.centre}/items/{desk.item(FIVE)}/legal-overrides"
    headers = desk.headers(Idempotency_Key=str(more))
    answer = await desk.client.post(path, json=LAW | more, headers=headers)
    assert answer.status_code == 201, answer.text
    return dict(answer.json()) | {"path": f"{path}/{answer.json()['id']}"}


async def end_at(desk: Desk, made: Json, until: str) -> None:
    headers = desk.headers(Idempotency_Key="end", If_Match='"1"')
    body = {"until": until, "reason": "条例修改"}
    answer = await desk.client.post(f"{made['path']}/end", json=body, headers=headers)
    assert answer.status_code == 201, answer.text


async def test_another_process_knows_at_once_what_was_entered_and_ended(
    desks: tuple[Desk, Desk],
) -> None:
    here, beside = desks
    limits = [(await beside.receive(FIVE))["limit_days"]]  # From here on it remembers the item.
    made = await enter_at(here)
    limits += [(await beside.receive(FIVE))["limit_days"] for _ in range(2)]
    await end_at(here, made, "2025-10-08")
    limits += [(await beside.receive(FIVE))["limit_days"] for _ in range(2)]
    assert limits == [PROMISED, 7, 7, PROMISED, PROMISED]


async def test_what_is_received_while_a_law_is_entered_has_the_one_limit_or_the_other(
    desks: tuple[Desk, Desk],
) -> None:
    here, beside = desks
    calls = [desk.receive(FIVE) for desk in desks for _ in range(8)]
    *cases, _ = await asyncio.gather(*calls, enter_at(here))
    for case in cases:
        expected = (7, TAKEN) if case["limit_days"] == 7 else (PROMISED, None)
        assert (case["limit_days"], case["item"]["legal_limit"]) == expected
    for desk in (here, beside):
        assert (await desk.receive(FIVE))["limit_days"] == 7


async def test_a_recomputed_case_keeps_what_the_law_sets(desks: tuple[Desk, Desk]) -> None:
    here, _ = desks
    made = await enter_at(here)
    case_id = (await here.receive(FIVE))["id"]
    await here.accept(case_id)
    await end_at(here, made, "2025-10-08")
    closure = {"on": "2025-10-14", "works": False, "kind": "closure", "name": "台风停办"}
    moved = (await closed(here, closure))["cases"]["first"][0]
    assert (moved["before"]["due_on"], moved["after"]["due_on"]) == ("2025-10-17", "2025-10-20")
    shown = (await here.get(f"/{case_id}")).json()
    assert (shown["limit_days"], shown["due_on"], shown["version"]) == (7, "2025-10-20", 3)
