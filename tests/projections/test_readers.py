"""Nobody sees an alert that names him: among its subjects, in the rows that it rests on, or as the hand that acted."""

from datetime import date
from typing import Any

import pytest

from domain.disbursement import PaymentMade
from projections.alerts import Asked, counted, listed
from projections.leads import LeadAsked, leads
from projections.readers import Reader
from tests.projections.alerting import Docket, alert_id
from tests.projections.history import History, person

PAYEE = f"person:{person('甲')}"


def paid(history: History, number: int, **stated: Any) -> int:
    """A payment with its papers."""
    row = {
        "programme": "低保",
        "period": "2020-04",
        "id_no": person("甲"),
        "amount_fen": 181_00,
        "bank_ref": f"TEST{number}",
        "paid_on": date(2020, 4, 22),
        "village": "测试一村",
        "preparer": "G-0001",
        "approver": "G-0006",
    }
    return history.tell(PaymentMade, f"payment {number}", **(row | stated))


@pytest.fixture
def docket(history: History) -> Docket:
    """One alert over one payment of village one, and one over another that others handled in village two."""
    docket = Docket(history)
    first = paid(history, 1)
    second = paid(
        history, 2, id_no=person("乙"), preparer="G-0002", approver="G-0007", village="测试二村", actor="G-0004"
    )
    docket.raised("one", (PAYEE, "payment:TEST1", "staff:G-0009"), event_refs=(first,))
    docket.raised("two", (f"person:{person('乙')}", "payment:TEST2"), event_refs=(second,), rule_id="LNM-01")
    return docket


@pytest.mark.parametrize(
    ("reader", "seen"),
    [
        (None, {"one", "two"}),
        (Reader(("G-0008",), person("丙")), {"one", "two"}),
        (Reader(("G-0009",)), {"two"}),  # among the subjects by number
        (Reader(("G-0008",), person("甲")), {"two"}),  # among the subjects as a person
        (Reader(("G-0001",)), {"two"}),  # prepared the payment
        (Reader(("G-0006",)), {"two"}),  # approved it
        (Reader(("G-0066", "G-0006")), {"two"}),  # under another number
        (Reader(("G-0004",)), {"one"}),  # entered the other by hand
        (Reader(("G-0011",), None, ("测试一村",)), {"two"}),  # clerk of the village
        (Reader(("G-0011",), person("乙"), ("测试一村",)), set()),
    ],
)
def test_whoever_is_named_in_an_alert_does_not_see_it(docket: Docket, reader: Reader | None, seen: set[str]) -> None:
    with docket.history.project().connect() as connection:
        asked = Asked(reader=reader)
        told = {line["alert_id"] for line in listed(connection, asked)}
        many = counted(connection, asked)
        led = {alert for lead in leads(connection, LeadAsked(reader=reader), limit=10) for alert in lead["alert_ids"]}

    assert told == {alert_id(name) for name in seen}
    assert many == len(seen)
    assert led == told


def test_whoever_a_correction_names_does_not_see_the_alert_either(history: History) -> None:
    position = paid(history, 1)
    history.correct("payment 1", approver="G-0077")
    Docket(history).raised("one", (PAYEE,), event_refs=(position,))

    with history.project().connect() as connection:
        seen = {number: counted(connection, Asked(reader=Reader((number,)))) for number in ("G-0006", "G-0077")}

    assert seen == {"G-0006": 0, "G-0077": 0}
