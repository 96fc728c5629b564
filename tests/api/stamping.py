"""A ledger whose log is published, and an authority of `openssl ts` that stamps its heads."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from api.anchor_files import AnchorFiles
from api.ledger import Ledger, Placed
from api.public_log import PublicLog, Published
from api.time_stamping import Authority
from audit.log.note import Ed25519Signer
from domain.clock import wall_clock
from domain.event import KEEPER, BookName
from domain.place import PlaceRegistered
from domain.public_log import CheckpointAnchored
from tests.time_stamping import STAMPING, YEAR, Identity, OpensslAuthority, made, root

MONEY = BookName.MONEY
ROOT = root()
TRUSTED = [ROOT.certificate]


class Clock:
    """The machine's clock, by which `openssl ts` stamps, moved on by the test."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> Any:
        return wall_clock() + self.ahead


def ledger_at(path: Path, clock: Clock) -> Ledger:
    return Ledger.create(path, place_code="440899101", place_name="测试镇", clock=clock)


def publish(ledger: Ledger, book: BookName = MONEY) -> Published:
    """Publish with a key of the test's own."""
    log = PublicLog(ledger, book)
    published = log.publish([Ed25519Signer(log.origin, bytes(range(32)))])
    assert published is not None
    return published


def register(ledger: Ledger, *numbers: int) -> None:
    """Add entries that are no housekeeping."""
    events = [
        PlaceRegistered(
            **ledger.envelope(PlaceRegistered, actor=KEEPER),
            place_code=f"440899{number:06}",
            place_name=f"测试{number}村",
            level="村",
        )
        for number in numbers
    ]
    streams = [ledger.stream("place", str(number)) for number in numbers]
    ledger.append(MONEY, [Placed(stream, 1, event) for stream, event in zip(streams, events, strict=True)])


def authority(folder: Path, *, lasting: timedelta = YEAR, by: Identity = ROOT) -> Authority:
    """One whose certificate lasts so long."""
    tsa = made("Test TSA", STAMPING, by=by, lasting=lasting)
    return Authority(OpensslAuthority(folder, tsa), TRUSTED)


def stored(ledger: Ledger, book: BookName = MONEY) -> list[str]:
    """The files of stamps that there are."""
    folder = AnchorFiles(ledger, book).folder.path
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file() and file.name != "lock")


def told(ledger: Ledger, book: BookName = MONEY) -> list[dict[str, Any]]:
    """What the book tells of stamps."""
    return [json.loads(entry.state) for entry in ledger.book(book).read() if entry.topic == CheckpointAnchored.TOPIC]
