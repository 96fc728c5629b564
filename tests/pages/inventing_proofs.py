"""A notice of any length in an invented ledger of any size, its proof, and the pages that serve it.

The texts, leaves, roots and notes are made by what makes the real ones; only the other entries of the ledger are
leaves out of nowhere.
"""

import base64
import json
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse

from api.board_lines import leaf_of, text_of
from api.notice_heads import NoticeHead
from audit.log.checkpoint import Checkpoint
from audit.log.note import parse_signatures, signed
from audit.merkle import consistency_proof, inclusion_proof, root_of
from audit.seal import entry_bytes
from audit.seal import leaf_of as entry_leaf_of
from tests.pages.conftest import pages_of
from tests.pages.example import ORIGIN, SIGNER, Guarded, Township, line

NOTICE_NO = "GG-2020Q2-职业培训补贴"


class Invented(NamedTuple):
    """A proof as the server gives it, and what stands behind `#` in the code on the notice."""

    proof: dict[str, Any]
    fragment: str
    root: str


def invented(lines: int, *, size: int, newest: int) -> Invented:
    """The notice of so many lines in a ledger of `size` entries on the paper, and of `newest` today."""
    printed = [line(number) for number in range(1, lines + 1)]
    salts = [sha256(b"salt %d" % number).hexdigest()[:32] for number in range(lines)]
    texts = [text_of(row) for row in printed]
    leaves = [leaf_of(salt, text) for salt, text in zip(salts, texts, strict=True)]
    header = {
        "board_root": root_of(leaves).hex(),
        "line_count": lines,
        "notice_no": NOTICE_NO,
        "title": "测试镇职业培训补贴（2020Q2）发放公告",
        "total_fen": sum(row["amount_fen"] for row in printed),
    }
    entry = header_entry(header)
    position = size - lines
    ledger = [sha256(b"entry %d" % number).digest() for number in range(newest)]
    ledger[position - 1] = entry_leaf_of(entry)
    paper, today = (Checkpoint(ORIGIN, leaves_, root_of(ledger[:leaves_])) for leaves_ in (size, newest))
    [signature] = parse_signatures(SIGNER.sign(paper.text))
    proof = {
        "notice_no": NOTICE_NO,
        "state": "published",
        "origin": ORIGIN,
        "size": size,
        "root": paper.root.hex(),
        "note": signed(paper.text, [SIGNER]),
        "newest": signed(today.text, [SIGNER]),
        "consistency": [encoded(step) for step in consistency_proof(ledger, size)],
        "keys": [{"vkey": SIGNER.vkey, "until": None}],
        "header": {
            "position": position,
            "entry": encoded(entry),
            "inclusion": [encoded(step) for step in inclusion_proof(ledger[:size], position - 1)],
        },
        "lines": [
            {"line_no": number, "leaf": leaf.hex(), "salt": salt, "text": text}
            for number, (leaf, salt, text) in enumerate(zip(leaves, salts, texts, strict=True), 1)
        ],
    }
    return Invented(proof, NoticeHead(paper, SIGNER.key, signature.signature).fragment(NOTICE_NO), paper.root.hex())


def header_entry(header: dict[str, Any]) -> bytes:
    """The entry of a header that says what `header` says."""
    state = json.dumps(header, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return entry_bytes(UUID(int=8), 1, "notice-published/v1", state)


def encoded(content: bytes) -> str:
    """As the proof has it."""
    return base64.b64encode(content).decode()


class Server:
    """What answers for the proof: `sent` can be exchanged, as a server that lies would."""

    def __init__(self, sent: object) -> None:
        self.sent = sent
        self.status = 200
        self.address = ""
        self.app: FastAPI = pages_of(Township(), Guarded())
        self.app.add_api_route("/api/v1/notices/{notice_no:path}/proof", self.give)

    def give(self, notice_no: str) -> Response:
        """Whatever is to be said, of whatever notice."""
        return JSONResponse(self.sent, self.status)
