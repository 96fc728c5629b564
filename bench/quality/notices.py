"""公告公示: paid before it was posted, otherwise than posted, or posted with what nobody may read (DOMAIN §4 I)."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random  # noqa: TID251  the bench names its seed
from typing import Any

from bench.quality.duplicates import A_YEAR
from bench.quality.label import Family, Found, Label, LookAlike
from bench.quality.town.book import Row
from bench.quality.town.people import SPOUSE, Person, found_household
from bench.quality.town.posting import announce, line, object_to, post
from bench.quality.town.programmes import HOUSING, LIVING
from bench.quality.town.subsidies import entitle, month, pay, rebuild
from bench.quality.town.township import YEAR, Township
from bench.quality.town.works import ACCEPTED_ON, build

NOTICES = Family()
ANNOUNCED_WITHIN = 30


def posted(town: Township, row: Row, *, days: int, before: int, **stated: Any) -> tuple[Row, Row]:
    """A notice of one line for a payment: up for so many days, its last day so long before the payment."""
    until = row["paid_on"] - timedelta(days=before)
    notice = post(
        town, "补贴", until - timedelta(days=days), until, programme=row["programme"], village=row["village"], **stated
    )
    return notice, line(town, notice, 1, row)


def unposted(town: Township, **stated: Any) -> tuple[Person, Row, tuple[str, ...]]:
    """A payment for a house, of which the closing of the books posts nothing; and its keys."""
    person, row = rebuild(town, without=("notice",), **stated)
    return person, row, (person.id_no, row["claim_no"], row["bank_ref"])


@NOTICES.case("PUB-01")
def paid_without_any_notice_or_after_a_withdrawn_one(town: Township, chance: Random) -> Iterator[Found]:
    _, row, keys = unposted(town)
    yield Label("PUB-01", keys, row["amount"], row["paid_on"], (row,))
    _, row, keys = unposted(town)
    notice, printed = posted(town, row, days=11, before=5)
    notice.state(withdrawn_on=row["paid_on"] - timedelta(days=6))
    yield Label(
        "PUB-01", (*keys, notice["notice_no"]), row["amount"], row["paid_on"], (row, notice, printed),
        note="withdrawn", also=("PUB-02", "PUB-03"),
    )  # fmt: skip


@NOTICES.case("PUB-01", "PUB-02")
def paid_on_the_last_day_of_the_notice_or_the_day_after(town: Township, chance: Random) -> Iterator[Found]:
    for before in (0, 1):
        _, row, keys = unposted(town)
        notice, printed = posted(town, row, days=11, before=before)
        named = (*keys, notice["notice_no"])
        if before:
            yield LookAlike(("PUB-01", "PUB-02", "PUB-03"), named, "its last day was the day before", (row, notice))
        else:
            yield Label(
                "PUB-01", named, row["amount"], row["paid_on"], (row, notice, printed), note="on its last day",
                also=("PUB-02",),
            )  # fmt: skip


@NOTICES.case("PUB-01", "PUB-02", "PUB-03")
def posted_by_the_township_for_all_villages(town: Township, chance: Random) -> Iterator[Found]:
    _, row, keys = unposted(town)
    notice, printed = posted(town, row, days=11, before=5, level="镇")
    notice.state(village=None)
    yield LookAlike(
        ("PUB-01", "PUB-02", "PUB-03"), (*keys, notice["notice_no"]), "posted by the township, for all villages",
        (notice, printed, row),
    )  # fmt: skip


@NOTICES.case("PUB-02")
def posted_a_day_too_short(town: Township, chance: Random) -> Iterator[Found]:
    for days in (9, 10):
        _, row, keys = unposted(town)
        notice, _ = posted(town, row, days=days, before=5)
        yield _short(days < 10, row, notice, keys)
    for days in (6, 7):
        home = found_household(town)
        entitle(town, home.head, LIVING, from_=date(YEAR, 5, 1), to=date(YEAR, 5, 31))
        row = pay(town, home.head, LIVING, month(5), without=("notice",))
        notice, _ = posted(town, row, days=days, before=5)
        yield _short(days < 7, row, notice, (home.head.id_no, row["claim_no"], row["bank_ref"]))


def _short(short: bool, row: Row, notice: Row, keys: tuple[str, ...]) -> Found:  # noqa: FBT001  says itself
    named = (*keys, notice["notice_no"])
    if short:
        return Label("PUB-02", named, row["amount"], row["paid_on"], (notice, row), also=("PUB-01",))
    return LookAlike(("PUB-02", "PUB-01"), named, "exactly as long as the programme asks", (notice, row))


@NOTICES.case("PUB-03")
def paid_another_amount_or_person_than_was_posted(town: Township, chance: Random) -> Iterator[Found]:
    _, row, keys = unposted(town)
    notice, printed = posted(town, row, days=11, before=5)
    printed.state(amount=row["amount"] - 3_000_00, printed_text=None)
    named = (*keys, notice["notice_no"])
    yield Label("PUB-03", named, 3_000_00, row["paid_on"], (printed, row), note="3 000 yuan more")
    person, row, keys = unposted(town)
    notice, printed = posted(town, row, days=11, before=5)
    spouse = person.household.member(SPOUSE)
    printed.state(name=spouse.name, id_no=spouse.id_no, printed_text=None)
    yield Label(
        "PUB-03", (*keys, notice["notice_no"]), row["amount"], row["paid_on"], (printed, row), note="the spouse posted",
        also=("PUB-01",),
    )  # fmt: skip


@NOTICES.case("PUB-04", "PUB-01", "PUB-02")
def paid_while_an_objection_was_open(town: Township, chance: Random) -> Iterator[Found]:
    for resolved, why in ((5, ""), (-1, "resolved the day before"), (None, ""), (-4, "withdrawn before payment")):
        _, row, keys = unposted(town)
        notice, printed = posted(town, row, days=11, before=5)
        answer: dict[str, Any] = {}
        if resolved is not None:
            outcome = "撤回" if resolved < -1 else "不成立"
            answer = {"resolved_on": row["paid_on"] + timedelta(days=resolved), "outcome": outcome}
        filed_on = row["paid_on"] - timedelta(days=9)
        objected = object_to(town, "公示", f"{notice['notice_no']}#1", filed_on, content="该户有自建楼房", **answer)
        named = (*keys, notice["notice_no"], objected["objection_no"])
        if why:
            yield LookAlike(("PUB-04", "PUB-01", "PUB-02"), named, why, (objected, row))
        else:
            yield Label(
                "PUB-04", named, row["amount"], row["paid_on"], (objected, row, printed), also=("PUB-01", "PUB-02"),
                note="resolved later" if resolved else "open still",
            )  # fmt: skip


@NOTICES.case("PUB-05")
def an_acceptance_that_was_announced_late_or_not_at_all(town: Township, chance: Random) -> Iterator[Found]:
    for days, why in ((None, ""), (ANNOUNCED_WITHIN + 1, ""), (ANNOUNCED_WITHIN, "announced on the thirtieth day")):
        work, _ = build(town)
        work.project.without = frozenset(("notice",))
        if days is not None:
            on = ACCEPTED_ON + timedelta(days=days)
            announce(town, "验收", on, on + timedelta(days=11), project_no=work.number)
        if why:
            yield LookAlike(("PUB-05",), (work.number,), why, (work.project,))
        else:
            note = "never announced" if days is None else "on the 31st day"
            on = ACCEPTED_ON + timedelta(days=ANNOUNCED_WITHIN + 1)
            yield Label("PUB-05", (work.number,), work.project["budget"], on, (work.project,), note=note)


@NOTICES.case("PUB-05")
def an_acceptance_announced_by_the_county(town: Township, chance: Random) -> Iterator[Found]:
    work, _ = build(town)
    work.project.without = frozenset(("notice",))
    on = ACCEPTED_ON + timedelta(days=20)
    told = {"level": "县", "project_no": work.number}
    notice = announce(town, "验收", on, on + timedelta(days=365), **told)
    yield LookAlike(("PUB-05",), (work.number,), "announced on the county's website", (work.project, notice))


@NOTICES.case("PUB-06")
def numbers_and_names_that_a_notice_may_not_show(town: Township, chance: Random) -> Iterator[Found]:
    shown = (
        ("a whole identity number", "{name} {id_no} {yuan}元", ""),
        ("a card", "{name} 440899********11** 卡号{card}", ""),
        ("masked", "{name} 440899********11** {yuan}元 合同GC-2020-01 卡尾号0012", "masked, with a contract number"),
        ("a number of eighteen digits", "{name} 项目440899202001010000 {yuan}元", "eighteen digits that are no ID"),
    )
    for note, text, why in shown:
        person, row, keys = unposted(town)
        notice, printed = posted(town, row, days=11, before=5)
        told = {"name": person.name, "id_no": person.id_no, "card": person.account, "yuan": row["amount"] / 100}
        printed.state(printed_text=text.format(**told))
        named = (notice["notice_no"], f"{notice['notice_no']}#1", keys[0])
        if why:
            yield LookAlike(("PUB-06",), named, why, (printed,))
        else:
            yield Label("PUB-06", named, 0, notice["from"], (printed,), note=note)


@NOTICES.case("PUB-06")
def a_child_named_or_a_telephone_printed(town: Township, chance: Random) -> Iterator[Found]:
    child = found_household(town).member("子女")
    row = pay(town, child, HOUSING, A_YEAR, amount=9_110_00, without=("notice",))
    notice, printed = posted(town, row, days=11, before=5)
    printed.state(printed_text=f"{child.name} 440899********11** 9110.00元")
    yield Label("PUB-06", (notice["notice_no"], child.id_no), 0, notice["from"], (printed,), note="a minor's name")
    _, row, _ = unposted(town)
    notice, printed = posted(town, row, days=11, before=5, text="咨询电话 0759-0000001 12317")
    yield LookAlike(("PUB-06",), (notice["notice_no"],), "the office's own telephone", (notice, printed))
