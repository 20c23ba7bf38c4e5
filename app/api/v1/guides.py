"""Guides (办事指南): drafted, made public when they are complete, filed, and kept by version."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from app.api.in_centre import CentreWork, InCentre
from app.api.openapi import responses
from app.api.security import requires
from app.api.uow import WorkRoute
from app.api.v1.item_desk import ReadingHere
from app.api.v1.schemas.guide import (
    DemandsQuery,
    DemandValues,
    GuideFilingIn,
    GuideIn,
    GuideOut,
    GuidesOut,
    GuidesQuery,
    PublicationIn,
    PublishedGuideOut,
    SheetsOut,
    sheet_out,
)
from app.api.v1.schemas.ruling import RulingOut, ruling_out
from app.api.versions import IfMatchVersion, check_version, etag_of
from app.api.wire import Json
from app.db import forms, guides, items
from app.db.ids import uuid7
from app.domain.casework.acts import refuse_personal_values
from app.domain.errors import NotFound
from app.domain.items.form import FormKind
from app.domain.items.guide_sheet import sheet
from app.domain.items.guide_version import (
    Filing,
    Guide,
    GuideContent,
    GuideFiled,
    GuideOvertaken,
    GuidePublished,
    Publishing,
    days_of,
    in_force,
)
from app.domain.items.item import ServiceItem
from app.domain.items.publication import (
    Channel,
    Publishable,
    beyond_guide,
    may_be_asked,
    may_be_made_public,
    missing_parts,
)
from app.domain.judging import judged
from app.domain.organisation.authority import GuardedAct
from app.domain.rulebook import Rulebook

router = APIRouter(tags=["事项与指南"], route_class=WorkRoute)

GUIDES: Final = "/centres/{centre}/items/{item_id}/guides"
GUIDE: Final = GUIDES + "/{guide_id}"
DEMANDS: Final = "/centres/{centre}/items/{item_id}/demands"
READS: Final = [requires("centres:read")]
WRITES: Final = [requires("items:write")]
ENTERED: Final = responses(409)
CHANGED: Final = responses(409, 412, 428)


@dataclass(frozen=True, slots=True)
class Changing:
    """A version of a guide whose item is locked, and the other versions."""

    here: CentreWork
    item: ServiceItem
    guide: Guide
    versions: Sequence[Guide]

    async def kept(self, guide: Guide) -> Guide:
        """Write the version, in force if all that is needed has been done."""
        needs = needs_filing(self.here.book, guide, self.versions)
        after = guide.changed().taking_effect(needs_filing=needs)
        await guides.save(self.here.connection, self.here.centre.id, after)
        return after

    async def told(self, action: str, guide: Guide, rows: tuple[str, ...]) -> Response:
        """Enter what was done, and answer with the version."""
        await self.here.work.enter(action, _facts(guide), rows=rows)
        return await self.answer(self.out(guide), guide)

    async def answer(self, out: GuideOut, guide: Guide) -> Response:
        return await self.here.answer(out, guide, f"items/{self.item.id}/guides")

    def out(self, guide: Guide) -> GuideOut:
        others = [each for each in self.versions if each.id != guide.id]
        return _out(self.here.book, guide, [guide, *others])


async def begun(
    item_id: UUID, guide_id: UUID, here: InCentre, if_match: IfMatchVersion = None
) -> Changing:
    """Take one's turn to change an item's guides. Raises NotFound, VersionMissing,
    ChangedMeanwhile."""
    here.work.subject = ("guide", guide_id)
    item = await items.lock(here.connection, here.centre.id, item_id)
    guide = await guides.get(here.connection, here.centre.id, item_id, guide_id)
    check_version(guide.version, if_match)
    every = await guides.versions(here.connection, here.centre.id, item_id)
    return Changing(here, item, guide, every)


ChangingHere = Annotated[Changing, Depends(begun)]


def needs_filing(book: Rulebook, guide: Guide, versions: Iterable[Guide]) -> bool:
    """Whether the version changes what has been public, where the text wants that filed."""
    earlier = any(each.published and each.number < guide.number for each in versions)
    return earlier and book.publication.filing is not None


@router.get(GUIDES, summary="事项的办事指南", dependencies=READS)
async def list_guides(
    item_id: UUID, at: ReadingHere, query: Annotated[GuidesQuery, Query()]
) -> GuidesOut:
    """各版指南及其现行的起止日，新的在前；填 `on` 只列该日现行的一版。"""
    async with at.kept.engine.connect() as connection:
        await items.get(connection, at.centre.id, item_id)
        every = await guides.versions(connection, at.centre.id, item_id)
    current = in_force(every, query.on) if query.on else None
    chosen = [each for each in every if query.on is None or each is current]
    return GuidesOut(items=[_out(at.book(at.today), each, every) for each in chosen])


@router.get(GUIDE, summary="一版办事指南", dependencies=READS)
async def read_guide(
    item_id: UUID, guide_id: UUID, at: ReadingHere, response: Response
) -> GuideOut:
    """各要素、公布的渠道、备案，以及现行的起止日。"""
    async with at.kept.engine.connect() as connection:
        guide = await guides.get(connection, at.centre.id, item_id, guide_id)
        every = await guides.versions(connection, at.centre.id, item_id)
    response.headers["ETag"] = etag_of(guide.version)
    return _out(at.book(at.today), guide, every)


@router.get(GUIDE + "/outputs", summary="指南在各渠道的版面", dependencies=READS)
async def read_guide_outputs(item_id: UUID, guide_id: UUID, at: ReadingHere) -> SheetsOut:
    """统一格式的版面，每个渠道一份；未公布的给出全部渠道的样稿。"""
    async with at.kept.engine.connect() as connection:
        item = await items.get(connection, at.centre.id, item_id)
        guide = await guides.get(connection, at.centre.id, item_id, guide_id)
    channels = guide.published.channels if guide.published else tuple(Channel)
    drawn = [sheet(item.name, guide.content, Channel(each)) for each in channels]
    return SheetsOut(items=[sheet_out(each) for each in drawn])


@router.get(
    DEMANDS,
    summary="所要求的材料是否超出指南",
    dependencies=READS,
    response_model=RulingOut[DemandValues],
)
async def rule_on_demands(
    item_id: UUID, at: ReadingHere, query: Annotated[DemandsQuery, Query()]
) -> object:
    """按收件之日现行的一版核对所要求的材料；不论是否超出均为 200。"""
    async with at.kept.engine.connect() as connection:
        await items.get(connection, at.centre.id, item_id)
        found = await guides.in_force(connection, at.centre.id, [item_id], query.received_on)
    book, guide = at.book(query.received_on), found.get(item_id)
    content = None if guide is None else guide.content
    findings = beyond_guide(book.publication, content, query.material)
    values = DemandValues(
        guide_id=None if guide is None else guide.id, number=None if guide is None else guide.number
    )
    return ruling_out(judged("demands", book, at.today, findings, values))


@router.post(
    GUIDES,
    summary="起草办事指南",
    status_code=201,
    response_model=GuideOut,
    dependencies=WRITES,
    responses=ENTERED,
)
async def draft_guide(item_id: UUID, body: Json[GuideIn], here: InCentre) -> Response:
    """新的一版，公布之前可以修改；已公布的内容有变的也由此新增一版，此前的各版仍可查阅。"""
    item = await items.lock(here.connection, here.centre.id, item_id)
    content = body.content.stated()
    await _check_samples(here, item, content)
    guide = Guide(
        id=uuid7(),
        item_id=item.id,
        number=await guides.next_number(here.connection, here.centre.id, item.id),
        version=1,
        content=content,
        since=body.since or here.on,
    )
    here.work.subject = ("guide", guide.id)
    decision = here.judge("draft_guide", may_be_asked(here.book.publication, content))
    await guides.add(here.connection, here.centre.id, guide)
    every = await guides.versions(here.connection, here.centre.id, item.id)
    return await Changing(here, item, guide, every).told("drafted", guide, decision.rows)


@router.post(
    GUIDE + "/revision",
    summary="修改未公布的指南",
    status_code=201,
    response_model=GuideOut,
    dependencies=WRITES,
    responses=CHANGED,
)
async def revise_guide(body: Json[GuideIn], at: ChangingHere) -> Response:
    """以所给的内容整体替换；已公布或已备案的不能修改，请新增一版。"""
    if at.guide.published is not None:
        raise GuidePublished(at.guide.number)
    if at.guide.filed is not None:
        raise GuideFiled(at.guide.number)
    content = body.content.stated()
    await _check_samples(at.here, at.item, content)
    decision = at.here.judge("revise_guide", may_be_asked(at.here.book.publication, content))
    revised = replace(at.guide, content=content, since=body.since or at.guide.since)
    return await at.told("revised", await at.kept(revised), decision.rows)


@router.post(
    GUIDE + "/publication",
    summary="公布办事指南",
    status_code=201,
    response_model=PublishedGuideOut,
    dependencies=WRITES,
    responses=CHANGED,
)
async def publish_guide(body: Json[PublicationIn], at: ChangingHere) -> Response:
    """要素齐全、渠道合乎规章的方可公布，缺的逐一列出；每个渠道给出一份版面。"""
    here, guide = at.here, at.guide
    entitled = await here.entitled(GuardedAct.PUBLISH_GUIDE, department_id=at.item.department_id)
    _check_unpublished(guide, at.versions)
    channels = tuple(dict.fromkeys(body.channels))
    rows = await _check_complete(at, channels)
    by = here.work.caller.subject
    published = Publishing(on=here.on, by=by, channels=tuple(map(str, channels)))
    after = await at.kept(replace(guide, published=published))
    await here.work.enter("published", _facts(after), rows=(*entitled.rows, *rows))
    drawn = [sheet(at.item.name, after.content, each) for each in channels]
    outputs = [sheet_out(each) for each in drawn]
    out = PublishedGuideOut(**at.out(after).model_dump(), outputs=outputs)
    return await at.answer(out, after)


@router.post(
    GUIDE + "/filing",
    summary="指南变动的备案",
    status_code=201,
    response_model=GuideOut,
    dependencies=WRITES,
    responses=CHANGED,
)
async def file_guide(body: Json[GuideFilingIn], at: ChangingHere) -> Response:
    """已公开的内容有变的，规章要求备案的自备案之日起生效；原来的一版到前一日为止。"""
    refuse_personal_values(body)
    here = at.here
    entitled = await here.entitled(GuardedAct.FILE_GUIDE, department_id=at.item.department_id)
    if at.guide.filed is not None:
        raise GuideFiled(at.guide.number)
    filed = Filing(on=here.on, by=here.work.caller.subject, number=body.number)
    return await at.told("filed", await at.kept(replace(at.guide, filed=filed)), entitled.rows)


async def _check_samples(here: CentreWork, item: ServiceItem, content: GuideContent) -> None:
    """Raises NotFound: a sample is a form of the same item."""
    named = {each.sample_form_id for each in content.materials} - {None}
    if named:
        kept = await forms.versions(here.connection, here.centre.id, item.id)
        for unknown in named - {form.form_id for form in kept}:
            raise NotFound("该事项的示范文本", unknown)


def _check_unpublished(guide: Guide, versions: Iterable[Guide]) -> None:
    """Raises GuidePublished, GuideOvertaken."""
    if guide.published is not None:
        raise GuidePublished(guide.number)
    if any(each.published and each.number > guide.number for each in versions):
        raise GuideOvertaken(guide.number)


async def _check_complete(at: Changing, channels: tuple[Channel, ...]) -> tuple[str, ...]:
    """The rows under which the version may be public. Raises RefusedByRegulation, whose values name
    what is missing."""
    here, book = at.here, at.here.book
    day = max(here.on, at.guide.since)
    forms_then = await forms.current(here.connection, here.centre.id, [at.item.id], day)
    facts = Publishable(
        content=at.guide.content,
        item_class=at.item.item_class,
        sampled=any(form.kind is FormKind.SAMPLE for form in forms_then),
        channels=channels,
    )
    found = [
        *may_be_made_public(book.guide, book.publication, facts),
        *may_be_asked(book.publication, at.guide.content),
    ]
    values = missing_parts(found)
    return judged("publish_guide", book, here.on, found, values).require().rows


def _facts(guide: Guide) -> dict[str, object]:
    published = guide.published
    return {
        "item_id": str(guide.item_id),
        "number": guide.number,
        "version": guide.version,
        "since": guide.since.isoformat(),
        "channels": list(published.channels) if published else [],
        "effective_on": guide.effective_on and guide.effective_on.isoformat(),
    }


def _out(book: Rulebook, guide: Guide, every: Sequence[Guide]) -> GuideOut:
    until: date | None = {each.id: last for each, last in days_of(every)}[guide.id]
    waits = needs_filing(book, guide, every) and guide.filed is None
    return GuideOut.of(guide, until, awaits_filing=waits)
