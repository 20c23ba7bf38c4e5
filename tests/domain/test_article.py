"""Citations of articles: numbers, items, points and the law they name."""

import pytest

from app.domain.article import Citation, numeral, value_of


def test_every_number_is_written_and_read_back() -> None:
    assert [value_of(numeral(number)) for number in range(1000)] == list(range(1000))


@pytest.mark.parametrize(
    ("written", "number"),
    [("十", 10), ("五十七", 57), ("一百零二", 102), ("二〇", 20), ("57", 57), ("１２", 12)],
)
def test_numerals_are_read(written: str, number: int) -> None:
    assert value_of(written) == number


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("第八条", Citation(8)),
        ("第十二条（五）", Citation(12, 5)),
        ("第十六条（二）5.", Citation(16, 2, 5)),
        ("第十四条（五）·分项3", Citation(14, 5)),
        ("第四条·分项1", Citation(4)),
        ("行政许可法第四十二条第一款", Citation(42, law="行政许可法")),
        ("12", Citation(12)),
        ("附则", None),
        ("", None),
    ],
)
def test_citations_are_read(written: str, place: Citation | None) -> None:
    assert Citation.read(written) == place


def test_a_place_is_written_as_it_is_cited() -> None:
    for written in ("第八条", "第十二条（五）", "第十六条（二）5.", "行政许可法第四十二条"):
        assert str(Citation.read(written)) == written


def test_an_article_covers_its_items_and_an_item_not_its_neighbours() -> None:
    assert Citation(16).covers(Citation(16, 2, 5))
    assert Citation(16, 2).covers(Citation(16, 2, 5))
    assert not Citation(16, 2).covers(Citation(16, 1))
    assert not Citation(16, 2).covers(Citation(16))
    assert not Citation(42).covers(Citation(42, law="行政许可法"))
    assert not Citation(42).covers(None)
