"""Comparisons (对照): the regulations side by side on one question."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query

from app.api.deps import RulebooksInForce, Today
from app.api.security import requires
from app.api.v1.schemas.comparison import (
    ComparedEditionOut,
    ComparedOut,
    ComparedTextOut,
    ComparedValueOut,
    ComparisonOut,
    ParameterOut,
)
from app.api.wire import Day
from app.domain.comparison import Compared, Parameter, editions_compared, side_by_side
from app.domain.rulings import question_named

router = APIRouter(tags=["规章"], dependencies=[requires("rulebooks")])


@router.get("/comparisons/{question}", summary="各部规章对照", operation_id="compare_rulebooks")
async def compare_rulebooks(
    question: Annotated[str, Path(description="问题的名称", examples=["rotation"])],
    books: RulebooksInForce,
    today: Today,
    on: Annotated[Day | None, Query(description="法定日，默认今天（北京时间）")] = None,
) -> ComparisonOut:
    """该问题涉及的每条规定及其每个参数，逐部列出条文与取值；未作规定的为 null，不以他部代替。"""
    asked = question_named(question)
    day = on or today
    editions = editions_compared(books, day)
    regulations = tuple(book.regulation for book in editions)
    return ComparisonOut(
        question=asked.name,
        title=asked.chinese,
        on=day,
        editions=tuple(
            ComparedEditionOut(regulation=book.regulation, edition=book.edition, title=book.title)
            for book in editions
        ),
        items=tuple(_out(found, regulations) for found in side_by_side(asked, editions)),
    )


def _out(found: Compared, regulations: tuple[str, ...]) -> ComparedOut:
    return ComparedOut(
        provision=found.name,
        regulations={key: _text(found, key) for key in regulations},
        parameters=tuple(
            ParameterOut(
                name=parameter.name,
                regulations={key: _value(found, parameter, key) for key in regulations},
            )
            for parameter in found.parameters
        ),
    )


def _text(found: Compared, regulation: str) -> ComparedTextOut | None:
    if (text := found.texts.get(regulation)) is None:
        return None
    return ComparedTextOut(
        article=text.article,
        rows=text.rows,
        force=text.force,
        summary=text.summary,
        terms=asdict(text.terms),
    )


def _value(found: Compared, parameter: Parameter, regulation: str) -> ComparedValueOut | None:
    if (text := found.texts.get(regulation)) is None:
        return None
    return ComparedValueOut(article=text.article, value=parameter.values[regulation])
