"""Which methods an address knows: several routes may share one, and RFC 9110 wants all of them in `Allow`."""

from fastapi import Request
from starlette.routing import Match

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def methods_at(request: Request) -> list[str]:
    """The methods that some route takes at the request's address."""
    scope = {"type": "http", "path": request.scope["path"], "root_path": request.scope.get("root_path", "")}
    return [
        method
        for method in METHODS
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in request.app.routes)
    ]
