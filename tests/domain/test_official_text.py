"""Texts as operators have them: every defect put right, and whatever is no article left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.article import numeral
from app.domain.official_text import NotText, decoded, read

# Two invented articles between which each defect is put.
FIRST, SECOND = "甲窗口按时开门。", "乙窗口按时关门。"


def articles(*lines: str) -> dict[int, str]:
    return read("\n".join(lines)).articles


def test_what_stands_before_the_first_article_belongs_to_none() -> None:
    reading = read(f"某某办法\n\n为规范管理，制定本办法。\n第一条 {FIRST}\n第二条 {SECOND}")
    assert reading.articles == {1: FIRST, 2: SECOND}
    assert (reading.before, reading.after) == (2, 0)


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("第二条 ", None),
        ("第二条", None),
        ("第二条　　", None),
        ("    第二条  ", None),
        ("第 二 条 ", None),
        ("第2条 ", None),
        ("笫二条 ", "heading written 笫"),
        ("[bookmark: _Toc123][bookmark: _Toc45]第二条 ", "tag"),
        ("_Toc14025第二条 _GoBack", "tag"),
        ("\ufeff第二条\u200b", None),
        ("第二条\n", None),
    ],
)
def test_a_heading_is_found_however_it_is_written(heading: str, kind: str | None) -> None:
    reading = read(f"第一条 {FIRST}\n{heading}{SECOND}\n第三条 丙。")
    assert reading.articles == {1: FIRST, 2: SECOND, 3: "丙。"}
    assert set(reading.put_right) == ({kind} if kind else set())


@pytest.mark.parametrize(
    "chapter",
    [
        "第二章 窗口",
        "第二章窗口管理",
        "第二章　总 则",
        "笫二章\t考核",
        "第二章\n窗口管理",
        "附　则",
    ],
)
def test_a_chapter_is_no_part_of_an_article(chapter: str) -> None:
    assert articles(f"第一条 {FIRST}", chapter, f"第二条 {SECOND}") == {1: FIRST, 2: SECOND}


@pytest.mark.parametrize("footer", ["6.0.3", "- 3 -", "— 12 —", "第 3 页 共 9 页", "7"])
def test_a_page_footer_vanishes_and_parts_no_sentence(footer: str) -> None:
    broken = ("第一条 甲窗口按时", "", footer, "", "开门。", f"第二条 {SECOND}")
    reading = read("\n".join(broken))
    assert reading.articles == {1: FIRST, 2: SECOND}
    assert reading.put_right == {"page footer": 1, "broken line": 1}


def test_a_footer_glued_to_the_end_vanishes() -> None:
    assert articles(f"第一条 {FIRST}6.0.3") == {1: FIRST}


def test_a_line_broken_inside_a_sentence_is_made_whole() -> None:
    text = ("第一条 甲窗", "口按时开门，", "不得早退。", "乙窗口同此。")
    assert articles(*text) == {1: "甲窗口按时开门，不得早退。\n乙窗口同此。"}


def test_items_keep_their_lines() -> None:
    text = ("第一条 窗口负责：", "（一）受理", "(二)告知；", "1.当场", "2.书面")
    assert articles(*text) == {1: "窗口负责：\n（一）受理\n(二)告知；\n1.当场\n2.书面"}


def test_loose_blanks_between_characters_vanish_and_others_stay() -> None:
    text = "第一条 窗口 工作 人员， 用 PDF 文件 办理。"
    assert articles(text) == {1: "窗口工作人员，用 PDF 文件办理。"}


@pytest.mark.parametrize(
    "cited",
    [
        "依照第二条、第九条办理。",
        "依照\n第二条规定办理。",
        "依照\n第二条、第九条的规定办理。",
        "依照前条和\n第二条第一款办理。",
        "依照\n第九条第二款办理。",
        "违反\n第二条\n规定的，改正。",
    ],
)
def test_an_article_that_is_cited_does_not_begin(cited: str) -> None:
    found = articles(f"第一条 甲窗口{cited}", f"第二条 {SECOND}", "第三条 丙。")
    assert found == {1: f"甲窗口{cited}".replace("\n", ""), 2: SECOND, 3: "丙。"}


def test_a_citation_that_looks_like_the_next_article_gives_way_to_it() -> None:
    found = articles("第一条 甲窗口适用", "第二条 与其附件", "及目录。", f"第二条 {SECOND}")
    assert set(found) == {1, 2}
    assert found[2] == SECOND


def test_an_article_without_its_full_stop_ends_where_the_next_begins() -> None:
    assert articles("第一条 甲窗口的场所", f"第二条 {SECOND}") == {1: "甲窗口的场所", 2: SECOND}


def test_missing_articles_are_not_filled_by_their_neighbours() -> None:
    assert set(articles("第一条 甲。", "第二条 乙。", "第四条 丁。", "第五条 戊。")) == {1, 2, 4, 5}


def test_an_article_that_begins_twice_is_named_with_its_line() -> None:
    reading = read("第一条 甲。\n第二条 乙。\n\n第二条 又乙。\n第三条 丙。")
    assert reading.repeated == ((2, 4),)


@pytest.mark.parametrize(
    "closing",
    [
        "抄送：某办。",
        "附件：一张表",
        "某某市人民政府\n二〇一二年二月十六日",
        "某某市人民政府\n2012年2月16日",
        "某办公室 2020年3月5日印发",
        "(此件公开发布)",
    ],
)
def test_what_stands_after_the_last_article_belongs_to_none(closing: str) -> None:
    reading = read(f"第一条 {FIRST}\n第二条 {SECOND}\n\n\n{closing}")
    assert reading.articles == {1: FIRST, 2: SECOND}
    assert reading.after == closing.count("\n") + 1


def test_a_text_without_articles_has_none() -> None:
    assert articles("没有条文。", "第二章 窗口") == {}
    assert articles("") == {}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings_of_offices_are_read(encoding: str) -> None:
    assert decoded(f"第一条 {FIRST}".encode(encoding)) == f"第一条 {FIRST}"


@pytest.mark.parametrize("raw", [b"PK\x03\x04\x00\x00", b"\xff\xff\xff", b"\xff\xfe\x00"])
def test_what_is_no_text_is_refused(raw: bytes) -> None:
    with pytest.raises(NotText):
        decoded(raw)


DEFECTS = st.sampled_from(
    ["第{}条 {}", "第{}条{}", "笫{}条 {}", "[bookmark: b]第{}条　{}", "  第{}条\t{}", "第{}条\n{}"]
)


@given(st.lists(st.tuples(DEFECTS, st.booleans(), st.booleans()), min_size=1, max_size=120))
def test_the_defects_of_a_text_do_not_change_its_articles(
    written: list[tuple[str, bool, bool]],
) -> None:
    wording = {number: f"窗口甲{number}号按时开门。" for number in range(1, len(written) + 1)}
    lines = ["某某办法"]
    for number, (form, chapter, footer) in enumerate(written, start=1):
        if chapter:
            lines.append(f"第{numeral(number)}章 某某")
        lines.append(form.format(numeral(number), wording[number]))
        if footer:
            lines.append("6.0.3")
    assert articles(*lines) == wording


@given(st.text(alphabet="第笫一二十条章（）(。：\n 1.6规定", max_size=80))
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    reading = read(text)
    assert list(reading.articles) == sorted(reading.articles)
