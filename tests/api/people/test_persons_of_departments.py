"""Whose people they are: a token that speaks for departments alone opens no stranger's data."""

import httpx
import pytest

from app.domain.organisation.authority import Body
from tests.api.conftest import Speaker
from tests.api.people.conftest import Hire
from tests.api.people.staff import Staff, speaking

PHONE = "13812345678"


async def opened(staff: Staff, person: str, by: Speaker) -> httpx.Response:
    said = {"purpose": "联系本人", "fields": ["phone"], "records": True}
    return await staff.post(f"/persons/{person}/disclosures", said, by=by)


async def found(staff: Staff, by: Speaker) -> int:
    answer = await staff.post("/persons/search", {"purpose": "查重", "phone": PHONE}, by=by)
    return len(answer.json()["items"])


async def test_a_department_opens_the_data_of_its_own_people_while_they_are(hire: Hire) -> None:
    staff = await hire("aohan")
    one, other = await staff.department(), await staff.department()
    person = await staff.person(phone=PHONE)
    first = await staff.posting(one, person_id=person)
    note = {"kind": "daily", "day": "2025-10-08", "code": "late", "note": "迟到"}
    await staff.made(f"/postings/{first}/records", note)
    body = {"until": "2025-10-31", "reason": "轮换"}
    await staff.get(f"/postings/{first}")
    await staff.post(f"/postings/{first}/end", body)
    before, after = (speaking(Body.DEPARTMENT, department=each) for each in (one, other))
    shown = await opened(staff, person, before)
    assert (shown.json()["phone"], len(shown.json()["records"])) == (PHONE, 1)
    refused = await opened(staff, person, after)
    assert (refused.status_code, refused.json()["code"]) == (403, "person_of_another_department")
    assert (await found(staff, before), await found(staff, after)) == (1, 0)
    await staff.posting(other, person_id=person, since="2025-11-01")
    staff.on("2025-11-01")
    assert (await opened(staff, person, before)).status_code == 403
    shown = await opened(staff, person, after)
    assert (shown.json()["phone"], shown.json()["records"]) == (PHONE, [])


async def test_a_department_opens_the_data_of_whoever_is_in_office_there(hire: Hire) -> None:
    staff = await hire("aohan")
    one, person = await staff.department(), await staff.person(phone=PHONE)
    own = speaking(Body.DEPARTMENT, department=one)
    assert (await opened(staff, person, own)).status_code == 403
    office = {"office": "liaison", "person_id": person, "department_id": one}
    await staff.made("/appointments", {**office, "since": "2025-10-09"})
    assert (await opened(staff, person, own)).status_code == 201


@pytest.mark.parametrize(
    ("bodies", "status"),
    [
        ((Body.WINDOW_CLERK,), 403),
        ((Body.DEPARTMENT, Body.CENTRE), 201),
        ((Body.BUREAU,), 201),
        ((), 201),
    ],
)
async def test_a_body_above_the_departments_speaks_for_all(
    hire: Hire, bodies: tuple[Body, ...], status: int
) -> None:
    staff = await hire("aohan")
    person = await staff.person(phone=PHONE)
    by = speaking(*bodies)
    assert (await opened(staff, person, by)).status_code == status
    assert await found(staff, by) == int(status == 201)


async def test_a_token_of_a_department_that_names_no_body_is_confined_as_well(hire: Hire) -> None:
    staff = await hire("aohan")
    by = speaking(department=await staff.department())
    assert (await opened(staff, await staff.person(), by)).status_code == 403
