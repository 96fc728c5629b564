"""An asset-income contract's history: OUTPUTS §7, the row of contracts."""

from datetime import date

from tests.projections.history import person
from tests.projections.replay.story import VILLAGE, Story

CONTRACT = "contract:HT-01"
RECEIVED, PAID = date(2020, 12, 15), date(2020, 12, 20)


def test_the_state_of_a_contract_has_its_shares_and_what_is_undistributed(story: Story) -> None:
    story.sign(reserve_ppm=100_000)
    story.hold("测试甲", "2")
    story.receive("DS1", 5_000_000, RECEIVED)
    story.distribute("FH1", "测试甲", 144_928, PAID)

    assert story.state(CONTRACT) == {
        "principal_fen": 100_000_000,
        "shares": [{"id_no": person("测试甲"), "household_no": "H-0001", "shares": 2}],
        "dividends": [
            {
                "contract_no": "HT-01",
                "period": "2020",
                "village": VILLAGE,
                "received_fen": 5_000_000,
                "reserve_fen": 500_000,
                "paid_fen": 144_928,
                "returned_fen": 0,
                "reversed_fen": 0,
                "undistributed_fen": 4_355_072,
            }
        ],
        "undistributed_fen": 4_355_072,
    }


def test_the_reserve_of_each_receipt_is_rounded_down_to_the_fen(story: Story) -> None:
    story.sign(reserve_ppm=333_333)
    story.receive("DS1", 10, RECEIVED)
    story.receive("DS2", 5, RECEIVED)

    assert story.state(CONTRACT)["dividends"][0]["reserve_fen"] == 3 + 1


def test_the_reserve_is_that_which_was_agreed_last_as_far_as_the_ledger_knew(story: Story) -> None:
    story.sign(reserve_ppm=100_000)
    received = story.receive("DS1", 5_000_000, RECEIVED)
    story.sign(reserve_ppm=200_000)

    assert story.state(CONTRACT)["undistributed_fen"] == 4_000_000
    assert story.state(CONTRACT, known_at=received)["undistributed_fen"] == 4_500_000


def test_an_operator_who_pays_households_past_the_village_drives_the_balance_below_zero(story: Story) -> None:
    story.sign()
    story.distribute("FH1", "测试甲", 144_928, PAID)

    asked = story.ask(CONTRACT)

    assert asked["state"]["undistributed_fen"] == -144_928
    assert [(line["topic"], line["balance_fen"]) for line in asked["timeline"]] == [
        ("asset-contract-signed/v1", 0),
        ("dividend-paid/v1", -144_928),
    ]


def test_a_contract_shows_its_principal_on_any_day_and_its_money_from_the_days_of_payment(story: Story) -> None:
    story.sign()
    story.hold("测试甲", "2")
    story.receive("DS1", 5_000_000, RECEIVED)

    before, day_before, on_the_day = (
        story.state(CONTRACT, day) for day in (date(2018, 12, 31), date(2020, 12, 14), RECEIVED)
    )

    assert before == {"principal_fen": 100_000_000, "shares": [], "dividends": [], "undistributed_fen": 0}
    assert (len(day_before["shares"]), day_before["dividends"]) == (1, [])
    assert on_the_day["undistributed_fen"] == 5_000_000
