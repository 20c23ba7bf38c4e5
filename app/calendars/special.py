"""Special days over the files (特别日叠加): the calendars as they are in force at this moment."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from types import MappingProxyType

from app.calendars.load import Calendars
from app.domain.calendar import WorkingCalendar
from app.domain.special_day import NATIONAL, SpecialDay, held_together


def laid_over(calendars: Calendars, days: Iterable[SpecialDay]) -> Calendars:
    """The calendars with these special days over what the files say, and with no others.

    Of two orders for one day that of the nearer place stands, and an entry stands over a file. The
    version is that of the files where there are no days, and another one for other days.
    """
    files = calendars.files or calendars
    standing = [day for day in days if day.revoked is None]
    if not standing:
        return files
    version = _digest(files, standing)
    places = {*files.local, *(day.jurisdiction for day in standing)} - {NATIONAL}
    made = {place: _calendar(files, standing, place, version) for place in places}
    return replace(
        files,
        national=_calendar(files, standing, NATIONAL, version),
        local=MappingProxyType(made),
        version=version,
        files=files,
    )


def _calendar(
    files: Calendars, standing: Sequence[SpecialDay], place: str, version: str
) -> WorkingCalendar:
    base = files.of(place)
    days = held_together(standing, place)
    complete = {day.on.year for day in days if day.completes_year}
    years = base.regional_years
    return replace(
        base,
        jurisdiction=place,
        ordered=(*base.ordered, *(day.ordered for day in days)),
        regional_years=None if years is None else years | complete,
        version=version,
    )


def _digest(files: Calendars, standing: Sequence[SpecialDay]) -> str:
    """Over all that an answer says of these days, whatever order they were read in."""
    said = sorted((_said(day) for day in standing), key=lambda day: str(day["id"]))
    text = json.dumps([files.version, said], ensure_ascii=False, sort_keys=True)
    return sha256(text.encode()).hexdigest()


def _said(day: SpecialDay) -> Mapping[str, object]:
    document = day.document
    return {
        "id": str(day.id),
        "jurisdiction": day.jurisdiction,
        "on": day.on.isoformat(),
        "works": day.works,
        "kind": day.kind,
        "name": day.name,
        "completes_year": day.completes_year,
        "title": document.title,
        "number": document.number,
        "issued_on": document.issued_on and document.issued_on.isoformat(),
    }
