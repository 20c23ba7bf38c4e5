"""The cases of a demonstration centre (演示办件): what becomes of each application."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from app.demo.asking import LOADER, Asking, Json, Made
from app.demo.items import MATERIALS, Served
from app.domain.day import SHANGHAI

ELEMENTS: Final = (
    "legal_basis",
    "statutory_limit",
    "promised_limit",
    "preconditions",
    "process",
    "materials",
    "forms_sample",
    "seal",
    "date",
    "reason",
    "remedies",
    "competent_authority",
)
HOUR: Final = timedelta(hours=1)
_FRIDAY: Final = 4


@dataclass(frozen=True, slots=True)
class Step:
    """An act, as a path below the case, with its body."""

    act: str
    body: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of an application that was handed in complete, or not.

    Of any item or only of licences, everywhere or only where the text has that provision; received
    so many days ago, with so much time from act to act.
    """

    name: str
    steps: tuple[Step, ...] = ()
    complete: bool = True
    licence: bool = False
    under: str | None = None
    age: int = 0
    pace: timedelta = HOUR


NOTICE: Final = Step(
    "notice",
    {
        "form": "written",
        "channel": "window",
        "corrections": [f"请补正{MATERIALS[0]}"],
        "contains": ELEMENTS,
    },
)
CORRECTED: Final = Step("correction", {})
ACCEPTED: Final = Step("acceptance", {"form": "system", "channel": "window", "contains": ELEMENTS})
DECLINED: Final = Step(
    "non-acceptance",
    {
        "form": "written",
        "channel": "window",
        "in_jurisdiction": False,
        "reason": "演示：所申请事项由其他机关办理",
        "remedies": "六十日内申请行政复议，或者六个月内提起行政诉讼",
        "competent_authority": "演示其他机关",
        "contains": ELEMENTS,
    },
)
SUSPENDED: Final = Step("suspension", {"kind": "hearing", "applicant_told_in_writing": True})
RESUMED: Final = Step("resumption", {})
GRANTED: Final = Step("decision", {"verdict": "granted"})
DENIED: Final = Step(
    "decision",
    {
        "verdict": "denied",
        "reason": "演示：不符合法定条件",
        "basis": "演示：行政许可法第三十八条",
        "remedies": "六十日内申请行政复议，或者六个月内提起行政诉讼",
    },
)
SEALED: Final = Step("seal", {})
COMPLETED: Final = Step("completion", {})
RECTIFIED: Final = Step(
    "rectification", {"act": 2, "reason": "演示：受理登记有误", "document": "演示更正单第3号"}
)
DONE: Final = (ACCEPTED, GRANTED, SEALED, COMPLETED)

TODAY: Final = (
    Fate(name="received"),
    Fate(name="incomplete", complete=False),
    Fate(name="noticed", steps=(NOTICE,), complete=False),
    Fate(name="corrected", steps=(NOTICE, CORRECTED), complete=False),
    Fate(name="accepted", steps=(ACCEPTED,)),
    Fate(name="declined", steps=(DECLINED,)),
    Fate(
        name="suspended",
        steps=(ACCEPTED, SUSPENDED),
        licence=True,
        under="time_limit.exclusions",
    ),
    Fate(
        name="resumed",
        steps=(ACCEPTED, SUSPENDED, RESUMED),
        licence=True,
        under="time_limit.exclusions",
    ),
    Fate(name="decided", steps=(ACCEPTED, GRANTED)),
    Fate(name="denied", steps=(ACCEPTED, DENIED)),
    Fate(name="sealed", steps=(ACCEPTED, GRANTED, SEALED)),
    Fate(name="completed", steps=DONE),
    Fate(name="rectified", steps=(ACCEPTED, RECTIFIED)),
)
"""Of items that are served since that day, at their windows; nothing is dated back."""
EARLIER: Final = (
    Fate(name="waiting", age=12),
    Fate(name="just-in", age=2, complete=False),
    Fate(name="underway", age=2, steps=(ACCEPTED,)),
    Fate(name="overdue", age=45, steps=(ACCEPTED,)),
    Fate(name="decided", age=20, steps=(ACCEPTED, GRANTED)),
    Fate(name="completed", age=10, steps=DONE),
    Fate(name="completed-late", age=70, steps=DONE, pace=timedelta(days=14)),
)
"""Of items that were served long before: received some weeks ago, so that days have run out."""


@dataclass(frozen=True, slots=True)
class Story:
    """One application: for which item, what becomes of it, and when it came (None: now)."""

    place: str
    item: Served
    fate: Fate
    received: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What the stories of a centre are made from: `served` since that day, or there `before`."""

    centre: str
    rules: Collection[str]
    served: Sequence[Served]
    before: Sequence[Served]
    day: date
    seed: int = 0

    def stories(self, count: int) -> list[Story]:
        """So many, in turn of the items that there are."""
        kinds = [
            [fate for fate in fates if fate.under is None or fate.under in self.rules]
            for fates, among in ((TODAY, self.served), (EARLIER, self.before))
            if among
        ]
        turns = ((number, *divmod(number, len(kinds))) for number in range(count if kinds else 0))
        return [self._story(number, turn, kinds[which]) for number, turn, which in turns]

    def _story(self, number: int, turn: int, fates: Sequence[Fate]) -> Story:
        rounds, which = divmod(turn + self.seed, len(fates))
        fate = fates[which]
        among = self.before if fate.age else self.served
        fitting = [item for item in among if item.licence or not fate.licence]
        received = self._received(fate.age + 7 * (rounds % 4)) if fate.age else None
        item = fitting[(rounds + which) % len(fitting)]
        return Story(f"{self.centre}/case{number}", item, fate, received)

    def _received(self, age: int) -> datetime:
        """At ten, so many days ago or the Friday before that."""
        on = self.day - timedelta(days=age)
        back = timedelta(days=max(0, on.weekday() - _FRIDAY))
        return datetime.combine(on - back, time(10), SHANGHAI)


async def live(asking: Asking, centre: str, story: Story) -> None:
    """Hand the application in and do what becomes of it."""
    path = f"/v1/centres/{centre}/cases"
    case = _case(await asking.send(path, story.place, _application(story), by=story.item.by))
    for number, step in enumerate(story.fate.steps, start=1):
        if step is ACCEPTED and case.body["deemed_accepted"]:
            continue  # The text has seen to it that nobody waits.
        if step is COMPLETED and story.item.owed:
            await _carry(asking, f"/v1/centres/{centre}/entrusted-cases", story, case.id)
        case = _case(
            await asking.send(
                f"{path}/{case.id}/{step.act}",
                f"{story.place}/{number}-{step.act}",
                {**step.body, **_when(story, number, case)},
                after=case,
                by=LOADER if step is RECTIFIED else story.item.by,  # never whose mistake it was
            )
        )


async def _carry(asking: Asking, path: str, story: Story, case_id: str) -> None:
    """What the comprehensive window does with a case of a unit that has no window."""
    body = {"window_id": story.item.window, "item_id": story.item.id, "case_id": case_id}
    entrusted = await asking.send(path, f"{story.place}/entrusted", body)
    for step in story.item.owed:
        entrusted = await asking.send(
            f"{path}/{entrusted.id}/steps",
            f"{story.place}/entrusted/{step}",
            {"step": step},
            after=entrusted,
        )


def _application(story: Story) -> Json:
    body: dict[str, object] = {
        "item_id": story.item.id,
        "materials_complete": story.fate.complete,
        "channel": "window",
        "reference": f"演示收字第{story.place.rpartition('case')[2]}号",
    }
    if story.item.window is not None:
        body["window_id"] = story.item.window
    if story.received is not None:
        body["received_at"] = story.received.isoformat()
    return body


def _when(story: Story, number: int, case: Made) -> Json:
    """The moment of the act with that number: now, if it cannot be dated back.

    What the text itself has entered meanwhile (视为受理) is not overtaken.
    """
    if story.received is None or case.body["deemed_accepted"]:
        return {}
    return {"occurred_at": (story.received + number * story.fate.pace).isoformat()}


def _case(answered: Made) -> Made:
    return Made(answered.body["case"], answered.etag)
