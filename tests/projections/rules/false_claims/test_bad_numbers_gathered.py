"""FAL-10 at three rows and three percent, and below either (DOMAIN §4 C)."""

from datetime import date

import pytest

from projections.rules.engine import Scope
from tests.projections.rules.town import Town

MAY = date(2020, 5, 19)
UNREAD = {"quarantine": ("E-ID:id_no",), "id_quality": "invalid"}


@pytest.fixture
def rules() -> tuple[str, ...]:
    """The rule of this module alone."""
    return ("FAL-10",)


def prepared(town: Town, good: int, bad: int) -> None:
    """Rows of one preparer, some of them with a number that does not hold."""
    for row in range(good):
        town.pay(f"g{row}", "2020-05", MAY, preparer="G-1", id_quality="valid")
    for row in range(bad):
        town.pay(f"b{row}", "2020-05", MAY, preparer="G-1", **UNREAD)


@pytest.mark.parametrize(("good", "bad", "expected"), [(97, 3, 1), (98, 3, 0), (10, 2, 0)])
def test_three_rows_and_three_percent_of_one_hand_are_yellow(town: Town, good: int, bad: int, expected: int) -> None:
    prepared(town, good, bad)

    assert len(town.found("FAL-10")) == expected


def test_the_alert_names_the_preparer_and_the_rows_that_do_not_hold(town: Town) -> None:
    prepared(town, 3, 3)
    town.pay("别", "2020-05", MAY, preparer="G-2", **UNREAD)

    [alert] = town.found("FAL-10")

    assert alert["anchor"] == ("staff:G-1",)
    assert alert["subjects"] == (
        "staff:G-1",
        *("claim:SQ-4", "claim:SQ-5", "claim:SQ-6"),
        *("payment:REF4", "payment:REF5", "payment:REF6"),
    )
    assert alert["event_refs"] == (4, 5, 6)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (543_00, MAY, "Y")
    assert alert["why_zh"] == "该经办人6笔补贴中3笔证件号码有误，占50%，金额¥543.00。"


def test_rows_set_aside_for_another_reason_are_not_bad_numbers(town: Town) -> None:
    for who in "甲乙丙":
        town.pay(who, "2020-05", MAY, preparer="G-1", quarantine=("E-REF:programme",), id_quality="valid")

    assert town.found("FAL-10") == []


def test_an_import_judges_the_rule_over_every_row_and_good_rows_withdraw_it(town: Town) -> None:
    prepared(town, 3, 3)
    raised = town.run(Scope.IMPORTED).raised
    prepared(town, 95, 0)

    withdrawn = town.run(Scope.IMPORTED).withdrawn

    assert (len(raised), len(withdrawn)) == (1, 1)
