"""Dispatch (选派): conditions, reviews, age, establishment and scope under each regulation."""

from dataclasses import fields
from typing import Any

import pytest
from pydantic import ValidationError

from app.domain.decision import Outcome, Result
from app.domain.provision import Breach
from app.domain.staffing.dispatch import may_be_dispatched
from app.domain.staffing.dispatch_facts import (
    ConditionName,
    Conditions,
    DispatchFacts,
    DispatchValues,
    ReviewName,
    Reviews,
)
from tests.domain.asking import BOOKS, ON, Answered, Asking, silent
from tests.rows import row

question = Asking(
    DispatchFacts, lambda book, facts, asked, _: may_be_dispatched(book.dispatch, facts, asked)
)
PERMITTED, REFUSED = Outcome.PERMITTED, Outcome.REFUSED
UNDETERMINED, NO_RULE = Outcome.UNDETERMINED, Outcome.NO_RULE


def met(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "met")


HALL = {"role": "clerk", "unit_type": "county_hall", "start_on": "2025-10-09"}
ERDOS_CONDITIONS = met(
    "political_conduct",
    "approval_qualification",
    "business_knowledge",
    "teamwork_and_service",
    "accepts_management",
    "pre_post_training",
)
REVIEWS = dict.fromkeys(
    ("identity", "enforcement_qualification", "business_knowledge", "computer_skill"), "pass"
)

# A nomination that the regulation permits, with nothing in it that it does not need.
LAWFUL: dict[str, dict[str, Any]] = {
    "erdos-hitech": {
        "unit_type": "county_hall",
        "start_on": "2025-10-09",
        "candidate": {
            "employment_status": "in_service",
            "conditions": ERDOS_CONDITIONS,
            "reviews": REVIEWS,
            "enforcement_qualification_valid_until": "2025-10-09",
        },
    },
    "shapotou": HALL
    | {"candidate": {"birth_date": "1980-10-09", "conditions": met("computer_skill")}},
    "nanchang": HALL | {"candidate": {"enforcement_qualification_valid_until": "2025-10-09"}},
    "aohan": {
        "role": "clerk",
        "unit_type": "county_hall",
        "candidate": {
            "establishment": "civil_servant",
            "conditions": met("pre_post_training"),
        },
    },
    "tianya": {
        "unit_type": "community_station",
        "candidate": {
            "conditions": met(
                "computer_skill", "speech_and_manner", "dress_and_courtesy", "patience_and_record"
            )
        },
    },
}


def ask(regulation: str, facts: dict[str, Any]) -> Answered[DispatchValues]:
    return question(regulation, facts)


def lawful(regulation: str, **changed: Any) -> Answered[DispatchValues]:
    """`candidate` is merged into the lawful one, its mappings too."""
    facts = LAWFUL[regulation] | changed
    if isinstance(changed.get("candidate"), dict):
        candidate = dict(LAWFUL[regulation]["candidate"])
        for name, given in changed["candidate"].items():
            mapping = isinstance(given, dict) and name in candidate
            candidate[name] = candidate[name] | given if mapping else given
        facts["candidate"] = candidate
    return ask(regulation, facts)


@pytest.mark.parametrize("regulation", LAWFUL)
def test_a_lawful_nomination_is_permitted(regulation: str) -> None:
    answer = lawful(regulation)
    assert answer.outcome is PERMITTED
    assert answer.values == DispatchValues()


def test_the_national_layer_is_silent() -> None:
    assert silent(ask("national", LAWFUL["erdos-hitech"]))


@pytest.mark.parametrize("regulation", LAWFUL)
def test_no_finding_cites_another_regulation(regulation: str) -> None:
    for facts in LAWFUL.values():
        assert all(name.startswith(f"{regulation}/") for name in ask(regulation, facts).rows)


@pytest.mark.parametrize(
    ("regulation", "name"), [(key, name) for key, facts in LAWFUL.items() for name in facts]
)
def test_a_needed_fact_that_is_absent_is_named(regulation: str, name: str) -> None:
    answer = lawful(regulation, **{name: None})
    assert answer.outcome is UNDETERMINED
    assert answer.missing == (f"facts.{name}",)


@pytest.mark.parametrize(
    ("regulation", "name"),
    [(key, name) for key, facts in LAWFUL.items() for name in facts["candidate"]],
)
def test_a_fact_of_the_candidate_that_is_absent_is_named(regulation: str, name: str) -> None:
    candidate = LAWFUL[regulation]["candidate"] | {name: None}
    answer = ask(regulation, LAWFUL[regulation] | {"candidate": candidate})
    assert answer.outcome is UNDETERMINED
    assert all(missing.startswith(f"facts.candidate.{name}") for missing in answer.missing)


CONDITIONS = [
    # 第十五条（一）
    ("erdos-hitech", "political_conduct", "erdos-hitech/15.1.1"),
    ("erdos-hitech", "approval_qualification", "erdos-hitech/15.1.2"),
    ("erdos-hitech", "business_knowledge", "erdos-hitech/15.1.3"),
    ("erdos-hitech", "teamwork_and_service", "erdos-hitech/15.1.4"),
    ("erdos-hitech", "accepts_management", "erdos-hitech/15.1.5"),
    ("erdos-hitech", "pre_post_training", "erdos-hitech/15.1.6"),
    ("shapotou", "computer_skill", "shapotou/4.s1"),  # 第四条
    ("aohan", "pre_post_training", "aohan/20.s1"),  # 第二十条
    # 第十一条
    ("tianya", "computer_skill", "tianya/11.1"),
    ("tianya", "speech_and_manner", "tianya/11.2"),
    ("tianya", "dress_and_courtesy", "tianya/11.3"),
    ("tianya", "patience_and_record", "tianya/11.4"),
]


@row(*(cites for _, _, cites in CONDITIONS))
@pytest.mark.parametrize(("regulation", "name", "cites"), CONDITIONS)
def test_each_condition_stands_for_itself(regulation: str, name: str, cites: str) -> None:
    unmet = lawful(regulation, candidate={"conditions": {name: "unmet"}})
    assert unmet.outcome is REFUSED
    assert unmet.violated == {cites}
    for unsent in ("unknown", None):
        open_ = lawful(regulation, candidate={"conditions": {name: unsent}})
        assert open_.outcome is UNDETERMINED
        assert open_.missing == (f"facts.candidate.conditions.{name}",)


@pytest.mark.parametrize("regulation", LAWFUL)
def test_a_condition_of_another_regulation_is_not_asked_for(regulation: str) -> None:
    own = {name for key, name, _ in CONDITIONS if key == regulation}
    foreign = dict.fromkeys((name for name in ConditionName if name not in own), "unmet")
    conditions = LAWFUL[regulation]["candidate"].get("conditions", {}) | foreign
    assert lawful(regulation, candidate={"conditions": conditions}).outcome is PERMITTED


@row("erdos-hitech/16.1")
@pytest.mark.parametrize("name", REVIEWS)
def test_each_review_has_to_pass(name: str) -> None:
    failed = lawful("erdos-hitech", candidate={"reviews": {name: "fail"}})
    assert failed.violated == {"erdos-hitech/16.1"}
    open_ = lawful("erdos-hitech", candidate={"reviews": {name: "unknown"}})
    assert open_.missing == (f"facts.candidate.reviews.{name}",)


def test_a_failed_review_outweighs_an_unknown_condition_and_both_are_said() -> None:
    answer = lawful(
        "erdos-hitech",
        candidate={"reviews": {"identity": "fail"}, "conditions": {"political_conduct": None}},
    )
    assert answer.outcome is REFUSED
    assert answer.missing == ("facts.candidate.conditions.political_conduct",)


@row("erdos-hitech/15.1.2", "nanchang/7")
@pytest.mark.parametrize(
    ("regulation", "cites"), [("erdos-hitech", "erdos-hitech/15.1.2"), ("nanchang", "nanchang/7")]
)
def test_the_qualification_is_valid_on_the_first_day(regulation: str, cites: str) -> None:
    expired = lawful(regulation, candidate={"enforcement_qualification_valid_until": "2025-10-08"})
    assert expired.violated == {cites}


@row("erdos-hitech/15.2")
@pytest.mark.parametrize("status", ["retired", "suspended", "long_leave"])
def test_only_people_in_service_are_posted(status: str) -> None:
    assert lawful("erdos-hitech", candidate={"employment_status": status}).violated == {
        "erdos-hitech/15.2"
    }
    assert lawful("tianya", candidate={"employment_status": status}).outcome is PERMITTED


@row("shapotou/4.s1")
@pytest.mark.parametrize(
    ("born_on", "expected"),
    [
        ("1980-10-09", PERMITTED),  # 45 on the first day
        ("1979-10-10", PERMITTED),  # still 45
        ("1979-10-09", REFUSED),  # 46 on the first day
        (None, UNDETERMINED),
    ],
)
@pytest.mark.parametrize("unit", ["county_hall", "township_centre"])
def test_the_age_is_taken_in_full_years_on_the_first_day(
    born_on: str | None, expected: Outcome, unit: str
) -> None:
    answer = lawful("shapotou", unit_type=unit, candidate={"birth_date": born_on})
    assert answer.outcome is expected


@row("shapotou/4.s1")
@pytest.mark.parametrize(
    ("start_on", "expected"),
    [
        ("2026-02-27", PERMITTED),
        ("2026-02-28", REFUSED),  # the day of the month is clamped, as in every span of years
        ("2026-03-01", REFUSED),
    ],
)
def test_who_was_born_on_a_leap_day_is_older_on_the_last_of_february(
    start_on: str, expected: Outcome
) -> None:
    candidate = {"birth_date": "1980-02-29"}
    assert lawful("shapotou", start_on=start_on, candidate=candidate).outcome is expected


@row("shapotou/5")
@pytest.mark.parametrize("who", [{"seconded_by_police": True}, {"primary_role": "police_officer"}])
def test_police_are_exempt_from_the_age_and_not_from_computer_skill(who: dict[str, Any]) -> None:
    older = who | {"birth_date": "1970-01-01"}
    exempt = lawful("shapotou", unit_type="township_centre", candidate=older)
    assert exempt.outcome is PERMITTED
    assert exempt.rows_that_are(Result.NOT_APPLICABLE) == {"shapotou/5"}
    unskilled = older | {"conditions": {"computer_skill": "unmet"}}
    assert lawful("shapotou", candidate=unskilled).violated == {"shapotou/4.s1"}
    unborn = who | {"birth_date": None}
    assert lawful("shapotou", candidate=unborn).outcome is PERMITTED


@row("shapotou/6")
@pytest.mark.parametrize(
    ("primary_role", "expected"),
    [
        ("grid_worker", PERMITTED),
        ("village_committee_member", PERMITTED),
        ("police_officer", REFUSED),
        ("other", REFUSED),
        ("村民", REFUSED),
        (None, UNDETERMINED),
    ],
)
@pytest.mark.parametrize("unit", ["village_station", "community_station"])
def test_a_village_agent_holds_one_of_two_posts(
    primary_role: str | None, expected: Outcome, unit: str
) -> None:
    facts = {
        "role": "village_agent",
        "unit_type": unit,
        "candidate": {"birth_date": "1950-01-01", "primary_role": primary_role},
    }
    assert ask("shapotou", facts).outcome is expected


@row("shapotou/2")
@pytest.mark.parametrize(
    ("role", "unit"),
    [
        ("clerk", "village_station"),
        ("chief_representative", "community_station"),
        ("village_agent", "township_centre"),
    ],
)
def test_a_role_that_the_tier_does_not_have_is_refused(role: str, unit: str) -> None:
    answer = lawful(
        "shapotou", role=role, unit_type=unit, candidate={"primary_role": "grid_worker"}
    )
    assert answer.violated == {"shapotou/2"}
    broken = [f.breach for f in answer.answer.findings if f.result is Result.VIOLATED]
    assert broken == [Breach.UNPROCESSABLE]


@row("nanchang/12.s1")
@pytest.mark.parametrize(
    ("status", "expected"),
    [("met", PERMITTED), ("unmet", REFUSED), ("unknown", UNDETERMINED), (None, UNDETERMINED)],
)
def test_the_chief_heads_the_approval_office(status: str | None, expected: Outcome) -> None:
    candidate = {"conditions": {"approval_office_head": status}}
    chief = lawful("nanchang", role="chief_representative", candidate=candidate)
    assert chief.outcome is expected
    assert lawful("nanchang", candidate=candidate).outcome is PERMITTED


@row("nanchang/55")
def test_a_township_follows_nanchang_by_reference() -> None:
    township = lawful("nanchang", unit_type="township_centre")
    assert township.outcome is PERMITTED
    assert township.cautions == {"applied_by_reference"}
    assert "nanchang/55" in township.rows
    assert not lawful("nanchang").cautions


@row("aohan/19", "aohan/27.s1")
@pytest.mark.parametrize(
    ("role", "cites"),
    [("clerk", {"aohan/19"}), ("chief_representative", {"aohan/19", "aohan/27.s1"})],
)
def test_contract_staff_are_not_posted_to_aohan(role: str, cites: set[str]) -> None:
    chief = met("business_familiarity", "department_authorisation")
    answer = lawful("aohan", role=role, candidate={"conditions": chief})
    assert answer.outcome is PERMITTED
    candidate: dict[str, Any] = {"conditions": chief, "establishment": "contract"}
    assert lawful("aohan", role=role, candidate=candidate).violated == cites
    candidate["establishment"] = "authorised_establishment"
    assert lawful("aohan", role=role, candidate=candidate).outcome is PERMITTED


@row("aohan/27.s1")
@pytest.mark.parametrize("name", ["business_familiarity", "department_authorisation"])
def test_the_chief_of_aohan_knows_the_business_and_is_authorised(name: str) -> None:
    chief = met("business_familiarity", "department_authorisation") | {name: "unmet"}
    answer = lawful("aohan", role="chief_representative", candidate={"conditions": chief})
    assert answer.violated == {"aohan/27.s1"}
    clerk = lawful("aohan", candidate={"conditions": {name: "unmet"}})
    assert clerk.outcome is PERMITTED


@row("erdos-hitech/3", "nanchang/2", "aohan/1", "tianya/2")
@pytest.mark.parametrize(
    ("regulation", "role", "unit", "cites"),
    [
        ("erdos-hitech", "clerk", "township_centre", "erdos-hitech/3"),
        ("erdos-hitech", "village_agent", "county_hall", "erdos-hitech/3"),
        ("nanchang", "clerk", "village_station", "nanchang/2"),
        ("nanchang", "village_agent", "community_station", "nanchang/2"),
        ("aohan", "clerk", "township_centre", "aohan/1"),
        ("aohan", "village_agent", "village_station", "aohan/1"),
        ("tianya", "clerk", "county_hall", "tianya/2"),
    ],
)
def test_outside_the_scope_there_is_no_rule(
    regulation: str, role: str, unit: str, cites: str
) -> None:
    answer = lawful(regulation, role=role, unit_type=unit)
    assert silent(answer)
    assert answer.rows_that_are(Result.NOT_APPLICABLE) == {cites}


@pytest.mark.parametrize("unit", ["township_centre", "village_station", "community_station"])
@pytest.mark.parametrize("role", ["clerk", "chief_representative", "village_agent", None])
def test_tianya_asks_the_same_of_everybody(unit: str, role: str | None) -> None:
    assert lawful("tianya", unit_type=unit, role=role).outcome is PERMITTED


def test_every_name_of_a_condition_and_of_a_review_is_a_field() -> None:
    assert {field.name for field in fields(Conditions)} == set(ConditionName)
    assert {field.name for field in fields(Reviews)} == set(ReviewName)


@pytest.mark.parametrize(
    "candidate",
    [{"conditions": {"height": "met"}}, {"reviews": {"identity": True}}, {"age": 45}],
)
def test_a_key_that_nobody_reads_or_a_wrong_type_is_refused(candidate: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ask("tianya", {"candidate": candidate})


def test_every_message_can_be_read_aloud() -> None:
    for regulation in LAWFUL:
        book = BOOKS.in_force(regulation, ON)
        for found in lawful(regulation).answer.findings:
            assert found.message.endswith("。"), book.edition
