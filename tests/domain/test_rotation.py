"""Rotation (轮换与调换): minimum and maximum stay, grounds and notice."""

from datetime import date

import pytest
from pydantic import ValidationError

from app.domain.decision import Outcome, Result
from app.domain.provision import Breach
from app.domain.staffing.rotation_facts import RotationFacts
from tests.domain.asking import silent
from tests.domain.changing import LAWFUL, LOCAL, ask, lawful
from tests.rows import row

PERMITTED, REFUSED = Outcome.PERMITTED, Outcome.REFUSED
OVERRIDE, UNDETERMINED = Outcome.OVERRIDE_REQUIRED, Outcome.UNDETERMINED


@pytest.mark.parametrize("regulation", LOCAL)
def test_a_lawful_change_is_permitted(regulation: str) -> None:
    assert lawful(regulation).outcome is PERMITTED


def test_the_national_layer_is_silent() -> None:
    assert silent(ask("national", **LAWFUL["tianya"]))


@pytest.mark.parametrize("regulation", LOCAL)
def test_no_finding_cites_another_regulation(regulation: str) -> None:
    for facts in LAWFUL.values():
        assert all(cited.startswith(f"{regulation}/") for cited in ask(regulation, **facts).rows)


NEEDED = [
    ("erdos-hitech", ("posted_on", "effective_on", "filed_on", "stage")),
    ("shapotou", ("posted_on", "effective_on", "stage")),
    ("nanchang", ("role", "posted_on", "effective_on", "filed_on", "form")),
    ("aohan", ("role", "posted_on", "effective_on")),
    ("tianya", ("effective_on", "filed_on", "form", "approved_on", "stage")),
]


@pytest.mark.parametrize(
    ("regulation", "name"), [(regulation, name) for regulation, names in NEEDED for name in names]
)
def test_a_needed_fact_that_is_absent_is_named(regulation: str, name: str) -> None:
    answer = lawful(regulation, **{name: None})
    assert answer.outcome is UNDETERMINED
    assert answer.missing == (f"facts.{name}",)


@pytest.mark.parametrize(("regulation", "needed"), NEEDED)
def test_a_fact_that_is_not_needed_is_never_missed(
    regulation: str, needed: tuple[str, ...]
) -> None:
    every = dict.fromkeys(RotationFacts.__dataclass_fields__)
    steps = {"approved", "successor"}
    kept = {k: v for k, v in LAWFUL[regulation].items() if k in needed or k in steps}
    assert ask(regulation, **(every | kept)).outcome is PERMITTED


# 高新区 第十六条（二）: half a year, five grounds, five calendar days, consent.
EARLY = {"posted_on": "2025-08-01", "effective_on": "2025-10-20", "filed_on": "2025-10-09"}
EARLY_FILED = EARLY | {"stage": "file"}


@row("erdos-hitech/16.2")
@pytest.mark.parametrize(
    ("posted_on", "effective_on", "expected", "free_from"),
    [
        ("2025-04-10", "2025-10-09", OVERRIDE, date(2025, 10, 10)),
        ("2025-04-10", "2025-10-10", PERMITTED, date(2025, 10, 10)),
        ("2025-08-31", "2026-02-27", OVERRIDE, date(2026, 2, 28)),  # the month's end is clamped
        ("2025-08-31", "2026-02-28", PERMITTED, date(2026, 2, 28)),
    ],
)
def test_half_a_year_is_a_soft_minimum(
    posted_on: str, effective_on: str, expected: Outcome, free_from: date
) -> None:
    answer = ask(
        "erdos-hitech",
        posted_on=posted_on,
        effective_on=effective_on,
        filed_on="2025-09-01",
        stage="file",
    )
    assert answer.outcome is expected
    assert answer.values.free_from == free_from
    assert answer.values.override_reason_required is (expected is OVERRIDE)


@row(
    "erdos-hitech/16.2.1",
    "erdos-hitech/16.2.2",
    "erdos-hitech/16.2.3",
    "erdos-hitech/16.2.4",
    "erdos-hitech/16.2.5",
)
@pytest.mark.parametrize(
    ("ground", "support", "given", "number"),
    [
        ("incompetent_or_violation", "demanded_by_centre", True, 1),
        ("health", "ground_evidence", "附件3", 2),
        ("promoted_or_reassigned", "ground_evidence", "高人字〔2025〕7号", 3),
        ("left_department", "ground_evidence", "高人字〔2025〕8号", 4),
        ("other", "reason", "家庭迁居", 5),
    ],
)
def test_a_ground_excuses_an_early_change_when_it_is_supported(
    ground: str, support: str, given: object, number: int
) -> None:
    cites = f"erdos-hitech/16.2.{number}"
    supported = ask("erdos-hitech", **EARLY_FILED, ground=ground, **{support: given})
    assert supported.outcome is PERMITTED
    assert cites in supported.rows_that_are(Result.SATISFIED)
    assert not supported.values.override_reason_required
    claimed = ask("erdos-hitech", **EARLY_FILED, ground=ground)
    assert claimed.outcome is UNDETERMINED
    assert claimed.missing == (f"facts.{support}",)
    assert cites in claimed.rows_that_are(Result.UNKNOWN)
    assert claimed.values.override_reason_required
    # After half a year no ground is needed, so nothing is asked about one.
    assert lawful("erdos-hitech", ground=ground).outcome is PERMITTED


@row("erdos-hitech/16.2.5")
@pytest.mark.parametrize("blank", ["", "  "])
def test_an_empty_reason_is_no_reason(blank: str) -> None:
    answer = ask("erdos-hitech", **EARLY_FILED, ground="other", reason=blank)
    assert answer.missing == ("facts.reason",)
    aohan = lawful("aohan", effective_on="2025-10-09", reason=blank)
    assert aohan.outcome is OVERRIDE


@row("erdos-hitech/16.2.1")
def test_a_department_cannot_assert_incompetence_alone() -> None:
    answer = ask(
        "erdos-hitech", **EARLY_FILED, ground="incompetent_or_violation", demanded_by_centre=False
    )
    assert answer.outcome is REFUSED
    assert answer.violated == {"erdos-hitech/16.2.1"}


@row("erdos-hitech/16.2")
def test_a_reason_without_a_listed_ground_does_not_excuse() -> None:
    assert ask("erdos-hitech", **EARLY_FILED, reason="家庭迁居", approved=True).outcome is OVERRIDE


@row("erdos-hitech/16.2.s1", "erdos-hitech/16.2.4")
@pytest.mark.parametrize(
    ("filed_on", "expected", "earliest"),
    [
        ("2025-10-05", PERMITTED, date(2025, 10, 10)),  # calendar days, in the holiday
        ("2025-10-06", REFUSED, date(2025, 10, 11)),
        ("2025-10-10", REFUSED, date(2025, 10, 15)),
    ],
)
def test_five_days_ahead_are_calendar_days(
    filed_on: str, expected: Outcome, earliest: date
) -> None:
    answer = lawful("erdos-hitech", filed_on=filed_on)
    assert answer.outcome is expected
    assert answer.values.earliest_effective_on == earliest
    assert not answer.values.provisional


@row("erdos-hitech/16.2.s1")
def test_the_notice_does_not_apply_when_the_centre_demands_the_change() -> None:
    for filed_on in ("2025-10-10", None):
        answer = lawful("erdos-hitech", filed_on=filed_on, demanded_by_centre=True)
        assert answer.outcome is PERMITTED
        assert answer.values.earliest_effective_on is None
    assert lawful("erdos-hitech", approved=None, demanded_by_centre=True).outcome is REFUSED


# 南昌 第八条: seven working days, in writing. 2025-09-28 and 10-11 are worked, 10-01 to 08 are off.
@row("nanchang/8.s1")
@pytest.mark.parametrize(
    ("filed_on", "effective_on", "expected", "earliest"),
    [
        ("2025-09-26", "2025-10-11", REFUSED, date(2025, 10, 13)),
        ("2025-09-26", "2025-10-13", PERMITTED, date(2025, 10, 13)),
        ("2025-09-22", "2025-09-30", PERMITTED, date(2025, 9, 30)),
        ("2025-09-22", "2025-09-29", REFUSED, date(2025, 9, 30)),
        ("2025-10-14", "2025-10-13", REFUSED, date(2025, 10, 23)),
    ],
)
def test_seven_working_days_ahead(
    filed_on: str, effective_on: str, expected: Outcome, earliest: date
) -> None:
    answer = lawful("nanchang", filed_on=filed_on, effective_on=effective_on)
    assert answer.outcome is expected
    assert answer.values.earliest_effective_on == earliest


@row("nanchang/8.s1")
def test_an_oral_filing_is_none() -> None:
    assert lawful("nanchang", form="letter").outcome is PERMITTED
    oral = lawful("nanchang", form="oral")
    assert oral.outcome is REFUSED
    assert Breach.UNPROCESSABLE in {
        f.breach for f in oral.answer.findings if f.result is Result.VIOLATED
    }


@row("nanchang/8.s1")
def test_an_earliest_day_in_an_unpublished_year_is_provisional() -> None:
    answer = lawful("nanchang", filed_on="2026-12-28", effective_on="2027-03-01")
    assert answer.values.provisional
    assert [(c.code, c.year) for c in answer.answer.cautions] == [("calendar_unpublished", 2027)]
    assert not lawful("nanchang").values.provisional


# 南昌 第十一条: shown, never held against the change.
@row("nanchang/11")
@pytest.mark.parametrize(
    ("role", "replace_by"),
    [("clerk", date(2022, 2, 28)), ("chief_representative", date(2025, 2, 28))],
)
def test_the_maximum_stay_is_shown_and_refuses_nothing(role: str, replace_by: date) -> None:
    answer = lawful("nanchang", role=role, posted_on="2020-02-29")
    assert answer.outcome is PERMITTED
    assert answer.values.replace_by == replace_by
    assert answer.values.free_from is None


# 沙坡头 第四条、第五条、第七条: two years softly, consent, police seconded are exempt.
@row("shapotou/4.s2")
@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"effective_on": "2025-10-09"}, OVERRIDE),
        ({"effective_on": "2025-10-09", "reason": "家庭迁居"}, PERMITTED),
        ({"effective_on": "2025-10-09", "reason": "家庭迁居", "approved": None}, REFUSED),
        (
            {
                "effective_on": "2025-10-09",
                "reason": "家庭迁居",
                "approved": None,
                "stage": "file",
            },
            OVERRIDE,
        ),
        ({"effective_on": "2025-10-09", "ground": "health", "ground_evidence": "1"}, OVERRIDE),
        ({"effective_on": "2025-10-10"}, PERMITTED),
    ],
)
def test_two_years_give_way_to_an_approved_reason(
    changed: dict[str, object], expected: Outcome
) -> None:
    answer = lawful("shapotou", **changed)
    assert answer.outcome is expected
    assert answer.values.free_from == date(2025, 10, 10)
    assert answer.values.earliest_effective_on is None


@row("shapotou/5", "shapotou/7")
def test_police_are_exempt_from_two_years_and_not_from_consent() -> None:
    early = {"posted_on": "2025-08-01", "seconded_by_police": True}
    exempt = lawful("shapotou", **early)
    assert exempt.outcome is PERMITTED
    assert exempt.values.free_from is None
    assert exempt.rows_that_are(Result.NOT_APPLICABLE) == {"shapotou/5"}
    refused = lawful("shapotou", **early, approved=None)
    assert refused.violated == {"shapotou/7"}
    assert lawful("shapotou", **early, stage="file", approved=None).outcome is PERMITTED


@row("shapotou/5")
def test_seconded_by_police_means_nothing_elsewhere() -> None:
    early = lawful("aohan", effective_on="2025-10-09", seconded_by_police=True)
    assert early.outcome is OVERRIDE


# 敖汉 第二十条、第二十七条: a year, soft for clerks and hard for the chief.
@row("aohan/20.s2", "aohan/27.s2", "aohan/20.s4")
@pytest.mark.parametrize(
    ("role", "posted_on", "effective_on", "reason", "expected"),
    [
        ("clerk", "2024-10-10", "2025-10-09", None, OVERRIDE),
        ("clerk", "2024-10-10", "2025-10-09", "家庭迁居", PERMITTED),
        ("clerk", "2024-02-29", "2025-02-28", None, PERMITTED),
        ("clerk", "2024-02-29", "2025-02-27", None, OVERRIDE),
        ("chief_representative", "2024-10-10", "2025-10-09", None, REFUSED),
        ("chief_representative", "2024-10-10", "2025-10-09", "家庭迁居", REFUSED),
        ("chief_representative", "2024-10-10", "2025-10-10", None, PERMITTED),
    ],
)
def test_a_year_is_soft_for_clerks_and_hard_for_the_chief(
    role: str, posted_on: str, effective_on: str, reason: str | None, expected: Outcome
) -> None:
    answer = ask("aohan", role=role, posted_on=posted_on, effective_on=effective_on, reason=reason)
    assert answer.outcome is expected
    assert answer.values.override_reason_required is (expected is OVERRIDE)
    row_of = "aohan/20.s2" if role == "clerk" else "aohan/27.s2"
    assert answer.rows == {row_of}
    assert answer.values.earliest_effective_on is None


# 天涯 第十三条: a month's letter, consent, a week of shadowing.
@row("tianya/13.s1")
@pytest.mark.parametrize(
    ("filed_on", "effective_on", "expected", "earliest"),
    [
        ("2025-08-31", "2025-09-29", REFUSED, date(2025, 9, 30)),
        ("2025-08-31", "2025-09-30", PERMITTED, date(2025, 9, 30)),
        ("2025-09-30", "2025-10-29", REFUSED, date(2025, 10, 30)),
        ("2025-09-30", "2025-10-30", PERMITTED, date(2025, 10, 30)),
        ("2026-01-31", "2026-02-28", PERMITTED, date(2026, 2, 28)),
    ],
)
def test_a_calendar_month_ahead(
    filed_on: str, effective_on: str, expected: Outcome, earliest: date
) -> None:
    answer = lawful("tianya", filed_on=filed_on, effective_on=effective_on, stage="file")
    assert answer.outcome is expected
    assert answer.values.earliest_effective_on == earliest


@row("tianya/13.s1")
def test_only_a_letter_that_says_who_comes_will_do() -> None:
    for form in ("written", "oral"):
        assert lawful("tianya", form=form).outcome is REFUSED
    nobody = lawful("tianya", successor=None, stage="file")
    assert nobody.missing == (
        "facts.successor.name",
        "facts.successor.basic_facts",
    )
    bare = lawful("tianya", successor={"name": "某甲", "basic_facts": False}, stage="file")
    assert bare.violated == {"tianya/13.s1"}


@pytest.mark.parametrize(
    "facts", [{"unknown": 1}, {"role": "boss"}, {"posted_on": 5}, {"successor": {"x": 1}}]
)
def test_a_key_that_nobody_reads_or_a_wrong_type_is_refused(facts: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ask("nanchang", **facts)


def test_every_message_can_be_read_aloud() -> None:
    for regulation in LOCAL:
        for facts in LAWFUL.values():
            assert all(
                "{" not in found.message for found in ask(regulation, **facts).answer.findings
            )
