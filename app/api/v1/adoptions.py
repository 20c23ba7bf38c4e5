"""Adoptions (采用): which regulation governs a centre, from which day on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response

from app.api.deps import RulebooksInForce
from app.api.in_centre import InCentre
from app.api.openapi import responses
from app.api.place import RepositoriesDep, VisibleCentre
from app.api.security import requires
from app.api.uow import WorkRoute
from app.api.v1.schemas.adoption import AdoptionIn, AdoptionOut, AdoptionsOut, RegulationIn
from app.api.v1.schemas.page import PageQuery, next_after
from app.api.wire import Json
from app.db import adoptions, centres
from app.db.ids import uuid7
from app.domain.judging import judged
from app.domain.law_of_case import NATIONAL
from app.domain.organisation.adoption import (
    Adopting,
    Adoption,
    RegulationUnknown,
    check_since,
    follows,
    may_be_adopted,
)
from app.domain.organisation.centre import Centre
from app.domain.rulebook import Rulebook, Rulebooks

router = APIRouter(tags=["中心"], route_class=WorkRoute)

ADOPTIONS: Final = "/centres/{centre}/adoptions"


@dataclass(frozen=True, slots=True)
class Entered:
    """Who enters an adoption, when, and from which day on it holds."""

    by: str
    at: datetime
    since: date


@dataclass(frozen=True, slots=True)
class Weighed:
    """An adoption that may be, the edition that it begins with, and the rows that were applied."""

    made: Adoption
    book: Rulebook
    rows: tuple[str, ...]

    @property
    def facts(self) -> Mapping[str, Any]:  # Any: JSON
        """The adoption as the ledger keeps it."""
        made = self.made
        return {
            "adoption_id": str(made.id),
            "regulation": made.regulation,
            "edition": self.book.edition,
            "national": made.national,
            "since": made.since.isoformat(),
            "applied_by_reference": made.applied_by_reference,
            "acknowledged": made.acknowledgement is not None,
        }

    @property
    def out(self) -> AdoptionOut:
        return AdoptionOut.of(self.made, self.book)


@router.get(ADOPTIONS, summary="中心所采用的规章", dependencies=[requires("centres:read")])
async def list_adoptions(
    centre: VisibleCentre,
    kept: RepositoriesDep,
    books: RulebooksInForce,
    query: Annotated[PageQuery, Query()],
) -> AdoptionsOut:
    """何日起采用哪一部规章，按登记先后；尚未开始的也在其中。"""
    async with kept.engine.connect() as connection:
        found = await adoptions.listed(connection, centre.id, after=query.after, limit=query.limit)
    return AdoptionsOut(
        items=tuple(
            AdoptionOut.of(each, books.in_force(each.regulation, each.since)) for each in found
        ),
        next=next_after(found, query.limit),
    )


@router.post(
    ADOPTIONS,
    summary="改采用另一规章",
    status_code=201,
    response_model=AdoptionOut,
    dependencies=[requires("centres:write")],
    responses=responses(409),
)
async def adopt_regulation(
    body: Json[AdoptionIn], here: InCentre, books: RulebooksInForce, kept: RepositoriesDep
) -> Response:
    """自次日或以后的一日起改采用另一规章；此前收件的办件仍依其收件之日的规章。

    征求意见稿须附确认（`acknowledgement`），否则 409；施行日期未载明等情况在 `warnings` 中说明。
    """
    here.work.subject = ("centre", here.centre.id)
    await centres.turn(here.connection, here.centre.id)
    check_since(body.since, here.work.now)
    entered = Entered(here.work.caller.subject, here.work.now, body.since)
    centre = await centres.read(here.connection, here.centre.id)
    weighed = adopt(centre, body, entered, books)
    await adoptions.add(here.connection, weighed.made)
    await centres.changed(here.connection, here.centre.id)
    await here.work.enter("adopted", weighed.facts, rows=weighed.rows)
    here.work.afterwards(lambda: kept.centres.forget(here.centre))
    return await here.work.answer(weighed.out)


def reached(centre: Centre, on: date, books: Rulebooks) -> tuple[str, ...]:
    """The rows on whom a text reaches, of each that governs the centre on the day or is to govern
    it later; it was answered for when it was adopted. Raises RefusedByRegulation, Undetermined."""
    adopting = Adopting(level=centre.level, unit_type=centre.unit_type, acknowledged=True)
    rows: dict[str, None] = {}
    for each in centre.governed_from(on):
        book = books.in_force(each.regulation, each.since)
        findings = may_be_adopted(book.adoption, adopting)
        decision = judged("set_unit_type", book, each.since, findings).require()
        rows |= dict.fromkeys(decision.rows)
    return tuple(rows)


def adopt(centre: Centre, said: RegulationIn, entered: Entered, books: Rulebooks) -> Weighed:
    """The adoption as the regulation lets it. Raises RegulationUnknown, RefusedByRegulation,
    Undetermined."""
    known = tuple(each for each in books.regulations if each != NATIONAL)
    if said.regulation not in known:
        raise RegulationUnknown(known)
    book = books.in_force(said.regulation, entered.since)
    acknowledgement = said.acknowledgement.said() if said.acknowledgement else None
    adopting = Adopting(
        level=centre.level,
        unit_type=centre.unit_type,
        acknowledged=acknowledgement is not None,
    )
    findings = may_be_adopted(book.adoption, adopting)
    decision = judged("adopt", book, entered.since, findings).require()
    reference = book.adoption.by_reference
    made = Adoption(
        centre_id=centre.id,
        id=uuid7(),
        regulation=said.regulation,
        national=said.national,
        since=entered.since,
        applied_by_reference=reference is not None and follows(reference.terms, adopting),
        entered_by=entered.by,
        entered_at=entered.at,
        acknowledgement=acknowledgement,
    )
    return Weighed(made, book, decision.rows)
