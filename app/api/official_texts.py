"""Official texts in the service (规章全文): attached while it runs, seen within half a minute."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Final

import structlog
from fastapi import Depends, Request
from starlette.datastructures import State

from app.db.official_texts import Digests, OfficialTexts
from app.domain.attached_text import AttachedText, quoting

EVERY: Final = 20.0  # seconds between two looks; no request ever waits for one
PATIENCE: Final = 3.0  # seconds

Texts = Mapping[tuple[str, str], AttachedText]


class Quoting:
    """Keeps the rulebooks of one process such that their provisions carry what is attached.

    Rulings and acts take the rulebooks as they are and never wait: where the database is out of
    reach, citations go on as they were, at first without wording.
    """

    def __init__(self, state: State, kept: OfficialTexts) -> None:
        self._state = state
        self._kept = kept
        self._seen: Digests = {}
        self._made = state.rulebooks
        state.official_texts = {}

    async def refresh(self) -> None:
        """Look once; the texts are read again only where one was attached or taken away."""
        seen = await self._kept.digests()
        if seen != self._seen:
            texts = await self._kept.all()
            self._state.official_texts = {(text.regulation, text.edition): text for text in texts}
        elif self._state.rulebooks is self._made:
            return
        # Somebody may have loaded the rulebooks again meanwhile: then they carry no wording yet.
        self._made = quoting(self._state.rulebooks, self._state.official_texts.values())
        self._state.rulebooks = self._made
        self._seen = seen

    async def attempt(self) -> None:
        """Look once, and take trouble for a reason to look again later, not to end."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self.refresh()
        except Exception as failed:
            structlog.get_logger().warning("official_texts_unread", error=type(failed).__name__)

    async def repeat(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            await self.attempt()


@asynccontextmanager
async def quoted(state: State, kept: OfficialTexts) -> AsyncIterator[None]:
    """Look before the first request, and then again and again until the block ends."""
    keeping = Quoting(state, kept)
    await keeping.attempt()
    task = asyncio.create_task(keeping.repeat())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def attached_texts(request: Request) -> Texts:
    """The texts by regulation and edition, as this process last read them."""
    texts: Texts = getattr(request.app.state, "official_texts", {})
    return texts


AttachedTexts = Annotated[Texts, Depends(attached_texts)]
