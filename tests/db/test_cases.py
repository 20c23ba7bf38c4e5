"""Cases as they are kept: the row is what the ledger tells, and nothing is written by halves."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.calendars.load import load as load_calendars
from app.db import demo, idempotency, ledger, reference
from app.db.case_record import record
from app.db.case_rows import Writing, folded
from app.db.cases import CaseMoved, Cases, Claim, ItemChanged, KeyTaken, ReferenceChanged
from app.db.engine import open_engine
from app.db.ids import uuid7
from app.db.items import Items
from app.db.ledger import ledger as entries
from app.db.outbox import outbox
from app.db.sweep import sweep
from app.domain.casework.acceptance import Channel, Form
from app.domain.casework.acts import (
    Acceptance,
    Completion,
    Correction,
    Deciding,
    Notice,
    Papers,
    Prolongation,
    Receipt,
    Resumption,
    Sealing,
    Suspension,
)
from app.domain.casework.case import Case, Deed, Stage, Verdict
from app.domain.casework.case_clock import CaseLaw, deadlines
from app.domain.casework.case_facts import GreenChannel, Item
from app.domain.casework.limits import ExclusionKind
from app.domain.casework.rectification import Mistake, rectify
from app.domain.casework.weighing import Moment, Taken, receive, take
from app.domain.day import SHANGHAI, local_day
from app.domain.element import Element
from app.domain.errors import NotFound
from app.domain.law_of_case import law_of, under
from app.rulebooks.load import load as load_rulebooks
from tests.databases import Clone

BOOKS = load_rulebooks()
CALENDARS = load_calendars()
VERSION = reference.version_of(BOOKS, CALENDARS)
LICENSING = demo.CENTRES[5]
LICENCE = demo.items_of(6)[3]
OPERATION = "POST /v1/centres/{centre}/cases"
APPROVER = demo.persons_of(6)[4].id


@pytest.fixture
async def cases(fresh_database: Clone) -> AsyncIterator[Cases]:
    engine = open_engine(fresh_database.service_url)
    await reference.load(engine, BOOKS, CALENDARS)
    await demo.ensure(engine)
    yield Cases(engine, Items(engine))
    await engine.dispose()


def at(day: str, hour: int = 10) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00+08:00").astimezone(SHANGHAI)


def moment(day: str, hour: int = 10) -> Moment:
    return Moment(occurred_at=at(day, hour), recorded_at=at(day, hour))


def law(case: Case) -> CaseLaw:
    received_on = local_day(case.received_at)
    calendar = CALENDARS.of(case.under.calendar)
    return law_of(case.under, BOOKS, calendar, received_on=received_on, on=received_on)


def writing(when: datetime, version: str = VERSION) -> Writing:
    return Writing(
        actor="clerk",
        client="province",
        request_id="r",
        recorded_at=when,
        reference_version=version,
    )


def claim(key: str | None = None) -> Claim:
    return Claim(
        centre_id=LICENSING.id,
        client="province",
        operation=OPERATION,
        key=key or uuid4().hex,
        fingerprint=b"f" * 32,
        answer=b"sealed",
        status=201,
    )


def application(day: str = "2026-09-17", *, complete: bool = True) -> Taken:
    named = under(LICENSING, LICENCE, BOOKS, date.fromisoformat(day))
    receipt = Receipt(
        item_id=LICENCE.id,
        item=Item(
            kind=LICENCE.kind,
            statutory_days=LICENCE.statutory_days,
            promised_days=LICENCE.promised_days,
        ),
        materials_complete=complete,
        channel=Channel.WINDOW,
        regulation=named.regulation,
        edition=named.edition,
        digest=named.digest,
        national=named.national,
        calendar=named.calendar,
        green_channel=GreenChannel(),
    )
    papers = Papers(
        id=uuid7(),
        centre_id=LICENSING.id,
        number=f"X-{uuid4()}",
        item_name=LICENCE.name,
        reference="甲-1",
    )
    on = date.fromisoformat(day)
    text = law_of(named, BOOKS, CALENDARS.of(named.calendar), received_on=on, on=on)
    return receive(receipt, papers, text, moment(day))


async def added(cases: Cases, taken: Taken) -> Case:
    days = deadlines(taken.case, law(taken.case))
    await cases.add(taken, days, claim(), writing(taken.case.received_at), of=LICENCE)
    return taken.case


async def done(cases: Cases, case: Case, deed: Deed, when: Moment) -> Case:
    taken = take(case, deed, law(case), when)
    days = deadlines(taken.case, law(case))
    await cases.move(taken, days, claim(), writing(when.recorded_at), was=case.version)
    return taken.case


async def told(engine: AsyncEngine, case: Case) -> Case:
    """The case as its ledger tells it."""
    papers = Papers(
        id=case.id,
        centre_id=case.centre_id,
        number=case.number,
        item_name=case.item_name,
        reference=case.reference,
    )
    return folded(papers, await ledger.acts(engine, case.centre_id, case.id))


EVERYTHING = tuple(Element)
ACCEPTANCE = Acceptance(form=Form.SYSTEM, channel=Channel.WINDOW, contains=EVERYTHING)
NOTICE = Notice(
    form=Form.WRITTEN, channel=Channel.WINDOW, corrections=("甲", "乙"), contains=EVERYTHING
)
HEARING = Suspension(
    kind=ExclusionKind.HEARING,
    from_=date(2026, 9, 22),
    announced_in_guide=True,
    applicant_told_in_writing=True,
)
DENIAL = Deciding(
    verdict=Verdict.DENIED, reason="不合法定条件", basis="第三项条件", remedies="复议或者诉讼"
)
STORY: tuple[tuple[Deed, str], ...] = (
    (NOTICE, "2026-09-17"),
    (Correction(), "2026-09-18"),
    (ACCEPTANCE, "2026-09-21"),
    (HEARING, "2026-09-22"),
    (Resumption(to=date(2026, 9, 23)), "2026-09-24"),
    (Prolongation(days=3, approver_id=APPROVER), "2026-09-25"),
    (DENIAL, "2026-09-28"),
    (Sealing(), "2026-09-29"),
    (Completion(), "2026-09-30"),
)


async def test_at_every_step_the_row_is_what_the_ledger_tells(cases: Cases) -> None:
    case = await added(cases, application(complete=False))
    for number, (deed, day) in enumerate(STORY, start=2):
        case = await done(cases, case, deed, moment(day, 12))
        found = await cases.get(case.centre_id, case.id)
        assert found.case == case == await told(cases.engine, case)
        assert found.days == deadlines(case, law(case))
        assert case.version == number
    assert case.stage is Stage.COMPLETED


async def rectified(cases: Cases, case: Case, number: int, when: datetime) -> Case:
    mistake = Mistake(number=number, reason="误登", document="更正单一号", said_by="second")
    taken = rectify(case, mistake, await record(cases.engine, case), law(case), when)
    days = deadlines(taken.case, law(case))
    await cases.move(taken, days, claim(), writing(when), was=case.version)
    return taken.case


async def test_what_is_put_right_from_the_last_act_to_the_first_is_in_row_and_ledger(
    cases: Cases,
) -> None:
    case = await added(cases, application(complete=False))
    for deed, day in STORY:
        case = await done(cases, case, deed, moment(day, 12))
    for number in range(len(STORY) + 1, 0, -1):
        case = await rectified(cases, case, number, at("2026-10-12"))
        found = await cases.get(case.centre_id, case.id)
        assert found.case == case == await told(cases.engine, case)
        assert found.days == deadlines(case, law(case))
    assert (case.stage, case.version) == (Stage.ANNULLED, 2 * (len(STORY) + 1))


async def test_each_act_is_one_entry_and_one_event_with_the_same_id(cases: Cases) -> None:
    case = await added(cases, application())
    case = await done(cases, case, ACCEPTANCE, moment("2026-10-12"))  # silence comes first
    async with cases.engine.connect() as connection:
        of_case = entries.c.centre_id == case.centre_id, entries.c.subject_id == case.id
        written = (await connection.execute(select(entries.c.id).where(*of_case))).scalars()
        sent = select(outbox.c.id, outbox.c.type).where(
            outbox.c.centre_id == case.centre_id, outbox.c.case_id == case.id
        )
        events = (await connection.execute(sent.order_by(outbox.c.id))).all()
    assert {event.id for event in events} == set(written)
    assert [event.type.rpartition(".")[2] for event in events] == [
        "received",
        "deemed_accepted",
        "accepted",
    ]


async def kept(cases: Cases) -> tuple[int, int, int]:
    """How many answers, entries and events there are."""
    async with cases.engine.connect() as connection:
        numbers = []
        for table in (idempotency.idempotency, entries, outbox):
            own = select(func.count()).select_from(table)
            own = own.where(table.c.centre_id == LICENSING.id)
            numbers.append((await connection.execute(own)).scalar_one())
    return numbers[0], numbers[1], numbers[2]


async def test_a_writer_who_was_overtaken_writes_nothing(cases: Cases) -> None:
    case = await added(cases, application())
    await done(cases, case, ACCEPTANCE, moment("2026-09-17", 11))
    before = await kept(cases)
    with pytest.raises(CaseMoved):
        await done(cases, case, ACCEPTANCE, moment("2026-09-17", 12))
    assert await kept(cases) == before


async def test_what_was_computed_with_other_reference_data_is_not_written(cases: Cases) -> None:
    taken = application()
    days = deadlines(taken.case, law(taken.case))
    old = writing(taken.case.received_at, "another version")
    with pytest.raises(ReferenceChanged):
        await cases.add(taken, days, claim(), old, of=LICENCE)
    case = await added(cases, taken)
    moved = take(case, ACCEPTANCE, law(case), moment("2026-09-17", 11))
    before = await kept(cases)
    with pytest.raises(ReferenceChanged):
        await cases.move(moved, days, claim(), old, was=1)
    assert await kept(cases) == before
    assert (await cases.get(case.centre_id, case.id)).case.version == 1


async def test_what_was_computed_for_an_item_that_has_changed_is_not_written(cases: Cases) -> None:
    taken = application()
    days = deadlines(taken.case, law(taken.case))
    another = replace(LICENCE, version=LICENCE.version + 1)
    with pytest.raises(ItemChanged):
        await cases.add(taken, days, claim(), writing(taken.case.received_at), of=another)
    with pytest.raises(NotFound):
        await cases.get(taken.case.centre_id, taken.case.id)


async def test_a_key_that_came_before_moves_nothing(cases: Cases) -> None:
    taken = application()
    days = deadlines(taken.case, law(taken.case))
    first = claim("k")
    await cases.add(taken, days, first, writing(taken.case.received_at), of=LICENCE)
    other = application()
    with pytest.raises(KeyTaken):
        await cases.add(other, days, first, writing(taken.case.received_at), of=LICENCE)
    moved = take(taken.case, ACCEPTANCE, law(taken.case), moment("2026-09-17", 11))
    before = await kept(cases)
    with pytest.raises(KeyTaken):
        await cases.move(moved, days, first, writing(at("2026-09-17", 11)), was=1)
    assert await kept(cases) == before
    assert (await cases.get(LICENSING.id, taken.case.id)).case.version == 1


async def test_the_sweep_enters_each_silence_once_at_the_end_of_the_last_day(
    cases: Cases,
) -> None:
    case = await added(cases, application("2026-09-17"))
    # Nanchang's own text deems the case accepted already at the end of the day of receipt.
    assert await sweep(cases.engine, at("2026-09-17", 23), BOOKS, CALENDARS) == 0
    assert await sweep(cases.engine, at("2026-09-18", 0), BOOKS, CALENDARS) == 1
    assert await sweep(cases.engine, at("2026-09-18", 1), BOOKS, CALENDARS) == 0
    acts = await ledger.acts(cases.engine, case.centre_id, case.id)
    assert [(a.action, a.actor, a.number) for a in acts] == [
        ("receive", "clerk", 1),
        ("deem_accepted", "system", 2),
    ]
    assert acts[1].occurred_at == at("2026-09-18", 0) - timedelta(microseconds=1)
    assert acts[1].rows
    found = await cases.get(case.centre_id, case.id)
    assert found.case.stage is Stage.DEEMED_ACCEPTED
    assert found.case == await told(cases.engine, case)


async def test_the_sweep_changes_no_due_day(cases: Cases) -> None:
    case = await added(cases, application())
    before = (await cases.get(case.centre_id, case.id)).days
    await sweep(cases.engine, at("2026-09-20"), BOOKS, CALENDARS)
    after = (await cases.get(case.centre_id, case.id)).days
    assert after == replace(before, silent_after_on=None)
    assert before.due_on is not None


async def test_sweeps_and_an_act_at_once_enter_silence_once(cases: Cases) -> None:
    taken_in = [await added(cases, application()) for _ in range(10)]
    now = at("2026-09-21")

    async def accept(case: Case) -> None:
        try:
            await done(cases, case, ACCEPTANCE, Moment(occurred_at=now, recorded_at=now))
        except CaseMoved:
            return

    sweeps = [sweep(cases.engine, now, BOOKS, CALENDARS) for _ in range(3)]
    await asyncio.gather(*sweeps, *(accept(case) for case in taken_in))
    for case in taken_in:
        acts = [a.action for a in await ledger.acts(cases.engine, case.centre_id, case.id)]
        assert acts.count("deem_accepted") == 1
        stored = (await cases.get(case.centre_id, case.id)).case
        assert stored == await told(cases.engine, case)


async def test_a_case_is_found_under_its_own_centre_only(cases: Cases) -> None:
    case = await added(cases, application())
    elsewhere = demo.CENTRES[0].id
    for centre_id, case_id in ((elsewhere, case.id), (case.centre_id, UUID(int=1))):
        with pytest.raises(NotFound):
            await cases.get(centre_id, case_id)
