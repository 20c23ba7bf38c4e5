"""Seal (审批专用章): whether a result may leave the window without it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from app.domain.decision import Finding
from app.domain.provision import Bare, Provision, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class SealChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate."""

    needed: Provision[Bare] | None = None


def may_be_delivered(chapter: SealChapter, sealed_at: datetime | None) -> Iterator[Finding]:
    """May the result leave the window (出件), sealed at that moment or not at all?"""
    if needed := chapter.needed:
        yield Finding.under(needed, met=sealed_at is not None, actual=sealed_at)
