"""Loading (演示数据的载入): every place with its organisation and its cases, once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.demo.asking import Asking, DemoRefused, Made, together
from app.demo.cases import Story, Telling, live
from app.demo.items import Served
from app.demo.organisation import Founding, founding_of
from app.demo.places import BELOW, COUNTIES, SANDBOX, Place

MARK: Final = "演示数据"
"""The title of the policy that says since when a centre has the demonstration; its second version
says that all of it is there."""
_PAGE: Final = "200"
_DAY: Final = timedelta(days=1)


def steps(cases: int) -> int:
    """How many there are of a run: each centre, and each case."""
    return len((*COUNTIES, *BELOW, SANDBOX)) + cases


@dataclass(frozen=True, slots=True)
class Watching:
    """Whom to tell: a line when a centre is there, and how many steps of all were done."""

    say: Callable[[str], None]
    advance: Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a run has found and done."""

    filled: int
    present: int
    cases: int


@dataclass(frozen=True, slots=True)
class Loading:
    """One run: how many cases in all, and the legal day that a new demonstration counts from."""

    asking: Asking
    watching: Watching
    cases: int
    today: date

    async def run(self) -> Loaded:
        """Fill whatever is not filled yet. Raises DemoRefused."""
        counties = zip(COUNTIES, self._shares(), strict=True)
        try:
            made = await together(
                self._place(place, count) for place, count in (*counties, (SANDBOX, 0))
            )
            made += [await self._place(place, 0) for place in BELOW]
        except* DemoRefused as refused:
            raise _first(refused) from None
        filled = [count for count in made if count is not None]
        return Loaded(len(filled), len(made) - len(filled), sum(filled))

    def _shares(self) -> list[int]:
        whole, rest = divmod(self.cases, len(COUNTIES))
        return [whole + (number < rest) for number in range(len(COUNTIES))]

    async def _place(self, place: Place, count: int) -> int | None:
        """How many cases it was given; None where everything was there before."""
        founding = await founding_of(self.asking, place, self.today.isoformat())
        mark = await self._mark(place)
        if mark is not None and len(mark.body["versions"]) > 1:
            self.watching.say(f"{place.code}: there already")
            self.watching.advance(1 + count)
            return None
        begun = mark or await self._begin(founding)
        day = date.fromisoformat(begun.body["versions"][0]["issued_on"])
        served = await founding.set_up(day.isoformat())
        self.watching.advance(1)
        await self._cases(founding, served, count, day)
        version = {"issued_on": day.isoformat(), "since": (day + _DAY).isoformat()}
        path = f"policies/{begun.id}/versions"
        await founding.send(path, version, place="end", after=begun)
        self.watching.say(f"{place.code}: {len(served)} items, {count} cases")
        return count

    async def _mark(self, place: Place) -> Made | None:
        """The mark as it is; None where no run has begun."""
        found = await self.asking.read(f"/v1/centres/{place.code}/policies", limit=_PAGE)
        for each in found["items"] if found else ():
            if each["title"] == MARK:
                return Made(each, f'"{each["version"]}"')
        return None

    async def _begin(self, founding: Founding) -> Made:
        day = self.today.isoformat()
        body = {"title": MARK, "version": {"issued_on": day, "since": day}}
        return await founding.send("policies", body, place="begin")

    async def _cases(
        self, founding: Founding, served: Sequence[Served], count: int, day: date
    ) -> None:
        place = founding.place
        telling = Telling(
            centre=place.code,
            rules=founding.rules.keys(),
            served=served,
            before=await self._before(place),
            day=day,
            seed=self.asking.seed,
        )
        await together(self._live(place, story) for story in telling.stories(count))

    async def _live(self, place: Place, story: Story) -> None:
        await live(self.asking, place.code, story)
        self.watching.advance(1)

    async def _before(self, place: Place) -> list[Served]:
        """The items that were there before: nobody knows since when, and no department has them."""
        found = await self.asking.read(
            f"/v1/centres/{place.code}/items", stage="active", limit=_PAGE
        )
        return [
            Served(each["id"], each["licence"])
            for each in (found["items"] if found else ())
            if each["active_since"] is None and each["department_id"] is None
        ]


def _first(refused: BaseExceptionGroup[DemoRefused]) -> DemoRefused:
    one = refused.exceptions[0]
    return _first(one) if isinstance(one, BaseExceptionGroup) else one
