"""Code sets on the wire (代码): codes with their Chinese labels and where they come from."""

from typing import Self

from pydantic import BaseModel, Field

from app.domain.codes import Codes, CodeSet


class CodeOut(BaseModel):
    """一个代码及其中文名称。"""

    code: str = Field(examples=["refused"])
    label: str = Field(examples=["不可以"])


class CodeSetNameOut(BaseModel):
    """一个代码集的名称与来源。"""

    set: str = Field(examples=["outcome"])
    title: str = Field(examples=["结论"])
    source: str = Field(description="代码的来源", examples=["GB/T 39046-2020 附录A.6"])


class CodeSetOut(CodeSetNameOut):
    """一个代码集及其全部代码，按其自身的顺序。"""

    items: tuple[CodeOut, ...]

    @classmethod
    def of(cls, found: CodeSet) -> Self:
        return cls(
            set=found.name,
            title=found.title,
            source=found.source,
            items=tuple(CodeOut(code=code, label=label) for code, label in found.labels.items()),
        )


class CodeSetsOut(BaseModel):
    """全部代码集。"""

    items: tuple[CodeSetNameOut, ...]

    @classmethod
    def of(cls, codes: Codes) -> Self:
        return cls(
            items=tuple(
                CodeSetNameOut(set=found.name, title=found.title, source=found.source)
                for found in codes.sets.values()
            )
        )
