"""SPL-01: thirty days, two payments, half the limit, each to the day and the fen (DOMAIN §4 F)."""

from datetime import date, timedelta

from tests.projections.rules.facts_told import returned
from tests.projections.rules.town import Town
from tests.projections.rules.works import SUPPLIER, contract, count, limit, pay

LIMIT_FEN = 50_000_00
FIRST = date(2020, 3, 16)
DAY = timedelta(days=1)


def test_payments_below_a_limit_that_reach_it_together_are_one_case_from_the_second_on(town: Town) -> None:
    set_at = limit(town, LIMIT_FEN)
    days = (FIRST, FIRST + 6 * DAY, FIRST + 12 * DAY)
    paid = [pay(town, f"ZF-{n}", day, 45_000_00, contract_no=f"GC-{n}") for n, day in enumerate(days)]

    [alert] = town.found("SPL-01")

    assert alert["anchor"] == (f"org:{SUPPLIER}", "purpose:I01", "5000000")
    payments, contracts = (tuple(f"{kind}-{n}" for n in range(3)) for kind in ("payment:ZF", "contract:GC"))
    assert alert["subjects"] == (f"org:{SUPPLIER}", *payments, "project:XM-1", *contracts)
    assert alert["event_refs"] == (set_at, *paid)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (135_000_00, days[1], "O")
    assert alert["why_zh"] == ("同一收款单位同一用途（I01）30天内3笔，单笔均低于限额¥50,000.00，合计¥135,000.00。")


def test_thirty_days_from_first_to_last_are_one_window_and_thirty_one_are_not(town: Town) -> None:
    limit(town, LIMIT_FEN)
    pay(town, "ZF-1", FIRST, 30_000_00)
    pay(town, "ZF-2", FIRST + 30 * DAY, 30_000_00)
    pay(town, "ZF-3", FIRST, 30_000_00, payee_uscc="91440899MA9999911H")
    pay(town, "ZF-4", FIRST + 31 * DAY, 30_000_00, payee_uscc="91440899MA9999911H")

    [alert] = town.found("SPL-01")

    assert alert["anchor"][0] == f"org:{SUPPLIER}"


def test_payments_that_come_to_the_limit_are_raised_and_one_fen_less_is_not(town: Town) -> None:
    limit(town, LIMIT_FEN)
    pay(town, "ZF-1", FIRST, 25_000_00)
    pay(town, "ZF-2", FIRST, 24_999_99)
    below = town.found("SPL-01")
    pay(town, "ZF-3", FIRST, 1)

    reached = town.found("SPL-01")

    assert below == []
    assert [alert["amount_at_risk_fen"] for alert in reached] == [LIMIT_FEN]


def test_many_small_payments_of_which_none_is_half_the_limit_are_no_split(town: Town) -> None:
    limit(town, LIMIT_FEN)
    for number in range(3):
        pay(town, f"ZF-{number}", FIRST, 24_999_99)

    assert town.found("SPL-01") == []


def test_a_payment_of_the_limit_itself_was_decided_by_the_next_level(town: Town) -> None:
    limit(town, LIMIT_FEN)
    pay(town, "ZF-1", FIRST, LIMIT_FEN)
    pay(town, "ZF-2", FIRST, 30_000_00)

    assert town.found("SPL-01") == []


def test_each_limit_is_judged_by_itself_also_that_for_tenders(town: Town) -> None:
    limit(town, LIMIT_FEN)
    limit(town, 60_000_00, role="*", kind="招标")
    limit(town, 200_000_00, role="dept")
    for number in (1, 2):
        pay(town, f"ZF-{number}", FIRST, 40_000_00)

    assert [alert["anchor"][2] for alert in town.found("SPL-01")] == ["5000000", "6000000"]


def test_a_limit_counts_only_while_it_is_in_force(town: Town) -> None:
    limit(town, LIMIT_FEN, starts_on=FIRST + DAY)
    limit(town, LIMIT_FEN, role="dept", until=FIRST - DAY)
    pay(town, "ZF-1", FIRST, 40_000_00)
    pay(town, "ZF-2", FIRST, 40_000_00)

    assert town.found("SPL-01") == []


def test_a_monthly_supply_is_no_split(town: Town) -> None:
    limit(town, LIMIT_FEN)
    contract(town, recurring=True)
    for number in range(5):
        pay(town, f"ZF-{number}", FIRST + 30 * number * DAY, 30_000_00)

    assert town.found("SPL-01") == []


def test_another_purpose_or_payee_is_another_payment(town: Town) -> None:
    limit(town, LIMIT_FEN)
    pay(town, "ZF-1", FIRST, 30_000_00)
    pay(town, "ZF-2", FIRST, 30_000_00, purpose_code="I02")
    pay(town, "ZF-3", FIRST, 30_000_00, payee_uscc="91440899MA9999911H")

    assert town.found("SPL-01") == []


def test_lines_of_one_payment_are_one_payment(town: Town) -> None:
    limit(town, LIMIT_FEN)
    for number in (1, 2):
        pay(town, "ZF-1", FIRST, 30_000_00, line_no=number)

    assert town.found("SPL-01") == []


def test_windows_apart_are_one_case_without_what_lies_between(town: Town) -> None:
    limit(town, LIMIT_FEN)
    for number, day in enumerate((FIRST, FIRST + DAY, FIRST + 60 * DAY, FIRST + 120 * DAY, FIRST + 121 * DAY)):
        pay(town, f"ZF-{number}", day, 30_000_00)

    [alert] = town.found("SPL-01")

    assert "payment:ZF-2" not in alert["subjects"]
    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (120_000_00, FIRST + DAY)


def test_changed_limits_contracts_and_returns_are_the_same_live_and_whole(town: Town) -> None:
    contract(town)
    pay(town, "ZF-1", FIRST, 30_000_00)
    pay(town, "ZF-2", FIRST, 30_000_00)
    town.run()
    limit(town, LIMIT_FEN)
    limited = town.live_is_whole()
    contract(town, recurring=True)
    recurs = town.live_is_whole()
    contract(town, recurring=False)
    town.live_is_whole()
    returned(town, "ZF-2", FIRST, 30_000_00)

    came_back = town.live_is_whole()

    assert count("SPL-01", limited.raised) == 1
    assert count("SPL-01", recurs.withdrawn) == count("SPL-01", came_back.withdrawn) == 1
