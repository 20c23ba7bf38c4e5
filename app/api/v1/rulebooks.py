"""Rulebooks (规章): which editions are loaded, what their provisions compute with, row by row."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from app.api.deps import RegisterInForce, RulebooksInForce, Today
from app.api.security import requires
from app.api.v1.schemas.rulebook import (
    EditionOut,
    EditionsOut,
    ProvisionOut,
    RowOut,
    RulebookOut,
    WarningCode,
)
from app.api.wire import Day
from app.domain.provision import Provision
from app.domain.rulebook import Rulebook

router = APIRouter(tags=["规章"], dependencies=[requires("rulebooks")])

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
    today: Today,
) -> RowOut:
    """条目的种类、概述、参数、子条目，以及引用它的可执行规定。"""
    book = books.in_force(regulation, today)
    found = register.row(f"{regulation}/{row.removeprefix(f'{regulation}/')}")
    citing = tuple(p.name for p in book.provisions() if found.id in p.rows)
    return RowOut(
        id=found.id,
        article=found.article,
        kind=found.kind,
        capability=found.capability,
        summary=found.summary,
        children=found.children,
        parameters=dict(found.parameters),
        provisions=citing,
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
        effective_from=validity.effective_from if validity else None,
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
