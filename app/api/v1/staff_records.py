"""Staff records (人员记录): daily, business, personnel and party records, each kept by its side."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api.in_centre import InCentre
from app.api.openapi import responses
from app.api.personal_keys import NOTE, VaultDep, box_of
from app.api.place import RepositoriesDep, VisibleCentre
from app.api.uow import WorkRoute
from app.api.v1.postings import POSTING, READS, WRITES, entered
from app.api.v1.schemas.page import next_after
from app.api.v1.schemas.posting import RecordIn, RecordOut, RecordsOut, RecordsQuery
from app.api.wire import Json
from app.db import persons, postings, staff_records
from app.db.ids import uuid7
from app.domain.casework.acts import refuse_personal_values
from app.domain.personal import PersonErased
from app.domain.staffing.record import GUARD, StaffRecord, check_day

router = APIRouter(tags=["人员"], route_class=WorkRoute)

RECORDS: Final = POSTING + "/records"


@router.get(RECORDS, summary="人员记录", dependencies=READS)
async def list_staff_records(
    centre: VisibleCentre,
    posting_id: UUID,
    kept: RepositoriesDep,
    query: Annotated[RecordsQuery, Query()],
) -> RecordsOut:
    """种类、日期与登记人；所写内容只随未脱敏的个人信息一并给出（disclosures）。"""
    async with kept.engine.connect() as connection:
        await postings.get(connection, centre.id, posting_id)
        found = await staff_records.listed(
            connection,
            (centre.id, posting_id),
            kind=query.kind,
            after=query.after,
            limit=query.limit,
        )
    items = [_out(each.record, each.entered_by, has_note=bool(each.note_sealed)) for each in found]
    return RecordsOut(items=items, next=next_after(found, query.limit))


@router.post(
    RECORDS,
    summary="登记人员记录",
    status_code=201,
    response_model=RecordOut,
    dependencies=WRITES,
    responses=responses(409),
)
async def add_staff_record(
    posting_id: UUID, body: Json[RecordIn], here: InCentre, vault: VaultDep
) -> Response:
    """双重管理：哪一类由哪一方登记，依规定；另一方登记的为 403，引明条目。"""
    refuse_personal_values(body)
    record = StaffRecord(
        id=uuid7(), posting_id=posting_id, kind=body.kind, code=body.code, day=body.day
    )
    here.work.subject = ("staff_record", record.id)
    connection, centre_id = here.connection, here.centre.id
    posting = await postings.get(connection, centre_id, posting_id)
    ruled = await here.entitled(
        GUARD[record.kind], department_id=posting.department_id, police=posting.police
    )
    check_day(record, posting, here.on)
    person = await persons.taken(connection, centre_id, posting.person_id)
    if person.erased_at is not None:
        raise PersonErased
    sealed = None
    if body.note is not None:
        box = await box_of(connection, vault, centre_id)
        sealed = box.seal(record.id, NOTE, body.note)
    await staff_records.add(connection, centre_id, record, sealed, entered(here))
    facts = {
        "posting_id": str(posting_id),
        "kind": record.kind.value,
        "code": record.code,
        "day": record.day.isoformat(),
    }
    rows = [row for finding in ruled.findings for row in finding.rows]
    await here.work.enter("recorded", facts, rows=rows)
    by = here.work.caller.subject
    return await here.work.answer(_out(record, by, has_note=sealed is not None))


def _out(record: StaffRecord, by: str, *, has_note: bool) -> RecordOut:
    return RecordOut(
        id=record.id,
        posting_id=record.posting_id,
        kind=record.kind,
        code=record.code,
        day=record.day,
        entered_by=by,
        has_note=has_note,
    )
