"""The kind of place a centre is, over HTTP: set where it was left open, and asked of each text."""

import asyncio

from tests.api.organisation.seat import Seating
from tests.rows import row


@row("tianya/2")
async def test_a_centre_of_no_type_is_given_one_and_may_adopt_tianya(seat: Seating) -> None:
    place = await seat("nanchang")
    body = {"regulation": "tianya", "since": "2025-10-11"}
    refused = await place.post("/adoptions", body)
    assert (refused.status_code, refused.json()["decision"]["missing"]) == (422, ["unit_type"])
    etag = (await place.get("")).headers["etag"]
    said = {"unit_type": "community_station"}
    assert (await place.post("/unit-type", {"unit_type": "hall"}, etag=etag)).status_code == 422
    made = await place.post("/unit-type", said, etag=etag)
    assert (made.status_code, made.headers["etag"]) == (201, '"2.2025-10-09"')
    assert made.json()["unit_type"] == "community_station"
    assert (await place.get("")).json() == made.json()
    assert (await place.post("/unit-type", said, etag=etag)).status_code == 412
    same = await place.post("/unit-type", said, etag=made.headers["etag"])
    assert (same.status_code, same.json()["code"]) == (409, "unit_type_stands")
    assert (await place.post("/adoptions", body)).status_code == 201


@row("tianya/2", "nanchang/55")
async def test_every_text_of_now_and_later_is_asked_whether_it_reaches_the_type(
    seat: Seating,
) -> None:
    place = await seat("nanchang")
    for unit_type, before in (("county_hall", None), ("specialised_hall", "county_hall")):
        etag = (await place.get("")).headers["etag"]
        made = await place.post("/unit-type", {"unit_type": unit_type}, etag=etag)
        assert made.status_code == 201, made.text
        if before is None:
            adopted = {"regulation": "tianya", "since": "2025-10-11"}
            assert (await place.post("/adoptions", adopted)).status_code == 201
    first, last = (e for e in await place.entries() if e["action"] == "unit_type_set")
    assert first["facts"] == {"unit_type": "county_hall", "before": None}
    assert last["facts"] == {"unit_type": "specialised_hall", "before": "county_hall"}
    assert (first["rows"], last["rows"]) == ([], ["nanchang/55", "tianya/2"])


async def test_of_two_who_set_the_type_at_once_one_is_refused(seat: Seating) -> None:
    place = await seat("aohan")
    etag = (await place.get("")).headers["etag"]
    both = await asyncio.gather(
        *(
            place.post("/unit-type", {"unit_type": kind}, etag=etag)
            for kind in ("county_hall", "specialised_hall")
        )
    )
    assert sorted(answer.status_code for answer in both) == [201, 412]


async def test_a_draft_that_was_answered_for_is_not_asked_again_for_its_type(
    seat: Seating,
) -> None:
    place = await seat("shapotou")
    etag = (await place.get("")).headers["etag"]
    assert (await place.post("/unit-type", {"unit_type": "county_hall"})).status_code == 428
    made = await place.post("/unit-type", {"unit_type": "county_hall"}, etag=etag)
    assert made.status_code == 201, made.text
