"""One request: it ends at its moment however the other side behaves, and follows nobody elsewhere."""

import time

import pytest

from audit.log.exchange import Reply, TooSlow, Unreachable, Unreadable, exchange
from tests.audit.log.hostile_witnesses import ENDLESS, answering, nobodys_port, reply, silent_port

LONGEST_BYTES = 1000


def got(url: str, *, seconds: float = 5, body: bytes | None = None) -> Reply:
    method = "GET" if body is None else "POST"
    return exchange(method, url, body, deadline=time.monotonic() + seconds, longest_bytes=LONGEST_BYTES)


def test_status_kind_and_body_of_an_answer_are_given_as_they_came() -> None:
    with answering(reply(409, b"7\n", b"text/x.tlog.size")) as url:
        answers = [got(url), got(f"{url}/a/b?c=d"), got(url, body=b"x" * 500_000)]

    assert answers == [Reply(409, "text/x.tlog.size", b"7\n")] * 3


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with (
        answering(reply(200, b"never")) as other,
        answering(reply(302, b"", b"text/plain\r\nLocation: " + other.encode())) as url,
    ):
        assert got(url).status == 302


@pytest.mark.parametrize("length", [LONGEST_BYTES, LONGEST_BYTES + 1])
def test_a_body_is_read_up_to_its_limit_and_not_beyond(length: int) -> None:
    with answering(reply(200, b"x" * length)) as url:
        if length <= LONGEST_BYTES:
            assert len(got(url).body) == length
            return
        with pytest.raises(Unreadable, match="longer than 1000 bytes"):
            got(url)


@pytest.mark.parametrize("start", [ENDLESS, b"HTTP/1.1 200 OK\r\n", b""], ids=["body", "headers", "status"])
def test_who_drips_is_cut_off_at_the_moment_itself(start: bytes) -> None:
    with answering(start, then=b"x", every_seconds=0.05) as url:
        began = time.monotonic()
        with pytest.raises(TooSlow):
            got(url, seconds=0.5)
        took = time.monotonic() - began

    assert 0.4 < took < 2


def test_who_says_nothing_in_tls_is_cut_off_at_the_moment_itself() -> None:
    with silent_port() as port:
        began = time.monotonic()
        with pytest.raises(TooSlow, match="agree on TLS"):
            got(f"https://127.0.0.1:{port}", seconds=0.5)

    assert 0.4 < time.monotonic() - began < 2


def test_who_is_not_there_is_unreachable_at_once() -> None:
    with pytest.raises(Unreachable, match="Connection refused"):
        got(f"http://127.0.0.1:{nobodys_port()}")
