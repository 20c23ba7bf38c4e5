"""Handling (经办): at which window a case is taken in and delivered, and who stands behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.domain.casework.approval_step import OrdinarySteps
from app.domain.casework.case import Act
from app.domain.decision import Caution, Finding
from app.domain.errors import DomainError
from app.domain.provision import Bare, Provision, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class AtWindow(Written):
    """The acts that are done at a window of the item; with `in_hall` only for items of the hall."""

    acts: tuple[Act, ...]
    in_hall: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate.

    `window`: where the acts on a case are done; `head`: the department has the head of its approval
    office when a case of it is accepted; `steps`: what an ordinary item goes through before it is
    decided; `two_people`: nobody takes two of these steps.
    """

    window: Provision[AtWindow] | None = None
    head: Provision[Bare] | None = None
    steps: Provision[OrdinarySteps] | None = None
    two_people: Provision[OrdinarySteps] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The window that was named for an act, those at which the item is served that day, assigned or
    entrusted, and whether it is an item of the hall."""

    named: UUID | None
    served_at: tuple[UUID, ...]
    in_hall: bool = True

    @property
    def window(self) -> UUID | None:
        """The one that was named, or the only one that there is."""
        return self.named or (self.served_at[0] if len(self.served_at) == 1 else None)


class WindowNotOpen(DomainError):
    """Nothing is taken in or handed out at a window that is not open on that day."""

    slug: ClassVar[str] = "window_not_open"
    title: ClassVar[str] = "窗口当日没有开放"

    def __init__(self, stage: str) -> None:
        super().__init__(f"window_id：所写窗口当日的状态为 {stage}，请改写当日开放的窗口。")


def is_done_at_its_window(chapter: HandlingChapter, act: Act, where: Where) -> Iterator[Finding]:
    """Is the act done at a window where the item is served (高新区 第十四条、敖汉旗 第十三条)?

    `expected` are the windows that would be right; which of several it is has to be said.
    """
    rule = chapter.window
    if rule is None or act not in rule.terms.acts:
        return
    at = where.window
    if at is None and where.served_at:
        yield Finding.unknown(rule, "window_id")
        return
    yield Finding.under(
        rule,
        met=at in where.served_at and (where.in_hall or not rule.terms.in_hall),
        expected=tuple(map(str, where.served_at)),
        actual=None if at is None else str(at),
    )


def is_headed(chapter: HandlingChapter, *, headed: bool, strict: bool) -> Iterator[Finding]:
    """Has the department the head of its approval office (沙坡头区 第三条)? Whoever lacks one is
    warned of, and refused only where the centre wants it so (`strict`)."""
    rule = chapter.head
    if rule and (headed or strict):
        yield Finding.under(rule, met=headed, actual=headed)


def said_of_head(chapter: HandlingChapter, *, headed: bool, strict: bool) -> tuple[Caution, ...]:
    """The warning where the department has no head and the centre has it accept all the same."""
    rule = chapter.head
    if rule is None or headed or strict:
        return ()
    said = f"{rule.article}（{'、'.join(rule.rows)}）：{rule.summary}；该部门现无人在任。"
    return (Caution(code="approval_head_missing", message=said),)
