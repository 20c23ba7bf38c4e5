"""Weighing of an act (行为审查): what the text says to it, and the case and steps that follow."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from app.domain.asked import Asked
from app.domain.casework.acceptance import AcceptanceFacts, AcceptanceValues, Reply, what_to_answer
from app.domain.casework.acts import (
    Acceptance,
    Completion,
    Correction,
    Deciding,
    NonAcceptance,
    Notice,
    OutOfOrder,
    Papers,
    Prolongation,
    Receipt,
    Suspension,
    refuse_personal_values,
)
from app.domain.casework.case import LEADS_TO, Act, Case, Deed, Stage, TransitionRefused, Verdict
from app.domain.casework.case_clock import CaseLaw, clock, end_of, silence
from app.domain.casework.case_facts import TimeLimitValues
from app.domain.casework.denial import Denied, is_reasoned
from app.domain.casework.length import WITHOUT_RULE
from app.domain.casework.seal import may_be_delivered
from app.domain.day import local_day
from app.domain.decision import (
    Answer,
    Caution,
    Decision,
    Finding,
    Outcome,
    OverrideRequired,
    Result,
    missing_in,
    outcome_of,
)
from app.domain.element import Element
from app.domain.errors import DomainError
from app.domain.provision import Breach

Reply_ = Acceptance | NonAcceptance | Notice
_UNANSWERED: Final = (Stage.RECEIVED, Stage.AWAITING_CORRECTION, Stage.DEEMED_ACCEPTED)
_NOT_CONCERNED: Final = "不涉及"


class NoRuleForAct(DomainError):
    """Neither the local text nor the layer below knows such a procedure or extension."""

    slug = "no_rule_for_act"
    title = "规定中没有该程序"

    def __init__(self, act: Act) -> None:
        super().__init__(
            f"本规章及已启用的国家法律层都没有{act.chinese}（{act}）的规定，时限照常计算。"
        )


class ReplyNotCalledFor(DomainError):
    """The window answers something else than what the application calls for."""

    slug = "reply_not_called_for"
    title = "答复与申请的情况不符"

    def __init__(self, act: Act, called_for: Reply) -> None:
        super().__init__(
            f"按已登记的情况应当{called_for.chinese}（{called_for}），"
            f"不能{act.chinese}（{act}）；情况有变的请先登记。"
        )
        self.called_for = called_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When an act happened and when it is recorded: it may be told later, never ahead."""

    occurred_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One act as it is entered in the ledger: `number` is the version that it led to."""

    number: int
    deed: Deed
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An act that nothing binding stands against: the case after it, and its steps.

    `overridden`: only soft rules stand against it, so that it needs a reason and an approver.
    `clocked`: the clock of that case as it was read at the moment of the act, where it was.
    """

    case: Case
    steps: tuple[Step, ...]
    decision: Decision
    clocked: Answer[TimeLimitValues] | None = None

    @property
    def overridden(self) -> bool:
        return self.decision.outcome is Outcome.OVERRIDE_REQUIRED


def receive(receipt: Receipt, papers: Papers, law: CaseLaw, moment: Moment) -> Taken:
    """Take an application in (收件): limits and green channel are weighed at once.

    Raises RefusedByRegulation, Undetermined, OutOfOrder, CalendarMissing.
    """
    _not_ahead(moment, "received_at")
    # A day before the loaded years is refused now, and not when the clock begins.
    law.calendar.is_working_day(local_day(moment.occurred_at))
    case = receipt.opens(papers, moment.occurred_at)
    taken_in: Answer[None] = Answer(tuple(_in_hall(receipt, law)), None)
    clocked = clock(case, law, moment.recorded_at)
    weighed = (taken_in, clocked)
    return Taken(
        case=case,
        steps=(Step(number=1, deed=receipt, occurred_at=moment.occurred_at),),
        decision=_let_through(_decision(receipt.act, law, moment, weighed)),
        clocked=clocked,
    )


def take(case: Case, deed: Deed, law: CaseLaw, moment: Moment) -> Taken:
    """Do the deed to the case, or say what stands against it.

    What silence has brought meanwhile (视为受理) is a step of its own before it. Raises
    RefusedByRegulation, Undetermined, TransitionRefused, NoRuleForAct, ReplyNotCalledFor,
    OutOfOrder, PersonalValue.
    """
    refuse_personal_values(deed)
    _not_ahead(moment, "occurred_at")
    current = enter_silence(case, law, moment.recorded_at)
    before = current.case if current else case
    replied = tuple(_replies(before, deed, law, moment))
    _let_through(_decision(deed.act, law, moment, replied))
    if (before.stage, deed.act) not in LEADS_TO:
        raise TransitionRefused(before.stage, deed.act)
    after = _after(before, deed, moment)
    weighed = (*replied, *_weigh(before, after, deed, law), clock(after, law, moment.recorded_at))
    decision = _let_through(_decision(deed.act, law, moment, weighed))
    _not_before(before, current, moment)
    done = Step(number=after.version, deed=deed, occurred_at=moment.occurred_at)
    return Taken(case=after, steps=(*(current.steps if current else ()), done), decision=decision)


def enter_silence(case: Case, law: CaseLaw, now: datetime) -> Taken | None:
    """The step that time alone has brought about and nobody entered yet (视为受理)."""
    deemed = silence(case, law, now)
    if deemed is None:
        return None
    at = end_of(deemed.last_day_to_answer)
    after = case.after(deemed, at)
    moment = Moment(occurred_at=at, recorded_at=now)
    return Taken(
        case=after,
        steps=(Step(number=after.version, deed=deemed, occurred_at=at),),
        decision=_decision(deemed.act, law, moment, (clock(after, law, now),)),
    )


def _after(before: Case, deed: Deed, moment: Moment) -> Case:
    if isinstance(deed, Correction) and before.materials_complete_at is not None:
        raise ReplyNotCalledFor(deed.act, Reply.ACCEPT)
    return before.after(deed, moment.occurred_at)


def _replies(
    case: Case, deed: Deed, law: CaseLaw, moment: Moment
) -> Iterator[Answer[AcceptanceValues]]:
    """What the chapter on acceptance says to an answer that the window gives."""
    if not isinstance(deed, Reply_) or case.stage not in _UNANSWERED:
        return
    if called_for := _instead(case, deed):
        barring = tuple(_barring(law)) if called_for is Reply.ACCEPT else ()
        _let_through(_decision(deed.act, law, moment, (Answer(barring, None),)))
        raise ReplyNotCalledFor(deed.act, called_for)
    facts = _reply_facts(case, deed, moment)
    asked = Asked(on=local_day(moment.recorded_at), calendar=law.calendar)
    answer = what_to_answer(law.acceptance, facts, asked, law.national_acceptance)
    yield replace(answer, findings=_with_contents(deed, answer, law))


def _instead(case: Case, deed: Reply_) -> Reply | None:
    """What the application calls for, where the window answers something else."""
    complete = case.materials_complete_at is not None
    untold = case.stage is Stage.RECEIVED and not case.notices
    match deed:
        case Acceptance() if not complete and case.stage is Stage.RECEIVED:
            return Reply.CORRECT_ONCE
        case Notice() if complete and case.stage is Stage.RECEIVED:
            return Reply.ACCEPT
        case NonAcceptance(in_jurisdiction=True) if complete:
            return Reply.ACCEPT
        case NonAcceptance(in_jurisdiction=True) if untold:
            return Reply.CORRECT_ONCE
        case _:
            return None


def _barring(law: CaseLaw) -> Iterator[Finding]:
    """The provisions under which nothing more may be asked of a complete application."""
    for rule in law.acceptance.replies:
        if rule.terms.bars_corrections:
            yield Finding.under(rule, met=False)


def _reply_facts(case: Case, deed: Deed, moment: Moment) -> AcceptanceFacts:
    """The application and the answer, as a ruling on acceptance would be asked about them."""
    complete = case.materials_complete_at is not None
    deemed = case.stage is Stage.DEEMED_ACCEPTED
    stated = AcceptanceFacts(
        in_jurisdiction=True,
        materials_complete=complete,
        received_at=case.received_at,
        notified_at=moment.occurred_at,
        notices_given=case.notices,
        item_kind=case.item.kind,
        as_of=moment.recorded_at,
    )
    match deed:
        case Acceptance():
            # What is accepted by law is complete in its eyes.
            return replace(
                stated,
                materials_complete=complete or deemed,
                form=deed.form,
                channel=deed.channel,
            )
        case Notice():
            return replace(
                stated,
                materials_complete=complete and not deemed,
                corrections=deed.corrections,
                form=deed.form,
                channel=deed.channel,
            )
        case NonAcceptance():
            # The paper owes the same where the application lapses for want of correction; only
            # there is no other authority to name.
            named = deed.competent_authority or (_NOT_CONCERNED if deed.in_jurisdiction else None)
            return replace(
                stated,
                in_jurisdiction=False,
                competent_authority=named,
                form=deed.form,
                channel=deed.channel,
            )
        case _:
            return stated


LACKING: Final = "答复须载明{expected}，缺少{actual}。"


def _with_contents(
    deed: Reply_, answer: Answer[AcceptanceValues], law: CaseLaw
) -> tuple[Finding, ...]:
    """The findings, each paper that lacks something it must contain being broken."""
    below = law.national_acceptance
    layers = (law.acceptance,) if below is None else (law.acceptance, below)
    needed = {(rule.name, rule.rows): rule.terms for layer in layers for rule in layer.replies}
    said = _said(deed)
    found = []
    for finding in answer.findings:
        terms = needed.get((finding.provision, finding.rows))
        exempt = terms is not None and finding.actual in terms.exempt
        lacking = tuple(e for e in terms.must_contain if e not in said) if terms else ()
        if finding.result is Result.SATISFIED and lacking and not exempt:
            found.append(
                Finding(
                    replace(finding.cited, message=LACKING, breach=Breach.UNPROCESSABLE),
                    Result.VIOLATED,
                    expected=tuple(terms.must_contain) if terms else (),
                    actual=lacking,
                )
            )
        else:
            found.append(finding)
    return tuple(found)


def _said(deed: Reply_) -> frozenset[str]:
    """What the paper contains: its elements as listed, its texts, and the day it is entered on."""
    said = {*deed.contains, Element.DATE}
    match deed:
        case Notice(corrections=(_, *_)):
            said.add(Element.CORRECTIONS)
        case NonAcceptance():
            texts = {
                Element.REASON: deed.reason,
                Element.REMEDIES: deed.remedies,
                Element.COMPETENT_AUTHORITY: deed.competent_authority
                or (_NOT_CONCERNED if deed.in_jurisdiction else None),
            }
            said.update(element for element, text in texts.items() if text)
        case _:
            pass
    return frozenset(said)


def _weigh(before: Case, after: Case, deed: Deed, law: CaseLaw) -> Iterator[Answer[None]]:
    match deed:
        case Suspension() if not any(layer.exclusions for layer in law.layers):
            raise NoRuleForAct(deed.act)
        case Prolongation():
            yield Answer(tuple(_extends(before, deed, law)), None)
        case Deciding(verdict=Verdict.DENIED):
            yield Answer(tuple(_reasons(deed, law)), None)
        case Completion():
            yield Answer(tuple(may_be_delivered(law.seal, after.sealed_at)), None)
        case _:
            return


def _reasons(deed: Deciding, law: CaseLaw) -> Iterator[Finding]:
    denied = Denied(reason=deed.reason, basis=deed.basis, remedies=deed.remedies)
    yield from is_reasoned(law.acceptance.denial, denied)
    if law.national_acceptance:
        yield from is_reasoned(law.national_acceptance.denial, denied)


def _extends(before: Case, deed: Prolongation, law: CaseLaw) -> Iterator[Finding]:
    if law.time_limit.final:
        return  # The clock's own finding says that the promise is final.
    rule = next((layer.extension for layer in law.layers if layer.extension), None)
    if rule is None:
        raise NoRuleForAct(deed.act)
    if before.extension is not None:  # 可以延长一次
        total = (before.extension.days or 0) + deed.days
        yield Finding.under(rule, met=False, expected=rule.terms.working_days, actual=total)


def _in_hall(receipt: Receipt, law: CaseLaw) -> Iterator[Finding]:
    if place := law.acceptance.in_hall:
        outside = receipt.outside_hall
        yield Finding.under(place, met=not outside, actual=outside)


def _decision(
    act: Act,
    law: CaseLaw,
    moment: Moment,
    answers: tuple[Answer[Any], ...],  # Any: answers of several rules
) -> Decision:
    findings = tuple(dict.fromkeys(f for answer in answers for f in answer.findings))
    said = (c for answer in answers for c in answer.cautions if c != WITHOUT_RULE)
    cautions: tuple[Caution, ...] = tuple(dict.fromkeys((*law.cautions, *said)))
    return Decision(
        question=f"case.{act}",
        rulebook=law.regulation,
        edition=law.edition,
        on=local_day(moment.recorded_at),
        outcome=outcome_of(findings),
        findings=findings,
        cautions=cautions,
        missing=missing_in(findings),
    )


def _let_through(decision: Decision) -> Decision:
    """The decision, unless more than a soft rule stands against the act."""
    try:
        return decision.require()
    except OverrideRequired:
        return decision


def _not_ahead(moment: Moment, field: str) -> None:
    if moment.occurred_at > moment.recorded_at:
        raise OutOfOrder(field, "不能晚于登记的时刻")


def _not_before(case: Case, silent: Taken | None, moment: Moment) -> None:
    since = silent.steps[-1].occurred_at if silent else case.last_done_at
    if moment.occurred_at < since:
        raise OutOfOrder("occurred_at", "不能早于该办件上一次办理的时刻")
