"""Staff records over HTTP: dual management, each side keeps its own."""

import pytest

from app.domain.organisation.authority import Body
from tests.api.conftest import Speaker
from tests.api.people.conftest import Hire
from tests.api.people.staff import Staff, cited, speaking
from tests.rows import row

ATTENDANCE = {"kind": "daily", "day": "2025-10-09", "code": "attendance"}
PERSONNEL = {"kind": "personnel", "day": "2025-10-09", "code": "salary", "note": "薪级调整"}


def body_of(name: str, department: str) -> Speaker:
    return speaking(Body(name), department=department)


async def answers(
    staff: Staff, record: dict[str, str], *bodies: str, **posted: object
) -> dict[str, tuple[int, set[str]]]:
    """What each of these bodies is answered when it puts this on record of one and the same
    clerk."""
    department = await staff.department()
    posting = await staff.posting(department, **posted)
    found = {}
    for body in bodies:
        answer = await staff.post(
            f"/postings/{posting}/records", record, by=body_of(body, department)
        )
        refused = answer.status_code != 201
        found[body] = (answer.status_code, cited(answer) if refused else set())
    return found


KEPT: tuple[int, set[str]] = (201, set())


@row("erdos-hitech/5")
async def test_at_the_hitech_zone_the_centre_keeps_the_days_and_the_department_the_business(
    hire: Hire,
) -> None:
    staff = await hire("erdos-hitech")
    assert await answers(staff, ATTENDANCE, "department", "centre") == {
        "department": (403, {"erdos-hitech/5"}),
        "centre": KEPT,
    }
    business = {**ATTENDANCE, "kind": "business"}
    assert await answers(staff, business, "centre", "department") == {
        "centre": (403, {"erdos-hitech/5"}),
        "department": KEPT,
    }


@row("shapotou/15")
async def test_at_a_hall_the_centre_alone_keeps_the_days(hire: Hire) -> None:
    staff = await hire("shapotou", "county")
    found = await answers(staff, ATTENDANCE, "department", "township_centre", "centre")
    assert found["department"][0] == found["township_centre"][0] == 403
    assert "shapotou/15" in found["department"][1]
    assert found["centre"] == KEPT


@row("shapotou/16")
async def test_at_a_township_the_sender_of_police_keeps_days_too(hire: Hire) -> None:
    staff = await hire("shapotou", "township")
    police = await answers(
        staff, ATTENDANCE, "police_station", "township_centre", "centre", police=True
    )
    assert police == {
        "police_station": KEPT,
        "township_centre": KEPT,
        "centre": (403, {"shapotou/16"}),
    }
    others = await answers(staff, ATTENDANCE, "department", "police_station", "township_centre")
    assert others == {
        "department": (403, {"shapotou/16"}),
        "police_station": (403, {"shapotou/16"}),
        "township_centre": KEPT,
    }


@row("shapotou/17")
async def test_an_agent_of_a_village_has_two_masters_and_the_county_is_none(hire: Hire) -> None:
    staff = await hire("shapotou", "village")
    found = await answers(
        staff,
        ATTENDANCE,
        "centre",
        "township_centre",
        "village_committee",
        role="village_agent",
    )
    assert found == {
        "centre": (403, {"shapotou/17"}),
        "township_centre": KEPT,
        "village_committee": KEPT,
    }


@row("shapotou/8.1")
async def test_a_head_keeps_the_days_of_the_own_department_for_the_own_term(hire: Hire) -> None:
    staff = await hire("shapotou", "county")
    own, other = await staff.department(), await staff.department()
    subject = "head-of-one"
    person = await staff.person(subject=subject, name="李四")
    office = await staff.made(
        "/appointments",
        {
            "office": "approval_office_head",
            "person_id": person,
            "department_id": own,
            "since": "2025-01-02",
        },
    )
    head = speaking(subject=subject)
    leave = {**ATTENDANCE, "code": "leave"}
    foreign = await staff.post(f"/postings/{await staff.posting(other)}/records", leave, by=head)
    assert foreign.status_code == 403
    assert "shapotou/8.1" in cited(foreign)
    posting = await staff.posting(own)
    assert (await staff.post(f"/postings/{posting}/records", leave, by=head)).status_code == 201
    await staff.get(f"/appointments/{office['id']}")
    ended = await staff.post(
        f"/appointments/{office['id']}/end", {"until": "2025-10-08", "reason": "任期届满"}
    )
    assert ended.status_code == 201, ended.text
    after = await staff.post(f"/postings/{posting}/records", leave, by=head)
    assert after.status_code == 403


@row("nanchang/9")
async def test_at_nanchang_pay_is_the_departments_and_the_days_the_committees(hire: Hire) -> None:
    staff = await hire("nanchang")
    assert await answers(staff, PERSONNEL, "management_committee", "department") == {
        "management_committee": (403, {"nanchang/9"}),
        "department": KEPT,
    }
    assert await answers(staff, ATTENDANCE, "department", "management_committee") == {
        "department": (403, {"nanchang/9"}),
        "management_committee": KEPT,
    }
    transfer = {"kind": "party_relation", "day": "2025-10-09", "code": "transferred"}
    assert await answers(staff, transfer, "department", "management_committee") == {
        "department": (403, {"nanchang/9"}),
        "management_committee": KEPT,
    }


async def test_a_department_speaks_for_its_own_people_alone(hire: Hire) -> None:
    staff = await hire("nanchang")
    posting = await staff.posting(await staff.department())
    another = await staff.department()
    answer = await staff.post(
        f"/postings/{posting}/records", PERSONNEL, by=body_of("department", another)
    )
    assert (answer.status_code, cited(answer)) == (403, {"nanchang/9"})


@row("aohan/21")
async def test_performance_pay_is_put_on_record_by_the_centre(hire: Hire) -> None:
    staff = await hire("aohan")
    pay = {"kind": "performance_pay", "day": "2025-10-01", "code": "paid", "note": "十月"}
    assert await answers(staff, pay, "department", "centre") == {
        "department": (403, {"aohan/21"}),
        "centre": KEPT,
    }


@row("aohan/21")
async def test_only_a_member_whose_relation_has_not_come_is_named(hire: Hire) -> None:
    staff = await hire("aohan")
    department = await staff.department()
    member = await staff.posting(department, party_member=True)
    await staff.posting(department, party_member=False)
    await staff.posting(department)

    async def missing(on: str) -> list[tuple[str, list[str]]]:
        found = (await staff.get("/postings/gaps", on=on)).json()["items"]
        return [(each["posting_id"], each["finding"]["rows"]) for each in found]

    assert await missing("2025-10-09") == [(member, ["aohan/21"])]
    transfer = {"kind": "party_relation", "day": "2025-10-08", "code": "transferred"}
    kept = await staff.post(
        f"/postings/{member}/records", transfer, by=body_of("centre", department)
    )
    assert kept.status_code == 201
    assert await missing("2025-10-09") == await missing("2025-10-08") == []
    assert await missing("2025-10-07") == [(member, ["aohan/21"])]
    assert await missing("2025-01-01") == []  # nobody was there yet


@row("tianya/4")
async def test_at_tianya_the_days_are_the_communitys_and_the_business_the_bureaus(
    hire: Hire,
) -> None:
    staff = await hire("tianya", "township")
    assert await answers(staff, ATTENDANCE, "bureau", "community") == {
        "bureau": (403, {"tianya/4"}),
        "community": KEPT,
    }
    business = {**ATTENDANCE, "kind": "business"}
    assert await answers(staff, business, "community", "bureau") == {
        "community": (403, {"tianya/4"}),
        "bureau": KEPT,
    }


@pytest.mark.parametrize("kind", ["personnel", "performance_pay"])
async def test_a_text_that_is_silent_on_pay_lets_either_side_keep_it(hire: Hire, kind: str) -> None:
    staff = await hire("tianya", "township")
    found = await answers(staff, {**PERSONNEL, "kind": kind}, "department", "community")
    assert found == {"department": KEPT, "community": KEPT}


@pytest.mark.parametrize(
    ("record", "status"),
    [
        ({**ATTENDANCE, "day": "2025-10-10"}, 422),  # tomorrow
        ({**ATTENDANCE, "day": "2025-09-30"}, 422),  # before the first day at the post
        ({**ATTENDANCE, "day": "2025-10-08"}, 201),
        ({**PERSONNEL, "day": "2025-09-30"}, 201),
        ({**ATTENDANCE, "note": "联系13812345678"}, 422),
    ],
)
async def test_what_is_on_record_has_happened_and_at_the_post(
    hire: Hire, record: dict[str, str], status: int
) -> None:
    staff = await hire("aohan")
    posting = await staff.posting(await staff.department(), since="2025-10-08")
    answer = await staff.post(f"/postings/{posting}/records", record)
    assert answer.status_code == status, answer.text


async def test_a_list_of_records_does_not_tell_what_is_written_in_them(hire: Hire) -> None:
    staff = await hire("nanchang")
    path = f"/postings/{await staff.posting(await staff.department())}/records"
    by = speaking(Body.MANAGEMENT_COMMITTEE)
    kept = await staff.post(path, {**ATTENDANCE, "note": "迟到十分钟"}, by=by)
    listed = await staff.get(path, kind="daily")
    assert listed.json()["items"] == [kept.json()]
    assert kept.json()["has_note"]
    assert "迟到十分钟" not in kept.text + listed.text
    assert (await staff.get(path, kind="business")).json()["items"] == []
