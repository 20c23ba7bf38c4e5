"""What the provisions on clocks say with facts in them (条款的话): Chinese sentences, no codes."""

import re

import pytest

from app.domain.casework.limits import ExclusionKind
from app.domain.decision import Result
from tests.domain.asking import REGULATIONS
from tests.domain.timing import Json, accepted, ask, at, promised

CODE = re.compile(r"[A-Za-z_{}()\[\]]|应于0|日0")
EXCLUDED: list[Json] = [
    {
        "kind": kind.value,
        "from": "2025-10-10",
        "to": "2025-10-11",
        "announced_in_guide": told,
        "applicant_told_in_writing": told,
    }
    for kind in ExclusionKind
    for told in (True, False)
]
BESIDE: list[Json] = [
    {},
    {"accepted_at": None},
    {"accepted_at": None, "received_at": at("2025-10-08")},
    {"decided_at": at("2025-10-13"), "sealed_at": at("2025-10-10")},
    {"delivered_at": at("2025-10-14"), "exclusions": EXCLUDED},
    {"green_channel": {"limit_days": 9}, "extension": {"days": 11, "approved_by": "局长"}},
    {"extension": {"days": 5}},
    {"extension": {"approved_by": "局长"}},
]


@pytest.mark.parametrize("beside", BESIDE)
@pytest.mark.parametrize("item", [promised(25, 20), promised(10, 20), {"kind": "instant"}])
@pytest.mark.parametrize("regulation", REGULATIONS)
def test_a_finding_is_a_sentence_without_codes(regulation: str, item: Json, beside: Json) -> None:
    """Only a finding that misses a fact names it as the caller has to write it."""
    facts = {**accepted("2025-09-30"), "item": item, **beside}
    for national in (False, True):
        findings = ask(regulation, facts, national=national).findings
        said = [found.message for found in findings if found.result is not Result.UNKNOWN]
        assert said
        assert [message for message in said if CODE.search(message)] == []
        assert all(message.endswith("。") for message in said)


def test_every_kind_of_exclusion_has_its_word() -> None:
    words = {kind.chinese for kind in ExclusionKind}
    assert len(words) == len(ExclusionKind)
