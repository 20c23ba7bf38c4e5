"""Official texts over HTTP: whatever cites an article carries its wording, once it is attached."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from app.api.official_texts import Quoting
from app.api.polling import attempt
from app.db.engine import open_engine
from app.db.official_texts import OfficialTexts
from app.db.repositories import Repositories
from app.domain.attached_text import AttachedText
from app.rulebooks.load import load
from tests.api.cases.desk import Desk, desk_of, serving
from tests.api.conftest import Issuer
from tests.databases import Clone

Json = dict[str, Any]  # Any: answers are read as the free JSON that they are
ITEMS = "窗口遵守：\n（一）甲；\n（二）乙；\n（三）丙；\n（四）丁；\n（五）戊。"


def text_of(regulation: str, says: str = "窗口甲") -> AttachedText:
    book = load().editions(regulation)[-1]
    articles = {number: f"{says}{number}。" for number in range(1, book.articles + 1)}
    return AttachedText(
        regulation=regulation, edition=book.edition, articles=articles | {12: ITEMS}
    )


@pytest.fixture
async def desk(
    fresh_database: Clone, trial: Path, issuer: Issuer
) -> AsyncIterator[tuple[Desk, Quoting, OfficialTexts]]:
    """A service of this test's own, with what looks for texts in its place."""
    async with (
        serving(fresh_database.service_url, trial) as app,
        desk_of(app, issuer, "nanchang") as desk,
    ):
        texts = kept(app).official_texts
        yield desk, Quoting(app.state, texts), texts


def kept(app: FastAPI) -> Repositories:
    repositories: Repositories = app.state.repositories
    return repositories


Here = tuple[Desk, Quoting, OfficialTexts]


async def read(desk: Desk, path: str) -> Json:
    headers = desk.issuer.bearer("rulebooks")
    answer = await desk.client.get(f"/v1/rulebooks/{path}", headers=headers)
    return dict(answer.json()) | {"status": answer.status_code}


async def findings(desk: Desk, regulation: str, question: str = "rotation") -> list[Json]:
    answer = await desk.client.post(
        f"/v1/rulings/{question}",
        json={"rulebook": regulation, "facts": {}},
        headers=desk.issuer.bearer("rulings"),
    )
    return list(answer.json()["findings"])


async def test_without_a_text_nothing_has_a_wording(desk: Here) -> None:
    here, quoting, _ = desk
    await quoting.refresh()
    assert {finding["wording"] for finding in await findings(here, "nanchang")} == {None}
    article = await read(here, "nanchang/articles/第八条")
    assert (article["wording"], article["attached_at"], article["digest"]) == (None, None, None)
    assert article["rows"] == ["nanchang/8", "nanchang/8.s1", "nanchang/8.s2", "nanchang/8.s3"]
    assert "rotation.notice" in article["provisions"]


async def test_a_text_attached_while_the_service_runs_is_cited_and_goes_again(desk: Here) -> None:
    here, quoting, texts = desk
    text = text_of("nanchang")
    await texts.attach(text)
    await quoting.refresh()
    for finding in await findings(here, "nanchang"):
        assert (
            finding["wording"]
            == {"第八条": "窗口甲8。", "第十一条": "窗口甲11。"}[finding["article"]]
        )
    assert {finding["wording"] for finding in await findings(here, "tianya")} == {None}
    assert (await read(here, "nanchang/rows/8.s1"))["wording"] == "窗口甲8。"
    article = await read(here, "nanchang/articles/第八条")
    assert (article["wording"], article["digest"]) == ("窗口甲8。", text.digest)
    await texts.attach(text_of("nanchang", "窗口乙"))
    await quoting.refresh()
    assert (await read(here, "nanchang/articles/8"))["wording"] == "窗口乙8。"
    await texts.detach("nanchang", "2012")
    await quoting.refresh()
    assert {finding["wording"] for finding in await findings(here, "nanchang")} == {None}


async def test_an_item_is_cited_alone(desk: Here) -> None:
    here, quoting, texts = desk
    await texts.attach(text_of("shapotou"))
    await quoting.refresh()
    cited = {f["article"]: f["wording"] for f in await findings(here, "shapotou", "time-limit")}
    assert cited["第十二条（五）"] == "（五）戊。"
    assert (await read(here, "shapotou/articles/第十二条（二）"))["wording"] == "（二）乙；"
    assert (await read(here, "shapotou/articles/第十二条"))["wording"] == ITEMS


async def test_acts_carry_the_wording_of_their_edition(desk: Here) -> None:
    here, quoting, texts = desk
    await texts.attach(text_of("nanchang"))
    await quoting.refresh()
    case = await here.receive()
    refused = await here.accept(case["id"], form="oral")
    accepted = await here.accept(case["id"])
    for answer in (refused, accepted):
        cited = {f["article"]: f["wording"] for f in answer.json()["decision"]["findings"]}
        assert cited["第三十条"] == "窗口甲30。"
        assert None not in cited.values()


async def test_rulebooks_that_were_loaded_again_are_given_their_wording_again(desk: Here) -> None:
    here, quoting, texts = desk
    await texts.attach(text_of("nanchang"))
    await quoting.refresh()
    here.app.state.rulebooks = load()
    await quoting.refresh()
    assert all(finding["wording"] for finding in await findings(here, "nanchang"))


async def test_a_database_out_of_reach_breaks_no_ruling(nanchang: Desk) -> None:
    gone = open_engine("postgresql+asyncpg://nobody@127.0.0.1:1/nowhere", size=1, wait=0.5)
    await attempt(Quoting(nanchang.app.state, OfficialTexts(gone)))
    assert {finding["wording"] for finding in await findings(nanchang, "nanchang")} == {None}
    assert (await read(nanchang, "nanchang/articles/第八条"))["status"] == 200
    await gone.dispose()


@pytest.mark.parametrize(
    "path",
    [
        "nanchang/articles/第五十八条",
        "nanchang/articles/附则",
        "nanchang/articles/0",
        "nanchang/articles/行政许可法第三十二条",
        "shapotou/articles/第十二条（九十九）",
        "national/articles/第三十二条",
        "nowhere/articles/第八条",
    ],
)
async def test_what_is_no_article_of_it_is_not_found(nanchang: Desk, path: str) -> None:
    assert (await read(nanchang, path))["status"] == 404


async def test_the_articles_of_a_national_law_are_read_by_its_name(nanchang: Desk) -> None:
    found = await read(nanchang, "national/articles/行政许可法第三十二条")
    assert (found["article"], found["wording"]) == ("行政许可法第三十二条", None)
    assert found["rows"]
