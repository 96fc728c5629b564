"""A person's history: OUTPUTS §7, the second row of its table."""

from datetime import date

from domain.organisation import StaffPostRegistered
from tests.projections.history import account, person
from tests.projections.replay.story import TRAINING, VILLAGE, Story

NOTHING = {"paid_fen": 0, "returned_fen": 0, "reversed_fen": 0, "net_fen": 0}
SUMMER = date(2020, 6, 20)


def test_the_state_of_a_person_names_their_households_and_their_own_money_only(story: Story) -> None:
    story.stand("测试甲")
    story.stand("测试乙", relation="配偶")
    story.pay("TEST1", "测试甲", 60_000, SUMMER, household_no="H-0001")
    story.pay("TEST2", "测试乙", 1_000, SUMMER, household_no="H-0001")
    story.lend("JJ-0001", "测试乙", interest_subsidy_fen=500)

    state = story.state(f"person:{person('测试甲')}")

    assert state == {
        "village": VILLAGE,
        "category": "脱贫不稳定户",
        "on_roster": True,
        "households": [
            {
                "household_no": "H-0001",
                "relation": "户主",
                "category": "脱贫不稳定户",
                "included_on": "2016-05-01",
            }
        ],
        "entitlements": [],
        "subsidies": [{"programme": TRAINING, **NOTHING, "paid_fen": 60_000, "net_fen": 60_000}],
        "interest_subsidies": NOTHING,
        "dividends": [],
        "shares": [],
        "loans": [],
        "received_fen": 60_000,
        "outstanding_fen": 0,
        "died_on": None,
    }


def test_a_death_is_told_once_the_day_is_reached_and_the_office_could_know_of_it(story: Story) -> None:
    story.stand("测试丙")
    died = story.die("测试丙", date(2020, 5, 6), date(2020, 5, 20))
    subject = f"person:{person('测试丙')}"

    assert story.state(subject, date(2020, 5, 5))["died_on"] is None
    assert story.state(subject, date(2020, 5, 6))["died_on"] == "2020-05-06"
    assert story.state(subject, known_on=date(2020, 5, 19))["died_on"] is None
    assert story.state(subject, known_on=date(2020, 5, 20))["died_on"] == "2020-05-06"
    assert story.state(subject, known_at=died - 1)["died_on"] is None


def test_a_person_who_moves_stands_in_one_household_after_the_other(story: Story) -> None:
    moved = date(2020, 9, 1)
    story.stand("测试甲", "H-0002", exited_on=moved, exit_kind="婚出")
    story.stand("测试甲", "H-0001", included_on=moved)
    subject = f"person:{person('测试甲')}"

    before, after = (
        [household["household_no"] for household in story.state(subject, day)["households"]]
        for day in (date(2020, 8, 31), moved)
    )

    assert (before, after) == (["H-0002"], ["H-0001"])


def test_a_persons_timeline_holds_what_is_about_them_and_not_what_only_names_them(story: Story) -> None:
    story.stand("测试丁")
    story.lend("JJ-0002", "测试甲", agent_id=person("测试丁"))
    story.distribute("FH1", "测试甲", 100, SUMMER, signed_by_id=person("测试丁"))
    story.history.tell(
        StaffPostRegistered,
        "post",
        staff_no="G-0007",
        id_no=person("测试丁"),
        org="测试一村",
        post="村文书",
        role="village_clerk",
        serving_from=date(2018, 1, 1),
    )
    story.publish("GS-1", [("测试丁", 100)], SUMMER, date(2020, 6, 30))

    timeline = story.ask(f"person:{person('测试丁')}")["timeline"]

    assert [(line["topic"], line["ref"]) for line in timeline] == [
        ("person-registered/v1", "H-0001"),
        ("staff-post-registered/v1", "G-0007"),
        ("notice-line-posted/v1", "GS-1/1"),
    ]
    assert {line["amount_fen"] for line in timeline} == {None}


def test_somebody_who_only_signed_for_another_is_in_the_ledger_and_has_received_nothing(story: Story) -> None:
    story.distribute("FH1", "测试甲", 100, SUMMER, signed_by_id=person("测试丁"), account_no=account("测试丁"))

    asked = story.ask(f"person:{person('测试丁')}")

    assert (asked["timeline"], asked["state"]["received_fen"], asked["state"]["village"]) == ([], 0, None)
