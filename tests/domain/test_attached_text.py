"""Attached texts: items are cut out where they can be, and rulebooks quote what they cite."""

from dataclasses import replace

import pytest

from app.domain.article import Citation
from app.domain.attached_text import AttachedText, quoting
from app.rulebooks.load import load

BOOKS = load()
LISTED = """窗口负责：
（一）受理；
（二）告知，包括：
1.当场告知；
2.书面告知。
告知须留痕。
（三）办结。
窗口另有职责的，从其规定。"""
NESTED_LAST = "窗口负责：\n（一）受理；\n（二）告知：\n1.当场；\n2.书面。\n告知须留痕。"
TEXT = AttachedText(
    regulation="nanchang",
    edition="2012",
    articles={
        1: "窗口按时开门。",
        2: LISTED,
        3: NESTED_LAST,
        4: "窗口负责：(一)受理;(二)告知;(三)办结。",
        5: "（一）受理；\n（三）办结。",
    },
)


@pytest.mark.parametrize(
    ("place", "wording"),
    [
        ("第一条", "窗口按时开门。"),
        ("第二条", LISTED),
        ("第二条（一）", "（一）受理；"),
        ("第二条（二）", "（二）告知，包括：\n1.当场告知；\n2.书面告知。\n告知须留痕。"),
        ("第二条（二）1.", "1.当场告知；"),
        ("第二条（二）2.", "2.书面告知。"),
        ("第二条（三）", "（三）办结。"),  # what follows the list belongs to the article
        ("第三条（二）", "（二）告知：\n1.当场；\n2.书面。\n告知须留痕。"),
        ("第三条（二）2.", "2.书面。"),
        ("第四条（一）", "(一)受理;"),
        ("第四条（三）", "(三)办结。"),
        ("第二条（二）·分项1", "（二）告知，包括：\n1.当场告知；\n2.书面告知。\n告知须留痕。"),
    ],
)
def test_an_item_is_cut_out_alone(place: str, wording: str) -> None:
    assert TEXT.cited(Citation.read(place)) == wording


@pytest.mark.parametrize(
    ("place", "wording"),
    [
        ("第一条（一）", "窗口按时开门。"),
        ("第二条（四）", LISTED),
        ("第二条（一）1.", LISTED),
        ("第五条（二）", "（一）受理；\n（三）办结。"),
    ],
)
def test_an_item_that_cannot_be_cut_out_is_cited_with_its_article(place: str, wording: str) -> None:
    assert TEXT.cut(Citation.read(place) or Citation(0)) is None
    assert TEXT.cited(Citation.read(place)) == wording


def test_another_law_and_an_absent_article_have_no_wording() -> None:
    assert TEXT.cited(Citation.read("行政许可法第一条")) is None
    assert TEXT.cited(Citation(9)) is None
    assert TEXT.cited(None) is None


def test_the_digest_is_of_the_wording() -> None:
    changed = replace(TEXT, articles={**TEXT.articles, 1: "窗口准时开门。"})
    assert changed.digest != TEXT.digest
    assert replace(TEXT, edition="2030").digest == TEXT.digest


def every_article(regulation: str) -> AttachedText:
    book = BOOKS.editions(regulation)[-1]
    articles = {number: f"{regulation} {number}" for number in range(1, book.articles + 1)}
    return AttachedText(regulation=regulation, edition=book.edition, articles=articles)


@pytest.mark.parametrize("regulation", [key for key in BOOKS.regulations if key != "national"])
def test_every_provision_of_a_quoted_edition_has_the_wording_of_its_article(
    regulation: str,
) -> None:
    quoted = quoting(BOOKS, [every_article(regulation)])
    for book in quoted.books:
        for provision in book.provisions():
            cited = Citation.read(provision.article)
            own = book.regulation == regulation
            assert cited is not None
            assert provision.wording == (f"{regulation} {cited.number}" if own else None)


def test_quoting_changes_nothing_else_and_is_undone_without_a_text() -> None:
    quoted = quoting(BOOKS, [every_article("tianya")])
    assert quoted.books != BOOKS.books
    assert quoted.version == BOOKS.version
    assert quoting(quoted, []).books == BOOKS.books


def test_no_wording_ships_with_the_product() -> None:
    assert not [p.name for book in BOOKS.books for p in book.provisions() if p.wording is not None]
