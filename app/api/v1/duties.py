"""Duties (交办工作): what a posted person is given to do, of the window or outside it."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api.in_centre import InCentre
from app.api.openapi import responses
from app.api.place import RepositoriesDep, VisibleCentre
from app.api.uow import WorkRoute
from app.api.v1.postings import POSTING, READS, WRITES, entered
from app.api.v1.schemas.page import next_after
from app.api.v1.schemas.posting import DutiesOut, DutiesQuery, DutyIn, DutyOut, EndIn
from app.api.wire import Json
from app.db import appointments, duties, persons, postings
from app.db.ids import uuid7
from app.domain.casework.acts import refuse_personal_values
from app.domain.personal import PersonErased
from app.domain.staffing.duty import Duty, check_days, check_end, may_be_assigned
from app.domain.staffing.posting import roles_of

router = APIRouter(tags=["人员"], route_class=WorkRoute)

DUTIES: Final = POSTING + "/duties"


@router.get(DUTIES, summary="交办工作", dependencies=READS)
async def list_duties(
    centre: VisibleCentre,
    posting_id: UUID,
    kept: RepositoriesDep,
    query: Annotated[DutiesQuery, Query()],
) -> DutiesOut:
    """该派驻期间交办的工作，按登记先后、逐页取。"""
    async with kept.engine.connect() as connection:
        await postings.get(connection, centre.id, posting_id)
        found = await duties.listed(
            connection, (centre.id, posting_id), on=query.on, after=query.after, limit=query.limit
        )
    return DutiesOut(
        items=[DutyOut.model_validate(each) for each in found],
        next=next_after(found, query.limit),
    )


@router.post(
    DUTIES,
    summary="登记交办工作",
    status_code=201,
    response_model=DutyOut,
    dependencies=WRITES,
    responses=responses(409),
)
async def assign_duty(posting_id: UUID, body: Json[DutyIn], here: InCentre) -> Response:
    """规定不许在派驻期间安排窗口以外的工作的，与窗口无关的不予登记。

    到岗前就有的工作照实登记，列入缺口，直到结束。
    """
    refuse_personal_values(body)
    duty = Duty(
        id=uuid7(),
        posting_id=posting_id,
        title=body.title,
        window_related=body.window_related,
        since=body.since,
        until=body.until,
    )
    here.work.subject = ("duty", duty.id)
    connection, centre_id = here.connection, here.centre.id
    who = (await postings.get(connection, centre_id, posting_id)).person_id
    if (await persons.taken(connection, centre_id, who)).erased_at is not None:
        raise PersonErased
    posting = await postings.taken(connection, centre_id, posting_id)
    check_days(duty, posting)
    appointed = await appointments.of_person(connection, centre_id, posting.person_id)
    roles = roles_of(posting, appointed, (duty.since, duty.until))
    ruled = here.judge("duty", may_be_assigned(here.book.postings, duty, posting, roles))
    await duties.add(connection, centre_id, duty, entered(here))
    facts = {
        "posting_id": str(posting_id),
        "window_related": duty.window_related,
        "since": duty.since.isoformat(),
        "until": duty.until and duty.until.isoformat(),
    }
    rows = [row for finding in ruled.findings for row in finding.rows]
    await here.work.enter("assigned", facts, rows=rows)
    return await here.work.answer(DutyOut.model_validate(duty))


@router.post(
    DUTIES + "/{duty_id}/end",
    summary="结束交办工作",
    status_code=201,
    response_model=DutyOut,
    dependencies=WRITES,
    responses=responses(409),
)
async def end_duty(posting_id: UUID, duty_id: UUID, body: Json[EndIn], here: InCentre) -> Response:
    """写明末日（含当日）与原因；原定有末日的，只能提前，只结束一次。"""
    refuse_personal_values(body)
    here.work.subject = ("duty", duty_id)
    connection, centre_id = here.connection, here.centre.id
    await postings.taken(connection, centre_id, posting_id)
    duty = await duties.get(connection, centre_id, posting_id, duty_id)
    check_end(duty, body.until)
    await duties.end(connection, centre_id, duty, body.until, body.reason)
    await here.work.enter("ended", {"until": body.until.isoformat()})
    now = await duties.get(connection, centre_id, posting_id, duty_id)
    return await here.work.answer(DutyOut.model_validate(now))
