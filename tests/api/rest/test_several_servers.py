"""Several server processes over one ledger, in files and in a database: what is done once, and what a crash leaves."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import psycopg
import pytest

from api.ledger import Ledger
from api.verifying import verify_ledger
from tests.api.rest.serving import Server, serving
from tests.journeys.inventing import card_number, identity_number

KEY = {"Idempotency-Key": "0b0c6a5e-one"}
ENTRIES, IMPORTS = "/api/v1/entries/orgs", "/api/v1/imports"
ORGANISATION = {
    "actor": "keeper",
    "row": {
        "org_code": "ORG-ZJ",
        "org_name": "测试镇财政所",
        "org_kind": "镇财政",
        "account_no": card_number(1),
        "reconciled": True,
    },
}
HEADER = "姓名,身份证号,死亡日期,知悉日期,来源"
NUMBERS = tuple(identity_number(born=date(1955, 1, day), serial=day) for day in (1, 2))
ENOUGH_SECONDS = 60
BEGUN_SECONDS = 1.5
"""After so long a request that was sent has certainly begun."""


class Office(NamedTuple):
    """A ledger that two processes serve, and a way to keep anybody from appending to its money book."""

    ledger: Ledger
    one: Server
    other: Server
    busy: Callable[[], AbstractContextManager[None]]

    @property
    def size(self) -> int:
        """Entries of the money book."""
        return self.ledger.money.head.position


@pytest.fixture(params=["files", pytest.param("database", marks=pytest.mark.postgresql)])
def office(request: pytest.FixtureRequest) -> Iterator[Office]:
    """Two processes over an empty ledger."""
    if request.param == "files":
        ledger: Ledger = request.getfixturevalue("empty_ledger")
        busy = lambda: file_held(ledger.folder.money)  # noqa: E731  a lock with its place
    else:
        ledger = request.getfixturevalue("ledger_in_a_database")
        url = request.getfixturevalue("database").url
        busy = lambda: schema_held(url)  # noqa: E731
    path, token = ledger.folder.path, ledger.keeper_token
    with serving(path, token) as one, serving(path, token) as other:
        yield Office(ledger, one, other, busy)


@contextmanager
def file_held(file: Path) -> Iterator[None]:
    """Hold the writers' lock of a book's file."""
    with closing(sqlite3.connect(file, isolation_level=None)) as holding:
        holding.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def schema_held(url: str) -> Iterator[None]:
    """Hold the head of the money book in a database."""
    with psycopg.connect(url) as holding:
        holding.execute("LOCK TABLE money.head IN EXCLUSIVE MODE")
        yield


def enter(server: Server) -> httpx2.Response:
    """Record one row by hand, under the key."""
    return server.client.post(ENTRIES, json=ORGANISATION, headers=KEY)


def send(server: Server, number: str) -> str:
    """Send a list of deaths; gives the import's address."""
    content = f"{HEADER}\n测试丙,{number},2020-05-06,2020-05-20,民政\n".encode()
    sent = server.client.post(IMPORTS, files=[("files", ("deaths.csv", content))])
    assert sent.status_code == 202, sent.text
    address: str = sent.json()["address"]
    return address


def eventually(look: Callable[[], Any], holds: Callable[[Any], bool]) -> Any:
    """What `look` gives once it holds."""
    until = time.monotonic() + ENOUGH_SECONDS
    while not holds(seen := look()):
        assert time.monotonic() < until, seen
        time.sleep(0.05)
    return seen


def ended(server: Server, address: str) -> Any:
    """An import's state as `server` tells it, once it has ended."""
    return eventually(
        lambda: server.client.get(address).json(), lambda told: told["state"] not in ("waiting", "running")
    )


def test_one_key_sent_to_two_processes_is_done_by_one_and_replayed_by_the_other(office: Office) -> None:
    before = office.size

    with ThreadPoolExecutor(1) as pool:
        with office.busy():
            first = pool.submit(enter, office.one)
            time.sleep(BEGUN_SECONDS)
            meanwhile = enter(office.other)
        done = first.result()
    again = enter(office.other)

    assert (meanwhile.status_code, meanwhile.json()["code"]) == (409, "E-STATE")
    assert done.status_code == 201
    assert (again.status_code, again.content) == (201, done.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert office.size == before + 1


def test_what_a_killed_process_had_begun_is_free_again_and_done_by_another(office: Office) -> None:
    before = office.size

    with ThreadPoolExecutor(1) as pool, office.busy():
        lost = pool.submit(enter, office.one)
        time.sleep(BEGUN_SECONDS)
        office.one.kill()
        assert isinstance(lost.exception(), httpx2.HTTPError)
        at_once = enter(office.other)
    answer = eventually(lambda: enter(office.other), lambda told: told.status_code != 409)

    assert at_once.status_code == 409
    assert answer.status_code in (200, 201)
    assert office.size == before + 1


def test_imports_sent_to_two_processes_at_once_all_go_in_and_both_tell_of_both(office: Office) -> None:
    with ThreadPoolExecutor(2) as pool:
        addresses = list(pool.map(send, (office.one, office.other), NUMBERS))
        told = [[ended(server, address) for address in addresses] for server in (office.one, office.other)]

    assert told[0] == told[1]
    assert [one["state"] for one in told[0]] == ["done", "done"]
    assert [one["answer"]["files"][0]["rows_taken"] for one in told[0]] == [1, 1]
    assert len(office.other.client.get(IMPORTS).json()["items"]) == len(NUMBERS)
    assert verify_ledger(office.ledger.folder.path)["ok"]


def test_an_import_of_a_killed_process_is_interrupted_and_that_of_a_living_one_goes_on(office: Office) -> None:
    with office.busy():
        lost, kept = send(office.one, NUMBERS[0]), send(office.other, NUMBERS[1])
        eventually(lambda: office.other.client.get(lost).json()["state"], lambda state: state == "running")
        office.one.kill()
        interrupted = ended(office.other, lost)
        meanwhile = office.other.client.get(kept).json()
    done = ended(office.other, kept)

    assert interrupted["state"] == "interrupted"
    assert meanwhile["state"] in ("waiting", "running")
    assert done["state"] == "done"
