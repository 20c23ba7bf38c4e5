"""Receivable (可以收件): whether an application for an item may be taken in on a day."""

from datetime import date

from app.domain.items.activation import check_open, may_accept
from app.domain.items.item import ServiceItem
from app.domain.judging import judged
from app.domain.rulebook import Rulebook


def check_receivable(item: ServiceItem, book: Rulebook, on: date) -> None:
    """Raises RefusedByRegulation where the text wants the item approved or confirmed first, and
    ItemNotActive where it is not served on that legal day for any other reason."""
    if item.open_on(on):
        return
    judged("receive_case", book, on, may_accept(book.items, item, on)).require()
    check_open(item, on)
