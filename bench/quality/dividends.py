"""分红: what an asset contract promises, and who receives it (DOMAIN §4 L)."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random  # noqa: TID251  the bench names its seed
from typing import Any

from bench.quality.label import Family, Found, Label, LookAlike
from bench.quality.town.people import found_household
from bench.quality.town.sharing import (
    GUARANTEED_PPM,
    MILLION,
    PRINCIPAL_FEN,
    Venture,
    hold,
    invest,
    prosper,
    receive,
    report,
    share_out,
)
from bench.quality.town.township import AS_OF, YEAR, Township

DIVIDENDS = Family()
PAID_FROM_DAY_TO_DAY = date(YEAR, 12, 20)
TOLERATED_FEN = 1_00


def shared(town: Township, pool_fen: int, profit_fen: int | None = None, **stated: Any) -> Venture:
    """A contract whose whole dividend is paid to the households, as large as it is."""
    venture = invest(town, **stated)
    report(town, venture, venture.due_fen if profit_fen is None else profit_fen)
    receive(town, venture, pool_fen)
    share_out(town, venture, pool_fen)
    return venture


def of_venture(venture: Venture, short_fen: int, why: str, note: str = "") -> Found:
    """DIV-01, or a look-alike."""
    rows = (venture.contract, *(venture.lines or ()))
    if why:
        return LookAlike(("DIV-01", "DIV-03", "INT-06"), (venture.number,), why, rows)
    return Label("DIV-01", (venture.number,), short_fen, PAID_FROM_DAY_TO_DAY, rows, note=note)


@DIVIDENDS.case("DIV-01", "DIV-03", "INT-06")
def a_yuan_and_a_fen_below_the_guarantee(town: Township, chance: Random) -> Iterator[Found]:
    due_fen = PRINCIPAL_FEN * GUARANTEED_PPM // MILLION
    yield of_venture(shared(town, due_fen - TOLERATED_FEN - 1), TOLERATED_FEN + 1, "", "short by 1.01 yuan")
    yield of_venture(shared(town, due_fen - TOLERATED_FEN), 0, "short by exactly a yuan")
    yield of_venture(shared(town, due_fen // 2), due_fen // 2, "", "half of it")


@DIVIDENDS.case("DIV-01", "DIV-03", "INT-06")
def a_share_of_the_profit_on_top(town: Township, chance: Random) -> Iterator[Found]:
    due_fen, profit_fen = PRINCIPAL_FEN * GUARANTEED_PPM // MILLION, 40_000_00
    yield of_venture(shared(town, due_fen, profit_fen, share_pct="10"), profit_fen // 10, "", "only the guarantee")
    yield of_venture(shared(town, due_fen + profit_fen // 10, profit_fen, share_pct="10"), 0, "guarantee and share")
    yield of_venture(shared(town, due_fen, -profit_fen, share_pct="10"), 0, "a loss, which nobody shares")


@DIVIDENDS.case("DIV-01", "DIV-03", "INT-06")
def a_contract_that_began_in_the_middle_of_the_year(town: Township, chance: Random) -> Iterator[Found]:
    first, days = date(YEAR, 7, 1), 184
    pool_fen = -(-PRINCIPAL_FEN * GUARANTEED_PPM * days // (365 * MILLION))
    venture = shared(town, pool_fen, from_=first, day_count="ACT365")
    yield of_venture(venture, 0, "184 of 365 days, for it began in July")


@DIVIDENDS.case("DIV-02")
def nothing_paid_a_month_and_a_day_after_the_pay_day(town: Township, chance: Random) -> Iterator[Found]:
    due_fen = PRINCIPAL_FEN * GUARANTEED_PPM // MILLION
    venture = invest(town)
    report(town, venture, due_fen)
    on = PAID_FROM_DAY_TO_DAY + timedelta(days=31)
    yield Label("DIV-02", (venture.number,), due_fen, on, (venture.contract,), also=("DIV-01", "DIV-03"))
    for days in (31, 30):
        day = AS_OF - timedelta(days=days)
        venture = invest(town, pay_day=f"{day:%m-%d}", from_=date(YEAR, 3, 1), until=date(YEAR + 3, 2, 28))
        report(town, venture, due_fen, reported_on=day)
        if days == 31:
            yield Label(
                "DIV-02", (venture.number,), due_fen, AS_OF, (venture.contract,), also=("DIV-01", "DIV-03"),
                note="31 days ago",
            )  # fmt: skip
        else:
            yield LookAlike(
                ("DIV-02", "DIV-01"), (venture.number,), "the pay day was thirty days ago", (venture.contract,)
            )


@DIVIDENDS.case("DIV-03")
def one_receives_what_is_anothers(town: Township, chance: Random) -> Iterator[Found]:
    venture = prosper(town)
    lines = venture.lines or []
    more, less = lines[0], lines[1]
    more.state(paid=more["paid"] + 500_00)
    less.state(paid=less["paid"] - 500_00)
    keys = (venture.number, more["bank_ref"], less["bank_ref"], more["household_no"], less["household_no"])
    yield Label("DIV-03", keys, 500_00, PAID_FROM_DAY_TO_DAY, (more, less))


@DIVIDENDS.case("DIV-03")
def a_stranger_is_paid_or_a_shareholder_missed(town: Township, chance: Random) -> Iterator[Found]:
    for paid_to_stranger in (True, False):
        venture = invest(town)
        report(town, venture, venture.due_fen * 2)
        receive(town, venture)
        share_out(town, venture)
        lines = venture.lines or []
        missed = lines[-1]
        keys = (venture.number, missed["household_no"])
        if paid_to_stranger:
            stranger = found_household(town, village=venture.village)
            missed.state(
                household_no=stranger.number, head_name=stranger.head.name, id_no=stranger.head.id_no,
                account_no=stranger.head.account, holder_name=stranger.head.name,
            )  # fmt: skip
            yield Label(
                "DIV-03", (*keys, missed["bank_ref"], stranger.number), missed["paid"], PAID_FROM_DAY_TO_DAY, (missed,),
                note="a stranger instead of a shareholder",
            )  # fmt: skip
        else:
            fen = missed["paid"]
            town.book.remove(missed)
            yield Label(
                "DIV-03", keys, fen, PAID_FROM_DAY_TO_DAY, (venture.shares[-1],), note="a shareholder missed",
                also=("DIV-01", "INT-06", "INT-02"),
            )  # fmt: skip


@DIVIDENDS.case("DIV-03", "DIV-01")
def a_fen_up_or_down_and_shares_given_up(town: Township, chance: Random) -> Iterator[Found]:
    venture = prosper(town, principal=500_100_00)
    lines = venture.lines or []
    parts = [row["paid"] for row in lines]
    exact = [venture.due_fen * row["shares"] / sum(line["shares"] for line in lines) for row in lines]
    up = next((n for n, fen in enumerate(parts) if fen < exact[n]), 0)
    down = next((n for n, fen in enumerate(parts) if fen > exact[n]), 0)
    if up != down:
        lines[up].state(paid=parts[up] + 1)
        lines[down].state(paid=parts[down] - 1)
    yield LookAlike(
        ("DIV-03", "DIV-01"), (venture.number,), "within a fen of the quota, the ties the other way", tuple(lines)
    )
    left = invest(town)
    report(town, left, left.due_fen * 2)
    receive(town, left)
    day = date(YEAR, 6, 30)
    gone = left.shares.pop(0).state(until=day)
    left.holders.pop(0)
    heir = found_household(town, village=left.village)
    left.holders.append(heir)
    left.shares.append(
        hold(
            town, left.contract, heir, gone["shares"], from_=day + timedelta(days=1),
            resolution=f"测试村决〔{YEAR}〕{town.ordinal('resolution')}号",
        )
    )  # fmt: skip
    rows = share_out(town, left)
    yield LookAlike(("DIV-03", "DIV-01"), (left.number,), "the shares of one who left, by resolution", tuple(rows))


@DIVIDENDS.case("DIV-04")
def a_principal_in_danger(town: Township, chance: Random) -> Iterator[Found]:
    for status in ("异常", "注销"):
        venture = prosper(town)
        row = (venture.report or venture.contract).state(status=status)
        yield Label(
            "DIV-04", (venture.number, venture.contract["operator_uscc"]), PRINCIPAL_FEN, row["reported_on"], (row,),
            note=status,
        )  # fmt: skip
    for days in (61, 60):
        until = AS_OF - timedelta(days=days)
        venture = prosper(town, until=until)
        keys = (venture.number, venture.contract["operator_uscc"])
        if days == 61:
            yield Label("DIV-04", keys, PRINCIPAL_FEN, AS_OF, (venture.contract,), note="ended 61 days ago")
        else:
            yield LookAlike(("DIV-04",), keys, "ended sixty days ago", (venture.contract,))


@DIVIDENDS.case("DIV-04", "DIV-05")
def reports_that_were_never_made(town: Township, chance: Random) -> Iterator[Found]:
    for reported, share_pct in ((False, "10"), (False, None), (True, None)):
        venture = invest(town, from_=date(YEAR - 2, 1, 1), until=date(YEAR + 2, 12, 31), share_pct=share_pct)
        rows = []
        for year in range(YEAR - 2, YEAR + 1):
            told: dict[str, Any] = {"period": str(year)}
            if reported:
                report(town, venture, venture.due_fen * 2, reported_on=date(year, 12, 8), **told)
            receive(town, venture, received_on=date(year, 12, 12), **told)
            rows += share_out(town, venture, paid_on=date(year, 12, 20), **told)
        keys, shown = (venture.number, venture.contract["operator_uscc"]), (venture.contract, *rows)
        if reported:
            yield LookAlike(("DIV-04", "DIV-05"), keys, "each year reported", shown)
        elif share_pct:
            note = "three missed reports, and a share of the profit agreed"
            yield Label("DIV-04", keys, PRINCIPAL_FEN, AS_OF, shown, note=note, also=("DIV-05", "DIV-01"))
        else:
            note = "three equal payments, no profit reported"
            yield Label("DIV-05", keys, PRINCIPAL_FEN, PAID_FROM_DAY_TO_DAY, shown, note=note, also=("DIV-04",))
