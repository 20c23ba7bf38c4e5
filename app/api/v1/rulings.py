"""Rulings (裁量问答): the questions of the law, one route each, answered from facts alone."""

from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Response
from pydantic import TypeAdapter
from pydantic_core import to_json

from app.api.deps import CalendarsInForce, RulebooksInForce, Today
from app.api.metrics import ruled
from app.api.openapi import responses
from app.api.security import requires
from app.api.v1.schemas.ruling import QuestionOut, QuestionsOut, RulingOut, ruling_out
from app.api.wire import Json, WireRoute
from app.domain.casework.acceptance import AcceptanceFacts, AcceptanceValues
from app.domain.casework.case_facts import TimeLimitFacts, TimeLimitValues
from app.domain.casework.deadline import DeadlineFacts, DeadlineValues
from app.domain.casework.first_question import FirstQuestionFacts, FirstQuestionValues
from app.domain.decision import Decision
from app.domain.items.guide import GuideFacts, GuideValues
from app.domain.rulings import QUESTIONS, Ruling, question_named, rule
from app.domain.staffing.annual_score import AnnualScoreFacts, AnnualScoreValues
from app.domain.staffing.assessor import AssessorFacts, AssessorValues
from app.domain.staffing.dispatch_facts import DispatchFacts, DispatchValues
from app.domain.staffing.leave import LeaveFacts, LeaveValues
from app.domain.staffing.recall import RecallFacts, RecallValues
from app.domain.staffing.rotation_facts import RotationFacts, RotationValues

router = APIRouter(
    tags=["裁量问答"],
    route_class=WireRoute,
    dependencies=[requires("rulings")],
    responses=responses(404, 409),
)

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Asking:
    """What every ruling needs beside its facts."""

    books: RulebooksInForce
    calendars: CalendarsInForce
    today: Today

    def answer(self, name: str, ruling: Ruling[F]) -> Response:
        """The answer as JSON. It is serialised once, here; a test holds it against RulingOut."""
        body = to_json(ruling_out(self.decision(name, ruling)))
        return Response(body, media_type="application/json")

    def decision(self, name: str, ruling: Ruling[F]) -> Decision:
        """Raises NotFound for a question or a regulation that is not known."""
        decision = rule(
            question_named(name),
            self.books,
            ruling,
            today=self.today,
            calendar_of=self.calendars.of,
        )
        ruled(name, decision.outcome)
        return decision


Ask = Annotated[Asking, Depends()]


@router.get("/rulings", summary="可以提的问题及其事实与数值的格式", operation_id="list_questions")
async def list_questions() -> QuestionsOut:
    """每个问题附其 facts 与 values 的 JSON Schema。"""
    return _QUESTIONS_OUT


@router.post(
    "/rulings/dispatch",
    summary="可否选派此人",
    operation_id="rule_on_dispatch",
    response_model=RulingOut[DispatchValues],
)
async def rule_on_dispatch(ruling: Json[Ruling[DispatchFacts]], ask: Ask) -> Response:
    """选派条件逐项认定：未提供的条件为未知，答复为 undetermined 并指明缺少哪一项。"""
    return ask.answer("dispatch", ruling)


@router.post(
    "/rulings/rotation",
    summary="可否调换此人，最早何时",
    operation_id="rule_on_rotation",
    response_model=RulingOut[RotationValues],
)
async def rule_on_rotation(ruling: Json[Ruling[RotationFacts]], ask: Ask) -> Response:
    """最短与最长在岗期间、提前报备或函告、同意、跟岗熟悉；`stage` 区分报备与离岗。"""
    return ask.answer("rotation", ruling)


@router.post(
    "/rulings/first-question",
    summary="首问责任人是否尽责，还欠什么",
    operation_id="rule_on_first_question",
    response_model=RulingOut[FirstQuestionValues],
)
async def rule_on_first_question(ruling: Json[Ruling[FirstQuestionFacts]], ask: Ask) -> Response:
    """职责以内与以外各应做什么，还欠哪几步，责任到何时为止。"""
    return ask.answer("first-question", ruling)


@router.post(
    "/rulings/time-limit",
    summary="办件何时到期，是否逾期",
    operation_id="rule_on_time_limit",
    response_model=RulingOut[TimeLimitValues],
)
async def rule_on_time_limit(ruling: Json[Ruling[TimeLimitFacts]], ask: Ask) -> Response:
    """起算日（当日不计）、时限（工作日）、到期日、办结日与状态；违法的承诺、排除与延长不计入时钟。"""
    return ask.answer("time-limit", ruling)


@router.post(
    "/rulings/acceptance",
    summary="窗口对该申请应如何答复",
    operation_id="rule_on_acceptance",
    response_model=RulingOut[AcceptanceValues],
)
async def rule_on_acceptance(ruling: Json[Ruling[AcceptanceFacts]], ask: Ask) -> Response:
    """受理、一次性告知补正、不予受理或视为受理；文书名称、应载明的内容；形式、渠道与次数是否合规。"""
    return ask.answer("acceptance", ruling)


@router.post(
    "/rulings/return",
    summary="应否、可否退回此人",
    operation_id="rule_on_return",
    response_model=RulingOut[RecallValues],
)
async def rule_on_return(ruling: Json[Ruling[RecallFacts]], ask: Ask) -> Response:
    """退回的情形是否成立、由谁决定，及换人的期限。"""
    return ask.answer("return", ruling)


@router.post(
    "/rulings/leave",
    summary="请假由谁批准、向谁报备",
    operation_id="rule_on_leave",
    response_model=RulingOut[LeaveValues],
)
async def rule_on_leave(ruling: Json[Ruling[LeaveFacts]], ask: Ask) -> Response:
    """按角色与时长（半天计）列出批准人与报备对象。"""
    return ask.answer("leave", ruling)


@router.post(
    "/rulings/assessor",
    summary="本年度由谁考核此人",
    operation_id="rule_on_assessor",
    response_model=RulingOut[AssessorValues],
)
async def rule_on_assessor(ruling: Json[Ruling[AssessorFacts]], ask: Ask) -> Response:
    """考核人、派出单位可否考核、在中心服务是否满期。"""
    return ask.answer("assessor", ruling)


@router.post(
    "/rulings/annual-score",
    summary="由各季得分计算年度得分",
    operation_id="rule_on_annual_score",
    response_model=RulingOut[AnnualScoreValues],
)
async def rule_on_annual_score(ruling: Json[Ruling[AnnualScoreFacts]], ask: Ask) -> Response:
    """四个季度齐全才有年度得分，缺季不取平均。"""
    return ask.answer("annual-score", ruling)


@router.post(
    "/rulings/guide",
    summary="办事指南要素是否齐全，可否公布",
    operation_id="rule_on_guide",
    response_model=RulingOut[GuideValues],
)
async def rule_on_guide(ruling: Json[Ruling[GuideFacts]], ask: Ask) -> Response:
    """各规章要求的要素不同，列出所缺。"""
    return ask.answer("guide", ruling)


@router.post(
    "/rulings/deadline",
    summary="一次性期限何时届满",
    operation_id="rule_on_deadline",
    response_model=RulingOut[DeadlineValues],
)
async def rule_on_deadline(ruling: Json[Ruling[DeadlineFacts]], ask: Ask) -> Response:
    """网上咨询答复、归档、退回后换人、另行签章、决定送达。"""
    return ask.answer("deadline", ruling)


@router.post("/rulings/{question}", include_in_schema=False)
async def rule_on_unknown(question: str) -> None:
    """A question that nobody asks here: 404, not the silence of a missing route."""
    question_named(question)


def _schema(of: type[Any]) -> dict[str, Any]:  # Any: a JSON schema is free JSON
    return TypeAdapter(of).json_schema()


_QUESTIONS_OUT = QuestionsOut(
    items=tuple(
        QuestionOut(
            question=question.name,
            title=question.chinese,
            facts=_schema(question.facts),
            values=_schema(question.values),
        )
        for question in QUESTIONS.values()
    )
)
