"""Cases for tests of the domain: an application, the text it is under, and the usual acts."""

from datetime import date, datetime
from uuid import UUID

import pytest

from app.calendars.load import load as load_calendars
from app.domain.casework.acceptance import Channel, Form
from app.domain.casework.acts import (
    Acceptance,
    Deciding,
    Notice,
    Papers,
    Receipt,
)
from app.domain.casework.case import (
    Case,
    Verdict,
)
from app.domain.casework.case_clock import (
    CaseLaw,
)
from app.domain.casework.case_facts import Item, ItemKind
from app.domain.casework.weighing import (
    Moment,
    receive,
    take,
)
from app.domain.day import SHANGHAI
from app.domain.decision import RefusedByRegulation
from app.domain.element import Element
from app.rulebooks.load import load as load_rulebooks

BOOKS = load_rulebooks()
CALENDARS = load_calendars()
SOMEBODY = UUID(int=7)
LOCAL = ("erdos-hitech", "shapotou", "nanchang", "aohan", "tianya")
EVERYTHING = tuple(Element)


def law(regulation: str, *, national: bool = False) -> CaseLaw:
    on = date(2025, 10, 9)
    book = BOOKS.in_force(regulation, on)
    below = BOOKS.in_force("national", on) if national else None
    return CaseLaw(
        regulation=book.regulation,
        edition=book.edition,
        time_limit=book.time_limit,
        acceptance=book.acceptance,
        seal=book.seal,
        calendar=CALENDARS.of(book.calendar),
        national_time_limit=below.time_limit if below else None,
        national_acceptance=below.acceptance if below else None,
    )


def at(day: str, hour: int = 10) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), SHANGHAI).replace(
        hour=hour
    )


def moment(day: str, hour: int = 10) -> Moment:
    return Moment(occurred_at=at(day, hour), recorded_at=at(day, hour))


def receipt(
    *,
    promised: int | None = 5,
    statutory: int | None = 20,
    kind: ItemKind = ItemKind.PROMISED,
    complete: bool = True,
) -> Receipt:
    return Receipt(
        item_id=UUID(int=2),
        item=Item(kind=kind, statutory_days=statutory, promised_days=promised),
        materials_complete=complete,
        channel=Channel.WINDOW,
        regulation="",
        edition="",
        digest="",
        national=False,
        calendar="CN",
    )


PAPERS = Papers(id=UUID(int=1), centre_id=UUID(int=3), number="X-2025-00000001", item_name="事项")


def received(text: CaseLaw, day: str = "2025-09-30", taken: Receipt | None = None) -> Case:
    return receive(taken or receipt(), PAPERS, text, moment(day)).case


def acceptance(form: Form = Form.SYSTEM) -> Acceptance:
    return Acceptance(form=form, channel=Channel.WINDOW, contains=EVERYTHING)


def notice(*corrections: str, form: Form = Form.WRITTEN) -> Notice:
    return Notice(
        form=form, channel=Channel.WINDOW, corrections=corrections or ("甲",), contains=EVERYTHING
    )


def decided(text: CaseLaw) -> Case:
    case = take(received(text), acceptance(), text, moment("2025-09-30", 11)).case
    granted = Deciding(verdict=Verdict.GRANTED)
    return take(case, granted, text, moment("2025-10-13")).case


def rows_of(refused: pytest.ExceptionInfo[RefusedByRegulation]) -> set[str]:
    return {row for finding in refused.value.decision.against() for row in finding.rows}
