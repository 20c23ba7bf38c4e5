"""First-question responsibility (首问负责): what the first person asked owes, and until when."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.asked import Asked
from app.domain.decision import Answer, Finding, Result
from app.domain.provision import Bare, Provision, Written


class Action(StrEnum):
    """What the first person asked has done."""

    HANDLED = "handled"  # 办理
    EXPLAINED = "explained"  # 解答
    GAVE_REASON = "gave_reason"  # 说明理由
    NAMED_DEPARTMENT = "named_department"  # 告知承办部门
    GAVE_PHONE = "gave_phone"  # 告知联系电话
    GUIDED = "guided"  # 引导
    TRANSFERRED = "transferred"  # 转交
    RECORDED = "recorded"  # 登记


class ResponsibleUntil(StrEnum):
    """When the responsibility of the first person asked ends."""

    HANDLED = "handled"  # 办结
    HANDED_OVER = "handed_over"  # 移交


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty(Written):
    """All of `actions` are owed; any one of `or_any` does as well as all of them.

    `materials_complete` narrows the duty to applications that are complete, or that are not; an
    application of which nothing is said is taken as complete.
    """

    name: str
    within_duties: bool
    actions: tuple[Action, ...]
    or_any: tuple[Action, ...] = ()
    materials_complete: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForbiddenPhrases(Written):
    """Phrases that may not be given as the reason (推脱用语)."""

    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstQuestionChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate.

    `named` is a text that names the system and lists no action.
    """

    named: Provision[Bare] | None = None
    duties: tuple[Provision[Duty], ...] = ()
    forbidden_phrases: Provision[ForbiddenPhrases] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstQuestionFacts(Written):
    """The facts of a first contact; `reply_text` is the reason as it was given."""

    within_duties: bool | None = None
    materials_complete: bool | None = None
    actions: tuple[Action, ...] | None = None
    reply_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstQuestionValues:
    """`still_owed` is in the order of the text; None while it cannot be told."""

    still_owed: tuple[Action, ...] | None
    responsible_until: ResponsibleUntil | None


_QUOTED: Final = re.compile('“[^”]*”|‘[^’]*’|「[^」]*」|『[^』]*』|"[^"]*"')


def what_is_owed(
    chapter: FirstQuestionChapter, facts: FirstQuestionFacts, _asked: Asked
) -> Answer[FirstQuestionValues]:
    """Has the first person asked done what the rules require, and what is still owed?"""
    duties = tuple(_duties(chapter, facts))
    findings = (
        *_named(chapter, facts),
        *(found for found, _ in duties),
        *_phrases(chapter, facts),
    )
    if not findings:
        return Answer((), None)
    unknown = any(found.result is Result.UNKNOWN for found, _ in duties)
    owed = dict.fromkeys(action for _, actions in duties for action in actions)
    values = FirstQuestionValues(
        still_owed=None if unknown else tuple(owed),
        responsible_until=_until(within_duties=facts.within_duties),
    )
    return Answer(findings, values)


def _until(*, within_duties: bool | None) -> ResponsibleUntil | None:
    if within_duties is None:
        return None
    return ResponsibleUntil.HANDLED if within_duties else ResponsibleUntil.HANDED_OVER


def _named(chapter: FirstQuestionChapter, facts: FirstQuestionFacts) -> Iterator[Finding]:
    if named := chapter.named:
        if facts.within_duties is None:
            yield Finding.unknown(named, "facts.within_duties")
        else:
            yield Finding.under(named, met=True)


def _duties(
    chapter: FirstQuestionChapter, facts: FirstQuestionFacts
) -> Iterator[tuple[Finding, tuple[Action, ...]]]:
    """Each duty that these facts bring about, with the actions still owed under it."""
    for duty in chapter.duties:
        terms = duty.terms
        complete = facts.materials_complete is not False
        if facts.within_duties not in {None, terms.within_duties}:
            continue
        if terms.materials_complete not in {None, complete}:
            continue
        facts_needed = {
            "facts.within_duties": facts.within_duties,
            "facts.actions": facts.actions,
        }
        missing = [name for name, fact in facts_needed.items() if fact is None]
        if missing or facts.actions is None:
            yield Finding.unknown(duty, *missing), ()
            continue
        owed = _owed(terms, facts.actions)
        found = Finding.under(duty, met=not owed, expected=terms.actions, actual=facts.actions)
        yield found, owed


def _owed(duty: Duty, done: tuple[Action, ...]) -> tuple[Action, ...]:
    if any(action in done for action in duty.or_any):
        return ()
    return tuple(action for action in duty.actions if action not in done)


def _phrases(chapter: FirstQuestionChapter, facts: FirstQuestionFacts) -> Iterator[Finding]:
    if (forbidden := chapter.forbidden_phrases) and facts.reply_text is not None:
        said = _own_words(facts.reply_text)
        found = tuple(phrase for phrase in forbidden.terms.phrases if phrase in said)
        yield Finding.under(forbidden, met=not found, actual=found)


def _own_words(reply: str) -> str:
    """The reply without what it quotes, unless it is nothing but a quotation; spaces left out."""
    own = _QUOTED.sub("", reply)
    if not re.search(r"\w", own):
        own = reply
    return "".join(own.split())
