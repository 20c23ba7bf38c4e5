"""Forms over HTTP: free, in the version of the day, read by everybody; and what items lack."""

import pytest

from tests.api.items.register import APPROVED, Json, Opening, Register, against
from tests.rows import row


async def served(register: Register) -> str:
    """An item that was there before."""
    return await register.item(None)


@row("aohan/33", "erdos-hitech/14.3.s2")
@pytest.mark.parametrize(
    ("regulation", "cited"),
    [("aohan", "aohan/33"), ("erdos-hitech", "erdos-hitech/14.3.s2"), ("tianya", None)],
)
async def test_a_form_has_no_price_where_the_text_says_so(
    at_centre: Opening, regulation: str, cited: str | None
) -> None:
    register = await at_centre(regulation)
    item_id = await register.draft()
    answer = await register.form(item_id, price="0.01")
    assert answer.status_code == (422 if cited else 201)
    if cited:
        assert against(answer) == {cited}
    free = await register.form(item_id, price="0")
    assert (free.status_code, free.json()["price"]) == (201, "0.00")


@row("aohan/33", "erdos-hitech/14.3.s2")
async def test_everybody_reads_the_form_of_the_day(at_centre: Opening) -> None:
    register = await at_centre("aohan")
    item_id = await served(register)
    register.on("2025-09-01")
    first = (await register.form(item_id)).json()
    file = {"address": "https://example.cn/b.pdf", "sha256": "b" * 64, "size": 9}
    second = await register.form(item_id, replaces=first["form_id"], since="2025-10-09", file=file)
    assert (second.status_code, second.json()["number"]) == (201, 2)
    assert second.json()["form_id"] == first["form_id"]
    for on, number in (("2025-10-08", 1), ("2025-10-09", 2)):
        answer = await register.public(f"/{item_id}/forms", on=on)
        assert (answer.status_code, [f["number"] for f in answer.json()["items"]]) == (
            200,
            [number],
        )
    assert answer.json()["items"][0]["address"] == "https://example.cn/b.pdf"
    assert (await register.public(f"/{item_id}/forms", on="2025-08-31")).json()["items"] == []
    assert len(await register.listed(f"/items/{item_id}/forms")) == 2
    assert len(await register.listed(f"/items/{item_id}/forms", on="2025-10-09")) == 1
    actions = [e["action"] for e in await register.entries() if e["subject_kind"] == "form"]
    assert actions == ["entered", "updated"]


async def test_a_form_replaces_one_of_its_own_item(at_centre: Opening) -> None:
    register = await at_centre("aohan")
    one, other = await register.draft(), await register.draft()
    first = (await register.form(one)).json()
    assert (await register.form(other, replaces=first["form_id"])).status_code == 404


@pytest.mark.parametrize(
    "more",
    [
        {"file": {"address": "https://example.cn/a.pdf", "sha256": "A" * 64, "size": 1}},
        {"file": {"address": "javascript:alert(1)", "sha256": "a" * 64, "size": 1}},
        {"file": {"address": "https://example.cn/a.pdf", "sha256": "a" * 64, "size": 0}},
        {"price": "-1"},
        {"price": "0.001"},
        {"kind": "other"},
    ],
)
async def test_a_form_that_cannot_be_is_unprocessable(at_centre: Opening, more: Json) -> None:
    register = await at_centre("tianya")
    assert (await register.form(await register.draft(), **more)).status_code == 422


@row("erdos-hitech/14.3.s2", "erdos-hitech/14.1")
async def test_an_item_without_a_form_is_in_the_list_of_gaps(at_centre: Opening) -> None:
    register = await at_centre("erdos-hitech")
    formed, bare = await served(register), await served(register)
    await register.form(formed)
    gaps = await register.listed("/items/gaps")
    assert {g["item_id"] for g in gaps if g["rows"] == ["erdos-hitech/14.3.s2"]} == {bare}
    windowless = [g["item_id"] for g in gaps if g["rows"] == ["erdos-hitech/14.1"]]
    assert windowless == [formed, bare]
    assert {g["lacking"] for g in gaps} == {"form", "window", "guide", "promise"}


@row("aohan/8", "nanchang/4")
@pytest.mark.parametrize(
    ("regulation", "lacking"),
    [
        ("aohan", [("guide", ["aohan/8"])]),
        ("nanchang", [("office", ["nanchang/4"]), ("guide", ["nanchang/16"])]),
        ("tianya", []),
        ("shapotou", []),
    ],
)
async def test_each_text_wants_what_it_wants(
    at_centre: Opening, regulation: str, lacking: list[tuple[str, list[str]]]
) -> None:
    register = await at_centre(regulation)
    await served(register)
    await register.draft()  # Not served yet: it lacks nothing.
    gaps = await register.listed("/items/gaps")
    assert [(gap["lacking"], gap["rows"]) for gap in gaps] == lacking


@row("aohan/10", "erdos-hitech/14.3.s1")
async def test_everybody_reads_the_guide_of_the_day_and_the_earlier_ones(
    at_centre: Opening,
) -> None:
    register = await at_centre("tianya")
    item_id = await served(register)
    empty = (await register.public(f"/{item_id}")).json()
    assert (empty["guide"], empty["earlier_guides"]) == (None, [])
    await register.published(item_id)
    register.on("2025-10-13")
    await register.published(item_id, promised_limit="7个工作日")
    await register.guide(item_id)  # A draft is nobody's business.
    shown = (await register.public(f"/{item_id}")).json()
    assert shown["guide"]["content"]["promised_limit"] == "7个工作日"
    (earlier,) = shown["earlier_guides"]
    assert (earlier["effective_on"], earlier["effective_until"]) == ("2025-10-09", "2025-10-12")
    then = (await register.public(f"/{item_id}", on="2025-10-09")).json()
    assert (then["guide"]["number"], then["earlier_guides"]) == (1, [])


async def test_public_reading_is_cached_and_checked_by_its_etag(at_centre: Opening) -> None:
    register = await at_centre("tianya")
    item_id = await served(register)
    for path in ("", f"/{item_id}", f"/{item_id}/forms"):
        first = await register.public(path)
        assert first.headers["cache-control"].startswith("public")
        again = await register.public(path, etag=first.headers["etag"])
        assert (again.status_code, again.content) == (304, b"")
    await register.published(item_id)
    assert (await register.public(f"/{item_id}", etag=first.headers["etag"])).status_code == 200


async def test_the_public_sees_what_is_served_that_day_and_nothing_secret(
    at_centre: Opening,
) -> None:
    register = await at_centre("tianya")
    item_id, draft = await served(register), await register.draft()
    other = await at_centre("tianya")

    async def ids(**query: str) -> list[str]:
        return [each["id"] for each in (await register.public("", **query)).json()["items"]]

    assert await ids() == [item_id]
    assert (await register.public(f"/{draft}")).status_code == 404
    assert (await other.public(f"/{item_id}")).status_code == 404
    await register.tell(draft, "activation", {"reason": "进驻"})
    assert await ids() == [item_id, draft]
    assert await ids(on="2025-10-08") == [item_id]
    secret = {"placement": "outside", "exception": {"ground": "secret"}}
    await register.tell(draft, "placement", secret)
    assert await ids() == [item_id]
    assert (await register.public(f"/{draft}/forms")).status_code == 404
    outside = {"placement": "outside", "exception": APPROVED}
    await register.tell(draft, "placement", outside)
    assert await ids() == [item_id, draft]
    gone = await register.submit(draft, "exit")
    assert gone.status_code == 201
    assert await ids() == [item_id]


async def test_what_becomes_a_secret_is_one_also_of_the_days_before(at_centre: Opening) -> None:
    register = await at_centre("tianya")
    item_id = await served(register)
    register.on("2025-10-10")
    await register.seen(item_id)
    secret = {"placement": "outside", "exception": {"ground": "secret"}}
    assert (await register.tell(item_id, "placement", secret)).status_code == 201
    before = "2025-10-09"
    assert (await register.public("", on=before)).json()["items"] == []
    for path in (f"/{item_id}", f"/{item_id}/forms"):
        assert (await register.public(path, on=before)).status_code == 404


@pytest.mark.parametrize("kind", ["item", "guide", "form"])
async def test_what_is_withheld_is_not_shown(at_centre: Opening, kind: str) -> None:
    register = await at_centre("tianya")
    item_id = await served(register)
    guide = await register.published(item_id)
    form = (await register.form(item_id)).json()
    id_ = {"item": item_id, "guide": guide["id"], "form": form["form_id"]}[kind]
    body = {"kind": kind, "resource_id": id_, "ground": "trade_secret", "reason": "涉商业秘密"}
    withheld = await register.post("/withholdings", body)
    assert withheld.status_code == 201, withheld.text
    shown = await register.public(f"/{item_id}")
    forms = await register.public(f"/{item_id}/forms")
    if kind == "item":
        assert (shown.status_code, forms.status_code) == (404, 404)
    else:
        assert (shown.json()["guide"] is None) is (kind == "guide")
        assert (forms.json()["items"] == []) is (kind == "form")


async def test_no_other_version_stands_in_for_one_that_is_withheld(at_centre: Opening) -> None:
    register = await at_centre("tianya")
    item_id = await served(register)
    await register.published(item_id)
    register.on("2025-10-10")
    newer = await register.published(item_id)
    body = {
        "kind": "guide",
        "resource_id": newer["id"],
        "ground": "trade_secret",
        "reason": "涉商业秘密",
    }
    assert (await register.post("/withholdings", body)).status_code == 201
    shown = (await register.public(f"/{item_id}")).json()
    assert shown["guide"] is None
    assert [(each["number"], each["effective_until"]) for each in shown["earlier_guides"]] == [
        (1, "2025-10-09")
    ]


async def test_a_version_that_never_held_is_not_among_the_earlier_ones(at_centre: Opening) -> None:
    register = await at_centre("tianya")
    item_id = await served(register)
    for _ in range(2):
        await register.published(item_id)
    shown = (await register.public(f"/{item_id}")).json()
    assert (shown["guide"]["number"], shown["earlier_guides"]) == (2, [])
