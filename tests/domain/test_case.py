"""The stages of a case, and what its text says to receipt, notice, acceptance and silence."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.domain.casework.acceptance import Channel, Form
from app.domain.casework.acts import (
    Acceptance,
    Completion,
    Correction,
    Deciding,
    NonAcceptance,
    OutOfOrder,
    PersonalValue,
    Sealing,
)
from app.domain.casework.case import (
    LEADS_TO,
    Act,
    Case,
    Deed,
    Stage,
    TransitionRefused,
    Verdict,
    allowed_at,
)
from app.domain.casework.case_clock import (
    as_it_stands,
    clock,
    deadlines,
)
from app.domain.casework.case_facts import GreenChannel, ItemKind
from app.domain.casework.weighing import (
    Moment,
    ReplyNotCalledFor,
    Taken,
    enter_silence,
    receive,
    take,
)
from app.domain.day import ImpossibleFact
from app.domain.decision import Outcome, RefusedByRegulation
from app.domain.element import Element
from tests.domain.told_cases import (
    EVERYTHING,
    LOCAL,
    PAPERS,
    acceptance,
    at,
    law,
    moment,
    notice,
    receipt,
    received,
    rows_of,
)
from tests.rows import row


def test_every_stage_is_reached_and_only_the_ends_take_no_act() -> None:
    # Nothing leads to an annulled case but the rectification of all that was done.
    assert {Stage.RECEIVED, *LEADS_TO.values()} == set(Stage) - {Stage.ANNULLED}
    ends = {Stage.COMPLETED, Stage.DECLINED, Stage.ANNULLED}
    assert {s for s in Stage if not allowed_at(s)} == ends


@row("erdos-hitech/13")
def test_a_case_that_was_only_received_cannot_be_decided_and_is_told_what_it_can() -> None:
    with pytest.raises(TransitionRefused) as refused:
        take(
            received(law("erdos-hitech")),
            Deciding(verdict=Verdict.GRANTED),
            law("erdos-hitech"),
            moment("2025-10-09"),
        )
    assert refused.value.allowed == (Act.NOTIFY, Act.CORRECT, Act.ACCEPT, Act.DECLINE)


@row("nanchang/20.s3")
def test_silence_on_the_day_of_receipt_is_acceptance_as_of_that_day() -> None:
    text = law("nanchang")
    case = received(text)
    now = at("2025-10-09")
    assert as_it_stands(case, text, at("2025-09-30", 23)).stage is Stage.RECEIVED
    assert as_it_stands(case, text, now).stage is Stage.DEEMED_ACCEPTED
    assert deadlines(case, text).due_on == date(2025, 10, 14)
    values = clock(case, text, now).values
    assert values
    assert (values.deemed_accepted, values.accepted_on) == (True, date(2025, 9, 30))


@row("nanchang/20.s3")
@pytest.mark.parametrize("complete", [True, False])
def test_a_notice_after_silence_was_acceptance_is_refused(complete: bool) -> None:
    text = law("nanchang")
    case = received(text, taken=receipt(complete=complete))
    with pytest.raises(RefusedByRegulation) as refused:
        take(case, notice(), text, moment("2025-10-09"))
    assert "nanchang/20.s3" in rows_of(refused)


def test_the_next_act_enters_the_silent_acceptance_before_itself() -> None:
    text = law("nanchang")
    taken = take(received(text), acceptance(), text, moment("2025-10-09"))
    assert [(s.number, s.deed.act) for s in taken.steps] == [
        (2, Act.DEEM_ACCEPTED),
        (3, Act.ACCEPT),
    ]
    assert (taken.case.version, taken.case.stage) == (3, Stage.ACCEPTED)
    values = clock(taken.case, text, at("2025-10-09")).values
    assert values
    assert values.accepted_on == date(2025, 9, 30)


def test_silence_is_entered_once() -> None:
    text = law("nanchang")
    entered = enter_silence(received(text), text, at("2025-10-09"))
    assert entered
    assert entered.case.stage is Stage.DEEMED_ACCEPTED
    assert enter_silence(entered.case, text, at("2025-10-10")) is None


@pytest.mark.parametrize("regulation", ["erdos-hitech", "shapotou", "aohan", "tianya"])
def test_silence_is_nothing_where_the_text_does_not_say_so(regulation: str) -> None:
    text = law(regulation)
    assert enter_silence(received(text), text, at("2026-02-02")) is None


@row("national/xk-32.4")
def test_the_national_layer_gives_five_working_days_for_an_answer() -> None:
    text = law("aohan", national=True)
    case = received(text, "2026-09-17")
    assert as_it_stands(case, text, at("2026-09-23", 23)).stage is Stage.RECEIVED
    assert as_it_stands(case, text, at("2026-09-24", 0)).stage is Stage.DEEMED_ACCEPTED


@row("aohan/34", "shapotou/12.5")
@pytest.mark.parametrize("regulation", ["aohan", "shapotou"])
def test_a_promise_above_the_statute_is_refused_at_receipt(regulation: str) -> None:
    with pytest.raises(RefusedByRegulation):
        received(law(regulation), taken=receipt(promised=21))
    assert received(law(regulation), taken=receipt(promised=20)).version == 1


@row("nanchang/24")
def test_a_green_limit_above_half_is_refused_at_receipt() -> None:
    eight = replace(receipt(promised=15), green_channel=GreenChannel(limit_days=8))
    with pytest.raises(RefusedByRegulation) as refused:
        received(law("nanchang"), taken=eight)
    assert rows_of(refused) == {"nanchang/24"}
    seven = replace(eight, green_channel=GreenChannel(limit_days=7))
    assert received(law("nanchang"), taken=seven).green_channel == GreenChannel(limit_days=7)


@row("aohan/6")
def test_intake_outside_the_hall_needs_an_override_under_aohan_only() -> None:
    outside = replace(receipt(), outside_hall=True)
    assert receive(outside, PAPERS, law("aohan"), moment("2025-10-09")).overridden
    assert not receive(outside, PAPERS, law("tianya"), moment("2025-10-09")).overridden


@row("aohan/36", "nanchang/20.s2", "tianya/17.2")
@pytest.mark.parametrize("regulation", ["aohan", "nanchang", "tianya"])
def test_a_second_notice_is_refused(regulation: str) -> None:
    text = law(regulation)
    case = received(text, taken=receipt(complete=False))
    once = take(case, notice("甲", "乙"), text, moment("2025-09-30", 15)).case
    assert (once.stage, once.corrections) == (Stage.AWAITING_CORRECTION, ("甲", "乙"))
    with pytest.raises(RefusedByRegulation):
        take(once, notice("丙"), text, moment("2025-10-09"))


@row("erdos-hitech/14.5.s2", "shapotou/12.4")
@pytest.mark.parametrize("regulation", ["erdos-hitech", "shapotou"])
def test_a_second_notice_needs_an_override_where_the_text_lets_a_reason_through(
    regulation: str,
) -> None:
    text = law(regulation)
    case = received(text, taken=receipt(complete=False))
    once = take(case, notice(), text, moment("2025-09-30", 15)).case
    twice = take(once, notice("丙"), text, moment("2025-10-09"))
    assert twice.overridden
    assert (twice.case.notified_at, twice.case.corrections) == (once.notified_at, ("甲", "丙"))


@row("nanchang/20.s1")
def test_a_notice_that_lacks_one_of_the_five_contents_is_refused() -> None:
    text = law("nanchang")
    case = received(text, taken=receipt(complete=False))
    lacking = tuple(e for e in Element if e is not Element.PRECONDITIONS)
    with pytest.raises(RefusedByRegulation) as refused:
        take(case, replace(notice(), contains=lacking), text, moment("2025-09-30", 15))
    (against,) = refused.value.decision.against()
    assert (against.rows, against.actual) == (("nanchang/20.s1",), ("preconditions",))


@row("nanchang/30")
def test_a_handwritten_acceptance_is_refused_but_for_instant_items() -> None:
    text = law("nanchang")
    with pytest.raises(RefusedByRegulation) as refused:
        take(received(text), acceptance(Form.HANDWRITTEN), text, moment("2025-09-30", 11))
    assert rows_of(refused) == {"nanchang/30"}
    instant = received(text, taken=receipt(kind=ItemKind.INSTANT, promised=None))
    bare = Acceptance(form=Form.ORAL, channel=Channel.WINDOW)
    assert take(instant, bare, text, moment("2025-09-30", 11)).case.accepted_at


@row("aohan/35.s3")
def test_an_application_beyond_jurisdiction_is_declined_with_the_right_authority() -> None:
    text = law("aohan")
    nameless = NonAcceptance(
        form=Form.WRITTEN,
        channel=Channel.WINDOW,
        in_jurisdiction=False,
        reason="不属本机关职权",
        remedies="复议、诉讼",
        contains=EVERYTHING,
    )
    named = replace(nameless, competent_authority="区市场监管局")
    assert take(received(text), named, text, moment("2025-09-30", 11)).case.declined_at


def test_a_complete_application_within_jurisdiction_is_not_declined() -> None:
    declining = NonAcceptance(
        form=Form.WRITTEN, channel=Channel.WINDOW, in_jurisdiction=True, reason="无"
    )
    with pytest.raises(ReplyNotCalledFor):
        take(received(law("tianya")), declining, law("tianya"), moment("2025-09-30", 11))


@row("aohan/35.s1")
def test_under_aohan_nothing_more_is_asked_of_a_complete_application() -> None:
    with pytest.raises(RefusedByRegulation) as refused:
        take(received(law("aohan")), notice(), law("aohan"), moment("2025-09-30", 11))
    assert rows_of(refused) == {"aohan/35.s1"}
    with pytest.raises(ReplyNotCalledFor):
        take(received(law("nanchang")), notice(), law("nanchang"), moment("2025-09-30", 11))


def test_incomplete_materials_are_not_accepted() -> None:
    case = received(law("tianya"), taken=receipt(complete=False))
    with pytest.raises(ReplyNotCalledFor):
        take(case, acceptance(), law("tianya"), moment("2025-09-30", 11))


@row("tianya/18.3", "tianya/18.1")
def test_under_tianya_the_clock_runs_from_the_day_the_materials_were_complete() -> None:
    text = law("tianya")
    case = received(text, taken=receipt(complete=False))
    assert deadlines(case, text).due_on is None
    case = take(case, notice(), text, moment("2025-09-30", 11)).case
    case = take(case, Correction(), text, moment("2025-10-10")).case
    assert deadlines(case, text).due_on == date(2025, 10, 16)


def test_nothing_happens_in_the_future() -> None:
    ahead = Moment(occurred_at=at("2025-10-10"), recorded_at=at("2025-10-09"))
    with pytest.raises(OutOfOrder):
        receive(receipt(), PAPERS, law("tianya"), ahead)
    with pytest.raises(OutOfOrder):
        take(received(law("tianya")), acceptance(), law("tianya"), ahead)


@pytest.mark.parametrize(
    "text",
    [
        "缺少13800138000的证明",
        "请拨打 +86 138-0013-8000",
        "电话138 0013 8000",
        "\uff11\uff13\uff18\uff10\uff10\uff11\uff13\uff18\uff10\uff10\uff10",  # full width
        "11010519491231002X的身份证",
        "证件 110105 19491231 002x",
    ],
)
def test_a_number_of_a_person_is_not_written_into_the_ledger(text: str) -> None:
    with pytest.raises(PersonalValue):
        take(received(law("tianya")), notice(text), law("tianya"), moment("2025-09-30", 11))


@pytest.mark.parametrize("text", ["洪府发〔2012〕9号", "2025-10-09 至 2025-12-31", "1380013号窗口"])
def test_other_numbers_are_written_as_they_are(text: str) -> None:
    told = take(
        received(law("tianya"), taken=receipt(complete=False)),
        notice(text),
        law("tianya"),
        moment("2025-09-30", 11),
    )
    assert told.case.corrections == (text,)


@pytest.mark.parametrize("regulation", LOCAL)
def test_a_green_limit_below_nothing_cannot_be(regulation: str) -> None:
    taken = replace(receipt(), green_channel=GreenChannel(limit_days=-1))
    with pytest.raises(ImpossibleFact):
        received(law(regulation), taken=taken)


@pytest.mark.parametrize("regulation", LOCAL)
@pytest.mark.parametrize("national", [True, False])
def test_no_act_cites_another_regulation(regulation: str, national: bool) -> None:
    text = law(regulation, national=national)
    known = {regulation, "national"} if national else {regulation}
    deeds: list[Callable[[Case], Deed]] = [lambda _: acceptance(), lambda _: Sealing()]
    case = received(text)
    taken: list[Taken] = [take(case, deeds[0](case), text, moment("2025-09-30", 11))]
    denied = Deciding(verdict=Verdict.DENIED, reason="甲", basis="乙", remedies="丙")
    taken.append(take(taken[-1].case, denied, text, moment("2025-10-09")))
    taken.append(take(taken[-1].case, Sealing(), text, moment("2025-10-10")))
    taken.append(take(taken[-1].case, Completion(), text, moment("2025-10-11")))
    cited = {r.split("/")[0] for t in taken for f in t.decision.findings for r in f.rows}
    assert cited <= known
    assert all(t.decision.outcome is Outcome.PERMITTED for t in taken)
    assert taken[-1].case.version == 5
    assert timedelta(0) < taken[-1].case.last_done_at - case.received_at
