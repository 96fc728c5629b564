"""Spot checks over the wire: planned and drawn by the keeper, recomputed by anybody."""

from hashlib import sha256

import pytest
from fastapi.testclient import TestClient

from api.ledger import Ledger
from audit.sampling.draw import seed_of, simple_sample

DRAWN = "SC-2021-001"


def test_anybody_can_draw_again_from_what_is_public(anybody: TestClient) -> None:
    plan = anybody.get(f"/api/v1/spot-checks/{DRAWN}").json()
    population = anybody.get(f"/api/v1/spot-checks/{DRAWN}/ids.txt")

    ids = population.text.split("\n")
    seed = seed_of(DRAWN, plan["root"], plan["randomness"])
    assert population.headers["content-type"].startswith("text/plain")
    assert sha256(population.content).hexdigest() == plan["root"]
    assert seed == plan["seed"]
    assert [item["id"] for item in plan["sample"]] == simple_sample(seed, ids, plan["n"])
    assert len(ids) == plan["population"]


def test_the_ledgers_own_recomputation_finds_no_difference(anybody: TestClient) -> None:
    verified = anybody.get(f"/api/v1/spot-checks/{DRAWN}/verification").json()

    assert (verified["ok"], verified["findings"]) == (True, [])


def test_a_plan_that_is_not_drawn_is_found_so(anybody: TestClient) -> None:
    plan = anybody.get("/api/v1/spot-checks/SC-2021-002").json()
    verified = anybody.get("/api/v1/spot-checks/SC-2021-002/verification").json()

    assert (plan["stage"], plan["sample"], plan["seed"]) == ("planned", [], None)
    assert not verified["ok"]


def test_all_plans_are_listed_in_the_order_in_which_they_were_made(anybody: TestClient) -> None:
    plans = [plan["plan"] for plan in anybody.get("/api/v1/spot-checks").json()["items"]]

    assert plans[:2] == [DRAWN, "SC-2021-002"]


def test_the_keeper_plans_and_draws_once_and_never_with_other_dice(keeper: TestClient) -> None:
    planned = keeper.post("/api/v1/spot-checks", json={"plan": "SC-REST-1", "n": 4, "method": "mus"})
    twice = keeper.post("/api/v1/spot-checks", json={"plan": "SC-REST-1", "n": 4})

    drawn = keeper.post(f"{planned.headers['location']}/draw", json={"randomness": "DICE:1,2,3"})
    again = keeper.post(f"{planned.headers['location']}/draw", json={"randomness": "DICE:6,6,6"})

    assert (planned.status_code, planned.json()["stage"]) == (201, "planned")
    assert (twice.status_code, twice.json()["code"]) == (409, "E-DUP")
    assert (drawn.status_code, drawn.json()["stage"]) == (200, "drawn")
    assert drawn.json()["sample"]
    assert (again.status_code, again.json()["code"]) == (409, "E-STATE")


def test_a_sample_larger_than_its_population_is_refused_with_both_numbers(keeper: TestClient, ledger: Ledger) -> None:
    before = ledger.supervision.head.position

    answer = keeper.post("/api/v1/spot-checks", json={"plan": "SC-REST-2", "n": 1_000_000})

    assert (answer.status_code, answer.json()["code"]) == (422, "E-SCHEMA")
    assert "1000000" in answer.json()["detail"]
    assert ledger.supervision.head.position == before


@pytest.mark.parametrize("path", ["", "/ids.txt", "/verification"])
def test_a_plan_that_there_is_not_is_not_found(anybody: TestClient, path: str) -> None:
    answer = anybody.get(f"/api/v1/spot-checks/SC-1900-001{path}")

    assert (answer.status_code, answer.json()["code"]) == (404, "E-REF")


def test_a_number_typed_in_another_normal_form_is_the_same_plan(keeper: TestClient) -> None:
    keeper.post("/api/v1/spot-checks", json={"plan": "SC-cafe\u0301", "n": 1})

    answer = keeper.get("/api/v1/spot-checks/SC-caf\u00e9")

    assert answer.status_code == 200
    assert answer.json()["plan"] == "SC-caf\u00e9"
