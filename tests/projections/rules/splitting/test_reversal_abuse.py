"""LED-04: a twentieth of what a hand prepared, and what was announced and came again for another (DOMAIN §4 F)."""

from datetime import date

from domain.notice import NoticeLinePosted, NoticePublished
from domain.spot_check import SampleDrawn
from tests.projections.history import person
from tests.projections.rules.facts_told import returned
from tests.projections.rules.town import DISABILITY, Town
from tests.projections.rules.works import reverse

PAID, REVERSED, AGAIN = date(2020, 4, 20), date(2020, 4, 25), date(2020, 4, 28)
FEN = 181_00


def prepare(town: Town, entries: int) -> None:
    """So many payments that one hand prepared."""
    for number in range(entries):
        town.pay(f"人{number}", "2020-04", PAID, preparer="G-1", village="一村")


def announce(town: Town, name: str) -> None:
    """A notice of the programme names somebody, in March."""
    row = {"notice_no": "GS-1", "level": "村", "notice_kind": "公示", "subject_kind": "到户名单", "place": "一村"}
    days = {"programme": DISABILITY, "starts_on": date(2020, 3, 1), "until": date(2020, 3, 11)}
    town.history.tell(NoticePublished, "notice GS-1", **row, **days)
    line = {"notice_no": "GS-1", "line_no": 1, "id_no": person(name), "amount_fen": FEN}
    town.history.tell(NoticeLinePosted, "notice GS-1 line 1", **line)


def test_more_than_a_twentieth_of_what_a_hand_prepared_is_raised(town: Town) -> None:
    prepare(town, 20)
    for number in (1, 2):
        reverse(town, f"REF{number}", REVERSED, FEN, preparer="G-1")

    [alert] = town.found("LED-04")

    assert alert["anchor"] == ("staff:G-1",)
    named = ("claim:SQ-1", "claim:SQ-2", *sorted(f"person:{person(f'人{number}')}" for number in range(2)))
    assert alert["subjects"] == ("staff:G-1", "payment:REF1", "payment:REF2", *named)
    assert (alert["event_refs"], alert["amount_at_risk_fen"]) == ((1, 2, 21, 22), 2 * FEN)
    assert (alert["holds_from"], alert["severity"]) == (REVERSED, "O")
    assert alert["why_zh"] == "经办20笔，冲正2笔共¥362.00，其中0笔在公示或抽中之后冲正并改发他人。"


def test_a_twentieth_is_not_too_much_and_nineteen_entries_say_nothing(town: Town) -> None:
    prepare(town, 20)
    reverse(town, "REF1", REVERSED, FEN, preparer="G-1")
    for number in range(19):
        town.pay(f"户{number}", "2020-04", PAID, preparer="G-5")
    for number in (21, 22):
        reverse(town, f"REF{number}", REVERSED, FEN, preparer="G-5")

    assert town.found("LED-04") == []


def test_what_the_bank_sent_back_is_nobodys_reversal(town: Town) -> None:
    prepare(town, 20)
    for number in (1, 2):
        returned(town, f"REF{number}", REVERSED, FEN)

    assert town.found("LED-04") == []


def test_a_reversal_without_a_hand_is_of_whoever_prepared_the_payment(town: Town) -> None:
    prepare(town, 20)
    for number in (1, 2):
        reverse(town, f"REF{number}", REVERSED, FEN)

    assert len(town.found("LED-04")) == 1


def test_an_announced_payment_that_came_again_for_somebody_new_is_raised(town: Town) -> None:
    prepare(town, 1)
    announce(town, "人0")
    reverse(town, "REF1", REVERSED, FEN, preparer="G-1")
    town.pay("新人", "2020-04", AGAIN, preparer="G-1", village="一村")

    [alert] = town.found("LED-04")

    assert {"payment:REF1", "payment:REF2", f"person:{person('新人')}"} < set(alert["subjects"])
    assert alert["why_en"].startswith("1 reversals, ¥181.00 in all, beside 2 entries; 1 of them undid")


def test_a_claim_that_came_again_for_the_same_payee_is_a_mended_mistake(town: Town) -> None:
    prepare(town, 1)
    announce(town, "人0")
    reverse(town, "REF1", REVERSED, FEN, preparer="G-1")
    town.pay("人0", "2020-04", AGAIN, claim_no="SQ-1", preparer="G-1", village="一村")

    assert town.found("LED-04") == []


def test_what_nobody_announced_or_drew_may_be_entered_for_another(town: Town) -> None:
    prepare(town, 1)
    reverse(town, "REF1", REVERSED, FEN, preparer="G-1")
    town.pay("新人", "2020-04", AGAIN, claim_no="SQ-1", preparer="G-1", village="一村")

    assert town.found("LED-04") == []


def test_a_drawn_payment_whose_claim_came_again_for_another_is_raised(town: Town) -> None:
    prepare(town, 1)
    drawn = {"plan_id": "SC-1", "seed": "a" * 64, "n": 1, "items": ("REF1",)}
    town.history.tell(SampleDrawn, "plan SC-1", recorded_at="2020-04-22T02:00:00.000000Z", **drawn)
    reverse(town, "REF1", REVERSED, FEN, preparer="G-1")
    town.pay("新人", "2020-04", AGAIN, claim_no="SQ-1", preparer="G-1", village="一村")

    assert len(town.found("LED-04")) == 1
