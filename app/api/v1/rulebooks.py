"""Rulebooks (规章): which editions are loaded, what their provisions compute with, row by row."""

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from app.api.deps import RegisterInForce, RulebooksInForce, Today
from app.api.official_texts import AttachedTexts
from app.api.security import requires
from app.api.v1.schemas.rulebook import (
    ArticleOut,
    EditionOut,
    EditionsOut,
    ProvisionOut,
    RowOut,
    RulebookOut,
    WarningCode,
)
from app.api.wire import Day
from app.domain.article import Citation
from app.domain.errors import NotFound
from app.domain.provision import Provision
from app.domain.rulebook import Rulebook

router = APIRouter(tags=["规章"], dependencies=[requires("rulebooks")])


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader of an article looks into."""

    books: RulebooksInForce
    register: RegisterInForce
    texts: AttachedTexts


Regulation = Annotated[str, Path(description="规章的键", examples=["nanchang"])]


@router.get("/rulebooks", summary="已载入的规章版本", operation_id="list_rulebooks")
async def list_rulebooks(books: RulebooksInForce) -> EditionsOut:
    """五部规章与国家法律层的全部版本，及其总摘要。"""
    return EditionsOut(version=books.version, items=tuple(map(_edition, books.books)))


@router.get("/rulebooks/{regulation}", summary="一部规章", operation_id="read_rulebook")
async def read_rulebook(
    regulation: Regulation,
    books: RulebooksInForce,
    register: RegisterInForce,
    today: Today,
    on: Annotated[Day | None, Query(description="法定日，默认今天（北京时间）")] = None,
) -> RulebookOut:
    """该日适用的版本、对它的提示，以及可执行的规定及其参数。"""
    day = on or today
    book = books.in_force(regulation, day)
    return RulebookOut(
        edition=_edition(book),
        editions=tuple(edition.edition for edition in books.editions(regulation)),
        warnings=tuple(WarningCode.model_validate(caution) for caution in book.cautions(day)),
        provisions=tuple(map(_provision, book.provisions())),
        rows=len(register.of(regulation)),
    )


@router.get("/rulebooks/{regulation}/rows/{row:path}", summary="一个条目", operation_id="read_row")
async def read_row(
    regulation: Regulation,
    row: Annotated[str, Path(description="条目编号，可省去规章的键", examples=["8.s1"])],
    books: RulebooksInForce,
    register: RegisterInForce,
    texts: AttachedTexts,
    today: Today,
) -> RowOut:
    """条目的种类、概述、参数、子条目，以及引用它的可执行规定。"""
    book = books.in_force(regulation, today)
    found = register.row(f"{regulation}/{row.removeprefix(f'{regulation}/')}")
    citing = tuple(p.name for p in book.provisions() if found.id in p.rows)
    text = texts.get((book.regulation, book.edition))
    return RowOut(
        id=found.id,
        article=found.article,
        kind=found.kind,
        capability=found.capability,
        summary=found.summary,
        children=found.children,
        parameters=dict(found.parameters),
        provisions=citing,
        wording=text.cited(Citation.read(found.article)) if text else None,
    )


@router.get(
    "/rulebooks/{regulation}/articles/{article}", summary="一条", operation_id="read_article"
)
async def read_article(
    regulation: Regulation,
    article: Annotated[
        str, Path(description="第十二条、第十二条（五）或 12", examples=["第十二条"], max_length=40)
    ],
    reading: Annotated[Reading, Depends()],
    today: Today,
    on: Annotated[Day | None, Query(description="法定日，默认今天（北京时间）")] = None,
) -> ArticleOut:
    """该条在本产品中的条目与可执行的规定；中心附有规章全文的，另给出原文。"""
    book = reading.books.in_force(regulation, on or today)
    place = Citation.read(article)
    rows = tuple(
        row.id
        for row in reading.register.of(regulation)
        if place and place.covers(Citation.read(row.article))
    )
    text = reading.texts.get((book.regulation, book.edition))
    if place is None or not (rows or (text and text.cut(place))):
        raise NotFound("条", article)
    return ArticleOut(
        regulation=book.regulation,
        edition=book.edition,
        article=str(place),
        wording=text.cited(place) if text else None,
        attached_at=text.attached_at if text else None,
        digest=text.digest if text else None,
        rows=rows,
        provisions=tuple(
            p.name for p in book.provisions() if place.covers(Citation.read(p.article))
        ),
    )


def _edition(book: Rulebook) -> EditionOut:
    validity = book.validity.terms if book.validity else None
    return EditionOut(
        regulation=book.regulation,
        edition=book.edition,
        title=book.title,
        document_number=book.document_number,
        issuer=book.issuer,
        jurisdiction=book.jurisdiction,
        calendar=book.calendar,
        text_status=book.text_status,
        effective_from=book.effective_from,
        effective_from_entered=book.entered_from is not None,
        effective_until=validity.effective_until if validity else None,
        effective_basis=validity.effective_basis if validity else None,
        interpreter=book.interpreter,
        basis=book.basis,
        articles=book.articles,
        digest=book.digest,
    )


def _provision(provision: Provision[Any]) -> ProvisionOut:  # Any: terms of every kind
    return ProvisionOut(
        name=provision.name,
        article=provision.article,
        rows=provision.rows,
        summary=provision.summary,
        force=provision.force,
        breach=provision.breach,
        terms=asdict(provision.terms),
    )
