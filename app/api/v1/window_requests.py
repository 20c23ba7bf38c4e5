"""Window requests (窗口变动申请): a department asks for a change, whoever is named approves it."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api.deps import Today
from app.api.in_centre import CentreWork, InCentre
from app.api.place import RepositoriesDep, VisibleCentre
from app.api.uow import WorkRoute
from app.api.v1.schemas.page import next_after
from app.api.v1.schemas.window import (
    RejectionIn,
    WindowRequestIn,
    WindowRequestOut,
    WindowRequestsOut,
    WindowRequestsQuery,
)
from app.api.v1.windows import CHANGED, ENTERED, READS, WINDOW, WRITES
from app.api.versions import IfMatchVersion, check_version, etag_of
from app.api.wire import Json
from app.db import departments, window_requests, windows
from app.domain.casework.acts import refuse_personal_values
from app.domain.organisation.authority import GuardedAct
from app.domain.organisation.department import check_there
from app.domain.organisation.window import act_of
from app.domain.organisation.window_request import RequestStage, WindowRequest

router = APIRouter(tags=["窗口"], route_class=WorkRoute)

REQUESTS: Final = WINDOW + "/requests"
REQUEST: Final = REQUESTS + "/{request_id}"


@router.get(REQUESTS, summary="窗口变动的申请", dependencies=READS)
async def list_window_requests(
    window_id: UUID,
    centre: VisibleCentre,
    kept: RepositoriesDep,
    today: Today,
    query: Annotated[WindowRequestsQuery, Query()],
) -> WindowRequestsOut:
    """进驻、调整与撤出的申请及其结论，按提出先后。"""
    async with kept.engine.connect() as connection:
        window = await windows.get(connection, centre.id, window_id, today)
        found = await window_requests.listed(
            connection, (centre.id, window.id), query.stage, after=query.after, limit=query.limit
        )
    items = tuple(WindowRequestOut.model_validate(each) for each in found)
    return WindowRequestsOut(items=items, next=next_after(found, query.limit))


@router.get(REQUEST, summary="一项窗口申请", dependencies=READS)
async def read_window_request(
    window_id: UUID,
    request_id: UUID,
    centre: VisibleCentre,
    kept: RepositoriesDep,
    response: Response,
) -> WindowRequestOut:
    """其内容、理由、结论，以及是否已据以变动。"""
    async with kept.engine.connect() as connection:
        request = await window_requests.get(connection, centre.id, window_id, request_id)
    response.headers["ETag"] = etag_of(request.version)
    return WindowRequestOut.model_validate(request)


@router.post(
    REQUESTS,
    summary="申请窗口变动",
    status_code=201,
    response_model=WindowRequestOut,
    dependencies=WRITES,
    responses=ENTERED,
)
async def request_window_change(
    window_id: UUID, body: Json[WindowRequestIn], here: InCentre
) -> Response:
    """进驻、调整或撤出的申请，附理由；同一窗口的同类申请一次只有一项待审定。

    窗口的当前状态已不容许该项变动的，或调整所写的部门不在驻的，不予受理。
    """
    by = here.work.caller.subject
    window = await windows.turn(here.connection, here.centre.id, window_id)
    request = body.request(window.id, by=by, on=here.on)
    here.work.subject = ("window_request", request.id)
    window.check_takes(act_of(request.event))
    if request.change and request.change.department_id:
        of = (here.connection, here.centre.id, request.change.department_id)
        check_there(await departments.get(*of), here.on, here.on)
    await window_requests.add(here.connection, here.centre.id, request)
    return await _done(here, request, "submitted")


@router.post(
    REQUEST + "/approval",
    summary="审定窗口申请",
    status_code=201,
    response_model=WindowRequestOut,
    dependencies=WRITES,
    responses=CHANGED,
)
async def approve_window_request(
    window_id: UUID, request_id: UUID, here: InCentre, if_match: IfMatchVersion = None
) -> Response:
    """由规章所定者审定；审定之后据以变动一次。"""
    deciding = await _begun(here, window_id, request_id, if_match)
    return await _decided(here, deciding, RequestStage.APPROVED)


@router.post(
    REQUEST + "/rejection",
    summary="不予通过窗口申请",
    status_code=201,
    response_model=WindowRequestOut,
    dependencies=WRITES,
    responses=CHANGED,
)
async def reject_window_request(
    window_id: UUID,
    request_id: UUID,
    body: Json[RejectionIn],
    here: InCentre,
    if_match: IfMatchVersion = None,
) -> Response:
    """由规章所定者不予通过，须说明理由；需要的另行申请。"""
    refuse_personal_values(body)
    deciding = await _begun(here, window_id, request_id, if_match)
    return await _decided(here, deciding, RequestStage.REJECTED, body.reason)


async def _begun(
    here: CentreWork, window_id: UUID, request_id: UUID, if_match: str | None
) -> tuple[WindowRequest, tuple[str, ...]]:
    """The request, and the rows by which the caller may decide on it. Raises NotFound,
    RefusedByRegulation, VersionMissing, ChangedMeanwhile."""
    here.work.subject = ("window_request", request_id)
    window = await windows.turn(here.connection, here.centre.id, window_id)
    request = await window_requests.get(here.connection, here.centre.id, window.id, request_id)
    entitled = await here.entitled(GuardedAct.APPROVE_WINDOW, department_id=window.department_id)
    check_version(request.version, if_match)
    return request, entitled.rows


async def _decided(
    here: CentreWork,
    deciding: tuple[WindowRequest, tuple[str, ...]],
    stage: RequestStage,
    because: str | None = None,
) -> Response:
    request, rows = deciding
    by = here.work.caller.subject
    decided = request.decided(stage, by=by, on=here.on, because=because)
    await window_requests.save(here.connection, here.centre.id, decided)
    return await _done(here, decided, stage.value, rows)


async def _done(
    here: CentreWork, request: WindowRequest, action: str, rows: tuple[str, ...] = ()
) -> Response:
    facts = {
        "window_id": str(request.window_id),
        "event": request.event.value,
        "changed": sorted(request.change.stated) if request.change else [],
    }
    await here.work.enter(action, facts, rows=rows)
    out = WindowRequestOut.model_validate(request)
    return await here.answer(out, request, f"windows/{request.window_id}/requests")
