"""Tracing (链路追踪): off unless asked for; a span tells the route and how it ended, and no more.

The framework makes the spans and joins the caller's trace (`traceparent`). It would also write down
path, query and host as they were sent: here only names of our own get through, whichever exporter
stands behind.
"""

import os
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from fastapi.telemetry import TelemetryConfig
from opentelemetry.trace import Span, Tracer, TracerProvider
from opentelemetry.util.types import Attributes

from app.settings import Settings, SettingsRefused

TOLD: Final = frozenset(
    {
        "error.type",
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "network.protocol.version",
        "url.scheme",
    }
)
"""All that a span may say."""
_SERVICE: Final = "guiju"


def telemetry(provider: TracerProvider | None) -> TelemetryConfig:
    """What the app is made with; without a provider no request is traced, whatever the environment
    says, and nothing is paid for it."""
    return {
        "tracing": provider is not None,
        "tracer_provider": None if provider is None else Discreet(provider),
        "metrics": False,  # `/metrics` has them
        "logs": False,  # they would repeat what an exception says
        "operation_spans": False,
        "auto_configure": False,
    }


def provider_for(settings: Settings) -> TracerProvider | None:
    """The SDK's provider, exporting by OTLP as its own variables (`OTEL_EXPORTER_OTLP_…`) say;
    None when tracing is off. Raises SettingsRefused when the extra is not installed."""
    if not settings.tracing:
        return None
    try:
        sdk = import_module("opentelemetry.sdk.trace")
        export = import_module("opentelemetry.sdk.trace.export")
        otlp = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
        resources = import_module("opentelemetry.sdk.resources")
    except ImportError:
        raise SettingsRefused(
            "GUIJU_TRACING: it needs the extra: pip install 'guiju[otel]'"
        ) from None
    name = os.environ.get("OTEL_SERVICE_NAME", _SERVICE)
    provider = sdk.TracerProvider(resource=resources.Resource.create({"service.name": name}))
    provider.add_span_processor(export.BatchSpanProcessor(otlp.OTLPSpanExporter()))
    made: TracerProvider = provider
    return made


def finish(provider: TracerProvider | None) -> None:
    """Send what has not been sent yet; that may take seconds, so call it in a thread."""
    if ending := getattr(provider, "shutdown", None):
        ending()


class Discreet(TracerProvider):
    """A provider whose spans begin with nothing but what may be told."""

    def __init__(self, behind: TracerProvider) -> None:
        self._behind = behind

    def get_tracer(
        self,
        instrumenting_module_name: str,
        instrumenting_library_version: str | None = None,
        schema_url: str | None = None,
        attributes: Attributes | None = None,
    ) -> Tracer:
        """The tracer of the provider behind, made discreet."""
        return DiscreetTracer(
            self._behind.get_tracer(
                instrumenting_module_name, instrumenting_library_version, schema_url, attributes
            )
        )


class DiscreetTracer(Tracer):
    """A tracer that lets only names of our own through. Any: what it passes on is not its own."""

    def __init__(self, behind: Tracer) -> None:
        self._behind = behind

    def start_span(self, *given: Any, **named: Any) -> Span:
        """A span that tells less."""
        return self._behind.start_span(*given, **_discreet(named))

    def start_as_current_span(self, *given: Any, **named: Any) -> Any:
        """The same as the current one, while a block runs."""
        return self._behind.start_as_current_span(*given, **_discreet(named))


def _discreet(named: Mapping[str, Any]) -> dict[str, Any]:  # Any: as above
    sent = named.get("attributes") or {}
    return {**named, "attributes": {name: sent[name] for name in sent if name in TOLD}}
