"""Departments (进驻部门): who comes to the centre and leaves it, with which approval office."""

from dataclasses import dataclass, replace
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from app.api.in_centre import CentreWork, InCentre
from app.api.openapi import responses
from app.api.place import RepositoriesDep, VisibleCentre
from app.api.security import requires
from app.api.uow import WorkRoute
from app.api.v1.schemas.department import (
    ClosingIn,
    DepartmentIn,
    DepartmentNameIn,
    DepartmentOut,
    DepartmentsOut,
    DepartmentsQuery,
    OfficeClosingIn,
    OfficeIn,
    OfficeOut,
    OfficesOut,
    check_until,
)
from app.api.v1.schemas.page import next_after
from app.api.versions import IfMatchVersion, check_version, etag_of
from app.api.wire import Json
from app.db import department_needs, departments
from app.domain.casework.acts import refuse_personal_values
from app.domain.day import check_last_day
from app.domain.errors import NotFound
from app.domain.organisation.department import (
    ApprovalOffice,
    Department,
    DepartmentInUse,
    EndedBefore,
    check_there,
    may_have_office,
)

router = APIRouter(tags=["组织机构"], route_class=WorkRoute)

DEPARTMENTS: Final = "/centres/{centre}/departments"
DEPARTMENT: Final = DEPARTMENTS + "/{department_id}"
OFFICES: Final = DEPARTMENT + "/offices"
READS: Final = [requires("centres:read")]
WRITES: Final = [requires("organisation:write")]
ENTERED: Final = responses(409)
CHANGED: Final = responses(409, 412, 428)


@dataclass(frozen=True, slots=True)
class OfficePlace:
    """Which office of which department the path names."""

    department_id: UUID
    office_id: UUID


@router.get(DEPARTMENTS, summary="进驻部门", dependencies=READS)
async def list_departments(
    centre: VisibleCentre, kept: RepositoriesDep, query: Annotated[DepartmentsQuery, Query()]
) -> DepartmentsOut:
    """进驻的部门，按 id 排序；可按在驻之日与类别筛选。"""
    async with kept.engine.connect() as connection:
        found = await departments.listed(
            connection,
            centre.id,
            on=query.on,
            kind=query.kind,
            after=query.after,
            limit=query.limit,
        )
    items = tuple(DepartmentOut.model_validate(each) for each in found)
    return DepartmentsOut(items=items, next=next_after(found, query.limit))


@router.get(DEPARTMENT, summary="一个进驻部门", dependencies=READS)
async def read_department(
    department_id: UUID, centre: VisibleCentre, kept: RepositoriesDep, response: Response
) -> DepartmentOut:
    """其名称、统一社会信用代码与在驻期间。"""
    async with kept.engine.connect() as connection:
        found = await departments.get(connection, centre.id, department_id)
    response.headers["ETag"] = etag_of(found.version)
    return DepartmentOut.model_validate(found)


@router.post(
    DEPARTMENTS,
    summary="登记进驻部门",
    status_code=201,
    response_model=DepartmentOut,
    dependencies=WRITES,
    responses=ENTERED,
)
async def register_department(body: Json[DepartmentIn], here: InCentre) -> Response:
    """一个部门自某日起进驻；同一中心内在驻部门的名称与统一社会信用代码不重复。

    代码有误的 422，指明哪一项校验不符。
    """
    made = body.department(here.centre.id)
    here.work.subject = ("department", made.id)
    await departments.add(here.connection, made)
    await here.work.enter("registered", {"kind": made.kind, "since": made.since.isoformat()})
    return await _answered(here, made, made=True)


@router.post(
    DEPARTMENT + "/name",
    summary="部门更名",
    status_code=201,
    response_model=DepartmentOut,
    dependencies=WRITES,
    responses=CHANGED,
)
async def rename_department(
    department_id: UUID,
    body: Json[DepartmentNameIn],
    here: InCentre,
    if_match: IfMatchVersion = None,
) -> Response:
    """更改名称，或补正统一社会信用代码；机构合并、分设的，办理退出并另行登记。"""
    before = await _changing(here, department_id, if_match)
    code = body.checked_code()
    after = replace(before, name=body.name, credit_code=code, version=before.version + 1)
    await departments.rename(here.connection, after)
    fields = [f for f in ("name", "credit_code") if getattr(before, f) != getattr(after, f)]
    await here.work.enter("renamed", {"fields": fields})
    return await _answered(here, after)


@router.post(
    DEPARTMENT + "/closure",
    summary="部门退出",
    status_code=201,
    response_model=DepartmentOut,
    dependencies=WRITES,
    responses=CHANGED,
)
async def close_department(
    department_id: UUID, body: Json[ClosingIn], here: InCentre, if_match: IfMatchVersion = None
) -> Response:
    """部门不再进驻；此后仍有开放的窗口、任命、审批处、派驻或代受理的委托的，须先终止，否则 409。"""
    refuse_personal_values(body)
    before = await _changing(here, department_id, if_match)
    check_until(before.since, body.until)
    of = (here.connection, here.centre.id, before.id, body.until)
    if needs := await department_needs.of_department(*of):
        raise DepartmentInUse(body.until, needs)
    after = replace(before, until=body.until, ended_because=body.reason, version=before.version + 1)
    await departments.end(here.connection, after)
    await here.work.enter("closed", {"until": body.until.isoformat()})
    return await _answered(here, after)


@router.get(OFFICES, summary="部门的审批处", dependencies=READS)
async def list_offices(
    department_id: UUID, centre: VisibleCentre, kept: RepositoriesDep
) -> OfficesOut:
    """现有与曾有的审批处（办），按登记先后。"""
    async with kept.engine.connect() as connection:
        await departments.get(connection, centre.id, department_id)
        found = await departments.offices(connection, centre.id, department_id)
    return OfficesOut(items=tuple(OfficeOut.model_validate(each) for each in found))


@router.post(
    OFFICES,
    summary="设立审批处",
    status_code=201,
    response_model=OfficeOut,
    dependencies=WRITES,
    responses=ENTERED,
)
async def open_office(department_id: UUID, body: Json[OfficeIn], here: InCentre) -> Response:
    """部门的审批处（办）；规章只许一个的，另设第二个 409 并引条款。"""
    department = await departments.turn(here.connection, here.centre.id, department_id)
    made = body.office(here.centre.id, department_id)
    here.work.subject = ("department_office", made.id)
    check_there(department, made.since, here.on)
    others = await departments.offices(here.connection, here.centre.id, department_id)
    decision = here.judge("open_office", may_have_office(here.book.departments, made.since, others))
    await departments.add_office(here.connection, made)
    facts = {"department_id": str(department_id), "since": made.since.isoformat()}
    await here.work.enter("opened", facts, rows=decision.rows)
    return await _office_answered(here, made)


@router.post(
    OFFICES + "/{office_id}/closure",
    summary="撤销审批处",
    status_code=201,
    response_model=OfficeOut,
    dependencies=WRITES,
    responses=CHANGED,
)
async def close_office(
    place: Annotated[OfficePlace, Depends()],
    body: Json[OfficeClosingIn],
    here: InCentre,
    if_match: IfMatchVersion = None,
) -> Response:
    """审批处（办）不再设立。"""
    await departments.turn(here.connection, here.centre.id, place.department_id)
    here.work.subject = ("department_office", place.office_id)
    found = await departments.offices(here.connection, here.centre.id, place.department_id)
    before = next((each for each in found if each.id == place.office_id), None)
    if before is None:
        raise NotFound("审批处", place.office_id)
    check_version(before.version, if_match)
    if before.until is not None:
        raise EndedBefore("该审批处", before.until)
    check_last_day(before.since, body.until)
    after = replace(before, until=body.until, version=before.version + 1)
    await departments.end_office(here.connection, after)
    facts = {"department_id": str(place.department_id), "until": body.until.isoformat()}
    await here.work.enter("closed", facts)
    return await _office_answered(here, after)


async def _changing(here: CentreWork, department_id: UUID, if_match: str | None) -> Department:
    """The department, in one's turn and in the version that is meant. Raises NotFound,
    VersionMissing, ChangedMeanwhile, EndedBefore."""
    here.work.subject = ("department", department_id)
    before = await departments.turn(here.connection, here.centre.id, department_id)
    check_version(before.version, if_match)
    if before.until is not None:
        raise EndedBefore("该部门", before.until)
    return before


async def _answered(here: CentreWork, out: Department, *, made: bool = False) -> Response:
    headers = {"ETag": etag_of(out.version)}
    if made:
        headers["Location"] = f"/v1/centres/{here.centre.id}/departments/{out.id}"
    return await here.work.answer(DepartmentOut.model_validate(out), headers=headers)


async def _office_answered(here: CentreWork, out: ApprovalOffice) -> Response:
    headers = {"ETag": etag_of(out.version)}
    return await here.work.answer(OfficeOut.model_validate(out), headers=headers)
