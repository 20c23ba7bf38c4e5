"""People (工作人员): registered, corrected, erased; shown masked, in full for a purpose."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api.in_centre import CentreWork, InCentre, standing_of
from app.api.openapi import responses
from app.api.personal_keys import (
    NOTE,
    Box,
    PersonalDataLost,
    VaultDep,
    box_for_reading,
    box_of,
    opened,
)
from app.api.place import RepositoriesDep, VisibleCentre
from app.api.security import requires
from app.api.uow import WorkRoute
from app.api.v1.schemas.page import PageQuery, next_after
from app.api.v1.schemas.person import (
    CorrectionIn,
    DisclosureIn,
    DisclosureOut,
    ErasureIn,
    FoundPersonsOut,
    NoteOut,
    PersonDetailOut,
    PersonIn,
    PersonOut,
    PersonsOut,
    SearchIn,
)
from app.api.versions import IfMatchVersion, check_version, etag_of
from app.api.wire import Json
from app.db import appointments, person_erasure, persons, postings, staff_records
from app.db.ids import uuid7
from app.db.persons import KeptPerson
from app.db.staff_records import KeptRecord
from app.domain.casework.acts import refuse_personal_values
from app.domain.organisation.centre import Person
from app.domain.personal import PersonalData, PersonErased, PersonOfAnotherDepartment

router = APIRouter(tags=["人员"], route_class=WorkRoute)

PERSONS: Final = "/centres/{centre}/persons"
PERSON: Final = PERSONS + "/{person_id}"
READS: Final = [requires("centres:read")]
WRITES: Final = [requires("people:write")]
UNMASKS: Final = [requires("personal:read")]
_NOT_KEPT: Final = {"Cache-Control": "no-store"}
_MOST_RECORDS: Final = 200
_MOST_FOUND: Final = 50


@router.get(PERSONS, summary="中心的工作人员", dependencies=READS)
async def list_persons(
    centre: VisibleCentre,
    kept: RepositoriesDep,
    vault: VaultDep,
    query: Annotated[PageQuery, Query()],
) -> PersonsOut:
    """工作人员及其身份，姓名已脱敏；按 id 排序、逐页取。"""
    async with kept.engine.connect() as connection:
        box = await box_for_reading(connection, vault, centre.id)
        found = await persons.listed(connection, centre.id, after=query.after, limit=query.limit)
    return PersonsOut(
        items=[PersonOut.of(each, _readable(each, box)) for each in found],
        next=next_after(found, query.limit),
    )


@router.post(
    PERSONS,
    summary="登记工作人员",
    status_code=201,
    response_model=PersonDetailOut,
    dependencies=WRITES,
    responses=responses(409),
)
async def add_person(body: Json[PersonIn], here: InCentre, vault: VaultDep) -> Response:
    """姓名、证件号码与电话加密保存，此后只以脱敏形式给出；证件号码按 GB 11643 校验。

    同一中心内，令牌主体与证件号码各只登记一次。
    """
    who = Person(id=uuid7(), subject=body.subject, role=body.role)
    here.work.subject = ("person", who.id)
    personal = body.personal(here.on)
    box = await box_of(here.connection, vault, here.centre.id)
    values = [box.sealed(who.id, field, value) for field, value in personal.items()]
    await persons.add(here.connection, here.centre.id, who, values)
    fields = [field.value for field in personal]
    await here.work.enter("registered", {"role": who.role.value, "fields": fields})
    return await _answered(here, box, who.id)


@router.get(PERSON, summary="一名工作人员", dependencies=READS)
async def read_person(
    centre: VisibleCentre,
    person_id: UUID,
    kept: RepositoriesDep,
    vault: VaultDep,
    response: Response,
) -> PersonDetailOut:
    """各项均已脱敏；未脱敏的须说明用途，另行请求（disclosures）。"""
    async with kept.engine.connect() as connection:
        found = await persons.get(connection, centre.id, person_id)
        box = await box_for_reading(connection, vault, centre.id)
    response.headers["ETag"] = etag_of(found.version)
    return PersonDetailOut.of(found, _readable(found, box))


@router.post(
    PERSON + "/correction",
    summary="更正个人信息",
    status_code=201,
    response_model=PersonDetailOut,
    dependencies=WRITES,
    responses=responses(409, 412, 428),
)
async def correct_person(
    person_id: UUID,
    body: Json[CorrectionIn],
    here: InCentre,
    vault: VaultDep,
    if_match: IfMatchVersion = None,
) -> Response:
    """更正登记有误的，或去掉不再需要的；留痕只记更正了哪几项，不记取值。"""
    kept = await _taken(here, person_id, if_match)
    personal = body.personal(here.on)
    who = Person(id=kept.id, subject=body.subject or kept.subject, role=body.role or kept.role)
    box = await box_of(here.connection, vault, here.centre.id)
    values = [box.sealed(who.id, field, value) for field, value in personal.items()]
    await persons.change(here.connection, here.centre.id, who, values)
    facts = {"fields": body.fields(), "role": who.role.value, "reason": body.reason}
    await here.work.enter("corrected", facts)
    return await _answered(here, box, who.id)


@router.post(
    PERSON + "/erasure",
    summary="删除个人信息",
    status_code=201,
    response_model=PersonDetailOut,
    dependencies=WRITES,
    responses=responses(409, 412, 428),
)
async def erase_person(
    person_id: UUID,
    body: Json[ErasureIn],
    here: InCentre,
    vault: VaultDep,
    if_match: IfMatchVersion = None,
) -> Response:
    """姓名、证件号码、电话、人员记录的内容一并删除，令牌主体作废；只留编号供留痕引用，不可恢复。

    尚在派驻、任职，或有未完的交办工作的，须先结束。
    """
    refuse_personal_values(body)
    connection, centre_id = here.connection, here.centre.id
    kept = await _taken(here, person_id, if_match)
    await person_erasure.erase(connection, centre_id, kept.id, on=here.on, at=here.work.now)
    await here.work.enter("erased", {"reason": body.reason})
    return await _answered(here, await box_for_reading(connection, vault, centre_id), kept.id)


@router.post(
    PERSON + "/disclosures",
    summary="查看未脱敏的个人信息",
    status_code=201,
    response_model=DisclosureOut,
    dependencies=UNMASKS,
    responses=responses(409),
)
async def disclose_person(
    person_id: UUID, body: Json[DisclosureIn], here: InCentre, vault: VaultDep
) -> Response:
    """逐次记入审计：谁、何时、为何、看了哪几项；答复不得缓存。

    只代表部门的令牌，只能查看本部门派驻或任职的人员及其在本部门派驻期间的记录。
    """
    refuse_personal_values(body)
    here.work.subject = ("person", person_id)
    connection, centre_id = here.connection, here.centre.id
    kept = await persons.get(connection, centre_id, person_id)
    if not await _concerns(here, kept.id):
        raise PersonOfAnotherDepartment
    if kept.erased_at is not None:
        raise PersonErased
    box = await box_for_reading(connection, vault, centre_id)
    data = opened(kept, box)
    records = [_note(each, box) for each in await _records(here, kept.id)] if body.records else None
    fields = [field.value for field in dict.fromkeys(body.fields)]
    facts = {"fields": fields, "records": body.records, "purpose": body.purpose}
    await here.work.enter("disclosed", facts)
    shown = {field.value: data.of(field) for field in body.fields}
    known = {"name": None, "id_number": None, "phone": None} | shown
    out = DisclosureOut(id=kept.id, subject=kept.subject, records=records, **known)
    return await here.work.answer(out, headers=_NOT_KEPT)


@router.post(
    PERSONS + "/search",
    summary="按证件号码或电话查找",
    response_model=FoundPersonsOut,
    dependencies=UNMASKS,
)
async def find_person(body: Json[SearchIn], here: InCentre, vault: VaultDep) -> Response:
    """以盲索引查找，所得已脱敏；逐次记入审计，留痕不含所查的号码。

    只代表部门的令牌，只查到本部门派驻或任职的人员。
    """
    field, value = body.sought(here.on)
    here.work.subject = ("person", None)
    connection, centre_id = here.connection, here.centre.id
    box = await box_for_reading(connection, vault, centre_id)
    found: list[KeptPerson] = []
    if box is not None:
        sought = box.sealed(centre_id, field, value)
        among = await persons.found_by(connection, centre_id, sought, limit=_MOST_FOUND)
        found = [each for each in among if await _concerns(here, each.id)]
    ids = [str(each.id) for each in found]
    facts = {"field": field.value, "found": ids, "purpose": body.purpose}
    await here.work.enter("searched", facts)
    out = FoundPersonsOut(items=[PersonOut.of(each, _readable(each, box)) for each in found])
    return await here.work.answer(out, status=200, headers=_NOT_KEPT)


async def _taken(here: CentreWork, person_id: UUID, if_match: str | None) -> KeptPerson:
    """The person for this change alone. Raises NotFound, PersonErased, and what `check_version`
    raises."""
    here.work.subject = ("person", person_id)
    kept = await persons.taken(here.connection, here.centre.id, person_id)
    check_version(kept.version, if_match)
    if kept.erased_at is not None:
        raise PersonErased
    return kept


async def _concerns(here: CentreWork, person_id: UUID) -> bool:
    """Whether the person is the caller's business: posted from one of its departments or in office
    there, today or later; anybody's, for a caller that does not speak for departments only."""
    own = standing_of(here.work.caller).confined_to
    if own is None:
        return True
    posted = await postings.history(here.connection, here.centre.id, person_id)
    appointed = await appointments.of_person(here.connection, here.centre.id, person_id)
    of = [each.department_id for each in posted if each.goes_on(here.on)]
    in_office = [each.department_id for each in appointed if each.within(here.on, None)]
    return not own.isdisjoint([*of, *in_office])


async def _records(here: CentreWork, person_id: UUID) -> list[KeptRecord]:
    """The newest records of the person, of whichever department's posting the caller may see."""
    found = await staff_records.of_person(
        here.connection, here.centre.id, person_id, limit=_MOST_RECORDS
    )
    own = standing_of(here.work.caller).confined_to
    if own is None:
        return list(found)
    posted = await postings.history(here.connection, here.centre.id, person_id)
    shown = {each.id for each in posted if each.department_id in own}
    return [each for each in found if each.record.posting_id in shown]


async def _answered(here: CentreWork, box: Box | None, person_id: UUID) -> Response:
    now = await persons.get(here.connection, here.centre.id, person_id)
    out = PersonDetailOut.of(now, _readable(now, box))
    return await here.answer(out, now, "persons")


def _readable(kept: KeptPerson, box: Box | None) -> PersonalData:
    """The data, or none of them where the key is gone: a list does not end for that."""
    try:
        return opened(kept, box)
    except PersonalDataLost:
        return PersonalData()


def _note(kept: KeptRecord, box: Box | None) -> NoteOut:
    """Raises PersonalDataLost."""
    note = None
    if kept.note_sealed is not None:
        if box is None:
            raise PersonalDataLost
        note = box.open(kept.id, NOTE, kept.note_sealed)
    return NoteOut(
        id=kept.id,
        posting_id=kept.record.posting_id,
        kind=kept.record.kind,
        code=kept.record.code,
        day=kept.record.day,
        note=note,
    )
