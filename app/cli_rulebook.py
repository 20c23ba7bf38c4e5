"""Commands on regulations (规章): check their files, attach or take away an official text."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer

import app.rulebooks.load
from app.command import CommandRefused, database, service_url
from app.db import migrate
from app.db.engine import open_engine
from app.db.official_texts import OfficialTexts
from app.domain.article import Citation
from app.domain.attached_text import AttachedText
from app.domain.official_text import NotText, Reading, decoded, read
from app.domain.rulebook import Rulebook
from app.settings import read_settings

LARGEST: Final = 2**20  # bytes; the longest of the regulations known to us has 17,000
NAMED: Final = 5  # faults of a kind that one line names

rulebook = typer.Typer(help="The files that hold the regulations, and their official texts.")

T = TypeVar("T")
Regulation = Annotated[str, typer.Argument(help="The key of the regulation, such as nanchang.")]
Edition = Annotated[str | None, typer.Option(help="Its edition, such as 2012; default: newest.")]


@rulebook.command("check")
def check(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Default: those of the product.")
    ] = None,
) -> None:
    """Load rulebooks as the service would: each fault with file, line, key and remedy."""
    for book in app.rulebooks.load.load(files or None).books:
        typer.echo(f"{book.regulation} {book.edition}: {book.title}")


@rulebook.command("attach-text")
def attach_text(
    regulation: Regulation,
    file: Annotated[Path, typer.Argument(help="Its text, in UTF-8 or GB18030.")],
    edition: Edition = None,
) -> None:
    """Let citations show the official wording; it replaces a text that was attached before."""
    book, places = _chosen(regulation, edition)
    reading = _read(file, book)
    text = AttachedText(regulation=book.regulation, edition=book.edition, articles=reading.articles)
    _stored(lambda kept: kept.attach(text))
    typer.echo(f"{book.regulation} {book.edition}: {book.title}")
    for line in (*_summary(reading), *_not_cut(text, places)):
        typer.echo(line)
    typer.echo(f"attached: {text.digest}; a running service shows it within a minute")


@rulebook.command("detach-text")
def detach_text(regulation: Regulation, edition: Edition = None) -> None:
    """Take an official text away: citations come without wording again."""
    book, _ = _chosen(regulation, edition)
    if not _stored(lambda kept: kept.detach(book.regulation, book.edition)):
        raise CommandRefused(f"{book.regulation} {book.edition}: no text is attached")
    typer.echo(f"{book.regulation} {book.edition}: detached; gone from answers within a minute")


def _chosen(regulation: str, edition: str | None) -> tuple[Rulebook, list[Citation]]:
    """The edition meant, and every place of it that is cited."""
    register = app.rulebooks.load.load_register()
    books = app.rulebooks.load.load(register=register)
    if regulation not in books.regulations:
        raise CommandRefused(
            f"no regulation {regulation}; there are: {', '.join(books.regulations)}"
        )
    editions = {book.edition: book for book in books.editions(regulation)}
    book = editions.get(edition or next(reversed(editions)))
    if book is None:
        raise CommandRefused(
            f"{regulation}: no edition {edition}; there are: {', '.join(editions)}"
        )
    cited = (Citation.read(row.article) for row in register.of(regulation))
    places = list(dict.fromkeys(place for place in cited if place))
    if any(place.law for place in places):
        raise CommandRefused(f"{regulation}: gathers articles of several laws and has no text")
    return book, places


def _read(file: Path, book: Rulebook) -> Reading:
    """The articles in the file. Raises CommandRefused unless they are just those of the edition."""
    if file.stat().st_size > LARGEST:
        raise CommandRefused(f"{file}: larger than {LARGEST >> 20} MiB, no text of a regulation")
    try:
        reading = read(decoded(file.read_bytes()))
    except NotText:
        raise CommandRefused(
            f"{file}: no plain text; save it as one in UTF-8 or GB18030 (not .docx, not .pdf)"
        ) from None
    if faults := list(_faults(reading, book.articles)):
        raise CommandRefused(f"{file}: {'; '.join(faults)}")
    return reading


def _faults(reading: Reading, expected: int) -> Iterator[str]:
    wanted = range(1, expected + 1)
    missing = [str(Citation(number)) for number in wanted if not reading.articles.get(number)]
    beyond = [str(Citation(number)) for number in reading.articles if number not in wanted]
    repeated = [f"{Citation(number)} (line {line})" for number, line in reading.repeated]
    if missing or beyond:
        yield f"{len(reading.articles)} articles found, {expected} expected"
    if missing:
        yield f"not found: {_named(missing)} (an article begins a line of its own and has a text)"
    if beyond:
        yield f"not of this edition: {_named(beyond)}"
    if repeated:
        yield f"begins once more: {_named(repeated)}"


def _named(faults: list[str]) -> str:
    more = f" and {len(faults) - NAMED} more" if len(faults) > NAMED else ""
    return "、".join(faults[:NAMED]) + more


def _summary(reading: Reading) -> Iterator[str]:
    first, last = Citation(min(reading.articles)), Citation(max(reading.articles))
    characters = sum(map(len, reading.articles.values()))
    yield f"found: {len(reading.articles)} articles, {first} to {last}, {characters} characters"
    if reading.put_right:
        counted = (f"{kind} ({count})" for kind, count in reading.put_right.items())
        yield f"put right: {', '.join(counted)}"
    yield f"left out: {reading.before} lines before {first}, {reading.after} after {last}"


def _not_cut(text: AttachedText, places: list[Citation]) -> Iterator[str]:
    whole = [str(place) for place in places if text.cut(place) is None]
    if whole:
        yield f"not told apart, cited with the whole article: {_named(whole)}"


def _stored(act: Callable[[OfficialTexts], Awaitable[T]]) -> T:
    """Do it in the database at hand; our own has its schema brought up first."""
    settings = read_settings()
    ours = settings.database_url is None
    with database(settings) as (reached, owner_url):

        async def done() -> T:
            url = service_url(reached)
            if ours and owner_url is not None:
                await migrate.upgrade(owner_url)
            await migrate.require_head(url)
            engine = open_engine(url, size=1)
            try:
                return await act(OfficialTexts(engine))
            finally:
                await engine.dispose()

        return asyncio.run(done())
