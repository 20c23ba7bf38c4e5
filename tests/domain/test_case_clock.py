"""Whatever is done to a case, its clock and the ruling on the same facts say the same."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.asked import Asked
from app.domain.casework.acts import (
    Correction,
    Deciding,
    Prolongation,
    Receipt,
    Resumption,
    Sealing,
    Suspension,
)
from app.domain.casework.case import Act, Case, Deed, Stage, Verdict
from app.domain.casework.case_clock import CaseLaw, Standing, clock, deadlines, end_of, standing
from app.domain.casework.case_facts import (
    Exclusion,
    Extension,
    GreenChannel,
    ItemKind,
    Status,
    TimeLimitFacts,
)
from app.domain.casework.limits import ExclusionKind
from app.domain.casework.time_limit import when_due
from app.domain.casework.weighing import Moment, Taken, enter_silence, receive, take
from app.domain.day import local_day
from app.domain.errors import DomainError
from tests.domain.told_cases import (
    LOCAL,
    PAPERS,
    SOMEBODY,
    acceptance,
    at,
    law,
    notice,
    receipt,
)

ACTS = (
    Act.NOTIFY,
    Act.CORRECT,
    Act.ACCEPT,
    Act.SUSPEND,
    Act.RESUME,
    Act.EXTEND,
    Act.DECIDE,
    Act.SEAL,
)


@dataclass
class Chronicle:
    """What happened, kept apart from the case: the facts that a ruling would be told."""

    facts: TimeLimitFacts
    exclusions: list[Exclusion] = field(default_factory=list)

    def note(self, deed: Deed, moment: datetime) -> None:
        match deed:
            case Correction():
                self.facts = replace(self.facts, materials_complete_at=moment)
            case Suspension():
                self.exclusions.append(
                    Exclusion(
                        kind=deed.kind,
                        from_=deed.from_,
                        announced_in_guide=True,
                        applicant_told_in_writing=True,
                    )
                )
            case Resumption():
                self.exclusions[-1] = replace(self.exclusions[-1], to=deed.to)
            case Prolongation():
                extension = Extension(days=deed.days, approved_by=str(SOMEBODY))
                self.facts = replace(self.facts, extension=extension)
            case _:
                self._note_moment(deed.act, moment)

    def _note_moment(self, act: Act, moment: datetime) -> None:
        told = self.facts
        self.facts = {
            Act.NOTIFY: replace(told, notified_at=told.notified_at or moment),
            Act.ACCEPT: replace(told, accepted_at=moment),
            Act.DECIDE: replace(told, decided_at=moment),
            Act.SEAL: replace(told, sealed_at=moment),
        }[act]

    def asked_at(self, moment: datetime) -> TimeLimitFacts:
        open_until = local_day(moment)
        over = [e if e.to else replace(e, to=open_until) for e in self.exclusions]
        return replace(self.facts, exclusions=tuple(over) or None, as_of=moment)


def deed_for(act: Act, day: date) -> Deed:
    return {
        Act.NOTIFY: notice(),
        Act.CORRECT: Correction(),
        Act.ACCEPT: acceptance(),
        Act.SUSPEND: Suspension(
            kind=ExclusionKind.HEARING,
            from_=day,
            announced_in_guide=True,
            applicant_told_in_writing=True,
        ),
        Act.RESUME: Resumption(to=day),
        Act.EXTEND: Prolongation(days=7, approver_id=SOMEBODY),
        Act.DECIDE: Deciding(verdict=Verdict.GRANTED),
        Act.SEAL: Sealing(),
    }[act]


receipts = st.builds(
    lambda kind, promised, complete, green: replace(
        receipt(kind=kind, promised=promised, complete=complete), green_channel=green
    ),
    st.sampled_from(ItemKind),
    st.integers(1, 20),
    st.booleans(),
    st.sampled_from([None, GreenChannel()]),
)
stories = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 200)), max_size=9)


def told(
    text: CaseLaw, taken_in: Receipt, begun: datetime, story: list[tuple[Act, int]]
) -> tuple[Case, Chronicle, datetime]:
    """The case after as much of the story as is lawful, and what an onlooker noted."""
    case = receive(taken_in, PAPERS, text, Moment(occurred_at=begun, recorded_at=begun)).case
    noted = Chronicle(
        TimeLimitFacts(
            item=taken_in.item,
            received_at=begun,
            materials_complete_at=begun if taken_in.materials_complete else None,
            green_channel=taken_in.green_channel,
        )
    )
    now = begun
    for act, hours in story:
        now += timedelta(hours=hours)
        deed = deed_for(act, local_day(now))
        try:
            done = take(case, deed, text, Moment(occurred_at=now, recorded_at=now))
        except DomainError:
            continue
        if done.overridden:
            continue
        assert_counted(case, done)
        case = done.case
        noted.note(deed, now)
    return case, noted, now


def assert_counted(before: Case, done: Taken) -> None:
    numbers = [step.number for step in done.steps]
    assert numbers == list(range(before.version + 1, before.version + 1 + len(numbers)))
    assert done.case.version == numbers[-1]


@settings(max_examples=400, deadline=None)
@given(
    regulation=st.sampled_from(LOCAL),
    national=st.booleans(),
    taken_in=receipts,
    offset=st.integers(0, 24 * 400),
    story=stories,
    later=st.integers(0, 24 * 40),
)
def test_the_clock_of_a_case_is_the_ruling_on_its_facts(
    regulation: str,
    national: bool,
    taken_in: Receipt,
    offset: int,
    story: list[tuple[Act, int]],
    later: int,
) -> None:
    text = law(regulation, national=national)
    begun = at("2024-12-20") + timedelta(hours=offset)
    case, noted, now = told(text, taken_in, begun, story)
    as_of = now + timedelta(hours=later)
    asked = Asked(on=local_day(as_of), calendar=text.calendar)
    ruled = when_due(text.time_limit, noted.asked_at(as_of), asked, text.national_time_limit)
    seen = clock(case, text, as_of)
    assert seen.values == ruled.values
    assert [f.result for f in seen.findings] == [f.result for f in ruled.findings]


@settings(max_examples=400, deadline=None)
@given(
    regulation=st.sampled_from(LOCAL),
    national=st.booleans(),
    taken_in=receipts,
    story=stories,
    later=st.integers(0, 24 * 40),
)
@example(
    regulation="tianya",
    national=True,
    taken_in=receipt(kind=ItemKind.PROMISED, promised=5, complete=False),
    story=[(Act.CORRECT, 14)],
    later=0,
)
def test_the_stored_due_day_is_what_a_reader_sees_once_the_clock_has_begun(
    regulation: str,
    national: bool,
    taken_in: Receipt,
    story: list[tuple[Act, int]],
    later: int,
) -> None:
    text = law(regulation, national=national)
    case, _, now = told(text, taken_in, at("2025-09-19"), story)
    as_of = now + timedelta(hours=later)
    stored = deadlines(case, text)
    if stored.silent_after_on:  # It is listed by what silence will have brought.
        as_of = max(as_of, end_of(stored.silent_after_on + timedelta(days=1)))
    values = clock(case, text, as_of).values
    assert values is not None
    if standing(case, values) in (Standing.RUNNING, Standing.DUE_TODAY, Standing.OVERDUE):
        assert (stored.due_on, stored.counts_from_on) == (values.due_on, values.starts_on)
    if values.status in (Status.COMPLETED_ON_TIME, Status.COMPLETED_LATE):
        assert stored.due_on is None


@settings(max_examples=200, deadline=None)
@given(regulation=st.sampled_from(LOCAL), national=st.booleans(), taken_in=receipts)
def test_after_the_last_day_for_an_answer_silence_is_entered_and_never_before(
    regulation: str,
    national: bool,
    taken_in: Receipt,
) -> None:
    text = law(regulation, national=national)
    begun = at("2025-09-26")
    case = receive(taken_in, PAPERS, text, Moment(occurred_at=begun, recorded_at=begun)).case
    last = deadlines(case, text).silent_after_on
    if last is None:
        assert enter_silence(case, text, at("2026-09-26")) is None
        return
    assert enter_silence(case, text, end_of(last)) is None
    entered = enter_silence(case, text, end_of(last) + timedelta(microseconds=1))
    assert entered
    assert entered.case.stage is Stage.DEEMED_ACCEPTED
    assert deadlines(entered.case, text).due_on == deadlines(case, text).due_on


@settings(max_examples=300, deadline=None)
@given(
    regulation=st.sampled_from(LOCAL),
    national=st.booleans(),
    taken_in=receipts,
    hours=st.tuples(st.integers(0, 23), st.integers(0, 23)),
    day=st.dates(date(2025, 9, 1), date(2025, 12, 1)),
)
def test_all_receipts_of_one_item_and_day_share_the_days_that_their_clock_shows(
    regulation: str, national: bool, taken_in: Receipt, hours: tuple[int, int], day: date
) -> None:
    text = law(regulation, national=national)
    cases = []
    for hour in hours:
        begun = at(day.isoformat(), hour)
        moment = Moment(occurred_at=begun, recorded_at=begun)
        cases.append(receive(taken_in, PAPERS, text, moment).case)
    remembered = [deadlines(case, text) for case in cases]
    last = remembered[0].silent_after_on
    judged = clock(cases[0], text, end_of(day if last is None else last + timedelta(days=1)))
    assert judged.values is not None
    assert remembered[0] == remembered[1]
    assert remembered[0].due_on == judged.values.due_on
    assert remembered[0].counts_from_on == judged.values.starts_on


def test_what_is_remembered_of_one_calendar_is_not_said_of_another() -> None:
    text = law("nanchang")
    begun = at("2025-09-26")
    moment = Moment(occurred_at=begun, recorded_at=begun)
    case = receive(receipt(), PAPERS, text, moment).case
    without_holidays = replace(text, calendar=replace(text.calendar, ordered=()))
    assert deadlines(case, text) != deadlines(case, without_holidays)
