"""The OpenAPI document, and that the answers are what it says."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

from domain.catalogue import EVENTS

WITHOUT_A_BODY = {"GET"}


@pytest.fixture(scope="module")
def described(anybody: TestClient) -> dict[str, Any]:
    told: dict[str, Any] = anybody.get("/api/v1/openapi.json").json()
    return told


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def references(value: Any) -> Iterator[str]:
    """Every `$ref` in the document."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for part in value.values():
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def faults(described: dict[str, Any], schema: dict[str, Any], value: Any) -> list[str]:
    """What of `value` is not as `schema` says."""
    whole = {**schema, "components": described["components"]}
    return [f"{list(fault.path)}: {fault.message[:200]}" for fault in Draft202012Validator(whole).iter_errors(value)]


def test_the_document_is_of_openapi_3_1_and_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    missing = {ref for ref in references(described) if ref.rpartition("/")[2] not in schemas}

    assert described["openapi"].startswith("3.1.")
    assert missing == set()
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)


def test_every_operation_has_a_name_of_its_own_a_summary_and_documented_problems(described: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(described)]

    assert len(set(names)) == len(names)
    for path, method, operation in operations(described):
        assert operation["summary"], path
        assert operation["description"], path
        expected = {"422", "500"} | ({"401", "429"} if "security" in operation else set())
        expected |= {"400", "409", "413"} if method == "post" else set()
        assert expected <= operation["responses"].keys(), (path, method)
        for status, response in operation["responses"].items():
            if status >= "400":
                assert list(response["content"]) == ["application/problem+json"], (path, method, status)


def test_no_parameter_is_described_as_null_for_an_address_or_a_header_has_none(described: dict[str, Any]) -> None:
    parameters = [one for _, _, operation in operations(described) for one in operation.get("parameters", ())]

    assert len(parameters) > 20
    assert [one["name"] for one in parameters if {"type": "null"} in one["schema"].get("anyOf", ())] == []
    assert [one["name"] for one in parameters if not one["schema"].keys() & {"type", "anyOf", "$ref"}] == []


def test_both_ways_to_sign_in_are_described_for_what_is_not_public(described: dict[str, Any]) -> None:
    keeper: list[dict[str, list[str]]] = [{"keeper_token": []}, {"keeper_session": []}]
    guarded = {path: operation["security"] for path, _, operation in operations(described) if "security" in operation}

    assert described["components"]["securitySchemes"].keys() == {"keeper_token", "keeper_session", "mirror_token"}
    assert guarded.pop("/log/{book}/tile/entries/{place}") == [*keeper, {"mirror_token": []}]
    assert all(security == keeper for security in guarded.values())
    assert len(guarded) > 15


def test_nothing_is_said_in_words_that_came_after_openapi_3_1(described: dict[str, Any]) -> None:
    assert "itemSchema" not in json.dumps(described)


def test_the_state_of_every_topic_is_described(described: dict[str, Any]) -> None:
    by_topic = described["components"]["schemas"]["SealedEvent"]["allOf"]

    assert [rule["if"]["properties"]["topic"]["const"] for rule in by_topic] == list(EVENTS)


@pytest.mark.parametrize("book", ["money", "supervision"])
def test_the_events_of_the_ledger_are_as_their_topics_are_described(
    keeper: TestClient, described: dict[str, Any], book: str
) -> None:
    schema = described["components"]["schemas"]["SealedEvent"]
    seen: dict[str, Any] = {}
    for line in keeper.get("/api/v1/events", params={"book": book, "format": "jsonl"}).text.splitlines():
        event = json.loads(line)
        seen.setdefault(event["topic"], event)

    assert {topic: found for topic, event in seen.items() if (found := faults(described, schema, event))} == {}
    assert len(seen) > 3


def test_a_state_that_is_not_its_topics_is_found_by_the_description(
    keeper: TestClient, described: dict[str, Any]
) -> None:
    event = keeper.get("/api/v1/events/1").json()
    event["state"]["division_code"] = 7

    assert faults(described, described["components"]["schemas"]["SealedEvent"], event)


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("/api/v1/events", "/api/v1/events"),
        ("/api/v1/balances", "/api/v1/balances"),
        ("/api/v1/facts", "/api/v1/facts"),
        ("/api/v1/facts/{name}", "/api/v1/facts/payments"),
        ("/api/v1/imports", "/api/v1/imports"),
        ("/api/v1/imports/files", "/api/v1/imports/files"),
        ("/api/v1/alerts", "/api/v1/alerts"),
        ("/api/v1/rules", "/api/v1/rules"),
        ("/api/v1/notices", "/api/v1/notices"),
        ("/api/v1/replay/{subject}", "/api/v1/replay/household:H-0001"),
        ("/api/v1/spot-checks", "/api/v1/spot-checks"),
        ("/api/v1/spot-checks/{plan}", "/api/v1/spot-checks/SC-2021-001"),
        ("/api/v1/spot-checks/{plan}/verification", "/api/v1/spot-checks/SC-2021-002/verification"),
        ("/api/v1/verification", "/api/v1/verification"),
        ("/api/v1/flow", "/api/v1/flow"),
        ("/api/v1/overview", "/api/v1/overview"),
        ("/health", "/health"),
    ],
)
def test_an_answer_is_as_it_is_described(
    keeper: TestClient, described: dict[str, Any], template: str, path: str
) -> None:
    answer = keeper.get(path)

    content = described["paths"][template]["get"]["responses"]["200"]["content"]
    assert answer.status_code == 200
    assert faults(described, content["application/json"]["schema"], answer.json()) == []


def test_a_notice_an_alert_and_a_problem_are_as_they_are_described(
    keeper: TestClient, described: dict[str, Any]
) -> None:
    schemas = described["components"]["schemas"]
    notice_no = keeper.get("/api/v1/notices").json()["items"][0]["notice_no"]
    alert_id = keeper.get("/api/v1/alerts").json()["items"][0]["alert_id"]

    assert faults(described, schemas["Notice"], keeper.get(f"/api/v1/notices/{notice_no}").json()) == []
    assert faults(described, schemas["AlertItem"], keeper.get(f"/api/v1/alerts/{alert_id}").json()) == []
    assert faults(described, schemas["Problem"], keeper.get("/api/v1/events?limit=0&from=0").json()) == []


def test_an_import_is_as_it_is_described(clerk: TestClient, described: dict[str, Any]) -> None:
    rows = "姓名,身份证号,死亡日期,知悉日期,来源\n测试乙,440899195501014138,2020-05-06,2020-05-20,民政\n"
    address = clerk.post("/api/v1/imports", files={"files": ("deaths.csv", rows.encode())}).json()["address"]
    clerk.get(f"{address}/events")

    told = clerk.get(address).json()

    assert told["answer"]["files"][0]["problems"]
    assert faults(described, described["components"]["schemas"]["ImportState"], told) == []
