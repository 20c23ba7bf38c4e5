"""Guides over HTTP: complete before they are public, filed where wanted, kept by version."""

import pytest

from app.domain.organisation.authority import Body
from tests.api.items.register import COMPLETE, Json, Opening, Register, against, as_, missing_parts
from tests.rows import row

PARTY_OFFICE, DEPARTMENT = as_(Body.PARTY_OFFICE), as_(Body.DEPARTMENT)


async def with_sample(at_centre: Opening, regulation: str) -> tuple[Register, str]:
    register = await at_centre(regulation)
    item_id = await register.draft()
    assert (await register.form(item_id)).status_code == 201
    return register, item_id


@row("erdos-hitech/14.3", "nanchang/16", "aohan/10")
@pytest.mark.parametrize(
    ("regulation", "element"),
    [
        ("erdos-hitech", "fee_basis"),
        ("erdos-hitech", "fee_standard"),  # 收费依据 and 收费标准 are two.
        ("nanchang", "supervision_channel"),
        ("aohan", "promised_limit"),
    ],
)
async def test_a_guide_without_one_element_is_not_made_public(
    at_centre: Opening, regulation: str, element: str
) -> None:
    register, item_id = await with_sample(at_centre, regulation)
    refused = await register.publish(await register.guide(item_id, **{element: ""}))
    assert (refused.status_code, missing_parts(refused)) == (409, [element])
    (kept,) = await register.listed(f"/items/{item_id}/guides")
    assert kept["published_on"] is None


@row("nanchang/16")
async def test_what_is_missing_is_named_with_its_rows_and_in_chinese(at_centre: Opening) -> None:
    register, item_id = await with_sample(at_centre, "nanchang")
    guide = await register.guide(item_id, supervision_channel=None)
    refused = (await register.publish(guide)).json()
    assert refused["decision"]["values"]["missing"] == [
        {"part": "supervision_channel", "name": "监督渠道", "rows": ["nanchang/16"]}
    ]
    assert "监督渠道" in refused["detail"]


@row("nanchang/16")
async def test_a_complete_guide_comes_with_one_output_for_each_channel(at_centre: Opening) -> None:
    register, item_id = await with_sample(at_centre, "nanchang")
    published = await register.publish(await register.guide(item_id))
    assert published.status_code == 201
    outputs = {sheet["channel"]: sheet for sheet in published.json()["outputs"]}
    assert list(outputs) == ["website", "touchscreen", "leaflet"]
    assert outputs["website"]["media_type"] == "text/html"
    assert len(outputs["touchscreen"]["pages"]) > 1
    assert all("不收费" in "".join(sheet["pages"]) for sheet in outputs.values())
    again = await register.get(f"/items/{item_id}/guides/{published.json()['id']}/outputs")
    assert again.json()["items"] == published.json()["outputs"]


@row("nanchang/16", "erdos-hitech/14.3")
@pytest.mark.parametrize(
    ("regulation", "channels", "lacking"),
    [
        ("nanchang", ["website", "leaflet"], ["touchscreen"]),
        ("erdos-hitech", ["website"], ["hall"]),
    ],
)
async def test_all_places_where_the_text_names_several(
    at_centre: Opening, regulation: str, channels: list[str], lacking: list[str]
) -> None:
    register, item_id = await with_sample(at_centre, regulation)
    refused = await register.publish(await register.guide(item_id), channels)
    assert refused.status_code == 409
    (finding,) = [
        f for f in refused.json()["decision"]["findings"] if f["provision"].endswith("channels")
    ]
    assert finding["actual"] == lacking


@row("aohan/14")
@pytest.mark.parametrize(
    ("channels", "status"),
    [([], 409), (["leaflet"], 409), (["query_system"], 201), (["website"], 201)],
)
async def test_one_of_two_channels_is_enough_and_none_is_not(
    at_centre: Opening, channels: list[str], status: int
) -> None:
    register, item_id = await with_sample(at_centre, "aohan")
    answer = await register.publish(await register.guide(item_id), channels)
    assert answer.status_code == status
    if status == 409:
        assert against(answer) == {"aohan/14"}


@row("aohan/14", "aohan/14.6")
async def test_a_sample_form_is_wanted_and_then_there(at_centre: Opening) -> None:
    register = await at_centre("aohan")
    item_id = await register.draft()
    guide = await register.guide(item_id)
    refused = await register.publish(guide)
    assert (refused.status_code, against(refused)) == (409, {"aohan/14.6"})
    assert missing_parts(refused) == ["forms_sample"]
    await register.form(item_id, kind="form")  # An empty form shows nobody how.
    assert (await register.publish(guide)).status_code == 409
    await register.form(item_id)
    assert (await register.publish(guide)).status_code == 201


@row("aohan/10")
@pytest.mark.parametrize(("said", "status"), [("不收费", 201), ("", 409), ("  ", 409), (None, 409)])
async def test_an_explicit_word_states_an_element_and_blanks_do_not(
    at_centre: Opening, said: str | None, status: int
) -> None:
    register, item_id = await with_sample(at_centre, "aohan")
    answer = await register.publish(await register.guide(item_id, fee_standard=said))
    assert answer.status_code == status
    if status == 409:
        assert "aohan/10" in against(answer)


@row("aohan/14.2")
async def test_a_guide_without_conditions_misses_them_and_an_explicit_none_passes(
    at_centre: Opening,
) -> None:
    register, item_id = await with_sample(at_centre, "aohan")
    refused = await register.publish(await register.guide(item_id, preconditions=[]))
    assert (against(refused), missing_parts(refused)) == ({"aohan/14.2"}, ["preconditions"])
    stated = await register.guide(item_id, preconditions=[{"text": "无特别条件"}])
    assert (await register.publish(stated)).status_code == 201


@row("aohan/14.1", "aohan/14.3", "aohan/14.5")
@pytest.mark.parametrize(
    ("more", "cited", "lacking"),
    [
        ({"legal_basis": [{"law": "食品安全法"}]}, "aohan/14.1", ["main_clauses"]),
        (
            {"materials": [{"name": "申请书", "format": "", "quantity": 1}]},
            "aohan/14.5",
            ["format"],
        ),
        (
            {"materials": [{"name": "申请书", "format": "原件", "quantity": 0}]},
            "aohan/14.5",
            ["quantity"],
        ),
        (
            {"fee_standard": "50.00元", "fee_basis": "收费目录", "fee_items": "工本费"},
            "aohan/14.3",
            ["payment_method"],
        ),
    ],
)
async def test_an_element_has_its_details(
    at_centre: Opening, more: Json, cited: str, lacking: list[str]
) -> None:
    register, item_id = await with_sample(at_centre, "aohan")
    refused = await register.publish(await register.guide(item_id, **more))
    assert refused.status_code == 409
    assert (against(refused), missing_parts(refused)) == ({cited}, lacking)
    # Another text asks for the element alone.
    register, item_id = await with_sample(at_centre, "nanchang")
    assert (await register.publish(await register.guide(item_id, **more))).status_code == 201


@row("aohan/14.4")
async def test_what_a_public_service_states_binds_no_licence(at_centre: Opening) -> None:
    for item_class, results in (("公共服务", "satisfied"), ("行政许可", "not_applicable")):
        register = await at_centre("aohan")
        item_id = await register.draft(item_class=item_class)
        refused = await register.publish(await register.guide(item_id))
        findings = refused.json()["decision"]["findings"]
        assert {f["result"] for f in findings if f["rows"] == ["aohan/14.4"]} == {results}


@row("nanchang/50")
@pytest.mark.parametrize(
    "condition", [{"text": "环评", "paid_service": True}, {"text": "评估", "provider": "某评估所"}]
)
async def test_no_condition_is_a_paid_service_or_names_its_provider(
    at_centre: Opening, condition: Json
) -> None:
    register = await at_centre("nanchang")
    item_id = await register.draft()
    body = {"content": {**COMPLETE, "preconditions": [{"text": "年满十八周岁"}, condition]}}
    refused = await register.post(f"/items/{item_id}/guides", body)
    assert (refused.status_code, against(refused)) == (409, {"nanchang/50"})
    assert refused.json()["decision"]["findings"][0]["actual"] == [condition["text"]]
    silent = await at_centre("tianya")
    elsewhere = await silent.draft()
    assert (await silent.post(f"/items/{elsewhere}/guides", body)).status_code == 201


@row("erdos-hitech/14.3")
async def test_the_party_office_makes_public_what_the_window_wrote(at_centre: Opening) -> None:
    register = await at_centre("erdos-hitech")
    guide = await register.guide(await register.draft())
    refused = await register.publish(guide, by=DEPARTMENT)
    assert (refused.status_code, against(refused)) == (403, {"erdos-hitech/14.3"})
    assert (await register.publish(guide, by=PARTY_OFFICE)).status_code == 201
    silent = await at_centre("nanchang")
    other = await silent.guide(await silent.draft())
    assert (await silent.publish(other, by=DEPARTMENT)).status_code == 201


@row("erdos-hitech/14.3.s1")
async def test_a_change_takes_effect_when_it_is_filed(at_centre: Opening) -> None:
    register = await at_centre("erdos-hitech")
    item_id = await register.draft()
    first = await register.published(item_id)
    assert (first["effective_on"], first["awaits_filing"]) == ("2025-10-09", False)
    second = await register.guide(item_id, promised_limit="7个工作日")
    assert second["number"] == 2
    published = (await register.publish(second)).json()
    assert (published["effective_on"], published["awaits_filing"]) == (None, True)
    register.on("2025-10-13")
    refused = await register.on_guide(second, "filing", {}, by=DEPARTMENT)
    assert (refused.status_code, against(refused)) == (403, {"erdos-hitech/14.3.s1"})
    filed = await register.on_guide(second, "filing", {"number": "备1"}, by=PARTY_OFFICE)
    assert (filed.json()["effective_on"], filed.json()["filing_number"]) == ("2025-10-13", "备1")
    twice = await register.on_guide(second, "filing", {})
    assert (twice.status_code, twice.json()["code"]) == (409, "guide_filed")
    shown = await register.listed(f"/items/{item_id}/guides")
    assert [(g["number"], g["effective_on"], g["effective_until"]) for g in shown] == [
        (2, "2025-10-13", None),
        (1, "2025-10-09", "2025-10-12"),
    ]
    for on, number in (("2025-10-12", 1), ("2025-10-13", 2)):
        found = await register.listed(f"/items/{item_id}/guides", on=on)
        assert [each["number"] for each in found] == [number]
    assert await register.listed(f"/items/{item_id}/guides", on="2025-10-08") == []


async def test_a_filing_may_come_before_the_publication(at_centre: Opening) -> None:
    register = await at_centre("erdos-hitech")
    item_id = await register.draft()
    await register.published(item_id)
    second = await register.guide(item_id, since="2025-10-20")
    assert (await register.on_guide(second, "filing", {})).json()["effective_on"] is None
    register.on("2025-10-15")
    assert (await register.publish(second)).json()["effective_on"] == "2025-10-20"


@row("erdos-hitech/14.3.s1")
async def test_what_was_filed_is_not_rewritten_before_it_is_public(at_centre: Opening) -> None:
    register = await at_centre("erdos-hitech")
    item_id = await register.draft()
    await register.published(item_id)
    second = await register.guide(item_id)
    assert (await register.on_guide(second, "filing", {"number": "备2"})).status_code == 201
    other = {"content": COMPLETE | {"fee_standard": "五十元"}}
    rewritten = await register.on_guide(second, "revision", other)
    assert (rewritten.status_code, rewritten.json()["code"]) == (409, "guide_filed")
    assert (await register.publish(second)).json()["content"]["fee_standard"] == "不收费"


async def test_a_sample_is_a_form_of_the_same_item(at_centre: Opening) -> None:
    register, other = await at_centre("tianya"), await at_centre("tianya")
    item_id, neighbour, foreign = (
        await register.draft(),
        await register.draft(),
        await other.draft(),
    )
    own = (await register.form(item_id)).json()["form_id"]
    shown = [{"name": "申请书", "format": "原件", "quantity": 1, "sample_form_id": own}]
    guide = await register.guide(item_id, materials=shown)
    for form in (await register.form(neighbour), await other.form(foreign)):
        wrong = [shown[0] | {"sample_form_id": form.json()["form_id"]}]
        body = {"content": COMPLETE | {"materials": wrong}}
        assert (await register.post(f"/items/{item_id}/guides", body)).status_code == 404
        assert (await register.on_guide(guide, "revision", body)).status_code == 404


@row("tianya/16.3.1")
async def test_a_new_version_is_of_its_own_days(at_centre: Opening) -> None:
    register = await at_centre("tianya")
    register.on("2025-09-01")
    item_id = await register.draft()
    await register.published(item_id)
    register.on("2025-09-20")
    second = await register.guide(item_id, since="2025-10-09")
    assert (await register.publish(second)).json()["effective_on"] == "2025-10-09"
    for on, number in (("2025-09-30", 1), ("2025-10-08", 1), ("2025-10-09", 2)):
        found = await register.listed(f"/items/{item_id}/guides", on=on)
        assert [each["number"] for each in found] == [number]


@row("tianya/16.3.1")
async def test_what_is_demanded_is_held_against_the_guide_of_the_day_of_receipt(
    at_centre: Opening,
) -> None:
    register = await at_centre("tianya")
    register.on("2025-09-01")
    item_id = await register.draft()
    two = [{"name": name, "format": "原件", "quantity": 1} for name in ("a", "b")]
    await register.published(item_id, materials=two)
    second = await register.guide(item_id, since="2025-10-09", materials=[*two, {"name": "c"}])
    await register.publish(second)
    register.on("2025-10-09")
    for received_on, outcome in (("2025-09-30", "refused"), ("2025-10-09", "permitted")):
        answer = await register.get(
            f"/items/{item_id}/demands", received_on=received_on, material="c"
        )
        ruling = answer.json()
        assert (answer.status_code, ruling["outcome"]) == (200, outcome)
        assert ruling["findings"][0]["rows"] == ["tianya/16.3.1"]
    assert ruling["values"]["number"] == 2
    before = await register.get(f"/items/{item_id}/demands", received_on="2025-08-31", material="c")
    assert before.json()["outcome"] == "no_rule"


async def test_a_version_is_not_in_force_before_it_is_public(at_centre: Opening) -> None:
    register = await at_centre("tianya")
    guide = await register.guide(await register.draft(), since="2025-01-01")
    assert (await register.publish(guide)).json()["effective_on"] == "2025-10-09"


async def test_what_is_public_is_not_rewritten_and_not_overtaken(at_centre: Opening) -> None:
    register = await at_centre("tianya")
    item_id = await register.draft()
    first, second = await register.guide(item_id), await register.guide(item_id)
    revised = await register.on_guide(second, "revision", {"content": {"item_name": "改"}})
    assert revised.json()["content"]["item_name"] == "改"
    assert (await register.publish(second)).status_code == 201
    rewritten = await register.on_guide(second, "revision", {"content": {}})
    assert (rewritten.status_code, rewritten.json()["code"]) == (409, "guide_published")
    twice = await register.publish(second)
    assert (twice.status_code, twice.json()["code"]) == (409, "guide_published")
    late = await register.publish(first)
    assert (late.status_code, late.json()["code"]) == (409, "guide_overtaken")


@row("aohan/8")
async def test_the_reductions_are_recorded_as_they_are_told(at_centre: Opening) -> None:
    register = await at_centre("aohan")
    reduction = {"materials": 2, "steps": 1, "days": 3, "transparency": "全程公示"}
    guide = await register.guide(await register.draft(), reduction=reduction)
    assert guide["content"]["reduction"] == reduction


async def test_a_guide_holds_no_personal_number(at_centre: Opening) -> None:
    register = await at_centre("tianya")
    item_id = await register.draft()
    body = {"content": {"materials": [{"name": "张三 13800138000"}]}}
    refused = await register.post(f"/items/{item_id}/guides", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "personal_value")
