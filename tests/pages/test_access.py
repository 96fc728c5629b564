"""The keeper's door: who is let in, for how long, and from where."""

from datetime import timedelta

import pytest
from fastapi import FastAPI, HTTPException, Request
from fastapi.testclient import TestClient

from api.access import (
    COOKIE,
    FAILURE_WINDOW,
    FAILURES_ALLOWED,
    SESSION,
    Door,
    TooManyFailures,
    is_same_origin,
    local_path,
    require_keeper,
)
from tests.pages.conftest import SAME_ORIGIN
from tests.pages.example import TOKEN, Guarded


@pytest.fixture
def door(guarded: Guarded) -> Door:
    return Door(guarded.keeper_token, clock=guarded.clock, randomness=guarded.randomness)


def request(method: str = "GET", **headers: str) -> Request:
    told = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": method, "headers": told, "path": "/", "query_string": b""})


def test_a_session_opens_with_the_token_and_with_nothing_else(door: Door) -> None:
    assert door.admits(TOKEN)
    assert door.admits(f"  {TOKEN}\n")
    assert not door.admits(TOKEN[:-1])
    assert not door.admits("")


def test_a_door_without_a_token_would_let_everybody_in_and_is_not_built(guarded: Guarded) -> None:
    with pytest.raises(ValueError, match=r"keys/keeper\.token"):
        Door("", clock=guarded.clock, randomness=guarded.randomness)


def test_a_session_is_recognised_until_its_last_second_and_not_after(door: Door, guarded: Guarded) -> None:
    cookie = door.open_session()

    guarded.now += SESSION - timedelta(seconds=1)
    assert door.recognises(cookie)

    guarded.now += timedelta(seconds=1)
    assert not door.recognises(cookie)


@pytest.mark.parametrize("place", [0, 3, 14, -1])
def test_a_session_with_one_changed_character_is_not_recognised(door: Door, place: int) -> None:
    cookie = door.open_session()
    changed = list(cookie)
    changed[place] = "1" if changed[place] != "1" else "2"

    assert door.recognises(cookie)
    assert not door.recognises("".join(changed))


@pytest.mark.parametrize("cookie", [None, "", ".", "...", "v1.9999999999.00.", "明.账.一.二"])
def test_what_is_no_session_is_not_recognised_and_does_no_harm(door: Door, cookie: str | None) -> None:
    assert not door.recognises(cookie)
    door.end_session(cookie)


def test_a_session_that_was_left_is_not_recognised_any_more(door: Door) -> None:
    cookie = door.open_session()

    door.end_session(cookie)

    assert not door.recognises(cookie)


def test_a_new_token_ends_the_sessions_of_the_old_one(door: Door, guarded: Guarded) -> None:
    cookie = door.open_session()
    other = Door("another token", clock=guarded.clock, randomness=guarded.randomness)

    assert not other.recognises(cookie)


def test_after_too_many_wrong_tokens_the_next_wrong_one_has_to_wait_a_minute(door: Door, guarded: Guarded) -> None:
    for _ in range(FAILURES_ALLOWED):
        assert not door.admits("wrong")

    with pytest.raises(TooManyFailures) as refusal:
        door.admits("wrong")
    assert refusal.value.wait_seconds == FAILURE_WINDOW.total_seconds()

    guarded.now += FAILURE_WINDOW
    assert not door.admits("wrong")


def test_nobody_can_lock_the_keeper_out_by_guessing(door: Door) -> None:
    for _ in range(FAILURES_ALLOWED):
        door.admits("wrong")

    assert door.admits(TOKEN)


@pytest.mark.parametrize(
    ("headers", "same"),
    [
        ({"sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "same-site", "host": "a", "origin": "http://a"}, False),
        ({"sec_fetch_site": "cross-site"}, False),
        ({"sec_fetch_site": "none"}, False),
        ({"host": "mz.example.cn", "origin": "https://mz.example.cn"}, True),
        ({"host": "mz.example.cn", "origin": "https://evil.example"}, False),
        ({"host": "mz.example.cn", "origin": "null"}, False),
        ({"host": "mz.example.cn"}, False),
        ({}, False),
    ],
)
def test_a_change_is_from_this_site_only_if_the_browser_says_so(headers: dict[str, str], *, same: bool) -> None:
    assert is_same_origin(request("POST", **headers)) is same


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/alerts?severity=R", "/alerts?severity=R"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/a\nSet-Cookie: x", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_a_sign_in_leads_to_pages_of_this_site_only(wanted: str | None, led_to: str) -> None:
    assert local_path(wanted) == led_to


def test_signing_in_sets_a_cookie_that_no_script_and_no_other_site_can_use(visitor: TestClient) -> None:
    answer = visitor.post("/login", data={"token": TOKEN, "next": "/alerts"}, headers=SAME_ORIGIN)

    assert answer.status_code == 303
    assert answer.headers["location"] == "/alerts"
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=v1.")
    for wanted in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age=43200"):
        assert wanted in cookie
    assert TOKEN not in cookie
    assert visitor.get("/alerts").status_code == 200


def test_the_wrong_token_is_refused_in_words_and_the_form_stays(visitor: TestClient) -> None:
    answer = visitor.post("/login?lang=en", data={"token": "guess", "next": "/import"}, headers=SAME_ORIGIN)

    assert answer.status_code == 401
    assert "That is not the token." in answer.text
    assert 'name="next" value="/import"' in answer.text
    assert "guess" not in answer.text
    assert "set-cookie" not in answer.headers or COOKIE not in answer.headers["set-cookie"]


def test_too_many_wrong_tokens_are_told_to_wait(visitor: TestClient) -> None:
    for _ in range(FAILURES_ALLOWED):
        visitor.post("/login", data={"token": "guess"}, headers=SAME_ORIGIN)

    answer = visitor.post("/login", data={"token": "guess"}, headers=SAME_ORIGIN)

    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "60"
    assert "试错太多次" in answer.text


def test_a_form_of_another_site_can_neither_sign_in_nor_sign_out(keeper: TestClient) -> None:
    for address in ("/login", "/logout", "/import"):
        answer = keeper.post(address, data={"token": TOKEN}, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403, address

    assert keeper.get("/alerts").status_code == 200


def test_signing_out_closes_the_door_even_for_a_kept_cookie(keeper: TestClient) -> None:
    kept = keeper.cookies[COOKIE]

    answer = keeper.post("/logout", headers=SAME_ORIGIN)

    assert answer.status_code == 303
    keeper.cookies.clear()
    keeper.cookies.set(COOKIE, kept)
    assert keeper.get("/alerts").status_code == 401


def test_a_program_with_the_token_needs_no_cookie_and_no_origin(site_app: FastAPI, visitor: TestClient) -> None:
    admitted = visitor.get("/alerts", headers={"Authorization": f"Bearer {TOKEN}"})
    refused = visitor.get("/alerts", headers={"Authorization": "Bearer guess"})
    basic = visitor.get("/alerts", headers={"Authorization": f"Basic {TOKEN}"})

    assert (admitted.status_code, refused.status_code, basic.status_code) == (200, 401, 401)
    by_program = Request(
        {
            "type": "http",
            "method": "POST",
            "headers": [(b"authorization", f"Bearer {TOKEN}".encode())],
            "app": site_app,
        }
    )
    assert require_keeper(by_program).by == "token"


def test_programs_that_guess_tokens_have_to_wait_too(site_app: FastAPI) -> None:
    guess = Request(
        {"type": "http", "method": "GET", "headers": [(b"authorization", b"Bearer guess")], "app": site_app}
    )
    for _ in range(FAILURES_ALLOWED):
        with pytest.raises(HTTPException) as refused:
            require_keeper(guess)
        assert refused.value.status_code == 401

    with pytest.raises(HTTPException) as wait:
        require_keeper(guess)
    assert wait.value.status_code == 429
    assert wait.value.headers == {"Retry-After": "60"}


def test_a_page_that_is_told_to_wait_is_a_page_all_the_same(visitor: TestClient) -> None:
    guess = {"Authorization": "Bearer guess"}
    for _ in range(FAILURES_ALLOWED):
        visitor.get("/alerts", headers=guess)

    staff, public = visitor.get("/alerts", headers=guess), visitor.get("/", headers=guess)

    assert (staff.status_code, public.status_code) == (429, 200)
    assert "操作太频繁" in staff.text
