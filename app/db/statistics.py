"""Statistics of cases (办件统计) as they are counted: a month of some centres, in one statement."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    DateTime,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    func,
    literal,
    not_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.case_list import begun
from app.db.case_table import cases
from app.db.windows import window
from app.domain.casework.case import Stage, Verdict
from app.domain.organisation.window import WindowKind
from app.domain.oversight.statistics import Cell, Counts, Month


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is counted: the month as it is on that day. Under the regulations in `by_seal` a case
    is completed by its seal; under those in `from_receipt` the clock of a complete application
    does not wait for acceptance."""

    month: Month
    today: date
    by_seal: tuple[str, ...] = ()
    from_receipt: tuple[str, ...] = ()


_SINCE: Final = bindparam("since", type_=DateTime(timezone=True))
_UNTIL: Final = bindparam("until", type_=DateTime(timezone=True))
_TODAY: Final = bindparam("today", type_=Date)


def _among(name: str) -> BindParameter[Any]:
    return bindparam(name, type_=ARRAY(Text))


def _in_month(moment: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(moment >= _SINCE, moment < _UNTIL)


_SEALED_ENDS: Final = cases.c.regulation == _among("by_seal").any_()
_BEGUN: Final = begun(_TODAY, cases.c.regulation == _among("from_receipt").any_())
_COUNTED: Final = {
    "received": _in_month(cases.c.received_at),
    "accepted": _in_month(cases.c.accepted_at),
    "granted": and_(_in_month(cases.c.decided_at), cases.c.decision == Verdict.GRANTED.value),
    "denied": and_(_in_month(cases.c.decided_at), cases.c.decision == Verdict.DENIED.value),
    "completed": and_(_in_month(cases.c.completed_at), not_(_SEALED_ENDS)),
    "sealed": and_(_in_month(cases.c.sealed_at), _SEALED_ENDS),
    "overdue": and_(
        cases.c.due_on.between(bindparam("first", type_=Date), bindparam("last", type_=Date)),
        cases.c.due_on < _TODAY,
        _BEGUN,
    ),
}
_COMPLETED_BY: Final = {"sealed": "completed"}


def _count(what: str, condition: ColumnElement[bool]) -> Select[Any]:  # Any: several types
    return (
        select(
            cases.c.centre_id,
            cases.c.department_id,
            cases.c.window_id,
            literal(_COMPLETED_BY.get(what, what)).label("what"),
            func.count().label("number"),
        )
        .where(
            cases.c.centre_id == bindparam("centres", type_=ARRAY(Uuid)).any_(),
            cases.c.stage != Stage.ANNULLED.value,
            condition,
        )
        .group_by(cases.c.centre_id, cases.c.department_id, cases.c.window_id)
    )


_LINES: Final = union_all(*(_count(*each) for each in _COUNTED.items())).subquery("lines")
_STATEMENT: Final = (
    select(
        _LINES.c.centre_id,
        _LINES.c.department_id,
        window.c.kind,
        _LINES.c.what,
        func.sum(_LINES.c.number).label("number"),
    )
    .outerjoin(
        window,
        and_(window.c.centre_id == _LINES.c.centre_id, window.c.id == _LINES.c.window_id),
    )
    .group_by(_LINES.c.centre_id, _LINES.c.department_id, window.c.kind, _LINES.c.what)
)


async def counted(
    connection: AsyncConnection, centres: Collection[UUID], asked: Asked
) -> list[Cell]:
    """The counts of these centres, by department and kind of window; what is nought is left out."""
    values = {
        "centres": list(centres),
        "since": asked.month.since,
        "until": asked.month.until,
        "first": asked.month.first,
        "last": asked.month.last,
        "today": asked.today,
        "by_seal": list(asked.by_seal),
        "from_receipt": list(asked.from_receipt),
    }
    found: dict[tuple[UUID, UUID | None, str | None], dict[str, int]] = {}
    for row in await connection.execute(_STATEMENT, values):
        cell = found.setdefault((row.centre_id, row.department_id, row.kind), {})
        cell[row.what] = int(row.number)
    return [
        Cell(
            centre_id=centre_id,
            department_id=department_id,
            kind=None if kind is None else WindowKind(kind),
            counts=Counts(**counts),
        )
        for (centre_id, department_id, kind), counts in found.items()
    ]
