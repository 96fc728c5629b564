r"""The lines of a notice as they stand on the board, sealed so that anybody can check them (docs/decisions/0014).

    text = the line as it is printed: JSON with sorted keys, what is empty left out
    leaf = SHA-256(0x00 ‖ salt ‖ text)              16 bytes of salt; sealed in the line's entry as `board_leaf`
    root = that of RFC 6962 over the leaves         sealed in the header's entry as `board_root`

The header's entry speaks of nobody, so it may be shown to everybody, and with it every line that is printed. A line's
entry may not: it holds references of people, and payments beside their names.

The salt is an HMAC under the beneficiary's own key. Who erases the person erases the salt: the leaf remains, still adds
up to the root, and tells nobody any more whether a name that somebody guesses stood there.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from api.board import printed_line
from api.ledger import Ledger
from audit.merkle import root_of
from audit.seal import LEAF_PREFIX
from domain.notice import NoticeLinePosted
from projections.facts import as_quantity
from projections.period import count_of_periods
from vault.sealing import commitment
from vault.vault import Subject

SALT_PURPOSE = "mingzhang/board-line/v1"
SALT_DIGITS = 32

PRINTED = (
    "line_no",
    "village",
    "hamlet",
    "name",
    "id_no",
    "programme",
    "standard_fen",
    "quantity",
    "period",
    "amount_fen",
)
"""What of a line is bound: everything that OUTPUTS §9 prints of it."""

_encode = msgspec.json.Encoder(order="sorted").encode


class Notice(NamedTuple):
    """What the lines take from their notice: its programme, and the day by which its beneficiaries are of age."""

    programme: str | None
    starts_on: date


def sealed_lines(ledger: Ledger, notice: Notice, lines: Sequence[NoticeLinePosted]) -> list[NoticeLinePosted]:
    """The `lines` of a notice that is about to hang, each with its `board_leaf`."""
    subjects = ledger.vault.subjects({ref for line in lines if (ref := bearer(line))})
    numbers = ledger.vault.numbers({line.id_no for line in lines if line.id_no})
    words = ledger.vault.open_sealed((line.sealed_for or "", line.sealed or "") for line in lines)
    told = []
    for line, fields in zip(lines, words, strict=True):
        printed = printed_line(
            _as_shown(line, notice), fields.get("name", ""), numbers.get(line.id_no or ""), on=notice.starts_on
        )
        salt = salt_of(line, subjects.get(bearer(line) or ""))
        told.append(msgspec.structs.replace(line, board_leaf=leaf_of(salt, text_of(printed)).hex()))
    return told


def board_root(lines: Iterable[NoticeLinePosted]) -> str:
    """The root over lines that `sealed_lines` gave, in order, in hex."""
    return root_of(bytes.fromhex(line.board_leaf or "") for line in lines).hex()


def text_of(printed: Mapping[str, Any]) -> str:
    """A printed line as the text that is hashed."""
    return _encode({name: printed[name] for name in PRINTED if printed.get(name) is not None}).decode()


def leaf_of(salt: str, text: str) -> bytes:
    """`SHA-256(0x00 ‖ salt ‖ text)`, 32 bytes."""
    return sha256(LEAF_PREFIX + bytes.fromhex(salt) + text.encode()).digest()


def bearer(line: NoticeLinePosted) -> str | None:
    """The reference of whoever the line tells of; None where it names nobody."""
    return line.id_no or line.sealed_for


def salt_of(line: NoticeLinePosted, subject: Subject | None) -> str:
    """The line's salt, 32 hex digits, under the key of its `bearer`, or of the line itself where it names nobody."""
    key = subject.data_key if subject is not None else bytes.fromhex(line.salt)
    return commitment(key, SALT_PURPOSE, line.salt)[:SALT_DIGITS]


def _as_shown(line: NoticeLinePosted, notice: Notice) -> dict[str, Any]:
    """The line as `projections.notices` will show it."""
    first, last = line.period_from, line.period_to or line.period_from
    return {
        "line_no": line.line_no,
        "village": line.village,
        "hamlet": line.hamlet,
        "programme": line.programme or notice.programme,
        "standard_fen": line.standard_fen,
        "quantity": None if line.quantity is None else as_quantity(line.quantity),
        "period": line.period or (first if first == last else f"{first}–{last}"),
        "amount_fen": line.amount_fen * count_of_periods(first, last),
    }
