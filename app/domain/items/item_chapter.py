"""Chapter on items (事项的条款): their classes, where they are handled, who lets one in."""

from dataclasses import dataclass

from app.domain.casework.approval_step import OrdinarySteps
from app.domain.items.exemption import Ground
from app.domain.items.steps import ChangeKind, Step
from app.domain.organisation.authority import Body
from app.domain.provision import Bare, Provision, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Classes(Written):
    """The vocabulary of the text. `abolished`: a class that the text names and the State has given
    up since (国发〔2015〕27号): kept, and warned of."""

    classes: tuple[str, ...]
    abolished: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall(Written):
    """Items of these classes are handled in the hall, but for those that the grounds exempt."""

    must_enter: tuple[str, ...]
    exempt: tuple[Ground, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approving(Written):
    """Who approves the exception, with number, day and reason."""

    approver: Body


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps(Written):
    """The steps of a change of these kinds, in their order; after the last it takes effect.

    `fields`: only of a change that proposes one of them. `documented`: steps that need a document.
    """

    name: str
    kinds: tuple[ChangeKind, ...]
    steps: tuple[Step, ...]
    fields: tuple[str, ...] = ()
    documented: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChapter(Written):
    """The chapter as a regulation may write it. What is absent, it does not regulate.

    `hall_approval` lets an item stay outside the hall, `system_approval` outside the system.
    `office`, `window` and `guide` are what an item needs before it is active. `promise`: a limit
    that is shortened is published before it holds. `ordinary`: the approval steps of an item that
    is served. `review`: changes of the limits are recorded and
    reported.
    """

    classes: Provision[Classes] | None = None
    hall: Provision[Hall] | None = None
    hall_approval: Provision[Approving] | None = None
    system_approval: Provision[Approving] | None = None
    office: Provision[Bare] | None = None
    window: Provision[Bare] | None = None
    guide: Provision[Bare] | None = None
    promise: Provision[Bare] | None = None
    ordinary: Provision[OrdinarySteps] | None = None
    steps: tuple[Provision[Steps], ...] = ()
    review: Provision[Bare] | None = None
