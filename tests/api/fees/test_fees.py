"""Published fees over HTTP: what has to be said, from which day it holds, and who may read it."""

import asyncio
from typing import Any

import pytest

from tests.api.fees.office import FEE, FISCAL, Json, Opening
from tests.rows import row

REGULATIONS = ("erdos-hitech", "shapotou", "nanchang", "tianya")


@row("aohan/14.3")
@pytest.mark.parametrize("field", ["basis", "name", "amount", "payment_method"])
async def test_a_fee_is_not_published_without_what_the_text_wants(
    office: Opening, field: str
) -> None:
    aohan = await office("aohan")
    fee = FEE | {"amount": "50.00"}
    answer = await aohan.post(f"/items/{aohan.item}/fees", fee | {field: None})
    assert answer.status_code == 409, answer.text
    decision = answer.json()["decision"]
    assert decision["missing"] == [field]
    assert [finding["rows"] for finding in decision["findings"]] == [["aohan/14.3"]]
    assert await aohan.open("/fees") == []
    await aohan.fee(amount="50.00")


@row("aohan/14.3")
async def test_an_item_that_is_free_says_so_and_needs_nothing_else(office: Opening) -> None:
    aohan = await office("aohan")
    await aohan.done(f"/items/{aohan.item}/fees", {"none": True})
    (free,) = await aohan.open("/fees")
    assert (free["none"], free["amount"], free["item_name"]) == (True, None, "试验事项")


async def test_spaces_say_nothing(office: Opening) -> None:
    aohan = await office("aohan")
    answer = await aohan.post(f"/items/{aohan.item}/fees", FEE | {"payment_method": "  "})
    assert answer.json()["decision"]["missing"] == ["payment_method"]


@pytest.mark.parametrize("regulation", REGULATIONS)
async def test_a_silent_text_lets_a_fee_be_published_with_its_name_and_amount(
    office: Opening, regulation: str
) -> None:
    place = await office(regulation)
    path = f"/items/{place.item}/fees"
    await place.done(path, {"name": "工本费", "amount": "5"})
    (fee,) = await place.open("/fees")
    assert (fee["amount"], fee["payment_method"]) == ("5.00", None)
    assert (await place.post(path, {"name": "工本费"})).status_code == 422


@pytest.mark.parametrize("stated", [{"name": "甲"}, {"amount": "1.00"}, {"payee": FISCAL}])
async def test_what_is_free_has_no_price(office: Opening, stated: Json) -> None:
    tianya = await office("tianya")
    answer = await tianya.post(f"/items/{tianya.item}/fees", {"none": True} | stated)
    assert (answer.status_code, answer.json()["code"]) == (422, "impossible_fact")


async def test_a_later_fee_takes_the_place_of_the_earlier_on_its_first_day(
    office: Opening,
) -> None:
    tianya = await office("tianya")
    await tianya.fee(amount="120.00")
    await tianya.fee(amount="100.00", since="2025-10-09")
    await tianya.fee(name="复印费", amount="1.00")
    for on, amounts in (
        ("2024-12-31", set()),
        ("2025-01-01", {"120.00", "1.00"}),
        ("2025-10-08", {"120.00", "1.00"}),
        ("2025-10-09", {"100.00", "1.00"}),
    ):
        assert {fee["amount"] for fee in await tianya.open("/fees", on=on)} == amounts
    kept = await tianya.read(f"/items/{tianya.item}/fees")
    assert [fee["amount"] for fee in kept["items"]] == ["120.00", "100.00", "1.00"]


async def test_what_becomes_free_and_what_ceases_to_be(office: Opening) -> None:
    tianya = await office("tianya")
    path = f"/items/{tianya.item}/fees"
    await tianya.fee()
    await tianya.done(path, {"none": True, "since": "2025-06-01"})
    await tianya.fee(amount="80.00", since="2025-09-01")
    for on, amount in (("2025-05-31", "100.00"), ("2025-06-01", None), ("2025-09-01", "80.00")):
        (held,) = (await tianya.read(path, on=on))["items"]
        assert (held["amount"], held["none"]) == (amount, amount is None)


async def test_the_same_day_has_no_two_fees_of_a_name_and_is_not_free_as_well(
    office: Opening,
) -> None:
    tianya = await office("tianya")
    path = f"/items/{tianya.item}/fees"
    await tianya.fee()
    for other in (FEE | {"amount": "90.00"}, {"none": True, "since": FEE["since"]}):
        answer = await tianya.post(path, other)
        assert (answer.status_code, answer.json()["code"]) == (409, "fee_stands")


async def test_of_two_who_publish_the_same_at_once_one_is_refused(office: Opening) -> None:
    tianya = await office("tianya")
    path = f"/items/{tianya.item}/fees"
    both = (FEE, {"none": True, "since": FEE["since"]})
    answers = await asyncio.gather(*(tianya.post(path, body) for body in both))
    assert sorted(answer.status_code for answer in answers) == [201, 409]


async def test_an_ended_fee_holds_to_its_last_day_and_no_earlier_one_comes_back(
    office: Opening,
) -> None:
    tianya = await office("tianya")
    await tianya.fee(amount="120.00")
    answer = await tianya.post(f"/items/{tianya.item}/fees", FEE | {"since": "2025-03-01"})
    path, etag = f"/items/{tianya.item}/fees/{answer.json()['id']}", answer.headers["etag"]
    end = {"until": "2025-09-30", "reason": "取消收费"}
    assert (await tianya.post(f"{path}/end", end)).status_code == 428
    assert (await tianya.post(f"{path}/end", end, If_Match='"7"')).status_code == 412
    ended = await tianya.post(f"{path}/end", end, If_Match=etag)
    assert (ended.status_code, ended.json()["until"]) == (201, "2025-09-30")
    assert len(await tianya.open("/fees", on="2025-09-30")) == 1
    assert await tianya.open("/fees", on="2025-10-01") == []
    again = await tianya.post(f"{path}/end", end, If_Match=ended.headers["etag"])
    assert (again.status_code, again.json()["code"]) == (409, "fee_ended")


async def test_a_fee_that_was_a_mistake_never_held(office: Opening) -> None:
    tianya = await office("tianya")
    await tianya.fee(amount="120.00")
    answer = await tianya.post(f"/items/{tianya.item}/fees", FEE | {"since": "2025-03-01"})
    path, etag = f"/items/{tianya.item}/fees/{answer.json()['id']}", answer.headers["etag"]
    too_early = {"until": "2025-02-27", "reason": "误登"}
    refused = await tianya.post(f"{path}/end", too_early, If_Match=etag)
    assert (refused.status_code, refused.json()["code"]) == (422, "impossible_fact")
    await tianya.done(f"{path}/end", too_early | {"until": "2025-02-28"}, If_Match=etag)
    (held,) = await tianya.open("/fees")
    assert held["amount"] == "120.00"
    await tianya.fee(since="2025-03-01", amount="110.00")


async def test_a_fee_ends_as_planned_and_once_earlier_than_planned(office: Opening) -> None:
    tianya = await office("tianya")
    path = f"/items/{tianya.item}/fees"
    made = await tianya.post(path, FEE | {"until": "2025-12-31"})
    fee = made.json()
    assert (made.status_code, fee["until"], fee["ended_because"]) == (201, "2025-12-31", None)
    assert len(await tianya.open("/fees", on="2025-12-31")) == 1
    assert await tianya.open("/fees", on="2026-01-01") == []
    end, etag = f"{path}/{fee['id']}/end", made.headers["etag"]
    for until in ("2025-12-31", "2026-06-30"):
        late = await tianya.post(end, {"until": until, "reason": "取消"}, If_Match=etag)
        assert (late.status_code, late.json()["code"]) == (422, "impossible_fact")
    ended = await tianya.post(end, {"until": "2025-10-31", "reason": "取消"}, If_Match=etag)
    assert (ended.status_code, ended.json()["ended_because"]) == (201, "取消")
    assert len(await tianya.open("/fees", on="2025-10-31")) == 1
    assert await tianya.open("/fees", on="2025-11-01") == []
    etag = ended.headers["etag"]
    again = await tianya.post(end, {"until": "2025-10-15", "reason": "取消"}, If_Match=etag)
    assert (again.status_code, again.json()["code"]) == (409, "fee_ended")
    entries: list[Any] = await tianya.entries()
    told = [one["facts"]["until"] for one in entries if one["action"] in {"published", "ended"}]
    assert told == ["2025-12-31", "2025-10-31"]


async def test_a_planned_fee_that_was_a_mistake_never_held(office: Opening) -> None:
    tianya = await office("tianya")
    path = f"/items/{tianya.item}/fees"
    before = await tianya.post(path, FEE | {"until": "2024-12-31"})
    assert (before.status_code, before.json()["code"]) == (422, "impossible_fact")
    made = await tianya.post(path, FEE | {"until": FEE["since"]})
    end = {"until": "2024-12-31", "reason": "误登"}
    ended = await tianya.post(f"{path}/{made.json()['id']}/end", end, If_Match=made.headers["etag"])
    assert ended.status_code == 201
    assert await tianya.open("/fees", on=FEE["since"]) == []


async def test_everybody_reads_fees_page_by_page_and_from_a_cache(office: Opening) -> None:
    tianya = await office("tianya")
    for number in range(3):
        await tianya.fee(name=f"费用{number}")
    first = await tianya.public("/fees", limit="2")
    rest = await tianya.public("/fees", limit="2", after=first.json()["next"])
    names = [fee["name"] for answer in (first, rest) for fee in answer.json()["items"]]
    assert (names, rest.json()["next"]) == (["费用0", "费用1", "费用2"], None)
    assert first.headers["cache-control"].startswith("public")
    known = {"If-None-Match": first.headers["etag"]}
    again = await tianya.client.get(first.request.url, headers=known)
    assert again.status_code == 304


async def test_a_fee_is_of_an_item_of_this_centre(office: Opening) -> None:
    here, there = await office("tianya"), await office("tianya")
    answer = await here.post(f"/items/{there.item}/fees", FEE)
    assert answer.status_code == 404
    assert (await here.get(f"/items/{there.item}/fees")).status_code == 404


async def test_a_number_of_somebody_is_not_published(office: Opening) -> None:
    tianya = await office("tianya")
    payee = {"kind": "other", "name": "收款人13800138000"}
    for body in (FEE | {"payment_method": "电话13800138000"}, FEE | {"payee": payee}):
        answer = await tianya.post(f"/items/{tianya.item}/fees", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "personal_value")
