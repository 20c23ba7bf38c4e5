"""A ruling on the wire (裁量答复): a decision with its values, findings, gaps and warnings."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_jsonable_python

from app.domain.decision import Caution, Decision, Finding, Outcome, Result, Value

V = TypeVar("V")


class FindingOut(BaseModel):
    """一条规定对所述事实的认定，附条目与条文。"""

    model_config = ConfigDict(from_attributes=True)

    provision: str = Field(examples=["rotation.notice"])
    rows: tuple[str, ...] = Field(examples=[["nanchang/8.s1"]])
    article: str = Field(examples=["第八条"])
    result: Result
    expected: Value
    actual: Value
    message: str
    wording: str | None = Field(description="所引条文的原文，仅在中心附上规章全文后给出")


class WarningOut(BaseModel):
    """随答复给出的提示：不改变结论，但不可忽略。"""

    model_config = ConfigDict(from_attributes=True)

    code: str = Field(examples=["calendar_unpublished"])
    message: str
    year: int | None


class Nothing(BaseModel):
    """规定未作规定时没有数值。"""

    model_config = ConfigDict(extra="forbid")


class RulingOut(BaseModel, Generic[V]):
    """答复：结论、数值、逐条认定、缺少的事实与提示。"""

    question: str
    rulebook: str
    edition: str
    on: date
    outcome: Outcome
    values: V | Nothing
    findings: tuple[FindingOut, ...]
    missing: tuple[str, ...] = Field(examples=[["facts.filed_on"]])
    warnings: tuple[WarningOut, ...]


def findings_out(findings: Iterable[Finding]) -> tuple[dict[str, Any], ...]:
    """Plain values of the findings, ready for JSON. Any: typed by FindingOut when serialised."""
    return tuple(
        {
            "provision": finding.provision,
            "rows": finding.rows,
            "article": finding.article,
            "result": finding.result,
            "expected": finding.expected,
            "actual": finding.actual,
            "message": finding.message,
            "wording": finding.wording,
        }
        for finding in findings
    )


def cautions_out(cautions: Iterable[Caution]) -> tuple[dict[str, Any], ...]:
    """Plain values of the warnings; a year only where there is one. Any: see `findings_out`."""
    return tuple(
        {"code": caution.code, "message": caution.message, "year": caution.year}
        for caution in cautions
    )


def ruling_out(decision: Decision) -> dict[str, Any]:
    """The decision as the contract writes it. Any: typed by RulingOut when serialised."""
    return {
        "question": decision.question,
        "rulebook": decision.rulebook,
        "edition": decision.edition,
        "on": decision.on,
        "outcome": decision.outcome,
        "values": {} if decision.values is None else decision.values,
        "findings": findings_out(decision.findings),
        "missing": decision.missing,
        "warnings": cautions_out(decision.cautions),
    }


def decision_out(decision: Decision) -> object:
    """The decision as a problem carries it: plain JSON."""
    return to_jsonable_python(ruling_out(decision))


class QuestionOut(BaseModel):
    """一个问题，及其事实与数值的 JSON Schema。"""

    question: str = Field(examples=["rotation"])
    title: str
    facts: dict[str, Any]  # Any: a JSON schema is free JSON
    values: dict[str, Any]


class QuestionsOut(BaseModel):
    """全部可以提的问题。"""

    items: tuple[QuestionOut, ...]
