"""Settings (中心设置): what the regulation leaves to the centre, set from a day on."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from app.api.deps import Today
from app.api.in_centre import InCentre
from app.api.openapi import responses
from app.api.place import RepositoriesDep, VisibleCentre
from app.api.security import requires
from app.api.uow import WorkRoute
from app.api.v1.schemas.setting import SettingIn, SettingOut, SettingsOut, SettingVersionOut
from app.api.wire import Day, Json
from app.db import centre_settings, centres
from app.domain.organisation.setting import CATALOGUE, SettingTooSoon, check, in_force

router = APIRouter(tags=["中心"], route_class=WorkRoute)

SETTINGS: Final = "/centres/{centre}/settings"
OnDay = Annotated[Day | None, Query(description="查哪一日的取值；默认今日")]


@router.get(SETTINGS, summary="中心的设置", dependencies=[requires("centres:read")])
async def list_settings(
    centre: VisibleCentre, kept: RepositoriesDep, today: Today, on: OnDay = None
) -> SettingsOut:
    """规章未写数字、留给中心的内容：单位、所据条目与取值；没有设置的为 null，不作推定。"""
    day = on or today
    async with kept.engine.connect() as connection:
        versions = await centre_settings.versions(connection, centre.id)
    now, regulation = in_force(versions, day), centre.on(day).regulation
    return SettingsOut(
        on=day,
        items=tuple(
            SettingOut.of(setting, regulation, now.get(setting.key))
            for setting in CATALOGUE.values()
        ),
        versions=tuple(SettingVersionOut.of(each, CATALOGUE[each.key]) for each in versions),
    )


@router.post(
    SETTINGS,
    summary="填写一项设置",
    status_code=201,
    response_model=SettingVersionOut,
    dependencies=[requires("centres:write")],
    responses=responses(409),
)
async def set_setting(body: Json[SettingIn], here: InCentre) -> Response:
    """自当日或以后的一日起；此前各版留存，此前的认定不因之改变。取值或单位不符的 422。"""
    here.work.subject = ("centre", here.centre.id)
    setting = check(body.key, body.value, body.unit)
    made = body.version(
        here.centre.id, by=here.work.caller.subject, at=here.work.now, today=here.on
    )
    if made.since < here.on:
        raise SettingTooSoon(here.on)
    await centres.turn(here.connection, here.centre.id)
    await centre_settings.add(here.connection, made)
    facts = {"key": made.key, "since": made.since.isoformat(), "unit": setting.unit}
    await here.work.enter("set", facts, rows=setting.rows)
    return await here.work.answer(SettingVersionOut.of(made, setting))
