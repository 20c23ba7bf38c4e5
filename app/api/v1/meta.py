"""What the service says about itself (关于本服务): the kinds of problems it answers with."""

from fastapi import APIRouter

from app.api.problems import Kind, known_kinds
from app.api.v1.schemas.problem import ProblemKindOut, ProblemKindsOut
from app.domain.errors import NotFound

router = APIRouter(tags=["关于"])
problem_pages = APIRouter(tags=["关于"])


@router.get("/problems", summary="问题类别一览")
async def list_problems() -> ProblemKindsOut:
    """本服务可能返回的全部问题类别，按代码排序；无需令牌。"""
    kinds = known_kinds()
    return ProblemKindsOut(items=[_out(kinds[code]) for code in sorted(kinds)])


@problem_pages.get("/problems/{code}", summary="一类问题的含义")
async def read_problem(code: str) -> ProblemKindOut:
    """问题的 `type` 所指：该类别的状态码与含义；无需令牌。"""
    kind = known_kinds().get(code)
    if kind is None:
        raise NotFound("问题类别", "（所给代码）")
    return _out(kind)


def _out(kind: Kind) -> ProblemKindOut:
    return ProblemKindOut(
        type=f"/problems/{kind.code}",
        code=kind.code,
        status=kind.status,
        title=kind.title,
        detail=kind.detail,
    )
