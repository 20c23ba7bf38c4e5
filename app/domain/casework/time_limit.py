"""Time-limited completion (限时办结): when a case is due, on which rule, and whether it is late."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.asked import Asked
from app.domain.calendar import WorkingCalendar
from app.domain.casework.case_facts import ItemKind, Status, TimeLimitFacts, TimeLimitValues
from app.domain.casework.length import Limit, Pauses, limit_of, pauses_of
from app.domain.casework.limits import Anchor, CompletionEvent, Silence, TimeLimitChapter
from app.domain.day import local_day
from app.domain.decision import Answer, Caution, Finding
from app.domain.provision import Provision


@dataclass(frozen=True, slots=True)
class Beginning:
    """From which day the clock runs: `starts_on` is None while it has not begun, and where it is
    not `known`. The cautions are on the days that silence was counted by."""

    starts_on: date | None
    accepted_on: date | None
    deemed: bool
    findings: tuple[Finding, ...] = ()
    cautions: tuple[Caution, ...] = ()
    known: bool = True


def when_due(
    chapter: TimeLimitChapter,
    facts: TimeLimitFacts,
    asked: Asked,
    national: TimeLimitChapter | None = None,
) -> Answer[TimeLimitValues]:
    """When is this case due, and is it late?

    Limits are working days; the anchor day is not counted; a due day ends at 24:00 in
    Asia/Shanghai. What a provision refuses (a promise above the statutory limit, an exclusion that
    was not announced) is left out of the clock, and the finding says so. Raises ImpossibleFact,
    CalendarMissing, DayOutOfRange.
    """
    if chapter.counting is None:
        return Answer((), None)
    layers = (chapter,) if national is None else (chapter, national)
    beginning = begins(chapter, layers, facts, asked)
    limit = limit_of(layers, facts)
    pauses = pauses_of(layers, facts)
    end = completed_on(chapter, facts)
    due = _due_on(facts, beginning, limit, pauses, asked.calendar)
    archive = _archive_due_on(chapter, facts, asked.calendar)
    judged = end or (local_day(facts.as_of) if facts.as_of else asked.on)
    left = None if due is None else _days_left(judged, due, pauses, asked.calendar)
    on_days = (*beginning.cautions, *_cautions(asked, beginning.starts_on, due, archive, limit))
    values = TimeLimitValues(
        starts_on=beginning.starts_on,
        accepted_on=beginning.accepted_on,
        deemed_accepted=beginning.deemed,
        limit_days=limit.days,
        due_on=due,
        completed_on=end,
        status=_status(judged, due, completed=end is not None),
        working_days_left=left,
        archive_due_on=archive,
        provisional=any(caution.code == "calendar_unpublished" for caution in on_days),
    )
    findings = (
        *beginning.findings,
        *limit.findings,
        *pauses.findings,
        *_counting(chapter, facts, values, known=limit.days is not None and beginning.known),
    )
    on_left = () if due is None else _on_days_left(asked, judged, due)
    said = dict.fromkeys((*limit.cautions, *pauses.cautions, *on_days, *on_left))
    return Answer(findings, values, tuple(said))


def last_day_to_answer(
    chapter: TimeLimitChapter,
    received_on: date,
    calendar: WorkingCalendar,
    national: TimeLimitChapter | None = None,
) -> date | None:
    """The day after which silence is acceptance as of receipt (视为受理); None where no text says
    so."""
    layers = (chapter,) if national is None else (chapter, national)
    return min(
        (
            calendar.add_working_days(received_on, silence.terms.working_days)
            for layer in layers
            if (silence := layer.silence)
        ),
        default=None,
    )


def begins(
    chapter: TimeLimitChapter,
    layers: Iterable[TimeLimitChapter],
    facts: TimeLimitFacts,
    asked: Asked,
) -> Beginning:
    """From which day the clock runs: the acceptance (also by silence) or the receipt of a complete
    application."""
    received_on, accepted_on = _day(facts.received_at), _day(facts.accepted_at)
    silences = [layer.silence for layer in layers if layer.silence]
    assert chapter.counting is not None, "when_due asks only under a chapter that counts"  # noqa: S101
    from_receipt = chapter.counting.terms.anchor is Anchor.RECEIPT
    if received_on is None and (from_receipt or silences):
        needing = chapter.counting if from_receipt else silences[0]
        unknown = Finding.unknown(needing, "facts.received_at")
        return Beginning(None, accepted_on, False, (unknown,), known=False)
    said: tuple[Caution, ...] = ()
    if received_on is not None and silences:
        answered_on = min(filter(None, (accepted_on, _day(facts.notified_at))), default=None)
        judged_on = answered_on or _judged_on(facts, asked)
        deemed, said = _deemed(silences, received_on, judged_on, asked)
        if deemed:
            found = Finding.under(deemed[0], met=True, expected=deemed[1], actual=answered_on)
            return Beginning(received_on, received_on, True, (found,), said)
    complete_on = _day(facts.materials_complete_at)
    anchor = received_on if from_receipt else accepted_on
    if anchor is None or complete_on is None:
        return Beginning(None, accepted_on, False, (), said)
    return Beginning(max(anchor, complete_on), accepted_on, False, (), said)


def _deemed(
    silences: Iterable[Provision[Silence]], received_on: date, judged_on: date, asked: Asked
) -> tuple[tuple[Provision[Silence], date] | None, tuple[Caution, ...]]:
    """The provision by which silence was acceptance on `judged_on`, with its last day for an
    answer; and what must be said of the days that were counted to know."""
    said: tuple[Caution, ...] = ()
    for silence in silences:
        last = asked.calendar.add_working_days(received_on, silence.terms.working_days)
        if received_on < (until := min(last, judged_on)):
            said += asked.cautions(received_on, until)
        if judged_on > last:
            return (silence, last), said
    return None, said


def _judged_on(facts: TimeLimitFacts, asked: Asked) -> date:
    return local_day(facts.as_of) if facts.as_of else asked.on


def completed_on(chapter: TimeLimitChapter, facts: TimeLimitFacts) -> date | None:
    """The day of the completion event: the seal where the text says so, else the decision."""
    if chapter.completion and chapter.completion.terms.event is CompletionEvent.SEAL:
        return None if _sealed_early(facts) else _day(facts.sealed_at)
    return _day(facts.decided_at)


def _sealed_early(facts: TimeLimitFacts) -> bool:
    sealed, decided = facts.sealed_at, facts.decided_at
    return sealed is not None and decided is not None and sealed < decided


def _counting(
    chapter: TimeLimitChapter, facts: TimeLimitFacts, values: TimeLimitValues, *, known: bool
) -> Iterator[Finding]:
    """What the due day and the days after it rest on; where it is not `known`, another finding
    says what is missing."""
    due = values.due_on
    if chapter.counting and known:
        yield Finding.under(chapter.counting, met=True, expected=due, actual=values.completed_on)
    if chapter.completion:
        early, sealed_on = _sealed_early(facts), _day(facts.sealed_at)
        yield Finding.under(chapter.completion, met=not early, expected=due, actual=sealed_on)
    if chapter.archive and values.archive_due_on:
        expected, delivered = values.archive_due_on, _day(facts.delivered_at)
        yield Finding.under(chapter.archive, met=True, expected=expected, actual=delivered)


def _due_on(
    facts: TimeLimitFacts,
    beginning: Beginning,
    limit: Limit,
    pauses: Pauses,
    calendar: WorkingCalendar,
) -> date | None:
    if beginning.starts_on is None or limit.days is None:
        return None
    if facts.item is not None and facts.item.kind is ItemKind.INSTANT:
        return beginning.accepted_on or beginning.starts_on
    return calendar.add_working_days(
        beginning.starts_on, limit.days, excluded=frozenset(pauses.days)
    )


def _archive_due_on(
    chapter: TimeLimitChapter, facts: TimeLimitFacts, calendar: WorkingCalendar
) -> date | None:
    if chapter.archive is None or facts.delivered_at is None:
        return None
    delivered_on = local_day(facts.delivered_at)
    return calendar.roll(calendar.after(delivered_on, chapter.archive.terms.span))


def _days_left(judged: date, due: date, pauses: Pauses, calendar: WorkingCalendar) -> int:
    skipped = frozenset(pauses.days) if judged < due else ()
    return calendar.working_days_between(judged, due, excluded=skipped)


def _status(judged: date, due: date | None, *, completed: bool) -> Status:
    if due is None:
        return Status.NOT_STARTED
    if completed:
        return Status.COMPLETED_ON_TIME if judged <= due else Status.COMPLETED_LATE
    if judged == due:
        return Status.DUE_TODAY
    return Status.RUNNING if judged < due else Status.OVERDUE


def _cautions(
    asked: Asked, starts_on: date | None, due: date | None, archive: date | None, limit: Limit
) -> tuple[Caution, ...]:
    counted = asked.cautions(starts_on, due) if starts_on and due and limit.days else ()
    rolled = asked.cautions(archive, archive) if archive else ()
    return tuple(dict.fromkeys((*counted, *rolled)))


def _on_days_left(asked: Asked, judged: date, due: date) -> tuple[Caution, ...]:
    """What must be said of the days left, or late, where they lie in other years."""
    return () if judged == due else asked.cautions(min(judged, due), max(judged, due))


def _day(instant: datetime | None) -> date | None:
    return None if instant is None else local_day(instant)
