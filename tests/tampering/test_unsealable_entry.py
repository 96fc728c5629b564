"""Bytes that are no entry are sealed as if they were: the chain fits, and the row is unreadable.

Found by: the office's own verify, at the record.
"""

from collections.abc import Callable

import pytest

from audit.verify import Finding

Attack = Callable[..., None]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"mingzhang/event/v1", b"mingzhang/event/v9", "first three lines"),
        (b'"amount_fen":60012', b'"amount_fen": 60012', "has blanks"),
        (b'"amount_fen":60012', b'"amount_fen":60012.5', "fraction"),
        (b'"amount_fen":60012', b'"amount_fen":null', "null"),
        (b'{"amount_fen"', b'{"z":1,"amount_fen"', "not in order"),
        (b"}", b"", "not JSON"),
        (b"payment-made/v1", b"PaymentMade", "first three lines"),
    ],
)
def test_a_chain_over_bytes_that_are_no_entry_is_unreadable_there(
    forge: Callable[[int, bytes, bytes], None],
    findings: Callable[[], tuple[Finding, ...]],
    old: bytes,
    new: bytes,
    why: str,
) -> None:
    forge(13, old, new)

    (found,) = findings()

    assert (found.position, found.kind, found.expected) == (13, "unreadable", "an entry")
    assert why in str(found.found)


def test_an_entry_longer_than_any_may_be_is_unreadable(
    attack: Attack, reseal: Callable[[], None], findings: Callable[[], tuple[Finding, ...]]
) -> None:
    attack("UPDATE events SET entry = CAST(entry || printf('%.*c', 70000, 'x') AS BLOB) WHERE position = 13")
    reseal()

    (found,) = findings()

    assert (found.position, found.kind) == (13, "unreadable")
    assert "more than 65535" in str(found.found)
