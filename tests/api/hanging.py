"""Notices that are hung up by hand, and what is held against them."""

from datetime import timedelta
from typing import Any

from fastapi.testclient import TestClient

from api.ledger import Ledger
from tests.api.offices import CLERK, NAME, PAYEE, PROGRAMME, SUPERVISOR, born

NUMBER, OTHER, OBJECTION = "GS-1", "GS-2", "YY-1"
REASON, CONTENT = "第一行金额有误，重新公示", "名单中的测试乙已迁出"


def draft(ledger: Ledger, number: str = NUMBER, **changes: Any) -> dict[str, Any]:
    """A notice of two lines that hung for ten days, until yesterday."""
    today = ledger.today
    lines = [
        {"name": NAME, "id_no": PAYEE, "village": "测试一村", "period_from": "2020Q2", "amount_fen": 30_00},
        {"name": "测试乙", "id_no": born(102), "period_from": "2020Q1", "period_to": "2020Q2", "amount_fen": 10_00},
    ]
    return {
        "notice_no": number,
        "level": "村",
        "kind": "公示",
        "subject_kind": "补贴",
        "programme": PROGRAMME,
        "village": "测试一村",
        "place": "村务公开栏",
        "from": str(today - timedelta(days=11)),
        "until": str(today - timedelta(days=1)),
        "lines": lines,
    } | changes


def publish(office: TestClient, ledger: Ledger, number: str = NUMBER, actor: str = CLERK, **changes: Any) -> Any:
    """The answer to a notice by hand."""
    return office.post("/api/v1/notices/by-hand", json={"actor": actor, **draft(ledger, number, **changes)})


def still_hangs(ledger: Ledger) -> dict[str, Any]:
    """The last day of a notice that is up."""
    return {"until": str(ledger.today)}


def step(office: TestClient, name: str, actor: str, number: str = NUMBER, **more: Any) -> Any:
    """The answer to one step with a notice."""
    return office.post(f"/api/v1/notices/{number}/{name}", json={"actor": actor, **more})


def object_to(office: TestClient, ref_no: str = f"{NUMBER}#2", number: str = OBJECTION, **changes: Any) -> Any:
    """The answer to an objection that the village's supervisor brings."""
    wanted = {
        "actor": SUPERVISOR,
        "objection_no": number,
        "ref_kind": "公示",
        "ref_no": ref_no,
        "content": CONTENT,
    }
    return office.post("/api/v1/objections", json=wanted | changes)


def resolve(office: TestClient, actor: str, number: str = OBJECTION, **more: Any) -> Any:
    """The answer to a resolution."""
    body = {"actor": actor, "outcome": "不成立", "reason": "经查该户仍在本村居住", **more}
    return office.post(f"/api/v1/objections/{number}/resolve", json=body)


def state(office: TestClient, number: str = NUMBER) -> str:
    """How a notice stands among the facts; the public board says the same."""
    rows = office.get("/api/v1/facts/notices").json()["items"]
    [shown] = [str(row["state"]) for row in rows if row["notice_no"] == number]
    assert office.get(f"/api/v1/notices/{number}").json()["state"] == shown
    return shown
