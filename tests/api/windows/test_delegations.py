"""Delegations over HTTP: the comprehensive window accepts for a unit that has none of its own."""

from dataclasses import dataclass

import pytest

from tests.api.windows.place import APPROVED, Json, Opening, Place, cited, missing
from tests.rows import row


@dataclass(frozen=True)
class Served:
    """A unit without a window, its item, and the comprehensive window of the hall."""

    place: Place
    unit: str
    item: str
    window: str

    def body(self, **more: object) -> Json:
        return {
            "department_id": self.unit,
            "window_id": self.window,
            "since": "2025-10-01",
            "until": "2025-10-09",
            "few_items": True,
            "low_frequency": True,
            "figures": "事项2项，去年受理11件",
            "approval": APPROVED,
        } | more

    async def delegated(self, **more: object) -> str:
        return await self.place.made("/delegations", self.body(**more))

    async def accept(self, **more: object) -> tuple[int, Json]:
        body: Json = {"window_id": self.window, "item_id": self.item} | more
        answer = await self.place.post("/entrusted-cases", body)
        return answer.status_code, dict(answer.json())

    async def step(self, entrusted: str, step: str) -> tuple[int, list[str]]:
        path = f"/entrusted-cases/{entrusted}/steps"
        etag = self.place.etags[entrusted]
        answer = await self.place.post(path, {"step": step}, etag=etag)
        refused = answer.status_code == 409 and "decision" in answer.json()
        return answer.status_code, missing(answer) if refused else []


async def served(at_centre: Opening, regulation: str) -> Served:
    place = await at_centre(regulation)
    unit = await place.department()
    place.on("2025-09-30")
    window = await place.open_window(kind="comprehensive", name="综合窗口")
    place.on("2025-10-09")
    return Served(place, unit, await place.item(unit), window)


def rows_against(answer: Json) -> set[str]:
    findings = answer["decision"]["findings"]
    return {row for one in findings if one["result"] == "violated" for row in one["rows"]}


@row("aohan/9")
async def test_the_comprehensive_window_accepts_for_a_unit_while_its_approval_lasts(
    at_centre: Opening,
) -> None:
    hall = await served(at_centre, "aohan")
    status, answer = await hall.accept()
    assert (status, rows_against(answer)) == (409, {"aohan/9"})
    await hall.delegated()
    assert (await hall.accept())[0] == 201
    hall.place.on("2025-10-10")
    status, answer = await hall.accept()
    assert (status, rows_against(answer)) == (409, {"aohan/9"})
    hall.place.on("2025-09-30")
    assert (await hall.accept())[0] == 409


@row("aohan/9", "nanchang/5")
@pytest.mark.parametrize("regulation", ["aohan", "nanchang"])
@pytest.mark.parametrize("approval", [None, {"by": "government"}, {"by": "bureau", "number": "1"}])
async def test_a_delegation_needs_the_governments_approval(
    at_centre: Opening, regulation: str, approval: Json | None
) -> None:
    hall = await served(at_centre, regulation)
    refused = await hall.place.post("/delegations", hall.body(approval=approval))
    row_id = {"aohan": "aohan/9", "nanchang": "nanchang/5"}[regulation]
    assert (refused.status_code, cited(refused)) == (409, {row_id})


@row("aohan/9", "nanchang/5")
async def test_few_items_alone_are_enough_in_aohan_and_not_in_nanchang(
    at_centre: Opening,
) -> None:
    aohan, nanchang = await served(at_centre, "aohan"), await served(at_centre, "nanchang")
    await aohan.delegated(low_frequency=False)
    refused = await nanchang.place.post("/delegations", nanchang.body(low_frequency=False))
    assert (refused.status_code, cited(refused)) == (409, {"nanchang/5"})
    assert missing(refused) == ["low_frequency"]


@row("nanchang/5")
async def test_what_is_taken_in_for_a_department_is_transferred_and_fed_back(
    at_centre: Opening,
) -> None:
    hall = await served(at_centre, "nanchang")
    status, answer = await hall.accept()
    assert (status, rows_against(answer)) == (409, {"nanchang/5"})
    await hall.delegated()
    _, made = await hall.accept()
    entrusted = made["id"]
    assert await hall.step(entrusted, "feedback") == (409, ["transfer"])
    assert await hall.step(entrusted, "complete") == (409, ["transfer", "feedback"])
    assert await hall.step(entrusted, "transfer") == (201, [])
    assert await hall.step(entrusted, "complete") == (409, ["feedback"])
    for step in ("supervise", "supervise", "feedback", "complete"):
        assert await hall.step(entrusted, step) == (201, [])
    assert await hall.step(entrusted, "supervise") == (409, [])
    shown = (await hall.place.get(f"/entrusted-cases/{entrusted}")).json()
    assert [one["step"] for one in shown["steps"]] == [
        "accept",
        "transfer",
        "supervise",
        "supervise",
        "feedback",
        "complete",
    ]
    assert shown["completed_on"] == "2025-10-09"


@pytest.mark.parametrize("regulation", ["erdos-hitech", "shapotou", "tianya"])
async def test_a_silent_text_wants_neither_delegation_nor_steps(
    at_centre: Opening, regulation: str
) -> None:
    place = await at_centre(regulation)
    unit = await place.department()
    window = await place.window(kind="comprehensive", name="综合窗口")
    if regulation == "erdos-hitech":
        path = f"/windows/{window}/requests"
        request = await place.made(path, {"event": "enter", "reason": "进驻"})
        await place.post(f"{path}/{request}/approval", None, etag='"1"')
    assert (await place.act(window, "activation")).status_code == 201
    hall = Served(place, unit, await place.item(unit), window)
    status, made = await hall.accept()
    assert status == 201
    assert await hall.step(made["id"], "complete") == (201, [])


async def test_a_delegation_reaches_the_items_it_names(at_centre: Opening) -> None:
    hall = await served(at_centre, "aohan")
    other = await hall.place.item(hall.unit)
    await hall.delegated(item_ids=[other])
    assert (await hall.accept())[0] == 409
    assert (await hall.accept(item_id=other))[0] == 201


async def test_a_delegation_is_one_to_that_window(at_centre: Opening) -> None:
    hall = await served(at_centre, "aohan")
    second = await hall.place.open_window(kind="comprehensive", name="第二综合窗口")
    await hall.delegated()
    assert (await hall.accept(window_id=second))[0] == 409


async def test_a_departments_own_comprehensive_window_needs_no_leave(at_centre: Opening) -> None:
    hall = await served(at_centre, "aohan")
    for office in ("chief_representative", "supervising_leader"):
        await hall.place.appoint(hall.unit, office)
    await hall.place.clerk(hall.unit)
    own = await hall.place.open_window(
        kind="comprehensive", name="本部门综合窗口", department_id=hall.unit
    )
    assert (await hall.accept(window_id=own))[0] == 201


async def test_only_an_open_comprehensive_window_accepts_for_others(at_centre: Opening) -> None:
    hall = await served(at_centre, "shapotou")
    own = await hall.place.open_window(department_id=hall.unit)
    prepared = await hall.place.window(kind="comprehensive", name="筹设中")
    for window in (own, prepared):
        status, answer = await hall.accept(window_id=window)
        assert (status, answer["code"]) == (409, "no_comprehensive_window")
    refused = await hall.place.post("/delegations", hall.body(window_id=own))
    assert (refused.status_code, refused.json()["code"]) == (409, "no_comprehensive_window")


async def test_an_item_belongs_to_its_department(at_centre: Opening) -> None:
    hall = await served(at_centre, "shapotou")
    nobodys = await hall.place.item(None)
    others = await hall.place.item(await hall.place.department())
    status, answer = await hall.accept(item_id=nobodys)
    assert (status, answer["code"]) == (409, "item_of_another_department")
    for item in (nobodys, others):
        refused = await hall.place.post("/delegations", hall.body(item_ids=[item]))
        assert (refused.status_code, refused.json()["code"]) == (409, "item_of_another_department")


async def test_a_case_is_taken_in_for_a_department_once(at_centre: Opening) -> None:
    hall = await served(at_centre, "shapotou")
    receipt = {"item_id": hall.item, "materials_complete": True, "channel": "window"}
    headers = hall.place.issuer.bearer(centres=(hall.place.centre,))
    answer = await hall.place.client.post(
        f"/v1/centres/{hall.place.centre}/cases",
        json=receipt,
        headers=headers | {"Idempotency-Key": "case"},
    )
    case_id = answer.json()["case"]["id"]
    other = await hall.place.item(hall.unit)
    assert (await hall.accept(case_id=case_id, item_id=other))[1]["code"] == "impossible_fact"
    assert (await hall.accept(case_id=case_id))[0] == 201
    status, again = await hall.accept(case_id=case_id)
    assert (status, again["code"]) == (409, "case_entrusted_before")


@row("aohan/9")
async def test_a_delegation_that_ended_lets_nobody_accept(at_centre: Opening) -> None:
    hall = await served(at_centre, "aohan")
    delegation = await hall.delegated(until=None)
    path = f"/delegations/{delegation}/end"
    body: Json = {"until": "2025-10-08", "reason": "恢复窗口"}
    assert (await hall.place.post(path, body)).status_code == 428
    ended = await hall.place.post(path, body, etag='"1"')
    assert (ended.status_code, ended.json()["until"]) == (201, "2025-10-08")
    assert (await hall.accept())[0] == 409
    later = await hall.place.post(path, body | {"until": "2025-10-09"}, etag='"2"')
    assert (later.status_code, later.json()["code"]) == (409, "delegation_ended")


async def test_delegations_are_listed_by_day_department_and_window(at_centre: Opening) -> None:
    hall = await served(at_centre, "aohan")
    first = await hall.delegated()
    second = await hall.delegated(since="2025-10-10", until=None)

    async def ids(**query: str) -> list[str]:
        return [one["id"] for one in await hall.place.listed("/delegations", **query)]

    assert await ids() == [first, second]
    assert await ids(on="2025-10-09") == [first]
    assert await ids(on="2025-10-10") == [second]
    assert await ids(department_id=hall.unit, window_id=hall.window) == [first, second]
    assert not await ids(department_id=hall.window)
    shown = (await hall.place.get(f"/delegations/{first}")).json()
    assert (shown["figures"], shown["approval"]["number"]) == (
        "事项2项，去年受理11件",
        "府办〔2025〕7号",
    )


async def test_what_is_taken_in_is_listed_by_department_and_told(at_centre: Opening) -> None:
    hall = await served(at_centre, "nanchang")
    await hall.delegated()
    _, made = await hall.accept()
    await hall.step(made["id"], "transfer")
    listed = await hall.place.listed("/entrusted-cases", department_id=hall.unit)
    assert [one["id"] for one in listed] == [made["id"]]
    assert not await hall.place.listed("/entrusted-cases", department_id=hall.window)
    entries = await hall.place.entries()
    assert [(one["subject_kind"], one["action"], one["rows"]) for one in entries][2:] == [
        ("delegation", "created", ["nanchang/5"]),
        ("entrusted_case", "accepted", ["nanchang/5"]),
        ("entrusted_case", "step_taken", ["nanchang/5"]),
    ]


@row("aohan/9")
async def test_whether_the_window_may_accept_is_asked_for_any_day(at_centre: Opening) -> None:
    hall = await served(at_centre, "aohan")
    delegation = await hall.delegated()
    query = {"window_id": hall.window, "item_id": hall.item}
    for on, outcome, held in (
        ("2025-09-30", "refused", []),
        ("2025-10-01", "permitted", [delegation]),
        ("2025-10-09", "permitted", [delegation]),
        ("2025-10-10", "refused", []),
    ):
        answer = (await hall.place.get("/delegations/coverage", on=on, **query)).json()
        assert (answer["outcome"], answer["values"]["delegation_ids"]) == (outcome, held)
        assert answer["findings"][0]["rows"] == ["aohan/9"]
    silent = await served(at_centre, "shapotou")
    query = {"window_id": silent.window, "item_id": silent.item}
    assert (await silent.place.get("/delegations/coverage", **query)).json()["outcome"] == "no_rule"


async def test_a_delegation_is_ended_once(at_centre: Opening) -> None:
    hall = await served(at_centre, "aohan")
    path = f"/delegations/{await hall.delegated()}/end"
    body: Json = {"until": "2025-10-08", "reason": "恢复窗口"}
    assert (await hall.place.post(path, body, etag='"1"')).status_code == 201
    for until in ("2025-10-08", "2025-10-01"):
        again = await hall.place.post(path, body | {"until": until}, etag='"2"')
        assert (again.status_code, again.json()["code"]) == (409, "delegation_ended")
