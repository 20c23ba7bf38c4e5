"""Rectification (更正): a mistaken act is set aside by a counter-act, and the case told anew."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar

from app.domain.casework.acts import Papers, Receipt, refuse_personal_values
from app.domain.casework.case import LEADS_TO, NOBODYS, Act, Case, Deed, SetAside, Stage
from app.domain.casework.case_clock import CaseLaw, as_it_stands, deadlines
from app.domain.casework.weighing import Moment, Step, Taken, take
from app.domain.day import local_day
from app.domain.decision import Decision, outcome_of
from app.domain.errors import DomainError
from app.domain.provision import Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance(Written):
    """A case at one glance: where it stands, and the day it is listed by."""

    stage: Stage
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectification(Deed):
    """更正: which act was a mistake and why, with the case as it was seen before and after.

    It changes nothing of itself: what the case holds is what the acts that stand have left.
    """

    act: ClassVar[Act] = Act.RECTIFY
    rectifies: int
    mistaken: Act
    reason: str
    document: str | None = None
    before: Glance
    after: Glance


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """An act as the ledger has it, with the one who entered it."""

    number: int
    deed: Deed
    actor: str
    occurred_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What is said to be a mistake: the number of the act, why, on which paper, and by whom."""

    number: int
    reason: str
    document: str | None
    said_by: str


class ActUnknown(DomainError):
    """The case has no act of that number."""

    slug = "act_unknown"
    title = "办件没有这一步"

    def __init__(self, number: int, last: int) -> None:
        super().__init__(f"办件没有第 {number} 步；留痕清单中现有第 1 至第 {last} 步。")


class ReasonMissing(DomainError):
    """A rectification for which nothing but blanks is given as its reason."""

    slug = "reason_missing"
    title = "缺少理由"

    def __init__(self) -> None:
        super().__init__("reason：更正须写明理由，不能只有空白。")


class NotRectifiable(DomainError):
    """The act is nobody's: it was computed from the record, and follows it."""

    slug = "not_rectifiable"
    title = "由系统计算所得，不能更正"

    def __init__(self, number: int, act: Act) -> None:
        super().__init__(
            f"第 {number} 步（{act.chinese}）不是人员的办理，而是依记录计算所得；"
            "请更正它所依据的那一步，期限与环节随之重算。"
        )


class RectifiedAlready(DomainError):
    """The act was set aside before, or sets another one aside: neither is rectified again."""

    slug = "rectified_already"
    title = "已经更正，不能再次更正"

    def __init__(self, number: int, by: int) -> None:
        super().__init__(
            f"第 {number} 步已由第 {by} 步更正，更正本身也不能再更正；需要时请重新登记该行为。"
        )


class SecondPersonRequired(DomainError):
    """Whoever entered the mistaken act does not set it aside himself."""

    slug = "second_person_required"
    title = "须由另一人更正"

    def __init__(self, number: int) -> None:
        super().__init__(f"第 {number} 步是您本人登记的，须由另一人更正。")


class LaterActRestsOnIt(DomainError):
    """A later act that stands would not have been possible without the mistaken one.

    `later` is the number of that act, which is to be rectified first.
    """

    slug = "later_act_rests_on_it"
    title = "其后的办理以此为前提"

    def __init__(self, mistaken: Entered, later: Entered, why: str) -> None:
        super().__init__(
            f"第 {later.number} 步（{later.deed.act.chinese}）以第 {mistaken.number} 步"
            f"（{mistaken.deed.act.chinese}）为前提，请先更正第 {later.number} 步。{why}"
        )
        self.later = later.number


def told(papers: Papers, record: Iterable[Entered]) -> Case:
    """The case as its record tells it, where what was set aside counts as never done.

    Raises TransitionRefused, OutOfOrder where the acts that stand do not follow one another.
    """
    entered = tuple(record)
    case = _told(papers, entered, tuple(_set_aside(entered)))
    return replace(case, version=entered[-1].number)


def rectify(
    case: Case, mistake: Mistake, record: Sequence[Entered], law: CaseLaw, now: datetime
) -> Taken:
    """Set the act aside by a counter-act of another person; `record` is every act of the case.

    What remains must be what could have been done without it: each later act is weighed again, at
    the moment it was recorded at. A receipt falls only where nothing else stands; then the case is
    annulled (作废). Raises ActUnknown, NotRectifiable, RectifiedAlready, SecondPersonRequired,
    LaterActRestsOnIt, ReasonMissing, PersonalValue.
    """
    mistaken = _mistaken(case, mistake, record)
    _refuse_what_rests_on(mistaken, case, record, law)
    number = case.version + 1
    gone = SetAside(number=mistaken.number, act=mistaken.deed.act, by=number)
    after = replace(_told(papers_of(case), record, (*case.rectified, gone)), version=number)
    deed = Rectification(
        rectifies=gone.number,
        mistaken=gone.act,
        reason=mistake.reason,
        document=mistake.document,
        before=_glance(case, law, now),
        after=_glance(after, law, now),
    )
    refuse_personal_values(deed)
    step = Step(number=number, deed=deed, occurred_at=now)
    return Taken(case=after, steps=(step,), decision=_unruled(law, now))


def papers_of(case: Case) -> Papers:
    """What the case is called."""
    return Papers(
        id=case.id,
        centre_id=case.centre_id,
        number=case.number,
        item_name=case.item_name,
        reference=case.reference,
    )


def _mistaken(case: Case, mistake: Mistake, record: Sequence[Entered]) -> Entered:
    if not mistake.reason.strip():
        raise ReasonMissing
    found = next((each for each in record if each.number == mistake.number), None)
    if found is None:
        raise ActUnknown(mistake.number, case.version)
    for gone in case.rectified:
        if found.number in (gone.number, gone.by):
            raise RectifiedAlready(gone.number, gone.by)
    if found.deed.act in NOBODYS:
        raise NotRectifiable(found.number, found.deed.act)
    if found.actor == mistake.said_by:
        raise SecondPersonRequired(found.number)
    return found


def _refuse_what_rests_on(
    mistaken: Entered, case: Case, record: Sequence[Entered], law: CaseLaw
) -> None:
    """Raises LaterActRestsOnIt for the first later act that the rest of the record does not bear:
    the stage does not take it, the text stands against it, or silence would have come before."""
    later = [e for e in _standing(record, case.rectified) if e.number > mistaken.number]
    if isinstance(mistaken.deed, Receipt):
        for each in later:
            if each.deed.act not in NOBODYS:
                raise LaterActRestsOnIt(mistaken, each, "收件须在其后的办理都已更正之后更正。")
        return
    earlier = [e for e in record if e.number < mistaken.number]
    rest = _told(papers_of(case), earlier, case.rectified)
    for each in later:
        rest = _without(mistaken, rest, each, law)


def _without(mistaken: Entered, rest: Case, later: Entered, law: CaseLaw) -> Case:
    if later.deed.act in NOBODYS:
        return _after(rest, later)
    moment = Moment(occurred_at=later.occurred_at, recorded_at=later.recorded_at)
    try:
        taken = take(rest, later.deed, law, moment)
    except DomainError as refused:
        raise LaterActRestsOnIt(mistaken, later, str(refused)) from refused
    if len(taken.steps) > 1:
        raise LaterActRestsOnIt(mistaken, later, "没有该步，办件此前已因逾期未答复视为受理。")
    return taken.case


def _told(papers: Papers, record: Sequence[Entered], aside: Sequence[SetAside]) -> Case:
    receipt, *later = record
    if not isinstance(receipt.deed, Receipt):  # it is the record that is wrong, not a type
        raise ValueError("the ledger of a case begins with its receipt")  # noqa: TRY004
    case = replace(receipt.deed.opens(papers, receipt.occurred_at), rectified=tuple(aside))
    if any(gone.number == receipt.number for gone in aside):
        return replace(case, stage=Stage.ANNULLED)
    for each in _standing(later, aside):
        case = _after(case, each)
    return case


def _after(case: Case, entered: Entered) -> Case:
    """The case after the act; a change of the calendar passes over a clock that stands still."""
    act = entered.deed.act
    if act is Act.RECOMPUTED and (case.stage, act) not in LEADS_TO:
        return case
    return case.after(entered.deed, entered.occurred_at)


def _standing(record: Iterable[Entered], aside: Iterable[SetAside]) -> Iterator[Entered]:
    """The acts that count: neither set aside nor counter-acts."""
    gone = {number for each in aside for number in (each.number, each.by)}
    return (each for each in record if each.number not in gone)


def _set_aside(record: Iterable[Entered]) -> Iterator[SetAside]:
    for each in record:
        if isinstance(each.deed, Rectification):
            number, act = each.deed.rectifies, each.deed.mistaken
            yield SetAside(number=number, act=act, by=each.number)


def _glance(case: Case, law: CaseLaw, now: datetime) -> Glance:
    return Glance(stage=as_it_stands(case, law, now).stage, due_on=deadlines(case, law).due_on)


def _unruled(law: CaseLaw, now: datetime) -> Decision:
    """No text says how a mistake is put right: the decision has no findings."""
    return Decision(
        question=f"case.{Act.RECTIFY}",
        rulebook=law.regulation,
        edition=law.edition,
        on=local_day(now),
        outcome=outcome_of(()),
        findings=(),
        cautions=law.cautions,
    )
