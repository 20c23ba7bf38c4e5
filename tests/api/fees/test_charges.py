"""Charges over HTTP: held against what is published, and never taken to where they may not go."""

from typing import Any

import pytest

from app.db.ids import uuid7
from tests.api.fees.office import APPRAISER, BANK, CASHIER, FEE, FISCAL, Json, Opening
from tests.rows import row

SILENT = ("shapotou", "tianya")


def cited(problem: Json) -> set[str]:
    return {
        each
        for finding in problem["decision"]["findings"]
        if finding["result"] in {"violated", "unknown"}
        for each in finding["rows"]
    }


def refused(answer: Any, status: int, *rows: str) -> None:  # Any: an answer of the client
    assert answer.status_code == status, answer.text
    assert cited(answer.json()) == set(rows)


@row("nanchang/48")
async def test_a_cent_above_the_standard_is_refused(office: Opening) -> None:
    nanchang = await office("nanchang")
    fee = await nanchang.fee()
    refused(await nanchang.charge(fee_id=fee, amount="100.01"), 422, "nanchang/48")
    assert (await nanchang.charge(fee_id=fee, amount="100.00")).status_code == 201
    assert (await nanchang.charge(fee_id=fee, amount="99.99")).status_code == 201


@row("nanchang/48")
async def test_an_item_without_a_fee_is_charged_nothing(office: Opening) -> None:
    nanchang = await office("nanchang")
    refused(await nanchang.charge(amount="0.01"), 422, "nanchang/48")
    free = await nanchang.done(f"/items/{nanchang.item}/fees", {"none": True})
    refused(await nanchang.charge(amount="0.01", fee_id=free["id"]), 422, "nanchang/48")


async def test_a_standard_is_for_one_unit(office: Opening) -> None:
    nanchang = await office("nanchang")
    fee = await nanchang.fee(amount="33.33")
    assert (await nanchang.charge(fee_id=fee, amount="99.99", quantity=3)).status_code == 201
    refused(await nanchang.charge(fee_id=fee, amount="100.00", quantity=3), 422, "nanchang/48")


@row("nanchang/49")
@pytest.mark.parametrize("payee", [APPRAISER, APPRAISER | {"fiscal": True}])
async def test_what_goes_to_a_third_party_is_refused(office: Opening, payee: Json) -> None:
    nanchang = await office("nanchang")
    fee = await nanchang.fee()
    refused(await nanchang.charge(fee_id=fee, payee=payee), 422, "nanchang/49")
    assert (await nanchang.charge(fee_id=fee, payee=FISCAL)).status_code == 201


async def test_a_window_says_whether_it_pays_into_the_fiscal_account(office: Opening) -> None:
    nanchang = await office("nanchang")
    fee = await nanchang.fee()
    unsaid = await nanchang.charge(fee_id=fee, payee={"kind": "bank_window", "name": "甲"})
    assert (unsaid.status_code, unsaid.json()["code"]) == (422, "undetermined")
    assert unsaid.json()["decision"]["missing"] == ["payee.fiscal"]
    assert (await nanchang.charge(fee_id=fee, payee=BANK)).status_code == 201


@row("aohan/16")
async def test_the_published_amount_is_paid_at_the_designated_bank_window(office: Opening) -> None:
    aohan = await office("aohan")
    fee = await aohan.fee(amount="50.00", payee=BANK)
    right = {"fee_id": fee, "amount": "50.00", "payee": BANK}
    assert (await aohan.charge(**right)).status_code == 201
    unsaid = {"kind": "bank_window", "name": BANK["name"]}
    assert (await aohan.charge(**right | {"payee": unsaid})).status_code == 201
    for wrong in (
        {"amount": "50.01"},
        {"amount": "49.99"},
        {"payee": BANK | {"name": "另一家银行"}},
        {"payee": BANK | {"fiscal": False}},
        {"payee": FISCAL},
        {"payee": CASHIER},
        {"payee": APPRAISER},
        {"fee_id": None},
    ):
        refused(await aohan.charge(**right | wrong), 409, "aohan/16")


async def test_where_no_payee_is_published_nobody_is_designated(office: Opening) -> None:
    aohan = await office("aohan")
    fee = await aohan.fee(payee=None)
    answer = await aohan.charge(fee_id=fee, payee=BANK)
    assert (answer.status_code, answer.json()["decision"]["missing"]) == (422, ["fee.payee"])


async def test_of_a_fee_that_is_not_there_nothing_else_is_missed(office: Opening) -> None:
    aohan = await office("aohan")
    ended = str(uuid7())
    answer = await aohan.charge(fee_id=ended, payee=BANK)
    refused(answer, 409, "aohan/16")
    assert answer.json()["decision"]["missing"] == []
    assert [each["actual"] for each in answer.json()["decision"]["findings"]] == [ended]


async def test_a_fiscal_account_is_not_said_to_be_none(office: Opening) -> None:
    nanchang = await office("nanchang")
    payee = FISCAL | {"fiscal": False}
    answer = await nanchang.charge(fee_id=await nanchang.fee(), payee=payee)
    assert (answer.status_code, answer.json()["code"]) == (422, "impossible_fact")


@row("erdos-hitech/13.s1")
async def test_the_centre_collects_what_its_items_publish(office: Opening) -> None:
    erdos = await office("erdos-hitech")
    fee = await erdos.fee(payee=CASHIER)
    right = {"fee_id": fee, "payee": CASHIER}
    assert (await erdos.charge(**right)).status_code == 201
    assert (await erdos.charge(**right, basis=FEE["basis"])).status_code == 201
    for wrong in ({"payee": FISCAL}, {"payee": BANK}, {"basis": "另一文件"}, {"fee_id": None}):
        refused(await erdos.charge(**right | wrong), 409, "erdos-hitech/13.s1")


async def test_a_fee_without_a_basis_is_not_collected(office: Opening) -> None:
    erdos = await office("erdos-hitech")
    fee = await erdos.fee(basis=None)
    refused(await erdos.charge(fee_id=fee, payee=CASHIER), 409, "erdos-hitech/13.s1")


@pytest.mark.parametrize("regulation", SILENT)
async def test_a_silent_text_lets_any_charge_of_a_published_fee_pass(
    office: Opening, regulation: str
) -> None:
    place = await office(regulation)
    fee = await place.fee()
    assert (await place.charge(fee_id=fee, amount="500.00", payee=APPRAISER)).status_code == 201
    unnamed = await place.charge()
    assert (unnamed.status_code, unnamed.json()["code"]) == (422, "fee_not_named")
    unknown = await place.charge(fee_id=str(place.item))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")


async def test_a_charge_stands_under_the_fee_of_its_day(office: Opening) -> None:
    nanchang = await office("nanchang")
    old = await nanchang.fee(amount="120.00")
    new = await nanchang.fee(amount="100.00", since="2025-10-09")
    before = {"fee_id": old, "amount": "120.00", "charged_on": "2025-10-08"}
    assert (await nanchang.charge(**before)).status_code == 201
    refused(await nanchang.charge(**before | {"charged_on": "2025-10-09"}), 422, "nanchang/48")
    refused(await nanchang.charge(fee_id=new, charged_on="2025-10-08"), 422, "nanchang/48")
    tomorrow = await nanchang.charge(fee_id=new, charged_on="2025-10-10")
    assert (tomorrow.status_code, tomorrow.json()["code"]) == (422, "impossible_fact")


async def test_a_charge_of_a_case_is_of_its_item(office: Opening) -> None:
    tianya = await office("tianya")
    fee, case = await tianya.fee(), await tianya.decided("granted")
    made = await tianya.charge(fee_id=fee, case_id=case)
    assert made.json()["case_id"] == case
    listed = await tianya.read("/charges", case_id=case)
    assert [each["id"] for each in listed["items"]] == [made.json()["id"]]
    other = await office("tianya")
    assert (await other.charge(fee_id=await other.fee(), case_id=case)).status_code == 404


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "1.005", "1e2", "", "01.00", "9999999999"])
async def test_an_amount_is_yuan_to_the_cent(office: Opening, amount: str) -> None:
    tianya = await office("tianya")
    answer = await tianya.charge(amount=amount)
    assert answer.status_code == 422
    if amount != "0.00":
        assert [each["code"] for each in answer.json()["errors"]] == ["money_invalid"]


async def test_an_amount_is_no_number_of_json(office: Opening) -> None:
    tianya = await office("tianya")
    assert (await tianya.charge(amount=100.01)).status_code == 422


async def test_a_reversed_charge_stays_and_is_not_reversed_twice(office: Opening) -> None:
    tianya = await office("tianya")
    made = await tianya.charge(fee_id=await tianya.fee())
    path, etag = f"/charges/{made.json()['id']}", made.headers["etag"]
    body: Json = {"reason": "重复收取"}
    assert (await tianya.post(f"{path}/reversal", body)).status_code == 428
    after = await tianya.post(f"{path}/reversal", body, If_Match=etag)
    assert after.status_code == 201, after.text
    read = await tianya.get(path)
    assert read.json() == after.json()
    assert read.json()["reversed"]["reason"] == "重复收取"
    assert (await tianya.post(f"{path}/reversal", body, If_Match=etag)).status_code == 412
    again = await tianya.post(f"{path}/reversal", body, If_Match=read.headers["etag"])
    assert (again.status_code, again.json()["code"]) == (409, "charge_reversed")


async def test_what_was_charged_and_what_was_refused_is_entered(office: Opening) -> None:
    nanchang = await office("nanchang")
    fee = await nanchang.fee()
    await nanchang.charge(fee_id=fee, amount="100.01")
    await nanchang.charge(fee_id=fee)
    entries: list[Any] = await nanchang.entries()
    told = {(e["subject_kind"], e["action"]): e for e in entries}
    assert told["charge", "refused"]["rows"] == ["nanchang/48"]
    assert told["charge", "recorded"]["facts"]["amount"] == "100.00"
    assert told["charge", "recorded"]["rows"] == ["nanchang/48", "nanchang/49"]
