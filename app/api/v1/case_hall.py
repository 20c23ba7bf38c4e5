"""The hall (大厅): what the organisation of a centre says to an act on a case of one of its
departments: the window, the mandate, the head, the seal."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from app.api.in_centre import standing_of
from app.api.security import Caller
from app.api.v1.schemas.case import ReceiptIn
from app.db import (
    appointments,
    approval_steps,
    centre_settings,
    delegations,
    entrusted_cases,
    guides,
    item_placements,
    item_windows,
    mandates,
    windows,
)
from app.db.repositories import Repositories
from app.db.uow import Connection
from app.domain.casework.acts import Acceptance, Completion, Deciding, Notice, Sealing
from app.domain.casework.approval_step import are_taken
from app.domain.casework.case import Act, Case, Deed
from app.domain.casework.case_facts import ItemKind
from app.domain.casework.favour import may_be_favoured
from app.domain.casework.handling import (
    Where,
    WindowNotOpen,
    is_done_at_its_window,
    is_headed,
    said_of_head,
)
from app.domain.day import local_day
from app.domain.decision import Answer, Caution, Finding
from app.domain.items.exemption import Where as Placed
from app.domain.items.item import ServiceItem
from app.domain.items.publication import beyond_guide
from app.domain.organisation import delegation
from app.domain.organisation.appointment import Office
from app.domain.organisation.authority import Body, Concerned, GuardedAct, Standing, who_may
from app.domain.organisation.centre import Centre
from app.domain.organisation.mandate import Power, Wanted, covers
from app.domain.organisation.setting import STRICT, in_force
from app.domain.organisation.window import Window, WindowStage
from app.domain.rulebook import Rulebook

NOTHING: Final[Answer[UUID | None]] = Answer((), None)
HEAD_MODE: Final = "approval_head_mode"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """A centre on a legal day, under the edition of the case, for one caller.

    An item without a department stands outside the organisation: nothing is read of it.
    """

    kept: Repositories
    centre: Centre
    book: Rulebook
    on: date
    caller: Caller

    async def at_receipt(self, item: ServiceItem, said: ReceiptIn) -> Answer[UUID | None]:
        """May the application be taken in there; the values are the window. Raises NotFound,
        WindowNotOpen."""
        named = said.window_id
        if item.department_id is None and named is None:
            return NOTHING
        favour = said.favour if item.department_id else None
        found = tuple(may_be_favoured(self.book.favour, favour)) if favour else ()
        async with self.kept.engine.connect() as connection:
            asked = _AtWindow(self, connection, item.id, item.department_id)
            if said.outside_hall:
                window = await asked.open_window(named)
                return Answer(found, window.id if window else None)
            there = await asked.taken_in(Act.RECEIVE, named)
            return replace(there, findings=(*found, *there.findings))

    async def at_act(self, case: Case, deed: Deed) -> Answer[UUID | None]:
        """What the organisation says to the deed. Raises NotFound, WindowNotOpen."""
        if not _concerns(case, deed):
            return NOTHING
        async with self.kept.engine.connect() as connection:
            match deed:
                case Notice():
                    return Answer(tuple(await self._demanded(connection, case, deed)), None)
                case Acceptance():
                    return await self._accepted(connection, case, deed)
                case Completion():
                    return await self._handed_out(connection, case, deed)
                case Deciding():
                    return Answer(tuple(await self._decided(connection, case)), None)
                case _:
                    using = (GuardedAct.SEAL_CASE, Power.SEAL)
            return Answer(tuple(await self._empowered(connection, case, *using)), None)

    async def _decided(self, connection: Connection, case: Case) -> Iterable[Finding]:
        """Who decides, and whether an ordinary item was reviewed and verified before."""
        using = (GuardedAct.DECIDE_CASE, Power.DECIDE)
        found = await self._empowered(connection, case, *using)
        rule = self.book.handling.steps
        if rule is None:
            return found
        stated = await approval_steps.stated_of(connection, self.centre.id, case.item_id)
        if not rule.terms.bind(stated):
            return found
        taken = await approval_steps.taken_of(connection, self.centre.id, case.id)
        return (*found, *are_taken(rule, stated, taken))

    async def _demanded(
        self, connection: Connection, case: Case, deed: Notice
    ) -> Iterable[Finding]:
        received_on = local_day(case.received_at)
        found = await guides.in_force(connection, self.centre.id, [case.item_id], received_on)
        guide = found.get(case.item_id)
        return beyond_guide(
            self.book.publication, guide.content if guide else None, deed.materials or ()
        )

    async def _accepted(
        self, connection: Connection, case: Case, deed: Acceptance
    ) -> Answer[UUID | None]:
        asked = _AtWindow(self, connection, case.item_id, case.department_id)
        there = await asked.taken_in(deed.act, deed.window_id or case.window_id)
        found, said = await self._headed(connection, case.department_id)
        return Answer((*there.findings, *found), there.values, said)

    async def _headed(
        self, connection: Connection, department_id: UUID | None
    ) -> tuple[tuple[Finding, ...], tuple[Caution, ...]]:
        chapter = self.book.handling
        if chapter.head is None or department_id is None:
            return (), ()
        head = await appointments.holder(
            connection, self.centre.id, Office.APPROVAL_OFFICE_HEAD, department_id, self.on
        )
        settings = in_force(await centre_settings.versions(connection, self.centre.id), self.on)
        mode = settings.get(HEAD_MODE)
        headed, strict = head is not None, mode is not None and mode.value == STRICT
        found = tuple(is_headed(chapter, headed=headed, strict=strict))
        return found, said_of_head(chapter, headed=headed, strict=strict)

    async def _handed_out(
        self, connection: Connection, case: Case, deed: Completion
    ) -> Answer[UUID | None]:
        asked = _AtWindow(self, connection, case.item_id, case.department_id)
        at = deed.window_id or case.window_id
        there = await asked.taken_in(deed.act, at)
        return Answer((*there.findings, *await asked.brought_back(case)), there.values)

    async def _empowered(
        self, connection: Connection, case: Case, act: GuardedAct, power: Power
    ) -> Iterable[Finding]:
        """Who names no body has the scope alone; a department that acts itself needs no mandate,
        its window does."""
        by = await self._standing(connection)
        concerned = Concerned(
            level=self.centre.level,
            department_id=case.department_id,
            instant=case.item.kind is ItemKind.INSTANT,
        )
        found = list(who_may(self.book.authority, act, by, concerned)) if by.bodies else []
        if self.book.mandates.required is None or _itself(by, case.department_id):
            return found
        held = await mandates.of_item(connection, self.centre.id, case.item_id, case.department_id)
        wanted = Wanted(item_id=case.item_id, power=power, on=self.on, window_id=case.window_id)
        return (*found, *covers(self.book.mandates, held, wanted))

    async def _standing(self, connection: Connection) -> Standing:
        """Whom the caller speaks for that day."""
        if not standing_of(self.caller).bodies:
            return Standing()
        offices = await appointments.held_by(
            connection, self.centre.id, self.caller.subject, self.on
        )
        return standing_of(self.caller, offices)


@dataclass(frozen=True, slots=True)
class _AtWindow:
    """An act at a window on an item of a department."""

    hall: Hall
    connection: Connection
    item_id: UUID
    department_id: UUID | None

    async def taken_in(self, act: Act, named: UUID | None) -> Answer[UUID | None]:
        """What the texts say to the window; the values are the window that is meant."""
        book = self.hall.book
        if self.department_id is None or not (book.handling.window or book.delegations.approval):
            window = await self.open_window(named)
            return Answer((), window.id if window else None)
        held = await self._entrusted(self.department_id)
        where = await self._where(named, held)
        window = await self.open_window(where.window)
        findings = list(is_done_at_its_window(book.handling, act, where))
        if window is not None and act is not Act.COMPLETE:
            wanted = delegation.Acceptance(
                window_id=window.id,
                window_department_id=window.department_id,
                department_id=self.department_id,
                item_id=self.item_id,
                on=self.hall.on,
            )
            findings += delegation.may_accept_for(book.delegations, wanted, held)
        return Answer(tuple(findings), where.window)

    async def open_window(self, id_: UUID | None) -> Window | None:
        """Raises NotFound, WindowNotOpen."""
        if id_ is None:
            return None
        found = await windows.known(self.connection, self.hall.centre.id, id_, self.hall.on)
        if found.stage is not WindowStage.ACTIVE:
            raise WindowNotOpen(found.stage)
        return found

    async def brought_back(self, case: Case) -> tuple[Finding, ...]:
        """What another department's window owes before it hands the result out."""
        rule, at = self.hall.book.delegations, case.window_id
        if rule.steps is None or at is None or self.department_id is None:
            return ()
        window = await windows.known(self.connection, self.hall.centre.id, at, self.hall.on)
        if window.department_id == self.department_id:
            return ()
        entrusted = await entrusted_cases.of_case(self.connection, self.hall.centre.id, case.id)
        steps = entrusted.steps if entrusted else ()
        done = (delegation.Step.ACCEPT, *(one.step for one in steps))
        return tuple(delegation.may_follow(rule, done, delegation.Step.COMPLETE))

    async def _entrusted(self, department_id: UUID) -> tuple[delegation.Delegation, ...]:
        return await delegations.reaching(
            self.connection, self.hall.centre.id, department_id, self.item_id, self.hall.on
        )

    async def _where(self, named: UUID | None, held: tuple[delegation.Delegation, ...]) -> Where:
        centre, on = self.hall.centre.id, self.hall.on
        assigned = await item_windows.known(self.connection, centre, self.item_id, on)
        placed = await item_placements.of_items(self.connection, centre, [self.item_id], on)
        entrusted = [one.window_id for one in held if one.reaches(self.item_id, on)]
        there = placed.get(self.item_id)
        return Where(
            named=named,
            served_at=tuple(dict.fromkeys((*assigned, *entrusted))),
            in_hall=there is None or there.where is Placed.IN_HALL,
        )


def _concerns(case: Case, deed: Deed) -> bool:
    """Whether the organisation has anything to say: of a case of a department, and of a notice
    that names what is demanded."""
    if isinstance(deed, Notice):
        return bool(deed.materials)
    return case.department_id is not None and isinstance(
        deed, Acceptance | Completion | Deciding | Sealing
    )


def _itself(by: Standing, department_id: UUID | None) -> bool:
    """Whether it is the department that acts, and not one of its people at the window."""
    at_the_window = Body.WINDOW_CLERK in by.bodies or by.offices
    return not at_the_window and by.speaks_for(Body.DEPARTMENT, department_id)
