"""Recall (退回): must, may or may not this person be sent back to the sending unit?"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.asked import Asked
from app.domain.calendar import Span
from app.domain.decision import Answer, Finding, Outcome, outcome_of
from app.domain.provision import Bare, Provision, Written
from app.domain.staffing.quarter import QuarterNumber, ordinal
from app.domain.words import Word


class Ground(Word):
    """Why the person is to be sent back."""

    SERIOUS_BREACH = "serious_breach", "严重违反纪律制度"
    UNLAWFUL_ACT = "unlawful_act", "违法行为"
    CASE_ERRORS = "case_errors", "办件出错"
    UPHELD_COMPLAINTS = "upheld_complaints", "投诉查实"
    FAILED_ASSESSMENT = "failed_assessment", "考核不合格"
    OTHER = "other", "其他严重情况"
    CONSECUTIVE_FAILED_QUARTERS = "consecutive_failed_quarters", "连续季度考核不合格"
    UNSUITABLE = "unsuitable", "不适合、不能胜任"
    DISOBEDIENT = "disobedient", "不服从管理"


class Decider(Word):
    """Who decides."""

    BUREAU = "bureau", "行政审批（政务服务）局"
    CENTRE = "centre", "政务服务中心"
    COMMUNITY = "community", "大社区、村（居）"
    DEPARTMENT = "department", "派驻部门"


class Effect(StrEnum):
    """What follows where the ground holds and the decider may."""

    MUST_RETURN = "must_return"  # 予以退回
    MAY_RETURN = "may_return"  # 可以退回
    MAY_SUGGEST = "may_suggest"  # 建议调换
    NONE = "none"  # 不退回


class QuarterResult(StrEnum):
    """How a quarter was assessed."""

    PASS = "pass"  # noqa: S105 - 合格
    FAIL = "fail"  # 不合格
    MISSING = "missing"  # 未考核
    ANNULLED = "annulled"  # 结果被撤销


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof(Written):
    """A ground that the text knows, and what has to be so for it to hold: all that is named."""

    name: Ground
    major_bad_effect: bool = False
    evidence: bool = False
    reason: bool = False
    errors: int | None = None  # at least so many, then a training, then a failed retest
    complaints: int | None = None  # at least so many verified ones with main fault
    extremely_bad_effect: bool = False
    result: str | None = None  # of a final assessment
    failed_quarters: int | None = None  # so many on end
    admonitions_at_least: int | None = None  # the least that a centre may set


@dataclass(frozen=True, slots=True, kw_only=True)
class Power(Written):
    """Who may decide, and to what effect."""

    deciders: tuple[Decider, ...]
    effect: Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class InWriting(Written):
    grounds: tuple[Ground, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacing(Written):
    """From the day on which the demand is delivered, that day not counted."""

    working_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate."""

    closed: Provision[Bare] | None = None  # no ground but the listed ones
    grounds: tuple[Provision[Proof], ...] = ()
    power: Provision[Power] | None = None
    written: Provision[InWriting] | None = None
    replacement: Provision[Replacing] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retest(Written):
    on: date | None = None
    passed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint(Written):
    verified: bool | None = None
    main_fault: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment(Written):
    result: str | None = None
    final: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessedQuarter(Written):
    year: int | None = None
    quarter: QuarterNumber | None = None
    result: QuarterResult | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallFacts(Written):
    """The facts of a recall. `errors` are the days of the verified errors during this posting."""

    ground: Ground | None = None
    decided_by: Decider | None = None
    evidence: str | None = None
    reason: str | None = None
    major_bad_effect: bool | None = None
    errors: tuple[date, ...] | None = None
    training_on: date | None = None
    retest: Retest | None = None
    complaints: tuple[Complaint, ...] | None = None
    extremely_bad_effect: bool | None = None
    assessment: Assessment | None = None
    quarters: tuple[AssessedQuarter, ...] | None = None
    admonitions: int | None = None
    written: bool | None = None
    delivered_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallValues:
    """`effect` is None while it is not known. `replacement_due_on` is None where the text has no
    deadline, or the demand is not delivered."""

    effect: Effect | None
    replacement_due_on: date | None
    provisional: bool


def may_be_recalled(
    chapter: RecallChapter, facts: RecallFacts, asked: Asked
) -> Answer[RecallValues]:
    """Does the ground hold, and may this decider send the person back?

    Counts include their number (民法典第一千二百五十九条). `asked.settings.admonitions_min` is
    asked where the text says 多次. Raises CalendarMissing.
    """
    if chapter.power is None:
        return Answer((), None)
    findings = tuple(_findings(chapter, chapter.power, facts, asked))
    match outcome_of(findings):
        case Outcome.PERMITTED:
            effect: Effect | None = chapter.power.terms.effect
        case Outcome.REFUSED:
            effect = Effect.NONE
        case _:
            effect = None
    holds = effect not in (None, Effect.NONE)
    if not (holds and chapter.replacement and facts.delivered_on):
        return Answer(
            findings, RecallValues(effect=effect, replacement_due_on=None, provisional=False)
        )
    span = Span(working_days=chapter.replacement.terms.working_days)
    due = asked.calendar.after(facts.delivered_on, span)
    deadline = Finding.under(chapter.replacement, met=True, expected=due, actual=facts.delivered_on)
    values = RecallValues(
        effect=effect, replacement_due_on=due, provisional=asked.calendar.provisional(due)
    )
    return Answer((*findings, deadline), values, asked.cautions(facts.delivered_on, due))


def _findings(
    chapter: RecallChapter, power: Provision[Power], facts: RecallFacts, asked: Asked
) -> Iterator[Finding]:
    if facts.ground is None:
        yield Finding.unknown(chapter.closed or power, "facts.ground")
    elif proof := next((g for g in chapter.grounds if g.terms.name is facts.ground), None):
        yield _proven(proof, facts, asked)
    elif chapter.closed:
        known = tuple(ground.terms.name for ground in chapter.grounds)
        yield Finding.under(chapter.closed, met=False, expected=known, actual=facts.ground)
    deciders = tuple(power.terms.deciders)
    if facts.decided_by is None:
        yield Finding.unknown(power, "facts.decided_by")
    else:
        may = facts.decided_by in deciders
        yield Finding.under(power, met=may, expected=deciders, actual=facts.decided_by)
    if chapter.written and facts.ground in chapter.written.terms.grounds:
        in_writing = facts.written is True
        yield Finding.under(chapter.written, met=in_writing, actual=in_writing)


@dataclass(frozen=True, slots=True)
class _Shown:
    """Whether one thing that a ground asks for is so; None with the names of what is missing."""

    met: bool | None
    missing: tuple[str, ...] = ()


def _proven(ground: Provision[Proof], facts: RecallFacts, asked: Asked) -> Finding:
    """All that the ground asks for; one thing that is not so breaks it, whatever else is known."""
    proof = ground.terms
    shown = (*_attested(proof, facts), *_established(proof, facts, asked))
    missing = tuple(name for one in shown for name in one.missing)
    if any(one.met is False for one in shown):
        return Finding.under(ground, met=False, actual=facts.ground, missing=missing)
    met = None if any(one.met is None for one in shown) else True
    return Finding.under(ground, met=met, actual=facts.ground, missing=missing)


def _attested(proof: Proof, facts: RecallFacts) -> Iterator[_Shown]:
    if proof.major_bad_effect:
        yield _stated("major_bad_effect", facts.major_bad_effect)
    if proof.evidence:
        yield _stated("evidence", facts.evidence)
    if proof.reason:
        yield _stated("reason", facts.reason)
    if proof.extremely_bad_effect:
        yield _stated("extremely_bad_effect", facts.extremely_bad_effect)


def _established(proof: Proof, facts: RecallFacts, asked: Asked) -> Iterator[_Shown]:
    if proof.errors is not None:
        yield _errors(proof.errors, facts)
    if proof.complaints is not None:
        yield _complaints(proof.complaints, facts)
    if proof.result is not None:
        yield _assessed(proof.result, facts)
    if proof.failed_quarters is not None:
        yield _quarters(proof.failed_quarters, facts)
    if proof.admonitions_at_least is not None:
        yield _admonitions(proof.admonitions_at_least, facts, asked)


def _stated(name: str, value: bool | str | None) -> _Shown:
    """A text counts where it is not blank, and is missing where it is."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return _Shown(None, (f"facts.{name}",))
    return _Shown(bool(value))


def _errors(least: int, facts: RecallFacts) -> _Shown:
    """So many errors, then a training, then a failed retest, each on a later day."""
    errors, retest = facts.errors, facts.retest or Retest()
    enough = errors is None or len(errors) >= least
    last = sorted(errors)[least - 1] if errors and enough else None
    days = [day for day in (last, facts.training_on, retest.on) if day]
    if not enough or retest.passed or days != sorted(set(days)):
        return _Shown(False)
    stated: dict[str, object] = {
        "errors": errors,
        "training_on": facts.training_on,
        "retest": facts.retest,
    }
    if facts.retest:
        stated |= {"retest.on": retest.on, "retest.passed": retest.passed}
    return _all_stated(stated)


def _all_stated(stated: Mapping[str, object]) -> _Shown:
    missing = tuple(f"facts.{name}" for name, value in stated.items() if value is None)
    return _Shown(None if missing else True, missing)


def _complaints(least: int, facts: RecallFacts) -> _Shown:
    """Only those count that are verified and have their main fault in this person."""
    if facts.complaints is None:
        return _Shown(None, ("facts.complaints",))
    both = [(one.verified, one.main_fault) for one in facts.complaints]
    if both.count((True, True)) >= least:
        return _Shown(True)
    if sum(False not in one for one in both) >= least:
        return _Shown(None, ("facts.complaints",))
    return _Shown(False)


def _assessed(failing: str, facts: RecallFacts) -> _Shown:
    if facts.assessment is None:
        return _Shown(None, ("facts.assessment",))
    result, final = facts.assessment.result, facts.assessment.final
    if final is False or result not in (None, failing):
        return _Shown(False)
    return _all_stated({"assessment.result": result, "assessment.final": final})


def _quarters(least: int, facts: RecallFacts) -> _Shown:
    """Failures on end, across the year's end too. A quarter without an assessment between two
    failures is for a person to judge; a pass or an annulled result ends the row."""
    if facts.quarters is None:
        return _Shown(None, ("facts.quarters",))
    results, maybe = _by_place(facts.quarters)
    failed, gap, before = 0, False, None
    for place in sorted(results):
        gap = gap or (before is not None and place > before + 1)
        before = place
        match results[place]:
            case QuarterResult.FAIL if gap and failed:
                failed, gap, maybe = 1, False, True
            case QuarterResult.FAIL:
                failed, gap = failed + 1, False
                if failed >= least:
                    return _Shown(True)
            case QuarterResult.MISSING | None:
                gap = True
            case QuarterResult.PASS | QuarterResult.ANNULLED:
                failed, gap = 0, False
    return _Shown(None, ("facts.quarters",)) if maybe else _Shown(False)


def _by_place(
    quarters: Iterable[AssessedQuarter],
) -> tuple[dict[int, QuarterResult | None], bool]:
    """The result of each quarter, and whether something of them is not known: two different results
    of one quarter are as good as none."""
    results: dict[int, QuarterResult | None] = {}
    unknown = False
    for one in quarters:
        if one.year is None or one.quarter is None or one.result is None:
            unknown = True
            continue
        place = ordinal(one.year, one.quarter)
        agreed = results.setdefault(place, one.result) is one.result
        results[place] = one.result if agreed else None
    return results, unknown or None in results.values()


def _admonitions(at_least: int, facts: RecallFacts, asked: Asked) -> _Shown:
    """多次 has no number in the text: the centre sets it, and more than once is meant."""
    least = asked.settings.admonitions_min
    missing = () if facts.admonitions is not None else ("facts.admonitions",)
    if least is None or least < at_least:
        return _Shown(None, (*missing, "settings.admonitions_min"))
    if facts.admonitions is None:
        return _Shown(None, missing)
    return _Shown(facts.admonitions >= least)
