"""IDL-02 at each of its ages, to the yuan, and for money spent under documents below (DOMAIN §4 J)."""

from datetime import date

import pytest

from domain.project import ProjectEntered
from tests.projections.rules.facts_told import DOCUMENT, allocation, found, live, returned
from tests.projections.rules.town import Town

ARRIVED = date(2020, 1, 6)


def spend(town: Town, fen: int, document: str = DOCUMENT, on: date = date(2020, 3, 1)) -> int:
    """Pay somebody out of a document."""
    return town.pay("甲", "2020", on, amount_fen=fen, quota_doc_no=document)


def enter_project(town: Town) -> None:
    """The project that the document is for."""
    named = {"project_no": "XM-1", "project_name": "水渠", "project_class": "基础设施", "location": "一村"}
    money = {"fund_source": "省级", "quota_doc_no": DOCUMENT, "budget_fen": 0, "received_fen": 0, "paid_fen": 0}
    more = {"implementer": "一村", "beneficiary_households": 26, "performance_target": "增收"}
    town.history.tell(ProjectEntered, "project XM-1", **named, **money, **more)


@pytest.mark.parametrize(
    ("as_of", "severity"),
    [
        (date(2020, 7, 4), None),
        (date(2020, 7, 5), "Y"),
        (date(2021, 1, 5), "Y"),
        (date(2021, 1, 6), "O"),
        (date(2022, 1, 5), "O"),
        (date(2022, 1, 6), "R"),
    ],
)
def test_idle_money_is_yellow_after_half_a_year_orange_after_one_and_red_after_two(
    town: Town, as_of: date, severity: str | None
) -> None:
    allocation(town, "到达", "ZB-1", ARRIVED, 300_000_00)
    spend(town, 180_000_00)
    town.as_of = as_of

    alerts = found(town, "IDL-02")

    assert [alert["severity"] for alert in alerts] == ([severity] if severity else [])
    assert {alert["amount_at_risk_fen"] for alert in alerts} <= {120_000_00}
    assert {alert["holds_from"] for alert in alerts} <= {date(2020, 7, 5)}


def test_the_alert_names_the_document_its_entry_and_its_project(town: Town) -> None:
    arrived = allocation(town, "到达", "ZB-1", ARRIVED, 300_000_00)
    spend(town, 1_00)
    live(town, "IDL-02")
    enter_project(town)

    [alert] = live(town, "IDL-02").changed

    assert alert["anchor"] == (f"fund:{DOCUMENT}",)
    assert alert["subjects"] == (f"fund:{DOCUMENT}", "entry:ZB-1", "project:XM-1")
    assert alert["event_refs"] == (arrived,)


def test_a_yuan_left_over_is_tolerated_and_a_fen_more_is_not(town: Town) -> None:
    allocation(town, "到达", "ZB-1", ARRIVED, 300_000_00)
    spend(town, 299_998_99)
    raised = live(town, "IDL-02")
    spend(town, 1)

    outcome = live(town, "IDL-02")

    assert len(raised.raised) == len(outcome.withdrawn) == 1


def test_what_came_back_is_unspent_again(town: Town) -> None:
    allocation(town, "到达", "ZB-1", ARRIVED, 300_000_00)
    spend(town, 300_000_00)
    spent = live(town, "IDL-02")
    returned(town, "REF1", date(2020, 3, 9), 300_000_00)

    outcome = live(town, "IDL-02")

    assert spent.raised == []
    assert outcome.raised[0]["amount_at_risk_fen"] == 300_000_00


def test_money_spent_under_a_document_below_counts_as_spent_by_all_above_it(town: Town) -> None:
    allocation(town, "到达", "ZB-1", ARRIVED, 300_000_00, from_org="省财政", to_org="市财政")
    child, grandchild = "测县财〔2020〕7号", "测镇财〔2020〕9号"
    below = ((child, DOCUMENT, "ZB-2"), (grandchild, child, "ZB-3"))
    for document, above, entry in below:
        allocation(town, "到达", entry, ARRIVED, 300_000_00, quota_doc_no=document, parent_doc_no=above)
    spend(town, 1_00, "另一文号")
    raised = live(town, "IDL-02")
    spend(town, 300_000_00, grandchild)

    outcome = live(town, "IDL-02")

    assert {alert["anchor"][0] for alert in raised.raised} == {f"fund:{one}" for one in (DOCUMENT, child, grandchild)}
    assert f"document:{child}" in next(a for a in raised.raised if a["anchor"] == (f"fund:{DOCUMENT}",))["subjects"]
    assert len(outcome.withdrawn) == 3


def test_what_arrived_first_is_spent_first(town: Town) -> None:
    allocation(town, "到达", "ZB-1", ARRIVED, 100_000_00)
    allocation(town, "到达", "ZB-2", date(2020, 12, 1), 50_000_00)
    spend(town, 100_000_00, on=date(2020, 12, 20))

    assert found(town, "IDL-02") == []
