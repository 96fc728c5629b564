"""All pages' routes together, and the site's own files."""

from fastapi import APIRouter, Request, Response

from api.pages import (
    alert_case,
    alerts,
    check,
    events,
    home,
    households,
    imports,
    login,
    notices,
    spot_checks,
    verification,
)
from api.pages.assets import PREFIX
from api.pages.site import site_of

router = APIRouter(include_in_schema=False)

for page in (home, notices, check, spot_checks, verification, alerts, alert_case, households, imports, events, login):
    router.include_router(page.router)


@router.get(f"{PREFIX}{{name}}")
def static_file(request: Request, name: str) -> Response:
    """A style sheet, script or picture of the site."""
    return site_of(request).assets.answer(request, name)
