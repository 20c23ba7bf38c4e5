"""Coverage (落实台账): what the software does with each row of a regulation."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Annotated, Final

from fastapi import APIRouter, FastAPI, Path, Request
from fastapi.routing import iter_route_contexts

from app.api.deps import RegisterInForce, RulebooksInForce
from app.api.security import requires
from app.api.v1.schemas.coverage import CoverageOut, CoveredRowOut
from app.domain.coverage import Covered, covered
from app.domain.register import Register
from app.domain.rulebook import Rulebook
from app.rulebooks.coverage import load_statements

router = APIRouter(tags=["规章"], dependencies=[requires("rulebooks")])

_STATEMENTS: Final = load_statements()


@router.get(
    "/rulebooks/{regulation}/coverage", summary="条目落实台账", operation_id="read_coverage"
)
async def read_coverage(
    regulation: Annotated[str, Path(description="规章的键", examples=["nanchang"])],
    request: Request,
    books: RulebooksInForce,
    register: RegisterInForce,
) -> CoverageOut:
    """每个条目的落实状态、由哪些操作落实、以哪些测试为证；未落实的说明尚缺什么。

    由已载入的规定与现有操作当场得出：没有操作或没有测试的条目不称已落实。
    """
    found = places(request.app, books.editions(regulation), register)
    return CoverageOut(rows=tuple(map(CoveredRowOut.of, found)))


def places(app: FastAPI, editions: Sequence[Rulebook], register: Register) -> Iterator[Covered]:
    """Every row of a regulation with its place, in the order of the text."""
    provisions = (provision for book in editions for provision in book.provisions())
    ledger = _STATEMENTS.held_against(register, provisions, operations_of(app))
    return covered(ledger, register.of(editions[0].regulation))


@lru_cache(maxsize=1)
def operations_of(app: FastAPI) -> frozenset[str]:
    """The ids of all operations that the app documents; read off the routes, for to write the
    document takes a second, in which nobody else would be answered."""
    return frozenset(
        route.operation_id or route.unique_id
        for route in iter_route_contexts(app.routes)
        if route.include_in_schema
    )
