"""Window (窗口): what each text wants before one is set up, opens, changes or closes."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.day import ImpossibleFact
from app.domain.decision import Finding
from app.domain.organisation.approval import Approval
from app.domain.organisation.authority import Body
from app.domain.organisation.window import (
    Papers,
    Post,
    SpecialReason,
    Window,
    WindowAct,
    WindowChange,
    WindowChapter,
    WindowEvent,
    WindowKind,
    WindowStage,
    WindowStageRefused,
    assessed_kinds,
    event_of,
    is_approved_in_kind,
    is_decided_on,
    is_manned,
    is_requested,
    temporary_by,
)
from app.domain.organisation.window_request import (
    RequestStage,
    RequestStageRefused,
    WindowRequest,
    covering,
)
from tests.domain.asking import BOOKS, ON, REGULATIONS
from tests.rows import row

D1, D2 = UUID(int=1), UUID(int=2)
BY_GOVERNMENT = Approval(by=Body.GOVERNMENT, number="府办〔2025〕7号")
HALL = Papers(approval=BY_GOVERNMENT, large_volume=True, special_reason=SpecialReason.SECRECY)
WINDOW = Window(
    id=UUID(int=9),
    version=1,
    stage=WindowStage.PREPARED,
    kind=WindowKind.OWN,
    name="国土窗口",
    since=ON,
    department_id=D1,
)
OPEN = WINDOW.opened(ON)


def windows(regulation: str) -> WindowChapter:
    return BOOKS.in_force(regulation, ON).windows


def only(findings: Iterable[Finding]) -> Finding:
    (one,) = findings
    return one


# 高新区 第九条, 南昌市 第十二条, 敖汉旗 第十二条 and 第二十二条
WANTED = {
    "erdos-hitech": {"erdos-hitech/9": {Post.LIAISON}},
    "nanchang": {"nanchang/12.s1": {Post.CHIEF, Post.HEADING_CHIEF}},
    "aohan": {"aohan/12": {Post.CHIEF, Post.STAFF}, "aohan/22": {Post.LEADER}},
}


@row("erdos-hitech/9", "nanchang/12.s1", "aohan/12", "aohan/22")
@pytest.mark.parametrize("regulation", REGULATIONS)
@pytest.mark.parametrize("absent", Post)
def test_each_post_is_wanted_where_a_text_names_it_and_nowhere_else(
    regulation: str, absent: Post
) -> None:
    findings = is_manned(windows(regulation), frozenset(Post) - {absent})
    missed = {finding.rows[0]: finding.missing for finding in findings if finding.missing}
    wanted = WANTED.get(regulation, {})
    assert missed == {row: (absent,) for row, posts in wanted.items() if absent in posts}


@row("nanchang/6", "aohan/46")
@pytest.mark.parametrize(
    ("regulation", "kind"),
    [("nanchang", WindowKind.SPECIALISED_HALL), ("aohan", WindowKind.SUB_HALL)],
)
@pytest.mark.parametrize(
    ("approval", "missing"),
    [
        (BY_GOVERNMENT, ()),
        (None, ("approval.by", "approval.number")),
        (Approval(by=Body.GOVERNMENT), ("approval.number",)),
        (Approval(by=Body.GOVERNMENT, number=""), ("approval.number",)),
        (Approval(by=Body.BUREAU, number="1"), ("approval.by",)),
    ],
)
def test_a_kind_wants_the_governments_approval_with_its_number(
    regulation: str, kind: WindowKind, approval: Approval | None, missing: tuple[str, ...]
) -> None:
    found = only(is_approved_in_kind(windows(regulation), kind, replace(HALL, approval=approval)))
    assert found.missing == missing


@row("nanchang/6")
def test_a_specialised_hall_wants_large_volume_and_a_special_reason_both() -> None:
    chapter, kind = windows("nanchang"), WindowKind.SPECIALISED_HALL
    for volume, special in product((True, False), (None, *SpecialReason)):
        papers = Papers(approval=BY_GOVERNMENT, large_volume=volume, special_reason=special)
        wanted = {"large_volume": volume, "special_reason": special is not None}
        found = only(is_approved_in_kind(chapter, kind, papers))
        assert found.missing == tuple(name for name, stated in wanted.items() if not stated)


@pytest.mark.parametrize("regulation", REGULATIONS)
@pytest.mark.parametrize("kind", WindowKind)
def test_a_kind_that_no_article_names_wants_no_approval(regulation: str, kind: WindowKind) -> None:
    named = {("nanchang", WindowKind.SPECIALISED_HALL), ("aohan", WindowKind.SUB_HALL)}
    findings = tuple(is_approved_in_kind(windows(regulation), kind, Papers()))
    assert bool(findings) is ((regulation, kind) in named)


@row("nanchang/6")
def test_the_centre_assesses_a_hall_apart_only_where_the_text_says_so() -> None:
    inside = {WindowKind.OWN, WindowKind.COMPREHENSIVE}
    assert assessed_kinds(windows("nanchang")) == inside | {WindowKind.SPECIALISED_HALL}
    assert assessed_kinds(windows("aohan")) == inside | {WindowKind.SUB_HALL}
    assert assessed_kinds(windows("tianya")) == inside


@row("aohan/46")
@pytest.mark.parametrize("regulation", REGULATIONS)
def test_only_a_sub_hall_of_aohan_is_temporary(regulation: str) -> None:
    temporary = {kind for kind in WindowKind if temporary_by(windows(regulation), kind)}
    assert temporary == ({WindowKind.SUB_HALL} if regulation == "aohan" else set())


@row("erdos-hitech/12")
@pytest.mark.parametrize("act", WindowAct)
@pytest.mark.parametrize("approved", [True, False])
def test_each_change_of_a_window_needs_its_approved_request(act: WindowAct, approved: bool) -> None:
    found = only(is_requested(windows("erdos-hitech"), act, approved=approved))
    assert (found.rows, found.expected) == (("erdos-hitech/12",), event_of(act))
    assert (found.result == "satisfied") is approved


@row("tianya/8")
@pytest.mark.parametrize(("reason", "met"), [("分流", True), (None, False), ("  ", False)])
def test_a_decision_on_a_window_has_a_reason(reason: str | None, met: bool) -> None:
    found = only(is_decided_on(windows("tianya"), reason))
    assert (found.result == "satisfied", found.missing) == (met, () if met else ("reason",))


@pytest.mark.parametrize("regulation", REGULATIONS)
def test_what_one_text_wants_no_other_borrows(regulation: str) -> None:
    chapter = windows(regulation)
    asked = {
        "request": tuple(is_requested(chapter, WindowAct.CLOSE, approved=False)),
        "reason": tuple(is_decided_on(chapter, None)),
    }
    own = {"erdos-hitech": {"request"}, "tianya": {"reason"}}.get(regulation, set())
    assert {name for name, findings in asked.items() if findings} == own


def test_a_window_is_prepared_then_open_then_closed_for_good() -> None:
    closed = OPEN.closed(date(2025, 10, 10), "撤并")
    assert (OPEN.stage, OPEN.opened_on, OPEN.version) == (WindowStage.ACTIVE, ON, 2)
    assert (closed.stage, closed.closed_on, closed.opened_on) == (
        WindowStage.CLOSED,
        date(2025, 10, 10),
        ON,
    )
    assert WINDOW.closed(ON, None).opened_on is None
    with pytest.raises(WindowStageRefused):
        OPEN.opened(ON)
    with pytest.raises(WindowStageRefused):
        closed.opened(ON)
    with pytest.raises(WindowStageRefused):
        closed.closed(ON, None)
    with pytest.raises(WindowStageRefused):
        closed.adjusted(WindowChange(name="甲"), Papers(), WindowChapter(), on=ON, reason=None)


def test_an_adjustment_changes_what_it_states_and_keeps_the_papers() -> None:
    held = replace(OPEN, papers=HALL, number="3")
    after = held.adjusted(
        WindowChange(name="新名", kind=WindowKind.SUB_HALL),
        Papers(approval=Approval(by=Body.GOVERNMENT, number="新")),
        windows("aohan"),
        on=date(2025, 10, 10),
        reason="更名",
    )
    assert (after.name, after.kind, after.number, after.department_id) == (
        "新名",
        WindowKind.SUB_HALL,
        "3",
        D1,
    )
    assert after.temporary
    assert after.papers.approval == Approval(by=Body.GOVERNMENT, number="新")
    assert after.papers.special_reason is SpecialReason.SECRECY
    assert (after.since, after.opened_on, after.reason) == (date(2025, 10, 10), ON, "更名")
    with pytest.raises(ImpossibleFact):
        OPEN.adjusted(WindowChange(), Papers(), WindowChapter(), on=ON, reason=None)


def request(event: WindowEvent, change: WindowChange | None = None) -> WindowRequest:
    return WindowRequest(
        id=UUID(int=5),
        version=1,
        window_id=WINDOW.id,
        event=event,
        change=change,
        reason="统一安排",
        stage=RequestStage.SUBMITTED,
        submitted_by="a",
        submitted_on=ON,
    )


def approved(event: WindowEvent, change: WindowChange | None = None) -> WindowRequest:
    return request(event, change).decided(RequestStage.APPROVED, by="b", on=ON)


@row("erdos-hitech/12")
def test_an_approved_request_is_good_for_its_own_change_once() -> None:
    one = approved(WindowEvent.WITHDRAW)
    assert covering((request(WindowEvent.WITHDRAW), one), WindowAct.CLOSE) is one
    assert covering((one,), WindowAct.ACTIVATE) is None
    assert covering((one.carried_out(ON),), WindowAct.CLOSE) is None
    rejected = request(WindowEvent.WITHDRAW).decided(
        RequestStage.REJECTED, by="b", on=ON, because="布局已满"
    )
    assert covering((rejected,), WindowAct.CLOSE) is None


@row("erdos-hitech/12")
def test_an_adjustment_is_the_one_that_was_approved() -> None:
    wanted = WindowChange(name="新名", department_id=D2)
    one = approved(WindowEvent.ADJUST, wanted)
    assert covering((one,), WindowAct.ADJUST, replace(wanted)) is one
    assert covering((one,), WindowAct.ADJUST, WindowChange(name="新名")) is None
    assert covering((one,), WindowAct.ADJUST, WindowChange(name="别名", department_id=D2)) is None


@pytest.mark.parametrize(
    ("event", "change"),
    [
        (WindowEvent.ADJUST, None),
        (WindowEvent.ADJUST, WindowChange()),
        (WindowEvent.ENTER, WindowChange(name="甲")),
    ],
)
def test_only_an_adjustment_says_what_it_changes(
    event: WindowEvent, change: WindowChange | None
) -> None:
    with pytest.raises(ImpossibleFact):
        request(event, change)


@row("erdos-hitech/12")
@pytest.mark.parametrize("because", [None, "", " "])
def test_a_rejection_needs_a_reason(because: str | None) -> None:
    with pytest.raises(ImpossibleFact):
        request(WindowEvent.ENTER).decided(RequestStage.REJECTED, by="b", on=ON, because=because)


@given(st.lists(st.sampled_from([stage for stage in RequestStage if stage != "submitted"])))
def test_a_request_is_decided_once_and_carried_out_only_when_approved(
    stages: list[RequestStage],
) -> None:
    one = request(WindowEvent.ENTER)
    passed = []
    for stage in stages:
        try:
            if stage is RequestStage.CARRIED_OUT:
                one = one.carried_out(ON)
            else:
                one = one.decided(stage, by="b", on=ON, because="布局已满")
        except RequestStageRefused:
            continue
        passed.append(stage)
    assert passed in (
        [],
        [RequestStage.REJECTED],
        [RequestStage.APPROVED],
        [RequestStage.APPROVED, RequestStage.CARRIED_OUT],
    )
    assert one.version == 1 + len(passed)
