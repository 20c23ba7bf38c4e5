"""The service assembled (装配): settings in, one ASGI app out."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute

from app.api import docs_page, logging, metrics, problems, tracing
from app.api.deps import now_in_shanghai, seconds
from app.api.in_force import Following
from app.api.keys import KeySource
from app.api.official_texts import Quoting
from app.api.once import Sealer
from app.api.openapi import DESCRIPTION, TITLE, DocumentedApp, only_documented_query
from app.api.personal_keys import Vault
from app.api.polling import following
from app.api.rate_limit import Allowance, RateLimit
from app.api.security import TokenRules, Verifier
from app.api.v1 import health, meta
from app.api.v1 import router as v1
from app.api.v1.schemas.ruling import decision_out
from app.api.wire import BodyLimit
from app.calendars import load as calendars
from app.db import migrate
from app.db.repositories import Repositories
from app.rulebooks import load as rulebooks
from app.settings import Settings, read_settings

READINESS_PATIENCE = 3.0  # seconds
TAGS = [
    {"name": "裁量问答", "description": "就所述事实回答一个法律问题，逐条引用"},
    {"name": "办件", "description": "收件到办结的每一步，时钟与逐日证明"},
    {"name": "中心", "description": "政务服务中心的设立、规章的采用与设置"},
    {"name": "组织机构", "description": "部门、任命、制度与检查"},
    {"name": "窗口", "description": "窗口的设立、启用、调整与撤销，综合窗口的代受理"},
    {"name": "人员", "description": "工作人员、派驻、行政委托与日常记录；个人信息默认脱敏"},
    {"name": "事项与指南", "description": "事项的进退与变更，办事指南的版本、备案与公布"},
    {"name": "收费与公开", "description": "收费依据与标准，应当公开的清单；公众免登录查阅"},
    {"name": "事件", "description": "按提交次序的事件流"},
    {"name": "统计", "description": "每月办件的件数：按部门、按收件窗口的类别，逾期的在内"},
    {"name": "审计", "description": "留痕及其封印：谁在何时做了什么、被拒绝了什么"},
    {"name": "规章", "description": "已载入的版本、可执行的规定与条目"},
    {"name": "工作日历", "description": "工作日、放假与调休，期限推算及逐日证明"},
    {"name": "关于", "description": "问题类别"},
    {"name": "运维", "description": "存活与就绪"},
]


def app_from_environment() -> FastAPI:
    """The factory that the server calls in each of its processes.

    What is loaded now stays for good: the collector need not walk it again and again, which would
    hold up every request for as long as a hundred rulings take.
    """
    app = create_app(read_settings())
    gc.collect()
    gc.freeze()
    return app


def create_app(settings: Settings) -> FastAPI:
    """The app for these settings; it touches neither database nor key files before it starts."""
    logging.configure(settings.log_level)
    tracer = tracing.provider_for(settings)
    app = DocumentedApp(
        title=TITLE,
        version=version("guiju"),
        description=DESCRIPTION,
        openapi_tags=TAGS,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
        lifespan=_running,
        telemetry=tracing.telemetry(tracer),
    )
    app.state.tracer = tracer
    app.state.clock = now_in_shanghai
    app.state.settings = settings
    app.state.calendars = calendars.load()
    app.state.register = rulebooks.load_register()
    app.state.rulebooks = rulebooks.load(register=app.state.register)
    app.state.verifier = _verifier(settings)
    app.state.readiness = (lambda: _schema_at_head(settings),)
    problems.install(app, decision_out)
    v1.install(app)
    app.include_router(meta.problem_pages, dependencies=[Depends(only_documented_query)])
    app.include_router(health.router)
    docs_page.install(app)
    metrics.install(app)
    _stand_at_the_edge(app, settings)
    return app


def _stand_at_the_edge(app: FastAPI, settings: Settings) -> None:
    """What sees a request before any route does; what is added last stands outermost."""
    app.add_middleware(BodyLimit)
    if settings.rate_limit:
        allowance = Allowance(settings.rate_limit, settings.rate_burst)
        app.add_middleware(RateLimit, allowance, time.monotonic)
    app.add_middleware(logging.AccessLog)


@asynccontextmanager
async def _running(app: FastAPI) -> AsyncIterator[None]:
    """What the service holds while it runs: the keys of stored answers and of personal data, the
    pool of connections."""
    settings: Settings = app.state.settings
    app.state.sealer = Sealer.from_file(settings.answers_key)
    app.state.vault = Vault.from_file(settings.personal_keys_file)
    try:
        async with _kept(app, settings):
            yield
    finally:
        await asyncio.to_thread(tracing.finish, app.state.tracer)


@asynccontextmanager
async def _kept(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """The pool of connections, if there is a database."""
    if settings.database_url is None:
        yield  # rulings, rulebooks and calendars need no database
        return
    kept = Repositories.at(
        settings.database_url.get_secret_value(),
        size=settings.pool_size,
        wait=settings.pool_wait_seconds,
    )
    app.state.repositories = kept
    metrics.watch(kept, settings.pool_size)
    try:
        quoting = Quoting(app.state, kept.official_texts)
        async with following(quoting, Following(app.state, kept)):
            yield
    finally:
        await kept.close()


def _operation_id(route: APIRoute) -> str:
    """The function's name: it is unique, and stays when a path gets a prefix."""
    return route.name


def _verifier(settings: Settings) -> Verifier:
    rules = TokenRules(
        issuer=settings.issuer,
        audience=settings.audience,
        algorithm=settings.algorithm,
        remembered=settings.token_cache_seconds,
    )
    return Verifier(rules, KeySource(settings.jwks_source, seconds), seconds)


async def _schema_at_head(settings: Settings) -> None:
    """Raise NotReady unless the database answers soon and has the schema of this program."""
    if settings.database_url is None:
        raise health.NotReady("没有可用的数据库（DATABASE_URL）。")
    try:
        async with asyncio.timeout(READINESS_PATIENCE):
            await migrate.require_head(settings.database_url.get_secret_value())
    except migrate.SchemaRefused:
        raise health.NotReady("数据库结构不是本版本所需，须由所有者迁移。") from None
