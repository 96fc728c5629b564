"""What a notice will tell: one line a person, of the payments of one programme and period."""

from datetime import date
from typing import Any

from projections.payment_lists import LeftOut, PaymentList, funding, left_out, payable, unpublished
from tests.projections.history import person
from tests.projections.replay.story import COUNTY, DOCUMENT, TOWNSHIP, TRAINING, VILLAGE, Story

PAID = date(2020, 6, 20)
PERIOD = "2020Q2"


def lines(story: Story, village: str | None = None) -> list[dict[str, Any]]:
    with story.history.project().connect() as connection:
        return payable(connection, TRAINING, PERIOD, village)


def test_the_payments_of_one_person_are_one_line_with_their_sum(story: Story) -> None:
    story.stand("测试甲", hamlet="一组")
    first = story.pay("TEST1", "测试甲", 60_000, PAID, rate_fen=60_000, quantity="1")
    story.pay("TEST2", "测试甲", 30_000, PAID, rate_fen=60_000, quantity="0.5")

    assert lines(story) == [
        {
            "village": VILLAGE,
            "hamlet": "一组",
            "household_no": "H-0001",
            "id_no": person("测试甲"),
            "standard_fen": 60_000,
            "quantity": "1.5",
            "amount_fen": 90_000,
            "payment_refs": ["TEST1", "TEST2"],
            "position": first,
        }
    ]


def test_payments_by_different_standards_are_summed_without_naming_one(story: Story) -> None:
    story.pay("TEST1", "测试甲", 60_000, PAID, rate_fen=60_000, quantity="1")
    story.pay("TEST2", "测试甲", 80_000, PAID, rate_fen=80_000, quantity="1")

    [line] = lines(story)

    assert (line["standard_fen"], line["quantity"], line["amount_fen"]) == (None, None, 140_000)


def test_whole_quantities_keep_their_zeros_when_they_are_added_up(story: Story) -> None:
    story.pay("TEST1", "测试甲", 1, PAID, rate_fen=1, quantity="7")
    story.pay("TEST2", "测试甲", 1, PAID, rate_fen=1, quantity="3")

    assert lines(story)[0]["quantity"] == "10"


def test_the_lines_stand_by_village_household_and_position(story: Story) -> None:
    for ref, name, village, household_no in (
        ("1", "测试甲", "测试二村", "H-0001"),
        ("2", "测试乙", "测试一村", "H-0009"),
        ("3", "测试丙", "测试一村", "H-0002"),
        ("4", "测试丁", "测试一村", "H-0002"),
    ):
        story.pay(ref, name, 1, PAID, village=village, household_no=household_no)

    assert [line["payment_refs"] for line in lines(story)] == [["3"], ["4"], ["2"], ["1"]]
    assert [line["payment_refs"] for line in lines(story, "测试二村")] == [["1"]]


def test_a_quarantined_payment_is_left_out_and_counted(story: Story) -> None:
    story.pay("TEST1", "测试甲", 60_000, PAID)
    story.pay("TEST2", "测试乙", 1_000, PAID, quarantine=("E-ID:id_no",))

    with story.history.project().connect() as connection:
        assert left_out(connection, TRAINING, PERIOD) == LeftOut(payments=1, amount_fen=1_000)
        assert left_out(connection, TRAINING, PERIOD, "测试二村") == LeftOut(payments=0, amount_fen=0)
    assert [line["payment_refs"] for line in lines(story)] == [["TEST1"]]


def test_payments_of_another_programme_or_period_stand_on_another_list(story: Story) -> None:
    story.pay("OTHER-PERIOD", "测试甲", 1, PAID, period="2020Q1")
    story.pay("OTHER-PROGRAMME", "测试甲", 1, PAID, programme="临时救助")

    assert lines(story) == []


def test_the_lists_that_hang_nowhere_are_told_newest_first(story: Story) -> None:
    story.pay("TEST1", "测试甲", 5, date(2020, 3, 1), period="2020Q1")
    story.pay("TEST2", "测试甲", 3, PAID)
    story.pay("TEST3", "测试乙", 4, PAID)
    story.pay("TEST4", "测试乙", 9, PAID, quarantine=("E-ID:id_no",))

    with story.history.project().connect() as connection:
        assert unpublished(connection) == [PaymentList(TRAINING, PERIOD, 2, 7), PaymentList(TRAINING, "2020Q1", 1, 5)]


def test_a_list_hangs_once_there_is_a_notice_of_its_programme_and_period(story: Story) -> None:
    story.pay("TEST1", "测试甲", 3, PAID)
    story.publish("GG-1", [("测试甲", 3)], PAID, PAID)

    with story.history.project().connect() as connection:
        assert unpublished(connection) == []


def test_the_money_of_a_list_is_named_by_its_documents_and_what_arrived_of_them(story: Story) -> None:
    story.finances()
    story.allocate("ZB-1", "到达", 10_000_000, PAID)
    story.allocate("ZB-2", "到达", 700, PAID, to_org=COUNTY, from_org="省财政厅")
    story.pay("TEST1", "测试甲", 3, PAID, quota_doc_no=DOCUMENT)
    story.pay("TEST2", "测试乙", 3, PAID)

    with story.history.project().connect() as connection:
        assert funding(connection, TRAINING, PERIOD) == {
            "basis_doc": DOCUMENT,
            "fund_source": "省级",
            "fund_fen": 10_000_000,
            "implementer": TOWNSHIP,
        }
        assert funding(connection, TRAINING, "2020Q1") == dict.fromkeys(
            ("basis_doc", "fund_source", "fund_fen", "implementer")
        )
