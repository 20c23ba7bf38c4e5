"""A comparison on the wire (对照): one question, the regulations side by side."""

from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from app.domain.provision import Force


class ComparedEditionOut(BaseModel):
    """参加对照的版本。"""

    regulation: str = Field(examples=["nanchang"])
    edition: str = Field(examples=["2012"])
    title: str


class ComparedTextOut(BaseModel):
    """一部规章的这条规定。"""

    article: str = Field(examples=["第八条"])
    rows: tuple[str, ...] = Field(examples=[["nanchang/8.s1"]])
    force: Force
    summary: str
    terms: dict[str, Any]  # Any: each provision has terms of its own


class ComparedValueOut(BaseModel):
    """一个参数在一部规章中的取值，及其条文。"""

    article: str = Field(examples=["第八条"])
    value: Any  # Any: terms of every kind


class ParameterOut(BaseModel):
    """一个参数：各部规章的取值，未作规定的为 null。"""

    name: str = Field(examples=["lead"])
    regulations: dict[str, ComparedValueOut | None]


class ComparedOut(BaseModel):
    """一条规定：各部规章的条文与参数，未作规定的为 null。"""

    provision: str = Field(examples=["rotation.notice"])
    regulations: dict[str, ComparedTextOut | None]
    parameters: tuple[ParameterOut, ...]


class ComparisonOut(BaseModel):
    """一个问题在各部规章中的规定，逐条逐项并列。"""

    question: str = Field(examples=["rotation"])
    title: str
    on: date
    editions: tuple[ComparedEditionOut, ...]
    items: tuple[ComparedOut, ...]
