"""The documentation page (接口文档页): Swagger UI from an installed package, without internet."""

import asyncio
import importlib.util
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from pydantic_core import to_json

from app.domain.errors import NotFound

# Swagger UI sets style attributes and draws icons from data addresses; nothing leaves the server.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_PAGE: Final = """\
<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>规矩 Guiju 接口文档</title>
<link rel="icon" href="docs/assets/favicon.png">
<link rel="stylesheet" href="docs/assets/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/assets/swagger-ui-bundle.js"></script>
<script src="docs/assets/start.js"></script>
</body>
</html>
"""
_START: Final = """\
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  filter: true,
  persistAuthorization: false,
  tryItOutEnabled: true,
  validatorUrl: null,
});
"""
_ASSETS: Final = frozenset({"swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"})


def install(app: FastAPI) -> None:
    """Serve `/docs`, its assets and `/openapi.json`; `/` leads to the page."""
    # Relative addresses only, so that the page also works behind a path prefix.
    for path, endpoint in _PAGES.items():
        app.add_api_route(path, endpoint, include_in_schema=False)


def _folder() -> Path:
    """Where the package keeps the files; importing it would bring a second FastAPI app factory."""
    found = importlib.util.find_spec("fastapi_offline")
    if found is None or found.origin is None:
        raise NotFound("软件包", "fastapi_offline")
    return Path(found.origin).parent / "static"


_FOLDER: Final = _folder()


async def _root() -> Response:
    return RedirectResponse("docs", status_code=307)


async def _page() -> Response:
    return HTMLResponse(_PAGE, headers=_HEADERS)


async def _asset(name: str) -> Response:
    if name == "start.js":
        return Response(_START, media_type="text/javascript", headers=_HEADERS)
    if name not in _ASSETS:
        raise NotFound("文件", "（所给名称）")
    cached = {"Cache-Control": "public, max-age=86400"}
    return FileResponse(_FOLDER / name, headers=_HEADERS | cached)


async def _document(request: Request) -> Response:
    state = request.app.state
    if not hasattr(state, "document"):
        # Written once, which takes a second: in a thread, so that others are answered meanwhile.
        state.document = to_json(await asyncio.to_thread(request.app.openapi))
    return Response(state.document, media_type="application/json")


_PAGES: Final[Mapping[str, Callable[..., Awaitable[Response]]]] = {
    "/": _root,
    "/docs": _page,
    "/docs/assets/{name}": _asset,
    "/openapi.json": _document,
}
