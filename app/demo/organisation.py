"""Organisation of the demonstration (演示组织): units, people, windows, policies, pledges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from app.demo import items
from app.demo.asking import Asking, Json, Made, Speaker, together
from app.demo.items import Hall, Served
from app.demo.places import CLERKS, POSTS, Place, Unit
from app.domain.organisation.credit_code import body_check, whole_check

SINCE: Final = "2025-01-02"
OPENED: Final = "2025-01-06"
_APPROVED: Final = {
    "by": "government",
    "number": "演示〔2025〕1号",
    "document": "演示批复",
    "issued_on": "2024-12-30",
}


@dataclass(frozen=True, slots=True)
class Staffed:
    """A department with its approval office and its people by the key of their post."""

    unit: Unit
    id: str
    office: str
    people: Mapping[str, str]
    chief: Speaker


@dataclass(frozen=True, slots=True)
class Founding:
    """A centre that is being set up: where requests go, and which rules the service has for it."""

    asking: Asking
    place: Place
    rules: Mapping[str, Mapping[str, Any]]  # Any: each provision has terms of its own

    async def send(
        self, path: str, body: Json | None = None, *, place: str = "", after: Made | None = None
    ) -> Made:
        """One act below the centre; `place` tells it from others of the same path."""
        return await self.asking.send(
            f"/v1/centres/{self.place.code}/{path}",
            f"{self.place.code}/{place or path}",
            body,
            after=after,
        )

    async def set_up(self, day: str) -> tuple[Served, ...]:
        """Everything that the centre needs to take cases in from that day on."""
        units = await together(
            self._unit(number, unit) for number, unit in enumerate(self.place.units)
        )
        windows = await self._windows(units)
        served = await together(
            items.enter(self, self._hall(staffed, window), staffed.unit)
            for staffed, window in zip(units, windows, strict=True)
        )
        await self._policies(units, day)
        await self._pledge()
        if self.place.level == "township":
            await self._head(units[0])
        return tuple(one for each in served for one in each)

    async def _unit(self, number: int, unit: Unit) -> Staffed:
        place = f"unit{number}"
        made = await self.send(
            "departments",
            {
                "name": unit.name,
                "since": SINCE,
                "kind": unit.kind,
                "credit_code": self._code(unit),
            },
            place=place,
        )
        path = f"departments/{made.id}/offices"
        office = await self.send(
            path, {"name": "演示行政审批科", "since": SINCE}, place=f"{place}/office"
        )
        people = {
            post.key: await self._person(f"{place}/{post.key}", post.key, number) for post in POSTS
        }
        for post in POSTS:
            for name in post.offices:
                await self.send(
                    "appointments",
                    {
                        "office": name,
                        "person_id": people[post.key],
                        "department_id": made.id,
                        "since": SINCE,
                    },
                    place=f"{place}/{name}",
                )
        chief = Speaker(subject=self._subject("chief", number), departments=(made.id,))
        return Staffed(unit, made.id, office.id, people, chief)

    def _code(self, unit: Unit) -> str:
        first = f"11{self.place.region[:6]}{unit.body}{body_check(unit.body)}"
        return first + whole_check(first)

    def _subject(self, key: str, number: int) -> str:
        return f"demo-{self.place.code}-{key}-{number + 1}"

    async def _person(self, place: str, key: str, number: int) -> str:
        post = next(each for each in POSTS if each.key == key)
        made = await self.send(
            "persons",
            {"subject": self._subject(key, number), "name": post.name, "role": post.role},
            place=place,
        )
        return made.id

    async def _windows(self, units: Sequence[Staffed]) -> list[str]:
        """The window of each unit: its own, or the comprehensive one that accepts for it."""
        own = await together(
            self._own(number, each) for number, each in enumerate(units) if each.unit.own_window
        )
        if len(own) == len(units):
            return list(own)
        shared = await self._window(
            "shared", {"kind": "comprehensive", "name": "演示综合窗口", "number": "Z01"}, ()
        )
        windows = iter(own)
        for number, each in enumerate(units):
            if not each.unit.own_window:
                await self._delegate(number, each, shared)
        return [next(windows) if each.unit.own_window else shared for each in units]

    def _hall(self, staffed: Staffed, window: str) -> Hall:
        """What a window of others owes is what the text asks of it after it has accepted."""
        rule = self.rules.get("delegations.steps", {"required": ()})
        owed = () if staffed.unit.own_window else tuple(rule["required"][1:])
        return Hall(staffed.id, staffed.office, window, staffed.chief, owed)

    async def _own(self, number: int, staffed: Staffed) -> str:
        body = {
            "kind": "own",
            "name": f"{staffed.unit.name}窗口",
            "number": f"A{number + 1:02}",
            "department_id": staffed.id,
        }
        return await self._window(f"window{number}", body, (staffed,))

    async def _window(self, place: str, body: Json, units: Sequence[Staffed]) -> str:
        """Set up, asked for where the text wants that, manned, and open."""
        made = await self.send(
            "windows", {**body, "reason": "按统一安排设立", "approval": _APPROVED}, place=place
        )
        if "windows.request" in self.rules:
            path = f"windows/{made.id}/requests"
            asked = await self.send(
                path, {"event": "enter", "reason": "按统一安排进驻"}, place=f"{place}/request"
            )
            await self.send(f"{path}/{asked.id}/approval", place=f"{place}/approval", after=asked)
        for staffed in units:
            await self._post(place, made.id, staffed)
        opened = await self.send(
            f"windows/{made.id}/activation",
            {"since": OPENED},
            place=f"{place}/open",
            after=made,
        )
        return opened.id

    async def _post(self, place: str, window_id: str, staffed: Staffed) -> None:
        for post in POSTS:
            if not post.posted:
                continue
            posting = await self.send(
                "postings",
                {
                    "person_id": staffed.people[post.key],
                    "department_id": staffed.id,
                    "window_id": window_id,
                    "role": CLERKS[self.place.level],
                    "since": OPENED,
                },
                place=f"{place}/posting/{post.key}",
            )
            await self.send(
                f"postings/{posting.id}/duties",
                {"title": "演示：窗口业务培训", "since": OPENED, "window_related": True},
                place=f"{place}/duty/{post.key}",
            )

    async def _delegate(self, number: int, staffed: Staffed, window_id: str) -> None:
        await self.send(
            "delegations",
            {
                "department_id": staffed.id,
                "window_id": window_id,
                "since": OPENED,
                "few_items": True,
                "low_frequency": True,
                "figures": "演示：事项2项，上一年受理11件",
                "approval": _APPROVED,
            },
            place=f"delegation{number}",
        )

    async def _policies(self, units: Sequence[Staffed], day: str) -> None:
        """Whatever policy the service says is wanting here."""
        path = f"/v1/centres/{self.place.code}/gaps"
        told = await self.asking.read(path, on=day) or {"items": ()}
        numbers = {each.id: number for number, each in enumerate(units)}
        for gap in told["items"]:
            if gap["kind"] != "policy":
                continue
            named = sha256(gap["name"].encode()).hexdigest()[:8]
            unit = numbers.get(gap["department_id"], "")
            await self.send(
                "policies",
                {
                    "title": f"演示：{gap['name']}",
                    "kind": gap["name"],
                    "department_id": gap["department_id"],
                    "version": {"issued_on": SINCE, "since": OPENED},
                },
                place=f"policy/{named}/{unit}",
            )

    async def _pledge(self) -> None:
        elements = {
            "content": "材料齐全的当场受理",
            "procedure": "受理、审查、决定、送达",
            "standard": "五个工作日内办结",
            "basis": "演示：行政许可法",
            "supervision": "大厅投诉台",
        }
        await self.send(
            "pledges", {"name": "演示：窗口服务承诺", "elements": elements, "since": SINCE}
        )

    async def _head(self, first: Staffed) -> None:
        """The head of a township's centre belongs to no department."""
        await self.send(
            "appointments",
            {"office": "township_head", "person_id": first.people["leader"], "since": SINCE},
            place="township_head",
        )


async def founding_of(asking: Asking, place: Place, day: str) -> Founding:
    """The centre with its rules; founded first if it is not there. Raises DemoRefused."""
    told = await asking.read(f"/v1/rulebooks/{place.regulation}", on=day) or {"provisions": ()}
    rules = {each["name"]: each["terms"] for each in told["provisions"]}
    founding = Founding(asking, place, rules)
    if await asking.read(f"/v1/centres/{place.code}") is None:
        await _found(founding)
    return founding


async def _found(founding: Founding) -> None:
    place = founding.place
    adoption: dict[str, object] = {"regulation": place.regulation}
    if "adoption.acknowledged" in founding.rules:
        adoption["acknowledgement"] = {"by": "演示管理员", "reason": "演示"}
    body: dict[str, object] = {
        "code": place.code,
        "name": place.name,
        "level": place.level,
        "region": place.region,
        "unit_type": place.unit_type,
        "adoption": adoption,
        "sandbox": place.sandbox,
    }
    if place.parent is not None:
        parent = await founding.asking.read(f"/v1/centres/{place.parent}") or {}
        body["parent_id"] = parent.get("id")
    await founding.asking.send("/v1/centres", f"{place.code}/found", body)
