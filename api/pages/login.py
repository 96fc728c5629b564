"""The keeper's door: a form for the token, a session, and the way out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from api.access import COOKIE, SESSION, Door, TooManyFailures, is_same_origin, local_path
from api.pages.site import Here

router = APIRouter(include_in_schema=False)


def same_origin_only(request: Request) -> None:
    """Refuse a form that another site's page sends.

    Raises:
        HTTPException: 403.
    """
    if not is_same_origin(request):
        raise HTTPException(403)


@router.get("/login")
def door(request: Request, site: Here) -> Response:
    """The form. `?next=` is where it leads."""
    return site.page(request, "login.html", next_path=local_path(request.query_params.get("next")), problem=None)


@router.post("/login", dependencies=[Depends(same_origin_only)])
def enter(
    request: Request,
    site: Here,
    token: Annotated[str, Form()] = "",
    next_path: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Open a session for the right token."""
    keeper: Door = request.app.state.door
    where = local_path(next_path)
    try:
        admitted = keeper.admits(token)
    except TooManyFailures as wait:
        page = site.page(request, "login.html", status=429, next_path=where, problem="too_many")
        page.headers["Retry-After"] = str(wait.wait_seconds)
        return page
    if not admitted:
        return site.page(request, "login.html", status=401, next_path=where, problem="wrong")
    answer = RedirectResponse(where, 303)
    answer.set_cookie(
        COOKIE,
        keeper.open_session(),
        max_age=int(SESSION.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
        path="/",
    )
    return answer


@router.post("/logout", dependencies=[Depends(same_origin_only)])
def leave(request: Request) -> Response:
    """End the session."""
    keeper: Door = request.app.state.door
    keeper.end_session(request.cookies.get(COOKIE))
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return answer
