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
from app.domain.casework.acts import DEEDS, Papers, Receipt
from app.domain.casework.case import Act, Case, Deed, Stage, Under, Verdict
from app.domain.casework.case_clock import Deadlines
from app.domain.casework.case_facts import Exclusion, Extension, GreenChannel, Item, ItemKind
from app.domain.casework.recomputation import Recomputation
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
}
# Any: an adapter per kind of deed.
_DEEDS: Final[Mapping[Act, TypeAdapter[Any]]] = {
    **{act: TypeAdapter(of) for act, of in DEEDS.items()},
    Act.RECOMPUTED: TypeAdapter(Recomputation),
}
_EXCLUSIONS: Final = TypeAdapter(tuple[Exclusion, ...])
_EXTENSION: Final = TypeAdapter(Extension)
_GREEN: Final = TypeAdapter(GreenChannel)
_CORRECTIONS: Final = TypeAdapter(tuple[str, ...])
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
    values = {
        "centre_id": case.centre_id,
        "id": case.id,
        "number": case.number,
        "item_id": case.item_id,
        "item_name": case.item_name,
        "item_kind": case.item.kind,
        "statutory_days": case.item.statutory_days,
        "promised_days": case.item.promised_days,
        "regulation": case.under.regulation,
        "edition": case.under.edition,
        "edition_digest": case.under.digest,
        "national": case.under.national,
        "calendar": case.under.calendar,
        "channel": case.channel,
        "reference": case.reference,
        "green": _json(_GREEN, case.green_channel),
        "received_at": case.received_at,
        "created_at": writing.recorded_at,
        **_moving(case),
        "counts_from_on": days.counts_from_on,
        "due_on": days.due_on,
        "silent_after_on": days.silent_after_on,
        "reference_version": writing.reference_version,
    }
    return {f"case_{name}": value for name, value in values.items()}


def _moving(case: Case) -> dict[str, Any]:
    """The columns that acts change."""
    return {
        "stage": case.stage,
        "version": case.version,
        "materials_complete_at": case.materials_complete_at,
        "notified_at": case.notified_at,
        "notices": case.notices,
        "corrections": _json(_CORRECTIONS, case.corrections or None),
        "accepted_at": case.accepted_at,
        "declined_at": case.declined_at,
        "decided_at": case.decided_at,
        "decision": case.verdict,
        "sealed_at": case.sealed_at,
        "completed_at": case.completed_at,
        "exclusions": _json(_EXCLUSIONS, case.exclusions),
        "extension": _json(_EXTENSION, case.extension),
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
    """What subscribers learn of the step: ids, days and the rows cited."""
    due_on = days.due_on
    return {
        "centre_id": str(entry.centre_id),
        "case_id": str(entry.subject_id),
        "number": taken.case.number,
        "act": entry.action,
        "version": entry.number,
        "occurred_at": entry.occurred_at.isoformat(),
        "due_on": due_on.isoformat() if due_on else None,
        "rows": list(entry.rows),
    }


def folded(papers: Papers, entries: Iterable[Entry]) -> Case:
    """The case as its ledger tells it: the receipt, and every act after it."""
    case: Case | None = None
    for entry in entries:
        deed = deed_of(entry)
        if isinstance(deed, Receipt):
            case = deed.opens(papers, entry.occurred_at)
        elif case is not None:
            case = case.after(deed, entry.occurred_at)
    if case is None:
        raise ValueError("the ledger of a case begins with its receipt")
    return case


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
    if stored is None:
        return None
    return adapter.validate_json(json.dumps(stored))
