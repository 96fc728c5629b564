"""滞留与时序: money that lies, and money that runs at the end of the year (DOMAIN §4 J)."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random  # noqa: TID251  the bench names its seed

from bench.quality.label import Family, Found, Label, LookAlike
from bench.quality.town.book import Row
from bench.quality.town.township import AS_OF, COUNTY_FINANCE, YEAR, Township
from bench.quality.town.works import arrive, assign, new_document, plan, settle, transfer

TIMING = Family()
DOCUMENT_FEN = 100_000_00


def lying(town: Township, on: date, *, fen: int = DOCUMENT_FEN, assigned_fen: int = DOCUMENT_FEN) -> tuple[str, Row]:
    """A document that arrives with its cash and of which so much is assigned six days later."""
    document = new_document(town)
    row = arrive(town, document, fen, on, year=on.year)
    transfer(town, document, fen, on + timedelta(days=3), year=on.year)
    if assigned_fen:
        assign(town, document, assigned_fen, on + timedelta(days=6), "产业发展奖补", year=on.year)
    return document, row


@TIMING.case("IDL-01")
def a_document_that_is_not_assigned_in_time(town: Township, chance: Random) -> Iterator[Found]:
    on = date(YEAR, 11, 20)
    document, row = lying(town, on, assigned_fen=60_000_00)
    yield Label(
        "IDL-01", (document, row["entry_no"]), 40_000_00, on + timedelta(days=31), (row,), also=("IDL-02", "IDL-04")
    )
    for days in (31, 30):
        document, row = lying(town, AS_OF - timedelta(days=days), assigned_fen=0)
        keys = (document, row["entry_no"])
        if days == 31:
            yield Label("IDL-01", keys, DOCUMENT_FEN, AS_OF, (row,), note="31 days", also=("IDL-04",))
        else:
            yield LookAlike(("IDL-01", "IDL-02"), keys, "arrived thirty days ago", (row,))


@TIMING.case("IDL-02")
def money_that_nobody_spends(town: Township, chance: Random) -> Iterator[Found]:
    for days, note in ((181, "Y"), (366, "O"), (731, "R"), (180, "")):
        document, row = lying(town, AS_OF - timedelta(days=days))
        keys = (document, row["entry_no"])
        if note:
            on = row["occurred_on"] + timedelta(days=181)
            yield Label("IDL-02", keys, DOCUMENT_FEN, on, (row,), note=f"{days} days", severity=note, also=("IDL-04",))
        else:
            yield LookAlike(("IDL-02",), keys, "arrived 180 days ago", (row,), also=("IDL-04",))


@TIMING.case("IDL-02", "IDL-01", "MIS-01")
def money_spent_under_a_document_of_the_county(town: Township, chance: Random) -> Iterator[Found]:
    work = plan(town)
    parent = f"粤测财农〔{YEAR}〕9{town.ordinal('old parent'):02d}号"
    on = date(YEAR, 1, 20)
    fen = work.contract["amount"]
    row = arrive(town, parent, fen, on, from_org="省财政厅", to_org=COUNTY_FINANCE)
    assign(town, parent, fen, on + timedelta(days=9), work.number, from_org=COUNTY_FINANCE)
    arrive(town, work.document, fen, on + timedelta(days=20), parent_doc_no=parent)
    transfer(town, work.document, fen, on + timedelta(days=22))
    assign(town, work.document, fen, on + timedelta(days=25), work.number)
    paid = settle(town, work, fen, date(YEAR, 6, 24))
    yield LookAlike(
        ("IDL-02", "IDL-01", "MIS-01"), (parent, row["entry_no"]), "spent under the document that came out of it",
        (row, paid),
    )  # fmt: skip


@TIMING.case("IDL-03", alone=True)
def a_village_that_pays_in_december(town: Township, chance: Random) -> Iterator[Found]:
    for bills, december, why in ((20, 9, ""), (20, 8, "exactly four tenths"), (19, 9, "nineteen bills")):
        village = town.new_village()
        collective = town.collective_of(village)
        work = plan(town, fen=bills * BILL_FEN, village=village, accepted_on=date(YEAR, 3, 15), implementer=collective)
        work.contract.state(recurring=True)
        days = [date(YEAR, 3 + number % 8, 17) for number in range(bills - december)]
        days += [date(YEAR, 12, 2 + number * 2) for number in range(december)]
        rows = []
        for day in sorted(days):
            hand_on(town, work.document, BILL_FEN, day, collective)
            rows.append(settle(town, work, BILL_FEN, day, paid_from=town.accounts[collective]))
        if why:
            yield LookAlike(("IDL-03",), (collective,), why, (work.project, *rows))
        else:
            yield Label("IDL-03", (collective,), december * BILL_FEN, date(YEAR, 12, 31), (work.project, *rows))


BILL_FEN = 2_130_00


def hand_on(town: Township, document: str, fen: int, day: date, collective: str) -> None:
    """The county's money for one bill reaches the village days before it is paid."""
    arrive(town, document, fen, day - timedelta(days=9))
    transfer(town, document, fen, day - timedelta(days=8))
    assign(town, document, fen, day - timedelta(days=7), collective)
    transfer(town, document, fen, day - timedelta(days=5), from_org="测试镇财政所", to_org=collective)


@TIMING.case("IDL-04")
def spent_a_fen_behind_the_curve(town: Township, chance: Random) -> Iterator[Found]:
    for short_fen, why in ((1, ""), (0, "92 per cent spent by the end of the year")):
        work = plan(town, fen=DOCUMENT_FEN, accepted_on=date(YEAR, 3, 15))
        for fen, day in (
            (30_000_00, date(YEAR, 3, 20)), (62_000_00 - short_fen, date(YEAR, 5, 8)),
            (8_000_00 + short_fen, date(YEAR + 1, 1, 15)),
        ):  # fmt: skip
            settle(town, work, fen, day)
        on = date(YEAR, 1, 15)
        row = arrive(town, work.document, DOCUMENT_FEN, on)
        transfer(town, work.document, DOCUMENT_FEN, on + timedelta(days=3))
        assign(town, work.document, DOCUMENT_FEN, on + timedelta(days=6), work.number)
        keys = (work.document, row["entry_no"])
        if why:
            yield LookAlike(("IDL-04", "IDL-02"), keys, why, (row,))
        else:
            yield Label("IDL-04", keys, short_fen, date(YEAR + 1, 1, 1), (row,))
