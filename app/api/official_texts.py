"""Official texts in the service (规章全文): attached while it runs, seen within half a minute."""

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.datastructures import State

from app.api.polling import Pace
from app.db.official_texts import Digests, OfficialTexts
from app.domain.attached_text import AttachedText, quoting

Texts = Mapping[tuple[str, str], AttachedText]


class Quoting:
    """Keeps the rulebooks of one process such that their provisions carry what is attached.

    Rulings and acts take the rulebooks as they are and never wait: where the database is out of
    reach, citations go on as they were, at first without wording.
    """

    pace: Final = Pace(every=20.0, patience=3.0, unread="official_texts_unread")

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


async def attached_texts(request: Request) -> Texts:
    """The texts by regulation and edition, as this process last read them."""
    texts: Texts = getattr(request.app.state, "official_texts", {})
    return texts


AttachedTexts = Annotated[Texts, Depends(attached_texts)]
