"""A village's history: OUTPUTS §7, the last row of its table."""

from datetime import date

from tests.projections.history import account
from tests.projections.replay.story import COOPERATIVE, DOCUMENT, TOWNSHIP, TRAINING, VILLAGE, Story

PLACE = f"place:{VILLAGE}"
NOTHING = {"paid_fen": 0, "returned_fen": 0, "reversed_fen": 0, "net_fen": 0}
ARRIVAL, PAID = date(2020, 1, 10), date(2020, 6, 20)


def test_the_state_of_a_village_has_its_people_its_money_and_its_organisations_documents(story: Story) -> None:
    story.finances()
    story.stand("测试甲")
    story.stand("测试乙", relation="配偶")
    story.stand("测试丙", "H-0002")
    story.allocate("ZB-1", "到达", 10_000_000, ARRIVAL)
    story.allocate("ZB-2", "拨付", 4_000_000, ARRIVAL, from_org=TOWNSHIP, to_org=COOPERATIVE)
    story.pay("TEST1", "测试甲", 60_000, PAID, quota_doc_no=DOCUMENT)
    story.pay("TEST2", "测试外", 7_000, PAID, quota_doc_no=DOCUMENT, village="测试二村", paid_from=account(COOPERATIVE))
    story.sign()
    story.receive("DS1", 5_000_000, PAID)
    story.distribute("FH1", "测试甲", 144_928, PAID)

    state = story.state(PLACE)

    assert state["documents"][0].pop("org") == COOPERATIVE
    assert {name: fen for name, fen in state.pop("documents")[0].items() if fen} == {
        "quota_doc_no": DOCUMENT,
        "transferred_in_fen": 4_000_000,
        "paid_fen": 7_000,
        "unspent_fen": 3_993_000,
    }
    assert state == {
        "households": 2,
        "persons": 3,
        "subsidies": [{"programme": TRAINING, **NOTHING, "paid_fen": 60_000, "net_fen": 60_000}],
        "projects": [],
        "dividends": [
            {
                "contract_no": "HT-01",
                "period": "2020",
                "village": VILLAGE,
                "received_fen": 5_000_000,
                "reserve_fen": 0,
                "paid_fen": 144_928,
                "returned_fen": 0,
                "reversed_fen": 0,
                "undistributed_fen": 4_855_072,
            }
        ],
        "received_fen": 204_928,
    }


def test_what_the_organisations_of_a_village_paid_without_a_document_stands_under_the_empty_one(story: Story) -> None:
    story.finances()
    story.pay("TEST1", "测试甲", 7_000, PAID, paid_from=account(COOPERATIVE))

    documents = story.state(PLACE)["documents"]

    assert [(told["quota_doc_no"], told["org"], told["unspent_fen"]) for told in documents] == [
        ("", COOPERATIVE, -7_000)
    ]


def test_the_timeline_of_a_village_follows_what_its_people_received(story: Story) -> None:
    story.finances()
    story.stand("测试甲")
    story.pay("TEST1", "测试甲", 60_000, PAID)
    story.sign()
    story.distribute("FH1", "测试甲", 144_928, date(2020, 12, 20))

    timeline = story.ask(PLACE)["timeline"]

    assert [(line["topic"].removesuffix("/v1"), line["balance_fen"]) for line in timeline] == [
        ("person-registered", 0),
        ("asset-contract-signed", 0),
        ("org-account-registered", 0),
        ("payment-made", 60_000),
        ("dividend-paid", 204_928),
    ]


def test_a_village_counts_its_people_by_the_day_and_by_what_was_known_and_recorded(story: Story) -> None:
    joined, registered = date(2020, 1, 1), date(2020, 2, 1)
    first = story.stand("测试甲", exited_on=PAID, exit_kind="清退")
    story.stand("测试丙", "H-0002", included_on=joined, registered_on=registered, known_on=registered)

    def people(as_of: date, known_on: date | None = None, known_at: int | None = None) -> tuple[int, int]:
        state = story.state(PLACE, as_of, known_on=known_on, known_at=known_at)
        return state["households"], state["persons"]

    assert people(date(2019, 12, 31)) == (1, 1)
    assert people(joined) == (2, 2)
    assert people(joined, known_on=joined) == (1, 1)
    assert people(joined, known_at=first) == (1, 1)
    assert people(PAID) == (1, 1)
