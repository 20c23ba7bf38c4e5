"""First-question responsibility (首问负责): what is still owed, until when, and in which words."""

from itertools import combinations

import pytest

from app.domain.casework.first_question import (
    Action,
    FirstQuestionFacts,
    FirstQuestionValues,
    ResponsibleUntil,
    what_is_owed,
)
from app.domain.decision import Outcome
from tests.domain.asking import Answered, Asking, silent
from tests.rows import row

question = Asking(
    FirstQuestionFacts,
    lambda book, facts, asked, _: what_is_owed(book.first_question, facts, asked),
)
LOCAL = ("erdos-hitech", "shapotou", "nanchang", "aohan", "tianya")
THAT_LIST_ACTIONS = ("shapotou", "nanchang", "tianya")
PERMITTED, REFUSED = Outcome.PERMITTED, Outcome.REFUSED

WITHIN = {"within_duties": True}
OUTSIDE = {"within_duties": False}


def ask(
    regulation: str, actions: str, *, within: bool, **more: object
) -> Answered[FirstQuestionValues]:
    """`actions` are separated by blanks."""
    return question(regulation, {"within_duties": within, "actions": actions.split(), **more})


OWED = [
    # 沙坡头 第十二条（三）
    ("shapotou", True, "", "handled"),
    ("shapotou", True, "handled", ""),
    ("shapotou", True, "explained guided", "handled"),
    ("shapotou", False, "", "gave_reason named_department gave_phone"),
    ("shapotou", False, "gave_phone", "gave_reason named_department"),
    ("shapotou", False, "gave_reason named_department", "gave_phone"),
    ("shapotou", False, "gave_phone gave_reason named_department", ""),
    ("shapotou", False, "gave_reason guided", "named_department gave_phone"),
    # 南昌 第十九条
    ("nanchang", True, "", "handled"),
    ("nanchang", True, "guided", "handled"),
    ("nanchang", True, "handled", ""),
    ("nanchang", False, "", "guided"),
    ("nanchang", False, "guided", ""),
    ("nanchang", False, "gave_reason named_department gave_phone", "guided"),
    # 天涯 第十九条（一）（二）
    ("tianya", True, "", "handled"),
    ("tianya", True, "handled", ""),
    ("tianya", True, "explained", ""),
    ("tianya", True, "transferred", ""),
    ("tianya", True, "guided", ""),
    ("tianya", True, "recorded gave_reason", "handled"),
    ("tianya", False, "", "gave_reason guided"),
    ("tianya", False, "guided", "gave_reason"),
    ("tianya", False, "gave_reason", "guided"),
    ("tianya", False, "gave_reason transferred", "guided"),
    ("tianya", False, "guided gave_reason", ""),
    # 高新区 第十四条（五）, 敖汉 第十三条（五）: named, without any action
    ("erdos-hitech", True, "", ""),
    ("erdos-hitech", False, "", ""),
    ("aohan", True, "", ""),
    ("aohan", False, "", ""),
]


@row("shapotou/12.3", "nanchang/19", "tianya/19.1", "tianya/19.2")
@row("erdos-hitech/14.5.s1", "aohan/13.5")
@pytest.mark.parametrize(("regulation", "within", "actions", "owed"), OWED)
def test_what_is_still_owed(regulation: str, *, within: bool, actions: str, owed: str) -> None:
    answer = ask(regulation, actions, within=within)
    assert answer.outcome is (REFUSED if owed else PERMITTED)
    assert answer.values.still_owed == tuple(owed.split())


@row("tianya/19.1", "tianya/19.2")
@pytest.mark.parametrize(
    ("regulation", "within", "cites"),
    [
        ("shapotou", True, "shapotou/12.3"),
        ("shapotou", False, "shapotou/12.3"),
        ("nanchang", True, "nanchang/19"),
        ("nanchang", False, "nanchang/19"),
        ("tianya", True, "tianya/19.1"),
        ("tianya", False, "tianya/19.2"),
    ],
)
def test_what_is_owed_is_cited(regulation: str, *, within: bool, cites: str) -> None:
    assert ask(regulation, "", within=within).violated == {cites}


@pytest.mark.parametrize("regulation", LOCAL)
def test_responsible_until_handled_or_handed_over(regulation: str) -> None:
    within, outside = (ask(regulation, "", within=within) for within in (True, False))
    assert within.values.responsible_until is ResponsibleUntil.HANDLED
    assert outside.values.responsible_until is ResponsibleUntil.HANDED_OVER


@pytest.mark.parametrize("regulation", LOCAL)
@pytest.mark.parametrize("within", [True, False])
def test_doing_more_never_owes_more(regulation: str, *, within: bool) -> None:
    for one, other in combinations(Action, 2):
        alone = ask(regulation, one, within=within).values.still_owed
        both = ask(regulation, f"{one} {other}", within=within).values.still_owed
        assert alone is not None
        assert both is not None
        assert set(both) <= set(alone)


@row("shapotou/12.3")
@pytest.mark.parametrize(
    ("actions", "owed"),
    [("", (Action.EXPLAINED,)), ("explained", ()), ("handled", ())],
)
def test_incomplete_papers_are_owed_an_explanation(actions: str, owed: tuple[Action, ...]) -> None:
    answer = ask("shapotou", actions, within=True, materials_complete=False)
    assert answer.values.still_owed == owed


@pytest.mark.parametrize("regulation", ["nanchang", "tianya"])
def test_complete_or_not_is_no_matter_elsewhere(regulation: str) -> None:
    for complete in (True, False, None):
        answer = ask(regulation, "", within=True, materials_complete=complete)
        assert answer.values.still_owed == (Action.HANDLED,)


@row("tianya/19.3")
@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("不归我管", REFUSED),
        ("这个我不知道，您问别人", REFUSED),
        ("不 清 楚", REFUSED),
        ("“不归我管”", REFUSED),
        ("属民政局职责", PERMITTED),
        ("投诉人称窗口答复“不归我管”，已转交核实", PERMITTED),
        ("", PERMITTED),
        (None, PERMITTED),
    ],
)
@pytest.mark.parametrize("within", [True, False])
def test_a_phrase_that_shirks_is_no_reason(
    reply: str | None, expected: Outcome, *, within: bool
) -> None:
    answer = ask("tianya", "handled guided gave_reason", within=within, reply_text=reply)
    assert answer.outcome is expected
    assert answer.violated == ({"tianya/19.3"} if expected is REFUSED else set())
    assert answer.values.still_owed == ()


@row("tianya/19.3")
def test_the_refusal_names_the_phrases() -> None:
    answered = ask("tianya", "handled", within=True, reply_text="不清楚，不归我管。")
    (refused,) = [f for f in answered.answer.findings if f.provision.endswith("forbidden_phrases")]
    assert "不清楚、不归我管" in refused.message


@pytest.mark.parametrize("regulation", ["erdos-hitech", "shapotou", "nanchang", "aohan"])
def test_the_phrases_are_forbidden_in_tianya_only(regulation: str) -> None:
    every = " ".join(Action)
    assert ask(regulation, every, within=False, reply_text="不归我管").outcome is PERMITTED


@pytest.mark.parametrize("regulation", THAT_LIST_ACTIONS)
@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({"within_duties": True}, ("facts.actions",)),
        ({"actions": []}, ("facts.within_duties",)),
        ({}, ("facts.within_duties", "facts.actions")),
    ],
)
def test_a_needed_fact_that_is_absent_is_named(
    regulation: str, facts: dict[str, object], missing: tuple[str, ...]
) -> None:
    answer = question(regulation, facts)
    assert answer.outcome is Outcome.UNDETERMINED
    assert answer.missing == missing
    assert answer.values.still_owed is None


@pytest.mark.parametrize("regulation", ["erdos-hitech", "aohan"])
def test_actions_are_not_missed_where_none_is_listed(regulation: str) -> None:
    assert question(regulation, {"within_duties": False}).outcome is PERMITTED
    assert question(regulation, {}).missing == ("facts.within_duties",)


def test_the_national_layer_is_silent() -> None:
    assert silent(ask("national", "handled", within=True))


@pytest.mark.parametrize("regulation", LOCAL)
def test_no_finding_cites_another_regulation(regulation: str) -> None:
    for within in (True, False):
        rows = ask(regulation, "handled", within=within, reply_text="不知道").rows
        assert all(name.startswith(f"{regulation}/") for name in rows)
