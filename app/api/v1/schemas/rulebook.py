"""Rulebooks on the wire (规章): editions, their provisions, and the rows that they are made of."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from app.domain.provision import Breach, Force
from app.domain.register import Kind
from app.domain.rulebook import TextStatus


class EditionOut(BaseModel):
    """规章的一个版本：只有文本印出的、或经登记的日期，不作推定。"""

    regulation: str = Field(examples=["nanchang"])
    edition: str = Field(examples=["2012"])
    title: str
    document_number: str | None
    issuer: str
    jurisdiction: str
    calendar: str = Field(description="所用工作日历的键")
    text_status: TextStatus
    effective_from: date | None
    effective_from_entered: bool = Field(description="施行日期是否在文本之外另行登记")
    effective_until: date | None
    effective_basis: str | None = Field(description="施行日期的文本依据")
    interpreter: str | None
    basis: tuple[str, ...]
    articles: int
    digest: str = Field(description="版本文件的 SHA-256")


class EditionsOut(BaseModel):
    """全部已载入的版本；version 为其总摘要。"""

    version: str
    items: tuple[EditionOut, ...]


class ProvisionOut(BaseModel):
    """一条可执行的规定：引用哪些条目，以何参数计算。"""

    name: str = Field(examples=["rotation.notice"])
    article: str
    rows: tuple[str, ...]
    summary: str
    force: Force
    breach: Breach
    terms: dict[str, Any]  # Any: each provision has terms of its own


class RulebookOut(BaseModel):
    """一部规章：其在该日适用的版本、提示、可执行的规定。"""

    edition: EditionOut
    editions: tuple[str, ...]
    warnings: tuple["WarningCode", ...]
    provisions: tuple[ProvisionOut, ...]
    rows: int = Field(description="条目总数")


class WarningCode(BaseModel):
    """对该版本的提示。"""

    model_config = ConfigDict(from_attributes=True)

    code: str
    message: str


class RowOut(BaseModel):
    """一个条目：一项义务，以本产品自己的话概述；有 children 的条目只作归类。"""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(examples=["nanchang/8.s1"])
    article: str
    kind: Kind
    capability: str
    summary: str
    children: tuple[str, ...]
    parameters: dict[str, Any]  # Any: free figures of the text
    provisions: tuple[str, ...] = Field(description="引用该条目的可执行规定")
    wording: str | None = Field(description="条目所在条文的原文，仅在中心附上规章全文后给出")


class ArticleOut(BaseModel):
    """一条（或其中一项）：在此的条目与可执行的规定；附有规章全文的，给出其原文。"""

    regulation: str
    edition: str
    article: str = Field(examples=["第十二条"])
    wording: str | None = Field(description="原文；未附规章全文时为 null")
    attached_at: datetime | None = Field(description="全文附上的时刻")
    digest: str | None = Field(description="所附全文的 SHA-256")
    rows: tuple[str, ...]
    provisions: tuple[str, ...]
