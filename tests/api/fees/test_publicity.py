"""Publicity over HTTP: open unless withheld on a ground, pledged in full, granted decisions
listed."""

from datetime import date

import pytest
from sqlalchemy import insert, update

from app.db.ids import uuid7
from app.db.item_placements import item_placement
from app.db.items import item
from tests.api.fees.office import Json, Opening
from tests.kept import new_item
from tests.rows import row

PLEDGE: Json = {
    "content": "材料齐全当场受理",
    "procedure": "受理、审查、决定、送达",
    "standard": "五个工作日办结",
    "basis": "行政许可法",
    "supervision": "大厅投诉台",
}
GROUNDS = ("state_secret", "trade_secret", "personal_privacy")
SILENT = ("erdos-hitech", "nanchang", "aohan")


def pledged(**less: object) -> Json:
    return {"name": "窗口服务承诺", "elements": PLEDGE | less}


@row("shapotou/20")
async def test_what_is_not_withheld_is_open_and_a_ground_hides_it(office: Opening) -> None:
    shapotou = await office("shapotou")
    fee = await shapotou.fee()
    body: Json = {"kind": "fee", "resource_id": fee, "reason": "涉密项目"}
    for ground in (None, "other"):
        answer = await shapotou.post("/withholdings", body | {"ground": ground})
        assert answer.status_code == 409, answer.text
        findings = answer.json()["decision"]["findings"]
        assert ["shapotou/20"] in [finding["rows"] for finding in findings]
        assert [each["id"] for each in await shapotou.open("/fees")] == [fee]
    await shapotou.done("/withholdings", body | {"ground": "state_secret"})
    assert await shapotou.open("/fees") == []
    assert len((await shapotou.read(f"/items/{shapotou.item}/fees"))["items"]) == 1


@row("shapotou/20")
@pytest.mark.parametrize("ground", GROUNDS)
async def test_each_of_three_grounds_lets_a_thing_be_withheld(office: Opening, ground: str) -> None:
    shapotou = await office("shapotou")
    await shapotou.fee()
    body = {"kind": "item", "resource_id": str(shapotou.item), "reason": "依法", "ground": ground}
    await shapotou.done("/withholdings", body)
    assert await shapotou.open("/fees") == [], "the fees of a withheld item tell of it"


@pytest.mark.parametrize("ground", ["state_security", "secret"])
async def test_of_a_secret_item_neither_fees_nor_decisions_are_open(
    office: Opening, ground: str
) -> None:
    aohan = await office("aohan")
    await aohan.fee()
    await aohan.decided("granted")
    await aohan.decided("granted")
    assert (len(await aohan.open("/fees")), len(await aohan.open("/decisions"))) == (1, 2)
    secret = {
        "centre_id": aohan.centre,
        "id": uuid7(),
        "item_id": aohan.item,
        "placement": "outside",
        "off_system": False,
        "ground": ground,
        "since": date(2025, 10, 11),
    }
    aohan.on("2025-10-11")
    async with aohan.kept.engine.connect() as connection:
        await connection.execute(insert(item_placement), secret)
    assert (await aohan.open("/fees"), await aohan.open("/decisions")) == ([], [])
    before = "2025-10-09"
    assert await aohan.open("/fees", on=before) == [], "whoever asks about then learns it as well"
    assert await aohan.open("/decisions", until=before) == []


@pytest.mark.parametrize("regulation", SILENT)
async def test_a_silent_text_asks_for_no_ground(office: Opening, regulation: str) -> None:
    place = await office(regulation)
    body = {"kind": "fee", "resource_id": await place.fee(), "reason": "暂不公开"}
    await place.done("/withholdings", body)
    assert await place.open("/fees") == []


async def test_what_is_lifted_is_open_again_and_may_be_withheld_anew(office: Opening) -> None:
    shapotou = await office("shapotou")
    body: Json = {
        "kind": "fee",
        "resource_id": await shapotou.fee(),
        "reason": "商业秘密",
        "ground": "trade_secret",
    }
    made = await shapotou.post("/withholdings", body)
    twice = await shapotou.post("/withholdings", body)
    assert (twice.status_code, twice.json()["code"]) == (409, "withholding_stands")
    path, etag = f"/withholdings/{made.json()['id']}", made.headers["etag"]
    assert (await shapotou.post(f"{path}/lifting", {"reason": "解密"})).status_code == 428
    lifted = await shapotou.post(f"{path}/lifting", {"reason": "解密"}, If_Match=etag)
    assert lifted.status_code == 201, lifted.text
    assert len(await shapotou.open("/fees")) == 1
    read = await shapotou.get(path)
    assert read.json() == lifted.json()
    again = await shapotou.post(
        f"{path}/lifting", {"reason": "解密"}, If_Match=read.headers["etag"]
    )
    assert (again.status_code, again.json()["code"]) == (409, "withholding_lifted")
    assert (await shapotou.read("/withholdings"))["items"] == []
    assert len((await shapotou.read("/withholdings", include_lifted="true"))["items"]) == 1
    await shapotou.done("/withholdings", body)


@pytest.mark.parametrize("kind", ["item", "guide", "form", "fee", "mandate", "pledge", "decision"])
async def test_only_what_is_there_is_withheld(office: Opening, kind: str) -> None:
    shapotou, other = await office("shapotou"), await office("shapotou")
    body = {
        "kind": kind,
        "resource_id": str(other.item),
        "reason": "依法",
        "ground": "state_secret",
    }
    assert (await shapotou.post("/withholdings", body)).status_code == 404


@row("tianya/16.1")
@pytest.mark.parametrize("element", list(PLEDGE))
async def test_a_pledge_is_not_published_without_one_of_five_elements(
    office: Opening, element: str
) -> None:
    tianya = await office("tianya")
    for nothing in (None, "  "):
        answer = await tianya.post("/pledges", pledged(**{element: nothing}))
        assert answer.status_code == 409, answer.text
        decision = answer.json()["decision"]
        assert decision["missing"] == [element]
        assert [finding["rows"] for finding in decision["findings"]] == [["tianya/16.1"]]
    assert await tianya.open("/pledges") == []
    await tianya.done("/pledges", pledged())
    (open_,) = await tianya.open("/pledges")
    assert open_["elements"] == PLEDGE


async def test_an_explicit_none_is_an_element(office: Opening) -> None:
    tianya = await office("tianya")
    await tianya.done("/pledges", pledged(basis="无"))


@pytest.mark.parametrize("regulation", [*SILENT, "shapotou"])
async def test_a_silent_text_lets_any_pledge_be_published(office: Opening, regulation: str) -> None:
    place = await office(regulation)
    await place.done("/pledges", {"name": "承诺", "elements": {"content": "当场办结"}})
    assert len(await place.open("/pledges")) == 1


async def test_a_later_pledge_takes_the_place_of_the_earlier(office: Opening) -> None:
    tianya = await office("tianya")
    first = await tianya.post("/pledges", pledged() | {"since": "2025-01-01"})
    later = pledged(standard="三个工作日办结") | {"since": "2025-10-09"}
    await tianya.done("/pledges", later)
    twice = await tianya.post("/pledges", later)
    assert (twice.status_code, twice.json()["code"]) == (409, "pledge_stands")
    for on, standard in (("2025-10-08", "五个工作日办结"), ("2025-10-09", "三个工作日办结")):
        (held,) = await tianya.open("/pledges", on=on)
        assert held["elements"]["standard"] == standard
    path = f"/pledges/{first.json()['id']}"
    end = {"until": "2025-06-30", "reason": "承诺期满"}
    ended = await tianya.post(f"{path}/end", end, If_Match=first.headers["etag"])
    assert ended.json() == (await tianya.get(path)).json()
    assert await tianya.open("/pledges", on="2025-07-01") == []
    again = await tianya.post(f"{path}/end", end, If_Match=ended.headers["etag"])
    assert (again.status_code, again.json()["code"]) == (409, "pledge_ended")


async def test_a_pledge_ends_as_planned_and_once_earlier_than_planned(office: Opening) -> None:
    tianya = await office("tianya")
    planned = pledged() | {"since": "2025-01-01", "until": "2025-12-31"}
    never = await tianya.post("/pledges", planned | {"until": "2024-12-31"})
    assert (never.status_code, never.json()["code"]) == (422, "impossible_fact")
    made = await tianya.post("/pledges", planned)
    assert (len(await tianya.open("/pledges", on="2025-12-31")), made.status_code) == (1, 201)
    assert await tianya.open("/pledges", on="2026-01-01") == []
    path, etag = f"/pledges/{made.json()['id']}/end", made.headers["etag"]
    for until, status in (("2025-12-31", 422), ("2025-10-31", 201)):
        ended = await tianya.post(path, {"until": until, "reason": "修订"}, If_Match=etag)
        assert ended.status_code == status, ended.text
    assert await tianya.open("/pledges", on="2025-11-01") == []
    etag = ended.headers["etag"]
    again = await tianya.post(path, {"until": "2025-10-15", "reason": "修订"}, If_Match=etag)
    assert (again.status_code, again.json()["code"]) == (409, "pledge_ended")


@row("aohan/38")
async def test_granted_decisions_are_read_by_everybody_and_refusals_by_nobody(
    office: Opening,
) -> None:
    aohan = await office("aohan")
    aohan.on("2025-10-10")
    granted = await aohan.decided("granted", reference="510104199001011234")
    await aohan.decided("denied")
    aohan.on("2025-10-11")
    answer = await aohan.public("/decisions")
    (listed,) = answer.json()["items"]
    assert listed == {
        "id": granted,
        "item_id": str(aohan.item),
        "item_name": "试验事项",
        "decided_on": "2025-10-10",
        "applicant": None,
        "price": "0.00",
    }
    assert "510104199001011234" not in answer.text


@row("aohan/38")
async def test_what_is_not_decided_is_on_no_list(office: Opening) -> None:
    aohan = await office("aohan")
    receipt = {"item_id": str(aohan.item), "materials_complete": True, "channel": "window"}
    await aohan.done("/cases", receipt)
    assert await aohan.open("/decisions") == []


async def test_a_withheld_decision_and_those_of_a_withheld_item_are_on_no_list(
    office: Opening,
) -> None:
    aohan = await office("aohan")
    one, other = await aohan.decided("granted"), await aohan.decided("granted")
    await aohan.done("/withholdings", {"kind": "decision", "resource_id": one, "reason": "依法"})
    assert [each["id"] for each in await aohan.open("/decisions")] == [other]
    item = {"kind": "item", "resource_id": str(aohan.item), "reason": "依法"}
    await aohan.done("/withholdings", item)
    assert await aohan.open("/decisions") == []


async def test_decisions_come_the_newest_first_page_by_page_and_by_their_days(
    office: Opening,
) -> None:
    aohan = await office("aohan")
    made = []
    for day in ("2025-10-09", "2025-10-10", "2025-10-13"):
        aohan.on(day)
        made += [await aohan.decided("granted"), await aohan.decided("granted")]
    first = (await aohan.public("/decisions", limit="4")).json()
    rest = (await aohan.public("/decisions", limit="4", after=first["next"])).json()
    listed = [each["id"] for each in (*first["items"], *rest["items"])]
    assert (listed, rest["next"]) == (made[::-1], None)
    for query, found in (
        ({"since": "2025-10-10"}, made[5:1:-1]),
        ({"until": "2025-10-10"}, made[3::-1]),
        ({"since": "2025-10-10", "until": "2025-10-10"}, made[3:1:-1]),
        ({"until": "9999-12-31", "since": "0001-01-01"}, made[::-1]),
        ({"item_id": str(aohan.centre)}, []),
    ):
        assert [each["id"] for each in await aohan.open("/decisions", **query)] == found, query
    assert (await aohan.public("/decisions", after="x")).status_code == 422


@pytest.mark.parametrize("regulation", ["erdos-hitech", "shapotou", "nanchang", "tianya"])
async def test_where_no_text_wants_the_list_there_is_none_and_the_answer_says_why(
    office: Opening, regulation: str
) -> None:
    place = await office(regulation)
    await place.decided("granted")
    answer = await place.public("/decisions")
    assert (answer.status_code, answer.json()["code"]) == (404, "list_not_kept")


async def test_what_has_to_be_open_is_listed_with_what_is_missing(office: Opening) -> None:
    tianya = await office("tianya")
    duties = {each["row"]: each for each in (await tianya.read("/publicity"))["items"]}
    assert duties["tianya/16.1"]["missing"] == ["pledge"]
    assert "publish_pledge" in duties["tianya/16.1"]["served_by"]
    await tianya.done("/pledges", pledged())
    duties = {each["row"]: each for each in (await tianya.read("/publicity"))["items"]}
    assert duties["tianya/16.1"]["missing"] == []
    aohan = await office("aohan")
    for stage, withdrawn_on in (("draft", None), ("withdrawn", date(2025, 10, 9))):
        async with aohan.kept.engine.connect() as connection:
            unserved = await new_item(aohan.kept.engine, aohan.centre)
            where = (item.c.centre_id == aohan.centre, item.c.id == unserved)
            values = {"stage": stage, "withdrawn_on": withdrawn_on}
            await connection.execute(update(item).where(*where).values(values))
    duties = {each["row"]: each for each in (await aohan.read("/publicity"))["items"]}
    assert duties["aohan/14.3"]["missing"] == [str(aohan.item)]
    assert {"aohan/10", "aohan/14.3", "aohan/38"} <= set(duties)
    await aohan.fee()
    duties = {each["row"]: each for each in (await aohan.read("/publicity"))["items"]}
    assert duties["aohan/14.3"]["missing"] == []
