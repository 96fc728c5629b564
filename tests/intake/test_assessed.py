"""What intake finds out from the plaintext of loans, the roster and payments, for rules that never see it."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from intake.account_place import assessed as place_of_account
from intake.loan_purpose import assessed as facts_of_loan
from intake.loan_purpose import barred_uses, plain_words, whole_years
from intake.sheet import Row
from intake.sheets import SHEETS
from vault.vault import Vault

ID = "440899195402113738"
TURNS_66 = date(2020, 2, 11)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    opened = Vault(tmp_path / "vault.db", master_key=bytes(range(32)), randomness=os.urandom)
    yield opened
    opened.close()


def row(**values: Any) -> Row:
    return Row(2, values)


@pytest.mark.parametrize(
    ("purpose", "uses"),
    [
        ("结婚", ("结婚",)),
        ("彩礼", ("结婚",)),
        ("嫁接果苗", ()),
        ("建房", ("建房",)),
        ("修建住房", ("建房",)),
        ("购商品房", ("建房",)),
        ("建羊舍", ()),
        ("建猪圈房", ()),
        ("建养鸡房", ()),
        ("建厂房", ()),
        ("建蔬菜大棚", ()),
        ("装修农家乐", ()),
        ("理财", ("理财",)),
        ("炒股", ("理财",)),
        ("入股合作社", ()),
        ("购买家电", ("家庭用品",)),
        ("家电维修店", ()),
        ("家具加工", ()),
        ("还债", ("偿债",)),
        ("归还旧贷款", ("偿债",)),
        ("退耕还林种树", ()),
        ("无还本续贷", ()),
        ("转借他人", ("转借",)),
        ("盖房子结婚用", ("结婚", "建房")),
        ("养牛，不得用于建房", ()),
        ("养牛", ()),
    ],
)
def test_a_purpose_names_the_barred_uses_that_it_is_for(purpose: str, uses: tuple[str, ...]) -> None:
    assert barred_uses(plain_words(purpose)) == uses


def test_to_repay_the_loan_before_is_what_a_renewal_is_for() -> None:
    assert barred_uses("归还原贷款", renewal=True) == ()


@pytest.mark.parametrize(
    ("number", "day", "years"),
    [
        (ID, date(2020, 2, 10), 65),
        (ID, TURNS_66, 66),
        ("440899540211373", TURNS_66, 66),
        ("440899200402290018", date(2022, 2, 28), 17),
        ("440899200402290018", date(2022, 3, 1), 18),
        (ID, None, None),
        (ID, date(1950, 1, 1), None),
        ("not a number", TURNS_66, None),
    ],
)
def test_the_age_is_in_whole_years_on_the_day_of_issue(number: str, day: date | None, years: int | None) -> None:
    assert whole_years(number, day) == years


def test_a_loan_tells_age_and_purpose_without_the_words(vault: Vault) -> None:
    one = facts_of_loan(row(id_no=ID, issued_on=TURNS_66, purpose="养牛、 结婚"), vault)
    other = facts_of_loan(row(id_no=ID, issued_on=TURNS_66, purpose="养牛结婚"), vault)

    assert one == other
    assert (one["borrower_age"], one["purpose_kinds"]) == (66, ("结婚",))
    assert len(one["purpose_token"]) == 32
    assert "养牛" not in str(one)


def test_a_loan_without_a_valid_number_tells_no_age(vault: Vault) -> None:
    told = facts_of_loan(row(issued_on=TURNS_66, purpose="养牛"), vault)

    assert set(told) == {"purpose_token"}


def test_the_roster_tells_only_that_somebody_cannot_owe_a_loan(vault: Vault) -> None:
    assessed = SHEETS["roster"].assessed
    assert assessed is not None

    told = [assessed(row(capacity=word), vault) for word in ("无", "限制", "完全")]

    assert [*told, assessed(row(), vault)] == [{"incapable": True}, {}, {}, {}]


def test_the_next_card_comes_behind_whatever_its_check_digit(vault: Vault) -> None:
    first = place_of_account(row(account_no="6299990000000010029"), vault)
    second = place_of_account(row(account_no="6299990000000010037"), vault)

    assert first["next_place"] == second["account_place"]
    assert first["account_place"] != second["account_place"]


def test_a_passbook_counts_up_to_its_last_digit(vault: Vault) -> None:
    first, second = (place_of_account(row(account_no=number), vault) for number in ("0099", "0100"))

    assert first["next_place"] == second["account_place"]


def test_a_payment_by_a_standard_tells_no_place(vault: Vault) -> None:
    assert place_of_account(row(account_no="6299990000000010029", rate=600_00), vault) == {}
    assert place_of_account(row(account_no="现金"), vault) == {}
    assert place_of_account(row(), vault) == {}


def test_a_token_is_of_its_kind_and_its_vault(vault: Vault, tmp_path: Path) -> None:
    another = Vault(tmp_path / "another.db", master_key=bytes(range(32)), randomness=os.urandom)

    tokens = {vault.token("a", "养牛"), vault.token("b", "养牛"), vault.token("a", "养鸡"), another.token("a", "养牛")}

    another.close()
    assert len(tokens) == 4
    assert vault.token("a", "养牛") in tokens
