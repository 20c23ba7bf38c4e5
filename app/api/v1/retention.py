"""Retention (保存与处置): what is kept, how long, and who may dispose of it."""

from typing import Final

from fastapi import APIRouter, Security

from app.api.security import any_caller
from app.api.v1.schemas.retention import RetentionOut, RetentionsOut
from app.domain.oversight.retention import CATALOGUE

router = APIRouter(tags=["审计"], dependencies=[Security(any_caller)])

_OUT: Final = RetentionsOut(items=[RetentionOut.of(each) for each in CATALOGUE])


@router.get("/retention", summary="保存与处置目录")
async def list_retention() -> RetentionsOut:
    """本服务的每一类记录：存什么、是否含个人信息、存多久、由谁处置；任何令牌可读。

    法律与规章没有规定期限的，本服务不代定：处置命令须给出日期，否则拒绝。
    """
    return _OUT
