"""What fails after an answer has begun, and clients that go away."""

import logging
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from api.app import create_app
from api.ledger import Ledger
from api.rest.faults import AnswerBrokeOff


def test_an_answer_that_breaks_off_says_nothing_of_what_it_held(
    empty_ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(empty_ledger)

    @app.get("/api/v1/breaks-off")
    def breaks_off() -> StreamingResponse:
        def lines() -> Iterator[bytes]:
            yield b"first\n"
            raise RuntimeError("王小明")

        return StreamingResponse(lines())

    with TestClient(app) as client, caplog.at_level(logging.DEBUG), pytest.raises(AnswerBrokeOff) as broken:
        client.get("/api/v1/breaks-off")

    assert "王小明" not in caplog.text
    assert "Incident" in caplog.text
    assert broken.value.__suppress_context__


def test_where_even_the_error_page_fails_there_is_a_plain_answer(
    empty_ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(empty_ledger)

    async def broken_page(request: Request, error: Exception) -> Response:
        raise RuntimeError("王小明")

    app.add_exception_handler(Exception, broken_page)

    @app.get("/broken")
    def broken() -> None:
        raise ValueError("王小明")

    with TestClient(app) as client, caplog.at_level(logging.DEBUG):
        answer = client.get("/broken")

    incident = answer.text.removesuffix(".\n").rpartition(" ")[2]
    assert answer.status_code == 500
    assert incident in caplog.text
    assert "王小明" not in answer.text + caplog.text


def test_a_client_that_goes_away_is_no_incident(empty_ledger: Ledger, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(empty_ledger)

    @app.get("/api/v1/goes-away")
    def goes_away() -> None:
        raise ClientDisconnect

    with TestClient(app) as client, pytest.raises(AssertionError, match="did not receive any response"):
        client.get("/api/v1/goes-away")

    assert "Incident" not in caplog.text
