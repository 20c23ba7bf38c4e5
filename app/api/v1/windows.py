"""Windows (窗口): set up, opened, adjusted and closed, each as the centre's regulation lets it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from app.api.deps import RulebooksInForce, Today
from app.api.in_centre import CentreWork, InCentre
from app.api.openapi import responses
from app.api.place import RepositoriesDep, VisibleCentre
from app.api.security import requires
from app.api.uow import WorkRoute
from app.api.v1.schemas.page import next_after
from app.api.v1.schemas.window import (
    ActivationIn,
    AdjustmentIn,
    ClosureIn,
    WindowIn,
    WindowOut,
    WindowsOut,
    WindowsQuery,
)
from app.api.versions import IfMatchVersion, check_version, etag_of
from app.api.wire import Day, Json
from app.db import departments, window_posts, window_requests, windows
from app.db.repositories import Repositories
from app.db.windows import WindowQuery
from app.domain.casework.acts import refuse_personal_values
from app.domain.decision import Finding
from app.domain.organisation.authority import GuardedAct
from app.domain.organisation.centre import Centre
from app.domain.organisation.department import check_there
from app.domain.organisation.window import (
    Window,
    WindowAct,
    WindowChange,
    WindowChapter,
    WindowKind,
    WindowStage,
    assessed_kinds,
    is_approved_in_kind,
    is_decided_on,
    is_manned,
    is_requested,
)
from app.domain.organisation.window_request import WindowRequest, covering
from app.domain.rulebook import Rulebooks

router = APIRouter(tags=["窗口"], route_class=WorkRoute)

WINDOWS: Final = "/centres/{centre}/windows"
WINDOW: Final = WINDOWS + "/{window_id}"
READS: Final = [requires("centres:read")]
WRITES: Final = [requires("organisation:write")]
ENTERED: Final = responses(409)
CHANGED: Final = responses(409, 412, 428)
OnDay = Annotated[Day | None, Query(description="查哪一日日终的状态；默认今日")]


@dataclass(frozen=True, slots=True)
class Hall:
    """A centre whose windows are read, under whichever edition governs it on the day."""

    centre: Centre
    kept: Repositories
    books: Rulebooks
    today: date

    def assessed(self, on: date) -> frozenset[WindowKind]:
        """The kinds of window that the centre assesses on that day."""
        regulation = self.centre.on(on).regulation
        return assessed_kinds(self.books.in_force(regulation, on).windows)


async def hall(
    centre: VisibleCentre, kept: RepositoriesDep, books: RulebooksInForce, today: Today
) -> Hall:
    """The centre of the path, to read its windows."""
    return Hall(centre, kept, books, today)


HallHere = Annotated[Hall, Depends(hall)]


@router.get(WINDOWS, summary="中心的窗口", dependencies=READS)
async def list_windows(at: HallHere, query: Annotated[WindowsQuery, Query()]) -> WindowsOut:
    """某日日终的窗口，按 id 排序；可按部门、类别、状态筛选，`assessed` 列出由中心考核的。"""
    on = query.on or at.today
    kinds = at.assessed(on)
    asked = WindowQuery(
        on=on,
        department_id=query.department_id,
        kind=query.kind,
        stage=query.stage,
        assessed=query.assessed,
        assessed_kinds=kinds,
    )
    async with at.kept.engine.connect() as connection:
        found = await windows.listed(
            connection, at.centre.id, asked, after=query.after, limit=query.limit
        )
    items = tuple(WindowOut.of(each, kinds) for each in found)
    return WindowsOut(items=items, next=next_after(found, query.limit))


@router.get(WINDOW, summary="一个窗口", dependencies=READS)
async def read_window(
    window_id: UUID, at: HallHere, response: Response, on: OnDay = None
) -> WindowOut:
    """其类别、部门、编号、批准与状态；`on` 查当日的，此后的变动不计。"""
    day = on or at.today
    async with at.kept.engine.connect() as connection:
        window = await windows.get(connection, at.centre.id, window_id, day)
    response.headers["ETag"] = etag_of(window.version)
    return WindowOut.of(window, at.assessed(day))


@router.post(
    WINDOWS,
    summary="设立窗口",
    status_code=201,
    response_model=WindowOut,
    dependencies=WRITES,
    responses=ENTERED,
)
async def create_window(body: Json[WindowIn], here: InCentre) -> Response:
    """先筹设，启用之后开放；规章要求的理由、批准文号与特殊原因在设立时审查。"""
    window = body.window(here.on, here.book.windows)
    here.work.subject = ("window", window.id)
    entitled = await here.entitled(GuardedAct.SET_WINDOW, department_id=window.department_id)
    await _check_department(here, window)
    decision = here.judge("create_window", _set_up(here.book.windows, window))
    await windows.add(here.connection, here.centre.id, window, here.work.now)
    rows = dict.fromkeys((*entitled.rows, *decision.rows))
    await here.work.enter("created", _facts(window), rows=tuple(rows))
    return await _answered(here, window)


@router.post(
    WINDOW + "/activation",
    summary="启用窗口",
    status_code=201,
    response_model=WindowOut,
    dependencies=WRITES,
    responses=CHANGED,
)
async def activate_window(
    window_id: UUID, body: Json[ActivationIn], here: InCentre, if_match: IfMatchVersion = None
) -> Response:
    """自此日起开放；今日须有规章要求的审定与人员：首席代表、工作人员、专人或主管领导。"""
    changing = await _begun(here, window_id, if_match)
    opened = changing.window.opened(body.since_day(here.on))
    return await changing.made(WindowAct.ACTIVATE, opened)


@router.post(
    WINDOW + "/adjustment",
    summary="调整窗口",
    status_code=201,
    response_model=WindowOut,
    dependencies=WRITES,
    responses=CHANGED,
)
async def adjust_window(
    window_id: UUID, body: Json[AdjustmentIn], here: InCentre, if_match: IfMatchVersion = None
) -> Response:
    """自今日起改名称、编号、类别或部门，此前的仍可按日查阅；须先申请的，内容与所审定的一致。"""
    change, papers = body.change.change(), body.papers(here.on)
    changing = await _begun(here, window_id, if_match)
    adjusted = changing.window.adjusted(
        change, papers, here.book.windows, on=here.on, reason=body.reason
    )
    return await changing.made(WindowAct.ADJUST, adjusted, change)


@router.post(
    WINDOW + "/closure",
    summary="撤销窗口",
    status_code=201,
    response_model=WindowOut,
    dependencies=WRITES,
    responses=CHANGED,
)
async def close_window(
    window_id: UUID, body: Json[ClosureIn], here: InCentre, if_match: IfMatchVersion = None
) -> Response:
    """自今日起不再开放，不可恢复；登记仍留存。"""
    refuse_personal_values(body)
    changing = await _begun(here, window_id, if_match)
    closed = changing.window.closed(here.on, body.reason)
    return await changing.made(WindowAct.CLOSE, closed)


@dataclass(frozen=True, slots=True)
class Changing:
    """A window whose turn was taken, and the rows by which the caller may change it."""

    here: CentreWork
    window: Window
    rows: tuple[str, ...]

    async def made(
        self, act: WindowAct, after: Window, change: WindowChange | None = None
    ) -> Response:
        """Judge the change, write it, use up the request that it rests on, and answer."""
        here = self.here
        if act is not WindowAct.CLOSE:
            await _check_department(here, after, turn=True)
        request = await self._request(act, change)
        findings = await self._weighed(act, after, approved=request is not None)
        decision = here.judge(f"{act}_window", findings)
        await windows.save(here.connection, here.centre.id, after, here.work.now)
        facts = _facts(after)
        if change is not None:
            facts["changed"] = sorted(change.stated)
        if request is not None:
            done = request.carried_out(here.on)
            await window_requests.save(here.connection, here.centre.id, done)
            facts["request_id"] = str(request.id)
        rows = dict.fromkeys((*self.rows, *decision.rows))
        await here.work.enter(_DONE[act], facts, rows=tuple(rows))
        return await _answered(here, after)

    async def _request(self, act: WindowAct, change: WindowChange | None) -> WindowRequest | None:
        here = self.here
        approved = await window_requests.approved(here.connection, here.centre.id, self.window.id)
        return covering(approved, act, change)

    async def _weighed(self, act: WindowAct, after: Window, *, approved: bool) -> list[Finding]:
        here, chapter = self.here, self.here.book.windows
        findings = list(is_requested(chapter, act, approved=approved))
        if act is not WindowAct.ACTIVATE:
            findings += is_decided_on(chapter, after.reason)
        if act is not WindowAct.CLOSE:
            findings += is_approved_in_kind(chapter, after.kind, after.papers)
        if self._begins_for_a_department(after):
            held = await window_posts.held(here.connection, here.centre.id, after, here.on)
            findings += is_manned(chapter, held)
        return findings

    def _begins_for_a_department(self, after: Window) -> bool:
        was = self.window
        begins = was.stage is not after.stage or was.department_id != after.department_id
        return begins and after.stage is WindowStage.ACTIVE and after.department_id is not None


_DONE: Final = {
    WindowAct.ACTIVATE: "opened",
    WindowAct.ADJUST: "adjusted",
    WindowAct.CLOSE: "closed",
}


async def _begun(here: CentreWork, window_id: UUID, if_match: str | None) -> Changing:
    """Take one's turn to change a window. Raises NotFound, RefusedByRegulation, VersionMissing,
    ChangedMeanwhile."""
    here.work.subject = ("window", window_id)
    window = await windows.turn(here.connection, here.centre.id, window_id)
    entitled = await here.entitled(GuardedAct.SET_WINDOW, department_id=window.department_id)
    check_version(window.version, if_match)
    return Changing(here, window, entitled.rows)


async def _check_department(here: CentreWork, window: Window, *, turn: bool = False) -> None:
    """Raises NotFound, DepartmentNotAtCentre. With `turn` nobody changes its posts meanwhile."""
    if window.department_id is None:
        return
    read = departments.turn if turn else departments.get
    department = await read(here.connection, here.centre.id, window.department_id)
    check_there(department, window.since, here.on)


def _set_up(chapter: WindowChapter, window: Window) -> Iterator[Finding]:
    yield from is_decided_on(chapter, window.reason)
    yield from is_approved_in_kind(chapter, window.kind, window.papers)


def _facts(window: Window) -> dict[str, object]:
    return {
        "stage": window.stage.value,
        "kind": window.kind.value,
        "department_id": window.department_id and str(window.department_id),
        "since": window.since.isoformat(),
        "version": window.version,
    }


async def _answered(here: CentreWork, window: Window) -> Response:
    out = WindowOut.of(window, assessed_kinds(here.book.windows))
    return await here.answer(out, window, "windows")
