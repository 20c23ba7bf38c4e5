"""Authority: each act of each regulation, asked for every body; and whose department it is."""

from itertools import product
from uuid import UUID

import pytest

from app.domain.decision import Outcome, Result
from app.domain.judging import judged
from app.domain.organisation.authority import (
    HELD,
    OF_A_DEPARTMENT,
    Body,
    Concerned,
    GuardedAct,
    Standing,
    who_may,
)
from app.domain.organisation.centre import Level
from tests.domain.asking import BOOKS, ON
from tests.rows import row

ONE, OTHER = UUID(int=1), UUID(int=2)

BUSINESS = {
    Body.DEPARTMENT,
    Body.APPROVAL_OFFICE_HEAD,
    Body.CHIEF_REPRESENTATIVE,
    Body.WINDOW_CLERK,
}
# The bodies that a text names for an act; what is not here, it keeps for nobody.
KEPT_FOR: dict[str, dict[GuardedAct, set[Body]]] = {
    "erdos-hitech": {
        GuardedAct.RECORD_DAILY: {Body.CENTRE},  # 第五条
        GuardedAct.ISSUE_POLICY: {Body.PARTY_OFFICE},  # 第八条
        GuardedAct.APPROVE_WINDOW: {Body.PARTY_OFFICE},  # 第十二条
        GuardedAct.PUBLISH_GUIDE: {Body.PARTY_OFFICE},  # 第十四条（三）
        GuardedAct.FILE_GUIDE: {Body.PARTY_OFFICE},  # 第十四条（三）
        GuardedAct.RECORD_BUSINESS: BUSINESS,  # 第五条
        GuardedAct.DECIDE_CASE: BUSINESS,  # 第五条
    },
    "nanchang": {
        GuardedAct.RECORD_PERSONNEL: {Body.DEPARTMENT},  # 第九条
        GuardedAct.RECORD_DAILY: {Body.MANAGEMENT_COMMITTEE},  # 第九条
        GuardedAct.RECORD_PARTY_RELATION: {Body.MANAGEMENT_COMMITTEE},  # 第九条
        GuardedAct.CONFIRM_ITEM: {Body.MANAGEMENT_COMMITTEE},  # 第三十二条（四）
        GuardedAct.FILE_MANDATE: {Body.MANAGEMENT_COMMITTEE},  # 第十三条
        GuardedAct.SEAL_CASE: {Body.CHIEF_REPRESENTATIVE},  # 第十二条
    },
    "aohan": {
        GuardedAct.ISSUE_POLICY: {Body.CENTRE},  # 第四条（一）
        GuardedAct.OPINE_ON_ITEM: {Body.CENTRE},  # 第四条（六）
        GuardedAct.APPROVE_ITEM: {Body.BUREAU},  # 第四条（六）
        GuardedAct.CLEAR_ITEM: {Body.JUSTICE_BUREAU},  # 第七条
        GuardedAct.FILE_MANDATE: {Body.BUREAU},  # 第十一条
        GuardedAct.RECORD_PERFORMANCE_PAY: {Body.CENTRE},  # 第二十一条
        GuardedAct.RECORD_PARTY_RELATION: {Body.CENTRE},  # 第二十一条
        GuardedAct.DECIDE_CASE: {Body.DEPARTMENT, Body.CHIEF_REPRESENTATIVE},  # 第二十八条（一）
        GuardedAct.SEAL_CASE: {Body.CHIEF_REPRESENTATIVE},  # 第二十八条（八）
    },
    "tianya": {
        GuardedAct.RECORD_DAILY: {Body.COMMUNITY},  # 第四条
        GuardedAct.ISSUE_POLICY: {Body.BUREAU},  # 第五条
        GuardedAct.SET_WINDOW: {Body.BUREAU},  # 第八条
        GuardedAct.RECORD_BUSINESS: {Body.BUREAU},  # 第四条
    },
}
# Its centre, by token, and the head of the centre, by appointment.
OF_THE_TOWNSHIP = {Body.TOWNSHIP_CENTRE, Body.TOWNSHIP_HEAD}
# 沙坡头 tells the levels apart, and the police: (level, a police posting) -> who keeps the days.
DAILY_AT_SHAPOTOU = {
    (Level.COUNTY, False): {Body.CENTRE, Body.APPROVAL_OFFICE_HEAD},  # 第八条（一）、第十五条
    (Level.COUNTY, True): {Body.CENTRE, Body.APPROVAL_OFFICE_HEAD},
    (Level.TOWNSHIP, False): {*OF_THE_TOWNSHIP},  # 第三条、第十六条
    (Level.TOWNSHIP, True): {*OF_THE_TOWNSHIP, Body.POLICE_STATION},
    (Level.VILLAGE, False): {*OF_THE_TOWNSHIP, Body.VILLAGE_COMMITTEE},  # 第三条、第十七条
    (Level.VILLAGE, True): {*OF_THE_TOWNSHIP, Body.VILLAGE_COMMITTEE},
}


def speaking_for(body: Body, department_id: UUID = ONE) -> Standing:
    """A caller of one body; an office is held, not claimed by a token."""
    if body in HELD:
        return Standing(offices=frozenset({(body, department_id)}))
    return Standing(bodies=frozenset({body}), departments=frozenset({department_id}))


def outcome(
    regulation: str, act: GuardedAct, by: Standing, concerned: Concerned | None = None
) -> Outcome:
    book = BOOKS.in_force(regulation, ON)
    concerned = concerned or Concerned(level=Level.COUNTY, department_id=ONE)
    return judged(act, book, ON, who_may(book.authority, act, by, concerned)).outcome


@row("erdos-hitech/5", "nanchang/9", "tianya/4", "aohan/21")
@pytest.mark.parametrize("regulation", KEPT_FOR)
def test_an_act_is_done_by_the_bodies_that_the_text_names_and_by_no_others(
    regulation: str,
) -> None:
    for act, body in product(GuardedAct, Body):
        named = KEPT_FOR[regulation].get(act)
        found = outcome(regulation, act, speaking_for(body))
        expected = Outcome.PERMITTED if named and body in named else Outcome.REFUSED
        assert found is (expected if named else Outcome.NO_RULE), (act, body)


@row("shapotou/15", "shapotou/16", "shapotou/17", "shapotou/8.1")
@pytest.mark.parametrize(("level", "police"), DAILY_AT_SHAPOTOU)
def test_at_shapotou_each_level_has_its_own_keepers_of_the_days(level: Level, police: bool) -> None:
    concerned = Concerned(level=level, department_id=ONE, police=police)
    for body in Body:
        found = outcome("shapotou", GuardedAct.RECORD_DAILY, speaking_for(body), concerned)
        assert (found is Outcome.PERMITTED) is (body in DAILY_AT_SHAPOTOU[level, police]), body


@row("shapotou/8.1")
def test_an_office_in_another_department_or_claimed_by_a_token_entitles_to_nothing() -> None:
    act = GuardedAct.RECORD_DAILY
    head = Body.APPROVAL_OFFICE_HEAD
    assert outcome("shapotou", act, speaking_for(head)) is Outcome.PERMITTED
    assert outcome("shapotou", act, speaking_for(head, OTHER)) is Outcome.REFUSED
    claimed = Standing(bodies=frozenset({head}), departments=frozenset({ONE}))
    assert outcome("shapotou", act, claimed) is Outcome.REFUSED


@row("nanchang/9")
def test_a_department_speaks_for_its_own_people_only() -> None:
    act = GuardedAct.RECORD_PERSONNEL
    assert outcome("nanchang", act, speaking_for(Body.DEPARTMENT)) is Outcome.PERMITTED
    assert outcome("nanchang", act, speaking_for(Body.DEPARTMENT, OTHER)) is Outcome.REFUSED


def test_who_speaks_for_nobody_is_refused_and_told_who_may() -> None:
    book = BOOKS.in_force("tianya", ON)
    concerned = Concerned(level=Level.COUNTY)
    (found,) = who_may(book.authority, GuardedAct.SET_WINDOW, Standing(), concerned)
    assert (found.result, found.rows) == (Result.VIOLATED, ("tianya/8",))
    assert (found.expected, found.actual) == ((Body.BUREAU,), ())


def test_the_national_layer_keeps_no_act_for_anybody() -> None:
    for act, body in product(GuardedAct, Body):
        assert outcome("national", act, speaking_for(body)) is Outcome.NO_RULE


def test_a_body_of_a_department_is_told_apart_from_those_above_all() -> None:
    assert set(Body) > OF_A_DEPARTMENT > HELD - {Body.TOWNSHIP_HEAD}


@pytest.mark.parametrize(
    ("by", "said"),
    [
        (Standing(bodies=frozenset({Body.BUREAU})), (Body.BUREAU,)),
        (Standing(bodies=frozenset({Body.DEPARTMENT}), departments=frozenset({OTHER})), ()),
        (Standing(bodies=frozenset({Body.APPROVAL_OFFICE_HEAD})), ()),
        (Standing(offices=frozenset({(Body.CHIEF_REPRESENTATIVE, OTHER)})), ()),
        (Standing(), ()),
    ],
)
def test_a_refusal_names_for_whom_the_caller_speaks_in_this_matter(
    by: Standing, said: tuple[Body, ...]
) -> None:
    chapter = BOOKS.in_force("erdos-hitech", ON).authority
    concerned = Concerned(level=Level.COUNTY, department_id=ONE)
    (finding,) = who_may(chapter, GuardedAct.RECORD_DAILY, by, concerned)
    assert (finding.result, finding.actual) == (Result.VIOLATED, said)


@pytest.mark.parametrize(
    ("by", "confined"),
    [
        (Standing(), None),
        (Standing(bodies=frozenset({Body.CENTRE}), departments=frozenset({ONE})), None),
        (Standing(bodies=frozenset({Body.DEPARTMENT})), frozenset()),
        (Standing(bodies=frozenset({Body.DEPARTMENT}), departments=frozenset({ONE})), {ONE}),
        (Standing(departments=frozenset({ONE})), {ONE}),
    ],
)
def test_who_speaks_for_departments_alone_is_confined_to_them(
    by: Standing, confined: frozenset[UUID] | None
) -> None:
    assert by.confined_to == confined
