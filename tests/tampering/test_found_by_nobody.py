"""The database and the log's key are stolen, and what came after the last head that anybody else holds is rewritten.

Found by: nobody. Every holder's head is contained in the new history, every hash fits, and the key is the log's own.
What can be done is to leave little behind that head: heads every minute, receipts for whoever hands something in,
witnesses, roots on paper, mirrors. A single receipt is enough to find it again.
"""

import pytest

from audit.log.note import Ed25519Verifier, parse_vkey
from audit.log.receipt import ReceiptInvalid, parse_receipt, verify_receipt
from audit.seal import leaf_of
from tests.api.offices import arrive
from tests.api.rewriting_books import Row, edited
from tests.tampering.holding import Holders, Office
from tests.tampering.opening import SIZE

LATER = SIZE + 1
PAID, FORGED = b'"amount_fen":30000', b'"amount_fen":80000'


@pytest.fixture
def alone(office: Office) -> Office:
    """Today's entry is signed for, and while the line is down nobody outside has seen the head."""
    (office.log / "policy").unlink()
    with office.opened() as ledger:
        arrive(ledger, "测试财社〔2020〕3号", "300.00")
        assert ledger.money.head.position == LATER
    office.sign()
    return office


def enrich(rows: list[Row]) -> None:
    rows[LATER - 1] = edited(rows[LATER - 1], PAID, FORGED)


def test_what_is_rewritten_behind_the_last_head_that_others_hold_is_found_by_nobody(
    alone: Office, holders: Holders
) -> None:
    before = alone.note

    alone.forge(enrich)

    assert alone.note != before
    assert alone.verified() == []
    assert holders.who_finds(alone) == {}
    assert holders.named(alone) == []
    assert all(outcome.line for outcome in holders.handed(alone.note, alone))  # the witnesses cosign the forgery


def test_one_receipt_in_somebody_s_hand_is_enough_to_find_the_same_crime(alone: Office, holders: Holders) -> None:
    receipt = parse_receipt(alone.tell("prove", str(LATER)).out.encode())
    with alone.opened() as ledger:
        [sealed] = ledger.money.at([LATER])

    alone.forge(enrich)

    verifiers = [Ed25519Verifier(parse_vkey(holders.vkey))]
    assert verify_receipt(receipt, leaf_of(sealed.entry), verifiers).size == LATER
    now = parse_receipt(alone.tell("prove", str(LATER)).out.encode())
    assert (receipt.head.size, now.head.size) == (LATER, LATER)
    assert receipt.head.root != now.head.root  # two heads of one size, both signed by the log's key
    with pytest.raises(ReceiptInvalid, match=f"The receipt for entry {LATER} shows nothing"):
        verify_receipt(now, leaf_of(sealed.entry), verifiers)
