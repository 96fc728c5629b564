"""LNM-06 at its threshold, one below, and what it leaves alone (DOMAIN §4 B)."""

from datetime import date, timedelta

from domain.bank import StatementLineRecorded
from domain.dividend import AssetContractSigned, DividendPaid, SharesHeld
from tests.projections.history import account, person
from tests.projections.rules.loans.lending import ISSUED, moves, named, registers
from tests.projections.rules.town import Town

FIRM = "91440899MB00070262"
BORROWERS = ("甲", "乙", "丙")
PAID_ON = ISSUED + timedelta(days=60)


def use_loans_of(town: Town, *borrowers: str, invoice_no: str | None = None) -> None:
    """A loan of 40 000 yuan to each, which goes to the firm the next day."""
    for number, borrower in enumerate(borrowers, start=1):
        town.lend(f"JJ-{number}", borrower, f"H-{number}", f"card {number}", ISSUED)
        moves(
            town,
            f"LX{number}",
            f"JJ-{number}",
            "firm",
            40_000_00,
            ISSUED + timedelta(days=number),
            to_id=FIRM,
            invoice_no=invoice_no,
        )


def pays_back(town: Town, number: int, out_of: str = "firm", on: date = PAID_ON) -> int:
    """A line of 银行流水: 1 500 yuan into the account of the loan of that number."""
    line = {"bank_ref": f"QY{number}", "booked_on": on, "statement_account": account(out_of), "amount_fen": 1_500_00}
    accounts = {"from_account": account(out_of), "to_account": account(f"card {number}")}
    return town.history.tell(StatementLineRecorded, f"line {out_of} {number}", **line, **accounts)


def contract(town: Town, contract_no: str = "HT-01") -> int:
    """A row of 资产收益合同 with the firm."""
    terms = {"village": "测试一村", "principal_fen": 500_000_00, "guaranteed_ppm": 60_000, "day_count": "整年"}
    term = {"pay_day": "12-20", "starts_on": date(2020, 1, 1), "until": date(2022, 12, 31), "total_shares": "7"}
    operator = {"contract_no": contract_no, "operator_name": "测试公司", "operator_uscc": FIRM}
    return town.history.tell(AssetContractSigned, f"contract {contract_no}", **operator, **terms, **term)


def share(town: Town, who: str, household: str) -> int:
    """A row of 股东名册: one share of that contract."""
    held = {"contract_no": "HT-01", "household_no": household, "id_no": person(who), "shares": "1"}
    return town.history.tell(SharesHeld, f"shares {who}", starts_on=date(2020, 1, 1), **held)


def test_a_firm_that_pays_three_borrowers_whose_loans_it_uses_is_raised(town: Town) -> None:
    use_loans_of(town, *BORROWERS)
    for number in (1, 2):
        pays_back(town, number)
    pays_back(town, 3, on=PAID_ON + timedelta(days=1))

    [alert] = town.found("LNM-06")

    assert alert["anchor"] == (f"account:{account('firm')}",)
    assert (alert["severity"], alert["amount_at_risk_fen"]) == ("R", 120_000_00)
    assert alert["holds_from"] == PAID_ON + timedelta(days=1)
    assert {f"org:{FIRM}", "loan:JJ-1", "loan:JJ-2", "loan:JJ-3", "payment:QY1"} <= set(alert["subjects"])
    assert "付款3笔共¥4,500.00" in alert["why_zh"]


def test_a_firm_that_pays_two_borrowers_is_let_pass(town: Town) -> None:
    use_loans_of(town, *BORROWERS)
    for number in (1, 2):
        pays_back(town, number)

    assert town.found("LNM-06") == []


def test_payments_before_the_money_moved_are_let_pass(town: Town) -> None:
    use_loans_of(town, *BORROWERS)
    for number in (1, 2, 3):
        pays_back(town, number, on=ISSUED)

    assert town.found("LNM-06") == []


def test_a_seller_of_stock_with_invoices_may_buy_the_produce(town: Town) -> None:
    use_loans_of(town, *BORROWERS, invoice_no="FP1")
    for number in (1, 2, 3):
        pays_back(town, number)

    assert town.found("LNM-06") == []


def test_shareholders_of_a_separate_contract_are_paid_for_that(town: Town) -> None:
    use_loans_of(town, *BORROWERS)
    contract(town)
    for number, who in enumerate(BORROWERS, start=1):
        pays_back(town, number)
        share(town, who, f"H-{number}")

    assert town.found("LNM-06") == []


def test_dividends_of_a_contract_in_which_nobody_holds_shares_count(town: Town) -> None:
    use_loans_of(town, *BORROWERS)
    pays_back(town, 1)
    for number, who in enumerate(BORROWERS, start=1):
        paid = {"contract_no": "HT-09", "operator_uscc": FIRM, "period": "2020", "paid_fen": 1_000_00}
        told = {"id_no": person(who), "paid_on": PAID_ON, "bank_ref": f"FH{number}", "household_no": f"H-{number}"}
        town.history.tell(DividendPaid, f"dividend {number}", **paid, **told)

    [alert] = town.found("LNM-06")

    assert {"payment:FH1", "payment:FH2", "payment:FH3"} <= set(alert["subjects"])


def test_another_registered_account_of_the_firm_pays_as_well(town: Town) -> None:
    use_loans_of(town, *BORROWERS)
    for number in (1, 2, 3):
        pays_back(town, number, out_of="firm's other")
    town.run()
    registers(town, "测试公司", "firm's other", uscc=FIRM)

    outcome = town.live_is_whole()

    assert len(named(outcome.raised, "LNM-06")) == 1


def test_shares_and_contract_that_are_known_later_withdraw_the_alert(town: Town) -> None:
    use_loans_of(town, *BORROWERS)
    for number in (1, 2, 3):
        pays_back(town, number)
    town.run()
    share(town, "甲", "H-1")
    nothing = town.live_is_whole()
    contract(town)

    outcome = town.live_is_whole()

    assert named(nothing.withdrawn, "LNM-06") == []
    assert len(named(outcome.withdrawn, "LNM-06")) == 1


def test_each_further_payment_changes_the_alert_live(town: Town) -> None:
    use_loans_of(town, *BORROWERS, "丁")
    for number in (1, 2, 3):
        pays_back(town, number)
    town.run()
    pays_back(town, 4)

    outcome = town.live_is_whole()

    [changed] = named(outcome.changed, "LNM-06")
    assert changed["amount_at_risk_fen"] == 160_000_00
