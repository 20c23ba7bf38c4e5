"""The desk of items (事项台): what an item shows, and what weighs when it changes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Response

from app.api.deps import RulebooksInForce, Today
from app.api.in_centre import CentreWork
from app.api.place import RepositoriesDep, VisibleCentre
from app.api.v1.schemas.item import ItemDetail
from app.api.versions import check_version
from app.db import departments, guides, item_placements, item_windows, items, mandates
from app.db.item_changes import ChangesOf
from app.db.item_standing import current_offices, standing_of
from app.db.repositories import Repositories
from app.db.uow import Connection
from app.domain.casework.approval_step import has_its_steps
from app.domain.day import ImpossibleFact
from app.domain.decision import Caution, Decision, Finding
from app.domain.errors import NotFound
from app.domain.items.activation import may_be_activated, may_be_entered
from app.domain.items.item import ItemStage, ServiceItem, check_item
from app.domain.items.promise import is_public
from app.domain.law_of_case import limits_of
from app.domain.organisation.centre import Centre
from app.domain.organisation.department import DepartmentNotAtCentre
from app.domain.organisation.mandate import Power, Wanted, covers
from app.domain.rulebook import Rulebook, Rulebooks


@dataclass(frozen=True, slots=True)
class Seen:
    """A centre whose items are looked at, under the edition of a legal day."""

    connection: Connection
    centre: Centre
    book: Rulebook
    on: date

    async def detail(self, item: ServiceItem) -> ItemDetail:
        """The item with all that the day shows of it."""
        ids = [item.id]
        placed = await item_placements.of_items(self.connection, self.centre.id, ids, self.on)
        windows = await item_windows.of_items(self.connection, self.centre.id, ids, self.on)
        guided = await guides.in_force(self.connection, self.centre.id, ids, self.on)
        change = await ChangesOf(self.connection, self.centre.id, item.id).open()
        guide = guided.get(item.id)
        return ItemDetail(
            item=item,
            placed=placed.get(item.id),
            window_ids=windows.get(item.id, ()),
            guide_id=None if guide is None else guide.id,
            open_change_id=None if change is None else change.id,
            accept_only=await self._accept_only(item),
        )

    async def _accept_only(self, item: ServiceItem) -> bool | None:
        """Whether the text wants a mandate for decisions and none counts that day."""
        found = await mandates.of_item(self.connection, self.centre.id, item.id, item.department_id)
        wanted = Wanted(item_id=item.id, power=Power.DECIDE, on=self.on)
        weighed = [finding.result.value for finding in covers(self.book.mandates, found, wanted)]
        return "violated" in weighed if weighed else None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a request that reads items has to do with."""

    centre: Centre
    kept: Repositories
    books: Rulebooks
    today: date

    def seen(self, connection: Connection, on: date | None) -> Seen:
        """The items as they are on that legal day, by default today."""
        day = on or self.today
        return Seen(connection, self.centre, self.book(day), day)

    def book(self, on: date) -> Rulebook:
        """The edition that governs the centre on that day."""
        return self.books.in_force(self.centre.on(on).regulation, on)


async def reading(
    centre: VisibleCentre, kept: RepositoriesDep, books: RulebooksInForce, today: Today
) -> Reading:
    """The centre of the path, to read its items."""
    return Reading(centre, kept, books, today)


ReadingHere = Annotated[Reading, Depends(reading)]


def seen_by(here: CentreWork) -> Seen:
    """What the request itself sees, today."""
    return Seen(here.connection, here.centre, here.book, here.on)


async def begun(here: CentreWork, item_id: UUID, if_match: str | None) -> ServiceItem:
    """Take one's turn to change an item. Raises NotFound, VersionMissing, ChangedMeanwhile."""
    here.work.subject = ("item", item_id)
    item = await items.lock(here.connection, here.centre.id, item_id)
    check_version(item.version, if_match)
    return item


async def judge_entered(
    here: CentreWork, act: str, item: ServiceItem, *, was: ServiceItem | None = None
) -> Decision:
    """Whether the item may be kept so, which `was` as it is there now. Raises ImpossibleFact,
    NotFound, DepartmentNotAtCentre, RefusedByRegulation."""
    check_item(item)
    if was is None or (was.department_id, was.office_id) != (item.department_id, item.office_id):
        await _check_place(here, item)
    offices = await current_offices(here.connection, here.centre.id, item.department_id, here.on)
    chapter, layers = here.book.items, limits_of(here.centre, item, here.books, here.on)
    found = list(may_be_entered(chapter, layers, item, offices))
    served = was if was and was.stage is ItemStage.ACTIVE else None
    if served and served.approval_steps != item.approval_steps:
        found += has_its_steps(chapter.ordinary, item.approval_steps)
    return here.judge(act, found)


async def _check_place(here: CentreWork, item: ServiceItem) -> None:
    """Raises NotFound, DepartmentNotAtCentre; ImpossibleFact for an office of another department,
    of which a text that knows offices speaks itself."""
    if item.department_id is None:
        return
    department = await departments.get(here.connection, here.centre.id, item.department_id)
    if not department.stands(here.on):
        raise DepartmentNotAtCentre(here.on)
    if item.office_id is None or here.book.items.office is not None:
        return
    offices = await departments.all_offices(here.connection, here.centre.id)
    office = next((each for each in offices if each.id == item.office_id), None)
    if office is None:
        raise NotFound("审批办", item.office_id)
    if office.department_id != item.department_id:
        raise ImpossibleFact("office_id", "审批办不属于事项的部门，请写明该部门的审批办")


async def ready_findings(here: CentreWork, item: ServiceItem) -> list[Finding]:
    """What stands for and against serving the item from today."""
    (found,) = await standing_of(here.connection, here.centre.id, [item], here.on)
    return list(may_be_activated(here.book.items, item, found.ready))


async def judge_promise(
    here: CentreWork, act: str, item: ServiceItem, was: ServiceItem
) -> Decision:
    """Whether the limit of an item that is served may become this one. Raises
    RefusedByRegulation. What is only drafted is asked when it is activated."""
    if was.stage is not ItemStage.ACTIVE:
        return here.judge(act, ())
    guided = await guides.in_force(here.connection, here.centre.id, [item.id], here.on)
    published = guided[item.id].content.promised_days if item.id in guided else None
    return here.judge(act, is_public(here.book.items, item, published, was))


async def keep(here: CentreWork, item: ServiceItem) -> None:
    """Write an item that was locked; this process reads it anew once that is committed."""
    await items.save(here.connection, here.centre.id, item)
    kept: Repositories = here.work.request.app.state.repositories
    here.work.afterwards(lambda: kept.cases.forget_item(here.centre.id, item.id))


async def answer_item(
    here: CentreWork, item: ServiceItem, cautions: tuple[Caution, ...] = ()
) -> Response:
    """The item as it is now, with its ETag and address."""
    detail = replace(await seen_by(here).detail(item), cautions=cautions)
    return await here.answer(detail.out(), item, "items")


def item_facts(item: ServiceItem) -> Mapping[str, Any]:  # Any: JSON
    """What the ledger and the event say of an item."""
    return {
        "stage": item.stage.value,
        "version": item.version,
        "item_class": item.item_class,
        "department_id": item.department_id and str(item.department_id),
        "promised_days": item.promised_days,
        "statutory_days": item.statutory_days,
    }
