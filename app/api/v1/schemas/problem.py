"""Problems on the wire (RFC 9457): the catalogue of all kinds."""

from pydantic import BaseModel


class ProblemKindOut(BaseModel):
    """一类问题：代码、状态码与含义。"""

    type: str
    code: str
    status: int
    title: str
    detail: str


class ProblemKindsOut(BaseModel):
    """本服务可能返回的全部问题类别。"""

    items: list[ProblemKindOut]
