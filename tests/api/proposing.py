"""Projects that are proposed and taken on by hand."""

from typing import Any

from fastapi.testclient import TestClient

from tests.api.offices import CLERK, DOCUMENT, LEADER

NUMBER, REASON = "XM-1", "地点变更，经村民会议决定"


def propose(office: TestClient, number: str = NUMBER, **changes: Any) -> Any:
    """The answer to a proposal of the village's clerk."""
    wanted = {
        "actor": CLERK,
        "project_no": number,
        "project_name": "肉牛托养",
        "project_class": "产业扶贫",
        "location": "测试一村",
        "fund_source": "省级",
        "quota_doc_no": DOCUMENT,
        "budget_fen": 100_00,
        "implementer": "测试合作社",
        "beneficiary_households": 26,
        "performance_target": "户均增收500元",
    }
    return office.post("/api/v1/projects", json=wanted | changes)


def step(office: TestClient, name: str, actor: str, number: str = NUMBER, **more: Any) -> Any:
    """The answer to one step."""
    return office.post(f"/api/v1/projects/{number}/{name}", json={"actor": actor, **more})


def change(office: TestClient, fields: dict[str, Any], actor: str = CLERK, approver: str = LEADER, **more: Any) -> Any:
    """The answer to a change."""
    return step(office, "change", actor, approver=approver, fields=fields, reason=REASON, **more)


def row(office: TestClient) -> dict[str, Any]:
    """The project among the facts."""
    [only] = office.get("/api/v1/facts/projects").json()["items"]
    return dict(only)
