"""The service as it is measured (被测服务): the product's app, and one route that does nothing.

`python -m bench.served` serves on PORT with GUIJU_WORKERS processes, as `guiju serve` does.
"""

import uvicorn
from fastapi import APIRouter, FastAPI, Response
from sqlalchemy import literal, select
from uvicorn.supervisors import Multiprocess

from app.api.place import RepositoriesDep
from app.api.security import requires
from app.api.wire import WireRoute
from app.db.engine import Hot
from app.main import app_from_environment
from app.settings import read_settings

NOTHING = "/v1/nothing"
_ONE = Hot(select(literal(1)))
router = APIRouter(route_class=WireRoute)


@router.get(NOTHING, dependencies=[requires("cases:read")])
async def do_nothing(kept: RepositoriesDep) -> Response:
    """`SELECT 1` on the driver's connection of the same pool, with the same token and edge."""
    row = await _ONE.one(kept.engine, {})
    assert row is not None
    return Response(b'{"one":%d}' % row[0], media_type="application/json")


def application() -> FastAPI:
    """The app; the route beside is looked at first, so that finding it costs next to nothing."""
    app = app_from_environment()
    app.include_router(router)
    app.router.routes.insert(0, app.router.routes.pop())
    return app


def main() -> None:
    settings = read_settings()
    config = uvicorn.Config(
        "bench.served:application",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        loop="uvloop",
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    if settings.workers == 1:
        uvicorn.Server(config).run()
    else:
        Multiprocess(config, sockets=[config.bind_socket()]).run()


if __name__ == "__main__":
    main()
