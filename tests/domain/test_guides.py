"""Guide versions: what they state, what is missing for the public, and which one is in force."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.decision import Result
from app.domain.element import Element
from app.domain.items.guide import GuideElements
from app.domain.items.guide_sheet import sheet
from app.domain.items.guide_version import (
    Guide,
    GuideContent,
    LegalBasis,
    Material,
    Precondition,
    Publishing,
    days_of,
    in_force,
)
from app.domain.items.publication import (
    Channel,
    Publishable,
    beyond_guide,
    may_be_made_public,
    missing_parts,
)
from tests.domain.asking import BOOKS
from tests.rows import row

DAY = date(2025, 10, 9)
COMPLETE = GuideContent(
    item_name="许可",
    subject="局",
    legal_basis=(LegalBasis(law="法", main_clauses="第一条"),),
    statutory_limit="20个工作日",
    promised_limit="10个工作日",
    procedure_not_counted="听证",
    preconditions=(Precondition(text="无特别条件"),),
    process=("受理", "决定"),
    materials=(Material(name="甲", format="原件", quantity=1),),
    fee_items="无",
    fee_basis="无",
    fee_standard="不收费",
    payment_method="无",
    result="网站公布",
    supervision_channel="监督窗口",
    content="新办",
    standard="当场",
)
EMPTY = {"legal_basis": (), "preconditions": (), "process": (), "materials": ()}
NEEDED = {
    "erdos-hitech": "item_name legal_basis promised_limit preconditions process materials"
    " fee_basis fee_standard",  # 第十四条（三）
    "nanchang": "subject legal_basis preconditions process promised_limit result fee_basis"
    " fee_standard supervision_channel",  # 第十六条
    "aohan": "legal_basis process materials promised_limit fee_standard preconditions fee_basis",
    "tianya": "",  # 第十六条（一） lists what the pledge says, not the guide.
    "shapotou": "",
}
ALL = [e.value for e in Element if hasattr(GuideElements(), e) and e is not Element.FORMS_SAMPLE]
EACH = [(regulation, element) for regulation in NEEDED for element in ALL]


def missing(regulation: str, content: GuideContent, **more: bool) -> list[str]:
    book = BOOKS.in_force(regulation, DAY)
    facts = Publishable(
        content=content,
        item_class=None,
        sampled=more.get("sampled", True),
        channels=tuple(Channel),
    )
    found = list(may_be_made_public(book.guide, book.publication, facts))
    parts = [part.part.value for part in missing_parts(found).missing]
    assert bool(parts) is any(f.result is Result.VIOLATED for f in found)
    return parts


@row("erdos-hitech/14.3", "nanchang/16", "aohan/10", "aohan/14.1", "aohan/14.2", "aohan/14.5")
@pytest.mark.parametrize("nothing", [None, "", " \n"])
@pytest.mark.parametrize(("regulation", "element"), EACH)
def test_each_element_is_needed_where_the_text_lists_it_and_nowhere_else(
    regulation: str, element: str, nothing: str | None
) -> None:
    # Any: each element has a type of its own.
    without: dict[str, Any] = {element: EMPTY.get(element, nothing)}
    lacking = replace(COMPLETE, **without)
    needed = element in NEEDED[regulation].split()
    assert missing(regulation, lacking) == ([element] if needed else [])


@row("aohan/14.6")
def test_a_sample_is_wanted_by_one_text() -> None:
    wanting = {r for r in NEEDED if missing(r, COMPLETE, sampled=False)}
    assert wanting == {"aohan"}


def test_an_empty_guide_lacks_all_that_is_listed_once() -> None:
    for regulation, needed in NEEDED.items():
        found = missing(regulation, GuideContent(), sampled=False)
        assert sorted(found) == sorted({*needed.split(), *(_SAMPLE.get(regulation, ()))})


_SAMPLE = {"aohan": ("forms_sample",)}


@pytest.mark.parametrize("word", ["不收费", "无", "免费", "无收费"])
def test_no_fee_needs_no_way_to_pay(word: str) -> None:
    free = replace(COMPLETE, fee_standard=word, fee_items=None, payment_method=None)
    assert missing("aohan", free) == []
    paid = replace(free, fee_standard="50.00元")
    assert missing("aohan", paid) == ["fee_items", "payment_method"]


def test_materials_may_expressly_be_none() -> None:
    assert missing("aohan", replace(COMPLETE, materials=(), no_materials=True)) == []


@row("tianya/16.3.1")
@pytest.mark.parametrize(
    ("demanded", "result"),
    [
        (("a", "b"), Result.SATISFIED),
        ((), Result.SATISFIED),
        (("a", "c"), Result.VIOLATED),
        (("c",), Result.VIOLATED),
    ],
)
def test_nothing_is_asked_beyond_the_guide(demanded: tuple[str, ...], result: Result) -> None:
    chapter = BOOKS.in_force("tianya", DAY).publication
    guide = GuideContent(materials=(Material(name="a"), Material(name="b")))
    (finding,) = beyond_guide(chapter, guide, demanded)
    assert (finding.result, finding.rows) == (result, ("tianya/16.3.1",))
    if result is Result.VIOLATED:
        assert finding.actual == ("c",)


def test_without_a_guide_or_a_rule_there_is_nothing_to_go_beyond() -> None:
    (finding,) = beyond_guide(BOOKS.in_force("tianya", DAY).publication, None, ["c"])
    assert finding.result is Result.NOT_APPLICABLE
    for regulation in ("nanchang", "aohan", "erdos-hitech", "shapotou"):
        chapter = BOOKS.in_force(regulation, DAY).publication
        assert list(beyond_guide(chapter, GuideContent(), ["c"])) == []


def version(number: int, effective_on: date | None) -> Guide:
    return Guide(
        id=uuid4(),
        item_id=UUID(int=1),
        number=number,
        version=1,
        content=COMPLETE,
        since=DAY,
        effective_on=effective_on,
    )


days = st.lists(
    st.one_of(st.none(), st.integers(0, 20).map(lambda n: DAY + timedelta(days=n))), max_size=6
)


@given(days, st.integers(-1, 25))
def test_the_days_of_the_versions_agree_with_the_one_in_force(
    begun: list[date | None], ahead: int
) -> None:
    on = DAY + timedelta(days=ahead)
    versions = [version(number, day) for number, day in enumerate(begun, start=1)]
    current = in_force(versions, on)
    holding = [
        guide
        for guide, last in days_of(versions)
        if guide.effective_on and guide.effective_on <= on and (last is None or on <= last)
    ]
    assert holding == ([current] if current else [])


@given(st.booleans(), st.integers(-5, 5), st.integers(0, 5))
def test_a_version_never_takes_effect_before_all_is_done(
    needs_filing: bool, ahead: int, later: int
) -> None:
    published = Publishing(on=DAY + timedelta(days=later), by="x", channels=())
    meant = replace(version(1, None), since=DAY + timedelta(days=ahead), published=published)
    after = meant.taking_effect(needs_filing=needs_filing)
    assert after.effective_on == (None if needs_filing else max(meant.since, published.on))


def test_a_sheet_shows_every_heading_and_no_markup_of_others() -> None:
    content = replace(COMPLETE, result="<script>", supervision_channel=None)
    for channel in Channel:
        pages = "".join(sheet("许可", content, channel).pages)
        assert "监督渠道" in pages
        assert "（未载明）" in pages
    assert "<script>" not in "".join(sheet("许可", content, Channel.WEBSITE).pages)
