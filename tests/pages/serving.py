"""A real server in a thread, and a real Chromium, for the tests that look at pages and for the pictures in docs/."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import BrowserContext, Playwright

QUIET = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LONGEST_START_SECONDS = 20
HEIGHT = 800


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve `app` on a free port of this machine; gives its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    began = time.monotonic()
    while not server.started:
        if time.monotonic() - began > LONGEST_START_SECONDS:
            raise TimeoutError(f"The server did not start within {LONGEST_START_SECONDS} seconds.")
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(LONGEST_START_SECONDS)


@contextmanager
def browsing(
    playwright: Playwright, chromium: str, *, width: int = 1280, scripts: bool = True
) -> Iterator[BrowserContext]:
    """A fresh Chromium, `width` pixels wide, with or without scripts."""
    with TemporaryDirectory(prefix="chromium-") as folder:
        context = playwright.chromium.launch_persistent_context(
            folder,
            executable_path=chromium,
            args=list(QUIET),
            viewport={"width": width, "height": HEIGHT},
            java_script_enabled=scripts,
            accept_downloads=True,
        )
        try:
            yield context
        finally:
            context.close()


def sign_in(context: BrowserContext, address: str, token: str) -> None:
    """Open a keeper's session the way people do."""
    page = context.new_page()
    page.goto(f"{address}/login")
    page.fill("#token", token)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{address}/")
    page.close()
