"""Mandates over HTTP: granted, filed by whom the text names, published, revoked, asked about."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from app.domain.organisation.authority import Body
from tests.api.people.conftest import Hire
from tests.api.people.staff import Staff, cited, speaking
from tests.rows import row

# Any: answers are read as the free JSON that they are.
Json = dict[str, Any]
PAPER = {
    "title": "行政委托书",
    "number": "委〔2025〕1号",
    "issued_on": "2025-10-01",
    "address": "https://files.example/1.pdf",
    "sha256": "0" * 64,
    "size": 1024,
}


async def granted(staff: Staff, item: str, **more: object) -> Json:
    said = {
        "department_id": await staff.department(),
        "item_ids": [item],
        "powers": ["accept", "decide"],
        "since": "2025-01-01",
        "signed_on": "2025-01-01",
        "document": PAPER,
    }
    return await staff.made("/mandates", {**said, **more})


async def asked(staff: Staff, item: str, on: str, **more: object) -> tuple[str, set[str]]:
    """The outcome, and the rows that it rests on."""
    answer = await staff.get("/mandates/coverage", item_id=item, on=on, **more)
    assert answer.status_code == 200, answer.text
    ruling = answer.json()
    return ruling["outcome"], {row for each in ruling["findings"] for row in each["rows"]}


async def published(staff: Staff, on: str) -> list[str]:
    """What somebody without a token reads."""
    path = f"/v1/public/centres/{staff.centre}/mandates"
    answer = await staff.client.get(path, params={"on": on})
    assert answer.status_code == 200
    return [each["id"] for each in answer.json()["items"]]


async def filed(staff: Staff, mandate: str, on: str, *bodies: Body) -> httpx.Response:
    return await staff.post(
        f"/mandates/{mandate}/filing", {"filed_on": on, "number": "备1"}, by=speaking(*bodies)
    )


@row("erdos-hitech/14")
async def test_a_mandate_until_september_does_not_reach_october(hire: Hire) -> None:
    staff = await hire("erdos-hitech")
    item = await staff.item()
    await granted(staff, item, until="2025-09-30")
    assert await asked(staff, item, "2025-09-30") == ("permitted", {"erdos-hitech/14"})
    assert await asked(staff, item, "2025-10-09") == ("refused", {"erdos-hitech/14"})
    other = await staff.item()
    assert await asked(staff, other, "2025-09-30") == ("refused", {"erdos-hitech/14"})


@row("aohan/11")
async def test_a_mandate_counts_and_is_published_from_its_filing(hire: Hire) -> None:
    staff = await hire("aohan")
    item = await staff.item()
    mandate = (await granted(staff, item, since="2025-10-01", signed_on="2025-10-01"))["id"]
    assert await asked(staff, item, "2025-10-09") == ("refused", {"aohan/11"})
    assert await published(staff, "2025-10-10") == []
    staff.on("2025-10-10")
    by_the_centre = await filed(staff, mandate, "2025-10-10", Body.CENTRE, Body.DEPARTMENT)
    assert (by_the_centre.status_code, cited(by_the_centre)) == (403, {"aohan/11"})
    assert (await filed(staff, mandate, "2025-10-10", Body.BUREAU)).status_code == 201
    assert await asked(staff, item, "2025-10-09") == ("refused", {"aohan/11"})
    assert await asked(staff, item, "2025-10-10") == ("permitted", {"aohan/11"})
    assert await published(staff, "2025-10-09") == []
    assert await published(staff, "2025-10-10") == [mandate]


@row("nanchang/13.s4")
async def test_at_nanchang_the_committee_files_and_the_items_limit_it(hire: Hire) -> None:
    staff = await hire("nanchang")
    item, other = await staff.item(), await staff.item()
    mandate = (await granted(staff, item))["id"]
    refused = await filed(staff, mandate, "2025-10-09", Body.DEPARTMENT)
    assert (refused.status_code, cited(refused)) == (403, {"nanchang/13.s4"})
    done = await filed(staff, mandate, "2025-10-09", Body.MANAGEMENT_COMMITTEE)
    assert done.status_code == 201
    assert (await asked(staff, item, "2025-10-09"))[0] == "permitted"
    assert (await asked(staff, other, "2025-10-09"))[0] == "refused"


@pytest.mark.parametrize("regulation", ["shapotou", "tianya"])
async def test_a_silent_text_asks_for_no_mandate_and_anybody_may_file_one(
    hire: Hire, regulation: str
) -> None:
    staff = await hire(regulation)
    item = await staff.item()
    assert await asked(staff, item, "2025-10-09") == ("no_rule", _outside(regulation))
    mandate = (await granted(staff, item))["id"]
    assert await published(staff, "2025-10-09") == [mandate]
    assert (await filed(staff, mandate, "2025-10-09", Body.DEPARTMENT)).status_code == 201


def _outside(regulation: str) -> set[str]:
    """The row that is cited because the text is not in force any more."""
    return {"shapotou/31"} if regulation == "shapotou" else set()


async def test_a_filing_is_between_signature_and_today_and_happens_once(hire: Hire) -> None:
    staff = await hire("aohan")
    item = await staff.item()
    mandate = (await granted(staff, item, signed_on="2025-10-01"))["id"]
    for on, status in (
        ("2025-09-30", 422),
        ("2025-10-10", 422),
        ("2025-10-09", 201),
        ("2025-10-09", 409),
    ):
        answer = await filed(staff, mandate, on, Body.BUREAU)
        assert answer.status_code == status, (on, answer.text)
    assert answer.json()["code"] == "mandate_filed"


async def test_a_revocation_does_not_reach_back_and_ends_everything(hire: Hire) -> None:
    staff = await hire("erdos-hitech")
    item = await staff.item()
    mandate = (await granted(staff, item))["id"]
    path = f"/mandates/{mandate}"
    back = await staff.post(path + "/revocation", {"since": "2025-10-08", "reason": "撤销"})
    assert (back.status_code, back.json()["code"]) == (422, "impossible_fact")
    done = await staff.post(path + "/revocation", {"since": "2025-10-10", "reason": "撤销"})
    assert done.status_code == 201
    assert (await asked(staff, item, "2025-10-09"))[0] == "permitted"
    assert (await asked(staff, item, "2025-10-10"))[0] == "refused"
    assert await published(staff, "2025-10-10") == []
    again = await staff.post(path + "/revocation", {"since": "2025-10-11", "reason": "撤销"})
    late = await filed(staff, mandate, "2025-10-09", Body.BUREAU)
    assert again.json()["code"] == late.json()["code"] == "mandate_revoked"
    assert (await staff.get(path)).json()["revoked_from"] == "2025-10-10"


async def test_a_mandate_is_revoked_before_its_last_day_is_over_or_not_at_all(hire: Hire) -> None:
    staff = await hire("erdos-hitech")
    item = await staff.item()
    for until, since, status in (
        ("2025-12-31", "2026-01-01", 422),
        ("2025-12-31", "2025-12-31", 201),
        ("2025-12-31", "2025-10-10", 201),
        ("2025-10-08", "2025-10-09", 422),  # It has lapsed already.
    ):
        mandate = (await granted(staff, item, until=until))["id"]
        said = {"since": since, "reason": "提前终止"}
        answer = await staff.post(f"/mandates/{mandate}/revocation", said)
        assert answer.status_code == status, (until, since, answer.text)


async def test_a_mandate_is_changed_in_the_state_that_was_read(hire: Hire) -> None:
    staff = await hire("tianya")
    mandate = (await granted(staff, await staff.item()))["id"]
    path = f"/mandates/{mandate}/revocation"
    said = {"since": "2025-10-10", "reason": "撤销"}
    stale = await staff.post(path, said, etag='"7"')
    assert (stale.status_code, stale.json()["code"]) == (412, "changed_meanwhile")
    staff.etags.clear()
    missing = await staff.post(path, said)
    assert (missing.status_code, missing.json()["code"]) == (428, "version_missing")


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"until": "2024-12-31"}, 422),
        ({"powers": []}, 422),
        ({"powers": ["bless"]}, 422),
        ({"item_ids": ["019b7523-3400-7000-8000-0000000900ff"]}, 404),
        ({"department_id": "019b7523-3400-7000-8000-0000000900ff"}, 404),
        ({"window_id": "019b7523-3400-7000-8000-0000000900ff"}, 404),
        ({"document": {"title": "书", "address": "https://files.example/1.pdf"}}, 422),
        ({"document": {"title": "致13812345678"}}, 422),
        ({"document": {"title": "书"}}, 201),
    ],
)
async def test_what_cannot_be_a_mandate_is_refused(
    hire: Hire, more: dict[str, object], status: int
) -> None:
    staff = await hire("tianya")
    said = {
        "department_id": await staff.department(),
        "item_ids": [await staff.item()],
        "powers": ["decide"],
        "since": "2025-01-01",
        "signed_on": "2025-01-01",
        "document": PAPER,
    }
    assert (await staff.post("/mandates", {**said, **more})).status_code == status


async def test_a_department_gives_a_mandate_for_its_own_items_alone(hire: Hire) -> None:
    staff = await hire("tianya")
    own, other, item = await staff.department(), await staff.department(), await staff.item()
    assigned = text("UPDATE item SET department_id = :own WHERE centre_id = :at AND id = :item")
    async with staff.kept.engine.connect() as connection:
        values = {"own": UUID(own), "at": staff.centre, "item": UUID(item)}
        await connection.execute(assigned, values)
    said = {
        "item_ids": [item],
        "powers": ["decide"],
        "since": "2025-01-01",
        "signed_on": "2025-01-01",
        "document": PAPER,
    }
    refused = await staff.post("/mandates", {**said, "department_id": other})
    assert (refused.status_code, refused.json()["code"]) == (422, "impossible_fact")
    assert (await staff.post("/mandates", {**said, "department_id": own})).status_code == 201


async def test_mandates_are_listed_by_department_and_item(hire: Hire) -> None:
    staff = await hire("tianya")
    item, other = await staff.item(), await staff.item()
    one, two = await granted(staff, item), await granted(staff, other)

    async def found(**query: object) -> list[str]:
        answer = await staff.get("/mandates", **query)
        return [each["id"] for each in answer.json()["items"]]

    assert await found() == [one["id"], two["id"]]
    assert await found(item_id=item) == [one["id"]]
    assert await found(department_id=two["department_id"]) == [two["id"]]
    assert await found(department_id=two["department_id"], item_id=item) == []


async def test_what_is_published_is_cached_and_names_nobody(hire: Hire) -> None:
    staff = await hire("tianya")
    await granted(staff, await staff.item())
    path = f"/v1/public/centres/{staff.centre}/mandates"
    first = await staff.client.get(path)
    again = await staff.client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "public" in first.headers["cache-control"]
    (item,) = first.json()["items"]
    assert item.keys().isdisjoint({"entered_by", "revoked_because", "version"})


@row("shapotou/20")
async def test_a_mandate_that_is_withheld_is_not_published(hire: Hire) -> None:
    staff = await hire("shapotou")
    item = await staff.item()
    shown, hidden = (await granted(staff, item))["id"], (await granted(staff, item))["id"]
    body = {
        "kind": "mandate",
        "resource_id": hidden,
        "ground": "state_secret",
        "reason": "涉密项目",
    }
    headers = staff.issuer.bearer(centres=(staff.centre,)) | {"Idempotency-Key": uuid4().hex}
    path = staff.path("/withholdings")
    assert (await staff.client.post(path, json=body, headers=headers)).status_code == 201
    assert await published(staff, "2025-10-09") == [shown]
    assert len((await staff.get("/mandates")).json()["items"]) == 2


async def test_a_mandate_is_of_a_department_that_is_there_and_for_its_own_windows(
    hire: Hire,
) -> None:
    staff = await hire("tianya")
    one, other = await staff.department(since="2025-01-02"), await staff.department()
    said = {
        "department_id": one,
        "item_ids": [await staff.item()],
        "powers": ["decide"],
        "since": "2025-01-02",
        "signed_on": "2025-01-01",
        "document": PAPER,
    }

    async def window(**more: object) -> str:
        known = {"kind": "own", "name": "窗口", "department_id": other, "reason": "统一安排"}
        return str((await staff.made("/windows", {**known, **more}))["id"])

    early = await staff.post("/mandates", {**said, "since": "2025-01-01"})
    assert (early.status_code, early.json()["code"]) == (409, "department_not_at_centre")
    for window_id, status in (
        (await window(), 422),
        (await window(kind="comprehensive"), 201),
        (await window(department_id=one), 201),
    ):
        answer = await staff.post("/mandates", {**said, "window_id": window_id})
        assert answer.status_code == status
