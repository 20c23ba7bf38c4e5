"""State of a case (办件的状态标识): the ETag that an act is meant for, what a stale one says."""

import re
from datetime import datetime
from typing import Annotated, Final

from fastapi import Header

from app.domain.casework.case import Case
from app.domain.day import SHANGHAI
from app.domain.errors import DomainError

_ETAG: Final = re.compile(r'(?:^|[,\s])"(\d{1,9})\.\d{4}-\d{2}-\d{2}"')


class IfMatchMissing(DomainError):
    """An act names the state of the case that it is meant for."""

    slug = "if_match_missing"
    title = "缺少 If-Match"

    def __init__(self) -> None:
        super().__init__("请先读取办件，并把其 ETag 放入请求头 If-Match。")


class CaseChangedMeanwhile(DomainError):
    """Somebody else acted on the case after it was read."""

    slug = "case_changed_meanwhile"
    title = "办件已被他人修改"

    def __init__(self, current: str) -> None:
        super().__init__(f"办件在读取之后已有新的办理，当前为 {current}，请重新读取后再试。")
        self.headers = {"ETag": current}


IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="幂等键：同键同内容重发得到同一答复，保留 7 天",
    ),
]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=200, description="读取办件时所得的 ETag"),
]


def etag(case: Case, now: datetime) -> str:
    """The version of the case and the day, for time alone changes what is read."""
    return f'"{case.version}.{now.astimezone(SHANGHAI).date()}"'


def check_state(case: Case, if_match: str | None, now: datetime) -> None:
    """Raises IfMatchMissing, CaseChangedMeanwhile."""
    if if_match is None:
        raise IfMatchMissing
    versions = {int(version) for version in _ETAG.findall(if_match)}
    if if_match.strip() != "*" and case.version not in versions:
        raise CaseChangedMeanwhile(etag(case, now))
