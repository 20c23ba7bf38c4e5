"""Rulings (裁量问答): one legal question about facts that the caller states, answered and cited."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Generic, TypeVar

from app.domain.asked import Asked, CentreSettings
from app.domain.calendar import WorkingCalendar
from app.domain.casework.acceptance import AcceptanceFacts, AcceptanceValues, what_to_answer
from app.domain.casework.case_facts import TimeLimitFacts, TimeLimitValues
from app.domain.casework.deadline import DeadlineFacts, DeadlineValues, when_is_it_due
from app.domain.casework.first_question import (
    FirstQuestionFacts,
    FirstQuestionValues,
    what_is_owed,
)
from app.domain.casework.time_limit import when_due
from app.domain.decision import Answer, Decision, Outcome, missing_in, outcome_of
from app.domain.errors import NotFound
from app.domain.items.guide import GuideFacts, GuideValues, may_be_published
from app.domain.provision import Written
from app.domain.rulebook import Rulebook, Rulebooks
from app.domain.staffing.annual_score import AnnualScoreFacts, AnnualScoreValues, year_scores
from app.domain.staffing.assessor import AssessorFacts, AssessorValues, who_assesses
from app.domain.staffing.dispatch import may_be_dispatched
from app.domain.staffing.dispatch_facts import DispatchFacts, DispatchValues
from app.domain.staffing.leave import LeaveFacts, LeaveValues, who_approves
from app.domain.staffing.recall import RecallFacts, RecallValues, may_be_recalled
from app.domain.staffing.rotation import may_rotate
from app.domain.staffing.rotation_facts import RotationFacts, RotationValues

F = TypeVar("F")
V = TypeVar("V")

NATIONAL: Final = "national"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling(Written, Generic[F]):
    """A question as it is put: the regulation, the legal day, the facts and the centre's settings.

    `on` is a day in Asia/Shanghai, today when it is left out.
    """

    rulebook: str
    facts: F
    on: date | None = None
    settings: CentreSettings = field(default_factory=CentreSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Generic[F, V]):
    """One of the questions: what it needs, what it gives, and the rule that answers it.

    `answer` takes the local edition, the facts, the situation, and the national edition where its
    layer is laid below. A `computed` question has values instead of a yes or no.
    """

    name: str
    chapter: str  # the field of Rulebook that answers it
    chinese: str
    facts: type[F]
    values: type[V]
    answer: Callable[[Rulebook, F, Asked, Rulebook | None], Answer[V]]
    computed: bool = False


QUESTIONS: Final[Mapping[str, Question[Any, Any]]] = {  # Any: each question has facts of its own
    question.name: question
    for question in (
        Question(
            name="time-limit",
            chapter="time_limit",
            chinese="办件何时到期，是否逾期",
            facts=TimeLimitFacts,
            values=TimeLimitValues,
            answer=lambda book, facts, asked, national: when_due(
                book.time_limit, facts, asked, national.time_limit if national else None
            ),
            computed=True,
        ),
        Question(
            name="acceptance",
            chapter="acceptance",
            chinese="窗口对该申请应如何答复",
            facts=AcceptanceFacts,
            values=AcceptanceValues,
            answer=lambda book, facts, asked, national: what_to_answer(
                book.acceptance, facts, asked, national.acceptance if national else None
            ),
        ),
        Question(
            name="rotation",
            chapter="rotation",
            chinese="可否调换此人，最早何时",
            facts=RotationFacts,
            values=RotationValues,
            answer=lambda book, facts, asked, _: may_rotate(book.rotation, facts, asked),
        ),
        Question(
            name="dispatch",
            chapter="dispatch",
            chinese="可否选派此人",
            facts=DispatchFacts,
            values=DispatchValues,
            answer=lambda book, facts, asked, _: may_be_dispatched(book.dispatch, facts, asked),
        ),
        Question(
            name="return",
            chapter="recall",
            chinese="应否、可否退回此人",
            facts=RecallFacts,
            values=RecallValues,
            answer=lambda book, facts, asked, _: may_be_recalled(book.recall, facts, asked),
        ),
        Question(
            name="leave",
            chapter="leave",
            chinese="请假由谁批准、向谁报备",
            facts=LeaveFacts,
            values=LeaveValues,
            answer=lambda book, facts, asked, _: who_approves(book.leave, facts, asked),
            computed=True,
        ),
        Question(
            name="assessor",
            chapter="assessor",
            chinese="本年度由谁考核此人",
            facts=AssessorFacts,
            values=AssessorValues,
            answer=lambda book, facts, asked, _: who_assesses(book.assessor, facts, asked),
            computed=True,
        ),
        Question(
            name="annual-score",
            chapter="annual_score",
            chinese="由各季得分计算年度得分",
            facts=AnnualScoreFacts,
            values=AnnualScoreValues,
            answer=lambda book, facts, asked, _: year_scores(book.annual_score, facts, asked),
            computed=True,
        ),
        Question(
            name="first-question",
            chapter="first_question",
            chinese="首问责任人是否尽责，还欠什么",
            facts=FirstQuestionFacts,
            values=FirstQuestionValues,
            answer=lambda book, facts, asked, _: what_is_owed(book.first_question, facts, asked),
        ),
        Question(
            name="guide",
            chapter="guide",
            chinese="办事指南要素是否齐全，可否公布",
            facts=GuideFacts,
            values=GuideValues,
            answer=lambda book, facts, asked, _: may_be_published(book.guide, facts, asked),
        ),
        Question(
            name="deadline",
            chapter="deadline",
            chinese="一次性期限何时届满",
            facts=DeadlineFacts,
            values=DeadlineValues,
            answer=lambda book, facts, asked, national: when_is_it_due(
                book.deadline, facts, asked, national.deadline if national else None
            ),
            computed=True,
        ),
    )
}


def question_named(name: str) -> Question[Any, Any]:  # Any: see QUESTIONS
    """Raises NotFound."""
    if (question := QUESTIONS.get(name)) is None:
        raise NotFound("问题", name)
    return question


def rule(
    question: Question[F, V],
    books: Rulebooks,
    ruling: Ruling[F],
    *,
    today: date,
    calendar_of: Callable[[str], WorkingCalendar],
) -> Decision:
    """Answer one question under the edition that is in force on its day.

    Raises NotFound for an unknown regulation, CalendarMissing for a day before the loaded years.
    """
    on = ruling.on or today
    book = books.in_force(ruling.rulebook, on)
    asked = Asked(on=on, calendar=calendar_of(book.calendar), settings=ruling.settings)
    laid_below = ruling.settings.national and book.regulation != NATIONAL
    national = books.in_force(NATIONAL, on) if laid_below else None
    answer = question.answer(book, ruling.facts, asked, national)
    return decide(question, book, answer, on)


def decide(question: Question[F, V], book: Rulebook, answer: Answer[V], on: date) -> Decision:
    """The decision that an answer comes to, with what must be said about the edition."""
    outcome = outcome_of(answer.findings, computed=question.computed)
    silent = outcome is Outcome.NO_RULE
    return Decision(
        question=question.name,
        rulebook=book.regulation,
        edition=book.edition,
        on=on,
        outcome=outcome,
        findings=(*book.outside_validity(on), *answer.findings),
        values=None if silent else answer.values,
        cautions=(*book.cautions(on), *answer.cautions),
        missing=missing_in(answer.findings),
    )
