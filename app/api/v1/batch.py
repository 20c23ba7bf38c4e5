"""Rulings in batches (批量裁量问答): up to a thousand questions, each with an answer of its own."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, GetPydanticSchema, TypeAdapter, ValidationError
from pydantic_core import core_schema, to_json

from app.api.field_problems import field_problems
from app.api.openapi import ProblemOut
from app.api.problems import body_of, of_domain, of_fields
from app.api.security import requires
from app.api.v1.rulings import Ask
from app.api.v1.schemas.ruling import RulingOut, decision_out, ruling_out
from app.api.wire import Json, Raw, WireRoute
from app.domain.errors import DomainError
from app.domain.provision import Written
from app.domain.rulings import QUESTIONS, Ruling, question_named

router = APIRouter(tags=["裁量问答"], route_class=WireRoute, dependencies=[requires("rulings")])

LARGEST: Final = 1000
CHUNK: Final = 8  # rulings, about half a millisecond, between which others are served

# Each item is read in its own turn, for one that is wrong is wrong alone.
Item = Annotated[
    dict[str, Any],  # Any: each question has facts of its own
    GetPydanticSchema(lambda _source, _handler: core_schema.dict_schema()),
]

# Two batches side by side would only make everybody else wait twice as long for a turn.
_ONE_AT_A_TIME: Final = asyncio.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchIn(Written):
    """每项为一个问题：question 及该问题请求体的各键。"""

    items: Annotated[tuple[Item, ...], Field(max_length=LARGEST)]


class ItemProblem(BaseModel):
    """只有这一项不能答复。"""

    problem: ProblemOut


class BatchOut(BaseModel):
    """与请求同序的答复。"""

    items: tuple[RulingOut[dict[str, Any]] | ItemProblem, ...]  # Any: values of every question


_READERS: Final[Mapping[str, TypeAdapter[Any]]] = {  # Any: as above
    name: TypeAdapter(Json[Ruling[question.facts]])  # type: ignore[name-defined] # at run time
    for name, question in QUESTIONS.items()
}


@router.post(
    "/rulings:batch",
    summary="批量提问，一次至多一千个",
    operation_id="rule_in_batch",
    response_model=BatchOut,
)
async def rule_in_batch(batch: Json[BatchIn], ask: Ask, request: Request) -> Response:
    """逐项答复，顺序与请求一致；某一项有误只影响该项，其位置给出 problem。"""
    answers = (_answer(item, ask, request) for item in batch.items)
    written: list[bytes] = []
    async with _ONE_AT_A_TIME:
        while chunk := list(islice(answers, CHUNK)):
            written += chunk
            await asyncio.sleep(0)
    return Response(b'{"items":[' + b",".join(written) + b"]}", media_type="application/json")


def _answer(item: Item, ask: Ask, request: Request) -> bytes:
    """One answer as JSON: a ruling, or the problem that stands against asking it."""
    question = item.pop("question", None)
    try:
        reader = _READERS[question_named(str(question)).name]
        return to_json(
            ruling_out(ask.decision(str(question), reader.validate_python(Raw(to_json(item)))))
        )
    except ValidationError as invalid:
        problem = of_fields(field_problems(invalid.errors(include_url=False, include_input=False)))
    except DomainError as refused:
        problem = of_domain(refused, decision_out)
    return to_json({"problem": body_of(request.scope, problem)})
