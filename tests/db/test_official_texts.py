"""Official texts in the database: attached, replaced and taken away, also by two at once."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.engine import open_engine
from app.db.official_texts import OfficialTexts
from app.domain.attached_text import AttachedText
from tests.databases import Clone

TEXT = AttachedText(
    regulation="somewhere",
    edition="2012",
    articles={number: f"窗口甲{number}号按时开门。" for number in range(1, 12)},
)
OTHER = replace(TEXT, articles={number: f"乙{number}。" for number in TEXT.articles})
NEIGHBOUR = replace(TEXT, edition="2030", articles={1: "丙。"})


async def of_somewhere(texts: OfficialTexts) -> dict[str, AttachedText]:
    return {text.edition: text for text in await texts.all() if text.regulation == "somewhere"}


async def test_a_text_is_kept_replaced_and_taken_away(engine: AsyncEngine) -> None:
    texts = OfficialTexts(engine)
    await texts.attach(TEXT)
    await texts.attach(NEIGHBOUR)
    before = await texts.digests()
    assert (await of_somewhere(texts))["2012"].articles == TEXT.articles
    assert (await of_somewhere(texts))["2012"].attached_at == before["somewhere", "2012"][1]
    await texts.attach(OTHER)
    after = await texts.digests()
    assert (await of_somewhere(texts))["2012"].articles == OTHER.articles
    assert before["somewhere", "2012"] != after["somewhere", "2012"]
    assert before["somewhere", "2030"] == after["somewhere", "2030"]
    assert await texts.detach("somewhere", "2012")
    assert not await texts.detach("somewhere", "2012")
    assert set(await of_somewhere(texts)) == {"2030"}
    assert await texts.detach("somewhere", "2030")


async def test_two_who_attach_at_once_leave_one_text_whole(fresh_database: Clone) -> None:
    engines = [open_engine(fresh_database.service_url, size=1) for _ in range(6)]
    given = [TEXT, OTHER] * 3
    await asyncio.gather(*(OfficialTexts(e).attach(t) for e, t in zip(engines, given, strict=True)))
    found = (await of_somewhere(OfficialTexts(engines[0])))["2012"]
    digests = await OfficialTexts(engines[0]).digests()
    for engine in engines:
        await engine.dispose()
    assert found.articles in (TEXT.articles, OTHER.articles)
    assert digests["somewhere", "2012"][0] == found.digest


async def test_an_article_without_a_word_is_refused_and_the_earlier_text_stands(
    engine: AsyncEngine,
) -> None:
    texts = OfficialTexts(engine)
    await texts.attach(TEXT)
    with pytest.raises(IntegrityError):
        await texts.attach(replace(OTHER, articles={**OTHER.articles, 11: ""}))
    assert (await of_somewhere(texts))["2012"].articles == TEXT.articles
    await texts.detach("somewhere", "2012")
