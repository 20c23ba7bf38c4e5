"""A case as a row (办件的存储形式): its columns, the ledger entries of its acts, and back again."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import BindParameter, bindparam

from app.db.case_table import cases
from app.db.ids import uuid7
from app.domain.casework.acts import DEEDS, Papers
from app.domain.casework.case import Act, Case, Deed, SetAside, Stage, Under, Verdict
from app.domain.casework.case_clock import Deadlines
from app.domain.casework.case_facts import (
    Exclusion,
    Extension,
    GreenChannel,
    Item,
    ItemKind,
    LegalLimit,
)
from app.domain.casework.recomputation import Recomputation
from app.domain.casework.rectification import Entered, Glance, Rectification, told
from app.domain.casework.weighing import Step, Taken
from app.domain.oversight.ledger import Entry

SUBJECT: Final = "case"
EVENTS: Final[Mapping[Act, str]] = {
    Act.RECEIVE: "cn.guiju.case.received",
    Act.NOTIFY: "cn.guiju.case.notified",
    Act.CORRECT: "cn.guiju.case.corrected",
    Act.DEEM_ACCEPTED: "cn.guiju.case.deemed_accepted",
    Act.ACCEPT: "cn.guiju.case.accepted",
    Act.DECLINE: "cn.guiju.case.declined",
    Act.SUSPEND: "cn.guiju.case.suspended",
    Act.RESUME: "cn.guiju.case.resumed",
    Act.EXTEND: "cn.guiju.case.extended",
    Act.DECIDE: "cn.guiju.case.decided",
    Act.SEAL: "cn.guiju.case.sealed",
    Act.COMPLETE: "cn.guiju.case.completed",
    Act.RECOMPUTED: "cn.guiju.case.recomputed",
    Act.RECTIFY: "cn.guiju.case.rectified",
}
# Any: an adapter per kind of deed.
_DEEDS: Final[Mapping[Act, TypeAdapter[Any]]] = {
    **{act: TypeAdapter(of) for act, of in DEEDS.items()},
    Act.RECOMPUTED: TypeAdapter(Recomputation),
    Act.RECTIFY: TypeAdapter(Rectification),
}
_EXCLUSIONS: Final = TypeAdapter(tuple[Exclusion, ...])
_EXTENSION: Final = TypeAdapter(Extension)
_GREEN: Final = TypeAdapter(GreenChannel)
_LEGAL: Final = TypeAdapter(LegalLimit)
_CORRECTIONS: Final = TypeAdapter(tuple[str, ...])
_RECTIFIED: Final = TypeAdapter(tuple[SetAside, ...])
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """Who writes, through which client, in which request, with which reference data."""

    actor: str
    client: str
    request_id: str
    recorded_at: datetime
    reference_version: str
    override: Mapping[str, str] | None = None


def case_binds() -> dict[str, BindParameter[Any]]:
    """A parameter for each column of a case: `case_id`, `case_stage`, …"""
    return {c.name: bindparam(f"case_{c.name}", type_=c.type) for c in cases.c}


def case_arguments(case: Case, days: Deadlines, writing: Writing) -> dict[str, Any]:
    """What to call a statement with that was made with `case_binds`."""
    return {
        "case_centre_id": case.centre_id,
        "case_id": case.id,
        "case_number": case.number,
        "case_item_id": case.item_id,
        "case_item_name": case.item_name,
        "case_item_kind": case.item.kind,
        "case_statutory_days": case.item.statutory_days,
        "case_promised_days": case.item.promised_days,
        "case_regulation": case.under.regulation,
        "case_edition": case.under.edition,
        "case_edition_digest": case.under.digest,
        "case_national": case.under.national,
        "case_calendar": case.under.calendar,
        "case_channel": case.channel,
        "case_reference": case.reference,
        "case_green": _json(_GREEN, case.green_channel),
        "case_received_at": case.received_at,
        "case_created_at": writing.recorded_at,
        "case_department_id": case.department_id,
        "case_window_id": case.window_id,
        "case_legal_limit": _json(_LEGAL, case.item.legal_limit),
        **_moving(case),
        "case_counts_from_on": days.counts_from_on,
        "case_due_on": days.due_on,
        "case_silent_after_on": days.silent_after_on,
        "case_reference_version": writing.reference_version,
    }


def _moving(case: Case) -> dict[str, Any]:
    """The columns that acts change."""
    return {
        "case_stage": case.stage,
        "case_version": case.version,
        "case_materials_complete_at": case.materials_complete_at,
        "case_notified_at": case.notified_at,
        "case_notices": case.notices,
        "case_corrections": _json(_CORRECTIONS, case.corrections or None),
        "case_accepted_at": case.accepted_at,
        "case_declined_at": case.declined_at,
        "case_decided_at": case.decided_at,
        "case_decision": case.verdict,
        "case_sealed_at": case.sealed_at,
        "case_completed_at": case.completed_at,
        "case_exclusions": _json(_EXCLUSIONS, case.exclusions),
        "case_extension": _json(_EXTENSION, case.extension),
        "case_rectified": _json(_RECTIFIED, case.rectified or None),
    }


MOVING: Final = (
    "stage",
    "version",
    "materials_complete_at",
    "notified_at",
    "notices",
    "corrections",
    "accepted_at",
    "declined_at",
    "decided_at",
    "decision",
    "sealed_at",
    "completed_at",
    "exclusions",
    "extension",
    "rectified",
    "counts_from_on",
    "due_on",
    "silent_after_on",
    "reference_version",
)
"""The columns that an act sets; the others are what the case was received with."""


def case_of(row: Mapping[str, Any]) -> Case:  # Any: a column each
    """The case in this row."""
    return Case(
        id=row["id"],
        centre_id=row["centre_id"],
        number=row["number"],
        item_id=row["item_id"],
        item_name=row["item_name"],
        item=Item(
            kind=ItemKind(row["item_kind"]),
            statutory_days=row["statutory_days"],
            promised_days=row["promised_days"],
            legal_limit=_value(_LEGAL, row["legal_limit"]),
        ),
        under=Under(
            regulation=row["regulation"],
            edition=row["edition"],
            digest=row["edition_digest"],
            national=row["national"],
            calendar=row["calendar"],
        ),
        channel=row["channel"],
        reference=row["reference"],
        green_channel=_value(_GREEN, row["green"]),
        received_at=row["received_at"],
        stage=Stage(row["stage"]),
        version=row["version"],
        materials_complete_at=row["materials_complete_at"],
        notified_at=row["notified_at"],
        notices=row["notices"],
        corrections=_value(_CORRECTIONS, row["corrections"]) or (),
        accepted_at=row["accepted_at"],
        declined_at=row["declined_at"],
        exclusions=_value(_EXCLUSIONS, row["exclusions"]) or (),
        extension=_value(_EXTENSION, row["extension"]),
        decided_at=row["decided_at"],
        verdict=None if row["decision"] is None else Verdict(row["decision"]),
        sealed_at=row["sealed_at"],
        completed_at=row["completed_at"],
        rectified=_value(_RECTIFIED, row["rectified"]) or (),
        department_id=row["department_id"],
        window_id=row["window_id"],
    )


def deadlines_of(row: Mapping[str, Any]) -> Deadlines:  # Any: as above
    """The days that the case in this row is listed by."""
    return Deadlines(
        counts_from_on=row["counts_from_on"],
        due_on=row["due_on"],
        silent_after_on=row["silent_after_on"],
    )


def entry_for(taken: Taken, step: Step, writing: Writing) -> Entry:
    """The ledger entry of one step of an act; what silence did has no person behind it."""
    silent = step.deed.act is Act.DEEM_ACCEPTED
    rows = [row for finding in taken.decision.findings for row in finding.rows]
    return Entry(
        centre_id=taken.case.centre_id,
        id=uuid7(),
        at=writing.recorded_at,
        occurred_at=step.occurred_at,
        actor="system" if silent else writing.actor,
        client=writing.client,
        action=step.deed.act,
        subject_kind=SUBJECT,
        subject_id=taken.case.id,
        number=step.number,
        facts=facts_of(step.deed),
        rows=tuple(dict.fromkeys(rows)),
        override=None if silent else writing.override,
        request_id=writing.request_id,
    )


def event_of(entry: Entry, taken: Taken, days: Deadlines) -> Mapping[str, Any]:
    """What subscribers learn of the step: ids, days and the rows cited; of a rectification which
    act it sets aside, and the case before and after."""
    due_on = days.due_on
    learned: dict[str, Any] = {  # Any: free JSON
        "centre_id": str(entry.centre_id),
        "case_id": str(entry.subject_id),
        "number": taken.case.number,
        "act": entry.action,
        "version": entry.number,
        "occurred_at": entry.occurred_at.isoformat(),
        "due_on": due_on.isoformat() if due_on else None,
        "rows": list(entry.rows),
    }
    if isinstance(deed := taken.steps[-1].deed, Rectification):
        learned["rectifies"] = {"number": deed.rectifies, "act": deed.mistaken}
        learned |= {"before": _glance(deed.before), "after": _glance(deed.after)}
    return learned


def _glance(seen: Glance) -> dict[str, str | None]:
    due_on = seen.due_on
    return {"stage": seen.stage, "due_on": due_on.isoformat() if due_on else None}


def folded(papers: Papers, entries: Iterable[Entry]) -> Case:
    """The case as its ledger tells it: the receipt, and every act after it that stands."""
    return told(papers, map(entered_of, entries))


def entered_of(entry: Entry) -> Entered:
    """The act that the entry is of."""
    return Entered(
        number=entry.number or 0,
        deed=deed_of(entry),
        actor=entry.actor,
        occurred_at=entry.occurred_at,
        recorded_at=entry.at,
    )


def facts_of(deed: Deed) -> dict[str, Any]:  # Any: each act has facts of its own
    """What was done, for the ledger to keep."""
    facts: dict[str, Any] = _DEEDS[deed.act].dump_python(
        deed, mode="json", by_alias=True, exclude_none=True
    )
    return facts


def deed_of(entry: Entry) -> Deed:
    """What was done, as the ledger keeps it."""
    deed: Deed = _DEEDS[Act(entry.action)].validate_json(json.dumps(entry.facts))
    return deed


def refusal_of(
    subject: tuple[UUID, UUID | None], act: Act, reason: tuple[str, tuple[str, ...]], by: Writing
) -> Entry:
    """The entry of an act that was refused: `subject` is the centre and the case, `reason` the
    machine's name of the refusal and the rows that stand against the act."""
    (centre_id, case_id), (code, rows) = subject, reason
    return Entry(
        centre_id=centre_id,
        id=uuid7(),
        at=by.recorded_at,
        occurred_at=by.recorded_at,
        actor=by.actor,
        client=by.client,
        action="refused",
        subject_kind=SUBJECT,
        subject_id=case_id,
        facts={"act": act, "code": code},
        rows=rows,
        request_id=by.request_id,
    )


def _json(adapter: TypeAdapter[T], value: T | None) -> str | None:
    if value is None:
        return None
    return adapter.dump_json(value, by_alias=True, exclude_none=True).decode()


def _value(adapter: TypeAdapter[T], stored: object) -> T | None:
    if stored is None or stored == []:  # most cases have no exclusions
        return None
    return adapter.validate_json(json.dumps(stored))
