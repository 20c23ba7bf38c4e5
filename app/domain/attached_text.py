"""Attached text (所附全文): the wording of articles as a centre attached it, and its citations."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from typing import Any, Final

from app.domain.article import NUMERAL, Citation, value_of
from app.domain.provision import Provision
from app.domain.rulebook import Rulebook, Rulebooks

_ITEM: Final = re.compile(rf"[（(]([{NUMERAL}]+)[）)]")
_POINT: Final = re.compile(r"([0-9]{1,2})[.．、](?![0-9])")
# Items that were never put on lines of their own: after the colon or semicolon before them.
_INLINE: Final = re.compile(rf"(?<=[：:；;。])(?=[（(][{NUMERAL}]+[）)])")


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedText:
    """The official text of one edition, by article. It is shown, never computed with."""

    regulation: str
    edition: str
    articles: Mapping[int, str]
    attached_at: datetime | None = None

    @property
    def digest(self) -> str:
        """SHA-256 over the wording of all articles."""
        written = json.dumps(sorted(self.articles.items()), ensure_ascii=False)
        return hashlib.sha256(written.encode()).hexdigest()

    def cited(self, place: Citation | None) -> str | None:
        """The wording of the item cited where it can be cut out, else of the whole article."""
        if place is None or place.law:
            return None
        return self.cut(place) or self.articles.get(place.number)

    def cut(self, place: Citation) -> str | None:
        """Exactly what is cited: an article, or an item with the points and paragraphs below it.

        None where the article is absent, or its items are not numbered as they are cited.
        """
        lines = _INLINE.sub("\n", self.articles.get(place.number, "")).splitlines()
        if place.item is not None:
            lines = _part(lines, place.item, _ITEM, below=_POINT)
        if place.point is not None:
            lines = _part(lines, place.point, _POINT)
        if place.item is None and place.point is None:
            return self.articles.get(place.number)
        return "\n".join(lines) or None


def quoting(books: Rulebooks, texts: Iterable[AttachedText]) -> Rulebooks:
    """The same rulebooks, whose provisions carry the wording of the article that they cite."""
    attached = {(text.regulation, text.edition): text for text in texts}
    return replace(
        books,
        books=tuple(
            _quoting(book, attached.get((book.regulation, book.edition))) for book in books.books
        ),
    )


def _quoting(book: Rulebook, text: AttachedText | None) -> Rulebook:
    def said(part: Any) -> Any:  # Any: a chapter, its provisions and whatever else a book holds
        match part:
            case Provision():
                return replace(
                    part, wording=text.cited(Citation.read(part.article)) if text else None
                )
            case tuple():
                return tuple(map(said, part))
            case _ if is_dataclass(part) and not isinstance(part, type):
                return replace(part, **{f.name: said(getattr(part, f.name)) for f in fields(part)})
            case _:
                return part

    quoted: Rulebook = said(book)
    return quoted


def _part(
    lines: list[str], number: int, marker: re.Pattern[str], *, below: re.Pattern[str] | None = None
) -> list[str]:
    """The lines of one numbered part; nothing where the numbers do not count from one.

    A plain line after the last part closes the list and belongs to what holds it; after points of
    that part it belongs to the part, for they are the list that it closes.
    """
    starts = [(i, value_of(found[1])) for i, x in enumerate(lines) if (found := marker.match(x))]
    if [value for _, value in starts] != list(range(1, len(starts) + 1)) or number > len(starts):
        return []
    start = starts[number - 1][0]
    if number < len(starts):
        return lines[start : starts[number][0]]
    rest = lines[start + 1 :]
    if below is not None and any(map(below.match, rest)):
        return lines[start:]
    return lines[start : start + 1]
