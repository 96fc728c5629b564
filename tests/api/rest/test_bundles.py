"""Evidence bundles over the wire: for staff, masked, the same as the command's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.bundling import Wanted, bundle
from api.ledger import Ledger
from tests.api.bundling_township import examined, make_township, some


@pytest.fixture(scope="module")
def township(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A township's ledger under signed heads; only read it."""
    with Ledger.open(make_township(tmp_path_factory.mktemp("township"))) as opened:
        opened.catch_up()
        yield opened


@pytest.fixture(scope="module")
def staff(township: Ledger) -> TestClient:
    """The keeper of that ledger; the application's own threads are not started."""
    return TestClient(create_app(township), headers={"Authorization": f"Bearer {township.keeper_token}"})


def test_a_bundle_over_the_wire_is_the_one_that_the_command_writes(
    township: Ledger, staff: TestClient, tmp_path: Path
) -> None:
    subject = some(township, "household").subject
    bundle(township, Wanted(subject), tmp_path / "b.zip")

    answer = staff.get(f"/api/v1/bundles/{subject}")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert "evidence-household-H-" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.content == (tmp_path / "b.zip").read_bytes()


def test_a_person_is_asked_for_by_number_in_a_body_and_bundled_by_reference(
    township: Ledger, staff: TestClient, tmp_path: Path
) -> None:
    subject = some(township, "person").subject
    reference = subject.partition(":")[2]
    number = township.vault.numbers([reference])[reference]

    answer = staff.post("/api/v1/bundles", json={"subject": f"person:{number}"})

    (tmp_path / "b.zip").write_bytes(answer.content)
    assert answer.status_code == 200
    assert examined(township, tmp_path / "b.zip").subject == subject
    assert number.encode() not in answer.content


def test_a_subject_that_is_nowhere_is_not_found_unless_its_absence_is_asked_for(staff: TestClient) -> None:
    absent = staff.get("/api/v1/bundles/household:H-9999")
    shown = staff.get("/api/v1/bundles/household:H-9999", params={"absent": "true", "book": "money"})

    assert (absent.status_code, absent.json()["code"]) == (404, "E-REF")
    assert shown.status_code == 200


def test_before_an_index_is_sealed_the_answer_says_what_to_do(clerk: TestClient) -> None:
    answer = clerk.get("/api/v1/bundles/household:H-0001")

    assert (answer.status_code, answer.json()["code"]) == (409, "E-STATE")


def test_whoever_has_no_token_gets_no_bundle(township: Ledger, staff: TestClient) -> None:
    answer = TestClient(staff.app).get(f"/api/v1/bundles/{some(township, 'household').subject}")

    assert answer.status_code == 401
