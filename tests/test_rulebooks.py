"""The rulebooks that are shipped, and the loader that refuses what nobody could answer for."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app.domain.errors import NotFound
from app.domain.rulebook import TextStatus
from app.rulebooks.load import FOLDER, RulebookFaulty, load, load_register
from tests.rows import row

BOOKS = load()
REGISTER = load_register()
NANCHANG = (FOLDER / "nanchang-2012.toml").read_text(encoding="utf-8")

Write = Callable[[str, str], Path]


@pytest.fixture(name="write")
def _write(tmp_path: Path) -> Write:
    def write(name: str, text: str) -> Path:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return file

    return write


def faults(*files: Path) -> list[tuple[int, str]]:
    with pytest.raises(RulebookFaulty) as caught:
        load(files)
    assert all(fault.file and fault.what and fault.remedy for fault in caught.value.faults)
    return [(fault.line, fault.key) for fault in caught.value.faults]


def line_of(text: str, start: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if line.startswith(start))


def test_the_register_holds_every_row_of_the_five_regulations_and_the_national_layer() -> None:
    counts = {key: len(REGISTER.of(key)) for key in BOOKS.regulations}
    assert counts == {
        "erdos-hitech": 66,
        "shapotou": 71,
        "nanchang": 89,
        "aohan": 99,
        "tianya": 52,
        "national": 13,
    }


def test_children_of_a_row_are_rows_themselves() -> None:
    for found in REGISTER.rows.values():
        assert all(child in REGISTER.rows for child in found.children)
    assert REGISTER.row("nanchang/8").children == (
        "nanchang/8.s1",
        "nanchang/8.s2",
        "nanchang/8.s3",
    )


def test_every_provision_cites_rows_of_its_own_regulation() -> None:
    for book in BOOKS.books:
        for provision in book.provisions():
            assert provision.name
            assert provision.rows
            assert all(
                REGISTER.row(cited).regulation == book.regulation for cited in provision.rows
            )


@row("erdos-hitech/1", "nanchang/1", "shapotou/1", "tianya/1", "aohan/1")
def test_each_text_names_its_articles_and_its_basis() -> None:
    day = date(2025, 10, 9)
    books = {key: BOOKS.in_force(key, day) for key in BOOKS.regulations}
    assert {key: book.articles for key, book in books.items() if key != "national"} == {
        "erdos-hitech": 25,
        "shapotou": 31,
        "nanchang": 57,
        "aohan": 48,
        "tianya": 19,
    }
    assert books["erdos-hitech"].basis == ("鄂府办发〔2014〕29号", "鄂府办发〔2014〕97号")
    assert books["tianya"].basis == ("琼府办〔2014〕159号",)
    assert books["nanchang"].document_number == "洪府发〔2012〕9号"


@row("erdos-hitech/25", "aohan/48", "tianya/6")
@pytest.mark.parametrize("regulation", ["erdos-hitech", "aohan", "tianya"])
def test_no_date_is_invented_where_the_text_prints_none(regulation: str) -> None:
    book = BOOKS.in_force(regulation, date(2025, 10, 9))
    assert book.validity is not None
    assert book.validity.terms.effective_from is None
    assert book.text_status is TextStatus.EFFECTIVE_DATE_UNKNOWN
    assert [c.code for c in book.cautions(date(2025, 10, 9))] == ["effective_date_unknown"]


@row("shapotou/31")
@pytest.mark.parametrize(
    ("on", "codes"),
    [
        (date(2022, 6, 1), ["rulebook_is_draft"]),
        (date(2023, 12, 31), ["rulebook_is_draft"]),
        (date(2024, 1, 1), ["rulebook_is_draft", "rulebook_not_in_force"]),
        (date(2020, 12, 31), ["rulebook_is_draft", "rulebook_not_in_force"]),
    ],
)
def test_the_draft_is_never_shown_as_in_force(on: date, codes: list[str]) -> None:
    book = BOOKS.in_force("shapotou", on)
    assert [caution.code for caution in book.cautions(on)] == codes


@row("nanchang/57")
def test_nanchang_applies_from_its_printed_day() -> None:
    book = BOOKS.in_force("nanchang", date(2012, 2, 15))
    assert [c.code for c in book.cautions(date(2012, 2, 15))] == ["rulebook_not_in_force"]
    assert [f.rows for f in book.outside_validity(date(2012, 2, 15))] == [("nanchang/57",)]
    assert book.cautions(date(2012, 2, 16)) == ()
    assert book.outside_validity(date(2012, 2, 16)) == ()


def test_an_unknown_regulation_or_row_does_not_exist() -> None:
    with pytest.raises(NotFound):
        BOOKS.in_force("atlantis", date(2025, 10, 9))
    with pytest.raises(NotFound):
        REGISTER.row("nanchang/999")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("{ working_days = 7 }", "{ weeks = 7 }", "rotation.notice.terms.lead.weeks"),
        (
            "{ working_days = 7 }",
            '{ working_days = "7" }',
            "rotation.notice.terms.lead.working_days",
        ),
        ('"nanchang/8.s1"', '"nanchang/8.s9"', "rotation.notice.rows"),
        ('"nanchang/8.s1"', '"tianya/13.s1"', "rotation.notice.rows"),
        ("[rotation.notice]", '[rotation.notice]\nname = "x"', "rotation.notice.name"),
    ],
)
def test_a_fault_is_shown_with_its_place(write: Write, old: str, new: str, key: str) -> None:
    text = NANCHANG.replace(old, new, 1)
    assert text != NANCHANG
    start = line_of(text, "[rotation.notice]")
    ((line, named),) = faults(write("nanchang.toml", text))
    assert named == key
    assert start < line <= start + 10


def test_an_unknown_chapter_or_head_is_refused(write: Write) -> None:
    text = NANCHANG.replace("edition =", 'mood = "good"\nedition =', 1)
    assert faults(write("n.toml", text)) == [(line_of(text, "mood"), "mood")]


def test_reversed_dates_are_refused(write: Write) -> None:
    text = NANCHANG.replace(
        "effective_from = 2012-02-16",
        "effective_from = 2012-02-16, effective_until = 2012-02-15",
    )
    assert [key for _, key in faults(write("n.toml", text))] == ["validity.terms"]


def test_two_editions_in_force_at_once_are_refused(write: Write) -> None:
    newer = NANCHANG.replace('edition = "2012"', 'edition = "2030"').replace(
        "effective_from = 2012-02-16", "effective_from = 2030-01-01"
    )
    one, other = write("a.toml", NANCHANG), write("b.toml", newer)
    assert [key for _, key in faults(one, other)] == ["validity.terms"]


def test_a_later_edition_answers_from_its_day_on(write: Write) -> None:
    older = NANCHANG.replace(
        "effective_from = 2012-02-16",
        "effective_from = 2012-02-16, effective_until = 2029-12-31",
    )
    newer = NANCHANG.replace('edition = "2012"', 'edition = "2030"').replace(
        "effective_from = 2012-02-16", "effective_from = 2030-01-01"
    )
    books = load([write("a.toml", older), write("b.toml", newer)])
    assert books.in_force("nanchang", date(2029, 12, 31)).edition == "2012"
    assert books.in_force("nanchang", date(2030, 1, 1)).edition == "2030"


@pytest.mark.parametrize("text", ["= broken", "\x00", "regulation = 1"])
def test_what_is_no_rulebook_is_refused_in_one_way(write: Write, text: str) -> None:
    assert faults(write("broken.toml", text))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert faults(tmp_path / "nowhere.toml") == [(1, "（全文）")]
