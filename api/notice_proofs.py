"""What anybody may have to check a notice without trusting the server that gives it (docs/decisions/0014).

The header's entry, whole, and the proof that it is in the tree of the head on the paper; each line as it is printed,
with its salt and its leaf; the newest signed head, and the proof that it only adds to that on the paper. No line's
entry: it holds references of people and of payments. What is withheld of a line whose beneficiary was erased is its
text; its leaf stays, so that the others still add up.
"""

import base64
import json
from collections.abc import Sequence
from typing import Any

import msgspec

from api.board import printed
from api.board_lines import bearer, salt_of, text_of
from api.ledger import Ledger
from api.log_keys import log_vkeys
from api.notice_heads import first_covering
from api.public_log import PublicLog, Published
from audit.book import Sealed
from audit.log.proving import LogTree
from audit.log.tiles import TilesDamaged
from domain.catalogue import load
from domain.event import BookName
from domain.notice import NoticeLinePosted, NoticePublished
from domain.refusal import Refused

SPEAKS_OF_SOMEBODY = frozenset({"commitments", "sealed", "sealed_for", "id_quality", "quarantine"})
"""What a header's entry may not hold to be shown to everybody: ciphertext of a text, and references into the vault."""


def proof(ledger: Ledger, notice_no: str, *, size: int | None = None) -> dict[str, Any]:
    """The proof of one notice, in the tree of `size` entries; without it, of the head that stands on the notice.

    Raises:
        LookupError: when there is no such notice, or no such tree that covers it.
        Refused: `E-STATE` while no signed head covers it, `E-PROOF` when a tile of the log was changed.
    """
    from projections.notices import shown

    with ledger.engine.connect() as connection:
        told = shown(connection, notice_no, as_of=ledger.today)
    last = told["last_position"]
    named = first_covering(ledger, last)
    log = PublicLog(ledger, BookName.MONEY)
    if named is None:
        raise _not_yet(notice_no, log.published())
    newest, tree = log.opened()
    wanted = named.head.size if size is None else size
    if not last <= wanted <= newest.head.size:
        raise LookupError(
            f"No published tree of {wanted} entries covers {notice_no}; there are {last} to {newest.head.size}."
        )
    lines = told["lines"]
    try:
        return {
            "notice_no": notice_no,
            "state": told["state"],
            "origin": newest.checkpoint.origin,
            "size": wanted,
            "root": tree.root_at(wanted).hex(),
            "note": next((head.note for head in (named, newest) if head.head.size == wanted), None),
            "newest": newest.note,
            "consistency": _texts(tree.consistency(wanted)),
            "keys": [{"vkey": key.vkey, "until": key.until} for key in log_vkeys(ledger, BookName.MONEY)],
            "header": _header(ledger, notice_no, tree, wanted),
            "lines": _lines(ledger, printed(ledger, told)["lines"], [line["position"] for line in lines]),
        }
    except TilesDamaged as damage:
        raise log.damaged(damage) from damage


def _header(ledger: Ledger, notice_no: str, tree: LogTree, size: int) -> dict[str, Any] | None:
    """The entry of the header that was published, with its proof; None where it may not be shown to everybody."""
    entries = ledger.money.stream(ledger.stream("notice", notice_no))
    first = next((entry for entry in entries if entry.topic == NoticePublished.TOPIC), None)
    if first is None or not is_public(first):
        return None
    return {
        "position": first.position,
        "entry": base64.b64encode(first.entry).decode(),
        "inclusion": _texts(tree.inclusion(first.position - 1, size=size)),
    }


def is_public(entry: Sealed) -> bool:
    """Whether a header's entry speaks of nobody, so that everybody may see its bytes."""
    return SPEAKS_OF_SOMEBODY.isdisjoint(json.loads(entry.state))


def _lines(ledger: Ledger, lines: Sequence[dict[str, Any]], positions: Sequence[int]) -> list[dict[str, Any]]:
    """Each line as it is printed now, with the salt, and the leaf that was sealed when it was published."""
    posted = {entry.position: _posted(entry) for entry in ledger.money.at(list(positions))}
    refs = {position: bearer(line) for position, line in posted.items()}
    subjects = ledger.vault.subjects({ref for ref in refs.values() if ref})
    told = []
    for position, line in zip(positions, lines, strict=True):
        sealed, ref = posted[position], refs[position]
        known = ref is None or ref in subjects
        told.append(
            {
                "line_no": sealed.line_no,
                "leaf": sealed.board_leaf,
                "salt": salt_of(sealed, subjects.get(ref or "")) if known and sealed.board_leaf else None,
                "text": text_of(line) if known else None,
            }
        )
    return told


def _posted(entry: Sealed) -> NoticeLinePosted:
    line = load(entry.topic, entry.state)
    if not isinstance(line, NoticeLinePosted):
        raise msgspec.ValidationError(f"Entry {entry.position} is no line of a notice: {entry.topic}.")
    return line


def _texts(hashes: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(step).decode() for step in hashes]


def _not_yet(notice_no: str, newest: Published | None) -> Refused:
    size = newest.head.size if newest else 0
    return Refused(
        "E-STATE",
        field="notice_no",
        value=notice_no,
        why=f"Notice {notice_no} is not yet under a signed head; the newest is of {size} entries.",
        remedy="Look again in a minute; where nobody serves the ledger, run mingzhang checkpoint.",
    )
