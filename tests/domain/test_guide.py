"""Guide (办事指南): which elements each text wants made public."""

import pytest
from pydantic import ValidationError

from app.domain.decision import Outcome
from app.domain.element import Element
from app.domain.items.guide import GuideElements, GuideFacts, may_be_published
from tests.domain.asking import BOOKS, Asking, silent
from tests.rows import row

ask = Asking(GuideFacts, lambda book, facts, asked, _: may_be_published(book.guide, facts, asked))

EIGHT = (
    "item_name legal_basis promised_limit preconditions process materials fee_basis fee_standard"
)
NINE = (
    "subject legal_basis preconditions process promised_limit result fee_basis fee_standard"
    " supervision_channel"
)
AOHAN = (
    "legal_basis process materials promised_limit fee_standard preconditions fee_basis forms_sample"
)
NEEDED = {
    "erdos-hitech": EIGHT.split(),  # 第十四条（三）
    "nanchang": NINE.split(),  # 第十六条
    "aohan": AOHAN.split(),  # 第十条、第十四条
    "tianya": [
        "content",
        "process",
        "standard",
        "legal_basis",
        "supervision_channel",
    ],  # 第十六条（一）
}
ALL = [element.value for element in Element if hasattr(GuideElements(), element)]
EACH = [(regulation, element) for regulation in NEEDED for element in ALL]


@row("erdos-hitech/14.3", "nanchang/16", "aohan/10", "aohan/14.1", "aohan/14.2", "aohan/14.3")
@row("aohan/14.4", "aohan/14.5", "aohan/14.6", "tianya/16.1")
@pytest.mark.parametrize("regulation", NEEDED)
def test_a_guide_with_all_its_elements_is_complete(regulation: str) -> None:
    answered = ask(regulation, {"elements": dict.fromkeys(NEEDED[regulation], True)})
    assert (answered.outcome, answered.values.missing) == (Outcome.PERMITTED, ())
    assert {cited.partition("/")[0] for cited in answered.rows} == {regulation}


@row("erdos-hitech/14.3", "nanchang/16", "aohan/10", "aohan/14.2", "aohan/14.6", "tianya/16.1")
@pytest.mark.parametrize("value", [False, None])
@pytest.mark.parametrize(("regulation", "element"), EACH)
def test_each_element_is_needed_where_the_text_lists_it_and_nowhere_else(
    regulation: str, element: str, value: bool | None
) -> None:
    answered = ask(regulation, {"elements": {**dict.fromkeys(ALL, True), element: value}})
    needed = element in NEEDED[regulation]
    assert answered.outcome is (Outcome.REFUSED if needed else Outcome.PERMITTED)
    assert answered.values.missing == ((element,) if needed else ())


def test_what_is_missing_is_named_in_the_order_of_the_text() -> None:
    for regulation, needed in NEEDED.items():
        assert ask(regulation, {"elements": {}}).values.missing == tuple(needed)


@row("aohan/10", "aohan/14.2")
def test_the_articles_that_want_an_element_are_all_cited() -> None:
    elements = {**dict.fromkeys(ALL, True), "promised_limit": False}
    assert ask("aohan", {"elements": elements}).violated == {"aohan/10", "aohan/14.2"}


@pytest.mark.parametrize("regulation", ["shapotou", "national"])
def test_a_text_without_a_list_is_silent(regulation: str) -> None:
    assert silent(ask(regulation, {"elements": {}}))


def test_elements_that_are_not_sent_at_all_leave_the_question_open() -> None:
    answered = ask("nanchang", {"reviewed_on": "2025-10-09"})
    assert (answered.outcome, answered.missing) == (Outcome.UNDETERMINED, ("facts.elements",))


def test_an_element_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValidationError):
        ask.read({"elements": {"seal": True}})


def test_the_rulebooks_ask_only_for_elements_that_a_guide_can_state() -> None:
    required = [rule.terms.elements for book in BOOKS.books for rule in book.guide.required]
    assert {element for elements in required for element in elements} <= {Element(e) for e in ALL}
