"""Freeze an evidence bundle of the first format: `python -m tests.vectors.make_bundle`; never over one that is there.

bundle/household.zip   H-0001 of an invented book: cosigned in both forms, time-stamped, stamped again
bundle/policy          whom to believe: one log, two witnesses, both of them
bundle/ca.pem          the root of the time stamps
bundle/verdict.json    what a verifier has to find, on 2026-12-01
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from audit.bundle.examining import Trust, examine
from audit.bundle.stamps import consistency_content
from audit.bundle.words import as_json
from audit.log.checkpoint import Checkpoint
from audit.log.note import signed
from audit.log.policy_file import parse_policy
from audit.merkle import consistency_proof, root_of
from audit.renewals import Stamped, list_of
from audit.timestamps import load_certificates, request
from tests.audit.bundle.bundling import (
    BUREAU,
    INSPECTION,
    ORIGIN,
    SIGNER,
    bundle,
    cosigned,
    payments,
    policy_of,
)
from tests.time_stamping import STAMPING, YEAR, OpensslAuthority, made, pem, root

FROZEN = Path(__file__).parent / "bundle"
ON = datetime(2026, 12, 1, tzinfo=UTC)


def trust() -> Trust:
    """Whom the vector's reader believes, and when."""
    policy = parse_policy((FROZEN / "policy").read_bytes())
    return Trust(policy, ON, authorities=load_certificates((FROZEN / "ca.pem").read_bytes()))


def found() -> dict[str, list[dict[str, object]]]:
    """What the verifier finds: kinds and figures, without the wording, which may get better."""
    told = as_json(examine(FROZEN / "household.zip", trust()))
    return {
        group: [{name: value for name, value in one.items() if name not in ("zh", "en")} for one in told[group]]
        for group in ("refuted", "proven", "open")
    }


def _freeze() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        book, authority = payments(folder), root()
        note = signed(Checkpoint(ORIGIN, 5, root_of(book.leaves[:5])).text, [SIGNER]).encode()
        first = OpensslAuthority(folder / "first", made("Test TSA", STAMPING, by=authority))
        again = OpensslAuthority(folder / "again", made("Newer TSA", STAMPING, by=authority, lasting=20 * YEAR))
        stamped = Stamped("5", ".checkpoint", note, first(request(note, 7)))
        sums = list_of([stamped])
        anchors = {
            "anchors/money/5.checkpoint": note,
            "anchors/money/5.consistency": consistency_content(consistency_proof(book.leaves, 5)),
            "anchors/money/5.tsr": stamped.answer,
            "anchors/money/renewed/1.sums": sums,
            "anchors/money/renewed/1.tsr": again(request(sums, 9)),
        }
        head = cosigned(book.head(), BUREAU, INSPECTION)
        bundle(FROZEN / "household.zip", book, [2, 4, 6, 9], note=head, change=lambda members: members.update(anchors))
    (FROZEN / "policy").write_bytes(policy_of(BUREAU, INSPECTION, quorum="all"))
    (FROZEN / "ca.pem").write_bytes(pem(authority))
    told = json.dumps(found(), ensure_ascii=False, indent=1)
    (FROZEN / "verdict.json").write_text(told + "\n", encoding="utf-8")


if __name__ == "__main__":
    if (FROZEN / "household.zip").exists():
        sys.exit("A frozen bundle is never written anew.")
    _freeze()
