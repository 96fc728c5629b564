"""The reported cases of DOMAIN §8, each in a package of its own: the numbers are real, the people are not.

Beside them a package of patterns that published discipline cases repeat.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random  # noqa: TID251  the bench names its seed

from bench.quality.discipline import DISCIPLINE
from bench.quality.dividends import shared
from bench.quality.duplicates import A_YEAR, refs
from bench.quality.label import Family, Found, Label, LookAlike
from bench.quality.loans import numbers, principal_fen, several
from bench.quality.splitting import new_hand
from bench.quality.town.book import Row
from bench.quality.town.people import Household, Person, found_household
from bench.quality.town.programmes import CISTERN, POST
from bench.quality.town.subsidies import ask, pay, rebuild, receiving
from bench.quality.town.township import YEAR, Township

TIANDENG, MIANNING, ONE_PHONE, GAOXIAN, WANYUAN = (Family() for _ in range(5))
REPORTED = {
    "tiandeng-cisterns": TIANDENG,
    "mianning-houses": MIANNING,
    "21-loans-one-phone": ONE_PHONE,
    "gaoxian-dividend": GAOXIAN,
    "wanyuan-posts": WANYUAN,
    "discipline-patterns": DISCIPLINE,
}
"""By the name of the package."""

FIRST_BATCH_FEN, QUOTA_FEN = 8_000_00, 12_000_00
OWN_SHARES, PASSBOOKS = 11, 34
CASH_FEN, COUNTER = 50_000_00, "柜员07"
PAID_ON = date(YEAR, 4, 22)


@TIANDENG.case("ACC-01", "ACC-05", "INT-04", "INT-05", alone=True)
def thirty_four_passbooks_in_one_hand(town: Township, chance: Random) -> Iterator[Found]:
    """天等水柜: 45 quotas of 12 000; 88 000 to the cadre's card, 272 000 to 34 households and to him the next day."""
    village = town.next_village()
    cadre = new_hand(town, village, "村支书", "village_clerk")
    homes = [found_household(town, village=village) for _ in range(OWN_SHARES + PASSBOOKS)]
    into = {"account_no": cadre.person.account, "holder_name": cadre.name}
    told = {"amount": FIRST_BATCH_FEN, "paid_on": PAID_ON, "remark": "首批8000元，指标12000元"}
    own = [pay(town, home.head, CISTERN, A_YEAR, **told, **into) for home in homes[:OWN_SHARES]]
    theirs = [pay(town, home.head, CISTERN, A_YEAR, **told) for home in homes[OWN_SHARES:]]
    lines = swept(town, homes[OWN_SHARES:], cadre.person)
    said = ask(town, theirs[-1], 4_000_00)
    card = cadre.person.account
    for rule in ("ACC-01", "ACC-05"):
        yield Label(
            rule, (card, *refs(*own)), OWN_SHARES * FIRST_BATCH_FEN, PAID_ON, tuple(own), also=AROUND,
            scenario=TIANDENG_NAME,
        )  # fmt: skip
    yield Label(
        "INT-04", (card, *refs(*theirs)), PASSBOOKS * FIRST_BATCH_FEN, PAID_ON + timedelta(days=1), tuple(lines),
        also=AROUND, scenario=TIANDENG_NAME,
    )  # fmt: skip
    yield Label(
        "INT-05", (said["id_no"], said["bank_ref"], said["receipt_no"]), 4_000_00, said["stated_on"], (said,),
        also=AROUND, scenario=TIANDENG_NAME,
    )  # fmt: skip


AROUND = ("ACC-03", "SOD-02", "COI-01", "STA-05", "INT-02", "INT-07", "LED-01", "IDL-02")
"""What may be raised beside what §8 says."""


TIANDENG_NAME = "天等水柜"


def swept(town: Township, homes: list[Household], cadre: Person) -> list[Row]:
    """The next day one counter pays 50 000 out in cash and moves 222 000 to the cadre, passbook by passbook."""
    lines, cash_left = [], CASH_FEN
    for home in homes:
        cash = min(cash_left, FIRST_BATCH_FEN)
        cash_left -= cash
        for fen, to, name, summary in (
            (cash, "现金", "现金", "取现"), (FIRST_BATCH_FEN - cash, cadre.account, cadre.name, "转账"),
        ):  # fmt: skip
            if fen:
                account = home.head.account
                lines.append(
                    town.book.add(
                        "bank_statement", bank_ref=f"TD{town.ordinal('sweep'):05d}", date=PAID_ON + timedelta(days=1),
                        statement_account=account, from_=account, from_name=home.head.name, to=to, to_name=name,
                        amount=fen, summary=summary, teller=COUNTER,
                    )
                )  # fmt: skip
    return lines


@MIANNING.case("INT-05", alone=True)
def houses_signed_for_sixteen_thousand(town: Township, chance: Random) -> Iterator[Found]:
    """冕宁危房: signed for 16 000, received 10 000 and 5 000."""
    for received_fen in (10_000_00, 5_000_00):
        person, row = rebuild(town, amount=16_000_00)
        said = ask(town, row, received_fen)
        keys = (person.id_no, row["bank_ref"], said["receipt_no"])
        short_fen = 16_000_00 - received_fen
        yield Label("INT-05", keys, short_fen, said["stated_on"], (said, row), scenario="冕宁危房", also=("STA-03",))


@ONE_PHONE.case("LNM-02", alone=True)
def twenty_one_loans_with_one_telephone(town: Township, chance: Random) -> Iterator[Found]:
    """21 borrowers leave one telephone number."""
    number = town.numbers.phone()
    loans = several(town, 21, phone=number)
    on = sorted(loan["issued_on"] for loan in loans)[2]
    keys = (number, *numbers(loans))
    yield Label("LNM-02", keys, principal_fen(loans), on, tuple(loans), scenario="21 loans one phone")


@GAOXIAN.case("DIV-01", alone=True)
def a_guarantee_and_a_share_of_the_profit(town: Township, chance: Random) -> Iterator[Found]:
    """高县: 5 % of 1 000 000 and 29 % of a profit of 100 000 are 79 000, some 572 for each of 138."""
    told = {"principal": 1_000_000_00, "guaranteed_pct": "5", "share_pct": "29", "households": 138}
    for short_fen in (0, 1_00, 1_01):
        venture = shared(town, 79_000_00 - short_fen, 100_000_00, **told)
        rows = (venture.contract, *(venture.lines or ()))
        if short_fen <= 1_00:
            why = f"79 000 due, and {short_fen} fen less paid"
            yield LookAlike(("DIV-01", "DIV-03", "INT-06"), (venture.number,), why, rows)
        else:
            yield Label("DIV-01", (venture.number,), short_fen, date(YEAR, 12, 20), rows, scenario="高县 dividend")


POSTS, TAKEN_AFTER = 10, timedelta(days=2)


@WANYUAN.case("INT-02", alone=True)
def wages_of_public_posts_taken_back(town: Township, chance: Random) -> Iterator[Found]:
    """万源公益岗: ten posts of 1 610 a month for a year, 193 200, go back into the village's account."""
    village = town.next_village()
    account = town.accounts[town.collective_of(village)]
    lines = []
    for _ in range(POSTS):
        person, paid = receiving(town, POST, found_household(town, village=village).head)
        lines += [
            town.book.add(
                "bank_statement", bank_ref=f"WY{town.ordinal('taken back'):05d}", date=row["paid_on"] + TAKEN_AFTER,
                statement_account=account, from_=person.account, from_name=person.name, to=account,
                to_name=town.collective_of(village), amount=row["amount"], summary="上交",
            )
            for row in paid.values()
        ]  # fmt: skip
    keys = (account, *(row["bank_ref"] for row in lines))
    first = min(row["date"] for row in lines)
    fen = sum(row["amount"] for row in lines)
    yield Label(
        "INT-02", keys, fen, first + timedelta(days=31), tuple(lines), scenario="万源公益岗",
        subjects=(village,), also=("LED-01", "INT-04", "FAL-11", "MIS-05"),
    )  # fmt: skip
