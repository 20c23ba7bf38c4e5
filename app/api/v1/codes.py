"""Codes (代码): every enumeration that the interface speaks, with its Chinese labels."""

from typing import Annotated, Final

from fastapi import APIRouter, Header, Path, Response
from pydantic import BaseModel

from app.api.openapi import Document
from app.api.security import requires
from app.api.v1.schemas.codes import CodeSetOut, CodeSetsOut
from app.rulebooks.codes import load_codes

router = APIRouter(tags=["规章"], dependencies=[requires("rulebooks")])

_CODES: Final = load_codes()
_TAG: Final = f'"{_CODES.version[:16]}"'
_KEPT: Final = {"ETag": _TAG, "Cache-Control": "private, max-age=3600"}
_UNCHANGED: Final[dict[int | str, Document]] = {304: {"description": "自该 ETag 以来没有变化"}}

IfNoneMatch = Annotated[
    str | None,
    Header(alias="If-None-Match", max_length=200, description="上次所得的 ETag"),
]


@router.get(
    "/codes",
    summary="代码集一览",
    operation_id="list_code_sets",
    response_model=CodeSetsOut,
    responses=_UNCHANGED,
)
async def list_code_sets(if_none_match: IfNoneMatch = None) -> Response:
    """本接口使用的全部代码集，以及 GB/T 39046-2020 附录A 的代码集。"""
    return _answer(CodeSetsOut.of(_CODES), if_none_match)


@router.get(
    "/codes/{set}",
    summary="一个代码集",
    operation_id="read_code_set",
    response_model=CodeSetOut,
    responses=_UNCHANGED,
)
async def read_code_set(
    set_: Annotated[str, Path(alias="set", description="代码集的名称", examples=["outcome"])],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """每个代码及其中文名称；可缓存一小时，之后以 ETag 复核。"""
    return _answer(CodeSetOut.of(_CODES.named(set_)), if_none_match)


def _answer(out: BaseModel, seen: str | None) -> Response:
    tags = () if seen is None else tuple(tag.strip().removeprefix("W/") for tag in seen.split(","))
    if "*" in tags or _TAG in tags:
        return Response(status_code=304, headers=_KEPT)
    return Response(out.model_dump_json(), media_type="application/json", headers=_KEPT)
