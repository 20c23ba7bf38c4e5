"""Retention on the wire (保存与处置): the catalogue of kinds of record."""

from typing import Self

from pydantic import BaseModel, Field

from app.domain.oversight.retention import DisposedBy, KeptKind, Retention, Term


class RetentionOut(BaseModel):
    """一类记录：存什么、存多久、由谁处置、为什么。"""

    kind: KeptKind
    title: str
    content: str = Field(description="存的是什么")
    personal: bool = Field(description="是否含个人信息")
    term: Term = Field(
        description="for_ever 不处置，days 固定天数，named 处置时指明，elsewhere 由库外定"
    )
    days: int | None = Field(description="固定的天数（自然日）；其余为 null")
    option: str | None = Field(
        description="没有规定期限的，处置命令必须给出的选项；没有默认值", examples=["--before"]
    )
    disposed_by: DisposedBy = Field(
        description="nobody 无人，archive 档案管理部门，worker 后台任务，operator 运维人员以命令，"
        "person 应本人请求或运维人员以命令，elsewhere 存放处的管理者"
    )
    why: str

    @classmethod
    def of(cls, kept: Retention) -> Self:
        return cls(
            kind=kept.kind,
            title=kept.title,
            content=kept.content,
            personal=kept.personal,
            term=kept.term,
            days=kept.days,
            option=kept.option,
            disposed_by=kept.disposed_by,
            why=kept.why,
        )


class RetentionsOut(BaseModel):
    """全部种类的记录。"""

    items: list[RetentionOut]
