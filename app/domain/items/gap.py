"""Gap (缺项): what a rulebook wants of every item and an item that is served has not."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.domain.items.activation import Readiness
from app.domain.items.guide import GuideChapter
from app.domain.items.item import ServiceItem
from app.domain.items.item_chapter import ItemChapter
from app.domain.items.promise import is_shortened
from app.domain.items.publication import PublicationChapter
from app.domain.provision import Provision


class Lacking(StrEnum):
    """What is not there."""

    OFFICE = "office"  # 未归并审批办
    WINDOW = "window"  # 未进窗口
    GUIDE = "guide"  # 无公布的指南
    FORM = "form"  # 无表格与样本
    PROMISE = "promise"  # 缩短的承诺时限未公布


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One thing that an item has not, and the provision that wants it."""

    item: ServiceItem
    lacking: Lacking
    cited: Provision[Any]  # Any: terms of every kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An item as it stands on a day."""

    item: ServiceItem
    ready: Readiness
    formed: bool


def gaps_of(
    items: ItemChapter, guides: GuideChapter, publication: PublicationChapter, found: Standing
) -> Iterator[Gap]:
    """What the item lacks under these chapters."""
    item, ready = found.item, found.ready
    forms = publication.free_forms
    guide = items.guide or next((r for r in guides.required if not r.terms.pledge), None)
    unpublished = is_shortened(item) and ready.published_days != item.promised_days
    wanted = (
        (Lacking.OFFICE, items.office, item.office_id is None),
        (Lacking.WINDOW, items.window, not ready.windowed),
        (Lacking.GUIDE, guide, ready.in_hall and not ready.guided),
        (Lacking.FORM, forms if forms and forms.terms.every_item else None, not found.formed),
        (Lacking.PROMISE, items.promise, unpublished),
    )
    for lacking, rule, is_so in wanted:
        if rule is not None and is_so:
            yield Gap(item=item, lacking=lacking, cited=rule)
