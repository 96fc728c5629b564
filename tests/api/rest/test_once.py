"""Idempotency keys: the same request is done once, over a restart too."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.responses import Response

from api.app import create_app
from api.ledger import Ledger
from api.rest.answers import answer
from api.rest.memory import Memory
from api.rest.once import Answers
from domain.clock import wall_clock

KEY = {"Idempotency-Key": "0b0c6a5e-one"}
VERIFICATION = "/api/v1/verification"


class Work:
    """Counts how often it was done."""

    def __init__(self, status: int = 200) -> None:
        self.done = 0
        self.status = status

    def __call__(self) -> Response:
        self.done += 1
        return answer({"done": self.done}, self.status, {"Location": "/there"})


@pytest.fixture
def answers(empty_ledger: Ledger) -> Answers:
    return Answers(Memory.of(empty_ledger), wall_clock)


def test_the_same_request_with_the_same_key_is_answered_again_and_not_done_again(answers: Answers) -> None:
    work = Work(201)

    first = answers.once("key", "request", work)
    second = answers.once("key", "request", work)

    assert work.done == 1
    assert (second.status_code, second.body) == (first.status_code, first.body)
    assert second.headers["location"] == "/there"
    assert second.headers["idempotency-replayed"] == "true"


def test_another_request_with_the_same_key_is_refused(answers: Answers) -> None:
    work = Work()
    answers.once("key", "request", work)

    other = answers.once("key", "another", work)

    assert work.done == 1
    assert other.status_code == 422
    assert b"E-DUP" in other.body


def test_a_refused_request_leaves_its_key_free_for_the_corrected_one(answers: Answers) -> None:
    refused, corrected = Work(409), Work()

    answers.once("key", "request", refused)
    given = answers.once("key", "corrected", corrected)

    assert (refused.done, corrected.done, given.status_code) == (1, 1, 200)


def test_a_request_that_failed_leaves_its_key_free_too(answers: Answers) -> None:
    def fail() -> Response:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        answers.once("key", "request", fail)
    given = answers.once("key", "request", Work())

    assert given.status_code == 200


def test_the_same_key_while_the_first_is_under_way_is_a_conflict(answers: Answers) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slow() -> Response:
        begun.set()
        may_end.wait(10)
        return answer({})

    first = threading.Thread(target=answers.once, args=("key", "request", slow))
    first.start()
    begun.wait(10)
    second = answers.once("key", "request", Work())
    may_end.set()
    first.join()
    third = answers.once("key", "request", Work())

    assert (second.status_code, second.headers["retry-after"]) == (409, "1")
    assert third.headers["idempotency-replayed"] == "true"


def test_an_answer_is_forgotten_after_a_day(empty_ledger: Ledger) -> None:
    now = wall_clock()
    memory, work = Memory.of(empty_ledger), Work()

    Answers(memory, lambda: now).once("key", "request", work)
    Answers(memory, lambda: now + timedelta(hours=23)).once("key", "request", work)
    within_a_day = work.done
    Answers(memory, lambda: now + timedelta(hours=25)).once("key", "request", work)

    assert (within_a_day, work.done) == (1, 2)


def test_a_request_that_a_dying_process_had_begun_can_be_begun_again(empty_ledger: Ledger) -> None:
    Answers(Memory.of(empty_ledger, lease_seconds=0), wall_clock)._begin("key", "request")

    given = Answers(Memory.of(empty_ledger), wall_clock).once("key", "request", Work())

    assert given.status_code == 200


def test_a_request_that_a_living_process_is_at_is_left_to_it(empty_ledger: Ledger) -> None:
    one, other = (Answers(Memory.of(empty_ledger), wall_clock) for _ in range(2))
    work = Work()

    def begin_and_ask_elsewhere() -> Response:
        asked = other.once("key", "request", work)
        return answer({"elsewhere": asked.status_code})

    first = one.once("key", "request", begin_and_ask_elsewhere)
    again = other.once("key", "request", work)

    assert (first.body, work.done) == (b'{"elsewhere":409}', 0)
    assert (again.body, again.headers["idempotency-replayed"]) == (first.body, "true")


def test_a_process_that_comes_too_late_takes_no_key_from_the_one_that_began_anew(empty_ledger: Ledger) -> None:
    late, prompt = (Answers(Memory.of(empty_ledger, lease_seconds=s), wall_clock) for s in (0, 60))

    def be_held_up() -> Response:
        prompt.once("key", "request", lambda: answer({"by": "prompt"}))
        return answer({"by": "late"})

    late.once("key", "request", be_held_up)
    kept = prompt.once("key", "request", Work())

    assert kept.body == b'{"by":"prompt"}'


def test_an_answer_survives_a_restart_and_lies_in_the_file_as_ciphertext(empty_ledger: Ledger) -> None:
    headers = {"Authorization": f"Bearer {empty_ledger.keeper_token}", **KEY}

    with TestClient(create_app(empty_ledger), headers=headers) as client:
        first = client.post(VERIFICATION, json={})
    stored = b"".join(path.read_bytes() for path in Path(empty_ledger.folder.path).glob("requests.db*"))
    with TestClient(create_app(empty_ledger), headers=headers) as client:
        second = client.post(VERIFICATION, json={})

    assert second.content == first.content
    assert second.headers["idempotency-replayed"] == "true"
    assert b"supervision" not in stored


def test_a_body_that_says_the_same_otherwise_is_the_same_request(clerk: TestClient) -> None:
    first = clerk.post(VERIFICATION, json={}, headers=KEY)
    same = clerk.post(VERIFICATION, json={"incremental": False}, headers=KEY)
    other = clerk.post(VERIFICATION, json={"incremental": True}, headers=KEY)

    assert "idempotency-replayed" not in first.headers
    assert same.headers["idempotency-replayed"] == "true"
    assert (other.status_code, other.json()["field"]) == (422, "header.idempotency-key")


@pytest.mark.parametrize("key", ["", "x" * 256, "two words"])
def test_a_key_of_another_form_is_refused(clerk: TestClient, key: str) -> None:
    refused = clerk.post(VERIFICATION, json={}, headers={"Idempotency-Key": key})

    assert refused.status_code == 422
