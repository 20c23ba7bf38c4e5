"""A case over HTTP: its story, and what may be read of it on which day."""

from app.api.v1.schemas.case import ActOut, CaseOut, CasesOut, ClockOut, ProofOut, RecordedActsOut
from tests.api.cases.desk import FIVE, INSTANT, LICENCE, TEN, Desk
from tests.rows import row


async def test_a_case_is_taken_in_under_the_text_of_that_day(nanchang: Desk) -> None:
    answer = await nanchang.post("", nanchang.application(TEN, reference="洪-1"))
    assert answer.status_code == 201
    case = ActOut.model_validate_json(answer.content).case
    assert answer.headers["etag"] == '"1.2025-09-30"'
    assert answer.headers["location"] == f"{nanchang.path}/{case.id}"
    assert (case.regulation, case.edition, case.stage, case.reference) == (
        "nanchang",
        "2012",
        "received",
        "洪-1",
    )
    assert case.number.startswith("NANCHANG-2025-")


@row("nanchang/22", "nanchang/25")
async def test_the_story_of_a_case_from_receipt_to_completion(nanchang: Desk) -> None:
    case_id = (await nanchang.receive(TEN))["id"]
    accepted = (await nanchang.accept(case_id)).json()
    assert accepted["case"]["due_on"] == "2025-10-21"
    assert ["nanchang/30"] in [f["rows"] for f in accepted["decision"]["findings"]]
    nanchang.move_to("2025-10-16")
    assert (await nanchang.act(case_id, "decision", verdict="granted")).status_code == 201
    early = await nanchang.act(case_id, "completion")
    assert (early.status_code, early.json()["code"]) == (409, "refused_by_regulation")
    assert (await nanchang.act(case_id, "seal")).status_code == 201
    completed = (await nanchang.act(case_id, "completion")).json()["case"]
    assert (completed["standing"], completed["version"]) == ("completed_on_time", 5)
    acts = RecordedActsOut.model_validate_json((await nanchang.get(f"/{case_id}/acts")).content)
    assert [a.act for a in acts.items] == ["receive", "accept", "decide", "seal", "complete"]
    assert [a.number for a in acts.items] == [1, 2, 3, 4, 5]


@row("nanchang/20.s3")
async def test_silence_shows_as_acceptance_without_a_write(nanchang: Desk) -> None:
    case_id = (await nanchang.receive(FIVE))["id"]
    nanchang.move_to("2025-10-09")
    answer = await nanchang.get(f"/{case_id}")
    case = CaseOut.model_validate_json(answer.content)
    assert (case.stage, case.deemed_accepted, case.version) == ("deemed_accepted", True, 1)
    assert (str(case.accepted_on), str(case.due_on)) == ("2025-09-30", "2025-10-14")
    assert answer.headers["etag"] == '"1.2025-10-09"'
    acts = (await nanchang.get(f"/{case_id}/acts")).json()
    assert [a["act"] for a in acts["items"]] == ["receive"]


@row("nanchang/20.s3")
async def test_a_notice_after_silence_is_refused_with_the_article(nanchang: Desk) -> None:
    case_id = (await nanchang.receive(FIVE, materials_complete=False))["id"]
    nanchang.move_to("2025-10-09")
    late = await nanchang.notify(case_id)
    assert late.status_code == 409
    assert "nanchang/20.s3" in str(late.json()["decision"]["findings"])


async def test_the_next_act_enters_the_silent_acceptance_before_itself(nanchang: Desk) -> None:
    case_id = (await nanchang.receive(FIVE))["id"]
    nanchang.move_to("2025-10-09")
    accepted = (await nanchang.accept(case_id)).json()["case"]
    assert (accepted["accepted_on"], accepted["version"]) == ("2025-09-30", 3)
    entries = (await nanchang.get(f"/{case_id}/acts")).json()["items"]
    assert [(e["act"], e["actor"]) for e in entries] == [
        ("receive", "tester"),
        ("deem_accepted", "system"),
        ("accept", "tester"),
    ]
    assert entries[1]["occurred_at"].startswith("2025-09-30T23:59:59")
    assert entries[1]["recorded_at"].startswith("2025-10-09T10:00:00")


@row("aohan/34", "aohan/31")
async def test_a_hearing_stops_the_clock_and_the_proof_shows_its_days(aohan: Desk) -> None:
    case_id = (await aohan.receive(LICENCE))["id"]
    await aohan.accept(case_id)
    aohan.move_to("2025-10-09")
    stopped = (await aohan.act(case_id, "suspension", kind="hearing")).json()["case"]
    assert (stopped["stage"], stopped["standing"], stopped["due_on"]) == (
        "suspended",
        "suspended",
        None,
    )
    aohan.move_to("2025-10-11")
    resumed = (await aohan.act(case_id, "resumption", to="2025-10-10")).json()["case"]
    assert (resumed["stage"], resumed["due_on"]) == ("accepted", "2025-10-30")
    answer = await aohan.get(f"/{case_id}/clock/proof")
    proof = ProofOut.model_validate_json(answer.content)
    days = {str(day.on): day for day in proof.days}
    assert (days["2025-10-09"].why, days["2025-10-09"].reason) == ("suspended", "hearing")
    assert days["2025-10-01"].notice
    assert (days["2025-10-11"].why, days["2025-10-11"].number) == ("makeup_workday", 1)
    assert (proof.days[-1].number, proof.days[0].why) == (15, "start_day")


@row("aohan/34")
async def test_a_hearing_that_the_guide_does_not_announce_is_refused(aohan: Desk) -> None:
    case_id = (await aohan.receive(TEN))["id"]
    await aohan.accept(case_id)
    refused = await aohan.act(case_id, "suspension", kind="hearing")
    assert refused.status_code == 409
    assert "aohan/34" in str(refused.json()["decision"])


@row("aohan/31")
async def test_under_aohan_a_case_decided_in_time_and_sealed_late_is_late(aohan: Desk) -> None:
    case_id = (await aohan.receive(FIVE))["id"]
    await aohan.accept(case_id)
    aohan.move_to("2025-10-13")
    await aohan.act(case_id, "decision", verdict="granted")
    aohan.move_to("2025-10-15", 9)
    unsealed = (await aohan.get(f"/{case_id}")).json()
    assert (unsealed["standing"], unsealed["working_days_left"]) == ("overdue", -1)
    early = await aohan.act(case_id, "seal", occurred_at="2025-10-12T09:00:00+08:00")
    assert (early.status_code, early.json()["code"]) == (422, "refused_by_regulation")
    sealed = (await aohan.act(case_id, "seal")).json()["case"]
    assert sealed["standing"] == "completed_late"


@row("tianya/18.3", "tianya/18.1")
async def test_under_tianya_a_corrected_application_counts_from_its_completion(
    tianya: Desk,
) -> None:
    case_id = (await tianya.receive(FIVE, materials_complete=False))["id"]
    assert (await tianya.notify(case_id, "身份证明", "申请表")).status_code == 201
    tianya.move_to("2025-10-10")
    corrected = (await tianya.act(case_id, "correction")).json()["case"]
    assert (corrected["stage"], corrected["due_on"]) == ("received", "2025-10-16")
    assert corrected["corrections"] == ["身份证明", "申请表"]


async def test_declined_beyond_jurisdiction_ends_the_case(aohan: Desk) -> None:
    case_id = (await aohan.receive(FIVE))["id"]
    declined = await aohan.act(
        case_id,
        "non-acceptance",
        form="written",
        channel="window",
        in_jurisdiction=False,
        reason="不属本机关职权",
        remedies="可申请行政复议或提起行政诉讼",
        competent_authority="区市场监管局",
        contains=["seal"],
    )
    assert declined.status_code == 201
    case = declined.json()["case"]
    assert (case["stage"], case["standing"], case["allowed"]) == ("declined", "declined", [])


async def test_the_clock_of_a_case_is_the_ruling_on_the_same_facts(nanchang: Desk) -> None:
    case_id = (await nanchang.receive(TEN, green_channel={"limit_days": 4}))["id"]
    await nanchang.accept(case_id)
    nanchang.move_to("2025-10-10", 17)
    clock = ClockOut.model_validate_json((await nanchang.get(f"/{case_id}/clock")).content)
    facts = {
        "item": {"kind": "promised", "statutory_days": 20, "promised_days": 10},
        "received_at": "2025-09-30T10:00:00+08:00",
        "materials_complete_at": "2025-09-30T10:00:00+08:00",
        "accepted_at": "2025-09-30T10:00:00+08:00",
        "green_channel": {"limit_days": 4},
        "as_of": "2025-10-10T17:00:00+08:00",
    }
    asked = {"rulebook": "nanchang", "on": "2025-10-10", "facts": facts}
    ruling = await nanchang.client.post(
        "/v1/rulings/time-limit", json=asked, headers=nanchang.headers()
    )
    assert ruling.status_code == 200
    assert clock.decision.model_dump(mode="json") == ruling.json()
    assert str(clock.due_on) == "2025-10-13"


async def test_an_act_told_later_keeps_both_moments(aohan: Desk) -> None:
    case_id = (await aohan.receive(FIVE))["id"]
    aohan.move_to("2025-10-09")
    told = await aohan.accept(case_id, occurred_at="2025-09-30T15:00:00+08:00")
    assert told.json()["case"]["due_on"] == "2025-10-14"
    entry = (await aohan.get(f"/{case_id}/acts", after="1")).json()["items"][0]
    assert entry["occurred_at"].startswith("2025-09-30T15:00")
    assert entry["recorded_at"].startswith("2025-10-09T10:00")


async def test_an_instant_item_is_due_on_the_day_of_acceptance(nanchang: Desk) -> None:
    case_id = (await nanchang.receive(INSTANT))["id"]
    accepted = await nanchang.act(case_id, "acceptance", form="oral", channel="window")
    assert accepted.json()["case"]["due_on"] == "2025-09-30"


async def test_the_path_may_name_the_centre_by_its_code(nanchang: Desk) -> None:
    case_id = (await nanchang.receive(FIVE))["id"]
    answer = await nanchang.client.get(
        f"/v1/centres/nanchang/cases/{case_id}", headers=nanchang.headers()
    )
    assert answer.json()["id"] == case_id


async def test_the_acts_of_a_case_come_page_by_page(aohan: Desk) -> None:
    case_id = (await aohan.receive(FIVE))["id"]
    await aohan.accept(case_id)
    first = (await aohan.get(f"/{case_id}/acts", limit="1")).json()
    second = (await aohan.get(f"/{case_id}/acts", limit="1", after=str(first["next"]))).json()
    third = (await aohan.get(f"/{case_id}/acts", limit="1", after=str(second["next"]))).json()
    assert [p["items"][0]["act"] for p in (first, second)] == ["receive", "accept"]
    assert third == {"items": [], "next": None}


async def test_a_list_line_says_what_the_case_itself_says(aohan: Desk) -> None:
    case_id = (await aohan.receive(FIVE))["id"]
    await aohan.accept(case_id)
    whole = (await aohan.get(f"/{case_id}")).json()
    page = CasesOut.model_validate_json((await aohan.get("", limit="200")).content)
    line = next(each for each in page.items if str(each.id) == case_id)
    assert {k: whole[k] for k in ("number", "stage", "standing", "version", "due_on")} == {
        k: v
        for k, v in line.model_dump(mode="json").items()
        if k in {"number", "stage", "standing", "version", "due_on"}
    }
