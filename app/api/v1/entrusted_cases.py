"""Entrusted cases (代受理办件): what the comprehensive window takes in for a department."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api.in_centre import CentreWork, InCentre
from app.api.openapi import responses
from app.api.place import RepositoriesDep, VisibleCentre
from app.api.security import requires
from app.api.uow import WorkRoute
from app.api.v1.delegations import acceptance
from app.api.v1.schemas.delegation import (
    EntrustedCaseIn,
    EntrustedCaseOut,
    EntrustedCasesOut,
    EntrustedCasesQuery,
    StepIn,
)
from app.api.v1.schemas.page import next_after
from app.api.versions import IfMatchVersion, check_version, etag_of
from app.api.wire import Json
from app.db import delegations, entrusted_cases, windows
from app.db.ids import uuid7
from app.domain.casework.acts import refuse_personal_values
from app.domain.day import ImpossibleFact
from app.domain.organisation.delegation import (
    EntrustedCase,
    NoComprehensiveWindow,
    Step,
    Taken,
    may_accept_for,
    may_be_taken,
)
from app.domain.organisation.window import Window, WindowKind, WindowStage

router = APIRouter(tags=["窗口"], route_class=WorkRoute)

ENTRUSTED: Final = "/centres/{centre}/entrusted-cases"
ONE: Final = ENTRUSTED + "/{entrusted_case_id}"
READS: Final = [requires("cases:read")]
WRITES: Final = [requires("cases:write")]


@router.get(ENTRUSTED, summary="代受理办件", dependencies=READS)
async def list_entrusted_cases(
    centre: VisibleCentre, kept: RepositoriesDep, query: Annotated[EntrustedCasesQuery, Query()]
) -> EntrustedCasesOut:
    """综合窗口为各部门代受理的办件及其步骤，按受理先后。"""
    async with kept.engine.connect() as connection:
        found = await entrusted_cases.listed(
            connection, centre.id, query.department_id, after=query.after, limit=query.limit
        )
    items = tuple(EntrustedCaseOut.model_validate(each) for each in found)
    return EntrustedCasesOut(items=items, next=next_after(found, query.limit))


@router.get(ONE, summary="一件代受理办件", dependencies=READS)
async def read_entrusted_case(
    entrusted_case_id: UUID, centre: VisibleCentre, kept: RepositoriesDep, response: Response
) -> EntrustedCaseOut:
    """其窗口、部门、事项，以及已办的步骤。"""
    async with kept.engine.connect() as connection:
        found = await entrusted_cases.get(connection, centre.id, entrusted_case_id)
    response.headers["ETag"] = etag_of(found.version)
    return EntrustedCaseOut.model_validate(found)


@router.post(
    ENTRUSTED,
    summary="代受理",
    status_code=201,
    response_model=EntrustedCaseOut,
    dependencies=WRITES,
    responses=responses(409),
)
async def accept_entrusted_case(body: Json[EntrustedCaseIn], here: InCentre) -> Response:
    """开放的综合窗口为部门受理一件；规章要求批准的，当日须有涵盖该事项的有效委托。"""
    new_id = uuid7()
    here.work.subject = ("entrusted_case", new_id)
    window = await _open_window(here, body.window_id)
    await _check_case(here, body)
    owners = await delegations.departments_of(here.connection, here.centre.id, (body.item_id,))
    wanted = acceptance(window, owners, body.item_id, here.on)
    held = await delegations.in_force(here.connection, here.centre.id, wanted)
    findings = may_accept_for(here.book.delegations, wanted, held)
    decision = here.judge("accept_entrusted_case", findings)
    made = EntrustedCase(
        id=new_id,
        version=1,
        window_id=window.id,
        department_id=wanted.department_id,
        item_id=body.item_id,
        case_id=body.case_id,
        steps=(Taken(step=Step.ACCEPT, on=here.on),),
    )
    await entrusted_cases.add(here.connection, here.centre.id, made)
    facts = {
        "window_id": str(window.id),
        "department_id": str(wanted.department_id),
        "item_id": str(body.item_id),
        "case_id": body.case_id and str(body.case_id),
    }
    await here.work.enter("accepted", facts, rows=decision.rows)
    return await _answered(here, made)


@router.post(
    ONE + "/steps",
    summary="代受理办件的步骤",
    status_code=201,
    response_model=EntrustedCaseOut,
    dependencies=WRITES,
    responses=responses(409, 412, 428),
)
async def take_entrusted_step(
    entrusted_case_id: UUID,
    body: Json[StepIn],
    here: InCentre,
    if_match: IfMatchVersion = None,
) -> Response:
    """移交、督办、结果反馈与办毕；规章要求的步骤不得跳过。"""
    refuse_personal_values(body)
    here.work.subject = ("entrusted_case", entrusted_case_id)
    entrusted = await entrusted_cases.turn(here.connection, here.centre.id, entrusted_case_id)
    check_version(entrusted.version, if_match)
    after = entrusted.after(Taken(step=body.step, on=here.on, note=body.note))
    findings = may_be_taken(here.book.delegations, entrusted, body.step)
    decision = here.judge("take_entrusted_step", findings)
    await entrusted_cases.save(here.connection, here.centre.id, after)
    await here.work.enter("step_taken", {"step": body.step.value}, rows=decision.rows)
    return await _answered(here, after)


async def _open_window(here: CentreWork, window_id: UUID) -> Window:
    """Raises NotFound, NoComprehensiveWindow."""
    window = await windows.get(here.connection, here.centre.id, window_id, here.on)
    if window.kind is not WindowKind.COMPREHENSIVE or window.stage is not WindowStage.ACTIVE:
        raise NoComprehensiveWindow(window.kind, window.stage)
    return window


async def _check_case(here: CentreWork, body: EntrustedCaseIn) -> None:
    """Raises NotFound, ImpossibleFact: the case is one of that item."""
    if body.case_id is None:
        return
    item_id = await entrusted_cases.item_of_case(here.connection, here.centre.id, body.case_id)
    if item_id != body.item_id:
        raise ImpossibleFact("case_id", "该办件不是所写事项的办件")


async def _answered(here: CentreWork, entrusted: EntrustedCase) -> Response:
    out = EntrustedCaseOut.model_validate(entrusted)
    return await here.answer(out, entrusted, "entrusted-cases")
