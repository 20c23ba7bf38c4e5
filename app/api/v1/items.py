"""Service items (政务服务事项): entered, placed, assigned to windows, and activated."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.api.in_centre import CentreWork, InCentre
from app.api.openapi import responses
from app.api.security import requires
from app.api.uow import WorkRoute
from app.api.v1.item_desk import (
    ReadingHere,
    answer_item,
    begun,
    item_facts,
    judge_entered,
    keep,
    ready_findings,
)
from app.api.v1.schemas.item import (
    ItemActivationIn,
    ItemDetailOut,
    ItemIn,
    ItemOut,
    ItemsOut,
    ItemsQuery,
    ItemWindowsIn,
    PlacementIn,
)
from app.api.v1.schemas.page import next_after
from app.api.versions import IfMatchVersion, etag_of
from app.api.wire import Day, Json
from app.db import item_placements, item_windows, items
from app.db.ids import uuid7
from app.db.item_changes import ChangesOf
from app.domain.casework.acts import refuse_personal_values
from app.domain.day import ImpossibleFact
from app.domain.errors import NotFound
from app.domain.items.activation import cautions_on
from app.domain.items.item import ServiceItem
from app.domain.items.item_change import (
    ChangeOpen,
    ChangeStage,
    ItemChange,
    Proposal,
    Taken,
    check_change,
    effected,
    implemented,
    may_take_effect,
    steps_for,
)
from app.domain.items.placement import may_be_placed
from app.domain.items.steps import ChangeKind, Step

router = APIRouter(tags=["事项与指南"], route_class=WorkRoute)

ITEMS: Final = "/centres/{centre}/items"
ITEM: Final = ITEMS + "/{item_id}"
READS: Final = [requires("centres:read")]
WRITES: Final = [requires("items:write")]
ENTERED: Final = responses(409)
CHANGED: Final = responses(409, 412, 428)
OnDay = Annotated[Day | None, Query(description="查哪一日；默认今日")]


@router.get(ITEMS, summary="中心的政务服务事项", operation_id="list_items", dependencies=READS)
async def list_items(at: ReadingHere, query: Annotated[ItemsQuery, Query()]) -> ItemsOut:
    """事项的类型、法定与承诺时限、办事指南已公布的特别程序；按 id 排序、逐页取，可按状态、类别、
    部门筛选。"""
    async with at.kept.engine.connect() as connection:
        found = await items.chosen(
            connection, at.centre.id, query.asked(), after=query.after, limit=query.limit
        )
    return ItemsOut(
        items=[ItemOut.model_validate(each) for each in found],
        next=next_after(found, query.limit),
    )


@router.get(ITEM, summary="一个事项", dependencies=READS)
async def read_item(
    item_id: UUID, at: ReadingHere, response: Response, on: OnDay = None
) -> ItemDetailOut:
    """事项现在的登记，连同某日的窗口、进厅情形、现行指南，以及窗口是否只收件。"""
    async with at.kept.engine.connect() as connection:
        item = await items.get(connection, at.centre.id, item_id)
        detail = await at.seen(connection, on).detail(item)
    response.headers["ETag"] = etag_of(item.version)
    return detail.out()


@router.post(
    ITEMS,
    summary="登记事项",
    status_code=201,
    response_model=ItemDetailOut,
    dependencies=WRITES,
    responses=ENTERED,
)
async def create_item(body: Json[ItemIn], here: InCentre) -> Response:
    """先为拟进。类别须在规章的分类之内，承诺时限不超过法定时限，审批办为本部门现任的。"""
    item = body.item()
    here.work.subject = ("item", item.id)
    decision = await judge_entered(here, "create_item", item)
    await items.add(here.connection, here.centre.id, item)
    await here.work.enter("entered", item_facts(item), rows=decision.rows)
    return await answer_item(here, item, cautions_on(here.book.items, item))


@router.post(
    ITEM + "/placement",
    summary="进厅与例外",
    status_code=201,
    response_model=ItemDetailOut,
    dependencies=WRITES,
    responses=CHANGED,
)
async def place_item(
    item_id: UUID, body: Json[PlacementIn], here: InCentre, if_match: IfMatchVersion = None
) -> Response:
    """自今日起进厅或不进厅、纳入系统与否；例外按规章须有批准的文号、机关、日期与理由。"""
    item = await begun(here, item_id, if_match)
    placed = body.placed(item.id, here.on)
    if not placed.excepted and placed.exemption is not None:
        raise ImpossibleFact("exception", "进厅并纳入系统的事项没有例外")
    found = may_be_placed(here.book.items, item.item_class, placed, here.on)
    decision = here.judge("place_item", found)
    await item_placements.place(here.connection, here.centre.id, placed)
    facts = {"placement": placed.where.value, "off_system": placed.off_system}
    ground = {"ground": placed.exemption.ground.value} if placed.exemption else {}
    return await _changed(here, item, ("placed", {**facts, **ground}), decision.rows)


@router.post(
    ITEM + "/windows",
    summary="归入窗口",
    status_code=201,
    response_model=ItemDetailOut,
    dependencies=WRITES,
    responses=CHANGED,
)
async def assign_item_windows(
    item_id: UUID, body: Json[ItemWindowsIn], here: InCentre, if_match: IfMatchVersion = None
) -> Response:
    """自今日起由这些窗口受理，未列出的不再受理；已撤销的窗口不能归入。"""
    item = await begun(here, item_id, if_match)
    known = await item_windows.open_among(here.connection, here.centre.id, body.window_ids)
    if unknown := set(body.window_ids) - known:
        raise NotFound("未撤销的窗口", min(unknown))
    await item_windows.assign(here.connection, here.centre.id, item.id, body.window_ids, here.on)
    facts = {"window_ids": [str(each) for each in body.window_ids]}
    return await _changed(here, item, ("windows_assigned", facts))


@router.post(
    ITEM + "/activation",
    summary="启用事项",
    status_code=201,
    response_model=ItemDetailOut,
    dependencies=WRITES,
    responses=CHANGED,
)
async def activate_item(
    item_id: UUID, body: Json[ItemActivationIn], here: InCentre, if_match: IfMatchVersion = None
) -> Response:
    """自今日起可以收件。规章要求的审批环节、审批办、窗口与指南须已齐备；窗口未获授权的只收件转办。"""
    refuse_personal_values(body)
    item = await begun(here, item_id, if_match)
    check_change(ChangeKind.ENTER, Proposal(), item)
    changes = ChangesOf(here.connection, here.centre.id, item.id)
    waiting = await changes.open()
    if waiting is not None and waiting.kind is not ChangeKind.ENTER:
        raise ChangeOpen
    change = waiting or _entering(here, item, body.reason)
    rule = steps_for(here.book.items, change.kind, change.proposal, item)
    found = [*may_take_effect(rule, change), *await ready_findings(here, item)]
    decision = here.judge("activate_item", found)
    taken = Taken(step=Step.IMPLEMENTATION, on=here.on, by=here.work.caller.subject)
    done = implemented(change.having(taken) if rule else change.again(), item, here.on)
    await (changes.save(done) if waiting else changes.add(done))
    active = effected(item, change, here.on)
    await keep(here, active)
    await here.work.enter("activated", item_facts(active), rows=decision.rows)
    return await answer_item(here, active)


def _entering(here: CentreWork, item: ServiceItem, reason: str) -> ItemChange:
    return ItemChange(
        id=uuid7(),
        item_id=item.id,
        kind=ChangeKind.ENTER,
        stage=ChangeStage.OPEN,
        version=1,
        proposal=Proposal(),
        reason=reason,
        submitted_by=here.work.caller.subject,
        submitted_on=here.on,
    )


async def _changed(
    here: CentreWork,
    item: ServiceItem,
    told: tuple[str, Mapping[str, Any]],  # Any: JSON of the action's own shape
    rows: tuple[str, ...] = (),
) -> Response:
    """What belongs to the item was changed: its version says so."""
    after = replace(item, version=item.version + 1)
    await keep(here, after)
    action, facts = told
    await here.work.enter(action, {**facts, "version": after.version}, rows=rows)
    return await answer_item(here, after)
