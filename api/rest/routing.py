"""Routes of the API: who may use them, before anything of the request is read, and which parameters they know."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.params import Query
from fastapi.routing import APIRoute
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.responses import Response

from api.access import COOKIE, require_keeper, require_mirror
from api.rest.problems import documented

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

_bearer = HTTPBearer(
    scheme_name="keeper_token",
    description="The keeper's token: `keys/keeper.token` in the ledger's folder.",
    auto_error=False,
)
_mirror = HTTPBearer(
    scheme_name="mirror_token",
    description="The mirror's token: `keys/mirror.token` in the ledger's folder. It reads entries and nothing else.",
    auto_error=False,
)
_session = APIKeyCookie(
    name=COOKIE,
    scheme_name="keeper_session",
    description="The session of somebody who signed in at /login; changes must come from a page of this site.",
    auto_error=False,
)


class PublicRoute(APIRoute):
    """A route for everybody. A parameter that it does not know is refused: a mistyped filter would filter nothing."""

    def get_route_handler(self) -> Handler:
        """The handler behind the check of the parameters' names."""
        handle = super().get_route_handler()
        known = sorted(field.alias for field in get_flat_params(self.dependant) if isinstance(field.field_info, Query))

        async def checked(request: Request) -> Response:
            refuse_unknown(request, known)
            return await handle(request)

        return checked


class StaffRoute(PublicRoute):
    """A route for the keeper. Whoever else asks is told so before the body is read, however large it is."""

    def get_route_handler(self) -> Handler:
        """The handler behind the door."""
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            require_keeper(request)
            return await handle(request)

        return guarded


class MirrorRoute(PublicRoute):
    """A route for whoever mirrors the log, and for the keeper."""

    def get_route_handler(self) -> Handler:
        """The handler behind the door."""
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            require_mirror(request)
            return await handle(request)

        return guarded


def public_router(prefix: str, tag: str) -> APIRouter:
    """A router of routes for everybody."""
    return APIRouter(prefix=prefix, tags=[tag], route_class=PublicRoute, responses=documented(422, 500))


def staff_router(prefix: str, tag: str) -> APIRouter:
    """A router of routes for the keeper."""
    return APIRouter(
        prefix=prefix,
        tags=[tag],
        route_class=StaffRoute,
        # These two only describe the door in the OpenAPI document; `StaffRoute` keeps it.
        dependencies=[Depends(_bearer), Depends(_session)],
        responses=documented(401, 422, 429, 500),
    )


def mirror_router(prefix: str, tag: str) -> APIRouter:
    """A router of routes for mirrors and the keeper."""
    return APIRouter(
        prefix=prefix,
        tags=[tag],
        route_class=MirrorRoute,
        dependencies=[Depends(_bearer), Depends(_session), Depends(_mirror)],
        responses=documented(401, 422, 429, 500),
    )


def refuse_unknown(request: Request, known: list[str]) -> None:
    """Refuse query parameters that are not in `known`, or that come twice.

    Raises:
        RequestValidationError: naming each.
    """
    names = [name for name, _ in request.query_params.multi_items()]
    there = ", ".join(known) or "none"
    errors: list[dict[str, Any]] = [
        {"type": "unknown_parameter", "loc": ("query", name), "msg": f"There is no such parameter; there are: {there}."}
        for name in dict.fromkeys(names)
        if name not in known
    ]
    errors += [
        {"type": "repeated_parameter", "loc": ("query", name), "msg": "Give this parameter once."}
        for name in dict.fromkeys(names)
        if name in known and names.count(name) > 1
    ]
    if errors:
        raise RequestValidationError(errors)
