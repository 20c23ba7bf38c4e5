"""Denial (不予许可的决定): what the paper says that denies an application which was accepted."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.decision import Finding
from app.domain.element import Element
from app.domain.provision import Provision, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Denying(Written):
    """What has to be written in it."""

    must_contain: tuple[Element, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """What the decision says: why, on which basis, and what the applicant can do about it."""

    reason: str | None = None
    basis: str | None = None
    remedies: str | None = None

    @property
    def said(self) -> frozenset[Element]:
        """The elements that are written, blanks not being any."""
        texts = {
            Element.REASON: self.reason,
            Element.LEGAL_BASIS: self.basis,
            Element.REMEDIES: self.remedies,
        }
        return frozenset(element for element, text in texts.items() if text and text.strip())


def is_reasoned(rule: Provision[Denying] | None, denied: Denied) -> Iterator[Finding]:
    """Does the denial say what the text wants (南昌市 第二十一条、行政许可法 第三十八条)?"""
    if rule:
        wanted = tuple(rule.terms.must_contain)
        lacking = tuple(element for element in wanted if element not in denied.said)
        yield Finding.under(
            rule, met=not lacking, expected=wanted, actual=lacking, missing=map(_field, lacking)
        )


def _field(element: Element) -> str:
    return "basis" if element is Element.LEGAL_BASIS else element.value
