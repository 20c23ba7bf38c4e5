"""Public reading (公开查询): what everybody may read without a token, free, and from any cache."""

import hashlib
from typing import Annotated, Final

from fastapi import Depends, Request, Response
from pydantic import BaseModel

from app.api.deps import Today
from app.api.place import CentreInPath, repositories
from app.domain.organisation.centre import Centre

CACHED: Final = "public, max-age=300"  # seconds; behind them the ETag says whether it still holds
_DIGITS: Final = 32


async def public_centre(request: Request, centre: CentreInPath, today: Today) -> Centre:
    """The centre of the path as it is governed today, for everybody. Raises NotFound."""
    return (await (await repositories(request)).centres.get(centre)).on(today)


PublicCentre = Annotated[Centre, Depends(public_centre)]


def published(request: Request, out: BaseModel) -> Response:
    """The answer with its ETag, or 304 where the reader has it already."""
    body = out.model_dump_json().encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:_DIGITS]}"'
    headers = {"Cache-Control": CACHED, "ETag": etag}
    known = request.headers.get("if-none-match", "")
    if etag in known or known.strip() == "*":
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)
