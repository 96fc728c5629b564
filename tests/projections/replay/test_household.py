"""A household's history: OUTPUTS §7, the first row of its table."""

from datetime import date

from domain.person import HouseholdExited, MemberChanged
from tests.projections.history import person
from tests.projections.replay.story import TRAINING, VILLAGE, Story

NOTHING = {"paid_fen": 0, "returned_fen": 0, "reversed_fen": 0, "net_fen": 0}
EXIT = date(2020, 9, 1)
SUMMER = date(2020, 6, 20)


def test_the_state_of_a_household_has_the_keys_and_figures_that_outputs_names(story: Story) -> None:
    story.stand("测试甲")
    story.pay("TEST1", "测试甲", 60_000, SUMMER, household_no="H-0001")
    story.lend("JJ-0001", "测试甲")
    story.sign()
    story.hold("测试甲", "2")
    story.distribute("FH1", "测试甲", 144_928, date(2020, 12, 20))

    state = story.state("household:H-0001")

    assert state == {
        "village": VILLAGE,
        "category": "脱贫不稳定户",
        "on_roster": True,
        "members": [
            {
                "id_no": person("测试甲"),
                "relation": "户主",
                "category": "脱贫不稳定户",
                "included_on": "2016-05-01",
            }
        ],
        "entitlements": [],
        "subsidies": [{"programme": TRAINING, **NOTHING, "paid_fen": 60_000, "net_fen": 60_000}],
        "interest_subsidies": NOTHING,
        "dividends": [{"contract_no": "HT-01", **NOTHING, "paid_fen": 144_928, "net_fen": 144_928}],
        "shares": [{"contract_no": "HT-01", "id_no": person("测试甲"), "shares": 2}],
        "loans": [
            {
                "loan_no": "JJ-0001",
                "principal_fen": 5_000_000,
                "principal_repaid_fen": 0,
                "interest_repaid_fen": 0,
                "outstanding_fen": 5_000_000,
            }
        ],
        "received_fen": 204_928,
        "outstanding_fen": 5_000_000,
    }


def test_the_timeline_of_a_household_follows_what_it_received_event_by_event(story: Story) -> None:
    included = story.stand("测试甲")
    paid = story.pay("TEST1", "测试甲", 60_000, SUMMER, household_no="H-0001", known_on=date(2020, 6, 22))
    lent = story.lend("JJ-0001", "测试甲")

    asked = story.ask("household:H-0001", date(2020, 12, 31))

    assert {name: asked[name] for name in ("subject", "as_of", "known_on", "known_at")} == {
        "subject": "household:H-0001",
        "as_of": "2020-12-31",
        "known_on": None,
        "known_at": None,
    }
    assert [(line["position"], line["ref"], line["amount_fen"], line["balance_fen"]) for line in asked["timeline"]] == [
        (included, "H-0001", None, 0),
        (lent, "JJ-0001", 5_000_000, 0),
        (paid, "TEST1", 60_000, 60_000),
    ]
    assert asked["timeline"][-1] == {
        "position": paid,
        "occurred_on": "2020-06-20",
        "known_on": "2020-06-22",
        "recorded_at": "2021-04-01T02:00:00.000000Z",
        "topic": "payment-made/v1",
        "ref": "TEST1",
        "amount_fen": 60_000,
        "balance_fen": 60_000,
    }


def test_a_household_is_on_the_roster_until_the_day_before_its_exit_though_one_row_told_both(story: Story) -> None:
    story.stand("测试甲", exited_on=EXIT, exit_kind="脱贫")

    last_day, first_without = (story.state("household:H-0001", day) for day in (date(2020, 8, 31), EXIT))

    assert (last_day["on_roster"], last_day["category"], len(last_day["members"])) == (True, "脱贫不稳定户", 1)
    assert (first_without["on_roster"], first_without["category"], first_without["members"]) == (False, None, [])


def test_a_timeline_reads_alike_whether_an_exit_came_in_the_first_row_or_in_a_later_file(story: Story) -> None:
    story.stand("测试甲", "H-0001", exited_on=EXIT, exit_kind="脱贫")
    story.stand("测试乙", "H-0002")
    story.stand("测试乙", "H-0002", HouseholdExited, exited_on=EXIT, exit_kind="脱贫", occurred_on=EXIT)

    at_once, later = (story.ask(f"household:{number}")["timeline"] for number in ("H-0001", "H-0002"))

    assert [(line["occurred_on"], line["topic"]) for line in at_once] == [
        ("2016-05-01", "person-registered/v1"),
        ("2020-09-01", "household-exited/v1"),
    ]
    assert [(line["occurred_on"], line["topic"]) for line in later] == [
        ("2016-05-01", "person-registered/v1"),
        ("2020-09-01", "household-exited/v1"),
    ]


def test_an_exit_that_a_later_file_takes_back_counts_no_more_except_to_those_who_ask_before_it(story: Story) -> None:
    story.stand("测试甲")
    exited = story.stand("测试甲", event=HouseholdExited, exited_on=EXIT, exit_kind="脱贫", occurred_on=EXIT)
    story.stand("测试甲", event=MemberChanged)

    assert story.state("household:H-0001")["on_roster"] is True
    assert story.state("household:H-0001", known_at=exited)["on_roster"] is False


def test_the_category_is_the_heads_as_last_stated_and_else_the_first_members(story: Story) -> None:
    story.stand("测试乙", relation="配偶", category="一般贫困户")
    story.stand("测试甲", category="脱贫不稳定户")
    restated = story.stand("测试甲", event=MemberChanged, category="脱贫户")
    story.stand("测试甲", event=HouseholdExited, category="脱贫户", exited_on=EXIT, exit_kind="死亡", occurred_on=EXIT)

    assert story.state("household:H-0001", date(2017, 1, 1), known_at=restated - 1)["category"] == "脱贫不稳定户"
    assert story.state("household:H-0001", date(2017, 1, 1))["category"] == "脱贫户"
    assert story.state("household:H-0001", EXIT)["category"] == "一般贫困户"


def test_a_payment_without_a_household_number_belongs_where_its_payee_stood_that_day(story: Story) -> None:
    story.stand("测试甲", "H-0001", exited_on=EXIT, exit_kind="分户")
    story.stand("测试甲", "H-0002", included_on=EXIT)
    story.pay("LAST-DAY", "测试甲", 100, date(2020, 8, 31))
    story.pay("FIRST-WITHOUT", "测试甲", 10, EXIT)
    story.pay("STATED", "测试甲", 1, EXIT, household_no="H-0001")

    old, new = (story.state(f"household:{number}")["received_fen"] for number in ("H-0001", "H-0002"))

    assert (old, new) == (101, 10)


def test_the_household_of_such_a_payment_is_the_one_that_the_office_knew_of_when_it_is_asked(story: Story) -> None:
    story.stand("测试甲", "H-0002")
    story.stand(
        "测试甲", "H-0001", included_on=date(2020, 1, 1), known_on=date(2020, 7, 1), registered_on=date(2020, 7, 1)
    )
    story.pay("TEST1", "测试甲", 100, SUMMER)

    in_june = [
        story.state(f"household:{number}", SUMMER, known_on=SUMMER)["received_fen"] for number in ("H-0001", "H-0002")
    ]
    later = [story.state(f"household:{number}", SUMMER)["received_fen"] for number in ("H-0001", "H-0002")]

    assert in_june == [0, 100]
    assert later == [100, 0]


def test_a_quarantined_payment_stands_with_the_household_that_its_row_names_and_is_joined_to_no_other(
    story: Story,
) -> None:
    story.stand("测试甲")
    story.pay("NAMED", "测试甲", 100, SUMMER, household_no="H-0001", quarantine=("E-ID:id_no",))
    story.pay("UNNAMED", "测试甲", 10, SUMMER, quarantine=("E-ID:id_no",))

    timeline = story.ask("household:H-0001")["timeline"]

    assert [line["ref"] for line in timeline] == ["H-0001", "NAMED"]
    assert story.state("household:H-0001")["received_fen"] == 100
    assert story.state(f"person:{person('测试甲')}")["received_fen"] == 0


def test_a_share_counts_from_its_first_to_its_last_day_as_it_was_last_stated(story: Story) -> None:
    story.stand("测试甲")
    story.sign()
    story.hold("测试甲", "2")
    held = story.hold("测试甲", "0.5", changed=True, until=date(2020, 6, 30))

    def shares(as_of: date, known_at: int | None = None) -> list[dict[str, object]]:
        told: list[dict[str, object]] = story.state("household:H-0001", as_of, known_at=known_at)["shares"]
        return told

    assert shares(date(2018, 12, 31)) == []
    assert [share["shares"] for share in shares(date(2020, 6, 30))] == [0.5]
    assert shares(date(2020, 7, 1)) == []
    assert [share["shares"] for share in shares(date(2020, 7, 1), known_at=held - 1)] == [2]


def test_an_interest_subsidy_of_a_loan_is_received_on_the_cut_off_day_of_its_package(story: Story) -> None:
    story.package("PKG-1", date(2021, 3, 31))
    story.stand("测试甲")
    lent = story.lend("JJ-0001", "测试甲", interest_subsidy_fen=66_370, correlation_id="PKG-1")

    before, on_the_day = (story.ask("household:H-0001", day) for day in (date(2021, 3, 30), date(2021, 3, 31)))

    assert before["state"]["interest_subsidies"] == NOTHING
    assert on_the_day["state"]["interest_subsidies"] == {**NOTHING, "paid_fen": 66_370, "net_fen": 66_370}
    assert on_the_day["state"]["received_fen"] == 66_370
    assert on_the_day["timeline"][-1] | {"recorded_at": ""} == {
        "position": lent,
        "occurred_on": "2021-03-31",
        "known_on": None,
        "recorded_at": "",
        "topic": "interest-subsidy-paid/v1",
        "ref": "TX/JJ-0001",
        "amount_fen": 66_370,
        "balance_fen": 66_370,
    }


def test_before_its_first_day_a_household_is_empty_but_for_what_has_no_day_of_its_own(story: Story) -> None:
    story.stand("测试甲")
    story.pay("TEST1", "测试甲", 60_000, SUMMER)
    story.lend("JJ-0001", "测试甲")

    asked = story.ask("household:H-0001", date(2016, 4, 30))

    assert asked["timeline"] == []
    assert asked["state"] == {
        "village": VILLAGE,
        "category": None,
        "on_roster": False,
        "members": [],
        "entitlements": [],
        "subsidies": [],
        "interest_subsidies": NOTHING,
        "dividends": [],
        "shares": [],
        "loans": [],
        "received_fen": 0,
        "outstanding_fen": 0,
    }
