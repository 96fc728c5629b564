"""Acceptance 6: whatever is asked, the answer is one that the OpenAPI document describes, and never a 5xx.

Schemathesis reads the document and asks what a careful, a careless and a hostile client would ask of every operation;
its checks hold each answer against the document. The short forms run with everything else; the long one is
`python -m pytest -m slow tests/api/rest/test_schemathesis.py`.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.openapi import from_asgi

from api.access import Door
from api.app import create_app
from api.importing import import_path
from api.ledger import Ledger
from api.publishing import publish_latest
from api.rest.description import ADDRESS
from tests.postgresql import Database

TOWNSHIP = Path(__file__).parents[3] / "samples" / "township"
SMALL = ("manifest", "places", "orgs", "staff", "programmes", "roster")
CASES, MANY_CASES = 2, 100

REFUSED = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 429]
"""What a wrong request may be answered; a body too large is one."""

ACCEPTED = ["2xx", 304, 401, 403, 404, 409, 429]
"""What a right request may be answered: what it names need not be there, and may stand otherwise."""

JUDGED_BY_CONTENT = [
    {"include-method": "POST", "checks": {"positive_data_acceptance": {"expected-statuses": [*ACCEPTED, 422]}}}
]
"""Of a workbook, a row or an intent the document says how it is written; only the books know whether it can be."""


class Door60(Door):
    """A door at which a minute goes by before every question: who tries many wrong tokens need not be waited for."""

    def __init__(self, ledger: Ledger) -> None:
        began, minutes = ledger.clock(), count()

        def clock() -> datetime:
            return began + timedelta(minutes=next(minutes))

        super().__init__(ledger.keeper_token, clock=clock, randomness=ledger.randomness)


@contextmanager
def served(folder: Path, package: Path) -> Iterator[FastAPI]:
    """The real application of a ledger in which `package` and a notice stand."""
    with Ledger.create(folder, place_code="440899101", place_name="测试镇") as ledger:
        import_path(ledger, package)
        publish_latest(ledger, limit=1)
        app = create_app(ledger)
        app.state.door = Door60(ledger)
        with TestClient(app):
            yield app


_keys = count(1)


@schemathesis.hook
def before_call(context: Any, case: schemathesis.Case[Any], kwargs: dict[str, Any]) -> None:
    """What no schema can say: one Idempotency-Key is for one request. And nobody waits for a stream without news."""
    for name, key in dict(case.headers or {}).items():
        if name.lower() == "idempotency-key" and isinstance(key, str) and key:
            case.headers[name] = f"{key[:200]}-{next(_keys)}"
    if str((case.query or {}).get("seconds", "")).isdigit():
        case.query["seconds"] = 0


def asked(
    app: FastAPI, *, cases: int, with_token: bool = True, every_limit: bool = False
) -> tuple[set[str], list[str]]:
    """Which operations were asked, so many cases each and in sequences, and what was wrong with the answers.

    every_limit: also each parameter and field at, below and beyond each of its limits.
    """
    token = {"Authorization": f"Bearer {app.state.ledger.keeper_token}"} if with_token else {}
    config = {
        "seed": 1,
        "headers": token,
        "continue-on-failure": True,
        "generation": {"max-examples": cases, "deterministic": os.environ.get("CI") == "true"},
        "checks": {
            "negative_data_rejection": {"expected-statuses": REFUSED},
            "positive_data_acceptance": {"expected-statuses": ACCEPTED},
        },
        "phases": {"coverage": {"enabled": every_limit}},
        "operations": JUDGED_BY_CONTENT,
    }
    schema = from_asgi(ADDRESS, app, config=SchemathesisConfig.from_dict(config))
    operations: set[str] = set()
    faults: list[str] = []
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            faults.append(repr(event))
        elif isinstance(event, events.ScenarioFinished):
            operations |= {f"{case.value.operation.label}" for case in event.recorder.cases.values()}
            faults += list(found(event))
    return operations, faults


def found(scenario: events.ScenarioFinished) -> Iterator[str]:
    """What the checks found, what was answered, and how to ask for it again."""
    for case_id, checks in scenario.recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                failure, again = check.failure_info.failure, check.failure_info.code_sample
                answered = scenario.recorder.find_response(case_id=case_id)
                told = "" if answered is None else f"{answered.status_code} {answered.text[:500]}"
                yield f"{failure.operation}: {failure.title}: {failure.message}: {told}\n{again[:1_000]}"


@pytest.fixture(scope="session")
def township_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    with served(tmp_path_factory.mktemp("asked") / "books", TOWNSHIP) as app:
        yield app


def test_whatever_the_keeper_asks_is_answered_as_it_is_described(township_app: FastAPI) -> None:
    operations, faults = asked(township_app, cases=CASES, every_limit=True)

    assert faults == []
    assert len(operations) > 25


def test_whatever_anybody_asks_without_a_token_is_answered_as_it_is_described(township_app: FastAPI) -> None:
    operations, faults = asked(township_app, cases=CASES, with_token=False)

    assert faults == []
    assert len(operations) > 25


@pytest.mark.postgresql
def test_whatever_the_keeper_asks_of_a_database_is_answered_as_it_is_described(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "package"
    package.mkdir()
    for name in SMALL:
        shutil.copy(TOWNSHIP / f"{name}.xlsx", package)
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", database.url)

    with served(tmp_path / "books", package) as app:
        operations, faults = asked(app, cases=CASES)

    assert faults == []
    assert len(operations) > 25


@pytest.mark.slow
def test_whatever_the_keeper_asks_at_length_is_answered_as_it_is_described(township_app: FastAPI) -> None:
    operations, faults = asked(township_app, cases=MANY_CASES, every_limit=True)

    assert faults == []
    assert len(operations) > 25
