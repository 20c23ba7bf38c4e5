"""Special days over HTTP: entered with a document, moving what is open, and revoked."""

from typing import Any
from uuid import UUID, uuid4

from app.db import ledger
from app.db.case_rows import folded
from app.domain.casework.acts import Papers
from app.domain.oversight.ledger import PLATFORM
from tests.api.cases.desk import FIVE, Desk
from tests.api.special_days.office import (
    DOCUMENT,
    TYPHOON,
    Json,
    day,
    days_of,
    enter,
    entered,
    kept,
    licensing_office,
    listed,
    platform,
    revoke,
    told,
)


async def test_a_closure_moves_what_is_open_and_says_from_where_to_where(nanchang: Desk) -> None:
    case = await nanchang.receive(FIVE)
    before = await days_of(nanchang, case["id"])
    changed = await entered(nanchang)
    assert changed["items"][0]["before"]["working_day"] is True
    assert (changed["cases"]["examined"], changed["cases"]["moved"]) == (1, 1)
    moved = changed["cases"]["first"][0]
    assert moved["case_id"] == case["id"]
    assert (moved["before"]["due_on"], moved["before"]["silent_after_on"]) == before
    after = await days_of(nanchang, case["id"])
    assert (moved["after"]["due_on"], moved["after"]["silent_after_on"]) == after
    assert before == ("2025-10-14", "2025-09-30")
    assert after == ("2025-10-15", "2025-09-30")
    nanchang.move_to("2025-10-10")
    shown = (await nanchang.get(f"/{case['id']}")).json()
    assert (shown["due_on"], shown["version"]) == ("2025-10-15", 2)


async def test_a_moved_case_is_explained_by_its_ledger_and_told(nanchang: Desk) -> None:
    case = await nanchang.receive(FIVE)
    changed = await entered(nanchang)
    stored = (await kept(nanchang).cases.get(nanchang.centre, UUID(case["id"]))).case
    entries = await ledger.acts(kept(nanchang).engine, nanchang.centre, stored.id)
    papers = Papers(
        id=stored.id,
        centre_id=stored.centre_id,
        number=stored.number,
        item_name=stored.item_name,
        reference=stored.reference,
    )
    assert folded(papers, entries) == stored
    assert [(entry.action, entry.number) for entry in entries] == [
        ("receive", 1),
        ("recomputed", 2),
    ]
    assert entries[-1].facts["change_id"] == changed["change_id"]
    assert entries[-1].facts["after"]["due_on"] == "2025-10-15"  # type: ignore[index,call-overload]
    events = await told(nanchang, nanchang.centre)
    assert [event.type for event in events][-1] == "cn.guiju.case.recomputed"
    assert events[-1].data["before"]["due_on"] == "2025-10-14"
    acts = (await nanchang.get(f"/{case['id']}/acts")).json()["items"]
    assert acts[-1]["act"] == "recomputed"


async def test_a_moved_case_is_acted_on_as_before_once_it_is_read_again(nanchang: Desk) -> None:
    case = await nanchang.receive(FIVE)
    await entered(nanchang)
    stale = await nanchang.accept(case["id"])
    assert (stale.status_code, stale.headers["etag"]) == (412, '"2.2025-09-30"')
    nanchang.etags[case["id"]] = stale.headers["etag"]
    accepted = await nanchang.accept(case["id"])
    assert accepted.status_code == 201
    assert accepted.json()["case"]["due_on"] == "2025-10-15"


async def test_silence_waits_for_the_closure_to_end(nanchang: Desk) -> None:
    path, item_id = await licensing_office(nanchang)

    async def asked(method: str, at_: str, **sent: Any) -> Json:
        headers = platform(nanchang)
        answer = await nanchang.client.request(method, path + at_, headers=headers, **sent)
        assert answer.status_code in {200, 201}, answer.text
        return dict(answer.json())

    application = nanchang.application() | {"item_id": item_id}
    case = (await asked("POST", "", json=application))["case"]
    changed = await entered(nanchang, place="150400")
    moved = changed["cases"]["first"][0]
    # 行政许可法 第三十二条、第八十二条: five working days for an answer.
    assert moved["before"]["silent_after_on"] == "2025-10-14"
    assert moved["after"]["silent_after_on"] == "2025-10-15"
    nanchang.move_to("2025-10-15")
    assert (await asked("GET", f"/{case['id']}"))["stage"] == "received"
    nanchang.move_to("2025-10-16")
    shown = await asked("GET", f"/{case['id']}")
    assert (shown["stage"], shown["version"]) == ("deemed_accepted", 2)


async def test_a_closure_told_too_late_takes_no_entered_acceptance_back(nanchang: Desk) -> None:
    case = await nanchang.receive(FIVE)
    nanchang.move_to("2025-10-15")
    seen = (await nanchang.get(f"/{case['id']}")).headers["etag"]
    nanchang.etags[case["id"]] = seen
    assert (await nanchang.act(case["id"], "decision", verdict="granted")).status_code == 201
    changed = await entered(nanchang)
    shown = (await nanchang.get(f"/{case['id']}")).json()
    assert (shown["stage"], shown["deemed_accepted"]) == ("decided", True)
    assert changed["cases"]["unjudged"] == 0


async def test_the_proof_and_the_days_name_the_document(nanchang: Desk) -> None:
    case = await nanchang.receive(FIVE)
    await entered(nanchang)
    nanchang.move_to("2025-10-10")
    proof = (await nanchang.get(f"/{case['id']}/clock/proof")).json()
    line = next(line for line in proof["days"] if line["on"] == "2025-10-09")
    assert (line["counted"], line["why"], line["name"]) == (False, "closure", "台风停办")
    assert line["notice"]["number"] == DOCUMENT["number"]
    assert (await day(nanchang))["notice"]["title"] == DOCUMENT["title"]
    assert (await day(nanchang, place="360102"))["why"] == "closure"
    assert (await day(nanchang, place="360200"))["why"] == "working_day"


async def test_rulings_take_special_days(nanchang: Desk) -> None:
    async def due() -> str:
        facts = {
            "item": {"kind": "promised", "promised_days": 5, "statutory_days": 20},
            "received_at": "2025-09-30T10:00:00+08:00",
            "materials_complete_at": "2025-09-30T10:00:00+08:00",
            "accepted_at": "2025-09-30T11:00:00+08:00",
            "as_of": "2025-10-09T10:00:00+08:00",
        }
        answer = await nanchang.client.post(
            "/v1/rulings/time-limit",
            json={"rulebook": "nanchang", "on": "2025-10-09", "facts": facts},
            headers=nanchang.issuer.bearer("rulings"),
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["values"]["due_on"])

    before = await due()
    await entered(nanchang)
    assert (before, await due()) == ("2025-10-14", "2025-10-15")


async def test_a_rehearsal_shows_the_same_and_writes_nothing(nanchang: Desk) -> None:
    case = await nanchang.receive(FIVE)
    key = uuid4().hex
    shown = await enter(nanchang, key=key, dry_run=True)
    assert shown.status_code == 200
    assert shown.json()["cases"]["first"][0]["after"]["due_on"] == "2025-10-15"
    assert await days_of(nanchang, case["id"]) == ("2025-10-14", "2025-09-30")
    assert (await listed(nanchang), (await day(nanchang))["working_day"]) == ([], True)
    assert await told(nanchang, PLATFORM) == []
    done = await enter(nanchang, key=key)
    assert (done.status_code, done.json()["cases"]["moved"]) == (201, 1)
    assert (await enter(nanchang, key=key, dry_run=True)).json()["code"] == "idempotency_key_reused"


async def test_a_revocation_moves_the_cases_back_and_keeps_the_entry(nanchang: Desk) -> None:
    case = await nanchang.receive(FIVE)
    entry = (await entered(nanchang))["items"][0]
    shown = await revoke(nanchang, entry, dry_run=True)
    assert shown.json()["cases"]["first"][0]["after"]["due_on"] == "2025-10-14"
    assert await days_of(nanchang, case["id"]) == ("2025-10-15", "2025-09-30")
    undone = await revoke(nanchang, entry)
    assert undone.status_code == 201
    assert undone.json()["items"][0]["revoked"]["reason"] == "台风改道"
    assert await days_of(nanchang, case["id"]) == ("2025-10-14", "2025-09-30")
    assert await listed(nanchang) == []
    assert [item["id"] for item in await listed(nanchang, include_revoked=True)] == [entry["id"]]
    again = await revoke(nanchang, entry)
    assert (again.status_code, again.json()["code"]) == (409, "special_day_revoked")
    assert (await enter(nanchang)).status_code == 201


async def test_a_make_up_day_brings_the_due_day_nearer(nanchang: Desk) -> None:
    case = await nanchang.receive(FIVE)
    weekend = {"on": "2025-10-12", "works": True, "kind": "makeup", "name": "调休"}
    await entered(nanchang, weekend, place="360000")
    assert (await days_of(nanchang, case["id"]))[0] == "2025-10-13"
    assert (await day(nanchang, "2025-10-12"))["why"] == "regional_makeup_workday"


async def test_cases_elsewhere_and_clocks_that_ended_before_stay_as_they_are(
    nanchang: Desk,
) -> None:
    case = await nanchang.receive(FIVE)
    elsewhere = await entered(nanchang, place="460200")
    later = await entered(nanchang, TYPHOON | {"on": "2025-10-20"})
    assert [changed["cases"]["examined"] for changed in (elsewhere, later)] == [0, 0]
    assert (await nanchang.get(f"/{case['id']}")).json()["version"] == 1


async def test_the_country_closes_every_region(nanchang: Desk) -> None:
    await nanchang.receive(FIVE)
    changed = await entered(nanchang, place="CN")
    assert changed["cases"]["moved"] == 1
    assert [(await day(nanchang, place=place))["why"] for place in ("CN", "37")] == ["closure"] * 2
    assert [item["jurisdiction"] for item in await listed(nanchang)] == ["CN"]


async def test_a_day_off_already_is_shown_with_its_order(nanchang: Desk) -> None:
    changed = await entered(nanchang, TYPHOON | {"on": "2025-10-03"})
    before = changed["items"][0]["before"]
    assert (before["working_day"], before["why"]) == (False, "holiday")
    assert before["notice"]["number"] == "国办发明电〔2024〕12号"
