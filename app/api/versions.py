"""Versions (版本): a change names the state that it is meant for, in `If-Match`."""

import re
from typing import Annotated, ClassVar, Final

from fastapi import Header

from app.domain.errors import DomainError

_ETAG: Final = re.compile(r'(?:^|[,\s])"(\d{1,9})(?:\.[\d-]{10})?"')

IfMatchVersion = Annotated[
    str | None,
    Header(alias="If-Match", max_length=200, description="读取该对象时所得的 ETag"),
]


class VersionMissing(DomainError):
    """A change names the state of the resource that it is meant for."""

    slug: ClassVar[str] = "version_missing"
    title: ClassVar[str] = "缺少 If-Match"

    def __init__(self) -> None:
        super().__init__("请先读取该对象，并把其 ETag 放入请求头 If-Match。")


class ChangedMeanwhile(DomainError):
    """Somebody else changed the resource after it was read."""

    slug: ClassVar[str] = "changed_meanwhile"
    title: ClassVar[str] = "该对象已被他人修改"

    def __init__(self, version: int) -> None:
        current = etag_of(version)
        super().__init__(f"该对象在读取之后已有修改，当前为 {current}，请重新读取后再试。")
        self.headers = {"ETag": current}


def etag_of(version: int) -> str:
    """The version of a resource as a header names it."""
    return f'"{version}"'


def check_version(version: int, if_match: str | None) -> None:
    """Raises VersionMissing, or ChangedMeanwhile where another version is meant."""
    if if_match is None:
        raise VersionMissing
    named = {int(each) for each in _ETAG.findall(if_match)}
    if if_match.strip() != "*" and version not in named:
        raise ChangedMeanwhile(version)
