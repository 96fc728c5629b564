"""Asset contracts that are signed by hand, and their dividends."""

from typing import Any

from fastapi.testclient import TestClient

from tests.api.offices import CLERK, FINANCE, NAME, born
from tests.journeys.inventing import card_number, credit_code

NUMBER, REASON = "HT-1", "经营主体停业，未按约付息"


def sign(office: TestClient, number: str = NUMBER, **changes: Any) -> Any:
    """The answer to a contract of 1,000 yuan until the end of 2099."""
    wanted = {
        "actor": CLERK,
        "contract_no": number,
        "operator_name": "测试合作社",
        "operator_uscc": credit_code(3),
        "village": "测试一村",
        "principal_fen": 1_000_00,
        "guaranteed_pct": "5",
        "reserve_pct": "10",
        "day_count": "整年",
        "pay_day": "12-20",
        "from": "2019-01-01",
        "until": "2099-12-31",
        "total_shares": "3",
    }
    return office.post("/api/v1/asset-contracts", json=wanted | changes)


def step(office: TestClient, name: str, actor: str, number: str = NUMBER, **more: Any) -> Any:
    """The answer to one step."""
    return office.post(f"/api/v1/asset-contracts/{number}/{name}", json={"actor": actor, **more})


def line(serial: int, fen: int, **changes: Any) -> dict[str, Any]:
    """What one household is paid."""
    return {
        "household_no": f"H-{serial}",
        "head_name": NAME,
        "id_no": born(100 + serial),
        "shares": "1",
        "paid_fen": fen,
        "account_no": card_number(100 + serial),
    } | changes


def pay_out(office: TestClient, *lines: dict[str, Any], due_fen: int = 30_00, **changes: Any) -> Any:
    """The answer to a distribution for 2020."""
    wanted: dict[str, Any] = {"period": "2020", "pool_due_fen": due_fen, "paid_on": "2020-12-20", "lines": list(lines)}
    return step(office, "dividends", FINANCE, **wanted | changes)
