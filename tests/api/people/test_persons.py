"""People over HTTP: masked for all, corrected, disclosed for a purpose on record, erased."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from app.db import demo
from app.db.ids import uuid7
from tests.api.conftest import Speaker
from tests.api.people.conftest import Hire
from tests.api.people.staff import Staff

# Any: answers are read as the free JSON that they are.
Json = dict[str, Any]
ID_NUMBER = "11010519491231002X"
OTHER_NUMBER = "360102199003078008"
KNOWN = {"name": "欧阳小明", "id_number": ID_NUMBER, "phone": "+86 138-1234-5678"}
MASKED = {"name": "欧***", "id_number": "110***********002X", "phone": "138****5678"}
DISCLOSED = {"name": "欧阳小明", "id_number": ID_NUMBER, "phone": "13812345678"}
EVERY_FIELD = ["name", "id_number", "phone"]


async def disclosed(staff: Staff, person: str, *fields: str, **more: object) -> Json:
    said = {"purpose": "核对证件", "fields": fields or EVERY_FIELD, **more}
    answer = await staff.post(f"/persons/{person}/disclosures", said)
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found


async def entries(staff: Staff, action: str) -> list[tuple[str, Json]]:
    """Who did it and with which facts, in the order in which it was entered."""
    statement = text(
        "SELECT actor, facts FROM ledger WHERE centre_id = :centre AND action = :action ORDER BY id"
    )
    values = {"centre": staff.centre, "action": action}
    async with staff.kept.engine.connect() as connection:
        return [(row.actor, row.facts) for row in await connection.execute(statement, values)]


async def test_a_person_is_shown_masked_whoever_asks(hire: Hire) -> None:
    staff = await hire("aohan")
    person = await staff.person(**KNOWN)
    one = await staff.get(f"/persons/{person}")
    (listed,) = (await staff.get("/persons")).json()["items"]
    assert {name: one.json()[name] for name in MASKED} == MASKED
    assert listed == {"id": person, "name": MASKED["name"], "role": "clerk", "erased": False}
    for secret in DISCLOSED.values():
        assert secret not in one.text


async def test_every_full_reading_is_an_entry_that_names_fields_and_no_values(hire: Hire) -> None:
    staff = await hire("aohan")
    person = await staff.person(**KNOWN)
    for fields in (["phone"], EVERY_FIELD):
        shown = await disclosed(staff, person, *fields)
        assert {name: shown[name] for name in fields} == {name: DISCLOSED[name] for name in fields}
        assert all(shown[name] is None for name in set(EVERY_FIELD) - set(fields))
    found = await entries(staff, "disclosed")
    assert [(actor, facts["fields"]) for actor, facts in found] == [
        ("tester", ["phone"]),
        ("tester", EVERY_FIELD),
    ]
    assert all(facts["purpose"] == "核对证件" for _, facts in found)


async def test_a_full_reading_is_kept_by_no_cache_and_needs_its_own_scope(hire: Hire) -> None:
    staff = await hire("aohan")
    path = f"/persons/{await staff.person(**KNOWN)}/disclosures"
    said = {"purpose": "核对证件", "fields": ["name"]}
    key = {"Idempotency-Key": uuid4().hex}
    headers = {**staff.token(Speaker()), **key}
    first = await staff.client.post(staff.path(path), json=said, headers=headers)
    again = await staff.client.post(staff.path(path), json=said, headers=headers)
    assert first.headers["cache-control"] == again.headers["cache-control"] == "no-store"
    assert first.content == again.content
    poor = staff.issuer.bearer("centres:read", "people:write", centres=(staff.centre,))
    refused = await staff.client.post(staff.path(path), json=said, headers={**poor, **key})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert len(await entries(staff, "disclosed")) == 1


async def test_a_purpose_is_said_and_is_nobodys_number(hire: Hire) -> None:
    staff = await hire("aohan")
    path = f"/persons/{await staff.person()}/disclosures"
    assert (await staff.post(path, {"fields": ["name"]})).status_code == 422
    said = {"purpose": f"查{ID_NUMBER}", "fields": ["name"]}
    assert (await staff.post(path, said)).json()["code"] == "personal_value"


async def test_what_was_registered_wrong_is_corrected_and_the_entry_names_the_fields(
    hire: Hire,
) -> None:
    staff = await hire("aohan")
    person = await staff.person(**KNOWN)
    said = {
        "reason": "录入有误",
        "name": "欧阳晓明",
        "id_number": OTHER_NUMBER,
        "removed": ["phone"],
    }
    answer = await staff.post(f"/persons/{person}/correction", said)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["phone"], answer.headers["etag"]) == (None, '"2"')
    shown = await disclosed(staff, person)
    assert [shown[name] for name in EVERY_FIELD] == ["欧阳晓明", OTHER_NUMBER, None]
    ((_, facts),) = await entries(staff, "corrected")
    assert facts["fields"] == ["name", "id_number", "phone"]
    stale = await staff.post(f"/persons/{person}/correction", said, etag='"1"')
    assert (stale.status_code, stale.json()["code"]) == (412, "changed_meanwhile")


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"removed": ["name"]},
        {"removed": ["phone"], "phone": "13812345678"},
        {"id_number": "110105194912310021"},
        {"name": "  "},
        {"subject": "13812345678"},
        {"subject": "a b"},
    ],
)
async def test_a_correction_that_cannot_be_changes_nothing(
    hire: Hire, said: dict[str, object]
) -> None:
    staff = await hire("aohan")
    person = await staff.person(**KNOWN)
    answer = await staff.post(f"/persons/{person}/correction", {"reason": "更正", **said})
    assert answer.status_code == 422, answer.text
    assert (await staff.get(f"/persons/{person}")).headers["etag"] == '"1"'


async def test_a_person_is_found_by_number_and_the_search_is_on_record(hire: Hire) -> None:
    staff, elsewhere = await hire("aohan"), await hire("aohan")
    person = await staff.person(**KNOWN)

    async def found(place: Staff, **by: str) -> list[str]:
        answer = await place.post("/persons/search", {"purpose": "查重", **by})
        assert answer.status_code == 200, answer.text
        assert not any(secret in answer.text for secret in DISCLOSED.values())
        return [each["id"] for each in answer.json()["items"]]

    assert await found(staff, id_number=ID_NUMBER.lower()) == [person]
    assert await found(staff, phone="13812345678") == [person]
    assert await found(staff, id_number=OTHER_NUMBER) == []
    assert await found(elsewhere, id_number=ID_NUMBER) == []
    sought = await entries(staff, "searched")
    assert [(facts["field"], facts["found"]) for _, facts in sought] == [
        ("id_number", [person]),
        ("phone", [person]),
        ("id_number", []),
    ]


@pytest.mark.parametrize("by", [{}, {"id_number": ID_NUMBER, "phone": "13812345678"}])
async def test_a_search_is_by_one_of_the_two(hire: Hire, by: dict[str, str]) -> None:
    staff = await hire("aohan")
    answer = await staff.post("/persons/search", {"purpose": "查重", **by})
    assert (answer.status_code, answer.json()["code"]) == (422, "impossible_fact")


async def test_a_person_is_registered_once_in_a_centre(hire: Hire) -> None:
    staff, elsewhere = await hire("aohan"), await hire("aohan")
    await staff.person(**KNOWN, subject="one")
    for twice in (
        {"subject": "one"},
        {"subject": "two", "id_number": ID_NUMBER},
    ):
        answer = await staff.post("/persons", {"name": "张三", "role": "clerk", **twice})
        assert (answer.status_code, answer.json()["code"]) == (409, "person_known")
        assert ID_NUMBER not in answer.text
    assert await staff.person(subject="two", phone="13812345678")
    assert await elsewhere.person(**KNOWN, subject="one")


async def test_an_erasure_takes_away_everything_but_the_id(hire: Hire) -> None:
    staff = await hire("nanchang")
    person = await staff.person(**KNOWN, subject="one")
    posting = await staff.posting(
        await staff.department(), person_id=person, since="2025-10-09", party_member=True
    )
    record = {"kind": "daily", "day": "2025-10-09", "code": "late", "note": "迟到十分钟"}
    await staff.made(f"/postings/{posting}/records", record)
    assert (await disclosed(staff, person, records=True))["records"][0]["note"] == "迟到十分钟"
    await staff.get(f"/postings/{posting}")
    await staff.post(f"/postings/{posting}/end", {"until": "2025-10-09", "reason": "调离"})
    staff.on("2025-10-10")
    answer = await staff.post(f"/persons/{person}/erasure", {"reason": "本人申请"}, etag='"1"')
    assert answer.status_code == 201, answer.text
    gone = {"name": "*", "id_number": None, "phone": None, "erased": True}
    assert {name: answer.json()[name] for name in gone} == gone
    assert (await staff.get("/persons")).json()["items"][0]["name"] == "*"
    assert await _left(staff, person) == []
    assert await staff.person(**KNOWN, subject="one")


async def test_nothing_is_entered_of_somebody_who_is_erased(hire: Hire) -> None:
    staff = await hire("nanchang")
    person, department = await staff.person(**KNOWN), await staff.department()
    former = await staff.posting(department, person_id=person)
    left = {"until": "2025-10-08", "reason": "调离"}
    await staff.post(f"/postings/{former}/end", left, etag='"1"')
    done = await staff.post(f"/persons/{person}/erasure", {"reason": "本人申请"}, etag='"1"')
    assert done.status_code == 201
    duty = {"title": "窗口值班", "since": "2025-10-01", "window_related": True}
    posting = {
        "person_id": person,
        "department_id": department,
        "role": "window_clerk",
        "since": "2025-11-01",
    }
    for path, said in (
        (f"/persons/{person}/disclosures", {"purpose": "核对", "fields": ["name"]}),
        (f"/persons/{person}/correction", {"reason": "更正", "name": "张三"}),
        (f"/persons/{person}/erasure", {"reason": "再次"}),
        ("/postings", posting),
        (f"/postings/{former}/duties", duty),
    ):
        again = await staff.post(path, said, etag='"2"')
        assert (again.status_code, again.json()["code"]) == (409, "person_erased")


async def _left(staff: Staff, person: str) -> list[str]:
    """The columns of person, postings and records that still hold something personal."""
    statement = text("""
        SELECT key FROM (
            SELECT key, value FROM person, jsonb_each(to_jsonb(person))
             WHERE centre_id = :centre AND person.id = :person
            UNION ALL SELECT 'party_member', to_jsonb(party_member) FROM posting
             WHERE centre_id = :centre AND person_id = :person
            UNION ALL SELECT 'note_sealed', to_jsonb(note_sealed) FROM staff_record
             WHERE centre_id = :centre
        ) AS kept WHERE value IS NOT NULL AND value <> 'null'
          AND key NOT IN ('centre_id', 'id', 'role', 'erased_at', 'version')
          AND NOT (key = 'subject' AND value = to_jsonb('erased:' || :id))
    """)
    values = {"centre": staff.centre, "person": UUID(person), "id": person}
    async with staff.kept.engine.connect() as connection:
        return [str(row.key) for row in await connection.execute(statement, values)]


@pytest.mark.parametrize("ends", [None, "2025-10-09", "2025-10-31"])
async def test_nobody_is_erased_while_the_posting_goes_on(hire: Hire, ends: str | None) -> None:
    staff = await hire("aohan")
    person = await staff.person()
    posting = await staff.posting(await staff.department(), person_id=person)
    if ends:
        await staff.post(f"/postings/{posting}/end", {"until": ends, "reason": "轮换"})
    await staff.get(f"/persons/{person}")
    refused = await staff.post(f"/persons/{person}/erasure", {"reason": "本人申请"})
    assert (refused.status_code, refused.json()["code"]) == (409, "person_needed")
    assert "派驻" in refused.json()["detail"]


async def test_nobody_is_erased_who_holds_an_office_or_has_a_duty(hire: Hire) -> None:
    staff = await hire("tianya")
    department = await staff.department()
    head, clerk = await staff.person(), await staff.person()
    office = {
        "office": "department_head",
        "person_id": head,
        "department_id": department,
        "since": "2025-01-02",
    }
    await staff.made("/appointments", office)
    posting = await staff.posting(department, person_id=clerk)
    duty = {"title": "窗口值班", "since": "2025-10-01", "window_related": True}
    await staff.made(f"/postings/{posting}/duties", duty)
    await staff.get(f"/postings/{posting}")
    await staff.post(f"/postings/{posting}/end", {"until": "2025-10-08", "reason": "轮换"})
    for person, need in ((head, "任职"), (clerk, "交办工作")):
        await staff.get(f"/persons/{person}")
        refused = await staff.post(f"/persons/{person}/erasure", {"reason": "本人申请"})
        assert refused.json()["code"] == "person_needed"
        assert need in refused.json()["detail"]


async def test_the_demonstrations_people_are_masked_in_their_roles(hire: Hire) -> None:
    staff = await hire("nanchang")
    staff.centre = demo.CENTRES[2].id
    answer = await staff.get("/persons")
    roles = [one["role"] for one in answer.json()["items"][:5]]
    assert roles == ["clerk", "clerk", "chief_representative", "window_head", "centre"]
    for person, name in zip(demo.persons_of(3), demo.NAMES, strict=True):
        assert name not in answer.text
        assert person.subject not in answer.text


async def test_who_is_not_there_is_not_found(hire: Hire) -> None:
    staff, elsewhere = await hire("aohan"), await hire("aohan")
    foreign = await elsewhere.person()
    for nobody in (foreign, str(uuid7())):
        assert (await staff.get(f"/persons/{nobody}")).status_code == 404
        said = {"purpose": "核对", "fields": ["name"]}
        answer = await staff.post(f"/persons/{nobody}/disclosures", said)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
