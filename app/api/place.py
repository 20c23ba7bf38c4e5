"""Place (所在中心): what is kept, and the centre that a path names, if the caller may see it."""

from typing import Annotated

from fastapi import Depends, Path, Request

from app.api.deps import Now
from app.api.security import authenticated
from app.db.errors import Busy
from app.db.repositories import Repositories
from app.domain.day import local_day
from app.domain.errors import NotFound
from app.domain.organisation.centre import Centre


class NoDatabase(Busy):
    """The process was started without a database: only what needs none is served."""

    def __init__(self) -> None:
        super().__init__("本进程没有数据库（DATABASE_URL），只能回答不需要数据库的问题。")


async def repositories(request: Request) -> Repositories:
    """Everything that this process keeps in the database."""
    kept: Repositories | None = getattr(request.app.state, "repositories", None)
    if kept is None:
        raise NoDatabase
    return kept


RepositoriesDep = Annotated[Repositories, Depends(repositories)]
CentreInPath = Annotated[
    str,
    Path(
        description="中心的 id（UUID）或代码",
        examples=["nanchang"],
        min_length=3,
        max_length=64,
    ),
]


async def visible_centre(request: Request, centre: CentreInPath, now: Now) -> Centre:
    """The centre of the path as it is governed today; one that the caller may not see does not
    exist for this caller."""
    caller = await authenticated(request)
    found = await (await repositories(request)).centres.get(centre)
    if not caller.sees(found.id):
        raise NotFound("政务服务中心", centre)
    return found.on(local_day(found.moment(now)))


VisibleCentre = Annotated[Centre, Depends(visible_centre)]
