"""Dividends and receipts, with what is worked out for them."""

from typing import Any

from projections.facts import rows
from tests.projections.history import account
from tests.projections.township import VILLAGE, Township


def printed(township: Township, name: str) -> list[dict[str, Any]]:
    with township.project().connect() as connection:
        return list(rows(connection, name))


def test_a_dividend_has_the_village_of_its_contract_as_it_stands_now(township: Township) -> None:
    township.dividend("FH1", "HT-1", 100)
    assert printed(township, "dividends")[0]["village"] is None

    township.contract("HT-1")
    first = printed(township, "dividends")[0]["village"]
    township.contract("HT-1", village="测试二村")

    assert (first, printed(township, "dividends")[0]["village"]) == (VILLAGE, "测试二村")


def test_a_dividend_is_gross_what_the_workbook_says_was_paid(township: Township) -> None:
    township.dividend("FH1", "HT-1", 144_928, shares="2", principal_fen=100_000_000)

    [told] = printed(township, "dividends")

    assert (told["paid_fen"], told["net_fen"], told["returned_fen"], told["returned_on"]) == (144_928, 144_928, 0, None)
    assert (told["shares"], told["principal_fen"], told["bank_ref"]) == (2, 100_000_000, "FH1")


def test_a_receipt_has_the_organisation_of_its_account_or_says_that_nobody_registered_it(township: Township) -> None:
    township.account("村", VILLAGE, "村集体")
    township.receipt("DS1", "HT-1", 100, to_account=account("村"))
    township.receipt("DS2", "HT-1", 100, to_account=account("生"))
    township.receipt("DS3", "HT-1", 100)
    before = [told["org"] for told in printed(township, "dividend_receipts")]

    township.account("生", "测试合作社", "合作社")

    assert before == [VILLAGE, "未登记账户", None]
    assert [told["org"] for told in printed(township, "dividend_receipts")] == [VILLAGE, "测试合作社", None]
