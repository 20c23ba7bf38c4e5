"""Tokens of every kind, for whatever centre a request names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from app.api.security import SCOPES, Grant, mint
from app.db import demo
from tests.api.access.matrix import Kind, Row
from tests.api.access.twins import TWINS
from tests.api.conftest import Issuer, Speaker


@dataclass(frozen=True)
class Tokens:
    """The issuer's tokens, good ones and bad ones."""

    issuer: Issuer

    def header(self, kind: Kind, row: Row, centre: UUID, by: Speaker) -> dict[str, str]:
        """What such a caller sends to an operation of this row about that centre."""
        token = self._token(kind, row, centre, by)
        return {"Authorization": f"Bearer {token}"} if token else {}

    def _token(self, kind: Kind, row: Row, centre: UUID, by: Speaker) -> str | None:
        signed = partial(self.issuer.token, by=by)
        has = (row.scope,) if row.scope else ()
        lacks = tuple(scope for scope in SCOPES if scope != row.scope)
        tokens: Mapping[Kind, Callable[[], str | None]] = {
            Kind.ABSENT: lambda: None,
            Kind.EXPIRED: self._expired,
            Kind.FORGED: self._forged,
            Kind.UNSCOPED: lambda: signed(*lacks, centres=(centre,)),
            Kind.PLATFORM_UNSCOPED: lambda: signed(*lacks, platform=True),
            Kind.OWN: lambda: signed(*has, centres=(centre,)),
            Kind.FOREIGN: lambda: signed(centres=others(centre)),
            Kind.PLATFORM: lambda: signed(*has, platform=True),
        }
        return tokens[kind]()

    def _expired(self) -> str:
        """Of the platform, with every scope: nothing else is wrong with it."""
        if "expired" not in self.issuer.made:
            settings = self.issuer.settings
            grant = Grant(
                subject="tester",
                scopes=tuple(SCOPES),
                issuer=settings.issuer,
                audience=settings.audience,
                platform=True,
                lifetime=timedelta(minutes=-1),
            )
            now = datetime.now(UTC)  # noqa: TID251 - the service compares it with its own clock
            self.issuer.made["expired"] = mint(settings.signing_key, grant, now=now)
        return self.issuer.made["expired"]

    def _forged(self) -> str:
        """What the platform's token says, under the signature of another token of ours."""
        said = self.issuer.token(platform=True).rpartition(".")[0]
        return f"{said}.{self.issuer.token('rulings').rpartition('.')[2]}"


def others(centre: UUID) -> tuple[UUID, ...]:
    """All centres of the demonstration and their twins, but one."""
    return tuple(place.id for place in (*demo.CENTRES, *TWINS) if place.id != centre)
