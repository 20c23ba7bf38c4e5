"""Item changes (事项进退与变更): submitted, agreed to step by step, and put into effect."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from app.api.in_centre import CentreWork, InCentre
from app.api.openapi import responses
from app.api.security import requires
from app.api.uow import WorkRoute
from app.api.v1.item_desk import (
    ReadingHere,
    judge_entered,
    judge_promise,
    keep,
    ready_findings,
)
from app.api.v1.schemas.item_change import (
    ItemChangeIn,
    ItemChangeOut,
    ItemChangesOut,
    RetractionIn,
    StepIn,
)
from app.api.v1.schemas.page import PageQuery, next_after
from app.api.versions import IfMatchVersion, check_version, etag_of
from app.api.wire import Json
from app.db import items
from app.db.item_changes import ChangesOf
from app.domain.casework.acts import refuse_personal_values
from app.domain.items.item import ServiceItem
from app.domain.items.item_change import (
    ACTS,
    ChangeEnded,
    ChangeOpen,
    ChangeStage,
    ItemChange,
    awaited,
    check_change,
    effected,
    implemented,
    may_take,
    steps_for,
)
from app.domain.items.item_chapter import ItemChapter, Steps
from app.domain.items.steps import ChangeKind, Step
from app.domain.provision import Provision

router = APIRouter(tags=["事项与指南"], route_class=WorkRoute)

CHANGES: Final = "/centres/{centre}/items/{item_id}/changes"
CHANGE: Final = CHANGES + "/{change_id}"
READS: Final = [requires("centres:read")]
WRITES: Final = [requires("items:write")]
ENTERED: Final = responses(409)
CHANGED: Final = responses(409, 412, 428)


@dataclass(frozen=True, slots=True)
class Changing:
    """A change whose item is locked."""

    here: CentreWork
    item: ServiceItem
    change: ItemChange
    changes: ChangesOf

    @property
    def rule(self) -> Provision[Steps] | None:
        """The provision on such a change, as it is today."""
        change = self.change
        return steps_for(self.here.book.items, change.kind, change.proposal, self.item)

    async def stepped(self, step: Step, said: StepIn) -> Response:
        """Take a step: whose it is, whether it is its turn, and what follows after the last."""
        here = self.here
        if step in ACTS:
            await here.entitled(ACTS[step], department_id=self.item.department_id)
        found = may_take(self.rule, self.change, step, said.document)
        decision = here.judge(f"{step}_of_item_change", found)
        taken = said.taken(step, by=here.work.caller.subject, on=here.on)
        change, rows = self.change.having(taken), decision.rows
        if change.stage is ChangeStage.OPEN and awaited(self.rule, change) is None:
            change, more = await self.taken_effect(change)
            rows = (*rows, *more)
        await self.changes.save(change)
        action = _DONE[step] if change.stage is not ChangeStage.REJECTED else "rejected"
        return await self.told(action, change, rows)

    async def taken_effect(self, change: ItemChange) -> tuple[ItemChange, tuple[str, ...]]:
        """Put it into effect on the item from today; with the rows that let it. Raises
        RefusedByRegulation where the item lacks what the rulebook wants of it."""
        here, act = self.here, "implement_item_change"
        check_change(change.kind, change.proposal, self.item)
        after = effected(self.item, change, here.on)
        decisions = []
        if change.kind is ChangeKind.CHANGE:
            decisions.append(await judge_entered(here, act, after, was=self.item))
            decisions.append(await judge_promise(here, act, after, self.item))
        if change.kind is ChangeKind.ENTER:
            decisions.append(here.judge(act, await ready_findings(here, after)))
        await keep(here, after)
        rows = tuple(row for decision in decisions for row in decision.rows)
        return implemented(change, self.item, here.on), rows

    async def told(self, action: str, change: ItemChange, rows: tuple[str, ...] = ()) -> Response:
        """Enter what was done, and answer with the change as it is now."""
        here = self.here
        facts = {
            "item_id": str(self.item.id),
            "kind": change.kind.value,
            "stage": change.stage.value,
            "version": change.version,
            "fields": list(change.proposal.names()),
        }
        await here.work.enter(action, facts, rows=rows)
        out = _out(here.book.items, change, self.item)
        return await here.answer(out, change, f"items/{self.item.id}/changes")


_DONE: Final = {
    Step.OPINION: "opined",
    Step.CLEARANCE: "cleared",
    Step.APPROVAL: "approved",
    Step.CONFIRMATION: "confirmed",
    Step.IMPLEMENTATION: "implemented",
}


async def begun(
    item_id: UUID, change_id: UUID, here: InCentre, if_match: IfMatchVersion = None
) -> Changing:
    """Take one's turn to change an item. Raises NotFound, VersionMissing, ChangedMeanwhile."""
    here.work.subject = ("item_change", change_id)
    item = await items.lock(here.connection, here.centre.id, item_id)
    changes = ChangesOf(here.connection, here.centre.id, item.id)
    change = await changes.get(change_id)
    check_version(change.version, if_match)
    return Changing(here, item, change, changes)


ChangingHere = Annotated[Changing, Depends(begun)]


def _out(chapter: ItemChapter, change: ItemChange, item: ServiceItem) -> ItemChangeOut:
    rule = steps_for(chapter, change.kind, change.proposal, item)
    steps = rule.terms.steps if rule else ()
    return ItemChangeOut.of(change, steps, awaited(rule, change))


@router.get(CHANGES, summary="事项的进退与变更", dependencies=READS)
async def list_item_changes(
    item_id: UUID, at: ReadingHere, query: Annotated[PageQuery, Query()]
) -> ItemChangesOut:
    """该事项提交过的进退与变更，各到哪一环节；按提交先后、逐页取。"""
    async with at.kept.engine.connect() as connection:
        item = await items.get(connection, at.centre.id, item_id)
        changes = ChangesOf(connection, at.centre.id, item_id)
        found = await changes.list(after=query.after, limit=query.limit)
    chapter = at.book(at.today).items
    return ItemChangesOut(
        items=[_out(chapter, each, item) for each in found], next=next_after(found, query.limit)
    )


@router.get(CHANGE, summary="一件进退或变更", dependencies=READS)
async def read_item_change(
    item_id: UUID, change_id: UUID, at: ReadingHere, response: Response
) -> ItemChangeOut:
    """所提的内容、已办的环节与现待的环节。"""
    async with at.kept.engine.connect() as connection:
        item = await items.get(connection, at.centre.id, item_id)
        change = await ChangesOf(connection, at.centre.id, item_id).get(change_id)
    response.headers["ETag"] = etag_of(change.version)
    return _out(at.book(at.today).items, change, item)


@router.post(
    CHANGES,
    summary="提交进退或变更",
    status_code=201,
    response_model=ItemChangeOut,
    dependencies=WRITES,
    responses=ENTERED,
)
async def submit_item_change(item_id: UUID, body: Json[ItemChangeIn], here: InCentre) -> Response:
    """规章要求逐级同意的，由此办起；规章未要求的，自今日生效。同一事项至多一件在办。"""
    item = await items.lock(here.connection, here.centre.id, item_id)
    change = body.change(item.id, by=here.work.caller.subject, on=here.on)
    here.work.subject = ("item_change", change.id)
    check_change(change.kind, change.proposal, item)
    changes = ChangesOf(here.connection, here.centre.id, item.id)
    if await changes.open() is not None:
        raise ChangeOpen
    if change.kind is ChangeKind.CHANGE:
        await judge_entered(here, "submit_item_change", change.proposal.of(item), was=item)
    changing = Changing(here, item, change, changes)
    if changing.rule is not None:
        await changes.add(change)
        return await changing.told("submitted", change, changing.rule.rows)
    done, rows = await changing.taken_effect(change)
    await changes.add(done)
    return await changing.told("implemented", done, rows)


_act = partial(
    router.post,
    status_code=201,
    response_model=ItemChangeOut,
    dependencies=WRITES,
    responses=CHANGED,
)
"""An act on a change that is under way."""


@_act(CHANGE + "/opinion", summary="初审意见")
async def opine_on_item_change(body: Json[StepIn], at: ChangingHere) -> Response:
    """中心的初审意见；不同意的只作记录，仍由批准机关决定。"""
    return await at.stepped(Step.OPINION, body)


@_act(CHANGE + "/clearance", summary="合法性核准")
async def clear_item_change(body: Json[StepIn], at: ChangingHere) -> Response:
    """司法局的核准，附核准文件；不予核准的，该变更到此为止。"""
    return await at.stepped(Step.CLEARANCE, body)


@_act(CHANGE + "/approval", summary="批准")
async def approve_item_change(body: Json[StepIn], at: ChangingHere) -> Response:
    """主管局的批准；不予批准的，该变更到此为止。"""
    return await at.stepped(Step.APPROVAL, body)


@_act(CHANGE + "/confirmation", summary="确认")
async def confirm_item_change(body: Json[StepIn], at: ChangingHere) -> Response:
    """管委会对事项及其流程的确认：自今日起生效，此前沿用原有的流程。"""
    return await at.stepped(Step.CONFIRMATION, body)


@_act(CHANGE + "/implementation", summary="实施")
async def implement_item_change(body: Json[StepIn], at: ChangingHere) -> Response:
    """逐级同意之后实施：进入的启用，退出的自今日起不再收件。"""
    return await at.stepped(Step.IMPLEMENTATION, body)


@_act(CHANGE + "/retraction", summary="撤回")
async def retract_item_change(body: Json[RetractionIn], at: ChangingHere) -> Response:
    """提交者不再办理；登记仍留存。"""
    refuse_personal_values(body)
    if at.change.stage is not ChangeStage.OPEN:
        raise ChangeEnded(at.change.stage)
    ended = at.change.ended(ChangeStage.RETRACTED, at.here.on, body.reason).again()
    await at.changes.save(ended)
    return await at.told("retracted", ended)
