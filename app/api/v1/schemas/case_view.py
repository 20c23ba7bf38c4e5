"""How a case is shown (办件呈现): plain values of it as it stands at a moment, ready for JSON."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from app.api.v1.schemas.ruling import ruling_out
from app.domain.calendar import DayCount
from app.domain.casework.case import Case, SetAside, allowed_at
from app.domain.casework.case_clock import CaseLaw, Standing, as_it_stands, clock, standing
from app.domain.casework.case_facts import Exclusion, TimeLimitValues
from app.domain.casework.weighing import Taken
from app.domain.day import SHANGHAI
from app.domain.decision import Answer
from app.domain.oversight.ledger import Entry

Plain = dict[str, Any]  # Any: typed by the models of `case` in the document and in a test


def case_out(
    case: Case, law: CaseLaw, now: datetime, clocked: Answer[TimeLimitValues] | None = None
) -> Plain:
    """The case as CaseOut has it, with the acceptance that silence has brought by now; `clocked`
    is its clock, where it was read for this very moment already."""
    seen = as_it_stands(case, law, now)
    values = (clocked or clock(case, law, now)).values
    where = standing(seen, values)
    ticking = where not in (Standing.SUSPENDED, Standing.DECLINED, Standing.ANNULLED)
    return {
        "id": case.id,
        "centre_id": case.centre_id,
        "number": case.number,
        "item": {
            "id": case.item_id,
            "name": case.item_name,
            "kind": case.item.kind,
            "statutory_days": case.item.statutory_days,
            "promised_days": case.item.promised_days,
            "legal_limit": case.item.legal_limit,
        },
        "regulation": case.under.regulation,
        "edition": case.under.edition,
        "edition_digest": case.under.digest,
        "national": case.under.national,
        "channel": case.channel,
        "reference": case.reference,
        "department_id": case.department_id,
        "window_id": case.window_id,
        "stage": seen.stage,
        "standing": where,
        "version": case.version,
        "allowed": allowed_at(seen.stage),
        **_happened(case),
        **_counted(values, ticking=ticking),
    }


def _happened(case: Case) -> Plain:
    extension = case.extension
    return {
        "received_at": case.received_at.astimezone(SHANGHAI),
        "materials_complete_at": _local(case.materials_complete_at),
        "notified_at": _local(case.notified_at),
        "notices": case.notices,
        "corrections": case.corrections,
        "accepted_at": _local(case.accepted_at),
        "declined_at": _local(case.declined_at),
        "exclusions": [_exclusion_out(exclusion) for exclusion in case.exclusions],
        "extension": extension and {"days": extension.days, "approver_id": extension.approved_by},
        "green_channel": case.green_channel,
        "decided_at": _local(case.decided_at),
        "verdict": case.verdict,
        "sealed_at": _local(case.sealed_at),
        "completed_at": _local(case.completed_at),
        "rectified": rectified_out(case),
    }


def rectified_out(case: Case) -> list[Plain]:
    """The acts of the case that count as never done."""
    return [{"number": gone.number, "act": gone.act, "by": gone.by} for gone in case.rectified]


def _counted(values: TimeLimitValues | None, *, ticking: bool) -> Plain:
    """What the clock says; a case whose clock stands still has no due day."""
    if values is None:
        names = ("accepted_on", "counts_from_on", "limit_days", "due_on", "working_days_left")
        return dict.fromkeys(names) | {"deemed_accepted": False, "provisional": False}
    return {
        "accepted_on": values.accepted_on,
        "deemed_accepted": values.deemed_accepted,
        "counts_from_on": values.starts_on if ticking else None,
        "limit_days": values.limit_days,
        "due_on": values.due_on if ticking else None,
        "working_days_left": values.working_days_left if ticking else None,
        "provisional": values.provisional,
    }


def _exclusion_out(exclusion: Exclusion) -> Plain:
    return {
        "kind": exclusion.kind,
        "from": exclusion.from_,
        "to": exclusion.to,
        "announced_in_guide": exclusion.announced_in_guide,
        "applicant_told_in_writing": exclusion.applicant_told_in_writing,
    }


def line_out(case: Case, law: CaseLaw, now: datetime) -> Plain:
    """The case as a line of a list."""
    whole = case_out(case, law, now)
    kept = ("id", "number", "stage", "standing", "version", "received_at", "due_on")
    return {
        **{name: whole[name] for name in kept},
        "item_name": case.item_name,
        "working_days_left": whole["working_days_left"],
    }


def act_out(taken: Taken, law: CaseLaw, now: datetime) -> Plain:
    """The case after an act, with what the text said to it."""
    case = case_out(taken.case, law, now, taken.clocked)
    return {"case": case, "decision": ruling_out(taken.decision)}


def day_out(day: DayCount) -> Plain:
    """A line of the proof."""
    notice = day.notice
    return {
        "on": day.on,
        "counted": day.counted,
        "number": day.number,
        "why": day.why,
        "name": day.name,
        "notice": notice
        and {"title": notice.title, "number": notice.number, "issued_on": notice.issued_on},
        "reason": day.reason,
    }


def recorded_out(entry: Entry, aside: Collection[SetAside]) -> Plain:
    """An act as the ledger keeps it, and whether it was set aside or sets another one aside."""
    gone = {each.number: each.by for each in aside}
    by = {each.by: each.number for each in aside}
    return {
        "number": entry.number,
        "act": entry.action,
        "rectifies": by.get(entry.number or 0),
        "rectified_by": gone.get(entry.number or 0),
        "occurred_at": _local(entry.occurred_at),
        "recorded_at": _local(entry.at),
        "actor": entry.actor,
        "client": entry.client,
        "facts": entry.facts,
        "rows": entry.rows,
        "override": entry.override,
        "request_id": entry.request_id,
        "hash": entry.hash.hex(),
    }


def _local(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.astimezone(SHANGHAI)
