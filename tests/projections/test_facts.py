"""The fact tables as they are printed (OUTPUTS §1, §6)."""

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from domain.dividend import SharesHeld
from domain.person import HouseholdRemoved, PersonDied
from domain.place import PlaceRegistered
from projections.facts import as_csv_value, columns, list_tables, rows, speaking
from tests.projections.history import account, person
from tests.projections.township import DOCUMENT, TOWNSHIP, VILLAGE, Township


def printed(views: Engine, name: str, **which: Any) -> list[dict[str, Any]]:
    with views.connect() as connection:
        return list(rows(connection, name, **which))


def test_a_payment_prints_as_the_example_of_the_paper(township: Township) -> None:
    township.account("镇", TOWNSHIP)
    township.programme("职业培训补贴")
    position = township.payment(
        "TEST20200620001",
        60_000,
        claim_no="SQ-2020-00001",
        household_no="H-0001",
        quota_doc_no=DOCUMENT,
        approver="G-0002",
        preparer="G-0001",
        keyed_on=date(2020, 6, 20),
    )

    [told] = printed(township.project(), "payments")

    assert told == {
        "bank_ref": "TEST20200620001",
        "line_no": 1,
        "kind": "subsidy",
        "programme": "职业培训补贴",
        "period": "2020Q2",
        "project_no": None,
        "contract_no": None,
        "loan_no": None,
        "claim_no": "SQ-2020-00001",
        "id_no": person("测试甲"),
        "payee_uscc": None,
        "household_no": "H-0001",
        "village": VILLAGE,
        "quota_doc_no": DOCUMENT,
        "org": TOWNSHIP,
        "account_no": account("测试甲"),
        "purpose_code": "S05",
        "pay_kind": "正常",
        "channel": "卡",
        "preparer": "G-0001",
        "approver": "G-0002",
        "cashier": None,
        "amount_fen": 60_000,
        "returned_fen": 0,
        "reversed_fen": 0,
        "net_fen": 60_000,
        "paid_on": "2020-06-20",
        "keyed_on": "2020-06-20",
        "returned_on": None,
        "position": position,
    }


def test_columns_bear_the_aliases_of_the_workbooks_and_end_with_the_position() -> None:
    assert columns("asset_contracts")[10:] == ["from", "until", "total_shares", "position"]
    assert columns("deaths") == ["name", "id_no", "death_on", "known_on", "source", "position"]
    assert columns("programme_rates") == ["programme", "variant", "rate_fen", "from", "until", "position"]
    assert columns("interest_subsidies")[2:4] == ["from", "to"]


def test_names_and_words_are_null_until_a_reveal_fills_in_what_the_workbook_says(township: Township) -> None:
    township.roster("测试甲", "H-0001")
    [told] = printed(township.project(), "roster_spans")
    hidden = [told[column] for column in ("head_name", "name", "disability_level", "capacity")]

    speaking("roster_spans")(told, {"head_name": "测试甲", "name": "测试甲", "disability_level": "二级", "phone": "x"})

    assert hidden == [None] * 4
    assert [told[column] for column in ("head_name", "name", "disability_level")] == ["测试甲", "测试甲", "二级"]
    assert told["phone"] is None


def test_what_a_blank_cell_means_is_filled_in_and_nothing_of_an_erased_person() -> None:
    dividend: dict[str, Any] = {"head_name": None, "holder_name": None, "signed_by": None}
    span: dict[str, Any] = {"head_name": None, "name": None, "disability_level": None, "capacity": None}
    erased = dict(span)

    speaking("dividends")(dividend, {"head_name": "测试甲"})
    speaking("roster_spans")(span, {"name": "测试甲"})
    speaking("roster_spans")(erased, {})

    assert dividend == {"head_name": "测试甲", "holder_name": "测试甲", "signed_by": None}
    assert span["capacity"] == "完全"
    assert set(erased.values()) == {None}


def test_a_staff_column_shows_the_number_and_revealed_what_the_workbook_says() -> None:
    payment: dict[str, Any] = {"preparer": "G-0001", "approver": "G-0002", "cashier": None}

    speaking("payments")(payment, {"preparer": "林国栋"})

    assert payment == {"preparer": "林国栋", "approver": "G-0002", "cashier": None}


def test_a_span_keeps_the_day_on_which_it_was_registered_when_its_exit_comes_later(township: Township) -> None:
    registered_on, exited_on = date(2018, 3, 1), date(2020, 9, 1)
    joined: dict[str, Any] = {"included_on": date(2018, 1, 1), "registered_on": registered_on}
    township.roster("测试甲", "H-0001", **joined, known_on=registered_on)
    left: dict[str, Any] = {"exited_on": exited_on, "exit_kind": "清退", "known_on": exited_on}
    township.roster("测试甲", "H-0001", becomes=HouseholdRemoved, **joined, **left)

    [told] = printed(township.project(), "roster_spans")

    assert (told["exited_on"], told["known_on"]) == ("2020-09-01", "2018-03-01")


def test_quantities_are_numbers_lists_are_arrays_and_days_are_dates(township: Township) -> None:
    for number, stated in enumerate(("2", "0.5", "12345678901234567890")):
        township.tell(
            SharesHeld,
            f"share {number}",
            contract_no="HT-1",
            household_no="H-1",
            id_no=person("测试甲"),
            shares=stated,
            starts_on=date(2019, 1, 1),
        )
    township.tell(
        PlaceRegistered, "place", place_code="440899101201", place_name=VILLAGE, level="村", aliases=("一村", "测试一")
    )
    views = township.project()

    shares = printed(views, "shares")
    [place] = printed(views, "places")

    assert [json.dumps(told["shares"]) for told in shares] == ["2", "0.5", "12345678901234567890"]
    assert (shares[0]["from"], shares[0]["until"]) == ("2019-01-01", None)
    assert place["aliases"] == ["一村", "测试一"]


def test_a_death_prints_when_the_office_knew_and_who_said_so(township: Township) -> None:
    position = township.tell(
        PersonDied,
        "death",
        id_no=person("测试丙"),
        death_on=date(2020, 5, 6),
        known_on=date(2020, 5, 20),
        origin="民政",
    )

    assert printed(township.project(), "deaths") == [
        {
            "name": None,
            "id_no": person("测试丙"),
            "death_on": "2020-05-06",
            "known_on": "2020-05-20",
            "source": "民政",
            "position": position,
        }
    ]


def test_rows_come_by_position_from_behind_one_and_as_many_as_asked(township: Township) -> None:
    positions = [township.payment(f"TEST{number}", 1) for number in (3, 1, 2)]
    views = township.project()

    assert [told["position"] for told in printed(views, "payments")] == positions
    assert [told["bank_ref"] for told in printed(views, "payments", after=positions[0], limit=1)] == ["TEST1"]


def test_the_list_of_tables_tells_their_size_and_leaves_out_what_is_internal(township: Township) -> None:
    township.payment("TEST1", 1)

    with township.project().connect() as connection:
        told = {table["name"]: table for table in list_tables(connection)}

    assert told["payments"]["rows"] == told["claims"]["rows"] == 1
    assert told["places"] == {
        "name": "places",
        "rows": 0,
        "columns": ["place_code", "place_name", "level", "parent_code", "aliases", "position"],
    }
    assert list(told) == [
        *("payments", "claims", "allocations", "instructions", "loans", "loan_movements", "loan_repayments"),
        *("loan_confirmations", "interest_subsidies", "asset_contracts", "shares", "profit_reports"),
        *("dividend_receipts", "dividends", "roster_spans", "guardians", "deaths", "payroll", "relations", "staff"),
        *("programmes", "programme_rates", "approval_limits", "entitlements", "projects", "contracts", "notices"),
        *("notice_lines", "objections", "receipts", "bank_lines", "accounts", "places", "training_classes", "training"),
    ]


def test_a_table_that_is_not_there_is_named_with_those_that_are(views: Engine) -> None:
    with pytest.raises(LookupError, match="There is no fact table touched; there are: payments、claims"):
        columns("touched")
    with views.connect() as connection, pytest.raises(LookupError, match="payment_returns"):
        rows(connection, "payment_returns")


def test_cells_of_csv_are_empty_for_null_and_join_lists() -> None:
    cells = [as_csv_value(value) for value in (None, True, False, 60_000, 0.5, ["一村", "测试一"], [], "卡")]

    assert cells == ["", "true", "false", "60000", "0.5", "一村、测试一", "", "卡"]
