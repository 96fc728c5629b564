"""A village's borrower and his bank, made by hand."""

from datetime import date, timedelta
from typing import Any

from fastapi.testclient import TestClient

from api.entries import Entered
from api.ledger import Ledger
from tests.api.offices import CARD, CLERK, NAME, OFFICE, born, enter_row, furnish, post

BANK, TEAM = "G-0021", "G-0022"
BORROWER, HOUSEHOLD, LOAN = born(201), "H-0003", "JJ-1"
REASON = "本人确属应贷，已核实"


def furnish_a_bank(ledger: Ledger) -> None:
    """An office, a banker, somebody of the work team, and a borrower on the roster."""
    furnish(ledger)
    post(ledger, BANK, 21, "bank")
    post(ledger, TEAM, 22, "work_team")
    enrol(ledger)


def enrol(ledger: Ledger, id_no: str = BORROWER, household_no: str = HOUSEHOLD, **changes: Any) -> Entered:
    """Somebody on the roster."""
    row = {
        "village": "测试一村",
        "household_no": household_no,
        "head_name": NAME,
        "name": NAME,
        "relation": "户主",
        "id_no": id_no,
        "category": "脱贫不稳定户",
        "included_on": "2016-05-01",
    }
    return enter_row(ledger, "roster", OFFICE, **row | changes)


def lend(ledger: Ledger, loan_no: str = LOAN, **changes: Any) -> Entered:
    """The bank's row of a loan that is due in a year."""
    row = {
        "loan_no": loan_no,
        "borrower_name": NAME,
        "id_no": BORROWER,
        "household_no": HOUSEHOLD,
        "bank": "测试信用社",
        "principal": "30000.00",
        "rate_pct": "4.75",
        "issued_on": days_from(ledger, -200),
        "due_on": days_from(ledger, 365),
        "purpose": "养牛",
        "disbursement_account": CARD,
        "holder_name": NAME,
        "borrower_present": True,
        "phone": "0759-0000001",
        "balance": "30000.00",
        "status": "正常",
    }
    return enter_row(ledger, "loans", BANK, **row | changes)


def days_from(ledger: Ledger, days: int) -> str:
    """The day so many days after today."""
    day: date = ledger.today + timedelta(days=days)
    return str(day)


def application(ledger: Ledger, loan_no: str = LOAN, **changes: Any) -> dict[str, Any]:
    """An application for 30,000 yuan over two years, by the village's clerk."""
    wanted = {
        "actor": CLERK,
        "loan_no": loan_no,
        "borrower_name": NAME,
        "id_no": BORROWER,
        "household_no": HOUSEHOLD,
        "bank": "测试信用社",
        "amount_fen": 3_000_000,
        "rate_pct": "4.75",
        "from": days_from(ledger, 0),
        "due_on": days_from(ledger, 700),
        "purpose": "养牛",
        "disbursement_account": CARD,
        "borrower_present": True,
        "phone": "0759-0000001",
    }
    return wanted | changes


def step(client: TestClient, name: str, actor: str, loan_no: str = LOAN, **more: Any) -> Any:
    """The answer to one step with a loan."""
    return client.post(f"/api/v1/loans/{loan_no}/{name}", json={"actor": actor, **more})


def looked_after(client: TestClient, on: str, loan_no: str = LOAN, actor: str = TEAM, **more: Any) -> Any:
    """The answer to a look after a loan."""
    look = {"checked_on": on, "use": "as_stated", "finding": "牛棚在建，账实相符"}
    return step(client, "checks", actor, loan_no, **look | more)
