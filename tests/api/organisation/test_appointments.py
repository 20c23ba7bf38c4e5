"""Appointments over HTTP: how many may hold an office, who may not leave, what is wanting."""

import asyncio
from datetime import date
from uuid import UUID

import pytest

from app.db import appointments
from app.domain.organisation.appointment import Office
from app.domain.organisation.authority import Body
from app.domain.organisation.centre import Level
from tests.api.conftest import Speaker
from tests.api.organisation.seat import Seat, Seating
from tests.api.windows.place import cited
from tests.rows import row


@row("shapotou/3.s1")
async def test_a_township_has_one_current_head(seat: Seating) -> None:
    place = await seat("shapotou", Level.TOWNSHIP)
    assert ("township_head", None, None) in await place.gaps()
    first = await place.taken("township_head")
    assert first.status_code == 201
    second = await place.taken("township_head", since="2025-12-01")
    assert (second.status_code, cited(second)) == (409, {"shapotou/3.s1"})
    assert ("township_head", None, None) not in await place.gaps()
    ended = await place.left(first.json()["id"], "2025-11-30")
    assert ended.status_code == 201
    assert (await place.taken("township_head", since="2025-11-30")).status_code == 409
    assert (await place.taken("township_head", since="2025-12-01")).status_code == 201


@row("shapotou/3.s1")
async def test_heads_that_are_appointed_at_once_are_one(seat: Seating) -> None:
    place = await seat("shapotou", Level.TOWNSHIP)
    answers = await asyncio.gather(*(place.taken("township_head") for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


@row("shapotou/3.s1")
async def test_the_head_has_a_say_at_the_stations_below_and_nowhere_else(seat: Seating) -> None:
    township = await seat("shapotou", Level.TOWNSHIP)
    village = await township.below(Level.VILLAGE)
    stranger = await seat("shapotou", Level.VILLAGE)
    person_id, subject = await township.subject()
    await township.taken("township_head", person_id=person_id)

    async def held(at: Seat, on: str) -> frozenset[tuple[Body, UUID | None]]:
        async with at.kept.engine.connect() as connection:
            return await appointments.held_by(
                connection, at.centre, subject, date.fromisoformat(on)
            )

    head = frozenset({(Body.TOWNSHIP_HEAD, None)})
    assert await held(township, "2025-10-09") == await held(village, "2025-10-09") == head
    assert await held(village, "2025-10-08") == await held(stranger, "2025-10-09") == frozenset()
    issued = {"title": "代办制度", "version": {"issued_on": "2025-10-09", "since": "2025-10-09"}}
    nobody = Speaker(subject=subject)
    assert (await village.post("/policies", issued, by=nobody)).status_code == 201
    assert (await stranger.post("/policies", issued, by=nobody)).status_code == 403


@row("shapotou/3.s2")
async def test_a_second_head_of_an_approval_office_is_refused(seat: Seating) -> None:
    place = await seat("shapotou")
    one, other = await place.department_since(), await place.department_since()
    head = ("approval_office_head", one, None)
    assert head in await place.gaps()
    assert (await place.taken("approval_office_head", department_id=one)).status_code == 201
    second = await place.taken("approval_office_head", department_id=one)
    assert (second.status_code, cited(second)) == (409, {"shapotou/3.s2"})
    assert (await place.taken("approval_office_head", department_id=other)).status_code == 201
    assert head not in await place.gaps()
    async with place.kept.engine.connect() as connection:
        office = Office.APPROVAL_OFFICE_HEAD
        for on, found in ((date(2025, 10, 8), False), (date(2025, 10, 9), True)):
            held = await appointments.holder(connection, place.centre, office, UUID(one), on)
            assert (held is not None) is found


@row("erdos-hitech/9")
async def test_the_last_liaison_stays_while_a_window_is_open(seat: Seating) -> None:
    place = await seat("erdos-hitech")
    unit = await place.department_since()
    await place.window_since(unit)
    assert ("liaison", unit, None) in await place.gaps()
    first = (await place.taken("liaison", department_id=unit, since="2025-01-02")).json()["id"]
    assert ("liaison", unit, None) not in await place.gaps()
    alone = await place.left(first, "2025-10-09")
    assert (alone.status_code, cited(alone)) == (409, {"erdos-hitech/9"})
    later = await place.taken("liaison", department_id=unit, since="2025-10-11")
    assert (await place.left(first, "2025-10-09")).status_code == 409  # nobody on the 10th
    assert (await place.left(first, "2025-10-10")).status_code == 201
    assert (await place.left(later.json()["id"], "2025-10-31")).status_code == 409


@row("erdos-hitech/9")
async def test_a_liaison_without_an_open_window_may_leave(seat: Seating) -> None:
    place = await seat("erdos-hitech")
    unit = await place.department_since()
    await place.window_since(unit, stage="closed")
    liaison = (await place.taken("liaison", department_id=unit)).json()["id"]
    assert (await place.left(liaison, "2025-10-09")).status_code == 201
    assert all(name != "liaison" for name, _, _ in await place.gaps("2025-10-10"))


@pytest.mark.parametrize("regulation", ["shapotou", "nanchang", "aohan", "tianya"])
async def test_elsewhere_the_last_liaison_may_leave(seat: Seating, regulation: str) -> None:
    place = await seat(regulation)
    unit = await place.department_since()
    await place.window_since(unit)
    liaison = (await place.taken("liaison", department_id=unit)).json()["id"]
    assert (await place.left(liaison, "2025-10-09")).status_code == 201


@row("aohan/22")
async def test_a_unit_names_one_leader_and_ends_the_first_before_the_second(seat: Seating) -> None:
    place = await seat("aohan")
    unit = await place.department_since()
    first = await place.taken("supervising_leader", department_id=unit)
    second = await place.taken("supervising_leader", department_id=unit, since="2025-10-20")
    assert (second.status_code, cited(second)) == (409, {"aohan/22"})
    assert (await place.left(first.json()["id"], "2025-10-19")).status_code == 201
    again = await place.taken("supervising_leader", department_id=unit, since="2025-10-20")
    assert again.status_code == 201


@row("aohan/22", "aohan/26")
async def test_a_unit_in_the_hall_without_leader_or_chief_is_a_gap(seat: Seating) -> None:
    place = await seat("aohan")
    unit, elsewhere = await place.department_since(), await place.department_since()
    await place.window_since(unit)
    chief = await place.taken("chief_representative", department_id=unit, since="2025-01-02")
    assert await place.gaps() == [
        ("supervising_leader", unit, None),
        ("窗口业务管理制度", unit, None),
    ]
    assert (await place.left(chief.json()["id"], "2025-10-08")).status_code == 201
    found = await place.gaps()
    assert ("chief_representative", unit, "2025-10-08") in found
    assert elsewhere not in {department for _, department, _ in found}
    cites = {gap["name"]: gap["rows"] for gap in await place.listed("/gaps", on="2025-10-09")}
    assert cites["chief_representative"] == ["aohan/26"]


@row("nanchang/12.s1")
async def test_the_chief_is_head_of_the_approval_office_and_the_only_one(seat: Seating) -> None:
    place = await seat("nanchang")
    unit, other = await place.department_since(), await place.department_since()
    head, stranger = await place.person(), await place.person()
    await place.taken("approval_office_head", department_id=unit, person_id=head)
    await place.taken("approval_office_head", department_id=other, person_id=stranger)
    chief = {"department_id": unit}
    not_head = await place.taken("chief_representative", person_id=stranger, **chief)
    assert (not_head.status_code, cited(not_head)) == (409, {"nanchang/12.s1"})
    assert (await place.taken("chief_representative", person_id=head, **chief)).status_code == 201
    third = await place.person()
    await place.taken("approval_office_head", department_id=unit, person_id=third)
    second = await place.taken("chief_representative", person_id=third, **chief)
    assert (second.status_code, cited(second)) == (409, {"nanchang/12.s1"})


@row("nanchang/12.s3")
@pytest.mark.parametrize(
    ("until", "status"),
    [("2025-10-12", 201), ("2025-10-13", 201), ("2025-10-14", 409), (None, 409)],
)
async def test_an_outside_duty_is_over_when_the_chief_begins(
    seat: Seating, until: str | None, status: int
) -> None:
    place = await seat("nanchang")
    unit, head = await place.department_since(), await place.person()
    await place.taken("approval_office_head", department_id=unit, person_id=head)
    answer = await place.taken(
        "chief_representative",
        department_id=unit,
        person_id=head,
        since="2025-10-13",
        outside_duties=[{"title": "机关工会", "until": until}],
    )
    assert answer.status_code == status
    assert status == 201 or cited(answer) == {"nanchang/12.s3"}


@row("nanchang/12.s1")
@pytest.mark.parametrize("regulation", ["erdos-hitech", "shapotou", "aohan", "tianya"])
async def test_a_silent_regulation_lets_several_be_chief_beside_other_duties(
    seat: Seating, regulation: str
) -> None:
    place = await seat(regulation)
    unit = await place.department_since()
    for _ in range(2):
        answer = await place.taken(
            "chief_representative", department_id=unit, outside_duties=[{"title": "机关工会"}]
        )
        assert answer.status_code == 201


async def test_an_office_stands_in_its_place(seat: Seating) -> None:
    county, township = await seat("shapotou"), await seat("shapotou", Level.TOWNSHIP)
    unit = await township.department_since()
    for answer in (
        await county.taken("township_head"),
        await township.taken("township_head", department_id=unit),
        await township.taken("liaison"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "office_place_wrong")


async def test_a_person_has_an_office_once_and_a_mistake_is_taken_back(seat: Seating) -> None:
    place = await seat("tianya")
    unit, person_id = await place.department_since(), await place.person()
    body = {"department_id": unit, "person_id": person_id}
    first = await place.taken("liaison", **body)
    again = await place.taken("liaison", **body)
    assert (again.status_code, again.json()["code"]) == (409, "appointment_stands")
    id_ = first.json()["id"]
    assert (await place.left(id_, "2025-10-07")).status_code == 422
    assert (await place.left(id_, "2025-10-08")).status_code == 201  # never took effect
    assert await place.listed("/appointments", on="2025-10-09") == []
    assert (await place.taken("liaison", **body)).status_code == 201


async def test_the_list_is_asked_by_day_office_department_and_person(seat: Seating) -> None:
    place = await seat("tianya")
    unit, other = await place.department_since(), await place.department_since()
    person_id = await place.person()
    await place.taken("liaison", department_id=unit, person_id=person_id)
    await place.taken("department_head", department_id=unit)
    await place.taken("liaison", department_id=other, since="2025-10-10")
    for query, found in (
        ({}, 3),
        ({"on": "2025-10-09"}, 2),
        ({"office": "liaison"}, 2),
        ({"department_id": unit}, 2),
        ({"person_id": person_id}, 1),
        ({"limit": "1"}, 1),
    ):
        assert len(await place.listed("/appointments", **query)) == found, query


async def test_what_an_appointment_tells_names_no_person(seat: Seating) -> None:
    place = await seat("nanchang")
    unit, head = await place.department_since(), await place.person()
    await place.taken(
        "liaison", department_id=unit, person_id=head, outside_duties=[{"title": "机关工会"}]
    )
    (entry,) = [e for e in await place.entries() if e["action"] == "appointed"]
    assert entry["facts"] == {
        "office": "liaison",
        "department_id": unit,
        "person_id": head,
        "since": "2025-10-09",
        "until": None,
    }


async def test_somebody_elses_person_or_a_department_that_left_is_refused(seat: Seating) -> None:
    place, other = await seat("tianya"), await seat("tianya")
    unit, foreign = await place.department_since(), await other.person()
    answer = await place.taken("liaison", department_id=unit, person_id=foreign)
    assert answer.status_code == 404
    late = await place.department_since("2025-10-10")
    answer = await place.taken("liaison", department_id=late)
    assert (answer.status_code, answer.json()["code"]) == (409, "department_not_at_centre")


async def test_the_last_day_that_can_be_written_is_a_last_day(seat: Seating) -> None:
    place = await seat("erdos-hitech")
    unit = await place.department_since()
    await place.window_since(unit)
    liaison = (await place.taken("liaison", department_id=unit)).json()["id"]
    await place.taken("liaison", department_id=unit)
    assert (await place.left(liaison, "9999-12-31")).status_code == 201
    body = {"until": "9999-12-31", "reason": "退出"}
    path = f"/departments/{unit}/closure"
    assert (await place.post(path, body, etag=place.etags[unit])).status_code == 409
    early = await place.department_since("0001-01-01")
    first = await place.taken("liaison", department_id=early, since="0001-01-01")
    assert (await place.left(first.json()["id"], "0001-01-01")).status_code == 201


@row("erdos-hitech/9")
async def test_the_last_liaison_stays_whichever_end_is_entered_first(seat: Seating) -> None:
    place = await seat("erdos-hitech")
    unit = await place.department_since()
    await place.window_since(unit)
    first = (await place.taken("liaison", department_id=unit, since="2025-01-02")).json()["id"]
    second = (await place.taken("liaison", department_id=unit, since="2025-01-02")).json()["id"]
    assert (await place.left(second, "2025-11-15")).status_code == 201
    refused = await place.left(first, "2025-10-31")  # nobody from 2025-11-16 on
    assert (refused.status_code, cited(refused)) == (409, {"erdos-hitech/9"})
    await place.taken("liaison", department_id=unit, since="2025-11-16")
    assert (await place.left(first, "2025-10-31")).status_code == 201


@row("nanchang/12.s3")
@pytest.mark.parametrize(
    ("until", "status"),
    [("2025-10-12", 201), ("2025-10-13", 201), ("2025-10-14", 409), (None, 409)],
)
async def test_an_outside_duty_on_record_is_over_when_the_chief_begins(
    seat: Seating, until: str | None, status: int
) -> None:
    place = await seat("nanchang")
    unit, head = await place.department_since(), await place.person()
    await place.taken("approval_office_head", department_id=unit, person_id=head)
    post = {"person_id": head, "department_id": unit, "role": "window_clerk", "since": "2025-01-02"}
    posting = await place.made("/postings", post)
    duty = {"title": "普查", "since": "2025-10-09", "until": until, "window_related": False}
    await place.made(f"/postings/{posting}/duties", duty)
    office = {"department_id": unit, "person_id": head, "since": "2025-10-13"}
    answer = await place.taken("chief_representative", **office)
    assert answer.status_code == status
    assert status == 201 or cited(answer) == {"nanchang/12.s3"}


async def test_who_never_took_the_office_is_no_chief_to_a_duty(seat: Seating) -> None:
    place = await seat("nanchang")
    unit, head = await place.department_since(), await place.person()
    of = {"department_id": unit, "person_id": head}
    await place.taken("approval_office_head", **of)
    chief = (await place.taken("chief_representative", since="2025-10-20", **of)).json()["id"]
    posting = await place.made("/postings", of | {"role": "window_clerk", "since": "2025-01-02"})
    days = {"since": "2025-10-13", "until": "2025-10-25", "window_related": False}
    path, duty = f"/postings/{posting}/duties", days | {"title": "普查"}
    assert (await place.post(path, duty)).status_code == 409
    assert (await place.left(chief, "2025-10-19")).status_code == 201
    assert (await place.post(path, duty)).status_code == 201
