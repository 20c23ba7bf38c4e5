"""Appointments (任命): the heads, leaders and liaisons that a regulation wants named."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api.in_centre import CentreWork, InCentre
from app.api.openapi import responses
from app.api.place import RepositoriesDep, VisibleCentre
from app.api.security import requires
from app.api.uow import WorkRoute
from app.api.v1.schemas.appointment import (
    AppointmentIn,
    AppointmentOut,
    AppointmentsOut,
    AppointmentsQuery,
    EndingIn,
)
from app.api.v1.schemas.page import next_after
from app.api.versions import IfMatchVersion, check_version, etag_of
from app.api.wire import Json
from app.db import appointments, centres, departments, duties, persons, windows
from app.db.appointments import AppointmentQuery
from app.domain.organisation.appointment import (
    Appointment,
    OutsideDuty,
    check_not_held,
    check_place,
    may_be_appointed,
    may_be_ended,
)
from app.domain.organisation.department import EndedBefore, check_there
from app.domain.personal import PersonErased

router = APIRouter(tags=["组织机构"], route_class=WorkRoute)

APPOINTMENTS: Final = "/centres/{centre}/appointments"
APPOINTMENT: Final = APPOINTMENTS + "/{appointment_id}"
READS: Final = [requires("centres:read")]
WRITES: Final = [requires("organisation:write")]


@router.get(APPOINTMENTS, summary="任命", dependencies=READS)
async def list_appointments(
    centre: VisibleCentre, kept: RepositoriesDep, query: Annotated[AppointmentsQuery, Query()]
) -> AppointmentsOut:
    """各职务由谁担任，按 id 排序；可按在任之日、职务、部门与人员筛选。"""
    asked = AppointmentQuery(
        on=query.on,
        office=query.office,
        department_id=query.department_id,
        person_id=query.person_id,
    )
    async with kept.engine.connect() as connection:
        found = await appointments.listed(
            connection, centre.id, asked, after=query.after, limit=query.limit
        )
    items = tuple(AppointmentOut.model_validate(each) for each in found)
    return AppointmentsOut(items=items, next=next_after(found, query.limit))


@router.get(APPOINTMENT, summary="一次任命", dependencies=READS)
async def read_appointment(
    appointment_id: UUID, centre: VisibleCentre, kept: RepositoriesDep, response: Response
) -> AppointmentOut:
    """其职务、部门、人员与起止。"""
    async with kept.engine.connect() as connection:
        found = await appointments.get(connection, centre.id, appointment_id)
    response.headers["ETag"] = etag_of(found.version)
    return AppointmentOut.model_validate(found)


@router.post(
    APPOINTMENTS,
    summary="任命",
    status_code=201,
    response_model=AppointmentOut,
    dependencies=WRITES,
    responses=responses(409),
)
async def appoint(body: Json[AppointmentIn], here: InCentre) -> Response:
    """任命一人担任一职。

    规章只许一人的，另有一人在任时 409。南昌的首席代表须为本部门审批处处长；其窗口以外的职责，
    所报的与登记在案的，都至迟于任命起日终止。
    """
    proposed = body.appointment(here.centre.id)
    here.work.subject = ("appointment", proposed.id)
    check_place(proposed.office, here.centre.level, proposed.department_id)
    others = await _in_turn(here, proposed)
    appointee = await persons.taken(here.connection, here.centre.id, proposed.person_id)
    if appointee.erased_at is not None:
        raise PersonErased
    check_not_held(proposed, others)
    of_person = (here.connection, here.centre.id, proposed.person_id)
    held = await appointments.of_person(*of_person)
    on_record = await duties.outside_of(*of_person, proposed.since)
    outside = [OutsideDuty(title=each.title, until=each.until) for each in on_record]
    chapter, level = here.book.appointments, here.centre.level
    findings = may_be_appointed(chapter, level, proposed, others, held, outside)
    decision = here.judge("appoint", findings)
    await appointments.add(here.connection, proposed)
    await here.work.enter("appointed", _facts(proposed), rows=decision.rows)
    return await _answered(here, proposed, made=True)


@router.post(
    APPOINTMENT + "/end",
    summary="终止任命",
    status_code=201,
    response_model=AppointmentOut,
    dependencies=WRITES,
    responses=responses(409, 412, 428),
)
async def end_appointment(
    appointment_id: UUID, body: Json[EndingIn], here: InCentre, if_match: IfMatchVersion = None
) -> Response:
    """不再担任该职。鄂尔多斯高新区的部门有窗口开放时，最后一名负责窗口建设的专人不得终止（第九条）。"""
    here.work.subject = ("appointment", appointment_id)
    named = await appointments.get(here.connection, here.centre.id, appointment_id)
    others = await _in_turn(here, named, ending=True)
    before = next(each for each in others if each.id == appointment_id)
    check_version(before.version, if_match)
    if before.until is not None:
        raise EndedBefore("该任命", before.until)
    body.check_after(before.since)
    until, reason = body.until, body.reason
    after = replace(before, until=until, ended_because=reason, version=before.version + 1)
    findings = may_be_ended(
        here.book.appointments,
        here.centre.level,
        after,
        others=others,
        window_open=await _window_open(here, before),
    )
    decision = here.judge("end_appointment", findings)
    await appointments.end(here.connection, after)
    await here.work.enter("ended", _facts(after), rows=decision.rows)
    return await _answered(here, after)


async def _in_turn(
    here: CentreWork, named: Appointment, *, ending: bool = False
) -> Sequence[Appointment]:
    """All who hold, held or will hold the office there; nobody else changes it meanwhile. Raises
    NotFound, DepartmentNotAtCentre."""
    centre_id, department_id = here.centre.id, named.department_id
    if department_id is None:
        await centres.turn(here.connection, centre_id)
    else:
        department = await departments.turn(here.connection, centre_id, department_id)
        if not ending:
            check_there(department, named.since, here.on)
    return await appointments.of_office(here.connection, centre_id, named.office, department_id)


async def _window_open(here: CentreWork, held: Appointment) -> bool:
    if held.department_id is None:
        return False
    return await windows.is_open_for(here.connection, here.centre.id, held.department_id)


async def _answered(here: CentreWork, out: Appointment, *, made: bool = False) -> Response:
    headers = {"ETag": etag_of(out.version)}
    if made:
        headers["Location"] = f"/v1/centres/{here.centre.id}/appointments/{out.id}"
    return await here.work.answer(AppointmentOut.model_validate(out), headers=headers)


def _facts(of: Appointment) -> dict[str, str | None]:
    """The appointment as the ledger keeps it."""
    return {
        "office": of.office,
        "department_id": str(of.department_id) if of.department_id else None,
        "person_id": str(of.person_id),
        "since": of.since.isoformat(),
        "until": of.until.isoformat() if of.until else None,
    }
