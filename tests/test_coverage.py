"""The coverage ledger: every row has its place, and none is claimed without operation and test."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest

from app.api.v1.coverage import operations_of
from app.domain.coverage import (
    CLAIMS,
    Applied,
    Covered,
    Evidence,
    Ledger,
    Stated,
    Status,
    covered,
    evidence_of,
    faults,
)
from app.domain.register import Kind, Register, Row
from app.domain.rulings import QUESTIONS
from app.main import create_app
from app.rulebooks.coverage import EVIDENCE, load_statements
from app.rulebooks.load import load, load_register
from app.settings import Settings
from tests.marked_rows import evidence, main, marked, written

PROVISIONS = tuple(provision for book in load().books for provision in book.provisions())
REGISTER = load_register()
MARKED = marked()


@pytest.fixture(scope="module", name="shipped")
def _shipped() -> Ledger:
    """The ledger as it is shipped, over the marks that the tests bear now."""
    statements = load_statements()
    tests = {row: tuple(names) for row, names in MARKED.items()}
    operations = operations_of(create_app(Settings()))
    return replace(statements, tests=tests).held_against(REGISTER, PROVISIONS, operations)


def places(ledger: Ledger) -> dict[str, Covered]:
    return {place.row.id: place for place in covered(ledger, ledger.register.rows.values())}


def named(ledger: Ledger) -> set[str]:
    return {fault.partition(":")[0] for fault in faults(ledger)}


def without(ledger: Ledger, row: str, **less: tuple[str, ...]) -> Ledger:
    return replace(ledger, evidence={**ledger.evidence, row: replace(ledger.evidence[row], **less)})


def test_every_row_has_its_place_and_none_is_invented(shipped: Ledger) -> None:
    assert list(faults(shipped)) == []
    of_five = [row for row in places(shipped) if not row.startswith("national/")]
    assert len(of_five) == 377


def test_what_is_claimed_has_an_operation_and_a_test(shipped: Ledger) -> None:
    claimed = [place for place in places(shipped).values() if place.status in CLAIMS]
    assert len(claimed) > 100
    assert all(place.served_by and place.tested_by for place in claimed)


def test_the_evidence_is_written_down_as_it_stands() -> None:
    assert EVIDENCE.read_text(encoding="utf-8") == written(evidence())
    assert main([]) == 0
    assert load_statements().tests == {row: tuple(sorted(t)) for row, t in MARKED.items()}


def test_every_question_is_named_as_serving_its_chapter(shipped: Ledger) -> None:
    for question in QUESTIONS.values():
        serving = {
            name
            for applied in shipped.applied
            if question.chapter in applied.provisions
            for name in applied.served_by
        }
        assert f"rule_on_{question.name.replace('-', '_')}" in serving


def test_every_provision_is_applied_by_an_operation(shipped: Ledger) -> None:
    unapplied = {
        provision.name
        for provision in PROVISIONS
        if not any(applied.reaches(provision.name) for applied in shipped.applied)
    }
    assert unapplied == set()


def test_each_reply_is_weighed_where_its_act_is_done(shipped: Ledger) -> None:
    act = {"accept": "accept_case", "correct_once": "give_notice", "not_accept": "decline_case"}
    replies = [p for p in PROVISIONS if p.name.startswith(("acceptance.replies", "acceptance.at_"))]
    assert replies
    for provision in replies:
        serving = {
            name
            for applied in shipped.applied
            if applied.reaches(provision.name)
            for name in applied.served_by
        }
        given = {act[reply] for reply in provision.terms.to}
        assert serving == {"rule_on_acceptance", *given}, provision.name


def test_dropping_any_provision_shows() -> None:
    now = written(evidence())
    for dropped in PROVISIONS:
        left = (provision for provision in PROVISIONS if provision is not dropped)
        assert written(evidence_of(left, MARKED)) != now, dropped.name


def test_dropping_any_marker_shows() -> None:
    now = written(evidence())
    for row, tests in MARKED.items():
        for test in tests:
            left = {**MARKED, row: tests - {test}}
            assert written(evidence_of(PROVISIONS, left)) != now, (row, test)


def test_a_row_that_lost_its_provisions_or_its_markers_is_no_longer_claimed(
    shipped: Ledger,
) -> None:
    served = {row for said in shipped.stated if said.served_by for row in said.rows}
    for row, place in places(shipped).items():
        if place.status in CLAIMS and not place.row.children:
            assert row in named(without(shipped, row, tests=())), row
            if row not in served:
                assert row in named(without(shipped, row, provisions=())), row


@pytest.mark.parametrize("operation", ["rule_on_rotation", "receive_case", "read_clock"])
def test_an_operation_that_is_gone_is_missed(shipped: Ledger, operation: str) -> None:
    gone = replace(shipped, operations=shipped.operations - {operation})
    assert operation in named(gone)


def test_a_row_that_rulings_alone_serve_is_not_called_recorded(shipped: Ledger) -> None:
    found = places(shipped)
    assert found["tianya/14.2"].row.kind is Kind.RECORD
    assert found["tianya/14.2"].status is Status.ENFORCED
    assert found["tianya/14.2"].served_by == ("rule_on_return",)


def test_a_mark_on_one_parameter_counts_and_a_test_that_does_not_run_does_not() -> None:
    test = "tests/domain/test_time_limit.py::test_a_limit_counts_working_days_after_the_anchor"
    assert test in MARKED["nanchang/22"]
    assert "nanchang/23" not in MARKED


def row(name: str, kind: Kind = Kind.ENFORCE, children: tuple[str, ...] = ()) -> Row:
    return Row(
        id=f"x/{name}",
        article=name,
        kind=kind,
        capability="c",
        summary="s",
        children=tuple(f"x/{child}" for child in children),
    )


PROVEN = Evidence(provisions=("a.b",), tests=("t",))


def ledger(
    *rows: Row, proven: Iterable[str] = (), stated: Mapping[str, Status] | None = None
) -> Ledger:
    return Ledger(
        register=Register({each.id: each for each in rows}),
        evidence={f"x/{name}": PROVEN for name in proven},
        stated=tuple(
            Stated(rows=(f"x/{name}",), status=status, reason="r")
            for name, status in (stated or {}).items()
        ),
        applied=(Applied(provisions=("a",), served_by=("op",), gives=(Status.ENFORCED,)),),
        operations=frozenset({"op"}),
    )


FAMILY = (row("1", children=("1.1", "1.2")), row("1.1"), row("1.2"))


@pytest.mark.parametrize(
    ("proven", "stated", "status"),
    [
        (("1.1", "1.2"), {}, Status.ENFORCED),
        (("1.1",), {"1.2": Status.PLANNED}, Status.PLANNED),
        (("1.1",), {"1.2": Status.LEFT_TO_PEOPLE}, Status.ENFORCED),
        ((), {"1.1": Status.LEFT_TO_PEOPLE, "1.2": Status.LEFT_TO_PEOPLE}, Status.LEFT_TO_PEOPLE),
        (("1.1",), {}, None),
    ],
)
def test_a_row_with_children_is_as_far_as_they_are(
    proven: tuple[str, ...], stated: dict[str, Status], status: Status | None
) -> None:
    assert places(ledger(*FAMILY, proven=proven, stated=stated))["x/1"].status is status


def test_a_row_with_children_unites_what_serves_and_proves_them() -> None:
    found = places(ledger(*FAMILY, proven=("1.1", "1.2")))["x/1"]
    assert (found.served_by, found.tested_by) == (("op",), ("t",))


def test_a_row_with_children_is_not_placed_by_hand() -> None:
    assert named(ledger(*FAMILY, proven=("1.1", "1.2"), stated={"1": Status.LEFT_TO_PEOPLE})) == {
        "x/1"
    }


@pytest.mark.parametrize("kind", [Kind.ENFORCE, Kind.COMPUTE, Kind.WORKFLOW])
@pytest.mark.parametrize(
    "status", [Status.DECLARED, Status.RECORDED, Status.PUBLISHED, Status.REPORTED]
)
def test_what_runs_is_never_merely_kept_or_declared(kind: Kind, status: Status) -> None:
    assert named(ledger(row("1", kind), proven=("1",), stated={"1": status})) == {"x/1"}


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_may_be_planned_or_left_to_people(kind: Kind) -> None:
    for status in (Status.PLANNED, Status.LEFT_TO_PEOPLE):
        assert named(ledger(row("1", kind), stated={"1": status})) == set()


def test_a_claim_made_by_hand_needs_its_proof() -> None:
    assert named(ledger(row("1"), stated={"1": Status.ENFORCED})) == {"x/1"}


def test_a_row_that_nobody_speaks_of_is_missed_unless_it_only_declares() -> None:
    assert named(ledger(row("1"), row("2", Kind.DECLARE))) == {"x/1"}


def test_a_row_that_the_register_does_not_have_is_invented() -> None:
    assert named(ledger(stated={"9": Status.PLANNED})) == {"x/9"}
    assert named(ledger(proven=("8",))) == {"x/8"}


def test_a_reason_is_not_left_empty_and_a_row_is_not_stated_twice() -> None:
    silent = Stated(rows=("x/1",), status=Status.PLANNED, reason=" ")
    told = replace(silent, reason="r")
    assert named(replace(ledger(row("1")), stated=(silent,))) == {"x/1"}
    assert named(replace(ledger(row("1")), stated=(told, told))) == {"x/1"}
