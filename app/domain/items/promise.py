"""Promise (承诺时限): is a limit that the centre has shortened published before it holds?"""

from collections.abc import Iterator

from app.domain.casework.case_facts import ItemKind
from app.domain.decision import Finding
from app.domain.items.item import ServiceItem
from app.domain.items.item_chapter import ItemChapter


def is_shortened(item: ServiceItem, was: ServiceItem | None = None) -> bool:
    """Whether less is promised than held before: the promise of the item as it `was`, else the
    statutory limit. What is done on the spot has no promise."""
    if item.kind is ItemKind.INSTANT or item.promised_days is None:
        return False
    before = item.statutory_days
    if was and was.kind is ItemKind.PROMISED and was.promised_days is not None:
        before = was.promised_days
    return before is not None and item.promised_days < before


def is_public(
    chapter: ItemChapter,
    item: ServiceItem,
    published_days: int | None,
    was: ServiceItem | None = None,
) -> Iterator[Finding]:
    """Does the guide that is in force state the shortened promise, in working days (高新区
    第十四条（五）)? What was not shortened is not asked about."""
    rule = chapter.promise
    if rule and is_shortened(item, was):
        yield Finding.under(
            rule,
            met=published_days == item.promised_days,
            expected=item.promised_days,
            actual=published_days,
        )
