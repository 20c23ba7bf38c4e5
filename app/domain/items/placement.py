"""Placement (进厅): which items belong in the hall and in the system, and who lets one out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from app.domain.decision import Finding, Result
from app.domain.items.exemption import ApprovalPart, Exemption, Where
from app.domain.items.item_chapter import Approving, ItemChapter
from app.domain.provision import Provision

_NOTHING: Final = (
    ApprovalPart.BY,
    ApprovalPart.NUMBER,
    ApprovalPart.ISSUED_ON,
    ApprovalPart.REASON,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where an item is handled from `since` to `until` (both included), and why not in the hall or
    in the system."""

    id: UUID
    item_id: UUID
    where: Where
    off_system: bool
    exemption: Exemption | None
    since: date
    until: date | None = None

    @property
    def excepted(self) -> bool:
        return self.off_system or self.where is Where.OUTSIDE


def may_be_placed(
    chapter: ItemChapter, item_class: str | None, placed: Placement, on: date
) -> Iterator[Finding]:
    """May the item be handled there on that legal day? 国家安全 and 涉密 exempt by themselves where
    the text says so; every other exception needs the approval of the government named there."""
    if placed.where is Where.OUTSIDE:
        yield from _outside(chapter, item_class, placed.exemption, on)
    if placed.off_system and chapter.system_approval:
        yield _approved(chapter.system_approval, placed.exemption, on)


def stands_against(findings: Iterable[Finding]) -> bool:
    """Whether a placement that is found is listed as violating: a soft rule without its approval is
    one as well."""
    return any(finding.result in {Result.VIOLATED, Result.OVERRIDABLE} for finding in findings)


def _outside(
    chapter: ItemChapter, item_class: str | None, exemption: Exemption | None, on: date
) -> Iterator[Finding]:
    if hall := chapter.hall:
        if exemption is not None and exemption.ground in hall.terms.exempt:
            yield Finding.under(hall, met=True, actual=exemption.ground)
            return
        if chapter.hall_approval is None:
            met = item_class is not None and item_class not in hall.terms.must_enter
            yield Finding.under(hall, met=met, actual=item_class)
    if chapter.hall_approval:
        yield _approved(chapter.hall_approval, exemption, on)


def _approved(rule: Provision[Approving], exemption: Exemption | None, on: date) -> Finding:
    approver = rule.terms.approver
    lacking = _NOTHING if exemption is None else tuple(exemption.lacks(approver, on))
    return Finding.under(rule, met=not lacking, expected=approver, actual=lacking)
