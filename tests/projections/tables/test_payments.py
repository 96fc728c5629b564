"""What payments do not state is worked out, for new ones and whenever another table changes."""

from datetime import date
from typing import Any

from sqlalchemy import Engine, select

from domain.person import HouseholdExited
from projections.facts import rows
from projections.tables.internal import SUBJECT_INDEX, TOUCHED
from projections.tables.payments import PAYMENTS
from tests.projections.history import account, empty, person
from tests.projections.township import TOWNSHIP, Township

PAID_ON = date(2020, 6, 20)


def payments(township: Township, name: str = "payments") -> list[dict[str, Any]]:
    with township.project().connect() as connection:
        return list(rows(connection, name))


def touched(views: Engine, kind: str) -> set[str]:
    with views.connect() as connection:
        return set(connection.execute(select(TOUCHED.c.key).where(TOUCHED.c.kind == kind)).scalars())


def test_a_stated_household_is_kept_whatever_the_roster_says(township: Township) -> None:
    township.roster("测试甲", "H-0001")
    township.payment("TEST1", 1, household_no="H-0009")

    assert payments(township)[0]["household_no"] == "H-0009"


def test_the_household_is_the_first_by_number_in_which_the_payee_stands_that_day(township: Township) -> None:
    township.roster("测试甲", "H-0003")
    township.roster("测试甲", "H-0002")
    township.roster("测试乙", "H-0001")
    township.payment("TEST1", 1)

    assert payments(township)[0]["household_no"] == "H-0002"


def test_the_day_of_inclusion_counts_and_the_day_of_exit_is_the_first_without(township: Township) -> None:
    township.roster("测试甲", "H-0001", included_on=PAID_ON, exited_on=date(2020, 6, 21), exit_kind="清退")
    township.payment("TEST1", 1, paid_on=date(2020, 6, 19))
    township.payment("TEST2", 1, paid_on=PAID_ON)
    township.payment("TEST3", 1, paid_on=date(2020, 6, 21))

    assert [told["household_no"] for told in payments(township)] == [None, "H-0001", None]


def test_a_roster_row_that_arrives_later_gives_earlier_payments_their_household(township: Township) -> None:
    township.payment("TEST1", 1, claim_no="SQ-1")
    assert payments(township)[0]["household_no"] is None

    township.roster("测试甲", "H-0001")

    assert payments(township)[0]["household_no"] == "H-0001"
    assert payments(township, "claims")[0]["household_no"] == "H-0001"


def test_an_exit_that_arrives_later_takes_the_household_away_and_touches_it(township: Township) -> None:
    township.roster("测试甲", "H-0001")
    township.payment("TEST1", 1)
    views = township.project()
    with views.begin() as connection:
        connection.execute(TOUCHED.delete())

    township.roster("测试甲", "H-0001", becomes=HouseholdExited, exited_on=PAID_ON, exit_kind="脱贫")

    assert payments(township)[0]["household_no"] is None
    assert touched(views, "household") == {"H-0001"}
    assert touched(views, "person") == {person("测试甲")}


def test_the_index_names_the_household_worked_out_and_forgets_it_with_the_household(township: Township) -> None:
    index = SUBJECT_INDEX.c
    of_household = select(index.position).where(index.kind == "household", index.value == "H-0001")
    township.roster("测试甲", "H-0001")
    payment = township.payment("TEST1", 1)
    with township.project().connect() as connection:
        assert payment in connection.execute(of_household).scalars().all()

    township.roster("测试甲", "H-0001", becomes=HouseholdExited, exited_on=PAID_ON, exit_kind="脱贫")

    with township.project().connect() as connection:
        assert payment not in connection.execute(of_household).scalars().all()


def test_quarantined_rows_are_joined_neither_to_people_nor_to_programmes(township: Township) -> None:
    township.programme("职业培训补贴")
    township.roster("测试甲", "H-0001", quarantine=("E-ID:id_no",))
    township.payment("TEST1", 1)
    township.roster("测试乙", "H-0002")
    township.payment("TEST2", 1, id_no=person("测试乙"), quarantine=("E-DATE:period",))

    told = payments(township)

    assert [line["household_no"] for line in told] == [None, None]
    assert [line["purpose_code"] for line in told] == ["S05", None]


def test_the_purpose_follows_the_programme_and_touches_whom_it_reaches(township: Township) -> None:
    township.payment("TEST1", 1)
    views = township.project()
    with views.begin() as connection:
        connection.execute(TOUCHED.delete())

    township.programme("职业培训补贴", purpose_code="S06")

    assert payments(township)[0]["purpose_code"] == "S06"
    assert touched(views, "person") == {person("测试甲")}


def test_an_account_that_is_renamed_renames_the_payer_of_its_payments(township: Township) -> None:
    township.account("镇", TOWNSHIP)
    township.payment("TEST1", 1, paid_from=account("镇"))
    township.payment("TEST2", 1)
    assert [told["org"] for told in payments(township)] == [TOWNSHIP, TOWNSHIP]

    township.account("镇", "测试镇财政服务中心")

    assert [told["org"] for told in payments(township)] == ["测试镇财政服务中心"] * 2


def test_a_claim_has_the_values_of_its_first_payment_and_the_sums_of_all(township: Township) -> None:
    township.payment("TEST2", 200, claim_no="SQ-1", paid_on=date(2020, 6, 1), quantity="2", village="测试二村")
    township.payment("TEST1", 100, claim_no="SQ-1", paid_on=date(2020, 6, 1), quantity="1.5")
    township.payment("TEST0", 700, claim_no="SQ-1", paid_on=date(2020, 12, 1))

    [told] = payments(township, "claims")

    assert (told["claim_no"], told["quantity"], told["village"]) == ("SQ-1", 1.5, "测试一村")
    assert (told["paid_fen"], told["net_fen"], told["position"]) == (1_000, 1_000, 2)


def test_a_claim_takes_an_earlier_payment_that_arrives_later_as_its_first(township: Township) -> None:
    township.payment("TEST1", 100, claim_no="SQ-1", paid_on=date(2020, 12, 1), period="2020Q4")
    township.project()

    township.payment("TEST2", 100, claim_no="SQ-1", paid_on=date(2020, 6, 1), period="2020Q2")

    [told] = payments(township, "claims")
    assert (told["period"], told["paid_fen"], told["position"]) == ("2020Q2", 200, 2)


def test_without_a_claim_number_each_payment_is_a_claim_of_its_own(township: Township) -> None:
    township.payment("TEST1", 100)
    township.payment("TEST2", 100)
    township.payment(None, 100)
    township.payment(None, 100)

    told = payments(township, "claims")

    assert [line["claim_no"] for line in told] == ["TEST1", "TEST2", None, None]
    assert [line["bank_ref"] for line in payments(township)] == ["TEST1", "TEST2", None, None]


def test_a_quantity_beyond_six_decimals_is_printed_as_stated_and_not_reckoned_with(township: Township) -> None:
    township.payment("TEST1", 1, quantity="0.12345678")
    township.payment("TEST2", 1, quantity="1.5")

    with township.project().connect() as connection:
        reckoned = connection.execute(select(PAYMENTS.c.quantity_millionths)).scalars().all()

    assert reckoned == [None, 1_500_000]
    assert [told["quantity"] for told in payments(township, "claims")] == [0.12345678, 1.5]


def test_an_emptied_database_is_read_again_from_the_first_entry(township: Township, views: Engine) -> None:
    township.payment("TEST1", 1)
    told = payments(township)

    empty(views)

    assert payments(township) == told
