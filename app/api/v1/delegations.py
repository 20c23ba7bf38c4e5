"""Delegations (委托代受理): a department's items at the comprehensive window, for a time."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api.deps import RulebooksInForce, Today
from app.api.in_centre import CentreWork, InCentre
from app.api.openapi import responses
from app.api.place import RepositoriesDep, VisibleCentre
from app.api.security import requires
from app.api.uow import WorkRoute
from app.api.v1.schemas.delegation import (
    DelegationCoverageQuery,
    DelegationCoverageValues,
    DelegationEndIn,
    DelegationIn,
    DelegationOut,
    DelegationsOut,
    DelegationsQuery,
)
from app.api.v1.schemas.page import next_after
from app.api.v1.schemas.ruling import RulingOut, ruling_out
from app.api.versions import IfMatchVersion, check_version, etag_of
from app.api.wire import Json
from app.db import delegations, departments, windows
from app.db.delegations import DelegationQuery
from app.domain.casework.acts import refuse_personal_values
from app.domain.judging import judged
from app.domain.organisation.delegation import (
    Acceptance,
    Delegation,
    ItemOfNobody,
    NoComprehensiveWindow,
    may_accept_for,
    may_be_entrusted,
)
from app.domain.organisation.department import check_there
from app.domain.organisation.window import Window, WindowKind, WindowStage

router = APIRouter(tags=["窗口"], route_class=WorkRoute)

DELEGATIONS: Final = "/centres/{centre}/delegations"
DELEGATION: Final = DELEGATIONS + "/{delegation_id}"
READS: Final = [requires("centres:read")]
WRITES: Final = [requires("organisation:write")]


@router.get(DELEGATIONS, summary="代受理的委托", dependencies=READS)
async def list_delegations(
    centre: VisibleCentre, kept: RepositoriesDep, query: Annotated[DelegationsQuery, Query()]
) -> DelegationsOut:
    """综合窗口为各部门代受理的委托，按登记先后；`on` 只列该日有效的。"""
    asked = DelegationQuery(
        on=query.on, department_id=query.department_id, window_id=query.window_id
    )
    async with kept.engine.connect() as connection:
        found = await delegations.listed(
            connection, centre.id, asked, after=query.after, limit=query.limit
        )
    items = tuple(DelegationOut.model_validate(each) for each in found)
    return DelegationsOut(items=items, next=next_after(found, query.limit))


@router.get(
    DELEGATIONS + "/coverage",
    summary="可否代受理",
    dependencies=READS,
    response_model=RulingOut[DelegationCoverageValues],
)
async def read_delegation_coverage(
    centre: VisibleCentre,
    kept: RepositoriesDep,
    books: RulebooksInForce,
    today: Today,
    query: Annotated[DelegationCoverageQuery, Query()],
) -> object:
    """窗口该日可否为事项所属的部门受理；首日与末日均可。不论可否均为 200。"""
    on = query.on or today
    book = books.in_force(centre.on(on).regulation, on)
    async with kept.engine.connect() as connection:
        window = await windows.known(connection, centre.id, query.window_id, on)
        owners = await delegations.departments_of(connection, centre.id, (query.item_id,))
        wanted = acceptance(window, owners, query.item_id, on)
        held = await delegations.in_force(connection, centre.id, wanted)
    findings = may_accept_for(book.delegations, wanted, held)
    values = {"delegation_ids": [each.id for each in held]}
    return ruling_out(judged("delegation", book, on, findings, values))


@router.get(DELEGATION, summary="一项委托", dependencies=READS)
async def read_delegation(
    delegation_id: UUID, centre: VisibleCentre, kept: RepositoriesDep, response: Response
) -> DelegationOut:
    """其部门、窗口、事项、批准与起止之日。"""
    async with kept.engine.connect() as connection:
        found = await delegations.get(connection, centre.id, delegation_id)
    response.headers["ETag"] = etag_of(found.version)
    return DelegationOut.model_validate(found)


@router.post(
    DELEGATIONS,
    summary="登记委托",
    status_code=201,
    response_model=DelegationOut,
    dependencies=WRITES,
    responses=responses(409),
)
async def create_delegation(body: Json[DelegationIn], here: InCentre) -> Response:
    """部门把事项交由综合窗口代受理；规章要求的批准与情形缺少的不予登记。"""
    made = body.delegation(here.on)
    here.work.subject = ("delegation", made.id)
    department = await departments.turn(here.connection, here.centre.id, made.department_id)
    check_there(department, made.since, here.on)
    await _check_window(here, made)
    await _check_items(here, made)
    chapter = here.book.delegations
    decision = here.judge("create_delegation", may_be_entrusted(chapter, made))
    await delegations.add(here.connection, here.centre.id, made)
    facts = {
        "department_id": str(made.department_id),
        "window_id": str(made.window_id),
        "item_ids": None if made.item_ids is None else list(map(str, made.item_ids)),
        "since": made.since.isoformat(),
        "until": made.until and made.until.isoformat(),
    }
    await here.work.enter("created", facts, rows=decision.rows)
    return await _answered(here, made)


@router.post(
    DELEGATION + "/end",
    summary="终止委托",
    status_code=201,
    response_model=DelegationOut,
    dependencies=WRITES,
    responses=responses(409, 412, 428),
)
async def end_delegation(
    delegation_id: UUID,
    body: Json[DelegationEndIn],
    here: InCentre,
    if_match: IfMatchVersion = None,
) -> Response:
    """自最后一日之后不再代受理；此前已受理的照常办理。"""
    refuse_personal_values(body)
    here.work.subject = ("delegation", delegation_id)
    delegation = await delegations.turn(here.connection, here.centre.id, delegation_id)
    check_version(delegation.version, if_match)
    ended = delegation.ended(body.until, body.reason)
    await delegations.end(here.connection, here.centre.id, ended)
    await here.work.enter("ended", {"until": body.until.isoformat()})
    return await _answered(here, ended)


def acceptance(
    window: Window, owners: Mapping[UUID, UUID | None], item_id: UUID, on: date
) -> Acceptance:
    """The acceptance of an item at a window, by the departments of the items. Raises
    ItemOfNobody."""
    department_id = owners[item_id]
    if department_id is None:
        raise ItemOfNobody
    return Acceptance(
        window_id=window.id,
        window_department_id=window.department_id,
        department_id=department_id,
        item_id=item_id,
        on=on,
    )


async def _check_window(here: CentreWork, made: Delegation) -> None:
    """Raises NotFound, NoComprehensiveWindow."""
    window = await windows.get(here.connection, here.centre.id, made.window_id, here.on)
    if window.kind is not WindowKind.COMPREHENSIVE or window.stage is WindowStage.CLOSED:
        raise NoComprehensiveWindow(window.kind, window.stage)


async def _check_items(here: CentreWork, made: Delegation) -> None:
    """Raises NotFound, ItemOfNobody: each item named is one of the department."""
    owners = await delegations.departments_of(here.connection, here.centre.id, made.item_ids or ())
    if any(owner != made.department_id for owner in owners.values()):
        raise ItemOfNobody


async def _answered(here: CentreWork, delegation: Delegation) -> Response:
    out = DelegationOut.model_validate(delegation)
    return await here.answer(out, delegation, "delegations")
