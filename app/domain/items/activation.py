"""Activation (启用): what an item needs before it is served, and whether it takes applications."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.casework.approval_step import has_its_steps
from app.domain.casework.limits import TimeLimitChapter
from app.domain.decision import Caution, Finding
from app.domain.items.item import ItemNotActive, ItemStage, ServiceItem
from app.domain.items.item_chapter import ItemChapter
from app.domain.items.promise import is_public
from app.domain.items.steps import ChangeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What is there for an item: the current approval offices of its department, whether it is
    assigned to a window, whether a guide is published and which promise it states (working days),
    whether it is handled in the hall."""

    offices: tuple[UUID, ...] = ()
    windowed: bool = False
    guided: bool = False
    published_days: int | None = None
    in_hall: bool = True


def may_be_entered(
    chapter: ItemChapter,
    layers: Iterable[TimeLimitChapter],
    item: ServiceItem,
    offices: tuple[UUID, ...],
) -> Iterator[Finding]:
    """May the item be kept with this class, these limits and this office? `offices` are the current
    approval offices of its department. An item that nobody has classed breaks nothing."""
    rule = chapter.classes
    if rule and item.item_class is not None:
        met = item.item_class in rule.terms.classes
        yield Finding.under(rule, met=met, expected=rule.terms.classes, actual=item.item_class)
    for layer in layers:
        yield from _within_ceiling(layer, item)
    if chapter.office and item.office_id is not None:
        yield Finding.under(
            chapter.office,
            met=item.office_id in offices,
            expected=tuple(map(str, offices)),
            actual=str(item.office_id),
        )


def _within_ceiling(layer: TimeLimitChapter, item: ServiceItem) -> Iterator[Finding]:
    ceiling, promised = layer.ceiling, item.promised_days
    if ceiling is None or promised is None:
        return
    default, statutory = ceiling.terms.default_days, item.statutory_days
    bound = default if statutory is None else statutory
    if bound is not None:
        yield Finding.under(ceiling, met=promised <= bound, expected=bound, actual=promised)


def may_be_activated(
    chapter: ItemChapter, item: ServiceItem, ready: Readiness
) -> Iterator[Finding]:
    """Has the item what the text wants before it is served?"""
    if chapter.office:
        yield Finding.under(
            chapter.office,
            met=item.office_id is not None and item.office_id in ready.offices,
            expected=tuple(map(str, ready.offices)),
            actual=None if item.office_id is None else str(item.office_id),
        )
    if chapter.window:
        yield Finding.under(chapter.window, met=ready.windowed, actual=ready.windowed)
    if chapter.guide and ready.in_hall:
        yield Finding.under(chapter.guide, met=ready.guided, actual=ready.guided)
    yield from has_its_steps(chapter.ordinary, item.approval_steps)
    yield from is_public(chapter, item, ready.published_days)


def may_accept(chapter: ItemChapter, item: ServiceItem, on: date) -> Iterator[Finding]:
    """May an application be taken in on that legal day? Where the text has an item confirmed or
    approved first, an item that is not active yet has not been. An active item of which no day is
    known was served before items were entered one by one."""
    begun = item.stage is not ItemStage.DRAFT and (
        item.active_since is None or item.active_since <= on
    )
    since = "尚未启用" if item.active_since is None else f"自{item.active_since}起启用"
    for rule in chapter.steps:
        if ChangeKind.ENTER in rule.terms.kinds:
            yield Finding.under(rule, met=begun, expected=rule.terms.steps, actual=since)


def check_open(item: ServiceItem, on: date) -> None:
    """Raises ItemNotActive where nobody can apply for it on that legal day."""
    if not item.open_on(on):
        raise ItemNotActive(item, on)


def cautions_on(chapter: ItemChapter, item: ServiceItem) -> tuple[Caution, ...]:
    """What must be said beside a new item."""
    abolished = chapter.classes.terms.abolished if chapter.classes else ()
    if item.item_class not in abolished:
        return ()
    said = f"{item.item_class}这一类别已由国务院取消（国发〔2015〕27号），仅供历史事项使用。"
    return (Caution(code="item_class_abolished", message=said),)
