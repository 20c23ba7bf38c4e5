"""Tracing: nothing at all unless it is asked for, and then the caller's trace without his data."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI, Request
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from app.api import problems, tracing
from app.api.v1.schemas.ruling import decision_out
from app.main import create_app
from app.settings import Settings, SettingsRefused
from tests.api import probe
from tests.api.conftest import Issuer

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
PHONE, ID_NUMBER = "13812345678", "11010519491231002X"


async def under_a_trace() -> dict[str, bool]:
    return {"traced": trace.get_current_span().get_span_context().is_valid}


@asynccontextmanager
async def calling(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://guiju") as client,
    ):
        yield client


async def test_nothing_is_traced_by_default_whatever_the_environment_says(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    app = create_app(issuer.settings)
    app.add_api_route("/traced", under_a_trace)
    seen = []

    async def remember(request: Request) -> None:
        seen.append("fastapi.telemetry" in request.scope)

    app.add_api_route("/seen", remember)
    async with calling(app) as client:
        assert (await client.get("/traced", headers=TRACEPARENT)).json() == {"traced": False}
        await client.get("/seen", headers=TRACEPARENT)
    assert seen == [False]


def test_without_the_extra_it_is_refused_in_one_line(issuer: Issuer) -> None:
    settings = Settings.model_validate({"var": issuer.settings.var, "tracing": True})
    with pytest.raises(SettingsRefused, match=r"^GUIJU_TRACING: .*guiju\[otel\]"):
        create_app(settings)


class Traced:
    """An app that is traced, and the spans that would leave it."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.app = FastAPI(telemetry=tracing.telemetry(provider))
        problems.install(self.app, decision_out)
        self.app.include_router(probe.router, prefix="/v1")
        self.app.add_api_route("/v1/traced", under_a_trace)

    @property
    def spans(self) -> list[ReadableSpan]:
        return list(self.exporter.get_finished_spans())


def said(span: ReadableSpan) -> Mapping[str, object]:
    return dict(span.attributes or {})


async def test_the_callers_trace_goes_on_under_the_route_as_documented() -> None:
    traced = Traced()
    async with calling(traced.app) as client:
        assert (await client.get("/v1/traced", headers=TRACEPARENT)).json() == {"traced": True}
        await client.get("/v1/probe/days?on=2025-10-01", headers=TRACEPARENT)
    first, second = traced.spans
    for span in (first, second):
        assert f"{span.context.trace_id:032x}" == TRACE
        assert span.parent
        assert f"{span.parent.span_id:016x}" == PARENT
        assert span.kind is SpanKind.SERVER
    assert second.name == "GET /v1/probe/days"
    assert said(second) == {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "http.route": "/v1/probe/days",
        "network.protocol.version": "1.1",
        "url.scheme": "http",
    }


async def test_no_span_tells_what_was_sent() -> None:
    traced = Traced()
    sent = {
        "Host": f"{PHONE}.example",
        "baggage": f"id_no={ID_NUMBER}",
        "tracestate": "a=b",
        "User-Agent": ID_NUMBER,
    }
    async with calling(traced.app) as client:
        await client.get(f"/v1/probe/days?on={ID_NUMBER}&id_no={ID_NUMBER}", headers=sent)
        await client.get(f"/v1/nobody/{PHONE}", headers=sent)
        await client.post("/v1/probe/facts", json={"on": ID_NUMBER, "tel": PHONE}, headers=sent)
        await client.request(f"A{PHONE}", "/v1/probe/days", headers=sent)
        with pytest.raises(RuntimeError):
            await client.get("/v1/probe/fails/unexpected", headers=sent)
    assert len(traced.spans) == 5
    for span in traced.spans:
        assert said(span).keys() <= tracing.TOLD
        written = span.to_json()
        assert ID_NUMBER not in written
        assert PHONE not in written
    assert said(traced.spans[-1])["error.type"] == "RuntimeError"


def test_what_is_left_is_sent_at_the_end() -> None:
    traced = TracerProvider(shutdown_on_exit=False)
    exporter = InMemorySpanExporter()
    traced.add_span_processor(SimpleSpanProcessor(exporter))
    tracing.finish(traced)
    with traced.get_tracer("late").start_as_current_span("late"):
        pass
    assert not exporter.get_finished_spans()
    tracing.finish(None)
